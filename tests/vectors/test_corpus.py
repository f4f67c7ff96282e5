"""The corpus of recorded events, and the steps from old bodies to new ones (I20).

Method: what phones of every release have recorded lies in sync/corpus, with what it means in each
later version. The files may only grow in number: their sums stand here. tests/contract delivers
the same events to every store.
"""

from __future__ import annotations

from typing import Any

import pytest

from sync.canonical import canonical_bytes, event_hash, sha256_hex
from sync.events import Envelope, check_body
from sync.kinds import FIELDS, VERSIONS, version_of
from sync.upcast import STEPS, is_known, restated, upcast
from tests.vectors.corpus import CORPUS, recordings, told

# Lines may be added here, never changed: a phone of that release may still hold such events.
SUMS = {
    "0.1.0": "e4e0c6885b811427a597232b564c4679bdb85bfd9dba39b12c111896626ae2ab",
    "0.2.0": "2ed8620ca668af40ad156f1d707aa3ed9c459aa006be0cc70aaf7c95409dbccf",
    "0.3.0": "cfefb79a555269d8421e20fee0523d1ce8cec65b4cc59aa4e3429f1c88167904",
    "0.4.0": "bac200e3fc0720955ac536b22cf8756b941a4a679171cae7f743e9c97bcc77c5",
}

RECORDINGS = recordings()
EVENTS = [
    pytest.param(event, wanted, id=f"{each.release}-{number}")
    for each in RECORDINGS
    for number, (event, wanted) in enumerate(zip(each.events, each.hashes, strict=True), 1)
]


def test_it_never_changes_what_was_recorded() -> None:
    sums = {path.stem: sha256_hex(path.read_bytes()) for path in CORPUS.iterdir()}

    assert sums == SUMS


def test_it_holds_every_kind_in_the_newest_version() -> None:
    held = {(event.kind, event.sv) for event in RECORDINGS[-1].events}

    assert held == {(kind, version_of(kind)) for kind in FIELDS}


@pytest.mark.parametrize(("event", "wanted"), EVENTS)
def test_it_finds_the_same_bytes_as_the_phone_of_that_release(event: Envelope, wanted: str) -> None:
    assert event.hash == wanted
    assert event_hash(event.to_json()) == wanted


@pytest.mark.parametrize(("event", "wanted"), EVENTS)
def test_it_holds_i20_every_later_version_means_the_same(event: Envelope, wanted: str) -> None:
    meant = {sv: body for (of, sv), body in told().items() if of == wanted}

    assert set(meant) == set(range(event.sv + 1, version_of(event.kind) + 1))
    for sv, body in meant.items():
        assert upcast(event.kind, event.sv, event.body, to=sv) == body


@pytest.mark.parametrize(("event", "wanted"), EVENTS)
def test_it_holds_i20_the_newest_words_are_judged_under_the_old_identity(
    event: Envelope, wanted: str
) -> None:
    before = canonical_bytes(event.to_json())

    said = restated(event)

    assert (said.hash, said.seq, said.lane) == (wanted, event.seq, event.lane)
    assert said.sv == version_of(event.kind)
    assert said.body == upcast(event.kind, event.sv, event.body)
    assert restated(said) is said
    assert canonical_bytes(event.to_json()) == before


def old_photo(**body: Any) -> Envelope:
    recorded = next(e for e in RECORDINGS[0].events if e.kind == "attachment.added")
    return Envelope.from_json({**recorded.to_json(), "body": {**recorded.body, **body}})


def test_it_never_writes_the_bytes_of_an_event_from_other_words() -> None:
    with pytest.raises(AssertionError, match="restated"):
        restated(old_photo()).to_json()


def test_it_finds_what_is_wrong_in_an_old_body_by_the_newest_check() -> None:
    said = restated(old_photo(size=0, more="x"))

    faults = check_body(said.kind, said.sv, said.body)

    assert [(fault.field, fault.reason) for fault in faults] == [
        ("size", "body_invalid"),
        ("more", "body_invalid"),
    ]


@pytest.mark.parametrize("step", STEPS, ids=str)
@pytest.mark.parametrize("body", [{}, {"sha256": None}, {"taken_at": "x", "about": []}])
def test_it_takes_a_step_whatever_a_body_holds(step: tuple[str, int], body: Any) -> None:
    kept = dict(body)

    after = STEPS[step](body)

    assert body == kept
    assert kept.items() <= after.items()


@pytest.mark.parametrize(("kind", "sv"), [("cash.gift", 1), ("attachment.added", 3)])
def test_it_leaves_alone_what_only_a_later_build_knows(kind: str, sv: int) -> None:
    event = Envelope.from_json({**old_photo().to_json(), "kind": kind, "sv": sv})

    assert not is_known(kind, sv)
    assert restated(event) is event
    assert check_body(kind, sv, event.body)[0].reason == "schema_unknown"


def test_it_has_a_step_from_every_version_that_was() -> None:
    wanted = {(kind, sv) for kind, newest in VERSIONS.items() for sv in range(1, newest)}

    assert set(STEPS) == wanted
