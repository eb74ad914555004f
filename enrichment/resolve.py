"""Finds the company that a mention means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from enrichment.mentions import mention_of, provisional_company
from enrichment.names import compact_form, read_name
from store.records import Company, CompanyMatch, Mention

__all__ = ["Resolver", "mention_of", "provisional_company"]


class Resolver:
    """Companies by identifier and by name; first cut, until the index of spellings stands."""

    def __init__(self, companies: Iterable[Company]) -> None:
        self._names: dict[str, dict[str, Company]] = defaultdict(dict)
        self._ids: dict[tuple[str, str], Company] = {}
        for company in companies:
            self.add(company)

    def add(self, company: Company) -> None:
        """Make a company known."""
        for name in (company.name, *company.aliases):
            self._names[compact_form(read_name(name).words)][company.id] = company
        for field in ("cik", "ein", "lei", "domain", "ticker"):
            if value := getattr(company, field):
                self._ids.setdefault((field, value), company)

    def resolve(self, mention: Mention) -> CompanyMatch:
        """Return the company that a mention means, or none with the rivals that fit alike."""
        for field, words in (("cik", "CIK"), ("ein", "EIN"), ("lei", "LEI"), ("domain", "web domain"), ("ticker", "ticker")):
            value = getattr(mention, field)
            if value and (found := self._ids.get((field, value.zfill(10) if field == "cik" else value))):
                return CompanyMatch(company_id=found.id, score=0.99, reasons=(f"same {words} {value}",))
        fitting = self._names.get(compact_form(read_name(mention.name).words), {}) if mention.name else {}
        if len(fitting) > 1:
            fitting = {id: c for id, c in fitting.items() if mention.state and c.state == mention.state} or fitting
        if len(fitting) == 1:
            (company,) = fitting.values()
            return CompanyMatch(company_id=company.id, score=0.95, reasons=("same name but for legal form and spelling",))
        if fitting:
            return CompanyMatch(company_id=None, score=0.5, reasons=(f"{len(fitting)} companies have this name",), rivals=tuple(fitting))
        return CompanyMatch(company_id=None, score=0.0, reasons=("no company of this name is known",))
