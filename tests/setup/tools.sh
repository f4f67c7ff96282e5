#!/usr/bin/env bash
# Checks, before anything is installed, what only the person at the keyboard can provide.
# Each refusal is one sentence in Chinese and one in English, and ends the run.
#
#   tools.sh python     a usable Python 3.11 or newer; prints its path
#   tools.sh node       Node.js and npm that Vite can run on
#   tools.sh space DIR  DIR can be written to and has room for what is installed
set -euo pipefail

refuse() {
    printf '\n%s\n%s\n\n' "$1" "$2" >&2
    exit 1
}

python_path() {
    local name
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

need_python() {
    local python
    python=$(python_path) || refuse \
        "没有找到 Python 3.11 或更高版本，请先安装（Debian：apt-get install python3 python3-venv）。" \
        "Python 3.11 or newer was not found; install it first (Debian: apt-get install python3 python3-venv)."
    "$python" -c 'import ensurepip, venv' 2>/dev/null || refuse \
        "Python 缺少 venv 模块，请先安装（Debian：apt-get install python3-venv）。" \
        "Python's venv module is missing; install it first (Debian: apt-get install python3-venv)."
    echo "$python"
}

need_node() {
    command -v node >/dev/null || refuse \
        "没有找到 Node.js，请先安装 20.19 或更高版本。" \
        "Node.js was not found; install version 20.19 or newer first."
    node -e 'const [a, b] = process.versions.node.split(".").map(Number);
             process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)' || refuse \
        "Node.js $(node --version) 太旧或不受支持，需要 20.19、22.12 或更高版本。" \
        "Node.js $(node --version) is too old or unsupported; 20.19, 22.12 or newer is needed."
    command -v npm >/dev/null || refuse \
        "没有找到 npm，请与 Node.js 一起安装（Debian：apt-get install npm）。" \
        "npm was not found; install it together with Node.js (Debian: apt-get install npm)."
}

need_space() {
    local folder=$1 needed_mb=$2 free_mb
    [ -w "$folder" ] || refuse \
        "不能写入文件夹 $folder，请换一个文件夹或修改权限。" \
        "The folder $folder cannot be written to; use another folder or change its permissions."
    free_mb=$(df -Pm "$folder" | awk 'NR == 2 { print $4 }')
    [ "$free_mb" -ge "$needed_mb" ] || refuse \
        "磁盘空间不足：$folder 只剩 ${free_mb} MB，安装需要 ${needed_mb} MB。" \
        "Not enough disk space: $folder has ${free_mb} MB left, ${needed_mb} MB are needed to install."
}

case ${1:-} in
    python) need_python ;;
    node) need_node ;;
    space) need_space "${2:-.}" "${3:-800}" ;;
    *) refuse "用法：tools.sh python|node|space DIR [MB]" "Usage: tools.sh python|node|space DIR [MB]" ;;
esac
