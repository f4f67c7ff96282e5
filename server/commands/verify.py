"""`doorstep verify`: is what an export says so? The same as `python -m sync.verify`, which needs
no server, no database and no settings.

Exit codes: 0 everything holds; 1 something does not; 2 the file cannot be read.
"""

from __future__ import annotations

from pathlib import Path

import click

from sync.verify.__main__ import run


@click.command("verify")
@click.argument("export", type=click.Path(path_type=Path))
@click.option("--key", help="Fingerprint of the office's key, as you were given it.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON, nothing else.")
def command(export: Path, key: str | None, as_json: bool) -> None:
    """Verify an EXPORT alone: chains, signatures, numbers, legs, custody, figures. 核验导出。"""
    raise SystemExit(run(export, key, as_json=as_json))
