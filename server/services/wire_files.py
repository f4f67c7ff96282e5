"""What a broken connection must not cost twice, kept as files: pieces of bodies, and last answers.

A phone far from any mast gets a few kilobytes through before the line breaks. Files serve all
processes alike. Their names are hashes of what the phone says, never what it says. Nothing here is
needed for good: what is gone is sent again, so nothing is flushed.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path

from server.clock import now_ms
from server.keys import random_bytes, running_settings
from sync.canonical import sha256_hex

# An answer is fetched in the same hour as a rule; a day covers a phone without power.
KEEP_MS = 24 * 60 * 60_000

# One exchange after the other; a second body begins while the first one's line is thought alive.
UPLOADS_OF_A_DEVICE_MAX = 2


def wire_folder() -> Path:
    """The folder of all these files; `serve` and `tend` rid it of what is old."""
    return running_settings().data_dir / "wire"


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that comes in pieces: which device sends it, under which request, how long it is."""

    device_id: str
    req_id: str
    total: int

    @property
    def path(self) -> Path:
        """One file for each request of each device."""
        return _folder("uploads", self.device_id) / sha256_hex(self.req_id.encode())

    @property
    def offset(self) -> int:
        """How many bytes have come, from the first on without a gap."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    @property
    def is_whole(self) -> bool:
        """All of it has come."""
        return self.offset == self.total

    def begin(self) -> None:
        """Make room: of the device's other bodies only the newest stay, and none for ever."""
        path, now = self.path, now_ms()
        path.parent.mkdir(parents=True, exist_ok=True)
        others = {each: _instant_of(each) for each in path.parent.iterdir() if each != path}
        newest_first = sorted(others, key=lambda each: -others[each])
        for number, other in enumerate(newest_first):
            if number >= UPLOADS_OF_A_DEVICE_MAX - 1 or now - others[other] > KEEP_MS:
                other.unlink(missing_ok=True)
        if path.exists() and now - _instant_of(path) > KEEP_MS:
            path.unlink(missing_ok=True)

    def write(self, at: int, data: bytes) -> None:
        """Keep bytes at their place. Two connections may bring the same bytes to the same place."""
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            while data:
                written = os.pwrite(descriptor, data, at)
                at, data = at + written, data[written:]
            instant_ns = now_ms() * 1_000_000
            os.utime(descriptor, ns=(instant_ns, instant_ns))
        finally:
            os.close(descriptor)

    def read(self) -> bytes:
        """The whole body as it was packed."""
        return self.path.read_bytes()

    def drop(self) -> None:
        """Its answer is kept, or it was no body."""
        self.path.unlink(missing_ok=True)


def keep_answer(device_id: str, req_id: str, plain: bytes) -> None:
    """Keep the plain answer of a request; it takes the place of the device's last one."""
    path = _folder("answers", device_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, f"{req_id} {now_ms()}\n".encode() + plain)


def kept_answer(device_id: str, req_id: str) -> bytes | None:
    """The plain answer of this request, if it is the device's last one and not a day old."""
    try:
        head, _, plain = _folder("answers", device_id).read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    held, _, instant = head.partition(b" ")
    is_its_own = compare_digest(held, req_id.encode())
    return plain if is_its_own and now_ms() - int(instant) <= KEEP_MS else None


def replace_file(path: Path, data: bytes) -> None:
    """The file is whole or as it was, also when two processes write it."""
    draft = path.with_name(f".{path.name}.{random_bytes(6).hex()}")
    try:
        with draft.open("xb") as file:
            file.write(data)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def forget_old_files(data_dir: Path, now: int) -> None:
    """What is a day old; a page that is still in use is packed anew."""
    for path in (data_dir / "wire").rglob("*"):
        with suppress(OSError):
            if path.is_file() and now - _instant_of(path) > KEEP_MS:
                path.unlink()


def _folder(kind: str, device_id: str) -> Path:
    return wire_folder() / kind / sha256_hex(device_id.encode(errors="replace"))


def _instant_of(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime_ns // 1_000_000
    return 0
