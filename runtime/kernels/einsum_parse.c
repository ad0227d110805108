/* SPDX-License-Identifier: MIT */
/* einsum_parse.c: reads the subscripts of einsum and gives every label its size. */
#include <inttypes.h>
#include <string.h>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/einsum.h"

enum { LETTERS = 52, OPERAND_END = -1, ARROW = -2 };

/* Upper-case letters come first, as in ASCII: this is the order of labels in a result that is not written out. */
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

typedef struct Reader {
  Runtime *runtime;
  const Operands *operands;
  Einsum *einsum;
  const char *text;      /* what is still to be read */
  int ellipsis_axes;     /* of the operand that has most */
} Reader;

static bool fail(const Reader *reader, const char *message) {
  runtime_fail(reader->runtime, ERROR_VALUE, -1, "%s", message);
  return false;
}

static bool fail_count(const Reader *reader, const char *what) {
  runtime_fail(reader->runtime, ERROR_VALUE, -1, "%s %d axes", what, TENSOR_MAX_DIMS);
  return false;
}

/* "`i`", or "`...`" for the axes it stands for. */
typedef struct LabelText { char text[8]; } LabelText;
static const char *label_text(LabelText *out, int label) {
  strcpy(out->text, label < LETTERS ? "`i`" : "`...`");
  if (label < LETTERS) out->text[1] = letters[label];
  return out->text;
}

/* ---- one term */
/* What stands at the next place that is no space: a label, or a sign; advances. */
enum { SIGN_COMMA = 100, SIGN_ARROW, SIGN_ELLIPSIS, SIGN_END, SIGN_WRONG };

static int next_sign(Reader *reader) {
  while (*reader->text == ' ' || *reader->text == '\t') reader->text++;
  const char *text = reader->text, *letter = *text ? strchr(letters, *text) : NULL;
  bool arrow = text[0] == '-' && text[1] == '>', dots = text[0] == '.' && text[1] == '.' && text[2] == '.';
  if (*text == '\0') return SIGN_END;
  reader->text += arrow ? 2 : dots ? 3 : letter || *text == ',';
  if (letter) return (int)(letter - letters);
  return *text == ',' ? SIGN_COMMA : arrow ? SIGN_ARROW : dots ? SIGN_ELLIPSIS : SIGN_WRONG;
}

static bool fail_sign(const Reader *reader) {
  runtime_fail(reader->runtime, ERROR_VALUE, -1, "einsum subscripts hold letters, `,`, `->` and `...`, not `%.8s`",
               reader->text);
  return false;
}

typedef struct Letters { int count, before_ellipsis; bool ellipsis; uint8_t labels[TENSOR_MAX_DIMS]; } Letters;

/* Reads letters up to the next comma, arrow or end, which it returns in `*sign`. */
static bool read_letters(Reader *reader, Letters *found, int *sign) {
  *found = (Letters){0};
  while ((*sign = next_sign(reader)) != SIGN_COMMA && *sign != SIGN_ARROW && *sign != SIGN_END) {
    if (*sign == SIGN_WRONG) return fail_sign(reader);
    if (*sign == SIGN_ELLIPSIS) {
      if (found->ellipsis) return fail(reader, "einsum subscripts of one operand can hold `...` only once");
      found->ellipsis = true;
      found->before_ellipsis = found->count;
    } else {
      if (found->count == TENSOR_MAX_DIMS) return fail_count(reader, "einsum subscripts of one operand name at most");
      found->labels[found->count++] = (uint8_t)*sign;
    }
  }
  return true;
}

/* `axes` axes for `...`; the last of them has the first label of their kind. */
static bool build_term(const Reader *reader, const Letters *found, int axes, EinsumTerm *term) {
  term->count = 0;
  if (found->count + axes > TENSOR_MAX_DIMS) return fail_count(reader, "the result of einsum has more than");
  for (int i = 0; i <= found->count; i++) {
    for (int k = axes; found->ellipsis && i == found->before_ellipsis && k > 0; k--)
      term->labels[term->count++] = (uint8_t)(LETTERS + k - 1);
    if (i < found->count) term->labels[term->count++] = found->labels[i];
  }
  return true;
}

static bool fail_axes(const Reader *reader, int operand, int named) {
  ShapeText shape;
  CountText axes;
  OperandMark mark;
  const Layout *layout = reader->operands->tensors[operand]->layout;
  runtime_fail(reader->runtime, ERROR_SHAPE, operand, "einsum subscripts %d name %s, but %s%s has %d", operand + 1,
               count_text(&axes, named, "axis", "axes"), operand_mark(&mark, operand), layout_text(&shape, layout),
               layout->ndim);
  return false;
}

static bool add_operand(Reader *reader, const Letters *found, int operand) {
  int axes = tensor_ndim(reader->operands->tensors[operand]) - found->count;
  if (axes < 0 || (axes > 0 && !found->ellipsis)) return fail_axes(reader, operand, found->count);
  if (axes > reader->ellipsis_axes) reader->ellipsis_axes = axes;
  return build_term(reader, found, axes, &reader->einsum->operands[operand]);
}

/* ---- the text */
static bool check_count(const Reader *reader, int subscripts) {
  if (subscripts == reader->operands->count) return true;
  runtime_fail(reader->runtime, ERROR_ARGUMENT, -1, "einsum has subscripts for %d %s, but %d %s given", subscripts,
               subscripts == 1 ? "operand" : "operands", reader->operands->count,
               reader->operands->count == 1 ? "is" : "are");
  return false;
}

/* A result that is not written out: the axes of `...`, then the labels that occur once, in alphabetical order. */
static bool implicit_output(const Reader *reader) {
  int uses[LETTERS] = {0};
  Letters once = {.ellipsis = true};
  const Einsum *einsum = reader->einsum;
  for (int k = 0; k < einsum->operand_count; k++) {
    for (int i = 0; i < einsum->operands[k].count; i++) {
      if (einsum->operands[k].labels[i] < LETTERS) uses[einsum->operands[k].labels[i]]++;
    }
  }
  for (int label = 0; label < LETTERS; label++) {
    if (uses[label] != 1) continue;
    if (once.count == TENSOR_MAX_DIMS) return fail_count(reader, "the result of einsum has more than");
    once.labels[once.count++] = (uint8_t)label;
  }
  return build_term(reader, &once, reader->ellipsis_axes, &reader->einsum->output);
}

static bool explicit_output(Reader *reader) {
  Letters found;
  int sign;
  if (!read_letters(reader, &found, &sign)) return false;
  if (sign != SIGN_END) return fail(reader, "einsum subscripts go on after the result");
  if (!found.ellipsis && reader->ellipsis_axes > 0)
    return fail(reader, "the result of einsum needs `...` too, because an operand has it");
  return build_term(reader, &found, reader->ellipsis_axes, &reader->einsum->output);
}

static bool read_text(Reader *reader) {
  int sign, count = 0;
  do {
    Letters found;
    if (!read_letters(reader, &found, &sign)) return false;
    if (count < reader->operands->count && !add_operand(reader, &found, count)) return false;
    count++;
  } while (sign == SIGN_COMMA);
  if (!check_count(reader, count)) return false;
  return sign == SIGN_ARROW ? explicit_output(reader) : implicit_output(reader);
}

/* ---- the numbers */
static bool add_label(Reader *reader, EinsumTerm *term, int64_t label) {
  if (label < 0 || label >= EINSUM_LABELS || term->count == TENSOR_MAX_DIMS) {
    runtime_fail(reader->runtime, ERROR_VALUE, -1, "einsum labels are numbers from 0 to %d, at most %d per operand",
                 EINSUM_LABELS - 1, TENSOR_MAX_DIMS);
    return false;
  }
  term->labels[term->count++] = (uint8_t)label;
  return true;
}

static bool read_numbers(Reader *reader, const Parameter *labels) {
  int operand = 0;
  EinsumTerm *term = &reader->einsum->operands[0];
  for (int i = 0; i < labels->count; i++) {
    int64_t label = labels->integers[i];
    if (label == OPERAND_END && ++operand < reader->operands->count) term = &reader->einsum->operands[operand];
    else if (label == OPERAND_END) return check_count(reader, operand + 1);
    else if (label == ARROW) term = &reader->einsum->output;
    else if (!add_label(reader, term, label)) return false;
  }
  if (!check_count(reader, operand + 1)) return false;
  for (int k = 0; k <= operand; k++) {
    const EinsumTerm *given = &reader->einsum->operands[k];
    if (given->count != tensor_ndim(reader->operands->tensors[k])) return fail_axes(reader, k, given->count);
  }
  return true;
}

/* ---- meaning */
static bool set_size(const Reader *reader, int label, int64_t size, bool exactly) {
  int64_t *known = &reader->einsum->sizes[label];
  LabelText text;
  if (*known < 0 || (*known == 1 && !exactly)) *known = size;
  if (*known == size || (size == 1 && !exactly)) return true;
  runtime_fail(reader->runtime, ERROR_SHAPE, -1, "einsum label %s has sizes %" PRId64 " and %" PRId64,
               label_text(&text, label), *known, size);
  return false;
}

static bool check_diagonals(const Reader *reader, int operand) {
  const EinsumTerm *term = &reader->einsum->operands[operand];
  const int64_t *shape = layout_shape(reader->operands->tensors[operand]->layout);
  for (int i = 0; i < term->count; i++) {
    for (int k = 0; k < i; k++) {
      if (term->labels[i] != term->labels[k] || shape[i] == shape[k]) continue;
      LabelText text;
      runtime_fail(reader->runtime, ERROR_SHAPE, operand, "einsum label %s has sizes %" PRId64 " and %" PRId64,
                   label_text(&text, term->labels[i]), shape[k], shape[i]);
      return false;
    }
  }
  return true;
}

static bool check_output(const Reader *reader) {
  const EinsumTerm *output = &reader->einsum->output;
  LabelText text;
  for (int i = 0; i < output->count; i++) {
    if (reader->einsum->sizes[output->labels[i]] < 0) {
      runtime_fail(reader->runtime, ERROR_VALUE, -1, "einsum label %s of the result is in no operand",
                   label_text(&text, output->labels[i]));
      return false;
    }
    for (int k = 0; k < i; k++) {
      if (output->labels[i] != output->labels[k]) continue;
      runtime_fail(reader->runtime, ERROR_VALUE, -1, "einsum label %s is twice in the result",
                   label_text(&text, output->labels[i]));
      return false;
    }
  }
  return true;
}

static bool find_sizes(const Reader *reader) {
  for (int label = 0; label < EINSUM_LABELS; label++) reader->einsum->sizes[label] = -1;
  for (int k = 0; k < reader->einsum->operand_count; k++) {
    const EinsumTerm *term = &reader->einsum->operands[k];
    const int64_t *shape = layout_shape(reader->operands->tensors[k]->layout);
    if (!check_diagonals(reader, k)) return false;
    for (int i = 0; i < term->count; i++) {
      if (!set_size(reader, term->labels[i], shape[i], false)) return false;
    }
  }
  return true;
}

bool einsum_parse(Runtime *runtime, const Operands *operands, Einsum *einsum) {
  const Attributes *attributes = operands->attributes;
  Reader reader = {.runtime = runtime, .operands = operands, .einsum = einsum};
  *einsum = (Einsum){.operand_count = operands->count};
  if (attribute_is_none(attributes, 0)) return fail(&reader, "einsum needs subscripts such as \"ij,jk->ik\"");
  if (operands->count == 0) return fail(&reader, "einsum needs at least one operand");
  if (operands->count > EINSUM_OPERANDS) {
    runtime_fail(runtime, ERROR_VALUE, -1, "einsum takes at most %d operands", EINSUM_OPERANDS);
    return false;
  }
  const Parameter *subscripts = &attributes->values[0];
  reader.text = subscripts->kind == PARAMETER_TEXT ? subscripts->text : "";
  bool read = subscripts->kind == PARAMETER_TEXT ? read_text(&reader) : read_numbers(&reader, subscripts);
  return read && find_sizes(&reader) && check_output(&reader);
}

/* ---- for rules */
Attributes *einsum_attributes(Runtime *runtime, int count, const EinsumTerm *operands, const EinsumTerm *output) {
  int64_t numbers[(EINSUM_OPERANDS + 1) * (TENSOR_MAX_DIMS + 1)];
  int length = 0;
  for (int k = 0; k <= count; k++) {
    const EinsumTerm *term = k < count ? &operands[k] : output;
    if (k > 0) numbers[length++] = k < count ? OPERAND_END : ARROW;
    for (int i = 0; i < term->count; i++) numbers[length++] = term->labels[i];
  }
  Attributes *attributes = attributes_new(runtime, 1);
  if (!attributes || attributes_set_integers(runtime, attributes, 0, length, numbers)) return attributes;
  attributes_unref(attributes);
  return NULL;
}

EinsumTerm einsum_distinct(const EinsumTerm *term) {
  EinsumTerm distinct = {0};
  for (int i = 0; i < term->count; i++) {
    if (!einsum_term_has(&distinct, term->labels[i])) distinct.labels[distinct.count++] = term->labels[i];
  }
  return distinct;
}

Layout *einsum_diagonal(Runtime *runtime, const EinsumTerm *term, const Layout *operand) {
  EinsumTerm distinct = einsum_distinct(term);
  AxisList list = {.count = distinct.count};
  for (int i = 0; i < distinct.count; i++) {
    for (int k = 0; k < term->count; k++) {
      if (term->labels[k] != distinct.labels[i]) continue;
      list.sizes[i] = layout_shape(operand)[k];
      list.strides[i] += layout_strides(operand)[k];
    }
  }
  return axis_list_layout(runtime, &list);
}
