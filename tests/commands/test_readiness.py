"""The server refuses to start in one clear sentence: real sockets, real folders, a full disk."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from server.commands.readiness import FREE_BYTES_MIN, NotReady, check_data_dir, check_port


class Usage(NamedTuple):
    """What shutil.disk_usage answers, in bytes."""

    total: int
    used: int
    free: int


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield holder.getsockname()[1]


def test_it_says_that_the_port_is_taken_and_names_another(taken_port: int) -> None:
    with pytest.raises(NotReady) as refusal:
        check_port("127.0.0.1", taken_port)

    assert f"端口 {taken_port} 已被别的程序占用" in refusal.value.message
    assert f"make run PORT={taken_port + 1}" in refusal.value.message


def test_it_takes_a_port_again_right_after_its_holder_has_gone(taken_port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            holder.accept()[0].close()

    check_port("127.0.0.1", port)


def test_it_says_that_an_address_is_not_of_this_machine() -> None:
    with pytest.raises(NotReady, match="Cannot listen on"):
        check_port("192.0.2.77", 8000)


def test_it_makes_the_data_folder_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"

    check_data_dir(folder)

    assert folder.stat().st_mode & 0o077 == 0
    assert not list(folder.iterdir()), "the probe leaves nothing behind"


def test_it_says_that_the_data_folder_is_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.write_text("")

    with pytest.raises(NotReady, match="不能写入"):
        check_data_dir(folder)


def test_it_says_that_the_data_folder_cannot_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # root may write anywhere, so the refusal of the system is played.
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)

    with pytest.raises(NotReady, match="DOORSTEP_DATA_DIR"):
        check_data_dir(tmp_path)


def test_it_says_how_much_room_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nearly_full = Usage(10**9, 10**9 - 5_000_000, 5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: nearly_full)

    with pytest.raises(NotReady, match=f"只剩 5 MB，至少需要 {FREE_BYTES_MIN // 1_000_000} MB"):
        check_data_dir(tmp_path)
