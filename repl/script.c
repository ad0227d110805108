/* SPDX-License-Identifier: MIT */
/* script.c: a session as a script. */
#include "repl/script.h"
#include <string.h>
#include "evaluator/function.h"
#include "parser/unparse.h"

typedef struct Script {
  Session *session;
  Buffer *out;
  int names;
  bool failed;
  Value value;      /* of the name being written */
  const char *name;
  const char *same; /* an earlier name of the same object */
  const char *base; /* the name of the tensor that it is a view of */
} Script;

static bool write_value(Script *script, Value value);

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

static bool write_tensor(Script *script, Variable *variable) {
  Tensor *tensor = variable_value(session_graph(script->session), variable);
  if (!tensor) return false;
  bool leaf = !variable_is_constant(variable) && tensor->op == OP_none;
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

/* ---- other values */

static bool write_items(Script *script, const Tuple *tuple) {
  bool written = true;
  buffer_add_byte(script->out, '(');
  for (uint32_t k = 0; k < tuple->count && written; k++) {
    if (k) buffer_add_text(script->out, ", ");
    written = write_value(script, tuple->items[k]);
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
    written = write_value(script, record->fields[k].value);
  }
  buffer_add_byte(script->out, '}');
  return written;
}

/* A function without a name, which keeps nothing of where it was made. */
static bool write_function(Script *script, Value value) {
  const FunctionCode *code = value_function(value)->code;
  if (code->capture_count || code->ast->kind != AST_LAMBDA) return false;
  buffer_add_byte(script->out, '(');
  unparse(script->out, code->ast);
  buffer_add_byte(script->out, ')');
  return true;
}

typedef struct Named { Value value; const char *name; } Named;

static bool find_named(void *context, const char *name, Value value, Span defined) {
  Named *named = context;
  (void)defined;
  if (value.object == named->value.object) named->name = name;
  return !named->name;
}

/* The function that another was made from: by its name, if it has one. */
static bool write_origin(Script *script, Value function) {
  Named named = {function, NULL};
  session_each_global(script->session, find_named, &named);
  if (!named.name) return write_value(script, function);
  buffer_add_text(script->out, named.name);
  return true;
}

/* f', grad(f), ... */
static bool write_native(Script *script, const Native *native) {
  const char *name = native->info->name;
  if (strcmp(name, "derivative") == 0) {
    bool written = write_origin(script, native->kept[0]);
    buffer_add_byte(script->out, '\'');
    return written;
  }
  static const char *const makers[] = {"grad", "value_and_grad", "elementwise_grad"};
  bool known = false;
  for (size_t k = 0; k < sizeof makers / sizeof *makers; k++) known = known || strcmp(name, makers[k]) == 0;
  if (!known) return false;
  buffer_format(script->out, "%s(", name);
  bool written = write_origin(script, native->kept[0]);
  buffer_add_text(script->out, ", ");
  written = written && native->count > 1 && write_value(script, native->kept[1]);
  buffer_add_byte(script->out, ')');
  return written;
}

enum { NESTED_MOST = 50 }; /* a record may hold itself */

static bool write_object(Script *script, Value value) {
  switch (value.object->kind) {
    case KIND_VARIABLE: return write_tensor(script, (Variable *)value.object);
    case KIND_TUPLE: return write_items(script, (const Tuple *)value.object);
    case KIND_RECORD: return write_fields(script, (const Record *)value.object);
    case KIND_FUNCTION: return write_function(script, value);
    case KIND_NATIVE: return write_native(script, (const Native *)(const void *)value.object);
    case KIND_NONE: case KIND_BOOL: case KIND_STRING: case KIND_RANGE: case KIND_DTYPE: case KIND_NAMESPACE:
      return value_text(script->session, script->out, value, true);
    case KIND_BUILTIN:
      buffer_add_text(script->out, ((const Builtin *)(const void *)value.object)->info->name);
      return true;
    default: return false;
  }
}

static bool write_value(Script *script, Value value) {
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

/* ---- names */

static bool find_relative(void *context, const char *name, Value value, Span defined) {
  Script *script = context;
  (void)defined;
  if (strcmp(name, script->name) == 0) return false; /* only names before this one count as the same */
  bool shared = value.object && !value_is_bool(value) && !value_is_none(value);
  if (shared && value.object == script->value.object) script->same = name;
  return !script->same;
}

static bool find_base(void *context, const char *name, Value value, Span defined) {
  Script *script = context;
  (void)defined;
  const Variable *variable = value_as_variable(script->value);
  if (value.object && value.object == (Object *)variable->base) script->base = name;
  return !script->base;
}

static const char *remark_on(Script *script) {
  Variable *variable = value_as_variable(script->value);
  if (!variable) return "";
  if (variable->base) session_each_global(script->session, find_base, script);
  if (variable->base) return script->base ? "  # was a view of " : "  # was a view; this is a copy";
  Tensor *tensor = variable_value(session_graph(script->session), variable);
  if (tensor && tensor->op != OP_none && !variable_is_constant(variable)) return "  # its history is not kept";
  return "";
}

/* `f(x) = ...` and `def f(x) {...}` name themselves. */
static bool is_definition(const Script *script) {
  if (!value_is(script->value, KIND_FUNCTION)) return false;
  const FunctionCode *code = value_function(script->value)->code;
  return code->ast->kind == AST_DEFINE && !code->capture_count && strcmp(code->name, script->name) == 0;
}

static bool write_binding(Script *script) {
  if (is_definition(script)) {
    unparse(script->out, value_function(script->value)->code->ast);
    return true;
  }
  buffer_format(script->out, "%s = ", script->name);
  if (!script->same) return write_value(script, script->value);
  buffer_add_text(script->out, script->same);
  return true;
}

static bool write_name(void *context, const char *name, Value value, Span defined) {
  Script *script = context;
  (void)defined;
  if (strcmp(name, "_") == 0) return true;
  script->name = name;
  script->value = value;
  script->same = script->base = NULL;
  session_each_global(script->session, find_relative, script);
  size_t start = script->out->length;
  if (write_binding(script)) {
    if (!script->same) buffer_add_text(script->out, remark_on(script));
    if (script->base) buffer_add_text(script->out, script->base);
    script->names++;
  } else {
    script->out->length = start;
    buffer_format(script->out, "# %s: a %s that cannot be written", name, value_type_name(value));
  }
  buffer_add_byte(script->out, '\n');
  return !script->out->failed;
}

bool script_of_session(Session *session, Buffer *out, int *names) {
  Script script = {.session = session, .out = out};
  buffer_add_text(out, "# The names of a session of mgrad: `:load` this file, or run it.  Gradients are not kept.\n");
  session_each_global(session, write_name, &script);
  *names = script.names;
  return !out->failed;
}
