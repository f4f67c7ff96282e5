"""A field day as design 6 states it: 40 visits, 25 signed notices, 12 receipts, as a phone has it.

Signatures have 120 points as a finger draws them: places that move a little between two points,
every 8 or 16 milliseconds. Texts are as long as real notices. Everything is invented.
"""

from __future__ import annotations

import math
import random
from typing import Any

from sync.canonical import sha256_hex
from sync.client import Phone
from sync.specimens import notice_body, outcome_body, receipt_body, served_body, visit_body

VISITS, NOTICES, RECEIPTS = 40, 25, 12
POINTS = 120

# As long as the house's own template: 380 characters, alike but for name, sums and dates.
NOTICE = (
    "逾期贷款催收通知书（编号{number}）\n{name}：\n您于二〇二三年十一月三十日与本社签订借款合同"
    "（合同编号HT-{household}），借款本金人民币{principal}元。截至{day}，尚欠本金人民币{principal}元、"
    "利息人民币{interest}元，已逾期。根据《中华人民共和国民法典》第六百七十五条、第六百七十六条及合同约定，"
    "现通知您收到本通知书之日起十五日内归还上述本息。如有异议，请于收到之日起七日内以书面或当面方式向本社提出，"
    "并出示有关凭证。您可以在本社营业网点、手机银行或向出示工作证件的两名外勤人员还款；收取现金时，"
    "外勤人员应当场开具连号收据，请您核对金额后妥善保存。本通知书一式两份，经签收后各执一份。\n"
    "联系电话：0000-0000000\n演示农村信用社涡水分社\n{day}"
)


def signature(dice: random.Random) -> dict[str, Any]:
    """120 points in three strokes, on a pad of 600 by 300."""
    strokes = []
    at = 0
    x, y = dice.randint(60, 160), dice.randint(90, 200)
    for _ in range(3):
        stroke = []
        angle, speed = dice.uniform(0, 2 * math.pi), dice.uniform(2, 7)
        for _ in range(POINTS // 3):
            angle += dice.gauss(0, 0.35)
            speed = min(11.0, max(1.0, speed + dice.gauss(0, 0.8)))
            x = min(599, max(0, round(x + speed * math.cos(angle))))
            y = min(299, max(0, round(y + speed * math.sin(angle))))
            stroke += [x, y, at]
            at += dice.choice((8, 8, 8, 16))
        strokes.append(stroke)
        at += dice.randint(120, 400)
        x, y = min(560, x + dice.randint(10, 60)), dice.randint(90, 200)
    return {"w": 600, "h": 300, "strokes": strokes}


def record_field_day(phone: Phone, households: list[str], dice: random.Random) -> None:
    """40 visits, one a household; 25 end with a signed notice, 12 with cash."""
    for number, household in enumerate(households[:VISITS]):
        place = {
            "lat_udeg": 24_720_000 + dice.randint(-40_000, 40_000),
            "lon_udeg": 112_290_000 + dice.randint(-40_000, 40_000),
            "accuracy_m": dice.choice((8, 12, 20, 65)),
            "age_s": dice.randint(0, 40),
        }
        phone.record(
            "visit.started", visit_body(household) | {"place": place, "second_person": "张敏"}
        )
        if number < NOTICES:
            _sign_notice(phone, household, number, dice)
        if NOTICES - 5 <= number < NOTICES - 5 + RECEIPTS:
            fen = dice.randint(1, 40) * 50_00
            phone.record("cash.receipt", receipt_body(phone.next_receipt(), fen, household))
        outcome = "met" if number < VISITS - 8 else dice.choice(("not_home", "away_for_work"))
        phone.record("visit.outcome", outcome_body(household, outcome))


def _sign_notice(phone: Phone, household: str, number: int, dice: random.Random) -> None:
    no = f"TZ-{phone.lane[:8]}-{number + 1:04d}"
    body = notice_body(no, household)
    text = NOTICE.format(
        number=no, name=f"户{household}", household=household, day="二〇二六年三月二日",
        principal=dice.randint(10, 300) * 100, interest=dice.randint(100, 9000) / 100,
    )  # fmt: skip
    made = phone.record(
        "notice.made", body | {"text": text, "text_hash": sha256_hex(text.encode())}
    )
    phone.record("notice.served", served_body(made, signature=signature(dice)))
