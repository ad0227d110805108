#!/bin/sh
# SPDX-License-Identifier: MIT
# editors.sh FOLDER: the files for editors, with the program and tools that were built in FOLDER (build/release): whether
# their lists of words are those of the tables, and how Vim and the TextMate grammar colour samples.
# Prints `N passed, M failed`; what is not installed is skipped, saying so.
cd "$(dirname "$0")/.." || exit 1
tools=$1/tools
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

count() { # the last line of a report
  line=$(tail -n 1 "$1")
  case $line in
    *' passed, '*' failed') passed=$((passed + ${line%% *})) bad=${line#*passed, } ;;
    *) bad='1 failed' ;;
  esac
  bad=${bad%% *}
  failed=$((failed + bad))
  [ "$bad" -eq 0 ] || sed '$d' "$1"
}

for file in editors/vim/syntax/mgrad.vim editors/vscode/syntaxes/mgrad.tmLanguage.json; do
  "$tools/editor_words" "$file" >"$scratch/fresh"
  if cmp -s "$file" "$scratch/fresh"; then passed=$((passed + 1)); else
    echo "$file is out of date: run make words"
    failed=$((failed + 1))
  fi
done

# Every word of the lists, one a line (attributes have a meaning behind a dot only).
sed -n 's/^syntax keyword mgrad[A-Z][a-z]* //p' editors/vim/syntax/mgrad.vim | grep -v '^contained' | tr ' ' '\n' >"$scratch/words"

if vim --version 2>/dev/null | grep -q '+syntax'; then
  MGRAD_WORDS=$scratch/words MGRAD_REPORT=$scratch/report timeout 120 vim -es -u NONE -i NONE -n \
    --cmd 'set encoding=utf-8' -c "set nocompatible runtimepath^=$PWD/editors/vim" -c 'filetype plugin on' -c 'syntax on' \
    -c 'source tests/editor_samples.vim' -c 'qall!' </dev/null >"$scratch/vim" 2>&1
  [ -s "$scratch/report" ] || { cat "$scratch/vim" >"$scratch/report"; }
  count "$scratch/report"
else
  echo 'skipped: Vim with syntax highlighting is not installed' >&2
fi

if command -v python3 >/dev/null 2>&1; then
  python3 tests/editor_samples.py "$scratch/words" >"$scratch/report" 2>&1
  count "$scratch/report"
else
  echo 'skipped: python3 is not installed, so the TextMate grammar was not tried' >&2
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
