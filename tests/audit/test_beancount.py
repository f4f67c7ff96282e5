"""The ledger in Beancount: `bean-check` takes it, and its balances are ours, to the fen.

Method: the real `bean-check` of the beancount package over the file that `doorstep beancount`
writes from the export of the golden week; its own loader adds the postings up, and the sums are
compared with those of the export. `check_with_beancount` takes any export.
"""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from click.testing import CliRunner

from server.commands.beancount import command
from sync.verify.beancount import ACCOUNTS, account_of
from tests.audit.exports import golden_export, rows_of

BEAN_CHECK = Path(sys.executable).with_name("bean-check")
NAMES = ("测", "李薇", "张敏")  # people of the golden week


def ledger_of(data: bytes, folder: Path) -> Path:
    """The Beancount file of an export."""
    given, out = folder / "branch.export", folder / "branch.beancount"
    given.write_bytes(data)
    done = CliRunner().invoke(command, [str(given), str(out)])
    assert done.exit_code == 0, done.output
    return out


def bean_check(path: Path) -> str:
    """What `bean-check` complains of: nothing if all is well."""
    done = subprocess.run([BEAN_CHECK, path], capture_output=True, text=True, check=False)
    assert bool(done.returncode) == bool(done.stderr.strip())
    return done.stderr.strip()


def balances_by_beancount(path: Path) -> dict[str, int]:
    """Our account -> fen, added up by Beancount's own loader; zeros left out."""
    entries, errors, _ = loader.load_file(str(path))
    assert errors == []
    ours = {one.account: one.meta["doorstep"] for one in _of_type(entries, "Open")}
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in _of_type(entries, "Transaction"):
        for posting in entry.postings:
            assert posting.units.currency == "CNY"
            sums[ours[posting.account]] += posting.units.number
    assert all(fen == int(fen) for fen in (total * 100 for total in sums.values()))
    return {account: int(total * 100) for account, total in sums.items() if total}


def check_with_beancount(data: bytes, folder: Path) -> Path:
    """Any export: bean-check takes its ledger, and every balance is that of the export."""
    path = ledger_of(data, folder)
    assert bean_check(path) == ""
    stated = {row["account"]: row["fen"] for row in rows_of(data, "account")}
    assert balances_by_beancount(path) == stated
    return path


def test_it_gives_the_golden_week_to_beancount(tmp_path: Path) -> None:
    data, _ = golden_export()
    path = check_with_beancount(data, tmp_path)
    text = path.read_text(encoding="utf-8")
    entries, _, _ = loader.load_file(str(path))

    with_legs = {row["hash"] for row in rows_of(data, "event") if row["legs"]}
    assert {link for one in _of_type(entries, "Transaction") for link in one.links} == with_legs
    assert len(_of_type(entries, "Balance")) >= len(rows_of(data, "account"))
    assert not any(name in text for name in NAMES)


def test_it_is_refused_by_bean_check_when_one_fen_is_wrong(tmp_path: Path) -> None:
    data, _ = golden_export()
    path = ledger_of(data, tmp_path)
    text = path.read_text(encoding="utf-8")
    [last] = [line for line in text.splitlines()[-60:] if "balance Assets:Bank" in line]
    amount = last.split()[3]
    path.write_text(
        text.replace(last, last.replace(amount, f"{Decimal(amount) + 1 / Decimal(100)}"))
    )

    assert "Balance failed" in bean_check(path)


def test_it_writes_nothing_of_an_export_that_does_not_hold(tmp_path: Path) -> None:
    data, _ = golden_export()
    given, out = tmp_path / "branch.export", tmp_path / "branch.beancount"
    given.write_bytes(data.replace(b'"fen":', b'"fen":1', 1))

    done = CliRunner().invoke(command, [str(given), str(out)])

    assert done.exit_code == 1 and "核验不通过" in done.stderr
    assert not out.exists()
    assert CliRunner().invoke(command, [str(tmp_path / "none"), str(out)]).exit_code == 2


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("vault", "Assets:Vault"),
        ("hand:officer-1", "Assets:Hand:N-officer-1"),
        ("hand:N-officer-1", "Assets:Hand:N-N-officer-1"),
        ("loan:L-W01:principal", "Assets:Loans:L-W01:N-principal"),
        ("loan:L/7_x:interest", "Assets:Loans:L-x2F-7-x5F-x:N-interest"),
        ("loan:L-x2F-7:interest", "Assets:Loans:L-x2D-x2F-7:N-interest"),
        ("credit:L-W01", "Liabilities:Credit:L-W01"),
    ],
)
def test_it_calls_every_account_by_a_name_of_its_own(ours: str, theirs: str) -> None:
    assert account_of(ours) == theirs


def test_it_documents_every_account() -> None:
    page = Path("docs/export.md").read_text(encoding="utf-8")

    for first, (theirs, zh) in ACCOUNTS.items():
        assert f"| `{first}" in page and f"`{theirs}" in page and zh in page


def _of_type(entries: list[Any], name: str) -> list[Any]:
    return [entry for entry in entries if type(entry).__name__ == name]
