/* SPDX-License-Identifier: MIT */
/* script_value.c: values as expressions that give them again, numbers to the last bit. */
#include "repl/script_value.h"
#include <string.h>
#include "evaluator/builtins/differentiate.h"
#include "parser/unparse.h"

/* ---- tensors */

/* Elements in C order as nested lists; shortest digits that read back, so no bit is lost. */
static void write_elements(Script *script, const Tensor *tensor, int axis, int64_t *index) {
  const Layout *layout = tensor->layout;
  if (axis == layout->ndim) {
    text_element(script->out, tensor, (*index)++, NULL);
    return;
  }
  buffer_add_byte(script->out, '[');
  for (int64_t k = 0; k < layout_shape(layout)[axis]; k++) {
    if (k) buffer_add_text(script->out, axis + 1 < layout->ndim ? ",\n " : ", ");
    write_elements(script, tensor, axis + 1, index);
  }
  buffer_add_byte(script->out, ']');
}

/* Digits that a number of the language, which is a double, does not have. */
static bool needs_integers(const Tensor *tensor) {
  if (tensor->dtype != DTYPE_INT64) return false;
  for (int64_t i = 0; i < tensor_size(tensor); i++) {
    int64_t integer = tensor_integer_at(tensor, i);
    uint64_t size = integer < 0 ? -(uint64_t)integer : (uint64_t)integer;
    if ((uint64_t)(double)size != size) return true;
  }
  return false;
}

static void write_numbers(Script *script, const Tensor *tensor) {
  int64_t index = 0;
  if (needs_integers(tensor)) {
    buffer_add_text(script->out, "from_json(\"\"\"");
    write_elements(script, tensor, 0, &index);
    buffer_add_text(script->out, "\"\"\")");
    return;
  }
  if (tensor_size(tensor) > 0 || tensor->layout->ndim == 1) {
    write_elements(script, tensor, 0, &index);
    return;
  }
  ShapeText shape;
  buffer_format(script->out, "zeros(%s, constant=true)", layout_text(&shape, tensor->layout));
}

/* A variable, which has no history; a view has what its base has. */
static bool is_leaf(const Variable *variable) {
  const Variable *owner = variable->base ? variable->base : variable;
  return !variable_is_constant(variable) && owner->value->op == OP_none;
}

static bool write_tensor(Script *script, Variable *variable) {
  Tensor *tensor = variable_value(session_graph(script->session), variable);
  if (!tensor) return false;
  bool leaf = is_leaf(variable);
  script->views = script->views || variable->base;
  script->histories = script->histories || (!leaf && !variable_is_constant(variable));
  if (!leaf && tensor->dtype == DTYPE_FLOAT64 && tensor->layout->ndim == 0) {
    text_element(script->out, tensor, 0, NULL);
    return true;
  }
  bool literal = !leaf && (tensor->dtype == DTYPE_FLOAT64 || tensor->dtype == DTYPE_BOOL) &&
                 tensor->layout->ndim > 0 && tensor_size(tensor) > 0;
  if (!literal) buffer_add_text(script->out, "tensor(");
  write_numbers(script, tensor);
  if (literal) return true;
  if (tensor->dtype != DTYPE_FLOAT64) buffer_format(script->out, ", dtype=%s", dtype_info[tensor->dtype].name);
  buffer_add_text(script->out, leaf ? ")" : ", constant=true)");
  return true;
}

/* ---- collections */

static bool write_items(Script *script, const Tuple *tuple) {
  bool written = true;
  buffer_add_byte(script->out, '(');
  for (uint32_t k = 0; k < tuple->count && written; k++) {
    if (k) buffer_add_text(script->out, ", ");
    written = script_write_value(script, tuple->items[k]);
  }
  buffer_add_text(script->out, tuple->count == 1 ? ",)" : ")");
  return written;
}

static bool write_fields(Script *script, const Record *record) {
  bool written = true;
  buffer_add_byte(script->out, '{');
  for (uint32_t k = 0; k < record->count && written; k++) {
    if (k) buffer_add_text(script->out, ", ");
    text_string_quoted(script->out, record->fields[k].name->text, record->fields[k].name->length);
    buffer_add_text(script->out, ": ");
    written = script_write_value(script, record->fields[k].value);
  }
  buffer_add_byte(script->out, '}');
  return written;
}

/* ---- functions */

/* A node of a tree that is made to be written. */
static Ast *new_node(Script *script, Arena *arena, AstKind kind, uint32_t count, Ast *const *children) {
  Ast *tree = ast_new(arena, kind, (Span){0}, count, children);
  script->out->failed = script->out->failed || !tree;
  return tree;
}

/* A value as a tree: a name that is spelt as the value is written. */
static Ast *tree_of_value(Script *script, Arena *arena, Value value) {
  size_t start = script->out->length;
  if (!script_write_value(script, value) || script->out->failed) return NULL;
  size_t length = script->out->length - start;
  const char *text = arena_copy_text(arena, script->out->text + start, length);
  Ast *tree = text ? new_node(script, arena, AST_NAME, 0, NULL) : NULL;
  script->out->length = start;
  script->out->failed = script->out->failed || !text;
  if (!tree) return NULL;
  tree->text = text;
  tree->text_length = (uint32_t)length;
  return tree;
}

/* The tree of a function with the values of its defaults: what they were computed from may have changed since.  NULL: a
   value that cannot be written, no memory, or variables of another function, which are not to be had. */
static Ast *tree_of_function(Script *script, Arena *arena, const Function *function) {
  const FunctionCode *code = function->code;
  if (code->capture_count || code->ast->kind == AST_BLOCK) return NULL;
  Ast *tree = new_node(script, arena, code->ast->kind, code->ast->count, code->ast->children);
  if (!tree) return NULL;
  tree->flag = code->ast->flag;
  for (uint32_t k = 0; k < code->parameters; k++) {
    if (!code->defaults[k]) continue;
    Ast *value = tree_of_value(script, arena, function->kept[k]);
    Ast *parameter = value ? new_node(script, arena, AST_PARAMETER, 1, &value) : NULL;
    if (!parameter) return NULL;
    parameter->text = function_parameter(code, k);
    tree->children[k] = parameter;
  }
  return tree;
}

bool script_write_definition(Script *script, const char *name, const Function *function) {
  Arena arena = {0};
  Ast *tree = tree_of_function(script, &arena, function);
  if (tree) tree->text = name;
  if (tree) unparse(script->out, tree);
  arena_free(&arena);
  return tree != NULL;
}

/* A function without a name as an expression; also one whose name has been given to another, if it has the form. */
static bool write_function(Script *script, const Function *function) {
  Arena arena = {0};
  const Ast *tree = tree_of_function(script, &arena, function);
  bool written = tree != NULL;
  buffer_add_byte(script->out, '(');
  if (tree && tree->kind == AST_LAMBDA) unparse(script->out, tree);
  else if (tree) written = unparse_lambda(script->out, tree);
  buffer_add_byte(script->out, ')');
  arena_free(&arena);
  return written;
}

/* f', grad(f), ... */
static bool write_native(Script *script, const Native *native) {
  const NativeInfo *info = native->info;
  if (strcmp(info->name, "derivative") == 0) {
    bool written = script_write_value(script, native->kept[0]);
    buffer_add_byte(script->out, '\'');
    return written;
  }
  if (!info->by_call) return false;
  buffer_format(script->out, "%s(", info->name);
  bool written = script_write_value(script, native_function(native));
  buffer_add_text(script->out, ", ");
  written = written && script_write_value(script, native->kept[1]);
  buffer_add_byte(script->out, ')');
  return written;
}

/* By its own name, until a name of the user's hides that. */
static bool write_builtin(Script *script, const char *name) {
  for (uint32_t k = 0; k < script->count; k++) {
    const NamedValue *named = &script->named[k];
    if (named->hides && named->state == STATE_WRITTEN && strcmp(named->name, name) == 0) return false;
  }
  buffer_add_text(script->out, name);
  return true;
}

/* ---- any value */

static bool write_object(Script *script, Value value) {
  switch (value.object->kind) {
    case KIND_VARIABLE: return write_tensor(script, (Variable *)value.object);
    case KIND_TUPLE: return write_items(script, (const Tuple *)value.object);
    case KIND_RECORD: return write_fields(script, (const Record *)value.object);
    case KIND_FUNCTION: return write_function(script, value_function(value));
    case KIND_NATIVE: return write_native(script, value_native(value));
    case KIND_BUILTIN: return write_builtin(script, ((const Builtin *)(const void *)value.object)->info->name);
    case KIND_NONE: case KIND_BOOL: case KIND_STRING: case KIND_RANGE: case KIND_DTYPE: case KIND_NAMESPACE:
      return value_text(script->session, script->out, value, true);
    default: return false;
  }
}

enum { NESTED_MOST = 50 }; /* a record without a name may hold itself */

bool script_write_content(Script *script, Value value) {
  if (value_is_number(value)) {
    text_number(script->out, value.number, NULL);
    return true;
  }
  if (script->session->show_depth > NESTED_MOST) return false;
  script->session->show_depth++;
  bool written = write_object(script, value);
  script->session->show_depth--;
  return written;
}

bool script_write_reference(Script *script, const NamedValue *home) {
  if (home->state != STATE_WRITTEN) {
    script->lacks = home;
    return false;
  }
  buffer_add_text(script->out, home->name);
  return true;
}

bool script_write_value(Script *script, Value value) {
  const NamedValue *home = script_home(script, value);
  return home ? script_write_reference(script, home) : script_write_content(script, value);
}
