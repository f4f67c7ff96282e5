"""What a phone holds of its officer's scope: rows of complete pages, and the way to equal ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sync.digest import bucket_digests, bucket_of, by_type, digests, sums_of
from sync.pull import PROJECTION
from sync.receipts import Book

Told = dict[str, Any]
Rows = dict[tuple[str, str], dict[str, Any]]


def id_of(value: object) -> str | None:
    """An id of a body, or none."""
    return value if isinstance(value, str) else None


def book_of(row: Mapping[str, Any]) -> Book:
    """The receipt book that a row describes."""
    return Book(row["prefix"], row["from_no"], row["to_no"], row["width"])


class PhoneRows:
    """The rows a screen may show, and those of a reset that is not complete yet.

    rows     (etype, eid) -> {"row", "tick"}.
    mending  How a scope that differs is mended: "" (it does not), "repair" of the buckets that
             differ, from the "start", or "failed".
    """

    def __init__(self) -> None:
        self.rows: Rows = {}
        self.cursor: str | None = None
        self.mending = ""
        self.is_complete = False
        self._staged: tuple[Rows, dict[str, Told]] | None = None

    @property
    def is_done(self) -> bool:
        """The last page is here, and the rows are those of the server."""
        return self.is_complete and not self.mending

    def wish(self, limit_bytes: int) -> dict[str, object]:
        """What to ask for next."""
        return {
            "cursor": self.cursor,
            "limit_bytes": limit_bytes,
            "projection": PROJECTION,
            "repair": self._buckets() if self.mending == "repair" else None,
        }

    def take(self, page: Mapping[str, Any], told: dict[str, Told]) -> tuple[dict[str, Told], bool]:
        """Take in a page with what it says of own events.

        Gives back the verdicts that count from now on, and whether they replace all others.
        """
        if page["reset"]:
            self._staged = ({}, {})
        rows, verdicts = self._staged or (self.rows, {})
        self._drop_repaired(rows, page["repair"] or {})
        for row in page["rows"]:
            key = (row["etype"], row["eid"])
            if row["op"] == "evict":
                rows.pop(key, None)
            else:
                rows[key] = {"row": row["row"], "tick": row["tick"]}
        verdicts |= told
        self.cursor, self.is_complete = page["cursor"], page["complete"]
        if self._staged is None:
            return told, False
        if not self.is_complete:
            return {}, False
        self.rows, self._staged = rows, None
        return verdicts, True

    def check(self, digest: Mapping[str, str] | None) -> list[str]:
        """The types in which the rows are not those of the server, after a complete page.

        They are asked for again: by buckets, then from the start, then no more.
        """
        if digest is None:
            return []
        own = digests({key: held["row"] for key, held in self.rows.items()})
        differ = sorted(each for each in {*digest, *own} if digest.get(each) != own.get(each))
        first = "repair" if self.rows else "start"
        next_step = {"": first, "repair": "start"}.get(self.mending, "failed")
        self.mending = next_step if differ else ""
        if self.mending == "start":
            self._begin_anew()
        return differ

    def try_again(self) -> None:
        """What could not be mended the last time is fetched from the start once more."""
        if self.mending == "failed":
            self.mending = "start"
            self._begin_anew()

    def _begin_anew(self) -> None:
        self.cursor, self.is_complete = None, False

    def _buckets(self) -> dict[str, list[str]]:
        held = {key: held["row"] for key, held in self.rows.items()}
        return {etype: bucket_digests(sums_of(rows)) for etype, rows in by_type(held).items()}

    def _drop_repaired(self, rows: Rows, repaired: Mapping[str, Iterable[int]]) -> None:
        """All rows of a repaired bucket come anew; what does not come is gone."""
        for etype, buckets in repaired.items():
            gone = set(buckets)
            for key in [key for key in rows if key[0] == etype and bucket_of(key[1]) in gone]:
                del rows[key]
