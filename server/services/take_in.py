"""Take in what a phone pushes: one transaction, a verdict for every event."""

from __future__ import annotations

import logging
from typing import NamedTuple

from sqlalchemy.exc import OperationalError

from server.db import Tx, transaction
from server.device_key import ALGORITHM, verify
from server.keys import installation_secret
from server.rows import HeldRows, Rows
from server.services.devices import KnownDevice
from server.services.note_beacon import Word, write_word
from server.services.projection import Projection
from server.services.tend import tend_now_and_then
from server.stores.push_store import SqlPushStore
from server.stores.quick_store import QuickPushStore
from sync.push import Batch, Delivery, Outcome
from sync.push import take_in as take_in_batch
from sync.store import Busy

log = logging.getLogger(__name__)


class Taken(NamedTuple):
    """What came of a batch, and what is left to be told when its transaction ends."""

    outcome: Outcome
    store: SqlPushStore
    projection: Projection

    def close(self) -> None:
        """Tell the phones what changed, and the transaction the verdicts."""
        self.projection.close()
        self.store.close()


def take_in(
    device: KnownDevice, batch: Batch, word: Word | None = None, *, via: str = "https"
) -> Outcome:
    """Store and judge a batch of events. Raises Busy if the database could not be locked.

    word  What the phone says of itself, written in the same transaction; None if it is not here.
    via   https, or courier or qr: somebody else carried it, and `device` made it.
    """
    with transaction(device.branch_id, actor=device.officer_id, cause="push") as tx:
        delivery = Delivery(
            device=device.id,
            officer=device.officer_id,
            received_at_ms=tx.now_ms,
            secret=installation_secret(),
            verify=_verify,
            may_rotate=device.is_resumed and not device.is_revoked,
            via=via,
        )
        taken = quickly(tx, batch, delivery) or carefully(tx, batch, delivery)
        if word is not None:
            write_word(tx, device, word)
        taken.close()
    tend_now_and_then(device.branch_id)
    return taken.outcome


def quickly(tx: Tx, batch: Batch, delivery: Delivery) -> Taken | None:
    """The batch in one piece (see server/stores/quick_store.py); None, and nothing done, if not."""
    rows = HeldRows(tx.session)
    tx.rows = rows
    projection = Projection(tx)
    store = QuickPushStore(tx, rows, projection)
    try:
        with tx.session.begin_nested():
            outcome = take_in_batch(store, batch, delivery)
            rows.flush()
    except OperationalError as error:
        raise Busy from error
    except Exception as error:
        log.info("a batch goes event by event: %r", error)
        return None
    return Taken(outcome, store, projection)


def carefully(tx: Tx, batch: Batch, delivery: Delivery) -> Taken:
    """The reference: each event by itself."""
    tx.rows = Rows(tx.session)
    projection = Projection(tx)
    store = SqlPushStore(tx, projection)
    return Taken(take_in_batch(store, batch, delivery), store, projection)


def _verify(alg: str, public_key: str, data: bytes, signature: str) -> bool:
    return alg == ALGORITHM and verify(public_key, data, signature)
