"""Which officers hear of a change, and which rows come into an officer's scope.

A service that changes something a phone can see calls one of these inside its transaction; the
tick is taken, and the feed written, when the transaction ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import func, select

from server.db import Tx
from server.tables import (
    Device,
    Feed,
    HandOver,
    Household,
    Lane,
    Loan,
    ReceiptBook,
    ReceiptRow,
    Stop,
)

_IDS_A_QUERY = 800


def touch_me(tx: Tx, *officer_ids: str) -> None:
    """The officer's own row changed: name, colleagues, settings, cash taken over."""
    for officer_id in officer_ids:
        tx.touch("me", officer_id, officer_id)


def touch_phone_holders(tx: Tx) -> None:
    """A phone came, went or changed its key: everybody with a phone hears of it."""
    phones = select(Device.officer_id).where(Device.branch_id == tx.branch_id)
    touch_me(tx, *sorted(set(tx.session.scalars(phones.where(Device.status == "active")))))


def touch_hand(tx: Tx, *officer_ids: str) -> None:
    """Cash came into a hand, or left it: who has several phones hears what all hold together."""
    for officer_id in sorted(set(officer_ids)):
        lanes = select(func.count()).select_from(Lane)
        own = (Lane.branch_id == tx.branch_id, Lane.officer_id == officer_id)
        if (tx.session.scalar(lanes.where(*own)) or 0) > 1:
            touch_me(tx, officer_id)


def touch_household(tx: Tx, *household_ids: str) -> None:
    """Households changed (their state, their name): tell every officer who holds them."""
    _touch(tx, "household", household_ids)


def touch_loan(tx: Tx, *loan_ids: str) -> None:
    """Loans changed (balance, limitation): tell every officer who holds them."""
    _touch(tx, "loan", loan_ids)


def touch_book(tx: Tx, book: ReceiptBook) -> None:
    """A receipt book was issued or changed its state: tell its holder."""
    tx.touch("book", book.id, book.holder_id)


def touch_slips(tx: Tx, *slips: ReceiptRow) -> None:
    """How a receipt stands has changed, or a photo of it came: the row of its book says so.

    Every service that changes the state of a receipt, its count or its posting calls this.
    """
    touch_marks(tx, *(slip.book_id for slip in slips if slip.book_id is not None))


def touch_marks(tx: Tx, *book_ids: str) -> None:
    """The marks of books changed: tell every officer who holds them."""
    _touch(tx, "book", book_ids)


def publish_stops(tx: Tx, officer_id: str, stops: Iterable[Stop]) -> None:
    """Put stops into an officer's scope, with their households, loans and villages."""
    given = list(stops)
    for stop in given:
        tx.touch("stop", stop.id, officer_id)
    household_ids = {stop.household_id for stop in given}
    touch_household(tx, *household_ids)  # its state counts from its latest sweep
    publish_households(tx, officer_id, household_ids)
    touch_me(tx, officer_id)


def publish_households(tx: Tx, officer_id: str, household_ids: Iterable[str]) -> None:
    """Put households into an officer's scope, with their loans and villages, changed or not."""
    ids = set(household_ids)
    for household in _households(tx, ids):
        tx.touch("household", household.id, officer_id)
        if household.village_id is not None:
            tx.touch("village", household.village_id, officer_id)
    for loan_id in _loan_ids(tx, ids):
        tx.touch("loan", loan_id, officer_id)


def touch_hand_overs(tx: Tx, household_ids: Iterable[str], still_open: Iterable[HandOver]) -> None:
    """What is uncertain about households changed: tell those who have taken them over.

    Nobody is told that his own former phone may hold something.
    """
    open_ones = list(still_open)
    for eid, officer_ids in _holders(tx, "handover", household_ids).items():
        givers = {row.from_officer_id for row in open_ones if row.household_id == eid}
        for officer_id in officer_ids:
            is_uncertain = bool(givers - {officer_id})
            (tx.touch if is_uncertain else tx.evict)("handover", eid, officer_id)


def _touch(tx: Tx, etype: str, ids: Iterable[str]) -> None:
    for eid, officer_ids in _holders(tx, etype, ids).items():
        tx.touch(etype, eid, *officer_ids)


def _holders(tx: Tx, etype: str, ids: Iterable[str]) -> dict[str, list[str]]:
    """For each row: the officers whose phones hold it."""
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for chunk in _chunks(ids):
        rows = tx.session.execute(
            select(Feed.eid, Feed.officer_id).where(
                Feed.branch_id == tx.branch_id,
                Feed.etype == etype,
                Feed.op == "upsert",
                Feed.eid.in_(chunk),
            )
        )
        for row in rows:
            holders[row.eid].append(row.officer_id)
    return holders


def _households(tx: Tx, ids: Iterable[str]) -> list[Household]:
    found: list[Household] = []
    for chunk in _chunks(ids):
        found += tx.session.scalars(
            select(Household).where(Household.branch_id == tx.branch_id, Household.id.in_(chunk))
        )
    return found


def _loan_ids(tx: Tx, household_ids: Iterable[str]) -> list[str]:
    found: list[str] = []
    for chunk in _chunks(household_ids):
        found += tx.session.scalars(
            select(Loan.id).where(
                Loan.branch_id == tx.branch_id, Loan.household_id.in_(chunk), Loan.state == "open"
            )
        )
    return found


def _chunks(ids: Iterable[str]) -> Iterable[list[str]]:
    every = sorted(set(ids))
    return (every[start : start + _IDS_A_QUERY] for start in range(0, len(every), _IDS_A_QUERY))
