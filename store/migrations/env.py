"""Run by Alembic for each command: hands it our connection and tables."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from store.tables import UTCDateTime, Words, metadata


def plain_type(kind: str, item: Any, _: object) -> str | Literal[False]:
    """Write our own column types as what they are in the database: a step must not change when store/tables.py does."""
    if kind == "type" and isinstance(item, Words):
        return "sa.Text()"
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run(conn: Connection) -> None:
    context.configure(
        connection=conn,
        target_metadata=metadata,
        render_as_batch=True,  # SQLite cannot alter a column: Alembic rebuilds the table
        compare_type=True,
        transactional_ddl=True,  # true for SQLite too, since we begin its transactions ourselves: a killed upgrade leaves nothing
        render_item=plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
