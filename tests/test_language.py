"""Every condition of the profile language, as a rep writes it, on stored events: one row that meets it, and near-misses that do not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete

from profiles.profile import Profile
from prospect.explaining import explain_pair
from prospect.kinds import shipped_kinds
from prospect.profilefiles import read_profile
from prospect.settings import Settings
from prospect.workspace import Workspace, profile_context
from prospect.yamlfile import Faults
from store import queries
from store.database import open_store
from store.records import Company, Reason, Sighting
from store.tables import metadata
from tests.profiles_factories import sighting
from tests.test_judging import judge, put

NOW = datetime(2025, 3, 3, 6, tzinfo=UTC)  # a Monday
CONTEXT = profile_context(shipped_kinds())
HEAD = "name: Moves\nowner: jane@example.com\n"
MOVE = "wants: [{trigger: relocation, weight: 40, required: true}]\nthreshold: 25\n"
YES, FEW, NONE, OUT, MISFIT = Reason.ALERTED, Reason.BELOW_THRESHOLD, Reason.NO_EVENTS, Reason.OUTSIDE_TERRITORY, Reason.WRONG_FIRMOGRAPHICS
UNKNOWN, REVIEW, LACKS, EXCLUDED, UNNAMED = (
    Reason.UNKNOWN_FIRMOGRAPHICS,
    Reason.FOR_REVIEW,
    Reason.REQUIRED_MISSING,
    Reason.EXCLUDED,
    Reason.NOT_NAMED,
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('language')}/store.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture
def empty(engine: Engine) -> Engine:
    with engine.begin() as conn:
        for table in reversed(metadata.sorted_tables):
            conn.execute(delete(table))
    return engine


def written(text: str, folder: Path) -> Profile:
    path = folder / "p.yml"
    path.write_text(HEAD + text, encoding="utf-8")
    return read_profile(path, context=CONTEXT)


def workspace_of(found: Profile, folder: Path) -> Workspace:
    settings = Settings.model_validate({"contact": "Tests test@example.com", "since": date(2024, 1, 1)})
    return Workspace(folder, settings, {}, {"p": found}, {})


def event(kind: str = "relocation", day: float = -1, status: str = "announced", *, now: datetime = NOW, **more: Any) -> Sighting:
    """Return an event published so many days from now; `publisher`, `form`, `quote`, `confidence` and `of` aside, further keys are facts."""
    own = {name: more.pop(name) for name in ("publisher", "form", "quote", "confidence", "of") if name in more}
    own.setdefault("quote", f"{kind} {status} {day} {sorted(more.items())}")
    return sighting(kind, status=status, published=now + timedelta(days=day), key=str(day), facts=more, **own)


def decided(engine: Engine, folder: Path, text: str, known: dict[str, Any], told: list[Sighting]) -> Reason:
    workspace = workspace_of(written(text, folder), folder)
    with engine.begin() as conn:
        who = Company(**({"id": "acme", "name": "Acme Mills, Inc.", "domain": "acme.example"} | known))
        queries.save_companies(conn, [who])
        put(conn, told, NOW)
        [reason] = [explain_pair(workspace, conn, "p", who, NOW).decision.reason]
        # the nightly job says the same of every pair that it judges, and alerts where this says so
        judged = [each.reason for each in judge(conn, workspace, NOW).decisions]
    assert judged in ([reason], [])
    assert judged or reason not in {YES, REVIEW}
    return reason


BALTIMORE = {
    "city": "Baltimore",
    "state": "MD",
    "country": "US",
    "postal_code": "21201",
    "county": "Baltimore city",
    "metro": "Baltimore, MD",
}
BOSTON = {"city": "Boston", "state": "MA", "country": "US", "postal_code": "02110", "county": "Suffolk", "metro": "Boston, MA"}
BOISE = {"city": "Boise", "state": "ID", "country": "US", "postal_code": "83702", "county": "Ada", "metro": "Boise, ID"}
MUNICH = {"city": "Munich", "country": "DE"}

# (what stands in `where`, what is known of the company, what is said)
WHERE: list[tuple[str, dict[str, Any], Reason]] = [
    ("countries: [US]", BALTIMORE, YES),
    ("countries: [Germany]", BALTIMORE, OUT),
    ("countries: [Germany]", MUNICH, YES),
    ("states: [MD, Virginia]", BALTIMORE, YES),
    ("states: [VA, Massachusetts]", BALTIMORE, OUT),
    ("states: [MD]", MUNICH, OUT),
    ("regions: [New England]", BOSTON, YES),
    ("regions: [New England]", BALTIMORE, OUT),
    ("regions: [DACH]", MUNICH, YES),
    ("regions: [DACH]", BOSTON, OUT),
    ("metros: [Boston]", BOSTON, YES),
    ("metros: [Boston]", BALTIMORE, OUT),
    ('metros: ["Boise, ID"]', BOISE, YES),
    ('metros: ["Boise, ID"]', BOSTON, OUT),
    ('us_counties: ["Ada County, ID"]', BOISE, YES),
    ('us_counties: ["Ada County, ID"]', BOISE | {"county": "Canyon"}, OUT),
    ('us_counties: ["Ada County, OK"]', BOISE, None),  # type: ignore[list-item]  # no such county: refused
    ("cities: [Boston]", BOSTON, YES),
    ('cities: ["Boston, TX"]', BOSTON, OUT),
    ('postal: ["021"]', BOSTON, YES),
    ('postal: ["022"]', BOSTON, OUT),
    ("postal: [21200-21299]", BALTIMORE, YES),
    ("postal: [21202-21299]", BALTIMORE, OUT),
    ('near: {place: "Washington, DC", miles: 40}', BALTIMORE, YES),
    ('near: {place: "Washington, DC", miles: 30}', BALTIMORE, OUT),
    ('near: {place: "Washington, DC", km: 64}', BALTIMORE, YES),
    ('near: {place: "Washington, DC", km: 40}', BALTIMORE, OUT),
    # one place that fits is enough
    ("states: [MD], metros: [Boston]", BOSTON, YES),
    ('industries: {sic: ["60-67"]}', {"sic": "6021"}, YES),
    ('industries: {sic: ["60-67"]}', {"sic": "7372"}, MISFIT),
    ('industries: {sic: ["7372"], naics: ["5112"]}', {"sic": "7371", "naics": "511210"}, YES),
    ('industries: {naics: ["5112"]}', {"naics": "522110"}, MISFIT),
    ("industries: {words: [software]}", {"sic": "7372"}, YES),
    ("industries: {words: [software]}", {"sic": "6021"}, MISFIT),
    ("employees: {min: 200, max: 500}", {"employees": 200}, YES),
    ("employees: {min: 200, max: 500}", {"employees": 501}, MISFIT),
    ("employees: {min: 200}", {"employees": 100, "employees_max": 199}, MISFIT),
    ("employees: {min: 200}, unknown: fail", {"employees": 100, "employees_max": 300}, UNKNOWN),
    ("revenue: {min: 1000000}", {"revenue_usd": 1_000_000}, YES),
    ("revenue: {min: 1000000}", {"revenue_usd": 999_999}, MISFIT),
    ("age: {max: 10}", {"founded": 2015}, YES),
    ("age: {max: 10}", {"founded": 2014}, MISFIT),
    ("public: true", {"public": True}, YES),
    ("public: true", {"public": False}, MISFIT),
    ("public: false", {"public": False}, YES),
    # what is not known passes, fails, or is held
    ("states: [MD], unknown: pass", {}, YES),
    ("states: [MD], unknown: fail", {}, UNKNOWN),
    ("states: [MD], unknown: review", {}, REVIEW),
    ("employees: {min: 200}", {}, REVIEW),
    ("employees: {min: 200}, unknown: pass", {}, YES),
]


@pytest.mark.parametrize("where, known, expected", WHERE)
def test_where(empty: Engine, tmp_path: Path, where: str, known: dict[str, Any], expected: Reason | None) -> None:
    text = f"where: {{{where}}}\n{MOVE}"
    if expected is None:
        with pytest.raises(Faults, match=r"p\.yml:3:\d+: .*unknown county"):
            written(text, tmp_path)
        return
    assert decided(empty, tmp_path, text, known, [event()]) is expected


# (where, the new seat of a company of Boston's, what is said): a move into the territory counts
PLACES = [
    ("states: [MD]", "Baltimore, Maryland", YES),
    ("states: [MD]", "Richmond, Virginia", OUT),
    ("states: [MD], match: seat", "Baltimore, Maryland", OUT),
    ("states: [MA], match: event", "Baltimore, Maryland", OUT),
    ("states: [MD], match: event", "Baltimore, Maryland", YES),
]


@pytest.mark.parametrize("where, to, expected", PLACES)
def test_the_place_of_the_event(empty: Engine, tmp_path: Path, where: str, to: str, expected: Reason) -> None:
    assert decided(empty, tmp_path, f"where: {{{where}}}\n{MOVE}", BOSTON, [event(to=to)]) is expected


# (what stands in `companies`, the account in the CRM, what is said)
ACCOUNTS: list[tuple[str, str | None, Reason]] = [
    ("include: [acme.example]", None, YES),
    ('include: ["Acme Mills, Inc."]', None, YES),
    ("include: [other.example]", None, UNNAMED),
    ("exclude: [acme.example]", None, EXCLUDED),
    ("exclude: [other.example]", None, YES),
    ("include: accounts/mine.csv", None, YES),
    ("exclude: accounts/mine.csv", None, EXCLUDED),
    ("customers: exclude", "customer", EXCLUDED),
    ("customers: exclude", "open_opportunity", YES),
    ("customers: only", "customer", YES),
    ("customers: only", None, UNNAMED),
    ("open_opportunities: exclude", "open_opportunity", EXCLUDED),
    ("open_opportunities: only", "open_opportunity", YES),
    ("past_customers: exclude", "past_customer", EXCLUDED),
    ("past_customers: only", "customer", UNNAMED),
]


@pytest.mark.parametrize("companies, account, expected", ACCOUNTS)
def test_companies(empty: Engine, tmp_path: Path, companies: str, account: str | None, expected: Reason) -> None:
    (tmp_path / "accounts").mkdir()
    (tmp_path / "accounts" / "mine.csv").write_text("id,name,domain\n1,Acme Mills,acme.example\n")
    assert decided(empty, tmp_path, f"companies: {{{companies}}}\n{MOVE}", {"account": account}, [event()]) is expected


CHIEF = {"level": "c_suite", "function": "finance", "direction": "joins", "person": "Ada Quill", "title": "chief financial officer"}
LEFT = {"level": "c_suite", "function": "finance", "direction": "leaves", "person": "Bea Moss", "title": "chief financial officer"}
MONEY = {"amount": "$12.5 million", "round": "Series B"}
# (the wants, the threshold and further keys, the events, what is said)
WANTS: list[tuple[str, str, list[Sighting], Reason]] = [
    ("{trigger: [funding, ipo], weight: 40}", "25", [event("ipo")], YES),
    ("{trigger: [funding, ipo], weight: 40}", "25", [event("merger")], NONE),
    ("{trigger: any, weight: 40}", "25", [event("merger")], YES),
    ("{trigger: relocation, status: [planned, announced], weight: 40}", "40", [event(status="planned", day=0)], YES),
    ("{trigger: relocation, weight: 40}", "40", [event(status="planned", day=0)], FEW),  # 0.9 of it
    ("{trigger: relocation, status: planned, weight: 40}", "25", [event(status="completed")], NONE),
    ("{trigger: relocation, weight: 40}", "25", [event(status="rumored")], FEW),
    ("{trigger: relocation, weight: 40}", "10", [event(status="denied")], NONE),
    # facts
    ("{trigger: executive_change, is: {level: c_suite, direction: [joins, changes]}, weight: 40}", "25", [event("executive_change", **CHIEF)], YES),
    ("{trigger: executive_change, is: {level: c_suite, direction: [joins, changes]}, weight: 40}", "25", [event("executive_change", **LEFT)], NONE),
    ("{trigger: executive_change, is: {function: {none_of: [finance]}}, weight: 40}", "25", [event("executive_change", **CHIEF)], NONE),
    ("{trigger: executive_change, is: {function: {none_of: [legal]}}, weight: 40}", "25", [event("executive_change", **CHIEF)], YES),
    ('{trigger: executive_change, is: {title: {matches: "chief (information|financial)"}}, weight: 40}', "25", [event("executive_change", **CHIEF)], YES),
    ('{trigger: executive_change, is: {title: {matches: "^financial"}}, weight: 40}', "25", [event("executive_change", **CHIEF)], NONE),
    ("{trigger: funding, is: {amount: {at_least: 12500000}}, weight: 40}", "25", [event("funding", **MONEY)], YES),
    ("{trigger: funding, is: {amount: {at_least: 12500001}}, weight: 40}", "25", [event("funding", **MONEY)], NONE),
    ("{trigger: funding, is: {amount: {at_most: 12500000}}, weight: 40}", "25", [event("funding", **MONEY)], YES),
    ("{trigger: funding, is: {amount: {at_most: 12000000}}, weight: 40}", "25", [event("funding", **MONEY)], NONE),
    ("{trigger: relocation, is: {to: {in: [TX, New England]}}, weight: 40}", "25", [event(to="Boston, Massachusetts")], YES),
    ("{trigger: relocation, is: {to: {in: [TX, New England]}}, weight: 40}", "25", [event(to="Albany, New York")], NONE),
    # age, and what it takes away
    ("{trigger: relocation, within: 30d, weight: 40}", "25", [event(day=-30)], YES),
    ("{trigger: relocation, within: 30d, weight: 40}", "25", [event(day=-31)], NONE),
    ("{trigger: relocation, weight: 40}", "25\nhalf_life: 10d", [event(day=-6)], YES),
    ("{trigger: relocation, weight: 40}", "25\nhalf_life: 10d", [event(day=-7)], FEW),
    ("{trigger: relocation, weight: 40, half_life: 5d}", "25\nhalf_life: 90d", [event(day=-6)], FEW),
    # a required want, a negative one
    ("{trigger: relocation, weight: 40}, {trigger: ipo, weight: 1, required: true}", "25", [event()], LACKS),
    ("{trigger: relocation, weight: 40}, {trigger: distress, weight: -50}", "25", [event(), event("distress")], FEW),
    ("{trigger: relocation, weight: 40}, {trigger: distress, weight: -50}", "25", [event(), event("funding")], YES),
    # each counts, or the best alone; three within a year
    ("{trigger: funding, weight: 15, count: each}", "25", [event("funding", amount="$5 million"), event("funding", day=-40, amount="$9 million")], YES),
    ("{trigger: funding, weight: 15, count: best}, {trigger: ipo, weight: 15}", "25", [event("funding", amount="$5 million"), event("funding", day=-40, amount="$9 million")], FEW),
    ("{trigger: facility_opening, times: 3, within: 1y, weight: 40}", "25", [event("facility_opening", day, place=place) for day, place in ((-300, "Reno, Nevada"), (-100, "Dover, Delaware"), (-2, "Waco, Texas"))], YES),
    ("{trigger: facility_opening, times: 3, within: 1y, weight: 40}", "25", [event("facility_opening", day, place=place) for day, place in ((-400, "Reno, Nevada"), (-100, "Dover, Delaware"), (-2, "Waco, Texas"))], NONE),
    # in this order, within a window
    ("{then: [executive_change, relocation], within: 90d, weight: 40}", "25", [event("executive_change", -50, **CHIEF), event()], YES),
    ("{then: [executive_change, relocation], within: 90d, weight: 40}", "25", [event("executive_change", -1, **CHIEF), event(day=-50)], NONE),
    ("{then: [executive_change, relocation], within: 30d, weight: 40}", "25", [event("executive_change", -50, **CHIEF), event()], NONE),
    # all, any, none
    ("{all: [funding, hiring], within: 60d, weight: 40}", "25", [event("funding", **MONEY), event("hiring", -20)], YES),
    ("{all: [funding, hiring], within: 10d, weight: 40}", "25", [event("funding", **MONEY), event("hiring", -20)], NONE),
    ("{all: [funding], any: [ipo, hiring], within: 60d, weight: 40}", "25", [event("funding", **MONEY), event("hiring", -20)], YES),
    ("{all: [funding], any: [ipo, merger], within: 60d, weight: 40}", "25", [event("funding", **MONEY), event("hiring", -20)], NONE),
    ("{all: [funding], none: [layoffs], within: 60d, weight: 40}", "25", [event("funding", **MONEY), event("layoffs", -50)], NONE),
    ("{all: [funding], none: [layoffs], within: 60d, weight: 40}", "25", [event("funding", **MONEY), event("layoffs", -70)], YES),
    # no new finance chief within 120 days of the departure
    ("{absent: {trigger: executive_change, is: {function: finance, direction: joins}}, after: {trigger: executive_change, is: {function: finance, direction: leaves}}, within: 120d, weight: 40}", "25", [event("executive_change", -125, **LEFT)], YES),
    ("{absent: {trigger: executive_change, is: {function: finance, direction: joins}}, after: {trigger: executive_change, is: {function: finance, direction: leaves}}, within: 120d, weight: 40}", "25", [event("executive_change", -115, **LEFT)], NONE),
    ("{absent: {trigger: executive_change, is: {function: finance, direction: joins}}, after: {trigger: executive_change, is: {function: finance, direction: leaves}}, within: 120d, weight: 40}", "25", [event("executive_change", -125, **LEFT), event("executive_change", -30, **CHIEF)], NONE),
    # how well it is attested
    ("{trigger: relocation, sources: 2, weight: 40}", "25", [event(quote="Acme moves.", to="Reno, Nevada"), event(quote="Acme Mills will leave Dover.", publisher="The Courier", to="Reno, Nevada")], YES),
    ("{trigger: relocation, sources: 2, weight: 40}", "25", [event(quote="Acme moves.", to="Reno, Nevada"), event(quote="Acme moves.", publisher="The Courier", to="Reno, Nevada")], NONE),
    ("{trigger: relocation, sources: {at_least: 2, or_filing: true}, weight: 40}", "25", [event(form="8-K")], YES),
    ("{trigger: relocation, sources: {at_least: 2, or_filing: true}, weight: 40}", "25", [event()], NONE),
    # not sure enough
    ("{trigger: relocation, weight: 40}", "25", [event(confidence=0.6)], FEW),
    # the profile's own days
    ("{trigger: relocation, weight: 40}", "25\nsince: 2025-03-03", [event()], Reason.BEFORE_START),
    ("{trigger: relocation, weight: 40}", "25\nsince: 2025-03-02", [event()], YES),
    ("{trigger: relocation, weight: 40}", "25\nsnooze: 2025-03-04", [event()], Reason.SNOOZED),
    ("{trigger: relocation, weight: 40}", "25\nsnooze: 2025-03-03", [event()], YES),
    # by the clock of the profile: it is still Sunday, the second, in Honolulu
    ("{trigger: relocation, weight: 40}", "25\nsnooze: 2025-03-03\ntime_zone: Pacific/Honolulu", [event()], Reason.SNOOZED),
    ("{trigger: relocation, weight: 40}", "25\nactive: {from: 2025-03-04}", [event()], Reason.INACTIVE),
    ("{trigger: relocation, weight: 40}", "25\nactive: {until: 2025-03-02}", [event()], Reason.INACTIVE),
    ("{trigger: relocation, weight: 40}", "25\nactive: {from: 2025-03-01, until: 2025-03-03}", [event()], YES),
]  # fmt: skip


@pytest.mark.parametrize("wants, threshold, told, expected", WANTS)
def test_wants(empty: Engine, tmp_path: Path, wants: str, threshold: str, told: list[Sighting], expected: Reason) -> None:
    assert decided(empty, tmp_path, f"wants: [{wants}]\nthreshold: {threshold}\nwhere: {{unknown: pass}}\n", {}, told) is expected


def at(of: str, kind: str, day: float, **more: Any) -> Sighting:
    return event(kind, day, of=of, **more)


PLAIN = "wants: [{trigger: relocation, weight: 40}, {trigger: funding, weight: 40}]\nthreshold: 30\n"
REQUIRED = "wants: [{trigger: relocation, weight: 40}, {trigger: funding, weight: 1, required: true}]\nthreshold: 1\n"
# (profile, events by the day they are published, what is sent or held: day, company, reason)
NIGHTS: list[tuple[str, list[Sighting], list[tuple[int, str, str]]]] = [
    # told once; again after the cooldown, with something new
    (f"{PLAIN}cooldown: 10d\n", [at("a", "relocation", 0.5)], [(1, "a", "alerted")]),
    (f"{PLAIN}cooldown: 10d\n", [at("a", "relocation", 0.5), at("a", "relocation", 15, to="Reno, Nevada")], [(1, "a", "alerted"), (15, "a", "alerted")]),
    (f"{PLAIN}cooldown: 30d\n", [at("a", "relocation", 0.5), at("a", "relocation", 15, to="Reno, Nevada")], [(1, "a", "alerted")]),
    # points up by half break the cooldown; unless nothing may
    (f"{PLAIN}cooldown: 30d\n", [at("a", "relocation", 0.5), at("a", "funding", 5)], [(1, "a", "alerted"), (5, "a", "realerted")]),
    (f"{PLAIN}cooldown: 30d\nrealert: after_cooldown\n", [at("a", "relocation", 0.5), at("a", "funding", 5)], [(1, "a", "alerted")]),
    (f"{PLAIN}cooldown: 2d\nrealert: never\n", [at("a", "relocation", 0.5), at("a", "funding", 15)], [(1, "a", "alerted")]),
    # a denial is said at once, and once
    (f"{PLAIN}cooldown: 30d\n", [at("a", "relocation", 0.5, to="Reno, Nevada"), at("a", "relocation", 6, status="denied", to="Reno, Nevada")], [(1, "a", "alerted"), (6, "a", "corrected")]),
    # two a week: the third and weaker is over quota and comes with the next week, the better one is held
    (f"{PLAIN}limit: {{leads: 1, per: week}}\n", [at("a", "relocation", 0.5), at("b", "relocation", 1.5, confidence=0.9)], [(1, "a", "alerted"), (7, "b", "alerted")]),
    (f"{PLAIN}limit: {{leads: 1, per: month}}\n", [at("a", "relocation", 0.5), at("b", "relocation", 1.5, confidence=0.9)], [(1, "a", "alerted")]),
    (f"{PLAIN}limit: {{leads: 1, per: quarter}}\n", [at("a", "relocation", 0.5, confidence=0.8), at("b", "relocation", 1.5)], [(1, "a", "alerted"), (2, "b", "held for review")]),
    # the best of a night come first
    (f"{PLAIN}limit: {{leads: 1, per: month}}\n", [at("a", "relocation", 0.5, confidence=0.8), at("b", "relocation", 0.5)], [(1, "b", "alerted")]),
    # a clipping of a named account: every story once, of nobody else
    ("clipping: true\ncompanies: {include: [a.example]}\n", [at("a", "funding", 0.5), at("a", "merger", 2.5), at("b", "funding", 0.5)], [(1, "a", "alerted"), (3, "a", "alerted")]),
]  # fmt: skip


@pytest.mark.parametrize("text, told, expected", NIGHTS)
def test_nights(empty: Engine, tmp_path: Path, text: str, told: list[Sighting], expected: list[tuple[int, str, str]]) -> None:
    workspace = workspace_of(written(text + "where: {unknown: pass}\n", tmp_path), tmp_path)
    said: list[tuple[int, str, str]] = []
    held: set[str] = set()
    with empty.begin() as conn:
        queries.save_companies(conn, [Company(id=of, name=f"{of.title()} Mills, Inc.", domain=f"{of}.example") for of in "ab"])
        for night in range(20):
            now = NOW + timedelta(days=night)
            put(conn, [each for each in told if now - timedelta(days=1) < each.first_seen <= now], now)
            judged = judge(conn, workspace, now)
            sent = {lead.company_id for lead in judged.leads}
            for decision in judged.decisions:
                if decision.company_id in sent or (decision.reason is REVIEW and decision.company_id not in held):
                    said.append((night, decision.company_id, decision.reason.value))
                    held |= {decision.company_id} if decision.reason is REVIEW else set()
    assert said == expected


# (what is written, where and how it is refused)
REFUSED = [
    ("where: {states: [Marylnd]}\n", "3:18: unknown state 'Marylnd' (did you mean 'Maryland'?)"),
    ("where: {countries: [Germny]}\n", "3:21: unknown country 'Germny' (did you mean 'Germany'?)"),
    ("where: {regions: [New Englnd]}\n", "3:19: unknown region 'New Englnd' (did you mean 'new england'?)"),
    ("where: {metros: [Bostn]}\n", "3:18: unknown metro 'Bostn' (did you mean 'Boston, MA'?)"),
    ("where: {us_counties: [Ada]}\n", "needs the state behind the county"),
    ("where: {postal: [9-10]}\n", "is no postal code"),
    ("where: {near: {place: Reno}}\n", "'near' needs either 'miles' or 'km'"),
    ('where: {near: {place: "Reno, NV", miles: 5, km: 8}}\n', "'near' needs either 'miles' or 'km'"),
    ("where: {industries: {words: [bankng]}}\n", "did you mean 'banking'?"),
    ("where: {industries: {sic: [67-60]}}\n", "is no range"),
    ("where: {employees: {min: 9, max: 2}}\n", "min 9 is above max 2"),
    ("where: {unknown: maybe}\n", "unknown value 'maybe'"),
    ("companies: {customers: none}\n", "unknown value 'none'"),
    ("limit: {leads: 2, per: year}\n", "unknown value 'year'"),
    ("half_life: 90\n", "needs a unit"),
    ("time_zone: America/NewYork\n", "did you mean 'America/New_York'?"),
    ("active: {from: 2025-06-30, until: 2025-01-01}\n", "the end lies before the beginning"),
    ("deliver: {email: monday at 7}\n", "is no time to deliver"),
    ("team: {members: [ann]}\n", "is no e-mail address"),
]


@pytest.mark.parametrize("text, fault", REFUSED)
def test_what_cannot_be_meant_is_refused_with_its_place_and_cure(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(Faults) as error:
        written(text + MOVE, tmp_path)
    assert fault in str(error.value)
    assert "p.yml:3:" in str(error.value)
