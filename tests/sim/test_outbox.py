"""I28: what is said outside is said once, whatever is killed, restored, replayed or sent again.

Method: phones send receipts and voids; a carrier of our own (a real HTTP server) notes every key
that it is given. The relay is killed between sending and marking, the database is put back to a
state before the relay, the phone sends everything again. The carrier must see each key as one.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from server.db import transaction
from server.services.outbox import Message, http_sender, relay, waiting
from server.services.settle_quarantine import settle_quarantine
from server.tables import OutboxMessage
from sync.client import Phone
from sync.crockford import check_characters
from sync.specimens import receipt_body, void_body
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, Bank


class Carrier:
    """Takes messages over HTTP. `kill` is a process that ends while its answer is awaited."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.kill: subprocess.Popen[bytes] | None = None
        carrier = self

        class Desk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Idempotency-Key"] == json.loads(body)["key"]
                carrier.seen.append(json.loads(body))
                if carrier.kill is not None:
                    os.kill(carrier.kill.pid, signal.SIGKILL)
                    carrier.kill = None
                    return
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"taken")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def keys(self) -> list[str]:
        return [message["key"] for message in self.seen]


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    carrier = Carrier()
    yield carrier
    carrier.server.shutdown()
    carrier.server.server_close()


def day(bank: Bank) -> tuple[Phone, list[str]]:
    """Two receipts of which one is voided, and one of no book; the keys that must go out."""
    phone = bank.phone(LI_WEI)
    first, second = (
        phone.record("cash.receipt", receipt_body(phone.next_receipt(), fen))
        for fen in (600_00, 50_00)
    )
    phone.sync(bank.send)
    void = phone.record("cash.void", void_body(second))
    phone.record("cash.receipt", receipt_body(("none", "SJ000999"), 70_00))
    phone.sync(bank.send)
    return phone, [first.hash, second.hash, void.hash]


def go(bank: Bank, url: str) -> int:
    with bank.app.app_context():
        return relay(BRANCH, http_sender(url))


def test_it_says_what_is_needed_and_no_more(bank: Bank) -> None:
    _, keys = day(bank)

    with bank.app.app_context():
        messages = waiting(BRANCH)

    assert sorted(message.key for message in messages) == sorted(keys)
    assert {message.key for message in messages[:2]} == set(keys[:2])  # in the order of ticks
    assert messages[2].key == keys[2] and messages[2].topic == "sms.void"
    told = json.loads(next(m.payload for m in messages if m.key == keys[0]))
    assert told == {
        "amount_fen": 600_00,
        "check": check_characters(keys[0]),
        "household": "W1",
        "receipt_no": told["receipt_no"],
    }


def test_it_sends_each_once_and_lets_nothing_overtake(bank: Bank, carrier: Carrier) -> None:
    _, keys = day(bank)

    def is_down(message: Message) -> str:
        raise ConnectionRefusedError

    with bank.app.app_context():
        assert relay(BRANCH, is_down) == 0
    assert go(bank, carrier.url) == 3
    assert go(bank, carrier.url) == 0
    assert sorted(carrier.keys) == sorted(keys) and carrier.keys[2] == keys[2]
    assert {row.receipt for row in bank.rows(OutboxMessage)} == {"taken"}


def test_it_sends_what_a_supervisor_releases(bank: Bank, carrier: Carrier) -> None:
    phone, keys = day(bank)
    slip = next(event for event in phone.log if event.body.get("receipt_no") == "SJ000999")
    go(bank, carrier.url)

    with bank.app.app_context():
        settle_quarantine(BRANCH, slip.hash, "release", "已核对", by=CHEN_JIE)

    assert go(bank, carrier.url) == 1
    assert carrier.keys[3:] == [slip.hash] and len(keys) == 3


def test_it_sends_again_under_the_same_key_after_a_kill_before_the_mark(
    bank: Bank, carrier: Carrier
) -> None:
    _, keys = day(bank)
    settings = bank.app.extensions["settings"]
    environ = {
        **{name: value for name, value in os.environ.items() if "DOORSTEP_" not in name},
        "DOORSTEP_DATA_DIR": str(settings.data_dir),
        "DOORSTEP_DATABASE_URL": bank.url,
        "DOORSTEP_MESSAGE_URL": carrier.url,
    }
    command = [sys.executable, "-c", "from server.cli import main; main()", "tend"]
    killed = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    carrier.kill = killed

    assert killed.wait(60) == -signal.SIGKILL
    assert len(carrier.seen) == 1
    assert all(row.done_at_ms is None for row in bank.rows(OutboxMessage))
    subprocess.run(command, env=environ, check=True, timeout=60, stdout=subprocess.DEVNULL)

    assert carrier.keys[0] == carrier.keys[1]
    assert sorted(set(carrier.keys)) == sorted(keys) and len(carrier.keys) == 4
    assert all(row.done_at_ms is not None for row in bank.rows(OutboxMessage))


def test_it_says_nothing_new_after_the_database_was_put_back(bank: Bank, carrier: Carrier) -> None:
    phone, keys = day(bank)
    go(bank, carrier.url)
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="put back") as tx:
        for row in tx.session.query(OutboxMessage):
            row.done_at_ms = row.receipt = None

    phone.history.acked = set()  # what a new epoch makes a phone do: push everything again
    phone.sync(bank.send)
    go(bank, carrier.url)

    assert sorted(set(carrier.keys)) == sorted(keys)
    assert len(bank.rows(OutboxMessage)) == 3
