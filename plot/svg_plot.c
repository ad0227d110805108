/* SPDX-License-Identifier: MIT */
/* svg_plot.c: a figure as an SVG document: title and legend, grid, numbers at the axes, contents. */
#include <math.h>
#include <string.h>
#include "base/text.h"
#include "plot/plot.h"
#include "plot/svg.h"

enum {
  LETTER = 7, TITLE_LETTER = 9, TEXT_SIZE = 12, TITLE_SIZE = 14, LINE_HEIGHT = 20, SAMPLE = 22, MARGIN = 16, EDGE = 2,
  BAR_WIDTH = 14
};

typedef struct SvgPlot {
  const Figure *figure;
  Buffer *out;
  double width, height;
  Axes axes;
  Ticks x_ticks, y_ticks, height_ticks;
  PlotBox area;
} SvgPlot;

static void add_line(SvgPlot *plot, double x0, double y0, double x1, double y1, const char *colour) {
  buffer_add_text(plot->out, "<line");
  svg_attribute(plot->out, "x1", x0);
  svg_attribute(plot->out, "y1", y0);
  svg_attribute(plot->out, "x2", x1);
  svg_attribute(plot->out, "y2", y1);
  buffer_format(plot->out, " stroke=\"%s\"/>\n", colour);
}

/* ---- title and legend */

typedef struct Header {
  SvgPlot *plot;
  bool draws;
  double x, y;
} Header;

static double text_width(const char *text, int letter) { return (double)text_columns(text) * letter; }

static void header_room(Header *header, double length) {
  double left = header->plot->area.left;
  if (header->x > left && header->x + length > header->plot->width - MARGIN) {
    header->x = left;
    header->y += LINE_HEIGHT;
  }
}

static void add_sample(Header *header, const Series *series) {
  SvgPlot *plot = header->plot;
  Buffer *out = plot->out;
  const char *colour = series->overlay ? COLOUR_OVERLAY_WEB : colour_web(series->colour);
  bool block = series->kind == SERIES_BARS, mark = series->kind == SERIES_MARKS;
  if (block) {
    buffer_add_text(out, "<rect");
    svg_attribute(out, "x", header->x + 4);
    svg_attribute(out, "y", header->y - 10);
    buffer_format(out, " width=\"12\" height=\"12\" fill=\"%s\"/>\n", colour);
  } else if (!mark) {
    buffer_add_text(out, "<line");
    svg_attribute(out, "x1", header->x);
    svg_attribute(out, "y1", header->y - 4);
    svg_attribute(out, "x2", header->x + SAMPLE - 5);
    svg_attribute(out, "y2", header->y - 4);
    const char *dash = series->overlay ? NULL : colour_dash(series->colour);
    buffer_format(out, " stroke=\"%s\" stroke-width=\"2\"", colour);
    if (dash) buffer_format(out, " stroke-dasharray=\"%s\"", dash);
    buffer_add_text(out, "/>\n");
  }
  if (!mark && !series->marked) return;
  buffer_add_text(out, "<circle");
  svg_attribute(out, "cx", header->x + 9);
  svg_attribute(out, "cy", header->y - 4);
  buffer_format(out, " r=\"3.2\" fill=\"%s\"/>\n", colour);
}

static void add_entry(Header *header, const Series *series) {
  double length = SAMPLE + text_width(series->label, LETTER);
  header_room(header, length);
  if (header->draws) {
    add_sample(header, series);
    svg_text(header->plot->out, &(SvgText){header->x + SAMPLE, header->y, "start", TEXT_SIZE, false, false},
             series->label);
  }
  header->x += length + MARGIN;
}

/* A title that is too long is cut, as on a terminal. */
static void add_title(Header *header, const char *title) {
  SvgPlot *plot = header->plot;
  size_t room = (size_t)fmax((plot->width - header->x - EDGE) / TITLE_LETTER, 4);
  bool cut = text_columns(title) > room;
  const char *end = title, *limit = title + strlen(title);
  for (size_t used = cut ? 3 : 0; end < limit;) {
    SafeCharacter character = text_safe_character(end, limit);
    used += (size_t)character.columns;
    if (used > room) break;
    end += character.bytes;
  }
  Buffer text = {0};
  buffer_add(&text, title, (size_t)(end - title));
  buffer_add_text(&text, cut ? "..." : "");
  svg_text(plot->out, &(SvgText){header->x, header->y, "start", TITLE_SIZE, true, false}, buffer_text(&text));
  plot->out->failed |= text.failed;
  buffer_free(&text);
}

/* The height that title and legend take; `draws`: with them in the picture. */
static double place_header(SvgPlot *plot, bool draws) {
  Header header = {plot, draws, plot->area.left, 24};
  bool any = plot->figure->title != NULL;
  if (plot->figure->title) {
    if (draws) add_title(&header, plot->figure->title);
    header.x += text_width(plot->figure->title, TITLE_LETTER) + 2 * MARGIN;
  }
  for (const Series *series = plot->figure->series; series; series = series->next) {
    if (!series->label) continue;
    add_entry(&header, series);
    any = true;
  }
  return any ? header.y + 12 : MARGIN;
}

/* ---- layout */

static double widest(const Ticks *ticks) {
  double most = 0;
  for (int k = 0; k < ticks->count; k++) most = fmax(most, text_width(ticks->items[k].text, LETTER));
  return most;
}

static void lay_out(SvgPlot *plot) {
  const Figure *figure = plot->figure;
  ticks_choose(&plot->y_ticks, &plot->axes.y, (int)fmin(fmax(plot->height / 50, 2), 12));
  if (figure->y.name_count) axes_ticks(&plot->y_ticks, &plot->axes.y, &figure->y, plot->height, 2);
  plot->area.left = MARGIN + widest(&plot->y_ticks) + 8 + (figure->y.label ? LINE_HEIGHT : 0);
  double right = MARGIN + 4;
  if (figure->field && figure->field->filled && plot->axes.heights.high > plot->axes.heights.low) {
    Scale heights = {plot->axes.heights.low, plot->axes.heights.high, false, false};
    ticks_choose(&plot->height_ticks, &heights, 6);
    right += BAR_WIDTH + MARGIN + 6 + widest(&plot->height_ticks);
  }
  plot->area.right = fmax(plot->width - right, plot->area.left + 10);
  plot->area.top = place_header(plot, false);
  plot->area.bottom = fmax(plot->height - 30 - (figure->x.label ? LINE_HEIGHT : 0), plot->area.top + 10);
  axes_ticks(&plot->x_ticks, &plot->axes.x, &figure->x, plot->area.right - plot->area.left, LETTER);
}

/* ---- frame and numbers */

static void draw_x_axis(SvgPlot *plot, bool grid) {
  const PlotBox *area = &plot->area;
  for (int k = 0; k < plot->x_ticks.count; k++) {
    const Tick *tick = &plot->x_ticks.items[k];
    double x = area->left + tick->place * (area->right - area->left);
    if (grid) add_line(plot, x, area->top, x, area->bottom, "#e4e4e4");
    add_line(plot, x, area->bottom, x, area->bottom + 4, "#333333");
    double half = text_width(tick->text, LETTER) / 2;
    double middle = fmax(fmin(x, plot->width - EDGE - half), EDGE + half);
    svg_text(plot->out, &(SvgText){middle, area->bottom + 17, "middle", TEXT_SIZE, false, false}, tick->text);
  }
  if (plot->figure->x.label)
    svg_text(plot->out,
             &(SvgText){(area->left + area->right) / 2, area->bottom + 38, "middle", TEXT_SIZE, false, false},
             plot->figure->x.label);
}

static void draw_y_axis(SvgPlot *plot, bool grid) {
  const PlotBox *area = &plot->area;
  for (int k = 0; k < plot->y_ticks.count; k++) {
    const Tick *tick = &plot->y_ticks.items[k];
    double y = area->bottom - tick->place * (area->bottom - area->top);
    if (grid) add_line(plot, area->left, y, area->right, y, "#e4e4e4");
    add_line(plot, area->left - 4, y, area->left, y, "#333333");
    svg_text(plot->out, &(SvgText){area->left - 7, y + 4, "end", TEXT_SIZE, false, false}, tick->text);
  }
  if (plot->figure->y.label)
    svg_text(plot->out, &(SvgText){MARGIN + 4, (area->top + area->bottom) / 2, "middle", TEXT_SIZE, false, true},
             plot->figure->y.label);
}

static void draw_zero_lines(SvgPlot *plot) {
  const PlotBox *area = &plot->area;
  double x = area->left + scale_place(&plot->axes.x, 0) * (area->right - area->left);
  double y = area->bottom - scale_place(&plot->axes.y, 0) * (area->bottom - area->top);
  if (plot->axes.crosses_x) add_line(plot, x, area->top, x, area->bottom, "#999999");
  if (plot->axes.crosses_y) add_line(plot, area->left, y, area->right, y, "#999999");
}

static void draw_colour_bar(SvgPlot *plot) {
  enum { STEPS = 64 };
  double left = plot->area.right + MARGIN, height = (plot->area.bottom - plot->area.top) / STEPS;
  for (int k = 0; k < STEPS; k++) {
    Colour colour = colour_ramp(1 - (k + 0.5) / STEPS);
    buffer_add_text(plot->out, "<rect");
    svg_attribute(plot->out, "x", left);
    svg_attribute(plot->out, "y", plot->area.top + k * height);
    svg_attribute(plot->out, "height", height + (k + 1 < STEPS ? 0.5 : 0));
    buffer_format(plot->out, " width=\"%d\" fill=\"#%02x%02x%02x\"/>\n", (int)BAR_WIDTH, (unsigned)colour.red,
                  (unsigned)colour.green, (unsigned)colour.blue);
  }
  for (int k = 0; k < plot->height_ticks.count; k++) {
    const Tick *tick = &plot->height_ticks.items[k];
    double y = plot->area.bottom - tick->place * (plot->area.bottom - plot->area.top);
    svg_text(plot->out, &(SvgText){left + BAR_WIDTH + 6, y + 4, "start", TEXT_SIZE, false, false}, tick->text);
  }
}

static void draw_frame(SvgPlot *plot) {
  const PlotBox *area = &plot->area;
  buffer_add_text(plot->out, "<rect");
  svg_attribute(plot->out, "x", area->left);
  svg_attribute(plot->out, "y", area->top);
  svg_attribute(plot->out, "width", area->right - area->left);
  svg_attribute(plot->out, "height", area->bottom - area->top);
  buffer_add_text(plot->out, " fill=\"none\" stroke=\"#333333\"/>\n");
}

static void start_document(SvgPlot *plot) {
  buffer_format(plot->out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                "font-family=\"sans-serif\" fill=\"#222222\">\n<title>",
                (int)plot->width, (int)plot->height, (int)plot->width, (int)plot->height);
  svg_escape(plot->out, plot->figure->title ? plot->figure->title : "plot");
  buffer_add_text(plot->out, "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
}

bool plot_write_svg(const Figure *figure, Buffer *out) {
  SvgPlot plot = {.figure = figure,
                  .out = out,
                  .width = figure->width ? figure->width : SVG_WIDTH,
                  .height = figure->height ? figure->height : SVG_HEIGHT};
  axes_fit(&plot.axes, figure);
  lay_out(&plot);
  start_document(&plot);
  bool field = figure->field != NULL;
  draw_x_axis(&plot, !field);
  draw_y_axis(&plot, !field);
  draw_zero_lines(&plot);
  bool painted = svg_paint(figure, &plot.axes, plot.area, out);
  draw_frame(&plot);
  if (plot.height_ticks.count) draw_colour_bar(&plot);
  place_header(&plot, true);
  buffer_add_text(out, "</svg>\n");
  return painted && !out->failed;
}
