#!/bin/sh
# SPDX-License-Identifier: MIT
# install.sh: installs into an empty folder, uses what is there, and uninstalls.  Prints `N passed, M failed`.
cd "$(dirname "$0")/.." || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
stage=$scratch/stage
passed=0
failed=0

check() { # NAME COMMAND...
  name=$1
  shift
  if output=$("$@" 2>&1); then passed=$((passed + 1)); else
    printf '%s\n' "install: $name" "$output"
    failed=$((failed + 1))
  fi
}

run_make() { make -s --no-print-directory "$@" DESTDIR="$stage" PREFIX=/opt/mgrad; }
files() { (cd "$stage" && find . ! -type d | LC_ALL=C sort); }

mkdir -p "$stage/opt/mgrad/share/man/man1" "$stage/opt/mgrad/bin"
echo 'not ours' >"$stage/opt/mgrad/share/man/man1/other.1"
files >"$scratch/before"
check 'make install' run_make install
root=$stage/opt/mgrad
for file in bin/mgrad lib/libmgrad.a lib/pkgconfig/mgrad.pc include/mgrad.h share/man/man1/mgrad.1 share/zsh/site-functions/_mgrad \
  share/bash-completion/completions/mgrad share/fish/vendor_completions.d/mgrad.fish share/vim/vimfiles/syntax/mgrad.vim \
  share/mgrad/vscode/package.json share/doc/mgrad/README.md share/doc/mgrad/docs/language.md share/doc/mgrad/examples/tour.mg; do
  check "$file" test -s "$root/$file"
done
check 'the program can be run' test -x "$root/bin/mgrad"
check 'the program' test "$("$root/bin/mgrad" -e '6 * 7')" = 42
check 'only the program can be run' test "$(find "$root" -type f -perm /111 | wc -l)" -eq 1
check 'nothing names the folder it was built in' sh -c '! grep -rqF "$1" "$2"' sh "$PWD" "$stage"
check 'nothing points at the staging folder' sh -c '! grep -rqF "$1" "$2"' sh "$stage" "$stage"

# Links in the documents lead to other installed ones.
dead_links() {
  (cd "$root/share/doc/mgrad" && find . -name '*.md' | while read -r page; do
    grep -oE '\]\([^)#:]+[)#]' "$page" | sed 's/^](//; s/.$//' | sort -u | while read -r target; do
      test -e "$(dirname "$page")/$target" || echo "$page: $target"
    done
  done)
}
check 'links in the documents' test -z "$(dead_links)"

visible() { nm -g --defined-only "$root/lib/libmgrad.a" | sed -n 's/^[0-9a-f]* [A-Z] //p'; }
check 'names of the library' sh -c 'test "$1" -gt 10' sh "$(visible | grep -c '^mgrad_')"
check 'no other names of the library' test -z "$(visible | grep -v '^mgrad_')"

# A program in C with the library that pkg-config finds.
if command -v pkg-config >/dev/null 2>&1; then
  PKG_CONFIG_PATH=$root/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$stage
  export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
  check 'the version of the library' test "$(pkg-config --modversion mgrad)" = "$(make -s version)"
  # shellcheck disable=SC2046
  check 'linking with the library' ${CC:-gcc} -Wall -Wextra -Werror -o "$scratch/user" tests/library_user.c $(pkg-config --cflags --libs mgrad)
  check 'a program with the library' "$scratch/user"
  # The example of the documents, and what it prints there.
  page=$root/share/doc/mgrad/docs/embedding.md
  sed -n '/^```c$/,/^```$/p' "$page" | sed '/^```/d' >"$scratch/slopes.c"
  sed -n '/^\$ .\/slopes$/,/^```$/p' "$page" | sed '1d; $d' >"$scratch/slopes.expected"
  # shellcheck disable=SC2046
  check 'compiling the example' ${CC:-gcc} -Wall -Wextra -Werror -o "$scratch/slopes" "$scratch/slopes.c" $(pkg-config --cflags --libs mgrad)
  "$scratch/slopes" >"$scratch/slopes.printed" 2>&1
  check 'the example prints something' test -s "$scratch/slopes.expected"
  check 'what the example prints' diff -u "$scratch/slopes.expected" "$scratch/slopes.printed"
else
  echo 'skipped: pkg-config is not installed' >&2
fi

# A folder whose name has a blank is refused, and nothing beside it is touched.
mkdir -p "$stage/x" && echo 'not ours' >"$stage/x/My"
refuse() { ! output=$(make -s --no-print-directory "$@" DESTDIR="$stage" 2>&1) && echo "$output" | grep -q 'has no blank'; }
for prefix in '/x/My Programs' '/x/My ' '/x:/x/My'; do
  check "make install in '$prefix'" refuse install PREFIX="$prefix"
  check "make uninstall in '$prefix'" refuse uninstall PREFIX="$prefix"
done
check 'DATADIR with a blank' refuse install PREFIX=/x/mgrad DATADIR='/x/My Programs'
check 'what stood there stands there still' grep -q 'not ours' "$stage/x/My"
rm -r "$stage/x"

check 'installing twice' run_make install
check 'make uninstall' run_make uninstall
files >"$scratch/after"
check 'what is left is what was there before' diff -u "$scratch/before" "$scratch/after"
check 'no folder of ours is left' test -z "$(find "$stage" -path '*mgrad/share/*' -name '*mgrad*')"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
