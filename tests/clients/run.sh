#!/bin/sh
# An hour of ordinary work through zenpy, against a running program: run.sh <url> <email> <token>
#
# The client goes into a folder below target/; the program is started by whoever calls this.
set -eu

if [ "$#" -ne 3 ]; then
    echo "usage: run.sh <url> <email> <token>" >&2
    exit 2
fi

here=$(cd "$(dirname "$0")" && pwd)
place=$here/../../target/clients
mkdir -p "$place"
wanted=$here/requirements.txt
python=python3

if ! cmp -s "$wanted" "$place/installed.txt"; then
    rm -rf "$place/venv" "$place/packages"
    if python3 -m venv "$place/venv" >/dev/null 2>&1; then
        "$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted"
    else
        rm -rf "$place/venv"
        python3 -m pip install --quiet --disable-pip-version-check --target "$place/packages" -r "$wanted"
    fi
    cp "$wanted" "$place/installed.txt"
fi

if [ -x "$place/venv/bin/python" ]; then
    python=$place/venv/bin/python
else
    PYTHONPATH=$place/packages
    export PYTHONPATH
fi
exec "$python" "$here/zenpy_hour.py" "$@"
