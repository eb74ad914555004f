"""Sitemaps: plain, indexes, news sitemaps, compressed ones; new addresses are followed to their pages.

`lastmod` says when a page changed, never when it was published: it only tells which addresses are worth a look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import scrapy
from pydantic import Field, field_validator
from scrapy.http import Response

from crawler.archive import decoded
from crawler.errors import SourceFailed
from crawler.page_facts import parse_date
from crawler.source import SpiderOptions
from crawler.spider import SourceSpider
from crawler.visit import Listed
from crawler.xml_tree import parse_xml

MAX_SITEMAP_BYTES = 60_000_000  # the protocol allows 50 MB
OVERLAP_DAYS = 2  # lists are written late, and clocks differ


class Options(SpiderOptions):
    """Keys of a sitemap's source file."""

    include: tuple[str, ...] = ()  # regular expressions: only addresses that one of them is found in
    exclude: tuple[str, ...] = ()
    days: int = Field(default=7, ge=1)  # how old a `lastmod` a first crawl takes, unless `since` says so
    undated: bool = True  # addresses without `lastmod` are taken too
    max_maps: int = Field(default=50, ge=1)  # sitemaps of an index that one crawl opens, newest first

    @field_validator("include", "exclude")
    @classmethod
    def _expressions(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"'{pattern}' is no regular expression: {error}") from error
        return patterns


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """One <url> or <sitemap>."""

    url: str
    changed: datetime | None
    title: str = ""  # of a news sitemap
    published: str = ""  # of a news sitemap, as it stands
    publisher: str = ""


class SitemapSpider(SourceSpider[Options]):
    """Asks each sitemap, conditionally, and follows what is new in it."""

    name = "sitemap"

    def read_list(self, response: Response) -> Iterator[scrapy.Request]:
        """Yield requests for an index's sitemaps, or for a sitemap's pages."""
        is_index, entries = read_sitemap(response.body, response.url)
        if not entries:
            self.visit.empty_list(response.url, "a sitemap")
        oldest = self.oldest_change()
        if is_index:
            due = [entry for entry in entries if entry.changed is None or entry.changed >= oldest]
            due.sort(key=lambda entry: entry.changed or datetime.max.replace(tzinfo=UTC), reverse=True)
            if len(due) > self.options.max_maps:
                self.visit.note(f"{response.url}: {len(due)} sitemaps are due, {self.options.max_maps} were opened; raise `max_maps`")
            for entry in due[: self.options.max_maps]:
                yield self.visit.ask_list(response.urljoin(entry.url), self.read_list, missing_is_an_error=False)
            return
        wanted = [
            Listed(response.urljoin(entry.url), {"title": entry.title, "published": entry.published, "publisher": entry.publisher})
            for entry in entries
            if self.wanted(entry, oldest)
        ]
        yield from self.visit.ask_pages(wanted, of_list=response.meta["list"])

    def oldest_change(self) -> datetime:
        """Return from when on a change is worth a look."""
        last = self.visit.memory.last_success()
        if last is not None:
            return last - timedelta(days=OVERLAP_DAYS)
        if self.visit.since is not None:
            return datetime.combine(self.visit.since, time(), UTC)
        return self.visit.now - timedelta(days=self.options.days)

    def wanted(self, entry: SitemapEntry, oldest: datetime) -> bool:
        options = self.options
        if options.include and not any(re.search(pattern, entry.url) for pattern in options.include):
            return False
        if any(re.search(pattern, entry.url) for pattern in options.exclude):
            return False
        return options.undated if entry.changed is None else entry.changed >= oldest


def read_sitemap(body: bytes, url: str) -> tuple[bool, list[SitemapEntry]]:
    """Return (whether it is an index, its entries); XML, compressed XML, one address a line, or robots.txt naming sitemaps.

    Raise SourceFailed for a body that is none of them.
    """
    if body.startswith(b"\x1f\x8b"):
        body = decoded(body, "gzip", MAX_SITEMAP_BYTES)
    if b"<urlset" in body[:5000] or b"<sitemapindex" in body[:5000] or body.lstrip().startswith(b"<?xml"):
        root = parse_xml(body)
        if root is not None and root.tag in ("urlset", "sitemapindex"):
            return root.tag == "sitemapindex", [entry for element in root if (entry := _entry(element))]
    text = body.decode("utf-8", "replace")
    named = re.findall(r"^\s*sitemap:\s*(\S+)", text, re.IGNORECASE | re.MULTILINE)
    if named:
        return True, [SitemapEntry(address, None) for address in named]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines and all(line.startswith(("http://", "https://")) for line in lines):
        return False, [SitemapEntry(line, None) for line in lines]
    raise SourceFailed(f"{url}: no sitemap; its address stands in the site's robots.txt: correct `start`")


def _entry(element: object) -> SitemapEntry | None:
    texts: dict[str, str] = {}
    for child in element.iter():  # type: ignore[attr-defined]
        if isinstance(child.tag, str) and child.text and child.text.strip():
            # <image:loc> after <loc>: the first is the page's
            texts.setdefault(child.tag, child.text.strip())
    if "loc" not in texts:
        return None
    changed, date_only = parse_date(texts.get("lastmod", "") or texts.get("publication_date", ""))
    if changed and date_only:
        changed += timedelta(days=1)  # any time of that day
    return SitemapEntry(texts["loc"], changed, texts.get("title", ""), texts.get("publication_date", ""), texts.get("name", ""))
