"""What must be so before the server starts, each refused in one sentence.

Checked before anything is created, so that a person sees the cause and not its consequences.
"""

from __future__ import annotations

import errno
import shutil
import socket
import tempfile
from pathlib import Path

import click

# Below this a day's events, their journal and a migration might not fit. In bytes.
FREE_BYTES_MIN = 200_000_000


class NotReady(click.ClickException):
    """The machine is not ready. Shown as it is, without a traceback; exit code 1."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")

    def show(self, file: object = None) -> None:
        """Print the two sentences to standard error."""
        click.echo(f"\n{self.message}\n", err=True)


def check_port(host: str, port: int) -> None:
    """Refuse a port that is taken, or that this user may not use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise _port_refusal(host, port, error) from error


def _port_refusal(host: str, port: int, error: OSError) -> NotReady:
    if error.errno == errno.EADDRINUSE:
        other = port + 1
        return NotReady(
            f"端口 {port} 已被别的程序占用；请关掉它，或换一个端口：make run PORT={other}",
            f"Port {port} is taken by another program; stop that one, or use another port:"
            f" make run PORT={other}",
        )
    return NotReady(
        f"不能在 {host} 的端口 {port} 上监听（{error.strerror}）；请换一个地址或端口。",
        f"Cannot listen on {host}, port {port} ({error.strerror}); use another address or port.",
    )


def check_data_dir(folder: Path) -> None:
    """Refuse a data folder that cannot be made or written to, or a disk that is nearly full."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # names, debts, keys: private
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"doorstep")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise _folder_refusal(folder, error) from error
    if free < FREE_BYTES_MIN:
        raise _full(folder, free)


def _folder_refusal(folder: Path, error: OSError) -> NotReady:
    if error.errno == errno.ENOSPC:
        return _full(folder, 0)
    return NotReady(
        f"数据文件夹 {folder} 不能写入（{error.strerror}）；"
        "请修改权限，或用 DOORSTEP_DATA_DIR 另指定。",
        f"The data folder {folder} cannot be written to ({error.strerror}); change its"
        " permissions, or name another with DOORSTEP_DATA_DIR.",
    )


def _full(folder: Path, free: int) -> NotReady:
    needed, left = FREE_BYTES_MIN // 1_000_000, free // 1_000_000
    return NotReady(
        f"磁盘空间不足：数据文件夹 {folder} 只剩 {left} MB，至少需要 {needed} MB。",
        f"Not enough disk space: the data folder {folder} has {left} MB left,"
        f" at least {needed} MB are needed.",
    )
