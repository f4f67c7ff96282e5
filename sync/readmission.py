"""The request of a phone that a restored server has forgotten: the ticket of its enrolment."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sync.answer import to_line
from sync.transport import Reply, Request, Transport

Prove = Callable[[bytes], Mapping[str, str]]


def is_forgotten(reply: Reply) -> bool:
    """Does this refusal say that the server knows no such device?"""
    try:
        return reply.status == 401 and json.loads(reply.body)["code"] == "device_unknown"
    except (ValueError, KeyError, TypeError):
        return False


def ask_back(transport: Transport, identity: Mapping[str, Any], prove: Prove) -> bool:
    """Show the ticket; True if the server knows the phone now. Raises OSError."""
    if "ticket" not in identity:
        return False
    body = to_line({"ticket": identity["ticket"]})
    return transport(Request("POST", "/v1/readmit", prove(body), body)).status == 204
