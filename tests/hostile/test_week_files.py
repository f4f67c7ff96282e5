"""Week files written to break the reader: refused whole, with place, value and rule, in zh and en.

Method: the golden week is broken in one place at a time. The reader must name exactly that place,
and the command must end with code 2, print nothing on standard output, and start nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.commands.rehearse import command
from server.rehearsal import player
from server.rehearsal.faults import FAULTS_MAX, Fault, WeekFileError
from server.rehearsal.week_file import BYTES_MAX, read_week
from tests.golden.weeks import Raw, again, golden, record, to_bytes


def faults_of(data: bytes, profile: str = "modern") -> list[Fault]:
    """What the reader says about a file that it must refuse."""
    with pytest.raises(WeekFileError) as refused:
        read_week(data, profile)
    return refused.value.faults


def change(name: str, index: int, /, **values: object) -> Callable[[Raw], None]:
    """Change one record of a list."""

    def apply(raw: Raw) -> None:
        raw[name][index].update(values)

    return apply


def drop(name: str, index: int, field: str) -> Callable[[Raw], None]:
    """Take one field out of a record."""

    def apply(raw: Raw) -> None:
        del raw[name][index][field]

    return apply


def twice(name: str, index: int) -> Callable[[Raw], None]:
    """Put a record of a list in a second time."""

    def apply(raw: Raw) -> None:
        raw[name].append(again(raw[name][index]))

    return apply


def put(name: str, value: object) -> Callable[[Raw], None]:
    """Put something else in the place of a whole list."""

    def apply(raw: Raw) -> None:
        raw[name] = value

    return apply


BROKEN: list[tuple[str, str, Callable[[Raw], None]]] = [
    ("parts do not sum", "receipts[2]", change("receipts", 2, interest_fen=11000)),
    ("a total of nothing", "receipts[0].total_fen", change("receipts", 0, total_fen=0)),
    ("a negative part", "receipts[0].principal_fen", change("receipts", 0, principal_fen=-1)),
    ("an amount with a point", "receipts[0].total_fen", change("receipts", 0, total_fen=700.0)),
    ("an amount as text", "receipts[0].total_fen", change("receipts", 0, total_fen="70000")),
    ("an amount that is true", "receipts[0].penalty_fen", change("receipts", 0, penalty_fen=True)),
    ("too much cash", "receipts[0].total_fen", change("receipts", 0, total_fen=10**12)),
    ("a day that is no number", "receipts[0].day_index", change("receipts", 0, day_index="1")),
    ("half a day", "receipts[0].day_index", change("receipts", 0, day_index=0.5)),
    ("a day before the sweep", "receipts[0].day_index", change("receipts", 0, day_index=-1)),
    ("a day after the report", "receipts[0].day_index", change("receipts", 0, day_index=9)),
    ("no day", "receipts[0].day_index", drop("receipts", 0, "day_index")),
    ("a loan nobody knows", "receipts[0].loan", change("receipts", 0, loan="L-X")),
    ("another's loan", "receipts[0].household", change("receipts", 0, loan="L-W02")),
    ("another area", "receipts[0].area", change("receipts", 0, area="JINKENG")),
    ("a payer of no kind", "receipts[0].payer", change("receipts", 0, payer="FRIEND")),
    ("not in cash", "receipts[0].method", change("receipts", 0, method="TRANSFER")),
    ("a household twice", "households + collective_borrowers", twice("households", 3)),
    ("a loan twice", "loans + collective_borrowers", twice("loans", 3)),
    ("a notice twice", "notices", twice("notices", 3)),
    ("a day counted twice", "cash_days", twice("cash_days", 0)),
    ("an area nobody knows", "households[0].area", change("households", 0, area="X")),
    ("no name", "households[0].name", drop("households", 0, "name")),
    ("a name of blanks", "households[0].name", change("households", 0, name="  ")),
    ("half a character", "households[0].name", change("households", 0, name="测\ud83d")),
    ("a line break in a name", "households[0].name", change("households", 0, name="测\n二")),
    ("an id in Chinese", "households[0].id", change("households", 0, id="测")),
    (
        "a reason of no kind",
        "households[0].unsigned_reason",
        change("households", 0, unsigned_reason="LAZY"),
    ),
    (
        "a visit on no day",
        "households[0].visit_day_index",
        change("households", 0, visit_day_index="Mon"),
    ),
    (
        "a negative balance",
        "loans[0].principal_outstanding_before_fen",
        change("loans", 0, principal_outstanding_before_fen=-5),
    ),
    (
        "no balance",
        "loans[0].principal_outstanding_before_fen",
        drop("loans", 0, "principal_outstanding_before_fen"),
    ),
    (
        "30 February",
        "loans[0].due_date.modern",
        change("loans", 0, due_date={"modern": "2023-02-30"}),
    ),
    (
        "an interruption of no kind",
        "loans[0].prior_interruptions.modern[0].type",
        change(
            "loans",
            0,
            prior_interruptions={"modern": [{"date": "2024-01-01", "type": "PHONE_CALL"}]},
        ),
    ),
    (
        "an interruption to come",
        "loans[L-W01].prior_interruptions",
        change(
            "loans", 0, prior_interruptions={"modern": [{"date": "2027-01-01", "type": "LETTER"}]}
        ),
    ),
    ("a loan of nobody", "loans[L-W01].household", change("loans", 0, household="W99")),
    (
        "signed before it was made",
        "notices[0].signed_day_index",
        change("notices", 0, signed_day_index=-1),
    ),
    (
        "made after it was signed",
        "notices[0].signed_day_index",
        change("notices", 0, made_day_index=2),
    ),
    (
        "signed on no day",
        "notices[0].signed_day_index",
        change("notices", 0, signed_day_index=None),
    ),
    ("signed by nobody", "notices[0].signed_by", change("notices", 0, signed_by=None)),
    ("signed by a dog", "notices[0].signed_by", change("notices", 0, signed_by="DOG")),
    ("not signed, by the debtor", "notices[0].status", change("notices", 0, status="NOT_SIGNED")),
    ("a promise to a loan nobody knows", "intentions[0].loan", change("intentions", 0, loan="L-X")),
    ("help for nobody", "assist_requests[0].about", change("assist_requests", 0, about=[])),
    ("help for a stranger", "assist_requests[0].about", change("assist_requests", 0, about=["Z1"])),
    ("a plan of no kind", "plan[0].kind", change("plan", 0, kind="PARTY")),
    ("a sweep of nowhere", "plan[1].area", change("plan", 1, area=None)),
    (
        "a note of 30 yuan",
        "cash_days[0].denominations.30",
        change("cash_days", 0, denominations={"30": 1}),
    ),
    (
        "half a note",
        "cash_days[0].denominations.100",
        change("cash_days", 0, denominations={"100": 0.5}),
    ),
    ("a list that is none", "households", put("households", {"W01": {}})),
    ("no list at all", "loans", put("loans", None)),
    ("a record that is none", "receipts[0]", put("receipts", ["SJ000101"])),
    ("no dates", "date_profiles", put("date_profiles", [])),
    (
        "days out of order",
        "date_profiles.modern.sweep_days",
        put(
            "date_profiles",
            {"modern": {"sweep_days": ["2026-03-03", "2026-03-02"], "report_date": "2026-03-09"}},
        ),
    ),
    (
        "a sweep of a month",
        "date_profiles.modern.sweep_days",
        put(
            "date_profiles",
            {"modern": {"sweep_days": ["2026-03-02", "2026-03-30"], "report_date": "2026-04-01"}},
        ),
    ),
    (
        "a report before the end",
        "date_profiles.modern.report_date",
        put(
            "date_profiles",
            {"modern": {"sweep_days": ["2026-03-02", "2026-03-03"], "report_date": "2026-03-02"}},
        ),
    ),
]


@pytest.mark.parametrize(
    ("path", "break_it"),
    [(path, break_it) for _, path, break_it in BROKEN],
    ids=[name for name, _, _ in BROKEN],
)
def test_it_names_the_place_and_the_rule(path: str, break_it: Callable[[Raw], None]) -> None:
    raw = golden()
    break_it(raw)

    faults = faults_of(to_bytes_with_surrogates(raw))

    assert path in [fault.path for fault in faults]
    assert all(fault.zh and fault.en for fault in faults)


def to_bytes_with_surrogates(raw: Raw) -> bytes:
    """The file in ASCII, where even half a character can be written as an escape."""
    return json.dumps(raw).encode()


BYTES: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "JSON"),
    ("not JSON", b"households: W01", "JSON"),
    ("cut off", to_bytes(golden())[:-500], "JSON"),
    ("in GBK", to_bytes(golden()).decode().encode("gb18030"), "UTF-8"),
    ("in UTF-16", to_bytes(golden()).decode().encode("utf-16"), "UTF-8"),
    ("a list", b"[1, 2]", "JSON"),
    ("a key twice", b'{"areas": [], "areas": []}', "JSON"),
    ("a number that is none", b'{"areas": NaN}', "JSON"),
    ("nested without end", b"[" * 200_000, "JSON"),
    ("a number of a million digits", b'{"x": ' + b"9" * 1_000_000 + b"}", "JSON"),
]


@pytest.mark.parametrize(
    ("data", "rule"), [(data, rule) for _, data, rule in BYTES], ids=[name for name, *_ in BYTES]
)
def test_it_refuses_bytes_that_are_no_week_file(data: bytes, rule: str) -> None:
    [fault] = faults_of(data)

    assert rule in fault.zh and rule in fault.en


def test_it_names_the_profiles_there_are() -> None:
    [fault] = faults_of(to_bytes(golden()), "future")

    assert fault.path == "date_profiles"
    assert "historical modern" in fault.zh and "historical modern" in fault.en


def test_it_names_every_fault_at_once() -> None:
    raw = golden()
    raw["receipts"][0]["total_fen"] = "x"
    raw["households"][1]["name"] = ""
    raw["loans"][2]["id"] = None

    paths = [fault.path for fault in faults_of(to_bytes(raw))]

    assert {"receipts[0].total_fen", "households[1].name", "loans[2].id"} <= set(paths)


def test_it_stops_at_a_number_of_faults_that_somebody_may_read() -> None:
    raw = golden()
    raw["receipts"] = [{} for _ in range(5_000)]

    assert len(faults_of(to_bytes(raw))) == FAULTS_MAX


def test_it_never_looks_at_what_the_system_must_compute() -> None:
    raw = golden()
    plain = read_week(to_bytes(golden()), "modern")
    raw["expected"] = raw["negative_variants"] = raw["schema"] = "nonsense"
    for loan in raw["loans"]:
        loan.update(
            limitation_before=7, limitation_after_sweep=[], principal_outstanding_after_fen="x"
        )
    for household in raw["households"]:
        household.update(period_outcome="CASH", repayment_intention="perhaps", provenance=None)

    assert read_week(to_bytes(raw), "modern") == plain


def test_it_reads_a_file_with_the_least_there_must_be() -> None:
    raw = golden()
    least = {key: raw[key] for key in ("date_profiles", "areas", "households", "loans")}

    week = read_week(to_bytes(least), "modern")

    assert (len(week.households), len(week.loans), week.receipts) == (23, 23, ())


def test_it_takes_the_place_from_the_remark_only_where_it_can_mean_nobody_else() -> None:
    raw = golden()
    one = next(h for h in read_week(to_bytes(raw), "modern").households if h.id == "W16")
    record(raw, "households", "W19")["unsigned_reason"] = "AWAY_MIGRANT_WORK"
    two = read_week(to_bytes(raw), "modern").households
    record(raw, "households", "W19")["away_place"] = "深圳"
    said = next(h for h in read_week(to_bytes(raw), "modern").households if h.id == "W19")

    assert one.away_place == "广州"
    assert {h.away_place for h in two} == {None}
    assert said.away_place == "深圳"


def test_it_ends_with_code_two_and_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = golden()
    raw["receipts"][2]["interest_fen"] = 11000
    file = tmp_path / "week.json"
    file.write_bytes(to_bytes(raw))
    monkeypatch.setattr(player, "open_stage", lambda *_: pytest.fail("a stage was opened"))

    done = CliRunner().invoke(command, [str(file), "--json"])

    assert (done.exit_code, done.stdout) == (2, "")
    assert re.search(r"receipts\[2\] +.*50000\+11000 != 60000.*NV1", done.stderr)


def test_it_refuses_a_file_that_is_not_there_or_too_large(tmp_path: Path) -> None:
    huge = tmp_path / "huge.json"
    huge.write_bytes(b" " * (BYTES_MAX + 1))

    for file in (tmp_path / "none.json", tmp_path, huge):
        done = CliRunner().invoke(command, [str(file)])

        assert (done.exit_code, done.stdout) == (2, ""), file
        assert "Traceback" not in done.stderr
