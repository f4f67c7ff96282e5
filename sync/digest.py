"""One number for all rows of a kind, by which a phone and the server find out that they differ."""

from __future__ import annotations

from collections.abc import Mapping

from sync.canonical import canonical_bytes, sha256_hex


def rows_digest(rows: Mapping[str, object]) -> str:
    """SHA-256 over the sorted lines "eid:sha256(canonical row)\\n", for rows by their eid.

    Not a sum or an exclusive or: two equal errors would cancel each other.
    """
    lines = sorted(f"{eid}:{sha256_hex(canonical_bytes(row))}\n" for eid, row in rows.items())
    return sha256_hex("".join(lines).encode())


def digests(rows: Mapping[tuple[str, str], object]) -> dict[str, str]:
    """The digest of every entity type, for rows by (etype, eid). Types without rows have none."""
    by_type: dict[str, dict[str, object]] = {}
    for (etype, eid), row in rows.items():
        by_type.setdefault(etype, {})[eid] = row
    return {etype: rows_digest(of_type) for etype, of_type in sorted(by_type.items())}
