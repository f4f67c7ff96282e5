"""A phone has proved a tick that this database has not reached: its history was rewound.

Somebody put an older copy of the database in place without `doorstep restore`. From here on ticks
would be given out a second time, and every cursor would be wrong without anybody noticing. So the
history gets a new name at once, with which all phones start anew and send what is missing.
"""

from __future__ import annotations

import logging

from sqlalchemy import update

from server.db import transaction
from server.keys import random_bytes
from server.services.devices import KnownDevice
from server.tables import EpochRow, Incident
from sync.canonical import canonical_bytes

log = logging.getLogger(__name__)


def end_rewound_epoch(device: KnownDevice, *, epoch: str, tick: int) -> None:
    """Give this history a new name, unless another phone's sync has done so already.

    epoch, tick  The old name, and how far this history is in the device's branch.
    """
    with transaction(device.branch_id, actor=device.officer_id, cause="rewound") as tx:
        new = random_bytes(8).hex()
        renamed = tx.session.execute(
            update(EpochRow)
            .where(EpochRow.id == 1, EpochRow.epoch == epoch)
            .values(epoch=new, created_at_ms=tx.now_ms)
            .returning(EpochRow.epoch)
        ).all()
        if not renamed:
            return
        details = {"epoch": epoch, "new_epoch": new, "tick": tick}
        tx.session.add(
            Incident(
                branch_id=device.branch_id,
                id=random_bytes(16).hex(),
                device_id=device.id,
                kind="history_rewound",
                details=canonical_bytes(details).decode(),
                at_ms=tx.now_ms,
                settled_by=None,
            )
        )
    log.error(
        "history rewound: device %s has seen a tick beyond %s of epoch %s; the epoch is %s now",
        device.id, tick, epoch, new,
    )  # fmt: skip
