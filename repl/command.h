/* SPDX-License-Identifier: MIT */
/* command.h: what begins with a colon or a question mark at the prompt. */
#ifndef MGRAD_REPL_COMMAND_H
#define MGRAD_REPL_COMMAND_H
#include "repl/console.h"

/* The colon or question mark of an input that is a command; NULL: it is code. */
const char *command_start(const char *text);
/* Runs `:name rest` or `?name`; unique prefixes are enough.  True when the session shall end. */
bool command_run(Session *session, Console *console, const char *text);
/* Names and texts for completion: NULL after the last. */
const char *command_name(int index);
const char *command_doc(int index);
/* The command that a word, without its colon, stands for: itself, or the only one that begins like it; NULL: none. */
const char *command_full_name(const char *word, size_t length);
/* Adds the long text on a kind of errors ("shape"), or a list of the kinds; false: there is no such kind. */
bool command_explain(Buffer *out, const char *kind);

/* ---- shared by the files of commands */
/* What one command works with. */
typedef struct CommandCall {
  Session *session;
  Console *console;
  bool done;                                           /* the session shall end */
} CommandCall;

void command_say(CommandCall *call, const Buffer *text);          /* a result */
void command_complain(CommandCall *call, const char *format, ...) /* "error: ...", a hint may follow a newline */
    __attribute__((format(printf, 2, 3)));

/* A file name as it is typed behind a command: quotes around it are dropped.  False: what is wrong has been said. */
bool command_read_path(CommandCall *call, const char *command, const char *rest, Buffer *path);

#define COMMAND_SANDBOXED "no other programs are run with --sandbox"

/* command_session.c: what is known, kept and forgotten. */
void command_vars(CommandCall *call, const char *rest);
void command_save(CommandCall *call, const char *rest);
void command_load(CommandCall *call, const char *rest);
void command_reset(CommandCall *call, const char *rest);
void command_history(CommandCall *call, const char *rest);
void command_edit(CommandCall *call, const char *rest);

#endif
