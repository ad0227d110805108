/* SPDX-License-Identifier: MIT */
/* test_builtin_files.c: what is saved comes back, and what is damaged is noticed. */
#include <stdlib.h>
#include <unistd.h>
#include "runtime/format/npz.h"
#include "tests/printing.h"

/* Saves, loads again and damages files in a directory of its own. */
START_TEST(files_come_back_and_damage_is_noticed) {
  char folder[] = "/tmp/mgrad-test-XXXXXX", code[512], path[64];
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/m.npz", folder);
  snprintf(code, sizeof code,
           "m = {l: {w: tensor([1, 2])}, n: 3}; backward(sum(m.l.w ** 2)); save(\"%s\", m); r = load(\"%s\"); "
           "(r, grad(r.l.w))", path, path);
  ck_assert_str_eq(run(code), "({l: {w: [1, 2]}, n: 3}, [2, 4])");
  FILE *file = fopen(path, "r+b");
  ck_assert_ptr_nonnull(file);
  fseek(file, 100, SEEK_SET);
  fputc(0x55, file);
  fclose(file);
  snprintf(code, sizeof code, "load(\"%s\")", path);
  ck_assert_msg(strstr(run(code), "checksum"), "%s", buffer_text(&printed));
  remove(path);
  snprintf(code, sizeof code,
           "x = tensor([1, 2]); backward(sum(x ** 2)); save(\"%s\", x); y = load(\"%s\"); (y, y.grad)", path, path);
  ck_assert_str_eq(run(code), "([1, 2], [2, 4])");
  snprintf(code, sizeof code,
           "w = tensor([1, 2]); b = tensor(3); backward(sum(w) * b); save(\"%s\", w=w, b=b, file=[4]); "
           "r = load(\"%s\"); (r, grad(r.w), grad(r.b), grad(r.file))", path, path);
  ck_assert_str_eq(run(code), "({w: [1, 2], b: 3, file: [4]}, [3, 3], 3, none)");
  remove(path);
  snprintf(path, sizeof path, "%s/a.npy", folder);
  snprintf(code, sizeof code, "save(\"%s\", [[1.5, 2]]); load(\"%s\")", path, path);
  ck_assert_str_eq(run(code), "[[1.5, 2]]");
  remove(path);
  snprintf(path, sizeof path, "%s/t.txt", folder);
  snprintf(code, sizeof code, "write_file(\"%s\", \"a, b\\n1,2\\n3, 4\"); loadtxt(\"%s\", skip_header=1)", path, path);
  ck_assert_str_eq(run(code), "[[1, 2],\n [3, 4]]");
  snprintf(code, sizeof code, "loadtxt(\"%s\")", path);
  run(code);
  ck_assert_str_eq(buffer_text(&session_error(session)->hint), "to leave out a heading, write `skip_header=1`");
  snprintf(code, sizeof code, "savetxt(\"%s\", [1, 2], header=\"a\\rb\\r\\nc\"); (read_file(\"%s\"), loadtxt(\"%s\"))",
           path, path, path);
  ck_assert_str_eq(run(code), "(\"# a\\u{d}# b\\u{d}\\n# c\\n1\\n2\\n\", [1, 2])");
  snprintf(code, sizeof code, "savetxt(\"%s\", [[1, 2], [3, 4]]); loadtxt(\"%s\")", path, path);
  ck_assert_str_eq(run(code), "[[1, 2],\n [3, 4]]");
  snprintf(code, sizeof code,
           "savetxt(\"%s\", [[1, 2]], \",\", header=\"x,y\\nin m\"); (read_file(\"%s\"), loadtxt(\"%s\"))",
           path, path, path);
  ck_assert_str_eq(run(code), "(\"# x,y\\n# in m\\n1,2\\n\", [1, 2])");
  remove(path);
  remove(folder);
}
END_TEST

/* What is saved to m.npz and loaded again. */
static const Case kept[] = {
    {"p = {b: (1, 2)}", "{b: (1, 2)}"},
    {"p = (tensor([1]), tensor([2]))", "([1], [2])"},
    {"p = (tensor([1, 2]), tensor(3))", "([1, 2], 3)"},
    {"p = ({w: [1]}, {w: [2]})", "({w: [1]}, {w: [2]})"},
    {"p = {layers: ({w: [1], b: 2},), none_left: (), nothing: {}}",
     "{layers: ({w: [1], b: 2},), none_left: (), nothing: {}}"},
    {"p = ()", "()"},
    {"p = {}", "{}"},
    {"p = (true, range(3), ((1,),))", "(true, [0, 1, 2], ((1,),))"},
    {"p = (); for i in range(12) { p = p + (i,) }", "(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)"},
    {"p = from_json(\"{\\\"1\\\": 5, \\\"0\\\": 6}\")", "{\"1\": 5, \"0\": 6}"},
    {"p = {a: (\"x\",)}", "type: `save` keeps numbers, and `a.0` is a string"},
    {"p = {f: sin}", "type: `save` keeps numbers, and `f` is a function"},
    {"p = hessian(sin)", "type: `save` keeps numbers, not functions"},
    {"p = from_json(\"{\\\"()\\\": 2, \\\"0\\\": 6, \\\"n\\\": {\\\"{}\\\": 0}}\")",
     "{\"()\": 2, \"0\": 6, n: {\"{}\": 0}}"},
    {"p = from_json(\"{\\\"a.b\\\": {\\\"c\\\\\\\\d.\\\": 1}, \\\"a\\\": {\\\"b\\\": 2}}\")",
     "{\"a.b\": {\"c\\\\d.\": 1}, a: {b: 2}}"},
    {"p = from_json(\"{\\\"w\\\": [1, 2], \\\"w.grad\\\": [3], \\\"x\\\": {\\\"grad\\\": 4}}\")",
     "{w: [1, 2], \"w.grad\": [3], x: {grad: 4}}"},
    {"p = {arr_0: [1]}", "{arr_0: [1]}"},
    {"p = ({w: tensor([1, 2])}, tensor(3)); backward(sum(p[0].w ** 2) * p[1])", "({w: [1, 2]}, 3)"},
};

START_TEST(nested_values_come_back) {
  char folder[] = "/tmp/mgrad-test-XXXXXX", code[512];
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert_int_eq(chdir(folder), 0);
  for (size_t k = 0; k < COUNT(kept); k++) {
    snprintf(code, sizeof code, "%s; save(\"m.npz\", p); load(\"m.npz\")", kept[k].code);
    const char *got = run(code);
    ck_assert_msg(strncmp(got, kept[k].output, strlen(kept[k].output)) == 0, "`%s` gives\n%s", code, got);
  }
  ck_assert_str_eq(run("r = load(\"m.npz\"); (grad(r[0].w), grad(r[1]))"), "([6, 12], 5)");
  remove("m.npz");
  ck_assert_int_eq(chdir("/"), 0);
  remove(folder);
}
END_TEST

/* What has been written to m.npz by others: these names, with these numbers. */
static void write_archive(int count, const char *const *names, Tensor *const *tensors) {
  NpzWriter writer = {0};
  Runtime *runtime = session_runtime(session);
  for (int i = 0; i < count; i++) ck_assert(npz_add(runtime, &writer, names[i], strlen(names[i]), tensors[i]));
  ck_assert(npz_finish(runtime, &writer));
  FILE *file = fopen("m.npz", "wb");
  ck_assert_ptr_nonnull(file);
  ck_assert_uint_eq(fwrite(buffer_text(&writer.archive), 1, writer.archive.length, file), writer.archive.length);
  fclose(file);
  npz_free(&writer);
}

typedef struct Archive { DType dtype; const char *names[2], *output; } Archive;
static const Archive archives[] = {
    {DTYPE_FLOAT64, {"w", "w.grad"}, "file: cannot read `m.npz`: `w` and its gradient differ in shape: a scalar and (2,)"},
    {DTYPE_BOOL, {"w", "w.grad"}, "{w: true, \"w.grad\": [1, 1]}"},
    {DTYPE_FLOAT64, {"l.0.w", "arr_0"}, "{l: {\"0\": {w: 1}}, arr_0: [1, 1]}"},
    {DTYPE_FLOAT64, {"dir\\w", "dir\\(\\"}, "{\"dir\\\\w\": 1, \"dir\\\\(\\\\\": [1, 1]}"},
    {DTYPE_FLOAT64, {"()", "0"}, "([1, 1],)"},
    {DTYPE_FLOAT64, {"()", "1"}, "file: cannot read `m.npz`: a tuple in it does not hold the items that it counts"},
    {DTYPE_FLOAT64, {"r.()", "r.1"},
     "file: cannot read `m.npz`: a tuple in it does not hold the items that it counts"},
    {DTYPE_FLOAT64, {"w", "w.grad.x"}, "{w: 1, \"w.grad.x\": [1, 1]}"},
};

START_TEST(archives_of_others_are_read) {
  char folder[] = "/tmp/mgrad-test-XXXXXX";
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert_int_eq(chdir(folder), 0);
  const Archive *archive = &archives[_i];
  const int64_t two = 2;
  Runtime *runtime = session_runtime(session);
  Tensor *one = tensor_new_number(runtime, archive->dtype, 1);
  Tensor *pair = tensor_new_shape(runtime, DTYPE_FLOAT64, 1, &two);
  ck_assert(one && pair && tensor_fill(runtime, pair, 1));
  write_archive(2, archive->names, (Tensor *[]){one, pair});
  ck_assert_str_eq(run("load(\"m.npz\")"), archive->output);
  tensor_unref(one);
  tensor_unref(pair);
  remove("m.npz");
  ck_assert_int_eq(chdir("/"), 0);
  remove(folder);
}
END_TEST

START_TEST(saving_under_names_survives_lack_of_memory) {
  char folder[] = "/tmp/mgrad-test-XXXXXX";
  const char *code = "w = [1, 2]; save(\"named.npz\", w=w, b=tensor(3), r={x: 1, t: (2, ())}, "
                     "s=from_json(\"{\\\"a.b\\\": 1}\")); "
                     "load(\"named.npz\")";
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert_int_eq(chdir(folder), 0);
  for (size_t n = 1; survives("save", code, n);) n++;
  remove("named.npz");
  ck_assert_int_eq(chdir("/"), 0);
  ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("builtin files");
  TCase *all = tcase_create("files");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_test(all, files_come_back_and_damage_is_noticed);
  tcase_add_test(all, nested_values_come_back);
  tcase_add_loop_test(all, archives_of_others_are_read, 0, COUNT(archives));
  suite_add_tcase(suite, all);
  TCase *lacking = tcase_create("lack of memory");
  tcase_add_test(lacking, saving_under_names_survives_lack_of_memory);
  suite_add_tcase(suite, lacking);
  return run_suite(suite);
}
