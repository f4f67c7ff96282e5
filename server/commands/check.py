"""`doorstep check`: do the promises about history hold in the database as it is now?

Exit codes: 0 all holds; 1 something does not, one line each.
"""

from __future__ import annotations

import click

from server import create_app
from server.db import db, snapshot
from server.services.check_history import check_history
from server.settings import read_settings

BROKEN = 1


@click.command("check")
def command() -> None:
    """Check the whole history: bytes, lanes, ticks, legs, custody, numbers. 核对全部记录。"""
    with create_app(read_settings()).app_context():
        try:
            with snapshot() as session:
                findings = [str(finding) for finding in check_history(session)]
        finally:
            db.engine.dispose()
    for finding in findings:
        click.echo(finding)
    if findings:
        click.echo(
            f"有 {len(findings)} 处不符；请不要改动数据库，并联系技术支持。\n"
            f"{len(findings)} promises are broken; do not change the database, and call support.",
            err=True,
        )
        raise SystemExit(BROKEN)
    click.echo("全部记录相符。Everything holds.")
