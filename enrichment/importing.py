"""Takes the companies of a register into the ones that are known: what is the same company, what is new in it, what contradicts.

Importing a file again changes nothing. A row is the company of its id; else the one that shares a CIK, LEI or EIN; an account of a
CRM, which has none of these, is also looked for by domain and name. What fits two stays a company of its own.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from enrichment.names import read_name
from enrichment.registry import BadRow
from enrichment.resolve import Resolver
from store.records import Company, Mention

T = TypeVar("T")

IDENTIFIERS = ("cik", "lei", "ein")
_KEPT = frozenset(("id", "name", "aliases", "origin", "as_of"))
_ROWS_AT_A_TIME = 2_000


@dataclass
class ImportSummary:
    """What an import did, row by row."""

    rows: int = 0  # companies read
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    joined: int = 0  # of changed and unchanged: rows that another id was known by
    bad: list[BadRow] = field(default_factory=list)  # left out
    conflicts: list[str] = field(default_factory=list)  # in words; what was known stays

    def __str__(self) -> str:
        told = f"{self.rows:,} rows: {self.new:,} new, {self.changed:,} changed, {self.unchanged:,} as before"
        return (
            told
            + (f", {len(self.bad):,} bad" if self.bad else "")
            + (f", {len(self.conflicts):,} contradictions" if self.conflicts else "")
        )


def import_companies(
    given: Iterable[Company],
    resolver: Resolver,
    *,
    get: Callable[[Collection[str]], Mapping[str, Company]],
    save: Callable[[Sequence[Company]], object],
    on_progress: Callable[[int], None] | None = None,
) -> ImportSummary:
    """Save what is new or changed, some thousand rows at a time, and return what was done.

    `resolver` knows the companies already there and learns the new ones; `get` returns those of some ids, `save` upserts by id.
    Make `save` a transaction of its own: an import that is cut off goes on where it stopped when it is run again.
    """
    summary = ImportSummary()
    for batch in _batches(given, _ROWS_AT_A_TIME):
        homes = {company.id: same_company(company, resolver) for company in batch}
        known = dict(get({company.id for company in batch} | {home for home in homes.values() if home}))
        changed: dict[str, Company] = {}
        for company in batch:
            summary.rows += 1
            home = company.id if company.id in known else homes[company.id]
            before = changed.get(home) or known.get(home) if home else None
            if before and before.provisional and before.id != company.id:
                before = None  # a row of its own; `merging.settled_provisionals` then joins what the text told to it
            if before is None:
                summary.new += 1
                changed[company.id] = known[company.id] = company
                resolver.add(company)
                continue
            joined = join_companies(before, company)
            summary.joined += before.id != company.id
            summary.conflicts += joined.conflicts
            if joined.company == before:
                summary.unchanged += 1
            else:
                summary.changed += 1
                changed[before.id] = known[before.id] = joined.company
                if {before.name, *before.aliases} != {joined.company.name, *joined.company.aliases}:
                    resolver.add(joined.company)
        if changed:
            save(list(changed.values()))
        if on_progress:
            on_progress(len(batch))
    return summary


def same_company(company: Company, resolver: Resolver) -> str | None:
    """Return the id of the known company that a row is by its identifiers, or, for a CRM's account, by domain and name."""
    if found := resolver.identified(company):
        return found
    if not company.account and not company.account_owner:
        return None
    return resolver.resolve(
        Mention(
            name=company.name, ticker=company.ticker, domain=company.domain, city=company.city, state=company.state, country=company.country
        )
    ).company_id


@dataclass(frozen=True, slots=True)
class Joined:
    """One company of two rows."""

    company: Company
    conflicts: tuple[str, ...]  # identifiers that differ, in words


def join_companies(known: Company, given: Company) -> Joined:
    """Return what is known of a company with what another row of it says; the known id, name and identifiers stay.

    A value of the newer register wins; what a register does not say is no value. The row's name becomes an alias.
    """
    values: dict[str, object] = {}
    conflicts = []
    newer = known.as_of is None or given.as_of is None or given.as_of >= known.as_of
    for name in (f.name for f in fields(Company)):
        mine, theirs = getattr(known, name), getattr(given, name)
        if name in _KEPT or theirs is None or mine == theirs:
            continue
        if name in IDENTIFIERS and mine is not None:
            conflicts.append(
                f"{known.id} '{known.name}': {name.upper()} {mine} is known, {given.id} '{given.name}' says {theirs}; the first stays"
            )
        elif mine is None or newer:
            values[name] = theirs
    if known.id == given.id and newer:
        values["name"], values["origin"] = given.name, given.origin
        values["as_of"] = given.as_of or known.as_of
    values["aliases"] = _with_names(known.aliases, str(values.get("name", known.name)), (known.name, given.name, *given.aliases))
    joined = replace(known, **values)  # type: ignore[arg-type]
    # a file that says the same on another day changes nothing
    return Joined(known if replace(joined, as_of=known.as_of) == known else joined, tuple(conflicts))


def _with_names(aliases: tuple[str, ...], main: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the other names of a company with those of `names` that are more than another spelling of one it has."""
    seen = {read_name(name).words for name in (main, *aliases)}
    more = []
    for name in names:
        words = read_name(name).words
        if words and words not in seen:
            seen.add(words)
            more.append(name)
    return (*aliases, *more)


def write_bad_rows(path: Path, header: Sequence[str], bad: Sequence[BadRow]) -> None:
    """Write the rows that could not be read beside the register, with what is wrong, to be mended and imported."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("row", "what is wrong", *header))
        for row in bad:
            writer.writerow((row.row, row.message, *row.cells))


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
