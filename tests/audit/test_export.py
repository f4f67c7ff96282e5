"""An export of a working branch: what it holds, that it is verified, and that it is sealed.

Method: phones over the real API on SQLite and PostgreSQL; the command line as an operator and an
auditor type it; voids, holes, kept slips and a count that is short, as they happen.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.db import transaction
from server.services import office_events
from server.services.close_day import close_day, deposit
from server.services.count_cash import Counted, count_cash
from server.services.export_branch import export_branch
from server.services.export_lines import export_lines
from server.tables import EventRow
from sync.client import Phone
from sync.problems import Problem
from sync.specimens import MONDAY, receipt_body, visit_body
from tests.audit.exports import export_of, golden_export, rows_of, told, verified
from tests.small_bank import BRANCH, LI_WEI, ZHOU_LAN, Bank, found_bank


@pytest.fixture
def bank(migrated_url: str, tmp_path: Path) -> Iterator[Bank]:
    """The small bank, empty but for its loans."""
    bank = found_bank(migrated_url, tmp_path / "data")
    bank.publish(LI_WEI, ["W1", "W2"])
    yield bank
    bank.close()


def exported(bank: Bank) -> tuple[bytes, str]:
    with bank.app.app_context():
        return export_of(BRANCH)


def take(phone: Phone, number: str) -> str:
    """A receipt of 600.00 with this number; its hash."""
    return phone.record("cash.receipt", receipt_body(("SJ000101-000150", number))).hash


def work(bank: Bank) -> Phone:
    """A morning: a visit, four slips, one void, one number left out; all is at the server."""
    phone = bank.phone(LI_WEI)
    phone.record("visit.started", visit_body())
    slips = [take(phone, f"SJ00010{n}") for n in (1, 2, 3, 5)]
    void = {
        "target": slips[1],
        "receipt_no": "SJ000102",
        "reason": "写错",
        "money_returned": True,
        "second_person": "张敏",
    }
    phone.record("cash.void", void)
    phone.sync(bank.send)
    return phone


def count_short(bank: Bank) -> None:
    """The cashier counts 1,790.00 of 1,800.00, hears of the hole, deposits, and shuts the day."""
    counted = Counted(
        denominations={100_00: 17, 50_00: 1, 20_00: 2},
        cause="少一张十元",
        holes={"SJ000104": "写坏，存根在"},
    )
    with bank.app.app_context():
        count_cash(BRANCH, LI_WEI, counted, by=ZHOU_LAN)
        deposit(BRANCH, 1000_00, "JK1", by=ZHOU_LAN)
        close_day(BRANCH, MONDAY, by=ZHOU_LAN)


def test_it_verifies_a_branch_at_work(bank: Bank) -> None:
    work(bank)
    data, key = exported(bank)
    answer = verified(data, key)

    assert answer.holds, told(answer)
    assert [(one.code, dict(one.place)["receipt"]) for one in answer.findings.open] == [
        ("number_hole_open", "SJ000104")
    ]
    assert answer.counters["numbers_void"] == 1 and answer.counters["numbers_used"] == 3
    assert answer.counters["numbers_unused"] == 45 and answer.counters["numbers_missing"] == 1


def test_it_verifies_a_day_that_was_counted_short_and_shut(bank: Bank) -> None:
    work(bank)
    count_short(bank)
    data, key = exported(bank)
    answer = verified(data, key)

    assert answer.holds, told(answer)
    assert not answer.findings.open
    accounts = {row["account"]: row["fen"] for row in rows_of(data, "account")}
    assert accounts == bank.balances()
    assert (accounts["vault"], accounts["over_short"]) == (790_00, 10_00)
    [day] = rows_of(data, "daily")
    assert (day["variance_fen"], day["closing_fen"]) == (-10_00, 790_00)


def test_it_verifies_what_was_kept_aside(bank: Bank) -> None:
    """A slip from no book, one whose number another has, and a batch with a wrong signature."""
    phone = work(bank)
    take(phone, "XX000001")
    take(phone, "SJ000105")
    phone.sync(bank.send)
    data, key = exported(bank)
    answer = verified(data, key)

    assert answer.holds, told(answer)
    assert [one.code for one in answer.findings.open].count("number_in_doubt") == 2
    accounts = {row["account"]: row["fen"] for row in rows_of(data, "account")}
    assert accounts["suspense"] == -1200_00 and accounts == bank.balances()


def test_it_is_an_event_of_the_office_with_the_heads_of_all_lanes(bank: Bank) -> None:
    phone = work(bank)
    data, key = exported(bank)
    [seal] = rows_of(data, "seal")
    event = json.loads(seal["canonical"])
    stored = [row for row in bank.rows(EventRow) if row.kind == "export.made"]

    assert [bytes(row.canonical).decode() for row in stored] == [seal["canonical"]]
    heads = {head["lane"]: head["seq"] for head in event["body"]["heads"]}
    assert heads[phone.log[-1].lane] == phone.log[-1].seq
    assert heads[event["lane"]] == event["seq"] - 1
    again, _ = exported(bank)
    assert verified(again, key).holds


def test_it_never_says_yes_to_a_chain_shorter_than_an_earlier_export(bank: Bank) -> None:
    """Even whoever has the office's key cannot forget what an earlier export has sealed."""
    work(bank)
    exported(bank)
    data, key = exported(bank)
    answer = verified(data, key)
    assert answer.holds, told(answer)

    lane = next(row for row in rows_of(data, "lane") if row["device"])
    lines = [
        raw
        for raw in data.splitlines(keepends=True)
        if f'"lane":"{lane["id"]}","legs"' not in raw.decode()
        or json.loads(raw)["seq"] < lane["head_seq"]
    ]
    codes = {one.code for one in verified(b"".join(lines), key).findings.breaks}

    assert len(lines) == data.count(b"\n") - 1
    assert {"chain_broken", "head_forgotten", "seal_broken"} <= codes


def test_it_reads_again_when_the_office_records_something_meanwhile(
    bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(bank)
    tries: list[int] = []

    def disturbed(*given: Any) -> Iterator[dict[str, Any]]:
        """All lines; the first `stop` times the office notes something before the sealing."""
        yield from export_lines(*given)
        tries.append(1)
        if len(tries) <= stop:
            with transaction(BRANCH, actor=ZHOU_LAN, cause="test") as tx:
                office_events.record(tx, "plan.noted", {"kind": "SWEEP"}, actor=ZHOU_LAN)

    monkeypatch.setattr("server.services.export_branch.export_lines", disturbed)
    stop = 99
    with bank.app.app_context():
        with pytest.raises(Problem, match="export_disturbed"):
            export_branch(BRANCH, tmp_path / "one.export")
        assert len(tries) == 5 and not list(tmp_path.glob("*.export*"))
        stop = 6
        made = export_branch(BRANCH, tmp_path / "two.export")

    assert len(tries) == 7
    assert verified((tmp_path / "two.export").read_bytes(), made.fingerprint).holds


def test_it_never_writes_over_a_file(bank: Bank, tmp_path: Path) -> None:
    path = tmp_path / "one.export"
    path.write_text("what was there")

    with bank.app.app_context(), pytest.raises(Problem, match="export_exists"):
        export_branch(BRANCH, path)

    assert path.read_text() == "what was there"


def test_it_says_when_a_kind_with_legs_has_no_rule(bank: Bank) -> None:
    """Whoever adds a kind that moves cash must add its rule: the verifier says so by itself."""
    from server.services import ledger
    from sync.books import deposit_legs

    with bank.app.app_context(), transaction(BRANCH, actor=ZHOU_LAN, cause="test") as tx:
        event_hash = office_events.record(tx, "plan.noted", {"kind": "SWEEP"}, actor=ZHOU_LAN)
        ledger.post(tx, event_hash, deposit_legs(-500), MONDAY)
    data, key = exported(bank)

    codes = [one.code for one in verified(data, key).findings.breaks]
    assert "kind_without_rule" in codes


def test_it_is_verified_by_a_python_without_our_server(tmp_path: Path) -> None:
    """A fresh interpreter that may import nothing of `server/`, nor any library but one."""
    data, key = golden_export()
    path = tmp_path / "golden.export"
    path.write_bytes(data)
    program = (
        "import sys, runpy\n"
        "class Gate:\n"
        "    def find_spec(self, name, *rest):\n"
        "        top = name.split('.')[0]\n"
        "        allowed = {*sys.stdlib_module_names, 'sync', 'cryptography', '_cffi_backend'}\n"
        "        if top not in allowed: raise ImportError(name + ' is not for the verifier')\n"
        "sys.meta_path.insert(0, Gate())\n"
        "sys.argv[1:] = sys.argv[1:]\n"
        "runpy.run_module('sync.verify', run_name='__main__')\n"
    )
    command = [sys.executable, "-c", program, str(path), "--key", key]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert "核验通过" in done.stdout and "YES, it holds" in done.stdout
    path.write_bytes(data.replace(b'"fen":', b'"fen":1', 1))
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["holds"]) == (1, False)
    assert {"code", "place", "zh", "en"} == set(answer["breaks"][0])
    gone = subprocess.run([*command[:3], "nowhere"], capture_output=True, text=True, check=False)
    assert gone.returncode == 2 and "无法读取" in gone.stderr


def test_it_names_the_key_that_is_not_the_offices() -> None:
    data, key = golden_export()

    other = verified(data, key.replace(key[0], "0" if key[0] != "0" else "1"))

    assert [one.code for one in other.findings.breaks] == ["key_other"]
    assert verified(data, key.upper().replace(" ", "")).holds
    assert verified(data).holds


def test_it_has_both_languages_for_everything_it_says() -> None:
    from sync.verify.words import PLACES, WORDS

    for zh, en in WORDS.values():
        assert zh.endswith("。") and en.endswith(".") and en.isascii()
    assert all(len(words) == 2 for words in PLACES.values())
