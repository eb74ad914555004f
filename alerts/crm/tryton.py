"""Hands leads to Tryton as sales opportunities, over its JSON-RPC: `url`, `user`, `password`, `options: {database: …}`.

A lead is a `sale.opportunity` in state "lead" with our external id as its reference; the company is a party whose code is our key.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from alerts.calls import call, open_client, refusal
from alerts.channels import Outcome, one_by_one
from alerts.errors import Misconfigured, Permanent, TryAgain
from alerts.mapping import check_mapping, mapped
from alerts.push import Candidate, LeadOutcome, push
from alerts.rehearsal import Notebook, Rehearsed, rehearsed
from alerts.settings import Target
from alerts.wording import clean, web_address
from store.records import Delivery

PROVEN = "a real Tryton server (8.2, sale_opportunity) started by the tests"
MAPPING = {  # fields of sale.opportunity; party, company, currency and state are set by the rules
    "description": "headline",
    "comment": "description",
}
PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")  # of a moment in Tryton's JSON
OUTCOMES = {"lead": "open", "opportunity": "working", "converted": "converted", "won": "won", "lost": "lost", "cancelled": "lost"}


def send(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Outcome]:
    """Hand each lead over, under one login."""
    with Tryton(settings) as crm:
        yield from one_by_one(deliveries, lambda delivery: push(delivery, crm, settings.name))


def rehearse(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Rehearsed]:
    """Yield what each delivery would write; Tryton is only read."""
    notebook = Notebook()
    with Tryton(settings, notebook) as crm:
        yield from rehearsed(deliveries, crm, notebook, settings.name)


def faults(settings: Target) -> list[str]:
    """Return what is wrong with the set-up."""
    wanted = {
        "url": settings.url,
        "user": settings.user,
        "password": settings.password,
        "options.database": settings.options.get("database"),
    }
    found = [f"{settings.name}: '{key}' is missing" for key, value in wanted.items() if not value]
    return found + [f"{settings.name}: mapping: {fault}" for fault in check_mapping(settings.mapping or {})]


def read_outcomes(settings: Target, external_ids: Sequence[str], since: datetime | None = None) -> list[LeadOutcome]:
    """Return what became of these leads; one that is gone is "deleted". With `since` only of those that changed then or later."""
    fields = ["reference", "state", "amount", "lost_reason", "create_date", "write_date"]
    ours: list[Any] = ["reference", "in", list(external_ids)]
    if since is not None:
        moment = {"__class__": "datetime", **{part: getattr(since, part) for part in PARTS}}
        ours = [["reference", "like", "prospect-%"], ["OR", ["write_date", ">=", moment], ["create_date", ">=", moment]]]
    with Tryton(settings) as crm:
        rows = crm.search("sale.opportunity", ours if since else [ours], fields, limit=None)
    known = {row["reference"]: row for row in rows}
    found = [_outcome(external_id, known[external_id]) for external_id in external_ids if external_id in known]
    if since is None:
        found += [LeadOutcome(external_id=each, outcome="deleted", said="deleted") for each in external_ids if each not in known]
    return found


def _outcome(external_id: str, row: Mapping[str, Any]) -> LeadOutcome:
    amount = row["amount"]
    return LeadOutcome(
        external_id=external_id,
        outcome=OUTCOMES.get(row["state"], "working"),
        said=row["state"],
        amount=float(amount["decimal"] if isinstance(amount, dict) else amount) if amount is not None else None,
        reason=clean(row["lost_reason"], 200) or None,
        changed=_moment(row["write_date"] or row["create_date"]),
    )


def _moment(written: Mapping[str, Any] | None) -> datetime | None:
    """Return a moment as Tryton's JSON has it, in UTC."""
    if not written:
        return None
    parts = [int(written.get(part) or 0) for part in PARTS]
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # seven numbers, and nothing else


class Tryton:
    """A logged-in session; logs in when first used, and out at the end."""

    def __init__(self, settings: Target, notebook: Notebook | None = None) -> None:
        self.settings = settings
        self.notebook = notebook
        self.numbers = itertools.count(1)
        self.client = open_client(settings, base_url=f"{(settings.url or '').rstrip('/')}/{settings.options.get('database', '')}")
        self.user_id = 0
        self.context: dict[str, Any] = {}
        self.firm: dict[str, Any] | None = None

    def __enter__(self) -> Tryton:
        self.log_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def log_in(self) -> None:
        """Open a session. Raise Misconfigured when user or password are refused."""
        user = self.settings.user or ""
        answer = self._rpc("common.db.login", user, {"password": self.settings.password or ""})
        if not answer:
            raise Misconfigured(f"{self.settings.name}: the login of '{user}' was refused; check user and password in prospect.yml")
        self.user_id, key = answer[0], answer[1]
        token = base64.b64encode(f"{user}:{self.user_id}:{key}".encode()).decode()
        self.client.headers["Authorization"] = f"Session {token}"

    # ---- what the rules want (alerts/push.py)

    def find_lead(self, external_id: str) -> str | None:
        rows = self.search("sale.opportunity", [["reference", "=", external_id]], ["id"])
        return str(rows[0]["id"]) if rows else None

    def find_companies(self, key: str, name: str, domain: str | None) -> list[Candidate]:
        wanted: list[Any] = ["OR", [["code", "=", key]], [["name", "ilike", name.replace("%", "\\%").replace("_", "\\_")]]]
        if domain:
            wanted.append([["contact_mechanisms.value", "ilike", f"%{domain}%"]])
        rows = self.search("party.party", wanted, ["id", "code", "name", "website"], limit=20)
        return [Candidate(id=str(row["id"]), name=row["name"] or "", domain=row["website"] or None, key=row["code"]) for row in rows]

    def make_company(self, names: Mapping[str, Any]) -> str:
        company = names["company"]
        ways = {
            "phone": company["phone"],
            "website": company["domain"] and (web_address(company["domain"]) or f"https://{company['domain']}"),
        }
        values: dict[str, Any] = {"name": company["name"], "code": names["company_key"]}
        if mechanisms := [{"type": kind, "value": value} for kind, value in ways.items() if value]:
            values["contact_mechanisms"] = [["create", mechanisms]]
        address = {"street": company["street"], "city": company["city"], "postal_code": company["postal_code"]}
        if known := {field: value for field, value in address.items() if value}:
            values["addresses"] = [["create", [known]]]
        return str(self.create("party.party", values)[0])

    def make_lead(self, company: Candidate | None, names: Mapping[str, Any]) -> tuple[str, str]:
        firm = self._firm()
        values = mapped(MAPPING | dict(self.settings.mapping or {}), names, self.settings.name)
        party = company.id if company else self.make_company(names)
        values |= {"reference": names["external_id"], "party": int(party), "company": firm["id"], "currency": firm["currency"]}
        seller, note = self._employee(names["lead"]["owner"], firm["id"])
        if seller:
            values["employee"] = seller
        return str(self.create("sale.opportunity", values)[0]), note

    def add_note(self, lead: str, key: str, text: str) -> None:
        resource = f"sale.opportunity,{lead}"
        mark = f"[{key}]"
        if not self.search("ir.note", [["resource", "=", resource], ["message", "like", f"%{mark}%"]], ["id"]):
            self.create("ir.note", {"resource": resource, "message": f"{text}\n{mark}"})

    # ---- Tryton's own calls

    def search(self, model: str, domain: list[Any], fields: list[str], limit: int | None = 10) -> list[dict[str, Any]]:
        """Return the records of `model` within `domain`."""
        rows: list[dict[str, Any]] = self._rpc(f"model.{model}.search_read", domain, 0, limit, None, fields, self.context)
        return rows

    def create(self, model: str, values: Mapping[str, Any]) -> list[int]:
        """Make one record and return its id in a list."""
        if self.notebook:
            return [int(self.notebook.note(f"{model}, made", values))]
        made: list[int] = self._rpc(f"model.{model}.create", [dict(values)], self.context)
        return made

    def write(self, model: str, ids: Sequence[int], values: Mapping[str, Any]) -> None:
        """Change records."""
        self._rpc(f"model.{model}.write", list(ids), dict(values), self.context)

    def delete(self, model: str, ids: Sequence[int]) -> None:
        """Delete records."""
        self._rpc(f"model.{model}.delete", list(ids), self.context)

    def _firm(self) -> dict[str, Any]:
        if self.firm is None:
            firms = self.search("company.company", [], ["id", "currency"])
            if not firms:
                raise Misconfigured(f"{self.settings.name}: no company is set up in Tryton; make yours there first (Companies > Companies)")
            named = self.settings.options.get("company")
            self.firm = next((firm for firm in firms if str(firm["id"]) == named), firms[0])
            self.context = {"company": self.firm["id"]}
        return self.firm

    def _employee(self, owner: str, firm: int) -> tuple[int | None, str]:
        rows = self.search("company.employee", [["company", "=", firm], ["party.contact_mechanisms.value", "=", owner]], ["id"], limit=2)
        if len(rows) == 1:
            return rows[0]["id"], ""
        return None, f"no employee there has the e-mail {owner}, so the lead has no owner; add it to the employee's party"

    def _rpc(self, method: str, *params: Any) -> Any:
        body = {"id": next(self.numbers), "method": method, "params": list(params)}
        response = call(self.client, self.settings, "POST", "/rpc/", json=body)
        if response.status_code == 401:
            raise Misconfigured(
                f"{self.settings.name}: Tryton refused the login of '{self.settings.user}'; check user and password in prospect.yml"
            )
        if not response.is_success:
            raise refusal(response, self.settings)
        try:
            answer = response.json()
        except ValueError as error:
            raise Misconfigured(f"{self.settings.name}: what answers at 'url' is no Tryton server") from error
        if isinstance(answer, dict) and answer.get("error"):
            raise self._refused(method, answer["error"])
        return answer["result"] if isinstance(answer, dict) and "result" in answer else answer

    def _refused(self, method: str, error: Sequence[Any]) -> Exception:
        kind = str(error[0])
        said = clean(" ".join(str(part) for part in (error[1] if len(error) > 1 and isinstance(error[1], list) else error[1:])), 300)
        where = f"{self.settings.name}: {method.removeprefix('model.')}: {said or kind}"
        if "ConcurrencyException" in kind or "locked" in said:
            return TryAgain(where)
        if kind in {"UserError", "UserWarning"}:
            return Permanent(f"{where}; mend the record or the mapping of '{self.settings.name}' in prospect.yml, then retry")
        return Misconfigured(f"{where}; check the mapping and options of '{self.settings.name}' in prospect.yml")
