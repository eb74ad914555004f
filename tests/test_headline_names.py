"""Whom a headline or a lead is about, by its words alone."""

from __future__ import annotations

import pytest

from triggers.companies import clean_name, is_name
from triggers.structure import flatten
from triggers.subjects import headline_subjects, introduced


@pytest.mark.parametrize(
    ("headline", "subject"),
    [
        ("Lumo Works Buys Orbex", "Lumo Works"),  # the words before the verb
        ("Lumo rejected an unsolicited offer from Orbex to buy it", "Lumo"),  # a verb of no list, in a sentence's small letters
        ("Lamp maker Lumo trims jobs in Ohio", "Lumo"),  # what it makes comes before its name
        ("Scandinavian carrier Lumo warns of a strike", "Lumo"),  # and where it sits
        ("Activist hedge fund Harrow Management has amassed a stake", "Harrow Management"),  # what it is in two words
        ("Electric-vehicle maker Rivelian confirms plans", "Rivelian"),  # a name that ends as nationalities do
        ("Canadian retail sales are up in June", None),  # a nationality alone is nobody
        ("Lumo Works, an Orbex Partners portfolio company, names Roe", "Lumo Works"),  # an apposition is not the name's end
        ("Bank of Lumo unit launches cards", "Bank of Lumo"),  # a unit is its owner's; "of" is part of a name
        ("$LUM: Lumo strikes a deal to buy Orbex", "Lumo"),  # filed under a ticker
        ("LUMO <LUM> LIFTS ORBEX <ORB> STAKE", "LUMO"),  # a wire's ticker ends the name
        ("HOLDER LIFTS ORBEX <ORB> STAKE", "HOLDER"),  # but not behind a verb: the ticker is of the other
        ("GROUP UPS STAKE IN ORBEX <ORB>", "GROUP"),  # in capitals, "ups" is a verb
    ],
)
def test_the_subject_of_a_headline(headline: str, subject: str | None) -> None:
    assert next(headline_subjects(headline), None) == subject


@pytest.mark.parametrize(
    ("lead", "name"),
    [
        ("Lumo Corp said it bought a mill.", "Lumo Corp"),  # who says
        ("Lumo Corp <LUM> completed the sale of a mill.", "Lumo Corp"),  # who is listed
        ("Lamp maker Lumo buys a mill.", None),  # a maker does not make
    ],
)
def test_whom_a_lead_introduces(lead: str, name: str | None) -> None:
    assert introduced(lead) == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Lumo-Orbex acquisition", "Lumo-Orbex"),  # a deal is called by a name
        ("Orbex Merger", "Orbex"),  # in capitals too
        ("Orbex Merger Corp.", "Orbex Merger Corp."),  # a company for mergers is one
        ("Harrow Acquisition", "Harrow Acquisition"),  # so may be this one
        ("Lumo Closes Acquisition", "Lumo"),  # a headline's verb
    ],
)
def test_a_deal_is_no_part_of_a_name(written: str, name: str) -> None:
    assert clean_name(written) == name


@pytest.mark.parametrize(
    ("words", "named"), [("INVESTOR GROUP", False), ("Activist investor", False), ("Investor AB", True), ("Fund Group plc", True)]
)
def test_anybody_of_a_sort_is_no_company(words: str, named: bool) -> None:
    assert is_name(words) is named


@pytest.mark.parametrize(
    ("text", "flat"),
    [
        # a short wire text: the indent of its second paragraph tells that its lines are wrapped
        ("Lumo Corp said it bought\nOrbex Mills Inc for cash.\n    Terms were not told.", "Lumo Corp said it bought Orbex Mills Inc for cash.\n    Terms were not told."),
        # lines that end sentences are paragraphs, indented or not
        ("Lumo Corp bought Orbex.\nThe price was low.\n    Terms were not told.", "Lumo Corp bought Orbex.\nThe price was low.\n    Terms were not told."),
        # without an indent nothing tells
        ("Lumo Corp\nOrbex Mills Inc", "Lumo Corp\nOrbex Mills Inc"),
    ],
)  # fmt: skip
def test_short_texts_are_unwrapped(text: str, flat: str) -> None:
    assert flatten(text) == flat
