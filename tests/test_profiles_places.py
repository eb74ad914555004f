"""Places as texts and profiles write them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from enrichment.counties import metro_of, metros
from enrichment.places import county_of
from profiles.geography import METROS, REGIONS, Spot, country_code, miles_between, read_place, state_code
from profiles.territory import fit
from profiles.where import Where
from tests.profiles_factories import NOW, company, story

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


def test_areas_of_sales_teams_hold_the_areas_of_their_counties() -> None:
    """A company by its county and one by its city are in the same territory: every city's own area is in the area that lists it."""
    apart = {
        (name, place, area)
        for name, (_, places) in METROS.items()
        for place in places
        if (city := place.rsplit(", ", 1)) and (area := metro_of(county_of(*city), city[1])) is not None and area not in places
    }
    assert apart == set()
    assert all(any(place in metros() for place in places) for _, places in METROS.values())


CONTEXT = {"metros": ["Boise City, ID", "Baltimore, MD"], "counties": ["Montgomery, MD", "Fairfax, VA", "St. Tammany, LA"]}
KNOWN = {
    "Charlotte, NC": (35.2, -80.8),
    "Charlotte, MI": (42.6, -84.8),
    "Baltimore, MD": (39.29, -76.61),
    "Washington, DC": (38.91, -77.04),
}
BETHESDA = {"city": "Bethesda", "state": "MD", "county": "Montgomery", "metro": "Washington, DC", "postal_code": "20814"}
# (where, the company's seat, the event's place, whether it is inside)
TERRITORIES: list[tuple[dict[str, Any], dict[str, Any], str | None, bool | None]] = [
    ({"us_counties": ["Montgomery County, Maryland"]}, BETHESDA, None, True),
    ({"us_counties": ["Fairfax, VA"]}, BETHESDA, None, False),
    # a county that is not known: outside where the state is another, else unknown
    ({"us_counties": ["Fairfax, VA"]}, {"state": "MD"}, None, False),
    ({"us_counties": ["Fairfax, VA"]}, {"state": "VA"}, None, None),
    ({"us_counties": ["Fairfax, VA"]}, {"country": "DE"}, None, False),
    # an area of ours, by the county's area, the postal code, the city; and one by its first city alone
    ({"metros": ["Washington"]}, BETHESDA, None, True),
    ({"metros": ["Washington"]}, {"state": "MD", "postal_code": "20814"}, None, True),
    ({"metros": ["Baltimore"]}, BETHESDA, None, False),
    ({"metros": ["boise city"]}, {"state": "ID", "metro": "Boise City, ID"}, None, True),
    ({"metros": ["Boise City, ID"]}, {"state": "ID", "metro": "Baltimore, MD"}, None, False),
    ({"metros": ["Boise City, ID"]}, {"state": "ID"}, None, None),
    # codes and distances
    ({"postal": ["208", "20001-20599"]}, BETHESDA, None, True),
    ({"postal": ["20001-20599"]}, BETHESDA, None, False),
    ({"near": {"place": "Baltimore, MD", "miles": 40}}, {"city": "Washington", "state": "DC"}, None, True),
    ({"near": {"place": "Baltimore, MD", "km": 40}}, {"city": "Washington", "state": "DC"}, None, False),
    ({"near": {"place": "Baltimore, MD", "km": 40}}, {"city": "Nowhere", "state": "DC"}, None, None),
    # a city without its state is the one in the company's own, where there is one
    ({"states": ["MI"], "match": "event"}, {"city": "Raleigh", "state": "NC"}, "Charlotte", False),
    ({"states": ["NC"], "match": "event"}, {"city": "Raleigh", "state": "NC"}, "Charlotte", True),
    ({"states": ["MI"], "match": "event"}, {"city": "Lansing", "state": "MI"}, "Charlotte", True),
    ({"states": ["MI"], "match": "event"}, {"city": "Charlotte", "state": "NC"}, "charlotte", False),
    ({"states": ["MI"], "match": "event"}, {"state": "TX"}, "Charlotte", None),
    ({"states": ["MI"], "match": "event"}, {"state": "NC"}, "Charlotte, Michigan", True),
]


@pytest.mark.parametrize("where, seat, place, inside", TERRITORIES)
def test_territories(where: dict[str, Any], seat: dict[str, Any], place: str | None, inside: bool | None) -> None:
    wanted = Where.model_validate(where, context=CONTEXT)
    happened = [story("facility_closing", place=place)] if place else []
    assert fit(wanted, company(**seat), happened, NOW, KNOWN.get).place is inside


# (where, the beginning of the fault)
WRONG = [
    ({"us_counties": ["Montgomry, MD"]}, "unknown county 'Montgomry, MD' (did you mean 'Montgomery, MD'?)"),
    ({"us_counties": ["Montgomery"]}, "'Montgomery' needs the state behind the county"),
    ({"us_counties": ["Montgomery, Atlantis"]}, "'Montgomery, Atlantis' needs the state behind the county"),
    ({"metros": ["Bostn"]}, "unknown metro 'Bostn' (did you mean 'boston'?)"),
    ({"metros": ["Boise Citi"]}, "unknown metro 'Boise Citi' (did you mean 'Boise City, ID'?)"),
    ({"postal": ["20599-20001"]}, "'20599-20001' is no postal code"),
    ({"near": {"place": "Baltimore, MD"}}, "'near' needs either 'miles' or 'km'"),
    ({"states": ["Marylnd"]}, "unknown state 'Marylnd' (did you mean 'Maryland'?)"),
    ({"regions": ["New Englnd"]}, "unknown region 'New Englnd' (did you mean 'new england'?)"),
    ({"countries": ["Germny"]}, "unknown country 'Germny' (did you mean 'Germany'?)"),
]


@pytest.mark.parametrize("where, fault", WRONG)
def test_what_is_no_place(where: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError) as error:
        Where.model_validate(where, context=CONTEXT)
    [found] = error.value.errors()
    assert found["msg"].removeprefix("Value error, ").startswith(fault)


# (what a register says, what is asked, whether it fits)
RANGES = [
    ((200, None), {"min": 200}, True),
    ((199, None), {"min": 200}, False),
    # a range that reaches over an end is not known
    ((200, 499), {"min": 250}, None),
    ((200, 499), {"min": 500}, False),
    ((200, 499), {"min": 100, "max": 499}, True),
    ((200, 499), {"max": 300}, None),
    ((None, None), {"min": 1}, None),
]


@pytest.mark.parametrize("known, wanted, fits", RANGES)
def test_employees_in_a_range(known: tuple[int | None, int | None], wanted: dict[str, int], fits: bool | None) -> None:
    least, most = known
    found = fit(Where.model_validate({"employees": wanted}), company(employees=least, employees_max=most), [], NOW)
    assert (bool(found.misfits), found.unknowns) == (fits is False, ("employees",) if fits is None else ())
