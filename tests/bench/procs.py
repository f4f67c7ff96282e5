"""What a process and its children cost: processor seconds and memory, as the kernel counts them."""

from __future__ import annotations

import os
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def group_of(process: int) -> list[int]:
    """The processes that live in the process group of this one."""
    wanted = os.getpgid(process)
    return [pid for pid in _all() if _group(pid) == wanted]


def family_of(process: int) -> list[int]:
    """A process and all its descendants."""
    parents = {pid: _parent(pid) for pid in _all()}
    found = {process}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of these processes, and of their children that have ended."""
    total = 0
    for pid in pids:
        fields = _stat(pid)
        if fields:
            total += sum(int(fields[index]) for index in (11, 12, 13, 14))
    return total / TICKS_A_SECOND


def memory_bytes(pids: list[int]) -> int:
    """Memory that these processes hold, shared pages counted in shares (PSS)."""
    total = 0
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(
            int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:")
        )
    return total


def _all() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _group(pid: int) -> int | None:
    fields = _stat(pid)
    return int(fields[2]) if fields else None


def _parent(pid: int) -> int | None:
    fields = _stat(pid)
    return int(fields[1]) if fields else None


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name, which may hold spaces."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
