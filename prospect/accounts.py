"""Company lists of profiles: named accounts, customers, exclusions. A list matches companies, never substrings of names."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enrichment.resolve import NAMED_ACCOUNT, Resolver
from profiles.backtest import Accounts
from profiles.profile import Profile
from prospect.yamlfile import Fault, unknown_value
from store.records import Company, Mention, fingerprint

COLUMNS = ("id", "name", "cik", "ein", "lei", "ticker", "domain", "city", "state", "country")


@dataclass(frozen=True, slots=True)
class Account:
    """One row of a list: an id of ours, or what there is to find the company by."""

    origin: str  # the list's path, or the profile's
    company_id: str | None
    mention: Mention


def accounts_in(root: Path, given: str | Iterable[str], origin: str) -> list[Account]:
    """Return the rows of a list: a path below the workspace, or the ids, domains and names themselves."""
    if isinstance(given, str):
        return list(read_accounts(root / given, given))
    return [_inline(str(word), origin) for word in given]


def read_accounts(path: Path, shown: str) -> Iterator[Account]:
    """Yield the rows of an account list, a CSV file with a heading line and at least a column `name` or `id`.

    Raise ValueError with file:row:column for a list that cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_text(encoding="cp1252")  # what spreadsheets save on Windows
    except OSError as error:
        raise ValueError(f"{shown}: the account list cannot be read: {error.strerror}") from error
    rows = csv.DictReader(text.splitlines())
    names = {str(name).strip().casefold(): name for name in rows.fieldnames or ()}
    if not {"name", "id"} & set(names):
        raise ValueError(f"{shown}:1:1: an account list needs a column 'name' or 'id'; it has: {', '.join(names) or 'none'}")
    for row in rows:
        said = {column: (row.get(names[column]) or "").strip() or None for column in COLUMNS if column in names}
        if said.get("name") or said.get("id"):
            given: dict[str, Any] = {column: said.get(column) for column in COLUMNS if column not in {"id", "name"}}
            yield Account(shown, said.get("id"), Mention(name=said.get("name") or "", **given))


def _inline(word: str, origin: str) -> Account:
    is_domain = "." in word and " " not in word and not word.endswith(".")
    return Account(origin, word, Mention(name="" if is_domain else word, domain=word.lower() if is_domain else None))


def list_faults(root: Path, profiles: Mapping[str, Profile]) -> list[Fault]:
    """Return a fault for each list that a profile names and that is not there or has no heading."""
    faults = []
    for slug, profile in profiles.items():
        for key, given in (("include", profile.companies.include), ("exclude", profile.companies.exclude)):
            if not isinstance(given, str):
                continue
            shown = f"profiles/{slug}.yml"
            if not (root / given).is_file():
                there = sorted(str(path.relative_to(root)) for path in root.glob("accounts/*.csv"))
                faults.append(
                    Fault(shown, 0, 0, f"companies.{key}: {unknown_value('list', given, there) if there else f'there is no file {given}'}")
                )
                continue
            try:
                list(read_accounts(root / given, given))
            except ValueError as error:
                faults.append(Fault(shown, 0, 0, f"companies.{key}: {error}"))
    return faults


def find_account(account: Account, resolver: Resolver, is_id: Callable[[str], bool]) -> str | None:
    """Return the id of the company that a row means, None when none or several fit."""
    if account.company_id and is_id(account.company_id):
        return account.company_id
    if not account.mention.name and not account.mention.domain:
        return None
    return resolver.resolve(account.mention).company_id


def company_of_account(account: Account) -> Company:
    """Return a company made from a row that no register knows, so that events about it find it."""
    mention = account.mention
    return Company(
        id=f"{NAMED_ACCOUNT}{fingerprint(mention.name.casefold(), mention.domain, mention.state)}",
        name=mention.name or mention.domain or "",
        cik=mention.cik,
        ticker=mention.ticker,
        domain=mention.domain,
        city=mention.city,
        state=mention.state,
        country=mention.country,
        origin=account.origin,
    )


def all_accounts(root: Path, profiles: Mapping[str, Profile]) -> list[Account]:
    """Return the rows of every list that a profile names."""
    lists: dict[str, None] = {}
    inline: list[Account] = []
    for slug, profile in profiles.items():
        for given in (profile.companies.include, profile.companies.exclude):
            if isinstance(given, str):
                lists[given] = None
            elif given:
                inline += accounts_in(root, given, f"profiles/{slug}.yml")
    return [account for given in lists for account in accounts_in(root, given, given)] + inline


def account_sets(root: Path, profile: Profile, slug: str, resolver: Resolver, is_id: Callable[[str], bool]) -> Accounts:
    """Return the ids that the profile's lists mean."""

    def ids(given: str | tuple[str, ...] | None) -> frozenset[str]:
        rows = accounts_in(root, given, f"profiles/{slug}.yml") if given else []
        return frozenset(found for row in rows if (found := find_account(row, resolver, is_id)))

    include = profile.companies.include
    return Accounts(ids(include) if include else None, ids(profile.companies.exclude))
