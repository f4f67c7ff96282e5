"""The model of cash that goes from hand to hand: both sides must say so before it moves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from tests.month.office import Act, Office, Slip
from tests.month.script import CASHIER


class Custody(ABC):
    """The handover part of the model; the rest is in model.py."""

    office: Office
    today: str
    phones: dict[str, str]
    logs: dict[str, list[Act]]
    said: dict[str, dict[str, Any]]  # offer -> what was written on the giver's phone

    @abstractmethod
    def balance(self, account: str) -> int:
        """See Model."""

    @abstractmethod
    def move(self, day: str, legs: dict[str, int]) -> None:
        """See Model."""

    # On the phone

    def on_handed(self, act: Act) -> dict[str, int] | None:
        """She offers all that she has, but for what is missing. None: she has nothing to offer.

        Her phone has just synced: what she has is what the server knows, nothing else. She waits
        with it while a handover of hers has arrived from one side only.
        """
        who = self.phones[act["phone"]]
        held, missing = self.balance(f"hand:{who}"), self.office.undeclared[who]
        offers = list(self.office.offers.values())
        waits = any(self.is_open(each, who) for each in offers)
        waits |= any(each.get("taker") == who and "given" not in each for each in offers)
        if waits or held <= 0 or held < missing:
            return None
        said = {"expected": held, "counted": held - missing}
        self.said[act["id"]] = said
        self.logs[act["phone"]].append({**act, **said, "on": self.today})
        return said

    def on_taken(self, act: Act) -> dict[str, int] | None:
        """He counts the same."""
        said = self.said.get(act["id"])
        if said is not None:
            self.logs[act["phone"]].append({**act, **said, "on": self.today})
        return said

    # On the line

    def handed_arrives(self, entry: Act) -> None:
        """One side; what is missing has been said with it."""
        who = self.phones[entry["phone"]]
        offer = self.office.offers.setdefault(entry["id"], {})
        offer |= {"giver": who, "expected": entry["expected"], "counted": entry["counted"]}
        offer["given"] = (entry["phone"], self.office.arrived[entry["phone"]])
        self.office.undeclared[who] -= entry["expected"] - entry["counted"]
        self.confirm(offer)

    def taken_arrives(self, entry: Act) -> None:
        """The other side."""
        offer = self.office.offers.setdefault(entry["id"], {})
        offer |= {"taker": self.phones[entry["phone"]], "counted": entry["counted"]}
        offer |= {"received": (entry["phone"], self.office.arrived[entry["phone"]])}
        offer["on"] = entry["on"]
        self.confirm(offer)

    def confirm(self, offer: dict[str, Any]) -> None:
        """With both sides the cash moves: to the hand of the other, or to the cashier's vault."""
        if "given" not in offer or "received" not in offer:
            return
        giver, taker, day = offer["giver"], offer["taker"], offer["on"]
        expected, counted = offer["expected"], offer["counted"]
        into = f"hand:{taker}"
        if taker == CASHIER:
            into, day = "vault", self.open_day(day)
            self.office.counts.append(
                {"officer": giver, "day": day, "expected": expected, "counted": counted}
            )
        self.move(
            day, {f"hand:{giver}": -expected, into: counted, "over_short": expected - counted}
        )
        offer["booked_on"] = day
        self.place_all()

    def open_day(self, day: str) -> str:
        """The true day, or if it is shut the first that is not from today on."""
        day = self.today if day in self.office.closes else day
        while day in self.office.closes:
            day = (date.fromisoformat(day) + timedelta(1)).isoformat()
        return day

    def place_all(self) -> None:
        """Who has the cash of each slip: it goes with every offer behind it that was taken."""
        for slip in self.office.slips.values():
            if not slip.is_void and not slip.is_counted:
                taken = self.last_taken(slip)
                if taken is not None:
                    slip.holder = taken["taker"]
                    slip.counted_on = taken["booked_on"] if slip.holder == CASHIER else ""

    def last_taken(self, slip: Slip) -> dict[str, Any] | None:
        """The last confirmed handover that its cash went through."""
        at, last = (slip.act["phone"], slip.place), None
        while True:
            behind = [
                each
                for each in self.office.offers.values()
                if "given" in each and "received" in each
                if each["given"][0] == at[0] and each["given"][1] > at[1]
            ]
            if not behind:
                return last
            last = min(behind, key=lambda each: each["given"][1])
            at = last["received"]

    # In the office

    @staticmethod
    def is_open(offer: dict[str, Any], giver: str) -> bool:
        """Offered by this officer, and not taken yet as far as the server knows."""
        return offer.get("giver") == giver and "received" not in offer

    def is_offered(self, slip: Slip, offers: Iterable[dict[str, Any]]) -> bool:
        """Its cash is in one of these offers."""
        last = self.last_taken(slip)
        phone, place = last["received"] if last else (slip.act["phone"], slip.place)
        return any(each["given"][0] == phone and each["given"][1] > place for each in offers)
