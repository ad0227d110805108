#!/bin/sh
# SPDX-License-Identifier: MIT
# completions.sh BINARY: what the shells complete, against `mgrad --help`.  Prints `N passed, M failed`; a shell that is
# not installed is skipped, saying so.
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.." || exit 1
root=$PWD
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
ln -s "$binary" "$scratch/mgrad"
PATH=$scratch:$PATH HOME=$scratch
export PATH HOME
mkdir "$scratch/files" "$scratch/files/folder"
touch "$scratch/files/one two.mg" "$scratch/files/notes.md"
passed=0
failed=0

# same NAME EXPECTED GOT: the same words, in any order.
same() {
  expected=$(printf '%s\n' "$2" | sort)
  got=$(printf '%s\n' "$3" | sort)
  if [ "$expected" = "$got" ]; then passed=$((passed + 1)); return; fi
  failed=$((failed + 1))
  printf '%s\n' "$1: expected" "$expected" "but got" "$got"
}

# The options by another way than the completion files read them: every word of the help that looks like one.
options=$(mgrad --help | sed -n 's/^  \(-[^ ].\{0,18\}\) .*/\1/p' | tr ' ,=' '\n\n\n' | grep '^-' | sort -u)
long=$(printf '%s\n' "$options" | grep '^--')

in_bash() { # WORDS...: the completions of the last word
  bash -c 'source "$1/completions/mgrad.bash"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mgrad
           printf "%s\n" "${COMPREPLY[@]}"' bash "$root" "$@" 2>&1
}
if command -v bash >/dev/null 2>&1; then
  same 'bash: options' "$options" "$(in_bash mgrad - | sed 's/=$//')"
  same 'bash: one option' '--sandbox' "$(in_bash mgrad --sandb)"
  same 'bash: an option with a value' '--color=' "$(in_bash mgrad --co)"
  same 'bash: values' "$(printf 'always\nauto')" "$(in_bash mgrad --color = a)"
  same 'bash: all values' "$(printf 'always\nauto\nnever')" "$(in_bash mgrad --color =)"
  same 'bash: a value as a word' "$(printf 'always\nauto')" "$(in_bash mgrad --color a)"
  same 'bash: kinds of errors' "$(printf 'shape\nsyntax')" "$(in_bash mgrad --explain s)"
  same 'bash: a number is typed' '' "$(in_bash mgrad --precision '')$(in_bash mgrad --max-mem = '')"
  same 'bash: an option behind a value' '--sandbox' "$(in_bash mgrad --threads = 2 -e 1 --sandb)"
  same 'bash: no option of a script' '' "$(in_bash mgrad -q one.mg --sandb)$(in_bash mgrad -- --sandb)"
  cd "$scratch/files" || exit 1
  same 'bash: arguments of a script' "$(printf 'one two.mg\nfolder\nnotes.md')" "$(in_bash mgrad 'one two.mg' '')"
  same 'bash: scripts and folders' "$(printf 'one two.mg\nfolder')" "$(in_bash mgrad -q '')"
  same 'bash: transcripts' "$(printf 'one two.mg\nfolder\nnotes.md')" "$(in_bash mgrad --doctest '')"
  same 'bash: nothing after -e' '' "$(in_bash mgrad -e '')"
  cd "$root" || exit 1
  registered=$(bash -c 'source completions/mgrad.bash; complete -p mgrad' 2>&1)
  same 'bash: registered' 'complete -F _mgrad mgrad' "$registered"
else
  echo 'skipped: bash is not installed' >&2
fi

if command -v zsh >/dev/null 2>&1; then
  told=$(zsh -f -c 'words=(mgrad "") CURRENT=2; _call_program() { shift; eval "$@" }; _arguments() { print -rl -- "$@" }
                    source completions/_mgrad' 2>&1)
  same 'zsh: options' "$options" "$(printf '%s\n' "$told" | sed -n 's/^\*\{0,1\}\(-[-a-zA-Z]*\)[=[].*/\1/p' | grep -v '^-s$')"
  same 'zsh: values' 1 "$(printf '%s\n' "$told" | grep -c '^--color=\[.*:(auto always never)$')"
else
  echo 'skipped: zsh is not installed' >&2
fi

in_fish() { fish --no-config -c 'source completions/mgrad.fish; complete -C $argv[1]' "$1" 2>&1 | cut -f 1; }
if command -v fish >/dev/null 2>&1; then
  same 'fish: long options' "$long" "$(in_fish 'mgrad --')"
  same 'fish: options' "$options" "$(in_fish 'mgrad -')"
  same 'fish: values' "$(printf -- '--color=always\n--color=auto\n--color=never')" "$(in_fish 'mgrad --color=')"
  same 'fish: scripts' 'examples/square.mg' "$(in_fish 'mgrad examples/squ')"
else
  echo 'skipped: fish is not installed' >&2
fi

# A value that is offered is one that mgrad takes.
for value in auto always never; do
  same "--color=$value" 1 "$(mgrad --color=$value -e 1)"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
