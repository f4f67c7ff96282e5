"""`doorstep restore`: a backup comes back, then the journal, and history gets a new name.

Exit codes: 0 restored; 1 refused, and nothing changed; 3 restored, but its history has faults.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from server import create_app
from server.commands.refused import Refused
from server.db import db
from server.services.finish_restore import Branch, Finished, finish_restore
from server.services.restore import PutBack, Wish, put_back
from server.settings import Settings, read_settings
from sync.problems import Problem

FAULTY = 3
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("restore")
@click.argument("backup", type=FOLDER)
@click.option("--journal", type=FOLDER, help="Folder of the journal, if it lies elsewhere.")
@click.option("--without-journal", is_flag=True, help="Take the backup alone.")
@click.option("--replace", is_flag=True, help="Move aside what is here now.")
def command(backup: Path, journal: Path | None, without_journal: bool, replace: bool) -> None:
    """Restore BACKUP; with SQLite also what the journal has behind it. 还原备份。"""
    if journal is not None and without_journal:
        raise click.UsageError("--journal and --without-journal exclude each other")
    settings = read_settings()
    os.umask(0o077)
    folder = None if without_journal else journal or settings.journal_folder
    try:
        done = put_back(settings, Wish(backup=backup, journal=folder, replaces=replace))
        finished = _finish(settings)
    except Problem as problem:
        raise Refused(problem) from None
    _say(done, finished)
    if finished.findings:
        raise SystemExit(FAULTY)


def _finish(settings: Settings) -> Finished:
    with create_app(settings).app_context():
        try:
            return finish_restore()
        finally:
            db.engine.dispose()


def _say(done: PutBack, finished: Finished) -> None:
    click.echo(f"已还原备份 {done.manifest.id}，流水日志补回其后 {done.redone} 次提交。")
    click.echo(
        f"Backup {done.manifest.id} is back; the journal brought {done.redone} later commits."
    )
    if done.is_cut:
        click.echo(
            "流水日志在这之后读不出来（断电留下的半条记录，或文件损坏）；缺的由手机补回，办公端的请对照纸面。\n"
            "Behind that the journal cannot be read (half a record of a crash, or damage): phones"
            " bring back what is missing; compare the office's work with paper.",
            err=True,
        )
    if done.moved_aside is not None:
        click.echo(f"原来的数据挪到了 {done.moved_aside}。What was here is in {done.moved_aside}.")
    for branch in finished.branches:
        _say_branch(branch)
    click.echo(
        f"历史编号改为 {finished.epoch}：手机下次同步时自行核对，缺的会自动再传，无需人工处理。\n"
        f"History is now called {finished.epoch}: phones compare at their next sync and send again"
        " what is missing; nobody needs to do anything."
    )
    for finding in finished.findings:
        click.echo(finding, err=True)


def _say_branch(branch: Branch) -> None:
    click.echo(
        f"  {branch.id}: {branch.events} 条记录，提交到 {branch.tick}，"
        f"待手机补传照片 {branch.photos_missing} 张。\n"
        f"  {branch.id}: {branch.events} events up to tick {branch.tick};"
        f" {branch.photos_missing} photos are asked of the phones again."
    )
    for lane, events in branch.behind.items():
        click.echo(
            f"    {lane}: 手机报告过的 {events} 条记录还没有回来。"
            f" Its phone had told of {events} events that are not here yet."
        )
