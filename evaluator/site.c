/* SPDX-License-Identifier: MIT */
/* site.c: the static part of calls. */
#include "evaluator/site.h"

static Ast *argument_value(Ast *argument) {
  return argument->kind == AST_KEYWORD || argument->kind == AST_SPREAD ? argument->children[0] : argument;
}

static bool mark_spread(Compiler *compiler, CallSite *site, const Ast *call) {
  bool any = false;
  for (uint32_t k = 1; k < call->count; k++) any |= call->children[k]->kind == AST_SPREAD;
  if (!any) return true;
  site->spread = compile_allocate(compiler, call->count * sizeof *site->spread);
  for (uint32_t k = 1; site->spread && k < call->count; k++)
    site->spread[k - 1] = call->children[k]->kind == AST_SPREAD;
  return site->spread != NULL;
}

static void count_arguments(CallSite *site, const Ast *call) {
  for (uint32_t k = 1; k < call->count; k++) {
    if (call->children[k]->kind == AST_KEYWORD) site->named++;
    else site->positional++;
  }
}

CallSite *site_new(Compiler *compiler, Ast *call, Ast *object) {
  CallSite *site = compile_allocate(compiler, sizeof *site);
  if (!site) return NULL;
  site->positional = object ? 1 : 0;
  count_arguments(site, call);
  site->span = call->span;
  site->callee = call->children[0];
  site->place = call->children[0]->span;
  uint32_t count = site->positional + site->named, at = 0, named = 0;
  site->spans = compile_allocate(compiler, count * sizeof *site->spans + 1);
  site->operands = compile_allocate(compiler, count * sizeof *site->operands + 1);
  site->names = compile_allocate(compiler, site->named * sizeof *site->names + 1);
  if (!site->spans || !site->operands || !site->names || !mark_spread(compiler, site, call)) return NULL;
  if (object) {
    site->spans[at] = object->span;
    site->operands[at++] = object;
  }
  for (uint32_t k = 1; k < call->count; k++) {
    Ast *argument = call->children[k];
    if (argument->kind == AST_KEYWORD) site->names[named++] = argument->text;
    site->spans[at] = argument->span;
    site->operands[at++] = argument_value(argument);
  }
  return site;
}

bool compile_arguments(Compiler *compiler, Closure *closure, Ast *call) {
  closure->count = call->count - 1;
  closure->children = compile_allocate(compiler, closure->count * sizeof *closure->children + 1);
  if (!closure->children) return false;
  for (uint32_t k = 0; k < closure->count; k++)
    if (!(closure->children[k] = compile_expression(compiler, argument_value(call->children[k + 1])))) return false;
  return true;
}
