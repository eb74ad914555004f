"""Places as texts and profiles write them."""

from __future__ import annotations

import pytest

from profiles.geography import METROS, REGIONS, Spot, country_code, miles_between, read_place, state_code

# (text, city, state, country)
PLACES = [
    ("Austin, Texas", "Austin", "TX", "US"),
    ("Austin, Texas.", "Austin", "TX", "US"),
    ("Frederick, Md. 21701", "Frederick", "MD", "US"),
    ("Washington, D.C.", "Washington", "DC", "US"),
    ("Denver, CO, USA", "Denver", "CO", "US"),
    ("Toronto, Ontario, Canada", "Toronto", "CA-ON", "CA"),
    ("Munich, Germany", "Munich", None, "DE"),
    # a state or country alone
    ("Ontario", None, "CA-ON", "CA"),
    ("IN", None, "IN", "US"),
    # two small letters are a word
    ("in", "in", None, None),
    # an address before the city
    ("200 West Franklin Street in Chapel Hill, North Carolina", "Chapel Hill", "NC", "US"),
    ("One Commerce Square, 2005 Market Street, Suite 2400, in Philadelphia, Pennsylvania", "Philadelphia", "PA", "US"),
    ("3305 Oakhill Drive, Birmingham, AL, 35316", "Birmingham", "AL", "US"),
    # cities that stand alone, and one of which there are many
    ("Houston", "Houston", "TX", "US"),
    ("Washington", "Washington", "DC", "US"),
    ("London", "London", None, "GB"),
    ("Springfield", "Springfield", None, None),
    # what is said goes before what is known
    ("Paris, Texas", "Paris", "TX", "US"),
    ("Vancouver, Washington", "Vancouver", "WA", "US"),
    # no place at all
    ("", None, None, None),
]


@pytest.mark.parametrize("text, city, state, country", PLACES)
def test_places(text: str, city: str | None, state: str | None, country: str | None) -> None:
    found = read_place(text)
    assert (found.city, found.state, found.country) == (city, state, country)


def test_codes_and_names() -> None:
    assert [state_code(word) for word in ("md", "Maryland", "Md.", "ON", "Quebec", "XX")] == ["MD", "MD", "MD", "CA-ON", "CA-QC", None]
    assert [country_code(word) for word in ("de", "Germany", "UK", "USA", "Atlantis")] == ["DE", "DE", "GB", "US", None]
    assert all(state_code(state) == state for states in REGIONS.values() for state in states)
    assert all(read_place(place).state for _, places in METROS.values() for place in places)
    assert str(Spot(country="DE")) == "DE"


def test_miles() -> None:
    assert miles_between((39.29, -76.61), (38.91, -77.04)) == pytest.approx(35, abs=2)  # Baltimore to Washington
