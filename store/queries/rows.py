"""Between records and rows: the same names on both sides, tuples kept as JSON lists; upserts in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

BATCH = 1000  # rows a statement, ids a list: below the 32,766 parameters SQLite allows and the 65,535 PostgreSQL does
_SCALARS = frozenset((str, int, float, bool, date, datetime))
R = TypeVar("R")
T = TypeVar("T")


def row_of(record: Any, table: Table) -> dict[str, Any]:
    """Return the record's fields that the table has a column for, as the column holds them."""
    row = {name: getattr(record, name) for name in shared_names(record.__class__, table)}
    for name, value in row.items():
        if value is not None and type(value) not in _SCALARS:
            row[name] = plain(value)
    return row


def plain(value: Any) -> Any:
    """Return a field's value in the types that JSON and the drivers know."""
    if isinstance(value, tuple):
        return [asdict(part) if is_dataclass(part) and not isinstance(part, type) else part for part in value]
    return dict(value) if isinstance(value, Mapping) else value


@cache
def shared_names(record: Any, table: Table) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record) if field.name in table.c)


def columns_of(record: Callable[..., Any], table: Table) -> list[Column[Any]]:
    """Return the table's columns that the record has a field for."""
    return [table.c[name] for name in shared_names(record, table)]


def record_maker(record: Callable[..., R], table: Table, **convert: Callable[[Any], Any]) -> Callable[[Sequence[Any]], R]:
    """Return a function from a row, which begins with `columns_of(record, table)`, to the record.

    `convert` says for a field what turns the column's value into the field's, for those that are not the same.
    """
    names = shared_names(record, table)
    turned = [(names.index(name), turn) for name, turn in convert.items()]

    def make(row: Sequence[Any]) -> R:
        values = list(row[: len(names)])
        for index, turn in turned:
            values[index] = turn(values[index])
        return record(**dict(zip(names, values, strict=True)))

    return make


def chunks(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Yield the items in lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def insert_new(conn: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert the rows whose key is not there yet, leave the others as they are; return how many were new."""
    statement = _insert_new(conn.dialect.name, table)
    return sum(_write(conn, statement, chunk) for chunk in chunks(rows))


def upsert(
    conn: Connection,
    table: Table,
    rows: Iterable[Mapping[str, Any]],
    *,
    key: tuple[str, ...],
    keep: tuple[str, ...] = (),
    also: Callable[[Any], Mapping[str, Any]] | None = None,
) -> int:
    """Insert the rows, or change those whose `key` is there in all but the columns of `keep`; return how many were written.

    `also`, a function of a module, gets the row that could not be inserted (`excluded`) and says what further columns become.
    """
    written = 0
    for chunk in chunks(rows):
        # one statement may not change a row twice on PostgreSQL: the last of equal keys wins, as it would one by one.
        # In the order of the keys, since two writers that take the same rows in different orders block each other for good.
        unique = {tuple(row[name] for name in key): row for row in chunk}
        ordered = [unique[each] for each in sorted(unique)]
        written += _write(conn, _upsert(conn.dialect.name, table, tuple(ordered[0]), key, keep, also), ordered)
    return written


# Statements are kept: to build one costs SQLAlchemy ten times what it costs to run it on a row


@cache
def _insert_new(dialect: str, table: Table) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def _upsert(
    dialect: str,
    table: Table,
    names: tuple[str, ...],
    key: tuple[str, ...],
    keep: tuple[str, ...],
    also: Callable[[Any], Mapping[str, Any]] | None,
) -> Any:
    statement = _insert(dialect, table)
    changes = {name: statement.excluded[name] for name in names if name not in key and name not in keep}
    if also:
        changes |= also(statement.excluded)
    return statement.on_conflict_do_update(index_elements=list(key), set_=changes)


def _insert(dialect: str, table: Table) -> Any:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _write(conn: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> int:
    return conn.execute(statement, list(rows), execution_options={"preserve_rowcount": True}).rowcount
