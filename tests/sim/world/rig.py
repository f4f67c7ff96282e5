"""The two halves of the simulation, started together and ended together."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.sim.world.node import Node
from tests.sim.world.server import Server
from tests.sim.world.world import Rig

MEMORY = Path("/dev/shm")


@contextmanager
def make_rig(folder: Path, patches: Sequence[Mapping[str, str]] = ()) -> Iterator[Rig]:
    """A server whose files lie in memory, and a host of phones built into a folder."""
    logging.disable(logging.ERROR)
    memory = Path(tempfile.mkdtemp(prefix="sim-", dir=MEMORY if MEMORY.is_dir() else folder))
    node = Node(folder / "phones", patches)
    server = Server(memory)
    try:
        yield Rig(server, node)
    finally:
        server.end()
        node.close()
        shutil.rmtree(memory)
        logging.disable(logging.NOTSET)
