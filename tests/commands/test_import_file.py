"""`doorstep import FILE` as people run it: exit codes, and the table of faults.

Method: the command runs in this process against a database of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from server import create_app
from server.cli import main
from server.db import db, snapshot
from server.services.branches import create_branch
from server.services.installation import initialise
from server.settings import read_settings
from server.tables import Loan

GOOD = "户号,户名,片区,村委,贷款编号,本金余额,到期日\nN1,测来福,涡水镇,马头冲,L-1,1000,2023-06-30\n"
BAD = GOOD + "N2,,涡水镇,马头冲,L-1,1e3,2023-02-30\n"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command on a file with these bytes; the data folder has one branch."""
    monkeypatch.setenv("DOORSTEP_DATA_DIR", str(tmp_path / "data"))
    with create_app(read_settings()).app_context():
        initialise()
        create_branch("b1", code="1", name="分社", institution="信用社", contact_phone="0")
        db.engine.dispose()

    def command(data: bytes, *options: str) -> Result:
        file = tmp_path / "loans.csv"
        file.write_bytes(data)
        return CliRunner().invoke(main, ["import", str(file), *options])

    return command


def loans() -> list[str]:
    with create_app(read_settings()).app_context(), snapshot() as session:
        return list(session.scalars(select(Loan.id)))


def test_it_imports_a_file(run: Run) -> None:
    result = run(GOOD.encode("gb18030"), "--as-of", "2026-03-01", "--control-total", "1,000.00")

    assert result.exit_code == 0, result.output
    assert "已导入 1 笔贷款，1 户，本金合计 1000 元（gb18030）" in result.output
    assert "Imported 1 loans" in result.output
    assert loans() == ["L-1"]


def test_it_prints_line_field_value_and_rule_of_every_fault(run: Run) -> None:
    result = run(BAD.encode(), "--as-of", "2026-03-01", "--control-total", "2000")

    assert result.exit_code == 1
    assert "3\t户名\t—\t不能空着" in result.output
    assert "3\t本金余额\t1e3\t" in result.output
    assert "3\t到期日\t2023-02-30\t没有这一天" in result.output
    assert "3\t贷款编号\tL-1\t与第 2 行重复" in result.output
    assert "文件有 4 处错误，一行都没有导入" in result.output
    assert loans() == []


@pytest.mark.parametrize(
    "options",
    [
        ["--as-of", "2026-03-01", "--control-total", "999.99"],
        ["--as-of", "2026-03-01", "--control-total", "much"],
        ["--as-of", "2026-13-01", "--control-total", "1000"],
        ["--as-of", "2999-01-01", "--control-total", "1000"],
        ["--as-of", "2026-03-01", "--control-total", "1000", "--encoding", "gb18030"],
        ["--as-of", "2026-03-01", "--control-total", "1000", "--branch", "b2"],
    ],
)
def test_it_refuses_in_two_languages(run: Run, options: list[str]) -> None:
    result = run(GOOD.encode(), *options)

    assert result.exit_code == 1
    assert "Traceback" not in result.output and "。" in result.output
    assert loans() == []


def test_it_asks_for_the_day_and_the_control_total(run: Run) -> None:
    assert run(GOOD.encode()).exit_code == 2
    assert run(GOOD.encode(), "--as-of", "2026-03-01").exit_code == 2
