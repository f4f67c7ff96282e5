"""The runners of the vectors of what somebody else carries: base45, bundles, frames."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from server.seal import open_answer, unseal
from sync.base45 import from_base45, to_base45
from sync.base64url import from_base64url
from sync.bundle import (
    from_file,
    inflate,
    mark_holds,
    open_content,
    read_answer,
    read_bundle,
    to_text,
)
from sync.fountain import Collector, frame

Given = Mapping[str, Any]


def run_base45(given: Given) -> object:
    """Bytes as text, or a text as bytes."""
    if "hex" in given:
        return to_base45(bytes.fromhex(given["hex"]))
    data = from_base45(given["text"])
    return None if data is None else data.hex()


def run_bundle(given: Given) -> object:
    """The outside of a bundle, the inside of one, or an acknowledgement."""
    data = from_file(given["file"].encode())
    if given["what"] == "answer":
        answer = read_answer(data)
        told = json.loads(inflate(open_answer(answer, _bytes(given["secret"]))))
        return {"id": answer.id.hex(), "told": told}
    bundle = read_bundle(data)
    if given["what"] == "outside":
        return {"id": bundle.id.hex(), "count": bundle.count, "same": to_text(data).strip()}
    key = serialization.load_der_private_key(_bytes(given["server_key"]), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    content, line, mark = open_content(unseal(bundle, key))
    assert mark_holds(_bytes(given["secret"]), line, mark)
    return json.loads(line) | {"device": content.device}


def run_fountain(given: Given) -> object:
    """A frame of a message, or the message of frames."""
    if "frames" not in given:
        message = bytes.fromhex(given["message"])
        return frame(message, given["sequence"], given["number"]).hex()
    collector = Collector()
    told = [collector.add(bytes.fromhex(one)) for one in given["frames"]]
    found = collector.message
    return {
        "told": told,
        "have": collector.have,
        "need": collector.need,
        "message": None if found is None else found.hex(),
        "sequence": collector.sequence,
    }


def _bytes(text: str) -> bytes:
    data = from_base64url(text)
    assert data is not None
    return data
