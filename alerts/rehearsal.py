"""What a hand-over to a CRM would write, worked out without writing: the same rules and mapping, reading the CRM as it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.errors import DeliveryError
from alerts.push import Candidate, Crm, push
from store.records import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One record that would be made or changed."""

    what: str  # "Lead prospect-00ff, made", "leads.csv, new row"
    fields: Mapping[str, Any]  # as the target would get them


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What one delivery would do; no writes and no error: the target has it already."""

    key: str
    writes: tuple[Write, ...] = ()
    error: DeliveryError | None = None
    note: str = ""


class Notebook:
    """Writes that were noted instead of being done; each gets an id that no record has, "-1" for the first."""

    def __init__(self) -> None:
        self.writes: list[Write] = []

    def note(self, what: str, fields: Mapping[str, Any]) -> str:
        """Note a write and return the id that stands for the record it would make."""
        self.writes.append(Write(what=what, fields=dict(fields)))
        return f"-{len(self.writes)}"


class _Stage:
    """A CRM in rehearsal: what was noted a moment ago counts as being there."""

    def __init__(self, crm: Crm, notebook: Notebook) -> None:
        self.crm = crm
        self.notebook = notebook
        self.leads: dict[str, str] = {}
        self.companies: list[Candidate] = []

    def find_lead(self, external_id: str) -> str | None:
        return self.leads.get(external_id) or self.crm.find_lead(external_id)

    def find_companies(self, key: str, name: str, domain: str | None) -> Sequence[Candidate]:
        return [*self.companies, *self.crm.find_companies(key, name, domain)]

    def make_company(self, names: Mapping[str, Any]) -> str:
        return self.crm.make_company(names)

    def make_lead(self, company: Candidate | None, names: Mapping[str, Any]) -> tuple[str, str]:
        before = len(self.notebook.writes)
        made, note = self.crm.make_lead(company, names)
        if company is None and len(self.notebook.writes) - before > 1:  # the company first, then the lead on it
            has = names["company"]
            self.companies.append(Candidate(id=f"-{before + 1}", name=has["name"], domain=has["domain"], key=names["company_key"]))
        self.leads[names["external_id"]] = made
        return made, note

    def add_note(self, lead: str, key: str, text: str) -> None:
        if lead in self.leads.values():
            self.notebook.note(f"note {key} on {lead}", {"text": text})
        else:
            self.crm.add_note(lead, key, text)


def rehearsed(deliveries: Iterable[Delivery], crm: Crm, notebook: Notebook, target: str) -> Iterator[Rehearsed]:
    """Yield what each delivery would write to `crm`, which notes its writes in `notebook` instead of doing them."""
    stage = _Stage(crm, notebook)
    return each_rehearsed(deliveries, notebook, lambda delivery: push(delivery, stage, target))


def each_rehearsed(
    deliveries: Iterable[Delivery], notebook: Notebook, rehearse_one: Callable[[Delivery], str | None]
) -> Iterator[Rehearsed]:
    """Yield what `rehearse_one` notes for each delivery, or the DeliveryError that it raises."""
    for delivery in deliveries:
        before = len(notebook.writes)
        error: DeliveryError | None = None
        note: str | None = None
        try:
            note = rehearse_one(delivery)
        except DeliveryError as refused:
            error = refused
        yield Rehearsed(key=delivery.key, writes=tuple(notebook.writes[before:]), error=error, note=note or "")
