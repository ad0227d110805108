#!/bin/sh
# SPDX-License-Identifier: MIT
# debian.sh: builds the Debian packages from a copy of the sources, looks into them, and lets lintian judge.
# Prints `N passed, M failed`; without debhelper nothing is tried, saying so.
cd "$(dirname "$0")/.." || exit 1
passed=0
failed=0
finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}
for tool in dpkg-buildpackage dh; do
  command -v $tool >/dev/null 2>&1 || { echo "skipped: the Debian packages need $tool" >&2; finish; }
done

# Always the same folder, so that a compiler cache works.
work=$PWD/build/debian
rm -rf "$work"
mkdir -p "$work/mgrad" || exit 1
if git rev-parse --git-dir >/dev/null 2>&1; then
  git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - 2>/dev/null | tar -x -C "$work/mgrad"
else
  tar -c --exclude=./build . | tar -x -C "$work/mgrad"
fi

check() { # NAME COMMAND...
  name=$1
  shift
  if output=$("$@" 2>&1); then passed=$((passed + 1)); else
    printf '%s\n' "debian: $name" "$output" | tail -n 40
    failed=$((failed + 1))
  fi
}
contains() { dpkg-deb -c "$1" | awk '{ print $6 }' | grep -qx -e "$2"; }

build() { # the tests of the packages have run in this tree already
  cd "$work/mgrad" && env -u MAKEFLAGS -u MAKELEVEL DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$(nproc)" dpkg-buildpackage -us -uc -b
}
check 'dpkg-buildpackage' build
program=$(ls "$work"/mgrad_*.deb 2>/dev/null)
library=$(ls "$work"/libmgrad-dev_*.deb 2>/dev/null)
check 'two packages' test -f "$program" -a -f "$library"
for file in ./usr/bin/mgrad ./usr/share/man/man1/mgrad.1.gz ./usr/share/bash-completion/completions/mgrad \
  ./usr/share/zsh/vendor-completions/_mgrad ./usr/share/fish/vendor_completions.d/mgrad.fish \
  ./usr/share/vim/vimfiles/syntax/mgrad.vim ./usr/share/doc/mgrad/examples/tour.mg ./usr/share/doc/mgrad/copyright; do
  check "mgrad has $file" contains "$program" "$file"
done
for file in ./usr/include/mgrad.h './usr/lib/.*/libmgrad.a' './usr/lib/.*/pkgconfig/mgrad.pc'; do
  check "libmgrad-dev has $file" contains "$library" "$file"
done
check 'unpacking' dpkg-deb -x "$program" "$work/root"
check 'the program of the package' sh -c 'test "$("$1" -e "6 * 7")" = 42' sh "$work/root/usr/bin/mgrad"
check 'the program is stripped of paths' sh -c '! grep -qF "$1" "$2"' sh "$work" "$work/root/usr/bin/mgrad"
if command -v lintian >/dev/null 2>&1; then
  check 'lintian' lintian --allow-root --fail-on error --suppress-tags bad-distribution-in-changes-file "$work"/*.changes
else
  echo 'skipped: lintian is not installed' >&2
fi
finish
