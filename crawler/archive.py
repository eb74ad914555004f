"""The WARC archive: one gzip-compressed file a day (UTC), one member a record, readable by any WARC tool.

Several crawls may append at once: a lock file guards each append, and a small `.end` file beside the archive says where
the last whole record ends, so that a record torn by a kill is cut off before the next one is written.
"""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType
from filelock import FileLock
from warcio.recordbuilder import RecordBuilder
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import BaseWARCWriter

from crawler.errors import ArchiveError

MAX_BODY_BYTES = 64_000_000
# one row or entry of a structured source (a lay-off notice, a job), as its spider cut it out
RECORD_TYPE = "application/x-prospect-record+json"
# hop-by-hop headers describe the connection, not the body
CONNECTION_HEADERS = {"transfer-encoding", "connection", "keep-alive"}


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """One response out of a WARC file, its body decoded."""

    url: str
    status: int
    content_type: str
    fetched: datetime | None
    body: bytes
    offset: int


class Archive:
    """The folder of WARC files that holds every body as it came."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def append(self, url: str, status: int, headers: Sequence[tuple[str, str]], body: bytes, fetched: datetime) -> tuple[str, int]:
        """Write one response and return (file name, byte offset) to find it by.

        `body` is as the server sent it: where it is compressed, `headers` say so (Content-Encoding). Raise ArchiveError
        when the folder cannot be written.
        """
        kept = [(name, value) for name, value in headers if name.lower() not in CONNECTION_HEADERS]
        encoded = any(name.lower() == "content-encoding" for name, _ in kept)
        record = RecordBuilder().create_warc_record(
            url,
            "response",
            payload=io.BytesIO(body),
            http_headers=StatusAndHeaders(f"{status} {REASONS.get(status, '')}".strip(), kept, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": fetched.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")},
        )
        # a body that is compressed already gains nothing from a second, harder squeeze
        member = _member(record, level=1 if encoded else 4)
        name = f"{fetched.astimezone(UTC):%Y%m%d}.warc.gz"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return name, self._append_member(self.folder / name, member)
        except OSError as error:
            raise ArchiveError(
                f"{self.folder}: the archive cannot be written: {error.strerror}; free space or correct its rights"
            ) from error

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
            for named in (path, path.with_name(path.name + ".end"), path.with_name(path.name + ".lock")):
                named.unlink(missing_ok=True)
        return [path.name for path in gone]

    def _append_member(self, path: Path, member: bytes) -> int:
        with FileLock(f"{path}.lock"), (path.with_name(path.name + ".end")).open("a+b") as end_file:
            with path.open("ab") as archive:
                size = archive.tell()
                end_file.seek(0)
                recorded = end_file.read()
                end = int(recorded) if recorded.strip() else 0
                if size > end:
                    end = _end_of_whole_members(path, end)
                    os.truncate(path, end)
                if end == 0:
                    info = RecordBuilder().create_warcinfo_record(
                        path.name, {"software": "prospect", "format": "WARC File Format 1.0", "conformsTo": WARC_SPECIFICATION}
                    )
                    first = _member(info, level=4)
                    archive.write(first)
                    end = len(first)
                archive.write(member)
                archive.flush()
            # fixed width, so that one write replaces the whole of it
            end_file.truncate(0)
            end_file.write(b"%020d" % (end + len(member)))
            end_file.flush()
            return end


REASONS = {200: "OK", 203: "Non-Authoritative Information", 206: "Partial Content"}
WARC_SPECIFICATION = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.0/"


def warc_pages(path: Path, *, max_body_bytes: int = MAX_BODY_BYTES) -> Iterator[ArchivedPage]:
    """Yield the responses of any WARC file in order; records of other types are passed over."""
    with path.open("rb") as stream:
        yield from _pages(stream, base=0, max_body_bytes=max_body_bytes)


def warc_pages_in(stream: io.BufferedIOBase, *, max_body_bytes: int = MAX_BODY_BYTES) -> Iterator[ArchivedPage]:
    """Yield the responses of a WARC file that is at hand as a stream."""
    yield from _pages(stream, base=0, max_body_bytes=max_body_bytes)


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


def _member(record: object, *, level: int) -> bytes:
    plain = io.BytesIO()
    writer = _PlainWriter(plain)
    writer.write_record(record)
    compressor = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    return compressor.compress(plain.getbuffer()) + compressor.flush()


class _PlainWriter(BaseWARCWriter):  # type: ignore[misc]
    """warcio's writer without its own compression, which is level 9 and half of a crawl's CPU."""

    def __init__(self, out: io.BytesIO) -> None:
        super().__init__(gzip=False)
        self.out = out

    def write_record(self, record: object, params: object = None) -> None:
        self._write_warc_record(self.out, record)


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
