"""What a fetched and stored page costs in CPU, beside Scrapy that only fetches: with its defaults, and as lean as it gets.

    python -m world --corpus CORPUS --port 8900 &              # from the folder that holds the world
    python -m benchmarks.crawl_cost http://127.0.0.1:8900      # some 1,400 pages of its wires, alternated rounds

Every crawl is a process of its own; its CPU is what the system counted for it. Start-up is measured by a crawl of one
page and taken off, since a night starts one process for many sources.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from crawler.run import CrawlSettings, crawl_source
from crawler.source import Source

BARE = """
import json, sys
import scrapy
from scrapy.crawler import CrawlerProcess

order = json.load(sys.stdin)

class Bare(scrapy.Spider):
    name = "bare"
    async def start(self):
        for url in order["urls"]:
            yield scrapy.Request(url, callback=self.parse)
    def parse(self, response):
        return None

process = CrawlerProcess({"LOG_LEVEL": "ERROR", "USER_AGENT": "prospect-benchmark (bench@example.com)", **order["settings"]})
process.crawl(Bare)
process.start()
"""
NO_MIDDLEWARES = {
    f"scrapy.downloadermiddlewares.{name}": None
    for name in (
        "offsite.OffsiteMiddleware", "robotstxt.RobotsTxtMiddleware", "httpauth.HttpAuthMiddleware", "downloadtimeout.DownloadTimeoutMiddleware",
        "retry.RetryMiddleware", "redirect.MetaRefreshMiddleware", "redirect.RedirectMiddleware", "cookies.CookiesMiddleware",
        "httpproxy.HttpProxyMiddleware", "stats.DownloaderStats", "httpcache.HttpCacheMiddleware",
    )
}  # fmt: skip
NO_SPIDER_MIDDLEWARES = {
    f"scrapy.spidermiddlewares.{name}": None
    for name in (
        "start.StartSpiderMiddleware", "httperror.HttpErrorMiddleware", "referer.RefererMiddleware", "urllength.UrlLengthMiddleware",
        "depth.DepthMiddleware",
    )
}  # fmt: skip
LEAN = {
    "CONCURRENT_ITEMS": 4,
    "TELNETCONSOLE_ENABLED": False,
    "COOKIES_ENABLED": False,
    "RETRY_ENABLED": False,
    "REDIRECT_ENABLED": False,
    "DOWNLOADER_MIDDLEWARES": NO_MIDDLEWARES,
    "SPIDER_MIDDLEWARES": NO_SPIDER_MIDDLEWARES,
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
}


def children_cpu_s() -> float:
    """Return the CPU seconds of all child processes that ended."""
    used = os.times()
    return used.children_user + used.children_system


def bare(settings: dict[str, object]) -> Callable[[list[str]], int]:
    """Return a crawl by Scrapy alone that fetches and throws away."""

    def crawl(urls: list[str]) -> int:
        order = json.dumps({"urls": urls, "settings": settings})
        subprocess.run([sys.executable, "-c", BARE], input=order.encode(), check=True)
        return len(urls)

    return crawl


def ours(urls: list[str]) -> int:
    """Crawl with our own spider: robots.txt, politeness, archive and store."""
    with tempfile.TemporaryDirectory() as folder:
        source = Source.model_validate({"name": "cost", "title": "cost", "spider": "sitemap", "start": [SITEMAP_OF[len(urls)]]})
        settings = CrawlSettings(
            database_url=f"sqlite:///{folder}/p.db",
            archive=Path(folder) / "archive",
            contact="bench@example.com",
            now=datetime.now(UTC),
            allow_hosts=("127.0.0.0/8",),
        )
        run = crawl_source(source, settings)
        assert run.error is None, run
        return run.new


SITEMAP_OF: dict[int, str] = {}


def main() -> None:
    """Run the rounds and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("world")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=10_000, help="at most")
    options = parser.parse_args()
    with urlopen(f"{options.world}/__world/truth?all") as answer:
        urls = [row["url"] for row in json.load(answer)["documents"] if row["site"].startswith("wire")][: options.pages]
    lists = ListServer({"all": urls, "one": urls[:1]})
    SITEMAP_OF.update({len(urls): lists.address("all"), 1: lists.address("one")})
    crawls = {"ours: fetch, archive, store": ours, "Scrapy, its defaults": bare({}), "Scrapy, as lean as it gets": bare(LEAN)}
    cost: dict[str, list[float]] = {name: [] for name in crawls}
    rate: dict[str, list[float]] = {name: [] for name in crawls}
    for _ in range(options.rounds):
        for name, crawl in crawls.items():
            before = children_cpu_s()
            crawl(urls[:1])
            start_up = children_cpu_s() - before
            before, began = children_cpu_s(), time.monotonic()
            pages = crawl(urls)
            cost[name].append((children_cpu_s() - before - start_up) / pages * 1000)
            rate[name].append(pages / (time.monotonic() - began))
    medians = {name: statistics.median(values) for name, values in cost.items()}
    mine = medians["ours: fetch, archive, store"]
    print(f"{len(urls)} pages, {options.rounds} alternated rounds\n{'':32}{'CPU ms/page':>12}{'least':>8}{'pages/s':>9}{'ours is':>10}")
    for name, values in cost.items():
        print(f"{name:32}{medians[name]:12.2f}{min(values):8.2f}{statistics.median(rate[name]):9.0f}{mine / medians[name]:9.2f}x")


class ListServer:
    """Serves lists of addresses as text sitemaps on loopback."""

    def __init__(self, lists: dict[str, list[str]]) -> None:
        import threading
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = lists.get(self.path.strip("/"))
                body = "\n".join(found or []).encode()
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def address(self, name: str) -> str:
        """Return the address of a list."""
        return f"http://127.0.0.1:{self._server.server_port}/{name}"


if __name__ == "__main__":
    main()
