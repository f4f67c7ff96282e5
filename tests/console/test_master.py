"""Villages, households and loans: found by words and filters, with balances and limitation.

Method: the small bank's four households; one of them has paid.
"""

from __future__ import annotations

from server.services.import_master import Said, import_master
from tests.console.fieldwork import li_wei_with_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, CHEN_JIE, Bank


def test_it_lists_villages_with_their_sums(chen_jie: Visitor) -> None:
    text = words(chen_jie.get("/villages"))

    assert "马头冲 2 2 10,000.00" in text and "合计 4 4 20,000.00" in text


def test_it_finds_a_household_by_name_or_number(chen_jie: Visitor) -> None:
    by_name = words(chen_jie.post("/households", {"words": "王刚"}))
    by_number = words(chen_jie.post("/households", {"words": "W3"}))
    nobody = words(chen_jie.post("/households", {"words": "100%_"}))

    assert "共 1 户" in by_name and "W1 王刚" in by_name
    assert "共 1 户" in by_number and "测三" in by_number
    assert "共 0 户" in nobody and "没有找到" in nobody


def test_it_shows_balances_from_the_ledger(bank: Bank, chen_jie: Visitor) -> None:
    li_wei_with_cash(bank)

    text = words(chen_jie.get("/households/W1"))

    # 520 and 650 were paid, 100 of each on the interest.
    assert "本金 4,030.00" in text and "利息 100.00" in text and "应还合计 4,130.00" in text


def test_it_narrows_loans_by_limitation(bank: Bank, chen_jie: Visitor) -> None:
    line = "X1,测旧账,涡水镇,马头冲,L-X1,L-X1,700,,,2010-06-30"
    data = f"户号,户名,片区,村委,贷款编号,合同号,本金余额,欠息,借款日,到期日\n{line}\n".encode()
    with bank.app.app_context():
        import_master(BRANCH, data, Said(as_of="2026-03-01", control_total_fen=700_00), by=CHEN_JIE)

    expired = words(chen_jie.get("/loans?state=EXPIRED"))
    running = words(chen_jie.get("/loans?state=RUNNING"))

    assert "共 1 笔" in expired and "L-X1" in expired and "已届满" in expired
    assert "共 4 笔" in running and "剩 638 天" in running


def test_it_narrows_by_village(chen_jie: Visitor) -> None:
    page = chen_jie.get("/villages").text
    village = page.split("/console/households?village=")[1].split('"')[0]

    assert "共 2 户" in words(chen_jie.get(f"/households?village={village}"))
    assert "共 2 笔" in words(chen_jie.get(f"/loans?village={village}"))


def test_it_shows_a_household_without_a_village(bank: Bank, chen_jie: Visitor) -> None:
    data = "户号,户名,片区,村委,贷款编号,本金余额,到期日\nX1,测无村,涡水镇,,L-X1,1,\n".encode()
    with bank.app.app_context():
        import_master(BRANCH, data, Said(as_of="2026-03-01", control_total_fen=1_00), by=CHEN_JIE)

    assert "未填村委 1 1 1.00" in words(chen_jie.get("/villages"))
    assert "测无村" in words(chen_jie.get("/households"))
    assert "不明" in words(chen_jie.get("/loans"))


def test_it_turns_the_pages_of_a_long_list(bank: Bank, chen_jie: Visitor) -> None:
    lines = [f"X{n:03d},测{n:03d},涡水镇,马头冲,L-X{n:03d},1,2030-01-01" for n in range(150)]
    data = "\n".join(["户号,户名,片区,村委,贷款编号,本金余额,到期日", *lines]).encode()
    with bank.app.app_context():
        import_master(BRANCH, data, Said(as_of="2026-03-01", control_total_fen=150_00), by=CHEN_JIE)

    first = words(chen_jie.post("/loans", {"words": "测"}))
    second = words(chen_jie.post("/loans", {"words": "测", "page": "2"}))

    assert "第 1 / 2 页，共 152 条" in first and "下一页" in first
    assert "第 2 / 2 页" in second and "X149" in second


def test_it_knows_no_other_household(chen_jie: Visitor) -> None:
    assert chen_jie.get("/households/W99").status_code == 404


def test_it_writes_names_safely(bank: Bank, chen_jie: Visitor) -> None:
    data = (
        "户号,户名,片区,村委,贷款编号,本金余额,到期日\n"
        "X1,<script>alert(1)</script>,涡水镇,马头冲,L-X1,1,\n"
    ).encode()
    with bank.app.app_context():
        import_master(BRANCH, data, Said(as_of="2026-03-01", control_total_fen=1_00), by=CHEN_JIE)

    assert "<script>alert" not in chen_jie.get("/households").text
