"""The rows that a transaction writes: each at once, or held back and written together.

A field day makes some 600 rows. One statement for each costs ten times what they cost in portions,
so a batch that goes as it should holds them back (`HeldRows`, see services/take_in.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import DeclarativeBase, Session

T = TypeVar("T", bound=DeclarativeBase)
Made = TypeVar("Made")
Key = tuple[Any, ...]


class Rows:
    """Every row is written as soon as it is settled: whoever asks the database finds it there."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, table: type[T], *key: Any) -> T | None:
        """The row of this key, if there is one."""
        return self.session.get(table, key)

    def get_one(self, table: type[T], *key: Any) -> T:
        """The row of this key, which is there."""
        row = self.get(table, *key)
        assert row is not None, f"{table.__name__} {key} is there"
        return row

    def add(self, row: DeclarativeBase) -> None:
        """A new row."""
        self.session.add(row)

    def once(self, name: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` reads; it may be asked once for many, until the next `flush`."""
        return make()

    def settle(self) -> None:
        """An event has been carried out."""
        self.session.flush()

    def flush(self) -> None:
        """From here on the database itself is asked."""
        self.session.flush()


class HeldRows(Rows):
    """New rows are held until `flush`; `get` knows them, and what was fetched before."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._known: dict[tuple[type[DeclarativeBase], Key], DeclarativeBase | None] = {}
        self._new: list[DeclarativeBase] = []
        self._plain: defaultdict[Table, list[Mapping[str, Any]]] = defaultdict(list)
        self._fresh_hashes: set[str] = set()
        self._made: dict[Hashable, Any] = {}

    def get(self, table: type[T], *key: Any) -> T | None:
        """See Rows. Of an event that is new nothing can be there but what is held here."""
        place = (table, key)
        if place in self._known:
            return cast(T | None, self._known[place])
        if key[1] in self._fresh_hashes:
            return None
        self._known[place] = row = super().get(table, *key)
        return row

    def add(self, row: DeclarativeBase) -> None:
        """See Rows."""
        key = tuple(getattr(row, name) for name in _key_names(type(row)))
        self._known[type(row), key] = row
        self._new.append(row)

    def add_plain(self, table: type[DeclarativeBase], *rows: Mapping[str, Any]) -> None:
        """New rows that nobody will ask for by their key; they go before all others."""
        if rows:
            self._plain[_table(table)] += rows

    def note_new(self, event_hash: str) -> None:
        """This event is being stored for the first time."""
        self._fresh_hashes.add(event_hash)

    def fetch(self, table: type[T], branch_id: str, ids: Iterable[str]) -> None:
        """Ask for many rows at once, by the second part of their keys."""
        wanted = sorted(set(ids))
        if not wanted:
            return
        branch, second = (getattr(table, name) for name in _key_names(table))
        found = self.session.scalars(select(table).where(branch == branch_id, second.in_(wanted)))
        self._known |= {(table, (branch_id, each)): None for each in wanted}
        name = _key_names(table)[1]
        self._known |= {(table, (branch_id, getattr(row, name))): row for row in found}

    def once(self, name: Hashable, make: Callable[[], Made]) -> Made:
        """See Rows."""
        if name not in self._made:
            self._made[name] = make()
        return cast(Made, self._made[name])

    def settle(self) -> None:
        """Nothing is written yet."""

    def flush(self) -> None:
        """Write all that is held, table by table."""
        portions, self._plain = dict(self._plain), defaultdict(list)
        for row in self._new:
            portions.setdefault(_table(type(row)), []).append(_values(row))
        for table, rows in portions.items():
            write_many(self.session, table.name, rows)
        self._new.clear()
        self._known.clear()
        self._made.clear()
        self._fresh_hashes.clear()
        self.session.flush()


def write_many(
    session: Session, table: str, rows: Sequence[Mapping[str, Any]], on_conflict: str = ""
) -> None:
    """Rows that name the same columns, by one statement and straight to the driver.

    SQLAlchemy would take longer over the parameters of a field day than SQLite over the rows.
    """
    names = tuple(rows[0])
    assert all(len(row) == len(names) for row in rows), "rows name the same columns"
    connection = session.connection()
    sign = "%s" if connection.dialect.paramstyle in ("format", "pyformat") else "?"
    columns, signs = ", ".join(names), ", ".join([sign] * len(names))
    connection.exec_driver_sql(
        f"INSERT INTO {table} ({columns}) VALUES ({signs}){on_conflict}",
        [tuple([row[name] for name in names]) for row in rows],
    )


@lru_cache(maxsize=128)
def _key_names(table: type[DeclarativeBase]) -> tuple[str, ...]:
    return tuple(column.name for column in table.__mapper__.primary_key)


def _table(table: type[DeclarativeBase]) -> Table:
    return cast(Table, table.__table__)


@lru_cache(maxsize=128)
def _columns(table: type[DeclarativeBase]) -> tuple[tuple[str, bool], ...]:
    """Each column, and whether the database fills it in where nothing was said."""
    columns = _table(table).columns
    return tuple((each.name, each.server_default is not None) for each in columns)


def _values(row: DeclarativeBase) -> dict[str, Any]:
    said = row.__dict__
    columns = _columns(type(row))
    return {
        name: said.get(name) for name, has_default in columns if name in said or not has_default
    }
