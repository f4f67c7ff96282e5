"""Five hundred seeded tamperings of the export of the golden week: never yes, always the place.

Method: the golden week is played through the real system and exported; a forger who has everything
but the office's key changes the file, half of the time with a digest made to fit; the verifier is
given the fingerprint of the key, as an auditor is. Single ones again: `SEEDS` is a range.
"""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from tests.audit.exports import golden_export, told, verified
from tests.audit.tampering import TAMPERINGS, Forger

SEEDS = range(500)
A_BATCH = 50


@pytest.mark.parametrize("first", SEEDS[::A_BATCH])
def test_it_says_no_to_every_tampering_and_names_the_place(first: int) -> None:
    data, key = golden_export()
    failures: list[str] = []
    for seed in range(first, first + A_BATCH):
        tampered = Forger(data, Random(seed)).tamper()
        if tampered.data == data:
            continue
        answer = verified(tampered.data, key)
        named = {pair for one in answer.findings.breaks for pair in one.place}
        if answer.holds or not tampered.names & named:
            failures.append(f"seed {seed}: {tampered.what}: {told(answer)[:600]}")

    assert not failures, "\n".join(failures)


def test_it_tries_every_kind_of_tampering_many_times() -> None:
    data, _ = golden_export()
    tried = Counter(Random(seed).choice(TAMPERINGS).__name__ for seed in SEEDS)

    assert len(data) > 100_000
    assert tried.keys() == {one.__name__ for one in TAMPERINGS}
    assert min(tried.values()) >= 15
