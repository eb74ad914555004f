"""Feeds: RSS, Atom and JSON Feed; the full text is followed to the page."""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import feedparser
import scrapy
from scrapy.http import Response

from crawler.errors import SourceFailed
from crawler.source import SpiderOptions
from crawler.spider import SourceSpider
from crawler.visit import FetchedPage, Listed


class Options(SpiderOptions):
    """Keys of a feed's source file."""

    follow: bool = True  # fetch the page of each entry; False takes the entry's own text, where feeds carry it in full
    include: tuple[str, ...] = ()  # only entries whose title or summary has one of these words


class FeedSpider(SourceSpider[Options]):
    """Asks each feed, conditionally, and follows its new entries."""

    name = "feed"

    def read_list(self, response: Response) -> Iterator[scrapy.Request | FetchedPage]:
        """Yield requests for the entries' pages, or the entries themselves where their text is taken as it is."""
        entries = read_feed(response.body, response.url)
        wanted = [entry for entry in entries if _wanted(entry, self.options.include)]
        if not entries:
            self.visit.empty_list(response.url, "a feed")
        if self.options.follow:
            yield from self.visit.ask_pages((entry.listed() for entry in wanted if entry.url), of_list=response.meta["list"])
            return
        if empty := sum(not entry.text for entry in wanted):
            self.visit.note(f"{response.url}: {empty} of {len(wanted)} entries carry no text; `follow: true` reads their pages")
        for entry in wanted:
            if entry.text:
                yield from self.visit.keep_record(entry.url or f"{response.url}#{entry.guid}", entry.record())


class FeedEntry:
    """One entry of a feed."""

    def __init__(self, *, url: str, guid: str, title: str, published: datetime | None, author: str, publisher: str, text: str) -> None:
        self.url = url
        self.guid = guid
        self.title = title
        self.published = published
        self.author = author
        self.publisher = publisher
        self.text = text

    def listed(self) -> Listed:
        """Return the entry as a page to fetch."""
        hints = {
            "title": self.title,
            "published": self.published.isoformat() if self.published else "",
            "author": self.author,
            "publisher": self.publisher,
        }
        return Listed(self.url, hints)

    def record(self) -> dict[str, Any]:
        """Return the entry as a document of its own."""
        return {
            "title": self.title,
            "text": self.text,
            "published": self.published.isoformat() if self.published else None,
            "publisher": self.publisher or None,
        }


def read_feed(body: bytes, url: str) -> list[FeedEntry]:
    """Return a feed's entries, newest first as feeds have them; RSS, Atom and JSON Feed are told apart by content.

    Raise SourceFailed for a body that is none of them.
    """
    if body.lstrip()[:1] == b"{":
        return _json_feed(body, url)
    # feedparser resolves entities itself and loads nothing
    parsed = feedparser.parse(body, response_headers={"content-location": url}, resolve_relative_uris=True, sanitize_html=False)
    if not parsed.version and not parsed.entries:
        kind = "a web page" if b"<html" in body[:2000].lower() else "neither RSS, Atom nor JSON Feed"
        raise SourceFailed(f"{url}: {kind} where a feed should be; find the feed's address in the page's head and correct `start`")
    publisher = parsed.feed.get("publisher") or ""
    entries = []
    for entry in parsed.entries:
        stamp = entry.get("published_parsed") or entry.get("created_parsed")
        if not stamp and not entry.get("published"):
            # Atom's <updated> is all that some feeds have; the page's own date wins over it
            stamp = entry.get("updated_parsed")
        guid = entry.get("id") or ""
        link = entry.get("link") or (guid if guid.startswith("http") else "")
        content = " ".join(part.get("value", "") for part in entry.get("content", [])) or entry.get("summary", "")
        entries.append(
            FeedEntry(
                url=link,
                guid=guid,
                title=_plain(entry.get("title", "")),
                published=datetime.fromtimestamp(calendar.timegm(stamp), UTC) if stamp else None,
                author=_plain(entry.get("author", "")),
                publisher=_plain(entry.get("publisher") or publisher),
                text=_plain(content, lines=True),
            )
        )
    return entries


def _json_feed(body: bytes, url: str) -> list[FeedEntry]:
    try:
        feed = json.loads(body)
        items = feed["items"]
    except (ValueError, KeyError, TypeError) as error:
        raise SourceFailed(f"{url}: JSON, but no JSON Feed (it has no 'items'); correct `start`") from error
    entries = []
    for item in items:
        authors = item.get("authors") or [item.get("author") or {}]
        stamp = item.get("date_published") or ""
        try:
            published = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
        except ValueError:
            published = None
        entries.append(
            FeedEntry(
                url=item.get("url") or item.get("external_url") or "",
                guid=str(item.get("id") or ""),
                title=_plain(item.get("title") or ""),
                published=published.astimezone(UTC) if published and published.tzinfo else published and published.replace(tzinfo=UTC),
                author=_plain(", ".join(author.get("name", "") for author in authors if author)),
                publisher="",
                text=_plain(item.get("content_html") or item.get("content_text") or item.get("summary") or "", lines=True),
            )
        )
    return entries


def _plain(markup: str, *, lines: bool = False) -> str:
    """Return markup as text: titles arrive with entities and tags, some of them escaped twice."""
    if "<" not in markup and "&" not in markup:
        return markup.strip() if lines else " ".join(markup.split())
    from crawler.filing_text import readable_text

    text = readable_text(f"<p>{markup}</p>")
    return text if lines else " ".join(text.split())


def _wanted(entry: FeedEntry, words: tuple[str, ...]) -> bool:
    said = f"{entry.title} {entry.text}".casefold()
    return not words or any(word.casefold() in said for word in words)
