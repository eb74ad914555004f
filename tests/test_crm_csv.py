"""CRM import files: stable keys, whole files, harmless cells, mappings that say what is wrong with them."""

from __future__ import annotations

import csv
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.crm import csv as sink
from alerts.errors import Misconfigured, Permanent, TryAgain
from alerts.mapping import check_mapping, lead_names, mapped, person_of
from alerts.outbox import deliveries_for
from alerts.settings import MailSettings, Route, Target
from store.records import Delivery, LeadBrief, Story
from tests.alert_records import NOW, make_brief, make_company, make_sighting, make_story, new_cfo, planned_move

MAIL = MailSettings(url="folder:mails", sender="a@sender.example")


def owed(brief: LeadBrief, purpose: str = "alert") -> Delivery:
    targets = {"csv": Target(name="csv", channel="csv", folder=Path("crm"))}
    routes = {brief.lead.profile: Route(mail=None, crm="csv")}
    (delivery,) = deliveries_for([brief], now=NOW, routes=routes, mail=MAIL, targets=targets, purpose=purpose)
    return delivery


def target(folder: Path, name: str = "csv", mapping: dict[str, str] | None = None, **options: str) -> Target:
    return Target(name=name, channel="csv", folder=folder, mapping=mapping, options=options)


def send(settings: Target, *briefs: LeadBrief, purpose: str = "alert") -> list[Exception | None]:
    return [outcome.error for outcome in sink.send([owed(brief, purpose) for brief in briefs], settings)]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_a_lead_is_one_row_with_what_the_register_and_the_article_say(tmp_path: Path) -> None:
    assert send(target(tmp_path), make_brief()) == [None]
    (row,) = rows(tmp_path / "leads.csv")
    brief = make_brief()
    assert row["external_id"] == f"prospect-{brief.lead.id}"
    assert (row["company_name"], row["phone"], row["employees"]) == ("Meridian Freight Systems, Inc.", "+1 302 555 0142", "1250")
    assert (row["person_name"], row["person_title"]) == ("Dana Whitfield", "Chief Financial Officer")
    assert row["headline"].startswith("Dana Whitfield joins as Chief Financial Officer; headquarters moves")
    assert '"The company plans to move its headquarters' in row["description"]
    assert row["street"] == ""  # unknown stays empty, never invented


def test_telling_again_changes_nothing_and_news_change_the_row(tmp_path: Path) -> None:
    settings = target(tmp_path)
    first = make_brief()
    others = [make_brief(company=make_company(f"c{i}")) for i in range(2, 5)]
    send(settings, first, *others)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    send(settings, *others, first)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    news = replace(first, stories=(new_cfo(), planned_move(status="announced")))
    send(settings, news)
    table = rows(tmp_path / "leads.csv")
    assert len(table) == 4
    assert table[0]["external_id"] == f"prospect-{first.lead.id}"  # the same record, in its old place
    assert "(planned)" not in table[0]["headline"]
    send(settings, first, purpose="correction")
    assert rows(tmp_path / "leads.csv")[0]["status"] == "withdrawn"


def test_the_manifest_tells_an_importer_that_it_has_the_whole_file(tmp_path: Path) -> None:
    send(target(tmp_path), make_brief(), make_brief(company=make_company("c2")))
    manifest = json.loads((tmp_path / "leads.manifest.json").read_text())
    assert (manifest["file"], manifest["key"], manifest["rows"]) == ("leads.csv", "external_id", 2)
    assert manifest["sha256"] == hashlib.sha256((tmp_path / "leads.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "value, cell",
    [
        ("=HYPERLINK(\"http://evil.example\")", "'=HYPERLINK(\"http://evil.example\")"),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("\t=1+1", "'\t=1+1"),  # a spreadsheet skips what stands before
        ("  =1+1", "'  =1+1"),
        ("|calc", "'|calc"),
        ("+1 (302) 555-0142", "+1 (302) 555-0142"),  # a telephone number stays one
        ("-3.5", "-3.5"),
        ("Acme = Best", "Acme = Best"),  # only the first character makes a formula
        ("", ""),
    ],
)  # fmt: skip
def test_formulas_are_neutralised(value: str, cell: str) -> None:
    assert sink.harmless(value) == cell


HOSTILE = ["=cmd|'/C calc'!A0", 'a"b,c\r\nd;e', "\u202egnp.exe\u200b", "\ud800\x00 Ltd", "X" * 100_000, "<script>", "{{ lead.id }}"]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:20]))
@pytest.mark.parametrize("form", ["csv", "salesforce", "hubspot"])
def test_hostile_documents_reach_the_file_harmless(text: str, form: str, tmp_path: Path) -> None:
    facts: dict[str, str | None] = {"person": f"Jane {text}", "title": text, "direction": "joins"}
    story = make_story(make_sighting("executive_change", facts, text, url=text, publisher=text))
    company = make_company("c1", name=text, city=text, phone=text, domain=text)
    assert send(target(tmp_path, format=form), make_brief(story, company=company)) == [None]
    (row,) = rows(tmp_path / "leads.csv")
    for cell in row.values():
        assert cell[:1] not in {"=", "@", "-", "|"}
        assert not any(hidden in cell for hidden in "\x00\u202e\u200b")
        assert len(cell) <= 4001


@pytest.mark.parametrize(
    "form, stories, file, key",
    [
        ("salesforce", (new_cfo(),), "sf-leads.csv", "prospect-"),
        ("salesforce", (planned_move(),), "sf-leads-accounts.csv", "company-c1"),  # nobody named: a LastName is never made up
        ("hubspot", (planned_move(),), "sf-leads.csv", "company-c1"),  # a company needs no person
        ("csv", (planned_move(),), "sf-leads.csv", "prospect-"),
    ],
)
def test_a_lead_that_lacks_a_required_column_goes_as_what_it_can(
    form: str, stories: tuple[Story, ...], file: str, key: str, tmp_path: Path
) -> None:
    assert send(target(tmp_path, name="sf", format=form), make_brief(*stories)) == [None]
    assert [path.name for path in tmp_path.glob("*.csv")] == [file]
    (row,) = rows(tmp_path / file)
    assert next(iter(row.values())).startswith(key)


def test_a_mapping_may_state_what_a_required_column_wants(tmp_path: Path) -> None:
    settings = target(tmp_path, name="sf", mapping={"LastName": "person.last if person else 'Front desk'"}, format="salesforce")
    assert send(settings, make_brief(planned_move())) == [None]
    assert rows(tmp_path / "sf-leads.csv")[0]["LastName"] == "Front desk"


def test_a_company_without_a_name_is_a_dead_letter(tmp_path: Path) -> None:
    (error,) = send(target(tmp_path, format="salesforce"), make_brief(planned_move(), company=make_company(name="\u200b")))
    assert isinstance(error, Permanent)
    assert "csv: Name is required and not known of company c1; state one in the mapping of 'csv'" in str(error)


def test_a_wrong_format_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="unknown format 'sugar'; known: csv, salesforce, salesforce-accounts, hubspot"):
        send(target(tmp_path, format="sugar"), make_brief())
    assert sink.faults(Target(name="x", channel="csv")) == ["x: 'folder' is missing: where the import file goes"]


def test_a_file_that_somebody_broke_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_bytes(b"\xff\xfe not what we wrote")
    with pytest.raises(Misconfigured, match="move it away"):
        send(target(tmp_path), make_brief())


def test_a_folder_that_cannot_be_written_keeps_the_lead(tmp_path: Path) -> None:
    (tmp_path / "crm").write_text("a file in the way")
    with pytest.raises(TryAgain, match="cannot be written"):
        send(target(tmp_path / "crm"), make_brief())


def test_workers_that_write_at_once_lose_no_row(tmp_path: Path) -> None:
    briefs = [make_brief(company=make_company(f"c{i}")) for i in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda brief: send(target(tmp_path), brief), briefs))
    assert len(rows(tmp_path / "leads.csv")) == 24


# ------------------------------------------------------------------ mappings


@pytest.mark.parametrize(
    "expression, value",
    [
        ("company.name", "Meridian Freight Systems, Inc."),
        ("'Prospect: ' ~ headline", "Prospect: Dana Whitfield joins as Chief Financial Officer"),
        ("company.employees // 100", 12),
        ("person.last if person else 'unknown'", "Whitfield"),
        ("company.street", None),  # unknown: the field is left out, so that nothing known in the CRM is wiped
        ("company.name | upper | truncate(8, true, '')", "MERIDIAN"),
        ("lead.created", "2026-11-20T06:30:00Z"),
    ],
)
def test_mapping_expressions(expression: str, value: object) -> None:
    fields = mapped({"f": expression}, lead_names(make_brief(new_cfo())), "sf")
    assert fields.get("f") == value


@pytest.mark.parametrize(
    "expression, words",
    [
        ("company.nmae", "has no attribute 'nmae'"),
        ("compny.name", "'compny' is undefined"),
        ("1 +", "unexpected"),
        ("company.employees + 1", "cannot be worked out"),  # a company whose staff nobody knows
        ("person.last", "has no attribute 'last'"),  # a lead that names nobody
        ("lead.__class__.__mro__", "unsafe"),
        ("().__class__.__bases__[0].__subclasses__()", "unsafe"),
        ("cycler.__init__.__globals__", "unsafe"),
    ],
)
def test_a_mapping_is_checked_before_a_lead_is_lost_on_it(expression: str, words: str) -> None:
    faults = check_mapping({"Field__c": expression})
    assert len(faults) == 1
    assert faults[0].startswith("field 'Field__c': ")
    assert words in faults[0]


def test_a_field_the_target_does_not_have_is_named_with_the_nearest() -> None:
    assert check_mapping({"Compnay": "company.name"}, ["Company", "LastName"]) == ["unknown field 'Compnay' (did you mean 'Company'?)"]


@pytest.mark.parametrize("form", list(sink.FORMATS))
def test_the_shipped_formats_pass_their_own_check(form: str) -> None:
    shipped = sink.FORMATS[form]
    assert check_mapping(shipped.columns) == []
    assert {shipped.key, *shipped.required} <= set(shipped.columns)


@pytest.mark.parametrize(
    "facts, person",
    [
        ({"person": "Dr. Mary-Ann de la Cruz Jr.", "direction": "joins", "title": "CFO"}, ("Mary-Ann", "de la Cruz Jr.", "CFO")),
        ({"person": "Tom Abara", "direction": "leaves", "title": "CFO"}, None),  # who leaves is nobody to call
        ({"person": "Cher", "direction": "joins"}, None),  # a first name alone is no LastName
        ({"person": None, "direction": "joins"}, None),
    ],
)
def test_whom_to_call(facts: dict[str, str | None], person: tuple[str, str, str] | None) -> None:
    found = person_of([make_story(make_sighting("executive_change", facts, "A sentence."))])
    assert (found and (found.first, found.last, found.title)) == person
