"""The cashier's books from legs and receipts alone: journal, day, month (U35, S209, S210).

Method: the golden week's cash days as movements written by hand; then random months, of which the
balance after each line must be the sum of all legs so far, however the movements are given.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sync.books import Leg, count_legs, deposit_legs, handover_legs
from sync.cash_reports import CashReport, Movement, Slip, day_report, journal, month_report

DAY_MS = 24 * 60 * 60_000
MONTH = ("2026-03-01", "2026-03-31")


def day(n: int) -> str:
    return f"2026-03-{n:02d}"


def slip(number: int, fen: int, taken: int, **changes: Any) -> Slip:
    values: dict[str, Any] = {
        "event": f"r{number}",
        "number": f"SJ{number:06d}",
        "officer": "officer-1",
        "loan": f"L-{number}",
        "household": f"W{number}",
        "method": "cash",
        "state": "applied",
        "amount_fen": fen,
        "parts": {"principal": fen - 100, "interest": 100, "penalty": 0, "cost": 0},
        "taken_on": day(taken),
        "arrived_on": day(taken),
    }
    return Slip(**values | changes)


def moved(n: int, on: int, kind: str, legs: tuple[Leg, ...], **body: object) -> Movement:
    at_ms = on * DAY_MS + n
    return Movement(
        event=f"{n:08x}{'0' * 56}",
        kind=kind,
        at_ms=at_ms,
        seq=n,
        value_on=day(on),
        recorded_on=day(on),
        legs=legs,
        body=body,
    )


def count(n: int, on: int, fen: int, counted: int, *receipts: str) -> Movement:
    legs = count_legs("officer-1", fen, counted)
    return moved(
        n,
        on,
        "cash.counted",
        legs,
        receipts=list(receipts),
        denominations={"1000": counted // 1000},
    )


def deposit(n: int, on: int, fen: int) -> Movement:
    return moved(n, on, "cash.deposited", deposit_legs(fen), slip_no=f"JK-{on}")


SLIPS = {
    one.event: one
    for one in (
        slip(101, 700_00, 2),
        slip(102, 400_00, 3),
        slip(103, 600_00, 5),
        slip(104, 570_00, 5),
        slip(105, 380_00, 6),
    )
}
WEEK = (
    count(1, 2, 700_00, 700_00, "r101"),
    deposit(2, 2, 700_00),
    count(3, 3, 400_00, 400_00, "r102"),
    deposit(4, 3, 400_00),
    count(5, 5, 1170_00, 1160_00, "r103", "r104"),
    deposit(6, 5, 1160_00),
    count(7, 6, 380_00, 380_00, "r105"),
    deposit(8, 6, 380_00),
)


def thursday() -> CashReport:
    return day_report(WEEK, SLIPS, {}, day(5))


def test_it_writes_a_line_for_each_receipt_and_none_for_a_net() -> None:
    lines = thursday().journal.lines

    assert [(one.what, one.voucher, one.in_fen, one.out_fen, one.balance_fen) for one in lines] == [
        ("receipt", "SJ000103", 600_00, 0, 600_00),
        ("receipt", "SJ000104", 570_00, 0, 1170_00),
        ("short", "00000005", 0, 10_00, 1160_00),
        ("deposit", "JK-5", 0, 1160_00, 0),
    ]
    assert lines[0].contra == ("hand:officer-1",) and lines[2].contra == ("over_short",)
    assert [one.number for one in lines] == [1, 2, 3, 4]


def test_it_gives_the_figures_of_a_day() -> None:
    report = thursday()

    [officer] = report.officers
    assert (officer.first, officer.last, officer.receipts) == ("SJ000103", "SJ000104", 2)
    assert officer.amount_fen == sum(officer.parts.values()) == 1170_00
    assert report.variance_fen == -10_00
    assert report.pieces == {1000: 116}
    assert report.deposits == (("JK-5", 1160_00),)
    assert (report.journal.opening_fen, report.journal.closing_fen) == (0, 0)


def test_it_gives_the_figures_of_a_month() -> None:
    report = month_report(WEEK, SLIPS, {}, "2026-03")

    assert (report.journal.in_fen, report.journal.out_fen) == (2650_00, 2650_00)
    assert report.variance_fen == -10_00
    assert report.used == tuple(f"SJ{n:06d}" for n in range(101, 106))
    assert report.days[2] == (day(5), 1170_00, 1170_00, 0)
    assert report.journal.sums() == {
        "receipt": (2650_00, 0),
        "deposit": (0, 2640_00),
        "short": (0, 10_00),
    }
    assert month_report(WEEK, SLIPS, {}, "2026-04").journal.lines == ()


def test_it_counts_a_void_in_the_month_of_the_void() -> None:
    slips = SLIPS | {"r106": slip(106, 5_00, 31, state="voided", voided_on="2026-04-01")}

    assert month_report((), slips, {}, "2026-03").void == ()
    assert month_report((), slips, {}, "2026-04").void == ("SJ000106",)
    assert day_report((), slips, {}, "2026-04-01").void == ("SJ000106",)


def test_it_refers_to_the_true_date_of_a_late_receipt() -> None:
    late = {"r101": slip(101, 700_00, 2, arrived_on=day(4))}
    [line] = journal([count(1, 4, 700_00, 700_00, "r101")], late, {}, MONTH).lines

    assert (line.day, line.true_on) == (day(4), day(2))


def test_it_books_today_what_bears_a_closed_day() -> None:
    back_dated = Movement(
        event="a" * 64,
        kind="credit.refunded",
        at_ms=6 * DAY_MS,
        seq=9,
        value_on=day(5),
        recorded_on=day(6),
        legs=(Leg("credit:L-1", 5_00), Leg("vault", -5_00)),
    )
    shut = {day(5): 5 * DAY_MS + 100}

    before = day_report(WEEK, SLIPS, shut, day(5)).journal
    after = day_report([*WEEK, back_dated], SLIPS, shut, day(5)).journal
    line = day_report([*WEEK, back_dated], SLIPS, shut, day(6)).journal.lines[0]

    assert before == after
    assert (line.what, line.day, line.true_on) == ("credit.refunded", day(6), day(5))
    assert (line.voucher, line.out_fen, line.contra) == ("A" * 8, 5_00, ("credit:L-1",))


def test_it_shows_cash_that_no_receipt_explains() -> None:
    book = journal([count(1, 2, 750_00, 755_00, "r101", "unknown")], SLIPS, {}, MONTH)

    assert [(one.what, one.in_fen) for one in book.lines] == [
        ("receipt", 700_00),
        ("unlisted", 50_00),
        ("over", 5_00),
    ]


def test_it_leaves_out_what_was_not_paid_in_cash() -> None:
    slips = SLIPS | {"r9": slip(9, 99_00, 2, method="transfer")}
    report = day_report([count(1, 2, 700_00, 700_00, "r101", "r9")], slips, {}, day(2))

    assert [one.voucher for one in report.journal.lines] == ["SJ000101"]
    assert report.officers[0].receipts == 1


def test_it_writes_a_handover_in_person_receipt_by_receipt() -> None:
    legs = handover_legs(
        "officer-1", {"expected_fen": 1170_00, "amount_fen": 1160_00, "into": "vault"}, "cashier-1"
    )
    taken = moved(1, 5, "custody.taken", legs, denominations={"10000": 11, "5000": 1, "1000": 1})
    slips = {
        "r103": slip(103, 600_00, 5, counted_by=taken.event),
        "r104": slip(104, 560_00, 4, counted_by=taken.event),
        "r105": slip(105, 10_00, 5, counted_by=taken.event, arrived_on=day(6)),
    }
    report = day_report([taken], slips, {}, day(5))

    assert [(one.what, one.voucher, one.in_fen, one.out_fen) for one in report.journal.lines] == [
        ("receipt", "SJ000103", 600_00, 0),
        ("receipt", "SJ000104", 560_00, 0),
        ("unlisted", "00000001", 10_00, 0),
        ("short", "00000001", 0, 10_00),
    ]
    assert report.pieces == {10000: 11, 5000: 1, 1000: 1}
    assert report.officers[0].receipts == 2


amounts = st.integers(1, 9_000)
acts = st.lists(st.tuples(st.integers(1, 31), amounts, st.integers(-5, 5)), max_size=20)


@given(acts, st.randoms())
def test_it_balances_after_every_line_in_any_order_given(
    drawn: list[tuple[int, int, int]], random: Any
) -> None:
    drawn.sort()
    slips = {f"r{n}": slip(n, fen, on) for n, (on, fen, _) in enumerate(drawn)}
    movements = [
        count(n, on, fen, max(0, fen + off), f"r{n}") for n, (on, fen, off) in enumerate(drawn)
    ]
    shuffled = random.sample(movements, len(movements))
    book = journal(shuffled, slips, {}, MONTH)

    assert book == journal(movements, slips, {}, MONTH)
    total = sum(leg.amount_fen for one in movements for leg in one.legs if leg.account == "vault")
    assert book.closing_fen == total
    assert all(bool(one.in_fen) != bool(one.out_fen) for one in book.lines)
    balance = 0
    for line in book.lines:
        balance += line.in_fen - line.out_fen
        assert line.balance_fen == balance
    days = [day_report(movements, slips, {}, day(n)).journal for n in range(1, 32)]
    assert sum(one.in_fen for one in days) == book.in_fen
    assert days[-1].closing_fen == book.closing_fen
