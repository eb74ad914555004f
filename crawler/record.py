"""Fixtures of sources: a page or list as it came, beside what is read in it; made by `prospect record`, reviewed by a person.

A fixture is a body (`<name>.html`, `.xml`, `.txt`, …) and `<name>.json` of the same stem: the source it belongs to, its
address, and what it must give. Tests read every fixture again with today's readers.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import scrapy
from scrapy.http import Request, Response
from scrapy.responsetypes import responsetypes

from crawler.archive import RECORD_TYPE
from crawler.errors import SourceFailed, Unreadable
from crawler.pipelines import TrialMemory
from crawler.read import read_document
from crawler.run import CrawlSettings, try_source
from crawler.source import Source
from crawler.urls import canonical_url
from crawler.visit import FetchedPage, Visit
from store.records import Document, RawDocument, fingerprint

FIXTURE_TIME = datetime(2026, 1, 15, 12, tzinfo=UTC)  # when fixtures are "fetched", so that they read the same for ever
EXTENSIONS: Mapping[str, str] = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/json": ".json.body",
    "text/csv": ".csv",
    "text/plain": ".txt",
    "application/rss+xml": ".xml",
    "application/atom+xml": ".xml",
    "application/xml": ".xml",
    "text/xml": ".xml",
}


def record_source(source: Source, settings: CrawlSettings, folder: Path, *, pages: int = 1) -> list[Path]:
    """Fetch the source's first list and pages, write them and what is read in them below `folder`, and return the files.

    Raise SourceFailed when nothing came.
    """
    trial = try_source(source, settings, limit=pages)
    if not trial.pages:
        raise SourceFailed(trial.run.error or f"{source.name}: nothing came; {'; '.join(trial.run.notes) or 'its lists are empty'}")
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for number, page in enumerate(trial.pages, 1):
        stem = f"{source.spider}-{source.name}" + (f"-{number}" if len(trial.pages) > 1 else "")
        kind = page.content_type.partition(";")[0].strip().lower()
        body_path = folder / f"{stem}{EXTENSIONS.get(kind, '.txt')}"
        body_path.write_bytes(page.body)
        fixture = {
            "source": source.as_file(),
            "kind": "page",
            "url": page.url,
            "content_type": page.content_type,
            "hints": dict(page.hints),
        }
        note_path = folder / f"{stem}.json"
        note_path.write_text(_as_text({**fixture, "expected": expected_page(page.body, fixture)}), encoding="utf-8")
        written += [body_path, note_path]
    return written


def read_fixture(note_path: Path) -> tuple[Mapping[str, Any], Any]:
    """Return (the fixture's note, what today's code reads in its body), in the form that `expected` has."""
    note = json.loads(note_path.read_text(encoding="utf-8"))
    body_path = next(path for path in sorted(note_path.parent.glob(f"{note_path.stem}.*")) if path != note_path)
    body = body_path.read_bytes()
    if note["kind"] == "list":
        return note, expected_list(body, note)
    return note, expected_page(body, note)


def rewrite_expected(note_path: Path) -> bool:
    """Write what today's code reads into a fixture's `expected`, for a person to review; return whether it changed."""
    note, read = read_fixture(note_path)
    if note.get("expected") == read:
        return False
    note_path.write_text(_as_text({**note, "expected": read}), encoding="utf-8")
    return True


def expected_page(body: bytes, note: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is read in a page: its Document, or the reason why it is none."""
    canonical = canonical_url(note["url"])
    raw = RawDocument(
        id=fingerprint(canonical),
        source=note.get("source", {}).get("name", ""),
        url=note["url"],
        canonical_url=canonical,
        fetched=FIXTURE_TIME,
        content_type=note.get("content_type", ""),
        digest="",
        warc="",
        offset=0,
        hints=note.get("hints", {}),
    )
    try:
        return document_as_json(read_document(body, raw=raw))
    except Unreadable as error:
        return {"unreadable": str(error)}


def expected_list(body: bytes, note: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a spider makes of a list: the pages it follows, further lists it asks for, records it keeps, what it notes."""
    source = Source.model_validate(note["source"])
    visit = Visit(source, TrialMemory(), now=FIXTURE_TIME, since=date.fromisoformat(note["since"]) if note.get("since") else None)
    spider = spider_for(source, visit)
    first = note.get("ask")  # which of its requests is answered; the first one unless said
    request = next((r for r in start_requests(spider) if first is None or r.url == first), None)
    if request is None:
        return {"error": "the spider asks for nothing"}
    found: dict[str, Any] = {"pages": [], "lists": [], "records": [], "kept": []}
    try:
        for result in answer(request, body, url=note["url"], content_type=note.get("content_type", "")):
            if isinstance(result, FetchedPage):
                if result.content_type == RECORD_TYPE:
                    found["records"].append({"url": result.url, **json.loads(result.body)})
                else:
                    found["kept"].append({"url": result.url, "content_type": result.content_type, "bytes": len(result.body)})
            elif result.meta.get("list"):
                found["lists"].append(result.url)
            else:
                found["pages"].append({"url": result.url, **result.cb_kwargs["hints"]})
    except SourceFailed as error:
        visit.fail(str(error))
    run = visit.as_run()
    return {key: value for key, value in {**found, "error": run.error, "notes": list(run.notes)}.items() if value}


def spider_for(source: Source, visit: Visit) -> scrapy.Spider:
    """Return the source's spider, ready to be asked for requests without a crawl around it."""
    from crawler.child import spider_class

    return spider_class(source.spider)(source=source, visit=visit)


def start_requests(spider: scrapy.Spider) -> list[Request]:
    """Return the requests that a spider begins with."""

    async def collected() -> list[Request]:
        return [request async for request in spider.start() if isinstance(request, Request)]

    return asyncio.run(collected())


def answer(request: Request, body: bytes, *, url: str, content_type: str, status: int = 200) -> Iterable[Any]:
    """Return what the request's callback makes of an answer."""
    headers = {"Content-Type": content_type} if content_type else {}
    kind = responsetypes.from_args(headers=_encoded(headers), url=url, body=body)
    response: Response = kind(url=url, status=status, headers=headers, body=body, request=request)
    assert request.callback is not None
    return request.callback(response, **request.cb_kwargs) or ()


def document_as_json(document: Document) -> dict[str, Any]:
    """Return a Document as fixtures keep it: what is unknown is left out, and the text is a list of lines for easy review."""
    values = {
        "title": document.title,
        "published": document.published.isoformat() if document.published else None,
        "author": document.author,
        "publisher": document.publisher,
        "company": document.company,
        "form": document.form,
        "items": list(document.items),
        "cik": document.cik,
        "fields": dict(document.fields),
        "text": document.text.split("\n"),
    }
    return {key: value for key, value in values.items() if value}


def _encoded(headers: Mapping[str, str]) -> Any:
    from scrapy.http import Headers

    return Headers(headers)


def _as_text(note: Mapping[str, Any]) -> str:
    return json.dumps(note, ensure_ascii=False, indent=1) + "\n"
