"""robots.txt as RFC 9309 has it: kept for a day, asked for conditionally, Crawl-delay honoured, an unreachable one closes the host."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawler.visit import Visit

KEPT_FOR = timedelta(hours=24)
LONGEST_DELAY_S = 120.0
MAX_BYTES = 500_000


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """One host's robots.txt as it was fetched."""

    fetched: str  # ISO
    status: int
    text: str  # "" where the host has none
    etag: str = ""
    last_modified: str = ""


class Robots:
    """Downloader middleware that asks robots.txt before anything else of a host, and tells the guard how slow to go."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self.obeyed: bool = crawler.settings.getbool("PROSPECT_OBEY_ROBOTS")
        self.folder = Path(crawler.settings["PROSPECT_HOSTS"])
        self._rules: dict[str, asyncio.Future[Protego | str]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Robots:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if not self.obeyed or request.meta.get("dont_obey_robotstxt"):
            return
        url = urlparse_cached(request)
        if url.netloc not in self._rules:
            self._rules[url.netloc] = asyncio.get_running_loop().create_future()
            self._rules[url.netloc].set_result(await self._fetched(f"{url.scheme}://{url.netloc}/robots.txt", url.netloc))
        while not self._rules[url.netloc].done():  # another request of this crawl is fetching it
            await asyncio.sleep(0.01)
        rules = self._rules[url.netloc].result()
        if isinstance(rules, str):
            raise IgnoreRequest(rules)
        if not rules.can_fetch(request.url, self.agent):
            raise IgnoreRequest("Forbidden by robots.txt")
        if delay := rules.crawl_delay(self.agent):
            visit: Visit = self.crawler.spider.visit
            visit.crawl_delay_s[url.hostname or ""] = min(float(delay), LONGEST_DELAY_S)

    async def _fetched(self, address: str, netloc: str) -> Protego | str:
        """Return the rules of a host, or why none of it may be asked."""
        visit: Visit = self.crawler.spider.visit
        path = self.folder / (re.sub(r"[^a-z0-9.-]", "_", netloc.lower()) + ".robots")
        kept = _kept(path)
        if kept and timedelta() <= visit.now - datetime.fromisoformat(kept.fetched) < KEPT_FOR:
            return Protego.parse(kept.text)
        headers = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified} if kept else {}
        request = Request(
            address,
            callback=NO_CALLBACK,
            priority=1000,
            headers={name: value for name, value in headers.items() if value},
            meta={"dont_obey_robotstxt": True, "handle_httpstatus_all": True},
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:
            if isinstance(error, IgnoreRequest):
                return str(error)
            if kept:
                return Protego.parse(kept.text)
            # the request that comes next tells better what is wrong with the host
            return Protego.parse("")
        if response.status == 304 and kept:
            found = RobotsFile(visit.now.isoformat(), 200, kept.text, kept.etag, kept.last_modified)
        elif response.status >= 500:
            if kept:
                return Protego.parse(kept.text)
            return f"robots.txt answered {response.status}, and until it answers nothing of {netloc} is asked (RFC 9309); it is tried again at the next crawl"
        else:
            # a host that answers 4xx has no rules
            text = response.body[:MAX_BYTES].decode("utf-8", "replace") if response.status < 300 else ""
            found = RobotsFile(visit.now.isoformat(), response.status, text, _header(response, "ETag"), _header(response, "Last-Modified"))
        self.folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(found)))
        return Protego.parse(found.text)


def _kept(path: Path) -> RobotsFile | None:
    try:
        return RobotsFile(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")
