#!/usr/bin/env bash
# Makes sure that what the tests need from the system is there: debian.sh [browser] database
# As root on Debian it installs what is missing; anyone else is told in one sentence.
set -euo pipefail

# A person's own PATH often lacks the folder in which Debian keeps the PostgreSQL server.
has_postgresql() {
    command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

has_chinese_font() {
    compgen -G '/usr/share/fonts/*/wqy/*' >/dev/null ||
        { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn)" ]; }
}

missing=()
for need in "$@"; do
    case $need in
        database) has_postgresql || missing+=(postgresql) ;;
        browser)
            command -v chromium >/dev/null || missing+=(chromium)
            has_chinese_font || missing+=(fonts-wqy-microhei)
            ;;
    esac
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    printf '\n%s\n%s\n\n' \
        "测试还需要这些系统软件包，请先安装：${missing[*]}" \
        "The tests need these system packages; install them first: ${missing[*]}" >&2
    exit 1
fi

echo "Debian: ${missing[*]}"
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
# Debian's package would start a cluster for the whole machine; the tests want a private one.
quiet=/etc/postgresql-common/createcluster.d/doorstep-tests.conf
trap 'rm -f "$log" "$quiet"' EXIT
mkdir -p "${quiet%/*}"
echo 'create_main_cluster = false' >"$quiet"
if ! { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1 </dev/null; then
    tail -n 15 "$log" >&2
    printf '\n%s\n%s\n\n' \
        "系统软件包没有装成（${missing[*]}），原因见上面几行。" \
        "The system packages could not be installed (${missing[*]}); the lines above say why." >&2
    exit 1
fi
