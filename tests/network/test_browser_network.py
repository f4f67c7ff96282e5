"""A real Chromium and a real gunicorn with a bad network between them (I25, I26, I27, peers 3, 12).

Method: a branch of 300 households; the phone reaches the server only through a proxy that cuts,
slows, swallows, answers for somebody else, or caches; browser and server are killed in the middle.
Each time the phone must say the truth, and in the end everything is on both sides once.
"""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import expect

from tests.network.conftest import HOUSEHOLDS, Field
from tests.network.proxy import EDGE, FaultProxy

pytestmark = pytest.mark.browser

# Browser and server are killed when so many bytes of an exchange have passed.
KILL_AT_BYTES = (300, 1_500)


def assert_all_is_home(field: Field, fen: int) -> None:
    """The phone holds its whole scope, the server every record once, and both the same cash."""
    held = field.held_rows()
    assert held["household"] == HOUSEHOLDS and held["loan"] == HOUSEHOLDS
    assert field.hand.unsent() == (0, 0)
    for kind, count, different in field.on_the_server():
        assert count == different, kind
    kinds = {kind: count for kind, count, _ in field.on_the_server()}
    assert kinds.get("cash.receipt", 0) == fen // 100_00
    assert field.cash_on_the_server() == fen
    assert field.hand.errors == []


@pytest.mark.parametrize("cut_after", [250_000, 20_000, 3_000])
def test_it_finishes_by_itself_when_every_connection_is_cut(field: Field, cut_after: int) -> None:
    field.proxy.change(cut_after=cut_after)
    field.proxy.break_all()  # those that brought the program have carried more than that already
    field.hand.page.wait_for_timeout(500)
    field.enrol()
    field.sync()
    assert_all_is_home(field, 0)

    fen = field.work()
    field.sync()

    assert_all_is_home(field, fen)
    if cut_after < 10_000:
        assert field.proxy.passed.cuts > 3, "the weather was as bad as it was meant to be"


def test_it_finishes_on_an_edge_link(field: Field) -> None:
    field.proxy.weather = EDGE
    field.enrol()
    field.sync()
    fen = field.work(2)
    field.sync()

    assert_all_is_home(field, fen)


@pytest.mark.parametrize("direction", ["up", "down"])
def test_it_tells_the_truth_about_a_black_hole(field: Field, direction: str) -> None:
    field.enrol()
    field.sync()
    fen = field.work(1)
    records = field.hand.unsent()
    field.proxy.change(swallow=direction)
    field.proxy.break_all()

    assert field.fail_to_sync() in ("too_slow", "no_signal")
    assert field.hand.unsent() == records, "what is not acknowledged is still said to be here"
    assert field.cash_on_the_server() == (fen if direction == "down" else 0)

    field.proxy.change()
    field.proxy.break_all()
    field.sync()
    assert_all_is_home(field, fen)


def test_it_believes_no_sign_in_page_of_a_hotel(field: Field) -> None:
    field.enrol()
    field.sync()
    fen = field.work(1)
    records, held = field.hand.unsent(), field.held_rows()
    field.proxy.change(portal=True)
    field.proxy.break_all()

    assert field.fail_to_sync() == "not_our_server"
    assert field.hand.unsent() == records and field.held_rows() == held
    field.start_again()
    assert field.hand.unsent() == records, "the program itself does not come from the hotel"

    field.proxy.change()
    field.sync()
    assert_all_is_home(field, fen)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_it_comes_again_after_a_failing_gateway(field: Field, status: int) -> None:
    field.enrol()
    field.sync()
    fen = field.work(1)
    field.proxy.change(error=status)
    field.proxy.break_all()

    assert field.fail_to_sync() == "server_down"
    field.proxy.change()
    field.sync()

    assert_all_is_home(field, fen)


def test_it_believes_no_answer_from_a_cache(field: Field) -> None:
    field.enrol()
    field.sync()
    field.proxy.change(caches=True)
    field.proxy.break_all()
    field.sync()
    fen = field.work(1)
    records = field.hand.unsent()

    assert field.fail_to_sync() == "not_our_server"
    assert field.hand.unsent() == records

    field.proxy.change()
    field.proxy.break_all()
    field.sync()
    assert_all_is_home(field, fen)


class _Trap:
    """Calls back once, when so many bytes have passed from now on."""

    def __init__(self, proxy: FaultProxy, at_bytes: int) -> None:
        self.sprung = threading.Event()
        self._goal = proxy.passed.both + at_bytes
        proxy.on_bytes = self._count

    def _count(self, _direction: str, total: int) -> None:
        if total >= self._goal:
            self.sprung.set()

    def wait(self) -> None:
        """Until it has sprung."""
        assert self.sprung.wait(60), "the exchange has not come so far"


@pytest.mark.parametrize("at_bytes", KILL_AT_BYTES)
def test_it_survives_a_killed_browser_in_the_middle(field: Field, at_bytes: int) -> None:
    field.enrol()
    field.sync()
    fen = field.work()
    field.proxy.change(up_kbit=24, down_kbit=24, delay_ms=100)
    field.proxy.break_all()
    trap = _Trap(field.proxy, at_bytes)
    field.hand.tap("unsent-bar")
    field.hand.tap("sync-now")
    trap.wait()
    field.start_again()

    field.proxy.change()
    field.sync()
    assert_all_is_home(field, fen)


@pytest.mark.parametrize("at_bytes", KILL_AT_BYTES)
def test_it_survives_a_killed_server_in_the_middle(field: Field, at_bytes: int) -> None:
    field.enrol()
    field.sync()
    fen = field.work()
    field.proxy.change(up_kbit=24, down_kbit=24, delay_ms=100)
    field.proxy.break_all()
    trap = _Trap(field.proxy, at_bytes)
    field.hand.tap("unsent-bar")
    field.hand.tap("sync-now")
    trap.wait()
    field.server.kill()
    state = field.hand.page.get_by_test_id("sync-state")
    expect(state).not_to_have_attribute("data-state", "running", timeout=90_000)
    if state.get_attribute("data-state") == "done":
        assert field.cash_on_the_server() == fen, "it does not say done when it is not"

    field.server.start()
    field.proxy.change()
    field.sync()
    assert_all_is_home(field, fen)
