"""The town of a random month: one branch, as many officers as wanted, three households for each.

Founded once; every month plays on a copy of its database. Names are invented.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import server.keys
from server import create_app
from server.db import db
from server.office.master_data import HouseholdData, LoanData, MasterData
from server.services.branches import NewStaff, add_staff, create_branch
from server.services.installation import initialise
from server.services.load_master import load_master
from server.settings import Settings
from tests.small_bank import (
    AREA,
    BRANCH,
    CHEN_JIE,
    PASSWORD,
    STAFF,
    Bank,
    Founded,
    Hands,
    copy_bank,
)

HOUSEHOLDS_EACH = 3
PRINCIPAL_FEN, INTEREST_FEN = 5000_00, 300_00
AS_OF = "2026-02-28"


def officer(number: int) -> str:
    """The id of the n-th officer, from 1."""
    return f"officer-{number}"


def households_of(number: int) -> list[str]:
    """The households that the n-th officer visits when the month begins."""
    first = (number - 1) * HOUSEHOLDS_EACH
    return [f"W{first + n}" for n in range(1, HOUSEHOLDS_EACH + 1)]


def officers_of(acts: Sequence[dict[str, Any]]) -> int:
    """How many officers a month has; a cashier with a phone is none."""
    people = {act["officer"] for act in acts if act["kind"] == "enrol"}
    return len([each for each in people if each.startswith("officer-")])


def loan_of(household: str) -> str:
    """The one loan of a household."""
    return f"L-{household}"


def _master(officers: int) -> MasterData:
    ids = [house for number in range(1, officers + 1) for house in households_of(number)]
    return MasterData(
        areas=(AREA,),
        households=[
            HouseholdData(id=each, name=f"测{each}", area=AREA.id, village="马头冲") for each in ids
        ],
        loans=[
            LoanData(
                id=loan_of(each),
                household=each,
                principal_fen=PRINCIPAL_FEN,
                interest_fen=INTEREST_FEN,
                due_on="2024-11-30",
                loan_on="2023-11-30",
            )
            for each in ids
        ],
    )


def _staff(officers: int) -> list[NewStaff]:
    known = {person.id for person in STAFF}
    more = [officer(number) for number in range(1, officers + 1) if officer(number) not in known]
    return [
        *STAFF,
        *(
            NewStaff(
                id=each, name=f"测{each}", username=each, password=PASSWORD, roles=("collector",)
            )
            for each in more
        ),
    ]


def found_town(folder: Path, officers: int) -> Founded:
    """Found the town in a new SQLite file of this folder. Some 2 s: tables, and people."""
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / 'doorstep.db'}"
    app = create_app(Settings(data_dir=folder, database_url=url), clock=Hands())
    with app.app_context():
        initialise()
        create_branch(
            BRANCH, code="12", name="塘冲分社", institution="信用社", contact_phone="076300000"
        )
        for person in _staff(officers):
            add_staff(BRANCH, person)
        load_master(BRANCH, _master(officers), as_of=AS_OF, by=CHEN_JIE)
        db.engine.dispose()
    return Founded(url, folder)


def town_copy(town: Founded, folder: Path) -> Bank:
    """The town as it was founded, in a folder of its own."""
    folder.mkdir(parents=True)
    target = folder / "doorstep.db"
    shutil.copyfile(town.url.removeprefix("sqlite:///"), target)
    return copy_bank(town, f"sqlite:///{target}", folder)


class _Chance:
    """In place of `secrets` in server/keys.py: the same bytes for the same seed."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)

    def token_bytes(self, count: int) -> bytes:
        """See secrets."""
        return self.random.randbytes(count)

    def token_hex(self, count: int) -> str:
        """See secrets."""
        return self.random.randbytes(count).hex()


@contextmanager
def seeded(seed: str) -> Iterator[None]:
    """Within it the server draws the same ids and secrets for the same seed."""
    before = vars(server.keys)["secrets"]
    vars(server.keys)["secrets"] = _Chance(seed)
    try:
        yield
    finally:
        vars(server.keys)["secrets"] = before
