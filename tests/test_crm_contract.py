"""One contract for everything that leads are handed to: files, a real Tryton server, and stand-ins of CRMs that cannot be run here."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from alerts.channels import load_channel
from alerts.outbox import deliver_due, deliveries_for, retry_failed
from alerts.settings import MailSettings, Route, Target
from store.records import LeadBrief
from tests.alert_records import NOW, make_brief, make_company, make_sighting, make_story, new_cfo, planned_move
from tests.crm_desks import Desk, FileDesk, HubSpotDesk, OdooDesk, SalesforceDesk, TrytonDesk
from tests.crm_standins import HubSpot, Odoo, StandIn, serving
from tests.outbox_world import World
from tests.salesforce_standin import Salesforce
from tests.support import require
from tests.tryton_server import CURE, tryton, tryton_home

HOUR = timedelta(hours=1)
# the real server takes a minute to set up, and a second a lead
CRMS: list[Any] = [pytest.param("tryton", marks=pytest.mark.proof), "salesforce", "hubspot", "odoo"]
ALL: list[Any] = ["csv", "json", *CRMS]
STAND_INS: dict[str, Callable[[], StandIn]] = {"salesforce": Salesforce, "hubspot": HubSpot, "odoo": Odoo}
NO_PROXY_MAIL = MailSettings(url="folder:mails", sender="Prospect <alerts@sender.example>")


@pytest.fixture(scope="session")
def tryton_server() -> Iterator[Target]:
    home = tryton_home()
    require("tryton", home, CURE)
    assert home
    with tryton(home) as target:
        yield target


def stand_in(name: str, made: StandIn, url: str) -> Any:
    if isinstance(made, Salesforce):
        made.of("User")["005000001"] = {"Email": "jane@example.com", "IsActive": True}
        return SalesforceDesk(made, made.target(url))
    if isinstance(made, HubSpot):
        made.of("owners")["71"] = {"email": "jane@example.com"}
        return HubSpotDesk(made, made.target(url))
    assert isinstance(made, Odoo)
    made.of("res.users")["9"] = {"id": 9, "login": "jane@example.com"}
    return OdooDesk(made, made.target(url))


@pytest.fixture
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    name = request.param
    if name == "tryton":
        yield TrytonDesk(request.getfixturevalue("tryton_server"))
    elif name in STAND_INS:
        made = STAND_INS[name]()
        with serving(made) as url:
            yield stand_in(name, made, url)
    else:
        yield FileDesk(Target(name=name, channel=name, folder=tmp_path / "crm"))


_numbers = iter(range(1, 10_000))


def a_lead(*, name: str | None = None, domain: str | None = "", stories: int = 2, **changes: Any) -> LeadBrief:
    """A lead of a company that no earlier test told this CRM of: the real server is one for the whole session."""
    n = next(_numbers)
    domain = f"company{n}.example" if domain == "" else domain
    company = make_company(f"t{n}", name=name or f"Contract Test Company {n}, Inc.", domain=domain)
    told = (new_cfo(company.id), planned_move(company.id))[:stories]
    return make_brief(*told, company=company, **changes)


def key_of(brief: LeadBrief) -> str:
    return f"prospect-{brief.lead.id}"


def kept_by(desk: Any) -> dict[str, Any]:
    """All that a stand-in holds; of what is no stand-in, nothing."""
    crm = getattr(desk, "crm", None)
    return {kind: copy.deepcopy(rows) for kind, rows in crm.records.items() if rows} if isinstance(crm, StandIn) else {}


def world_of(engine: Engine, desk: Any, target: Target | None = None) -> World:
    target = target or desk.target
    return World(engine, NO_PROXY_MAIL, {target.name: target}, {"hq-moves": Route(mail=None, crm=target.name)})


@pytest.mark.parametrize("desk", ALL, indirect=True)
def test_a_lead_is_handed_over_once_however_often_the_run_is_repeated(desk: Desk, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, desk)
    brief = a_lead()
    for hours in range(3):
        world.tell(brief)
        summary = world.deliver(hours * HOUR)
        assert summary.failed == summary.waiting == 0, summary
    assert desk.leads(key_of(brief)) == 1


@pytest.mark.parametrize("desk", ALL, indirect=True)
def test_a_worker_killed_between_sending_and_settling_makes_no_second_record(desk: Desk, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, desk)
    brief = a_lead()
    owed = world.tell(brief)
    outcomes = list(load_channel(desk.target.channel).send(owed, desk.target))  # sent, and then nobody settles
    assert [outcome.error for outcome in outcomes] == [None]
    assert world.deliver().sent == 1
    assert desk.leads(key_of(brief)) == 1


@pytest.mark.parametrize("desk", ALL, indirect=True)
def test_four_workers_at_once_make_one_record(desk: Desk, sqlite_engine: Engine) -> None:
    # searched for and then made by four at once, one lead became four in a real CRM: the claim is what prevents it
    world = world_of(sqlite_engine, desk)
    briefs = [a_lead() for _ in range(3)]
    for brief in briefs:
        world.tell(brief)

    def work(n: int) -> int:
        return deliver_due(
            sqlite_engine, now=NOW, worker=f"w{n}", mail=world.mail, targets=world.targets, random=random.Random(n), limit=1
        ).sent

    with ThreadPoolExecutor(4) as pool:
        sent = sum(pool.map(work, range(8)))
    assert sent == 3
    assert [desk.leads(key_of(brief)) for brief in briefs] == [1, 1, 1]


@pytest.mark.parametrize("desk", CRMS, indirect=True)
def test_what_a_rep_changed_stays_and_news_become_one_note(desk: Desk, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, desk)
    brief = a_lead()
    world.tell(brief)
    assert world.deliver().sent == 1
    desk.edit(key_of(brief), "the rep's own words")
    notes = desk.notes()
    news = replace(brief, lead=replace(brief.lead, event_ids=("a new event",)))
    for hours in (1, 2):
        owed = world.tell(news, purpose="update")
        world.deliver(hours * HOUR)
    list(load_channel(desk.target.channel).send(owed, desk.target))  # and once more, after a kill
    assert desk.edited(key_of(brief)) == "the rep's own words"
    assert desk.leads(key_of(brief)) == 1
    assert desk.notes() == notes + 1


@pytest.mark.parametrize("desk", CRMS, indirect=True)
def test_a_deleted_lead_does_not_come_back(desk: Desk, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, desk)
    brief = a_lead()
    world.tell(brief)
    world.deliver()
    desk.delete(key_of(brief))
    world.tell(replace(brief, lead=replace(brief.lead, event_ids=("a new event",))), purpose="update")
    summary = world.deliver(HOUR)
    assert summary.sent == 1
    assert f"{key_of(brief)} was deleted there and is not made again" in summary.notes[0]
    assert desk.leads(key_of(brief)) == 0


@pytest.mark.parametrize("desk", CRMS, indirect=True)
def test_a_correction_is_noted_on_the_record(desk: Desk, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, desk)
    brief = a_lead()
    world.tell(brief)
    world.deliver()
    notes = desk.notes()
    world.withdraw(brief)
    world.tell(replace(brief, stories=(new_cfo(), planned_move(status="denied"))), purpose="correction")
    assert world.deliver(HOUR).sent == 1
    assert desk.notes() == notes + 1


@pytest.mark.parametrize("desk", CRMS, indirect=True)
@pytest.mark.parametrize(
    "there, lead, joined",
    [
        # the same domain and name: the company is there, and no second one is made
        ([("Harrow Mills {n}, Inc.", "harrow{n}.example")], ("Harrow Mills {n} Inc", "harrow{n}.example"), 0),
        # the same name, and nobody noted a domain
        ([("Quillon Freight {n}", None)], ("Quillon Freight {n}", "quillon{n}.example"), 0),
        # the same name with another domain is another company
        ([("Delta Works {n}", "deltadental{n}.example")], ("Delta Works {n}", "delta{n}.example"), None),
        # part of the name is another company
        ([("Apex {n} Hospitality REIT", None)], ("Apex {n}", None), None),
        # of two of that name, the one with the domain
        ([("Twin {n}", "other{n}.example"), ("Twin {n}", "twin{n}.example")], ("Twin {n}", "twin{n}.example"), 1),
    ],
)
def test_the_company_is_found_or_made(
    desk: Desk, there: list[tuple[str, str | None]], lead: tuple[str, str | None], joined: int | None, sqlite_engine: Engine
) -> None:
    n = next(_numbers)
    added = [desk.add_company(name.format(n=n), domain.format(n=n) if domain else None) for name, domain in there]
    before = desk.companies()
    brief = a_lead(name=lead[0].format(n=n), domain=lead[1].format(n=n) if lead[1] else None)
    world = world_of(sqlite_engine, desk)
    world.tell(brief)
    assert world.deliver().sent == 1
    if joined is not None:
        assert desk.company_of(key_of(brief)) == added[joined]
        assert desk.companies() == before
    elif desk.target.channel != "salesforce":  # there it is a Lead, which has no account yet
        assert desk.company_of(key_of(brief)) not in added
        assert desk.companies() == before + 1


@pytest.mark.parametrize("desk", CRMS, indirect=True)
def test_two_companies_that_fit_are_for_a_person_to_decide(desk: Desk, sqlite_engine: Engine) -> None:
    n = next(_numbers)
    for _ in range(2):
        desk.add_company(f"Same Name {n}", None)
    before = desk.companies()
    brief = a_lead(name=f"Same Name {n}", domain=None)
    world = world_of(sqlite_engine, desk)
    world.tell(brief)
    summary = world.deliver()
    assert (summary.sent, summary.failed) == (0, 1)
    assert f"2 companies fit Same Name {n}: Same Name {n} (no domain, id " in summary.problems[0]
    assert desk.leads(key_of(brief)) == 0
    assert desk.companies() == before


@pytest.mark.parametrize("desk", ["salesforce", "hubspot", "odoo"], indirect=True)
@pytest.mark.parametrize(
    "fault, wait_s",
    [
        ("500", 30),  # their trouble
        ("429", 120),  # waits as long as they ask
        ("lost", 30),  # done, and the answer got lost: the case that makes duplicates
    ],
)
def test_passing_trouble_is_waited_out(desk: Any, fault: str, wait_s: int, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, desk)
    brief = a_lead()
    world.tell(brief)
    desk.crm.faults = [fault]
    summary = world.deliver()
    assert (summary.sent, summary.waiting) == (0, 1)
    assert world.rows("pending")[0].due >= NOW + timedelta(seconds=wait_s)
    assert world.deliver(HOUR).sent == 1
    assert desk.leads(key_of(brief)) == 1
    assert desk.companies() == (0 if desk.target.channel == "salesforce" else 1)


@pytest.mark.parametrize("desk", CRMS, indirect=True)
@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"token": "revoked", "password": "wrong"}, r"refused|401"),  # a revoked token, a changed password
        ({"url": "http://127.0.0.1:9"}, "cannot be reached"),  # a CRM that is away
    ],
)
def test_a_wrong_set_up_keeps_the_lead_which_goes_once_it_is_mended(
    desk: Desk, wrong: dict[str, Any], words: str, sqlite_engine: Engine
) -> None:
    world = world_of(sqlite_engine, desk, replace(desk.target, **wrong))
    brief = a_lead()
    world.tell(brief)
    summary = world.deliver()
    assert (summary.sent, summary.waiting) == (0, 1), summary
    assert any(word in summary.problems[0] for word in words.split("|"))
    assert summary.problems[0].startswith(f"{desk.target.name}: ")
    assert "revoked" not in summary.problems[0]
    world.targets = {desk.target.name: desk.target}
    assert world.deliver(2 * HOUR).sent == 1
    assert desk.leads(key_of(brief)) == 1


@pytest.mark.parametrize("desk", CRMS, indirect=True)
@pytest.mark.parametrize(
    "mapping, words",
    [
        ({"no_such_field_x": "headline"}, "no_such_field_x"),  # a field the CRM does not have
        ({"description": "compny.name", "name": "compny.name", "Description": "compny.name"}, "'compny' is undefined"),
    ],
)
def test_a_wrong_mapping_keeps_the_lead_and_names_the_field(desk: Desk, mapping: dict[str, str], words: str, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, desk, replace(desk.target, mapping=mapping))
    brief = a_lead()
    world.tell(brief)
    summary = world.deliver()
    assert (summary.sent, summary.waiting) == (0, 1), summary
    assert words in summary.problems[0]
    assert "mapping" in summary.problems[0] or "field" in summary.problems[0]
    world.targets = {desk.target.name: desk.target}
    assert world.deliver(2 * HOUR).sent == 1


HOSTILE = ["=cmd|'/C calc'!A0", "Robert'); DROP TABLE--", "100% \\ _under_ %", "\u202egnp.exe\u200b", "{{ lead.id }}", "Ü" * 5000, "<script>alert(1)</script>"]  # fmt: skip


@pytest.mark.parametrize("desk", ALL, indirect=True)
def test_hostile_documents_reach_it_harmless(desk: Desk, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, desk)
    briefs = []
    for text in HOSTILE:
        n = next(_numbers)
        facts: dict[str, str | None] = {"person": f"Jane {text}", "title": text, "direction": "joins"}
        company = make_company(
            f"t{n}", name=f"{text} {n}" if len(text) < 100 else f"{n} {text}", city=text, street=text, domain=None, phone=None
        )
        briefs.append(
            make_brief(make_story(make_sighting("executive_change", facts, text, company_id=company.id, url=text)), company=company)
        )
        world.tell(briefs[-1])
    summary = world.deliver()
    assert (summary.sent, summary.failed, summary.waiting) == (len(HOSTILE), 0, 0), summary
    assert [desk.leads(key_of(brief)) for brief in briefs] == [1] * len(HOSTILE)


@pytest.mark.parametrize("desk", CRMS, indirect=True)
def test_outcomes_are_read_back(desk: Desk, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, desk)
    kept, gone = a_lead(), a_lead()
    world.tell(kept)
    world.tell(gone)
    world.deliver()
    desk.delete(key_of(gone))
    outcomes = load_channel(desk.target.channel).read_outcomes(desk.target, [key_of(kept), key_of(gone)])
    assert [(o.external_id, o.outcome) for o in outcomes] == [(key_of(kept), "open"), (key_of(gone), "deleted")]


@pytest.mark.parametrize("desk", CRMS, indirect=True)
def test_only_what_changed_since_is_read_back(desk: Desk, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, desk)
    briefs = [a_lead() for _ in range(3)]
    world.tell(*briefs)
    assert world.deliver().sent == 3
    read = load_channel(desk.target.channel).read_outcomes
    ids = [key_of(brief) for brief in briefs]
    before = read(desk.target, ids)
    assert [each.outcome for each in before] == ["open"] * 3
    latest = max(each.changed for each in before)
    time.sleep(1.2 if desk.target.channel == "tryton" else 0)  # its clock is the real one
    desk.lose(ids[1])
    after = read(desk.target, ids, latest + timedelta(seconds=1))
    assert [(each.external_id, each.outcome) for each in after] == [(ids[1], "lost")]
    assert after[0].changed > latest
    assert read(desk.target, ids[:1], latest + timedelta(seconds=1)) == []  # nothing of a lead that was not asked about
    assert [each.outcome for each in read(desk.target, ids)] == ["open", "lost", "open"]


@pytest.mark.parametrize("desk", ALL, indirect=True)
def test_a_rehearsal_writes_nothing_and_shows_what_the_push_writes(desk: Desk, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, desk)
    brief = a_lead()
    owed = world.tell(brief)
    channel = load_channel(desk.target.channel)
    before = kept_by(desk)
    (shown,) = channel.rehearse(owed, desk.target)
    assert (shown.key, shown.error) == (owed[0].key, None)
    assert desk.leads(key_of(brief)) == 0
    assert kept_by(desk) == before
    assert world.deliver().sent == 1
    last = dict(shown.writes[-1].fields)  # the lead itself comes last
    made_first = {name for name, value in last.items() if str(value) == "-1"}  # ids that only the push gives
    written = desk.record(key_of(brief), last)
    assert {name: value for name, value in written.items() if name not in made_first} == {
        name: value for name, value in last.items() if name not in made_first
    }
    (again,) = channel.rehearse(owed, desk.target)
    assert again.writes == ()  # it is there


@pytest.mark.parametrize("desk", CRMS, indirect=True)
def test_a_rehearsal_says_what_stands_in_the_way_and_makes_a_company_once(desk: Desk, sqlite_engine: Engine) -> None:
    wrong = replace(desk.target, mapping={"description": "compny.name", "name": "compny.name", "Description": "compny.name"})
    world = world_of(sqlite_engine, desk)
    brief = a_lead(stories=2)
    owed = world.tell(brief)
    channel = load_channel(desk.target.channel)
    (shown,) = channel.rehearse(owed, wrong)
    assert "'compny' is undefined" in str(shown.error)
    move = make_brief(planned_move(brief.company.id), company=brief.company, profile="cfo")
    both = owed + deliveries_for(
        [move], now=NOW, routes={"cfo": Route(mail=None, crm=desk.target.name)}, mail=NO_PROXY_MAIL, targets=world.targets
    )
    writes = [write.what for done in channel.rehearse(both, desk.target) for write in done.writes]
    companies = [what for what in writes if what.startswith(("Account", "company", "res.partner", "party"))]
    assert len(companies) == 1


# ------------------------------------------------------------------ what is particular to one of them


@pytest.fixture
def salesforce() -> Iterator[SalesforceDesk]:
    made = Salesforce()
    with serving(made) as url:
        yield stand_in("salesforce", made, url)


def test_salesforce_without_a_named_person_gets_an_account_and_a_task(salesforce: SalesforceDesk, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, salesforce)
    brief = make_brief(planned_move())
    world.tell(brief)
    assert world.deliver().sent == 1
    (account,) = salesforce.crm.of("Account").items()
    (task,) = salesforce.crm.of("Task").values()
    assert account[1]["Name"] == "Meridian Freight Systems, Inc."
    assert (task["WhatId"], task["OwnerId"]) == (account[0], "005000001")
    assert salesforce.crm.of("Lead") == {}


def test_salesforce_with_a_last_name_stated_by_the_mapping_gets_a_lead(salesforce: SalesforceDesk, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, salesforce, replace(salesforce.target, mapping={"LastName": "person.last if person else 'Front desk'"}))
    world.tell(make_brief(planned_move()))
    assert world.deliver().sent == 1
    (lead,) = salesforce.crm.of("Lead").values()
    assert (lead["LastName"], lead["Company"], lead["FirstName"]) == ("Front desk", "Meridian Freight Systems, Inc.", None)


def test_salesforce_names_a_picklist_value_that_was_renamed(salesforce: SalesforceDesk, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, salesforce, replace(salesforce.target, mapping={"Rating": "'Scorching'"}))
    world.tell(make_brief())
    summary = world.deliver()
    assert summary.waiting == 1
    assert "bad value for restricted picklist field: Scorching (field Rating); mend the mapping of 'sf'" in summary.problems[0]


def test_salesforce_renews_a_session_that_ran_out_and_says_when_it_was_revoked(salesforce: SalesforceDesk, sqlite_engine: Engine) -> None:
    options = {"client_id": "c", "client_secret": "s"}
    target = replace(salesforce.target, token=Salesforce.refresh_token, options=options)
    world = world_of(sqlite_engine, salesforce, target)
    world.tell(make_brief())
    assert world.deliver().sent == 1
    world.targets = {"sf": replace(target, token="revoked-refresh-token")}
    world.tell(a_lead())
    summary = world.deliver(HOUR)
    assert summary.waiting == 1
    assert "invalid_grant expired access/refresh token; authorize prospect there again" in summary.problems[0]


def test_news_of_a_converted_lead_go_to_its_account(salesforce: SalesforceDesk, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, salesforce)
    brief = a_lead()
    world.tell(brief)
    world.deliver()
    (lead,) = salesforce.crm.of("Lead").values()
    lead |= {"IsConverted": True, "ConvertedAccountId": "001converted"}
    world.tell(replace(brief, lead=replace(brief.lead, event_ids=("a new event",))), purpose="update")
    assert world.deliver(HOUR).sent == 1
    (task,) = salesforce.crm.of("Task").values()
    assert task["WhatId"] == "001converted"


def test_an_owner_unknown_there_is_said_and_the_lead_made(salesforce: SalesforceDesk, sqlite_engine: Engine) -> None:
    world = world_of(sqlite_engine, salesforce)
    world.tell(a_lead(owner="nobody@example.com"))
    summary = world.deliver()
    assert summary.sent == 1
    assert "no active user there has the e-mail nobody@example.com" in summary.notes[0]
    assert summary.problems == ()  # the run is no failure for that


def test_hubspot_makes_leads_only_where_the_account_has_them(sqlite_engine: Engine) -> None:
    made = HubSpot()
    with serving(made) as url:
        desk = stand_in("hubspot", made, url)
        world = world_of(sqlite_engine, desk, replace(desk.target, options={"leads": "yes"}))
        world.tell(a_lead())
        assert world.deliver().sent == 1
    assert (len(made.of("companies")), len(made.of("notes")), len(made.of("leads"))) == (1, 1, 1)


@pytest.mark.parametrize(
    "owner, scope, owned, said",
    [
        ("jane@example.com", True, "71", ""),
        ("nobody@example.com", True, None, "no owner there has the e-mail nobody@example.com"),
        ("jane@example.com", False, None, "lacks the scope crm.objects.owners.read"),
    ],
)
def test_hubspot_gives_the_rep_company_and_note(owner: str, scope: bool, owned: str | None, said: str, sqlite_engine: Engine) -> None:
    made = HubSpot()
    made.owner_scope = scope
    with serving(made) as url:
        world = world_of(sqlite_engine, stand_in("hubspot", made, url))
        world.tell(a_lead(owner=owner))
        summary = world.deliver()
    assert summary.sent == 1
    assert said in " ".join(summary.notes)
    (company,), (note,) = made.of("companies").values(), made.of("notes").values()
    assert (company["properties"].get("hubspot_owner_id"), note["properties"].get("hubspot_owner_id")) == (owned, owned)


def test_a_lead_held_for_review_goes_when_a_person_has_decided(salesforce: SalesforceDesk, sqlite_engine: Engine) -> None:
    ids = [salesforce.add_company("Held Corp", None) for _ in range(2)]
    brief = a_lead(name="Held Corp", domain=None)
    world = world_of(sqlite_engine, salesforce)
    world.tell(brief)
    assert world.deliver().failed == 1
    salesforce.crm.of("Account")[ids[1]]["Prospect_Key__c"] = f"company-{brief.company.id}"
    assert retry_failed(sqlite_engine, now=NOW + HOUR) == 1
    assert world.deliver(HOUR).sent == 1
    assert salesforce.company_of(key_of(brief)) == ids[1]
