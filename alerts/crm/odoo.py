"""Hands leads to Odoo 19 or later over its JSON-2 API. Needs a custom field `x_prospect_key` (text, indexed) on crm.lead and res.partner.

`url` is the instance, `token` an API key, `options: {database: …}` where the host serves several.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from alerts.calls import call, open_client, refusal
from alerts.channels import Outcome, one_by_one
from alerts.errors import DeliveryError, Misconfigured, Permanent
from alerts.mapping import check_mapping, mapped
from alerts.push import Candidate, LeadOutcome, push
from alerts.rehearsal import Notebook, Rehearsed, rehearsed
from alerts.settings import Target
from alerts.wording import clean
from store.records import Delivery

PROVEN = "a stateful stand-in on loopback made after Odoo's documentation of JSON-2; never against Odoo"
KEY = "x_prospect_key"
MAPPING = {  # fields of crm.lead
    "name": "company.name ~ ': ' ~ headline",
    "partner_name": "company.name",
    "contact_name": "person.name if person",
    "function": "person.title if person",
    "phone": "company.phone",
    "website": "company.domain",
    "street": "company.street",
    "city": "company.city",
    "zip": "company.postal_code",
    "description": "description",
}
PARTNER = {"name": "company.name", "website": "company.domain", "phone": "company.phone", "street": "company.street", "city": "company.city", "zip": "company.postal_code"}  # fmt: skip


def send(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Outcome]:
    """Hand each lead over."""
    with _client(settings) as client:
        crm = Odoo(client, settings)
        yield from one_by_one(deliveries, lambda delivery: push(delivery, crm, settings.name))


def rehearse(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Rehearsed]:
    """Yield what each delivery would write; Odoo is only read."""
    notebook = Notebook()
    with _client(settings) as client:
        yield from rehearsed(deliveries, Odoo(client, settings, notebook), notebook, settings.name)


def faults(settings: Target) -> list[str]:
    """Return what is wrong with the set-up."""
    found = [f"{settings.name}: '{key}' is missing" for key, value in (("url", settings.url), ("token", settings.token)) if not value]
    return found + [f"{settings.name}: mapping: {fault}" for fault in check_mapping(settings.mapping or {})]


def read_outcomes(settings: Target, external_ids: Sequence[str], since: datetime | None = None) -> list[LeadOutcome]:
    """Return what became of these leads; an archived lead is a lost one, with its reason. With `since` only of those that changed then or later."""
    fields = [KEY, "active", "probability", "type", "expected_revenue", "stage_id", "lost_reason_id", "write_date"]
    ours: list[Any] = [[KEY, "in", list(external_ids)]]
    if since is not None:
        ours = [[KEY, "=like", "prospect-%"], ["write_date", ">=", f"{since:%Y-%m-%d %H:%M:%S}"]]
    with _client(settings) as client:
        rows = Odoo(client, settings).search("crm.lead", ours, fields, archived=True, limit=None)
    known = {row[KEY]: row for row in rows}
    found = [_outcome(external_id, known[external_id]) for external_id in external_ids if external_id in known]
    if since is None:
        found += [LeadOutcome(external_id=each, outcome="deleted", said="deleted") for each in external_ids if each not in known]
    return found


def _outcome(external_id: str, row: Mapping[str, Any]) -> LeadOutcome:
    if not row.get("active", True):
        outcome = "lost"
    elif row.get("probability") == 100:
        outcome = "won"
    else:
        outcome = "converted" if row.get("type") == "opportunity" else "open"
    changed = row.get("write_date")
    return LeadOutcome(
        external_id=external_id,
        outcome=outcome,
        said=(clean(row["stage_id"][1], 80) if row.get("stage_id") else "") or outcome,
        amount=row.get("expected_revenue") or None,
        reason=clean(row["lost_reason_id"][1], 200) if row.get("lost_reason_id") else None,
        changed=datetime.fromisoformat(changed).replace(tzinfo=UTC) if changed else None,  # without a zone, and meaning UTC
    )


def _client(settings: Target) -> httpx.Client:
    headers = {"Authorization": f"bearer {settings.token}"}
    if database := settings.options.get("database"):
        headers["X-Odoo-Database"] = database
    return open_client(settings, base_url=settings.url or "", headers=headers)


class Odoo:
    """One session."""

    def __init__(self, client: httpx.Client, settings: Target, notebook: Notebook | None = None) -> None:
        self.client = client
        self.settings = settings
        self.notebook = notebook

    # ---- what the rules want (alerts/push.py)

    def find_lead(self, external_id: str) -> str | None:
        # an archived lead is one somebody lost on purpose, not one that is gone
        rows = self.search("crm.lead", [[KEY, "=", external_id]], ["id"], archived=True)
        return str(rows[0]["id"]) if rows else None

    def find_companies(self, key: str, name: str, domain: str | None) -> list[Candidate]:
        fits: list[Any] = [[KEY, "=", key], ["name", "=ilike", name.replace("%", "\\%").replace("_", "\\_")]]
        if domain:
            fits.append(["website", "ilike", domain])
        rows = self.search("res.partner", ["&", ["is_company", "=", True], *["|"] * (len(fits) - 1), *fits], ["name", "website", KEY])
        return [Candidate(id=str(row["id"]), name=row["name"] or "", domain=row["website"] or None, key=row[KEY] or None) for row in rows]

    def make_company(self, names: Mapping[str, Any]) -> str:
        values = mapped(PARTNER, names, self.settings.name) | {"is_company": True, KEY: names["company_key"]}
        return self._create("res.partner", values)

    def make_lead(self, company: Candidate | None, names: Mapping[str, Any]) -> tuple[str, str]:
        values = mapped(MAPPING | dict(self.settings.mapping or {}), names, self.settings.name)
        if "description" in values:
            values["description"] = html.escape(str(values["description"])).replace("\n", "<br>")  # the field is HTML
        values |= {KEY: names["external_id"], "type": "lead", "partner_id": int(company.id if company else self.make_company(names))}
        users = self.search("res.users", [["login", "=", names["lead"]["owner"]]], ["id"])
        note = ""
        if len(users) == 1:
            values["user_id"] = users[0]["id"]
        else:
            note = f"no user there has the login {names['lead']['owner']}, so the lead has no salesperson"
        return self._create("crm.lead", values), note

    def add_note(self, lead: str, key: str, text: str) -> None:
        mark = f"[{key}]"
        on_lead = [["model", "=", "crm.lead"], ["res_id", "=", int(lead)], ["body", "ilike", mark]]
        if not self.search("mail.message", on_lead, ["id"]):
            body = f"{text}\n{mark}"
            if self.notebook:
                self.notebook.note(f"message on crm.lead {lead}", {"body": body})
            else:
                self._call("crm.lead", "message_post", ids=[int(lead)], body=body)

    # ---- Odoo's own calls

    def search(
        self, model: str, domain: Sequence[Any], fields: Sequence[str], *, archived: bool = False, limit: int | None = 80
    ) -> list[dict[str, Any]]:
        """Return the records of `model` within `domain`; all of them with `limit` None."""
        context = {"context": {"active_test": False}} if archived else {}
        rows: list[dict[str, Any]] = self._call(model, "search_read", domain=list(domain), fields=list(fields), limit=limit, **context)
        return rows

    def _create(self, model: str, values: Mapping[str, Any]) -> str:
        if self.notebook:
            return self.notebook.note(f"{model} {values[KEY]}, made", values)
        return str(self._call(model, "create", vals_list=[dict(values)])[0])

    def _call(self, model: str, method: str, **arguments: Any) -> Any:
        response = call(self.client, self.settings, "POST", f"/json/2/{model}/{method}", json=arguments)
        if response.is_success:
            return response.json()
        raise self._refused(response)

    def _refused(self, response: httpx.Response) -> DeliveryError:
        try:
            said = response.json()
            words, kind = str(said.get("message", "")), str(said.get("name", ""))
        except (ValueError, AttributeError):
            words, kind = response.text, ""
        name = self.settings.name
        if "Invalid field" in words or kind.endswith("AccessError"):
            return Misconfigured(
                f"{name}: {clean(words, 300)}; mend the mapping of '{name}' in prospect.yml, or the field or right in Odoo"
            )
        if kind.endswith(("ValidationError", "UserError")):
            return Permanent(f"{name}: {clean(words, 300)}; mend the record or the mapping of '{name}', then retry")
        return refusal(response, self.settings, said=words)
