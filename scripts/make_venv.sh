#!/usr/bin/env bash
# Make .venv with the first Python that runs and fits, and install commonbook in it.
# With --check, only say whether there is such a Python. Set PYTHON to choose one. Works without ensurepip and with pip 22.3 or newer.
set -euo pipefail
cd "$(dirname "$0")/.."

found=""

# An interpreter can exist and yet not run (a pyenv shim), or have no way to get pip.
fits() {
    local version
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || {
        found+="  $1: does not run"$'\n'
        return 1
    }
    case $version in
        3.11 | 3.12 | 3.13 | 3.14) ;;
        *)
            found+="  $1: Python $version"$'\n'
            return 1
            ;;
    esac
    "$1" -c 'import venv' 2>/dev/null && { has_pip "$1" || has_ensurepip "$1"; } || {
        found+="  $1: Python $version without venv or pip (Debian: apt-get install python3-pip)"$'\n'
        return 1
    }
}

has_pip() { "$1" -c 'import pip' 2>/dev/null; }
has_ensurepip() { "$1" -c 'import ensurepip' 2>/dev/null; }

candidates=()
if [ -n "${PYTHON:-}" ]; then
    candidates+=("$PYTHON")
else
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if path=$(command -v "$name"); then candidates+=("$path"); fi
    done
    for path in "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.1[1-4]*/bin/python3; do
        if [ -e "$path" ]; then candidates+=("$path"); fi
    done
fi

python=""
for candidate in ${candidates[@]+"${candidates[@]}"}; do
    if fits "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    printf 'commonbook needs Python 3.11, 3.12, 3.13 or 3.14 with pip. Found:\n%s' "${found:-  none$'\n'}" >&2
    exit 1
fi
[ "${1:-}" != --check ] || exit 0

# One that has everything is brought up to date; anything else is made anew.
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    rm -rf .venv
    echo "Making .venv with $python ($("$python" --version 2>&1))"
    "$python" -m venv --without-pip .venv
    if has_pip "$python"; then
        "$python" -m pip --python .venv/bin/python install --quiet pip
    else
        .venv/bin/python -m ensurepip >/dev/null
    fi
fi
echo "Installing packages into .venv (about 600 MB, half a minute to a few minutes)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
touch .venv/.ready
