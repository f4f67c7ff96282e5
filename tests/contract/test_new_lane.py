"""A phone whose memory went back begins a new lane, over every Store (protocol, section 9; I18).

Method: a lane forks, or is given up; the first event of a new one names it. Who may do that, what
becomes of the receipt book, and that nothing of the old lane is lost, is compared.
"""

from __future__ import annotations

from typing import Any

import pytest

from sync.receipts import Book
from sync.testing import DEVICES, LANES, OFFICERS, Bench, Pen, deliver, hand, verdicts

NEW = "9f" * 16


def opening(who: int = 0, **changes: Any) -> dict[str, Any]:
    body = {
        "device": DEVICES[who],
        "code": "-",
        "key_alg": "ES256",
        "replaces": LANES[who],
    }
    return {**body, **changes}


def new_lane(who: int = 0, **changes: Any) -> Pen:
    """The pen of a phone that begins a new lane; its numbers go on behind what was used."""
    pen = Pen(who)
    pen.lane = NEW
    pen.write("lane.opened", opening(who, **changes))
    return pen


def test_it_makes_the_lane_and_goes_on_in_it(bench: Bench) -> None:
    old = Pen()
    old.receipt(100_00)
    old.receipt(200_00)
    deliver(bench, old.batch())
    pen = new_lane()
    pen.numbers = 2
    pen.receipt(50_00)

    outcome = deliver(bench, pen.batch())

    assert verdicts(outcome) == ["applied", "applied"]
    assert outcome.head is not None and outcome.head.hash == pen.log[1].hash
    assert hand(bench) == 350_00
    with bench.transaction() as store:
        lane = store.lane(NEW)
        assert lane is not None
        assert (lane.device, lane.officer) == (DEVICES[0], OFFICERS[0])
        assert [key.public_key for key in lane.keys] == ["key-1"]


def test_it_divides_the_book_where_the_known_numbers_end(bench: Bench) -> None:
    old = Pen()
    old.receipt(100_00)
    old.receipt(200_00, receipt_no="SJ000104")
    deliver(bench, old.batch())
    deliver(bench, new_lane().batch())

    with bench.transaction() as store:
        taken = [n for n in range(99, 153) if store.has_number(NEW, f"SJ{n:06d}")]
        known = [n for n in range(99, 153) if store.has_number(LANES[0], f"SJ{n:06d}")]
    assert taken == list(range(105, 151))
    assert known == list(range(101, 151))  # what the old memory used after that is still good


def test_it_still_takes_what_the_old_lane_had_not_sent(bench: Bench) -> None:
    old = Pen()
    old.receipt(100_00)
    old.receipt(200_00)
    deliver(bench, old.batch(1, 1))
    deliver(bench, new_lane().batch())

    assert verdicts(deliver(bench, old.batch())) == ["duplicate", "applied"]
    # The number was on the way: the same number in the new lane is the second slip of it.
    pen = new_lane()
    pen.numbers = 1
    pen.receipt(70_00)
    assert verdicts(deliver(bench, pen.batch()))[1] == "quarantined:receipt_no_collision"
    assert hand(bench) == 370_00


def test_it_keeps_both_events_of_a_forked_place_and_shows_both(bench: Bench) -> None:
    old = Pen()
    old.visit("ab" * 16)
    old.receipt(100_00)
    fork = old.fork(1)
    fork.receipt(250_00, receipt_no="SJ000120")
    deliver(bench, old.batch())

    outcome = deliver(bench, fork.batch(2))
    deliver(bench, new_lane().batch())

    assert verdicts(outcome) == ["applied"]
    assert outcome.results[0].verdict.risk == "fork"
    assert outcome.head is not None and outcome.head.hash == old.log[1].hash
    with bench.transaction() as store:
        both = [store.find(event.hash) for event in (old.log[1], fork.log[1])]
    assert [each.event.seq if each else None for each in both] == [2, 2]
    assert hand(bench) == 350_00


def test_it_signs_in_the_new_lane_with_the_newest_key(bench: Bench) -> None:
    old = Pen()
    old.visit("ab" * 16)
    old.rotate("key-1b")
    deliver(bench, old.batch(new_key="key-1b"), may_rotate=True)
    pen = Pen()
    pen.lane, pen.key = NEW, "key-1b"
    pen.write("lane.opened", opening())
    pen.receipt(100_00)

    assert verdicts(deliver(bench, pen.batch())) == ["applied", "applied"]


def test_it_lets_a_key_change_in_the_new_lane(bench: Bench) -> None:
    pen = new_lane()
    deliver(bench, pen.batch())
    pen.rotate("key-1c")
    pen.receipt(100_00)

    outcome = deliver(bench, pen.batch(2, new_key="key-1c"), may_rotate=True)

    assert verdicts(outcome) == ["applied", "applied"]
    old = Pen()
    old.receipt(50_00, receipt_no="SJ000149")
    assert verdicts(deliver(bench, old.batch()))[0] != "quarantined:bad_signature"


@pytest.mark.parametrize(
    ("changes", "sender"),
    [
        ({"replaces": None}, 0),  # no lane is given up
        ({"replaces": "77" * 16}, 0),  # nobody has that lane
        ({"replaces": LANES[1]}, 0),  # it is another's
        ({"device": DEVICES[1]}, 0),  # he says that he is another
        ({"device": DEVICES[1], "replaces": LANES[1]}, 1),  # signed by the wrong phone
    ],
)
def test_it_makes_no_lane_for_anybody_else(
    bench: Bench, changes: dict[str, Any], sender: int
) -> None:
    pen = new_lane(**changes)
    pen.receipt(100_00)

    outcome = deliver(bench, pen.batch(), sender=sender)

    assert verdicts(outcome) == ["quarantined:bad_signature"] * 2
    assert outcome.head is None and hand(bench, sender) == 100_00
    with bench.transaction() as store:
        assert store.lane(NEW) is None


def test_it_makes_no_lane_of_a_later_piece_but_takes_that_piece_afterwards(bench: Bench) -> None:
    pen = new_lane()
    pen.numbers = 3
    pen.receipt(100_00)
    assert verdicts(deliver(bench, pen.batch(2))) == ["quarantined:bad_signature"]

    deliver(bench, pen.batch(1, 1))
    outcome = deliver(bench, pen.batch(2))

    assert verdicts(outcome) == ["applied"]
    assert outcome.head is not None and outcome.head.seq == 2
    assert hand(bench) == 100_00 and "suspense" not in bench.balances()


def test_it_makes_the_lane_of_a_revoked_phone_and_leaves_its_book_alone(bench: Bench) -> None:
    bench.revoke()
    pen = new_lane()
    pen.numbers = 0
    pen.receipt(100_00)

    assert verdicts(deliver(bench, pen.batch())) == ["quarantined:revoked_device"] * 2
    with bench.transaction() as store:
        assert store.lane(NEW) is not None
        assert not store.has_number(NEW, "SJ000101")
        assert store.has_number(LANES[0], "SJ000101")
    assert hand(bench) == 100_00


def test_it_divides_books_so_that_no_number_is_in_two() -> None:
    book = Book("SJ", 101, 150, 6)

    assert book.split([]) == (None, book)
    assert book.split(["SJ000150"]) == (book, None)
    assert book.split(["SJ000103", "SJ000107", "XX000149"]) == (
        Book("SJ", 101, 107, 6),
        Book("SJ", 108, 150, 6),
    )
