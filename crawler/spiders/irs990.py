"""IRS e-file returns of charities (Form 990 series): an index of returns, and ZIP files of their XML.

`start` is the page that lists the files, or the files themselves. Each return becomes a document: filer, address,
officers and key employees of Part VII.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import scrapy
from pydantic import Field
from scrapy.http import Response

from crawler.errors import SourceFailed
from crawler.returns import return_head
from crawler.source import SpiderOptions
from crawler.spider import SourceSpider
from crawler.urls import canonical_url
from crawler.visit import FetchedPage

MAX_RETURN_BYTES = 30_000_000
ZIP_NAME = re.compile(r"(20\d\d)_TEOS_XML_(\d\d)([A-Z])\.zip", re.IGNORECASE)
INDEX_NAME = re.compile(r"index_(20\d\d)\.csv", re.IGNORECASE)


class Options(SpiderOptions):
    """Keys of an IRS source file."""

    forms: tuple[str, ...] = Field(default=("990", "990EZ", "990PF"))
    eins: tuple[str, ...] = ()  # only these filers, nine digits each
    states: tuple[str, ...] = ()  # only filers seated in these states
    months: int = Field(default=2, ge=1)  # a first crawl takes the files of so many months
    max_returns: int = Field(default=20_000, ge=1)  # of one crawl


class Irs990Spider(SourceSpider[Options]):
    """Finds the newest files and takes the returns out of them."""

    name = "irs990"

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for url in self.source.start:
            yield self.ask(url)

    def ask(self, url: str) -> scrapy.Request:
        if url.lower().partition("?")[0].endswith(".zip"):
            return self.visit.ask_list(url, self.read_zip)
        if INDEX_NAME.search(url):
            return self.visit.ask_list(url, self.read_index)
        return self.visit.ask_list(url, self.read_page)

    def read_page(self, response: Response) -> Iterator[scrapy.Request]:
        """Yield requests for the ZIP files that the download page names, of the months that are due."""
        links = {response.urljoin(href) for href in response.css("a::attr(href)").getall()}
        first = (self.visit.now - timedelta(days=31 * self.options.months)).strftime("%Y%m")
        found = {url: match for url in links if (match := ZIP_NAME.search(url))}
        if not found:
            raise SourceFailed(
                f"{response.url}: names no ZIP file of returns; the page was rebuilt: look for the new address and correct `start`"
            )
        for url, match in sorted(found.items()):
            if match[1] + match[2] >= first:
                yield self.ask(url)

    def read_index(self, response: Response) -> Iterator[scrapy.Request]:
        """Yield requests for the ZIP files in which an index of returns has wanted ones; its last column names the file of each."""
        rows = list(csv.DictReader(io.StringIO(response.text)))
        if rows and "XML_BATCH_ID" not in rows[0]:
            raise SourceFailed(
                f"{response.url}: an index that does not say in which ZIP file a return is (no column XML_BATCH_ID); "
                "take the page that lists the ZIP files, or the files themselves, as `start`"
            )
        if not rows:
            self.visit.empty_list(response.url, "an index of returns")
        wanted = (row for row in rows if self.wanted({"form": row.get("RETURN_TYPE") or "", "ein": (row.get("EIN") or "").zfill(9)}))
        for batch in sorted({(row["XML_BATCH_ID"] or "").strip() for row in wanted} - {""}):
            yield self.ask(response.urljoin(f"{batch}.zip"))

    def read_zip(self, response: Response) -> Iterator[FetchedPage]:
        """Yield the returns of a ZIP file that were not kept before."""
        try:
            archive = zipfile.ZipFile(io.BytesIO(response.body))
        except zipfile.BadZipFile as error:
            raise SourceFailed(f"{response.url}: a broken ZIP file ({error}); it is tried again at the next crawl") from error
        members = [member for member in archive.infolist() if member.filename.lower().endswith(".xml")]
        names = {
            member: canonical_url(f"{response.url}?return={member.filename.rpartition('/')[2].partition('_')[0]}") for member in members
        }
        self.visit.listed += len(members)
        seen = self.visit.memory.seen(list(names.values()))
        for member in members:
            if names[member] in seen:
                continue
            if self.visit.new >= self.options.max_returns:
                self.visit.note(f"{response.url}: {self.options.max_returns} returns were taken, the rest waits; raise `max_returns`")
                self.visit.hold_list(response.meta["list"])
                return
            try:
                with archive.open(member) as stream:
                    body = stream.read(MAX_RETURN_BYTES)
            except (NotImplementedError, zipfile.BadZipFile, OSError) as error:
                self.visit.note(f"{response.url}: a return could not be unpacked ({type(error).__name__}: {error})")
                continue
            head = return_head(body)
            if head is None or not self.wanted(head):
                continue
            yield FetchedPage(
                url=f"{response.url}?return={names[member].rpartition('=')[2]}",
                canonical_url=names[member],
                listed_as=names[member],
                status=200,
                headers=[("Content-Type", "application/xml")],
                body=body,
                digest=hashlib.sha256(body).hexdigest(),
                content_type="application/xml",
                fetched=self.visit.clock(),
                hints={"publisher": self.source.publisher or "Internal Revenue Service"},
            )

    def wanted(self, head: dict[str, str]) -> bool:
        """Return whether a return is, by form, EIN and state; an index does not say the state."""
        options = self.options
        return (
            head["form"] in options.forms
            and (not options.eins or head["ein"] in options.eins)
            and (not options.states or head.get("state") is None or head["state"] in options.states)
        )
