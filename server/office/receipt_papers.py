"""Receipts as papers: the register of every number, and the recovery sheet of a collector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.office.paper import Cell, Column, Paper, Sheet, total
from server.office.paper_words import Office
from server.office.runs_of_numbers import as_runs
from sync.parts import PARTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One number of a book, or of none, with the receipt that used it if there is one.

    state  applied, voided, quarantined; missing, explained; unused, suspended, returned.
    """

    number: str
    holder: str
    state: str
    event: str = ""
    taken_on: str = ""
    household: str = ""
    loan: str = ""
    loan_on: str = ""
    parts: tuple[int, ...] = ()
    amount_fen: int | None = None
    counted_on: str = ""
    posted_on: str = ""


def register_paper(office: Office, books: Sequence[Entry], others: Sequence[Entry]) -> Paper:
    """收据登记簿: every number of every book with its state. Numbers alike stand in one row.

    others  Receipts whose number is in no book: kept, and to be verified.
    """
    return Paper(
        name="register",
        title=office.say("register"),
        institution=office.institution,
        branch=office.branch,
        day=office.today,
        facts=(
            (office.say("as_of"), office.today),
            *((office.say(f"s_{state}"), str(n)) for state, n in _counted(books).items()),
        ),
        sheets=(
            _register(office, "all_numbers", books),
            *([_register(office, "no_book", others)] if others else []),
        ),
        signed=tuple(office.say(f"sign_{who}") for who in ("cashier", "checker")),
        wide=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetHead:
    """Whose recovery sheet it is and under which number. corrects: the sheet that it replaces."""

    number: str
    month: str
    collector: str
    prepared_by: str
    prepared_on: str
    corrects: str | None = None


def recovery_paper(office: Office, head: SheetHead, entries: Sequence[Entry]) -> Paper:
    """收回信息单 of one collector and month (S167): facts of recovery, no pay and no rate."""
    valid = [one for one in entries if one.state == "applied"]
    other = [one for one in entries if one.state != "applied"]
    facts = [
        (office.say("number"), head.number),
        (office.say("period"), head.month),
        (office.say("collector"), office.staff_name(head.collector)),
        (office.say("sign_maker"), f"{office.staff_name(head.prepared_by)} {head.prepared_on}"),
    ]
    if head.corrects:
        facts.append((office.say("corrects"), head.corrects))
    columns = _recovery_columns(office)
    rows = tuple(_recovery_row(office, one) for one in valid)
    sheets = [
        Sheet(
            caption="",
            columns=columns,
            rows=rows,
            foot=(total(office.say("total"), rows, columns),),
            empty=office.say("no_receipts"),
        )
    ]
    if other:
        void = tuple(_recovery_row(office, one) for one in other)
        sheets.append(Sheet(caption=office.say("void_numbers"), columns=columns, rows=void))
    return Paper(
        name=head.number,
        title=office.say("recovery"),
        institution=office.institution,
        branch=office.branch,
        day=head.prepared_on,
        facts=tuple(facts),
        sheets=tuple(sheets),
        notes=(office.say("recovery_note"),),
        signed=tuple(office.say(f"sign_{who}") for who in ("maker", "auditor", "collector")),
        wide=True,
    )


def _counted(entries: Sequence[Entry]) -> dict[str, int]:
    states = dict.fromkeys(("applied", "voided", "quarantined", "missing", "unused"), 0)
    for entry in entries:
        states[entry.state] = states.get(entry.state, 0) + 1
    return states


def _register(office: Office, caption: str, entries: Sequence[Entry]) -> Sheet:
    keys = ("numbers", "receipts", "holder", "state", "taken_on", "household", "loan", "amount")
    kinds = {"receipts": "int", "amount": "fen", "holder": "text", "household": "text"}
    columns = tuple(
        Column(
            heading=office.say(key),
            kind=kinds.get(key, "id"),  # type: ignore[arg-type]
            share=1 if key == "receipts" else 4 if key == "numbers" else 2,
        )
        for key in (*keys, "counted_on", "posted_on")
    )
    groups = _grouped(entries)
    return Sheet(
        caption=office.say(caption),
        columns=columns,
        rows=tuple(_register_row(office, group) for group in groups),
        links=tuple(group[0].event for group in groups),
        empty=office.say("no_numbers"),
    )


def _grouped(entries: Sequence[Entry]) -> list[list[Entry]]:
    """A receipt stands alone; numbers without one stand together while nothing changes."""
    groups: list[list[Entry]] = []
    for one in entries:
        last = groups[-1][-1] if groups else None
        alike = last and (last.holder, last.state, last.event) == (one.holder, one.state, "")
        if alike and not one.event and len(as_runs([groups[-1][-1].number, one.number])) == 1:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _register_row(office: Office, group: list[Entry]) -> tuple[Cell, ...]:
    one = group[0]
    return (
        as_runs(entry.number for entry in group)[0],
        len(group),
        office.staff_name(one.holder),
        office.say(f"s_{one.state}"),
        one.taken_on,
        one.household,
        one.loan,
        one.amount_fen,
        one.counted_on,
        one.posted_on,
    )


def _recovery_columns(office: Office) -> tuple[Column, ...]:
    def column(key: str, share: int = 2) -> Column:
        return Column(heading=office.say(key), kind="id", share=share)

    return (
        column("taken_on"),
        column("numbers"),
        Column(heading=office.say("household"), share=2),
        column("loan"),
        column("loan_on"),
        *(Column(heading=office.say(part), kind="fen") for part in (*PARTS, "amount")),
        column("counted_on"),
        column("posted_on"),
        Column(heading=office.say("state"), share=1),
    )


def _recovery_row(office: Office, one: Entry) -> tuple[Cell, ...]:
    return (
        one.taken_on,
        one.number,
        one.household,
        one.loan,
        one.loan_on,
        *one.parts,
        one.amount_fen,
        one.counted_on,
        one.posted_on,
        office.say(f"s_{one.state}"),
    )
