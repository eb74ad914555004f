"""Hands leads to Salesforce over its REST API. Needs a custom field `Prospect_Key__c` (text 80, external id, unique) on Lead, Account and Task.

- The company has an account there: a task on that account, for its owner to see; no second record of a known customer.
- It has none, and somebody is named (or the mapping states a LastName): a lead.
- It has none, and nobody is named: an account and a task. A LastName is never made up.

Several leads at a time go in composite batches and collections, more than COLLECTION by Bulk API 2.0. `url` is the instance or login
address. `token` alone is an access token; with `options: {client_id, client_secret}` it is a refresh token, and without a token the client
credentials flow is used. Further options: `assignment` (id of a lead assignment rule, TRUE or FALSE), `bulk_wait_s`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from alerts.brief import brief_of
from alerts.calls import open_client
from alerts.channels import Outcome, one_by_one
from alerts.crm.csv import FORMATS
from alerts.errors import DeliveryError, Permanent
from alerts.mapping import check_mapping, lead_names, mapped
from alerts.push import Candidate, LeadOutcome, choose_company, push
from alerts.rehearsal import Notebook, Rehearsed, rehearsed
from alerts.salesforce_api import COLLECTION, KEY, Session, soql
from alerts.settings import Target
from alerts.wording import clean
from store.records import Delivery

PROVEN = "a stateful stand-in on loopback that refuses what Salesforce's REST documentation says it refuses; never against Salesforce"
AT_ONCE = 500  # leads worked out together: what the outbox claims at a time
# the import file's columns, each of which is a field here; the keys are in the address, and an account describes itself
MAPPING = {field: said for field, said in FORMATS["salesforce"].columns.items() if field != KEY}
ACCOUNT = {field: said for field, said in FORMATS["salesforce-accounts"].columns.items() if field not in {KEY, "Description"}}
TASK = {"Subject": "(company.name ~ ': ' ~ headline) | truncate(255, true, '…', 0)", "Description": "description"}


def send(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Outcome]:
    """Hand the leads over, many at a time, under one access token."""
    with open_client(settings) as client:
        crm = Salesforce(client, settings)
        owed = iter(deliveries)
        while some := list(islice(owed, AT_ONCE)):
            told = [lead_id for delivery in some for lead_id in delivery.lead_ids]
            new = [each for each in some if each.purpose not in {"update", "correction"} and told.count(each.lead_ids[0]) == 1]
            if len(new) == 1:
                new = []
            yield from _hand_over(new, crm, settings)
            # news, and what is owed twice for one lead, one after another in their order
            rest = [each for each in some if each not in new]
            yield from one_by_one(rest, lambda delivery: push(delivery, crm, settings.name))


def rehearse(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Rehearsed]:
    """Yield what each delivery would write; Salesforce is only read."""
    notebook = Notebook()
    with open_client(settings) as client:
        yield from rehearsed(deliveries, Salesforce(client, settings, notebook), notebook, settings.name)


def faults(settings: Target) -> list[str]:
    """Return what is wrong with the set-up. Field names can only be checked by Salesforce itself."""
    found = [] if settings.url else [f"{settings.name}: 'url' is missing: https://YOURS.my.salesforce.com"]
    options = settings.options
    if not settings.token and not (options.get("client_id") and options.get("client_secret")):
        found.append(f"{settings.name}: 'token' is missing, or options.client_id and options.client_secret")
    return found + [f"{settings.name}: mapping: {fault}" for fault in check_mapping(settings.mapping or {})]


def read_outcomes(settings: Target, external_ids: Sequence[str], since: datetime | None = None) -> list[LeadOutcome]:
    """Return what became of these leads: their Status, and the amount and stage of the opportunity a lead was converted to.

    With `since` only of those that changed then or later, or whose opportunity did.
    """
    deal = "ConvertedOpportunity.Amount, ConvertedOpportunity.IsWon, ConvertedOpportunity.IsClosed, ConvertedOpportunity.StageName"
    lead = f"SELECT Id, {KEY}, Status, IsDeleted, IsConverted, SystemModstamp, ConvertedOpportunity.SystemModstamp, {deal} FROM Lead"
    task = f"SELECT Id, {KEY}, Status, IsDeleted, SystemModstamp FROM Task"
    with open_client(settings) as client:
        crm = Salesforce(client, settings)
        if since is None:
            rows = crm.query_in(f"{lead} WHERE {KEY} IN ({{}})", external_ids, deleted=True)
            rows += crm.query_in(f"{task} WHERE {KEY} IN ({{}})", external_ids, deleted=True)
        else:
            moment = f"{since:%Y-%m-%dT%H:%M:%SZ}"
            # an opportunity that is won does not touch the lead it came from
            changed = f"(SystemModstamp >= {moment} OR ConvertedOpportunity.SystemModstamp >= {moment})"
            rows = crm.query(f"{lead} WHERE {KEY} LIKE 'prospect-%' AND {changed}", deleted=True)
            rows += crm.query(f"{task} WHERE {KEY} LIKE 'prospect-%' AND SystemModstamp >= {moment}", deleted=True)
    # of a record that was deleted and one that is there under the same key, the one that is there
    known = {row[KEY]: row for row in sorted(rows, key=lambda row: not row.get("IsDeleted"))}
    found = [_outcome(external_id, known[external_id]) for external_id in external_ids if external_id in known]
    if since is None:
        found += [LeadOutcome(external_id=each, outcome="deleted", said="deleted") for each in external_ids if each not in known]
    return found


def _outcome(external_id: str, row: Mapping[str, Any]) -> LeadOutcome:
    deal = row.get("ConvertedOpportunity") or {}
    status = clean(row.get("Status"), 80)
    stamps = [datetime.fromisoformat(stamp) for stamp in (row.get("SystemModstamp"), deal.get("SystemModstamp")) if stamp]
    changed = max(stamps, default=None)
    if row.get("IsDeleted"):
        return LeadOutcome(external_id=external_id, outcome="deleted", said="deleted", changed=changed)
    if row.get("IsConverted"):
        outcome = "won" if deal.get("IsWon") else "lost" if deal.get("IsClosed") else "converted"
        said = clean(deal.get("StageName"), 80) or status
        return LeadOutcome(external_id=external_id, outcome=outcome, said=said, amount=deal.get("Amount"), changed=changed)
    lost = re.search(r"not converted|unqualified|disqualified|dead|lost", status, re.IGNORECASE)  # "Closed - Not Converted" as shipped
    first = re.search(r"^open|^new|^not started", status, re.IGNORECASE)  # of a lead, of a task
    return LeadOutcome(external_id=external_id, outcome="lost" if lost else "open" if first else "working", said=status, changed=changed)


class Salesforce(Session):
    """One session, with what the rules want (alerts/push.py)."""

    def find_lead(self, external_id: str) -> str | None:
        for kind in ("Lead", "Task"):
            rows = self.query(f"SELECT Id FROM {kind} WHERE {KEY} = {soql(external_id)} LIMIT 2")
            if len(rows) > 1:
                raise Permanent(f"{self.settings.name}: two records of {kind} have {KEY} {external_id}; make {KEY} unique and merge them")
            if rows:
                return f"{kind}/{rows[0]['Id']}"
        return None

    def find_companies(self, key: str, name: str, domain: str | None) -> list[Candidate]:
        return _candidates(self.query(_companies_query(key, name, domain)))

    def make_company(self, names: Mapping[str, Any]) -> str:
        return self.upsert("Account", names["company_key"], mapped(ACCOUNT, names, self.settings.name))

    def make_lead(self, company: Candidate | None, names: Mapping[str, Any]) -> tuple[str, str]:
        owner = self.owners([names["lead"]["owner"]])
        kind, values, note = self.record_of(company, names, owner)
        if kind == "Task":
            values["WhatId"] = company.id if company else self.make_company(names)
        return f"{kind}/{self.upsert(kind, names['external_id'], values)}", note

    def add_note(self, lead: str, key: str, text: str) -> None:
        if self.query(f"SELECT Id FROM Task WHERE {KEY} = {soql(key)} LIMIT 1"):
            return
        kind, _, record = lead.partition("/")
        if kind == "Lead":
            row = self.query(f"SELECT Id, IsConverted, ConvertedAccountId FROM Lead WHERE Id = {soql(record)}")[0]
            # a converted lead takes no more tasks; its account does
            about = {"WhatId": row["ConvertedAccountId"]} if row.get("IsConverted") else {"WhoId": record}
        else:
            about = {"WhatId": self.query(f"SELECT WhatId FROM Task WHERE Id = {soql(record)}")[0]["WhatId"]}
        self.upsert("Task", key, {"Subject": text.partition("\n")[0][:255], "Description": text, "Status": "Completed", **about})

    # ---- one lead or many

    def owners(self, emails: Iterable[str]) -> dict[str, list[str]]:
        """Return the ids of the active users with each e-mail, in lower case."""
        wanted = sorted({email.lower() for email in emails})
        found: dict[str, list[str]] = {email: [] for email in wanted}
        for row in self.query_in("SELECT Id, Email FROM User WHERE Email IN ({}) AND IsActive = true", wanted):
            found.setdefault(str(row["Email"]).lower(), []).append(row["Id"])
        return found

    def record_of(
        self, company: Candidate | None, names: Mapping[str, Any], owners: Mapping[str, Sequence[str]]
    ) -> tuple[str, dict[str, Any], str]:
        """Return Lead or Task, its fields but for the account of a task, and a note for the operator."""
        email = str(names["lead"]["owner"])
        users = owners.get(email.lower(), ())
        owner, note = ({"OwnerId": users[0]}, "") if len(users) == 1 else ({}, _no_owner(users, email))
        values = mapped(MAPPING | dict(self.settings.mapping or {}), names, self.settings.name)
        if company is None and values.get("LastName"):
            return "Lead", values | owner, note
        return "Task", mapped(TASK, names, self.settings.name) | owner, note


@dataclass(slots=True)
class _Plan:
    """One lead of many on its way: what is to be written, or what came of it."""

    delivery: Delivery
    names: dict[str, Any]
    kind: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    account_key: str = ""  # of an account that is made first
    note: str = ""
    error: DeliveryError | None = None
    done: bool = False

    @property
    def open(self) -> bool:
        return not self.done and self.error is None


def _hand_over(owed: Sequence[Delivery], crm: Salesforce, settings: Target) -> Iterator[Outcome]:
    """Make many leads in a few calls, by the rules of `push`, and yield what came of each."""
    plans = [_Plan(delivery, lead_names(brief_of(delivery), purpose=delivery.purpose)) for delivery in owed]
    try:
        if plans:
            _find_and_plan(plans, crm, settings)
            _write(plans, crm)
    except DeliveryError as error:  # of those that were planned and got no answer; upserting them again makes no second record
        for plan in plans:
            if plan.open:
                plan.error = error
    yield from (Outcome(key=plan.delivery.key, error=plan.error, note=plan.note if plan.error is None else "") for plan in plans)


def _find_and_plan(plans: Sequence[_Plan], crm: Salesforce, settings: Target) -> None:
    """Work out for each lead that is not there yet what is to be written, or why it cannot be."""
    ids = [plan.names["external_id"] for plan in plans]
    there = {row[KEY] for kind in ("Lead", "Task") for row in crm.query_in(f"SELECT Id, {KEY} FROM {kind} WHERE {KEY} IN ({{}})", ids)}
    for plan in plans:
        plan.done = plan.names["external_id"] in there
    new = [plan for plan in plans if plan.open]
    owners = crm.owners(plan.names["lead"]["owner"] for plan in new)
    asked = [_companies_query(n["company_key"], n["company"]["name"], n["company"]["domain"]) for n in (plan.names for plan in new)]
    made: list[Candidate] = []  # accounts that come into being with this very hand-over
    for plan, found in zip(new, crm.queries(asked), strict=True):
        try:
            if isinstance(found, DeliveryError):
                raise found
            company = choose_company(plan.names, [*made, *_candidates(found)], settings.name)
            plan.kind, values, plan.note = crm.record_of(company, plan.names, owners)
            if plan.kind == "Task" and company is None:
                has = plan.names["company"]
                plan.account_key = plan.names["company_key"]
                made.append(Candidate(id="", name=has["name"], domain=has["domain"], key=plan.account_key))
            elif company is not None and company.id:
                values["WhatId"] = company.id
            elif company is not None:
                plan.account_key = company.key or ""
            plan.values = values
        except DeliveryError as error:
            plan.error = error


def _write(plans: Sequence[_Plan], crm: Salesforce) -> None:
    """Write what is planned: accounts, then leads and tasks."""
    bulk = sum(plan.open for plan in plans) > COLLECTION
    accounts: dict[str, Mapping[str, Any]] = {}
    for plan in plans:
        if plan.open and plan.account_key and plan.account_key not in accounts:
            accounts[plan.account_key] = mapped(ACCOUNT, plan.names, crm.settings.name)
    made = crm.upsert_many("Account", accounts, bulk=bulk) if accounts else {}
    for plan in plans:
        if plan.open and plan.account_key:
            account = made[plan.account_key]
            if isinstance(account, DeliveryError):
                plan.error = account
            else:
                plan.values["WhatId"] = account
    for kind in ("Lead", "Task"):
        ready = {plan.names["external_id"]: plan for plan in plans if plan.open and plan.kind == kind}
        done = crm.upsert_many(kind, {key: plan.values for key, plan in ready.items()}, bulk=bulk) if ready else {}
        for key, result in done.items():
            if isinstance(result, DeliveryError):
                ready[key].error = result
            else:
                ready[key].done = True


def _companies_query(key: str, name: str, domain: str | None) -> str:
    where = f"{KEY} = {soql(key)} OR Name = {soql(name)}"
    if domain:
        where += f" OR Website LIKE {soql('%' + domain.replace('%', '') + '%')}"  # "_" matches more, and the rules look again
    return f"SELECT Id, Name, Website, {KEY} FROM Account WHERE {where} LIMIT 20"


def _candidates(rows: Iterable[Mapping[str, Any]]) -> list[Candidate]:
    return [Candidate(id=row["Id"], name=row["Name"] or "", domain=row["Website"], key=row[KEY]) for row in rows]


def _no_owner(users: Sequence[str], email: str) -> str:
    return f"{'more than one' if users else 'no'} active user there has the e-mail {email}, so Salesforce chooses the owner"
