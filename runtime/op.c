/* SPDX-License-Identifier: MIT */
/* op.c: the operation table as data, and the non-tensor arguments of calls. */
#include "runtime/op.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"

/* ---- the table */
#define SIGNATURE_UNARY "x:T"
#define SIGNATURE_BINARY "x:T, y:T"
/* The column `domain`, and what may stand in it beside one. */
#define DOMAIN(field) .domain = DOMAIN_##field
#define DOMAIN_PIECES(field) DOMAIN_##field, .pieces = OP_PIECES
#define DOMAIN_PIECES_OF_MANY(field) DOMAIN_##field, .pieces = OP_PIECES_OF_MANY
#define DOMAIN_LIGHT(field) DOMAIN_##field, .light = true
#define DOMAIN_TRIANGLE(field) DOMAIN_##field, .triangle = true
#define DOMAIN_READ_ONLY(field) DOMAIN_##field, .read_only = true
#define DOMAIN_TAKES_OUT(field) DOMAIN_##field, .takes = OP_TAKES_OUT
#define DOMAIN_TAKES_WHERE(field) DOMAIN_##field, .takes = OP_TAKES_WHERE

const OpInfo op_table[OP_COUNT] = {
#define UNARY(op, field, type, value, integer, dx, doc, example, gives) \
  [OP_##op] = {#op, SIGNATURE_UNARY, OP_KIND_UNARY, OP_TYPE_##type, DOMAIN(TAKES_WHERE(field)), \
               .forward = op_unary_forward, NULL, doc, example, gives},
#define BINARY(op, field, type, value, integer, dx, dy, doc, example, gives) \
  [OP_##op] = {#op, SIGNATURE_BINARY, OP_KIND_BINARY, OP_TYPE_##type, DOMAIN(TAKES_WHERE(field)), \
               .forward = op_binary_forward, NULL, doc, example, gives},
#define SPECIAL(op, signature, field, doc, example, gives) \
  [OP_##op] = {#op, signature, OP_KIND_SPECIAL, OP_TYPE_OTHER, DOMAIN(field), .forward = op_##op##_forward, NULL, \
               doc, example, gives},
#define CONSTANT(op, signature, field, doc, example, gives) \
  [OP_##op] = {#op, signature, OP_KIND_CONSTANT, OP_TYPE_OTHER, DOMAIN(field), .forward = op_##op##_forward, NULL, \
               doc, example, gives},
#define VIEW(op, signature, field, doc, example, gives) \
  [OP_##op] = {#op, signature, OP_KIND_VIEW, OP_TYPE_OTHER, DOMAIN(field), .view = op_##op##_view, doc, example, gives},
#define COMPOSED(op, signature, field, doc, example, gives) \
  [OP_##op] = {#op, signature, OP_KIND_COMPOSED, OP_TYPE_OTHER, DOMAIN(field), .view = NULL, doc, example, gives},
#define ALIAS(alias, op)
#include "runtime/ops.def"
#include "runtime/ops_end.def"
};

const OpAlias op_aliases[] = {
#define UNARY(op, ...)
#define BINARY(op, ...)
#define SPECIAL(op, ...)
#define CONSTANT(op, ...)
#define VIEW(op, ...)
#define COMPOSED(op, ...)
#define ALIAS(alias, op) {#alias, OP_##op},
#include "runtime/ops.def"
#include "runtime/ops_end.def"
  {NULL, OP_none},
};

/* ---- attributes */
static size_t attributes_bytes(int count) {
  return sizeof(Attributes) + (size_t)count * sizeof(Parameter);
}

Attributes *attributes_new(Runtime *runtime, int count) {
  size_t bytes = attributes_bytes(count);
  Attributes *attributes = memory_take(bytes);
  if (!attributes) return runtime_out_of_memory(runtime);
  memset(attributes, 0, bytes);
  attributes->references = 1;
  attributes->count = count;
  return attributes;
}

static void clear_parameter(Parameter *parameter) {
  if (parameter->kind == PARAMETER_INTEGERS)
    memory_put(parameter->integers, (size_t)parameter->count * sizeof *parameter->integers);
  if (parameter->kind == PARAMETER_TEXT) memory_release(parameter->text, strlen(parameter->text) + 1);
  parameter->kind = PARAMETER_NONE;
}

void attributes_unref(Attributes *attributes) {
  if (!attributes || --attributes->references > 0) return;
  for (int i = 0; i < attributes->count; i++) clear_parameter(&attributes->values[i]);
  layout_unref(attributes->layout);
  tensor_unref(attributes->beside);
  OpCallback *callback = attributes->callback;
  if (callback && --callback->references == 0) callback->release(callback);
  memory_put(attributes, attributes_bytes(attributes->count));
}

bool attributes_set_integers(Runtime *runtime, Attributes *attributes, int index, int count, const int64_t *values) {
  size_t bytes = (size_t)count * sizeof *values;
  int64_t *copy = memory_take(bytes);
  if (!copy) return runtime_out_of_memory(runtime), false;
  if (bytes) memcpy(copy, values, bytes);
  clear_parameter(&attributes->values[index]);
  attributes->values[index] = (Parameter){.kind = PARAMETER_INTEGERS, .count = count, .integers = copy};
  return true;
}

bool attributes_set_text(Runtime *runtime, Attributes *attributes, int index, const char *text) {
  size_t bytes = strlen(text) + 1;
  char *copy = memory_allocate(bytes);
  if (!copy) return runtime_out_of_memory(runtime), false;
  memcpy(copy, text, bytes);
  clear_parameter(&attributes->values[index]);
  attributes->values[index] = (Parameter){.kind = PARAMETER_TEXT, .text = copy};
  return true;
}

bool attribute_bool(const Attributes *attributes, int index, bool otherwise) {
  return attribute_is_none(attributes, index) ? otherwise : attributes->values[index].boolean;
}

int64_t attribute_integer(const Attributes *attributes, int index, int64_t otherwise) {
  return attribute_is_none(attributes, index) ? otherwise : attributes->values[index].integer;
}

double attribute_number(const Attributes *attributes, int index, double otherwise) {
  if (attribute_is_none(attributes, index)) return otherwise;
  const Parameter *parameter = &attributes->values[index];
  return parameter->kind == PARAMETER_INTEGER ? (double)parameter->integer : parameter->number;
}

static bool add_axis(Runtime *runtime, int64_t axis, const Layout *of, uint32_t *mask) {
  int normal;
  if (!axis_normalise(runtime, axis, of->ndim, of, &normal)) return false;
  if (*mask >> normal & 1) {
    runtime_fail(runtime, ERROR_ARGUMENT, -1, "axis %" PRId64 " is given twice", axis);
    return false;
  }
  *mask |= UINT32_C(1) << normal;
  return true;
}

bool attribute_axes(Runtime *runtime, const Attributes *attributes, int index, const Layout *of, uint32_t *mask) {
  *mask = 0;
  if (attribute_is_none(attributes, index)) {
    *mask = of->ndim == TENSOR_MAX_DIMS ? UINT32_MAX : (UINT32_C(1) << of->ndim) - 1;
    return true;
  }
  const Parameter *axes = &attributes->values[index];
  if (axes->kind == PARAMETER_INTEGER) return add_axis(runtime, axes->integer, of, mask);
  for (int i = 0; i < axes->count; i++) {
    if (!add_axis(runtime, axes->integers[i], of, mask)) return false;
  }
  return true;
}
