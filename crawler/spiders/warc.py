"""WARC files, local or remote: news archives such as CC-NEWS, and pages that other crawlers saved.

A remote file runs to a gigabyte: it is asked for in parts (Range requests), of which each is read record by record and let go
of; a crawl that is cut off goes on where it was. A server that knows no ranges sends the file whole, within `max_mb`.
"""

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

from crawler.archive import ArchivedPage, warc_pages, warc_pages_in, whole_members
from crawler.errors import SourceFailed
from crawler.source import SpiderOptions
from crawler.spider import SourceSpider
from crawler.urls import canonical_url, page_canonical
from crawler.visit import FetchedPage

BATCH = 200
CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class Options(SpiderOptions):
    """Keys of a WARC source file; `start` holds paths (from the current folder) or addresses."""

    include: tuple[str, ...] = ()  # regular expressions: only pages whose address one of them is found in
    part_mb: float = Field(default=8, gt=0, le=500)  # of a remote file, asked for at a time
    content_types: tuple[str, ...] = Field(default=("text/html", "application/xhtml+xml", "application/pdf", "text/plain"))


class WarcSpider(SourceSpider[Options]):
    """Takes the good answers out of WARC files as if they had been crawled now."""

    name = "warc"

    async def start(self) -> AsyncIterator[scrapy.Request | FetchedPage]:
        for place in self.source.start:
            if urlsplit(place).scheme in ("http", "https"):
                offset, version = self.visit.memory.reached(place)
                yield self.ask_part(place, offset, self.part_bytes, version, offset)
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

    @property
    def part_bytes(self) -> int:
        return int(min(self.options.part_mb, self.source.max_mb) * 1_000_000)

    def ask_part(self, url: str, offset: int, size: int, version: str, before: int) -> scrapy.Request:
        """Return the request for a part of a file, conditional for the first one; the part `before` it was of `version`."""
        headers = {"Range": f"bytes={offset}-{offset + size - 1}", "Accept-Encoding": "identity"}
        meta = {"offset": offset, "size": size, "version": version, "before": before}
        return self.visit.ask_list(url, self.read_part, also=(206, 416), headers=headers, meta=meta, conditional=not offset)

    def read_part(self, response: Response) -> Iterator[scrapy.Request | FetchedPage]:
        """Yield the new pages of a part, and the request for the next one."""
        url = response.meta["list"]
        version = (response.headers.get("ETag") or response.headers.get("Last-Modified") or b"").decode("latin-1")
        if response.status == 416:  # the part begins where the file ends: all of it was read
            self.visit.list_read(url, response)
            return
        if response.status == 200:
            yield from self.new_pages(self.readable(url, warc_pages_in(io.BytesIO(response.body))))
            self.visit.memory.save_reached(url, 0, version)
            return
        found = CONTENT_RANGE.match((response.headers.get("Content-Range") or b"").decode("latin-1"))
        if not found or int(found[1]) != response.meta["offset"]:
            raise SourceFailed(f"{url}: a part without its place in the file; the server's ranges cannot be relied on")
        if response.meta["offset"] and response.meta["version"] not in ("", version):
            yield self.ask_part(url, 0, self.part_bytes, version, 0)  # another file stands there by now
            return
        # the last pages of the part before may still be on their way to the archive: a crawl cut off here reads it again
        self.visit.memory.save_reached(url, response.meta["before"], version)
        ends = [0]
        yield from self.new_pages(self.readable(url, self.pages_of_part(response.body, ends)))
        offset, size = response.meta["offset"] + ends[0], response.meta["size"]
        if found[3] != "*" and int(found[2]) + 1 >= int(found[3]):
            if offset < int(found[3]):
                self.visit.note(f"{url}: its last {int(found[3]) - offset} bytes are no whole record; the file was cut")
            self.visit.list_read(url, response)
            self.visit.memory.save_reached(url, 0, version)
            return
        largest = int(self.source.max_mb * 1_000_000)
        if not ends[0] and size >= largest:
            raise SourceFailed(f"{url}: a record at byte {offset} is longer than {self.source.max_mb:g} MB; raise `max_mb`")
        if self.visit.limit is None or self.visit.listed < self.visit.limit:
            yield self.ask_part(url, offset, self.part_bytes if ends[0] else min(size * 4, largest), version, response.meta["offset"])

    def pages_of_part(self, part: bytes, ends: list[int]) -> Iterator[ArchivedPage]:
        """Yield the pages of the whole records of a part; `ends[0]` is then where the last of them ends."""
        for member in whole_members(part):
            ends[0] = member.end
            yield from member.pages

    def readable(self, url: str, pages: Iterator[ArchivedPage]) -> Iterator[ArchivedPage]:
        """Pass pages on; what is no WARC file is the source's fault."""
        try:
            yield from pages
        except OSError as error:
            raise SourceFailed(f"{url}: no readable WARC file: {error}") from error

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
