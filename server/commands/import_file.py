"""`doorstep import FILE`: households and loans of the core system, from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from server import create_app
from server.office.import_text import rule_text
from server.services.branches import SYSTEM, the_branch
from server.services.import_master import (
    ImportDone,
    ImportRefused,
    Said,
    import_master,
    read_control_total,
)
from server.services.installation import initialise
from server.services.read_table import ENCODINGS
from server.settings import read_settings
from sync.amounts import format_yuan
from sync.problems import Problem

FAULTS_SHOWN_MAX = 200


class Refused(click.ClickException):
    """The file or an option is wrong. Shown in Chinese and English; exit code 1."""

    def show(self, file: object = None) -> None:
        """Print the sentences to standard error."""
        click.echo(self.message, err=True)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as-of", required=True, metavar="DATE", help="The day of the balances, YYYY-MM-DD.")
@click.option("--control-total", required=True, metavar="YUAN", help="What the principals sum to.")
@click.option("--branch", help="Needed only if there are several branches.")
@click.option("--encoding", type=click.Choice(ENCODINGS), help="Of a CSV, if you know it.")
def command(
    file: Path, as_of: str, control_total: str, branch: str | None, encoding: str | None
) -> None:
    """Import FILE (CSV or XLSX), whole or not at all. 导入贷款数据。"""
    with create_app(read_settings()).app_context():
        try:
            initialise()
            done = import_master(
                the_branch(branch),
                file.read_bytes(),
                Said(
                    as_of=as_of,
                    control_total_fen=read_control_total(control_total),
                    encoding=encoding,
                ),
                by=SYSTEM,
            )
        except ImportRefused as problem:
            raise Refused("\n".join([*_sentences(problem), *_table(problem)])) from None
        except Problem as problem:
            raise Refused("\n".join(_sentences(problem))) from None
    _say(done)


def _say(done: ImportDone) -> None:
    total = format_yuan(done.principal_fen)
    click.echo(
        f"已导入 {done.loans} 笔贷款，{done.households} 户，本金合计 {total} 元（{done.form}）。"
    )
    click.echo(
        f"新增 {done.new_loans} 笔，余额有变 {done.changed_loans} 笔，"
        f"不在文件里的 {done.not_in_file} 笔未改动。"
    )
    click.echo(
        f"Imported {done.loans} loans of {done.households} households, principal {total} yuan:"
        f" {done.new_loans} new, {done.changed_loans} changed,"
        f" {done.not_in_file} not in the file and left as they are."
    )


def _sentences(problem: Problem) -> list[str]:
    return [f"{problem.zh}{problem.next_zh}", f"{problem.en} {problem.next_en}"]


def _table(problem: ImportRefused) -> list[str]:
    """One line for each fault: line, column, what stands there, what is wrong."""
    shown = problem.faults[:FAULTS_SHOWN_MAX]
    lines = ["", "行 line\t列 field\t内容 value\t问题 rule"]
    lines += [
        f"{fault.line}\t{fault.field or '—'}\t{fault.value or '—'}\t"
        f"{rule_text(fault.rule, fault.detail)}; "
        f"{rule_text(fault.rule, fault.detail, english=True)}"
        for fault in shown
    ]
    rest = len(problem.faults) - len(shown)
    return lines + ([f"… {rest}"] if rest else [])
