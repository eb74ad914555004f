"""An index over profiles by account, kind, place and industry: which of many profiles a company's events can touch.

It leaves out only profiles that certainly do not alert, so judging its candidates finds the same alerts as judging all pairs; the cost
grows with the events that touch a profile, not with profiles × events. Built once at the edge and passed in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from profiles.backtest import Accounts
from profiles.geography import COUNTRY_REGIONS, REGIONS, seat_spot
from profiles.profile import Profile
from profiles.reach import can_reach, kinds_of, needed, openings, rises_by_itself
from profiles.territory import event_place
from profiles.wants import ANY_KIND
from profiles.where import Where
from store.records import Company, Lead, Story

EVERY = "*"  # any state, any industry
UNKNOWN = "?"  # the state or industry is not known, and the profile lets that pass
Key = tuple[str, str, str]  # kind, state, first two digits of the SIC code


class ProfileIndex:
    """Finds the profiles that a company with given events may touch; profiles are known by the stems of their files."""

    def __init__(self, profiles: Mapping[str, Profile], accounts: Mapping[str, Accounts] | None = None) -> None:
        accounts = accounts or {}
        self._profiles = dict(profiles)
        self._kinds = {slug: kinds_of(profile) for slug, profile in profiles.items()}
        self._reach: dict[tuple[str, frozenset[str]], bool] = {}
        self._by_account: dict[str, list[str]] = defaultdict(list)
        self._by_key: dict[Key, list[str]] = defaultdict(list)
        for slug, profile in profiles.items():
            named = accounts.get(slug, Accounts()).included
            # filed under the fewest kinds of which it cannot do without one
            kinds = min(needed(profile), key=lambda wanted: (len(wanted), sorted(wanted)), default=kinds_of(profile))
            if named is not None:
                for company_id in named:
                    self._by_account[company_id].append(slug)
                continue
            for kind in kinds:
                for state in _states(profile.where):
                    for sic in _industries(profile.where):
                        self._by_key[kind, state, sic].append(slug)

    def candidates(self, company: Company, stories: Iterable[Story]) -> list[str]:
        """Return the profiles that may alert on a company with these stories, each once, in order of name."""
        stories = list(stories)
        kinds = frozenset(story.kind for story in stories)
        if not kinds:
            return []
        seat = seat_spot(company.city, company.state, company.country, company.postal_code)
        states = {EVERY, seat.state or UNKNOWN}
        for story in stories:
            if (spot := event_place(story)) is not None:
                states.add(spot.state or UNKNOWN)
        industries = (EVERY, company.sic.zfill(4)[:2] if company.sic else UNKNOWN)
        found: set[str] = set()
        for kind in (*kinds, ANY_KIND):
            for state in states:
                for industry in industries:
                    if slugs := self._by_key.get((kind, state, industry)):
                        found.update(slugs)
        found.update(self._by_account.get(company.id, ()))
        return sorted(slug for slug in found if self._can_reach(slug, kinds))

    def _can_reach(self, slug: str, kinds: frozenset[str]) -> bool:
        own = self._kinds[slug]
        wanted = kinds if ANY_KIND in own else kinds & own
        known = self._reach.get((slug, wanted))
        if known is None:
            known = self._reach[slug, wanted] = can_reach(self._profiles[slug], wanted)
        return known


def _states(where: Where) -> Collection[str]:
    """Return the states under which a profile is filed: those it names, and UNKNOWN where it lets one pass."""
    if any((where.metros, where.cities, where.postal, where.near)):
        return (EVERY,)  # these are met by more than a state's name
    named: set[str] = set(where.states or ())
    for name in where.regions or ():
        if name in COUNTRY_REGIONS:
            return (EVERY,)
        named.update(REGIONS[name])
    if where.countries or not named:
        return (EVERY,)
    if where.match == "event" and where.unknown != "fail":
        return (EVERY,)  # an event that says no place passes, wherever the company sits
    return named if where.unknown == "fail" else {*named, UNKNOWN}


def _industries(where: Where) -> Collection[str]:
    """Return the first two digits of the SIC codes under which a profile is filed."""
    wanted = where.industries
    if wanted is None or wanted.words or wanted.naics or not wanted.sic:
        return (EVERY,)
    out: set[str] = set()
    for written in wanted.sic:
        low, _, high = written.partition("-")
        if len(low) < 2:
            return (EVERY,)
        out.update(f"{number:02}" for number in range(int(low[:2]), int((high or low)[:2]) + 1))
    return out if where.unknown == "fail" else {*out, UNKNOWN}


def touched(
    profiles: Mapping[str, Profile],
    index: ProfileIndex,
    changed: Iterable[tuple[Company, Sequence[Story]]],
    leads: Iterable[Lead],
    waiting: Iterable[tuple[str, str, datetime]],
    now: datetime,
) -> set[tuple[str, str]]:
    """Return the pairs of profile and company to judge now: those that a changed company's events may touch, those with a lead
    of a changed company (it may need a correction), and those whose time has come.

    `waiting` holds profile, company and the moment that `due_again` gave when the pair was last judged.
    """
    pairs: set[tuple[str, str]] = set()
    moved = set()
    for company, stories in changed:
        moved.add(company.id)
        pairs |= {(slug, company.id) for slug in index.candidates(company, stories)}
    pairs |= {(lead.profile, lead.company_id) for lead in leads if lead.company_id in moved and lead.profile in profiles}
    pairs |= {(slug, company_id) for slug, company_id, due in waiting if due <= now and slug in profiles}
    return pairs


def due_again(profile: Profile, lead: Lead | None, now: datetime, step: timedelta = timedelta(days=1)) -> datetime | None:
    """Return when a pair must be judged again though nothing new is seen; None when only something new can change it."""
    if rises_by_itself(profile):
        return now + step
    found = openings(profile, lead, now, now + timedelta(days=400))
    return found[0] if found else None
