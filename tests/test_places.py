"""Places in datelines, facts and headers become city, state and country."""

from dataclasses import replace

import pytest

from enrichment.counties import metros, read_county
from enrichment.places import Place, coordinates, country_code, locate, state_code


@pytest.mark.parametrize(
    "text, place",
    [
        ("Austin, Texas", Place("Austin", "TX", "US")),
        ("Austin, TX 78701", Place("Austin", "TX", "US")),  # postal code
        ("BOSTON, Nov. 3, 2026 /PRNewswire/ -- Larkspur today", Place("Boston", "MA", "US")),  # dateline of a city that stands alone
        ("CEDAR RAPIDS, Iowa, March 12, 2026 (GLOBE NEWSWIRE)", Place("Cedar Rapids", "IA", "US")),
        ("SAN MATEO, Calif.--(BUSINESS WIRE)--Larkspur", Place("San Mateo", "CA", "US")),  # agency's abbreviation
        ("St. Paul, Minn.", Place("Saint Paul", "MN", "US")),  # Saint
        ("TORONTO, Ontario", Place("Toronto", "ON", "CA")),
        ("Vancouver, B.C.", Place("Vancouver", "BC", "CA")),
        ("Vancouver, WA", Place("Vancouver", "WA", "US")),  # near-miss: the other one
        ("Toronto, ON, Canada", Place("Toronto", "ON", "CA")),
        ("Smallhamlet, Nebraska", Place("Smallhamlet", "NE", "US")),  # not in the gazetteer
        ("London", Place("London", None, "GB")),
        ("London, Ontario", Place("London", "ON", "CA")),
        ("New York", Place("New York", "NY", "US")),  # the city, not the state
        ("New York, N.Y.", Place("New York", "NY", "US")),
        ("Washington", Place("Washington", "DC", "US")),
        ("Washington, D.C.", Place("Washington", "DC", "US")),
        ("Georgia", Place(None, "GA", "US")),  # the state, not the country
        ("Tbilisi, Georgia", Place("Tbilisi", None, "GE")),  # only the country has the city
        ("Wilmington, DE", Place("Wilmington", "DE", "US")),  # DE is Germany elsewhere
        ("Germany", Place(None, None, "DE")),
        ("Munich, Germany", Place("Munich", None, "DE")),
        ("Springfield", Place()),  # many of them
        ("Bethesda, MD and Reston, VA", Place("Bethesda", "MD", "US")),  # the first of two
        ("Boston MA", Place("Boston", "MA", "US")),
        ("headquarters", Place()),  # no place
        ("", Place()),
    ],
)
def test_locate(text: str, place: Place) -> None:
    assert replace(locate(text), county=None) == place


@pytest.mark.parametrize(
    "text, county, metro",
    [
        ("Towson, MD", "Baltimore", "Baltimore, MD"),
        ("Baltimore", "Baltimore city", "Baltimore, MD"),  # the city is no part of the county
        ("Bethesda, Md.", "Montgomery", "Washington, DC"),
        ("Montgomery County, Maryland", "Montgomery", "Washington, DC"),
        ("Montgomery, Alabama", "Montgomery", None),  # near-miss: a city of that name, in an area that is in no table
        ("St. Tammany Parish, La.", "St. Tammany", "New Orleans, LA"),
        ("Saint Louis County, MO", "St. Louis", "St. Louis, MO"),
        ("Vancouver, WA", "Clark", "Portland, OR"),  # an area of two states
        ("Orange County, Vermont", "Orange", None),  # California's is in Los Angeles
        ("Smallhamlet, Nebraska", None, None),  # not in the gazetteer
        ("Toronto, Ontario", None, None),
        ("Maryland", None, None),
    ],
)
def test_county_and_metropolitan_area(text: str, county: str | None, metro: str | None) -> None:
    assert (locate(text).county, locate(text).metro) == (county, metro)


def test_the_counties_of_metropolitan_areas_are_counties() -> None:
    """A slip in the table would leave a county in no area."""
    for metro, parts in metros().items():
        city, state = metro.rsplit(", ", 1)
        assert (state, locate(metro).county) in parts, f"{city} lies outside its own area"
        for its_state, county in parts:
            assert read_county(county, its_state) == county


@pytest.mark.parametrize(
    "word, found",
    [
        ("MA", ("MA", "US")),
        ("Mass.", ("MA", "US")),
        ("massachusetts", ("MA", "US")),
        ("N.H.", ("NH", "US")),
        ("Quebec", ("QC", "CA")),
        ("Québec", ("QC", "CA")),
        ("Inc", None),  # a word, no state
        ("Ontari", None),
    ],
)
def test_state_code(word: str, found: tuple[str, str] | None) -> None:
    assert state_code(word) == found


@pytest.mark.parametrize(
    "word, code",
    [
        ("USA", "US"),
        ("U.S.", "US"),
        ("DE", "DE"),
        ("Deutschland", None),
        ("Germany", "DE"),
        ("UK", "GB"),
        ("Korea, Republic of", "KR"),
        ("Türkiye", "TR"),
    ],
)
def test_country_code(word: str, code: str | None) -> None:
    assert country_code(word) == code


@pytest.mark.parametrize(
    "text, latitude, longitude",
    [
        ("Baltimore, MD", 39.29, -76.61),
        ("Toronto, CA-ON", 43.71, -79.4),  # a province as profiles write it
        ("Portland, ME", 43.66, -70.26),  # not the larger one
        ("London", 51.51, -0.13),
    ],
)
def test_coordinates(text: str, latitude: float, longitude: float) -> None:
    found = coordinates(text)
    assert found is not None
    assert found == pytest.approx((latitude, longitude), abs=0.05)


def test_coordinates_of_no_city() -> None:
    assert coordinates("Smallhamlet, Nebraska") is None
    assert coordinates("Germany") is None
