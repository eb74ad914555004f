"""Carries fetched pages into archive and store, and remembers for the next crawl; the one place here that knows the store's queries."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from scrapy.crawler import Crawler
from sqlalchemy import Connection, Engine, select, update

from crawler.archive import Archive
from crawler.visit import FetchedPage, Visit
from store import queries, tables
from store.records import RawDocument, fingerprint

log = logging.getLogger(__name__)

# a page that was gone is asked for again after this time, for as long as a list shows it
GONE_AGAIN_AFTER = timedelta(days=7)
STATUS_MARK = "status "  # in the place of an ETag: the address answered with an error that asking again does not change


class StoreMemory:
    """What crawls leave in archive and store, and find there."""

    def __init__(self, engine: Engine, archive: Archive, source: str, now: datetime) -> None:
        self.engine = engine
        self.archive = archive
        self.source = source
        self.now = now

    def seen(self, canonical_urls: Sequence[str]) -> set[str]:
        """Return those that are stored, lead to a stored page by another name, or were gone a short while ago."""
        with self.engine.connect() as conn:
            known = set(queries.known_urls(conn, canonical_urls))
            rest = [url for url in canonical_urls if url not in known]
            for start in range(0, len(rest), 500):
                rows = conn.execute(
                    select(tables.validators.c.url, tables.validators.c.etag, tables.validators.c.checked).where(
                        tables.validators.c.url.in_(rest[start : start + 500])
                    )
                )
                for url, etag, checked in rows:
                    if not (etag or "").startswith(STATUS_MARK) or checked > self.now - GONE_AGAIN_AFTER:
                        known.add(url)
        return known

    def validators(self, url: str) -> tuple[str | None, str | None]:
        """Return (etag, last_modified) of a list as last read through."""
        with self.engine.connect() as conn:
            etag, last_modified = queries.validators_of(conn, url)
        return (None, None) if (etag or "").startswith(STATUS_MARK) else (etag, last_modified)

    def last_success(self) -> datetime | None:
        """Return when the source's last crawl began that came to its end."""
        with self.engine.connect() as conn:
            runs = queries.source_runs(conn, self.source, limit=100)
        return max((run.started for run in runs if run.error is None), default=None)

    def keep(self, page: FetchedPage) -> int:
        """Put a page into archive and store, and return how many documents are new: 1, or 0 for one known by another address.

        Body into the archive first, then its row, one short transaction a page: a crawl killed between the two leaves a
        record that no row names, and the page is fetched again; never a row without its record.
        """
        new = 0
        alias = page.listed_as != page.canonical_url
        with self.engine.begin() as conn:
            if not (alias and queries.known_urls(conn, [page.canonical_url])):
                file, offset = self.archive.append(page.url, page.status, page.headers, page.body, page.fetched)
                raw = RawDocument(
                    id=fingerprint(page.canonical_url),
                    source=self.source,
                    url=page.url,
                    canonical_url=page.canonical_url,
                    fetched=page.fetched,
                    content_type=page.content_type,
                    digest=page.digest,
                    warc=file,
                    offset=offset,
                    hints=page.hints,
                )
                new = queries.save_raw(conn, [raw])
            if alias:
                # the list's address leads to a page of another name: it need not be followed again
                etag, last_modified = page.validators
                queries.save_validators(conn, page.listed_as, etag, last_modified, page.fetched)
        return new

    def remember(self, visit: Visit) -> None:
        """Keep what the next crawl needs: validators of the lists read through, and pages that are gone."""
        with self.engine.begin() as conn:
            for url, (etag, last_modified) in visit.lists_read().items():
                if etag or last_modified:
                    queries.save_validators(conn, url, etag, last_modified, self.now)
            for url, status in visit.gone.items():
                queries.save_validators(conn, url, f"{STATUS_MARK}{status}", None, self.now)


def read_again(conn: Connection, since: datetime) -> int:
    """Make every page fetched since then due to be read again from the archive, and return how many; nothing is requested.

    Events keep their ids as long as the text says the same, so that nothing is told twice.
    """
    result = conn.execute(update(tables.raw_documents).where(tables.raw_documents.c.fetched >= since).values(read=None, read_error=None))
    return result.rowcount


class KeepPages:
    """Scrapy item pipeline: hands each page to the crawl's memory, which keeps it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KeepPages:
        return cls(crawler)

    def process_item(self, page: FetchedPage) -> FetchedPage:
        visit: Visit = self.crawler.spider.visit
        visit.new += visit.memory.keep(page)
        return page


class TrialMemory:
    """The memory of a trial: nothing was seen before, and the pages are kept here alone."""

    def __init__(self) -> None:
        self.pages: list[FetchedPage] = []

    def seen(self, canonical_urls: Sequence[str]) -> set[str]:
        """Return nothing: a trial shows the first items whether or not they are known."""
        return set()

    def validators(self, url: str) -> tuple[str | None, str | None]:
        """Return no validators: a trial reads its lists in full."""
        return None, None

    def last_success(self) -> datetime | None:
        """Return None."""
        return None

    def keep(self, page: FetchedPage) -> int:
        """Keep a page in memory."""
        self.pages.append(page)
        return 1

    def remember(self, visit: Visit) -> None:
        """Keep nothing."""
