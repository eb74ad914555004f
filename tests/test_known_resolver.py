"""The index of companies that explanations go by is kept, and made anew when the companies change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine

from enrichment.merging import plan_merge
from prospect.explaining import known_resolver
from store import queries as q
from store.records import Company
from tests.stored import NOW

LARKSPUR, VANE = Company(id="c1", name="Larkspur Software", origin="csv"), Company(id="c2", name="Vane Freight", origin="csv")


def merge(conn: Connection) -> None:
    q.merge_companies(conn, plan_merge(LARKSPUR, VANE, now=NOW, by="test"))


CHANGES: list[tuple[str, Callable[[Connection], object], bool]] = [
    ("nothing", lambda conn: None, False),
    ("a company from a text", lambda conn: q.save_companies(conn, [Company(id="text-1", name="Ketch Marine", origin="text")]), True),
    ("a register imported again", lambda conn: q.save_register(conn, "own.csv", "d2", 2, NOW + timedelta(days=1)), True),
    ("two made one", merge, True),
]


@pytest.mark.parametrize("what, change, anew", CHANGES)
def test_the_index_is_made_anew_when_companies_change(
    engine: Engine, what: str, change: Callable[[Connection], object], anew: bool
) -> None:
    with engine.begin() as conn:
        q.save_companies(conn, [LARKSPUR, VANE])
        q.save_register(conn, "own.csv", "d1", 2, NOW)
    with engine.connect() as conn:
        before = known_resolver(conn)
    with engine.begin() as conn:
        change(conn)
    with engine.connect() as conn:
        assert (known_resolver(conn) is not before) is anew, what
