"""The cashier's books as papers: journal, daily report, monthly report, over and short.

All from figures that sync/cash_reports.py has derived; nothing is added up here but totals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server.office.paper import Cell, Column, Kind, Paper, Sheet, show, total
from server.office.paper_words import Office
from server.office.runs_of_numbers import as_runs
from sync.cash_reports import CashReport, Journal, JournalLine, MonthReport, Slip
from sync.parts import PARTS

Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayExtras:
    """What a daily report says beside its figures.

    is_shut   Whether the day is closed.
    unused    (holder, first number, last number, how many) at the end of the day.
    in_field  (officer, fen, reason) of cash that was not counted when the day was closed.
    """

    is_shut: bool
    unused: tuple[tuple[str, str, str, int], ...] = ()
    in_field: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Variance:
    """Cash over or short (fen, short is negative) as it was found."""

    day: str
    kind: str
    officer: str | None
    cashier: str
    expected_fen: int | None
    counted_fen: int | None
    variance_fen: int
    cause: str


def journal_paper(office: Office, journal: Journal, slips: dict[str, Slip], month: str) -> Paper:
    """现金日记账 of a month: line by line, each day with its sums."""
    columns = (
        _column(office, "line_no", "int", 1),
        _column(office, "day", "id", 3),
        _column(office, "voucher", "id", 3),
        _column(office, "summary", "text", 6),
        _column(office, "contra", "text", 5),
        _column(office, "income", "fen", 3),
        _column(office, "outlay", "fen", 3),
        _column(office, "balance", "fen", 3),
    )
    opening: Row = (None, "", "", office.say("opening"), "", None, None, journal.opening_fen)
    month_sums = (journal.in_fen, journal.out_fen, journal.closing_fen)
    rows = list(_journal_rows(office, journal.lines, slips))
    return Paper(
        name=f"journal-{month}",
        title=office.say("journal"),
        institution=office.institution,
        branch=office.branch,
        day=office.today,
        facts=_period_facts(office, journal, month),
        sheets=(
            Sheet(
                caption="",
                columns=columns,
                rows=(opening, *(row for row, _ in rows)),
                links=("", *(link for _, link in rows)),
                foot=((None, "", "", office.say("of_month"), "", *month_sums),),
            ),
        ),
        notes=(office.say("journal_note"),),
        signed=(office.say("sign_cashier"), office.say("sign_checker")),
        wide=True,
    )


def day_paper(office: Office, report: CashReport, extras: DayExtras) -> Paper:
    """日报 of one day."""
    state = office.say("is_shut" if extras.is_shut else "is_open")
    void = "、".join(report.void) or office.say("none")
    return Paper(
        name=f"daily-{report.day}",
        title=office.say("daily"),
        institution=office.institution,
        branch=office.branch,
        day=office.today,
        facts=(
            (office.say("day"), report.day),
            (office.say("state"), state),
            (office.say("void_of_day"), void),
            (office.say("variance"), _over_short(office, report.variance_fen)),
        ),
        sheets=tuple(_day_sheets(office, report, extras)),
        signed=tuple(office.say(f"sign_{who}") for who in ("officer", "cashier", "checker")),
    )


def month_paper(office: Office, report: MonthReport) -> Paper:
    """出纳报告单 of a month (S210): opening, in, out, closing, receipts used and void."""
    return Paper(
        name=f"monthly-{report.month}",
        title=office.say("monthly"),
        institution=office.institution,
        branch=office.branch,
        day=office.today,
        facts=(
            *_period_facts(office, report.journal, report.month),
            (office.say("variance"), _over_short(office, report.variance_fen)),
        ),
        sheets=(_items(office, report.journal), _forms(office, report), _days(office, report)),
        signed=tuple(office.say(f"sign_{who}") for who in ("cashier", "checker")),
    )


def over_short_paper(
    office: Office, found: Sequence[Variance], month: str, counts: tuple[int, int]
) -> Paper:
    """长短款登记簿 of a month. counts: how many handovers there were, and how many were even."""
    columns = (
        _column(office, "day", "id", 2),
        *(_column(office, key, "text", 2) for key in ("kind", "officer", "taker")),
        *(_column(office, key, "fen", 2) for key in ("expected", "counted", "w_over", "w_short")),
        _column(office, "cause", "text", 4),
    )
    rows = tuple(_over_short_row(office, one) for one in found)
    foot = (total(office.say("total"), rows, columns),)
    empty = office.say("no_variance")
    return Paper(
        name=f"over-short-{month}",
        title=office.say("over_short"),
        institution=office.institution,
        branch=office.branch,
        day=office.today,
        facts=(
            (office.say("period"), month),
            (office.say("counts"), str(counts[0])),
            (office.say("counts_even"), str(counts[1])),
        ),
        sheets=(Sheet(caption="", columns=columns, rows=rows, foot=foot, empty=empty),),
        signed=tuple(office.say(f"sign_{who}") for who in ("cashier", "checker")),
        wide=True,
    )


def _over_short_row(office: Office, one: Variance) -> Row:
    return (
        one.day,
        office.occasion(one.kind),
        office.staff_name(one.officer) if one.officer else "",
        office.staff_name(one.cashier),
        one.expected_fen,
        one.counted_fen,
        max(one.variance_fen, 0) or None,
        max(-one.variance_fen, 0) or None,
        one.cause,
    )


def _column(office: Office, key: str, kind: Kind, share: int) -> Column:
    return Column(heading=office.say(key), kind=kind, share=share)


def _period_facts(office: Office, journal: Journal, month: str) -> tuple[tuple[str, str], ...]:
    return (
        (office.say("period"), month),
        (office.say("opening"), show("fen", journal.opening_fen)),
        (office.say("closing"), show("fen", journal.closing_fen)),
    )


def _over_short(office: Office, fen: int) -> str:
    if fen == 0:
        return office.say("even")
    return f"{office.say('w_over' if fen > 0 else 'w_short')} {show('fen', abs(fen))}"


def _journal_rows(
    office: Office, lines: Sequence[JournalLine], slips: dict[str, Slip]
) -> Iterator[tuple[Row, str]]:
    """Each line with the event that its link leads to; behind the last of a day its sums."""
    for place, line in enumerate(lines):
        row = (
            line.number,
            line.day,
            line.voucher,
            _summary(office, line, slips),
            "、".join(office.account(one) for one in line.contra),
            line.in_fen or None,
            line.out_fen or None,
            line.balance_fen,
        )
        yield row, line.slip or line.event
        if place + 1 == len(lines) or lines[place + 1].day != line.day:
            own = [one for one in lines if one.day == line.day]
            sums = (sum(one.in_fen for one in own), sum(one.out_fen for one in own))
            yield (None, line.day, "", office.say("of_day"), "", *sums, line.balance_fen), ""


def _summary(office: Office, line: JournalLine, slips: dict[str, Slip]) -> str:
    words = office.what(line.what)
    late = ""
    if line.slip:
        slip = slips[line.slip]
        words = f"{words} {office.households.get(slip.household, slip.household)} {slip.loan}"
        late = office.say("true_on", day=line.true_on) if line.true_on else ""
    else:
        note = office.notes.get(line.event, "") if line.what in ("over", "short") else ""
        words = f"{words} {note}".strip()
        late = office.say("refers_to", day=line.true_on) if line.true_on else ""
    return f"{words}（{late}）" if late else words


def _day_sheets(office: Office, report: CashReport, extras: DayExtras) -> Iterator[Sheet]:
    yield _items(office, report.journal, caption="cash_of_day")
    yield _officers(office, report)
    if report.pieces:
        yield _pieces(office, report)
    if report.deposits:
        slips = (_column(office, "bank_slip", "id", 3), _column(office, "amount", "fen", 3))
        yield Sheet(caption=office.say("deposits"), columns=slips, rows=report.deposits)
    if extras.in_field:
        columns = (
            _column(office, "officer", "text", 2),
            _column(office, "amount", "fen", 2),
            _column(office, "reason", "text", 5),
        )
        out = tuple((office.staff_name(who), fen, why) for who, fen, why in extras.in_field)
        yield Sheet(caption=office.say("still_out"), columns=columns, rows=out)
    yield Sheet(
        caption=office.say("unused"),
        columns=(
            _column(office, "holder", "text", 2),
            _column(office, "first_no", "id", 2),
            _column(office, "last_no", "id", 2),
            _column(office, "receipts", "int", 1),
        ),
        rows=tuple(
            (office.staff_name(who), first, last, n) for who, first, last, n in extras.unused
        ),
        empty=office.say("none"),
    )


def _pieces(office: Office, report: CashReport) -> Sheet:
    columns = (
        _column(office, "piece", "id", 2),
        _column(office, "how_many", "int", 2),
        _column(office, "amount", "fen", 3),
    )
    rows = tuple((show("fen", fen), n, fen * n) for fen, n in report.pieces.items())
    foot = (total(office.say("total"), rows, columns),)
    return Sheet(caption=office.say("pieces"), columns=columns, rows=rows, foot=foot)


def _officers(office: Office, report: CashReport) -> Sheet:
    columns = (
        _column(office, "officer", "text", 2),
        _column(office, "receipts", "int", 1),
        _column(office, "first_no", "id", 2),
        _column(office, "last_no", "id", 2),
        *(_column(office, part, "fen", 2) for part in PARTS),
        _column(office, "amount", "fen", 2),
    )
    rows: tuple[Row, ...] = tuple(
        (
            office.staff_name(one.officer),
            one.receipts,
            one.first,
            one.last,
            *(one.parts[part] for part in PARTS),
            one.amount_fen,
        )
        for one in report.officers
    )
    foot = (total(office.say("total"), rows, columns),)
    caption, empty = office.say("by_officer"), office.say("none")
    return Sheet(caption=caption, columns=columns, rows=rows, foot=foot, empty=empty)


def _items(office: Office, journal: Journal, caption: str = "by_item") -> Sheet:
    """Opening, each item with in and out, closing."""
    columns = (
        _column(office, "what", "text", 4),
        _column(office, "count", "int", 1),
        _column(office, "income", "fen", 2),
        _column(office, "outlay", "fen", 2),
        _column(office, "balance", "fen", 2),
    )
    rows: list[Row] = [(office.say("opening"), None, None, None, journal.opening_fen)]
    for what, (in_fen, out_fen) in journal.sums().items():
        number = sum(line.what == what for line in journal.lines)
        rows.append((office.what(what), number, in_fen or None, out_fen or None, None))
    closing: Row = (
        office.say("closing"),
        len(journal.lines),
        journal.in_fen,
        journal.out_fen,
        journal.closing_fen,
    )
    return Sheet(caption=office.say(caption), columns=columns, rows=tuple(rows), foot=(closing,))


def _forms(office: Office, report: MonthReport) -> Sheet:
    return Sheet(
        caption=office.say("forms"),
        columns=(
            _column(office, "what", "text", 2),
            _column(office, "receipts", "int", 1),
            _column(office, "numbers", "text", 8),
        ),
        rows=tuple(
            (office.say(key), len(numbers), "、".join(as_runs(numbers)) or office.say("none"))
            for key, numbers in (("used_numbers", report.used), ("void_numbers", report.void))
        ),
    )


def _days(office: Office, report: MonthReport) -> Sheet:
    return Sheet(
        caption=office.say("by_day"),
        columns=(
            _column(office, "day", "id", 2),
            _column(office, "income", "fen", 2),
            _column(office, "outlay", "fen", 2),
            _column(office, "balance", "fen", 2),
        ),
        rows=report.days,
        empty=office.say("no_lines"),
    )
