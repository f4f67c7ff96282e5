"""`doorstep beancount`: the ledger of an export as a Beancount file, for `bean-check` and Fava.

Exit codes: 0 it is written; 1 the export does not hold, and nothing is written; 2 no such file.
"""

from __future__ import annotations

from pathlib import Path

import click

from server.files import write_whole
from sync.verify.__main__ import BROKEN, UNREADABLE
from sync.verify.beancount import beancount_lines
from sync.verify.check import verified_world


@click.command("beancount")
@click.argument("export", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
def command(export: Path, out: Path) -> None:
    """Write the ledger of an EXPORT that holds to OUT as Beancount. 导出为 Beancount 账本。"""
    try:
        answer, world = verified_world(export)
    except OSError as error:
        click.echo(f"无法读取 {export}：{error.strerror}。\nCannot read {export}.", err=True)
        raise SystemExit(UNREADABLE) from None
    if not answer.holds:
        message = (
            "核验不通过，没有写出账本。请运行 doorstep verify。\nIt does not hold: nothing written."
        )
        click.echo(message, err=True)
        raise SystemExit(BROKEN)
    lines = list(beancount_lines(world))
    write_whole(out, ("\n".join(lines) + "\n").encode())
    click.echo(f"已写出 {out}：{len(lines)} 行。\nWritten to {out}: {len(lines)} lines.")
