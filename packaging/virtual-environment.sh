#!/bin/sh
# Makes the virtual environment for development: $1 is the Python to use, $2 the folder.
set -eu
python="$1"
folder="$2"
if [ -z "$python" ]; then
    echo "Python 3.11 or newer is needed and was not found." >&2
    exit 1
fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or newer is needed; $python is older." >&2
    exit 1
}
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package="$("$python" -c 'import sys; print(f"python3.{sys.version_info.minor}-venv")')"
    if [ "$(id -u)" -eq 0 ]; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package"
    else
        echo "Python's venv module is missing. Run this line, then try again:"
        echo "    sudo apt-get install -y $package"
        exit 1
    fi
fi
[ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
"$folder/bin/python" -m pip install -q --disable-pip-version-check -e ".[dev]"
"$folder/bin/python" -m pip install -q --disable-pip-version-check --no-deps \
    -r requirements-nodeps.txt
