"""Every kind's own examples hold, and a kind file that cannot be trusted is refused with the place of the fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from prospect.kinds import load_kinds, shipped_kinds
from prospect.yamlfile import Faults
from triggers.entities import load_entities
from triggers.extract import Extractor
from triggers.kind import Kind, unmark

MANY = {"executive_change", "relocation", "acquisition", "funding", "layoffs"}  # kinds that carry some 25 + 25 examples


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(list(shipped_kinds().values()), entities=load_entities("rules"))


@pytest.mark.parametrize("name", sorted(shipped_kinds()))
def test_examples_of_the_kind_hold(name: str, extractor: Extractor) -> None:
    assert extractor.check_examples(shipped_kinds()[name]) == []


@pytest.mark.parametrize("name", sorted(shipped_kinds()))
def test_expressions_of_the_kind_are_proven(name: str) -> None:
    kind = shipped_kinds()[name]  # read without the check that each is an expression
    assert Kind.model_validate(kind.model_dump()) == kind


@pytest.mark.parametrize("name", sorted(shipped_kinds()))
def test_kind_carries_examples_near_misses_and_a_playbook(name: str) -> None:
    kind = shipped_kinds()[name]
    silent = sum(example.nothing for example in kind.examples)
    least = 15 if name in MANY else 4
    assert silent >= least
    assert len(kind.examples) - silent >= least
    assert kind.playbook.why
    assert kind.playbook.talking_points
    assert kind.playbook.questions
    # a row that guards what another guards is a variation, not a test
    texts = [example.text + (example.title or "") for example in kind.examples]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        # marks vanish from the text and keep their order
        ("[company Acme Corp.] named [person Jane Roe] CFO", (("company", "Acme Corp."), ("person", "Jane Roe"))),
        # no mark at all is a text
        ("Acme named Jane Roe", ()),
    ],
)
def test_marks_are_read(text: str, marks: tuple[tuple[str, str], ...]) -> None:
    assert unmark(text).marks == marks
    assert "[" not in unmark(text).text


OWN = """\
title: Warehouse robots
definition: A warehouse buys robots.
phrases: ['\\brobots?\\b']
patterns:
  - {match: "\\\\b(?:buys?|orders?|installs?)\\\\b{gap:30}\\\\brobots?\\\\b", confidence: 0.9}
facts:
  place: {says: where, nearest: place}
playbook: {why: They automate.}
examples:
  - {text: "[company Acme Logistics Inc.] installs 40 robots in [place Dayton].", guards: plain}
  - {text: "The film is about robots.", guards: no purchase, nothing: true}
"""


def write(folder: Path, text: str, name: str = "robots") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return folder


def test_a_workspace_adds_a_kind_with_no_code(tmp_path: Path) -> None:
    kind = load_kinds(write(tmp_path / "triggers", OWN))["robots"]
    assert Extractor([kind], entities=load_entities("rules")).check_examples(kind) == []


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        # a mark that is never closed
        ("in [place Dayton].", "in [place Dayton.", "unbalanced"),
        # neither a mark nor an explicit nothing
        (", guards: no purchase, nothing: true}", ", guards: no purchase}", "needs a mark"),
        # a mark that is no fact of the kind
        ("[place Dayton]", "[plaec Dayton]", "'plaec'"),
        # a misspelt key
        ("definition:", "defintion:", "did you mean 'definition'"),
        # a placeholder that does not exist
        ("{gap:30}", "{gpa:30}", "unknown placeholder"),
        # an expression that does not compile
        ("installs?)", "installs?", "not a regular expression"),
        # a status that does not exist
        ("confidence: 0.9", "status: anounced", "unknown status"),
    ],
)
def test_faults_of_a_kind_file_name_the_place(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    assert was in OWN
    with pytest.raises(Faults) as caught:
        load_kinds(write(tmp_path / "triggers", OWN.replace(was, becomes)))
    assert "robots.yml:" in str(caught.value)
    assert said in str(caught.value)


def test_a_workspace_cannot_take_a_shipped_name(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="ships with the program"):
        load_kinds(write(tmp_path / "triggers", OWN, "relocation"))


def test_an_example_that_does_not_hold_is_reported() -> None:
    kind = Kind.model_validate(
        {
            "name": "robots",
            "title": "Robots",
            "definition": "Robots are bought.",
            "phrases": ["robot"],
            "patterns": [{"match": "\\bbuys\\b{gap:20}robots"}],
            "playbook": {"why": "They automate."},
            "examples": [
                {"text": "[company Acme Corp.] sells robots.", "guards": "finds nothing"},
                {"text": "Globex buys robots.", "guards": "should be silent", "nothing": True},
            ],
        }
    )
    faults = Extractor([kind], entities=load_entities("rules")).check_examples(kind)
    assert len(faults) == 2
    assert "finds nothing" in faults[0]
    assert "raises" in faults[1]
