"""What must come of a month, told a second time: plain dicts, from the rules and not from the code.

The rules are those of the house (domain 3.6 and 3.9, sync-design 4): cash that was taken counts
whatever its paper is worth; a doubtful paper stands against `suspense`; nothing is edited, it is
undone; a count empties the hand and states its variance; a number left out below one that was
used is a hole. The server forgets with a restore what its backup had not; a phone never does.
"""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from typing import Any

from tests.month.custody import Custody
from tests.month.office import APPLIED, PARTS, Act, Office, Slip
from tests.month.script import CASHIER
from tests.month.town import AS_OF, INTEREST_FEN, PRINCIPAL_FEN, loan_of


class Model(Custody):
    """Plays the acts of a month on dicts. `play` tells the player what must come of an act."""

    def __init__(self, officers: int) -> None:
        self.office = Office()
        self.kept: Office | None = None
        self.said = {}
        self.today = ""
        self.phones: dict[str, str] = {}
        self.logs: dict[str, list[Act]] = {}
        self.numbers: dict[str, str] = {}  # slip -> its number
        self.known_books: dict[str, list[dict[str, Any]]] = {}
        for n in range(1, 3 * officers + 1):
            self.new_loan(loan_of(f"W{n}"), f"W{n}")
            self.move(
                AS_OF,
                {
                    f"loan:{loan_of(f'W{n}')}:principal": PRINCIPAL_FEN,
                    f"loan:{loan_of(f'W{n}')}:interest": INTEREST_FEN,
                    "core": -PRINCIPAL_FEN - INTEREST_FEN,
                },
            )
            self.office.named.add(loan_of(f"W{n}"))

    def play(self, act: Act) -> Any:
        """Play one act; what the player must find, if anything."""
        return getattr(self, f"on_{act['kind']}")(act)

    # Accounts

    def new_loan(self, loan: str, household: str) -> None:
        """A loan is known from now on."""
        self.office.loans[loan] = household

    def move(self, day: str, legs: dict[str, int]) -> None:
        """Whatever moves sums to zero."""
        assert sum(legs.values()) == 0, legs
        self.office.moves += [(account, day, fen) for account, fen in legs.items()]

    def balance(self, account: str) -> int:
        """The sum of all that moved on an account."""
        return sum(fen for name, _, fen in self.office.moves if name == account)

    def balances(self) -> dict[str, int]:
        """Every account that is not zero."""
        sums: defaultdict[str, int] = defaultdict(int)
        for account, _, fen in self.office.moves:
            sums[account] += fen
        return {account: fen for account, fen in sums.items() if fen}

    # On the phone

    def on_day(self, act: Act) -> None:
        """A new day."""
        self.today = act["day"]

    def on_enrol(self, act: Act) -> None:
        """A phone with an empty log."""
        phone = act["phone"]
        self.phones[phone], self.logs[phone] = act["officer"], []
        self.known_books[phone] = []
        self.office.arrived[phone] = 0

    def on_visit(self, act: Act) -> None:
        """A visit moves no cash."""

    def on_slip(self, act: Act) -> str:
        """Written down with the day on which it was written. Tells its number."""
        number = self.number_of(act)
        self.numbers[act["id"]] = number
        self.logs[act["phone"]].append({**act, "on": self.today, "no": number})
        return number

    def on_void(self, act: Act) -> None:
        """Written down likewise."""
        self.logs[act["phone"]].append({**act, "on": self.today})

    def number_of(self, act: Act) -> str:
        """The next number of the phone's books, some left out; or a wrong one."""
        if act["number"] == "foreign":
            return f"SJ9{int(act['id'][1:]):05}"
        if act["number"] == "twice":
            return self.numbers[act["of"]]
        used = {entry.get("no") for entry in self.logs[act["phone"]]}
        for book in self.known_books[act["phone"]]:
            taken = [n for n in range(book["from"], book["to"] + 1) if f"SJ{n:06}" in used]
            number = max(taken, default=book["from"] - 1) + 1
            if number <= book["to"]:
                return f"SJ{min(number + act['skip'], book['to']):06}"
        raise AssertionError("the script gives every phone numbers enough")

    # On the line

    def on_sync(self, act: Act) -> int:
        """What the phone has written arrives in its order. Tells what its officer has in hand."""
        phone = act["phone"]
        for entry in self.logs[phone][self.office.arrived[phone] :]:
            self.office.arrived[phone] += 1
            getattr(self, f"{entry['kind']}_arrives")(entry)
        self.known_books[phone] = [book for book in self.office.books if book["phone"] == phone]
        who = self.phones[phone]
        taken = [each for each in self.office.offers.values() if each.get("taker") == who]
        ahead = sum(each["counted"] for each in taken if not each.get("given"))
        return self.balance(f"hand:{who}") + (ahead if who != CASHIER else 0)

    def slip_arrives(self, entry: Act) -> None:
        """Its cash is in the hand in any case; against what, is the question."""
        slip = Slip(entry, self.phones[entry["phone"]], entry["no"])
        slip.doubt = self.doubt_about(slip)
        slip.place = self.office.arrived[entry["phone"]]
        self.office.slips[entry["id"]] = slip
        self.move(entry["on"], self.legs_of(slip))
        self.office.undeclared[slip.officer] += entry["lost"]
        if entry["id"] in self.office.waiting:
            self.undo(slip, self.office.waiting[entry["id"]])

    def doubt_about(self, slip: Slip, *, pardoned: str = "") -> str:
        """Loan, book, number: the first that is wrong."""
        act = slip.act
        if self.office.loans.get(act["loan"]) != act["household"]:
            return "unknown_case"
        if slip.number.startswith("SJ9") and pardoned != "number_not_in_book":
            return "number_not_in_book"
        others = [each for each in self.office.slips.values() if each is not slip]
        taken = any(
            each.number == slip.number and not each.doubt and not each.is_ruled_void
            for each in others
        )
        return "receipt_no_collision" if taken else APPLIED

    def legs_of(self, slip: Slip) -> dict[str, int]:
        """What stands in the books for a slip."""
        hand = {f"hand:{slip.officer}": slip.fen}
        if slip.doubt:
            return hand | {"suspense": -slip.fen}
        loan, parts = slip.act["loan"], slip.act["parts"]
        return hand | {f"loan:{loan}:{part}": -fen for part, fen in parts.items()}

    def void_arrives(self, entry: Act) -> None:
        """Before its slip it waits; after the count it is too late; twice is once."""
        slip = self.office.slips.get(entry["slip"])
        if slip is None:
            self.office.waiting.setdefault(entry["slip"], entry["on"])
        elif not slip.is_counted and not self.was_offered(slip, entry["phone"]):
            self.undo(slip, entry["on"])

    def was_offered(self, slip: Slip, phone: str) -> bool:
        """Its cash was offered to somebody before this was written on the same phone."""
        return slip.act["phone"] == phone and any(slip.place < at for at in self.offered_at(slip))

    def offered_at(self, slip: Slip) -> list[int]:
        """The places in the log of its phone at which all cash was offered to somebody."""
        givers = [each["given"] for each in self.office.offers.values() if "given" in each]
        return [place for phone, place in givers if phone == slip.act["phone"]]

    def undo(self, slip: Slip, day: str) -> None:
        """The opposite of what stands."""
        if not slip.is_void:
            self.move(day, {account: -fen for account, fen in self.legs_of(slip).items()})
            slip.is_void = True

    # In the office

    def on_publish(self, act: Act) -> None:
        """A route moves no cash."""

    def on_reassign(self, act: Act) -> None:
        """Whoever visits a household: the cash stays with whom took it."""

    def on_evening(self, act: Act) -> None:
        """Everything is compared."""

    def on_issue(self, act: Act) -> tuple[int, int]:
        """The numbers behind all others. Tells first and last."""
        first = max((book["to"] for book in self.office.books), default=100) + 1
        book = {"phone": act["phone"], "from": first, "to": first + act["numbers"] - 1}
        self.office.books.append(book)
        return book["from"], book["to"]

    def on_import(self, act: Act) -> None:
        """What the file says was owed that evening, less the slips that are not in it yet.

        What the cashier counted before that day is in it. Of a part that the file does not name,
        only what was paid in advance and is in it by now is settled.
        """
        for loan, said in act["loans"].items():
            self.new_loan(loan, said["household"])
            legs = {}
            for part in PARTS:
                account = f"loan:{loan}:{part}"
                on_top = self.on_top(loan, part, act["as_of"])
                now = self.balance(account)
                wanted = max(now, -on_top) if said[part] is None else said[part] - on_top
                legs[account] = wanted - now
            if said["interest"] is not None:
                self.office.named.add(loan)
            self.move(act["as_of"], legs | {"core": -sum(legs.values())})

    def on_top(self, loan: str, part: str, as_of: str) -> int:
        """What slips that count have paid of a part, and the core system does not know yet."""
        return sum(
            slip.act["parts"].get(part, 0)
            for slip in self.office.slips.values()
            if slip.act["loan"] == loan and not slip.doubt and not slip.is_void
            if not slip.counted_on or slip.counted_on >= as_of
        )

    def on_rule(self, act: Act) -> list[tuple[str, bool]]:
        """One ruling on every doubted slip, in the order they were written. Tells which can be.

        That no cash was taken is not said of a slip whose cash a colleague has counted.
        """
        told = []
        for name, slip in sorted(self.office.slips.items(), key=lambda each: int(each[0][1:])):
            has_gone = bool(slip.holder) or any(slip.place < at for at in self.offered_at(slip))
            if slip.doubt and not (act["action"] == "void" and has_gone):
                can = not slip.is_ruled_void and getattr(self, f"can_{act['action']}")(slip)
                told.append((name, can))
        return told

    def can_keep(self, slip: Slip) -> bool:
        """Somebody has looked; nothing changes."""
        return True

    def can_void(self, slip: Slip) -> bool:
        """No cash was taken after all; too late once it was counted."""
        if slip.is_void or slip.is_counted:
            return False
        self.undo(slip, slip.act["on"])
        slip.is_ruled_void = True
        return True

    def can_release(self, slip: Slip) -> bool:
        """A person knows better; or what was missing has come."""
        after = self.doubt_about(slip, pardoned=slip.doubt)
        if slip.is_void or slip.doubt in ("receipt_no_collision", after):
            return False
        self.rejudge(slip, after)
        return True

    def can_reassign_number(self, slip: Slip) -> bool:
        """A second slip of a number is known by its own name from now on."""
        if slip.is_void or slip.doubt != "receipt_no_collision":
            return False
        slip.number += "-second"
        self.rejudge(slip, APPLIED)
        return True

    def rejudge(self, slip: Slip, doubt: str) -> None:
        """What stood is undone, and what is so now stands."""
        before = self.legs_of(slip)
        slip.doubt = doubt
        after = self.legs_of(slip)
        self.move(slip.act["on"], {account: -fen for account, fen in before.items()})
        self.move(slip.act["on"], after)

    def on_count(self, act: Act) -> dict[str, Any] | None:
        """All that is in the hand goes to the vault, but for what is missing. None: nothing."""
        who, office = act["officer"], self.office
        open_slips = [
            each
            for each in office.slips.values()
            if (each.holder or each.officer) == who and not each.is_void and not each.is_counted
        ]
        held = self.balance(f"hand:{who}")
        if self.today in office.closes:
            return {"refused": "day_already_closed"}
        offered = [each for each in office.offers.values() if self.is_open(each, who)]
        held = max(held - sum(each["expected"] for each in offered), min(held, 0))
        open_slips = [each for each in open_slips if not self.is_offered(each, offered)]
        if not open_slips and not held:
            return {"refused": "nothing_to_count"}
        missing, office.undeclared[who] = office.undeclared[who], 0
        self.move(
            self.today, {f"hand:{who}": -held, "vault": held - missing, "over_short": missing}
        )
        for slip in open_slips:
            slip.counted_on = self.today
        holes = self.open_holes(who)
        office.explained |= set(holes)
        count = {"officer": who, "day": self.today, "expected": held, "counted": held - missing}
        office.counts.append(count)
        return {"counted": held - missing, "holes": holes}

    def holes(self, book: dict[str, Any]) -> list[str]:
        """Numbers below the highest one that came in, which did not."""
        came = {each.act["no"] for each in self.office.slips.values()}
        numbers = [f"SJ{n:06}" for n in range(book["from"], book["to"] + 1)]
        top = max((n for n, number in enumerate(numbers) if number in came), default=0)
        return [number for number in numbers[:top] if number not in came]

    def open_holes(self, officer: str) -> list[str]:
        """Those of an officer which nobody has explained."""
        mine = [book for book in self.office.books if self.phones[book["phone"]] == officer]
        return [no for book in mine for no in self.holes(book) if no not in self.office.explained]

    def on_deposit(self, act: Act) -> dict[str, Any]:
        """So much of the vault goes to the bank; none if the vault has none, or the day is shut."""
        fen = self.balance("vault") * act["percent"] // 100 // 10 * 10
        if fen < 10:
            return {"skip": True}
        if self.today in self.office.closes:
            return {"fen": fen, "refused": "day_already_closed"}
        self.move(self.today, {"vault": -fen, "bank": fen})
        return {"fen": fen}

    def on_close(self, act: Act) -> dict[str, Any]:
        """All days up to today that have cash and are not shut. Tells which, and who holds cash."""
        vault = [(day, fen) for name, day, fen in self.office.moves if name == "vault"]
        days = sorted(({day for day, _ in vault} | {self.today}) - self.office.closes.keys())
        for day in days:
            counts = [each for each in self.office.counts if each["day"] == day]
            self.office.closes[day] = {
                "receipts": sum(each["expected"] for each in counts),
                "counted": sum(each["counted"] for each in counts),
                "deposited": sum(
                    fen for name, on, fen in self.office.moves if (name, on) == ("bank", day)
                ),
            }
        held = {name: fen for name, fen in self.balances().items() if name.startswith("hand:")}
        return {"days": days, "hands": [name.removeprefix("hand:") for name in held]}

    def on_backup(self, act: Act) -> None:
        """A copy of everything that the server knows."""
        self.kept = deepcopy(self.office)

    def on_restore(self, act: Act) -> None:
        """With its journal the server knows everything again; without, what the backup had."""
        if not act["journal"]:
            assert self.kept is not None, "the script makes a backup first"
            self.office = deepcopy(self.kept)
