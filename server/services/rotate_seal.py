"""The server gets a new key for bundles, and every phone hears of it with its next exchange."""

from __future__ import annotations

from sqlalchemy import select

from server.db import snapshot, transaction
from server.keys import rotate_sealing_key, running_settings, server_key
from server.services import feed
from server.services.branches import SYSTEM, collectors
from server.tables import Branch


def rotate_seal() -> str:
    """Make a new sealing key, and touch the row in which phones find it. Gives the new point."""
    rotate_sealing_key(running_settings())
    with snapshot() as session:
        branch_ids = list(session.scalars(select(Branch.branch_id).order_by(Branch.branch_id)))
    for branch_id in branch_ids:
        with transaction(branch_id, actor=SYSTEM, cause="rotate_seal") as tx:
            feed.touch_me(tx, *collectors(tx.session, branch_id))
    return server_key()
