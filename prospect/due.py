"""Says which pairs of profile and company a run must judge, so that a night costs what is new in it.

They are the pairs of a company with news that the index names, those that said something of it before, those whose time has come
(a cooldown, a quota, an absence, a story too old), and all that a changed profile may touch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from enrichment.resolve import Resolver
from profiles.backtest import Accounts
from profiles.index import ProfileIndex
from profiles.profile import Profile
from profiles.reach import kinds_of
from profiles.wants import ANY_KIND
from prospect.accounts import account_sets
from prospect.workspace import Workspace
from store import queries
from store.records import Company, JudgedProfile, Story, fingerprint

CHUNK = 500  # companies read at a time; those that nobody asks about are forgotten again


@dataclass
class DuePairs:
    """What a run judges, with the companies and stories that it takes."""

    accounts: Mapping[str, Accounts]
    companies: dict[str, Company] = field(default_factory=dict)
    stories: dict[str, list[Story]] = field(default_factory=dict)  # those seen by the moment of the run
    pairs: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # profile -> companies
    looked_at: set[str] = field(default_factory=set)  # companies whose news are judged with this run
    profiles: list[JudgedProfile] = field(default_factory=list)  # changed ones, as they are now

    def add(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Add pairs of profile and company."""
        for slug, company_id in pairs:
            self.pairs[slug].add(company_id)


def accounts_of(workspace: Workspace, slug: str, conn: Connection, resolver: Callable[[], Resolver]) -> Accounts:
    """Return the companies that a profile's lists mean; the resolver is built only for a profile that has lists."""
    wanted = workspace.profiles[slug].companies
    if not wanted.include and not wanted.exclude:
        return Accounts()
    return account_sets(
        workspace.root, workspace.profiles[slug], slug, resolver(), lambda company_id: queries.get_company(conn, company_id) is not None
    )


def due_pairs(
    workspace: Workspace, conn: Connection, *, now: datetime, since: datetime | None, resolver: Callable[[], Resolver]
) -> DuePairs:
    """Return the pairs to judge at `now`; `since` is when news begin."""
    accounts = {slug: accounts_of(workspace, slug, conn, resolver) for slug in workspace.profiles}
    due = DuePairs(accounts)
    before = queries.profiles_judged(conn)
    for slug, profile in workspace.profiles.items():
        went_by = gone_by(slug, profile, accounts[slug], since)
        if before.get(slug) != went_by:
            due.profiles.append(went_by)
    changed = {each.profile for each in due.profiles}
    with_news = queries.companies_to_judge(conn)
    if with_news:
        settled = ProfileIndex({slug: profile for slug, profile in workspace.profiles.items() if slug not in changed}, accounts)
        _add_candidates(due, conn, settled, with_news, now, news=True)
    if changed:
        anew = {slug: workspace.profiles[slug] for slug in changed}
        due.add(queries.pairs_known(conn, profiles=changed))
        _add_candidates(due, conn, ProfileIndex(anew, accounts), queries.companies_with_stories(conn, _kinds(anew.values())), now)
    due.add(queries.pairs_due(conn, now))
    for slug in set(due.pairs) - set(workspace.profiles):
        del due.pairs[slug]
    load(conn, {company_id for ids in due.pairs.values() for company_id in ids}, due.companies, due.stories, now)
    return due


def gone_by(slug: str, profile: Profile, accounts: Accounts, since: datetime | None) -> JudgedProfile:
    """Return what the profile goes by now."""
    included = None if accounts.included is None else sorted(accounts.included)
    mark = fingerprint(
        profile.signature, since, *(included or ["none" if included is None else "empty"]), "but", *sorted(accounts.excluded)
    )
    return JudgedProfile(profile=slug, mark=mark, included=accounts.included, excluded=accounts.excluded)


def _kinds(profiles: Iterable[Profile]) -> set[str] | None:
    kinds = {kind for profile in profiles for kind in kinds_of(profile)}
    return None if ANY_KIND in kinds else kinds


def _add_candidates(
    due: DuePairs, conn: Connection, index: ProfileIndex, company_ids: Collection[str], now: datetime, *, news: bool = False
) -> None:
    """Add the pairs of these companies that the index names; of companies with news also those that said something before."""
    for some in queries.chunks(company_ids, CHUNK):
        unseen = load(conn, some, due.companies, due.stories, now)
        if news:
            due.add(queries.pairs_known(conn, company_ids=some))
            # a run for an earlier moment leaves what was seen later to a later run
            due.looked_at.update(set(some) - unseen)
        for company_id in some:
            if company_id in due.companies:
                found = index.candidates(due.companies[company_id], due.stories[company_id], now)
                due.add((slug, company_id) for slug in found)
        wanted = {company_id for ids in due.pairs.values() for company_id in ids}
        for company_id in set(some) - wanted:
            due.companies.pop(company_id, None)
            due.stories.pop(company_id, None)


def load(conn: Connection, ids: Iterable[str], companies: dict[str, Company], stories: dict[str, list[Story]], now: datetime) -> set[str]:
    """Fill in the companies of `ids` that are not there yet with their stories as far as seen by `now`; return those with later ones."""
    missing = [company_id for company_id in ids if company_id not in companies]
    companies.update(queries.get_companies(conn, missing))
    later = set()
    for company_id, told in queries.stories_of(conn, missing).items():
        stories[company_id] = [story for story in told if story.first_seen <= now]
        if len(stories[company_id]) < len(told):
            later.add(company_id)
    return later
