"""The phone's transport: it goes on where a line broke, and gives up on one that is dead.

Method: a fake line counts what is asked of it and breaks as a script says. The real server's side
is in tests/api/test_pieces.py, real sockets in tests/sim/test_broken_lines.py.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable

import pytest

from sync.problems import Problem
from sync.transport import (
    IDLE_MAX,
    PIECE_BYTES,
    WHOLE_BYTES_MAX,
    Parcel,
    Reply,
    Request,
    carry,
    unpack_rest,
)

SMALL = b'{"few": "bytes"}'
LARGE = json.dumps([f"{number * 2654435761 % 2**32:08x}" for number in range(4000)]).encode()


def parcel(body: bytes = SMALL) -> Parcel:
    return Parcel("0" * 32, body, {"Doorstep-Device": "dev-1"}, {"Doorstep-Signature": "s"})


def told(status: int, offset: int, *, answered: bool = False) -> Reply:
    return Reply(status, json.dumps({"upload_offset": offset, "answered": answered}).encode())


class Script:
    """Answers requests with replies, errors or functions, one after the other."""

    def __init__(self, *steps: Reply | Callable[[Request], Reply] | type[Exception]) -> None:
        self.steps, self.asked = list(steps), list[Request]()

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        step = self.steps.pop(0)
        if isinstance(step, Reply):
            return step
        made = step("broken") if isinstance(step, type) else step(request)
        if isinstance(made, Exception):
            raise made
        return made

    @property
    def kinds(self) -> list[str]:
        return [f"{each.method} {each.path}" for each in self.asked]


def test_it_carries_a_small_body_in_one_request_without_an_upload() -> None:
    line = Script(Reply(200, b"answer"))

    assert carry(line, parcel()).body == b"answer"
    assert "Doorstep-Upload" not in line.asked[0].headers
    assert line.asked[0].headers["Doorstep-Signature"] == "s"


def test_it_sends_a_small_body_again_when_the_line_breaks() -> None:
    line = Script(ConnectionError, ConnectionError, Reply(200, b"answer"))

    assert carry(line, parcel()).body == b"answer"
    assert line.kinds == ["POST /v1/sync"] * 3


def test_it_goes_on_with_small_pieces_where_a_large_body_broke_off() -> None:
    sent = parcel(LARGE)
    total = len(sent.packed)
    assert total > 9000 > WHOLE_BYTES_MAX
    start = total - PIECE_BYTES - 10
    line = Script(
        ConnectionError,
        told(200, start),
        told(202, start + PIECE_BYTES),
        Reply(200, b"answer"),
    )

    assert carry(line, sent).body == b"answer"

    posts = [each for each in line.asked if each.method == "POST"]
    said = [each.headers["Doorstep-Upload"].split(";")[1:] for each in posts]
    assert said == [[str(at), str(total)] for at in (0, start, start + PIECE_BYTES)]
    assert [len(each.body) for each in posts] == [total, PIECE_BYTES, 10]
    assert b"".join([sent.packed[:start], *[each.body for each in posts[1:]]]) == sent.packed


def test_it_goes_where_the_server_says_when_it_was_wrong() -> None:
    sent = parcel(LARGE)
    total = len(sent.packed)
    line = Script(ConnectionError, told(200, 100), told(409, total), Reply(200, b"answer"))

    assert carry(line, sent).body == b"answer"
    assert line.asked[-1].body == b""


def test_it_fetches_an_answer_that_was_given_while_the_line_was_gone() -> None:
    def rest(request: Request) -> Reply:
        assert request.headers["Doorstep-Answer"] == "0" * 32 + ";0"
        packed = raw_deflate(b"answer", b"")
        return Reply(206, packed, {"Doorstep-Length": str(len(packed))})

    line = Script(ConnectionError, told(200, 0, answered=True), rest)

    assert carry(line, parcel(LARGE)).body == b"answer"
    assert line.kinds == ["POST /v1/sync", "GET /v1/sync", "GET /v1/answer"]


def raw_deflate(plain: bytes, before: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, before)
    return packer.compress(plain) + packer.flush()


def test_it_fetches_no_byte_of_an_answer_twice() -> None:
    answer = LARGE
    begun = answer[:5000]
    packed = raw_deflate(answer[5000:], begun)
    size = {"Doorstep-Length": str(len(packed))}
    line = Script(
        Reply(200, begun, is_whole=False),
        Reply(206, packed[:700], size, is_whole=False),
        ConnectionError,
        Reply(206, packed[700:], size),
    )

    assert carry(line, parcel()).body == answer

    gets = line.asked[1:]
    assert [each.headers["Range"] for each in gets] == ["bytes=0-", "bytes=700-", "bytes=700-"]
    assert {each.headers["Doorstep-Answer"] for each in gets} == {"0" * 32 + ";5000"}


def test_it_sends_the_request_again_when_the_answer_is_gone() -> None:
    line = Script(Reply(200, b"begin", is_whole=False), Reply(404, b"{}"), Reply(200, b"answer"))

    assert carry(line, parcel()).body == b"answer"


@pytest.mark.parametrize("status", [400, 401, 413, 429, 500, 503])
def test_it_hands_on_a_refusal(status: int) -> None:
    assert carry(Script(Reply(status, b"{}")), parcel()).status == status
    line = Script(ConnectionError, Reply(status, b"{}"))
    assert carry(line, parcel(LARGE)).status == status


def test_it_gives_up_on_a_dead_line_and_goes_on_later() -> None:
    sent = parcel(LARGE)
    with pytest.raises(OSError):
        carry(Script(*[ConnectionError] * IDLE_MAX), sent)

    line = Script(told(200, len(sent.packed)), Reply(200, b"answer"))
    assert carry(line, sent).body == b"answer"


def test_it_does_not_turn_in_circles() -> None:
    """Each answer breaks off, and the server keeps none."""
    line = Script(*[Reply(200, b"begin", is_whole=False), Reply(404, b"{}")] * 20)

    with pytest.raises(OSError):
        carry(line, parcel())

    assert len(line.asked) <= 2 * IDLE_MAX + 2


@pytest.mark.parametrize("page", [b"<html>", b"[]", b'{"upload_offset":-1,"answered":false}'])
def test_it_does_not_take_a_portal_for_the_server(page: bytes) -> None:
    line = Script(ConnectionError, Reply(200, page))

    assert carry(line, parcel(LARGE)).body == page  # which nobody will believe


@pytest.mark.parametrize("rest", [b"", b"\xff\xff", raw_deflate(b"answer", b"")[:-1]])
def test_it_believes_no_broken_rest(rest: bytes) -> None:
    with pytest.raises(Problem, match="deflate"):
        unpack_rest(b"", rest)


def test_it_starts_again_after_an_answer_that_does_not_fit_together() -> None:
    """What had begun was a portal's page."""
    sent = parcel(LARGE)
    rest = raw_deflate(b"answer", b"what the server had begun with" * 9)
    size = {"Doorstep-Length": str(len(rest) - 1)}
    line = Script(Reply(200, b"<html>", is_whole=False), Reply(206, rest[:-1], size))
    with pytest.raises(Problem, match="deflate"):
        carry(line, sent)

    again = Script(told(200, 0), told(202, len(sent.packed)), Reply(200, b"answer"))

    assert carry(again, sent).body == b"answer"
