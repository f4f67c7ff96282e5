"""`doorstep rotate-seal`. Method: the command runs in this process on an empty data folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import main
from server.keys import sealing_key
from server.settings import Settings
from sync.base64url import from_base64url
from sync.bundle import key_id


def test_it_makes_a_new_key_and_keeps_the_ones_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORSTEP_DATA_DIR", str(tmp_path))
    assert CliRunner().invoke(main, ["init"]).exit_code == 0
    points = []
    for _ in range(3):
        done = CliRunner().invoke(main, ["rotate-seal"])
        assert done.exit_code == 0, done.output
        points.append(from_base64url(done.output.strip()) or b"")

    settings = Settings(data_dir=tmp_path)
    opened = {sealing_key(settings, key_id(point)).private_numbers() for point in points}
    assert len(opened) == 3
    with pytest.raises(KeyError):
        sealing_key(settings, bytes(8))
    for path in tmp_path.glob("seal*.pem"):
        assert path.stat().st_mode & 0o077 == 0
