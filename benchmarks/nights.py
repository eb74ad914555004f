"""Nights of the crawler in a world: one with nothing new, one with faults, one killed again and again.

    python -m world --corpus CORPUS --port 8900 --clock --edgar-rate 0 &                       # from the folder that holds the world
    python -m benchmarks.nights quiet http://127.0.0.1:8900 --sources 500
    python -m benchmarks.nights killed http://127.0.0.1:8900 --kills 10

    python -m world --corpus CORPUS --port 8901 --clock --edgar-rate 0 --faults 7:0.05 --slow-seconds 3 &
    python -m benchmarks.nights faults http://127.0.0.1:8901 --days 3

`quiet` crawls so many feeds twice and counts the second night: requests, bytes, seconds, CPU. `killed` ends a crawl with
SIGKILL at random moments until it gets through, and compares the documents with those of an undisturbed crawl. `faults`
crawls day by day and compares what is stored with the truth: nothing lost, nothing twice, each fault in the runs' words.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from sqlalchemy import select

from crawler.archive import Archive
from crawler.run import CrawlSettings, crawl_sources, settings_as_json
from crawler.source import Source
from crawler.urls import canonical_url
from store import queries, tables
from store.database import open_store
from store.records import SourceRun

NOW = datetime(2026, 8, 22, 3, tzinfo=UTC)


def ask(url: str, method: str = "GET") -> Any:
    """Return the JSON of a control address of the world."""
    with urlopen(Request(url, method=method)) as answer:
        return json.load(answer)


def settings_in(folder: Path) -> CrawlSettings:
    """Return settings for crawls that leave everything in `folder`."""
    return CrawlSettings(
        database_url=f"sqlite:///{folder}/p.db",
        archive=folder / "archive",
        contact="bench@example.com",
        now=NOW,
        allow_hosts=("127.0.0.0/8",),
        timeout_s=600,
        request_timeout_s=20,
        at_once=16,
    )


def sites_of(world: str) -> dict[str, str]:
    """Return the base addresses of the world's sites by name."""
    return {name: site["base"] for name, site in ask(f"{world}/__world/status")["sites"].items()}


def wire_sources(sites: dict[str, str]) -> list[Source]:
    """Return the sitemaps of the wires as sources: all that was ever released."""
    return [
        Source.model_validate(
            {"name": name, "title": name, "spider": "sitemap", "start": [f"{base}/sitemap.xml"], "include": ["release", "/r/"], "days": 400}
        )
        for name, base in sites.items()
        if name.startswith("wire")
    ]


def save(engine: Any, runs: list[SourceRun]) -> None:
    """Keep the runs as the pipeline does."""
    with engine.begin() as conn:
        for run in runs:
            queries.save_source_run(conn, run)


def stored(folder: Path) -> dict[str, str]:
    """Return canonical URL -> digest of everything stored."""
    engine = open_store(f"sqlite:///{folder}/p.db")
    with engine.connect() as conn:
        return dict(conn.execute(select(tables.raw_documents.c.canonical_url, tables.raw_documents.c.digest)).all())


class Relay:
    """Passes connections on to a site and counts the bytes of both directions."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self.target = (parts.hostname or "", parts.port or 80)
        self.received = self.sent = 0  # as the crawler sees it
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self.target)
        await asyncio.gather(
            self._pass_on(reader, far_writer, "sent"), self._pass_on(far_reader, writer, "received"), return_exceptions=True
        )

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: str) -> None:
        try:
            while chunk := await reader.read(65536):
                setattr(self, count, getattr(self, count) + len(chunk))
                writer.write(chunk)
                await writer.drain()
        finally:
            writer.close()


def quiet(world: str, count: int) -> None:
    """Print what a night with nothing new costs."""
    sites = sites_of(world)
    relays = [Relay(sites[name]) for name in ("wire-1", "wire-2", "wire-3")]
    paths = ("/rss/news-releases-list.rss", "/RssFeed/orgclass/1/feedTitle/latest", "/atom.xml")
    feeds = [relay.base + path for relay, path in zip(relays, paths, strict=True)]
    # so many sources on three hosts: each has an address, and so validators, of its own
    sources = [
        Source.model_validate(
            {"name": f"feed{number}", "title": "feed", "spider": "feed", "start": [f"{feeds[number % 3]}?source={number}"]}
        )
        for number in range(count)
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = settings_in(folder)
        engine = open_store(settings.database_url)
        first = list(crawl_sources(sources, settings))
        save(engine, first)
        print(f"first night: {sum(run.requests for run in first)} requests, {sum(run.new for run in first)} new, errors {errors_of(first)}")
        logged = len(ask(f"{world}/__world/log")["entries"])
        before, began = os.times(), time.monotonic()
        bytes_before = [(relay.received, relay.sent) for relay in relays]
        second = list(crawl_sources(sources, replace(settings, now=NOW + timedelta(hours=25))))
        seconds, after = time.monotonic() - began, os.times()
        log = ask(f"{world}/__world/log?since={logged}")["entries"]
        statuses = Counter(entry.get("status") for entry in log)
        received = sum(relay.received - had for relay, (had, _) in zip(relays, bytes_before, strict=True))
        sent = sum(relay.sent - had for relay, (_, had) in zip(relays, bytes_before, strict=True))
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        print(
            f"quiet night over {count} sources: {sum(run.requests for run in second)} requests {dict(statuses)}, {sum(run.new for run in second)} new, "
            f"{received:,} bytes received, {sent:,} sent, {seconds:.1f} s, {cpu:.1f} CPU s, {cpu / count * 1000:.0f} ms a source, errors {errors_of(second)}"
        )


def errors_of(runs: list[SourceRun]) -> dict[str, int]:
    """Return the errors of runs, counted."""
    return dict(Counter(run.error for run in runs if run.error))


def killed(world: str, kills: int, seed: int) -> None:
    """Print whether a crawl that was killed again and again ends with the same documents as one that was not."""
    sources = wire_sources(sites_of(world))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        calm, rough = Path(one), Path(other)
        for folder in (calm, rough):
            open_store(settings_in(folder).database_url)
        list(crawl_sources(sources, settings_in(calm)))
        began = time.monotonic()
        chance = random.Random(seed)
        done = 0
        for number in range(kills):
            child = subprocess.Popen(
                [sys.executable, "-m", "crawler.child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            assert child.stdin is not None
            order = {"sources": [source.as_file() for source in sources], "settings": settings_as_json(settings_in(rough))}
            child.stdin.write(json.dumps(order).encode() + b"\n")
            child.stdin.flush()
            assert child.stdout is not None
            child.stdout.readline()  # the first page is on its way
            time.sleep(chance.uniform(0.0, 2.5))
            child.send_signal(signal.SIGKILL)
            child.wait()
            kept = len(stored(rough))
            print(f"kill {number + 1}: {kept - done} more documents, {kept} in all")
            done = kept
        list(crawl_sources(sources, settings_in(rough)))
        undisturbed, disturbed = stored(calm), stored(rough)
        archive = Archive(rough / "archive")
        engine = open_store(settings_in(rough).database_url)
        with engine.connect() as conn:
            unread = [raw.id for raw in queries.due_to_read(conn, 100_000) if not archive.body(raw.warc, raw.offset)]
        same = undisturbed == disturbed
        print(
            f"{len(undisturbed)} documents undisturbed, {len(disturbed)} after {kills} kills; the same documents with the same bytes: {same}; "
            f"rows without a body: {len(unread)}; {time.monotonic() - began:.0f} s"
        )


def faults(world: str, days: int) -> None:
    """Print what was lost, what came twice, and how the faults were named."""
    ask(f"{world}/__world/reset", "POST")
    sources = wire_sources(sites_of(world))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = settings_in(folder)
        engine = open_store(settings.database_url)
        notes: Counter[str] = Counter()
        nights = 0
        # nights go on without anything new until one leaves no page for the next
        for day in range(days + 10):
            moment = datetime.fromisoformat(ask(f"{world}/__world/status")["today"]).replace(hour=23, minute=59, tzinfo=UTC)
            runs = list(crawl_sources(sources, replace(settings, now=moment)))
            save(engine, runs)
            notes.update(run.error for run in runs if run.error)
            notes.update(note.split(" (")[0] for run in runs for note in run.notes)
            nights += 1
            if day < days:
                ask(f"{world}/__world/advance", "POST")
            elif not any(run.failed for run in runs):
                break
        truth = {canonical_url(row["url"]) for row in ask(f"{world}/__world/truth")["documents"] if row["site"].startswith("wire")}
        kept = set(stored(folder))
        asked = Counter(entry.get("fault") or "none" for entry in ask(f"{world}/__world/log")["entries"])
        print(f"{nights} nights, faults sent: {dict(asked)}")
        print(f"{len(truth)} documents due, {len(kept & truth)} stored, {len(truth - kept)} lost, {len(kept - truth)} others")
        for note, count in notes.most_common():
            print(f"  {count} x {note}")
        for url in sorted(truth - kept)[:10]:
            print("  lost:", url)


def main() -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("night", choices=["quiet", "killed", "faults"])
    parser.add_argument("world")
    parser.add_argument("--sources", type=int, default=500)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.night == "quiet":
        quiet(options.world, options.sources)
    elif options.night == "killed":
        killed(options.world, options.kills, options.seed)
    else:
        faults(options.world, options.days)


if __name__ == "__main__":
    main()
