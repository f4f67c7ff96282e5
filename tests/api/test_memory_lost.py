"""A phone whose memory went back, over the real exchange: it goes on, and nothing is lost.

Method: Li Wei's phone forgets what it has recorded and sent, as a profile put back from an image
would, records something else under the same numbers, and syncs.
"""

from __future__ import annotations

from sync.client import Phone
from sync.specimens import intention_body, receipt_body
from tests.small_bank import LI_WEI, Bank


def forget_after(phone: Phone, count: int) -> list[str]:
    """The log, and what it knows of itself, end after so many events."""
    lost = [event.hash for event in phone.log[count:]]
    del phone.log[count:]
    del phone.history.chains[phone.lane][count:]
    phone.history.acked -= set(lost)
    for event_hash in lost:
        phone.history.verdicts.pop(event_hash, None)
    return lost


def test_it_opens_a_new_lane_and_both_memories_count(bank: Bank) -> None:
    bank.publish(LI_WEI, ["W1", "W2"])
    phone = bank.phone()
    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 100_00))
    phone.sync(bank.send)
    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 200_00))
    phone.sync(bank.send)
    old = phone.lane
    lost = forget_after(phone, 2)
    again = phone.record("intention.recorded", intention_body("W2"))

    phone.sync(bank.send)

    assert phone.is_done and phone.lane != old
    assert phone.log[-1].kind == "lane.opened" and phone.log[-1].body["replaces"] == old
    assert bank.balance(f"hand:{LI_WEI}") == 300_00, "the receipt that it forgot is still there"
    assert phone.verdicts[again.hash]["verdict"] == "applied" and lost[0] not in phone.verdicts
    assert phone.verdicts[phone.log[-1].hash]["verdict"] == "applied"
    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 50_00))
    phone.sync(bank.send)
    assert bank.balance(f"hand:{LI_WEI}") == 350_00
    assert {said["verdict"] for said in phone.verdicts.values()} == {"applied"}


def test_it_stays_on_its_lane_when_the_server_knows_less(bank: Bank) -> None:
    """Unsent events are no fork."""
    phone = bank.phone()
    lane = phone.lane
    phone.sync(bank.send)
    for _ in range(3):
        phone.record("intention.recorded", intention_body())

    phone.sync(bank.send)

    assert phone.lane == lane and phone.acked_seq == len(phone.log) == 4
