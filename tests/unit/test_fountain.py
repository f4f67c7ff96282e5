"""Frames of a message: any few of them give it back. Method: random messages through a bad camera.

A seeded camera loses frames, sees some twice, begins anywhere, and looks at a second screen in
between. Counted are the frames that reach it for each block of the message.
"""

from __future__ import annotations

import random

import pytest

from sync.base45 import LETTERS, from_base45, to_base45
from sync.fountain import BLOCKS_MAX, NUMBERS, Collector, block_bytes, blocks_of, frame, mask_of

SEED = 20260302
RUNS = 60


def seen(dice: random.Random, blocks: int, loss: float, start: int) -> float:
    """Frames that reached the camera until the message was whole, for each block."""
    message = dice.randbytes(blocks * 500 - dice.randrange(blocks))
    collector, number, came = Collector(), start, 0
    while collector.message is None:
        if dice.random() >= loss:
            came += 1
            collector.add(frame(message, 7, number % NUMBERS))
        number += 1
    assert collector.message == message
    assert (collector.sequence, collector.have, collector.need) == (7, blocks, blocks)
    return came / blocks


@pytest.mark.parametrize("loss", [0.1, 0.3, 0.5])
@pytest.mark.parametrize(("blocks", "most"), [(10, 1.25), (30, 1.15), (45, 1.15), (90, 1.15)])
def test_it_needs_few_frames_more_than_blocks(blocks: int, most: float, loss: float) -> None:
    dice = random.Random(SEED)
    counted = sorted(seen(dice, blocks, loss, start=0) for _ in range(RUNS))
    mean = sum(counted) / RUNS
    print(f"blocks={blocks} loss={loss}: mean {mean:.3f}, p95 {counted[int(RUNS * 0.95)]:.3f}")

    assert mean <= most


@pytest.mark.parametrize(("blocks", "most"), [(10, 1.25), (45, 1.15)])
def test_it_may_be_looked_at_from_the_middle(blocks: int, most: float) -> None:
    dice = random.Random(SEED)
    counted = [seen(dice, blocks, 0.3, start=dice.randrange(NUMBERS)) for _ in range(RUNS)]

    assert sum(counted) / RUNS <= most


def test_it_needs_no_frame_more_when_none_is_lost() -> None:
    dice = random.Random(SEED)

    assert {seen(dice, blocks, 0, start=0) for blocks in (1, 2, 9, 40)} == {1.0}


def test_it_takes_any_order_and_every_frame_twice() -> None:
    dice = random.Random(SEED)
    message = dice.randbytes(4_321)
    frames = [frame(message, 1, number) for number in range(20)] * 2
    dice.shuffle(frames)
    collector = Collector()
    for one in frames:
        collector.add(one)

    assert collector.message == message
    assert not collector.add(frames[0])


def test_it_keeps_another_message_apart() -> None:
    dice = random.Random(SEED)
    ours, theirs = dice.randbytes(5_000), dice.randbytes(5_000)
    collector = Collector()
    for number in range(30):
        collector.add(frame(theirs, 2, number) if number % 3 else frame(ours, 1, number))
        collector.add(dice.randbytes(510))
        collector.add(b"")

    assert collector.message == theirs and collector.sequence == 2


@pytest.mark.parametrize("length", [0, 1, 2, 499, 500, 501, 999, 1000, 1001, 25_000])
def test_it_gives_back_a_message_of_any_length(length: int) -> None:
    message = random.Random(length).randbytes(length)
    collector = Collector()
    for number in range(60_000, 60_000 + len(blocks_of(message)) + 40):
        collector.add(frame(message, 9, number))

    assert collector.message == message
    assert max(len(block) for block in blocks_of(message)) == block_bytes(length) <= 500


def test_it_takes_no_message_that_is_too_long() -> None:
    head = bytes([0xF1]) + bytes(4) + b"\xff\xff\xff" + bytes(2)

    assert not Collector().add(head + b"x")
    assert (1 << 24) > BLOCKS_MAX


def test_it_mixes_half_of_the_blocks() -> None:
    masks = [mask_of(number, 64) for number in range(64, 2064)]

    assert 31 < sum(mask.bit_count() for mask in masks) / len(masks) < 33
    assert len(set(masks)) == len(masks)
    assert all(mask_of(number, 1) == 1 for number in range(100))


def test_it_writes_bytes_in_the_letters_of_a_qr_code() -> None:
    dice = random.Random(SEED)
    for length in range(60):
        data = dice.randbytes(length)
        text = to_base45(data)

        assert from_base45(text) == data
        assert set(text) <= set(LETTERS) and len(text) == length // 2 * 3 + length % 2 * 2


@pytest.mark.parametrize("text", ["A", "AAAA", ":::", "::", "ab", "Ä1", "0,0"])
def test_it_reads_no_text_that_it_does_not_write(text: str) -> None:
    assert from_base45(text) is None
