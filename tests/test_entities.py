"""Entities by rules, aliases over the document, sentences and titles; weights are tested in test_model.py."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triggers.entities import EntityFinder, EntityModelError, load_entities
from triggers.names import name_spans, small_letters
from triggers.sentences import MAX_SENTENCE, split_sentences
from triggers.titles import title_spans

RULES = EntityFinder()


def _sentences(text: str, title_end: int = 0) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, title_end)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        # a legal form before a word that opens sentences ends one
        ("Lumo works with Orbex Inc. The firm grew.", ["Lumo works with Orbex Inc.", "The firm grew."]),
        # before a name it does not
        ("Orbex Corp. Chairman Ann Lee spoke.", ["Orbex Corp. Chairman Ann Lee spoke."]),
        # forms of address and initials never do
        ("Mr. Lee met J. P. Hart. Dr. Voss left.", ["Mr. Lee met J. P. Hart.", "Dr. Voss left."]),
        # a state and a clock time do before an opener
        ("It is in Austin, Tex. It opens at 5 p.m. Visitors queue.", ["It is in Austin, Tex.", "It opens at 5 p.m. Visitors queue."]),
        # figures with points are whole
        ("Sales rose 4.5 percent to $1.2 billion. U.S. sales fell.", ["Sales rose 4.5 percent to $1.2 billion.", "U.S. sales fell."]),
        # a closing quotation mark goes with its sentence
        ("“We move.” Then he left.", ["“We move.”", "Then he left."]),
        # "he asked" goes on
        ("“Why now?” he asked.", ["“Why now?” he asked."]),
        # "No. 5" is a number
        ("Plant No. 5 stays open.", ["Plant No. 5 stays open."]),
        # paragraphs and bullets part sentences without full stops
        (
            "Heading\nIt names three posts for now: • One is new and large • Two is old",
            ["Heading", "It names three posts for now:", "• One is new and large", "• Two is old"],
        ),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, sentences: list[str]) -> None:
    assert _sentences(text) == sentences


def test_the_title_is_one_sentence_even_with_a_full_stop_inside() -> None:
    title = "Orbex Inc. The Next Chapter"
    assert _sentences(f"{title}\nIt begins.", len(title)) == [title, "It begins."]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        # joined posts are one title
        ("She is chairman, president and chief executive officer of Lumo.", ["chairman, president and chief executive officer"]),
        ("Ann Lee, Executive Vice President, Controller of the Company", ["Executive Vice President, Controller"]),
        # the field belongs to it, the firm does not
        ("the senior vice president of Global Sales and Marketing at Lumo", ["senior vice president of Global Sales and Marketing"]),
        ("vice president of Lumo Systems", ["vice president"]),
        ("She was CFO of medical device company Orbex.", ["CFO"]),
        # manner is inside, "former" and "new" are outside
        ("the former interim CEO and the new co-chief investment officer", ["interim CEO", "co-chief investment officer"]),
        # capitals and heads of functions
        ("NAMES ANN LEE CHIEF FINANCIAL OFFICER", ["CHIEF FINANCIAL OFFICER"]),
        ("Head of People and Culture and Director of Engineering", ["Head of People and Culture and Director of Engineering"]),
        # near-misses: plurals, adjectives, committees, the chair one sits on
        ("Vice presidents met at the presidential suite; take a chair.", []),
        ("the head of the river and the director's cut", []),
        ("a chief reason for the move", []),
    ],
)
def test_titles_are_whole_and_nothing_more(text: str, titles: list[str]) -> None:
    assert [text[start:end] for start, end in title_spans(text)] == titles


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # legal form; the comma before it is no border
        ("It sold Varro & Sons, Inc. to Kestrel Holdings LLC yesterday.", {("Varro & Sons, Inc.", "ORG"), ("Kestrel Holdings LLC", "ORG")}),
        # a ticker marks a company of any shape
        ("Quellux (NASDAQ: QLX) fell.", {("Quellux", "ORG")}),
        # a head word
        ("Shares of Meridian Cabinetry fell.", {("Meridian Cabinetry", "ORG")}),
        # form of address; possessive outside
        ("Ms. Tavish said Mr. Okonjo's plan failed.", {("Tavish", "PERSON"), ("Okonjo", "PERSON")}),
        # first names, initials, "Jr."
        ("They hired Maria T. Alvez and Peter Dunn, Jr. in May.", {("Maria T. Alvez", "PERSON"), ("Peter Dunn, Jr.", "PERSON")}),
        # city and state are two places, "-based" is cut off
        ("The Boise-based firm moves to Elkton, Md., soon.", {("Boise", "GPE"), ("Elkton", "GPE"), ("Md.", "GPE")}),
        ("Plants in the Reno/Sparks area", {("Reno", "GPE"), ("Sparks", "GPE")}),
        # days, months and openers are no names
        ("On Monday, March 3, the Board met. However, Item 5 stays.", set()),
        ("Forward-looking statements are made in good faith.", set()),
    ],
)
def test_rules_know_names_by_their_marks(text: str, names: set[tuple[str, str]]) -> None:
    assert {(text[start:end], label) for start, end, label in name_spans(text, taken=list(title_spans(text)))} == names


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("ELKTON, Md., June 3, 2031 /PRNewswire/ -- Orbex said", ["ELKTON", "Md."]),
        ("SAN ANSELMO, Calif.--(BUSINESS WIRE)--Orbex said", ["SAN ANSELMO", "Calif."]),
        ("Lisbon, Portugal – Orbex said", ["Lisbon", "Portugal"]),
        # a sentence that merely opens with a firm
        ("Orbex Corp. -- the maker of lamps -- said", []),
    ],
)
def test_datelines_give_their_places(text: str, places: list[str]) -> None:
    assert [text[start:end] for start, end, label in name_spans(text, opens=True) if label == "GPE"] == places


RELEASE_TITLE = "Northgate Names Ines Calloway Chief Operating Officer"
RELEASE = f"""{RELEASE_TITLE}
DOVER, Del., May 4, 2031 (GLOBE NEWSWIRE) -- Northgate Lighting Corp. (NYSE: NGL) (“Northgate” or the “Company”) named Ines M. Calloway chief operating officer.
Calloway comes from Harrow Glass LLC (“Harrow”), where she ran plants. The Company thanked Dr. Aldo Fenn for his service.
“I am pleased,” said Fenn. Harrow declined to comment."""


def _named(text: str, title_end: int = 0) -> dict[str, tuple[str, str | None]]:
    view = RULES.view(text, title_end=title_end, spans=[(0, len(text))])
    return {e.text: (e.label, e.name) for i in range(len(view.sentences)) for e in view.entities(i)}


def test_a_document_knows_its_short_names() -> None:
    named = _named(RELEASE, len(RELEASE_TITLE))
    assert named["Northgate"] == ("ORG", "Northgate Lighting Corp.")  # defined in quotation marks, used in the headline
    assert named["The Company"] == ("ORG", "Northgate Lighting Corp.")
    assert named["Harrow"] == ("ORG", "Harrow Glass LLC")  # defined, and not the issuer
    assert named["Calloway"] == ("PERSON", "Ines M. Calloway")  # surname
    assert named["Ines Calloway"] == ("PERSON", "Ines M. Calloway")  # the headline leaves the initial out
    assert named["Fenn"] == ("PERSON", "Aldo Fenn")


def test_the_company_is_whom_the_text_defines_before_whom_the_header_names() -> None:
    text = "Varro Foods, Inc. (the “Company”) agreed to buy Tern Mills LLC."
    assert RULES.view(text, issuer="TERN MILLS LLC").issuer == "Varro Foods, Inc."
    # without a definition the header decides, in the text's own spelling
    assert RULES.view("Varro Foods, Inc. hired Tern Mills LLC.", issuer="TERN MILLS LLC").issuer == "Tern Mills LLC"


@pytest.mark.parametrize(
    ("text", "mention", "full"),
    [
        # acronym in parentheses, with and without quotation marks
        ("Alder Ridge Partners (ARP) grew. ARP hired.", "ARP", "Alder Ridge Partners"),
        ("Tern Mills LLC (“TM”) grew.", "TM", "Tern Mills LLC"),
        # past a description
        ("It bought Kite Maps LLC, a Delaware limited liability company (“Kite”).", "Kite", "Kite Maps LLC"),
        # terms that are no names
        ("Kite Maps LLC signed a lease (the “Lease”).", "Lease", "Lease"),
        # another company that starts alike is not it
        ("Kite Inc. sued Kite Maps LLC.", "Kite", "Kite Inc."),
    ],
)
def test_full_names_of_mentions(text: str, mention: str, full: str) -> None:
    assert RULES.view(text, spans=[(0, len(text))]).full_name(mention) == full


def test_lookups_by_offset() -> None:
    view = RULES.view(RELEASE, title_end=len(RELEASE_TITLE))
    at = RELEASE.index("Harrow declined")
    assert RELEASE[slice(*view.sentences[view.sentence_at(at)])] == "Harrow declined to comment."
    assert view.sentence_at(len(RELEASE) + 50) == len(view.sentences) - 1
    start, end = view.sentences[0]
    assert [e.text for e in view.between(start, end, "TITLE")] == ["Chief Operating Officer"]
    assert view.between(5, 5) == ()


def test_capitals_are_read_as_words() -> None:
    assert small_letters("ORBEX LLC NAMES ANN LEE CEO IN THE U.S.") == "Orbex LLC Names Ann Lee CEO In The U.S."
    named = _named("NORTHGATE LIGHTING CORP. APPOINTS MARIA ALVEZ AS CHIEF FINANCIAL OFFICER")
    assert named["NORTHGATE LIGHTING CORP."][0] == "ORG"
    assert named["MARIA ALVEZ"][0] == "PERSON"
    assert named["CHIEF FINANCIAL OFFICER"][0] == "TITLE"


def test_an_unknown_model_is_an_error_that_names_the_cure() -> None:
    with pytest.raises(EntityModelError, match="builtin"):
        load_entities("en_core_web_nonesuch")


@settings(max_examples=120)
@given(
    st.one_of(
        st.text(max_size=400),
        st.lists(
            st.sampled_from(
                [
                    "Orbex",
                    "Inc.",
                    "Ms.",
                    "Lee",
                    ",",
                    ".",
                    "(",
                    "“",
                    "”",
                    ")",
                    "CEO",
                    "president",
                    "of",
                    "and",
                    "the Company",
                    "\n",
                    "•",
                    "Md.",
                    "J.",
                    "-",
                    "NYSE:",
                    "ÅÖ",
                    "\U0001f600",
                ]
            ),
            max_size=60,
        ).map(" ".join),
    ),
    st.integers(0, 30),
)
def test_any_text_gives_valid_spans(text: str, title_end: int) -> None:
    title_end = min(title_end, len(text))
    view = RULES.view(text, title_end=title_end, spans=[(0, len(text)), (len(text), len(text) + 5)])
    last = 0
    for index, (start, end) in enumerate(view.sentences):
        assert last <= start < end <= len(text)
        assert end - start <= MAX_SENTENCE or index == 0
        last = end
        previous = start
        for entity in view.entities(index):
            assert previous <= entity.start < entity.end <= end
            assert text[entity.start : entity.end] == entity.text
            previous = entity.end
    assert view.issuer is None or view.issuer


@pytest.mark.parametrize(
    "piece",
    [
        "Acme ",
        "a. ",
        ".",
        " ",
        "• ",
        "A.",
        "“",
        "(",
        "(“A” ",
        "Mr. ",
        "and ",
        "president and ",
        "chief ",
        "A & ",
        "of ",
        "J. Smith, ",
        "Inc., ",
        "é",
        "\U0001f600",
        "X/",
        "vice president of sales, ",
    ],
)
def test_long_runs_of_anything_take_bounded_time(piece: str) -> None:
    # each of these is a repetition that some pattern could go quadratic on
    text = piece * (60_000 // len(piece))
    begun = time.process_time()
    view = RULES.view(text, spans=[(0, 10), (len(text) // 2, len(text) // 2 + 10)])
    view.entities(view.sentence_at(len(text) // 2))
    assert time.process_time() - begun < 4.0
