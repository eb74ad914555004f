"""The tables, as SQLAlchemy Core sees them; `migrations/` makes them.

Times are aware UTC through `UTCDateTime`; text holds what both databases can hold through `Words`. A change here needs a
migration (`python -m store.migrations "what changes"`); a test compares the two.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
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


# PostgreSQL refuses NUL in text, and neither database can encode half a surrogate pair; pages and filings hold both
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return the text with each character that no database holds replaced by U+FFFD, one for one: offsets stay true."""
    if "\x00" not in text:
        if text.isascii():
            return text
        try:
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            return text
    return UNSTORABLE.sub("\ufffd", text)


class Words(TypeDecorator[str]):
    """Text of any length, made storable on its way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


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
    Column("id", Words, primary_key=True),
    Column("source", Words, nullable=False, index=True),
    Column("url", Words, nullable=False),
    Column("canonical_url", Words, nullable=False, unique=True),
    Column("fetched", UTCDateTime, nullable=False),
    Column("content_type", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("warc", Words, nullable=False),
    Column("offset", BigInteger, nullable=False),
    _json("hints"),
    Column("read", UTCDateTime),  # NULL: due
    Column("read_error", Words),
    Index("ix_raw_documents_due", "read", "fetched"),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Words, ForeignKey("raw_documents.id"), primary_key=True),
    Column("source", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("title", Words),
    Column("published", UTCDateTime),
    Column("author", Words),
    Column("publisher", Words),
    Column("form", Words),
    _json("items"),
    Column("cik", Words),
    Column("filer", Words),  # Document.filer
    Column("company", Words),
    Column("first_seen", UTCDateTime, nullable=False, index=True),
    _json("fields"),
    Column("extracted", UTCDateTime),  # NULL: due
    Column("extract_error", Words),
    Column("text", Words, nullable=False),  # last: SQLite reads a row from its start, and this is the long one
    Index("ix_documents_due", "extracted", "first_seen"),
    Index("ix_documents_filer", "filer", "published"),  # a filing beside the filer's earlier one
)

sketches = Table(  # what each text is compared by, and which one it is a copy of
    "sketches",
    metadata,
    Column("document_id", Words, ForeignKey("documents.id"), primary_key=True),
    Column("first_seen", UTCDateTime, nullable=False, index=True),
    Column("origin", Words, nullable=False),  # the document that told it first: itself where it is no copy
    Column("data", LargeBinary),  # NULL once it is too old to be compared with
)

companies = Table(
    "companies",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("cik", Words, index=True),
    Column("ein", Words),
    Column("lei", Words),
    Column("ticker", Words),
    Column("domain", Words),
    Column("street", Words),
    Column("city", Words),
    Column("county", Words),
    Column("state", Words),
    Column("metro", Words),
    Column("postal_code", Words),
    Column("country", Words),
    Column("phone", Words),
    Column("sic", Words),
    Column("naics", Words),
    Column("employees", BigInteger),
    Column("employees_max", BigInteger),
    Column("revenue_usd", BigInteger),
    Column("revenue_usd_max", BigInteger),
    Column("public", Boolean),
    Column("founded", Integer),
    Column("parent_id", Words),
    _json("aliases"),
    Column("account", Words),
    Column("account_owner", Words),
    Column("origin", Words, nullable=False),
    Column("as_of", Date),
    _json("sources", server_default="{}"),
    Column("merged_into", Words),  # set when another row turned out to be the same company
    Column("touched", UTCDateTime),  # when a story of it last changed; NULL: it has none
    Column("judged", UTCDateTime),  # NULL: due, where it has a story
    Index("ix_companies_due", "judged", "touched"),
)

events = Table(
    "events",
    metadata,
    Column("id", Words, primary_key=True),
    Column("document_id", Words, ForeignKey("documents.id"), nullable=False, index=True),
    Column("kind", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("company", Words),
    _json("facts"),
    Column("quote", Words, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("happened", Date),
    Column("confidence", Float, nullable=False),
    Column("resolved", UTCDateTime),  # NULL: due
    Column("company_id", Words, ForeignKey("companies.id"), index=True),  # NULL after `resolved`: two fit, or none named
    Column("match_score", Float),
    Column("match_reasons", JSON(none_as_null=True)),
    Column("match_rivals", JSON(none_as_null=True)),
    Column("story_id", Words, index=True),
    Index("ix_events_due", "resolved"),
)

stories = Table(
    "stories",
    metadata,
    Column("id", Words, primary_key=True),
    Column("company_id", Words, ForeignKey("companies.id"), nullable=False, index=True),
    Column("kind", Words, nullable=False),
    Column("status", Words, nullable=False),
    _json("facts"),
    Column("happened", Date),
    Column("published", UTCDateTime, nullable=False),
    Column("first_seen", UTCDateTime, nullable=False, index=True),
    Column("confidence", Float, nullable=False),
    _json("event_ids"),  # best evidence first
)

decisions = Table(  # the latest of each pair that could have alerted; what the others would say is worked out when asked for
    "decisions",
    metadata,
    Column("profile", Words, primary_key=True),
    Column("company_id", Words, primary_key=True),
    Column("now", UTCDateTime, nullable=False),
    Column("reason", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("score", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    _json("parts"),
    _json("story_ids"),
    Column("due", UTCDateTime, index=True),  # NULL: only something new can change it
)

judged_profiles = Table(  # what each profile went by when it last judged
    "judged_profiles",
    metadata,
    Column("profile", Words, primary_key=True),
    Column("mark", Words, nullable=False),
    Column("included", JSON(none_as_null=True)),
    _json("excluded"),
)

leads = Table(
    "leads",
    metadata,
    Column("id", Words, primary_key=True),
    Column("profile", Words, nullable=False, index=True),
    Column("owner", Words, nullable=False, index=True),
    Column("company_id", Words, ForeignKey("companies.id"), nullable=False, index=True),
    Column("created", UTCDateTime, nullable=False),
    Column("updated", UTCDateTime, nullable=False),
    Column("state", Words, nullable=False),
    Column("score", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    _json("parts"),
    _json("story_ids"),
    _json("event_ids"),
    Column("snoozed_until", UTCDateTime),
    Column("reject_reason", Words),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", Words, primary_key=True),
    _json("lead_ids"),
    Column("channel", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("purpose", Words, nullable=False),
    Column("due", UTCDateTime, nullable=False),
    _json("payload"),
    Column("state", Words, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claimed_by", Words),
    Column("lease_until", UTCDateTime),
    Column("sent", UTCDateTime),
    Column("error", Words),
    Index("ix_deliveries_due", "state", "due"),
)

verdicts = Table(  # an audit trail: rows are added, never changed
    "verdicts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("lead_id", Words, ForeignKey("leads.id"), nullable=False, index=True),
    Column("verdict", Words, nullable=False),
    Column("reason", Words),
    Column("said", UTCDateTime, nullable=False),
    Column("by", Words, nullable=False),
    Column("via", Words, nullable=False),
)

merges = Table(  # companies that turned out to be one; what moved is kept, so that it can move back
    "merges",
    metadata,
    Column("id", Words, primary_key=True),
    Column("kept_id", Words, nullable=False, index=True),
    Column("gone_id", Words, nullable=False, index=True),
    _json("kept_before"),
    _json("kept_after"),
    Column("merged", UTCDateTime, nullable=False),
    Column("by", Words, nullable=False),
    _json("event_ids"),
    _json("lead_ids"),
    Column("undone", UTCDateTime),
)

unsubscribed = Table(  # who wants no more mail of which profile; the lead is made all the same
    "unsubscribed",
    metadata,
    Column("profile", Words, primary_key=True),
    Column("address", Words, primary_key=True),  # in lower case
    Column("since", UTCDateTime, nullable=False),
)

bounces = Table(  # what came back of a mail that a server had taken, or was refused at its door; rows are added, and marked when cured
    "bounces",
    metadata,
    Column("id", Words, primary_key=True),  # the same report read twice is one row
    Column("key", Words, nullable=False, index=True),  # of the delivery
    Column("address", Words, nullable=False, index=True),  # in lower case
    Column("hard", Boolean, nullable=False),  # the address is dead; else this mail alone was lost
    Column("status", Words, nullable=False),  # "5.1.1"
    Column("said", Words, nullable=False),
    Column("received", UTCDateTime, nullable=False),
    Column("cured", UTCDateTime),  # when somebody put it back
)

outcomes = Table(  # what became of a lead in a CRM, as last read
    "outcomes",
    metadata,
    Column("lead_id", Words, ForeignKey("leads.id"), primary_key=True),
    Column("target", Words, primary_key=True),
    Column("outcome", Words, nullable=False),
    Column("said", Words, nullable=False),
    Column("amount", Float),
    Column("reason", Words),
    Column("changed", UTCDateTime),  # by the CRM's clock; the latest is where the next reading begins
    Column("read", UTCDateTime, nullable=False),
)

source_runs = Table(
    "source_runs",
    metadata,
    Column("source", Words, primary_key=True),
    Column("started", UTCDateTime, primary_key=True),
    Column("ended", UTCDateTime, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("listed", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("error", Words),
    _json("notes"),
)

validators = Table(  # what a list's address said last, so that an unchanged list costs one conditional request
    "validators",
    metadata,
    Column("url", Words, primary_key=True),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("checked", UTCDateTime, nullable=False),
)

registers = Table(  # company files already imported: a file whose digest is known is not read again
    "registers",
    metadata,
    Column("path", Words, primary_key=True),
    Column("digest", Words, nullable=False),
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
