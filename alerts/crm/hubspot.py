"""Hands leads to HubSpot over its date-versioned API: a company, and a note on it; a lead too where the account has a licence for leads.

Needs a company property `prospect_key` (text, unique). `token` is a private app's; `options: {leads: "yes"}` makes leads as well.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import httpx

from alerts.calls import call, open_client, refusal
from alerts.channels import Outcome, one_by_one
from alerts.errors import DeliveryError, Misconfigured
from alerts.mapping import check_mapping, mapped
from alerts.push import Candidate, LeadOutcome, push
from alerts.rehearsal import Notebook, Rehearsed, rehearsed
from alerts.settings import Target
from alerts.wording import clean
from store.records import Delivery

PROVEN = "a stateful stand-in on loopback that refuses what HubSpot documents for its 2026-03 API; never against HubSpot"
ADDRESS = "https://api.hubapi.com"
VERSION = "2026-03"
KEY = "prospect_key"
NOTE_TO_COMPANY = 190  # HubSpot's own association types
LEAD_TO_COMPANY = 610
STATE = ["name", "domain", "lifecyclestage", "hs_lead_status", "hs_lastmodifieddate"]
MAX_FOUND = 10_000  # no search shows more
_MARK = re.compile(r"\[(prospect-[0-9a-z]+)\]")
MAPPING = {  # properties of a company
    "name": "company.name",
    "domain": "company.domain",
    "phone": "company.phone",
    "address": "company.street",
    "city": "company.city",
    "state": "company.state",
    "zip": "company.postal_code",
    "country": "company.country",
    "numberofemployees": "company.employees",
    "annualrevenue": "company.revenue_usd",
}


def send(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Outcome]:
    """Hand each lead over."""
    with _client(settings) as client:
        crm = HubSpot(client, settings)
        yield from one_by_one(deliveries, lambda delivery: push(delivery, crm, settings.name))


def rehearse(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Rehearsed]:
    """Yield what each delivery would write; HubSpot is only read."""
    notebook = Notebook()
    with _client(settings) as client:
        yield from rehearsed(deliveries, HubSpot(client, settings, notebook), notebook, settings.name)


def faults(settings: Target) -> list[str]:
    """Return what is wrong with the set-up."""
    found = [] if settings.token else [f"{settings.name}: 'token' is missing: a private app's, as in token: ${{HUBSPOT_TOKEN}}"]
    return found + [f"{settings.name}: mapping: {fault}" for fault in check_mapping(settings.mapping or {})]


def read_outcomes(settings: Target, external_ids: Sequence[str], since: datetime | None = None) -> list[LeadOutcome]:
    """Return what became of these leads, by their companies' lifecycle stage and lead status.

    With `since` only of those whose company changed then or later.
    """
    with _client(settings) as client:
        crm = HubSpot(client, settings)
        if since is None:
            notes = {each: crm.find_lead(each) for each in external_ids}
            companies = {each: crm.companies_of(note) if note else [] for each, note in notes.items()}
            return [
                _outcome(each, on[0]) if (on := companies[each]) else LeadOutcome(external_id=each, outcome="deleted", said="deleted")
                for each in external_ids
            ]
        wanted = set(external_ids)
        changed = {str(row["id"]): row["properties"] for row in crm.changed_companies(since)}
        marks = crm.notes_on(list(changed))
    return [
        _outcome(external_id, changed[company])
        for company, bodies in marks.items()
        for external_id in dict.fromkeys(found for body in bodies for found in _MARK.findall(body))
        if external_id in wanted
    ]


def _outcome(external_id: str, has: Mapping[str, Any]) -> LeadOutcome:
    stage, status = clean(has.get("lifecyclestage"), 80), clean(has.get("hs_lead_status"), 80)
    stamp = has.get("hs_lastmodifieddate")
    changed = datetime.fromisoformat(stamp) if stamp else None
    if stage == "customer":
        return LeadOutcome(external_id=external_id, outcome="won", said=stage, changed=changed)
    known = {"UNQUALIFIED": "lost", "OPEN_DEAL": "converted", "NEW": "open", "": "open"}
    said = status or stage or "no status"
    return LeadOutcome(external_id=external_id, outcome=known.get(status, "working"), said=said, changed=changed)


def _client(settings: Target) -> httpx.Client:
    return open_client(settings, base_url=settings.url or ADDRESS, headers={"Authorization": f"Bearer {settings.token}"})


class HubSpot:
    """One session. The record of a lead is its first note, marked with our external id; HubSpot keeps companies, and leads only by licence."""

    def __init__(self, client: httpx.Client, settings: Target, notebook: Notebook | None = None) -> None:
        self.client = client
        self.settings = settings
        self.notebook = notebook
        self.owners: dict[str, tuple[dict[str, str], str]] = {}  # e-mail -> property, and what to tell the operator

    # ---- what the rules want (alerts/push.py)

    def find_lead(self, external_id: str) -> str | None:
        rows = self._search("notes", [[_filter("hs_note_body", "CONTAINS_TOKEN", external_id)]], ["hs_note_body"])
        exact = [row for row in rows if f"[{external_id}]" in (row["properties"].get("hs_note_body") or "")]
        return str(exact[0]["id"]) if exact else None

    def find_companies(self, key: str, name: str, domain: str | None) -> list[Candidate]:
        groups = [[_filter(KEY, "EQ", key)], [_filter("name", "EQ", name)]]
        if domain:
            groups.append([_filter("domain", "EQ", domain)])
        rows = self._search("companies", groups, ["name", "domain", KEY])
        found = [(str(row["id"]), row["properties"]) for row in rows]
        return [Candidate(id=id, name=has.get("name") or "", domain=has.get("domain"), key=has.get(KEY)) for id, has in found]

    def make_company(self, names: Mapping[str, Any]) -> str:
        values = self._owner(names["lead"]["owner"])[0] | mapped(MAPPING | dict(self.settings.mapping or {}), names, self.settings.name)
        properties = {field: str(value) for field, value in values.items()}  # HubSpot takes text alone, numbers too
        if self.notebook:
            return self.notebook.note(f"company {names['company_key']}, made", properties)
        body = {"inputs": [{"id": names["company_key"], "idProperty": KEY, "properties": properties}]}
        answer = self._post(f"/crm/objects/{VERSION}/companies/batch/upsert", body)
        return str(answer["results"][0]["id"])

    def make_lead(self, company: Candidate | None, names: Mapping[str, Any]) -> tuple[str, str]:
        owner, said = self._owner(names["lead"]["owner"])
        company_id = company.id if company else self.make_company(names)
        if self.settings.options.get("leads", "no").lower() in {"yes", "true", "on"}:
            lead = {"hs_lead_name": clean(f"{names['company']['name']}: {names['headline']}", 250)}
            self._make("leads", lead | owner, company_id, LEAD_TO_COMPANY)
        # the note goes last: it is what says that all of the lead is there
        note = self._note(company_id, names["external_id"], names["description"], names["lead"]["created"].isoformat(), owner)
        return note, said

    def add_note(self, lead: str, key: str, text: str) -> None:
        if self.find_lead(key) is None:
            company = next((str(row["hs_object_id"]) for row in self.companies_of(lead)), None)
            if company:
                self._note(company, key, text, self._get(f"/crm/objects/{VERSION}/notes/{lead}")["properties"]["hs_timestamp"])

    def _owner(self, email: str) -> tuple[dict[str, str], str]:
        """Return the property that makes the rep the owner, or none and why."""
        if email not in self.owners:
            response = call(self.client, self.settings, "GET", f"/crm/owners/{VERSION}", params={"email": email})
            if response.status_code == 403:  # a lead without its owner is better than none
                self.owners[email] = {}, "the private app lacks the scope crm.objects.owners.read, so the lead has no owner"
            else:
                rows = self._answer(response)["results"]
                none = f"{'more than one' if rows else 'no'} owner there has the e-mail {email}, so the lead has no owner"
                self.owners[email] = ({"hubspot_owner_id": str(rows[0]["id"])}, "") if len(rows) == 1 else ({}, none)
        return self.owners[email]

    # ---- HubSpot's own calls

    def companies_of(self, note: str) -> list[dict[str, Any]]:
        """Return the properties of the companies a note is on."""
        linked = self._get(f"/crm/objects/{VERSION}/notes/{note}", params={"associations": "companies"})
        ids = [str(row["id"]) for row in linked.get("associations", {}).get("companies", {}).get("results", [])]
        out = []
        for company in ids:
            row = self._get(f"/crm/objects/{VERSION}/companies/{company}", params={"properties": ",".join(STATE)})
            out.append({**row["properties"], "hs_object_id": row["id"]})
        return out

    def changed_companies(self, since: datetime) -> list[dict[str, Any]]:
        """Return the companies that changed then or later, as far as HubSpot's search shows them: 10,000."""
        rows: list[dict[str, Any]] = []
        asked: dict[str, Any] = {
            "filterGroups": [{"filters": [_filter("hs_lastmodifieddate", "GTE", str(int(since.timestamp() * 1000)))]}],
            "sorts": [{"propertyName": "hs_lastmodifieddate", "direction": "ASCENDING"}],
            "properties": STATE,
            "limit": 200,
        }
        while len(rows) < MAX_FOUND:
            answer = self._post(f"/crm/objects/{VERSION}/companies/search", asked)
            rows += answer["results"]
            after = answer.get("paging", {}).get("next", {}).get("after")
            if after is None:
                break
            asked["after"] = after
        return rows

    def notes_on(self, companies: Sequence[str]) -> dict[str, list[str]]:
        """Return the text of the notes on each company that has some."""
        linked: dict[str, list[str]] = {}
        for some in chunks(companies, 1000):
            answer = self._post(f"/crm/associations/{VERSION}/companies/notes/batch/read", {"inputs": [{"id": each} for each in some]})
            for row in answer["results"]:
                linked[str(row["from"]["id"])] = [str(to["toObjectId"]) for to in row["to"]]
        bodies: dict[str, str] = {}
        for some in chunks([note for notes in linked.values() for note in notes], 100):
            asked = {"inputs": [{"id": each} for each in some], "properties": ["hs_note_body"]}
            for row in self._post(f"/crm/objects/{VERSION}/notes/batch/read", asked)["results"]:
                bodies[str(row["id"])] = row["properties"].get("hs_note_body") or ""
        return {company: [bodies[note] for note in notes if note in bodies] for company, notes in linked.items()}

    def _note(self, company: str, key: str, text: str, timestamp: str, owner: Mapping[str, str] = MappingProxyType({})) -> str:
        body = html.escape(text).replace("\n", "<br>") + f"<br>[{key}]"
        return self._make("notes", {"hs_note_body": body, "hs_timestamp": timestamp, **owner}, company, NOTE_TO_COMPANY)

    def _make(self, kind: str, properties: Mapping[str, str], company: str, association: int) -> str:
        if self.notebook:
            return self.notebook.note(f"{kind.removesuffix('s')} on company {company}, made", properties)
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": association}]
        answer = self._post(
            f"/crm/objects/{VERSION}/{kind}", {"properties": dict(properties), "associations": [{"to": {"id": company}, "types": types}]}
        )
        return str(answer["id"])

    def _search(self, kind: str, groups: Sequence[Sequence[Mapping[str, str]]], properties: Sequence[str]) -> list[dict[str, Any]]:
        body = {"filterGroups": [{"filters": list(group)} for group in groups], "properties": list(properties), "limit": 20}
        rows: list[dict[str, Any]] = self._post(f"/crm/objects/{VERSION}/{kind}/search", body)["results"]
        return rows

    def _get(self, path: str, **options: Any) -> dict[str, Any]:
        return self._answer(call(self.client, self.settings, "GET", path, **options))

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._answer(call(self.client, self.settings, "POST", path, json=dict(body)))

    def _answer(self, response: httpx.Response) -> dict[str, Any]:
        if response.is_success:
            answer: dict[str, Any] = response.json()
            return answer
        raise self._refused(response)

    def _refused(self, response: httpx.Response) -> DeliveryError:
        try:
            said = str(response.json().get("message", ""))
        except (ValueError, AttributeError):
            said = response.text
        if response.status_code == 400 and any(
            word in said for word in ("does not exist", "was not one of the allowed options", "idProperty")
        ):
            return Misconfigured(
                f"{self.settings.name}: {clean(said, 300)}; mend the mapping of '{self.settings.name}' in prospect.yml, or make the property in HubSpot"
            )
        if response.status_code == 403:
            return refusal(
                response, self.settings, said=said, cure="give the private app the scopes for companies, notes and, with leads: yes, leads"
            )
        return refusal(response, self.settings, said=said)


def chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Yield the items in pieces of at most `size`, as batch calls take them."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _filter(name: str, operator: str, value: str) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": clean(value, 250)}
