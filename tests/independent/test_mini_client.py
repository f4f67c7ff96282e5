"""A second client, written from docs/protocol.md alone, works a day against a real server.

tests/independent/client.py imports nothing of this project. Each test starts `doorstep serve` as a
process and speaks HTTP with it; afterwards the server's database must hold every event of the
client once, byte for byte, and the officer's cash must be what the client itself counts.
"""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path

import pytest

from server.services.reassign import Handing, reassign_households
from server.services.revoke_device import revoke_device
from tests.independent.client import Event, Phone
from tests.independent.day import keep, receive, visit
from tests.independent.line import Answer, Refused, plain
from tests.independent.town import Town, Watch, over
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN

TABLES = "clock event verdict ledger visit receipt receipt_book notice intention".split()


def at_work(town: Town, gates: int = 3) -> Phone:
    """A phone that has its rows and has recorded some gates, unsent."""
    phone = town.phone()
    phone.sync()
    for n in range(1, gates + 1):
        visit(phone, f"W{n}", n)
    return phone


def in_splits(phone: Phone, events: list[Event], size: int) -> None:
    """Push these events so many at a time."""
    for at in range(0, len(events), size):
        phone.exchange(events[at : at + size])


def stored(town: Town) -> list[list[tuple[object, ...]]]:
    """What the work of the day left behind: history, verdicts, books."""
    return [sorted(town.rows(f"SELECT * FROM {table}"), key=str) for table in TABLES]


def test_it_brings_a_whole_day_home(any_town: Town) -> None:
    phone = at_work(any_town)

    phone.sync()

    assert {phone.memory.verdicts[e.hash][1] for e in phone.events()} == {"applied"}
    assert phone.is_equal and not phone.repairs
    assert phone.hand_fen() == 300_06
    assert phone.of_type("loan")["L-W1"]["principal_fen"] == 5000_00 - 100_01
    keep(any_town, phone)


def test_it_changes_nothing_when_a_day_comes_again_in_other_splits(town: Town) -> None:
    phone = at_work(town)
    in_splits(phone, phone.unsent(), 1)
    phone.sync()
    before, rows = stored(town), dict(phone.memory.rows)

    for size in (7, 400):
        in_splits(phone, phone.events(), size)
        assert all(told[3] is True for told in phone.memory.took.values())

    phone.sync()
    assert stored(town) == before
    assert phone.memory.rows == rows
    keep(town, phone)


def test_it_ends_the_same_whatever_the_splits(town: Town) -> None:
    phone, other = at_work(town), at_work(town)

    in_splits(phone, phone.unsent(), 5)
    in_splits(other, other.unsent(), 1)
    phone.sync()
    other.sync()

    ends = [
        [(e.told["kind"], *each.memory.verdicts[e.hash][1:]) for e in each.events()]
        for each in (phone, other)
    ]
    assert ends[0] == ends[1]
    assert town.hand_fen() == 2 * phone.hand_fen()
    assert phone.memory.rows == other.memory.rows
    keep(town, phone, other)


def test_it_may_send_the_end_of_a_lane_first(town: Town) -> None:
    phone = at_work(town, 1)
    events = phone.unsent()

    phone.exchange(events[3:])
    early = {phone.memory.took[e.hash][0] for e in events[3:]}
    phone.exchange(events[:3])
    phone.sync()

    assert "parked" in early
    assert {phone.memory.verdicts[e.hash][1] for e in phone.events()} == {"applied"}
    keep(town, phone)


def test_it_holds_back_a_page_until_the_last_of_a_reset(town: Town) -> None:
    phone = at_work(town)
    in_splits(phone, phone.unsent(), 4)
    phone.sync()
    held, phone.limit_bytes, phone.memory.cursor = dict(phone.memory.rows), 1, None
    del phone.memory.rows["loan", "L-W1"]
    short = dict(phone.memory.rows)

    pages = [phone.exchange()]
    while not (pages[-1] or {})["complete"]:
        assert phone.memory.rows == short
        pages.append(phone.exchange())

    assert len(pages) > 2
    assert phone.memory.rows == held
    assert phone.is_equal


def test_it_lets_go_of_a_household_that_was_handed_over(town: Town) -> None:
    phone = at_work(town, 1)
    phone.sync()
    handing = Handing(from_officer_id=LI_WEI, to_officer_id=ZHANG_MIN, household_ids=("W4",))
    with town.app.app_context():
        reassign_households(BRANCH, handing, by=CHEN_JIE)

    phone.sync()

    assert sorted(phone.of_type("household")) == ["W1", "W2", "W3"]
    assert phone.is_equal and not phone.repairs
    keep(town, phone)


def test_it_repairs_rows_that_were_tampered_with(town: Town) -> None:
    phone = at_work(town)
    phone.sync()
    rows = phone.memory.rows
    right = dict(rows)
    rows["loan", "L-W1"] = (rows["loan", "L-W1"][0], {"id": "L-W1", "principal_fen": 1})
    del rows["household", "W2"]
    rows["village", "V-none"] = (3, {"id": "V-none"})

    phone.sync()

    assert phone.repairs == ["repair"]
    assert phone.memory.rows == right
    keep(town, phone)


def test_it_sends_again_what_a_restored_server_has_forgotten(town: Town, tmp_path: Path) -> None:
    phone = at_work(town, 1)
    phone.sync()
    old = phone.memory.epoch
    town.save(tmp_path / "saved.db")
    visit(phone, "W2", 2)
    phone.sync()
    town.restore(tmp_path / "saved.db")
    assert town.hand_fen() == 100_01
    visit(phone, "W3", 3)

    phone.sync()

    assert phone.memory.epoch != old
    assert phone.hand_fen() == 300_06
    assert phone.is_equal
    keep(town, phone)


def test_it_comes_back_to_a_server_from_before_its_enrolment(town: Town, tmp_path: Path) -> None:
    town.save(tmp_path / "saved.db")
    phone = at_work(town, 1)
    phone.sync()
    town.restore(tmp_path / "saved.db")
    visit(phone, "W2", 2)

    with pytest.raises(Refused) as refused:
        phone.sync()
    assert refused.value.args[0] == 401
    assert json.loads(refused.value.args[1])["code"] == "device_unknown"
    assert phone.readmit() == 204
    phone.sync()

    assert phone.is_equal
    keep(town, phone)


def test_it_takes_what_is_settled_for_applied_after_a_reset(town: Town) -> None:
    phone = at_work(town, 1)
    phone.sync()
    chain = phone.memory.chains[phone.memory.lane]
    visit(phone, "W2", 2)
    change = "UPDATE lane SET settled_seq = :seq, settled_hash = :hash WHERE id = :lane"
    told = {"seq": 5, "hash": chain[4].hash, "lane": phone.memory.lane}
    town.run(change, **told)
    phone.memory.cursor = None

    phone.sync()

    verdicts = [phone.memory.verdicts[e.hash] for e in chain]
    assert verdicts[:5] == [(0, "applied", None)] * 5
    assert all(tick > 0 and verdict == "applied" for tick, verdict, _ in verdicts[5:])
    keep(town, phone)


def test_it_opens_a_new_lane_when_its_profile_was_copied(town: Town) -> None:
    phone = at_work(town, 1)
    phone.sync()
    twin = Phone(phone.send, phone.now)
    twin.key, twin.memory = phone.key, copy.deepcopy(phone.memory)
    visit(phone, "W2", 2)
    visit(twin, "W3", 3)
    phone.sync()

    twin.sync()
    receive(twin, "W3", 5_00)
    twin.sync()
    phone.sync()

    old, new = twin.memory.chains
    opened = twin.memory.chains[new][0].told
    assert opened["body"]["replaces"] == old == phone.memory.lane
    assert not set(phone.memory.chains) - {old}
    books = {book["lane"] for book in twin.of_type("book").values()}
    assert new in books
    fork = [e.hash for e in twin.memory.chains[old] if e.hash not in phone.memory.took]
    assert fork and all(digest in twin.memory.verdicts for digest in fork)
    keep(town, phone, twin)


@pytest.mark.parametrize("unsent", [False, True], ids=["all was sent", "some was not"])
def test_it_goes_on_with_a_new_key_when_the_old_one_is_gone(town: Town, unsent: bool) -> None:
    phone = at_work(town, 1)
    if not unsent:
        phone.sync()
    phone.lose_key()
    visit(phone, "W2", 2)

    phone.sync()
    visit(phone, "W3", 3)
    phone.sync()

    assert not phone.resumes
    assert {phone.memory.verdicts[e.hash][1] for e in phone.events()} == {"applied"}
    signed = {
        ok
        for (ok,) in town.rows(
            "SELECT signature_ok FROM event WHERE lane_id = :lane", lane=phone.memory.lane
        )
    }
    assert signed == {True}
    keep(town, phone)


def test_it_delivers_from_a_revoked_phone(town: Town) -> None:
    phone = at_work(town, 1)
    phone.sync()
    held = dict(phone.memory.rows)
    with town.app.app_context():
        revoke_device(BRANCH, phone.memory.device, by=CHEN_JIE)
    visit(phone, "W2", 2)
    late = phone.unsent()

    phone.sync()

    assert phone.error == "device_revoked"
    assert {tuple(phone.memory.took[e.hash][:2]) for e in late} == {
        ("quarantined", "revoked_device")
    }
    assert phone.memory.rows == held
    assert phone.post_beacon() == 204
    keep(town, phone)


def spoilt_mark(answer: Answer) -> Answer:
    """The same answer, the last character of its mark another."""
    last = b"0" if answer.body[-1:] != b"0" else b"1"
    return replace(answer, body=answer.body[:-1] + last)


def spoilt_page(answer: Answer) -> Answer:
    """The same answer, one fen less."""
    body = answer.body.replace(b"500000", b"499999")
    assert body != answer.body
    return replace(answer, body=body)


@pytest.mark.parametrize("change", [spoilt_mark, spoilt_page])
def test_it_believes_no_answer_without_its_mark(town: Town, change: object) -> None:
    watch = Watch(over(town.server.port))
    phone = at_work(town)
    phone.send, phone.memory.cursor = watch, None
    before = copy.deepcopy(phone.memory)
    watch.change = lambda answer: change(opened(answer))  # type: ignore[operator]  # given above

    with pytest.raises(Refused):
        phone.sync()

    assert phone.memory == before
    watch.change = lambda answer: answer
    phone.sync()
    keep(town, phone)


def opened(answer: Answer) -> Answer:
    """An answer as it was before it was packed."""
    headers = {k: v for k, v in answer.headers.items() if k != "content-encoding"}
    return replace(answer, headers=headers, body=plain(answer))


def test_it_believes_no_answer_to_an_older_request(town: Town) -> None:
    phone = at_work(town)
    watch = Watch(phone.send)
    phone.send = watch
    kept: list[Answer] = []
    watch.change = lambda answer: kept.append(answer) or answer  # type: ignore[func-returns-value]
    phone.exchange()
    before = copy.deepcopy(phone.memory)
    watch.change = lambda answer: kept[0]

    with pytest.raises(Refused):
        phone.sync()

    assert phone.memory == before
    assert phone.unsent()


def test_it_refuses_a_stranger(town: Town) -> None:
    phone = at_work(town, 1)
    phone.sync()
    stranger = Phone(phone.send, phone.now)
    stranger.memory = copy.deepcopy(phone.memory)
    before = stored(town)
    receive(stranger, "W1", 9_00)

    with pytest.raises(Refused) as refused:
        stranger.sync()

    assert refused.value.args[0] == 401
    assert stored(town) == before
