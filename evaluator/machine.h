/* SPDX-License-Identifier: MIT */
/* machine.h: the session as the evaluator sees it: value stack, globals, programs, limits. */
#ifndef MGRAD_EVALUATOR_MACHINE_H
#define MGRAD_EVALUATOR_MACHINE_H
#include "base/interrupt.h"
#include "base/memory.h"
#include "evaluator/call.h"
#include "evaluator/closure.h"
#include "evaluator/names.h"
#include "evaluator/operation.h"

enum {
  GLOBAL_SLOTS = 1 << 17,     /* names of the top level; untouched ones cost no memory */
  STACK_SLOTS = 1 << 19,      /* values of all running functions together */
  DEFAULT_DEPTH = 10000,
  STACK_SLACK = 16,           /* places behind the limit for a few arguments that are not checked one by one */
  STACK_MARGIN = 256 * 1024,  /* bytes of the C stack kept free for one operation */
  LEAST_MARGIN = 192 * 1024,  /* the same of a small stack, and the least that a text can run in: reductions take 154 KB */
  GRAPH_NODES = 1 << 20,      /* graphs are measured after so many new nodes, */
  GRAPH_BYTES = 1 << 28,      /* or when so much more memory is held, */
  GRAPH_CHECK = 16,           /* for which so many new nodes are waited for: no step of a loop looks at both */
};

/* A constant of a program that is an object, released with it. */
typedef struct Constant { struct Constant *next; Value value; } Constant;

/* One parsed text: tree, closures and constants.  It lives while it runs and while a function made by it lives. */
typedef struct Program {
  uint32_t references;
  Arena arena;
  Ast *tree;
  Constant *constants;
  bool held; /* a function of it was made in the statement that runs */
} Program;

/* A name of the top level.  Its value stands in session->globals at the same index. */
typedef struct GlobalName {
  const char *text;
  uint32_t length;
  bool bound;         /* some statement binds it, so it is the user's */
  Span defined;       /* where it was bound last */
  Span deleted;       /* where `del` made it unbound last */
  Value builtin;      /* what the name means when nobody binds it, or unbound */
} GlobalName;

typedef struct Globals { NameTable table; } Globals;

typedef struct Function Function;

struct Session {
  Value *top;                 /* the first free slot of the value stack */
  Value *stack_limit;
  const char *c_limit;        /* the C stack must not grow below this address */
  size_t depth, maximum_depth;
  size_t show_depth;          /* of values being shown one inside the other */
  Graph graph;
  Runtime runtime;
  Value returned;             /* of a FLOW_RETURN */
  Span dropped, dropped_in;   /* the value that a function without `return` computed last, and its definition */
  const Ast *undecided;       /* the condition of an `if` that turned out last to be a tensor, not one true/false */
  Value *globals, *stack;
  uint64_t cuts;              /* of those that the graph counts: how many have been looked at */
  uint64_t graph_check;       /* the sequence number at which graphs may be measured next, */
  uint64_t graph_nodes;       /* at which they are in any case, */
  size_t graph_bytes;         /* and the same in bytes held */
  bool graph_grown;           /* they were: once more at the end of the statement, whose result may hold the graph */
  Error error;
  SourceMap sources;
  GlobalName *names;          /* by slot */
  uint32_t name_count, name_capacity;
  Globals user, library;      /* the names of the user's code; of library texts */
  Program *program;           /* the innermost running text */
  Arena arena;                /* texts that live as long as the session */
  NameTable imported;         /* absolute paths */
  const char *input_path;     /* of the file that inputs without a name are taken from; NULL: they are typed */
  NameTable warned;           /* places that have warned: "start:end" */
  NameTable noted;            /* names whose graph was called large */
  Record records;             /* heads of lists, which collect.c searches; what is left is broken up at the end */
  Box boxes;
  Function *functions;        /* a list, see function.h */
  size_t made, made_most;     /* of these three since the last search; how many before the next one */
  size_t held_most;           /* bytes before the next one */
  SessionOptions options;
  TextOptions text_options;
  struct BuiltinState *builtin_state;
  int64_t started;            /* when the text that runs was begun, by clock_now */
  bool commenting;            /* remarks follow shown values: an input at an interactive prompt */
  bool noting;                /* notes may follow: what runs stands in no block and no loop */
  bool output_failed;
  bool assigned;              /* the running text may have changed a variable by now */
  bool writes_outside;        /* some function may change more than its own names */
  bool degrees_noted;         /* it has been said that angles are in radians */
  bool quiet;                 /* warnings are dropped: a function is tried out at many points */
  const Call *library_call;   /* what runs is inside this call of a library function, which the user wrote; or NULL */
  PlotDevice plot_device;
  int exit_status;
};

/* Where the C stack of the calling thread ends; false: it is too small, recorded.  For all that runs or shows. */
bool session_measure_stack(Session *session);

/* ---- memory of objects */
void *object_new(Session *session, ObjectKind kind, size_t bytes); /* zeroed behind the header; NULL: recorded */
bool session_out_of_memory(Session *session); /* records it; false */
void record_clear(Record *record);            /* drops all fields */
/* Frees closures and records that hold each other and that nothing else holds; called now and then, before one is
   made. */
void session_collect(Session *session);
void session_end_rings(Session *session); /* when the session closes: all that are left, which takes no memory */
static inline void session_collect_if_due(Session *session) {
  if (++session->made >= session->made_most || memory_held() >= session->held_most) session_collect(session);
}

/* ---- programs (program.c) */
static inline Program *program_ref(Program *program) {
  program->references++;
  program->held = true;
  return program;
}
void program_unref(Program *program);
void *program_allocate(Session *session, Program *program, size_t bytes); /* zeroed; NULL: recorded */
bool program_keep(Session *session, Program *program, Value value_taken); /* adds a constant */
/* Compiles and runs the statements of a tree one after the other; `shows`: values of expressions are shown. */
Flow program_execute(Session *session, Program *program, bool shows);
Program *program_parse(Session *session, const Source *source, bool *incomplete); /* NULL: error or incomplete */

/* ---- globals (globals.c) */
bool globals_start(Session *session);
void globals_free(Session *session);
/* The slot of a name, made when it is new; UINT32_MAX: no room, recorded. */
uint32_t globals_slot(Session *session, Globals *globals, const char *text, size_t length);
/* What a name means without anybody's binding: a builtin function, constant, type or namespace; unbound: nothing.
   Owned. */
Value globals_builtin(Session *session, const char *text, size_t length);
const char *globals_constant(int index); /* the names of constants and namespaces; NULL behind the last */
bool globals_is_space(const char *text, size_t length); /* such as `np`, unless a user gives the name a meaning */
void globals_restore(Session *session, uint32_t slot); /* the builtin meaning again, or unbound */
void globals_delete(Session *session, uint32_t slot, Span place); /* the same for `del`, which errors tell of */
Value namespace_member(Session *session, const Namespace *space, const char *text,
                       size_t length); /* owned or unbound */

/* ---- polling at back-edges of loops and calls */
bool machine_attend(Session *session, const Ast *ast); /* Ctrl-C, lost output, size of graphs; false: recorded */
static inline bool machine_poll(Session *session, const Ast *ast) {
  if (LIKELY(!interrupt_requested && session->graph.sequence < session->graph_check)) return true;
  return machine_attend(session, ast);
}
void session_measure_graphs(Session *session); /* notes what is too large behind a name */
/* At the prompt, once: that sin(90) is not what it may seem (degrees.c). */
void session_note_degrees(Session *session, const Source *source);
/* Shows what the runtime warned about while it computed at `place`. */
static inline void machine_check_warning(Session *session, Span place) {
  if (UNLIKELY(session->runtime.warning.count)) operation_warn(session, place);
}

#endif
