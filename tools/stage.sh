#!/bin/sh
# SPDX-License-Identifier: MIT
# stage.sh KIND NAME COMMAND...: runs one part of the tests, says how it went, and adds "PASSED FAILED" to the file
# results of the folder BUILD.
# KIND: one (right when it ends with status 0), counted (its last line is `N passed, M failed`), check (a Check program).
kind=$1
name=$2
shift 2
output=$(timeout 900 "$@" 2>&1)
status=$?
passed=0
failed=0
case $kind in
  one) passed=1 ;;
  counted)
    line=$(printf '%s\n' "$output" | grep -E '^[0-9]+ passed, [0-9]+ failed$' | tail -n 1)
    passed=${line%% *}
    failed=$(printf '%s' "$line" | sed -E 's/.*, ([0-9]+) failed/\1/') ;;
  check) # Check's own summary: "97%: Checks: 120, Failures: 2, Errors: 1"
    line=$(printf '%s\n' "$output" | grep -E '^[0-9]+%: Checks: ' | tail -n 1)
    checks=$(printf '%s' "$line" | sed -E 's/.*Checks: ([0-9]+).*/\1/')
    failed=$(printf '%s' "$line" | sed -E 's/.*Failures: ([0-9]+), Errors: ([0-9]+).*/\1 + \2/')
    [ -n "$line" ] && failed=$(($failed)) && passed=$((checks - failed)) ;;
esac
if [ -z "$passed" ] || [ -z "$failed" ]; then passed=0 failed=1; fi
# A leak is found when all has been counted.
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
  [ "$passed" -gt 0 ] && passed=$((passed - 1))
  failed=1
fi
report=$(printf '%s\n' "$output" | grep '^skipped' | sed 's/^skipped:*/skipped /')
if [ "$failed" -eq 0 ]; then report="$report
ok      $name: $passed"; else report="$report
$(printf '%s\n' "$output" | grep -vE '^[0-9]+%: ' | tail -n 60)
FAILED  $name: $passed passed, $failed failed (exit status $status)"; fi
printf '%s\n' "${report#
}"
echo "$passed $failed" >>"${BUILD:-build}/results"
