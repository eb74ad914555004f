"""Imports are idempotent and join what is one company; merges are refused, done and undone without losing an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from enrichment.importing import ImportSummary, import_companies, join_companies
from enrichment.merging import MergeRefused, better_kept, plan_merge, settled_provisionals
from enrichment.resolve import Resolver
from enrichment.stories import tell_stories
from store import queries as q
from store.records import Company, Mention
from tests import stored
from tests.stored import NOW

LARKSPUR = Company(
    id="cik-0000001001", name="LARKSPUR SOFTWARE INC", cik="0000001001", state="MA", country="US", origin="sec", as_of=date(2026, 1, 1)
)


class Shelf:
    """Companies in a dict, in place of the store."""

    def __init__(self, *companies: Company) -> None:
        self.companies = {company.id: company for company in companies}
        self.saved = 0

    def take_in(self, *rows: Company) -> ImportSummary:
        return import_companies(rows, Resolver(self.companies.values()), get=self._get, save=self._save)

    def _get(self, ids: object) -> dict[str, Company]:
        return {id: self.companies[id] for id in ids if id in self.companies}  # type: ignore[attr-defined]

    def _save(self, companies: Sequence[Company]) -> None:
        self.saved += len(companies)
        self.companies |= {company.id: company for company in companies}


def test_a_second_import_changes_nothing() -> None:
    shelf = Shelf()
    ketch = Company(
        id="a1", name="Ketch Marine", city="Reno", aliases=("KETCH MARINE INC", "Yawl"), as_of=date(2026, 1, 1)
    )  # an alias that is the name again
    rows = [LARKSPUR, ketch]
    assert (shelf.take_in(*rows).new, shelf.saved) == (2, 2)
    # the same file, fetched on another day
    again = shelf.take_in(*(replace(row, as_of=date(2026, 2, 1)) for row in rows))
    assert (again.new, again.changed, again.unchanged, shelf.saved) == (0, 0, 2, 2)


@pytest.mark.parametrize(
    "row, joined",
    [
        (Company(id="lei-5", name="Larkspur Software", lei="5" * 20, cik="0000001001"), True),  # same CIK in another register
        (Company(id="001A", name="Larkspur Software", state="MA", account="customer"), True),  # an account of the CRM, by name and place
        (Company(id="001A", name="Larkspur Dental", state="MA", account="customer"), False),  # near-miss: another company of that head
        (Company(id="x1", name="Larkspur Software", state="MA"), False),  # a register's row without identifier is a company of its own
    ],
)
def test_what_is_one_company(row: Company, joined: bool) -> None:
    shelf = Shelf(LARKSPUR)
    summary = shelf.take_in(row)
    assert (summary.joined == 1) == joined
    assert len(shelf.companies) == (1 if joined else 2)


def test_an_account_brings_its_standing_and_owner() -> None:
    shelf = Shelf(LARKSPUR)
    shelf.take_in(
        Company(id="001A", name="Larkspur Software, Inc.", domain="larkspur.example", account="customer", account_owner="jo@example.com")
    )
    (company,) = shelf.companies.values()
    assert (company.account, company.account_owner, company.domain, company.name) == (
        "customer",
        "jo@example.com",
        "larkspur.example",
        LARKSPUR.name,
    )
    assert company.aliases == ()  # the same name in another spelling is no alias


def test_former_names_become_aliases() -> None:
    shelf = Shelf(LARKSPUR)
    names = [
        Company(id=f"n{n}", name=name, cik=LARKSPUR.cik, origin="sec names")
        for n, name in enumerate(("VANE SOFTWARE INC", "LARKSPUR SOFTWARE INC", "VANE INC"))
    ]
    assert shelf.take_in(*names).joined == 3
    (company,) = shelf.companies.values()
    assert (company.name, company.aliases, company.origin) == (LARKSPUR.name, ("VANE SOFTWARE INC", "VANE INC"), "sec")
    assert Resolver([company]).resolve(Mention(name="Vane Software")).company_id == LARKSPUR.id


@pytest.mark.parametrize(
    "known, given, told, sources",
    [
        # what another register adds keeps its name and day
        ({}, {"employees": 200}, {"employees": 200, "state": "MA"}, {"employees": "crm 2026-03-01"}),
        # a range is one thing: its two ends come from one register
        ({"employees": 150}, {"employees": 201, "employees_max": 500}, {"employees": 201, "employees_max": 500}, {"employees": "crm 2026-03-01", "employees_max": "crm 2026-03-01"}),
        ({"employees": 201, "employees_max": 500}, {"employees": 320}, {"employees": 320, "employees_max": None}, {"employees": "crm 2026-03-01"}),
        # so is the seat: a new city has not the street of the old one
        ({"city": "Bedford", "street": "1 Vane Way"}, {"city": "Salem", "state": "NH", "country": "US"}, {"city": "Salem", "state": "NH", "street": None}, {"city": "crm 2026-03-01", "state": "crm 2026-03-01", "country": "crm 2026-03-01"}),
        # near-miss: the same seat, told more fully
        ({"city": "Bedford"}, {"city": "Bedford", "street": "1 Vane Way"}, {"street": "1 Vane Way"}, {"street": "crm 2026-03-01"}),
        # what was said later by a third register stays
        ({"employees": 90, "sources": {"employees": "lei 2026-05-01"}}, {"employees": 200}, {"employees": 90}, {"employees": "lei 2026-05-01"}),
        # of two registers of one day the first
        ({"employees": 90, "sources": {"employees": "lei 2026-03-01"}}, {"employees": 200}, {"employees": 90}, {"employees": "lei 2026-03-01"}),
    ],
)  # fmt: skip
def test_each_value_keeps_who_said_it_and_when(
    known: dict[str, Any], given: dict[str, Any], told: dict[str, object], sources: dict[str, str]
) -> None:
    row = Company(**{"id": "001A", "name": "Larkspur Software", "origin": "crm", "as_of": date(2026, 3, 1), **given})
    joined = join_companies(replace(LARKSPUR, **known), row).company
    assert {name: getattr(joined, name) for name in told} == told
    assert joined.sources == sources


def test_a_renewed_register_takes_over_what_it_says_again() -> None:
    """What it no longer says was said by its earlier edition."""
    before = replace(LARKSPUR, sic="7372", employees=90)
    joined = join_companies(before, replace(LARKSPUR, as_of=date(2026, 6, 1), employees=120)).company
    assert (joined.employees, joined.sic, joined.as_of) == (120, "7372", date(2026, 6, 1))
    assert joined.sources == {"sic": "sec 2026-01-01"}


def test_newer_values_win_and_identifiers_stay() -> None:
    given = replace(LARKSPUR, id="other", name="Vane Software", cik="0000009999", state="NH", employees=200, as_of=date(2025, 1, 1))
    joined = join_companies(LARKSPUR, given)
    assert (joined.company.state, joined.company.employees) == ("MA", 200)  # older: fills gaps only
    assert joined.company.cik == LARKSPUR.cik
    assert joined.company.aliases == ("Vane Software",)
    assert joined.conflicts == (
        "cik-0000001001 'LARKSPUR SOFTWARE INC': CIK 0000001001 is known, other 'Vane Software' says 0000009999; the first stays",
    )


@pytest.mark.parametrize(
    "other, words",
    [
        ({"cik": "0000009999"}, "has CIK 0000001001, 'Ketch' has 0000009999: two companies"),
        ({"country": "DE"}, "has the country US, 'Ketch' DE; if they are one all the same, merge with --force"),
    ],
)
def test_refused_merges(other: dict[str, str], words: str) -> None:
    with pytest.raises(MergeRefused, match=words):
        plan_merge(LARKSPUR, Company(id="k", name="Ketch", **other), now=NOW, by="jo@example.com")  # type: ignore[arg-type]
    if "country" in other:
        assert plan_merge(LARKSPUR, Company(id="k", name="Ketch", **other), now=NOW, by="jo@example.com", force=True).gone_id == "k"  # type: ignore[arg-type]


def test_the_registered_company_is_kept() -> None:
    text = Company(id="text-1", name="Larkspur", origin="text", city="Bedford", domain="larkspur.example", ticker="LKV")
    assert better_kept(text, LARKSPUR) == better_kept(LARKSPUR, text) == (LARKSPUR, text)


def test_a_provisional_company_is_found_in_a_register_that_comes_later() -> None:
    text = Company(id="text-1", name="Larkspur Software", origin="text", state="MA")
    shelf = Shelf(text)
    shelf.take_in(LARKSPUR)
    resolver = Resolver(shelf.companies.values())
    assert list(settled_provisionals([text], resolver)) == [(LARKSPUR.id, "text-1")]
    assert list(settled_provisionals([replace(text, id="text-2", name="Ketch")], resolver)) == []


def test_merge_and_undo(engine: Engine) -> None:
    with engine.begin() as conn:
        q.save_raw(conn, [stored.raw("r1"), stored.raw("r2")])
        for name, company in (("1", "c1"), ("2", "c2")):
            q.save_document(conn, stored.document(f"r{name}"), NOW)
            q.save_events(conn, f"r{name}", [stored.event(f"e{name}", f"r{name}")], NOW)
            q.save_companies(conn, [stored.company(company)])
            q.save_match(conn, f"e{name}", stored.match(company), NOW)
            q.save_stories(conn, company, tell_stories(q.sightings_of(conn, [company])[company]), NOW)
        q.save_lead(conn, stored.lead(company_id="c2"))
    with engine.connect() as conn:
        before = {name: q.get_company(conn, name) for name in ("c1", "c2")}
    kept, gone = before["c1"], before["c2"]
    assert kept
    assert gone
    plan = plan_merge(kept, replace(gone, cik=None, lei=None, ein=None), now=NOW, by="jo@example.com", force=True)

    with engine.begin() as conn:
        done = q.merge_companies(conn, plan)
        assert done.event_ids == ("e2",)
        assert len(done.lead_ids) == 1
        for company, sightings in q.sightings_of(conn, ["c1", "c2"]).items():
            q.save_stories(conn, company, tell_stories(sightings), NOW)
        assert {s.event.id for s in q.sightings_of(conn, ["c1"])["c1"]} == {"e1", "e2"}
        assert [company.id for company in q.iter_companies(conn)] == ["c1"]
        assert q.leads_of(conn)[0].company_id == "c1"
        with pytest.raises(LookupError, match="c2 was merged into c1"):
            q.merge_companies(conn, plan)

    with engine.begin() as conn:
        undone = q.undo_merge(conn, done.id, datetime(2026, 3, 3, tzinfo=UTC))
        for company, sightings in q.sightings_of(conn, ["c1", "c2"]).items():
            q.save_stories(conn, company, tell_stories(sightings), NOW)
        assert {company: [s.event.id for s in found] for company, found in q.sightings_of(conn, ["c1", "c2"]).items()} == {
            "c1": ["e1"],
            "c2": ["e2"],
        }
        assert {name: q.get_company(conn, name) for name in ("c1", "c2")} == before
        assert q.leads_of(conn)[0].company_id == "c2"
        assert [merge.undone for merge in q.merges_of(conn, "c1")] == [undone.undone]
        with pytest.raises(LookupError, match="undone already"):
            q.undo_merge(conn, done.id, NOW)


def test_provisional_companies_are_listed(engine: Engine) -> None:
    with engine.begin() as conn:
        q.save_companies(conn, [LARKSPUR, Company(id="text-1", name="Ketch", origin="text")])
        assert [company.id for company in q.provisional_companies(conn)] == ["text-1"]


def test_a_company_known_by_more_names_is_no_rival_of_itself() -> None:
    resolver = Resolver([LARKSPUR])
    resolver.add(replace(LARKSPUR, aliases=("Vane Software",)))
    assert resolver.resolve(Mention(name="Larkspur Software")).company_id == LARKSPUR.id
    assert resolver.resolve(Mention(name="Vane Software")).company_id == LARKSPUR.id
