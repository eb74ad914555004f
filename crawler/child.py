"""The crawl process: takes sources as one JSON line on standard input, crawls them with Scrapy, answers in JSON lines.

`{"source": name, "new": n}` on the way, `{"run": {…}}` as each crawl ends. It ends at once when its input is closed, so
that no crawl outlives the process that ordered it.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
import threading
import time
from importlib import import_module
from typing import Any

import scrapy
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from crawler.archive import MAX_BODY_BYTES, Archive, decoded
from crawler.errors import SourceFailed, Unreadable
from crawler.pipelines import StoreMemory, TrialMemory
from crawler.run import CrawlSettings, run_as_json, settings_from_json
from crawler.settings import crawl_settings, process_settings
from crawler.source import Source
from crawler.visit import FetchedPage, Memory, Visit
from store.database import open_store
from store.records import RawDocument, SourceRun, fingerprint

PROGRESS_EVERY_S = 0.5


def main() -> None:
    """Crawl what standard input orders."""
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    settings = settings_from_json(order["settings"])
    sources = [Source.model_validate(values) for values in order["sources"]]
    try:
        engine = open_store(settings.database_url)
    except Exception as error:  # StoreError says path and cure; every source fails the same way
        for source in sources:
            _send({"run": run_as_json(_failed(source, settings, str(error)))})
        return
    process = AsyncCrawlerProcess(Settings(process_settings(settings)), install_root_handler=True)
    asyncio.get_event_loop_policy().get_event_loop().create_task(_crawl_all(process, sources, settings, engine))
    process.start(stop_after_crawl=False)


def spider_class(name: str) -> type[scrapy.Spider]:
    """Return the spider of crawler/spiders/<name>.py: the one Scrapy spider class defined there."""
    module = import_module(f"crawler.spiders.{name}")
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, scrapy.Spider) and value.__module__ == module.__name__:
            return value
    raise SourceFailed(f"crawler/spiders/{name}.py holds no spider class")


async def _crawl_all(process: AsyncCrawlerProcess, sources: list[Source], settings: CrawlSettings, engine: Any) -> None:
    places = asyncio.Semaphore(settings.at_once)

    async def one(source: Source) -> None:
        async with places:
            try:
                run = await crawl_in_this_process(process, source, settings, engine)
            except SourceFailed as error:
                run = _failed(source, settings, str(error))
            except Exception as error:  # one source's fault stops no other
                run = _failed(source, settings, f"the crawl broke down: {type(error).__name__}: {error}")
            _send({"run": run_as_json(run)})

    try:
        await asyncio.gather(*(one(source) for source in sources))
    finally:
        from twisted.internet import reactor

        reactor.callLater(0, reactor.stop)


async def crawl_in_this_process(process: AsyncCrawlerProcess, source: Source, settings: CrawlSettings, engine: Any) -> SourceRun:
    """Crawl one source and return how it went."""
    trial = TrialMemory() if settings.limit is not None else None
    memory: Memory = trial or StoreMemory(engine, Archive(settings.archive), source.name, settings.now)
    visit = Visit(source, memory, now=settings.now, since=settings.since, limit=settings.limit)
    crawler = Crawler(spider_class(source.spider), Settings(crawl_settings(source, settings)))
    last_sent = 0.0

    def kept(**_: Any) -> None:
        nonlocal last_sent
        if time.monotonic() - last_sent > PROGRESS_EVERY_S:
            last_sent = time.monotonic()
            _send({"source": source.name, "new": visit.new})

    def fault(failure: Any, **_: Any) -> None:
        error = failure.value
        own = isinstance(error, SourceFailed)
        visit.fail(
            str(error)
            if own
            else f"the spider '{source.spider}' failed on it: {type(error).__name__}: {error}; report this with the source file"
        )

    def closed(reason: str, **_: Any) -> None:
        if reason == "closespider_timeout":
            visit.fail(
                f"stopped after {settings.timeout_s:.0f} s; what came is kept, and the next crawl goes on. Give it more time (crawl: timeout)"
            )
        elif reason not in ("finished", "done"):
            visit.fail(f"the crawl was stopped: {reason}")

    crawler.signals.connect(kept, signals.item_scraped, weak=False)
    crawler.signals.connect(fault, signals.spider_error, weak=False)
    crawler.signals.connect(fault, signals.item_error, weak=False)
    crawler.signals.connect(closed, signals.spider_closed, weak=False)
    await process.crawl(crawler, source=source, visit=visit)
    for page in trial.pages if trial else ():
        _send({"page": _tried(page, source)})
    memory.remember(visit)
    return visit.as_run()


def _tried(page: FetchedPage, source: Source) -> dict[str, Any]:
    """Return a page of a trial as it would be read."""
    from crawler.read import read_document  # the readers cost a third of a second that a crawl does without

    encoding = next((value for name, value in page.headers if name.lower() == "content-encoding"), "")
    body = decoded(page.body, encoding, MAX_BODY_BYTES)
    raw = RawDocument(
        id=fingerprint(page.canonical_url),
        source=source.name,
        url=page.url,
        canonical_url=page.canonical_url,
        fetched=page.fetched,
        content_type=page.content_type,
        digest=page.digest,
        warc="",
        offset=0,
        hints=page.hints,
    )
    document, unreadable = None, None
    try:
        read = read_document(body, raw=raw)
        document = {
            "title": read.title,
            "published": read.published.isoformat() if read.published else None,
            "author": read.author,
            "publisher": read.publisher,
            "company": read.company,
            "form": read.form,
            "items": list(read.items),
            "text": read.text[:2000],
        }
    except Unreadable as error:
        unreadable = str(error)
    return {
        "url": page.url,
        "content_type": page.content_type,
        "hints": dict(page.hints),
        "body": base64.b64encode(body).decode(),
        "document": document,
        "unreadable": unreadable,
    }


def _failed(source: Source, settings: CrawlSettings, error: str) -> SourceRun:
    return SourceRun(source=source.name, started=settings.now, ended=settings.now, requests=0, listed=0, new=0, failed=0, error=error)


def _send(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(3)


if __name__ == "__main__":
    main()
