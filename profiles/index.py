"""An index over profiles by account, kind, place and industry: which of many profiles a company's events can touch.

It leaves out only profiles that certainly do not alert, so judging its candidates finds the same alerts as judging all pairs; the cost
grows with the events that touch a profile, not with profiles × events. Built once at the edge and passed in.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from profiles.backtest import Accounts
from profiles.conditions import CONDITIONS
from profiles.geography import COUNTRY_REGIONS, REGIONS, seat_of
from profiles.profile import Profile
from profiles.reach import kinds_of, needed
from profiles.territory import event_place
from profiles.wants import ANY_KIND, Want
from profiles.where import Where
from store.records import Company, Story

EVERY = "*"  # any state, any industry
UNKNOWN = "?"  # the state or industry is not known, and the profile lets that pass
T = TypeVar("T")
Key = tuple[str, str, str]  # kind, state, first two digits of the SIC code
_Test = Callable[[Company, datetime], bool]
_Entry = tuple["_Bound", tuple[_Test, ...], str]  # of a profile, known by the last


class ProfileIndex:
    """Finds the profiles that a company with given events may touch; profiles are known by the stems of their files."""

    def __init__(self, profiles: Mapping[str, Profile], accounts: Mapping[str, Accounts] | None = None) -> None:
        accounts = accounts or {}
        same: dict[
            object, Any
        ] = {}  # what profiles have in common is one object, so that what an event touches stays in the processor's cache
        self._by_account: dict[str, list[_Entry]] = defaultdict(list)
        self._by_key: dict[Key, list[_Entry]] = defaultdict(list)
        for slug, profile in profiles.items():
            shape = (profile.threshold, *(key for key, _ in profile.keyed_wants))
            bound = same.get(shape) or same.setdefault(shape, _Bound(profile, same))
            named = accounts.get(slug, Accounts()).included
            settled = named is None and _settles_industry(profile.where)
            tests = [
                same.setdefault((profile.where.unknown, *test), _test(profile.where, *test)) for test in _asked(profile.where, settled)
            ]
            entry = (bound, tuple(tests), slug)
            if named is not None:
                for company_id in named:
                    self._by_account[company_id].append(entry)
                continue
            # filed under the fewest kinds of which it cannot do without one
            kinds = min(bound.required, key=lambda wanted: (len(wanted), sorted(wanted)), default=kinds_of(profile))
            for kind in kinds:
                for state in _states(profile.where):
                    for sic in _industries(profile.where):
                        self._by_key[kind, state, sic].append(entry)

    def candidates(self, company: Company, stories: Iterable[Story], now: datetime) -> list[str]:
        """Return the profiles that may alert at `now` on a company with these stories, each once, in order of name."""
        stories = list(stories)
        kinds = frozenset(story.kind for story in stories)
        if not kinds:
            return []
        seat = seat_of(company)
        states = {EVERY, seat.state or UNKNOWN}
        for story in stories:
            if (spot := event_place(story, seat, None)) is not None:
                states.add(spot.state or UNKNOWN)
        industries = (EVERY, company.sic.zfill(4)[:2] if company.sic else UNKNOWN)
        worth = _Worth(stories, now)
        held: dict[_Bound, bool] = {}
        found: set[str] = set()

        def look_at(entries: Iterable[_Entry]) -> None:
            for bound, tests, slug in entries:
                if (holds := held.get(bound)) is None:
                    holds = held[bound] = bound.holds(worth)
                if holds and all(test(company, now) for test in tests):
                    found.add(slug)

        for kind in (*kinds, ANY_KIND):
            for state in states:
                for industry in industries:
                    if entries := self._by_key.get((kind, state, industry)):
                        look_at(entries)
        look_at(self._by_account.get(company.id, ()))
        return sorted(found)


def _asked(where: Where, settled: bool) -> list[tuple[str, object]]:
    """Return what is asked of the company itself; not what the index has `settled`, nor its age: who is too young today comes of age."""
    return [(key, wanted) for key, wanted in where.company_tests if key != "age" and not (settled and key == "industries")]


def _test(where: Where, key: str, wanted: object) -> _Test:
    """Return the test that rules the profile out where what is asked is known to be otherwise, or not known and that fails."""
    holds = CONDITIONS["company", key].holds
    if where.unknown == "fail":
        return lambda company, now: holds(wanted, company, now) is True
    return lambda company, now: holds(wanted, company, now) is not False


class _Worth(dict[float, dict[str, float]]):
    """By half-life in seconds, confidence × decay of the best story of each kind, and of any kind under ANY_KIND; worked out when asked for."""

    def __init__(self, stories: Sequence[Story], now: datetime) -> None:
        super().__init__()
        self.kinds = {story.kind for story in stories} | {ANY_KIND}
        self._stories = [(story.kind, story.confidence, max(0.0, (now - story.when).total_seconds())) for story in stories]

    def __missing__(self, half_life_s: float) -> dict[str, float]:
        best: dict[str, float] = {}
        for kind, confidence, age_s in self._stories:
            worth = confidence * 2.0 ** -(age_s / half_life_s)
            if worth > best.get(kind, 0.0):
                best[kind] = worth
        best[ANY_KIND] = max(best.values(), default=0.0)
        self[half_life_s] = best
        return best


class _Bound:
    """The most that a profile can give to events of given kinds, confidences and ages, were their facts and statuses as wanted."""

    __slots__ = ("most_of_patterns", "patterns", "required", "singles", "threshold")

    def __init__(self, profile: Profile, same: dict[object, Any]) -> None:
        def kept(part: T) -> T:
            return same.setdefault(part, part)  # type: ignore[no-any-return]

        self.required = tuple([kept(kinds) for kinds in needed(profile)])
        self.threshold = profile.threshold - 0.01 * len(profile.wants)  # points are rounded want by want
        self.singles: list[tuple[float, float, tuple[str, ...]]] = []
        self.patterns: list[tuple[float, tuple[frozenset[str], ...]]] = []
        for want in profile.wants:
            if want.weight <= 0:
                continue
            if isinstance(want, Want) and want.times == 1 and want.count == "best":
                self.singles.append(kept((want.weight, (want.half_life or profile.half_life).total_seconds(), want.trigger)))
            else:
                # patterns decay from their last event, and their number may be any: a bound on them is that their kinds are there
                self.patterns.append(kept((math.inf if isinstance(want, Want) and want.count == "each" else want.weight, want.needs)))
        self.most_of_patterns = sum([weight for weight, _ in self.patterns])

    def holds(self, worth: _Worth) -> bool:
        """Return whether what is required may be there and the threshold be reached."""
        for kinds in self.required:
            if kinds.isdisjoint(worth.kinds):
                return False
        total = 0.0
        for weight, half_life_s, trigger in self.singles:
            best = worth[half_life_s].get
            total += weight * (best(trigger[0], 0.0) if len(trigger) == 1 else max([best(kind, 0.0) for kind in trigger]))
        if total >= self.threshold:
            return True
        if total + self.most_of_patterns < self.threshold:
            return False
        for weight, needs in self.patterns:
            for kinds in needs:
                if kinds.isdisjoint(worth.kinds):
                    break
            else:
                total += weight
        return total >= self.threshold


def _states(where: Where) -> Collection[str]:
    """Return the states under which a profile is filed: those it names, and UNKNOWN where it lets one pass."""
    if any((where.metros, where.us_counties, where.cities, where.postal, where.near)):
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


def _settles_industry(where: Where) -> bool:
    """Return whether the first two digits of a SIC code, by which profiles are filed, are all that this one asks of the industry."""
    wanted = where.industries
    return (
        wanted is not None
        and not wanted.words
        and not wanted.naics
        and all(len(end) == 2 for code in wanted.sic or ("",) for end in code.split("-"))
    )


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
