"""Peers' rows 4, 6, 12, 14, 21: what the office sees of phones, and what a first sync costs.

Method: real phones sync, or fall silent, while the clock moves on, and the pages of the console
are read; a scope of six hundred households is fetched over a line that counts bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import brotli

from server.device_key import DeviceKey
from server.office.master_data import HouseholdData, LoanData, MasterData
from server.services.list_devices import devices
from server.services.load_master import load_master
from server.tables import Incident
from sync.canonical import sha256_hex
from sync.client import Phone
from sync.specimens import photo_body, receipt_body
from sync.transport import Reply, Request
from tests.console.visitors import Visitor, words
from tests.photos import JPEG, patch
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN, Bank

Console = Callable[[str], Visitor]
DAY = 24 * 60
MANY = 600

# What peers need for this is minutes (fhircore #3543: hours). At 8 kB/s (EDGE) this is 2.5 seconds.
FIRST_SYNC_BYTES_MAX = 20_000
FIRST_SYNC_REQUESTS_MAX = 2


def test_it_tells_the_office_of_a_phone_that_lost_its_memory_peers_4(
    bank: Bank, console: Console
) -> None:
    """odoo #60939: the browser had cleared its storage, and nobody knew what had been in it."""
    bank.publish(LI_WEI, ["W1"])
    phone = bank.phone()
    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 30_00))
    assert phone.identity is not None
    details = {"lane": phone.lane, "records": 2, "last": phone.log[-1].seq}
    phone.incidents.append({"kind": "lost_some", "details": details, "at": bank.clock.now})

    phone.sync(bank.send)

    assert [row.kind for row in bank.rows(Incident)] == ["lost_some"]
    chen_jie = console("chenjie")
    assert "1 项异常" in words(chen_jie.get("/devices"))
    assert "手机丢了一部分资料" in words(chen_jie.get(f"/devices/{phone.identity['device']}"))


def test_it_shows_every_picture_that_has_not_come_peers_6(bank: Bank, console: Console) -> None:
    """enketo #1043: the form had arrived, its signature had not, and the list said complete."""
    phone = bank.phone()
    photos = [JPEG, JPEG + b"2"]
    for data in photos:
        phone.record("attachment.added", photo_body(data))
    phone.sync(bank.send)
    chen_jie = console("chenjie")

    assert "2 张照片在途" in words(chen_jie.get("/"))
    patch(bank, phone, sha256_hex(photos[0]), (0, photos[0]))
    patch(bank, phone, sha256_hex(photos[1]), (0, photos[1][:-1]))
    assert "1 张照片在途" in words(chen_jie.get("/")), "all but one byte is not all"
    patch(bank, phone, sha256_hex(photos[1]), (len(photos[1]) - 1, photos[1][-1:]))
    assert "0 张照片在途" in words(chen_jie.get("/"))


def many_households(bank: Bank) -> None:
    """Six hundred households with a loan each, all of them Li Wei's."""
    given = "刚山河春水根石金木火"
    names = [f"{family}{name}" for family in "王李张刘陈杨黄赵吴周" for name in given]
    numbers = range(1000, 1000 + MANY)
    households = tuple(
        HouseholdData(id=f"H{n}", name=names[n % 100], area="WOSHUI", village=f"第{n % 12}村")
        for n in numbers
    )
    loans = tuple(
        LoanData(
            id=f"L-H{n}",
            household=f"H{n}",
            principal_fen=1000_00 + n * 37_00,
            interest_fen=n * 91,
            due_on=f"202{n % 4 + 1}-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
            loan_on="2020-11-30",
        )
        for n in numbers
    )
    with bank.app.app_context():
        load_master(
            BRANCH,
            MasterData(areas=(), households=households, loans=loans),
            as_of="2026-02-28",
            by=CHEN_JIE,
        )
    bank.publish(LI_WEI, [f"H{n}" for n in numbers])


def test_it_brings_a_whole_portfolio_in_one_or_two_requests_peers_12(bank: Bank) -> None:
    many_households(bank)
    phone = Phone(DeviceKey(), bank.world())
    phone.absorb_enrolment(
        bank.http.post("/v1/enrol", data=phone.enrol_request(bank.code(LI_WEI))).data
    )
    travelled: list[int] = []

    def counted(request: Request) -> Reply:
        headers = {**request.headers, "Accept-Encoding": "br, gzip"}
        answer = bank.http.open(
            request.path, method=request.method, data=request.body, headers=headers
        )
        travelled.append(len(request.body) + len(answer.data))
        is_packed = answer.headers.get("Content-Encoding") == "br"
        body = brotli.decompress(answer.data) if is_packed else bank.send(request).body
        return Reply(answer.status_code, body, dict(answer.headers))

    phone.sync(counted)

    assert {eid for etype, eid in phone.rows if etype == "household"} == {
        f"H{n}" for n in range(1000, 1000 + MANY)
    }
    assert len(travelled) <= FIRST_SYNC_REQUESTS_MAX
    assert sum(travelled) <= FIRST_SYNC_BYTES_MAX, travelled
    assert phone.incidents == [] and phone.is_done, "and it is proved to be the same"


def test_it_lists_first_who_was_silent_for_longest_peers_14(bank: Bank, console: Console) -> None:
    """cht-core #10406: the heaviest users never finished a sync, and no list showed them."""
    heavy, light = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    never = Phone(DeviceKey(), bank.world())
    enrolled = bank.http.post("/v1/enrol", data=never.enrol_request(bank.code(ZHANG_MIN)))
    never.absorb_enrolment(enrolled.data)
    bank.clock.pass_minutes(5 * DAY)
    light.sync(bank.send)
    with bank.app.app_context():
        listed = devices(BRANCH)

    assert [one.id for one in listed] == [device_of(never), device_of(heavy), device_of(light)]
    assert [one.silent_days for one in listed] == [5, 5, 0]
    text = words(console("chenjie").get("/devices"))
    assert text.count("5 天没有联系") == 2 and "0 天没有联系" not in text


def device_of(phone: Phone) -> str:
    assert phone.identity is not None
    return str(phone.identity["device"])


def test_it_shows_a_phone_that_tries_and_gets_nothing_through_peers_14(
    bank: Bank, console: Console
) -> None:
    """Attempts count too: it is heard of every day, and its records stay where they are."""
    phone = bank.phone(LI_WEI)
    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 30_00))
    bank.clock.pass_minutes(3 * DAY)
    word = phone.beacon_request()
    answer = bank.http.post("/v1/beacon", data=word, headers=phone.headers(word))

    assert answer.status_code == 204
    with bank.app.app_context():
        (one,) = devices(BRANCH)
    assert (one.silent_days, one.missing) == (0, 1)
    text = words(console("chenjie").get("/devices"))
    assert "缺 1 条" in text and "没有联系" not in text
    assert re.search("最近一条记录 2026-03-02 09:00 送到", text)


def test_it_shows_the_age_of_what_may_be_unsent_peers_21(bank: Bank, console: Console) -> None:
    """collect #5473: sending in the background had stopped, and weeks later somebody asked."""
    phone = bank.phone(LI_WEI)
    chen_jie = console("chenjie")
    assert "天没有联系" not in words(chen_jie.get("/devices"))

    bank.clock.pass_minutes(DAY)
    assert "1 天没有联系" in words(chen_jie.get("/devices"))
    bank.clock.pass_minutes(6 * DAY)
    page = chen_jie.get("/devices")
    assert "7 天没有联系" in words(page) and "tag bad" in page.text

    phone.sync(bank.send)
    assert "天没有联系" not in words(chen_jie.get("/devices"))
