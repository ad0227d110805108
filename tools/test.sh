#!/bin/sh
# SPDX-License-Identifier: MIT
# test.sh: every test: Check programs (release and sanitizers), golden scripts, transcripts, examples, layers, valgrind.
# The last line is `N passed, M failed`; the exit status is 1 when something failed.
cd "$(dirname "$0")/.." || exit 1
jobs=$(nproc 2>/dev/null || echo 2)
passed=0
failed=0
log=build/test.log
mkdir -p build
rm -rf build/checks
: >"$log"

count() { # PASSED FAILED NAME
  passed=$((passed + $1))
  failed=$((failed + $2))
  if [ "$2" -eq 0 ]; then echo "ok      $3: $1"; else echo "FAILED  $3: $1 passed, $2 failed"; fi
}

build() { # MODE
  make --no-print-directory -j"$jobs" MODE="$1" all tests tools >>"$log" 2>&1 && return
  echo "the $1 build failed:" >&2
  tail -n 40 "$log" >&2
  echo "0 passed, 1 failed"
  exit 1
}

# Runs Check programs, as many at a time as there are processors; what they say goes to build/checks/MODE.
# Under the sanitizers all checks of a program share a process: forking with their shadow memory takes minutes.
# Check gives a test four seconds unless told otherwise, which on a busy machine says nothing of the test.
run_checks() { # MODE FORK PROGRAM...
  results=build/checks/$1
  fork=$2
  shift 2
  mkdir -p "$results"
  for program in "$@"; do echo "$program"; done |
    CK_FORK=$fork CK_DEFAULT_TIMEOUT=120 ASAN_OPTIONS=detect_leaks=1 RESULTS=$results xargs -P "$jobs" -n 1 sh -c '
      name=$RESULTS/$(basename "$0")
      timeout 600 "$0" >"$name" 2>&1
      echo $? >"$name.status"'
}

# Check's own summary: "97%: Checks: 120, Failures: 2, Errors: 1".
count_check() { # MODE NAME
  output=build/checks/$1/$2
  line=$(grep -E '^[0-9]+%: Checks: ' "$output" | tail -n 1)
  checks=$(printf '%s' "$line" | sed -E 's/.*Checks: ([0-9]+).*/\1/')
  bad=$(printf '%s' "$line" | sed -E 's/.*Failures: ([0-9]+), Errors: ([0-9]+).*/\1 + \2/')
  if [ -z "$line" ]; then checks=1 bad=1; fi
  bad=$(($bad))
  [ "$(cat "$output.status")" != 0 ] && [ "$bad" -eq 0 ] && bad=1
  [ "$bad" -gt 0 ] && grep -vE '^[0-9]+%' "$output" | tail -n 30
  count $((checks - bad > 0 ? checks - bad : 0)) "$bad" "$1 $2"
}

check() { # MODE FORK PROGRAM...
  run_checks "$@"
  mode=$1
  shift 2
  for program in "$@"; do count_check "$mode" "$(basename "$program")"; done
}

# A command whose last line is `N passed, M failed`.
run_counted() { # NAME COMMAND...
  name=$1
  shift
  output=$("$@" 2>&1)
  line=$(printf '%s\n' "$output" | grep -E '^[0-9]+ passed, [0-9]+ failed$' | tail -n 1)
  if [ -z "$line" ]; then
    printf '%s\n' "$output" | tail -n 30
    count 0 1 "$name"
    return
  fi
  bad=$(printf '%s' "$line" | sed -E 's/.*, ([0-9]+) failed/\1/')
  printf '%s\n' "$output" | grep '^skipped' | sed 's/^skipped:*/skipped /'
  [ "$bad" -gt 0 ] && printf '%s\n' "$output" | tail -n 60
  count "$(printf '%s' "$line" | sed -E 's/ passed.*//')" "$bad" "$name"
}

# A command that is right when it ends with status 0.
run_one() { # NAME COMMAND...
  name=$1
  shift
  if output=$("$@" 2>&1); then count 1 0 "$name"; else
    printf '%s\n' "$output" | tail -n 30
    count 0 1 "$name"
  fi
}

build release
build asan
run_one layers sh tools/layers.sh
check release yes $(ls build/release/tests/test_* | grep -v '\.d$')
check asan no $(ls build/asan/tests/test_* | grep -v '\.d$')
for mode in release asan; do
  run_counted "$mode golden scripts" sh tests/golden.sh build/$mode/mgrad
  run_counted "$mode command line" sh tests/program.sh build/$mode/mgrad
  run_counted "$mode transcripts" build/$mode/mgrad -n --doctest README.md docs/*.md tests/golden/*.transcript
  run_counted "$mode random programs" build/$mode/differential $([ $mode = asan ] && echo 300 || echo 1000)
  run_counted "$mode examples" sh tests/examples.sh build/$mode/mgrad $([ $mode = asan ] && echo 30)
done
run_counted "instruction sets" build/release/differential --sets 800
# A compiler may take fetching ahead for nothing and leave it out, which shows in no result.
if [ "$(uname -m)" = x86_64 ] && command -v objdump >/dev/null 2>&1; then
  for object in fuse/run kernels/softmax_rows kernels/reduce_fold; do
    run_one "$object fetches ahead" sh -c "objdump -d build/release/runtime/$object.o | grep -q prefetch"
  done
fi
# The other compiler warns of nothing, and its loops give the same bits.
if command -v clang >/dev/null 2>&1; then
  run_one "clang build" make --no-print-directory -j"$jobs" CC=clang BUILD=build/clang all build/clang/release/tests/test_vector
  check clang yes build/clang/release/tests/test_vector
  run_counted "clang golden scripts" sh tests/golden.sh build/clang/release/mgrad
else
  echo "skipped  clang: it is not installed"
fi
# The thread sanitizer sees the kernels by themselves, and whole programs on three threads.
thread_sanitizer_works() {
  echo 'int main(void) { return 0; }' >build/probe.c
  ${CC:-gcc} -fsanitize=thread -o build/probe build/probe.c >>"$log" 2>&1 && build/probe >>"$log" 2>&1
}
if thread_sanitizer_works; then
  tsan="build/tsan/tests/test_threads build/tsan/tests/test_parallel build/tsan/tests/test_shared_products"
  tsan="$tsan build/tsan/differential"
  run_one "tsan build" make --no-print-directory -j"$jobs" MODE=tsan $tsan
  # OpenBLAS is not instrumented, so it gets no threads of its own.
  export OPENBLAS_NUM_THREADS=1
  check tsan no build/tsan/tests/test_threads build/tsan/tests/test_parallel build/tsan/tests/test_shared_products
  TSAN_OPTIONS=halt_on_error=1 run_counted "tsan random programs" build/tsan/differential --sets 200
  unset OPENBLAS_NUM_THREADS
else
  echo "skipped  thread sanitizer: a program made with -fsanitize=thread does not run here"
fi
# Any Python that has NumPy; the one of the distribution may be hidden by another.
numpy=
for python in python3 /usr/bin/python3; do
  [ -z "$numpy" ] && "$python" -c "import numpy" >/dev/null 2>&1 && numpy=$python
done
if [ -n "$numpy" ]; then
  run_counted "files between mgrad and NumPy" "$numpy" tests/interchange.py build/release/mgrad
else
  echo "skipped  files between mgrad and NumPy: no python3 has NumPy (Debian: apt-get install python3-numpy)"
fi
run_one "page of operations" sh -c 'make --no-print-directory build/release/operations.md >/dev/null &&
  diff docs/operations.md build/release/operations.md'
run_counted "manual page" sh tests/manual.sh build/release/mgrad
run_counted "shell completion" sh tests/completions.sh build/release/mgrad
run_counted "files for editors" sh tests/editors.sh build/release
run_counted "installation" sh tests/install.sh
run_counted "Debian packages" sh tests/debian.sh
if command -v valgrind >/dev/null 2>&1; then
  for example in examples/square.mg examples/views_in_place.mg examples/22_xor_mlp.mg; do
    run_one "valgrind $example" valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect,possible \
      --errors-for-leak-kinds=definite,indirect build/release/mgrad "$example"
  done
else
  echo "skipped  valgrind: it is not installed"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
