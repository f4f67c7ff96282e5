"""`doorstep rehearse`: play a week file through the real system, and print its report.

Exit codes: 0 the report is printed; 2 the file cannot be played (a table on standard error says
why, and nothing was started); 1 the week was played and its report refused.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from server.office.report_document import Document
from server.rehearsal.faults import Fault, WeekFileError
from server.rehearsal.player import rehearse
from server.rehearsal.week_file import read_week_file
from sync.problems import Problem

BAD_FILE, REFUSED = 2, 1


@click.command("rehearse")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--profile", default="modern", show_default=True, help="Dates to play it in.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON, nothing else.")
def command(file: Path, profile: str, as_json: bool) -> None:
    """Play the week FILE through a fresh server and print its report. 演练一周。"""
    try:
        week = read_week_file(file, profile)
    except WeekFileError as error:
        click.echo(fault_table(error.faults), err=True)
        raise SystemExit(BAD_FILE) from None
    try:
        report = rehearse(week)
    except Problem as problem:
        click.echo(f"{problem.zh}{problem.next_zh}\n{problem.en} {problem.next_en}", err=True)
        raise SystemExit(REFUSED) from None
    click.echo(json.dumps(report.figures, ensure_ascii=False) if as_json else report_text(report))


def report_text(report: Document) -> str:
    """The sentences, then the totals."""
    return "\n".join([*report.paragraphs, "", "合计", *report.totals])


def fault_table(faults: list[Fault]) -> str:
    """Every fault with its place, what stood there, and the rule in both languages."""
    head = [
        f"周文件有 {len(faults)} 处错误，没有开始演练。",
        f"The week file has {len(faults)} faults; nothing was started.",
        "",
    ]
    width = max(len(fault.path) for fault in faults)
    rows = [f"{fault.path:<{width}}  {fault.value}  {fault.zh}。{fault.en}." for fault in faults]
    return "\n".join([*head, *rows])
