"""The phones' side of the simulation: one Node process that does what it is told, line by line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
HOST = ROOT / "tests" / "sim" / "node" / "host.mjs"


class NodeBroken(Exception):
    """The host of the phones failed itself: a fault of the simulation or of a build."""


class Node:
    """The host of the phones. `patches` make a mutant of the phone's program."""

    def __init__(self, folder: Path, patches: Sequence[Mapping[str, str]] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        command = ["node", str(HOST), str(folder)]
        if patches:
            file = folder / "patches.json"
            file.write_text(json.dumps(list(patches)))
            command.append(str(file))
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        self._read()

    def ask(self, command: Mapping[str, Any]) -> dict[str, Any]:
        """Give one command and hear what is to be seen afterwards."""
        assert self.process.stdin, "started with a pipe"
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self._read()

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin and self.process.stdout, "started with pipes"
        self.process.stdin.close()
        self.process.wait(timeout=20)
        self.process.stdout.close()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout, "started with a pipe"
        line = self.process.stdout.readline()
        if not line:
            raise NodeBroken("the host of the phones has ended")
        said: dict[str, Any] = json.loads(line)
        if "broken" in said:
            raise NodeBroken(said["broken"])
        return said
