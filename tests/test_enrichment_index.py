"""A name is found by its words with slips of the fingers, however many names share the others."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enrichment.index import NameIndex

words = st.text(alphabet="abcdeklor", min_size=4, max_size=9)
names = st.lists(st.lists(words, min_size=1, max_size=4, unique=True), min_size=1, max_size=12)


@given(names, st.data())
def test_a_name_is_found_by_one_slip(register: list[list[str]], data: st.DataObject) -> None:
    index = NameIndex((name, number, False) for number, name in enumerate(register))
    number = data.draw(st.integers(0, len(register) - 1))
    typed = list(register[number])
    at = data.draw(st.integers(0, len(typed) - 1))
    place = data.draw(st.integers(0, len(typed[at]) - 1))
    left, right = typed[at][:place], typed[at][place + 1 :]
    letter = data.draw(st.sampled_from("abcdeklor"))
    typed[at] = data.draw(st.sampled_from([left + right, left + letter + typed[at][place] + right, left + letter + right]))
    # what another name has counts as typed well
    assume(typed[at] not in {word for name in register for word in name} and len(typed[at]) >= 4)
    assert number in {index.company(name) for name, _ in index.mistyped(typed, typed)}


@pytest.mark.parametrize("others", [3, 300])  # so few that they are compared one by one, and so many that they are at once
def test_the_word_left_out_is_compared_with_all_that_names_have(others: int) -> None:
    register = [["larkspur", f"word{number}"] for number in range(others)]
    register += [["larkspur", "drainage"], ["larkspur", "tech"], ["larkspur", "freight"]]
    index = NameIndex((name, number, False) for number, name in enumerate(register))

    def found(*typed: str) -> list[tuple[int, str]]:
        return [(index.company(name) - others, word) for name, slips in index.mistyped(typed, typed) for word in slips]

    assert found("larkspur", "drianage") == [(0, "drainage")]
    assert found("larkspur", "drainagess") == [(0, "drainage")]  # a letter doubled, and a plural
    assert found("larkspur", "technolgies") == [(1, "tech")]  # a slip in a long spelling of it
    assert found("larkspur", "frog") == []  # near-miss: four letters that are another word


def test_two_words_are_doubted_unless_one_is_in_many_names() -> None:
    """Beside a word that no name has, a known one may be mistyped; not one that hundreds of names have."""
    rare = NameIndex((name, number, False) for number, name in enumerate([["harbor", "larkspur"], ["arbor", "ketch"]]))
    assert [rare.company(name) for name, _ in rare.mistyped(["arbor", "larkspuur"], ["arbor", "larkspuur"])] == [0]
    register = [["harbor", "larkspur"], *(["arbor", f"ketch{number}"] for number in range(400))]
    usual = NameIndex((name, number, False) for number, name in enumerate(register))
    assert list(usual.mistyped(["arbor", "larkspuur"], ["arbor", "larkspuur"])) == []
