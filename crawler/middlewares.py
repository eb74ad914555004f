"""How requests leave and answers come in: only where they may go, at the host's pace, within limits, kept as they were sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.logformatter import LogFormatter
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.politeness import HostLedger
from crawler.urls import address_refusal, refusal
from crawler.visit import Visit, error_in_words

LONGEST_WAIT_S = 120.0  # a longer Retry-After ends the request; the next crawl asks again
RATE_PAGE = b"Request Rate Threshold Exceeded"


class Guard:
    """Refuses addresses that are not http(s) or are private, redirects to such included, and keeps each host's pace and budget."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.allow_hosts: Sequence[str] = crawler.settings["PROSPECT_ALLOW_HOSTS"]
        self.ledger = HostLedger(Path(crawler.settings["PROSPECT_HOSTS"]))
        self.per_second: float | None = crawler.settings["PROSPECT_PER_SECOND"]
        self.per_day: int | None = crawler.settings["PROSPECT_PER_DAY"]
        self.render: bool = crawler.settings.getbool("PROSPECT_RENDER")
        self.timeout_s: float = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self.headers: Mapping[str, str] = crawler.settings.getdict("PROSPECT_HEADERS")
        self._refusals: dict[tuple[str, str], str | None] = {}  # (scheme, host and port) -> why not
        self.resume_at: dict[str, float] = {}  # host -> monotonic seconds, after a Retry-After

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Guard:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if self.render and not request.url.endswith("/robots.txt"):
            request.meta.setdefault("playwright", True)
        url = urlparse_cached(request)
        site = (url.scheme, url.netloc)
        if site not in self._refusals:
            self._refusals[site] = refusal(request.url, self.allow_hosts)
        if reason := self._refusals[site]:
            raise IgnoreRequest(reason)
        request.meta.setdefault("download_timeout", self.timeout_s)
        for name, value in self.headers.items():
            request.headers.setdefault(name, value)
        host = url.hostname or ""
        visit: Visit = self.crawler.spider.visit
        delay = visit.crawl_delay_s.get(host)
        per_second = min(filter(None, (self.per_second, 1 / delay if delay else None)), default=None)
        if per_second or self.per_day:
            wait = self.ledger.reserve(host, now_s=time.time(), day=visit.clock().date(), per_second=per_second, per_day=self.per_day)
            if isinstance(wait, str):
                raise IgnoreRequest(wait)
            if wait > 0:
                await asyncio.sleep(wait)
        pause = self.resume_at.get(host, 0) - time.monotonic()
        if pause > 0:
            await asyncio.sleep(pause)
        visit.requests += 1

    def process_exception(self, request: Request, exception: Exception) -> None:
        # the resolver's reason is lost on its way up
        if reason := GuardedResolver.refused.get(urlparse_cached(request).hostname or ""):
            raise IgnoreRequest(reason)

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status in (429, 503) and (seconds := retry_after_s(response)) is not None:
            host = urlparse_cached(request).hostname or ""
            self.resume_at[host] = time.monotonic() + min(seconds, LONGEST_WAIT_S)
        return response


def needless_in_a_browser(request: Any) -> bool:
    """Return whether a request that a page in the browser makes is refused: pictures and films, and private addresses."""
    return request.resource_type in ("image", "media", "font") or refusal(request.url, GuardedResolver.allow_hosts) is not None


def retry_after_s(response: Response) -> float | None:
    """Return how long an answer asks to wait (Retry-After in seconds or as a date), or None when it does not say."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return max(0.0, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - time.time())


class Backoff(RetryMiddleware):  # type: ignore[misc]
    """Scrapy's retries, each after a longer pause; a Retry-After beyond two minutes, or EDGAR's rate page, ends them."""

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if RATE_PAGE in response.body[:5000] and response.status in (403, 429):
            return response
        if (retry_after_s(response) or 0) > LONGEST_WAIT_S:
            return response
        answer = super().process_response(request, response)
        if isinstance(answer, Request):
            answer.meta["asked_again_for"] = f"answered {response.status}"
            if retry_after_s(response) is None:
                await self._pause(request)
        elif response.status < 400 and (fault := request.meta.get("asked_again_for")):
            self.crawler.spider.visit.note(f"mended by asking again: {fault}")
        return answer

    async def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:
        answer = super().process_exception(request, exception)
        if isinstance(answer, Request):
            answer.meta["asked_again_for"] = error_in_words(exception)[0]
            await self._pause(request)
        return answer

    async def _pause(self, request: Request) -> None:
        first: float = self.crawler.settings.getfloat("PROSPECT_FIRST_RETRY_S")
        await asyncio.sleep(first * 3.0 ** int(request.meta.get("retry_times", 0)))


class NoLinePerPage(LogFormatter):  # type: ignore[misc]
    """Scrapy's log lines without those of every page and item, which cost time even where nobody reads them."""

    def crawled(self, request: Request, response: Response, spider: Any) -> None:
        return None

    def scraped(self, item: Any, response: Any, spider: Any) -> None:
        return None


class KeepAsSent(HttpCompressionMiddleware):  # type: ignore[misc]
    """Scrapy's decompression, within its size limit; the compressed body stays at hand, so that the archive need not compress again."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        if response.headers.get("Content-Encoding"):
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, values in response.headers.items() for value in values]
            as_sent = (headers, response.body)
            decoded = super().process_response(request, response)
            request.meta["as_sent"] = as_sent
            return decoded
        request.meta.pop("as_sent", None)
        return super().process_response(request, response)


class GuardedResolver(CachingThreadedResolver):  # type: ignore[misc]
    """Resolves names, and refuses those that lead to private addresses: a public name may be pointed at the inside."""

    allow_hosts: Sequence[str] = ()
    refused: ClassVar[dict[str, str]] = {}  # name -> why

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> GuardedResolver:
        resolver: GuardedResolver = super().from_crawler(crawler, reactor)
        resolver.allow_hosts = GuardedResolver.allow_hosts = crawler.settings["PROSPECT_ALLOW_HOSTS"]
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802  Twisted's name
        def judged(address: str) -> str:
            if reason := address_refusal(address, name, self.allow_hosts):
                self.refused[name] = reason
                raise DNSLookupError(reason)
            return address

        return super().getHostByName(name, timeout).addCallback(judged)
