"""Stand-ins for CRMs that cannot be run here: they keep state, and refuse what the vendor's documentation says is refused.

Each answers over real HTTP on loopback. `faults` is taken from the front, one a request that would change something: "500" refuses,
"lost" does the work and then breaks off the answer (the case that makes duplicates), "429" asks to wait.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from alerts.settings import Target

TOKEN = "a-token-of-tests"


@dataclass
class StandIn:
    """State and faults that all stand-ins share."""

    records: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)  # kind -> id -> fields
    faults: list[str] = field(default_factory=list)
    requests: int = 0
    token: str = TOKEN
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    seconds: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> datetime:
        """Its clock: a second a change."""
        return datetime(2026, 11, 20, 8, tzinfo=UTC) + timedelta(seconds=next(self.seconds))

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        return self.records.setdefault(kind, {})

    def answer(self, request: Request) -> Response:
        with self.lock:
            self.requests += 1
            fault = self.faults.pop(0) if self.faults and self.changes(request) else ""
            if fault == "429":
                return Response("slow down", 429, headers={"Retry-After": "120"})
            if fault == "500":
                return Response("an error of theirs", 500)
            made = self.act(request)
            return Response("the answer got lost", 502) if fault == "lost" else made

    def changes(self, request: Request) -> bool:
        raise NotImplementedError

    def act(self, request: Request) -> Response:
        raise NotImplementedError


def reply(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


@contextmanager
def serving(stand_in: StandIn) -> Iterator[str]:
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        server.expect_request(re.compile("/.*")).respond_with_handler(stand_in.answer)
        yield server.url_for("").rstrip("/")


# ------------------------------------------------------------------ HubSpot


class HubSpot(StandIn):
    """Objects of the 2026-03 API: properties are text and must exist, upsert wants a unique property, associations want a type."""

    page: ClassVar[int] = 200
    owner_scope = True
    known: ClassVar[dict[str, list[str]]] = {
        "companies": [
            "name",
            "domain",
            "phone",
            "address",
            "city",
            "state",
            "zip",
            "country",
            "numberofemployees",
            "annualrevenue",
            "prospect_key",
            "lifecyclestage",
            "hs_lead_status",
            "hs_lastmodifieddate",
            "hubspot_owner_id",
        ],
        "notes": ["hs_note_body", "hs_timestamp", "hubspot_owner_id"],
        "leads": ["hs_lead_name", "hubspot_owner_id"],
    }

    def target(self, url: str) -> Target:
        return Target(name="hs", channel="hubspot", url=url, token=self.token, timeout_s=5)

    def changes(self, request: Request) -> bool:
        return request.method == "POST" and not request.path.endswith(("/search", "/batch/read"))

    def change(self, company: str, **properties: str) -> None:
        """Change a company as a user does."""
        self.of("companies")[company]["properties"] |= properties | {"hs_lastmodifieddate": self.now().isoformat().replace("+00:00", "Z")}

    def act(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return self._error(401, "Authentication credentials not found")
        if request.path == "/crm/owners/2026-03":
            if not self.owner_scope:
                return self._error(403, "This app hasn't been granted all required scopes")
            return reply({"results": [{"id": id, **row} for id, row in self.of("owners").items() if row["email"] == request.args["email"]]})
        if request.path == "/crm/associations/2026-03/companies/notes/batch/read":
            asked = [row["id"] for row in request.get_json()["inputs"]]
            on = {company: [id for id, note in self.of("notes").items() if company in note["to"]] for company in asked}
            rows = [{"from": {"id": company}, "to": [{"toObjectId": note} for note in notes]} for company, notes in on.items() if notes]
            return reply({"status": "COMPLETE", "results": rows}, 200 if len(asked) <= 1000 else 400)
        match = re.fullmatch(r"/crm/objects/2026-03/(companies|notes|leads)(/search|/batch/upsert|/batch/read|/\d+)?", request.path)
        if not match:
            return self._error(404, "resource not found")
        kind, rest = match[1], match[2] or ""
        if request.method == "GET":
            row = self.of(kind).get(rest[1:])
            if row is None:
                return self._error(404, "resource not found")
            linked = [{"id": company, "type": "note_to_company"} for company in row.get("to", [])]
            return reply(
                {"id": rest[1:], "properties": row["properties"], "associations": {"companies": {"results": linked}} if linked else {}}
            )
        body = request.get_json()
        if rest == "/search":
            rows = [{"id": id, "properties": row["properties"]} for id, row in self.of(kind).items() if self._fits(body, row["properties"])]
            start, limit = int(body.get("after", 0)), min(body.get("limit", 10), self.page)
            more = {"paging": {"next": {"after": str(start + limit)}}} if start + limit < len(rows) else {}
            return reply({"total": len(rows), "results": rows[start : start + limit], **more})
        if rest == "/batch/read":
            found = [
                {"id": row["id"], "properties": self.of(kind)[row["id"]]["properties"]}
                for row in body["inputs"]
                if row["id"] in self.of(kind)
            ]
            return reply({"status": "COMPLETE", "results": found}, 200 if len(body["inputs"]) <= 100 else 400)
        if rest == "/batch/upsert":
            return self._upsert(kind, body)
        for name in body["properties"]:
            if name not in self.known[kind]:
                return self._error(400, f'Property "{name}" does not exist')
        if kind == "notes" and "hs_timestamp" not in body["properties"]:
            return self._error(400, "hs_timestamp is required")
        to = [link["to"]["id"] for link in body.get("associations", []) if link["types"][0]["associationTypeId"] in {190, 610}]
        if any(company not in self.of("companies") for company in to):
            return self._error(400, "association to an object that does not exist")
        id = str(next(self.numbers))
        self.of(kind)[id] = {"properties": body["properties"], "to": to}
        return reply({"id": id, "properties": body["properties"]}, 201)

    def _upsert(self, kind: str, body: dict[str, Any]) -> Response:
        results = []
        for item in body["inputs"]:
            if item.get("idProperty") != "prospect_key":
                return self._error(400, "idProperty is not a unique property")
            for name, value in item["properties"].items():
                if name not in self.known[kind]:
                    return self._error(400, f'Property "{name}" does not exist')
                if not isinstance(value, str):
                    return self._error(400, f"{name}: {value} is not a string")
            there = [id for id, row in self.of(kind).items() if row["properties"].get("prospect_key") == item["id"]]
            id = there[0] if there else str(next(self.numbers))
            row = self.of(kind).setdefault(id, {"properties": {"prospect_key": item["id"]}})
            row["properties"] |= item["properties"] | {"hs_lastmodifieddate": self.now().isoformat().replace("+00:00", "Z")}
            results.append({"id": id, "new": not there, "properties": row["properties"]})
        return reply({"status": "COMPLETE", "results": results})

    @staticmethod
    def _fits(body: dict[str, Any], properties: dict[str, Any]) -> bool:
        def one(asked: dict[str, str]) -> bool:
            value = str(properties.get(asked["propertyName"]) or "").casefold()
            wanted = asked["value"].casefold()
            if asked["operator"] == "GTE":
                return bool(value) and datetime.fromisoformat(value.upper()).timestamp() * 1000 >= int(wanted)
            return value == wanted if asked["operator"] == "EQ" else wanted in value

        return any(all(one(asked) for asked in group["filters"]) for group in body["filterGroups"])

    @staticmethod
    def _error(status: int, message: str) -> Response:
        return reply({"status": "error", "category": "VALIDATION_ERROR", "message": message}, status)


# ------------------------------------------------------------------ Odoo


class Odoo(StandIn):
    """JSON-2 as documented for 19: named arguments, domains in prefix notation, archived records out of sight, errors with a name."""

    known: ClassVar[dict[str, list[str]]] = {
        "crm.lead": [
            "id",
            "x_prospect_key",
            "name",
            "type",
            "partner_id",
            "partner_name",
            "contact_name",
            "function",
            "phone",
            "website",
            "street",
            "city",
            "zip",
            "description",
            "user_id",
            "active",
            "probability",
            "expected_revenue",
            "stage_id",
            "lost_reason_id",
            "write_date",
        ],
        "res.partner": ["id", "x_prospect_key", "name", "website", "phone", "street", "city", "zip", "is_company"],
        "res.users": ["id", "login"],
        "mail.message": ["id", "model", "res_id", "body"],
    }

    def target(self, url: str) -> Target:
        return Target(name="odoo", channel="odoo", url=url, token=self.token, timeout_s=5)

    def changes(self, request: Request) -> bool:
        return request.path.endswith(("/create", "/message_post"))

    def change(self, lead: str, **values: Any) -> None:
        """Change a lead as a user does."""
        self.of("crm.lead")[lead] |= values | {"write_date": f"{self.now():%Y-%m-%d %H:%M:%S}"}

    def act(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"bearer {self.token}":
            return self._error(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey")
        match = re.fullmatch(r"/json/2/([\w.]+)/(\w+)", request.path)
        body = request.get_json()
        if not match or match[1] not in self.known:
            return self._error(404, "werkzeug.exceptions.NotFound", "the model does not exist")
        model, method = match[1], match[2]
        if method == "search_read":
            archived = body.get("context", {}).get("active_test") is False
            rows = [row for row in self.of(model).values() if (archived or row.get("active", True)) and self._fits(body["domain"], row)]
            return reply([{name: row.get(name, False) for name in {"id", *body["fields"]}} for row in rows[: body.get("limit") or None]])
        if method == "create":
            made = []
            for values in body["vals_list"]:
                for name, value in values.items():
                    if name not in self.known[model]:
                        return self._error(500, "builtins.ValueError", f"Invalid field {name!r} in {model!r}")
                    if value is None:
                        return self._error(500, "builtins.ValueError", f"{name} is null")
                if model == "crm.lead" and not values.get("name"):
                    return self._error(422, "odoo.exceptions.ValidationError", "Missing required value for the field 'Opportunity' (name)")
                id = next(self.numbers)
                self.of(model)[str(id)] = {"id": id, "active": True, **values, "write_date": f"{self.now():%Y-%m-%d %H:%M:%S}"}
                made.append(id)
            return reply(made)
        if method == "message_post" and model == "crm.lead":
            for id in body["ids"]:
                number = next(self.numbers)
                self.of("mail.message")[str(number)] = {"id": number, "model": model, "res_id": id, "body": body["body"]}
            return reply(number)
        return self._error(404, "werkzeug.exceptions.NotFound", "the method does not exist")

    def _fits(self, domain: list[Any], row: dict[str, Any]) -> bool:
        terms = iter(domain)

        def term() -> bool:
            asked = next(terms)
            if asked in {"&", "|"} if isinstance(asked, str) else False:
                left, right = term(), term()
                return (left and right) if asked == "&" else (left or right)
            name, operator, wanted = asked
            value = row.get(name, False)
            if operator == "in":
                return value in wanted
            if operator == "=":
                return bool(value == wanted)
            if operator == ">=":
                return bool(value) and value >= wanted
            if operator == "=like":
                return str(value or "").startswith(wanted.rstrip("%"))
            text = str(value or "").casefold()
            plain = re.sub(r"\\(.)", r"\1", str(wanted)).casefold()
            return text == plain if operator == "=ilike" else plain in text

        fits = [term()] if domain else [True]
        while True:
            try:
                fits.append(term())
            except StopIteration:
                return all(fits)

    @staticmethod
    def _error(status: int, name: str, message: str) -> Response:
        return reply({"name": name, "message": message, "arguments": [message], "context": {}, "debug": ""}, status)
