"""A month from a seed: what officers and office do, in order, as plain acts.

An act is a dict with its `kind`; player and model each know what to do with it. Who is meant is
said by names of this file: phones p1, p2, slips s1, s2. Three sorts of acts:

    on a phone     visit, slip, void,      recorded there; the server knows nothing of it yet
                   handed, taken
    on the line    sync                    what the phone has recorded arrives
    in the office  everything else

`orders.py` makes other orders of arrival out of the same acts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.month.town import PRINCIPAL_FEN, households_of, loan_of, officer

Act = dict[str, Any]

MONDAY = date(2026, 3, 2)
ON_THE_PHONE = ("visit", "slip", "void", "handed", "taken")
CASHIER = "cashier-1"
BOOK_NUMBERS = 40
# A phone with so few numbers left is given another book before its next day.
LOW = 12
# Loans that nobody has heard of yet; some come with an import.
STRANGE = ("L-X1", "L-X2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How large a month is, and how often what happens: rates are shares of the chances for it.

    slips  The most that a phone writes on a day.
    """

    officers: int = 3
    days: int = 8
    slips: int = 3
    works: float = 0.8
    visit: float = 0.3
    skip: float = 0.08
    strange: float = 0.06
    foreign: float = 0.05
    twice: float = 0.05
    lost: float = 0.12
    void: float = 0.15
    sync: float = 0.3
    evening: float = 0.75
    counts: float = 0.6
    deposit: float = 0.5
    close: float = 0.7
    second_phone: float = 0.4
    cashier_phone: float = 0.4
    hand_over: float = 0.12
    imports: float = 0.12
    reassign: float = 0.1
    ruling: float = 0.5
    backup: float = 0.1
    restore: float = 0.06

    @property
    def said(self) -> str:
        """What differs from the usual shape, as the command line says it."""
        usual = Shape()
        changed = [name for name in self.__slots__ if getattr(self, name) != getattr(usual, name)]
        return " ".join(f"--{name} {getattr(self, name)}" for name in changed)


@dataclass(slots=True)
class Maker:
    """Makes one month."""

    shape: Shape
    dice: Random
    acts: list[Act] = field(default_factory=list)
    phones: dict[str, str] = field(default_factory=dict)  # phone -> officer
    left: dict[str, int] = field(default_factory=dict)  # phone -> numbers that it has at least
    slips: list[Act] = field(default_factory=list)
    dirty: set[str] = field(default_factory=set)  # phones with something since the last sync
    homes: dict[str, str] = field(default_factory=dict)  # household -> officer
    backups: int = 0
    must_stay: bool = False  # since the last backup something was done that no phone can bring back
    deposits: int = 0
    offers: int = 0
    # Phones that gave or took today, whose word on it is not on its way yet.
    had_part: set[str] = field(default_factory=set)

    def chance(self, rate: float) -> bool:
        """True in this share of the cases."""
        return self.dice.random() < rate

    def add(self, kind: str, **said: Any) -> Act:
        """The next act."""
        act = {"kind": kind, **said}
        self.acts.append(act)
        return act

    def month(self) -> list[Act]:
        """All acts, the last of which settle everything that can be settled."""
        days = [MONDAY + timedelta(7 * (n // 5) + n % 5) for n in range(self.shape.days)]
        self.add("day", day=days[0].isoformat())
        for number in range(1, self.shape.officers + 1):
            self.homes |= dict.fromkeys(households_of(number), officer(number))
            self.enrol(officer(number))
        for number in range(1, self.shape.officers + 1):
            self.add("publish", officer=officer(number), households=households_of(number))
        if self.chance(self.shape.second_phone):
            self.enrol(officer(1))
        if self.shape.cashier_phone and self.chance(self.shape.cashier_phone):
            self.add("enrol", phone="pc", officer=CASHIER)
            self.add("sync", phone="pc", must=True)
            self.phones["pc"] = CASHIER
        for number, day in enumerate(days):
            if number:
                self.add("day", day=day.isoformat())
            self.day(day, days[number - 1] if number else None)
        self.finale(days[-1] + timedelta(1))
        return self.acts

    def enrol(self, officer_id: str) -> None:
        """A phone for an officer, with a book of numbers."""
        phone = f"p{len(self.phones) + 1}"
        self.phones[phone], self.left[phone] = officer_id, 0
        self.add("enrol", phone=phone, officer=officer_id)
        self.issue(phone)

    def issue(self, phone: str) -> None:
        """Another book, of which the phone hears at once."""
        numbers = self.dice.randint(BOOK_NUMBERS // 2, BOOK_NUMBERS)
        self.add("issue", phone=phone, numbers=numbers)
        self.left[phone] += numbers
        self.must_stay = True
        self.sync(phone, must=True)

    def sync(self, phone: str, *, must: bool = False) -> None:
        """What it has recorded arrives. `must`: other orders of arrival have it here too."""
        self.add("sync", phone=phone, must=must)
        self.dirty.discard(phone)

    def day(self, day: date, before: date | None) -> None:
        """The morning in the office, the field, and the evening."""
        self.office_morning(before)
        turns = [
            phone
            for phone in self.phones
            if phone != "pc" and self.chance(self.shape.works)
            for _ in range(self.dice.randint(1, self.shape.slips))
        ]
        self.dice.shuffle(turns)
        for phone in turns:
            self.in_the_field(phone, day)
        for phone in list(self.phones):
            if phone in self.had_part or self.chance(self.shape.evening):
                self.sync(phone, must=phone in self.had_part)
        self.had_part.clear()
        self.office_evening()
        self.add("evening")

    def in_the_field(self, phone: str, day: date) -> None:
        """One stop of a route."""
        if self.chance(self.shape.visit):
            self.add("visit", phone=phone, household=self.house_for(phone))
        self.slip(phone, day)
        if self.chance(self.shape.void):
            self.void(phone)
        if self.shape.hand_over and self.chance(self.shape.hand_over):
            self.hand_over(phone)
        if self.chance(self.shape.sync):
            self.sync(phone)

    def hand_over(self, giver: str) -> None:
        """All her cash goes to a colleague or the cashier, both phones without a line.

        She syncs before, so that her phone knows of every count; and before the evening, for the
        cashier must not count what is not there. Who has two phones keeps his cash: no phone of
        his knows what the other holds. Nobody has part in two handovers of one day: whether a phone
        has heard of the first by then hangs on the order of arrival.
        """
        who = list(self.phones.values())
        single = [phone for phone, officer_id in self.phones.items() if who.count(officer_id) == 1]
        takers = [phone for phone in single if phone not in {giver, *self.had_part}]
        if giver not in {*single} - self.had_part or not takers:
            return
        taker = self.dice.choice(takers)
        self.offers += 1
        self.sync(giver, must=True)
        offer = f"h{self.offers}"
        self.add("handed", phone=giver, id=offer, taker=self.phones[taker])
        self.add("taken", phone=taker, id=offer, giver=giver)
        self.had_part |= {giver, taker}

    def house_for(self, phone: str) -> str:
        """Mostly one of her own, now and then somebody else's who pays her."""
        own = [house for house, who in self.homes.items() if who == self.phones[phone]]
        return self.dice.choice(own if own and self.chance(0.9) else list(self.homes))

    def slip(self, phone: str, day: date) -> None:
        """Cash is taken. Here are the wrong slips too: strange loan, foreign number, number twice.

        lost  Of this cash so much is missing when it is counted (or too much, if negative).
        """
        shape, house = self.shape, self.house_for(phone)
        act: Act = {"phone": phone, "id": f"s{len(self.slips) + 1}", "household": house}
        act |= {"loan": loan_of(house), "number": "next", "skip": 0, "lost": 0, "day": str(day)}
        mine = [each for each in self.slips if each["phone"] == phone]
        if self.chance(shape.strange):
            act |= {"loan": self.dice.choice(STRANGE), "household": "W1"}
        elif self.chance(shape.foreign):
            act["number"] = "foreign"
        elif mine and self.chance(shape.twice):
            act |= {"number": "twice", "of": self.dice.choice(mine)["id"]}
        elif self.chance(shape.lost):
            act["lost"] = self.dice.choice((10_00, 50, 10, -5_00))
        if act["number"] == "next" and self.chance(shape.skip):
            act["skip"] = self.dice.randint(1, 3)
        act["parts"] = self.parts()
        self.left[phone] -= 1 + act["skip"]
        self.slips.append(self.add("slip", **act))
        self.dirty.add(phone)

    def parts(self) -> dict[str, int]:
        """Fen of each part; at least 10 yuan, in whole jiao, for so it can be counted."""
        most = PRINCIPAL_FEN // 500
        return {
            "principal": 10_00 + 10 * self.dice.randint(0, most),
            "interest": 10 * self.dice.choice((0, 0, self.dice.randint(1, 500))),
            "penalty": 10 * self.dice.choice((0, 0, 0, self.dice.randint(1, 90))),
            "cost": 10 * self.dice.choice((0, 0, 0, 0, self.dice.randint(1, 90))),
        }

    def void(self, phone: str) -> None:
        """Undo a slip of the same officer: mostly the last one, now and then an old one.

        Written on another phone of hers it may arrive before the slip itself.
        """
        who = self.phones[phone]
        own = [
            each for each in self.slips if self.phones[each["phone"]] == who and not each["lost"]
        ]
        if own:
            slip = own[-1] if self.chance(0.7) else self.dice.choice(own)
            self.add("void", phone=phone, slip=slip["id"])
            self.dirty.add(phone)

    def office_morning(self, before: date | None) -> None:
        """What the office does before anybody sets out."""
        for phone in self.left:
            if self.left[phone] < LOW:
                self.issue(phone)
        if before and self.chance(self.shape.imports):
            self.take_import(before)
        if self.chance(self.shape.reassign) and self.shape.officers > 1:
            self.reassign()
        if self.chance(self.shape.backup):
            self.add("backup")
            self.backups, self.must_stay = self.backups + 1, False

    def take_import(self, before: date) -> None:
        """New balances as of yesterday evening, and perhaps a loan that was strange until now.

        The file knows every payment of that day and before: so every phone syncs first.
        """
        for phone in self.phones:
            self.sync(phone, must=True)
        houses = self.dice.sample(sorted(self.homes), min(3, len(self.homes)))
        loans = {loan_of(house): {"household": house, **self.balances()} for house in houses}
        if self.chance(0.5):
            loans[self.dice.choice(STRANGE)] = {"household": "W1", **self.balances()}
        self.add("import", as_of=before.isoformat(), loans=loans)

    def balances(self) -> dict[str, int | None]:
        """Parts as a file has them; a part that it does not know is None."""
        return {
            "principal": self.dice.randint(0, 9000_00),
            "interest": self.dice.choice((None, self.dice.randint(0, 900_00))),
            "penalty": self.dice.choice((None, 0, 5_00)),
            "cost": None,
        }

    def reassign(self) -> None:
        """A household goes to another officer."""
        house = self.dice.choice(sorted(self.homes))
        others = sorted(set(self.homes.values()) - {self.homes[house]})
        if others:
            taker = self.dice.choice(others)
            self.add("reassign", household=house, giver=self.homes[house], taker=taker)
            self.homes[house], self.must_stay = taker, True

    def office_evening(self) -> None:
        """Rulings, counts, a deposit, the close, and now and then the server is lost."""
        if self.chance(self.shape.ruling):
            self.add("rule", action=self.dice.choice(("release", "void", "keep")))
        if self.backups and self.chance(self.shape.restore):
            has_journal = self.must_stay or self.chance(0.5)
            self.add("restore", journal=has_journal)
            for phone in [] if has_journal else list(self.phones):
                self.sync(phone, must=True)  # nobody counts what the server has forgotten
        for who in sorted({self.phones[phone] for phone in self.left}):
            if self.chance(self.shape.counts):
                self.add("count", officer=who)
        if self.chance(self.shape.deposit):
            self.deposit(self.dice.choice((30, 50, 100)))
        if self.chance(self.shape.close):
            self.add("close")

    def deposit(self, percent: int) -> None:
        """Of what lies in the vault, so much goes to the bank, in whole jiao."""
        self.deposits += 1
        self.add("deposit", percent=percent, slip_no=f"D{self.deposits}")

    def finale(self, day: date) -> None:
        """The last evening, a day later: all phones, all doubts, all cash."""
        self.add("day", day=day.isoformat())
        for phone in self.phones:
            self.sync(phone, must=True)
        for action in ("reassign_number", "release", "void", "keep"):
            self.add("rule", action=action)
        for who in sorted({self.phones[phone] for phone in self.left}):
            self.add("count", officer=who)
        self.deposit(100)
        self.add("close")
        self.add("evening")


def month(seed: int, shape: Shape | None = None) -> list[Act]:
    """The month of a seed."""
    return Maker(shape or Shape(), Random(f"month {seed}")).month()
