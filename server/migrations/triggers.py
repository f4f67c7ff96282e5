"""Triggers that keep a table append-only: what has happened is neither changed nor removed."""

from __future__ import annotations

from alembic import op

FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$
"""


def make_append_only(*tables: str) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE, which only PostgreSQL has) on these tables."""
    if _is_sqlite():
        for table in tables:
            for change in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(FUNCTION)
    for table in tables:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def make_changeable(*tables: str) -> None:
    """Take the triggers away again: a downgrade drops the tables."""
    for table in tables:
        if _is_sqlite():
            for change in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{change}")
        else:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")
