"""The tables, as SQLAlchemy Core sees them; `migrations/` makes them. Times are aware UTC through `UTCDateTime`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on every database: SQLite drops time zones, so they are put on and taken off here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime may not be stored: {value!r}; give it a time zone")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _json(name: str, **options: Any) -> Column[Any]:
    return Column(name, JSON, nullable=False, **options)


raw_documents = Table(
    "raw_documents",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("source", Text, nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("canonical_url", Text, nullable=False, unique=True),
    Column("fetched", UTCDateTime, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("warc", Text, nullable=False),
    Column("offset", Integer, nullable=False),
    _json("hints"),
    Column("read", UTCDateTime),  # NULL: due
    Column("read_error", Text),
    Index("ix_raw_documents_due", "read", "fetched"),
)

documents = Table(
    "documents",
    metadata,
    Column("id", String(16), ForeignKey("raw_documents.id"), primary_key=True),
    Column("source", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text),
    Column("text", Text, nullable=False),
    Column("published", UTCDateTime),
    Column("author", Text),
    Column("publisher", Text),
    Column("form", Text),
    _json("items"),
    Column("cik", String(10)),
    Column("company", Text),
    Column("first_seen", UTCDateTime, nullable=False, index=True),
    _json("fields"),
    Column("extracted", UTCDateTime),  # NULL: due
    Column("extract_error", Text),
    Index("ix_documents_due", "extracted", "first_seen"),
)

companies = Table(
    "companies",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("cik", String(10), index=True),
    Column("ein", String(9)),
    Column("lei", String(20)),
    Column("ticker", Text),
    Column("domain", Text),
    Column("street", Text),
    Column("city", Text),
    Column("state", Text),
    Column("postal_code", Text),
    Column("country", Text),
    Column("phone", Text),
    Column("sic", Text),
    Column("naics", Text),
    Column("employees", Integer),
    Column("revenue_usd", Float),
    Column("public", Boolean),
    Column("founded", Integer),
    Column("parent_id", Text),
    _json("aliases"),
    Column("account", Text),
    Column("account_owner", Text),
    Column("origin", Text, nullable=False),
    Column("as_of", Date),
    Column("merged_into", Text),  # set when another row turned out to be the same company
    Column("touched", UTCDateTime),  # a story of it is new or changed since `judged`
    Column("judged", UTCDateTime),
)

events = Table(
    "events",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("document_id", String(16), ForeignKey("documents.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("company", Text),
    _json("facts"),
    Column("quote", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("happened", Date),
    Column("confidence", Float, nullable=False),
    Column("resolved", UTCDateTime),  # NULL: due
    Column("company_id", Text, ForeignKey("companies.id"), index=True),  # NULL after `resolved`: two fit, or none named
    Column("match_score", Float),
    Column("match_reasons", JSON),
    Column("match_rivals", JSON),
    Column("story_id", String(16), index=True),
    Index("ix_events_due", "resolved"),
)

stories = Table(
    "stories",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("company_id", Text, ForeignKey("companies.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    _json("facts"),
    Column("happened", Date),
    Column("published", UTCDateTime, nullable=False),
    Column("first_seen", UTCDateTime, nullable=False, index=True),
    Column("confidence", Float, nullable=False),
    _json("event_ids"),  # best evidence first
)

decisions = Table(  # the latest of each pair that had a wanted event: every silence has a reason
    "decisions",
    metadata,
    Column("profile", Text, primary_key=True),
    Column("company_id", Text, primary_key=True),
    Column("now", UTCDateTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    _json("parts"),
    _json("story_ids"),
)

leads = Table(
    "leads",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("profile", Text, nullable=False, index=True),
    Column("owner", Text, nullable=False, index=True),
    Column("company_id", Text, ForeignKey("companies.id"), nullable=False, index=True),
    Column("created", UTCDateTime, nullable=False),
    Column("updated", UTCDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    _json("parts"),
    _json("story_ids"),
    _json("event_ids"),
    Column("snoozed_until", UTCDateTime),
    Column("reject_reason", Text),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", String(64), primary_key=True),
    _json("lead_ids"),
    Column("channel", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("due", UTCDateTime, nullable=False),
    _json("payload"),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claimed_by", Text),
    Column("lease_until", UTCDateTime),
    Column("sent", UTCDateTime),
    Column("error", Text),
    Index("ix_deliveries_due", "state", "due"),
)

verdicts = Table(  # an audit trail: rows are added, never changed
    "verdicts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("lead_id", String(16), ForeignKey("leads.id"), nullable=False, index=True),
    Column("verdict", Text, nullable=False),
    Column("reason", Text),
    Column("said", UTCDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("via", Text, nullable=False),
)

source_registers = Table(  # company files already imported: a file whose digest is known is not read again
    "registers",
    metadata,
    Column("path", Text, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("imported", UTCDateTime, nullable=False),
)

runs = Table(
    "source_runs",
    metadata,
    Column("source", Text, primary_key=True),
    Column("started", UTCDateTime, primary_key=True),
    Column("ended", UTCDateTime, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("listed", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("error", Text),
    _json("notes"),
)

validators = Table(  # what a list's address said last, so that an unchanged list costs one conditional request
    "validators",
    metadata,
    Column("url", Text, primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("checked", UTCDateTime, nullable=False),
)

registers = Table(  # company files already imported: a file whose digest is known is not read again
    "registers",
    metadata,
    Column("path", Text, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("imported", UTCDateTime, nullable=False),
)

runs = Table(  # one row a `prospect run`; the first one's start is the line before which nothing alerts
    "runs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("now", UTCDateTime, nullable=False),
    Column("started", UTCDateTime, nullable=False),
    Column("ended", UTCDateTime),
    _json("summary"),
)
