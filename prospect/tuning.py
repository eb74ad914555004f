"""Replays, thresholds and near misses over what the store holds: brings its sightings to the profiles room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import unified_diff
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from enrichment.places import coordinates
from enrichment.resolve import Resolver
from enrichment.stories import tell_stories
from profiles.backtest import Accounts, Comparison, Replay, backtest, compare, daily
from profiles.misses import Miss, misses
from profiles.profile import Profile
from profiles.reach import asked_kinds, needed
from profiles.suggest import Removal, Suggestion, at_lowest, suggest_removals, suggest_threshold, without_want
from prospect.accounts import account_sets
from prospect.explaining import cases_of
from prospect.profilefiles import read_profile
from prospect.workspace import Workspace, profile_context
from prospect.yamlfile import without_item
from store import queries
from store.records import Company, Sighting

CHUNK = 500  # companies whose sightings are in memory at a time


@dataclass(frozen=True)
class Window:
    """The nights that are replayed."""

    moments: tuple[datetime, ...]
    since: datetime  # news begin with the first night


def window(workspace: Workspace, days: int, now: datetime) -> Window:
    """Return the last `days` nights up to `now`, at the hour of `now`."""
    first = now - timedelta(days=days - 1)
    return Window(daily(first, days), first - timedelta(days=1))


def seen(conn: Connection, profile: Profile, accounts: Accounts) -> Iterator[tuple[Company, list[Sighting]]]:
    """Yield each company that the profile could alert on by the kinds of its stories, with the sightings of the kinds that it asks about."""
    kinds = asked_kinds(profile)
    found = queries.companies_with_stories(conn, kinds, each_of=needed(profile))
    ids = iter(found if accounts.included is None else sorted(accounts.included.intersection(found)))
    while some := list(islice(ids, CHUNK)):
        sightings = queries.sightings_of(conn, some, kinds)
        companies = queries.get_companies(conn, some)
        for company_id in some:
            if company_id in companies and sightings[company_id]:
                yield companies[company_id], sightings[company_id]


def accounts_of_file(workspace: Workspace, conn: Connection, slug: str, profile: Profile) -> Accounts:
    """Return the companies that the profile's lists mean."""
    if not profile.companies.include and not profile.companies.exclude:
        return Accounts()
    resolver = Resolver(queries.iter_companies(conn))
    return account_sets(workspace.root, profile, slug, resolver, lambda company_id: queries.get_company(conn, company_id) is not None)


def profile_named(workspace: Workspace, name: str) -> tuple[str, Profile]:
    """Return a profile of the workspace by its stem, or of a file by its path; raise Faults for a file that is wrong."""
    if name in workspace.profiles:
        return name, workspace.profiles[name]
    path = Path(name)
    return path.stem, read_profile(path, context=profile_context(workspace.kinds), root=workspace.root)


def replay(workspace: Workspace, conn: Connection, slug: str, profile: Profile, nights: Window) -> Replay:
    """Return what the profile would have sent on those nights, going by when documents were first seen."""
    accounts = accounts_of_file(workspace, conn, slug, profile)
    return backtest(
        profile, slug, seen(conn, profile, accounts), nights.moments, tell_stories, since=nights.since, accounts=accounts, atlas=coordinates
    )


def suggestion(workspace: Workspace, conn: Connection, slug: str, profile: Profile, nights: Window, leads: float, per: str) -> Suggestion:
    """Return the threshold that would have sent `leads` per week, month or quarter, with the curve around it."""
    accounts = accounts_of_file(workspace, conn, slug, profile)
    return suggest_threshold(
        profile,
        slug,
        seen(conn, at_lowest(profile), accounts),
        nights.moments,
        tell_stories,
        leads=leads,
        per=per,
        since=nights.since,
        accounts=accounts,
        atlas=coordinates,
    )


def near_misses(workspace: Workspace, conn: Connection, slug: str, now: datetime, days: int, most: int) -> list[Miss]:
    """Return the companies that came nearest to an alert in the last `days` without one."""
    profile = workspace.profiles[slug]
    since = now.astimezone(UTC) - timedelta(days=days)
    ids = queries.companies_with_stories(conn, asked_kinds(profile), since)
    cases = cases_of(workspace, conn, slug, ids, now)
    return misses(profile, slug, cases, now, days=days, most=most, atlas=coordinates)


@dataclass(frozen=True)
class Proposal:
    """A want that verdicts speak against, with what leaving it out would do; applied by nobody but the rep."""

    removal: Removal
    diff: str  # of the profile's file; empty where the want stands in another one
    change: Comparison | None  # what a replay adds and loses; None where nothing would reach the threshold any more


def proposals(workspace: Workspace, conn: Connection, slug: str, profile: Profile, nights: Window, most: int = 3) -> list[Proposal]:
    """Return the wants without which more of the profile's leads would have been accepted, the best first."""
    found = suggest_removals(profile, queries.leads_of(conn, profile=slug))[:most]
    before = replay(workspace, conn, slug, profile, nights) if found else None
    out = []
    for removal in found:
        changed = without_want(profile, removal.at)
        change = compare(before, replay(workspace, conn, slug, changed, nights)) if before and changed else None
        out.append(Proposal(removal, _diff(workspace.root / "profiles" / f"{slug}.yml", removal.at), change))
    return out


def _diff(path: Path, at: int) -> str:
    """Return the difference that leaving out a want makes to a profile's file."""
    text = without_item(path, ("wants", at)) if path.exists() else None
    if text is None:
        return ""
    before = path.read_text(encoding="utf-8").splitlines()
    name = f"profiles/{path.name}"
    return "\n".join(unified_diff(before, text.splitlines(), name, name, lineterm="", n=2))
