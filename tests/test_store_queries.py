"""Every question to the store, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, event, select
from sqlalchemy.exc import IntegrityError, StatementError

from store import queries as q
from store.records import CompanyMatch, Document, JudgedProfile, Reason
from store.tables import companies, events, metadata
from tests import stored
from tests.stored import HOUR, NOW


def fill(conn: Connection) -> None:
    """Save one of everything: two documents that tell of one event at c1, which became a lead."""
    q.save_raw(conn, [stored.raw("r1"), stored.raw("r2", fetched=NOW + HOUR)])
    q.save_document(conn, stored.document("r1"), NOW)
    q.save_document(conn, stored.document("r2", first_seen=NOW + HOUR), NOW)
    q.save_events(conn, "r1", [stored.event("e1", "r1")], NOW)
    q.save_events(conn, "r2", [stored.event("e2", "r2")], NOW)
    q.save_sketches(conn, [("r1", NOW, "r1", b"1"), ("r2", NOW + HOUR, "r1", b"2")])
    q.save_companies(conn, [stored.company("c1"), stored.company("c2")])
    q.save_match(conn, "e1", stored.match("c1"), NOW)
    q.save_match(conn, "e2", stored.match("c1"), NOW)
    q.save_stories(conn, "c1", [stored.story("s1", *q.sightings_of(conn, ["c1"])["c1"])], NOW)
    q.save_decisions(conn, [stored.decision()])
    q.save_lead(conn, stored.lead())
    q.enqueue(conn, [stored.delivery()])
    q.save_verdict(conn, stored.verdict())
    q.save_source_run(conn, stored.source_run())
    q.save_validators(conn, "https://northwire.example/feed", '"v1"', None, NOW)
    q.save_register(conn, "companies.csv", "0" * 64, 2, NOW)
    q.unsubscribe(conn, "jane", "jane@example.com", NOW)
    q.save_bounce(conn, stored.bounce())
    q.save_outcomes(conn, [stored.crm_outcome()])
    q.save_profiles_judged(conn, [JudgedProfile(profile="jane", mark="0" * 16, included=frozenset({"c1"}), excluded=frozenset())])


def everything(conn: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables."""
    return {table.name: sorted((tuple(row) for row in conn.execute(select(table))), key=repr) for table in metadata.sorted_tables}


# --- idempotency and marks


def test_saving_everything_twice_makes_the_same_rows(engine: Engine) -> None:
    with engine.begin() as conn:
        fill(conn)
    with engine.connect() as conn:
        once = everything(conn)
    with engine.begin() as conn:
        fill(conn)
    with engine.connect() as conn:
        assert everything(conn) == once
        assert all(once[name] for name in once if name not in ("runs", "merges"))


class Killed(BaseException):
    """The end of the process, between a save and its commit."""


SAVES: list[tuple[str, Callable[[Connection], object], Callable[[Connection], object]]] = [
    ("read", lambda conn: q.save_document(conn, stored.document("r1"), NOW), lambda conn: q.due_to_read(conn, 9)),
    ("unreadable", lambda conn: q.mark_unreadable(conn, "r1", "no text", NOW), lambda conn: q.due_to_read(conn, 9)),
    ("extracted", lambda conn: q.save_events(conn, "d1", [stored.event("x1", "d1")], NOW), lambda conn: q.due_to_extract(conn, 9)),
    ("nothing extracted", lambda conn: q.save_events(conn, "d1", [], NOW), lambda conn: q.due_to_extract(conn, 9)),
    ("unextractable", lambda conn: q.mark_unextractable(conn, "d1", "crash", NOW), lambda conn: q.due_to_extract(conn, 9)),
    ("resolved", lambda conn: q.save_match(conn, "v1", stored.match(), NOW), lambda conn: q.due_to_resolve(conn, 9)),
    ("unresolved", lambda conn: q.save_match(conn, "v1", stored.match(None), NOW), lambda conn: q.due_to_resolve(conn, 9)),
]


@pytest.mark.parametrize(("name", "save", "due"), SAVES, ids=[row[0] for row in SAVES])
def test_a_kill_before_the_commit_leaves_it_due(
    engine: Engine, name: str, save: Callable[[Connection], object], due: Callable[[Connection], Any]
) -> None:
    with engine.begin() as conn:  # one thing due for each stage
        q.save_raw(conn, [stored.raw(each) for each in ("r1", "d1", "v")])
        for each in ("d1", "v"):
            q.save_document(conn, stored.document(each), NOW)
        q.save_events(conn, "v", [stored.event("v1", "v")], NOW)
        q.save_companies(conn, [stored.company("c1")])
    with engine.connect() as conn:
        before, rows = due(conn), everything(conn)
    assert len(before) == 1

    def killed() -> None:
        with engine.begin() as conn:
            save(conn)
            assert due(conn) == []
            raise Killed

    with pytest.raises(Killed):
        killed()
    with engine.connect() as conn:
        assert due(conn) == before
        assert everything(conn) == rows
    with engine.begin() as conn:
        save(conn)
    with engine.connect() as conn:
        assert due(conn) == []


@pytest.mark.parametrize(
    "mark",
    [
        lambda conn: q.save_document(conn, stored.document("gone"), NOW),
        lambda conn: q.mark_unreadable(conn, "gone", "why", NOW),
        lambda conn: q.save_events(conn, "gone", [], NOW),
        lambda conn: q.mark_unextractable(conn, "gone", "why", NOW),
        lambda conn: q.save_match(conn, "gone", stored.match(None), NOW),
        lambda conn: q.save_verdict(conn, stored.verdict("gone")),
        lambda conn: q.end_run(conn, 99, NOW, {}),
    ],
)
def test_marking_what_is_not_there_is_loud(engine: Engine, mark: Callable[[Connection], object]) -> None:
    with pytest.raises(LookupError, match=r"gone|99"), engine.begin() as conn:
        mark(conn)


# --- crawler


def test_a_raw_document_stays_as_it_was_first(engine: Engine) -> None:
    first = stored.raw("r1", hints=MappingProxyType({"title": "first"}), offset=5_000_000_000)  # a WARC file may pass 4 GB
    with engine.begin() as conn:
        assert q.save_raw(conn, [first, stored.raw("r2")]) == 2
        again = [replace(first, digest="f" * 64), stored.raw("r3"), stored.raw("r3")]  # known, new, and twice in one batch
        assert q.save_raw(conn, again) == 1
        # another id with the same canonical URL is the same page
        assert q.save_raw(conn, [stored.raw("r4", canonical_url=first.canonical_url)]) == 0
        assert q.save_raw(conn, []) == 0
        assert q.due_to_read(conn, 9)[0] == replace(first, hints={"title": "first"})


def test_known_urls_of_more_than_a_statement_takes(engine: Engine) -> None:
    urls = [f"https://northwire.example/{n}" for n in range(2500)]
    with engine.begin() as conn:
        q.save_raw(conn, [stored.raw(f"r{n}", canonical_url=url) for n, url in enumerate(urls) if n % 2])
        assert q.known_urls(conn, urls) == set(urls[1::2])
        assert q.known_urls(conn, []) == set()


def test_due_comes_earliest_first_and_no_more_than_asked(engine: Engine) -> None:
    with engine.begin() as conn:
        q.save_raw(conn, [stored.raw(name, fetched=NOW + HOUR * hours) for name, hours in [("late", 2), ("b", 1), ("a", 1), ("early", 0)]])
        assert [each.id for each in q.due_to_read(conn, 3)] == ["early", "a", "b"]
        for each in q.due_to_read(conn, 9):
            q.save_document(conn, stored.document(each.id, first_seen=each.fetched), NOW)
        assert [each.id for each in q.due_to_extract(conn, 3)] == ["early", "a", "b"]
        for found in q.due_to_extract(conn, 9):
            q.save_events(conn, found.id, [stored.event(f"{found.id}{start}", found.id, start=start) for start in (9, 2)], NOW)
        assert [each.id for each, _ in q.due_to_resolve(conn, 5)] == ["early2", "early9", "a2", "a9", "b2"]


def test_validators(engine: Engine) -> None:
    url = "https://northwire.example/feed"
    with engine.begin() as conn:
        assert q.validators_of(conn, url) == (None, None)
        q.save_validators(conn, url, '"v1"', None, NOW)
        q.save_validators(conn, url, None, "Mon, 02 Mar 2026 05:00:00 GMT", NOW)
        assert q.validators_of(conn, url) == (None, "Mon, 02 Mar 2026 05:00:00 GMT")


def test_source_runs_latest_first(engine: Engine) -> None:
    runs = [stored.source_run("a"), stored.source_run("a", started=NOW + HOUR, error="503"), stored.source_run("b", started=NOW + 2 * HOUR)]
    with engine.begin() as conn:
        for run in runs:
            q.save_source_run(conn, run)
        assert q.source_runs(conn, "a") == [runs[1], runs[0]]
        assert q.source_runs(conn, limit=1) == [runs[2]]


# --- documents and events


def test_records_come_back_as_they_went(engine: Engine) -> None:
    bare = stored.document("r2", title=None, published=None, publisher=None, items=(), fields={})
    with engine.begin() as conn:
        q.save_raw(conn, [stored.raw("r1"), stored.raw("r2")])
        for each in (stored.document("r1"), bare):
            q.save_document(conn, each, NOW)
        assert q.due_to_extract(conn, 9) == [stored.document("r1"), bare]
        q.save_events(conn, "r1", [stored.event("e1")], NOW)
        q.save_events(conn, "r2", [stored.event("e2", "r2", company=None, happened=None, facts={})], NOW)
        assert [found for found, _ in q.due_to_resolve(conn, 9)] == [
            stored.event("e1"),
            stored.event("e2", "r2", company=None, happened=None, facts={}),
        ]
        assert [told for _, told in q.due_to_resolve(conn, 9)] == [stored.document("r1"), bare]


def test_a_document_without_source_or_first_fetch_has_those_of_its_raw(engine: Engine) -> None:
    with engine.begin() as conn:
        q.save_raw(conn, [stored.raw("r1", source="edgar", fetched=NOW - HOUR)])
        q.save_document(conn, stored.document("r1", source="", first_seen=None), NOW)
        assert q.due_to_extract(conn, 1) == [stored.document("r1", source="edgar", first_seen=NOW - HOUR)]


def test_read_again_is_due_again_only_when_the_text_changed(engine: Engine) -> None:
    with engine.begin() as conn:
        fill(conn)
        q.save_document(conn, stored.document("r1", author="A. Clerk"), NOW)
        assert q.due_to_extract(conn, 9) == []
        q.save_document(conn, stored.document("r1", title=None), NOW)
        assert [each.id for each in q.due_to_extract(conn, 9)] == ["r1"]


def test_extracted_again_keeps_the_match_unless_the_company_reads_otherwise(engine: Engine) -> None:
    with engine.begin() as conn:
        fill(conn)
        q.save_events(conn, "r1", [stored.event("e1", confidence=0.5)], NOW)
        assert q.due_to_resolve(conn, 9) == []
        q.save_events(conn, "r1", [stored.event("e1", company="Harbor Holdings plc")], NOW)
        assert [each.id for each, _ in q.due_to_resolve(conn, 9)] == ["e1"]


def test_events_of_another_document_are_refused(engine: Engine) -> None:
    with engine.begin() as conn:
        fill(conn)
        with pytest.raises(ValueError, match="r2"):
            q.save_events(conn, "r1", [stored.event("e9", "r2")], NOW)


def test_the_filings_before(engine: Engine) -> None:
    """A later one, another filer's, one without a date and the filing itself are none; the newest stands first."""
    cases = [("f1", 0, "0000000001"), ("f2", 1, "0000000001"), ("f3", 2, "0000000001"), ("other", 1, "0000000002")]
    with engine.begin() as conn:
        q.save_raw(conn, [stored.raw(name) for name in ("f1", "f2", "f3", "other", "undated", "r1", "r2")])
        filings = {name: stored.document(name, cik=cik, published=NOW + hours * HOUR) for name, hours, cik in cases}
        filings["undated"] = stored.document("undated", cik="0000000001", published=None)
        # a charity has no CIK: its returns belong together by the EIN
        for hours, name in enumerate(("r1", "r2")):
            filings[name] = stored.document(name, cik=None, form="990", published=NOW + hours * HOUR, fields={"ein": "990001234"})
        for filing in filings.values():
            q.save_document(conn, filing, NOW)

        def before(filing: Document, **how: Any) -> list[str]:
            found = q.earlier_filings(conn, filing, **how)
            assert all(not each.text for each in found)  # of earlier filings the fields alone are wanted
            return [each.id for each in found]

        assert before(filings["f3"]) == ["f2", "f1"]
        assert before(filings["f1"]) == []
        assert before(filings["undated"]) == []
        assert before(replace(filings["f3"], cik=None)) == []
        assert before(filings["r2"]) == ["r1"]
        assert before(filings["r1"]) == []


def test_the_filing_that_states_a_thing_may_be_long_ago(engine: Engine) -> None:
    """An auditor stands in the annual report alone, with dozens of other filings since."""
    with engine.begin() as conn:
        q.save_raw(conn, [stored.raw(f"f{n}") for n in range(6)])
        for n in range(6):
            fields = {"auditor": "Quill & Partners LLP"} if n < 2 else {"city": "Bedford"}
            q.save_document(conn, stored.document(f"f{n}", cik="0000000001", published=NOW + n * HOUR, fields=fields), NOW)
        later = stored.document("later", cik="0000000001", published=NOW + 9 * HOUR, fields={"auditor": "Teal LLP"})
        stating = ("auditor", "officers")
        assert [each.id for each in q.earlier_filings(conn, later, stating=stating, limit=3)] == ["f5", "f4", "f3", "f1"]
        assert [each.id for each in q.earlier_filings(conn, later, stating=stating, limit=5)] == ["f5", "f4", "f3", "f2", "f1"]
        assert [each.id for each in q.earlier_filings(conn, replace(later, fields={}), stating=stating, limit=3)] == ["f5", "f4", "f3"]


# --- companies


def test_a_register_row_keeps_what_the_store_knows(engine: Engine) -> None:
    with engine.begin() as conn:
        fill(conn)  # touches c1
        conn.execute(companies.update().where(companies.c.id == "c1").values(judged=NOW + HOUR, merged_into="c2"))
        assert q.save_companies(conn, [stored.company("c1", name="New Name", employees=9_000_000_000)]) == 1
        row = conn.execute(select(companies).where(companies.c.id == "c1")).one()
        assert (row.name, row.touched, row.judged, row.merged_into) == ("New Name", NOW, None, "c2")  # to be judged anew
        assert q.get_company(conn, "c1") == stored.company("c1", name="New Name", employees=9_000_000_000)
        assert [each.id for each in q.iter_companies(conn)] == ["c2"]
        assert q.get_company(conn, "c9") is None


def test_companies_are_taken_as_they_come_the_last_of_equal_ids_winning(engine: Engine) -> None:
    full = stored.company("c0", cik="0000000001", as_of=date(2026, 1, 31), public=True, revenue_usd=3_500_000_000, parent_id="c1")
    with engine.begin() as conn:
        written = q.save_companies(conn, (company for company in [stored.company("c0"), stored.company("c1"), full]))
        assert written == 2
        assert list(q.iter_companies(conn)) == [full, stored.company("c1")]
        assert q.save_companies(conn, []) == 0


def test_find_companies(engine: Engine) -> None:
    rows = [
        stored.company("c1", name="Harbor Mills, Inc.", cik="0000012345", ticker="HML"),
        stored.company("c2", name="Old Harbor Mills Group"),
        stored.company("c3", name="HML", ticker="ZZ"),
        stored.company("c4", name="100% Wool_Works"),
        stored.company("c5", name="100 Wool Works"),
        stored.company("c6", name="Gone Harbor Mills"),
        stored.company("c7", name="Weir Holdings", domain="weir.example", aliases=("Tidewater Lamps", "Old Harbor Lights")),
    ]
    expected = [
        ("c3", ["c3"]),  # the id
        ("12345", ["c1"]),  # a CIK without its zeros
        ("CIK 12345", ["c1"]),
        ("cik-0000012345", ["c1"]),
        ("hml", ["c1", "c3"]),  # the ticker before the name
        ("harbor mills", ["c1", "c2"]),  # the name's beginning before its middle; the merged one never
        ("tidewater", ["c7"]),  # a former name
        ("old harbor", ["c2"]),  # a name before a former one
        ("weir.example", ["c7"]),
        ("% wool_", ["c4"]),  # signs of LIKE mean themselves
        ("  ", []),  # nothing asked, nothing found
        ("nobody", []),
    ]
    with engine.begin() as conn:
        q.save_companies(conn, rows)
        conn.execute(companies.update().where(companies.c.id == "c6").values(merged_into="c1"))
        for text, ids in expected:
            assert [each.id for each in q.find_companies(conn, text)] == ids, text
        assert len(q.find_companies(conn, "o", limit=2)) == 2


def test_companies_by_id(engine: Engine) -> None:
    with engine.begin() as conn:
        q.save_companies(conn, [stored.company("c1"), stored.company("c2")])
        assert q.get_companies(conn, ["c1", "c1", "c9"]) == {"c1": stored.company("c1")}
        assert q.get_companies(conn, []) == {}


def test_match_is_kept_with_its_reasons(engine: Engine) -> None:
    with engine.begin() as conn:
        fill(conn)
        rivals = CompanyMatch(company_id=None, score=0.8, reasons=("two fit alike",), rivals=("c1", "c2"))
        q.save_match(conn, "e2", rivals, NOW)
        row = conn.execute(select(events).where(events.c.id == "e2")).one()
        assert (row.company_id, row.match_score, row.match_reasons, row.match_rivals) == (None, 0.8, ["two fit alike"], ["c1", "c2"])
        assert [each.event.id for each in q.sightings_of(conn, ["c1"])["c1"]] == ["e1"]


def test_a_match_to_a_company_that_is_not_stored_is_refused(engine: Engine) -> None:
    with engine.begin() as conn:
        fill(conn)
    with pytest.raises(IntegrityError), engine.begin() as conn:
        q.save_match(conn, "e1", stored.match("c9"), NOW)


def test_registers_are_remembered(engine: Engine) -> None:
    with engine.begin() as conn:
        assert q.register_digest(conn, "companies.csv") is None
        q.save_register(conn, "companies.csv", "a" * 64, 5, NOW)
        q.save_register(conn, "companies.csv", "b" * 64, 6, NOW)
        assert q.register_digest(conn, "companies.csv") == "b" * 64


# --- stories


def test_stories_come_back_with_their_sightings_best_first(engine: Engine) -> None:
    with engine.begin() as conn:
        fill(conn)
        first, second = q.sightings_of(conn, ["c1"])["c1"]
        assert first == replace(stored.sighting(stored.event("e1", "r1")), origin="r1")
        best_last = stored.story("s2", second, first, published=NOW - 2 * HOUR)
        assert q.save_stories(conn, "c1", [best_last], NOW + HOUR)
        assert q.stories_of(conn, ["c1", "c2"]) == {"c1": [best_last], "c2": []}
        assert set(conn.scalars(select(events.c.story_id))) == {"s2"}


def test_save_stories_says_whether_anything_changed(engine: Engine) -> None:
    def touched(conn: Connection) -> datetime | None:
        return conn.scalar(select(companies.c.touched).where(companies.c.id == "c1"))

    with engine.begin() as conn:
        fill(conn)
        one, two = q.sightings_of(conn, ["c1"])["c1"]
        told = stored.story("s1", one, two)
        later = NOW + HOUR
        steps: list[tuple[list[Any], bool]] = [
            ([told], False),  # as it was
            ([replace(told, status="denied")], True),
            ([replace(told, status="denied", facts=dict(told.facts))], False),  # another mapping, the same facts
            ([replace(told, sightings=(two, one))], True),  # better evidence
            ([stored.story("s1", one), stored.story("s2", two)], True),  # one event became two
            ([stored.story("s2", two), stored.story("s1", one)], False),  # the order among stories means nothing
            ([], True),
            ([], False),
        ]
        for index, (told_now, changed) in enumerate(steps):
            at = later + index * HOUR
            before = touched(conn)
            assert q.save_stories(conn, "c1", told_now, at) is changed, index
            assert touched(conn) == (at if changed else before), index
        assert set(conn.scalars(select(events.c.story_id))) == {None}


def test_a_story_whose_events_went_to_another_company_is_not_told(engine: Engine) -> None:
    with engine.begin() as conn:
        fill(conn)
        for each in ("e1", "e2"):
            q.save_match(conn, each, stored.match("c2"), NOW)
        assert q.stories_of(conn, ["c1"]) == {"c1": []}


def test_companies_with_stories(engine: Engine) -> None:
    with engine.begin() as conn:
        fill(conn)
        evidence = q.sightings_of(conn, ["c1"])["c1"][0]
        q.save_stories(conn, "c2", [stored.story("s9", evidence, company_id="c2", kind="relocation", published=NOW + HOUR)], NOW)
        assert q.companies_with_stories(conn) == ["c1", "c2"]
        assert q.companies_with_stories(conn, kinds={"relocation", "funding"}) == ["c2"]
        assert q.companies_with_stories(conn, since=NOW + HOUR) == ["c2"]
        assert q.companies_with_stories(conn, kinds=[]) == []


def test_stories_of_many_companies_take_few_statements(engine: Engine) -> None:
    ids = [f"c{n}" for n in range(1500)]
    with engine.begin() as conn:
        q.save_companies(conn, map(stored.company, ids))
        q.save_raw(conn, [stored.raw("r1")])
        q.save_document(conn, stored.document("r1"), NOW)
        q.save_events(conn, "r1", [stored.event(f"e-{each}") for each in ids], NOW)
        for each in ids:
            q.save_match(conn, f"e-{each}", stored.match(each), NOW)
            q.save_stories(conn, each, [stored.story(f"s-{each}", stored.sighting(stored.event(f"e-{each}"), each))], NOW)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with engine.connect() as conn:
        assert all(len(told) == 1 for told in q.stories_of(conn, ids).values())
    assert len([each for each in statements if "SELECT" in each]) <= 4  # two chunks of ids, two statements each


# --- decisions, leads, verdicts


def test_decisions_keep_the_latest(engine: Engine) -> None:
    latest = stored.decision(reason=Reason.ALERTED, score=60.0, now=NOW + HOUR)
    other = stored.decision(company_id="c2", score=70.0, parts=())
    with engine.begin() as conn:
        q.save_decisions(conn, [stored.decision(), other])
        q.save_decisions(conn, [latest])
        q.save_decisions(conn, [])
        assert q.decisions_of(conn, "jane") == [other, latest]
        assert q.decisions_of(conn, "jane", limit=1) == [other]
        assert q.decisions_of(conn, "joe") == []


def test_a_lead_saved_again_keeps_what_the_rep_made_of_it(engine: Engine) -> None:
    until = NOW + timedelta(days=30)
    with engine.begin() as conn:
        fill(conn)
        q.save_verdict(conn, stored.verdict(verdict="snoozed"), snoozed_until=until)
        better = stored.lead(score=70.0, updated=NOW + HOUR, created=NOW + HOUR, owner="joe@example.com", story_ids=("s1", "s2"))
        q.save_lead(conn, better)
        assert q.lead(conn, "l1") == replace(better, created=NOW, state="snoozed", snoozed_until=until)
        q.save_verdict(conn, stored.verdict(verdict="rejected", reason="customer already"))
        q.save_lead(conn, better)
        assert q.lead(conn, "l1") == replace(better, created=NOW, state="rejected", reject_reason="customer already")
        assert q.lead(conn, "l9") is None


def test_leads_of(engine: Engine) -> None:
    with engine.begin() as conn:
        q.save_companies(conn, [stored.company("c1"), stored.company("c2")])
        for name, given in {
            "l1": {},
            "l2": {"profile": "joe", "owner": "Joe@Example.com", "created": NOW + HOUR},
            "l3": {"company_id": "c2", "state": "accepted", "created": NOW + 2 * HOUR},
        }.items():
            q.save_lead(conn, stored.lead(name, **given))
        expected: list[tuple[dict[str, Any], list[str]]] = [
            ({}, ["l3", "l2", "l1"]),  # latest first
            ({"profile": "jane"}, ["l3", "l1"]),
            ({"owner": "joe@example.COM"}, ["l2"]),  # addresses do not mind the case
            ({"company_id": "c1", "profile": "jane"}, ["l1"]),
            ({"states": ["accepted", "rejected"]}, ["l3"]),
            ({"states": []}, []),
            ({"since": NOW + HOUR}, ["l3", "l2"]),  # from that moment on, itself included
            ({"limit": 1, "offset": 1}, ["l2"]),
            ({"offset": 2}, ["l1"]),
        ]
        for asked, ids in expected:
            assert [each.id for each in q.leads_of(conn, **asked)] == ids, asked


def test_verdicts_are_an_audit_trail(engine: Engine) -> None:
    said = [
        stored.verdict(verdict="rejected", reason="not now"),
        stored.verdict(verdict="accepted", via="web"),
        stored.verdict(verdict="accepted", via="web"),  # the button pressed twice in one moment
    ]
    with engine.begin() as conn:
        fill(conn)  # one "accepted" by mail
        for each in said:
            q.save_verdict(conn, each)
        assert [(each.verdict, each.via) for each in q.verdicts_of(conn, lead_id="l1")] == [
            ("accepted", "mail"),
            ("rejected", "mail"),
            ("accepted", "web"),
        ]
        found = q.lead(conn, "l1")
        assert found
        assert (found.state, found.reject_reason) == ("accepted", None)
        assert q.verdicts_of(conn, since=NOW + HOUR) == []
        for wrong in (stored.verdict(verdict="maybe"), stored.verdict(verdict="snoozed")):  # unknown; a snooze without an end
            with pytest.raises(ValueError, match=r"maybe|moment it ends"):
                q.save_verdict(conn, wrong)


def test_a_lead_is_withdrawn_unless_the_rep_decided(engine: Engine) -> None:
    with engine.begin() as conn:
        fill(conn)  # l1 is accepted
        q.save_lead(conn, stored.lead("l2"))
        assert not q.withdraw_lead(conn, "l1", NOW)
        assert q.withdraw_lead(conn, "l2", NOW)
        assert [each.id for each in q.leads_of(conn, states=["withdrawn"])] == ["l2"]
        assert not q.reopen_lead(conn, "l1")  # a rep's word stands
        assert q.reopen_lead(conn, "l2")
        assert q.leads_of(conn, states=["withdrawn"]) == []


def test_unsubscriptions(engine: Engine) -> None:
    with engine.begin() as conn:
        q.unsubscribe(conn, "jane", "Jane@Example.com", NOW)
        q.unsubscribe(conn, "jane", "jane@example.com", NOW + HOUR)  # pressed twice
        q.unsubscribe(conn, "joe", "jane@example.com", NOW)
        assert q.unsubscriptions(conn) == {("jane", "jane@example.com"), ("joe", "jane@example.com")}
        assert q.subscribe_again(conn, "jane", "JANE@example.com")
        assert not q.subscribe_again(conn, "jane", "jane@example.com")
        assert q.unsubscriptions(conn) == {("joe", "jane@example.com")}


def test_bounces(engine: Engine) -> None:
    with engine.begin() as conn:
        assert q.save_bounce(conn, stored.bounce())
        assert not q.save_bounce(conn, stored.bounce())  # the same report read twice
        assert q.save_bounce(conn, stored.bounce("b2", address="joe@example.com", hard=False))
        assert [each.id for each in q.bounces_of(conn)] == ["b1", "b2"]
        assert q.bounces_of(conn, address="Jane@Example.com") == [stored.bounce()]
        assert q.cure_addresses(conn, ["JANE@example.com", "nobody@example.com"], NOW + HOUR) == 1
        assert [each.id for each in q.bounces_of(conn)] == ["b2"]
        assert not q.save_bounce(conn, stored.bounce())  # a report of before the cure does not come back


def test_only_a_delivery_that_was_sent_can_come_back(engine: Engine) -> None:
    with engine.begin() as conn:
        q.enqueue(conn, [stored.delivery()])
        key = stored.delivery().key
        assert not q.fail_sent(conn, key, "bounced")
        q.claim(conn, worker="w", now=NOW + HOUR, lease=HOUR, limit=1)
        assert q.settle_sent(conn, key, "w", NOW + HOUR)
        assert q.fail_sent(conn, key, "bounced")
        assert not q.fail_sent(conn, key, "bounced")
        found = q.delivery(conn, key)
        assert found
        assert (found.state, found.error) == ("failed", "bounced")
        assert q.delivery(conn, "no such key") is None


def test_outcomes_of_leads_in_crms(engine: Engine) -> None:
    with engine.begin() as conn:
        fill(conn)
        q.save_outcomes(conn, [])
        q.save_outcomes(conn, [stored.crm_outcome(outcome="lost", reason="no budget"), stored.crm_outcome(target="hs", outcome="open")])
        assert [(each.target, each.outcome, each.reason) for each in q.outcomes_of(conn)] == [
            ("hs", "open", None),
            ("sf", "lost", "no budget"),
        ]
        assert [each.outcome for each in q.outcomes_of(conn, target="hs")] == ["open"]


# --- runs


def test_runs(engine: Engine) -> None:
    with engine.begin() as conn:
        assert q.first_run(conn) is None
        one = q.begin_run(conn, NOW, NOW)
        two = q.begin_run(conn, NOW - HOUR, NOW + HOUR)  # a replay of an earlier hour is not the first run
        q.end_run(conn, one, NOW + HOUR, {"leads": 2})
        assert q.first_run(conn) == NOW
        latest, earlier = q.last_runs(conn, 5)
        assert (latest.id, latest.ended, latest.summary) == (two, None, {})
        assert (earlier.id, earlier.ended, earlier.summary) == (one, NOW + HOUR, {"leads": 2})
        assert q.counts(conn)["runs"] == 2
        assert set(q.counts(conn)) == set(metadata.tables)


def test_what_a_dashboard_asks(engine: Engine) -> None:
    failing = stored.source_run("northwire", started=NOW + HOUR, error="503")
    with engine.begin() as conn:
        fill(conn)
        q.save_raw(conn, [stored.raw("r8"), stored.raw("r9")])
        q.save_document(conn, stored.document("r9"), NOW)
        q.save_source_run(conn, failing)
        q.save_source_run(conn, stored.source_run("edgar", started=NOW - HOUR))
        q.save_lead(conn, stored.lead("l2"))
        assert q.backlog(conn) == {"read": 1, "extract": 1, "resolve": 0}
        assert q.states(conn) == {"leads": {"accepted": 1, "new": 1}, "deliveries": {"pending": 1}}
        assert q.latest_source_runs(conn) == {"edgar": stored.source_run("edgar", started=NOW - HOUR), "northwire": failing}


def test_a_copy_is_known_by_its_origin_after_it_is_too_old_to_compare(engine: Engine) -> None:
    with engine.begin() as conn:
        fill(conn)
        assert [row[0] for row in q.sketches_since(conn, NOW + HOUR)] == ["r2"]
        assert q.drop_sketches(conn, NOW + HOUR) == 1
        assert [(row[0], row[2], row[3]) for row in q.sketches_since(conn, NOW - HOUR)] == [("r2", "r1", b"2")]
        assert {sighting.event.id: sighting.origin for sighting in q.sightings_of(conn, ["c1"])["c1"]} == {"e1": "r1", "e2": "r1"}
        trace = q.trace_of(conn, "https://northwire.example/r2")
        assert trace
        assert trace.copy_of == stored.document("r1").url


# --- what databases are touchy about


def test_times_come_back_aware_and_utc_from_any_zone(engine: Engine) -> None:
    tokyo = timezone(timedelta(hours=9))
    moments = {
        "zone": datetime(2026, 3, 2, 0, 30, tzinfo=tokyo),  # another day in UTC
        "micro": datetime(2026, 3, 2, 0, 30, 0, 123456, tzinfo=UTC),
        "old": datetime(1969, 12, 31, 23, 59, tzinfo=UTC),
        "gap": datetime(2026, 3, 8, 2, 30, tzinfo=UTC),  # does not exist on the clock of the test server's zone
    }
    with engine.begin() as conn:
        q.save_raw(conn, [stored.raw(name, fetched=moment) for name, moment in moments.items()])
    with engine.connect() as conn:
        found = {each.id: each.fetched for each in q.due_to_read(conn, 9)}
        assert found == moments
        assert {each.tzinfo for each in found.values()} == {UTC}
        assert [each.id for each in q.due_to_read(conn, 9)] == ["old", "zone", "micro", "gap"]  # sorted as moments, not as texts


def test_a_naive_time_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="naive datetime"), engine.begin() as conn:
        q.save_raw(conn, [stored.raw("r1", fetched=datetime(2026, 3, 2))])  # noqa: DTZ001


TOUCHY = [
    ("Łódź – “Grünwald” 東京 🏢 e\u0301", "Łódź – “Grünwald” 東京 🏢 e\u0301"),  # stays, composed or not
    ("nul\x00here", "nul\ufffdhere"),  # PostgreSQL refuses NUL in text and JSON
    ("half \ud83c pair", "half \ufffd pair"),  # cannot be encoded
    ("literal \\u0000 and \\ud800", "literal \\u0000 and \\ud800"),  # six characters of text, no NUL
    ("\\\x00", "\\\ufffd"),  # a backslash before a NUL
    ("'; DROP TABLE leads; -- %s :x %(y)s", "'; DROP TABLE leads; -- %s :x %(y)s"),
]


@pytest.mark.parametrize(("given", "kept"), TOUCHY, ids=["unicode", "nul", "surrogate", "literal", "backslash", "sql"])
def test_any_text_is_stored_one_character_for_one(engine: Engine, given: str, kept: str) -> None:
    with engine.begin() as conn:
        q.save_raw(conn, [stored.raw("r1", canonical_url=f"https://x.example/{given}", hints={given: given})])
        assert q.known_urls(conn, [f"https://x.example/{given}"]) == {f"https://x.example/{kept}"}
        assert q.due_to_read(conn, 1)[0].hints == {kept: kept}
        q.save_document(conn, stored.document("r1", title=given, text=given, items=(given,)), NOW)
        found = q.due_to_extract(conn, 1)[0]
        assert (found.title, found.text, found.items) == (kept, kept, (kept,))
        assert len(found.full_text) == len(f"{given}\n{given}")
        q.save_companies(conn, [stored.company("c1", name=given, aliases=(given, "x"))])
        assert [(each.name, each.aliases) for each in q.find_companies(conn, given)] == [(kept, (kept, "x"))]


def test_nan_is_refused(engine: Engine) -> None:
    with pytest.raises((ValueError, StatementError)), engine.begin() as conn:
        q.save_raw(conn, [stored.raw("r1", hints={"score": float("nan")})])


def test_every_table_is_written_by_some_query(engine: Engine) -> None:
    """Guards `fill`, which the test of idempotency stands on: a new table must be filled there."""
    with engine.begin() as conn:
        fill(conn)
        q.begin_run(conn, NOW, NOW)
        empty = [table.name for table in metadata.sorted_tables if not conn.execute(select(table)).first()]
    assert empty == ["merges"]  # two companies are merged once: tests/test_enrichment_merging.py


def test_the_names_of_columns_are_those_of_records() -> None:
    pairs: list[tuple[Any, Table]] = [
        (stored.raw(), metadata.tables["raw_documents"]),
        (stored.document(), metadata.tables["documents"]),
        (stored.event(), metadata.tables["events"]),
        (stored.company(), metadata.tables["companies"]),
        (stored.decision(), metadata.tables["decisions"]),
        (stored.lead(), metadata.tables["leads"]),
        (stored.delivery(), metadata.tables["deliveries"]),
        (stored.verdict(), metadata.tables["verdicts"]),
        (stored.source_run(), metadata.tables["source_runs"]),
        (stored.bounce(), metadata.tables["bounces"]),
        (stored.crm_outcome(), metadata.tables["outcomes"]),
    ]
    for record, table in pairs:  # a field added to a record and forgotten in its table would be lost without a word
        assert set(record.__dataclass_fields__) <= set(table.c.keys()), table.name
