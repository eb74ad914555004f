"""Decides whether two companies may be made one, what they are together, and what it takes to part them again.

Nothing is lost by a merge: the row that goes stays in the store, marked with the one it went into, its events move over, and
`CompanyMerge` remembers what moved, so that undoing it moves the same things back and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from enrichment.importing import IDENTIFIERS, join_companies
from enrichment.resolve import Resolver
from store.records import Company, CompanyMerge, Mention, fingerprint


class MergeRefused(Exception):
    """Two companies that cannot be one; the message says why."""


def plan_merge(kept: Company, gone: Company, *, now: datetime, by: str, force: bool = False) -> CompanyMerge:
    """Return the merge of `gone` into `kept`, for the store to carry out.

    Raise MergeRefused where they are the same row already, or where a CIK, LEI, EIN or (unless `force`) the listed
    ticker or seat's country contradicts: those are two companies, whatever their names.
    """
    if kept.id == gone.id:
        raise MergeRefused(f"{kept.id} is one company already")
    for name in IDENTIFIERS:
        mine, theirs = getattr(kept, name), getattr(gone, name)
        if mine and theirs and mine != theirs:
            raise MergeRefused(
                f"'{kept.name}' has {name.upper()} {mine}, '{gone.name}' has {theirs}: two companies; correct the register if one is wrong"
            )
    if not force:
        for name, words in (("ticker", "ticker"), ("domain", "web domain"), ("country", "country")):
            mine, theirs = getattr(kept, name), getattr(gone, name)
            if mine and theirs and mine != theirs:
                raise MergeRefused(
                    f"'{kept.name}' has the {words} {mine}, '{gone.name}' {theirs}; if they are one all the same, merge with --force"
                )
    return CompanyMerge(
        id=fingerprint("merge", kept.id, gone.id, now.isoformat()),
        kept_id=kept.id,
        gone_id=gone.id,
        kept_before=kept,
        kept_after=join_companies(kept, gone).company,
        merged=now,
        by=by,
    )


def settled_provisionals(provisionals: Iterable[Company], resolver: Resolver) -> Iterator[tuple[str, str]]:
    """Yield (id of a registered company, id of the provisional one that turns out to be it), after registers were imported."""
    for company in provisionals:
        mention = Mention(
            name=company.name,
            cik=company.cik,
            ein=company.ein,
            lei=company.lei,
            ticker=company.ticker,
            domain=company.domain,
            city=company.city,
            state=company.state,
            country=company.country,
        )
        match = resolver.resolve(mention, registered_only=True)
        if match.company_id and match.company_id != company.id:
            yield match.company_id, company.id


def better_kept(one: Company, other: Company) -> tuple[Company, Company]:
    """Return (kept, gone): the company of a register is kept rather than a provisional one, then the one that more is known of."""

    def worth(company: Company) -> tuple[bool, int, str]:
        known = sum(
            getattr(company, name) is not None for name in ("cik", "lei", "ein", "ticker", "domain", "city", "state", "sic", "employees")
        )
        return not company.provisional, known, company.id

    return (one, other) if worth(one) >= worth(other) else (other, one)
