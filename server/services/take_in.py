"""Take in what a phone pushes: one transaction, a verdict for every event."""

from __future__ import annotations

from server.db import transaction
from server.device_key import ALGORITHM, verify
from server.keys import installation_secret
from server.services.devices import KnownDevice
from server.services.note_beacon import Word, write_word
from server.services.projection import Projection
from server.services.tend import tend_now_and_then
from server.stores.push_store import SqlPushStore
from sync.push import Batch, Delivery, Outcome
from sync.push import take_in as take_in_batch


def take_in(
    device: KnownDevice, batch: Batch, word: Word | None = None, *, via: str = "https"
) -> Outcome:
    """Store and judge a batch of events. Raises Busy if the database could not be locked.

    word  What the phone says of itself, written in the same transaction; None if it is not here.
    via   https, or courier or qr: somebody else carried it, and `device` made it.
    """
    with transaction(device.branch_id, actor=device.officer_id, cause="push") as tx:
        projection = Projection(tx)
        store = SqlPushStore(tx, projection)
        delivery = Delivery(
            device=device.id,
            officer=device.officer_id,
            received_at_ms=tx.now_ms,
            secret=installation_secret(),
            verify=_verify,
            may_rotate=device.is_resumed and not device.is_revoked,
            via=via,
        )
        outcome = take_in_batch(store, batch, delivery)
        if word is not None:
            write_word(tx, device, word)
        projection.close()
        store.close()
    tend_now_and_then(device.branch_id)
    return outcome


def _verify(alg: str, public_key: str, data: bytes, signature: str) -> bool:
    return alg == ALGORITHM and verify(public_key, data, signature)
