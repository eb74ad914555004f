"""Carries fetched pages into archive and store, and remembers for the next crawl; the one place here that knows the store's queries."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from scrapy.crawler import Crawler
from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import SQLAlchemyError

from crawler.archive import Archive, Exchange
from crawler.errors import ArchiveError
from crawler.health import left_pages
from crawler.visit import FetchedPage, Visit
from store import queries, tables
from store.records import RawDocument, fingerprint

log = logging.getLogger(__name__)

# a page that was gone is asked for again after this time, for as long as a list shows it
GONE_AGAIN_AFTER = timedelta(days=7)
# pages that one transaction keeps, and how long the first of them may wait: no more than are in flight at a kill anyway
PAGES_AT_ONCE = 16
LONGEST_WAIT_S = 0.25
REACHED_MARK = "#reached"  # behind the address of a long file: its row holds how far it was read
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

    def reached(self, url: str) -> tuple[int, str]:
        """Return (how many bytes of a long file are done with, what its version was known by); (0, "") for one not begun."""
        with self.engine.connect() as conn:
            version, offset = queries.validators_of(conn, f"{url}{REACHED_MARK}")
        return (int(offset), version or "") if offset else (0, "")

    def save_reached(self, url: str, offset: int, version: str) -> None:
        """Keep how far a long file was read, so that a crawl that is cut off goes on there."""
        with self.engine.begin() as conn:
            queries.save_validators(conn, f"{url}{REACHED_MARK}", version, str(offset), self.now)

    def last_success(self) -> datetime | None:
        """Return when the source's last crawl began that came to its end and left no page for the next one."""
        with self.engine.connect() as conn:
            runs = queries.source_runs(conn, self.source, limit=100)
        return max((run.started for run in runs if run.error is None and not left_pages(run)), default=None)

    def keep(self, pages: Sequence[FetchedPage]) -> int:
        """Put pages into archive and store, and return how many documents are new: one known by another address is not.

        Bodies into the archive first, then their rows, in one short transaction: a crawl killed between the two leaves
        records that no row names, and the pages are fetched again; never a row without its record.
        """
        with self.engine.begin() as conn:
            aliases = [page for page in pages if page.listed_as != page.canonical_url]
            known = queries.known_urls(conn, [page.canonical_url for page in aliases]) if aliases else set()
            fresh = list({page.canonical_url: page for page in pages if page.canonical_url not in known}.values())
            places = self.archive.append_all([Exchange(page.url, page.status, page.headers, page.body, page.fetched) for page in fresh])
            raws = [
                RawDocument(
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
                for page, (file, offset) in zip(fresh, places, strict=True)
            ]
            new = queries.save_raw(conn, raws)
            for page in aliases:
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
    """Scrapy item pipeline: hands pages to the crawl's memory, a few at a time, which keeps them."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.waiting: list[FetchedPage] = []
        self.timer: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KeepPages:
        return cls(crawler)

    def process_item(self, page: FetchedPage) -> FetchedPage:
        self.waiting.append(page)
        if len(self.waiting) >= PAGES_AT_ONCE:
            self.keep()
        elif self.timer is None:
            self.timer = asyncio.get_running_loop().call_later(LONGEST_WAIT_S, self.keep)
        return page

    def close_spider(self) -> None:
        """Keep what still waits."""
        self.keep()

    def keep(self) -> None:
        """Hand over what waits; a failure of archive or store is the crawl's error, and its pages are fetched again next time."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        pages, self.waiting = self.waiting, []
        if not pages:
            return
        visit: Visit = self.crawler.spider.visit
        try:
            visit.new += visit.memory.keep(pages)
        except (ArchiveError, SQLAlchemyError, OSError) as error:
            visit.lost(f"{len(pages)} fetched pages could not be kept: {error}")


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

    def reached(self, url: str) -> tuple[int, str]:
        """Return the start: a trial goes on nowhere."""
        return 0, ""

    def save_reached(self, url: str, offset: int, version: str) -> None:
        """Keep nothing."""

    def last_success(self) -> datetime | None:
        """Return None."""
        return None

    def keep(self, pages: Sequence[FetchedPage]) -> int:
        """Keep pages in memory."""
        self.pages += pages
        return len(pages)

    def remember(self, visit: Visit) -> None:
        """Keep nothing."""
