#!/bin/sh
# SPDX-License-Identifier: MIT
# examples.sh BINARY [SECONDS]: every example runs without a terminal in so many seconds of processor time (2), says at its
# top what it shows, ends in an assertion, and is listed in examples/README.md.  Prints `N passed, M failed`.
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
seconds=${2:-2}
cd "$(dirname "$0")/../examples" || exit 1
passed=0
failed=0

check() { # NAME COMMAND...
  name=$1
  shift
  if output=$("$@" 2>&1); then passed=$((passed + 1)); else
    printf '%s\n' "$name" "$output" | tail -n 30
    failed=$((failed + 1))
  fi
}
run() { (ulimit -t "$seconds" && NO_COLOR=1 "$binary" "$1" </dev/null); }
has_header() { sed -n 1p "$1" | grep -qx '#!/usr/bin/env mgrad' && sed -n 2p "$1" | grep -qE '^# .{20,}\.'; }
ends_in_assertion() { grep -v '^ *\(#.*\)\{0,1\}$' "$1" | tail -n 1 | grep -q '^assert '; }

for example in *.mg; do
  check "$example failed, or took longer than $seconds s" run "$example"
  check "$example does not say at its top what it shows" has_header "$example"
  check "$example does not end in an assertion" ends_in_assertion "$example"
  check "$example is not in examples/README.md" grep -qF "($example)" README.md
done
for number in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
  check "program $number of the course is missing" sh -c "test -f ${number}_*.mg"
done
for link in $(grep -o '([^()]*\.mg)' README.md | tr -d '()'); do check "$link is no example" test -f "$link"; done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
