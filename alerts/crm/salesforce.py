"""Hands leads to Salesforce over its REST API. Needs a custom field `Prospect_Key__c` (text 80, external id, unique) on Lead, Account and Task.

- The company has an account there: a task on that account, for its owner to see; no second record of a known customer.
- It has none, and somebody is named (or the mapping states a LastName): a lead.
- It has none, and nobody is named: an account and a task. A LastName is never made up.

`url` is the instance or login address. `token` alone is an access token; with `options: {client_id, client_secret}` it is a refresh token,
and without a token the client credentials flow is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from alerts.calls import call, open_client, refusal
from alerts.channels import Outcome, one_by_one
from alerts.errors import DeliveryError, Misconfigured, Permanent, TryAgain
from alerts.mapping import check_mapping, mapped
from alerts.push import Candidate, LeadOutcome, push
from alerts.settings import Target
from alerts.wording import clean
from store.records import Delivery

PROVEN = "a stateful stand-in on loopback that refuses what Salesforce's REST documentation says it refuses; never against Salesforce"
VERSION = "v62.0"
KEY = "Prospect_Key__c"
MAPPING = {  # fields of Lead
    "Company": "company.name",
    "LastName": "person.last if person",
    "FirstName": "person.first if person",
    "Title": "person.title if person",
    "Website": "company.domain",
    "Phone": "company.phone",
    "Street": "company.street",
    "City": "company.city",
    "State": "company.state",
    "PostalCode": "company.postal_code",
    "Country": "company.country",
    "NumberOfEmployees": "company.employees",
    "AnnualRevenue": "company.revenue_usd",
    "LeadSource": "'prospect'",
    "Description": "description",
}
ACCOUNT = {
    "Name": "company.name",
    "Website": "company.domain",
    "Phone": "company.phone",
    "BillingStreet": "company.street",
    "BillingCity": "company.city",
    "BillingState": "company.state",
    "BillingPostalCode": "company.postal_code",
    "BillingCountry": "company.country",
    "NumberOfEmployees": "company.employees",
    "AnnualRevenue": "company.revenue_usd",
}
TASK = {"Subject": "(company.name ~ ': ' ~ headline) | truncate(255, true, '…', 0)", "Description": "description"}
# errors that say the set-up or the mapping is wrong, and that a mended one sends the lead by itself
SETUP_ERRORS = {
    "INVALID_FIELD",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "INVALID_TYPE",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "REQUIRED_FIELD_MISSING",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "API_DISABLED_FOR_ORG",
    "FIELD_INTEGRITY_EXCEPTION",
    "STRING_TOO_LONG",
    "JSON_PARSER_ERROR",
}
PASSING_ERRORS = {"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "REQUEST_LIMIT_EXCEEDED", "REQUEST_RUNNING_TOO_LONG"}


def send(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Outcome]:
    """Hand each lead over, under one access token."""
    with open_client(settings) as client:
        crm = Salesforce(client, settings)
        yield from one_by_one(deliveries, lambda delivery: push(delivery, crm, settings.name))


def faults(settings: Target) -> list[str]:
    """Return what is wrong with the set-up. Field names can only be checked by Salesforce itself."""
    found = [] if settings.url else [f"{settings.name}: 'url' is missing: https://YOURS.my.salesforce.com"]
    options = settings.options
    if not settings.token and not (options.get("client_id") and options.get("client_secret")):
        found.append(f"{settings.name}: 'token' is missing, or options.client_id and options.client_secret")
    return found + [f"{settings.name}: mapping: {fault}" for fault in check_mapping(settings.mapping or {})]


def read_outcomes(settings: Target, external_ids: Sequence[str]) -> list[LeadOutcome]:
    """Return what became of these leads: their Status, and the amount and stage of the opportunity a lead was converted to."""
    out = []
    with open_client(settings) as client:
        crm = Salesforce(client, settings)
        for external_id in external_ids:
            rows = crm.query(
                "SELECT Id, Status, IsConverted, ConvertedOpportunity.Amount, ConvertedOpportunity.IsWon, ConvertedOpportunity.IsClosed, "
                f"ConvertedOpportunity.StageName FROM Lead WHERE {KEY} = {soql(external_id)} LIMIT 1"
            )
            if not rows:
                task = crm.query(f"SELECT Id, Status FROM Task WHERE {KEY} = {soql(external_id)} LIMIT 1")
                outcome = ("working" if task[0]["Status"] == "Completed" else "open") if task else "deleted"
                out.append(LeadOutcome(external_id=external_id, outcome=outcome, said=task[0]["Status"] if task else "deleted"))
                continue
            out.append(_outcome(external_id, rows[0]))
    return out


def _outcome(external_id: str, row: Mapping[str, Any]) -> LeadOutcome:
    deal = row.get("ConvertedOpportunity") or {}
    status = clean(row.get("Status"), 80)
    if row.get("IsConverted"):
        outcome = "won" if deal.get("IsWon") else "lost" if deal.get("IsClosed") else "converted"
        return LeadOutcome(
            external_id=external_id, outcome=outcome, said=clean(deal.get("StageName"), 80) or status, amount=deal.get("Amount")
        )
    lost = re.search(r"not converted|unqualified|disqualified|dead|lost", status, re.IGNORECASE)  # "Closed - Not Converted" as shipped
    first = re.search(r"^open|^new", status, re.IGNORECASE)
    return LeadOutcome(external_id=external_id, outcome="lost" if lost else "open" if first else "working", said=status)


def soql(text: str) -> str:
    """Return `text` as a SOQL string."""
    return "'" + clean(text, 250).replace("\\", "\\\\").replace("'", "\\'") + "'"


class Salesforce:
    """One session: an access token, renewed once when it has run out."""

    def __init__(self, client: httpx.Client, settings: Target) -> None:
        self.client = client
        self.settings = settings
        self.instance = (settings.url or "").rstrip("/")
        self.access_token = "" if settings.options.get("client_id") else settings.token or ""

    # ---- what the rules want (alerts/push.py)

    def find_lead(self, external_id: str) -> str | None:
        for kind in ("Lead", "Task"):
            rows = self.query(f"SELECT Id FROM {kind} WHERE {KEY} = {soql(external_id)} LIMIT 2")
            if len(rows) > 1:
                raise Permanent(f"{self.settings.name}: two records of {kind} have {KEY} {external_id}; make {KEY} unique and merge them")
            if rows:
                return f"{kind}/{rows[0]['Id']}"
        return None

    def find_companies(self, key: str, name: str, domain: str | None) -> list[Candidate]:
        where = f"{KEY} = {soql(key)} OR Name = {soql(name)}"
        if domain:
            where += f" OR Website LIKE {soql('%' + domain.replace('%', '') + '%')}"  # "_" matches more, and the rules look again
        rows = self.query(f"SELECT Id, Name, Website, {KEY} FROM Account WHERE {where} LIMIT 20")
        return [Candidate(id=row["Id"], name=row["Name"] or "", domain=row["Website"], key=row[KEY]) for row in rows]

    def make_company(self, names: Mapping[str, Any]) -> str:
        return self.upsert("Account", names["company_key"], mapped(ACCOUNT, names, self.settings.name))

    def make_lead(self, company: Candidate | None, names: Mapping[str, Any]) -> tuple[str, str]:
        owner, note = self._owner(names["lead"]["owner"])
        values = mapped(MAPPING | dict(self.settings.mapping or {}), names, self.settings.name)
        if company is None and values.get("LastName"):
            return f"Lead/{self.upsert('Lead', names['external_id'], values | owner)}", note
        account = company.id if company else self.make_company(names)
        task = mapped(TASK, names, self.settings.name) | {"WhatId": account} | owner
        return f"Task/{self.upsert('Task', names['external_id'], task)}", note

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

    # ---- Salesforce's own calls

    def query(self, words: str) -> list[dict[str, Any]]:
        """Return the records of a SOQL query."""
        rows: list[dict[str, Any]] = self._call("GET", f"/services/data/{VERSION}/query", params={"q": words}).json()["records"]
        return rows

    def upsert(self, kind: str, external_id: str, values: Mapping[str, Any]) -> str:
        """Make the record with this external id, and return its Salesforce id."""
        path = f"/services/data/{VERSION}/sobjects/{kind}/{KEY}/{quote(external_id, safe='')}"
        headers = {}
        if kind == "Lead":  # assignment rules run unless told otherwise; a rule's id runs that one
            headers["Sforce-Auto-Assign"] = self.settings.options.get("assignment", "FALSE" if "OwnerId" in values else "TRUE")
        response = self._call("PATCH", path, json=dict(values), headers=headers)
        made: str = response.json()["id"]
        return made

    def _owner(self, email: str) -> tuple[dict[str, str], str]:
        rows = self.query(f"SELECT Id FROM User WHERE Email = {soql(email)} AND IsActive = true LIMIT 2")
        if len(rows) == 1:
            return {"OwnerId": rows[0]["Id"]}, ""
        return {}, f"{'no' if not rows else 'more than one'} active user there has the e-mail {email}, so Salesforce chooses the owner"

    def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        for last in (False, True):
            if not self.access_token:
                self._log_in()
            headers = {"Authorization": f"Bearer {self.access_token}"} | options.get("headers", {})
            response = call(self.client, self.settings, method, self.instance + path, **(options | {"headers": headers}))
            if response.status_code == 401 and not last and self.settings.options.get("client_id"):
                self.access_token = ""  # it ran out: log in again, once
                continue
            break
        if response.status_code in {200, 201}:
            return response
        raise self._refused(response)

    def _log_in(self) -> None:
        options = self.settings.options
        form = {"client_id": options.get("client_id", ""), "client_secret": options.get("client_secret", "")}
        grant = (
            {"grant_type": "refresh_token", "refresh_token": self.settings.token}
            if self.settings.token
            else {"grant_type": "client_credentials"}
        )
        response = call(
            self.client, self.settings, "POST", f"{(self.settings.url or '').rstrip('/')}/services/oauth2/token", data=form | grant
        )
        if response.status_code in {400, 401, 403}:
            said = _json(response)
            words = f"{said.get('error', '')} {said.get('error_description', '')}" if isinstance(said, dict) else response.text
            raise Misconfigured(
                f"{self.settings.name}: Salesforce refused to log in: {clean(words, 200)}; authorize prospect there again and put the new token in"
            )
        if response.status_code != 200:
            raise refusal(response, self.settings)
        answer = response.json()
        self.access_token = answer["access_token"]
        self.instance = str(answer.get("instance_url") or self.instance).rstrip("/")

    def _refused(self, response: httpx.Response) -> DeliveryError:
        said = _json(response)
        name = self.settings.name
        if response.status_code == 300:
            return Permanent(f"{name}: several records have this {KEY}; make the field unique there and merge them")
        if not (isinstance(said, list) and said and isinstance(said[0], dict)):
            return refusal(response, self.settings)
        code = str(said[0].get("errorCode", ""))
        fields = ", ".join(str(field) for field in said[0].get("fields") or [])
        words = f"{name}: {code}: {clean(said[0].get('message'), 250)}{f' (field {fields})' if fields else ''}"
        if code in PASSING_ERRORS:
            return TryAgain(words, after_s=3600 if code == "REQUEST_LIMIT_EXCEEDED" else None)
        if code in SETUP_ERRORS:
            return Misconfigured(f"{words}; mend the mapping of '{name}' in prospect.yml, or the field in Salesforce")
        if code == "NOT_FOUND":
            return Misconfigured(f"{words}; make the external id field {KEY} on Lead, Account and Task")
        if code == "DUPLICATES_DETECTED":
            return Permanent(f"{words}; a duplicate rule there holds it back: merge or allow it, then retry")
        return refusal(response, self.settings, said=words.removeprefix(f"{name}: "))


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
