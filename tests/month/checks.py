"""What must hold on every evening of a month, asked of the database and compared with the model."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import func, select

from server.db import snapshot
from server.services.check_history import check_history
from server.services.list_books import books
from server.tables import CashCount, DayClose, LedgerLeg, ReceiptRow
from tests.month.model import Model
from tests.month.office import PARTS, Slip
from tests.month.player import Player
from tests.small_bank import BRANCH, Bank

# Of several slips with one number the most valid one says what the number is.
WORTH = ("used", "doubted", "void")


def check_evening(player: Player, model: Model) -> None:
    """All of it."""
    check_sums(player.bank)
    check_accounts(player.bank, model)
    check_credit(player.bank, model)
    check_custody(player, model)
    check_books(player.bank, model)
    check_days(player.bank, model)


def check_sums(bank: Bank) -> None:
    """The legs of every event sum to zero, and so do all."""
    total = func.sum(LedgerLeg.amount_fen)
    wrong = select(LedgerLeg.event_hash).group_by(LedgerLeg.event_hash).having(total != 0)
    assert bank.query(wrong) == [], "the legs of these events do not sum to zero"
    assert bank.query(select(total)) == [(0,)]


def check_accounts(bank: Bank, model: Model) -> None:
    """Every account has what the model has."""
    held, expected = booked(bank), model.balances()
    differs = {
        name: (held.get(name, 0), expected.get(name, 0))
        for name in held.keys() | expected.keys()
        if held.get(name, 0) != expected.get(name, 0)
    }
    assert not differs, f"account: (ledger, model) {differs}"


def booked(bank: Bank) -> dict[str, int]:
    """The accounts that somebody moved, without those that follow from them."""
    return {name: fen for name, fen in bank.balances().items() if not _follows(name)}


def _follows(account: str) -> bool:
    return account.startswith("credit:") or account.endswith((":over", ":kept"))


def check_credit(bank: Bank, model: Model) -> None:
    """What lies below zero on a loan is its borrower's, with what the core system has kept."""
    held, office = bank.balances(), model.office
    for loan in office.loans:
        parts = {part: held.get(f"loan:{loan}:{part}", 0) for part in PARTS}
        if loan not in office.named and parts["interest"] < 0:
            parts["interest"] = 0
        over, kept = (held.get(f"loan:{loan}:{name}", 0) for name in ("over", "kept"))
        assert over == max(0, -sum(parts.values())), loan
        assert kept >= 0
        assert held.get(f"credit:{loan}", 0) == -over - kept, loan
    assert not any(_follows(name) and name.split(":")[1] not in office.loans for name in held)


def check_custody(player: Player, model: Model) -> None:
    """Every slip that arrived is there once, in the state of the model; the cash is where it says.

    The hand of each officer is the sum of the slips that are with her; all slips together are in
    hands, in the vault, at the bank, or missing.
    """
    rows = player.bank.rows(ReceiptRow)
    states = {row.event_hash: state_of(row) for row in rows}
    names = {event.hash: name for name, event in player.slips.items()}
    assert {names[each]: state for each, state in states.items()} == {
        name: slip.custody for name, slip in model.office.slips.items()
    }
    assert len(states) == len(rows)
    with_officer: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        if row.state != "voided" and row.counted_by is None:
            with_officer[f"hand:{row.handed_to or row.officer_id}"] += row.amount_fen
    held = player.bank.balances()
    hands = {name: fen for name, fen in held.items() if name.startswith("hand:")}
    if not model.office.offers:  # a handover may have been short, and its count forgotten
        assert hands == {name: fen for name, fen in with_officer.items() if fen}
    standing = sum(row.amount_fen for row in rows if row.state != "voided")
    apart = sum(held.get(name, 0) for name in ("vault", "bank", "over_short"))
    assert sum(hands.values()) + apart == standing, "cash that was taken is somewhere"


def state_of(row: ReceiptRow) -> str:
    """The one custody state of a row."""
    if row.state == "voided":
        return "void"
    if row.counted_by is not None:
        return "counted"
    is_doubted = row.state == "quarantined"
    return f"{'doubted' if is_doubted else 'with'}:{row.handed_to or row.officer_id}"


def check_books(bank: Bank, model: Model) -> None:
    """Of every book: used, void, doubted, unused, and each hole by its number."""
    with bank.app.app_context():
        lines = {line.first: line for line in books(BRANCH)}
    assert len(lines) == len(model.office.books)
    for book in model.office.books:
        line = lines[f"SJ{book['from']:06}"]
        holes = model.holes(book)
        states = number_states(model.office.slips.values(), book)
        told = {"used": line.used, "void": line.void, "doubted": line.doubted}
        assert told == {name: list(states.values()).count(name) for name in told}, line
        assert list(line.missing) == holes, f"{line.id}: {line.missing}, not {holes}"
        explained = [number for number in holes if number in model.office.explained]
        assert list(line.explained) == explained
        assert line.unused == line.total - len(states) - len(holes)


def number_states(slips: object, book: dict[str, int]) -> dict[str, str]:
    """Number of the book -> used, doubted or void, by the most valid slip that bears it."""
    found: dict[str, str] = {}
    for slip in list(slips):  # type: ignore[call-overload]
        assert isinstance(slip, Slip)
        state = "void" if slip.is_void else "doubted" if slip.doubt else "used"
        digits = slip.number.removeprefix("SJ")
        if digits.isdecimal() and book["from"] <= int(digits) <= book["to"]:
            known = found.get(slip.number, state)
            found[slip.number] = min(known, state, key=WORTH.index)
    return found


def check_days(bank: Bank, model: Model) -> None:
    """Counts and closed days say what the model says."""
    counts = sorted(
        (row.officer_id, row.day, row.expected_fen, row.counted_fen, row.variance_fen)
        for row in bank.rows(CashCount)
    )
    expected = sorted(
        (
            each["officer"],
            each["day"],
            each["expected"],
            each["counted"],
            each["counted"] - each["expected"],
        )
        for each in model.office.counts
    )
    assert counts == expected, f"{counts}, not {expected}"
    closes = {
        row.day: {
            "receipts": row.receipts_fen,
            "counted": row.counted_fen,
            "deposited": row.deposited_fen,
        }
        for row in bank.rows(DayClose)
    }
    assert closes == model.office.closes, f"{closes}, not {model.office.closes}"


def check_history_is_clean(bank: Bank) -> None:
    """What the server finds when it checks its own history: nothing."""
    with bank.app.app_context(), snapshot() as session:
        assert [str(finding) for finding in check_history(session)] == []
