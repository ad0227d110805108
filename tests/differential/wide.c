/* SPDX-License-Identifier: MIT */
/* wide.c: random programs without a reference, on tensors long enough for every width of vectors, for the edges of
   blocks and for several threads; for comparing instruction sets, which must agree to the last bit.

   Products of matrices, which may round differently where there is fused multiply-add, are programs of their own: each
   prints products and, on the line after, how far two instruction sets may be apart there. */
#include "tests/differential/wide.h"
#include <string.h>
#include "tests/differential/functions.h"

typedef struct Wide {
  Program *program;
  int named, leaves;
} Wide;

static const char *pick(Program *program, int count, const char *const *choices) {
  return choices[draw(program, count)];
}
#define PICK(program, ...) \
  pick(program, (int)(sizeof(const char *[]){__VA_ARGS__} / sizeof(char *)), (const char *const[]){__VA_ARGS__})

/* ---- expressions of the program's one shape */

static void write_name(Wide *wide, Value *value) {
  int named = draw(wide->program, wide->named);
  write_text(value, named < wide->leaves ? "x%d" : "v%d", named);
}

static void write_expression(Wide *wide, int depth, Value *value);

static Value expression(Wide *wide, int depth) {
  Value value = {.text = ""};
  write_expression(wide, depth, &value);
  return value;
}

/* Something that an expression is combined with by broadcasting. */
static Value partner(Wide *wide, int depth) {
  Value value = {.text = ""}, inner;
  int kind = draw(wide->program, 6);
  if (kind < 3) return expression(wide, depth);
  if (kind == 3) return write_text(&value, "(%.17g)", draw_number(wide->program)), value;
  inner = expression(wide, 0);
  const char *name = PICK(wide->program, "sum", "mean", "max", "min", "var", "std", "logsumexp", "argmax", "norm");
  write_text(&value, kind == 4 ? "%s(%s, axis=0)" : "%s(%s, axis=1, keepdims=true)", name, inner.text);
  return value;
}

static void write_pair(Value *value, const char *format, const Value *x, const Value *y) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  write_text(value, format, x->text, y->text);
#pragma GCC diagnostic pop
}

static void write_unary(Wide *wide, int depth, Value *value) {
  const Unary *unary = &unaries[draw(wide->program, unary_count)];
  Value inner = expression(wide, depth);
  write_text(value, "%sclip(%s, %.17g, %.17g)%s", unary->before, inner.text, unary->low, unary->high, unary->after);
}

static void write_binary(Wide *wide, int depth, Value *value) {
  const Binary *binary = &binaries[draw(wide->program, binary_count)];
  Value x = expression(wide, depth), y = partner(wide, depth), joined = {.text = ""};
  if (binary->domain == POSITIVE_BASE) {
    Value base = x, power = y;
    x.text[0] = y.text[0] = '\0';
    write_text(&x, "(abs(%s) + 0.1)", base.text);
    write_text(&y, "clip(%s, -4, 4)", power.text);
  }
  write_pair(&joined, binary->format, &x, &y);
  Value a = expression(wide, 0);
  if (binary->type == TRUTH)
    write_text(value, "where(%s, %s, %s)", joined.text, x.text, a.text);
  else
    write_text(value, "clip(%s, -1e4, 1e4)", joined.text);
}

static void write_line(Wide *wide, int depth, Value *value) {
  Value inner = expression(wide, depth);
  const char *name = PICK(wide->program, "cumsum", "softmax", "logsoftmax", "sort", "flip", "cumprod(0.25 + sigmoid");
  bool product = strchr(name, '(') != NULL;
  write_text(value, "%s(%s%s, axis=%d)", name, inner.text, product ? ")" : "", draw(wide->program, 2));
}

/* Other strides, so that loops read what does not lie side by side. */
static void write_arranged(Wide *wide, int depth, Value *value) {
  Value inner = expression(wide, depth), other = expression(wide, 0);
  switch (draw(wide->program, 4)) {
    case 0:
      write_text(value, "(%s)[:, ::-1]", inner.text);
      break;
    case 1:
      write_text(value, "(%s)[::-1]", inner.text);
      break;
    case 2:
      write_text(value, "transpose(transpose(%s) * transpose(%s))", inner.text, other.text);
      break;
    default:
      write_text(value, "sin(concatenate([%s, %s], axis=1)[:, ::2])", inner.text, other.text);
      break;
  }
}

/* Whole numbers of every dtype, and back. */
static void write_whole(Wide *wide, int depth, Value *value) {
  static const char *const formats[] = {"(%s + %s)",
                                        "(%s * %s)",
                                        "(%s - %s)",
                                        "maximum(%s, %s)",
                                        "bitwise_and(%s, %s)",
                                        "(%s // (abs(%s) + 1))",
                                        "(%s %% (abs(%s) + 1))",
                                        "bitwise_xor(%s, %s)"};
  Value x = expression(wide, depth), y = expression(wide, 0), a = {.text = ""}, b = {.text = ""};
  const char *dtype = PICK(wide->program, "int32", "int64", "uint8"), *low = dtype[0] == 'u' ? "0" : "-90";
  write_text(&a, "astype(10 * clip(%s, %s, 90), %s)", x.text, dtype[0] == 'u' ? "0" : "-90", dtype);
  write_text(&b, "astype(clip(%s, %s, 90), %s)", y.text, low, dtype);
  write_text(value, "(0.125 * ");
  write_pair(value, formats[draw(wide->program, (int)(sizeof formats / sizeof *formats))], &a, &b);
  write_text(value, ")");
}

static void write_expression(Wide *wide, int depth, Value *value) {
  static void (*const writers[])(Wide *, int, Value *) = {write_unary, write_unary, write_binary,   write_binary,
                                                          write_line,  write_whole, write_arranged, write_unary};
  if (depth == 0 || chance(wide->program, 30)) {
    write_name(wide, value);
    return;
  }
  writers[draw(wide->program, (int)(sizeof writers / sizeof *writers))](wide, depth - 1, value);
}

/* ---- programs */

/* Mostly around the widths of vectors, at times past the blocks of fused passes and the least share of a thread. */
static void draw_sizes(Program *program, int *rows, int *columns) {
  int kind = draw(program, 100);
  *rows = 1 + draw(program, kind < 85 ? 7 : 2);
  *columns = kind < 50 ? 1 + draw(program, 40) : kind < 85 ? 41 + draw(program, 260) : 500 + draw(program, 1000);
  if (kind == 99) *columns = 20000 + draw(program, 20000);
  if (chance(program, 10)) {
    int swapped = *rows;
    *rows = *columns;
    *columns = swapped;
  }
}

static void start(Program *program, uint64_t seed) {
  *program = (Program){.state = seed};
  program_add(program, "seed(%d)\n", draw(program, 1 << 30));
}

void program_generate_wide(Program *program, uint64_t seed) {
  Wide wide = {.program = program};
  int rows, columns;
  start(program, seed);
  draw_sizes(program, &rows, &columns);
  bool large = rows * columns > 10000;
  int leaves = large ? 1 : 1 + draw(program, 3), statements = 2 + draw(program, 7);
  const char *dtype = PICK(program, "float64", "float32");
  for (; wide.named < leaves; wide.named++, wide.leaves++)
    program_add(program, "x%d = tensor(%d * randn(%d, %d), dtype=%s)\n", wide.named, 1 + draw(program, 3), rows,
                columns, dtype);
  for (int k = 0; k < statements; k++) {
    Value value = {.text = ""};
    write_expression(&wide, 1 + draw(program, 2), &value);
    program_add(program, "v%d = 1 * %s\n", wide.named++, value.text);
  }
  /* Of the longest only the last value: a digest of a million numbers is their text's. */
  for (int k = large ? wide.named - 1 : wide.leaves; k < wide.named; k++)
    program_add(program, "print(to_json(v%d))\n", k);
  program_add(program, "backward(sum(v%d)", wide.named - 1);
  for (int k = wide.leaves; k < wide.named - 1; k++)
    if (chance(program, 40)) program_add(program, " + %.17g * mean(v%d * v%d)", draw_number(program), k, k);
  for (int k = 0; k < wide.leaves; k++) program_add(program, " + sum(x%d)", k);
  program_add(program, ")\n");
  for (int k = 0; k < wide.leaves; k++) program_add(program, "print(to_json(x%d.grad))\n", k);
}

/* ---- products: linear in each operand, so that the same product of absolute values bounds what rounding can do */

static const struct {
  const char *x, *y, *format; /* the shapes, of sizes n, k and m, and the product */
} products[] = {
    {"n, k", "k, m", "(%s @ %s)"},
    {"3, n, k", "k, m", "(%s @ %s)"},
    {"n, k", "2, k, m", "(%s @ %s)"},
    {"k", "k, m", "(%s @ %s)"},
    {"n, k", "k", "(%s @ %s)"},
    {"k", "k", "dot(%s, %s)"},
    {"k, n", "k, m", "(transpose(%s) @ %s)"},
    {"n, k", "m, k", "(%s @ transpose(%s))"},
    {"n, 2 * k", "k, m", "(%s[:, ::2] @ %s)"},
    {"n, k", "k, m", "(%s[::-1] @ %s[::-1])"},
    {"n, k, 3", "m, k, 3", "einsum(\"aic,bic->abc\", %s, %s)"},
    {"n, k", "k, m", "einsum(\"ij,jk->k\", %s, %s)"},
    {"2, 3, n + k", "m, 3, k", "conv_nd(%s, %s, stride=1)"},
    {"n, k", "m, k", "inner(%s, %s)"},
};
enum { PRODUCTS = sizeof products / sizeof *products };

/* Sums of `terms` products differ by at most 2 * terms * u times the sum of absolute values, whatever their order;
   rounding of this bound itself takes no more than two terms' worth. */
static void print_product(Program *program, const char *product, const char *absolute, const char *terms, bool single) {
  program_add(program, "print(to_json(%s))\n", product);
  program_add(program, "print(to_json(2 * (%s + 4) * 2 ** -%d * %s))\n", terms, single ? 24 : 53, absolute);
}

void program_generate_products(Program *program, uint64_t seed) {
  Value result = {.text = ""}, bound = {.text = ""}, x = {.text = "X"}, y = {.text = "Y"}, u = {.text = "abs(X)"},
        v = {.text = "abs(Y)"};
  start(program, seed);
  int most = chance(program, 90) ? 40 : 120, which = draw(program, PRODUCTS);
  bool single = chance(program, 50);
  const char *dtype = single ? "float32" : "float64";
  program_add(program, "n, k, m = %d, %d, %d\n", 1 + draw(program, most), 1 + draw(program, most),
              1 + draw(program, most));
  program_add(program, "X = tensor(randn(%s), dtype=%s)\nY = tensor(randn(%s), dtype=%s)\n", products[which].x, dtype,
              products[which].y, dtype);
  write_pair(&result, products[which].format, &x, &y);
  write_pair(&bound, products[which].format, &u, &v);
  program_add(program, "P = %s\nB = %s\nW = randn(P.shape)\n", result.text, bound.text);
  print_product(program, "P", "B", "3 * (n + k)", single);
  program_add(program, "backward(sum(W * P))\ng, h = X.grad, Y.grad\n");
  program_add(program, "backward(sum(abs(W) * B))\n");
  print_product(program, "g", "abs(X.grad)", "6 * (n + k) * (m + n)", single);
  print_product(program, "h", "abs(Y.grad)", "6 * (n + k) * (m + n)", single);
}
