#!/bin/sh
# Makes sure that Qt finds the system libraries it needs on Debian and Ubuntu.
# As root it installs what is missing; otherwise it prints the one line to run, and fails.
set -eu
wanted="libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0
 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
 libxcb-shape0 libxcb-xkb1 libxcb-xinerama0"
command -v dpkg-query >/dev/null 2>&1 || exit 0
missing=""
for name in $wanted; do
    # Newer releases renamed some packages with a t64 suffix.
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q "install ok installed" && continue
    dpkg-query -W -f='${Status}' "${name}t64" 2>/dev/null | grep -q "install ok installed" && continue
    missing="$missing $name"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" -eq 0 ]; then
    echo "Installing the system libraries of Qt:$missing"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
else
    echo "Qt needs system libraries that are missing here. Run this line, then try again:"
    echo "    sudo apt-get install -y$missing"
    exit 1
fi
