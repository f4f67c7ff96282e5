"""A photo of a paper, from the input of the camera to the folder of the server, in pieces.

Method: a real Chromium and a real server process; the officer photographs the notice without a
signal, the server is killed between two pieces, and is started again.
"""

from __future__ import annotations

import hashlib
import random
import struct
import time
import zlib

from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.conftest import Phone, Server
from tests.browser.desk import open_branch
from tests.browser.hand import Hand
from tests.browser.test_the_week import rows, set_out

SIDE = 900
PIECE_BYTES = 16_384


def picture() -> bytes:
    """A PNG of coarse noise: as a JPEG it is some 100 kB, as a photo of a paper is."""
    dice = random.Random(6)
    lines = []
    for _ in range(SIDE // 6):
        line = b"".join(dice.randbytes(3) * 6 for _ in range(SIDE // 6))
        lines += [b"\0" + line] * 6
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def test_it_brings_a_photo_home_though_the_server_is_killed_in_between(
    server: Server, phone: Phone, office: BrowserContext
) -> None:
    hand = set_out(server, phone, office, open_branch(server))
    hand.visit(hand.village_ids()["马头冲"], "W01")
    photograph(hand)
    hand.end_visit()
    offsets: list[int] = []

    def on_piece(route: Route) -> None:
        if route.request.method == "PATCH":
            offsets.append(int(route.request.headers["upload-offset"]))
            if len(offsets) == 2:
                server.kill()
        route.continue_()

    hand.page.route("**/v1/attachments/*", on_piece)
    hand.tap("unsent-bar")
    hand.tap("sync-now")
    state = hand.page.get_by_test_id("sync-state")
    expect(state).to_have_attribute("data-state", "error", timeout=30_000)
    assert hand.unsent() == (1, 0), "the photo alone: the records were home before it began"
    assert rows(server, "SELECT count(*) FROM event WHERE kind = 'attachment.added'") == [(1,)]
    server.start()
    hand.tap("sync-now")
    expect(state).to_have_attribute("data-state", "done", timeout=30_000)

    assert_whole(server)
    assert offsets[:3] == [0, PIECE_BYTES, PIECE_BYTES], "what had come was not sent again"
    assert hand.errors == []


def photograph(hand: Hand) -> None:
    """Make the notice, photograph the paper, have it signed, save."""
    hand.tap("met-debtor")
    hand.tap("make-notice")
    file = {"name": "notice.png", "mimeType": "image/png", "buffer": picture()}
    hand.page.get_by_test_id("photo-input").set_input_files(file)  # type: ignore[arg-type]
    expect(hand.page.locator("label.photo")).to_contain_text("kB", timeout=20_000)
    hand.page.get_by_test_id("sign-canvas").scroll_into_view_if_needed()
    hand.stroke("sign-canvas")
    hand.tap("notice-save")
    expect(hand.page.get_by_test_id("visit-end")).to_be_visible(timeout=10_000)


def assert_whole(server: Server) -> None:
    """The photo lies under its hash, and nothing is left of its parts."""
    query = "SELECT state, sha256, size, taken_at_ms FROM attachment"
    deadline = time.monotonic() + 10
    while (found := rows(server, query))[0][0] == "promised" and time.monotonic() < deadline:
        time.sleep(0.1)
    [(state, sha256, size, taken_at_ms)] = found
    assert (state, taken_at_ms is not None) == ("stored", True)
    folder = server.data / "attachments"
    data = next(folder.glob(f"*/{sha256[:2]}/{sha256}")).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (size, sha256)
    assert size > 2 * PIECE_BYTES, "the photo needs several pieces"
    assert list(folder.glob("*/partial/*/*")) == []
