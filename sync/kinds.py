"""What each kind of event says: its fields, in the words of fields.py. pwa mirrors this table."""

from __future__ import annotations

from collections.abc import Mapping

# Who may have put his name, or his cash, before an officer.
_SIGNERS = "debtor|co_borrower|guarantor|adult_relative|authorised_person|neighbour|other"
_PAYERS = "debtor|co_borrower|guarantor|adult_relative|heir|other"
_MET = "debtor|co_borrower|guarantor|adult_relative|other|nobody"
_OUTCOMES = (
    "met|not_home|away_for_work|refused_to_talk|moved|lost_contact"
    "|deceased_to_verify|asked_to_leave"
)
# LIMITATION_LOST is not here: the system computes it, nobody types it (R10).
_UNSIGNED = (
    "AWAY_MIGRANT_WORK|NOT_HOME|REFUSED|DISPUTES_DEBT|MOVED|DECEASED|LOST_CONTACT|OTHER|UNSTATED"
)

_SIGNATURE = {"w": "int:1:10000", "h": "int:1:10000", "strokes": "strokes"}
_PLACE = {
    "lat_udeg": "int:-90000000:90000000",
    "lon_udeg": "int:-180000000:180000000",
    "accuracy_m": "int:0:10000000",
    "age_s": "int:0:10000000",
}
_SHOWN_BALANCE = {"principal_fen?": "int", "interest_fen?": "int", "as_of?": "date"}

# Pieces by their worth in fen. Written upwards, for so a browser orders keys that are numbers.
_PIECES = {str(fen): "int:0:100000" for fen in (10, 50, 1_00, 5_00, 10_00, 20_00, 50_00, 100_00)}

# kind -> field -> rule, in the newest version of each kind.
FIELDS: dict[str, Mapping[str, object]] = {
    "lane.opened": {"device": "id", "code": "id", "key_alg": "one:ES256", "replaces?": "hex:32"},
    # After the database of a phone is gone, and with it the key that could not leave it.
    "key.rotated": {"device": "id", "alg": "one:ES256", "public_key": "text:120"},
    "visit.started": {
        "household": "id",
        "stop?": "id",
        "purpose": "list:text:40",
        "second_person?": "text:100",
        "place?": _PLACE,
        "place_reason?": "text",
    },
    "visit.outcome": {
        "household": "id",
        "met": f"one:{_MET}",
        "met_name?": "text:100",
        "met_relation?": "text:100",
        "outcome": f"one:{_OUTCOMES}",
        "away_place?": "text:100",
        "note?": "text",
    },
    "notice.made": {
        "notice_no": "id",
        "loan": "id",
        "household": "id",
        "addressee": "text:100",
        "addressee_role": "one:borrower|co_borrower|guarantor",
        "template": "id",
        "template_v": "int:1:1000000",
        "made_on": "date",
        "text": "text:4000",
        "text_hash": "hex:64",
        "principal_fen?": "int",
        "interest_fen?": "int",
        "as_of?": "date",
    },
    "notice.served": {
        "notice_no": "id",
        "made": "hex:64",
        "loan": "id",
        "household": "id",
        "way": "one:signed",
        "signer_role": f"one:{_SIGNERS}",
        "signer_name": "text:100",
        "relation?": "text:100",
        "lives_here": "bool",
        "adult": "bool",
        "signed_on": "date",
        "agrees_to_perform": "bool",
        "signature": _SIGNATURE,
        "photo?": "hex:64",
        "second_person?": "text:100",
    },
    "notice.unsigned": {
        "notice_no?": "id",
        "household": "id",
        "loan?": "id",
        "reason": f"one:{_UNSIGNED}",
        "away_place?": "text:100",
        "note?": "text",
    },
    "cash.receipt": {
        "receipt_no": "id",
        "book": "id",
        "loan": "id",
        "household": "id",
        "amount_fen": "amount",
        "principal_fen": "fen",
        "interest_fen": "fen",
        "penalty_fen": "fen",
        "cost_fen": "fen",
        "words": "text:100",
        "payer_name": "text:100",
        "payer_role": f"one:{_PAYERS}",
        "on_behalf_of?": "text:100",
        "method": "one:cash|transfer|cheque",
        "evidence_no?": "id",  # of the transfer or the cheque
        "corrects?": "hex:64",  # the void receipt in whose place this one stands
        "second_person?": "text:100",
        "split_reason?": "text",
        "shown_balance": _SHOWN_BALANCE,
        "signature?": _SIGNATURE,
    },
    "cash.void": {
        "target": "hex:64",
        "receipt_no": "id",
        "reason": "text",
        "money_returned": "bool",
        "second_person?": "text:100",
    },
    # All the cash in an officer's hand, offered to a colleague or the cashier, and counted by both.
    "custody.handed": {
        "to": "id",
        "amount_fen": "int:0",
        "expected_fen": "int:0",
        "denominations": _PIECES,
        "cause?": "text:200",
        "handover": "hex:32",
    },
    "custody.taken": {
        "handed": "hex:64",
        "from": "id",
        "into": "one:hand|vault",  # vault: the receiver is the cashier
        "amount_fen": "int:0",
        "expected_fen": "int:0",
        "denominations": _PIECES,
        "variance_fen": "int",
        "cause?": "text:200",
    },
    "intention.recorded": {"household": "id", "loan": "id", "note?": "text"},
    "promise.made": {
        "household": "id",
        "loan": "id",
        "amount_fen": "amount",
        "due_on": "date",
        "cause?": "text",
        "supersedes": "list:hex:64",
    },
    "cash.suspect_noted": {
        "household": "id",
        "loan?": "id",
        "denomination_fen": "int:1:10000",
        "serial?": "text:40",
        "note?": "text",
    },
    "attachment.added": {
        "sha256": "hex:64",
        "size": "int:1:524288",
        "media_type": "id",
        "role": "one:notice_photo|receipt_photo|place_photo",
        "about?": "hex:64",
        "taken_at?": "int:0",  # ms UTC, as the camera's file says; null if it does not
    },
}

# The kinds that are past version 1. sync/upcast.py has the steps from the older versions.
VERSIONS: dict[str, int] = {"attachment.added": 2, "cash.receipt": 2}


def version_of(kind: str) -> int:
    """The newest version of a kind: the one that is written now, and that FIELDS describes."""
    return VERSIONS.get(kind, 1)
