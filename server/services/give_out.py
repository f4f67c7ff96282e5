"""Give out the officer's feed, and the anchor that proves what a phone could know."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import snapshot
from server.keys import installation_secret
from server.services import hand_overs
from server.services.devices import KnownDevice
from server.services.rewound import end_rewound_epoch
from server.services.rows import build_rows
from server.stores.pull_store import Scope, SqlPullStore
from server.tables import Lane
from sync.anchor import anchor_mac
from sync.pull import PROJECTIONS, Page, Reader, Wish
from sync.pull import give_out as give_out_page

PREFIXES = ("head_seq", "head_hash", "archived_seq", "settled_seq", "settled_hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One snapshot's answer: the history, its newest tick, and a page if one was asked for.

    error  Why there is none although one was asked for: a code of sync.problems.
    lanes  Every lane of the device: where its prefixes end (head, archived, settled).
    """

    epoch: str
    tick: int
    anchor_mac: str
    page: Page | None
    lanes: list[dict[str, object]]
    error: str | None = None


def give_out(device: KnownDevice, wish: Wish | None) -> Given:
    """Read one snapshot for a device; without a wish only the epoch and the anchor.

    A revoked device gets no page, nor one whose build reads rows of another shape. What the phone
    has proved by its cursor may change what is so: then it is written, and read once more.
    """
    given, is_news = _read(device, wish)
    if given.page is not None and given.page.is_rewound:
        end_rewound_epoch(device, epoch=given.epoch, tick=given.tick)
        given, is_news = _read(device, wish)
    if given.page is not None and is_news:
        hand_overs.take_note(device, given.page.seen)
        given, _ = _read(device, wish)
    return given


def _read(device: KnownDevice, wish: Wish | None) -> tuple[Given, bool]:
    """One snapshot's answer; and whether an open hand-over has to hear of this phone."""
    error = _refusal(device, wish) if wish else None
    secret = installation_secret()
    reader = Reader(branch=device.branch_id, officer=device.officer_id, secret=secret)
    with snapshot() as session:
        store = SqlPullStore(Scope(session, device.branch_id, device.officer_id), build_rows)
        epoch, tick = store.epoch(), store.tick()
        page = give_out_page(store, reader, wish) if wish and error is None else None
        lanes = lanes_of(session, device)
        is_news = page is not None and hand_overs.is_news(session, device, page.seen)
    mac = anchor_mac(secret, device.id, tick)
    given = Given(epoch=epoch, tick=tick, anchor_mac=mac, page=page, lanes=lanes, error=error)
    return given, is_news


def lanes_of(session: Session, device: KnownDevice) -> list[dict[str, object]]:
    """The lanes of a device as an answer tells them."""
    rows = session.scalars(
        select(Lane)
        .where(Lane.branch_id == device.branch_id, Lane.device_id == device.id)
        .order_by(Lane.id)
    )
    return [{"lane": row.id, **{name: getattr(row, name) for name in PREFIXES}} for row in rows]


def _refusal(device: KnownDevice, wish: Wish) -> str | None:
    if device.is_revoked:
        return "device_revoked"
    return None if wish.projection in PROJECTIONS else "projection_unknown"
