"""What a profile can be moved by: the kinds it needs, and when its decision can change without anything new."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from profiles.profile import Profile
from profiles.scoring import Score
from profiles.times import midnight, window_start
from profiles.wants import ANY_KIND, Absence, AnyWant, Combination, Want
from store.records import Lead


def kinds_of(profile: Profile) -> frozenset[str]:
    """Return the kinds whose events can give the profile points; ANY_KIND among them when all can."""
    return frozenset(kind for want in profile.wants if want.weight >= 0 for step in want.needs for kind in step)


def needed(profile: Profile) -> list[frozenset[str]]:
    """Return the sets of kinds of which the profile needs one each before it can alert: those of its required wants."""
    return [kinds for want in profile.wants if want.required for kinds in want.needs if ANY_KIND not in kinds]


def can_reach(profile: Profile, kinds: Collection[str]) -> bool:
    """Return whether a company with events of these kinds could alert, were all of them sure, fresh and as wanted."""

    def met(want: AnyWant) -> bool:
        return all(ANY_KIND in wanted or not wanted.isdisjoint(kinds) for wanted in want.needs)

    most = 0.0
    for want in profile.wants:
        there = met(want)
        if want.required and not there:
            return False
        if there and want.weight > 0:
            if isinstance(want, Want) and want.count == "each":
                return True
            most += want.weight
    return most >= profile.threshold


def may_rise(profile: Profile, found: Score) -> bool:
    """Return whether a score can come to reach the threshold with nothing new: bad signs fade, times of absence come to their end.

    What is met only loses points with age, so what bad signs take away now, and what absences and spoilt combinations may still give,
    is all that can be won.
    """
    if profile.where.age is not None:
        return True
    most, rises = 0.0, False
    for want, reading in zip(profile.wants, found.readings, strict=True):
        if want.weight < 0:
            rises = rises or reading.met
        elif reading.met:
            most += reading.points
            rises = rises or isinstance(want, Absence)  # a second absence may begin to count
            most += want.weight - reading.points if isinstance(want, Absence) else 0.0
        elif isinstance(want, Absence) or (isinstance(want, Combination) and want.none_):
            most += want.weight
            rises = True
        elif want.required:
            return False
        if isinstance(want, Combination) and want.none_ and reading.met:
            most += want.weight - reading.points  # another combination, spoilt so far, may be worth more
            rises = True
    return rises and most >= profile.threshold - 0.01 * len(profile.wants)


def openings(profile: Profile, lead: Lead | None, after: datetime, until: datetime) -> list[datetime]:
    """Return the moments in (after, until] at which a silent decision can turn into an alert with nothing new, but for `may_rise`.

    That is when the cooldown of `lead` ends, a snooze ends, the profile becomes active, or a new quota begins.
    """
    found = []
    if lead is not None:
        found.append(lead.updated + profile.cooldown)
        if lead.snoozed_until is not None:
            found.append(lead.snoozed_until)
    if profile.snooze is not None:
        found.append(midnight(profile.snooze, profile.time_zone))
    if profile.active is not None and profile.active.from_ is not None:
        found.append(midnight(profile.active.from_, profile.time_zone))
    if profile.limit is not None:
        day = after
        while day <= until:
            day += timedelta(days=7)
            found.append(window_start(min(day, until), profile.limit.per, profile.time_zone))
    return sorted({moment for moment in found if after < moment <= until})
