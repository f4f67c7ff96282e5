#!/usr/bin/env bash
# Puts the phone's libraries into pwa/node_modules, exactly as pwa/package-lock.json says.
set -euo pipefail
cd "$(dirname "$0")/../../pwa"

../tests/setup/tools.sh node
../tests/setup/tools.sh space . 400
echo "Node: pwa/package-lock.json"
npm ci --no-progress --no-audit --no-fund --loglevel=error </dev/null >/dev/null
