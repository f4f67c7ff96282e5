"""What the phone's own program seals, the server opens; what the server seals, the phone opens.

Method: one Node process runs the TypeScript of pwa/src/device and pwa/src/sync; random contents
and messages go both ways through the real ciphers and the real frames. Nothing is shared but
bytes. The seed is printed; DIFFERENTIAL_SEED runs it again.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from server.device_key import point_of
from server.seal import seal_answer, unseal
from sync.base45 import from_base45, to_base45
from sync.base64url import to_base64url
from sync.bundle import (
    deflate,
    from_file,
    key_id,
    mark_holds,
    open_content,
    read_bundle,
    to_text,
    write,
)
from sync.fountain import Collector, frame

COURIER = Path(__file__).with_name("courier.mjs")
ASK_S_MAX = 120


@pytest.fixture(name="dice")
def fixture_dice() -> random.Random:
    seed = int(os.environ.get("DIFFERENTIAL_SEED") or secrets.randbits(32))
    print(f"DIFFERENTIAL_SEED={seed}")
    return random.Random(seed)


def phone(folder: Path, questions: list[dict[str, Any]]) -> list[Any]:
    """The answers of the phone's program, in order."""
    assert shutil.which("node"), "Node 20 runs the TypeScript side: make install"
    done = subprocess.run(
        ["node", str(COURIER), str(folder / "built")],
        input="".join(f"{json.dumps(question)}\n" for question in questions),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=ASK_S_MAX,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # Not splitlines: that would cut at U+2028 inside a text.
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def words(dice: random.Random, most: int) -> str:
    return "".join(
        dice.choice('涡水镇王刚abc"\\\n\u2028𠮷🙂 1') for _ in range(dice.randrange(most))
    )


def test_it_opens_what_the_phone_seals(tmp_path: Path, dice: random.Random) -> None:
    key, secret = ec.generate_private_key(ec.SECP256R1()), dice.randbytes(32)
    contents = [
        {
            "v": 1,
            "device": words(dice, 20),
            "made_at": dice.randrange(2**50),
            "batches": [{"note": words(dice, 4000)} for _ in range(dice.randrange(4))],
        }
        for _ in range(20)
    ]
    asked = [
        {
            "op": "seal",
            "content": content,
            "count": n,
            "server_key": to_base64url(point_of(key)),
            "secret": to_base64url(secret),
        }
        for n, content in enumerate(contents)
    ]

    bundles = [read_bundle(from_file(text.encode())) for text in phone(tmp_path, asked)]

    for n, bundle in enumerate(bundles):
        content, line, mark = open_content(unseal(bundle, key))
        assert mark_holds(secret, line, mark)
        assert json.loads(line) == contents[n]
        assert (bundle.count, bundle.key_id) == (n, key_id(point_of(key)))
        assert content.batches == tuple(contents[n]["batches"])  # type: ignore[arg-type]
    assert len({bundle.nonce for bundle in bundles}) == len({b.id for b in bundles}) == 20


def test_it_seals_what_the_phone_opens(tmp_path: Path, dice: random.Random) -> None:
    secret = dice.randbytes(32)
    told = [{"epoch": words(dice, 30), "took": [words(dice, 3000)]} for _ in range(20)]
    answers = [
        write(seal_answer(secret, dice.randbytes(16), deflate(json.dumps(one).encode())))
        for one in told
    ]
    asked = [
        {"op": "open", "file": to_text(data), "secret": to_base64url(secret)} for data in answers
    ]

    assert phone(tmp_path, asked) == told


def test_it_reads_each_others_frames(tmp_path: Path, dice: random.Random) -> None:
    messages = [dice.randbytes(dice.randrange(1, 30_000)) for _ in range(6)]
    numbers = [dice.sample(range(65_536), 90) for _ in messages]
    asked: list[dict[str, Any]] = [
        {"op": "frames", "message": message.hex(), "sequence": 5, "numbers": chosen}
        for message, chosen in zip(messages, numbers, strict=True)
    ]
    asked += [
        {"op": "collect", "frames": [to_base45(frame(message, 5, n)) for n in chosen]}
        for message, chosen in zip(messages, numbers, strict=True)
    ]

    answers = phone(tmp_path, asked)

    assert answers[6:] == [message.hex() for message in messages]
    for message, chosen, frames in zip(messages, numbers, answers[:6], strict=True):
        assert frames == [to_base45(frame(message, 5, n)) for n in chosen]
        collector = Collector()
        for text in frames:
            collector.add(from_base45(text) or b"")
        assert collector.message == message
