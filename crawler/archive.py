"""The WARC archive: one gzip-compressed file a day (UTC), one member a record, readable by any WARC tool.

Several crawls may append at once: a small `.end` file beside the archive is locked for each append, and says where the
last whole record ends, so that a record torn by a kill is cut off before the next one is written.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import io
import itertools
import os
import re
import uuid
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType
from warcio.recordbuilder import RecordBuilder
from warcio.warcwriter import WARCWriter

from crawler.errors import ArchiveError

MAX_BODY_BYTES = 64_000_000
# one row or entry of a structured source (a lay-off notice, a job), as its spider cut it out
RECORD_TYPE = "application/x-prospect-record+json"
# hop-by-hop headers describe the connection, not the body
CONNECTION_HEADERS = {"transfer-encoding", "connection", "keep-alive"}
LINE_BREAKS = re.compile(r"[\r\n]+")


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """One response out of a WARC file, its body decoded."""

    url: str
    status: int
    content_type: str
    fetched: datetime | None
    body: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """One response on its way into the archive; `body` as the server sent it, compressed where `headers` say so."""

    url: str
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    fetched: datetime


class Archive:
    """The folder of WARC files that holds every body as it came."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def append(self, url: str, status: int, headers: Sequence[tuple[str, str]], body: bytes, fetched: datetime) -> tuple[str, int]:
        """Write one response and return (file name, byte offset) to find it by.

        `body` is as the server sent it: where it is compressed, `headers` say so (Content-Encoding). Raise ArchiveError
        when the folder cannot be written.
        """
        return self.append_all([Exchange(url, status, headers, body, fetched)])[0]

    def append_all(self, exchanges: Sequence[Exchange]) -> list[tuple[str, int]]:
        """Write several responses at one go and return where each is."""
        places: list[tuple[str, int]] = []
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for day, of_day in itertools.groupby(exchanges, key=lambda exchange: exchange.fetched.astimezone(UTC).date()):
                name = f"{day:%Y%m%d}.warc.gz"
                members = [_response_member(exchange) for exchange in of_day]
                offset = self._append_members(self.folder / name, members)
                for member in members:
                    places.append((name, offset))
                    offset += len(member)
        except OSError as error:
            raise ArchiveError(
                f"{self.folder}: the archive cannot be written: {error.strerror}; free space or correct its rights"
            ) from error
        return places

    def body(self, file: str, offset: int) -> bytes:
        """Return the decoded body of the record at `offset`; raise ArchiveError when there is none."""
        return self.page(file, offset).body

    def page(self, file: str, offset: int) -> ArchivedPage:
        """Return the record at `offset` of `file`; raise ArchiveError when there is none."""
        path = self.folder / file
        try:
            with path.open("rb") as stream:
                stream.seek(offset)
                for page in _pages(stream, base=offset):
                    return page
        except OSError as error:
            raise ArchiveError(f"{path}: cannot be read: {error.strerror or error}") from error
        raise ArchiveError(f"{path}: no record at byte {offset}; the file was cut or replaced")

    def expire(self, *, today: date, keep_days: int | None = None, keep_bytes: int | None = None) -> list[str]:
        """Delete the files of days past `keep_days`, then the oldest ones beyond `keep_bytes` in all; return their names.

        Documents stay in the store; only reading them again from their first bytes is given up.
        """
        files = sorted(path for path in self.folder.glob("[0-9]*.warc.gz"))
        gone = []
        if keep_days is not None:
            first = f"{today - timedelta(days=keep_days):%Y%m%d}"
            gone = [path for path in files if path.name[:8] < first]
        if keep_bytes is not None:
            kept = [path for path in files if path not in gone]
            while kept and sum(path.stat().st_size for path in kept) > keep_bytes:
                gone.append(kept.pop(0))
        for path in gone:
            for named in (path, path.with_name(path.name + ".end")):
                named.unlink(missing_ok=True)
        return [path.name for path in gone]

    def _append_members(self, path: Path, members: Sequence[bytes]) -> int:
        # opened for each record: days change, and another process may have mended the file
        end_file = os.open(path.with_name(path.name + ".end"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(end_file, fcntl.LOCK_EX)  # let go of when the file is closed, by a kill too
            recorded = os.read(end_file, 40)
            end = int(recorded) if recorded.strip() else 0
            archive = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
            try:
                if os.fstat(archive).st_size > end:
                    end = _end_of_whole_members(path, end)
                    os.ftruncate(archive, end)
                head = _warcinfo(path.name) if end == 0 else b""
                os.lseek(archive, end, os.SEEK_SET)
                written = head + b"".join(members)
                _write_all(archive, written)
            finally:
                os.close(archive)
            # fixed width, written over in place: cutting the file first costs milliseconds on ext4
            os.pwrite(end_file, b"%020d" % (end + len(written)), 0)
            return end + len(head)
        finally:
            os.close(end_file)


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _warcinfo(name: str) -> bytes:
    record = RecordBuilder().create_warcinfo_record(
        name, {"software": "prospect", "format": "WARC File Format 1.0", "conformsTo": WARC_SPECIFICATION}
    )
    out = io.BytesIO()
    WARCWriter(out, gzip=True).write_record(record)
    return out.getvalue()


REASONS = {200: "OK", 203: "Non-Authoritative Information", 206: "Partial Content"}
WARC_SPECIFICATION = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.0/"


def warc_pages(path: Path, *, max_body_bytes: int = MAX_BODY_BYTES) -> Iterator[ArchivedPage]:
    """Yield the responses of any WARC file in order; records of other types are passed over."""
    with path.open("rb") as stream:
        yield from _pages(stream, base=0, max_body_bytes=max_body_bytes)


def warc_pages_in(stream: io.BufferedIOBase, *, max_body_bytes: int = MAX_BODY_BYTES) -> Iterator[ArchivedPage]:
    """Yield the responses of a WARC file that is at hand as a stream."""
    yield from _pages(stream, base=0, max_body_bytes=max_body_bytes)


@dataclass(frozen=True, slots=True)
class Member:
    """One whole gzip member of a WARC file, which holds one record."""

    end: int  # where the next one begins, in bytes from the start of what was given
    pages: tuple[ArchivedPage, ...]  # its response, or nothing: a record of another type, or one that is too large


def whole_members(data: bytes, *, max_body_bytes: int = MAX_BODY_BYTES) -> Iterator[Member]:
    """Yield the gzip members that lie whole in a part of a compressed WARC file, which begins with one.

    Raise OSError for data that does not begin with a gzip member.
    """
    start = 0
    while start < len(data):
        inflater = zlib.decompressobj(zlib.MAX_WBITS + 16)
        plain = io.BytesIO()
        at = start
        while not inflater.eof and at < len(data):
            chunk = data[at : at + (1 << 16)]
            at += len(chunk)
            while chunk:
                try:
                    inflated = inflater.decompress(chunk, 1 << 20)
                except zlib.error as error:
                    raise OSError(f"no gzip member at byte {start}: {error}") from error
                if plain.tell() <= max_body_bytes:
                    plain.write(inflated)
                chunk = inflater.unconsumed_tail
        if not inflater.eof:
            return
        start = at - len(inflater.unused_data)
        fits = plain.tell() <= max_body_bytes
        plain.seek(0)
        yield Member(start, tuple(_pages(plain, base=0, max_body_bytes=max_body_bytes)) if fits else ())


def _pages(stream: io.BufferedIOBase, *, base: int, max_body_bytes: int = MAX_BODY_BYTES) -> Iterator[ArchivedPage]:
    for record in ArchiveIterator(stream, record_types=WarcRecordType.response | WarcRecordType.resource, parse_http=True):
        http = record.http_headers
        headers = {name.lower(): value for name, value in http.asdict().items()} if http else {}
        body = record.reader.read(max_body_bytes)
        content_type = headers.get("content-type") if http else record.headers.get("Content-Type")
        yield ArchivedPage(
            url=(record.headers.get("WARC-Target-URI") or "").strip("<>"),
            status=(http.status_code or 200) if http else 200,
            content_type=content_type or "",
            fetched=record.record_date,
            body=decoded(body, headers.get("content-encoding") or "", max_body_bytes),
            offset=base + record.stream_pos,
        )


def decoded(body: bytes, encoding: str, max_bytes: int) -> bytes:
    """Return `body` without its Content-Encoding, at most `max_bytes` of it; an encoding that does not fit is left on."""
    for name in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
        if name in ("gzip", "x-gzip", "deflate"):
            body = _inflated(body, max_bytes)
        elif name == "br":
            body = _unbrotlied(body, max_bytes)
    return body


def _unbrotlied(body: bytes, max_bytes: int) -> bytes:
    # Scrapy asks for this encoding only where the library is installed
    brotli = import_module("brotli")
    try:
        return bytes(brotli.decompress(body))[:max_bytes]
    except brotli.error:
        return body


def _inflated(body: bytes, max_bytes: int) -> bytes:
    for window in (zlib.MAX_WBITS + 32, -zlib.MAX_WBITS):  # gzip or zlib by its header, then raw deflate
        try:
            return zlib.decompressobj(window).decompress(body, max_bytes)
        except zlib.error:
            continue
    return body


def _response_member(exchange: Exchange) -> bytes:
    """Return a response record as one gzip member; put together here, since a crawl writes one for every page."""
    kept = [(name, value) for name, value in exchange.headers if name.lower() not in CONNECTION_HEADERS]
    encoded = any(name.lower() == "content-encoding" for name, _ in kept)
    lines = [f"HTTP/1.1 {exchange.status} {REASONS.get(exchange.status, '')}".rstrip(), *(f"{name}: {value}" for name, value in kept)]
    # a line break within a value would end the header for whoever reads the record
    http = "".join(f"{LINE_BREAKS.sub(' ', line)}\r\n" for line in lines).encode("utf-8", "replace") + b"\r\n"
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\n"
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\n"
        f"WARC-Target-URI: {LINE_BREAKS.sub('', exchange.url)}\r\n"
        f"WARC-Date: {exchange.fetched.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}\r\n"
        f"WARC-Payload-Digest: {_sha1(exchange.body)}\r\n"
        f"WARC-Block-Digest: {_sha1(http, exchange.body)}\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http) + len(exchange.body)}\r\n\r\n"
    ).encode("utf-8", "replace")
    # a body that is compressed already gains nothing from a second squeeze
    return _member(head + http + exchange.body + b"\r\n\r\n", level=0 if encoded else 4)


def _sha1(*parts: bytes) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    for part in parts:
        digest.update(part)
    return "sha1:" + base64.b32encode(digest.digest()).decode()


def _member(record: bytes, *, level: int) -> bytes:
    compressor = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    return compressor.compress(record) + compressor.flush()


def _end_of_whole_members(path: Path, start: int) -> int:
    """Return where the last complete gzip member at or after `start` ends."""
    end = start
    with path.open("rb") as stream:
        stream.seek(start)
        unread = b""
        while True:
            inflater = zlib.decompressobj(zlib.MAX_WBITS + 16)
            length = 0
            while not inflater.eof:
                chunk = unread or stream.read(1 << 16)
                unread = b""
                if not chunk:
                    return end
                try:
                    inflater.decompress(chunk)
                except zlib.error:
                    return end
                length += len(chunk) - len(inflater.unused_data)
                unread = inflater.unused_data
            end += length
