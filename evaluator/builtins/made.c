/* SPDX-License-Identifier: MIT */
/* made.c: how a value was made: its operation and the operands. */
#include "evaluator/builtins/made.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/structure.h"
#include "evaluator/show.h"

static const Node *made_node(Session *session, Value value) {
  Variable *variable = value_as_variable(value);
  Tensor *tensor = variable ? variable_value(session_graph(session), variable) : NULL;
  const Node *node = tensor ? node_of(tensor) : NULL;
  return node && node->tensor.op != OP_none ? node : NULL;
}

/* The name of the operation that made it, or none. */
Value builtin_creator(Call *call) {
  const Node *node = made_node(call->session, call->arguments[0]);
  const char *origin = node ? origin_name(value_as_variable(call->arguments[0]), (OpId)node->tensor.op) : NULL;
  return node ? value_from_text(call->session, origin) : value_none();
}

static Value input_value(Session *session, const Node *node, int index) {
  Tensor *input = node_input(session_graph(session), node, index);
  if (!input) return session_runtime(session)->error->kind == ERROR_NONE ? value_none() : value_error();
  Node *made = node_of(input);
  Variable *holder = made ? made->holder : NULL;
  /* A former value stays what it was. */
  if (!holder || holder->value != input) return value_from_tensor(session, input);
  tensor_unref(input);
  return value_object(variable_ref(holder));
}

static Value input_values(Session *session, const Node *node) {
  int count = node ? node_input_count(node) : 0;
  Tuple *tuple = tuple_new(session, (uint32_t)count);
  for (int i = 0; tuple && i < count; i++) {
    Value input = input_value(session, node, i);
    if (value_is_error(input)) {
      value_unref(value_object(tuple));
      return input;
    }
    tuple->items[i] = input;
  }
  return value_object_or_error(tuple);
}

/* The operands of the operation that made it. */
Value builtin_inputs(Call *call) {
  return input_values(call->session, made_node(call->session, call->arguments[0]));
}

/* ---- arguments */
/* Held by the call or by its structure, and by the walk. */
bool made_only_here(const Variable *variable) {
  enum { HELD_BY_CALL = 2 };
  const Tensor *tensor = variable->value;
  return !variable->base && tensor && tensor->op != OP_none && variable->object.references <= HELD_BY_CALL &&
         tensor->references == 1;
}

/* What lies deeper than structures may is taken as held: structure_map refuses it. */
static bool only_here(Value structure, int depth) {
  const Tuple *tuple = value_is(structure, KIND_TUPLE) ? value_tuple(structure) : NULL;
  const Record *record = value_is(structure, KIND_RECORD) ? (const Record *)(const void *)structure.object : NULL;
  bool only = !(tuple || record) || (structure.object->references == 1 && depth < STRUCTURE_DEPTH);
  for (uint32_t i = 0; only && tuple && i < tuple->count; i++) only = only_here(tuple->items[i], depth + 1);
  for (uint32_t i = 0; only && record && i < record->count; i++) only = only_here(record->fields[i].value, depth + 1);
  return only;
}

bool made_structure_only_here(Value structure) {
  return only_here(structure, 0);
}

/* What a list joined: the operand, or what was given a new axis for it; NULL: a plain tensor. */
static const Node *list_element(const Node *list, int index) {
  const Node *element = node_of(node_peek_input(list, index));
  bool moved = element && !element->holder && element->tensor.op == OP_reshape;
  return moved ? node_of(node_peek_input(element, 0)) : element;
}

static bool is_joined(const Node *node) {
  return node && node->tensor.op == OP_concatenate;
}

/* A list literal is one tensor, joined of its elements; those of lists inside of it are taken, too. */
static Value list_values(Session *session, const Node *list, int depth) {
  int count = node_input_count(list);
  Tuple *tuple = tuple_new(session, (uint32_t)count);
  for (int i = 0; tuple && i < count; i++) {
    const Node *element = list_element(list, i);
    Variable *holder = element ? element->holder : NULL;
    bool inner = is_joined(element) && depth < TENSOR_MAX_DIMS;
    Value value = holder  ? value_object(variable_ref(holder))
                  : inner ? list_values(session, element, depth + 1)
                          : input_value(session, list, i);
    if (value_is_error(value)) {
      value_unref(value_object(tuple));
      return value;
    }
    tuple->items[i] = value;
  }
  return value_object_or_error(tuple);
}

static bool unlist(void *context, Value *leaf) {
  Session *session = context;
  const Variable *variable = value_as_variable(*leaf);
  if (!variable || !made_only_here(variable) || !is_joined(node_of(variable->value))) return true;
  Value items = list_values(session, node_of(variable->value), 0);
  if (value_is_error(items)) return false;
  value_unref(*leaf);
  *leaf = items;
  return true;
}

Value made_unlisted(Session *session, Value structure) {
  return structure_map(session, structure, unlist, session);
}
