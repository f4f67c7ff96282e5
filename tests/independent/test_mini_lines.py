"""A second client, written from docs/protocol.md alone, on lines that break, lie and are watched.

The client of tests/independent/client.py reaches a real server process through the TCP proxy of
tests/network. What passed is counted by the proxy; afterwards the server's database must hold every
event once, byte for byte, and the officer's cash must be what the client counts.
"""

from __future__ import annotations

import copy
import gzip
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.independent.client import Phone
from tests.independent.codec import canonical, sha
from tests.independent.day import keep, visit
from tests.independent.line import Answer, Refused
from tests.independent.town import Town, Watch, over
from tests.network.proxy import FaultProxy

JPEG = b"\xff\xd8\xff\xe0" + random.Random(7).randbytes(40_000)


@pytest.fixture
def proxy(town: Town) -> Iterator[FaultProxy]:
    """The only way to the server."""
    with FaultProxy(town.server.port) as it:
        yield it


def far_phone(town: Town, proxy: FaultProxy) -> tuple[Phone, Watch]:
    """A phone behind the proxy with its rows and four gates unsent, notes that do not pack."""
    watch = Watch(over(proxy.port))
    phone = town.phone(watch)
    phone.sync()
    dice = random.Random(11)
    for n in range(1, 5):
        visit(phone, f"W{n}", n, dice.randbytes(200).hex())
    watch.seen.clear()
    proxy.reset_counts()
    return phone, watch


def asked(watch: Watch, method: str, path: str) -> list[int]:
    """The statuses of these requests; 0 where nothing came back."""
    return [status for verb, at, status in watch.seen if (verb, at) == (method, path)]


@pytest.mark.parametrize("bytes_a_connection", [1300, 1900])
def test_it_brings_a_day_home_over_a_line_that_always_breaks(
    town: Town, proxy: FaultProxy, bytes_a_connection: int
) -> None:
    phone, watch = far_phone(town, proxy)
    proxy.change(cut_after=bytes_a_connection)

    phone.sync()

    assert proxy.passed.cuts > 1
    assert asked(watch, "POST", "/v1/sync").count(0) > 0
    assert phone.is_equal
    keep(town, phone)


def test_it_sends_only_the_rest_of_a_body_that_was_cut(town: Town, proxy: FaultProxy) -> None:
    phone, watch = far_phone(town, proxy)
    packed = len(gzip.compress(canonical(phone.batch(phone.unsent()))))
    proxy.change(cut_after=2000)
    watch.change = calm_again(proxy)
    watch.on_break = lambda headers: wait_until_it_is_kept(town, headers)

    phone.sync()

    assert asked(watch, "GET", "/v1/sync") == [200]
    first, *rest = asked(watch, "POST", "/v1/sync")
    assert first == 0 and rest
    assert proxy.passed.up < packed + 2500
    keep(town, phone)


def wait_until_it_is_kept(town: Town, headers: Mapping[str, str]) -> None:
    """Past the proxy: until the server has noticed what came before the break."""
    req_id = headers["Doorstep-Upload"].split(";")[0]
    told = {"Doorstep-Device": headers["Doorstep-Device"], "Doorstep-Upload": req_id}
    for _ in range(200):
        answer = over(town.server.port)("GET", "/v1/sync", told, b"")
        if json.loads(answer.body)["upload_offset"]:
            return
        time.sleep(0.05)
    raise AssertionError("nothing of a cut body was kept")


def calm_again(proxy: FaultProxy) -> Callable[[Answer], Answer]:
    """The next answer that comes at all ends the bad weather."""

    def change(answer: Answer) -> Answer:
        proxy.change()
        return answer

    return change


def test_it_fetches_only_the_rest_of_an_answer_that_was_cut(town: Town, proxy: FaultProxy) -> None:
    phone, watch = far_phone(town, proxy)
    phone.sync()
    phone.memory.cursor = None
    watch.seen.clear()
    proxy.reset_counts()
    proxy.change(cut_after=2000)
    watch.change = calm_again(proxy)

    phone.sync()

    assert asked(watch, "POST", "/v1/sync") == [200]
    assert asked(watch, "GET", "/v1/answer") == [206]
    assert proxy.passed.down < 2600
    assert phone.is_equal
    keep(town, phone)


def test_it_does_not_believe_a_portal(town: Town, proxy: FaultProxy) -> None:
    phone, _ = far_phone(town, proxy)
    before = copy.deepcopy(phone.memory)
    proxy.change(portal=True)

    with pytest.raises(Refused):
        phone.sync()

    assert phone.memory == before
    assert phone.unsent()
    proxy.change()
    phone.sync()
    keep(town, phone)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_it_takes_no_error_for_an_answer(town: Town, proxy: FaultProxy, status: int) -> None:
    phone, _ = far_phone(town, proxy)
    before = copy.deepcopy(phone.memory)
    proxy.change(error=status)

    with pytest.raises(Refused) as refused:
        phone.sync()

    assert refused.value.args[0] == status
    assert phone.memory == before


def test_it_brings_a_photo_in_pieces_over_a_line_that_breaks(town: Town, proxy: FaultProxy) -> None:
    phone, _ = far_phone(town, proxy)
    served = next(e for e in phone.events() if e.told["kind"] == "notice.served")
    told = {
        "sha256": sha(JPEG), "size": len(JPEG), "media_type": "image/jpeg",
        "role": "notice_photo", "about": served.hash, "taken_at": None,
    }  # fmt: skip
    phone.record("attachment.added", told)
    phone.sync()
    proxy.change(cut_after=9000)

    last = phone.upload_photo(JPEG, piece=12_000)

    assert last["doorstep-state"] == "stored"
    assert proxy.passed.cuts > 2
    assert town.rows("SELECT size FROM attachment WHERE sha256 = :it", it=sha(JPEG)) == [
        (len(JPEG),)
    ]
    keep(town, phone)
