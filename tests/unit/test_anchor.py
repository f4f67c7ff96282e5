"""The mark of the server under an anchor.

Method: each thing the mark covers is changed, one at a time; the mark must no longer hold.
"""

from __future__ import annotations

import pytest

from sync.anchor import anchor_holds, anchor_mac

SECRET = b"s" * 32


def test_it_holds_for_the_device_and_tick_it_was_made_for() -> None:
    mac = anchor_mac(SECRET, "dev-1", 7)

    assert len(mac) == 16
    assert anchor_holds(SECRET, "dev-1", 7, mac)


@pytest.mark.parametrize(
    ("secret", "device", "tick"),
    [(b"t" * 32, "dev-1", 7), (SECRET, "dev-2", 7), (SECRET, "dev-1", 8)],
)
def test_it_does_not_hold_for_another(secret: bytes, device: str, tick: int) -> None:
    assert not anchor_holds(secret, device, tick, anchor_mac(SECRET, "dev-1", 7))


@pytest.mark.parametrize("mac", ["", "0" * 16, "０" * 16, "0" * 15])
def test_it_does_not_hold_for_what_is_no_mark(mac: str) -> None:
    assert not anchor_holds(SECRET, "dev-1", 7, mac)
