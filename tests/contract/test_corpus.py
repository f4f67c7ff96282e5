"""Events of every release, delivered to every store as old phones still deliver them (I20).

Method: the corpus, one release at a time, each into an empty small world.
"""

from __future__ import annotations

import pytest

import sync.specimens as say
from sync.canonical import canonical_bytes
from sync.kinds import VERSIONS
from sync.push import Batch
from sync.tend import tend
from sync.testing import KEYS, SECRET, Bench, Pen, deliver, fake_sign, verdicts
from tests.vectors.corpus import Recording, recordings

RELEASES = [pytest.param(each, id=each.release) for each in recordings()]


def batch_of(recording: Recording) -> Batch:
    last = recording.events[-1]
    sig = fake_sign(KEYS[0], bytes.fromhex(last.hash))
    return Batch(events=recording.events, sigs={last.seq: sig})


@pytest.mark.parametrize("recording", RELEASES)
def test_it_holds_i20_every_event_ever_recorded_is_accepted(
    bench: Bench, recording: Recording
) -> None:
    outcome = deliver(bench, batch_of(recording))

    assert outcome.head is not None and outcome.head.hash == recording.hashes[-1]
    for name, was, now in zip(recording.names, recording.verdicts, verdicts(outcome), strict=True):
        # What was applied is applied for ever; what a person had to settle may be judged better.
        assert now == was or not was.startswith("applied"), name
        assert now != "quarantined:schema_unknown", name


@pytest.mark.parametrize("recording", RELEASES)
def test_it_holds_i20_the_bytes_stay_as_they_were_recorded(
    bench: Bench, recording: Recording
) -> None:
    deliver(bench, batch_of(recording))

    again = deliver(bench, batch_of(recording))

    assert all(result.is_repeat for result in again.results)
    with bench.transaction() as store:
        for event in recording.events:
            held = store.find(event.hash)
            assert held is not None and held.event.hash == event.hash
            if held.event.sv == event.sv:
                assert canonical_bytes(held.event.to_json()) == canonical_bytes(event.to_json())


def test_it_holds_i20_an_old_photo_is_applied_in_the_words_of_today(bench: Bench) -> None:
    pen = Pen()
    body = {**say.photo_body(b"\xff\xd8\xff"), "about": None}
    del body["taken_at"]
    old = pen.write("attachment.added", body, sv=1)

    assert verdicts(deliver(bench, pen.batch())) == ["applied"]

    with bench.transaction() as store:
        held = store.find(old.hash)
    assert held is not None
    assert (held.event.sv, held.event.body["taken_at"]) == (2, None)


def test_it_judges_a_newer_event_once_the_server_has_been_brought_up_to_date(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pen = Pen()
    pen.write("attachment.added", say.photo_body(b"\xff\xd8\xff"), sv=2)
    monkeypatch.delitem(VERSIONS, "attachment.added")  # a server of the release before
    assert verdicts(deliver(bench, pen.batch())) == ["quarantined:schema_unknown"]
    with bench.transaction() as store:
        assert tend(store, SECRET, bench.clock[0]) == []

    monkeypatch.undo()
    with bench.transaction() as store:
        changed = tend(store, SECRET, bench.clock[0])

    assert changed == [pen.log[0].hash]
    with bench.transaction() as store:
        assert store.verdicts(changed)[changed[0]].verdict == "applied"


def test_it_keeps_aside_a_version_that_only_a_later_build_knows(bench: Bench) -> None:
    pen = Pen()
    pen.write("attachment.added", {"anything": 1}, sv=3)

    assert verdicts(deliver(bench, pen.batch())) == ["quarantined:schema_unknown"]
