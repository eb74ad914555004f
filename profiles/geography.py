"""States, regions and metropolitan areas as sales territories name them, and what a place written in a text says of them.

Only names are known here. Coordinates, for distances, come with an atlas that the caller passes in (`Atlas`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import pycountry
import us

from store.records import Company

Atlas = Callable[[str], tuple[float, float] | None]  # "Baltimore, MD" -> latitude and longitude in degrees, None when it is not known


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as far as it is known; a state is a two-letter code in the US and "CA-ON" in Canada."""

    city: str | None = None
    state: str | None = None
    country: str | None = None  # ISO 3166 alpha-2
    postal_code: str | None = None
    county: str | None = None  # "Montgomery", in the US
    metro: str | None = None  # metropolitan area in the US, by its first city: "Baltimore, MD"

    @property
    def known(self) -> bool:
        """True when there is anything to hold against a territory."""
        return bool(self.city or self.state or self.country or self.postal_code)

    def __str__(self) -> str:
        return ", ".join(part for part in (self.city, self.state, self.country if not self.state else None) if part) or "an unknown place"


# the Census Bureau's divisions and regions, and the names sales teams use beside them
REGIONS: dict[str, tuple[str, ...]] = {
    "new england": ("CT", "ME", "MA", "NH", "RI", "VT"),
    "mid-atlantic": ("DE", "DC", "MD", "NJ", "NY", "PA", "VA", "WV"),
    "northeast": ("CT", "ME", "MA", "NH", "RI", "VT", "NJ", "NY", "PA"),
    "southeast": ("AL", "AR", "FL", "GA", "KY", "LA", "MS", "NC", "SC", "TN", "VA", "WV"),
    "south": ("DE", "DC", "FL", "GA", "MD", "NC", "SC", "VA", "WV", "AL", "KY", "MS", "TN", "AR", "LA", "OK", "TX"),
    "southwest": ("AZ", "NM", "OK", "TX"),
    "midwest": ("IL", "IN", "IA", "KS", "MI", "MN", "MO", "NE", "ND", "OH", "SD", "WI"),
    "great lakes": ("IL", "IN", "MI", "MN", "NY", "OH", "PA", "WI"),
    "great plains": ("IA", "KS", "MN", "MO", "NE", "ND", "SD"),
    "mountain": ("AZ", "CO", "ID", "MT", "NV", "NM", "UT", "WY"),
    "west": ("AZ", "CO", "ID", "MT", "NV", "NM", "UT", "WY", "AK", "CA", "HI", "OR", "WA"),
    "west coast": ("CA", "OR", "WA"),
    "pacific": ("AK", "CA", "HI", "OR", "WA"),
    "pacific northwest": ("ID", "OR", "WA"),
    "gulf coast": ("AL", "FL", "LA", "MS", "TX"),
    "atlantic canada": ("CA-NB", "CA-NL", "CA-NS", "CA-PE"),
    "western canada": ("CA-AB", "CA-BC", "CA-MB", "CA-SK"),
}
COUNTRY_REGIONS: dict[str, tuple[str, ...]] = {
    "north america": ("US", "CA", "MX"),
    "dach": ("DE", "AT", "CH"),
    "benelux": ("BE", "NL", "LU"),
    "nordics": ("DK", "FI", "IS", "NO", "SE"),
    "uk and ireland": ("GB", "IE"),
    "european union": (
        *[
            "AT",
            "BE",
            "BG",
            "HR",
            "CY",
            "CZ",
            "DK",
            "EE",
            "FI",
            "FR",
            "DE",
            "GR",
            "HU",
            "IE",
            "IT",
            "LV",
            "LT",
            "LU",
            "MT",
            "NL",
            "PL",
            "PT",
            "RO",
            "SK",
            "SI",
            "ES",
            "SE",
        ],
    ),
    "anz": ("AU", "NZ"),
    "apac": (*["AU", "NZ", "JP", "KR", "CN", "HK", "TW", "SG", "MY", "TH", "ID", "PH", "VN", "IN"],),
    "latin america": (*["MX", "AR", "BR", "CL", "CO", "PE", "UY", "PY", "BO", "EC", "VE", "CR", "PA", "GT", "HN", "SV", "NI", "DO"],),
}
# a metropolitan area: its states with the beginnings of their postal codes there, and the places named in texts.
# Cities are needed where a text gives no postal code; a suburb that is missing here is met by the area of its county (`Spot.metro`),
# whose first city stands among the cities: a test holds this table and the counties' together.
METROS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "atlanta": (("300", "301", "302", "303", "311"), ("Atlanta, GA", "Alpharetta, GA", "Marietta, GA", "Duluth, GA", "Norcross, GA", "Roswell, GA", "Sandy Springs, GA", "Kennesaw, GA")),
    "austin": (("786", "787"), ("Austin, TX", "Round Rock, TX", "Cedar Park, TX", "Georgetown, TX", "Pflugerville, TX")),
    "baltimore": (("210", "211", "212"), ("Baltimore, MD", "Columbia, MD", "Towson, MD", "Hunt Valley, MD", "Owings Mills, MD", "Annapolis, MD", "Linthicum, MD", "Sparks, MD")),
    "boston": (("017", "018", "019", "020", "021", "022", "024"), ("Boston, MA", "Cambridge, MA", "Waltham, MA", "Burlington, MA", "Framingham, MA", "Newton, MA", "Quincy, MA", "Lexington, MA", "Woburn, MA", "Bedford, MA", "Needham, MA", "Marlborough, MA")),
    "charlotte": (("280", "281", "282", "297"), ("Charlotte, NC", "Concord, NC", "Gastonia, NC", "Huntersville, NC", "Rock Hill, SC", "Fort Mill, SC")),
    "chicago": (("600", "601", "602", "603", "604", "605", "606", "463"), ("Chicago, IL", "Deerfield, IL", "Schaumburg, IL", "Oak Brook, IL", "Naperville, IL", "Evanston, IL", "Northbrook, IL", "Lake Forest, IL", "Rosemont, IL", "Downers Grove, IL", "Lincolnshire, IL")),
    "cincinnati": (("450", "451", "452", "410"), ("Cincinnati, OH", "Mason, OH", "Blue Ash, OH", "Covington, KY", "Florence, KY")),
    "cleveland": (("440", "441"), ("Cleveland, OH", "Beachwood, OH", "Mayfield, OH", "Westlake, OH", "Independence, OH")),
    "columbus": (("430", "431", "432"), ("Columbus, OH", "Dublin, OH", "New Albany, OH", "Westerville, OH")),
    "dallas": (("750", "751", "752", "753", "760", "761", "762"), ("Dallas, TX", "Fort Worth, TX", "Plano, TX", "Irving, TX", "Frisco, TX", "Arlington, TX", "Richardson, TX", "McKinney, TX", "Addison, TX", "Grapevine, TX", "Southlake, TX")),
    "denver": (("800", "801", "802", "803"), ("Denver, CO", "Boulder, CO", "Englewood, CO", "Golden, CO", "Broomfield, CO", "Aurora, CO", "Littleton, CO", "Greenwood Village, CO", "Louisville, CO", "Westminster, CO")),
    "detroit": (("480", "481", "482", "483"), ("Detroit, MI", "Dearborn, MI", "Troy, MI", "Southfield, MI", "Auburn Hills, MI", "Livonia, MI", "Novi, MI", "Ann Arbor, MI")),
    "houston": (("770", "771", "772", "773", "774", "775"), ("Houston, TX", "The Woodlands, TX", "Sugar Land, TX", "Katy, TX", "Spring, TX", "Pasadena, TX", "Baytown, TX")),
    "indianapolis": (("460", "461", "462"), ("Indianapolis, IN", "Carmel, IN", "Fishers, IN", "Greenwood, IN")),
    "kansas city": (("640", "641", "660", "661", "662"), ("Kansas City, MO", "Kansas City, KS", "Overland Park, KS", "Olathe, KS", "Lenexa, KS")),
    "las vegas": (("889", "890", "891"), ("Las Vegas, NV", "Henderson, NV")),
    "los angeles": (("900", "901", "902", "903", "904", "905", "906", "907", "908", "910", "911", "912", "913", "914", "915", "916", "917", "918", "926", "927", "928"), ("Los Angeles, CA", "Santa Monica, CA", "Burbank, CA", "Pasadena, CA", "Glendale, CA", "Long Beach, CA", "Irvine, CA", "Anaheim, CA", "Costa Mesa, CA", "Newport Beach, CA", "Torrance, CA", "El Segundo, CA", "Culver City, CA", "Calabasas, CA", "Santa Ana, CA")),
    "miami": (("330", "331", "332", "333", "334"), ("Miami, FL", "Fort Lauderdale, FL", "Boca Raton, FL", "Coral Gables, FL", "West Palm Beach, FL", "Doral, FL", "Plantation, FL")),
    "milwaukee": (("530", "531", "532"), ("Milwaukee, WI", "Brookfield, WI", "Waukesha, WI", "Menomonee Falls, WI")),
    "minneapolis": (("550", "551", "553", "554", "555"), ("Minneapolis, MN", "St. Paul, MN", "Saint Paul, MN", "Bloomington, MN", "Eden Prairie, MN", "Plymouth, MN", "Minnetonka, MN", "Eagan, MN")),
    "nashville": (("370", "371", "372"), ("Nashville, TN", "Franklin, TN", "Brentwood, TN", "Murfreesboro, TN")),
    "new york": (("070", "071", "072", "073", "074", "075", "076", "077", "078", "079", "088", "089", "068", "069", "100", "101", "102", "103", "104", "105", "106", "107", "108", "109", "110", "111", "112", "113", "114", "115", "116", "117", "118"), ("New York, NY", "Brooklyn, NY", "White Plains, NY", "Purchase, NY", "Armonk, NY", "Melville, NY", "Long Island City, NY", "Jersey City, NJ", "Newark, NJ", "Hoboken, NJ", "Parsippany, NJ", "Morristown, NJ", "Edison, NJ", "Stamford, CT", "Greenwich, CT", "Norwalk, CT", "Bridgeport, CT")),
    "orlando": (("327", "328", "347"), ("Orlando, FL", "Lake Mary, FL", "Winter Park, FL", "Maitland, FL")),
    "philadelphia": (("080", "081", "189", "190", "191", "193", "194", "197", "198"), ("Philadelphia, PA", "King of Prussia, PA", "Wayne, PA", "Malvern, PA", "Conshohocken, PA", "Radnor, PA", "Exton, PA", "Horsham, PA", "Camden, NJ", "Cherry Hill, NJ", "Mount Laurel, NJ", "Wilmington, DE")),
    "phoenix": (("850", "852", "853"), ("Phoenix, AZ", "Scottsdale, AZ", "Tempe, AZ", "Mesa, AZ", "Chandler, AZ", "Gilbert, AZ")),
    "pittsburgh": (("150", "151", "152"), ("Pittsburgh, PA", "Canonsburg, PA", "Coraopolis, PA", "Cranberry Township, PA")),
    "portland": (("970", "971", "972", "986"), ("Portland, OR", "Beaverton, OR", "Hillsboro, OR", "Lake Oswego, OR", "Vancouver, WA")),
    "raleigh-durham": (("275", "276", "277"), ("Raleigh, NC", "Durham, NC", "Cary, NC", "Morrisville, NC", "Research Triangle Park, NC", "Chapel Hill, NC")),
    "salt lake city": (("840", "841"), ("Salt Lake City, UT", "Lehi, UT", "Draper, UT", "Sandy, UT", "South Jordan, UT", "Provo, UT")),
    "san antonio": (("780", "781", "782"), ("San Antonio, TX", "New Braunfels, TX")),
    "san diego": (("919", "920", "921"), ("San Diego, CA", "Carlsbad, CA", "La Jolla, CA", "Poway, CA")),
    "san francisco bay area": (("940", "941", "943", "944", "945", "946", "947", "948", "949", "950", "951"), ("San Francisco, CA", "Oakland, CA", "San Jose, CA", "Palo Alto, CA", "Mountain View, CA", "Menlo Park, CA", "Sunnyvale, CA", "Santa Clara, CA", "Redwood City, CA", "San Mateo, CA", "South San Francisco, CA", "Fremont, CA", "Cupertino, CA", "Milpitas, CA", "Foster City, CA", "Emeryville, CA", "San Ramon, CA", "Pleasanton, CA")),
    "seattle": (("980", "981", "982", "983", "984"), ("Seattle, WA", "Bellevue, WA", "Redmond, WA", "Kirkland, WA", "Tacoma, WA", "Bothell, WA", "Everett, WA")),
    "st. louis": (("620", "622", "630", "631", "633"), ("St. Louis, MO", "Saint Louis, MO", "Chesterfield, MO", "Clayton, MO")),
    "tampa": (("335", "336", "337", "346"), ("Tampa, FL", "St. Petersburg, FL", "Clearwater, FL", "Brandon, FL")),
    "washington": (("200", "201", "202", "203", "204", "205", "206", "207", "208", "209", "220", "221", "222", "223"), ("Washington, DC", "Arlington, VA", "Alexandria, VA", "Reston, VA", "McLean, VA", "Tysons, VA", "Herndon, VA", "Fairfax, VA", "Bethesda, MD", "Rockville, MD", "Silver Spring, MD", "Gaithersburg, MD", "Falls Church, VA", "Chantilly, VA")),
}  # fmt: skip
_CANADA = {
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick", "NL": "Newfoundland and Labrador",
    "NS": "Nova Scotia", "NT": "Northwest Territories", "NU": "Nunavut", "ON": "Ontario", "PE": "Prince Edward Island",
    "QC": "Quebec", "SK": "Saskatchewan", "YT": "Yukon",
}  # fmt: skip
_COUNTRY_NAMES = {"usa": "US", "u.s.": "US", "u.s.a.": "US", "uk": "GB", "u.k.": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
                  "northern ireland": "GB", "south korea": "KR", "russia": "RU", "taiwan": "TW", "vietnam": "VN", "czech republic": "CZ",
                  "turkey": "TR", "the netherlands": "NL", "uae": "AE", "québec": "CA"}  # fmt: skip
_POSTAL_US = re.compile(r"\b(\d{5})(?:-\d{4})?\s*$")  # "…, MD 21202"


@cache
def _states() -> dict[str, str]:
    """Return code by every way a state or province is written, in small letters."""
    known: dict[str, str] = {}
    for state in [*us.STATES, *us.TERRITORIES, us.states.DC]:
        for written in (state.abbr, state.name, state.ap_abbr):
            if written:
                known[written.casefold()] = state.abbr
    known |= {"d.c.": "DC", "d.c": "DC", "washington dc": "DC", "washington d.c.": "DC"}
    for code, name in _CANADA.items():
        known |= {code.casefold(): f"CA-{code}", f"ca-{code}".casefold(): f"CA-{code}", name.casefold(): f"CA-{code}"}
    known["québec"] = "CA-QC"
    return known


@lru_cache(maxsize=4096)
def state_code(written: str) -> str | None:
    """Return "MD" for "MD", "md", "Maryland" and "Md.", "CA-ON" for "Ontario"; None for what is no state."""
    return _states().get(written.strip().casefold())


@lru_cache(maxsize=4096)
def country_code(written: str) -> str | None:
    """Return the ISO alpha-2 code of a country by code or name, None for what is none."""
    text = written.strip()
    if text.casefold() in _COUNTRY_NAMES:
        return _COUNTRY_NAMES[text.casefold()]
    try:
        found = pycountry.countries.lookup(text)
    except LookupError:
        return None
    return str(found.alpha_2)


def state_names() -> list[str]:
    """Return the codes and names that `states` may hold, for did-you-mean."""
    return [state.name for state in us.STATES] + [*_CANADA.values()] + sorted(set(_states().values()))


def country_names() -> list[str]:
    """Return codes and names of all countries, for did-you-mean."""
    return [name for country in pycountry.countries for name in (country.alpha_2, country.name)]


# cities that stand alone in datelines, by the news agencies' stylebook, and so in texts
_STANDING_ALONE: dict[str, tuple[str, str]] = {
    "atlanta": ("GA", "US"), "baltimore": ("MD", "US"), "boston": ("MA", "US"), "chicago": ("IL", "US"), "cincinnati": ("OH", "US"),
    "cleveland": ("OH", "US"), "dallas": ("TX", "US"), "denver": ("CO", "US"), "detroit": ("MI", "US"), "honolulu": ("HI", "US"),
    "houston": ("TX", "US"), "indianapolis": ("IN", "US"), "las vegas": ("NV", "US"), "los angeles": ("CA", "US"), "miami": ("FL", "US"),
    "milwaukee": ("WI", "US"), "minneapolis": ("MN", "US"), "new orleans": ("LA", "US"), "new york": ("NY", "US"), "new york city": ("NY", "US"),
    "oklahoma city": ("OK", "US"), "philadelphia": ("PA", "US"), "phoenix": ("AZ", "US"), "pittsburgh": ("PA", "US"), "st. louis": ("MO", "US"),
    "salt lake city": ("UT", "US"), "san antonio": ("TX", "US"), "san diego": ("CA", "US"), "san francisco": ("CA", "US"), "seattle": ("WA", "US"),
    "washington": ("DC", "US"), "montreal": ("CA-QC", "CA"), "quebec city": ("CA-QC", "CA"), "toronto": ("CA-ON", "CA"), "ottawa": ("CA-ON", "CA"),
    "vancouver": ("CA-BC", "CA"), "amsterdam": ("", "NL"), "beijing": ("", "CN"), "berlin": ("", "DE"), "brussels": ("", "BE"), "dublin": ("", "IE"),
    "frankfurt": ("", "DE"), "geneva": ("", "CH"), "hong kong": ("", "HK"), "london": ("", "GB"), "madrid": ("", "ES"), "mexico city": ("", "MX"),
    "milan": ("", "IT"), "munich": ("", "DE"), "new delhi": ("", "IN"), "paris": ("", "FR"), "rome": ("", "IT"), "singapore": ("", "SG"),
    "stockholm": ("", "SE"), "sydney": ("", "AU"), "tokyo": ("", "JP"), "vienna": ("", "AT"), "zurich": ("", "CH"),
}  # fmt: skip


@lru_cache(maxsize=65536)
def read_place(text: str) -> Spot:
    """Return what a place as texts write it says: "Austin, Texas", "Frederick, Md. 21701", "Ontario", "Munich, Germany".

    The last part that is a state or a country decides, and the part before it is the city: "One Commerce Square, in Philadelphia,
    Pennsylvania". A city without either keeps no state unless it is one that news agencies let stand alone.
    """
    rest = " ".join(text.split()).strip(" ;,")
    postal = None
    if found := _POSTAL_US.search(rest):
        postal, rest = found[1], rest[: found.start()].strip(" ,")
    parts = [part.strip() for part in re.split(r"[,;]", rest) if part.strip()]
    if len(parts) == 1 and (alone := _STANDING_ALONE.get(parts[0].casefold())):
        return Spot(parts[0], alone[0] or None, alone[1], postal)
    state = country = None
    while parts and state is None:
        last = parts[-1]
        # two letters are a state only as capitals: "in", "or" and "me" are words
        if len(last) == 2 and not last.isupper():
            break
        if code := state_code(last) or state_code(last.rstrip(".")):
            state = code
        elif country is None and (land := country_code(last)):
            country = land
        else:
            break
        parts.pop()
    if state:
        country = "CA" if state.startswith("CA-") else "US"
    elif postal:
        country = country or "US"
    city = re.split(r"\bin\s+(?=[A-Z])", parts[-1])[-1] if parts else None
    if city and state is None and country is None and (alone := _STANDING_ALONE.get(city.casefold())):
        return Spot(city, alone[0] or None, alone[1], postal)
    return Spot(city=city or None, state=state, country=country, postal_code=postal)


@lru_cache(maxsize=65536)
def _seat(city: str | None, state: str | None, country: str | None, postal_code: str | None, county: str | None, metro: str | None) -> Spot:
    code = (state_code(state) or state) if state else None
    land = (country_code(country) or country) if country else None
    if land is None and code is not None and state_code(code):
        land = "CA" if code.startswith("CA-") else "US"
    return Spot(city, code, land, postal_code, county, metro)


def seat_of(company: Company) -> Spot:
    """Return the seat of a company with its state and country as codes."""
    return _seat(company.city, company.state, company.country, company.postal_code, company.county, company.metro)


def miles_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the great-circle distance in miles between two points of latitude and longitude in degrees."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 3958.8 * math.asin(math.sqrt(half))
