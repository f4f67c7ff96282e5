"""The whole verification of one export, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sync.verify.chains import check_chains, check_keys, check_seal, check_signatures, signing_key
from sync.verify.counts import check_count_rows, counts_of
from sync.verify.credit import check_credit
from sync.verify.custody import check_counts, check_custody, check_handings
from sync.verify.days import check_closes, check_daily, days_of
from sync.verify.findings import Findings
from sync.verify.handings import handings_of
from sync.verify.months import check_months
from sync.verify.numbers import books_of, check_books, check_numbers, check_order
from sync.verify.reading import read_export
from sync.verify.reports import check_attachments, check_reports
from sync.verify.rules import check_accounts, check_legs
from sync.verify.slips import check_rows, slips_of
from sync.verify.verdicts import check_verdicts
from sync.verify.world import World

_UNREADABLE = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came out. key is the fingerprint of the key that sealed it, or None."""

    findings: Findings
    key: str | None
    counters: dict[str, int]

    @property
    def holds(self) -> bool:
        """True only if nothing at all is broken."""
        return not self.findings.breaks

    def to_json(self) -> dict[str, object]:
        """As `--json` prints it."""
        return {
            "holds": self.holds,
            "key": self.key,
            "counters": self.counters,
            "breaks_total": len(self.findings.breaks),
            "breaks": [one.to_json() for one in self.findings.told()],
            "open": [one.to_json() for one in self.findings.open],
        }


def verify_export(path: Path, key: str | None = None) -> Answer:
    """Check everything that can be checked in an export, and never stop at the first break.

    key  The fingerprint of the office's key, as the auditor was given it from elsewhere. Without
         it an export that was made up as a whole, with a key of its own, holds too.

    Raises OSError if the file cannot be read.
    """
    return verified_world(path, key)[0]


def verified_world(path: Path, key: str | None = None) -> tuple[Answer, World]:
    """The same answer, and what the export says, for whoever goes on with it."""
    findings = Findings()
    world = read_export(path, findings)
    check_seal(world, key)
    for check in _CHECKS:
        try:
            check(world)
        except _UNREADABLE:  # a forger's file must never end in anything but a no
            findings.broken("check_failed", rule=check.__name__.strip("_"))
    mark = next(signing_key(world), None)
    return Answer(findings=findings, key=mark, counters=_counters(world)), world


def _check_cash(world: World) -> None:
    handings, counts = handings_of(world), counts_of(world)
    slips = slips_of(world, handings)
    check_rows(world, slips)
    unsettled = check_handings(world, slips, handings)
    check_custody(world, slips, unsettled)
    check_counts(world, slips, counts, unsettled)
    check_count_rows(world, counts)
    books = books_of(world)
    check_books(world, books)
    check_numbers(world, slips, books)
    check_order(world, books)
    days = days_of(world, counts)
    check_closes(world, days)
    check_daily(world, days)
    check_months(world, slips)
    check_reports(world, slips)
    check_attachments(world)


_CHECKS: tuple[Callable[[World], object], ...] = (
    check_chains,
    check_signatures,
    check_keys,
    check_verdicts,
    check_legs,
    check_accounts,
    check_credit,
    _check_cash,
)


def _counters(world: World) -> dict[str, int]:
    return {
        "lines": world.lines,
        "lanes": len(world.rows["lane"]),
        "events": len(world.events),
        "legs": sum(len(event.legs) for event in world.events.values()),
        "accounts": len(world.rows["account"]),
        "receipts": len(world.of_kind("cash.receipt")),
        "reports": len(world.rows["report"]),
        **world.counters,
    }
