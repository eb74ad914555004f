"""Where a place is: "Boston, Mass.", "NEW YORK, Nov. 3", "Toronto, Ontario" or "UK" as city, county, state, metropolitan area and country.

States and provinces are two-letter codes, countries ISO 3166 alpha-2; a state of another country is its name.
Cities come from `cities.csv` (GeoNames, CC BY 4.0), counties and metropolitan areas from `counties.py`.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

from enrichment.counties import metro_of, read_county, says_county
from enrichment.names import fold

US_STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware",
    "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa",
    "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey",
    "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah",
    "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming", "PR": "Puerto Rico",
    "GU": "Guam", "VI": "U.S. Virgin Islands", "AS": "American Samoa", "MP": "Northern Mariana Islands",
}  # fmt: skip
PROVINCES = {
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick", "NL": "Newfoundland and Labrador", "NS": "Nova Scotia",
    "NT": "Northwest Territories", "NU": "Nunavut", "ON": "Ontario", "PE": "Prince Edward Island", "QC": "Quebec", "SK": "Saskatchewan", "YT": "Yukon",
}  # fmt: skip

# the news agencies' abbreviations in datelines, and others met in registers; without dots
_ABBREVIATIONS = {
    "ala": "AL", "ariz": "AZ", "ark": "AR", "calif": "CA", "cal": "CA", "colo": "CO", "conn": "CT", "del": "DE", "fla": "FL", "ill": "IL", "ind": "IN",
    "kan": "KS", "kans": "KS", "ky": "KY", "md": "MD", "mass": "MA", "mich": "MI", "minn": "MN", "miss": "MS", "mont": "MT", "neb": "NE", "nebr": "NE",
    "nev": "NV", "okla": "OK", "ore": "OR", "oreg": "OR", "penn": "PA", "penna": "PA", "tenn": "TN", "tex": "TX", "vt": "VT", "wash": "WA",
    "wva": "WV", "wis": "WI", "wisc": "WI", "wyo": "WY", "washington dc": "DC", "ont": "ON", "que": "QC", "alta": "AB", "sask": "SK", "man": "MB",
    "pei": "PE", "newfoundland": "NL", "yukon territory": "YT",
}  # fmt: skip

# names of countries that ISO does not have as such, and EDGAR's spellings
_COUNTRY_WORDS = {
    "usa": "US", "us": "US", "america": "US", "united states of america": "US", "uk": "GB", "great britain": "GB", "britain": "GB", "england": "GB",
    "scotland": "GB", "wales": "GB", "northern ireland": "GB", "united kingdom": "GB", "south korea": "KR", "korea": "KR", "republic of korea": "KR",
    "korea republic of": "KR", "north korea": "KP", "russia": "RU", "russian federation": "RU", "vietnam": "VN", "viet nam": "VN", "taiwan": "TW",
    "taiwan province of china": "TW", "iran": "IR", "syria": "SY", "bolivia": "BO", "venezuela": "VE", "tanzania": "TZ", "moldova": "MD", "laos": "LA",
    "brunei": "BN", "czech republic": "CZ", "czechia": "CZ", "macedonia": "MK", "ivory coast": "CI", "cape verde": "CV", "the netherlands": "NL",
    "holland": "NL", "uae": "AE", "turkey": "TR", "turkiye": "TR", "hong kong": "HK", "macau": "MO", "macao": "MO", "british virgin islands": "VG",
    "virgin islands british": "VG", "peoples republic of china": "CN", "mainland china": "CN", "prc": "CN", "palestine": "PS", "kosovo": "XK", "eire": "IE",
    "republic of ireland": "IE", "the bahamas": "BS", "swaziland": "SZ", "burma": "MM", "democratic republic of congo": "CD",
}  # fmt: skip

# cities that a dateline names alone, as the news agencies' stylebook has it, and common short names
_STANDALONE = {
    "new york": ("New York", "NY", "US"), "new york city": ("New York", "NY", "US"), "nyc": ("New York", "NY", "US"), "manhattan": ("New York", "NY", "US"),
    "washington": ("Washington", "DC", "US"), "los angeles": ("Los Angeles", "CA", "US"), "la": ("Los Angeles", "CA", "US"), "silicon valley": (None, "CA", "US"),
    "philly": ("Philadelphia", "PA", "US"), "vegas": ("Las Vegas", "NV", "US"), "montreal": ("Montreal", "QC", "CA"), "singapore": ("Singapore", None, "SG"),
    "luxembourg": ("Luxembourg", None, "LU"), "monaco": ("Monaco", None, "MC"), "hong kong": ("Hong Kong", None, "HK"),
}  # fmt: skip
_SPELLED_CITY_WORDS = {
    "st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount", "twp": "township", "n": "north", "s": "south", "e": "east", "w": "west",
}  # fmt: skip
# a city that is well known is meant when it stands without state or country: "Boston", "London", not "Springfield"
_MANY_PEOPLE = 250_000

_STATE_BY_NAME = {
    **{fold(name): (code, "CA") for code, name in PROVINCES.items()},
    **{fold(name).replace(".", ""): (code, "US") for code, name in US_STATES.items()},
    **{short: (code, "CA" if code in PROVINCES else "US") for short, code in _ABBREVIATIONS.items()},
}
_COUNTRY_NAMES = {
    "US": "United States",
    "GB": "United Kingdom",
    "CA": "Canada",
    "KR": "South Korea",
    "TW": "Taiwan",
    "RU": "Russia",
    "VN": "Vietnam",
}

# the date or wire that follows the place in a dateline: "BOSTON, Nov. 3, 2026 /PRNewswire/ --", "(BUSINESS WIRE)"
_AFTER_PLACE = re.compile(
    r"\s*(?:[,–—-]*\s*\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s+\d{1,2}\b.*"
    r"|\(\s*(?:business wire|globe newswire|newsfile|marketwired?|prnewswire|accesswire)|/\s*(?:prnewswire|cnw)|--.*|\s[–—]\s.*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place as far as it is known."""

    city: str | None = None
    state: str | None = None  # two-letter code in the US and Canada, else the region's name
    country: str | None = None  # ISO 3166 alpha-2
    county: str | None = None  # in the United States: "Montgomery", without the word County

    @property
    def metro(self) -> str | None:
        """The metropolitan area in the United States, by its first city: "Baltimore, MD"."""
        return metro_of(self.county, self.state)

    def __bool__(self) -> bool:
        return bool(self.city or self.county or self.state or self.country)

    def __str__(self) -> str:
        narrow = self.city or (f"{self.county} County" if self.county else None)
        return ", ".join(part for part in (narrow, self.state, country_name(self.country) if self.country else None) if part)


@lru_cache(maxsize=4096)
def state_code(word: str, country: str | None = None) -> tuple[str, str] | None:
    """Return (code, country) of a state or province by code, name or agency abbreviation; None for anything else.

    "CA" is California, unless `country` says Canada, which has no province of that code.
    """
    plain = word.strip().strip(".,").removeprefix("CA-").removeprefix("US-")  # "CA-ON", as ISO 3166-2 has it
    if plain.upper() in US_STATES and len(plain) == 2 and country in (None, "US"):
        return plain.upper(), "US"
    if plain.upper() in PROVINCES and len(plain) == 2 and country in (None, "CA"):
        return plain.upper(), "CA"
    key = " ".join(fold(plain).replace(".", "").split())
    found = _STATE_BY_NAME.get(key) or _STATE_BY_NAME.get(key.replace(" ", ""))  # "N.Y." -> "ny", "N. Y."
    if found is None and key.replace(" ", "").upper() in US_STATES and "." in word:
        found = (key.replace(" ", "").upper(), "US")
    if found is None and key.replace(" ", "").upper() in PROVINCES and "." in word:  # "B.C."
        found = (key.replace(" ", "").upper(), "CA")
    return found if found and country in (None, found[1]) else None


@lru_cache(maxsize=4096)
def country_code(word: str) -> str | None:
    """Return the ISO alpha-2 code of a country by code, alpha-3 code, name or common short name; None for anything else."""
    key = " ".join(fold(word).replace(".", "").replace(",", "").split())
    return _COUNTRY_WORDS.get(key) or _iso_countries().get(key)


@cache
def _iso_countries() -> dict[str, str]:
    import pycountry  # only here: its tables take 40 ms to load

    names: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("alpha_2", "alpha_3", "name", "official_name", "common_name"):
            if name := getattr(country, attribute, None):
                names[" ".join(fold(name).replace(".", "").replace(",", "").split())] = country.alpha_2
    return names


def country_name(code: str) -> str:
    """Return the usual English name of a country by its alpha-2 code; the code itself when there is none."""
    if name := _COUNTRY_NAMES.get(code):
        return name
    import pycountry

    country = pycountry.countries.get(alpha_2=code)
    return getattr(country, "common_name", country.name) if country else code


@cache
def _cities() -> dict[str, list[tuple[int, str, str, str, float, float, str]]]:
    """Return (inhabitants, city, state, country, latitude, longitude, county) by folded city name, most inhabitants first."""
    cities: dict[str, list[tuple[int, str, str, str, float, float, str]]] = {}
    table = (files("enrichment") / "cities.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(table.splitlines()):
        city = "New York" if row["city"] == "New York City" else row["city"]
        cities.setdefault(city_key(city), []).append(
            (int(row["inhabitants"]), city, row["state"], row["country"], float(row["latitude"]), float(row["longitude"]), row["county"])
        )
    for places in cities.values():
        places.sort(reverse=True)
    return cities


@lru_cache(maxsize=65536)
def city_key(city: str) -> str:
    """Return `city` so that its spellings are equal: "St. Paul", "SAINT PAUL"; "Ft. Worth", "Fort Worth"; "New York City", "New York"."""
    words = re.findall(r"[^\W_]+", fold(city).replace("'", ""))
    key = " ".join(_SPELLED_CITY_WORDS.get(word, word) for word in words)
    return "new york" if key in ("new york city", "nyc") else key


def is_city(text: str) -> bool:
    """Return whether the gazetteer has a city of this name, anywhere."""
    return city_key(text) in _cities()


def may_end_place(word: str) -> bool:
    """Return whether the name of some city or state ends with a word, in lower case: far cheaper to ask than for every beginning of it."""
    return word in _last_words()


@cache
def _last_words() -> frozenset[str]:
    names = (*_cities(), *_STATE_BY_NAME, *map(str.lower, US_STATES), *map(str.lower, PROVINCES))
    last = {name.rpartition(" ")[2] for name in names}
    return frozenset([*last, "nyc", *(short for short, long in _SPELLED_CITY_WORDS.items() if long in last)])


def city_in(city: str, state: str | None, country: str | None) -> tuple[str, str, str] | None:
    """Return (city, state, country) as the gazetteer writes it, narrowed by state or country where given; the largest of several."""
    for _, name, its_state, its_country, *_ in _cities().get(city_key(city), ()):
        if (state is None or its_state == state) and (country is None or its_country == country):
            return name, its_state, its_country
    return None


@cache
def _county_by_city() -> dict[tuple[str, str], str]:
    """Return the county of each city of the United States, by its plain spelling and state; of two of a name the larger's."""
    return {(key, state): county for key, places in _cities().items() for _, _, state, _, _, _, county in reversed(places) if county}


def county_of(city: str | None, state: str | None) -> str | None:
    """Return the county of a city of the United States, None where the gazetteer has no such city in the state."""
    return _county_by_city().get((city_key(city), state)) if city and state else None


@lru_cache(maxsize=4096)
def coordinates(text: str) -> tuple[float, float] | None:
    """Return latitude and longitude, in degrees, of the city that a text names; None where the gazetteer has no such city."""
    place = locate(text)
    if place.city:
        for _, _, state, country, latitude, longitude, _ in _cities().get(city_key(place.city), ()):
            if place.state in (None, state or None) and place.country in (None, country):
                return latitude, longitude
    return None


def _rather_a_state(word: str, city: str, country: str) -> bool:
    """Return whether a word that names both a state and a country ("Georgia", "DE") means the state: unless only the country has the city."""
    state = state_code(word)
    return state is not None and (city_in(city, *state) is not None or city_in(city, None, country) is None)


@lru_cache(maxsize=16384)
def locate(text: str) -> Place:
    """Return the place that a fact, header or dateline names; an empty Place when nothing in it is known.

    "Austin, Texas", "BOSTON, Nov. 3, 2026 /PRNewswire/ --", "Toronto, Ontario, Canada", "Montgomery County, Md.", "St. Louis", "Germany".
    A city without state or country counts when it is a large one and no other large one has its name.
    """
    place = _locate(text)
    if place.county is None and (county := county_of(place.city, place.state)):
        return replace(place, county=county)
    return place


def _locate(text: str) -> Place:
    text = _AFTER_PLACE.sub("", text.strip()).strip(" ,;.()–—-") if text else ""
    if not text:
        return Place()
    # "Minneapolis-St. Paul" stays whole; "Bethesda, MD and Reston, VA" is its first place
    text = re.split(r"\s+(?:and|&)\s+(?=[A-Z][^,]*,)|/|;", text)[0]
    parts = [part for part in (re.sub(r"\b\d{5}(?:-\d{4})?\b", "", piece).strip(" .") for piece in text.split(",")) if part]
    if len(parts) == 1 and (split := re.fullmatch(r"(.+?)\s+([A-Z]{2}|[A-Z]\.[A-Z]\.)", text)) and state_code(split[2]):
        parts = [split[1], split[2]]  # "Boston MA"
    if not parts:
        return Place()
    state = country = None
    # from the right: country, state; what is left is the city
    if len(parts) > 1 and (found := country_code(parts[-1])) and (len(parts) > 2 or not _rather_a_state(parts[-1], parts[-2], found)):
        country = found
        parts.pop()
    if len(parts) > 1 and (known := state_code(parts[-1], country)):
        state, country = known
        parts.pop()
    last = parts[-1]
    if state is None and country is None:
        alone = " ".join(fold(last).replace(".", "").split())
        if alone in _STANDALONE:
            return Place(*_STANDALONE[alone])
        if known := state_code(last):
            return Place(None, *known)
        if found := country_code(last):
            return Place(None, None, found)
        places = [place for place in _cities().get(city_key(last), ()) if place[0] >= _MANY_PEOPLE]
        if len(places) == 1 or (len(places) > 1 and places[0][0] > 5 * places[1][0]):
            return Place(places[0][1], places[0][2] or None, places[0][3])
        return Place()
    if says_county(last) and (county := read_county(last, state)):
        return Place(None, state, country, county)
    if listed := city_in(last, state, country):
        return Place(listed[0], state or listed[1] or None, country or listed[2])
    city = last.title() if last.isupper() else last
    return Place(city if len(last) <= 40 and any(c.isalpha() for c in last) else None, state, country)
