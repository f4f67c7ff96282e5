"""Plays the acts of a month: real phones, the real server, the services of the office.

Each act does what its name says, and asserts on the spot what the model says must come of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from server.clock import at_hour
from server.db import snapshot
from server.device_key import DeviceKey
from server.services import ledger
from server.services.close_day import close_day, deposit
from server.services.count_cash import DENOMINATIONS_FEN, Counted, count_cash
from server.services.import_master import Said, import_master
from server.services.issue_book import issue_book
from server.services.reassign import Handing, reassign_households
from server.services.settle_quarantine import settle_quarantine
from sync.capitals import capitals
from sync.client import Phone
from sync.custody import hand_of_all
from sync.events import Envelope
from sync.problems import Problem
from sync.receipts import Book
from sync.specimens import (
    handed_body,
    outcome_body,
    receipt_body,
    taken_body,
    visit_body,
    void_body,
)
from tests.month.script import Act
from tests.safekeeping import back_up, restored
from tests.small_bank import BRANCH, CHEN_JIE, ZHOU_LAN, Bank

MORNING_HOUR = 8
HEADING = "户号,户名,片区,村委,贷款编号,本金余额,欠息,罚息,到期日"


def pieces_of(fen: int) -> dict[int, int]:
    """The fewest notes and coins of an amount in whole jiao."""
    pieces = {}
    for piece in DENOMINATIONS_FEN:
        pieces[piece], fen = divmod(fen, piece)
    assert fen == 0, "cash is counted in whole jiao"
    return {piece: count for piece, count in pieces.items() if count}


class Player:
    """The bank of one month and its phones."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.phones: dict[str, Phone] = {}
        self.slips: dict[str, Envelope] = {}
        self.offers: dict[str, Envelope] = {}
        self.backup: Path | None = None
        self.today = ""

    def play(self, act: Act, told: Any) -> None:
        """Do it; `told` is what the model says of it."""
        self.bank.clock.pass_minutes(1)
        getattr(self, f"do_{act['kind']}")(act, told)

    def office(self, work: Callable[[], object], refused: str | None = None) -> None:
        """Something in the office, which is refused with this code or not at all."""
        with self.bank.app.app_context():
            try:
                work()
            except Problem as problem:
                assert problem.code == refused, f"refused with {problem.code}, not {refused}"
                return
        assert refused is None, f"not refused, but should be with {refused}"

    # On the phone

    def do_day(self, act: Act, told: Any) -> None:
        """The clock shows the morning."""
        self.today = act["day"]
        self.bank.clock.now = at_hour(self.today, MORNING_HOUR)

    def do_enrol(self, act: Act, told: Any) -> None:
        """A phone is enrolled; it has no book yet."""
        bank, phone = self.bank, Phone(DeviceKey(), self.bank.world())
        answer = bank.http.post("/v1/enrol", data=phone.enrol_request(bank.code(act["officer"])))
        assert answer.status_code == 201, answer.json
        phone.absorb_enrolment(answer.data)
        self.phones[act["phone"]] = phone

    def do_visit(self, act: Act, told: Any) -> None:
        """A visit begins and ends."""
        phone = self.phones[act["phone"]]
        phone.record("visit.started", visit_body(act["household"]))
        phone.record("visit.outcome", outcome_body(act["household"]))

    def do_slip(self, act: Act, told: str) -> None:
        """A receipt with the number that the model says; the phone offers the same one."""
        phone = self.phones[act["phone"]]
        book, number = "foreign", told
        if act["number"] == "next":
            book, offered = phone.next_receipt()
            assert act["skip"] or offered == told, f"the phone offers {offered}, not {told}"
        fen = sum(act["parts"].values())
        body = receipt_body((book, number), fen, act["household"])
        body |= {f"{part}_fen": each for part, each in act["parts"].items()}
        body |= {"loan": act["loan"], "words": capitals(fen)}
        self.slips[act["id"]] = phone.record("cash.receipt", body)

    def do_void(self, act: Act, told: Any) -> None:
        """A receipt is undone, by this phone or by another of the same officer."""
        self.phones[act["phone"]].record("cash.void", void_body(self.slips[act["slip"]]))

    def do_handed(self, act: Act, told: dict[str, int] | None) -> None:
        """All her cash is offered; the phone shows the same sum as the model."""
        if told is None:
            return
        phone = self.phones[act["phone"]]
        shows = hand_of(phone)
        assert shows == told["expected"], f"{act['phone']} shows {shows}, not {told}"
        cause = "途中短少" if told["counted"] != told["expected"] else None
        body = handed_body(act["taker"], told["counted"], expected_fen=told["expected"])
        body |= {"cause": cause, "handover": self.bank.random.randbytes(16).hex()}
        self.offers[act["id"]] = phone.record("custody.handed", body)

    def do_taken(self, act: Act, told: dict[str, int] | None) -> None:
        """The other side says what was counted."""
        if told is None:
            return
        into = "vault" if act["phone"] == "pc" else "hand"
        body = taken_body(self.offers[act["id"]], told["counted"], into=into)
        self.phones[act["phone"]].record("custody.taken", body)

    # On the line

    def do_sync(self, act: Act, told: int) -> None:
        """A whole exchange; afterwards the phone shows what the model has in the hand."""
        phone = self.phones[act["phone"]]
        phone.sync(self.bank.send)
        assert hand_of(phone) == told, f"{act['phone']} shows {hand_of(phone)}, not {told}"

    # In the office

    def do_publish(self, act: Act, told: Any) -> None:
        """The officer's route of the first week."""
        self.bank.publish(act["officer"], act["households"])

    def do_issue(self, act: Act, told: tuple[int, int]) -> None:
        """A book for the officer's newest phone."""
        first, last = told
        identity = self.phones[act["phone"]].identity or {}
        officer = identity["officer"]["id"]
        book = Book("SJ", first, last, 6)
        self.office(lambda: issue_book(BRANCH, book, officer_id=officer, by=ZHOU_LAN))

    def do_import(self, act: Act, told: Any) -> None:
        """A file of the core system."""
        lines = [HEADING]
        for loan, said in act["loans"].items():
            parts = (said["principal"], said["interest"], said["penalty"])
            cells = ["" if fen is None else f"{fen // 100}.{fen % 100:02}" for fen in parts]
            house = said["household"]
            lines.append(f"{house},测{house},涡水镇,马头冲,{loan},{','.join(cells)},2024-11-30")
        total = sum(said["principal"] for said in act["loans"].values())
        said = Said(as_of=act["as_of"], control_total_fen=total)
        data = "\n".join([*lines, ""]).encode()
        self.office(lambda: import_master(BRANCH, data, said, by=CHEN_JIE))

    def do_reassign(self, act: Act, told: Any) -> None:
        """A household goes from one officer to another."""
        handing = Handing(
            household_ids=(act["household"],),
            from_officer_id=act["giver"],
            to_officer_id=act["taker"],
        )
        self.office(lambda: reassign_households(BRANCH, handing, by=CHEN_JIE))

    def do_rule(self, act: Act, told: list[tuple[str, bool]]) -> None:
        """The supervisor tries the same on every slip in doubt."""
        for name, can in told:
            target = self.slips[name].hash
            with self.bank.app.app_context():
                try:
                    settle_quarantine(BRANCH, target, act["action"], "看过收据", by=CHEN_JIE)
                    done = True
                except Problem as problem:
                    assert problem.code.startswith("ruling_"), problem
                    done = False
            assert done == can, f"{act['action']} of {name}: {done}, not {can}"

    def do_count(self, act: Act, told: dict[str, Any]) -> None:
        """The cashier counts what the model says is on the table."""
        counted = Counted(
            denominations=pieces_of(told.get("counted", 0)),
            cause="点款差异",
            holes=dict.fromkeys(told.get("holes", ()), "写坏"),
        )
        self.office(
            lambda: count_cash(BRANCH, act["officer"], counted, by=ZHOU_LAN), told.get("refused")
        )

    def do_deposit(self, act: Act, told: dict[str, Any]) -> None:
        """Cash of the vault goes to the bank."""
        if "skip" in told:
            return
        self.office(
            lambda: deposit(BRANCH, told["fen"], act["slip_no"], by=ZHOU_LAN), told.get("refused")
        )

    def do_close(self, act: Act, told: dict[str, Any]) -> None:
        """Every open day with cash is shut; whoever holds cash is named."""
        reasons = dict.fromkeys(told["hands"], "人在村里")
        for day in told["days"]:
            self.office(partial(close_day, BRANCH, day, by=ZHOU_LAN, in_field=reasons))

    def do_backup(self, act: Act, told: Any) -> None:
        """A verified backup."""
        self.backup = back_up(self.bank).folder

    def do_restore(self, act: Act, told: Any) -> None:
        """The server is lost, and comes back from its backup with its journal or without."""
        assert self.backup is not None, "the script makes a backup first"
        chance, clock = self.bank.random, self.bank.clock
        self.bank, finished = restored(self.bank, self.backup, journal=act["journal"])
        # Phones go on by the clock they have: the new application must be given the same one.
        self.bank.random, self.bank.clock = chance, clock
        self.bank.app.extensions["clock"] = clock
        assert finished.findings == (), finished.findings

    def do_evening(self, act: Act, told: Any) -> None:
        """Nothing moves; the checks look at everything now."""


def hand_of(phone: Phone) -> int:
    """What the phone shows as cash in hand; of all phones of its officer, if she has several."""
    [me] = [held for (etype, _), held in phone.rows.items() if etype == "me"]
    total = me["row"]["hand_total_fen"]
    if total is None:
        return phone.hand_fen()
    return hand_of_all(total, me["tick"], phone.own_events())


def balances_of(bank: Bank) -> dict[str, int]:
    """Every account of the branch that is not zero."""
    with bank.app.app_context(), snapshot() as session:
        sums = ledger.balances(session, BRANCH, "")
        return {account: fen for account, fen in sums.items() if fen}
