"""The rows of a table that a public office puts out: CSV, HTML, an Excel workbook (.xlsx) or a PDF with text in it.

Each row comes by heading, so that a source file maps its columns alike whatever the format is.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from parsel import Selector

from crawler.errors import SourceFailed

FORMATS = ("csv", "html", "xlsx", "pdf")
MAX_ROWS = 100_000
MAX_PDF_PAGES = 200
MAX_UNPACKED_BYTES = 200_000_000  # of a workbook, which is a ZIP file
HEADING_WITHIN = 30  # rows or lines; above the headings stand titles and notes


def read_rows(body: bytes, text: str, *, table: str = "table", known: Sequence[str] = ()) -> list[dict[str, str]]:
    """Return the rows of the table(s) in `body` by heading; `text` is the body decoded where it is text.

    `table` selects the tables of an HTML page. `known` are headings of which a workbook or PDF has one in the row that names its
    columns. Raise SourceFailed for what cannot be read, and for a PDF without text.
    """
    if body.startswith(b"%PDF-"):
        return _rows_below(_pdf_rows(body, known), known)
    if body.startswith(b"PK\x03\x04"):
        return [row for sheet in _sheets(body) for row in _rows_below(sheet, known)]
    if re.search(rb"<t(?:able|r)\b", body[:200_000], re.IGNORECASE):
        return _html_rows(text, table)
    decoded = body.decode("utf-8-sig", "replace") if not text else text.removeprefix("\ufeff")
    try:
        return [
            {(key or "").strip(): (value or "").strip() for key, value in row.items() if isinstance(value, str)}
            for row in itertools.islice(csv.DictReader(io.StringIO(decoded)), MAX_ROWS)
        ]
    except csv.Error as error:
        raise SourceFailed(f"neither CSV, HTML, Excel (.xlsx) nor PDF ({error}); look at it in a browser") from error


def _html_rows(text: str, table: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for found in Selector(text).css(table):
        lines = [[_text(cell) for cell in line.xpath("./th|./td")] for line in found.xpath(".//tr")]
        lines = [line for line in lines if any(line)]
        if len(lines) > 1:
            rows += [dict(zip(lines[0], line, strict=False)) for line in lines[1:] if line != lines[0]]
    return rows


def _text(cell: Selector) -> str:
    return " ".join(" ".join(cell.xpath(".//text()").getall()).split())


def _rows_below(lines: Iterable[Sequence[str]], known: Sequence[str]) -> list[dict[str, str]]:
    """Return the lines below the one that holds a known heading (below the first, where none does) by its cells."""
    kept = [line for line in itertools.islice(lines, MAX_ROWS) if any(line)]
    at = next((index for index, line in enumerate(kept[:HEADING_WITHIN]) if set(line) & set(known)), 0)
    if not kept:
        return []
    headings = kept[at]
    return [
        {heading: cell for heading, cell in zip(headings, line, strict=False) if heading}
        for line in kept[at + 1 :]
        if line != headings  # printed again on every page
    ]


# Excel


def _sheets(body: bytes) -> Iterator[list[list[str]]]:
    """Yield the visible sheets of a workbook, each as rows of cells."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            if sum(member.file_size for member in packed.infolist()) > MAX_UNPACKED_BYTES:
                raise SourceFailed(f"a workbook that unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB; take another source")
        workbook = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        for sheet in workbook.worksheets:
            if sheet.sheet_state == "visible":
                yield [[_cell_text(value) for value in row] for row in itertools.islice(sheet.iter_rows(values_only=True), MAX_ROWS)]
        workbook.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise SourceFailed(f"no readable Excel workbook ({type(error).__name__}: {error}); look at it in Excel") from error


def _cell_text(value: object) -> str:
    """Return a cell as a state's own table would print it: days as month/day/year, whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, (datetime, date)):
        return f"{value.month}/{value.day}/{value.year}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


# PDF

Piece = tuple[int, str]  # where it begins on its line, in characters, and its words
PIECE = re.compile(r"\S+(?: \S+)*")  # two blanks part what stands in two columns
PAGE_MARK = re.compile(r"^\W*(?:page\s+)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\W*$", re.IGNORECASE)


def _pdf_rows(body: bytes, known: Sequence[str]) -> Iterator[list[str]]:
    """Yield the headings of a PDF's table, and its rows by the columns that the headings mark.

    A line that fills few columns, each within its width, goes on with the cells of the row above it.
    """
    columns: list[Piece] = []
    row: list[str] = []
    for line in _pdf_lines(body):
        words = [piece for _, piece in line]
        if set(words) & set(known) and len(words) > 1:
            if not columns:
                yield words
            columns = line  # every page sets its own
            continue
        if not columns or PAGE_MARK.match(" ".join(words)):
            continue
        cells = [""] * len(columns)
        for start, piece in line:
            at = min(range(len(columns)), key=lambda index: _distance(start, piece, columns[index]))
            cells[at] = f"{cells[at]} {piece}".strip()
        if row and sum(map(bool, cells)) * 2 <= sum(map(bool, row)):
            if _within(line, columns):
                row = [" ".join(filter(None, pair)) for pair in zip(row, cells, strict=True)]
            continue  # else a note below the table
        if row:
            yield row
        row = cells
    if row:
        yield row


def _distance(start: int, piece: str, column: Piece) -> int:
    """Return how far a piece is from a column: by its left edges, its right edges or its middle, as the column may be set."""
    end, begin, close = start + len(piece), column[0], column[0] + len(column[1])
    return min(abs(start - begin), abs(end - close), abs(start + end - begin - close) // 2)


def _within(line: Sequence[Piece], columns: Sequence[Piece]) -> bool:
    starts = [start for start, _ in columns]
    return all(not any(start + 1 < other < start + len(piece) for other in starts) for start, piece in line)


def _pdf_lines(body: bytes) -> Iterator[list[Piece]]:
    import pypdf

    try:
        reader = pypdf.PdfReader(io.BytesIO(body))
        texts = [page.extract_text(extraction_mode="layout") for page in reader.pages[:MAX_PDF_PAGES]]
    except Exception as error:  # pypdf raises many kinds for broken files
        raise SourceFailed(f"a PDF that cannot be read ({type(error).__name__}); look at it in a browser") from error
    if not any(text.strip() for text in texts):
        raise SourceFailed("a PDF without text: a scan; take another source")
    for line in itertools.islice((line for text in texts for line in text.split("\n")), MAX_ROWS):
        if line.strip():
            yield [(found.start(), found[0]) for found in PIECE.finditer(line)]
