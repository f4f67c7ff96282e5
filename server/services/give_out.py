"""Give out the officer's feed, and the anchor that proves what a phone could know."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from server.db import snapshot
from server.keys import installation_secret
from server.services.devices import KnownDevice
from server.services.rows import build_rows
from server.stores.pull_store import Scope, SqlPullStore
from sync.anchor import anchor_mac
from sync.pull import PROJECTIONS, Page, Reader, Wish
from sync.pull import give_out as give_out_page

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One snapshot's answer: the history, its newest tick, and a page if one was asked for.

    error  Why there is none although one was asked for: a code of sync.problems.
    """

    epoch: str
    tick: int
    anchor_mac: str
    page: Page | None
    error: str | None = None


def give_out(device: KnownDevice, wish: Wish | None) -> Given:
    """Read one snapshot for a device; without a wish only the epoch and the anchor.

    A revoked device gets no page, nor one whose build reads rows of another shape.
    """
    error = _refusal(device, wish) if wish else None
    secret = installation_secret()
    reader = Reader(branch=device.branch_id, officer=device.officer_id, secret=secret)
    with snapshot() as session:
        store = SqlPullStore(Scope(session, device.branch_id, device.officer_id), build_rows)
        epoch, tick = store.epoch(), store.tick()
        page = give_out_page(store, reader, wish) if wish and error is None else None
    if page is not None and page.is_rewound:
        log.error("device %s has seen a tick beyond %s of epoch %s", device.id, tick, epoch)
    mac = anchor_mac(secret, device.id, tick)
    return Given(epoch=epoch, tick=tick, anchor_mac=mac, page=page, error=error)


def _refusal(device: KnownDevice, wish: Wish) -> str | None:
    if device.is_revoked:
        return "device_revoked"
    return None if wish.projection in PROJECTIONS else "projection_unknown"
