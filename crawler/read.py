"""Reads a fetched body into a Document; the reader is picked by what the body is, not by what the server calls it.

HTML pages, EDGAR full submissions, PDF files, records of structured sources, plain text; and WARC files of any of them.
"""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from crawler.archive import RECORD_TYPE, warc_pages
from crawler.article import article_text
from crawler.errors import Unreadable
from crawler.filings import Filing, is_filing_page, is_submission, read_filing_page, read_submission
from crawler.page_facts import issuer_in_text, page_facts, parse_date
from crawler.returns import is_return, read_return
from crawler.submissions import is_filer_record, read_filer_record
from crawler.unreadable import why_unreadable
from crawler.urls import canonical_url, readable_url
from store.records import Document, RawDocument, fingerprint

__all__ = ["Unreadable", "read_document", "read_file"]

MAX_PDF_PAGES = 40
MAX_PAGE_BYTES = 4_000_000  # of a web page; a reader of megabytes of markup takes minutes
MAX_TEXT_CHARS = 400_000
LOOKS_LIKE_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|div|p|title|meta|table)\b", re.IGNORECASE)
META_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.IGNORECASE)
HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)


def read_document(body: bytes, *, raw: RawDocument) -> Document:
    """Return what a person would read in `body`; raise Unreadable, with the reason, where it is no document."""
    document = _read(body, raw)
    if not document.text.strip():
        raise Unreadable("no text in it")
    return replace(document, text=document.text[:MAX_TEXT_CHARS])


def read_file(path: Path) -> list[Document]:
    """Return the documents in a file: one of an HTML page, submission, PDF or text, many of a WARC.

    Raise Unreadable for a file that holds none; unreadable pages inside a WARC are left out.
    """
    path = Path(path)
    try:
        body = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: cannot be read: {error.strerror}") from error
    if body.startswith(b"\x1f\x8b"):
        head = _gunzipped(body)
        if head.startswith(b"WARC/"):
            return list(_read_warc(path))
        body = head
    if body.startswith(b"WARC/"):
        return list(_read_warc(path))
    address = path.resolve().as_uri()
    try:
        return [read_document(body, raw=_raw(address, datetime.fromtimestamp(path.stat().st_mtime, UTC), hints={}))]
    except Unreadable as error:
        raise Unreadable(f"{path}: {error}") from error


def _gunzipped(body: bytes) -> bytes:
    import zlib

    try:
        return zlib.decompressobj(zlib.MAX_WBITS + 32).decompress(body, 200_000_000)
    except zlib.error as error:
        raise Unreadable(f"a broken gzip file: {error}") from error


def _read_warc(path: Path) -> Iterator[Document]:
    for page in warc_pages(path):
        raw = _raw(page.url, page.fetched or datetime.fromtimestamp(0, UTC), hints={}, content_type=page.content_type)
        try:
            if page.status < 300:
                yield read_document(page.body, raw=raw)
        except Unreadable:
            continue


def _raw(url: str, fetched: datetime, *, hints: Mapping[str, str], content_type: str = "") -> RawDocument:
    canonical = url if url.startswith("file:") else canonical_url(url)
    return RawDocument(
        id=fingerprint(canonical), source="", url=url, canonical_url=canonical, fetched=fetched, content_type=content_type,
        digest="", warc="", offset=0, hints=hints,
    )  # fmt: skip


def _read(body: bytes, raw: RawDocument) -> Document:
    if not body.strip():
        raise Unreadable("an empty body")
    if body.startswith(b"%PDF-"):
        return _read_pdf(body, raw)
    if raw.content_type.startswith(RECORD_TYPE):
        return _read_record(body, raw)
    if is_submission(body):
        items = tuple(filter(None, raw.hints.get("items", "").split(",")))
        return _from_filing(read_submission(body, hinted_items=items), raw)
    if is_return(body):
        record = read_return(body)
        if record is None:
            raise Unreadable("an IRS return that cannot be read")
        return _from_record(record, raw)
    if is_filer_record(body):
        record = read_filer_record(body)
        if record is None:
            raise Unreadable("a company record of EDGAR that cannot be read")
        document = _from_record(record, raw)
        return replace(document, published=document.published or raw.fetched)  # it says what is so when it is fetched
    if body[:4] in (b"PK\x03\x04", b"\x89PNG", b"GIF8") or body[:3] == b"\xff\xd8\xff":
        raise Unreadable(f"neither page nor text ({raw.content_type or 'binary'})")
    if LOOKS_LIKE_HTML.search(body[:20_000]):
        return _read_page(body, raw)
    text = decode_body(body, raw.content_type)
    if text.count("\x00") > 8:
        raise Unreadable(f"neither page nor text ({raw.content_type or 'binary'})")
    if is_filing_page(text):
        return _from_filing(read_filing_page(text), raw)
    return _from_hints(raw, text=text.strip())


def decode_body(body: bytes, content_type: str) -> str:
    """Return the body's text: UTF-8 whenever it is valid UTF-8, else what the page, then the server, declares, else Windows-1252.

    A server's wrong charset cannot spoil a page that is UTF-8 by its bytes; "ISO-8859-1" means Windows-1252 on the web.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if body.startswith(mark):
            return body.decode(name, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = [found[1].decode("ascii", "replace") for found in META_CHARSET.finditer(body[:4096])]
    declared += HEADER_CHARSET.findall(content_type)
    for name in declared:
        if name.lower() in ("utf-8", "utf8"):
            # a stray byte in a UTF-8 page must not turn every dash into three signs
            text = body.decode("utf-8", "replace")
            if text.count("�") * 200 < len(text):
                return text
            continue
        if name.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "utf-16", "utf-32"):
            continue
        try:
            return body.decode(name, "replace")
        except LookupError:
            continue
    return body.decode("cp1252", "replace")


def _read_page(body: bytes, raw: RawDocument) -> Document:
    markup = decode_body(body[:MAX_PAGE_BYTES], raw.content_type)
    if "/Archives/edgar/" in raw.url or is_filing_page(_first_text(markup)):
        return _from_filing(read_filing_page(markup), raw)
    tree = LexborHTMLParser(markup)
    facts = page_facts(tree, now=raw.fetched if raw.source else None)
    text = article_text(markup, tree, title=facts.title)
    if reason := why_unreadable(facts.title or "", text, markup, free=facts.free):
        raise Unreadable(reason)
    company = facts.company or issuer_in_text(text)
    published = _first_publication(facts.published, facts.date_only, raw.hints.get("published"))
    if published is None:
        # "AKRON, Ohio, Jan. 8, 2026 –": a release's own date line, where nothing else gives a date
        dateline, _ = parse_date(text[:300])
        published = dateline if dateline and dateline <= raw.fetched + timedelta(days=1) else None
    return _from_hints(
        raw,
        text=text,
        title=_title(facts.title, facts.title_sure, raw.hints.get("title"), text),
        published=published,
        author=facts.author,
        publisher=facts.publisher,
        company=company if company != facts.publisher else None,
        fields={"language": facts.language} if facts.language else {},
    )


def _title(shown: str | None, sure: bool, listed: str | None, text: str) -> str | None:
    """Return the page's headline; the list's title where the page names none and does not contradict it."""
    if sure or not shown:
        return shown or listed
    if listed and len(listed) > 15:
        return listed
    # "Quillfeather Bank - Quillfeather Bank Names Chief Risk Officer": the part that stands above the text
    top = re.sub(r"\W+", "", text[:600]).casefold()
    parts = [part for part in re.split(r"\s+[-–—|:»]\s+", shown) if len(part) >= 15 and re.sub(r"\W+", "", part).casefold() in top]
    return max(parts, key=len, default=shown)


def _first_text(markup: str) -> str:
    """Return the first visible words of a page whose markup names the SEC, else "": a cheap look before a costly one."""
    head = markup[:60_000]
    if not re.search(r"securities\s*(?:&nbsp;|&#160;|\s)*and\s*(?:&nbsp;|&#160;|\s)*exchange", head, re.IGNORECASE):
        return ""
    return " ".join(re.sub(r"<[^>]*>|&nbsp;|&#160;", " ", re.sub(r"<ix:header.*?</ix:header>", "", head, flags=re.DOTALL)).split())[:8000]


def _first_publication(page: datetime | None, date_only: bool, hint: str | None) -> datetime | None:
    """Return the first publication by the page's date and the list's: the earlier of two that are near, the page's else."""
    listed, listed_date_only = parse_date(hint) if hint else (None, False)
    if page is None or listed is None:
        return page or listed
    if date_only and not listed_date_only and abs(listed - page) < timedelta(hours=36):
        return listed
    if not listed_date_only and not date_only and abs(listed - page) < timedelta(days=30):
        return min(page, listed)
    return page


def _read_pdf(body: bytes, raw: RawDocument) -> Document:
    import pypdf

    try:
        reader = pypdf.PdfReader(io.BytesIO(body))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("an encrypted PDF")
        pages = []
        for page in reader.pages[:MAX_PDF_PAGES]:
            pages.append(page.extract_text() or "")
            if sum(map(len, pages)) > MAX_TEXT_CHARS:
                break
        info = reader.metadata
        meta_title = str(info.title or "").strip() if info else ""
        created = info.creation_date if info else None
    except Unreadable:
        raise
    except Exception as error:  # pypdf raises many kinds for broken files
        raise Unreadable(f"a PDF that cannot be read: {type(error).__name__}") from error
    lines = [" ".join(line.split()) for page in pages for line in page.split("\n")]
    text = _paragraphs([line for line in lines if line])
    if len(text) < 40:
        raise Unreadable("a PDF without text: a scan")
    title = (
        meta_title
        if 8 < len(meta_title) < 200 and not re.search(r"\.(docx?|pdf|indd)$|^untitled|^microsoft word", meta_title, re.I)
        else None
    )
    published = created.astimezone(UTC) if created and created.tzinfo else created.replace(tzinfo=UTC) if created else None
    return _from_hints(
        raw, text=text, title=title or raw.hints.get("title") or (lines[0][:200] if lines else None), published=published, listed_first=True
    )


def _paragraphs(lines: list[str]) -> str:
    """Return typeset lines joined to paragraphs: a line that neither fills the measure nor ends a word runs on no further."""
    if not lines:
        return ""
    measure = sorted(len(line) for line in lines)[int(len(lines) * 0.8)]
    out = [lines[0]]
    for before, line in itertools.pairwise(lines):
        if len(before) > measure * 0.75 and not re.match(r"[•●▪·–-]\s|\d+\.\s", line):
            out[-1] = out[-1][:-1] + line if re.search(r"[a-z]-$", out[-1]) else f"{out[-1]} {line}"
        else:
            out.append(line)
    return "\n".join(out)


def _read_record(body: bytes, raw: RawDocument) -> Document:
    return _from_record(json.loads(body), raw)


def _from_record(record: Mapping[str, Any], raw: RawDocument) -> Document:
    published, _ = parse_date(record.get("published") or "")
    return _from_hints(
        raw,
        text=record.get("text") or "",
        title=record.get("title"),
        published=published,
        publisher=record.get("publisher"),
        company=record.get("company"),
        form=record.get("form"),
        cik=record.get("cik"),
        fields={key: str(value) for key, value in (record.get("fields") or {}).items() if value not in (None, "")},
    )


def _from_filing(filing: Filing, raw: RawDocument) -> Document:
    hints = raw.hints
    hinted, _ = parse_date(hints.get("published", ""))
    return Document(
        id=raw.id,
        url=readable_url(raw.url),
        title=filing.title or hints.get("title"),
        text=filing.text,
        published=filing.published or hinted,
        publisher=hints.get("publisher") or "SEC EDGAR",
        form=filing.form or hints.get("form"),
        items=filing.items or tuple(filter(None, hints.get("items", "").split(","))),
        cik=filing.cik or hints.get("cik"),
        company=filing.company or hints.get("company"),
        source=raw.source,
        first_seen=raw.fetched,
        fields=filing.fields,
    )


def _from_hints(
    raw: RawDocument,
    *,
    text: str,
    title: str | None = None,
    published: datetime | None = None,
    author: str | None = None,
    publisher: str | None = None,
    company: str | None = None,
    form: str | None = None,
    cik: str | None = None,
    fields: Mapping[str, str] | None = None,
    listed_first: bool = False,
) -> Document:
    """Return a Document of what was read, the list's hints filling the gaps (or winning over a PDF's own date)."""
    hints = raw.hints
    hinted, _ = parse_date(hints.get("published", ""))
    return Document(
        id=raw.id,
        url=readable_url(raw.url),
        title=title or hints.get("title") or None,
        text=text,
        published=(hinted or published) if listed_first else (published or hinted),
        author=author or hints.get("author"),
        publisher=publisher or hints.get("publisher"),
        form=form or hints.get("form"),
        items=(),
        cik=cik or hints.get("cik"),
        company=company or hints.get("company"),
        source=raw.source,
        first_seen=raw.fetched,
        fields=fields or {},
    )
