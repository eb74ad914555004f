"""No text breaks the reading, every quote is the text at its offsets, and what a text may cost is bounded by its length."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prospect.kinds import shipped_kinds
from store.records import Document, TriggerEvent
from triggers.entities import load_entities
from triggers.examples import example_document
from triggers.extract import MAX_READ_CHARS, MAX_TOLD, Extractor
from triggers.sentences import MAX_SENTENCE, split_sentences

KINDS = list(shipped_kinds().values())
EXTRACTOR = Extractor(KINDS, entities=load_entities("rules"))
NOW = datetime(2024, 8, 2, tzinfo=UTC)


def document(text: str, title: str | None = None, form: str | None = None) -> Document:
    return Document(id="d", url="", title=title, text=text, published=NOW, form=form)


def read(doc: Document) -> list[TriggerEvent]:
    """Return the events, each of which is held against the text."""
    events = EXTRACTOR.extract(doc)
    for event in events:
        assert doc.full_text[event.start : event.end] == event.quote
        assert event.quote
    return events


@pytest.fixture(scope="module")
def steps() -> Callable[[Document], int]:
    """A function that reads a document and returns how many calls that took, of functions of ours and of the libraries'."""
    for kind in KINDS:  # what is built on first use is built once
        for example in kind.examples[:8]:
            EXTRACTOR.extract(example_document(example))

    def counted(doc: Document) -> int:
        calls = 0

        def count(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal calls
            calls += event in {"call", "c_call"}

        sys.setprofile(count)
        try:
            read(doc)
        finally:
            sys.setprofile(None)
        return calls

    return counted


def most_steps(chars: int) -> int:
    """Return the calls that a text of so many characters may take: many for what is read closely, which has an end, few for the rest."""
    return 8_000_000 + 90 * min(chars, MAX_READ_CHARS) + 6 * chars


@settings(max_examples=150)
@given(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=400), st.sampled_from([None, "8-K"]), st.sampled_from([None, "Title"])
)
def test_no_text_breaks_it(text: str, form: str | None, title: str | None) -> None:
    read(document(text, title=title, form=form))


WORDS = [
    "Acme",
    "Corp.",
    "names",
    "Jane",
    "Roe",
    "chief",
    "executive",
    "officer",
    ",",
    "will",
    "move",
    "its",
    "headquarters",
    "to",
    "Austin",
    "acquires",
    "Globex",
    "Inc.",
    "for",
    "$",
    "5",
    "million",
    "resigns",
    "as",
    "of",
    "the",
    "\n",
    "“",
    "”",
    "—",
    "(",
    ")",
    "Item",
    "5.02",
]


@settings(max_examples=150)
@given(st.lists(st.sampled_from(WORDS), max_size=120), st.sampled_from([None, "8-K"]))
def test_no_order_of_cue_words_breaks_it(words: list[str], form: str | None) -> None:
    read(document(" ".join(words), form=form))


def _noisy(text: str, seed: int) -> str:
    """Return the text as a bad scan gives it."""
    swap = {"l": "1", "o": "0", "e": "c", "S": "5", "i": "1", " ": ""}
    shaky = random.Random(seed)
    return "".join(swap.get(c, c) if shaky.random() < 0.08 else c for c in text)


def _repeated(unit: str, chars: int) -> str:
    """Return the unit again and again, "#" in it another name each time."""
    out: list[str] = []
    size = number = 0
    while size < chars:
        letters = "".join(chr(97 + number // 26**place % 26) for place in range(4))
        piece = unit.replace("#", letters.upper() if unit.isupper() else letters)
        out.append(piece)
        size += len(piece)
        number += 1
    return "".join(out)


FILING = """\
Item 5.02 Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers.
(b) On August 2, 2024, Acme Robotics Inc. (the “Company”) announced that Jane Q. Roe will resign from her position as Executive Vice President, Pumps, Valves & Motors effective October 1, 2024.
"""
# what a reader that looks back, looks ahead, compares in pairs or sets out from every word would stumble over
UNITS = [
    "ACME NAMES JANE DOE CEO ",  # capitals and no full stop
    "ACME NAMES JANE D# CEO ",  # … another person each time
    "D# Corp. names Jane D# chief executive officer, John E# to step down as chairman; ",
    "Acme Corp. named Jane D# chief executive officer.\n",  # a line each
    "D# Corp. acquired B# Inc. for $5 million.\n",
    "D# Robotics Holdings, Inc. (the “D#”) and ",  # a defined term each
    "Acme D#, Inc. and ",  # names that begin alike
    "Jane Roe, and John Doe, ",
    "the Company named ",
    "appointed ",
    "“ ” “",
    "(the “Company”) ",
    "((((",
    "About Acme Acme is\n",
    "Item 5.02 (b) ",
    "$1,000,000 ",
    "1234567890",
    "x",
    "headquarters to ",
    "株式会社アクメは本社を東京から大阪に移転します。",
    "Die Acme GmbH hat Erika Muster zur Finanzvorständin ernannt. ",
    "نقلت شركة أكمي مقرها ",
    "\U0001f600\U000e0041\ue001\ue100\U0010fffd ",
    FILING,
]


@settings(max_examples=25, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(UNITS) | st.text(min_size=1, max_size=12), st.sampled_from([0, 300, 3_000, 30_000, 100_000]), st.booleans()
        ),
        max_size=4,
    ),
    st.sampled_from(["", " ", "\n"]),
    st.sampled_from(["as it is", "capitals", "scanned"]),
    st.sampled_from([None, "8-K"]),
)
def test_no_long_text_breaks_it(
    steps: Callable[[Document], int], blocks: list[tuple[str, int, bool]], between: str, look: str, form: str | None
) -> None:
    text = between.join(_repeated(unit, chars).replace("\n", " " if one_line else "\n") for unit, chars, one_line in blocks)
    text = text.upper() if look == "capitals" else _noisy(text, 7) if look == "scanned" else text
    assert steps(document(text, form=form)) <= most_steps(len(text))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: repr(unit[:24]))
def test_twice_the_text_is_twice_the_work(steps: Callable[[Document], int], unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triggers.extract.MAX_READ_CHARS", 40_000)
    monkeypatch.setattr("triggers.extract.MAX_TOLD", 50)  # compared in pairs: half of the text holds as many
    text = _repeated(unit, 40_000)
    half, whole = steps(document(text[:20_000])), steps(document(text))
    assert whole <= 2.4 * half + 20_000


@pytest.mark.timeout(120)  # a hundred times what they take: what a single call of an expression costs is no step
@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\u00a0",
        "x" * 5_000_000,  # no blank in five megabytes
        "ACME NAMES JANE DOE CEO " * 200_000,  # one line of as many, all of it a cue
        "appointed " * 200_000,  # cues only
        _repeated("Acme Corp. named Jane D# chief executive officer, ", 100_000),  # lines of a hundred thousand characters
        (_repeated("the D# of it, ", 100_000) + "\n") * 5,
        (FILING + "\n") * 300,
        FILING.upper() * 20,
        _noisy(FILING * 20, 7),
        "Die Acme GmbH hat Erika Muster zur Finanzvorständin ernannt. " * 500,
        "株式会社アクメは本社を東京から大阪に移転します。" * 2_000,
        "(" * 20_000 + "“" * 20_000,
        "".join(
            chr(plane * 0x10000 + offset)
            for plane in range(17)
            for offset in range(0x20, 0xFFFD, 97)
            if not 0xD800 <= offset <= 0xDFFF or plane
        ),
        "Acme " + "and " * 30_000 + "named",
    ],
    ids=lambda text: f"{text[:12]!r}…{len(text)}",
)
def test_work_is_bounded(steps: Callable[[Document], int], text: str) -> None:
    assert steps(document(text, form="8-K" if "Item" in text else None)) <= most_steps(len(text))


def test_of_a_list_without_end_the_first_are_told() -> None:
    listed = _repeated("Acme Corp. named Jane D# chief executive officer.\n", 60 * 2 * MAX_TOLD)
    told = read(document(listed))
    assert MAX_TOLD <= len(told) <= MAX_TOLD + 10
    assert told[0].facts["person"] == "Jane Daaaa"


def test_what_stands_before_a_long_run_of_cues_is_told() -> None:
    first = "Acme Corp. has moved its headquarters from Dayton, Ohio, to Austin, Texas.\n"
    cues = _repeated("NAMES NOBODY CEO ", 2 * MAX_READ_CHARS)
    assert "relocation" in {event.kind for event in read(document(first + cues))}


@pytest.mark.parametrize(
    ("marks", "ends"),
    [
        (", ", ","),  # a clause
        ("; ", ";"),
        (" ", "n"),  # a word where there is no clause
        ("", "n"),  # anywhere where there is no word
    ],
)
def test_a_long_sentence_is_cut_where_it_does_least_harm(marks: str, ends: str) -> None:
    text = marks.join(["clean"] * 2_000)
    cut = split_sentences(text)
    assert all(text[end - 1] == ends for _, end in cut[:-1]) or not marks
    assert all(end - start <= MAX_SENTENCE for start, end in cut)
    assert "".join(text[start:end] for start, end in cut).replace(" ", "") == text.replace(" ", "")
