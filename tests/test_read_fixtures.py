"""Every recorded page and list reads as it did when a person reviewed it; no spider or page format without a record."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.record import read_fixture
from crawler.source import options_model, spider_names

FOLDER = Path(__file__).parent.parent / "fixtures" / "pages"
NOTES = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("note", NOTES, ids=lambda path: path.stem)
def test_reads_as_reviewed(note: Path) -> None:
    fixture, read = read_fixture(note)
    assert read == fixture["expected"], f"if the new reading is right: crawler.record.rewrite_expected('{note}'), then review the change"


@pytest.mark.parametrize("spider", spider_names())
def test_every_spider_has_a_recorded_list(spider: str) -> None:
    named = [path for path in NOTES if path.stem.startswith(f"{spider}-") and read_fixture(path)[0]["kind"] == "list"]
    assert named, f"record a list for the spider '{spider}' (`prospect record SOURCE`) into {FOLDER}"


@pytest.mark.parametrize("note", NOTES, ids=lambda path: path.stem)
def test_every_record_has_one_body(note: Path) -> None:
    bodies = [path for path in FOLDER.glob(f"{note.stem}.*") if path != note]
    assert len(bodies) == 1


@pytest.mark.parametrize("spider", spider_names())
def test_option_names_do_not_hide_those_of_a_source(spider: str) -> None:
    # a spider's `title` would never be set: the source's own key of that name takes the value
    from crawler.source import Source

    assert not set(options_model(spider).model_fields) & set(Source.model_fields)
