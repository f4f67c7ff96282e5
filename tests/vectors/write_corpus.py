"""Writes the corpus of a release, once: `python -m tests.vectors.write_corpus 0.1.0`.

Events of every kind, plain, full and odd, as a phone of this release records them, with the
verdict that each had; and what older events mean in the words of this release, where a kind has
a new version. A file that is there already is refused: what was recorded is not recorded again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import sync.specimens as say
from sync.kinds import version_of
from sync.testing import BOOK_IDS, DEVICES, MemoryBench, Pen, deliver, verdicts
from sync.upcast import upcast
from tests.vectors.corpus import CORPUS, recordings, told

INK = {"w": 320, "h": 160, "strokes": [[1, 2, 0, 30, 40, 16, 31, 44, 33], [90, 90, 400]]}
PLACE = {"lat_udeg": 23_456_789, "lon_udeg": 112_345_678, "accuracy_m": 15, "age_s": 4}
VISITS = tuple(f"{n:032x}" for n in range(1, 4))
RARE = "吊𠮷说“过完年再还”\n第二行 🙂 ~k"


class Recorder:
    """A pen that gives every event a name."""

    def __init__(self) -> None:
        self.pen = Pen()
        self.names: list[str] = []

    def write(self, name: str, kind: str, body: dict[str, Any], **envelope: Any) -> Any:
        """Record one event."""
        self.names.append(f"{kind}: {name}")
        return self.pen.write(kind, body, **envelope)


def day_of_events() -> Recorder:
    """One lane with all of it, in the order of a working day."""
    made = Recorder()
    body = {"device": DEVICES[0], "code": "D1", "key_alg": "ES256", "replaces": None}
    made.write("the lane begins", "lane.opened", body)
    _visits(made)
    _notices(made)
    _cash(made)
    _custody(made)
    _words(made)
    rotated = {"device": DEVICES[0], "alg": "ES256", "public_key": "BPublicPointInBase64url"}
    made.write("a wiped phone", "key.rotated", rotated)
    return made


def _visits(made: Recorder) -> None:
    made.write("plain", "visit.started", say.visit_body(), visit=VISITS[0], subject="W1")
    full = {"stop": "stop-W2", "purpose": ["collect", "送达"], "second_person": "officer-2"}
    body = {**say.visit_body("W2"), **full, "place": PLACE}
    made.write("full", "visit.started", body, visit=VISITS[1], subject="W2", base_rev=3)
    body = {**say.visit_body("W3"), "purpose": [], "place_reason": RARE}
    made.write("without a place", "visit.started", body, visit=VISITS[2])
    made.write("met", "visit.outcome", say.outcome_body(), visit=VISITS[0], subject="W1")
    away = {"met": "other", "met_name": "黄大山", "met_relation": "叔", "away_place": "佛山"}
    body = {**say.outcome_body("W2", "away_for_work"), **away, "note": RARE}
    made.write("full", "visit.outcome", body, visit=VISITS[1], tz=0)
    body = say.outcome_body("W3", "deceased_to_verify")
    made.write("nobody there", "visit.outcome", body, visit=VISITS[2])
    body = say.visit_body("W9")
    made.write("of no household", "visit.started", body, visit="f" * 32)


def _notices(made: Recorder) -> None:
    first = made.write("plain", "notice.made", say.notice_body(), case="L-W1", subject="W1")
    bare = {"principal_fen": None, "interest_fen": None, "as_of": None}
    body = {**say.notice_body("T-2", "W2"), **bare, "addressee_role": "guarantor"}
    second = made.write("to a guarantor, without figures", "notice.made", body)
    third = made.write("a third", "notice.made", say.notice_body("T-3", "W3"))
    made.write("by the debtor", "notice.served", say.served_body(first), case="L-W1")
    relative = {"signer_role": "adult_relative", "relation": "妻子", "signer_name": "李秀英"}
    rest = {"photo": "ab" * 32, "second_person": "officer-2", "signature": INK}
    body = say.served_body(third, **relative, **rest)
    made.write("full, by a relative", "notice.served", body)
    body = say.served_body(second, signer_role="neighbour", agrees_to_perform=False)
    made.write("by one who may not", "notice.served", body)
    body = say.served_body(first, signed_on="2026-03-01")
    made.write("signed in advance", "notice.served", body)
    for reason in ("AWAY_MIGRANT_WORK", "REFUSED", "DISPUTES_DEBT", "OTHER", "UNSTATED"):
        made.write(reason, "notice.unsigned", say.unsigned_body("W2", reason))
    full = {"notice_no": "T-2", "loan": "L-W2", "away_place": "东莞", "note": RARE}
    body = {**say.unsigned_body("W2", "LOST_CONTACT"), **full}
    made.write("full", "notice.unsigned", body)


def _cash(made: Recorder) -> None:
    def receipt(name: str, number: int, fen: int, **changes: Any) -> Any:
        body = {**say.receipt_body((BOOK_IDS[0], f"SJ{number:06}"), fen), **changes}
        return made.write(name, "cash.receipt", body, case="L-W1", subject="W1")

    slip = receipt("plain", 101, 600_00)
    receipt("one fen", 102, 1)
    receipt("the most", 103, 5_000_000_00)
    whose = {"payer_role": "other", "payer_name": "王强", "on_behalf_of": "王刚"}
    rest = {"second_person": "officer-2", "split_reason": RARE, "signature": INK}
    receipt("full", 104, 1234_56, **whose, **rest)
    blank = {"principal_fen": None, "interest_fen": None, "as_of": None}
    receipt("no balance was shown", 105, 50_00, shown_balance=blank)
    receipt("no amount", 106, 600_00, amount_fen=0)
    receipt("parts and total differ", 107, 600_00, cost_fen=1)
    receipt("words and figures differ", 108, 600_00, words="壹元整")
    receipt("a number twice", 101, 700_00)
    receipt("a number of no book", 999, 800_00)
    transfer = {"method": "transfer", "evidence_no": "T-20260302-7"}
    receipt("by transfer", 109, 900_00, **transfer)
    receipt("a cheque without its number", 110, 900_00, method="cheque")
    made.write("plain", "cash.suspect_noted", say.suspect_body(), case="L-W1", subject="W1")
    bare = {"loan": None, "serial": None, "note": RARE}
    made.write("bare", "cash.suspect_noted", say.suspect_body("W2", **bare))
    made.write("plain", "cash.void", say.void_body(slip), case="L-W1")
    again = {**say.void_body(slip), "second_person": "officer-2", "money_returned": False}
    made.write("a second time", "cash.void", again)


def _custody(made: Recorder) -> None:
    made.write("plain", "custody.handed", say.handed_body("officer-2", 1170_00))
    short = {"expected_fen": 1180_00, "cause": RARE, "handover": "cd" * 16}
    made.write("short", "custody.handed", say.handed_body("cashier-1", 1170_00, **short))
    made.write("to herself", "custody.handed", say.handed_body("officer-1", 50_00))
    offer = made.pen.log[-1]
    made.write("of herself", "custody.taken", say.taken_body(offer))
    body = {**say.taken_body(offer, 40_00, into="vault"), "handed": "ef" * 32}
    made.write("short, of an offer that is not here", "custody.taken", body)


def _words(made: Recorder) -> None:
    made.write("plain", "intention.recorded", say.intention_body())
    made.write("with a note", "intention.recorded", {**say.intention_body("W2"), "note": RARE})
    first = made.write("plain", "promise.made", say.promise_body())
    body = {**say.promise_body(supersedes=(first.hash,)), "cause": RARE, "due_on": "2028-02-29"}
    made.write("in place of another", "promise.made", body)
    photo = made.write("plain", "attachment.added", say.photo_body(b"\xff\xd8\xff one"))
    body = {**say.photo_body(b"\x89PNG\r\n\x1a\n two", "image/png"), "about": photo.hash}
    full = {"role": "receipt_photo", "taken_at": 1_772_400_000_000}
    made.write("full, about another event", "attachment.added", {**body, **full})


def verdicts_of(made: Recorder) -> list[str]:
    """What the server of this release makes of them."""
    return verdicts(deliver(MemoryBench(), made.pen.batch()))


def new_meanings() -> list[dict[str, Any]]:
    """What older events say in each version that nobody has written down yet."""
    known = told()
    return [
        {"of": event.hash, "sv": sv, "body": upcast(event.kind, event.sv, event.body, to=sv)}
        for recording in recordings()
        for event in recording.events
        for sv in range(event.sv + 1, version_of(event.kind) + 1)
        if (event.hash, sv) not in known
    ]


def main(release: str) -> Path:
    """Write the file. Refuses one that is there."""
    made = day_of_events()
    told_of = zip(made.names, verdicts_of(made), made.pen.log, strict=True)
    events = [
        {"name": name, "verdict": verdict, "hash": event.hash, "event": event.to_json()}
        for name, verdict, event in told_of
    ]
    parts = f'"events": [{_lines(events)}],\n"meanings": [{_lines(new_meanings())}]'
    path = CORPUS / f"{release}.json"
    with path.open("x", encoding="utf-8") as file:
        file.write(f'{{"release": "{release}",\n{parts}}}\n')
    return path


def _lines(values: list[dict[str, Any]]) -> str:
    """One value a line, so that a change of one is seen as one."""
    return ",".join(f"\n{json.dumps(each, ensure_ascii=False, sort_keys=True)}" for each in values)


if __name__ == "__main__":
    print(main(sys.argv[1]))
