#!/bin/sh
# SPDX-License-Identifier: MIT
# test.sh: every test: Check programs (release and sanitizers), golden scripts, transcripts, examples, layers, valgrind.
# First everything is built, then as many parts run at a time as there are processors, the long ones first.
# The last line is `N passed, M failed`; the exit status is 1 when something failed.
cd "$(dirname "$0")/.." || exit 1
jobs=$(nproc 2>/dev/null || echo 2)
build=${BUILD:-build}
log=$build/test.log
mkdir -p "$build"
: >"$log"
: >$build/results
: >$build/stages

# A compiler or tool that is not there is told once.
skip() { echo "skipped  $*"; }
# The thread sanitizer does not run everywhere.
thread_sanitizer_works() {
  echo 'int main(void) { return 0; }' >$build/probe.c
  ${CC:-gcc} -fsanitize=thread -o $build/probe $build/probe.c >>"$log" 2>&1 && $build/probe >>"$log" 2>&1
}
with_clang= with_threads=
if command -v clang >/dev/null 2>&1; then with_clang=test-build-clang; else skip "clang: it is not installed"; fi
if thread_sanitizer_works; then with_threads=test-build-tsan; else
  skip "thread sanitizer: a program made with -fsanitize=thread does not run here"
fi

# ---- building
build() { # TARGET...
  make --no-print-directory -j"$jobs" "$@" >>"$log" 2>&1 && return
  echo "the build failed:" >&2
  tail -n 40 "$log" >&2
  echo "0 passed, 1 failed"
  exit 1
}
# What is generated is needed by all modes.
build generated
build test-build-release test-build-asan $with_clang $with_threads

# ---- the parts: stage KIND NAME COMMAND...
stage() {
  kind=$1 name=$2
  shift 2
  echo "$kind '$name' $*" >>$build/stages
}
programs=$(make -s --no-print-directory test-names)
# Under the sanitizers all checks of a program share a process: forking with their shadow memory takes minutes.
checks() { # MODE FORK PROGRAM...
  mode=$1 fork=$2
  shift 2
  for program in "$@"; do
    stage check "$mode $program" env CK_FORK="$fork" ASAN_OPTIONS=detect_leaks=1 "$build/$mode/tests/$program"
  done
}
whole_program() { # MODE PROGRAMS SECONDS
  stage counted "$1 golden scripts" sh tests/golden.sh "$build/$1/mgrad"
  stage counted "$1 examples" sh tests/examples.sh "$build/$1/mgrad" "$3"
  stage counted "$1 random programs" "$build/$1/differential" "$2"
  stage counted "$1 transcripts" "$build/$1/mgrad" -n --doctest README.md docs/*.md tests/golden/*.transcript
  stage counted "$1 command line" sh tests/program.sh "$build/$1/mgrad"
}

whole_program asan 300 30
if [ -n "$with_threads" ]; then
  # OpenBLAS is not instrumented, so it gets no threads of its own.
  alone='env OPENBLAS_NUM_THREADS=1 TSAN_OPTIONS=halt_on_error=1'
  stage counted 'tsan random programs' $alone $build/tsan/differential --sets 200
  for program in $(make -s --no-print-directory threaded-names); do
    stage check "tsan $program" $alone CK_FORK=no "$build/tsan/tests/$program"
  done
fi
stage counted 'Debian packages' sh tests/debian.sh
checks asan no $programs
checks release yes $programs
whole_program release 1000 2
stage counted 'instruction sets' $build/release/differential --sets 800
# The other compiler warns of nothing, and its loops give the same bits.
if [ -n "$with_clang" ]; then
  stage check 'clang test_vector' env CK_FORK=yes $build/clang/release/tests/test_vector
  stage counted 'clang golden scripts' sh tests/golden.sh $build/clang/release/mgrad
fi
stage one layers sh tools/layers.sh
# A compiler may take fetching ahead for nothing and leave it out, which shows in no result.
if [ "$(uname -m)" != x86_64 ]; then :; elif ! command -v objdump >/dev/null 2>&1; then
  skip "fetching ahead: objdump is not installed"
else
  for object in fuse/run kernels/softmax_rows kernels/reduce_fold; do
    stage one "$object fetches ahead" sh -c "'objdump -d $build/release/runtime/$object.o | grep -q prefetch'"
  done
fi
# Any Python that has NumPy; the one of the distribution may be hidden by another.
numpy=
for python in python3 /usr/bin/python3; do
  [ -z "$numpy" ] && "$python" -c "import numpy" >/dev/null 2>&1 && numpy=$python
done
if [ -n "$numpy" ]; then
  stage counted 'files between mgrad and NumPy' "$numpy" tests/interchange.py $build/release/mgrad
else
  skip "files between mgrad and NumPy: no python3 has NumPy (Debian: apt-get install python3-numpy)"
fi
stage one 'page of operations' sh -c \
  "'make --no-print-directory $build/release/operations.md >/dev/null && diff docs/operations.md $build/release/operations.md'"
stage counted 'manual page' sh tests/manual.sh $build/release/mgrad
stage counted 'shell completion' sh tests/completions.sh $build/release/mgrad
stage counted 'files for editors' sh tests/editors.sh $build/release
stage counted 'installation' sh tests/install.sh
if command -v valgrind >/dev/null 2>&1; then
  for example in examples/square.mg examples/views_in_place.mg examples/22_xor_mlp.mg; do
    stage one "valgrind $example" valgrind -q --error-exitcode=99 --leak-check=full \
      --show-leak-kinds=definite,indirect,possible --errors-for-leak-kinds=definite,indirect $build/release/mgrad "$example"
  done
else
  skip "valgrind: it is not installed"
fi

# ---- running them
xargs -P "$jobs" -L 1 sh tools/stage.sh <$build/stages
awk -v stages="$(wc -l <$build/stages)" '{ passed += $1; failed += $2 }
  END { failed += stages - NR; print passed + 0 " passed, " failed + 0 " failed"; exit failed > 0 }' $build/results
