"""Mistyped words are found; what slips of the fingers are usual is cheap, the rest is dear."""

import pytest

from enrichment.spelling import Spellings, slip_cost


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("larkpsur", "larkspur"),  # swapped
        ("larkspurr", "larkspur"),  # doubled
        ("larkspyr", "larkspur"),  # neighbouring key
        ("larkpur", "larkspur"),  # left out
        ("larkxpur", "larkspur"),  # another letter
        ("llarkspurr", "larkspur"),  # two slips
        ("arkspur", "larkspur"),  # first letter
    ],
)
def test_slips_are_found(typed: str, meant: str) -> None:
    assert Spellings(["ketch", meant, "vane"], [7, 8, 9]).near(typed) == {8}


@pytest.mark.parametrize("typed, other", [("larkspur", "larkspur"), ("ve", "va"), ("vane", "vale1x"), ("larkspur", "sparkler")])
def test_what_is_no_slip(typed: str, other: str) -> None:
    """The word itself, two letters, two slips in a short word, and words far apart."""
    assert Spellings([other], [1]).near(typed) == set()


def test_the_first_can_be_asked_for_alone() -> None:
    """Of two words alike, the one among the first; both where all are asked for."""
    spellings = Spellings(["larkspur", "ketch", "larkspurs"], [7, 8, 9], 2)
    assert spellings.near("larkspuur", only_first=True) == {7}
    assert spellings.near("larkspuur") == {7, 9}
    assert spellings.near("") == set()


def test_usual_slips_cost_less() -> None:
    assert slip_cost("larkpsur", "larkspur") == slip_cost("larkspurr", "larkspur") == 0.5
    assert slip_cost("larkspyr", "larkspur") < slip_cost("larkqpur", "larkspur")
    assert slip_cost("xarkspur", "larkspur") > slip_cost("larkqpur", "larkspur")  # the first letter is seldom mistyped
