"""The answer of an exchange: a page, an envelope, and the mark that makes both believable.

Three lines (docs/protocol.md section 4). The page comes first, so that it can be packed once and
sent to many; the mark comes last, so that a cut answer has none.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sync.canonical import strict_json
from sync.columns import pack, unpack
from sync.problems import Problem
from sync.pull import Page
from sync.runs import page_runs

NO_PAGE = b"null"


def write_page(page: Page) -> bytes:
    """The first line: rows as columns, verdicts as runs."""
    verdicts, alone = page_runs(page.verdicts)
    return to_line(
        {
            "reset": page.reset,
            "cursor": page.cursor,
            "complete": page.complete,
            "rows": pack(page.rows),
            "verdicts": verdicts,
            "alone": alone,
            "digest": page.digest,
            "repair": page.repair,
        }
    )


def write_tail(page: bytes, envelope: Mapping[str, object], secret: bytes) -> bytes:
    """What follows the line feed after the page: the envelope and the mark."""
    line = to_line(envelope)
    return line + b"\n" + mark_of(page + b"\n" + line, secret).encode()


def read_answer(answer: bytes, secret: bytes) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """(page, envelope) of a whole answer; the rows of the page are unpacked.

    Refuses `answer_not_believed` unless the mark is ours and all is there.
    """
    told, _, mark = answer.rpartition(b"\n")
    if not hmac.compare_digest(mark_of(told, secret).encode(), mark):
        raise Problem("answer_not_believed", rule="mark")
    first, _, second = told.partition(b"\n")
    try:
        page, envelope = strict_json(first), strict_json(second)
        if page is not None:
            page = {**page, "rows": unpack(page["rows"])}
        if not isinstance(envelope, dict):
            raise TypeError("no envelope")
    except (ValueError, KeyError, TypeError, Problem):
        raise Problem("answer_not_believed", rule="shape") from None
    return page, envelope


def mark_of(told: bytes, secret: bytes) -> str:
    """HMAC-SHA256 with the secret of enrolment, as hexadecimal characters."""
    return hmac.new(secret, told, hashlib.sha256).hexdigest()


def to_line(message: Mapping[str, object] | Sequence[object]) -> bytes:
    """Compact JSON, which never holds a line feed."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()
