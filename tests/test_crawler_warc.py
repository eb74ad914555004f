"""A WARC file on another machine: read in parts, taken up where a crawl was cut off, read anew when it is another file."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from crawler.archive import Archive, whole_members
from crawler.run import crawl_source
from crawler.source import Source
from store.records import SourceRun
from store.tables import raw_documents
from tests.test_crawler_run import PAGE, CrawlSettings, Site, settings, site, store

__all__ = ["settings", "site", "store"]

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def warc(folder: Path, numbers: range, *, large: int | None = None) -> bytes:
    """Return a compressed WARC file of one page a number; page `large` is padded with what no compression shortens."""
    import random

    archive = Archive(folder)
    for number in numbers:
        body = PAGE.replace("Harborlight Foods Names", f"Page {number}: Harborlight Foods Names").encode()
        if number == large:
            body += b"<!--" + random.Random(1).randbytes(60_000).hex().encode() + b"-->"
        body = re.sub(rb'<link rel="canonical"[^>]*>', b"", body)
        archive.append(f"https://news.example/{number}", 200, [("Content-Type", "text/html")], body, NOW)
    return (folder / "20260115.warc.gz").read_bytes()


class Ranged:
    """Serves a file by ranges; from the request of a number on it fails."""

    def __init__(self, body: bytes, *, etag: str = '"1"', breaks_at: int | None = None) -> None:
        self.body, self.etag, self.breaks_at = body, etag, breaks_at
        self.starts: list[int] = []
        self.largest = 0

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", handler.headers.get("Range", ""))
        assert found, "the file is asked for in parts"
        start = int(found[1])
        self.starts.append(start)
        part = self.body[start : int(found[2]) + 1]
        status = 206 if part else 416
        if handler.headers.get("If-None-Match") == self.etag:
            status, part = 304, b""
        elif self.breaks_at and len(self.starts) >= self.breaks_at:
            status, part = 500, b""
        self.largest = max(self.largest, len(part))
        handler.send_response(status)
        handler.send_header("ETag", self.etag)
        if status == 206:
            handler.send_header("Content-Range", f"bytes {start}-{start + len(part) - 1}/{len(self.body)}")
        handler.send_header("Content-Length", str(len(part)))
        handler.end_headers()
        handler.wfile.write(part)


@pytest.fixture
def crawl(site: Site, settings: CrawlSettings):  # type: ignore[no-untyped-def]
    def run(part_bytes: int, **keys: object) -> SourceRun:
        source = {"name": "old", "title": "Old news", "spider": "warc", "start": [f"{site.base}/news.warc.gz"], "robots": "our own server"}
        return crawl_source(Source.model_validate({**source, "part_mb": part_bytes / 1_000_000, **keys}), settings)

    return run


def kept(store: Engine) -> list[str]:
    with store.connect() as conn:
        return sorted(conn.scalars(select(raw_documents.c.canonical_url)), key=lambda url: int(url.rpartition("/")[2]))


def names(*numbers: int) -> list[str]:
    return [f"https://news.example/{number}" for number in numbers]


def test_a_long_file_is_read_in_parts(site: Site, store: Engine, crawl, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    served = Ranged(warc(tmp_path / "made", range(12)))
    site.answers["/news.warc.gz"] = served
    run = crawl(3_000)
    assert (run.error, run.new) == (None, 12)
    assert kept(store) == names(*range(12))
    assert len(served.starts) > 3
    assert served.largest <= 3_000  # never more of it at a time
    crawl(3_000)
    assert served.starts[-1] == 0  # one conditional request, answered 304
    assert served.starts.count(0) == 2


def test_a_record_longer_than_a_part(site: Site, store: Engine, crawl, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    served = Ranged(warc(tmp_path / "made", range(4), large=2))
    site.answers["/news.warc.gz"] = served
    assert crawl(3_000).error is None
    assert kept(store) == names(0, 1, 2, 3)
    site.answers["/news.warc.gz"] = Ranged(served.body, etag='"2"')
    assert "raise `max_mb`" in str(crawl(3_000, max_mb=0.02).error)


def test_a_crawl_that_is_cut_off_goes_on_there(site: Site, store: Engine, crawl, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    body = warc(tmp_path / "made", range(12))
    site.answers["/news.warc.gz"] = Ranged(body, breaks_at=5)
    first = crawl(3_000)
    assert "answered 500" in str(first.error)
    assert 0 < first.new < 12
    served = Ranged(body)
    site.answers["/news.warc.gz"] = served
    second = crawl(3_000)
    assert (second.error, first.new + second.new) == (None, 12)
    assert kept(store) == names(*range(12))
    assert min(served.starts) > 3_000  # the first parts are not asked for again


def test_another_file_in_its_place_is_read_anew(site: Site, store: Engine, crawl, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    site.answers["/news.warc.gz"] = Ranged(warc(tmp_path / "made", range(12)))
    crawl(3_000)
    served = Ranged(warc(tmp_path / "other", range(8, 20)), etag='"2"')
    site.answers["/news.warc.gz"] = served
    assert crawl(3_000).new == 8
    assert kept(store) == names(*range(20))


def test_a_server_without_ranges_sends_the_whole_file(site: Site, store: Engine, crawl, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    site.answers["/news.warc.gz"] = (200, {"Content-Type": "application/warc"}, warc(tmp_path / "made", range(3)))
    assert crawl(3_000).error is None
    assert kept(store) == names(0, 1, 2)


def test_whole_members_of_a_part(tmp_path: Path) -> None:
    body = warc(tmp_path, range(3))
    ends = [member.end for member in whole_members(body)]
    assert ends[-1] == len(body)
    assert [member.end for member in whole_members(body[: ends[1] + 5])] == ends[:2]  # the third is cut off
    assert [[page.url for page in member.pages] for member in whole_members(body)] == [[], *([name] for name in names(0, 1, 2))]
    assert all(not member.pages for member in whole_members(body, max_body_bytes=100))  # too large to hold
    with pytest.raises(OSError, match="no gzip member at byte 0"):
        list(whole_members(b"<html>not found</html>"))
