"""Which document is a copy of which: sketches of the last days' texts, kept in the store and looked up as new texts come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crawler.duplicates import DuplicateIndex, Sketch, sketch
from store import queries
from store.records import Document

WINDOW = timedelta(days=10)  # a copy comes within so many days of its original


@dataclass(frozen=True, slots=True)
class _Seen:
    first_seen: datetime
    origin: str
    made: Sketch


class Copies:
    """The texts of a window of days, each with the document that told it first."""

    def __init__(self) -> None:
        self._index = DuplicateIndex()
        self._seen: dict[str, _Seen] = {}
        self._from: datetime | None = None  # the index holds what was first seen from here on

    def join(self, conn: Connection, document: Document) -> tuple[str, bytes]:
        """Return (the document that told it first, which is itself for what is no copy; its sketch) and remember both.

        Documents come in the order in which they were first seen. Only what was seen before it can be a document's origin,
        so that reading everything again gives the same answer.
        """
        first_seen = document.first_seen
        assert first_seen is not None, f"document {document.id} was stored without its first fetch"
        self._reach(conn, first_seen)
        made = sketch(document.text, title=document.title, form=document.form)
        order = (first_seen, document.id)
        earlier = [
            each
            for each in self._index.copies_of(made)
            if first_seen - WINDOW <= self._seen[each].first_seen and (self._seen[each].first_seen, each) < order
        ]
        origin = self._seen[earlier[0]].origin if earlier else document.id
        if document.id not in self._seen:
            self._index.add(document.id, made)
        self._seen[document.id] = _Seen(first_seen, origin, made)
        return origin, made.packed()

    def _reach(self, conn: Connection, first_seen: datetime) -> None:
        """Hold at least the window before `first_seen`; let go of what lies far behind."""
        if self._from is None or first_seen < self._from + WINDOW:
            self._from = first_seen - WINDOW
            self._fill(
                {row[0]: _Seen(row[1], row[2], Sketch.unpacked(row[3])) for row in queries.sketches_since(conn, self._from)} | self._seen
            )
        elif first_seen > self._from + 3 * WINDOW:
            self._from = first_seen - WINDOW
            self._fill({identity: seen for identity, seen in self._seen.items() if seen.first_seen >= self._from})

    def _fill(self, seen: Mapping[str, _Seen]) -> None:
        self._seen = dict(seen)
        self._index = DuplicateIndex()
        for identity, each in self._seen.items():
            self._index.add(identity, each.made)
