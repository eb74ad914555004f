"""One way for tests to look into every CRM and to act as its users: what a rep changes, deletes, and what is there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from alerts.crm.csv import read_rows
from alerts.crm.tryton import Tryton
from alerts.settings import Target
from tests.crm_standins import HubSpot, Odoo
from tests.salesforce_standin import Salesforce


class Desk(Protocol):
    """What a person at the CRM's screen can do."""

    target: Target

    def leads(self, external_id: str) -> int: ...
    def edit(self, external_id: str, text: str) -> None: ...
    def edited(self, external_id: str) -> str: ...
    def delete(self, external_id: str) -> None: ...
    def notes(self) -> int: ...
    def add_company(self, name: str, domain: str | None) -> str: ...
    def companies(self) -> int: ...
    def company_of(self, external_id: str) -> str: ...
    def record(self, external_id: str, fields: Iterable[str]) -> dict[str, Any]: ...
    def lose(self, external_id: str) -> None: ...


class TrytonDesk:
    def __init__(self, target: Target) -> None:
        self.target = target
        self.crm = Tryton(target)
        self.crm.log_in()
        self.crm._firm()

    def _id(self, external_id: str) -> int:
        return int(self.crm.search("sale.opportunity", [["reference", "=", external_id]], ["id"])[0]["id"])

    def leads(self, external_id: str) -> int:
        return len(self.crm.search("sale.opportunity", [["reference", "=", external_id]], ["id"]))

    def lose(self, external_id: str) -> None:
        record = [self._id(external_id)]
        self.crm.write("sale.opportunity", record, {"lost_reason": "no budget"})
        for step in ("opportunity", "lost"):
            self.crm._rpc(f"model.sale.opportunity.{step}", record, self.crm.context)

    def edit(self, external_id: str, text: str) -> None:
        self.crm.write("sale.opportunity", [self._id(external_id)], {"description": text})

    def edited(self, external_id: str) -> str:
        return str(self.crm.search("sale.opportunity", [["reference", "=", external_id]], ["description"])[0]["description"])

    def delete(self, external_id: str) -> None:
        record = [self._id(external_id)]
        self.crm._rpc("model.sale.opportunity.cancel", record, self.crm.context)  # Tryton deletes only what is cancelled
        self.crm.delete("sale.opportunity", record)

    def notes(self) -> int:
        return len(self.crm.search("ir.note", [], ["id"], limit=None))

    def add_company(self, name: str, domain: str | None) -> str:
        ways: dict[str, Any] = (
            {"contact_mechanisms": [["create", [{"type": "website", "value": f"https://www.{domain}/"}]]]} if domain else {}
        )
        return str(self.crm.create("party.party", {"name": name, **ways})[0])

    def companies(self) -> int:
        return len(self.crm.search("party.party", [], ["id"], limit=None))

    def company_of(self, external_id: str) -> str:
        return str(self.crm.search("sale.opportunity", [["reference", "=", external_id]], ["party"])[0]["party"])

    def record(self, external_id: str, fields: Iterable[str]) -> dict[str, Any]:
        row = self.crm.search("sale.opportunity", [["reference", "=", external_id]], list(fields))[0]
        return {name: row[name] for name in fields}


class SalesforceDesk:
    def __init__(self, crm: Salesforce, target: Target) -> None:
        self.crm, self.target = crm, target

    def _rows(self, external_id: str) -> list[tuple[str, str]]:
        return [(kind, id) for kind in ("Lead", "Task") for id, row in self.crm.of(kind).items() if row["Prospect_Key__c"] == external_id]

    def leads(self, external_id: str) -> int:
        return len(self._rows(external_id))

    def lose(self, external_id: str) -> None:
        ((kind, id),) = self._rows(external_id)
        self.crm.change(kind, id, Status="Closed - Not Converted")

    def edit(self, external_id: str, text: str) -> None:
        ((kind, id),) = self._rows(external_id)
        self.crm.change(kind, id, Description=text)

    def edited(self, external_id: str) -> str:
        ((kind, id),) = self._rows(external_id)
        return str(self.crm.of(kind)[id]["Description"])

    def delete(self, external_id: str) -> None:
        ((kind, id),) = self._rows(external_id)
        self.crm.throw_away(kind, id)

    def notes(self) -> int:
        return sum(not row["Prospect_Key__c"].startswith("prospect-") for row in self.crm.of("Task").values())

    def add_company(self, name: str, domain: str | None) -> str:
        id = f"001{next(self.crm.numbers):06}"
        self.crm.of("Account")[id] = {"Name": name, "Website": domain, "Prospect_Key__c": None}
        return id

    def companies(self) -> int:
        return len(self.crm.of("Account"))

    def company_of(self, external_id: str) -> str:
        ((kind, id),) = self._rows(external_id)
        return str(self.crm.of(kind)[id].get("WhatId"))

    def record(self, external_id: str, fields: Iterable[str]) -> dict[str, Any]:
        ((kind, id),) = self._rows(external_id)
        return {name: self.crm.of(kind)[id][name] for name in fields}


class HubSpotDesk:
    def __init__(self, crm: HubSpot, target: Target) -> None:
        self.crm, self.target = crm, target

    def _note(self, external_id: str) -> list[str]:
        return [id for id, row in self.crm.of("notes").items() if f"[{external_id}]" in row["properties"]["hs_note_body"]]

    def _company(self, external_id: str) -> dict[str, Any]:
        return self.crm.of("companies")[self.company_of(external_id)]["properties"]

    def leads(self, external_id: str) -> int:
        return len(self._note(external_id))

    def lose(self, external_id: str) -> None:
        self.crm.change(self.company_of(external_id), hs_lead_status="UNQUALIFIED")

    def edit(self, external_id: str, text: str) -> None:
        self._company(external_id)["name"] = text

    def edited(self, external_id: str) -> str:
        return str(self._company(external_id)["name"])

    def delete(self, external_id: str) -> None:
        for id in self._note(external_id):
            del self.crm.of("notes")[id]

    def notes(self) -> int:
        return sum("[prospect-" not in row["properties"]["hs_note_body"] for row in self.crm.of("notes").values())

    def add_company(self, name: str, domain: str | None) -> str:
        id = str(next(self.crm.numbers))
        self.crm.of("companies")[id] = {"properties": {"name": name, "domain": domain}}
        return id

    def companies(self) -> int:
        return len(self.crm.of("companies"))

    def company_of(self, external_id: str) -> str:
        return str(self.crm.of("notes")[self._note(external_id)[0]]["to"][0])

    def record(self, external_id: str, fields: Iterable[str]) -> dict[str, Any]:
        has = self.crm.of("notes")[self._note(external_id)[0]]["properties"]
        return {name: has[name] for name in fields}


class OdooDesk:
    def __init__(self, crm: Odoo, target: Target) -> None:
        self.crm, self.target = crm, target

    def _rows(self, external_id: str) -> list[dict[str, Any]]:
        return [row for row in self.crm.of("crm.lead").values() if row["x_prospect_key"] == external_id]

    def leads(self, external_id: str) -> int:
        return len(self._rows(external_id))

    def lose(self, external_id: str) -> None:
        self.crm.change(str(self._rows(external_id)[0]["id"]), active=False, lost_reason_id=[4, "no budget"])

    def edit(self, external_id: str, text: str) -> None:
        self._rows(external_id)[0]["name"] = text

    def edited(self, external_id: str) -> str:
        return str(self._rows(external_id)[0]["name"])

    def delete(self, external_id: str) -> None:
        del self.crm.of("crm.lead")[str(self._rows(external_id)[0]["id"])]

    def notes(self) -> int:
        return len(self.crm.of("mail.message"))

    def add_company(self, name: str, domain: str | None) -> str:
        id = next(self.crm.numbers)
        self.crm.of("res.partner")[str(id)] = {
            "id": id,
            "name": name,
            "website": f"https://{domain}" if domain else False,
            "is_company": True,
        }
        return str(id)

    def companies(self) -> int:
        return len(self.crm.of("res.partner"))

    def company_of(self, external_id: str) -> str:
        return str(self._rows(external_id)[0]["partner_id"])

    def record(self, external_id: str, fields: Iterable[str]) -> dict[str, Any]:
        return {name: self._rows(external_id)[0][name] for name in fields}


class FileDesk:
    """An import file is no CRM: nobody edits or deletes in it, so that only what is there can be asked."""

    def __init__(self, target: Target) -> None:
        self.target = target
        assert target.folder is not None
        self.path: Path = target.folder / f"leads.{target.channel}"

    def leads(self, external_id: str) -> int:
        mark = f'"{external_id}",' if self.target.channel == "csv" else f'"external_id": "{external_id}"'
        return self.path.read_text().count(mark) if self.path.exists() else 0

    def record(self, external_id: str, fields: Iterable[str]) -> dict[str, Any]:
        rows = read_rows(self.path) if self.target.channel == "csv" else json.loads(self.path.read_text())
        return {name: next(row[name] for row in rows if row["external_id"] == external_id) for name in fields}
