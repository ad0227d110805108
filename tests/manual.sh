#!/bin/sh
# SPDX-License-Identifier: MIT
# manual.sh BINARY: the manual page against what the program tells of its options and commands, and the version against
# the packages.  Prints `N passed, M failed`.
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.." || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
page=docs/mgrad.1
passed=0
failed=0

# same NAME FILE FILE: the two hold the same lines.
same() {
  if [ -s "$2" ] && diff -u "$2" "$3"; then passed=$((passed + 1)); else echo "$1 differ"; failed=$((failed + 1)); fi
}

section() { sed -n "/^\.Sh $1\$/,/^\.Sh /p" "$page"; }

# `.It Fl -color Ns = Ns Ar WHEN` is --color=WHEN, `.It Fl h , Fl -help` is -h, --help.
section OPTIONS | sed -n 's/^\.It //p' | sed 's/Fl /-/g; s/ Ns = Ns Ar /=/; s/ Ar / /; s/ ,/,/g' | sort >"$scratch/page"
"$binary" --help | sed -n '/^  -/ { s/^  //; s/   .*//; p; }' | sort >"$scratch/help"
same 'options of the manual page and of --help' "$scratch/help" "$scratch/page"

# `.It Ic :help Op Ar name` is the command :help.
section COMMANDS | sed -n 's/^\.It Ic \(:[a-z]*\).*/\1/p' | sort >"$scratch/page"
printf ':help\n' | "$binary" -i -q -n 2>/dev/null | sed -n 's/^ *\(:[a-z][a-z]*\) .*/\1/p' | sort >"$scratch/help"
same 'commands of the manual page and of :help' "$scratch/help" "$scratch/page"

# Every option has its place in the synopsis; asking for help or the version is `Fl h` and `Fl V` there.
section SYNOPSIS | grep -o -e '-[a-z][a-z-]*' | sort -u >"$scratch/synopsis"
section OPTIONS | sed -n 's/^\.It //p' | grep -o -e 'Fl -[a-z][a-z-]*' | sed 's/^Fl //' |
  grep -vx -e -help -e -version | sort >"$scratch/page"
same 'long options of the sections OPTIONS and SYNOPSIS' "$scratch/page" "$scratch/synopsis"

for heading in NAME SYNOPSIS DESCRIPTION OPTIONS COMMANDS KEYS LANGUAGE ENVIRONMENT FILES 'EXIT STATUS' EXAMPLES; do
  if grep -qx ".Sh $heading" "$page"; then passed=$((passed + 1)); else
    echo "the manual page has no section $heading"
    failed=$((failed + 1))
  fi
done

if command -v mandoc >/dev/null 2>&1; then
  if mandoc -Tlint "$page"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
else
  echo 'skipped: mandoc is not installed' >&2
fi

# is NAME WHAT EXPECTED
is() {
  if [ "$2" = "$3" ]; then passed=$((passed + 1)); else echo "$1: $2, expected $3"; failed=$((failed + 1)); fi
}

# The row of the operation table that README.md shows is one.
row=$(sed -n '/^UNARY(/p' README.md)
is 'the row in README.md' "$(grep -cxF -e "$row" runtime/ops/*.def | awk -F : '{ n += $2 } END { print n }')" 1

# The version stands in the Makefile; what cannot read it there must have followed.
version=$(make -s version)
is '--version' "$("$binary" --version | cut -d ' ' -f 2)" "$version"
is 'CHANGELOG.md' "$(sed -n 's/^## //p' CHANGELOG.md | head -n 1)" "$version"
is 'editors/vscode/package.json' "$(sed -n 's/^  "version": "\(.*\)",$/\1/p' editors/vscode/package.json)" "$version"
is 'debian/changelog' "$(sed -n '1s/^mgrad (\(.*\)) .*/\1/p' debian/changelog)" "$version"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
