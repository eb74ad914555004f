"""Many leads at a time to Salesforce: composite batches, collections and bulk jobs keep the rules that one lead goes by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from alerts.settings import MailSettings, Route
from store.records import LeadBrief
from tests.alert_records import make_brief, make_company, new_cfo, planned_move
from tests.crm_desks import SalesforceDesk
from tests.crm_standins import serving
from tests.outbox_world import World
from tests.salesforce_standin import Salesforce

HOUR = timedelta(hours=1)
MAIL = MailSettings(url="folder:mails", sender="Prospect <alerts@sender.example>")


@pytest.fixture
def desk() -> Iterator[SalesforceDesk]:
    made = Salesforce()
    made.of("User")["005000001"] = {"Email": "Jane@Example.com", "IsActive": True}
    with serving(made) as url:
        yield SalesforceDesk(made, made.target(url))


@pytest.fixture
def world(desk: SalesforceDesk, sqlite_engine: Engine) -> World:
    return World(sqlite_engine, MAIL, {"sf": desk.target}, {name: Route(mail=None, crm="sf") for name in ("hq-moves", "cfo")})


def with_person(n: int, **changes: object) -> LeadBrief:
    company = make_company(f"p{n}", name=f"Person Works {n}, Inc.", domain=f"p{n}.example")
    return make_brief(new_cfo(company.id), company=company, **changes)  # type: ignore[arg-type]


def without(n: int, **changes: object) -> LeadBrief:
    company = make_company(f"m{n}", name=f"Moving Works {n}, Inc.", domain=f"m{n}.example")
    return make_brief(planned_move(company.id), company=company, **changes)  # type: ignore[arg-type]


def kinds(desk: SalesforceDesk) -> dict[str, int]:
    return {kind: len(desk.crm.of(kind)) for kind in ("Lead", "Account", "Task")}


def calls(desk: SalesforceDesk) -> Counter[str]:
    """Calls by their first words: "PATCH composite", "GET query"."""
    return Counter(" ".join((call.split()[0], call.split()[1].split("/")[1])) for call in desk.crm.calls)


def test_sixty_leads_take_a_few_calls(desk: SalesforceDesk, world: World) -> None:
    world.tell(*(with_person(n) for n in range(40)), *(without(n) for n in range(20)))
    assert world.deliver().sent == 60
    assert kinds(desk) == {"Lead": 40, "Account": 20, "Task": 20}
    # two for what is there, one for the owners; three batches of 25 searches; accounts, leads and tasks
    assert calls(desk) == {"GET query": 3, "POST composite": 3, "PATCH composite": 3}
    tasks = desk.crm.of("Task").values()
    assert {task["WhatId"] for task in tasks} == set(desk.crm.of("Account"))
    assert {task["OwnerId"] for task in tasks} == {"005000001"}
    before = dict(desk.crm.of("Lead"))
    world.tell(*(with_person(n) for n in range(40)))
    assert world.deliver(HOUR).sent == 0
    assert desk.crm.of("Lead") == before


def test_one_that_is_refused_keeps_none_of_the_others(desk: SalesforceDesk, world: World) -> None:
    world.targets = {
        "sf": replace(
            desk.target, mapping={"Rating": "'Scorching' if company.name == 'Person Works 3, Inc.'", "Title": "1/0 if company.id == 'p4'"}
        )
    }
    for _ in range(2):
        desk.add_company("Person Works 5, Inc.", None)  # two that fit
    world.tell(*(with_person(n) for n in range(8)))
    summary = world.deliver()
    assert (summary.sent, summary.waiting, summary.failed) == (5, 2, 1)
    said = "\n".join(summary.problems)
    assert "Rating: bad value for restricted picklist field: Scorching (field Rating); mend the mapping of 'sf'" in said
    assert "sf: field 'Title'" in said
    assert "2 companies fit Person Works 5, Inc." in said
    world.targets = {"sf": desk.target}
    assert world.deliver(2 * HOUR).sent == 2
    assert kinds(desk)["Lead"] == 7


def test_leads_of_one_company_share_the_account_that_is_made_for_the_first(desk: SalesforceDesk, world: World) -> None:
    move = without(1)
    cfo = make_brief(new_cfo(move.company.id), company=move.company, profile="cfo")
    namesake = make_company("other", name=move.company.name, domain=None)  # in two registers under two keys
    world.tell(move, cfo, make_brief(planned_move("other"), company=namesake))
    assert world.deliver().sent == 3
    assert kinds(desk) == {"Lead": 0, "Account": 1, "Task": 3}
    assert {task["WhatId"] for task in desk.crm.of("Task").values()} == set(desk.crm.of("Account"))


def test_news_and_new_leads_in_one_batch_keep_their_ways(desk: SalesforceDesk, world: World) -> None:
    world.tell(with_person(1))
    world.deliver()
    news = with_person(1)
    world.tell(replace(news, lead=replace(news.lead, event_ids=("later",))), purpose="update")
    world.tell(with_person(2), with_person(3))
    assert world.deliver(HOUR).sent == 3
    assert kinds(desk) == {"Lead": 3, "Account": 0, "Task": 1}


@pytest.mark.parametrize("fault", ["500", "429", "lost"])
def test_passing_trouble_in_the_middle_makes_nothing_twice(fault: str, desk: SalesforceDesk, world: World) -> None:
    world.tell(*(with_person(n) for n in range(3)), *(without(n) for n in range(3)))
    desk.crm.faults = ["", fault]  # the accounts are made, then it happens
    summary = world.deliver()
    assert (summary.sent, summary.waiting, summary.failed) == (0, 6, 0)
    assert world.deliver(HOUR).sent == 6
    assert kinds(desk) == {"Lead": 3, "Account": 3, "Task": 3}


def test_more_than_two_hundred_go_by_bulk_job(desk: SalesforceDesk, world: World) -> None:
    briefs = [with_person(n) for n in range(205)] + [without(n) for n in range(3)]
    world.tell(*briefs)
    assert world.deliver().sent == 208
    assert kinds(desk) == {"Lead": 205, "Account": 3, "Task": 3}
    (job,) = desk.crm.jobs.values()
    assert (job.kind, job.state, len(job.done), job.failed) == ("Lead", "JobComplete", 205, [])
    row = desk.record(f"prospect-{briefs[7].lead.id}", ("Company", "LastName", "NumberOfEmployees", "Description"))
    assert (row["Company"], row["LastName"], row["NumberOfEmployees"]) == ("Person Works 7, Inc.", "Whitfield", "1250")
    assert row["Description"].count("\n") > 1


def test_a_bulk_job_says_which_records_it_refused(desk: SalesforceDesk, world: World) -> None:
    world.targets = {"sf": replace(desk.target, mapping={"Rating": "'Scorching' if company.id == 'p9'"})}
    world.tell(*(with_person(n) for n in range(203)))
    summary = world.deliver()
    assert (summary.sent, summary.waiting) == (202, 1)
    assert "sf: INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: Rating: bad value" in summary.problems[0]


def test_a_bulk_job_with_a_column_that_is_not_there_keeps_the_leads(desk: SalesforceDesk, world: World) -> None:
    world.targets = {"sf": replace(desk.target, mapping={"Region__c": "company.state"})}
    world.tell(*(with_person(n) for n in range(203)))
    summary = world.deliver()
    assert (summary.sent, summary.waiting) == (0, 203)
    assert summary.problems == (
        "sf: InvalidBatch: Field name not found : Region__c; mend the mapping of 'sf' in prospect.yml, or the field in Salesforce",
    )
    world.targets = {"sf": desk.target}
    assert world.deliver(2 * HOUR).sent == 203


def test_a_bulk_job_that_does_not_end_is_called_off(desk: SalesforceDesk, world: World) -> None:
    desk.crm.polls = 10_000
    world.targets = {"sf": replace(desk.target, options={"bulk_wait_s": "0"})}
    world.tell(*(with_person(n) for n in range(203)))
    summary = world.deliver()
    assert (summary.sent, summary.waiting) == (0, 203)
    assert [job.state for job in desk.crm.jobs.values()] == ["Aborted"]
    desk.crm.polls = 1
    assert world.deliver(HOUR).sent == 203
    assert kinds(desk)["Lead"] == 203


@pytest.mark.parametrize(
    "owner, assignment, ran",
    [
        ("jane@example.com", None, "FALSE"),  # she has it, no rule takes it from her
        ("nobody@example.com", None, "TRUE"),  # the active rule decides
        ("nobody@example.com", "01Q000000000001", "01Q000000000001"),  # the rule that the set-up names
    ],
)
@pytest.mark.parametrize("count", [1, 3, 203])
def test_assignment_rules(owner: str, assignment: str | None, ran: str, count: int, desk: SalesforceDesk, world: World) -> None:
    world.targets = {"sf": replace(desk.target, options={"assignment": assignment} if assignment else {})}
    world.tell(*(with_person(n, owner=owner) for n in range(count)))
    assert world.deliver().sent == count
    seen = {"none": "FALSE"}  # a job that names no rule runs none
    assert {seen.get(lead["assigned by"], lead["assigned by"]) for lead in desk.crm.of("Lead").values()} == {ran}
