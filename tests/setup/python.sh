#!/usr/bin/env bash
# Makes .venv and installs into it, each file checked against its hash.
#
#   python.sh run    what the server needs, and the command `doorstep`
#   python.sh test   what the tests need on top
set -euo pipefail
cd "$(dirname "$0")/../.."

install() {
    .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-input \
        --require-hashes --requirement "$1" </dev/null
}

# A folder that was moved or a Python that was upgraded leaves a .venv that cannot start.
is_usable() {
    [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 &&
        [ "$(cat .venv/.place 2>/dev/null)" = "$(pwd -P)" ]
}

if ! is_usable; then
    python=$(tests/setup/tools.sh python)
    tests/setup/tools.sh space . 800
    echo "Python: .venv ($("$python" --version))"
    rm -rf .venv
    "$python" -m venv .venv
    pwd -P >.venv/.place
fi

case ${1:-run} in
    run)
        echo "Python: requirements/run.txt"
        install requirements/build.txt
        install requirements/run.txt
        .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-input \
            --no-deps --no-build-isolation --no-index --editable . </dev/null
        ;;
    test)
        echo "Python: requirements/test.txt"
        install requirements/test.txt
        ;;
esac
