/* SPDX-License-Identifier: MIT */
/* rule_text.c: a derivative of the operation table as people write it.

   The columns are C text: words, numbers and calls.  It is read from left to right and written at once; an operand
   learns from outside how tightly its surroundings bind. */
#include "autodiff/rule_text.h"
#include <string.h>

typedef enum Binding { BINDS_NOTHING, BINDS_OR, BINDS_AND, BINDS_COMPARE, BINDS_SUM, BINDS_TERM, BINDS_PRODUCT,
                       BINDS_UNARY, BINDS_BASE, BINDS_ATOM } Binding;

/* Words that are operators: how they are written, how tightly they bind, and what they ask of their operands. */
typedef struct Operator { const char *word, *sign; Binding binds, left, right; } Operator;
static const Operator operators[] = {
    {"Add", " + ", BINDS_SUM, BINDS_SUM, BINDS_SUM},
    {"Sub", " - ", BINDS_SUM, BINDS_SUM, BINDS_TERM},
    {"Mul", " * ", BINDS_PRODUCT, BINDS_PRODUCT, BINDS_PRODUCT},
    {"Part", " * ", BINDS_PRODUCT, BINDS_PRODUCT, BINDS_PRODUCT},
    {"Div", " / ", BINDS_PRODUCT, BINDS_PRODUCT, BINDS_UNARY},
    {"Pow", " ** ", BINDS_BASE, BINDS_ATOM, BINDS_UNARY},
    {"Less", " < ", BINDS_COMPARE, BINDS_SUM, BINDS_SUM},
    {"Greater", " > ", BINDS_COMPARE, BINDS_SUM, BINDS_SUM},
    {"GreaterEqual", " >= ", BINDS_COMPARE, BINDS_SUM, BINDS_SUM},
    {"Equal", " == ", BINDS_COMPARE, BINDS_SUM, BINDS_SUM},
    {"And", " and ", BINDS_AND, BINDS_AND, BINDS_COMPARE},
    {"Or", " or ", BINDS_OR, BINDS_OR, BINDS_AND},
};

/* Functions whose word is not their name with a capital letter. */
typedef struct Word { const char *word, *text; } Word;
static const Word functions[] = {
    {"SincDerivative", "sinc_derivative"}, {"IsNan", "isnan"}, {"BesselI", "bessel_i"}, {"NormalPdf", "normal_pdf"},
    {"NormalCdf", "normal_cdf"},
};

/* Rows that compute a formula more accurately than its parts would: people read the formula. */
typedef struct Spelling { const char *call, *text; Binding binds; } Spelling;
static const Spelling spellings[] = {
    {"SechSquared(x)", "sech(x) ** 2", BINDS_BASE},
    {"Gaussian(x)", "exp(-x ** 2)", BINDS_ATOM},
    {"Semicircle(x)", "sqrt(1 - x ** 2)", BINDS_ATOM},
    {"Hyperbola(x)", "sqrt(x ** 2 - 1)", BINDS_ATOM},
    {"Hyperbola(Abs(x))", "sqrt(x ** 2 - 1)", BINDS_ATOM},
    {"Lens(AtLeast(x, Num(0)))", "where(x < 0, nan, x * sqrt(1 - x ** 2))", BINDS_ATOM},
    {"AtLeast(Parabola(x), Num(0))", "where(x < 0 or x > 1, nan, x * (1 - x))", BINDS_ATOM},
    {"ErfinvSlope(x)", "sqrt(pi) / 2 * exp(erfinv(x) ** 2)", BINDS_PRODUCT},
    {"TanhSoftplus(x)", "tanh(softplus(x))", BINDS_ATOM},
    {"SechSoftplus(x)", "sech(softplus(x))", BINDS_ATOM},
    {"ExpShare(x, y)", "sigmoid(x - y)", BINDS_ATOM},
    {"ExpShare(y, x)", "sigmoid(y - x)", BINDS_ATOM},
    {"Exp2Share(x, y)", "sigmoid(log(2) * (x - y))", BINDS_ATOM},
    {"Exp2Share(y, x)", "sigmoid(log(2) * (y - x))", BINDS_ATOM},
    {"GreaterShare(x, y)", "where(x == y, 0.5, x > y)", BINDS_ATOM},
    {"GreaterShare(y, x)", "where(x == y, 0.5, x < y)", BINDS_ATOM},
    {"LessShare(x, y)", "where(x == y, 0.5, x < y)", BINDS_ATOM},
    {"LessShare(y, x)", "where(x == y, 0.5, x > y)", BINDS_ATOM},
    {"SumTo(g, y)", "g", BINDS_ATOM},
    {"MaskedBoth(x, g)", "where(x == 0 or g == 0, 0, x * g)", BINDS_ATOM},
    {"MaskedBoth(g, y)", "where(g == 0 or y == 0, 0, g * y)", BINDS_ATOM},
    {"Neg(MaskedDiv(MaskedBoth(r, g), y))", "where(r == 0 or g == 0, 0, -r * g / y)", BINDS_ATOM},
    {"PowerBelow(x, y)", "x ** (y - 1)", BINDS_BASE},
    {"PowerBelow(x, Sub(y, Num(1)))", "x ** (y - 2)", BINDS_BASE},
    {"Mul(g, Square(Direction(Num(1), x)))", "g / (1 + x ** 2)", BINDS_PRODUCT},
    {"Div(Direction(x, y), Hypot(x, y))", "x / (x ** 2 + y ** 2)", BINDS_PRODUCT},
    {"Div(Direction(y, x), Hypot(x, y))", "y / (x ** 2 + y ** 2)", BINDS_PRODUCT},
    {"Direction(x, y)", "where(hypot(x, y) == 0, 0, x / hypot(x, y))", BINDS_ATOM},
    {"Direction(y, x)", "where(hypot(x, y) == 0, 0, y / hypot(x, y))", BINDS_ATOM},
    {"DigammaRise(x, y)", "digamma(x + y) - digamma(x)", BINDS_SUM},
    {"DigammaRise(y, x)", "digamma(x + y) - digamma(y)", BINDS_SUM},
    {"TrigammaFall(x, y)", "polygamma(1, x) - polygamma(1, x + y)", BINDS_SUM},
    {"FloorDivide(x, y)", "x // y", BINDS_TERM},
    {"Mul(Mul(Sign(x), Sign(y)), FloorDivide(Abs(x), Abs(y)))", "trunc(x / y)", BINDS_ATOM},
    {"Div(g, AtLeast(x, Num(0)))", "where(x < 0, nan, g / x)", BINDS_ATOM},
    {"AtLeast(x, Num(0))", "where(x < 0, nan, x)", BINDS_ATOM},
    {"Blanked(Mul(y, PowerBelow(x, y)), y)", "where(y == 0 and (x == 0 or isnan(x)), 0, y * x ** (y - 1))",
     BINDS_ATOM},
    {"Blanked(Mul(Sub(y, Num(1)), PowerBelow(x, Sub(y, Num(1)))), Sub(y, Num(1)))",
     "where(y == 1 and (x == 0 or isnan(x)), 0, (y - 1) * x ** (y - 2))", BINDS_ATOM},
    {"AtLeast(y, Num(0))", "where(y < 0, nan, y)", BINDS_ATOM},
    {"Div(g, AtLeast(Add(Num(1), x), Num(0)))", "where(x < -1, nan, g / (1 + x))", BINDS_ATOM},
    {"Neg(Div(Div(g, Sub(AtLeast(Abs(x), Num(1)), Num(1))), Add(Abs(x), Num(1))))",
     "where(abs(x) < 1, nan, g / (1 - x ** 2))", BINDS_ATOM},
    {"SigmoidSlope(x)", "sigmoid(x) * sigmoid(-x)", BINDS_PRODUCT},
    {"Div(Div(g, Semicircle(x)), Semicircle(x))", "where(abs(x) > 1, nan, g / (1 - x ** 2))", BINDS_ATOM},
    {"Div(Div(g, Sin(x)), Sin(x))", "g / sin(x) ** 2", BINDS_PRODUCT},
    {"Mul(g, Mul(r, Cot(x)))", "g * cos(x) / sin(x) ** 2", BINDS_PRODUCT},
    {"Div(Div(g, Add(Num(1), Abs(x))), Add(Num(1), Abs(x)))", "g / (1 + abs(x)) ** 2", BINDS_PRODUCT},
};

static const Word constants[] = {
    {"1 / M_2_SQRTPI", "sqrt(pi) / 2"}, {"M_2_SQRTPI", "2 / sqrt(pi)"}, {"M_LN2", "log(2)"}, {"M_LN10", "log(10)"},
    {"M_PI / 180", "pi / 180"}, {"180 / M_PI", "180 / pi"}, {"NAN", "nan"}, {"M_SQRT1_2", "sqrt(0.5)"},
    {"-M_SQRT1_2", "-sqrt(0.5)"}, {"M_2_SQRTPI * M_SQRT1_2 / 2", "1 / sqrt(2 * pi)"},
};

typedef struct Reading { Buffer *out; const char *at; } Reading;

static void write_formula(Reading *reading, Binding needed);

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static void skip_blanks(Reading *reading) { reading->at += strspn(reading->at, " \n"); }

static void skip(Reading *reading, char expected) {
  skip_blanks(reading);
  if (*reading->at == expected) reading->at++;
}

static bool equals(const char *text, const char *word, size_t length) {
  return strlen(text) == length && memcmp(text, word, length) == 0;
}

/* The text up to the parenthesis that closes the one before it. */
static size_t inside_length(const char *text) {
  size_t length = 0;
  for (int depth = 1; text[length]; length++) {
    if (text[length] == '(') depth++;
    if (text[length] == ')' && --depth == 0) break;
  }
  return length;
}

static void write_number(Reading *reading, Binding needed) {
  size_t length = inside_length(reading->at);
  const char *text = reading->at;
  size_t written = length;
  for (size_t k = 0; k < sizeof constants / sizeof *constants; k++)
    if (equals(constants[k].word, reading->at, length)) {
      text = constants[k].text;
      written = strlen(text);
      break;
    }
  bool quotient = memchr(text, '/', written) != NULL, negative = *text == '-';
  bool bracketed = (quotient && needed > BINDS_PRODUCT) || (negative && needed > BINDS_UNARY);
  if (bracketed) buffer_add_byte(reading->out, '(');
  buffer_add(reading->out, text, written);
  if (bracketed) buffer_add_byte(reading->out, ')');
  reading->at += length;
}

static const Operator *find_operator(const char *word, size_t length) {
  for (size_t k = 0; k < sizeof operators / sizeof *operators; k++)
    if (equals(operators[k].word, word, length)) return &operators[k];
  return NULL;
}

static void write_operator(Reading *reading, const Operator *operator, Binding needed) {
  bool bracketed = operator->binds < needed;
  if (bracketed) buffer_add_byte(reading->out, '(');
  write_formula(reading, operator->left);
  skip(reading, ',');
  buffer_add_text(reading->out, operator->sign);
  write_formula(reading, operator->right);
  if (bracketed) buffer_add_byte(reading->out, ')');
}

static void write_prefixed(Reading *reading, const char *sign, Binding needed) {
  bool bracketed = needed > BINDS_TERM;
  if (bracketed) buffer_add_byte(reading->out, '(');
  buffer_add_text(reading->out, sign);
  write_formula(reading, BINDS_PRODUCT);
  if (bracketed) buffer_add_byte(reading->out, ')');
}

static void write_square(Reading *reading, Binding needed) {
  bool bracketed = needed > BINDS_BASE;
  if (bracketed) buffer_add_byte(reading->out, '(');
  write_formula(reading, BINDS_ATOM);
  buffer_add_text(reading->out, " ** 2");
  if (bracketed) buffer_add_byte(reading->out, ')');
}

static void write_name(Buffer *out, const char *word, size_t length) {
  for (size_t k = 0; k < sizeof functions / sizeof *functions; k++)
    if (equals(functions[k].word, word, length)) {
      buffer_add_text(out, functions[k].text);
      return;
    }
  for (size_t k = 0; k < length; k++)
    buffer_add_byte(out, word[k] >= 'A' && word[k] <= 'Z' ? (char)(word[k] - 'A' + 'a') : word[k]);
}

static void write_function(Reading *reading, const char *word, size_t length) {
  write_name(reading->out, word, length);
  buffer_add_byte(reading->out, '(');
  for (bool first = true; *reading->at && *reading->at != ')'; first = false) {
    if (!first) buffer_add_text(reading->out, ", ");
    const char *before = reading->at;
    write_formula(reading, BINDS_NOTHING);
    skip(reading, ',');
    skip_blanks(reading);
    if (reading->at == before) return; /* no formula: nothing more can be read */
  }
  buffer_add_byte(reading->out, ')');
}

static void write_call(Reading *reading, const char *word, size_t length, Binding needed) {
  const Operator *operator = find_operator(word, length);
  if (operator) write_operator(reading, operator, needed);
  else if (equals("Num", word, length)) write_number(reading, needed);
  else if (equals("Neg", word, length)) write_prefixed(reading, "-", needed);
  else if (equals("Square", word, length)) write_square(reading, needed);
  else write_function(reading, word, length);
  skip(reading, ')');
}

static void write_constant(Buffer *out, const char *word, size_t length) {
  if (equals("FLAT", word, length)) buffer_add_byte(out, '0');
  else if (equals("NO_GRADIENT", word, length)) buffer_add_text(out, "none");
  else buffer_add(out, word, length);
}

static bool write_spelled(Reading *reading, Binding needed) {
  for (size_t k = 0; k < sizeof spellings / sizeof *spellings; k++) {
    const Spelling *spelling = &spellings[k];
    size_t length = strlen(spelling->call);
    if (strncmp(reading->at, spelling->call, length) != 0) continue;
    bool bracketed = spelling->binds < needed;
    buffer_format(reading->out, "%s%s%s", bracketed ? "(" : "", spelling->text, bracketed ? ")" : "");
    reading->at += length;
    return true;
  }
  return false;
}

static void write_formula(Reading *reading, Binding needed) {
  skip_blanks(reading);
  if (write_spelled(reading, needed)) return;
  const char *word = reading->at;
  size_t length = 0;
  while (is_letter(word[length])) length++;
  reading->at += length;
  if (*reading->at == '(') {
    reading->at++;
    write_call(reading, word, length, needed);
  } else {
    write_constant(reading->out, word, length);
  }
}

void rule_text(Buffer *out, const char *formula) {
  Reading reading = {out, formula};
  write_formula(&reading, BINDS_NOTHING);
  buffer_add_text(out, reading.at); /* what is no formula */
}
