"""Tables of public offices in each of their formats: what is read, and what is said of what cannot be."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from crawler import tables
from crawler.errors import SourceFailed
from crawler.tables import FORMATS, read_rows

FOLDER = Path(__file__).parent.parent / "fixtures" / "pages"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_of_a_table_has_a_record(name: str) -> None:
    assert list(FOLDER.glob(f"warn-*.{name}")), f"record a list of notices in {name} (`prospect record SOURCE`) into {FOLDER}"


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["Employer", "Count"], ["Tarrow Mills", 12]], [{"Employer": "Tarrow Mills", "Count": "12"}]),
        # a title and a note above the headings
        ([["Notices of 2026"], [], ["Employer", "Count"], ["Tarrow Mills", 12.0]], [{"Employer": "Tarrow Mills", "Count": "12"}]),
        # no heading that is known: the first row names the columns, so that the message can list them
        ([["Firm", "Jobs"], ["Tarrow Mills", 12]], [{"Firm": "Tarrow Mills", "Jobs": "12"}]),
        # headings printed again, empty rows, a cell that is not filled
        (
            [["Employer", "Count"], ["A", None], [None, None], ["Employer", "Count"], ["B", 2]],
            [{"Employer": "A", "Count": ""}, {"Employer": "B", "Count": "2"}],
        ),
        ([], []),
    ],
)
def test_workbooks(rows: list[list[object]], expected: list[dict[str, str]]) -> None:
    assert read_rows(workbook(*rows), "", known=("Employer",)) == expected


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"PK\x03\x04 cut off", "no readable Excel workbook"),
        (packed(**{"word/document.xml": b"<a/>"}), "no readable Excel workbook"),  # another program's file
        (b"%PDF-1.4\ncut off", "a PDF that cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\r\x00\r\x00" * 40, "neither CSV, HTML, Excel"),  # the Excel of before 2007
    ],
)
def test_what_cannot_be_read_is_said(body: bytes, words: str) -> None:
    with pytest.raises(SourceFailed, match=words):
        read_rows(body, "", known=("Employer",))


def test_a_workbook_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(SourceFailed, match="unpacks to more than 1 MB"):
        read_rows(packed(**{"xl/workbook.xml": b" " * 2_000_000}), "")
