/* SPDX-License-Identifier: MIT */
/* test_picture.c: plots saved as pictures: well-formed whatever is in them, and made without a shell. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "tests/evaluating.h"

static int count_text(const char *text, const char *part) {
  int count = 0;
  for (; (text = strstr(text, part)); text += strlen(part)) count++;
  return count;
}
/* ---- pictures */

/* Whether a text is well-formed XML of the kind that we write; else where it stops being so. */
static const char *check_xml(const char *text) {
  char open[64][32];
  int depth = 0;
  for (; *text; text++) {
    if (*text == '&') {
      const char *end = strchr(text, ';');
      if (!end || end - text > 6 ||
          strspn(text + 1, "abcdefghijklmnopqrstuvwxyz#0123456789") != (size_t)(end - text - 1))
        return text;
    }
    if ((unsigned char)*text < 0x20 && *text != '\n') return text;
    if (*text != '<') continue;
    bool closing = text[1] == '/';
    const char *name = text + 1 + closing;
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz");
    if (length == 0 || length > 31 || depth > 62) return text;
    const char *end = name + length;
    bool quoted = false;
    for (; *end && (quoted || *end != '>'); end++) {
      if (*end == '"') quoted = !quoted;
      if (*end == '<' || (unsigned char)*end < 0x20) return end;
    }
    if (!*end) return text;
    if (closing) {
      if (depth == 0 || strncmp(open[depth - 1], name, length) != 0 || open[depth - 1][length]) return text;
      depth--;
    } else if (end[-1] != '/') {
      memcpy(open[depth], name, length);
      open[depth++][length] = '\0';
    }
    text = end;
  }
  return depth == 0 ? NULL : text;
}

START_TEST(xml_checker_finds_what_is_wrong) {
  static const char *const wrong[] = {"<a>",         "<a></b>",      "<a x=\"1></a>", "<a>&</a>",
                                      "<a>\x1b</a>", "<a x=\"<\"/>", "</a>"};
  ck_assert_ptr_null(check_xml("<a x=\"1\"><b/>text &amp; &#39;\n</a>\n"));
  for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) ck_assert_msg(check_xml(wrong[k]) != NULL, "%s", wrong[k]);
}
END_TEST

static char folder[] = "/tmp/mgrad-plot-XXXXXX";

static void make_folder(void) {
  strcpy(strrchr(folder, '-') + 1, "XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void drop_folder(void) { ck_assert_msg(rmdir(folder) == 0, "something is left in %s", folder); }

/* What a program saves under a name in the folder; the file is removed. */
static Buffer saved_by(const char *format, const char *name, const char *setting) {
  Session *session = open_session();
  Buffer code = {0}, content = {0};
  char path[256], block[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  buffer_add_text(&code, format);
  buffer_format(&code, "\nsaveplot(\"%s\")\n%s", path, setting);
  RunStatus status = run(session, buffer_text(&code));
  ck_assert_msg(status == RUN_OK, "%s: %s", buffer_text(&code), buffer_text(&session_error(session)->message));
  FILE *file = fopen(path, "rb");
  ck_assert_ptr_nonnull(file);
  for (size_t count; (count = fread(block, 1, sizeof block, file)) > 0;) buffer_add(&content, block, count);
  fclose(file);
  remove(path);
  buffer_free(&code);
  close_session(session);
  return content;
}

typedef struct PictureCase {
  const char *code;
  const char *parts[4];
} PictureCase;

static const PictureCase pictures[] = {
    {"plot(sin, cos, 0, 6, title=\"waves\", xlabel=\"time\", ylabel=\"height\")",
     {"<title>waves</title>", ">time</text>", "rotate(-90", ">cos</text>"}},
    {"plot(x -> 1 / x, -1, 1, hlines=[1], vlines=0.5)",
     {"<path fill=\"none\" stroke=\"#0072b2\"", "width=\"700\"", NULL}},
    {"scatter([1, 2, 3], [3, 1, 2], labels=\"a & b\")", {"<circle", ">a &amp; b</text>", NULL}},
    {"bar((\"x\", \"<y>\"), [1, -2])", {"<rect", ">&lt;y&gt;</text>", NULL}},
    {"hist([1, 2, 2, 3], 3)", {"<rect", NULL}},
    {"heatmap((x, y) -> x * y, -1, 1, path=([0, 1], [0, 1]))", {"fill=\"#26185c\"", "stroke=\"#ffffff\"", NULL}},
    {"contour((x, y) -> x * y, -1, 1, levels=[0.5])", {">0.5</text>", "<path", NULL}},
    {"arrows((x, y) -> (-y, x))", {"<path", NULL}},
    {"plot(x -> 1, x -> 2, x -> 3, x -> 4, x -> 5, x -> 6, x -> 7, 0, 1)", {"stroke-dasharray=\"8 6\"", NULL}},
    {"plot([1, 10, 100], logy=true, marks=true, size=(300, 200))",
     {"width=\"300\" height=\"200\"", "<circle", ">100</text>", NULL}},
    {"plot([123456789, 123456790, 123456791], [1, 2, 3], title=\"a long title of a plot of numbers which is much "
     "longer than a picture of that many pixels has room for\")",
     {"x=\"656\" y=\"407\"", ">a long title of a plot of numbers which is much longer than a picture...</text>", NULL}},
    {"plot([2], [3], title=\"\\u{fffe}\\u{ffff}\\u{202e}\")", {"<title>", NULL}},
};

START_TEST(pictures_are_well_formed) {
  const PictureCase *one = &pictures[_i];
  Buffer content = saved_by(one->code, "p.svg", "");
  const char *wrong = check_xml(buffer_text(&content));
  ck_assert_msg(!wrong, "%s: %.200s", one->code, wrong);
  ck_assert_int_eq(count_text(buffer_text(&content), "<svg "), 1);
  ck_assert_ptr_null(strstr(buffer_text(&content), "nan"));
  for (int k = 0; k < 4 && one->parts[k]; k++)
    ck_assert_msg(strstr(buffer_text(&content), one->parts[k]) != NULL, "%s: %s", one->code, one->parts[k]);
  buffer_free(&content);
}
END_TEST

/* Nothing in a title or a name is a command: not to a shell, not to a terminal, not in a picture. */
START_TEST(hostile_texts_are_only_texts) {
  Session *session = open_session();
  const char *code =
      "bad = \"\\u{1b}]0;x\\u{7}\\u{1b}[2J`touch canary` $(touch canary) '\\\"\\n\\r<script>&\\u{202e}\"\n"
      "plot(sin, title=bad, xlabel=bad, ylabel=bad, labels=bad)\nbar((bad, bad), [1, 2])\ntable((bad, bad))";
  ck_assert_int_eq(run(session, code), RUN_OK);
  ck_assert_ptr_null(strpbrk(buffer_text(&printed), "\x1b\x07\r"));
  ck_assert_ptr_nonnull(strstr(buffer_text(&printed), "\\x1b"));
  close_session(session);
  char program[512];
  snprintf(program, sizeof program, "%s\nplot(sin, title=bad, xlabel=bad, labels=bad)",
           "bad = \"\\u{1b}[2J`x` $(x) ' \\\" <a> & \\n\"");
  Buffer content = saved_by(program, "`touch canary`;$(touch canary) 'x'.svg", "");
  ck_assert_msg(!check_xml(buffer_text(&content)), "%s", check_xml(buffer_text(&content)));
  ck_assert_int_eq(count_text(buffer_text(&content), "<a>"), 0);
  buffer_free(&content);
  ck_assert_int_ne(access("canary", F_OK), 0);
}
END_TEST

START_TEST(png_is_made_by_another_program) {
  if (system("command -v rsvg-convert > /dev/null 2>&1") != 0) {
    fputs("skipped: rsvg-convert is not installed\n", stderr);
    return;
  }
  Buffer content = saved_by("plot(sin)", "`touch canary`.png", "");
  ck_assert(content.length > 1000 && memcmp(content.text, "\x89PNG", 4) == 0);
  buffer_free(&content);
  ck_assert_int_ne(access("canary", F_OK), 0);
}
END_TEST

/* The search path leads nowhere. */
START_TEST(missing_converter_is_told) {
  char *path = strdup(getenv("PATH"));
  setenv("PATH", folder, 1);
  Session *session = open_session();
  ck_assert_int_eq(chdir(folder), 0);
  ck_assert_int_eq(run(session, "plot(sin, save=\"never.png\")"), RUN_FAILED);
  ck_assert_str_eq(buffer_text(&session_error(session)->message),
                   "a .png needs the program rsvg-convert, which is not installed");
  close_session(session);
  setenv("PATH", path, 1);
  free(path);
  ck_assert_int_ne(access("never.png", F_OK), 0);
}
END_TEST

START_TEST(sandbox_saves_nothing) {
  static const char *const codes[] = {"plot(sin, save=\"never.svg\")", "plot(sin); saveplot(\"never.svg\")",
                                      "plot(sin); saveplot(\"never.png\")"};
  ck_assert_int_eq(chdir(folder), 0);
  for (size_t k = 0; k < sizeof codes / sizeof *codes; k++) {
    Session *session = session_new(&(SessionOptions){.output = keep_output, .sandbox = true});
    ck_assert_int_eq(run(session, codes[k]), RUN_FAILED);
    ck_assert_ptr_nonnull(strstr(buffer_text(&session_error(session)->message), "sandbox"));
    close_session(session);
    ck_assert_int_ne(access("never.svg", F_OK), 0);
    ck_assert_int_ne(access("never.png", F_OK), 0);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("picture");
  TCase *texts = tcase_create("texts"), *files = tcase_create("files");
  tcase_add_checked_fixture(files, make_folder, drop_folder);
  tcase_add_test(texts, xml_checker_finds_what_is_wrong);
  tcase_add_test(files, sandbox_saves_nothing);
  tcase_add_loop_test(files, pictures_are_well_formed, 0, COUNT(pictures));
  tcase_add_test(files, hostile_texts_are_only_texts);
  tcase_add_test(files, png_is_made_by_another_program);
  tcase_add_test(files, missing_converter_is_told);
  suite_add_tcase(suite, texts);
  suite_add_tcase(suite, files);
  return run_suite(suite);
}
