#!/bin/sh
# SPDX-License-Identifier: MIT
# layers.sh: checks that includes go only downward, as docs/internals.md says.
cd "$(dirname "$0")/.." || exit 1
status=0

# allowed FOLDER REGEX: every #include "..." in FOLDER must match REGEX.
allowed() {
  bad=$(grep -rnE '^ *# *include +"' "$1" --include='*.c' --include='*.h' --include='*.re' --include='*.y' --include='*.def' |
    grep -vE "include +\"($2)")
  [ -z "$bad" ] && return
  echo "$1 includes what it must not know:" >&2
  echo "$bad" >&2
  status=1
}

# forbidden FOLDER REGEX WHY: words that must not occur outside comments and strings.
forbidden() {
  bad=$(grep -rnE "$2" "$1" --include='*.c' --include='*.h' --include='*.re' --include='*.y' |
    grep -vE '^[^:]*:[0-9]*: *(/?\*|//)')
  [ -z "$bad" ] && return
  echo "$1 must not use $3:" >&2
  echo "$bad" >&2
  status=1
}

allowed base 'base/'
allowed lexer 'base/|lexer/'
allowed parser 'base/|lexer/|parser/'
allowed runtime 'base/|runtime/'
allowed autodiff 'base/|runtime/|autodiff/'
allowed plot 'base/|runtime/|plot/'
allowed evaluator 'base/|lexer/|parser/|runtime/|autodiff/|plot/|evaluator/|mgrad.h'
allowed repl 'base/|lexer/|parser/|runtime/|autodiff/|plot/|evaluator/|repl/|mgrad.h'
for folder in lexer parser; do
  forbidden $folder '\b(printf|fprintf|puts|exit|abort|getenv|isatty|ioctl)\(' 'output, exit or the terminal'
done
forbidden runtime '\b(printf|fprintf|puts|exit|abort)\(' 'output or exit'
forbidden autodiff '\b(printf|fprintf|puts|exit|abort)\(' 'output or exit'
forbidden plot '\b(printf|fprintf|puts|exit|abort|getenv|isatty|ioctl)\(' 'output, exit or the terminal'
forbidden evaluator '\b(printf|fprintf|puts|exit|abort|isatty|ioctl)\(' 'output, exit or the terminal'
bare=$(grep -rnE '\b(malloc|calloc|realloc|free|strdup)\(' base lexer parser runtime autodiff plot evaluator repl --include='*.c' --include='*.h' |
  grep -vE '^[^:]*:[0-9]*: *(/?\*|//)|^(base/(memory|pool|data|arena)[a-z_]*\.[ch]|repl/line(_keys)?\.c):|: .*(/\*|"|`).*(malloc|free)\(')
[ -z "$bare" ] || { echo "the bare heap is used outside base:" >&2; echo "$bare" >&2; status=1; }
readline=$(grep -rlE 'include <readline' base lexer parser runtime autodiff plot evaluator repl | grep -vcE '^repl/line(_keys)?\.[ch]$')
[ "$readline" -eq 0 ] || { echo "only repl/line.c and repl/line_keys.c include Readline" >&2; status=1; }
[ $status -eq 0 ] && echo "layers: includes go downward only"
exit $status
