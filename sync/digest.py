"""One number for all rows of a kind, by which a phone and the server find out that they differ.

And 256 of them, by which they find out where: a repair brings the rows of a few buckets, not all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from sync.canonical import canonical_bytes, sha256_hex

Key = TypeVar("Key", str, tuple[str, str])
Value = TypeVar("Value")

BUCKETS = 256
BUCKET_CHARS = 16


def rows_digest(rows: Mapping[str, object]) -> str:
    """SHA-256 over the sorted lines "eid:sha256(canonical row)\\n", for rows by their eid.

    Not a sum or an exclusive or: two equal errors would cancel each other.
    """
    return sums_digest(sums_of(rows))


def digests(rows: Mapping[tuple[str, str], object]) -> dict[str, str]:
    """The digest of every entity type, for rows by (etype, eid). Types without rows have none."""
    return digests_of_sums(sums_of(rows))


def digests_of_sums(sums: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """The same for rows that are known by their sums."""
    return {etype: sums_digest(of_type) for etype, of_type in by_type(sums).items()}


def by_type(rows: Mapping[tuple[str, str], Value]) -> dict[str, dict[str, Value]]:
    """Rows, or their sums, by (etype, eid) as etype -> eid -> row, the types in order."""
    found: dict[str, dict[str, Value]] = {}
    for (etype, eid), row in rows.items():
        found.setdefault(etype, {})[eid] = row
    return dict(sorted(found.items()))


def sums_of(rows: Mapping[Key, object]) -> dict[Key, str]:
    """The SHA-256 of every row, lower hex, by its key: all that a digest needs to know of it."""
    return {key: sha256_hex(canonical_bytes(row)) for key, row in rows.items()}


def sums_digest(sums: Mapping[str, str]) -> str:
    """The digest of rows that are known by their sums."""
    return sha256_hex(_lines(sums.items()))


def bucket_of(eid: str) -> int:
    """In which of the 256 buckets a row lies: the first byte of the SHA-256 of its eid."""
    return hashlib.sha256(eid.encode()).digest()[0]


def bucket_digests(sums: Mapping[str, str]) -> list[str]:
    """The 256 digests of the rows of one type, known by their sums; "" for an empty bucket."""
    buckets: list[list[tuple[str, str]]] = [[] for _ in range(BUCKETS)]
    for eid, row_sum in sums.items():
        buckets[bucket_of(eid)].append((eid, row_sum))
    return [sha256_hex(_lines(of_one))[:BUCKET_CHARS] if of_one else "" for of_one in buckets]


def differing(ours: Sequence[str], theirs: Sequence[str]) -> list[int]:
    """The buckets in which two sides differ. Both give all 256 digests, or nothing for no rows."""
    nothing = [""] * BUCKETS
    pairs = zip(ours or nothing, theirs or nothing, strict=True)
    return [bucket for bucket, (our, their) in enumerate(pairs) if our != their]


def _lines(pairs: Iterable[tuple[str, str]]) -> bytes:
    return "".join(sorted(f"{eid}:{row_sum}\n" for eid, row_sum in pairs)).encode()
