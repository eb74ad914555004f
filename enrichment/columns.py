"""Which column of which register holds which field of a Company: one table, by the headers' names.

A new register is a new entry of `LAYOUTS`; an own CSV needs none if its headers are among the usual words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple

from enrichment.counties import metro_of, read_county
from enrichment.places import country_code, county_of, state_code
from enrichment.values import (
    ValueFault,
    is_unknown,
    read_account,
    read_address,
    read_cik,
    read_code,
    read_domain,
    read_ein,
    read_flag,
    read_lei,
    read_number,
    read_ticker,
    read_year,
)
from store.records import Company, fingerprint

# what no column holds: it is worked out, or is the register's own
_NO_COLUMNS = frozenset(("as_of", "origin", "sources", "metro", "employees_max", "revenue_usd_max"))
COMPANY_FIELDS = tuple(field.name for field in fields(Company) if field.name not in _NO_COLUMNS)
_RANGES = frozenset(("employees", "revenue_usd"))  # fields whose upper end has a field of its own


def _read_aliases(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(alias for part in cell.split(";") if (alias := part.strip())))


def _read_parent(cell: str) -> str:
    return f"cik-{read_cik(cell)}"


_READERS: dict[str, Callable[[str], Any]] = {
    "cik": read_cik,
    "ein": read_ein,
    "lei": read_lei,
    "ticker": read_ticker,
    "domain": read_domain,
    "sic": read_code,
    "naics": read_code,
    "public": read_flag,
    "founded": read_year,
    "account": read_account,
    "account_owner": read_address,
    "aliases": _read_aliases,
    "employees": read_number,
    "revenue_usd": read_number,
}

# the usual headers of a field, letters and digits only; the first that the file has is read
_USUAL: dict[str, tuple[str, ...]] = {
    "id": ("id", "companyid", "recordid", "accountid", "key"),
    "name": ("name", "companyname", "company", "accountname", "legalname", "organizationname", "employer"),
    "cik": ("cik", "cikstr", "ciknumber"),
    "ein": ("ein", "taxid", "fein"),
    "lei": ("lei",),
    "ticker": ("ticker", "tickersymbol", "symbol", "tickers"),
    "domain": ("domain", "website", "companydomainname", "url", "web", "websiteurl", "homepage"),
    "street": ("street", "address", "streetaddress", "billingstreet", "address1", "street1"),
    "city": ("city", "billingcity", "town"),
    "county": ("county", "countyname", "parish"),
    "state": ("state", "stateregion", "billingstate", "billingstateprovince", "province", "stateprovince", "region"),
    "postal_code": ("postalcode", "zip", "zipcode", "billingzippostalcode", "billingpostalcode", "billingzip", "postcode"),
    "country": ("country", "countryregion", "billingcountry", "countrycode"),
    "phone": ("phone", "phonenumber", "telephone"),
    "sic": ("sic", "siccode"),
    "naics": ("naics", "naicscode"),
    "employees": ("employees", "numberofemployees", "employeecount", "headcount", "noofemployees"),
    "revenue_usd": ("revenueusd", "annualrevenue", "revenue"),
    "public": ("public", "ispublic", "ownership"),
    "founded": ("founded", "yearfounded", "yearstarted", "foundedyear"),
    "parent_id": ("parentid", "parentaccountid", "parentcompanyid"),
    "aliases": ("aliases", "alias", "formernames", "othernames", "tradename", "dba"),
    "account": ("account", "accounttype", "lifecyclestage", "type", "relationship", "accountstatus"),
    "account_owner": (
        "accountowneremail",
        "owneremail",
        "companyowneremail",
        "accountownerusername",
        "accountowner",
        "companyowner",
        "owner",
    ),
}


class Column(NamedTuple):
    """A column that is read."""

    place: int  # from 0
    field: str  # of Company
    header: str
    reader: Callable[[str], Any] | None  # None: the cell as it stands


@dataclass(frozen=True, slots=True)
class Layout:
    """How one register writes its companies."""

    origin: str  # kept with each company
    headers: Mapping[str, tuple[str, ...]]  # field of Company -> headers that hold it, letters and digits only
    needs: tuple[str, ...] = ()  # headers by which the register is known
    country: str | None = None  # of a national register
    id_field: str = ""  # the field that makes the id where the register has none of its own
    lenient: frozenset[str] = frozenset()  # fields whose unreadable cells count as unknown: free text in CRMs

    def columns_in(self, header: Sequence[str]) -> tuple[Column, ...]:
        """Return the columns of a file with this header line that are read."""
        places = {plain_header(cell): index for index, cell in reversed(list(enumerate(header)))}
        columns = []
        for field, names in self.headers.items():
            found = next((name for name in names if name in places), None)
            if found is not None:
                columns.append(self._column(places[found], field, header[places[found]]))
        return tuple(columns)

    def _column(self, index: int, field: str, header: str) -> Column:
        of_parents = field == "parent_id" and self.origin == "subsidiaries"
        return Column(index, field, header, _read_parent if of_parents else _READERS.get(field))

    def read(
        self, cells: Sequence[str], columns: Sequence[Column], on_left_out: Callable[[ValueFault], None] | None = None
    ) -> dict[str, Any]:
        """Return the fields of Company in a row; raise ValueFault with its column.

        A cell of a lenient field that cannot be read goes to `on_left_out`, and its field is unknown.
        """
        values: dict[str, Any] = {}
        width = len(cells)
        for index, field, header, reader in columns:
            # most cells are empty
            if index >= width or not (cell := cells[index]) or not (cell := cell.strip()):
                continue
            if reader is None:
                if field in ("id", "name") or not is_unknown(cell):
                    values[field] = cell
                continue
            if is_unknown(cell):
                continue
            try:
                if field in _RANGES:
                    values[field], most = read_number(cell)
                    if most is not None:
                        values[f"{field}_max"] = most
                else:
                    values[field] = reader(cell)
            except ValueFault as fault:
                placed = ValueFault(f"{header}: {fault}", index + 1)
                if field not in self.lenient:
                    raise placed from fault
                if on_left_out:
                    on_left_out(placed)
        said = {name: values.pop(name) for name in _SEAT if name in values}
        if said or self.country:
            values |= _settled_seat(self.country, **said)
        return values

    def fields_of(self, cells: Mapping[str, str | None]) -> dict[str, Any]:
        """Return the fields of Company for cells by field name, for registers that are no table."""
        columns = [self._column(index, field, field) for index, field in enumerate(cells)]
        return self.read([cell or "" for cell in cells.values()], columns)

    def id_of(self, values: Mapping[str, Any]) -> str:
        """Return the id of a company whose register has none: by its identifier, else by name and place, so that it stays."""
        if self.id_field and values.get(self.id_field):
            return f"{self.id_field}-{values[self.id_field]}"
        told = (values.get(field) for field in ("name", "city", "state", "country", "cik", "parent_id"))
        return f"{self.origin.replace(' ', '-')}-{fingerprint(*told)}"


_SEAT = ("city", "county", "state", "country")


@lru_cache(maxsize=8192)
def _settled_seat(
    nation: str | None, *, city: str | None = None, county: str | None = None, state: str | None = None, country: str | None = None
) -> Mapping[str, str]:
    """Return a seat as a register says it, `nation` being the register's own, with state and country by their codes and what follows from them.

    The country of a known state where none is given; in the United States the county, as given or else by the city, and metropolitan area.
    """
    seat = {"city": city} if city else {}
    if country is None and state is None:
        if nation:
            seat["country"] = nation
        return seat
    known = country_code(country) if country else nation
    # EDGAR gives the state again where others give the country: "CA" beside "CA" is California
    if state and (found := state_code(state, None if country == state else known)):
        seat["state"], seat["country"] = found
    elif country and known is None and (found := state_code(country)):
        seat["country"] = found[1]
        if state:
            seat["state"] = state
    else:
        if known or country:
            seat["country"] = known or str(country)
        # not a code of EDGAR's own list of countries ("X0"), or of a state we cannot name
        if state and not (len(state) == 2 and state.upper() == state and known not in ("US", "CA", None)):
            seat["state"] = state
    if seat.get("country") == "US" and "state" in seat:
        its = (read_county(county, seat["state"]) if county else None) or county_of(city, seat["state"])
        if its:
            seat["county"] = its
            if metro := metro_of(its, seat["state"]):
                seat["metro"] = metro
    return seat


def plain_header(cell: str) -> str:
    """Return a header's letters and digits in lower case: "Billing State/Province" -> "billingstateprovince"."""
    return re.sub(r"[^a-z0-9]+", "", cell.lower())


_CRM_LENIENT = frozenset(("domain", "employees", "revenue_usd", "founded", "public", "ticker", "ein", "sic", "naics"))

LAYOUTS: dict[str, Layout] = {
    "sec submissions": Layout("sec", _USUAL, id_field="cik", lenient=frozenset(("domain", "lei", "ein"))),
    # https://www.gleif.org/en/lei-data/gleif-golden-copy: level 1, CSV
    "gleif": Layout(
        "gleif",
        {
            "id": (),
            "lei": ("lei",),
            "name": ("entitylegalname",),
            "street": ("entityheadquartersaddressfirstaddressline",),
            "city": ("entityheadquartersaddresscity",),
            "state": ("entityheadquartersaddressregion",),
            "country": ("entityheadquartersaddresscountry",),
            "postal_code": ("entityheadquartersaddresspostalcode",),
            "aliases": ("entityotherentitynamesotherentityname1",),
        },
        needs=("lei", "entitylegalname"),
        id_field="lei",
    ),
    # https://www.irs.gov/charities-non-profits/exempt-organizations-business-master-file-extract-eo-bmf
    "irs business master": Layout(
        "irs",
        {
            "ein": ("ein",),
            "name": ("name",),
            "street": ("street",),
            "city": ("city",),
            "state": ("state",),
            "postal_code": ("zip",),
            "revenue_usd": ("revenueamt",),
            "aliases": ("sortname",),
        },
        needs=("ein", "name", "nteecd"),
        country="US",
        id_field="ein",
        lenient=frozenset(("revenue_usd",)),
    ),
    # e-file returns, which are no table: their cells come by field
    "irs returns": Layout(
        "irs 990",
        _USUAL,
        country="US",
        id_field="ein",
        lenient=frozenset(("domain", "employees", "revenue_usd", "founded")),
    ),
    "irs names": Layout(
        "irs",
        {"ein": ("ein",), "name": ("name",), "state": ("state",)},
        needs=("ein", "name", "normalizedname"),
        country="US",
        id_field="ein",
    ),
    # one row a listed filer, with both addresses as in SEC's submissions
    "listed filers": Layout(
        "sec",
        {
            "cik": ("cik",),
            "name": ("name",),
            "ein": ("ein",),
            "street": ("businessstreet1",),
            "city": ("businesscity",),
            "state": ("businessstateorcountry",),
            "country": ("businessstateorcountrydescription",),
            "postal_code": ("businesszipcode",),
            "phone": ("phone",),
            "sic": ("sic",),
            "ticker": ("tickers",),
        },
        needs=("cik", "name", "businessstateorcountry"),
        id_field="cik",
        lenient=frozenset(("ein",)),
    ),
    # former and present names, a row each: imported, they become aliases of the company that has the CIK
    "names over time": Layout("sec names", {"name": ("name",), "cik": ("cik",)}, needs=("name", "cik", "startdate", "enddate")),
    # the lists of subsidiaries in annual reports (Exhibit 21), with the parent's CIK
    "subsidiaries": Layout(
        "subsidiaries", {"name": ("name", "normalizedname"), "parent_id": ("parentcik",)}, needs=("parentcik", "parentname")
    ),
    "salesforce": Layout("salesforce", _USUAL, needs=("accountname", "billingcity"), lenient=_CRM_LENIENT),
    "hubspot": Layout("hubspot", _USUAL, needs=("recordid", "companyname"), lenient=_CRM_LENIENT),
    "own": Layout("csv", _USUAL),
}


def layout_of(header: Sequence[str]) -> Layout | str:
    """Return the layout of a file with this header line, or what is wrong with the header, in words."""
    names = {plain_header(cell) for cell in header}
    for layout in LAYOUTS.values():
        if layout.needs and names.issuperset(layout.needs):
            return layout
    own = LAYOUTS["own"]
    if not any(column.field == "name" for column in own.columns_in(header)):
        near = get_close_matches("name", sorted(names), n=1, cutoff=0.6)
        hint = f" (did you mean '{near[0]}'?)" if near else ""
        there = ", ".join(cell.strip() for cell in header)
        return f"no column 'name'{hint}; the columns are: {there}; say which is which, such as `--column name={header[-1].strip()}`, or columns: in prospect.yml"
    return own


def mapped_layout(header: Sequence[str], columns: Mapping[str, str], file: str) -> Layout | str:
    """Return a layout that reads the given headers, or what is wrong with the mapping, in words."""
    names = {plain_header(cell) for cell in header}
    for field, wanted in columns.items():
        if field not in COMPANY_FIELDS:
            return f"columns: unknown field '{field}'" + _near(field, COMPANY_FIELDS)
        if plain_header(wanted) not in names:
            return f"columns: {file} has no column '{wanted}'" + _near(wanted, [cell.strip() for cell in header])
    usual = {field: names for field, names in _USUAL.items() if field not in columns}
    layout = Layout("csv", {**usual, **{field: (plain_header(wanted),) for field, wanted in columns.items()}}, lenient=_CRM_LENIENT)
    if not any(column.field == "name" for column in layout.columns_in(header)):
        return f"no column holds the name; say which: columns: {{name: …}}; the columns are: {', '.join(cell.strip() for cell in header)}"
    return layout


def _near(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f" (did you mean '{near[0]}'?)" if near else f"; known: {', '.join(known)}"
