"""Crawls of a loopback site through real child processes: what arrives, what a second crawl costs, what each failure says."""

from __future__ import annotations

import gzip
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from crawler.archive import Archive
from crawler.read import read_document
from crawler.run import CrawlSettings, crawl_source, crawl_sources, try_source
from crawler.source import Source
from store import queries
from store.database import open_store
from store.records import SourceRun

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
PAGE = (Path(__file__).parent.parent / "fixtures" / "pages" / "feed-wire-page.html").read_text()
Answer = tuple[int, dict[str, str], bytes]


class Site:
    """A loopback site: path -> answer; counts what it is asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: Counter[tuple[str, int]] = Counter()
        self.agents: set[str] = set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.agents.add(self.headers.get("User-Agent", ""))
                path = self.path.partition("?")[0]
                answer = site.answers.get(path, (404, {}, b"not here"))
                if callable(answer):
                    site.asked[path, 0] += 1
                    answer(self)
                    return
                status, headers, body = answer
                if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                    status, body = 304, b""
                site.asked[path, status] += 1
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def feed(self, path: str, entries: dict[str, str], etag: str = "") -> None:
        items = "".join(f"<item><title>{title}</title><link>{self.base}{link}</link></item>" for link, title in entries.items())
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'.encode()
        self.answers[path] = (200, {"Content-Type": "application/rss+xml", **({"ETag": etag} if etag else {})}, body)

    def page(self, path: str, title: str, *, zipped: bool = False) -> None:
        body = PAGE.replace("https://www.bellwetherwire.example/releases/harborlight-foods-names-cfo-30177.html", self.base + path)
        body = body.replace("Harborlight Foods Names", f"{title}: Harborlight Foods Names")
        headers = {"Content-Type": "text/html; charset=utf-8"}
        sent = gzip.compress(body.encode()) if zipped else body.encode()
        self.answers[path] = (200, {**headers, "Content-Encoding": "gzip"} if zipped else headers, sent)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def settings(tmp_path: Path) -> CrawlSettings:
    return CrawlSettings(
        database_url=f"sqlite:///{tmp_path}/p.db",
        archive=tmp_path / "archive",
        contact="crawler@example.com",
        now=NOW,
        allow_hosts=("127.0.0.1",),
        timeout_s=60,
        first_retry_s=0.01,
    )


@pytest.fixture
def store(settings: CrawlSettings) -> Engine:
    return open_store(settings.database_url)


def feed_source(site: Site, path: str = "/feed.xml", name: str = "wire", **more: Any) -> Source:
    return Source.model_validate(
        {"name": name, "title": "Wire", "publisher": "Wire", "spider": "feed", "start": [site.base + path], **more}
    )


def documents(store: Engine, settings: CrawlSettings) -> dict[str, tuple[str | None, str]]:
    """Return what is stored, as it reads: canonical URL -> (title, first line)."""
    archive = Archive(settings.archive)
    with store.connect() as conn:
        raws = queries.due_to_read(conn, 1000)
    read = {raw.canonical_url: read_document(archive.body(raw.warc, raw.offset), raw=raw) for raw in raws}
    return {url: (document.title, document.text[:80]) for url, document in read.items()}


def crawl(source: Source, settings: CrawlSettings, store: Engine) -> SourceRun:
    run = crawl_source(source, settings)
    with store.begin() as conn:
        queries.save_source_run(conn, run)
    return run


def later(settings: CrawlSettings, **delta: float) -> CrawlSettings:
    from dataclasses import replace

    return replace(settings, now=settings.now + timedelta(**delta))


def test_new_pages_arrive_once_and_an_unchanged_feed_costs_one_conditional_request(
    site: Site, settings: CrawlSettings, store: Engine
) -> None:
    site.page("/a", "First", zipped=True)
    site.page("/b", "Second")
    site.feed("/feed.xml", {"/a?utm_source=rss": "First", "/b": "Second", "/b#again": "Second"}, etag='"1"')
    progress: list[int] = []
    first = crawl_source(feed_source(site), settings, progress.append)
    assert (first.error, first.listed, first.new, first.failed) == (None, 3, 2, 0)
    assert progress
    before = documents(store, settings)
    assert len(before) == 2
    assert all(title and "Harborlight Foods Names Miriam Oyelaran" in title for title, _ in before.values())
    assert all("crawler@example.com" in agent for agent in site.agents)
    site.asked.clear()
    second = crawl(feed_source(site), later(settings, days=1), store)
    assert (second.error, second.new) == (None, 0)
    assert [path for path, status in site.asked if status == 200] == []  # robots.txt is a 404, the feed a 304
    assert site.asked["/feed.xml", 304] == 1
    assert documents(store, settings) == before


def test_a_page_that_failed_keeps_its_list_due(site: Site, settings: CrawlSettings, store: Engine) -> None:
    site.page("/a", "First")
    site.answers["/b"] = (500, {}, b"broken")
    site.answers["/gone"] = (410, {}, b"gone")
    site.feed("/feed.xml", {"/a": "First", "/b": "Second", "/gone": "Gone"}, etag='"1"')
    first = crawl(feed_source(site), settings, store)
    assert (first.error, first.new, first.failed) == (None, 1, 2)
    assert any("answered 500" in note and "next crawl" in note for note in first.notes)
    site.page("/b", "Second")
    site.asked.clear()
    second = crawl(feed_source(site), later(settings, hours=1), store)
    assert second.new == 1
    assert not [path for path, _ in site.asked if path in ("/a", "/gone")]  # one is stored, the other is not worth asking again
    assert len(documents(store, settings)) == 2


def stub(target: str) -> Answer:
    body = f'<html><head><meta http-equiv="Refresh" content="0; url={target}"></head><body>This page has moved.</body></html>'
    return 200, {"Content-Type": "text/html"}, body.encode()


def test_a_page_that_sends_its_reader_on_is_followed_once_and_never_inside(site: Site, settings: CrawlSettings, store: Engine) -> None:
    site.page("/real", "First")
    site.answers["/moved"] = stub("/real")
    site.answers["/inside"] = stub("http://169.254.169.254/latest/meta-data/")
    site.answers["/circle"] = stub("/circle?again")
    site.feed("/feed.xml", {"/moved": "First", "/inside": "Second", "/circle": "Third"})
    run = crawl(feed_source(site), settings, store)
    assert (run.error, run.new, site.asked["/circle", 200]) == (None, 2, 2)
    assert any("leads where it may not: refused: 169.254.169.254" in note for note in run.notes)
    site.asked.clear()
    assert crawl(feed_source(site), later(settings, hours=1), store).new == 0
    assert not [path for path, _ in site.asked if path in ("/moved", "/inside", "/real")]


def test_entries_without_text_are_not_passed_over_in_silence(site: Site, settings: CrawlSettings) -> None:
    site.feed("/feed.xml", {"/a": "First"})
    run = crawl_source(feed_source(site, follow=False), settings)
    assert run.new == 0
    assert "1 of 1 entries carry no text; `follow: true` reads their pages" in " ".join(run.notes)


def test_a_fault_that_asking_again_mends_leaves_a_note(site: Site, settings: CrawlSettings, store: Engine) -> None:
    site.page("/a", "First")
    good = site.answers["/a"]

    def second_time_lucky(handler: BaseHTTPRequestHandler) -> None:
        site.answers["/a"] = good
        handler.send_response(503)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.answers["/a"] = second_time_lucky
    site.feed("/feed.xml", {"/a": "First"})
    run = crawl(feed_source(site), settings, store)
    assert (run.error, run.new, run.failed, run.notes) == (None, 1, 0, ("mended by asking again: answered 503",))


def test_a_page_of_another_name_is_followed_once(site: Site, settings: CrawlSettings, store: Engine) -> None:
    site.page("/posts/real", "First")
    site.answers["/go/1"] = (302, {"Location": "/posts/real"}, b"")
    site.feed("/feed.xml", {"/go/1": "First"})
    assert crawl(feed_source(site), settings, store).new == 1
    site.asked.clear()
    assert crawl(feed_source(site), later(settings, hours=1), store).new == 0
    assert not [path for path, _ in site.asked if path in ("/go/1", "/posts/real")]


# what is wrong -> words of the run's error or notes, with their cure
def broken_sources(site: Site) -> list[tuple[str, Source, tuple[str, ...]]]:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/rss+xml")
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"<item>" * 10_000)
        except OSError:
            handler.close_connection = True

    site.answers["/garbage"] = (200, {"Content-Type": "application/rss+xml"}, b"\x00\x01 not a feed at all")
    site.answers["/web"] = (200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><html><body>Home</body></html>")
    site.feed("/empty", {})
    site.answers["/forbidden"] = (403, {}, b"no")
    site.answers["/metadata"] = (302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b"")
    site.answers["/file"] = (302, {"Location": "file:///etc/passwd"}, b"")
    site.answers["/loop"] = (302, {"Location": "/loop"}, b"")
    site.answers["/endless"] = endless
    site.answers["/bomb"] = (200, {"Content-Type": "application/rss+xml", "Content-Encoding": "gzip"}, gzip.compress(b" " * 30_000_000))
    site.answers["/later"] = (429, {"Retry-After": "3600"}, b"slow down")
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private\n")
    site.feed("/private/feed.xml", {})
    return [
        ("a missing feed names the key to correct", feed_source(site, "/missing"), ("answered 404", "correct `start`")),
        ("garbage", feed_source(site, "/garbage"), ("neither RSS, Atom nor JSON Feed", "correct `start`")),
        ("a page instead of its feed", feed_source(site, "/web"), ("a web page where a feed should be",)),
        ("an empty feed is a note, for health to judge", feed_source(site, "/empty"), ("without a single entry",)),
        ("a refusal", feed_source(site, "/forbidden"), ("answered 403", "terms")),
        ("a redirect to the cloud's metadata", feed_source(site, "/metadata"), ("169.254.169.254", "refused")),
        ("a redirect to a file", feed_source(site, "/file"), ("302", "browser")),
        ("a redirect in a circle", feed_source(site, "/loop"), ("redirect",)),
        ("an endless body", feed_source(site, "/endless", max_mb=1), ("longer than allowed", "max_mb")),
        ("a gzip bomb", feed_source(site, "/bomb", max_mb=1), ("unpacks to more", "max_mb")),
        ("a long Retry-After is not waited for", feed_source(site, "/later"), ("answered 429", "delay_s")),
        ("robots.txt", feed_source(site, "/private/feed.xml"), ("robots.txt", "documented interface")),
        ("nobody there", Source(name="x", title="x", spider="feed", start=("http://127.0.0.1:9/feed",)), ("refuses connections", "port")),
        ("a private address", Source(name="x", title="x", spider="feed", start=("http://10.1.2.3/feed",)), ("refused", "allow_hosts")),
        (
            "a name that leads inside",
            Source(name="x", title="x", spider="feed", start=("http://127.2:9/feed",)),
            ("refused", "allow_hosts"),
        ),
        ("loopback by IPv6", Source(name="x", title="x", spider="feed", start=("http://[::1]:1/f",)), ("refused", "allow_hosts")),
    ]


def test_every_failure_says_what_and_the_cure(site: Site, settings: CrawlSettings) -> None:
    rows = broken_sources(site)
    named = [source.model_copy(update={"name": f"s{number}"}) for number, (_, source, _) in enumerate(rows)]
    site.page("/a", "First")
    site.feed("/good", {"/a": "First"})
    good = feed_source(site, "/good", name="good")
    runs = {run.source: run for run in crawl_sources([*named, good], settings)}
    wrong = []
    for source, (guards, _, words) in zip(named, rows, strict=True):
        said = " ".join([runs[source.name].error or "", *runs[source.name].notes])
        wrong += [f"{guards}: {said!r} lacks {word!r}" for word in words if word not in said]
    assert not wrong, "\n".join(wrong)
    assert (runs["good"].error, runs["good"].new) == (None, 1)  # none of them stops another


def test_robots_exception_is_a_line_in_the_source(site: Site, settings: CrawlSettings) -> None:
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /cgi-bin\n")
    site.page("/a", "First")
    site.feed("/cgi-bin/feed", {"/a": "First"})
    run = crawl_source(feed_source(site, "/cgi-bin/feed", robots="documented interface, https://example.com/developers"), settings)
    assert (run.error, run.new) == (None, 1)


def test_a_trial_stores_nothing_and_shows_what_would_be_read(site: Site, settings: CrawlSettings, store: Engine) -> None:
    site.page("/a", "First")
    site.answers["/b"] = (200, {"Content-Type": "text/html"}, b"<html><title>Access Denied</title><h1>Access Denied</h1></html>")
    site.feed("/feed.xml", {"/a": "First", "/b": "Second", "/c": "Third"})
    trial = try_source(feed_source(site), settings, limit=2)
    pages = sorted(trial.pages, key=lambda page: page.url)
    assert [page.url for page in pages] == [site.base + "/a", site.base + "/b"]
    assert pages[0].document is not None
    assert "Harborlight" in str(pages[0].document["title"])
    assert pages[1].unreadable == "a block page: the site refuses the crawler"
    assert documents(store, settings) == {}


def test_a_store_that_cannot_be_opened_is_each_sources_error(site: Site, settings: CrawlSettings, tmp_path: Path) -> None:
    from dataclasses import replace

    (tmp_path / "taken").write_text("a file where a folder should be")
    run = crawl_source(feed_source(site), replace(settings, database_url=f"sqlite:///{tmp_path}/taken/p.db"))
    assert run.error
    assert "taken" in run.error


def test_a_crawl_over_its_time_is_ended_and_keeps_what_it_has(site: Site, settings: CrawlSettings, store: Engine) -> None:
    from dataclasses import replace

    site.page("/a", "First")
    hold = threading.Event()
    site.answers["/slow"] = lambda handler: hold.wait(20) and None
    site.feed("/feed.xml", {"/a": "First", "/slow": "Slow"})
    run = crawl_source(feed_source(site), replace(settings, timeout_s=2, request_timeout_s=4))
    hold.set()
    assert run.error
    assert "stopped after 2 s" in run.error
    assert len(documents(store, settings)) == 1
