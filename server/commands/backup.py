"""`doorstep backup`: copy everything while the server works, prove that it restores, keep it.

Exit codes: 0 the backup was restored, checked and kept; 1 it was not, and nothing was archived.
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import click

from server import create_app
from server.commands.refused import Refused
from server.db import db
from server.services.backup import Made, make_backup
from server.settings import read_settings
from sync.problems import Problem


@click.command("backup")
@click.option("--to", "target", type=click.Path(path_type=Path), help="Folder of backups.")
def command(target: Path | None) -> None:
    """Make a backup, verify it by restoring it, and keep it. 备份并验证。"""
    settings = read_settings()
    if target is not None:
        settings = dataclasses.replace(settings, backup_dir=str(target))
    os.umask(0o077)  # names, debts and keys are nobody else's business
    app = create_app(settings)
    with app.app_context():
        try:
            made = make_backup(settings, app.extensions["journal"])
        except Problem as problem:
            raise Refused(problem) from None
        finally:
            db.engine.dispose()
    _say(made)


def _say(made: Made) -> None:
    ticks = sum(made.verified.ticks.values())
    photos = sum(map(len, made.verified.photos.values()))
    megabytes = made.manifest.size / 1_000_000
    click.echo(
        f"备份已还原核对，保留在 {made.folder}：{ticks} 次提交，{photos} 张照片，"
        f"{megabytes:.1f} MB；复制 {made.copy_seconds:.1f} 秒，核对 {made.verify_seconds:.1f} 秒。"
    )
    click.echo(
        f"Restored, checked and kept in {made.folder}: {ticks} commits, {photos} photos,"
        f" {megabytes:.1f} MB; copied in {made.copy_seconds:.1f} s,"
        f" checked in {made.verify_seconds:.1f} s."
    )
    if made.verified.missing:
        missing = len(made.verified.missing)
        click.echo(
            f"有 {missing} 张照片在服务器上找不到文件，不在备份里。\n"
            f"{missing} photos have no file on the server and are not in the backup.",
            err=True,
        )
