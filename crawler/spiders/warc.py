"""WARC files, local or remote: news archives such as CC-NEWS, and pages that other crawlers saved."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import scrapy
from pydantic import Field
from scrapy.http import Response

from crawler.archive import ArchivedPage, warc_pages, warc_pages_in
from crawler.errors import SourceFailed
from crawler.source import Source, SpiderOptions
from crawler.urls import canonical_url, page_canonical
from crawler.visit import FetchedPage, Visit

BATCH = 200


class Options(SpiderOptions):
    """Keys of a WARC source file; `start` holds paths (from the current folder) or addresses."""

    include: tuple[str, ...] = ()  # regular expressions: only pages whose address one of them is found in
    content_types: tuple[str, ...] = Field(default=("text/html", "application/xhtml+xml", "application/pdf", "text/plain"))


class WarcSpider(scrapy.Spider):  # type: ignore[misc]
    """Takes the good answers out of WARC files as if they had been crawled now."""

    name = "warc"
    source: Source
    visit: Visit

    @property
    def options(self) -> Options:
        return self.source.options  # type: ignore[return-value]

    async def start(self) -> AsyncIterator[scrapy.Request | FetchedPage]:
        for place in self.source.start:
            if urlsplit(place).scheme in ("http", "https"):
                yield self.visit.ask_list(place, self.read_list)
                continue
            path = Path(url2pathname(urlsplit(place).path)) if place.startswith("file:") else Path(place)
            if not path.is_file():
                self.visit.fail(f"{path}: there is no such WARC file; correct `start`")
                continue
            try:
                for page in self.new_pages(warc_pages(path)):
                    yield page
            except OSError as error:
                self.visit.fail(f"{path}: no readable WARC file: {error}")

    def read_list(self, response: Response) -> Iterator[FetchedPage]:
        """Yield the new pages of a WARC file that was downloaded."""
        try:
            yield from self.new_pages(warc_pages_in(io.BytesIO(response.body)))
        except OSError as error:
            raise SourceFailed(f"{response.url}: no readable WARC file: {error}") from error

    def new_pages(self, pages: Iterator[ArchivedPage]) -> Iterator[FetchedPage]:
        batch: list[ArchivedPage] = []
        for page in pages:
            if self.wanted(page):
                batch.append(page)
            if len(batch) >= BATCH:
                yield from self.unseen(batch)
                batch = []
        yield from self.unseen(batch)

    def wanted(self, page: ArchivedPage) -> bool:
        kind = page.content_type.partition(";")[0].strip().lower()
        if page.status != 200 or kind not in self.options.content_types or not page.url.startswith(("http://", "https://")):
            return False
        return not self.options.include or any(re.search(pattern, page.url) for pattern in self.options.include)

    def unseen(self, batch: list[ArchivedPage]) -> Iterator[FetchedPage]:
        named = [(page_canonical(page.body, page.url), page) for page in batch]
        self.visit.listed += len(named)
        seen = self.visit.memory.seen([name for name, _ in named])
        for name, page in named:
            if name in seen:
                continue
            seen.add(name)
            yield FetchedPage(
                url=page.url,
                canonical_url=name,
                listed_as=canonical_url(page.url),
                status=page.status,
                headers=[("Content-Type", page.content_type)],
                body=page.body,
                digest=hashlib.sha256(page.body).hexdigest(),
                content_type=page.content_type,
                fetched=self.visit.clock(),
                hints={"publisher": self.source.publisher} if self.source.publisher else {},
            )
