"""One crawl of one source under way: what it asks for, has seen, keeps and counts. Spiders say what to fetch, this says how."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from w3lib.html import get_meta_refresh

from crawler.archive import RECORD_TYPE
from crawler.health import TRIED_AGAIN
from crawler.source import Source
from crawler.urls import canonical_url, page_canonical
from store.records import SourceRun

# answers that will not change by asking again
GONE = (404, 410, 451)
MAX_NOTES = 20
MAX_STUB_BYTES = 4000  # a longer page has a text of its own


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a source's list: a page to fetch and what the list says of it (RawDocument.hints)."""

    url: str
    hints: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None  # its canonical URL where the address alone does not give it


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """One body on its way to archive and store; the item of every spider."""

    url: str  # address that answered
    canonical_url: str
    listed_as: str  # canonical form of the address that the list gave
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes  # as the server sent it, still compressed where `headers` say so
    digest: str  # SHA-256 of the body as read
    content_type: str
    fetched: datetime
    hints: Mapping[str, str]
    validators: tuple[str | None, str | None] = (None, None)  # of its address: etag, last_modified


class Memory(Protocol):
    """What earlier crawls left behind; crawler.pipelines keeps it in the store."""

    def seen(self, canonical_urls: Sequence[str]) -> set[str]:
        """Return those that need not be fetched again."""
        ...

    def validators(self, url: str) -> tuple[str | None, str | None]:
        """Return (etag, last_modified) of a list as last read through."""
        ...

    def reached(self, url: str) -> tuple[int, str]:
        """Return (how many bytes of a long file are done with, what its version was known by); (0, "") for one not begun."""
        ...

    def save_reached(self, url: str, offset: int, version: str) -> None:
        """Keep how far a long file was read, so that a crawl that is cut off goes on there."""
        ...

    def last_success(self) -> datetime | None:
        """Return when the source's last crawl began that came to its end and left no page for the next one."""
        ...

    def keep(self, pages: Sequence[FetchedPage]) -> int:
        """Keep pages and return how many documents are new: one known by another address is not."""
        ...

    def remember(self, visit: Visit) -> None:
        """Keep what the next crawl needs."""
        ...


class Visit:
    """One crawl of one source. A spider gets it as `self.visit`."""

    def __init__(self, source: Source, memory: Memory, *, now: datetime, since: date | None = None, limit: int | None = None) -> None:
        self.source = source
        self.memory = memory
        self.now = now
        self.since = since
        self.limit = limit  # pages at most, for a trial
        self.requests = 0  # sent, robots.txt, retries and redirects included
        self.listed = 0
        self.new = 0
        self.failed = 0
        self.error: str | None = None
        self._notes: Counter[str] = Counter()
        self._began = time.monotonic()
        self._asked: set[str] = set()
        self._lists: dict[str, tuple[str | None, str | None]] = {}  # address -> validators of the answer
        self._broken_lists: set[str] = set()
        self.crawl_delay_s: dict[str, float] = {}  # host -> what its robots.txt asks
        self.gone: dict[str, int] = {}  # canonical URL -> status

    def clock(self) -> datetime:
        """Return the run's time: `now` plus what has gone by since."""
        return self.now + timedelta(seconds=time.monotonic() - self._began)

    def note(self, text: str) -> None:
        """Keep something that the operator should know; the same twice is one note."""
        self._notes[text] += 1

    def fail(self, text: str) -> None:
        """Record that the crawl cannot be relied on: what, where, cure. The first one is the run's error, others are notes."""
        if self.error is None:
            self.error = text
        elif text != self.error:
            self.note(text)

    def lost(self, text: str) -> None:
        """Record that pages came and could not be kept: every list stays due."""
        self.fail(text)
        self._broken_lists.update(self._lists)

    # --- lists -----------------------------------------------------------------------------------------------------------

    def ask_list(
        self,
        url: str,
        callback: Callable[[Response], Any],
        *,
        also: Sequence[int] = (),
        conditional: bool = True,
        meta: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        missing_is_an_error: bool = True,
    ) -> Request:
        """Return the request for a list (feed, index, sitemap), conditional on its having changed since it was last read through.

        `callback` is not called for an unchanged list; `also` are statuses that it wants to see besides 200.
        """
        headers = dict(headers or {})
        etag, last_modified = self.memory.validators(url) if conditional else (None, None)
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified

        def answered(response: Response) -> Iterator[Any]:
            if response.status == 304:
                return
            if response.status == 200:
                self.list_read(url, response)
            try:
                yield from callback(response) or ()
            except CloseSpider:
                raise
            except Exception:
                # a list that could not be read through must come again in full
                self._broken_lists.add(url)
                raise

        return Request(
            url,
            callback=answered,
            errback=lambda failure: self.list_failed(url, failure, missing_is_an_error=missing_is_an_error),
            headers=headers,
            dont_filter=True,
            priority=10,
            meta={**(meta or {}), "list": url, "handle_httpstatus_list": [304, *also]},
        )

    def list_read(self, url: str, response: Response) -> None:
        """Count a list as read through by this answer, unless one of its pages fails; for lists that come in parts, by the last one."""
        self._lists[url] = (_header(response, "ETag"), _header(response, "Last-Modified"))

    def list_failed(self, url: str, failure: Any, *, missing_is_an_error: bool = True) -> None:
        """Record a list that did not come; what was listed elsewhere goes on."""
        self.failed += 1
        self._broken_lists.add(url)
        reason, cure = failure_in_words(failure)
        if missing_is_an_error:
            self.fail(f"{url}: {reason}; {cure}")
        else:
            self.note(f"{url}: {reason}")

    def hold_list(self, url: str) -> None:
        """Keep a list due, although it answered: something in it is left for the next crawl."""
        self._broken_lists.add(url)

    def empty_list(self, url: str, what: str) -> None:
        """Record a list that answered and shows nothing: whether that is a fault, the health report judges by what is usual."""
        self.note(f"{url}: {what} without a single entry; if this lasts, look at it in a browser and correct the source file")

    # --- pages -----------------------------------------------------------------------------------------------------------

    def ask_pages(
        self, entries: Iterable[Listed], *, of_list: str | None = None, meta: Mapping[str, Any] | None = None
    ) -> Iterator[Request]:
        """Yield requests for the entries that were not fetched before; `of_list` is the list that shows them."""
        named = [(entry, entry.name or canonical_url(entry.url)) for entry in entries]
        self.listed += len(named)
        fresh = {name: entry for entry, name in reversed(named) if name not in self._asked}
        seen = self.memory.seen(list(fresh)) if fresh else set()
        for entry, name in named:
            if name not in fresh or name in seen or name in self._asked:
                continue
            if self.limit is not None and len(self._asked) >= self.limit:
                return
            self._asked.add(name)
            yield Request(
                entry.url,
                callback=self.keep,
                errback=self.page_failed,
                dont_filter=True,
                cb_kwargs={"listed_as": name, "hints": dict(entry.hints), "named": entry.name is not None},
                meta={**(meta or {}), "of_list": of_list},
            )

    def keep(self, response: Response, *, listed_as: str, hints: Mapping[str, str], named: bool = False) -> Iterator[FetchedPage | Request]:
        """Yield a page that came, ready for the archive; or, once, the request for the page that it sends every browser on to."""
        body = response.body
        if len(body) < MAX_STUB_BYTES and not response.meta.get("sent_on") and (target := _sent_on_to(response)):
            yield Request(
                target,
                callback=self.keep,
                errback=self.page_failed,
                dont_filter=True,
                cb_kwargs={"listed_as": listed_as, "hints": dict(hints), "named": named},
                meta={"of_list": response.meta.get("of_list"), "sent_on": True},
            )
            return
        headers, sent = response.meta.get("as_sent") or (_headers(response), body)
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        own = listed_as if named else canonical_url(response.url)
        if not named and b"<" in body[:1000]:
            own = page_canonical(body, response.url)
        defaults = {"publisher": self.source.publisher} if self.source.publisher else {}
        yield FetchedPage(
            url=response.url,
            canonical_url=own,
            listed_as=listed_as,
            status=response.status,
            headers=headers,
            body=sent,
            digest=hashlib.sha256(body).hexdigest(),
            content_type=content_type,
            fetched=self.now,  # the run's moment: what a run collects it knows when it judges, and the same run makes the same rows
            hints={**defaults, **{key: value for key, value in hints.items() if value}},
            validators=(_header(response, "ETag"), _header(response, "Last-Modified")),
        )

    def keep_record(self, url: str, record: Mapping[str, Any], *, of_list: str | None = None) -> Iterator[FetchedPage]:
        """Yield one entry of a structured source as a document of its own; `url` names it and need not answer.

        `record` has title, text, published, company and fields, as crawler.read takes them.
        """
        name = canonical_url(url)
        self.listed += 1
        if name in self._asked or name in self.memory.seen([name]) or (self.limit is not None and len(self._asked) >= self.limit):
            return
        self._asked.add(name)
        body = json.dumps(record, ensure_ascii=False, sort_keys=True).encode()
        hints = {"publisher": self.source.publisher} if self.source.publisher else {}
        yield FetchedPage(
            url=url,
            canonical_url=name,
            listed_as=name,
            status=200,
            headers=[("Content-Type", RECORD_TYPE)],
            body=body,
            digest=hashlib.sha256(body).hexdigest(),
            content_type=RECORD_TYPE,
            fetched=self.now,  # the run's moment: what a run collects it knows when it judges, and the same run makes the same rows
            hints=hints,
        )

    def page_failed(self, failure: Any) -> None:
        """Count a page that did not come, and keep its list due unless asking again is in vain."""
        self.failed += 1
        request = failure.request
        reason, _ = failure_in_words(failure)
        status = failure.value.response.status if failure.check(HttpError) else None
        if status in GONE:
            self.gone[request.cb_kwargs["listed_as"]] = status
            self.note(f"a listed page {reason}")
        elif "closed to robots by" in reason:
            self.gone[request.cb_kwargs["listed_as"]] = 451
            self.note("a listed page is closed to robots by robots.txt and was left alone")
        elif reason.startswith("refused: "):
            self.gone[request.cb_kwargs["listed_as"]] = 451
            self.note(f"a listed page leads where it may not: {reason}")
        else:
            if of_list := request.meta.get("of_list"):
                self._broken_lists.add(of_list)
            self.note(f"a listed page {reason}; {TRIED_AGAIN}")

    # --- the end ---------------------------------------------------------------------------------------------------------

    def lists_read(self) -> dict[str, tuple[str | None, str | None]]:
        """Return the validators of the lists whose every page came: only these may answer "unchanged" next time."""
        return {url: validators for url, validators in self._lists.items() if url not in self._broken_lists and self.limit is None}

    def as_run(self) -> SourceRun:
        """Return the crawl as it is kept."""
        notes = [text if count == 1 else f"{text} ({count} times)" for text, count in self._notes.most_common(MAX_NOTES)]
        return SourceRun(
            source=self.source.name,
            started=self.now,
            ended=self.clock(),
            requests=self.requests,
            listed=self.listed,
            new=self.new,
            failed=self.failed,
            error=self.error,
            notes=tuple(notes),
        )


def failure_in_words(failure: Any) -> tuple[str, str]:
    """Return (what happened, what to do about it) for a request that was given up."""
    error = failure.value
    if isinstance(error, HttpError):
        status = error.response.status
        return f"answered {status}", {
            401: "it asks for a password: take a source that is open",
            403: "it refuses the crawler: read its terms, and ask its operator or take another source",
            404: "the address is gone: find the new one and correct `start`",
            410: "the address is gone: find the new one and correct `start`",
            429: "too many requests: give the source a `delay_s`",
        }.get(status, "the fault is on their side: it is tried again at the next crawl" if status >= 500 else "look at it in a browser")
    return error_in_words(error)


def error_in_words(error: BaseException) -> tuple[str, str]:
    """Return (what happened, what to do about it) for a request that got no answer, or none that may be taken."""
    name = type(error).__name__
    text = str(error)
    if name == "IgnoreRequest":
        if "Forbidden by robots.txt" in text:
            return "closed to robots by robots.txt", (
                "leave it, or, where its operator documents it for programs, give the source the reason: `robots: documented interface, …`"
            )
        if "exceeded DOWNLOAD_MAXSIZE" in text:
            return "unpacks to more than allowed", "raise `max_mb` in the source file if it is meant to be"
        return (
            text,
            "it is tried again at the next crawl"
            if "budget" in text or "blocks" in text or "tried again" in text
            else "correct the source file",
        )
    known = {
        "DNSLookupError": ("the host's name does not resolve", "check the spelling of `start`, and the network"),
        "CannotResolveHostError": ("the host's name does not resolve", "check the spelling of `start`, and the network"),
        "ConnectionRefusedError": ("the host refuses connections", "check host and port of `start`; it is tried again at the next crawl"),
        "DownloadConnectionRefusedError": (
            "the host refuses connections",
            "check host and port of `start`; it is tried again at the next crawl",
        ),
        "TimeoutError": ("no answer in time", "it is tried again at the next crawl"),
        "DownloadTimeoutError": ("no answer in time", "it is tried again at the next crawl"),
        "TCPTimedOutError": ("no connection in time", "it is tried again at the next crawl"),
        "ResponseDataLossError": ("the answer broke off", "it is tried again at the next crawl"),
        "DownloadCancelledError": ("the body is longer than allowed", "raise `max_mb` in the source file if it is meant to be"),
    }
    if "maxsize" in text.lower() or "max size" in text.lower():
        return known["DownloadCancelledError"]
    return known.get(name, (f"failed ({name}: {text[:160]})", "it is tried again at the next crawl"))


def _sent_on_to(response: Response) -> str | None:
    """Return where a page that is nothing but a meta refresh sends its reader, None for any other page."""
    if b"http-equiv" not in response.body.lower():
        return None
    seconds, target = get_meta_refresh(response.body, response.url, "utf-8", ignore_tags=("script", "noscript"))
    return (
        target
        if target and seconds is not None and seconds <= 5 and target != response.url and target.startswith(("http:", "https:"))
        else None
    )


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _headers(response: Response) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, values in response.headers.items() for value in values]
