"""Which company a text is about: its own name, and no person, authority or half a headline."""

from __future__ import annotations

import pytest

from triggers.companies import is_name
from triggers.structure import flat_text, read_sentences, title_length
from triggers.subjects import find_main

FILLER = " It was told in town for weeks, and the neighbours had seen it come. Nothing more was known on the day, and nobody asked." * 4

# (what it guards, headline, lead, companies that the entities name, persons, the company of the text)
MAIN = [
    ("the plain case", "Tamarack Steel Names Jane Roe Finance Chief", "Tamarack Steel Corp. today named Jane Roe.", [], ["Jane Roe"], "Tamarack Steel Corp."),
    ("small letters before the verb", "Leeds man pleads guilty to fraud", "He did so on Monday.", [], [], None),
    ("capitals that the text never repeats", "Norway Drops Its Inquiry Into Harbour Fire", "Nobody was charged there.", [], [], None),
    ("an authority", "Swedish police investigate leak", "Swedish police said that they look into a leak.", [], [], None),
    ("a person with age and town", "Judge lets him go", "Paul Reddick, 55, of Dayton, a village near here, left.", [], ["Paul Reddick"], None),
    ("a surname", "Reddick denies all", "Reddick said nothing.", [], ["Paul Reddick"], None),
    ("a company called by its founder's surname", "Reddick opens store", "Reddick opened a store.", ["Reddick"], ["Paul Reddick"], "Reddick"),
    ("a small letter that begins a name", "my6lamp Opens Store", "my6lamp, a maker of lamps, opened a store.", [], [], "my6lamp"),
    ("small words that join", "Bank of the Harbor Opens Branch", "Bank of the Harbor opened a branch.", ["Bank of the Harbor"], [], "Bank of the Harbor"),
]  # fmt: skip


@pytest.mark.parametrize("title, lead, named, people, company", [row[1:] for row in MAIN], ids=[row[0] for row in MAIN])
def test_the_company_of_a_text(title: str, lead: str, named: list[str], people: list[str], company: str | None) -> None:
    text = f"{title}\n{lead}{FILLER}"
    flat, end = flat_text(text, title), title_length(text, title)
    sentences = read_sentences(flat, title_end=end)
    assert find_main(flat, sentences, named, set(people)) == company


@pytest.mark.parametrize(
    "words, can_be",
    [
        ("Orbex", True),
        ("Swedish Orchid", True),
        ("Swedish", False),
        ("Leeds police", False),
        ("Prosecutors in Norway", False),
        ("House Speaker", False),
        ("Police Supply Co", True),
        ("Speaker Makers Inc", True),
    ],
)
def test_what_can_be_a_name(words: str, can_be: bool) -> None:
    assert is_name(words) is can_be
