"""The master data of the demonstration: the golden week's, or a larger invented portfolio.

Every name is invented. Dates lie around the current week, so that limitation, routes and lists
look as they would in real work, whenever the demonstration is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from server.office.master_data import AreaData, HouseholdData, LoanData, MasterData
from server.rehearsal.week import WeekHousehold
from server.rehearsal.week_file import read_week_file
from sync.dates import add_days, days_between, parse_date

FILE = Path(__file__).with_name("woshui.json")
FIELD_DAYS = 5

# (town, its villages): invented, as are all people below.
_TOWNS = (
    ("清溪镇", ("上坪", "下坪", "竹山", "长岭", "石桥", "白水", "大塘")),
    ("云峰镇", ("龙口", "新田", "高寨", "茶坑", "沙洲", "枫树")),
    ("河背片区", ("河背", "梅子坪", "柿树下")),
)
_SURNAMES = "赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭"
_GIVEN = "山水木田禾春秋石林泉峰贵福寿康宁义信和顺发旺生根财喜庆丰年广德明亮清"


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Master data, and the planned day of each farm household: 0 is Monday."""

    master: MasterData
    planned: tuple[tuple[str, int], ...]


def golden_portfolio(monday: str) -> Portfolio:
    """The households and loans of the golden week, moved to the week of this Monday."""
    week = read_week_file(FILE, "modern")
    shift = days_between(parse_date(week.sweep_days[0]), parse_date(monday))
    loans = tuple(_moved(loan, shift) for loan in week.loans)
    return Portfolio(
        master=replace(week.master, loans=loans), planned=tuple(_planned(week.households))
    )


def _planned(households: tuple[WeekHousehold, ...]) -> Iterator[tuple[str, int]]:
    for household in households:
        if household.visit_day is not None:
            yield household.id, household.visit_day


def _moved(loan: LoanData, days: int) -> LoanData:
    return replace(
        loan,
        due_on=_later(loan.due_on, days) if loan.due_on else None,
        interruptions=tuple((_later(day, days), kind) for day, kind in loan.interruptions),
    )


def _later(day: str, days: int) -> str:
    return add_days(parse_date(day), days).isoformat()


def large_portfolio(monday: str, households: int) -> Portfolio:
    """So many invented households. The same number gives the same people."""
    random = Random(households)
    villages = [(town, village) for town, names in _TOWNS for village in names]
    ids = {town: f"T{number}" for number, (town, _) in enumerate(_TOWNS, 1)}
    people: list[HouseholdData] = []
    loans: list[LoanData] = []
    for number in range(households):
        # Village by village, as a route goes.
        town, village = villages[number * len(villages) // households]
        household = HouseholdData(
            id=f"H{number + 1:04}", name=_name(random), area=ids[town], village=village
        )
        people.append(household)
        for nth in range(random.choices((1, 2, 3), (80, 17, 3))[0]):
            loan_id = f"L{number + 1:04}-{nth + 1}"
            loans.append(_loan(random, loan_id, household.id, parse_date(monday)))
    days = (number * FIELD_DAYS // households for number in range(households))
    planned = tuple((one.id, day) for one, day in zip(people, days, strict=True))
    return Portfolio(
        master=MasterData(areas=[*_areas(ids)], households=people, loans=loans), planned=planned
    )


def _areas(ids: dict[str, str]) -> Iterator[AreaData]:
    for town, villages in _TOWNS:
        is_town = town.endswith("镇")
        yield AreaData(
            id=ids[town],
            name=town,
            level="TOWN" if is_town else "SUB_AREA",
            population=1200 * len(villages) if is_town else None,
            committees=villages,
            economy=None,
            counts_household_total=is_town,
        )


def _name(random: Random) -> str:
    return random.choice(_SURNAMES) + "".join(random.sample(_GIVEN, random.choice((1, 2, 2))))


def _loan(random: Random, loan_id: str, household: str, monday: date) -> LoanData:
    """Due in the last four years: some run, some have run out, some dates nobody knows."""
    due = monday - timedelta(days=random.randint(20, 4 * 365))
    noticed = due + timedelta(days=random.randint(60, 700))
    has_notice = random.random() < 0.3 and noticed < monday
    return LoanData(
        id=loan_id,
        household=household,
        principal_fen=random.randint(3, 400) * 100_00,
        interest_fen=random.randint(0, 200) * 10_00 if random.random() < 0.8 else None,
        due_on=due.isoformat() if random.random() < 0.97 else None,
        loan_on=(due - timedelta(days=random.choice((365, 730, 1095)))).isoformat(),
        interruptions=((noticed.isoformat(), "SIGNED_NOTICE"),) if has_notice else (),
        guarantor_name=_name(random) if random.random() < 0.25 else None,
    )
