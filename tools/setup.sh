#!/bin/sh
# SPDX-License-Identifier: MIT
# setup.sh PACKAGE...: installs the Debian packages that are missing, and says what it does.
set -u
command -v dpkg-query >/dev/null 2>&1 || {
  echo "mgrad: this is no Debian or Ubuntu system; please install by hand what is missing of: $*" >&2
  exit 0
}
missing=
for package in gcc make "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
sudo=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || {
    echo "mgrad: missing packages:$missing; become root and run: apt-get install$missing" >&2
    exit 1
  }
  sudo=sudo
fi
echo "mgrad: installing the packages that are missing:$missing" >&2
# shellcheck disable=SC2086
{ $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing; } >&2 || {
  echo "mgrad: could not install$missing; please install these packages and try again" >&2
  exit 1
}
