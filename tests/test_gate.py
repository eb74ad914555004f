"""The gate saves work and costs no event: what it asks of a text is asked by every match, and with it switched off the same is found."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prospect.kinds import shipped_kinds
from triggers.entities import load_entities
from triggers.examples import example_document
from triggers.extract import Extractor
from triggers.gate import Phrase
from triggers.kind import Kind
from triggers.literals import exactly, fold, required
from triggers.outline import outlines
from triggers.scan import Scan
from triggers.view import pattern_gist, pattern_source

KINDS = list(shipped_kinds().values())
GATED = Extractor(KINDS, entities=load_entities("rules"))
UNGATED = Extractor(KINDS, entities=load_entities("rules"), gate=False)


@pytest.mark.parametrize(
    ("expression", "sets"),
    [
        # a word, its letters small, its edges kept
        (r"\bName", [{"\bname"}]),
        # an edge beside a sign says nothing of words
        (r"\b\$\d", [{"$0", "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9"}]),
        # alternatives are written out, and one that holds another is dropped
        (r"\b(?:buy|buys|bought)\b", [{"\bbuy\b", "\bbuys\b", "\bbought\b"}]),
        (r"buy|buys|bought", [{"buy", "bought"}]),
        # a gap parts two sets, both of which are asked for
        (r"cut.{0,40}jobs?\b", [{"cut"}, {"job\b", "jobs\b"}]),
        # what may be left out is asked for by nobody
        (r"(?:new )?plant(?: closing)?", [{"plant"}]),
        # a group that repeats is asked for once
        (r"(?:ha)+ (?:xy|zzz){2,}", [{"ha"}, {"xy", "zzz"}]),
        # a letter or a blank stands in any sentence
        (r"a+.[A-Z]", []),
        # of branches with several words each the rarest counts
        (r"a.*chief|b.*president", [{"chief", "president"}]),
        # what must not stand there, what stands before, and any character ask for nothing; what follows does
        (r"(?!not)\w+", []),
        (r"(?<=the )[A-Za-z]+", []),
        (r"[A-Za-z]+(?= of)", [{" of"}]),
        # a branch that asks for nothing makes the whole ask for nothing
        (r"(?:chief|\w+)", []),
        # "no letter before" is an edge
        (r"(?<![\w-])head(?!\w)", [{"\bhead\b"}]),
        # letters of which `re` knows more cases than there are words for
        (r"élan", [{"lan"}]),
        # an expression with nothing in it
        ("", []),
    ],
)
def test_what_an_expression_cannot_match_without(expression: str, sets: list[set[str]]) -> None:
    assert [set(words) for words in required(expression)] == sets


def test_a_sign_stands_for_the_words_behind_it() -> None:
    title = "\ue003"
    assert required(f"named {title}", 0, {title: (frozenset({"chief"}),)}) == (frozenset({"named "}), frozenset({"chief"}))


@pytest.mark.parametrize(
    ("expression", "passes", "fails"),
    [
        # the words stand in this order and no other
        (r"nam(?:es|ed).{0,40}chief", "acme names its chief", "the chief names acme"),
        # a gap is as long as the names in it make it
        (r"nam(?:es|ed)[^;]{0,4}chief", "named jane q. roe of acme corporation chief", "chief, named"),
        # a person may be any text, an office only what holds a word of offices
        ("\ue002[\ue100-\uf8ff] named \ue003[\ue100-\uf8ff]", "roe named chief", "chief roe named deans"),
        # an edge beside a letter of ASCII
        (r"\bled\b", "it led", "called"),
        # one beside a letter that RE2 takes for none is no edge
        (r"\bélan\b", "élan", "plan"),
        # "no letter before" is an edge, what else must not stand there is not looked at
        (r"(?<![\w-])head(?!\w)", "head-hunter", "ahead"),
        (r"chief(?! of)", "chief of", "mischie"),
        # what must follow in the middle, and then the rest
        (r"move(?=\s+to\b)\s\w+ .*plant", "move to a plant", "move a plant to"),
        (r"move(?=\s+to\b)\s\w+ .*plant", "move to our plant", "move to our office"),
        # letters of any case, blanks of any width, digits of any script
        (r"(?-i:[A-Z])cme\s\d", "acme\u2009\u0664", "acme x"),
        # where the text begins
        (r"^acme", "acme", "an acme"),
        # many of them are any number, three are three
        (r"(?:ha){2,3}!", "haha!", "ha!"),
        (r"(?:ha ){1,9}!", "ha !", "hé !"),
        # a class in which a mask may stand is anything
        (r"a[^b]c", "a (jane) c", "ab"),
        (r"(?:acme|.)x", "x", "acme"),
    ],
)
def test_the_order_of_words_is_kept(expression: str, passes: str, fails: str) -> None:
    marks = {"\ue003": (frozenset({"chief", "\bdean\b"}),), "\ue002": ()}

    def match(text: str) -> bool:
        encoded = fold(text).encode()
        return all(Phrase(o, case_ignored=False).stands_in(encoded) for o in outlines(expression, re.IGNORECASE, marks))

    assert match(passes)
    assert not match(fails)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (r"\bjoins\b", {"\bjoins\b"}),
        (r"\b(?:merge|merger)s?\b", {"\bmerge\b", "\bmerges\b", "\bmerger\b", "\bmergers\b"}),
        # what stands around the words is asked for too
        (r"joins(?= the board)", None),
        (r"(?<!not )joins", None),
        (r"^joins", None),
        (r"\b\$\d", None),
        (r"joins.*board", None),
        (r"\w+ joins", None),
    ],
)
def test_an_expression_that_is_no_more_than_words(expression: str, words: set[str] | None) -> None:
    assert exactly(expression) == words


EXPRESSIONS = [expression for kind in KINDS for expression in (*kind.phrases, *kind.also)]
PATTERNS = [pattern_source(p.match) for kind in KINDS for p in kind.patterns]
WORDS = sorted({w for e in EXPRESSIONS for words in required(e) for w in words})


@settings(max_examples=60)
@given(st.lists(st.sampled_from(WORDS) | st.sampled_from(["ſ", "K", "İ", "’s", "é", "٣", ",", "of", "the", "$5", "Acme"]), max_size=12))
def test_every_match_passes(words: list[str]) -> None:
    text = " ".join(words).replace("\b", "").upper()
    scan = Scan([required(e, re.IGNORECASE) for e in EXPRESSIONS])
    possible = set(scan.possible(fold(text)))
    missed = [e for n, e in enumerate(EXPRESSIONS) if n not in possible and re.search(e, text, re.IGNORECASE)]
    assert missed == []


@given(st.text())
def test_folding_keeps_the_places(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_most_expressions_ask_for_something() -> None:
    assert [e for e in EXPRESSIONS + PATTERNS if not required(e, re.IGNORECASE)] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_gist_of_a_pattern_asks_for_the_same_words(kind: Kind) -> None:
    for pattern in kind.patterns:
        whole, gist = (required(make(pattern.match), re.IGNORECASE) for make in (pattern_source, pattern_gist))
        assert set(whole) == set(gist), pattern.match


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_gate_costs_no_event_of_the_examples(kind: Kind) -> None:
    for example in kind.examples:
        document = example_document(example)
        assert GATED.extract(document) == UNGATED.extract(document), example.guards
        # nor in the middle of a release
        told = replace(
            document, title="A day in the life of Tamarack Steel", text=f"It was a quiet day.\n{document.text}\nThe weather was fine."
        )
        assert [e.kind for e in GATED.extract(told)] == [e.kind for e in UNGATED.extract(told)], example.guards
