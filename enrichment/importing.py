"""Takes the companies of a register into the ones that are known: what is the same company, what is new in it, what contradicts.

Importing a file again changes nothing. A row is the company of its id; else the one that shares a CIK, LEI or EIN; an account of a
CRM, which has none of these, is also looked for by domain and name. What fits two stays a company of its own.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

from enrichment.names import read_name
from enrichment.registry import BadRow
from enrichment.resolve import Resolver
from store.records import Company, Mention

T = TypeVar("T")

IDENTIFIERS = ("cik", "lei", "ein")
READING = "2"  # raised when registers are read for more than before, so that lists that did not change are read again
_KEPT = frozenset(("id", "name", "aliases", "origin", "as_of", "sources"))
_TOLD = tuple(f.name for f in fields(Company) if f.name not in _KEPT)
# what is one thing said in several fields
_SEAT = ("street", "city", "county", "state", "metro", "postal_code", "country")
_RANGES = (("employees", "employees_max"), ("revenue_usd", "revenue_usd_max"))
_UNITS = (_SEAT, *_RANGES, *((name,) for name in _TOLD if name not in {*_SEAT, *chain(*_RANGES)}))
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

    The value that was said last wins; what a register does not say is no value. The row's name becomes an alias. Parts of one
    thing change together: the seat, and the two ends of a range. `sources` keeps who said what and when, where it is not `origin`.
    """
    values: dict[str, Any] = {}
    conflicts = []
    for names in _UNITS:
        mine, theirs = ([getattr(company, name) for name in names] for company in (known, given))
        if mine == theirs or not any(value is not None for value in theirs):
            continue
        if names[0] in IDENTIFIERS and mine[0] is not None:
            conflicts.append(
                f"{known.id} '{known.name}': {names[0].upper()} {mine[0]} is known, {given.id} '{given.name}' says {theirs[0]}; the first stays"
            )
        elif names is _SEAT and all(one is None or other is None or one == other for one, other in zip(mine, theirs, strict=True)):
            # one address, told more fully by one or the other
            values |= {name: other for name, one, other in zip(names, mine, theirs, strict=True) if one is None}
        elif all(value is None for value in mine) or _said_later(given, known, names):
            values |= dict(zip(names, theirs, strict=True))
    again = known.id == given.id and _not_before(given.as_of, known.as_of)
    if again:
        values |= {"name": given.name, "origin": given.origin, "as_of": given.as_of or known.as_of}
    values["aliases"] = _with_names(known.aliases, str(values.get("name", known.name)), (known.name, given.name, *given.aliases))
    joined = replace(known, **values)
    # a file that says the same on another day changes nothing
    if replace(joined, as_of=known.as_of) == known:
        return Joined(known, tuple(conflicts))
    said_by = {}
    for name in _TOLD:
        if getattr(joined, name) is not None:
            is_theirs = name in values or (again and getattr(given, name) is not None)
            source = source_of(given if is_theirs else known, name)
            if source != _register_of(joined):
                said_by[name] = source
    return Joined(replace(joined, sources=said_by), tuple(conflicts))


def source_of(company: Company, name: str) -> str:
    """Return who says a field of a company, and on which day as far as that is known: "salesforce 2026-03-01"."""
    return company.sources.get(name) or _register_of(company)


def _register_of(company: Company) -> str:
    return f"{company.origin} {company.as_of}" if company.as_of else company.origin


def _said_later(given: Company, known: Company, names: Sequence[str]) -> bool:
    """Return whether a row says something later than what is known; of two registers of one day the first keeps it."""
    known_by = max((source_of(known, name) for name in names if getattr(known, name) is not None), key=_day_of, default="")
    if given.as_of is None or not (day := _day_of(known_by)):
        return True
    return str(given.as_of) > day or (str(given.as_of) == day and known_by == _register_of(given))


def _day_of(source: str) -> str:
    day = source.rpartition(" ")[2]
    return day if len(day) == 10 and day[4] == day[7] == "-" else ""


def _not_before(day: date | None, other: date | None) -> bool:
    return day is None or other is None or day >= other


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
