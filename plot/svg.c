/* SPDX-License-Identifier: MIT */
/* svg.c: a figure as an SVG picture, in which text stays text. */
#include <math.h>
#include <string.h>
#include "plot/paint.h"
#include "plot/plot.h"
#include "plot/svg.h"

enum { NOTES_MOST = 64, NOTE_HEIGHT = 14 };

/* The plotting area as a surface; `seen` has a bit for each of its pixels that holds a dot. */
typedef struct Picture {
  Surface surface;
  Buffer *out;
  double left, top;
  Pen pen;
  Buffer path; /* of the running series */
  double x, y; /* where it ends */
  PlotBox notes[NOTES_MOST];
  int note_count;
  unsigned char *seen;
  size_t seen_bytes;
} Picture;

/* ---- writing */

/* With at most one decimal, whatever the locale. */
static void add_number(Buffer *out, double number) {
  long tenths = lround(number * 10);
  if (tenths < 0) buffer_add_byte(out, '-');
  tenths = tenths < 0 ? -tenths : tenths;
  buffer_format(out, "%ld", tenths / 10);
  if (tenths % 10) buffer_format(out, ".%ld", tenths % 10);
}

static void add_pair(Buffer *out, char command, double x, double y) {
  buffer_add_byte(out, command);
  add_number(out, x);
  buffer_add_byte(out, ' ');
  add_number(out, y);
}

void svg_attribute(Buffer *out, const char *name, double number) {
  buffer_format(out, " %s=\"", name);
  add_number(out, number);
  buffer_add_byte(out, '"');
}

/* U+FFFE and U+FFFF are no characters of XML. */
static bool is_forbidden(const char *text) {
  return memcmp(text, "\xEF\xBF", 2) == 0 && (unsigned char)text[2] >= 0xBE;
}

void svg_escape(Buffer *out, const char *text) {
  for (; *text; text++) {
    switch (*text) {
      case '&':
        buffer_add_text(out, "&amp;");
        break;
      case '<':
        buffer_add_text(out, "&lt;");
        break;
      case '>':
        buffer_add_text(out, "&gt;");
        break;
      case '"':
        buffer_add_text(out, "&quot;");
        break;
      case '\'':
        buffer_add_text(out, "&#39;");
        break;
      case '\xEF':
        if (text[1] && is_forbidden(text)) {
          text += 2;
          break;
        } /* fall through */
      default:
        buffer_add_byte(out, *text);
    }
  }
}

static void add_colour(Buffer *out, Colour colour) {
  buffer_format(out, "#%02x%02x%02x", (unsigned)colour.red, (unsigned)colour.green, (unsigned)colour.blue);
}

static void add_pen_colour(Buffer *out, const Pen *pen) {
  if (pen->leveled)
    add_colour(out, colour_ramp(0.85 * pen->level));
  else
    buffer_add_text(out, colour_web(pen->series));
}

/* ---- surface */

static void start_series(Surface *surface, const Pen *pen) {
  Picture *picture = (Picture *)surface;
  picture->pen = *pen;
  buffer_clear(&picture->path);
  picture->x = picture->y = NAN;
  memset(picture->seen, 0, picture->seen_bytes);
}

static void draw_segment(Surface *surface, double x0, double y0, double x1, double y1) {
  Picture *picture = (Picture *)surface;
  if (x0 != picture->x || y0 != picture->y) add_pair(&picture->path, 'M', x0 + picture->left, y0 + picture->top);
  add_pair(&picture->path, 'L', x1 + picture->left, y1 + picture->top);
  picture->x = x1;
  picture->y = y1;
}

/* What lies over a heat map has a light edge. */
static void add_path(Picture *picture, const char *colour, double width) {
  Buffer *out = picture->out;
  buffer_add_text(out, "<path fill=\"none\" stroke=\"");
  if (colour)
    buffer_add_text(out, colour);
  else
    add_pen_colour(out, &picture->pen);
  buffer_add_byte(out, '"');
  svg_attribute(out, "stroke-width", width);
  const char *dash = picture->pen.overlay || picture->pen.leveled ? NULL : colour_dash(picture->pen.series);
  if (dash) buffer_format(out, " stroke-dasharray=\"%s\"", dash);
  buffer_add_text(out, " stroke-linejoin=\"round\" stroke-linecap=\"round\" d=\"");
  buffer_add(out, buffer_text(&picture->path), picture->path.length);
  buffer_add_text(out, "\"/>\n");
}

static void finish_series(Surface *surface) {
  Picture *picture = (Picture *)surface;
  if (picture->path.length) {
    if (picture->pen.overlay) add_path(picture, "#ffffff", 4);
    add_path(picture, picture->pen.overlay ? COLOUR_OVERLAY_WEB : NULL, picture->pen.leveled ? 1.3 : 2);
  }
  if (picture->path.failed) picture->out->failed = true;
  buffer_clear(&picture->path);
}

static void draw_circle(Picture *picture, double x, double y, double radius) {
  Buffer *out = picture->out;
  buffer_add_text(out, "<circle");
  svg_attribute(out, "cx", x + picture->left);
  svg_attribute(out, "cy", y + picture->top);
  svg_attribute(out, "r", radius);
  buffer_add_text(out, " fill=\"");
  if (picture->pen.overlay)
    buffer_add_text(out, COLOUR_OVERLAY_WEB "\" stroke=\"#ffffff");
  else
    add_pen_colour(out, &picture->pen);
  buffer_add_text(out, "\"/>\n");
}

/* A second mark on the same pixel changes nothing but the size of the file. */
static bool is_new(Picture *picture, double x, double y) {
  size_t bit = (size_t)y * ((size_t)picture->surface.width + 1) + (size_t)x;
  if (bit / 8 >= picture->seen_bytes) return true;
  bool seen = picture->seen[bit / 8] >> bit % 8 & 1;
  picture->seen[bit / 8] |= (unsigned char)(1u << bit % 8);
  return !seen;
}

static void mark_at(Surface *surface, double x, double y) {
  Picture *picture = (Picture *)surface;
  if (is_new(picture, x, y)) draw_circle(picture, x, y, 3.2);
}

static void dot_at(Surface *surface, double x, double y) {
  Picture *picture = (Picture *)surface;
  if (is_new(picture, x, y)) draw_circle(picture, floor(x) + 0.5, floor(y) + 0.5, 1);
}

static void add_box(Picture *picture, PlotBox box) {
  Buffer *out = picture->out;
  buffer_add_text(out, "<rect");
  svg_attribute(out, "x", box.left + picture->left);
  svg_attribute(out, "y", box.top + picture->top);
  svg_attribute(out, "width", box.right - box.left);
  svg_attribute(out, "height", box.bottom - box.top);
  buffer_add_text(out, " fill=\"");
}

static void draw_block(Surface *surface, PlotBox box) {
  Picture *picture = (Picture *)surface;
  add_box(picture, box);
  add_pen_colour(picture->out, &picture->pen);
  buffer_add_text(picture->out, "\" stroke=\"#ffffff\" stroke-width=\"0.5\"/>\n");
}

/* The heads are strokes too, so that a whole field is one path. */
static void draw_arrow(Surface *surface, double x0, double y0, double x1, double y1, bool headed) {
  double angle = atan2(y1 - y0, x1 - x0), length = fmin(hypot(x1 - x0, y1 - y0) * 0.4, 7);
  draw_segment(surface, x0, y0, x1, y1);
  if (!headed) return;
  draw_segment(surface, x1 - length * cos(angle - 0.45), y1 - length * sin(angle - 0.45), x1, y1);
  draw_segment(surface, x1, y1, x1 - length * cos(angle + 0.45), y1 - length * sin(angle + 0.45));
}

/* Neighbours overlap a little: no seams. */
static void shade_box(Surface *surface, PlotBox box, double level) {
  Picture *picture = (Picture *)surface;
  box.right = fmin(box.right + 0.5, surface->width);
  box.bottom = fmin(box.bottom + 0.5, surface->height);
  add_box(picture, box);
  add_colour(picture->out, colour_ramp(level));
  buffer_add_text(picture->out, "\" shape-rendering=\"crispEdges\"/>\n");
}

static bool overlaps(const PlotBox *a, const PlotBox *b) {
  return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static bool write_note(Surface *surface, double x, double y, const char *text) {
  Picture *picture = (Picture *)surface;
  double half = (double)strlen(text) * 3.3 + 3;
  PlotBox box = {x - half, y - NOTE_HEIGHT / 2, x + half, y + NOTE_HEIGHT / 2};
  if (box.left < 0 || box.right > surface->width || box.top < 0 || box.bottom > surface->height) return false;
  for (int k = 0; k < picture->note_count; k++)
    if (overlaps(&box, &picture->notes[k])) return false;
  if (picture->note_count == NOTES_MOST) return false;
  picture->notes[picture->note_count++] = box;
  add_box(picture, box);
  buffer_add_text(picture->out, "#ffffff\" fill-opacity=\"0.8\"/>\n");
  svg_text(picture->out, &(SvgText){x + picture->left, y + picture->top + 4, "middle", 11, false, false}, text);
  return true;
}

void svg_text(Buffer *out, const SvgText *place, const char *text) {
  buffer_add_text(out, "<text");
  svg_attribute(out, "x", place->x);
  svg_attribute(out, "y", place->y);
  buffer_format(out, " text-anchor=\"%s\" font-size=\"%d\"%s", place->anchor, place->size,
                place->bold ? " font-weight=\"bold\"" : "");
  if (place->upright) {
    buffer_add_text(out, " transform=\"rotate(-90 ");
    add_number(out, place->x);
    buffer_add_byte(out, ' ');
    add_number(out, place->y);
    buffer_add_text(out, ")\"");
  }
  buffer_add_text(out, " xml:space=\"preserve\">");
  svg_escape(out, text);
  buffer_add_text(out, "</text>\n");
}

bool svg_paint(const Figure *figure, const Axes *axes, PlotBox area, Buffer *out) {
  Picture picture = {.out = out, .left = area.left, .top = area.top};
  picture.surface = (Surface){.width = area.right - area.left,
                              .height = area.bottom - area.top,
                              .grid_columns = PLOT_GRID_COLUMNS,
                              .grid_rows = PLOT_GRID_ROWS,
                              .mark_limit = 5000,
                              .start = start_series,
                              .segment = draw_segment,
                              .mark = mark_at,
                              .dot = dot_at,
                              .block = draw_block,
                              .arrow = draw_arrow,
                              .shade = shade_box,
                              .note = write_note,
                              .finish = finish_series};
  picture.seen_bytes = ((size_t)picture.surface.width + 2) * ((size_t)picture.surface.height + 2) / 8 + 1;
  picture.seen = memory_allocate_zeroed(picture.seen_bytes);
  if (!picture.seen) return false;
  paint_figure(figure, axes, &picture.surface);
  memory_release(picture.seen, picture.seen_bytes);
  buffer_free(&picture.path);
  return !out->failed;
}
