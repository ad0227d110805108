#!/bin/sh
# SPDX-License-Identifier: MIT
# golden.sh BINARY: runs every tests/golden/NAME.mg in its folder and compares standard output with NAME.out, standard
# error with NAME.err (empty when missing), and the exit status with the one in NAME.status (0, or 1 with an .err).
# Then it runs the program with lost output.  Prints `N passed, M failed`.
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/golden" || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0
for script in *.mg; do
  name=${script%.mg}
  want=0
  [ -f "$name.err" ] && want=1
  [ -f "$name.status" ] && want=$(cat "$name.status")
  NO_COLOR=1 LC_ALL=C.UTF-8 timeout 300 "$binary" "$script" </dev/null >"$scratch/out" 2>"$scratch/err"
  status=$?
  good=1
  [ "$status" -eq "$want" ] || { echo "$script: exit status $status, expected $want"; good=0; }
  diff -u "$name.out" "$scratch/out" || good=0
  if [ -f "$name.err" ]; then diff -u "$name.err" "$scratch/err" || good=0
  elif [ -s "$scratch/err" ]; then echo "$script: unexpected diagnostics:"; cat "$scratch/err"; good=0; fi
  if [ $good -eq 1 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
# A result that cannot be written is an error.
check_lost_output() {
  if [ "$1" -eq 1 ]; then passed=$((passed + 1)); else echo "$2: exit status $1, expected 1"; failed=$((failed + 1)); fi
}
"$binary" -e 1 >&- 2>"$scratch/err"
check_lost_output $? "closed output"
if [ -c /dev/full ]; then
  "$binary" -e 1 >/dev/full 2>"$scratch/err"
  check_lost_output $? "full output"
fi
# Options that are refused, and the line about memory.
check_status() { # WANTED COMMAND...
  want=$1
  shift
  "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
  status=$?
  if [ "$status" -eq "$want" ]; then passed=$((passed + 1)); else echo "$*: exit status $status, expected $want"; failed=$((failed + 1)); fi
}
check_status 2 "$binary" --threads 0 -e 1
check_status 2 "$binary" --threads=257 -e 1
check_status 2 "$binary" --threads
check_status 2 env MGRAD_THREADS=many "$binary" -e 1
check_status 0 env MGRAD_THREADS=3 "$binary" --stats -e 1
if grep -q '^memory: .* MB in use, .*; threads: 3$' "$scratch/err"; then passed=$((passed + 1)); else
  echo "--stats says:"
  cat "$scratch/err"
  failed=$((failed + 1))
fi
first=$("$binary" --stats -e 1 2>&1 | head -n 1)
if [ "$first" = 1 ]; then passed=$((passed + 1)); else echo "--stats comes before results: $first"; failed=$((failed + 1)); fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
