"""Reads registers of companies: SEC's ticker file and submissions, GLEIF, the IRS business master and returns, CRM exports, own CSVs.

A register is told by its content. Every file is streamed, so that half a million rows cost the memory of one.
A bad row is a `BadRow` with file, row, column and cure: the rest is read on if the caller takes the bad ones, else it is raised.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from enrichment.columns import LAYOUTS, Column, Layout, layout_of, mapped_layout
from enrichment.returns import company_of_return
from enrichment.values import ValueFault
from store.errors import Mendable
from store.records import Company, company_of

# a name of a company is no essay: a longer one is a row whose quotes do not close
_LONGEST_NAME = 1_000
# rows that are read before the first of them is passed on
_BATCH = 1_000
csv.field_size_limit(10_000_000)
_DELIMITERS = ",;\t|"


class RegisterError(Mendable):
    """A register cannot be read, or a row or cell of it; the message says file, row, column and cure."""


class BadRow(RegisterError):
    """One row that holds no company, or one cell of a row, with what is wrong and the row as it stood."""

    def __init__(self, path: Path, row: int, column: int, message: str, cells: tuple[str, ...] = ()) -> None:
        super().__init__(f"{path}:{row}:{column}: {message}")
        self.row = row  # line of the file, from 1
        self.column = column  # from 1; 0 where the whole row is meant
        self.message = message
        self.cells = cells


def read_companies(
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    on_bad_row: Callable[[BadRow], None] | None = None,
    on_bad_cell: Callable[[BadRow], None] | None = None,
) -> Iterator[Company]:
    """Yield the companies of a register, in file order.

    `columns` maps fields of Company to the file's own headers, for a file whose headers say nothing ("name": "Firma").
    A bad row goes to `on_bad_row` and is left out; without it, it is raised. A cell without which its row can be read goes to
    `on_bad_cell`, and counts as unknown. Raise RegisterError when the file as a whole cannot be read.
    """
    path = Path(path)
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in (".json", ".xml"))
        if not files:
            raise RegisterError(f"{path}: holds neither SEC's submissions (CIK….json) nor the IRS's returns (….xml)")
        for file in files:
            yield from _one_company(file.read_bytes(), file, _day_of(file), on_bad_row)
        return
    with _opened(path) as (start, stream):
        if start.startswith(b"PK\x03\x04"):
            yield from _zipped(path, on_bad_row)
        elif start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            yield from _one_company(stream.read(), path, _day_of(path), on_bad_row)
        elif start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")):
            yield from _json_register(stream.read(), path, on_bad_row)
        else:
            yield from _csv_register(path, columns, on_bad_row, on_bad_cell)


def heading_of(path: Path) -> list[str]:
    """Return the cells of a CSV file's heading line; nothing for a register that is no table."""
    if path.is_dir():
        return []
    with _opened(path) as (start, stream):
        if not _is_table(start):
            return []
        encoding = encoding_of(stream)
        stream.seek(0)
        line = io.TextIOWrapper(stream, encoding=encoding, newline="").readline()
        return next(csv.reader([line], delimiter=max(_DELIMITERS, key=line.count)), [])


def rows_about(path: Path) -> int | None:
    """Return how many rows a CSV register has, as far as its lines tell; None for one that is no table."""
    if path.is_dir():
        return None
    with _opened(path) as (start, stream):
        if not _is_table(start):
            return None
        lines = sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
    return max(0, lines - 1)


def _is_table(start: bytes) -> bool:
    """Return whether a file that begins so is neither an archive nor JSON nor XML."""
    return not start.startswith(b"PK\x03\x04") and not start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[", b"<"))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[bytes, IO[bytes]]]:
    """Open a plain or gzipped file and look at its first kilobyte."""
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else path.open("rb") as stream:
            start = stream.read(1024)
            stream.seek(0)
            yield start, stream  # type: ignore[misc]  # gzip's file is no IO in typeshed
    except (OSError, EOFError) as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError | EOFError) -> RegisterError:
    """Return the error for a register that the system will not read, in words."""
    if isinstance(error, FileNotFoundError):
        return RegisterError(f"{path}: there is no such file; name a register of companies (CSV or SEC's company_tickers.json)")
    return RegisterError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}")


# JSON: SEC's files


def _json_register(body: bytes, path: Path, on_bad_row: Callable[[BadRow], None] | None) -> Iterator[Company]:
    try:
        content = json.loads(body)
    except ValueError as error:
        raise RegisterError(f"{path}: is not valid JSON ({error}); fetch it again") from error
    if isinstance(content, dict) and "cik" in content and "name" in content:
        yield company_of_submission(content, _day_of(path))
        return
    if isinstance(content, dict) and content.get("fields") and content.get("data"):  # company_tickers_exchange.json
        rows: list[Any] = [dict(zip(content["fields"], values, strict=False)) for values in content["data"]]
    elif isinstance(content, dict) and all(isinstance(row, dict) for row in content.values()):  # company_tickers.json
        rows = list(content.values())
    else:
        raise RegisterError(f"{path}: is JSON, but neither SEC's company_tickers.json nor a company's submissions file")
    # a company with several classes of shares has a row each, the main one first
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        cik, name = row.get("cik_str", row.get("cik")), row.get("title", row.get("name"))
        if not name or not str(cik).isdigit():
            _report(BadRow(path, number, 0, f"entry without name or CIK: {json.dumps(row)[:80]}"), on_bad_row)
            continue
        padded = str(cik).zfill(10)
        if padded not in seen:
            seen.add(padded)
            yield Company(
                id=f"cik-{padded}",
                name=str(name),
                cik=padded,
                ticker=str(row.get("ticker") or "") or None,
                public=True,
                origin="sec",
                as_of=_day_of(path),
            )


def _zipped(path: Path, on_bad_row: Callable[[BadRow], None] | None) -> Iterator[Company]:
    """SEC's submissions.zip or a month of the IRS's returns: a file a company; those that only continue a list of filings have a second dash."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            if member.endswith((".json", ".xml")) and "-submissions-" not in member:
                yield from _one_company(archive.read(member), path / member, _day_of(path), on_bad_row)


def _one_company(body: bytes, path: Path, day: date, on_bad_row: Callable[[BadRow], None] | None) -> Iterator[Company]:
    """Yield the company of a file that holds one: SEC's submissions as JSON, a return of the IRS as XML."""
    try:
        if body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            company = company_of_return(body)
        else:
            content = json.loads(body)
            if "accessionNumber" in content:  # the rest of a long list of filings
                return
            company = company_of_submission(content, day)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = str(error) if path.suffix == ".xml" else f"is no submissions file of SEC ({type(error).__name__}: {error})"
        _report(BadRow(path, 1, 0, what), on_bad_row)
        return
    yield company


def _day_of(path: Path) -> date:
    """Return the day a register was written, as its file says."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def company_of_submission(content: Mapping[str, Any], day: date | None = None) -> Company:
    """Return the company of SEC's submissions JSON: address, SIC, EIN, tickers and former names."""
    cells = {
        "cik": str(content["cik"]),
        "name": content["name"],
        "ein": content.get("ein"),
        "lei": content.get("lei"),
        "ticker": (content.get("tickers") or [None])[0],
        "domain": content.get("website"),
        "phone": content.get("phone"),
        "sic": content.get("sic"),
        "public": "yes" if content.get("tickers") else None,
    }
    address = (content.get("addresses") or {}).get("business") or {}
    cells |= {
        "street": address.get("street1"),
        "city": address.get("city"),
        "state": address.get("stateOrCountry"),
        "postal_code": address.get("zipCode"),
        # outside the US the code stands for a country in EDGAR's own list, which the description spells out
        "country": address.get("country") or address.get("stateOrCountryDescription"),
        "aliases": ";".join(former["name"] for former in content.get("formerNames") or ()),
    }
    fields = LAYOUTS["sec submissions"].fields_of(cells)
    return Company(**{"id": f"cik-{fields['cik']}", "origin": "sec", "as_of": day, **fields})


# CSV


def _csv_register(
    path: Path,
    columns: Mapping[str, str] | None,
    on_bad_row: Callable[[BadRow], None] | None,
    on_bad_cell: Callable[[BadRow], None] | None,
) -> Iterator[Company]:
    with _opened(path) as (start, stream):
        encoding = encoding_of(stream)
        stream.seek(0)
        text = io.TextIOWrapper(stream, encoding=encoding, newline="")
        heading = text.readline()
        delimiter = max(_DELIMITERS, key=heading.count)
        reader = csv.reader(_without_nulls(heading, text), delimiter=delimiter)
        header = next(reader, [])
        if not start.strip() or not any(cell.strip() for cell in header):
            raise RegisterError(f"{path}: is empty; the first line should name the columns, at least id and name")
        if any(not character.isprintable() for character in "".join(header).replace("\t", "").strip()):
            raise RegisterError(f"{path}: is no text; name a CSV file with a heading line, or a register of SEC, GLEIF or the IRS")
        layout = mapped_layout(header, columns, str(path)) if columns else layout_of(header)
        if isinstance(layout, str):
            raise RegisterError(f"{path}:1:1: {layout}")
        columns_read = layout.columns_in(header)
        as_of = _day_of(path)
        id_column = 1 + _index_of(columns_read, "id")
        seen = SeenIds()
        companies = _companies_in(reader, path, len(header), columns_read, layout, as_of, delimiter, on_bad_row, on_bad_cell)
        while batch := list(islice(companies, _BATCH)):
            firsts = seen.add([company.id for _, company, _ in batch], [row for row, _, _ in batch])
            for (row, company, cells), first in zip(batch, firsts, strict=True):
                if first:
                    message = f"id '{company.id}' stands in row {first} already; give each company its own id"
                    _report(BadRow(path, row, id_column, message, cells), on_bad_row)
                else:
                    yield company


def _companies_in(
    reader: Any,
    path: Path,
    width: int,
    columns: tuple[Column, ...],
    layout: Layout,
    as_of: date,
    delimiter: str,
    on_bad_row: Callable[[BadRow], None] | None,
    on_bad_cell: Callable[[BadRow], None] | None,
) -> Iterator[tuple[int, Company, tuple[str, ...]]]:
    """Yield (row, company, cells) of the rows that hold a company."""

    def leave_out(fault: ValueFault) -> None:
        if on_bad_cell:
            on_bad_cell(BadRow(path, reader.line_num, fault.column, str(fault)))

    for cells in reader:
        if not any(cells):
            continue
        row = reader.line_num
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            message = f"{len(cells)} values for {width} columns; put values that hold a '{delimiter}' into double quotes"
            _report(BadRow(path, row, width + 1, message, tuple(cells)), on_bad_row)
            continue
        try:
            yield row, _company_of(cells, columns, layout, as_of, leave_out), tuple(cells)
        except ValueFault as fault:
            _report(BadRow(path, row, fault.column, str(fault), tuple(cells)), on_bad_row)


class SeenIds:
    """The ids read so far with their rows, in 16 bytes each: a dict of half a million would be the largest thing in memory.

    Ids are kept as 64-bit hashes; that two of a million ids share one happens in one file of some forty million.
    """

    def __init__(self) -> None:
        # hashes, ascending, with their rows: a block is less than half of the one before, so that there are few and each is joined few times
        self._blocks: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []

    def add(self, ids: Sequence[str], rows: Sequence[int]) -> list[int]:
        """Return for each id the row where it stood before, 0 where it is new; and remember the new ones."""
        hashes = np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids))
        given = np.asarray(rows, dtype=np.int64)
        order = np.argsort(hashes, kind="stable")
        keys, its = hashes[order], given[order]
        # the same id twice among these: all but the first have the row of the first
        new = np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)]
        firsts = np.where(new, 0, its[np.maximum.accumulate(np.where(new, np.arange(len(keys)), 0))])
        for known, known_rows in self._blocks:
            at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            there = known[at] == keys
            firsts[there] = known_rows[at[there]]
            new &= ~there
        self._remember(keys[new], its[new])
        answers = np.empty(len(ids), dtype=np.int64)
        answers[order] = firsts
        listed: list[int] = answers.tolist()
        return listed

    def _remember(self, keys: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> None:
        if not len(keys):
            return
        while self._blocks and len(self._blocks[-1][0]) < 2 * len(keys):
            known, known_rows = self._blocks.pop()
            keys, rows = np.concatenate((known, keys)), np.concatenate((known_rows, rows))
            order = np.argsort(keys, kind="stable")
            keys, rows = keys[order], rows[order]
        self._blocks.append((keys, rows))


def _company_of(
    cells: list[str], columns: tuple[Column, ...], layout: Layout, as_of: date, on_left_out: Callable[[ValueFault], None]
) -> Company:
    fields = layout.read(cells, columns, on_left_out)
    name = fields.get("name")
    if not name:
        raise ValueFault("no name; write one, or delete the row", 1 + _index_of(columns, "name"))
    if len(name) > _LONGEST_NAME or "\n" in name:
        what = f"a name of {len(name)} characters" if len(name) > _LONGEST_NAME else "a name of several lines"
        raise ValueFault(f"{what}; is a double quote not closed?", 1 + _index_of(columns, "name"))
    if not fields.get("id"):
        fields["id"] = layout.id_of(fields)
    fields |= {"origin": layout.origin, "as_of": as_of}
    return company_of(fields)


def _index_of(columns: tuple[Column, ...], field: str) -> int:
    return next((column.place for column in columns if column.field == field), 0)


def _without_nulls(first: str, rest: IO[str]) -> Iterator[str]:
    """Pass the lines on without NUL characters, at which the csv module stops."""
    yield first.replace("\0", "")
    for line in rest:
        yield line.replace("\0", "") if "\0" in line else line


def _report(bad: BadRow, on_bad_row: Callable[[BadRow], None] | None) -> None:
    if on_bad_row is None:
        raise bad
    on_bad_row(bad)


def encoding_of(stream: IO[bytes]) -> str:
    """Return the encoding of a text file: by its mark, UTF-8 where all of it is, else Windows-1252, in which Excel saves CSV files."""
    start = stream.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        decoder.decode(start)
        while block := stream.read(1 << 20):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252" if _decodes(stream, "cp1252") else "latin-1"
    return "utf-8-sig"


def _decodes(stream: IO[bytes], encoding: str) -> bool:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := stream.read(1 << 20):
            decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True
