"""Profiles that extend others: what is merged, what is replaced, and in which file a fault lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from prospect.kinds import shipped_kinds
from prospect.profilefiles import closed_words, read_profile, read_profile_folder
from prospect.workspace import profile_context
from tests.profiles_factories import CONTEXT

BASE = """\
where: {states: [MD], unknown: pass}
wants: [{trigger: relocation, weight: 40}]
threshold: 30
examples: [{name: x, events: [], alerts: false}]
"""
CHILD = "extends: _base\nname: Jane\nowner: jane@example.com\n"


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_profile_takes_what_it_does_not_say(tmp_path: Path) -> None:
    found, faults = read_profile_folder(
        folder(
            tmp_path,
            _base=BASE,
            _defaults="time_zone: America/New_York\nthreshold: 99\ndeliver: {email: never}\n",
            jane=CHILD + "where: {employees: {min: 5}}\nalso: [{trigger: funding, weight: 9}]\n",
            bob="name: Bob\nowner: bob@example.com\nwants: [{trigger: ipo, weight: 100}]\n",
        ),
        context=CONTEXT,
    )
    assert faults == []
    assert list(found) == ["bob", "jane"]  # bases are no profiles
    jane, bob = found["jane"], found["bob"]
    # mappings are merged, single values are the nearest one's, wants are added to, examples stay where they are
    assert jane.where.states == ("MD",)
    assert jane.where.employees is not None
    assert jane.threshold == 30
    assert [want.weight for want in jane.wants] == [40, 9]
    assert jane.examples == ()
    assert jane.time_zone == bob.time_zone == "America/New_York"
    assert bob.threshold == 99
    assert read_profile(tmp_path / "jane.yml", context=CONTEXT) == jane


# (the child, the base, faults)
FAULTS = [
    # a base that is not there
    ("extends: _bsae\n", BASE, ["jane.yml:1:1: unknown profile to extend '_bsae' (did you mean '_base'?)"]),
    # a circle
    ("extends: _base\n", "extends: jane\n", ["jane.yml:1:1: a circle: jane extends _base extends jane; take one `extends` out"]),
    # a slip in the base is told of the base
    (CHILD, BASE.replace("threshold", "treshold"), ["_base.yml:3:1: unknown key 'treshold' (did you mean 'threshold'?)", "jane.yml:1:1: missing key 'threshold'"]),
    (CHILD, BASE.replace("relocation", "relocaton"), ["_base.yml:2:10: unknown trigger 'relocaton' (did you mean 'relocation'?)"]),
    (CHILD + "where: {unknown: fail}\n", BASE.replace("MD", "MDX"), ["_base.yml:1:18: unknown state 'MDX' (did you mean 'MD'?)"]),
    # a slip in the wants that are added is told of the child
    (CHILD + "also:\n  - {trigger: fundin, weight: 1}\n", BASE, ["jane.yml:5:6: unknown trigger 'fundin' (did you mean 'funding'?)"]),
    # an unreadable base is told once
    (CHILD, "name: [a\n", ["_base.yml:2:1: not valid YAML: expected ',' or ']', but got '<stream end>'"]),
]  # fmt: skip


@pytest.mark.parametrize("child, base, expected", FAULTS)
def test_faults_lie_where_they_are_said(child: str, base: str, expected: list[str], tmp_path: Path) -> None:
    _, faults = read_profile_folder(folder(tmp_path, jane=child, _base=base), context=CONTEXT, root=tmp_path)
    assert [str(fault) for fault in faults] == expected


# (what a kind says of a fact, the words it may hold)
CLOSED = [
    ("joins, leaves or changes (an insider takes another post)", ["joins", "leaves", "changes"]),
    ("lease, purchase, sale or sale-leaseback", ["lease", "purchase", "sale", "sale-leaseback"]),
    # prose, and lists that say "and so on"
    ("Who takes or gives up the post", []),
    ("plant, office …", []),
    ("Debt or loan", []),
    ("Seed, Series A or B", []),
]


@pytest.mark.parametrize("says, words", CLOSED)
def test_facts_that_hold_one_of_a_few_words(says: str, words: list[str]) -> None:
    assert closed_words(says) == words


def test_a_word_that_no_shipped_kind_gives_is_refused(tmp_path: Path) -> None:
    text = "name: x\nowner: jane@example.com\nthreshold: 1\nwants: [{trigger: executive_change, is: {level: c_suit}, weight: 4}]\n"
    _, faults = read_profile_folder(folder(tmp_path, jane=text), context=profile_context(shipped_kinds()), root=tmp_path)
    assert [str(fault) for fault in faults] == ["jane.yml:4:37: unknown value 'c_suit' (did you mean 'c_suite'?) of fact 'level'"]
