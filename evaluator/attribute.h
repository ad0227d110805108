/* SPDX-License-Identifier: MIT */
/* attribute.h: x.name: fields of records, members of namespaces, attributes of tensors. */
#ifndef MGRAD_EVALUATOR_ATTRIBUTE_H
#define MGRAD_EVALUATOR_ATTRIBUTE_H
#include "evaluator/machine.h"

/* `field` is the AST_FIELD; object is borrowed.  Owned, or the error value. */
Value attribute_read(Session *session, Value object, const Ast *field);
bool attribute_write(Session *session, Value object, const Ast *field, Value value); /* both borrowed */
bool attribute_check(Session *session, Value object, const Ast *field, Value value); /* whether a write would succeed */
/* Whether tensors and numbers have an attribute of this name. */
bool attribute_exists(const char *name);
/* Of a tensor's attribute asked for as a function; false: there is none of that name. */
bool hint_tensor_attribute(Session *session, const char *name);
const char *attribute_name(int index); /* NULL behind the last */
/* x.name for an attribute of tensors; unbound when there is none. */
Value attribute_of_tensor(Session *session, Value object, const Ast *field);
/* Whether the first parameter of a builtin is of one of these kinds, letters of its signature. */
bool builtin_wants(Session *session, const BuiltinInfo *info, const char *kinds);
RARE void hint_field(Session *session, const Record *record, const char *wanted); /* the fields that are spelt like it */
Value fail_attribute(Session *session, Value object, const Ast *field, bool called);

#endif
