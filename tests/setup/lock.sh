#!/usr/bin/env bash
# Looks up the newest libraries that pyproject.toml allows and pins each file by its hash, for
# every Python from 3.11 on. What was pinned stays pinned unless `lock.sh --upgrade` is said.
set -euo pipefail
cd "$(dirname "$0")/../.."

workshop=$(mktemp -d)
trap 'rm -rf "$workshop"' EXIT
python3 -m venv "$workshop/venv"
"$workshop/venv/bin/pip" install --quiet --quiet --disable-pip-version-check uv
compile=("$workshop/venv/bin/uv" pip compile --quiet --universal --python-version 3.11
    --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@")

echo setuptools >"$workshop/build.in"
"${compile[@]}" --output-file requirements/build.txt "$workshop/build.in"
"${compile[@]}" --output-file requirements/run.txt pyproject.toml
"${compile[@]}" --extra test --constraints requirements/run.txt \
    --output-file requirements/test.txt pyproject.toml
