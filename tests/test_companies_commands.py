"""`prospect companies`: import, show, merge and split, and what wrong input gets."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from prospect.cli import app, register
from store.database import open_store
from tests.factories import document, event, store_events

PROFILE = "hq-moves"

KETCHES = """id,name,cik,ticker,employees
b1,Ketch Marine,1001,KTCH,201-500
b2,Ketch Marine Inc,1002,,
b3,Ketch Boats,,KTB,
b4,Ketch Yachts,,,
"""


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "k.csv").write_text(KETCHES)
    register(["init"])
    register(["companies"])
    runner = CliRunner()
    runner.invoke(app, ["init", "."], catch_exceptions=False)
    runner.invoke(app, ["companies", "import", "k.csv"], catch_exceptions=False)
    return runner


def companies(ask: CliRunner, *words: str) -> Result:
    return ask.invoke(app, ["companies", *words])


def said(done: Result) -> str:
    return f"{done.output} {done.exception}"


REFUSED = [
    (("merge", "b1", "b2"), "has CIK 0000001001, 'Ketch Marine Inc' has 0000001002: two companies"),
    (("merge", "b1", "b3"), "merge with --force"),
    (("merge", "b1", "b1"), "b1 is one company already"),
    (("merge", "b1", "b9"), "no company is known as 'b9'"),
    (("split", "b9"), "there is no merge b9"),
    (("list", "Ketch", "--format", "xml"), "unknown format 'xml'"),
    (("import", "nothing.csv"), "nothing.csv: there is no such file"),
]


@pytest.mark.parametrize("words, why", REFUSED)
def test_what_cannot_be_done_says_why(ask: CliRunner, words: tuple[str, ...], why: str) -> None:
    done = companies(ask, *words)
    assert done.exit_code != 0
    assert why in said(done)


def test_a_merge_can_be_undone_once(ask: CliRunner) -> None:
    merged = companies(ask, "merge", "b1", "b4")
    [merge] = re.findall(r"split (\w+)", merged.output)
    assert "aliases        Ketch Yachts" in companies(ask, "show", "b1").output
    assert "b4 was merged into b1" in said(companies(ask, "show", "b4"))
    assert companies(ask, "split", merge).exit_code == 0
    shown = companies(ask, "show", "b4").output
    assert "Ketch Yachts" in shown
    assert "undone" in shown
    again = companies(ask, "split", merge)
    assert again.exit_code != 0
    assert "undone already" in said(again)


def test_an_import_says_what_it_did(ask: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text(KETCHES + "b5,Ketch Oars,,,\n")
    assert "k.csv: 5 rows: 1 new, 0 changed, 4 as before\n" in companies(ask, "import", "k.csv").output
    assert "k.csv: nothing new since it was imported\n" in companies(ask, "import", "k.csv").output


def test_show_says_ranges_and_who_said_what(ask: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "crm.csv").write_text("Account ID,Account Name,Billing City,CIK,Type\n001,Ketch Marine,Reno,1001,Customer\n")
    companies(ask, "import", "crm.csv")
    shown = companies(ask, "show", "b1").output
    assert re.search(r"employees +201 to 500  \(csv \d{4}-\d\d-\d\d\)", shown)
    assert re.search(r"city +Reno  \(salesforce \d{4}-\d\d-\d\d\)", shown)


BAD = [
    (b"id,name\na1,Larkspur\na2,\n", ["row,what is wrong,id,name", '3,"no name; write one, or delete the row",a2,']),
    # a quote that does not close takes in what follows
    (b'id,name\na1,Larkspur\na2,"Vane\na3,Ketch\n', ["row,what is wrong,id,name", '4,a name of several lines; is a double quote not closed?,a2,"Vane']),
    # Windows-1252, semicolons
    ("id;name\na1;Café\na1;Café Noir\n".encode("cp1252"), ["row,what is wrong,id,name", "3,id 'a1' stands in row 2 already; give each company its own id,a1,Café Noir"]),
]  # fmt: skip


@pytest.mark.parametrize("body, kept", BAD)
def test_bad_rows_are_kept_beside_the_list_with_its_heading(ask: CliRunner, tmp_path: Path, body: bytes, kept: list[str]) -> None:
    (tmp_path / "own.csv").write_bytes(body)
    assert companies(ask, "import", "own.csv").exit_code == 0
    assert (tmp_path / "own.bad.csv").read_text(encoding="utf-8").splitlines()[: len(kept)] == kept


@pytest.mark.parametrize("body", [bytes(range(256)) * 9, b"\x7fELF\x02\x01\x01name"])
def test_what_is_no_text_is_told_so(ask: CliRunner, tmp_path: Path, body: bytes) -> None:
    (tmp_path / "own.csv").write_bytes(body)
    done = companies(ask, "import", "own.csv")
    assert done.exit_code != 0
    assert "is no text" in said(done)


VANES = "id,name,city,state,country,employees\nv1,Vane Roofing LLC,Austin,TX,US,120\nv2,Vane Roofing LLC,Dayton,OH,US,\n"


@pytest.fixture
def unclear(ask: CliRunner, tmp_path: Path) -> CliRunner:
    """A workspace whose one event two companies fit alike, and another that one does."""
    for name in ("inbox", "work"):
        register([name])
    (tmp_path / "v.csv").write_text(VANES)
    companies(ask, "import", "v.csv")
    engine = open_store(f"sqlite:///{tmp_path / 'prospect.db'}")
    told = document("https://wire.example/1", title="Vane Roofing moves to Tulsa")
    store_events(engine, told, event(told, "relocation", "Vane Roofing"))
    sure = document("https://wire.example/2", title="Ketch Boats moves")
    store_events(engine, sure, event(sure, "relocation", "Ketch Boats"))
    engine.dispose()
    assert ask.invoke(app, ["run", "--stage", "resolve"], catch_exceptions=False).exit_code == 0
    return ask


def test_what_two_companies_fit_is_shown_and_waits_for_a_choice(unclear: CliRunner) -> None:
    [row] = [json.loads(line) for line in companies(unclear, "unclear", "--format", "json").output.splitlines()]
    assert (row["kind"], row["named"]) == ("relocation", "Vane Roofing")
    assert sorted(row["may_be"]) == ["v1 Vane Roofing LLC (Austin, TX)", "v2 Vane Roofing LLC (Dayton, OH)"]
    # wherever a person looks for it: at the company, in its explanation, among what is held for review
    for words in (["companies", "show", "v1"], ["companies", "show", "v2"], ["explain", PROFILE, "v1"], ["leads", "--review"]):
        shown = " ".join(unclear.invoke(app, words, catch_exceptions=False).output.split())
        assert "v2 Vane Roofing LLC (Dayton, OH)" in shown
        assert f"prospect companies choose {row['event']} COMPANY" in shown
    assert "unclear" not in companies(unclear, "show", "b3").output
    assert companies(unclear, "choose", row["event"], "v2").exit_code == 0
    assert "relocation" in companies(unclear, "show", "v2").output
    assert "relocation" not in companies(unclear, "show", "v1").output
    assert "has one company" in companies(unclear, "unclear").output
    again = companies(unclear, "choose", row["event"], "v1")
    assert again.exit_code != 0
    assert "waits for its company; `prospect companies unclear` lists those that do" in said(again)


def test_explain_says_who_knows_a_company_s_size_and_when(unclear: CliRunner) -> None:
    explained = unclear.invoke(app, ["explain", PROFILE, "v1"], catch_exceptions=False).output
    assert re.search(r"known of it: city Austin \(csv \d{4}-\d\d-\d\d\); state TX .*; employees 120 \(csv \d{4}-\d\d-\d\d\)", explained)


@pytest.mark.parametrize(
    "row, ids, note",
    [
        ("x1,Larkspur Software Inc,LKVX,larkspur.example,MA,US", ["x1"], ""),
        # a row that the text contradicts stays beside what the text made, and the import goes on
        ("x1,Larkspur Software Inc,LKV,larkspur.example,MA,US", ["text-", "x1"], "has the ticker LKV, 'Larkspur Software, Inc.' LKVX"),
    ],
)
def test_a_list_that_knows_a_company_of_a_text(ask: CliRunner, tmp_path: Path, row: str, ids: list[str], note: str) -> None:
    register(["work"])
    told = document(title="Larkspur moves", text="BEDFORD, Mass., March 2, 2026 -- Larkspur Software, Inc. (NYSE: LKVX) moves to Tulsa.")
    engine = open_store(f"sqlite:///{tmp_path / 'prospect.db'}")
    store_events(engine, told, event(told, "relocation", "Larkspur Software, Inc."))
    engine.dispose()
    assert ask.invoke(app, ["run", "--stage", "resolve"], catch_exceptions=False).exit_code == 0
    (tmp_path / "r.csv").write_text(f"id,name,ticker,domain,state,country\n{row}\n")
    done = companies(ask, "import", "r.csv")
    assert done.exit_code == 0, said(done)
    assert note in said(done)
    found = [json.loads(line)["company"] for line in companies(ask, "list", "Larkspur", "--format", "json").stdout.splitlines()]
    assert [each[:5] if each.startswith("text") else each for each in sorted(found)] == ids


@pytest.mark.parametrize("first", ["nix.csv", "broken.json"])
def test_a_list_that_cannot_be_read_stops_no_other(ask: CliRunner, tmp_path: Path, first: str) -> None:
    (tmp_path / "broken.json").write_text('{"a": ')
    (tmp_path / "own.csv").write_text("name\nLarkspur\n")
    done = companies(ask, "import", first, "own.csv")
    assert done.exit_code == 1
    assert f"{first}: " in done.stderr
    assert "own.csv: 1 rows: 1 new" in done.stdout


def test_a_cell_that_cannot_be_read_is_told_and_its_row_kept(ask: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text("Firma,Web,Umsatz\nLarkspur,no site,12 Mio\nVane,vane.example,viel\nKetch,n/a,3\n")
    done = companies(ask, "import", "k.csv", "--column", "name=Firma", "--column", "domain=Web", "--column", "revenue_usd=Umsatz")
    assert "3 rows: 3 new" in done.stdout
    assert (
        "2 cells that cannot be read left out, their fields unknown; the first: k.csv:2:2: Web: 'no site' is no web address" in done.stderr
    )
    assert not (tmp_path / "k.bad.csv").exists()


def test_a_list_that_is_cut_says_so(ask: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("name\nLarkspur\nLarkspur Two\nLarkspur Three\n")
    companies(ask, "import", "own.csv")
    assert "and more; --most 20 shows" in companies(ask, "list", "larkspur", "--most", "2").stderr
    assert "and more" not in companies(ask, "list", "larkspur", "--most", "3").stderr


KUNDEN = "Nr;Firma;Ort\n7;Müller Boote GmbH;Köln\n"
MAPPED = [
    (("--column", "name=Firma", "--column", "city=Ort", "--column", "id=Nr"), "1 new", ""),
    ((), "", "no column 'name'; the columns are: Nr, Firma, Ort"),
    (("--column", "nam=Firma"), "", "columns: unknown field 'nam' (did you mean 'name'?)"),
    (("--column", "name=Firmen"), "", "has no column 'Firmen' (did you mean 'Firma'?)"),
    (("--column", "Firma"), "", "'Firma' says no column; write FIELD=HEADING, such as name=Firma"),
]


@pytest.mark.parametrize("columns, done, fault", MAPPED)
def test_columns_of_an_own_list_are_named(ask: CliRunner, tmp_path: Path, columns: tuple[str, ...], done: str, fault: str) -> None:
    (tmp_path / "kunden.csv").write_text(KUNDEN, encoding="utf-8")
    told = companies(ask, "import", "kunden.csv", *columns)
    assert (told.exit_code == 0) == (not fault)
    assert (fault or done) in said(told)


def test_columns_of_a_list_of_the_workspace_are_named_in_it(ask: CliRunner, tmp_path: Path) -> None:
    register(["work"])
    (tmp_path / "kunden.csv").write_text(KUNDEN, encoding="utf-8")
    settings = (tmp_path / "prospect.yml").read_text()
    listed = "  - {file: kunden.csv, columns: {name: Firma, city: Ort}}\n"
    (tmp_path / "prospect.yml").write_text(settings.replace("  - accounts/companies.csv\n", "  - accounts/companies.csv\n" + listed))
    assert ask.invoke(app, ["check"]).exit_code == 0
    assert ask.invoke(app, ["run", "--stage", "resolve"], catch_exceptions=False).exit_code == 0
    assert "Köln" in companies(ask, "list", "Boote").output
    (tmp_path / "prospect.yml").write_text(settings.replace("  - accounts/companies.csv\n", listed.replace("columns", "colums")))
    assert re.search(r"prospect\.yml:\d+:\d+: unknown key 'colums' \(did you mean 'columns'\?\)", said(ask.invoke(app, ["check"])))
