"""Registers of several makers become companies; a bad row is told with row, column and cure."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from enrichment.registry import BadRow, RegisterError, read_companies, rows_about
from enrichment.values import ValueFault, read_number
from store.records import Company

FIXTURES = Path(__file__).parent.parent / "fixtures" / "pages"
RETURN_SAYS = {
    "id": "ein-990005678", "name": "LONG WHARF MARITIME MUSEUM", "domain": "lwmm.example", "city": "PORTLAND", "county": "Cumberland", "state": "ME",
    "metro": "Portland, ME", "employees": 46, "revenue_usd": 5120334, "founded": 1971, "origin": "irs 990", "as_of": date(2025, 6, 30),
}  # fmt: skip


def read(path: Path, body: str | bytes, **options: object) -> list[Company]:
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return list(read_companies(path, **options))  # type: ignore[arg-type]


def bad_rows(path: Path, body: str) -> tuple[list[Company], list[BadRow]]:
    bad: list[BadRow] = []
    return read(path, body, on_bad_row=bad.append), bad


def test_ticker_file(tmp_path: Path) -> None:
    body = {
        "0": {"cik_str": 1234, "ticker": "LKV", "title": "LARKSPUR CORP"},
        "1": {"cik_str": 1234, "ticker": "LKV-PA", "title": "LARKSPUR CORP"},
    }
    (company,) = read(tmp_path / "company_tickers.json", json.dumps(body))
    assert (company.id, company.cik, company.ticker, company.public) == ("cik-0000001234", "0000001234", "LKV", True)


def test_submissions_file(tmp_path: Path) -> None:
    body = {
        "cik": "1234",
        "name": "LARKSPUR CORP",
        "sic": "7372",
        "ein": "123456789",
        "tickers": ["LKV"],
        "phone": "555-0100",
        "website": "",
        "addresses": {
            "business": {
                "street1": "1 VANE WAY",
                "city": "BEDFORD",
                "stateOrCountry": "MA",
                "zipCode": "01730",
                "stateOrCountryDescription": "MA",
            }
        },
        "formerNames": [{"name": "VANE SOFTWARE INC", "from": "1999", "to": "2012"}],
    }
    (company,) = read(tmp_path / "CIK0000001234.json", json.dumps(body))
    assert (company.street, company.city, company.state, company.country) == ("1 VANE WAY", "BEDFORD", "MA", "US")
    assert (company.aliases, company.sic, company.ein) == (("VANE SOFTWARE INC",), "7372", "123456789")


def test_own_csv(tmp_path: Path) -> None:
    body = (
        "id,name,cik,ticker,domain,city,state,country,aliases,employees,unheard of\n"
        'a1,"Larkspur, Inc.",1234,nyse: lkv,https://www.larkspur.example/x,Boston,Massachusetts,United States,Vane Software; LKV,"1,200",x\n'
        "a2,Vane GmbH,,,,Munich,Bavaria,Germany,,11-50,\n"
    )
    one, two = read(tmp_path / "own.csv", body)
    assert (one.id, one.cik, one.ticker, one.domain) == ("a1", "0000001234", "LKV", "larkspur.example")
    assert (one.state, one.country, one.aliases, one.employees) == ("MA", "US", ("Vane Software", "LKV"), 1200)
    assert (two.state, two.country, two.employees, two.employees_max) == ("Bavaria", "DE", 11, 50)


@pytest.mark.parametrize(
    "header, row, field, value",
    [
        # Salesforce's account export
        (
            "Account ID,Account Name,Billing City,Type,Account Owner",
            "001A,Larkspur,Boston,Customer - Direct,jo@example.com",
            "account",
            "customer",
        ),
        # HubSpot's company export
        (
            "Record ID,Company name,Company Domain Name,Lifecycle Stage",
            "77,Larkspur,larkspur.example,opportunity",
            "account",
            "open_opportunity",
        ),
        (
            "Record ID,Company name,Company Domain Name,Lifecycle Stage",
            "77,Larkspur,not a site,lead",
            "domain",
            None,
        ),  # free text of a CRM is no fault
        # GLEIF's golden copy
        (
            "LEI,Entity.LegalName,Entity.HeadquartersAddress.Country",
            "5299000000000000AB12,Larkspur AG,DE",
            "id",
            "lei-5299000000000000AB12",
        ),
        # IRS business master
        (
            "EIN,NAME,STREET,CITY,STATE,ZIP,NTEE_CD,SORT_NAME",
            "123456789,LARKSPUR HOSPITAL,1 VANE WAY,BEDFORD,MA,01730,E22,",
            "id",
            "ein-123456789",
        ),
        # subsidiaries of annual reports
        ("normalized_name,parent_cik,parent_name,source_year", "larkspur dental,1234,LARKSPUR CORP,2025", "parent_id", "cik-0000001234"),
        # names over time
        ("name,start_date,end_date,cik", "VANE SOFTWARE INC,1999-01-01,2012-01-01,0000001234", "cik", "0000001234"),
        # SEC's listed filers
        (
            "name,cik,business_city,business_stateOrCountry,business_stateOrCountryDescription,tickers",
            "LARKSPUR,0000001234,BEDFORD,MA,MA,['LKV']",
            "ticker",
            "LKV",
        ),
    ],
)
def test_known_registers(tmp_path: Path, header: str, row: str, field: str, value: str | None) -> None:
    (company,) = read(tmp_path / "register.csv", f"{header}\n{row}\n")
    assert getattr(company, field) == value


@pytest.mark.parametrize(
    "cell, ends",
    [
        ("1,200", (1200, None)),
        ("201-500", (201, 500)),
        ("201 to 500", (201, 500)),
        ("1,001–5,000", (1001, 5000)),
        ("250+", (250, None)),  # no upper end is known
        ("$10-50 million", (10_000_000, 50_000_000)),  # the magnitude is said once
        ("$1.2M", (1_200_000, None)),
        ("50-50", (50, None)),
    ],
)
def test_numbers_and_ranges(cell: str, ends: tuple[int, int | None]) -> None:
    assert read_number(cell) == ends


@pytest.mark.parametrize("cell", ["many", "500-201", "10 dozen", "-5"])
def test_what_is_no_number(cell: str) -> None:
    with pytest.raises(ValueFault, match="write"):
        read_number(cell)


@pytest.mark.parametrize(
    "row, county, metro",
    [
        ("Towson,,MD", "Baltimore", "Baltimore, MD"),  # by the city
        ("Sparks Glencoe,Baltimore County,MD", "Baltimore", "Baltimore, MD"),  # a city too small for the gazetteer
        ("Sparks Glencoe,Baltmore,MD", None, None),  # no county of the state
        ("Munich,Bavaria,Germany", None, None),
    ],
)
def test_county_and_metropolitan_area(tmp_path: Path, row: str, county: str | None, metro: str | None) -> None:
    (company,) = read(tmp_path / "own.csv", f"name,city,county,state\nLarkspur,{row}\n")
    assert (company.county, company.metro) == (county, metro)


def test_returns_of_the_irs(tmp_path: Path) -> None:
    """A folder of e-file returns: who filed, how large, and on which day that was so."""
    (tmp_path / "2026_public.xml").write_bytes((FIXTURES / "irs990-return.xml").read_bytes())
    (tmp_path / "torn.xml").write_bytes(b"<Return><ReturnHeader>")
    (tmp_path / "other.xml").write_bytes(b"<feed/>")
    bad: list[BadRow] = []
    (company,) = read_companies(tmp_path, on_bad_row=bad.append)
    assert {name: getattr(company, name) for name in RETURN_SAYS} == RETURN_SAYS
    assert [row.message.split(" (")[0] for row in bad] == ["is XML, but no return of the IRS", "is not valid XML"]


@pytest.mark.parametrize(
    "row, column, words",
    [
        ("a2,Vane,many", 3, "employees: 'many' is no number; write digits such as 1200, or nothing"),
        ("a2,,5", 2, "no name; write one, or delete the row"),
        ("a1,Vane,5", 1, "id 'a1' stands in row 2 already; give each company its own id"),
        ("a2,Vane,5,6", 4, "4 values for 3 columns; put values that hold a ',' into double quotes"),
    ],
)
def test_bad_rows_are_told_and_the_rest_is_read(tmp_path: Path, row: str, column: int, words: str) -> None:
    path = tmp_path / "own.csv"
    body = f"id,name,employees\na1,Larkspur,1\n{row}\na3,Ketch,2\n"
    companies, (bad,) = bad_rows(path, body)
    assert [company.id for company in companies] == ["a1", "a3"]
    assert str(bad) == f"{path}:3:{column}: {words}"
    with pytest.raises(BadRow):
        list(read_companies(path))


@pytest.mark.parametrize(
    "body, words",
    [
        ("nme,city\nLarkspur,Boston\n", "no column 'name' (did you mean 'nme'?); the columns are: nme, city"),
        ("", "is empty"),
        ('{"a": 1}', "neither SEC's company_tickers.json nor"),
        ('{"a": ', "is not valid JSON"),
    ],
)
def test_a_file_that_is_no_register(tmp_path: Path, body: str, words: str) -> None:
    with pytest.raises(RegisterError, match=r"own\.csv.*" + words.replace("(", r"\(").replace(")", r"\)").replace("?", r"\?")):
        read(tmp_path / "own.csv", body)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="there is no such file"):
        list(read_companies(tmp_path / "none.csv"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    (company,) = read(tmp_path / "own.csv", "id;name\na1;Kröger Söhne\n".encode(encoding))
    assert company.name == "Kröger Söhne"


def test_gzip(tmp_path: Path) -> None:
    (company,) = read(tmp_path / "own.csv.gz", gzip.compress(b"id,name\na1,Larkspur\n"))
    assert company.name == "Larkspur"


def test_mapped_columns(tmp_path: Path) -> None:
    (company,) = read(tmp_path / "own.csv", "Nr,Firma,Ort\n7,Larkspur GmbH,Bonn\n", columns={"id": "Nr", "name": "Firma", "city": "Ort"})
    assert (company.id, company.name, company.city) == ("7", "Larkspur GmbH", "Bonn")
    with pytest.raises(RegisterError, match=r"has no column 'Frma' \(did you mean 'Firma'\?\)"):
        list(read_companies(tmp_path / "own.csv", columns={"name": "Frma"}))
    with pytest.raises(RegisterError, match=r"unknown field 'nmae' \(did you mean 'name'\?\)"):
        list(read_companies(tmp_path / "own.csv", columns={"nmae": "Firma"}))


def test_a_register_without_ids_gives_the_same_ids_again(tmp_path: Path) -> None:
    body = "name,city\nLarkspur,Boston\n"
    assert read(tmp_path / "a.csv", body)[0].id == read(tmp_path / "b.csv", body)[0].id


@pytest.mark.parametrize(
    "name, body, rows",
    [
        ("k.csv", b"name\nLarkspur\nVane\n", 2),
        ("k.csv.gz", gzip.compress(b"name\nLarkspur\n", mtime=0), 1),
        ("empty.csv", b"", 0),
        ("company_tickers.json", b'{"0": {}}', None),  # no table
        ("r.xml", b"<Return/>\n\n", None),
    ],
)
def test_rows_about(tmp_path: Path, name: str, body: bytes, rows: int | None) -> None:
    (tmp_path / name).write_bytes(body)
    assert rows_about(tmp_path / name) == rows
    assert rows_about(tmp_path) is None
