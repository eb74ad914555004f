"""What a profile can be moved by: the kinds it needs, and when its decision can change without anything new."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from profiles.profile import Profile
from profiles.scoring import Score
from profiles.times import midnight, window_end
from profiles.wants import ANY_KIND, AnyWant, Want
from store.records import Decision, Lead, Reason, Story


def kinds_of(profile: Profile) -> frozenset[str]:
    """Return the kinds whose events can give the profile points; ANY_KIND among them when all can."""
    return frozenset(kind for want in profile.wants if want.weight >= 0 for step in want.needs for kind in step)


def needed(profile: Profile) -> list[frozenset[str]]:
    """Return the sets of kinds of which the profile needs one each before it can alert.

    They are those of its required wants, and those without which the others together stay below the threshold.
    """
    found = {kinds: None for want in profile.wants if want.required for kinds in want.needs if ANY_KIND not in kinds}
    positive = [want for want in profile.wants if want.weight > 0]
    for kinds in [kinds for want in positive for kinds in want.needs if ANY_KIND not in kinds]:
        without = [want for want in positive if not any(need <= kinds for need in want.needs)]
        adds_up = any(isinstance(want, Want) and want.count == "each" for want in without)
        if not adds_up and sum([want.weight for want in without]) < profile.threshold:
            found[kinds] = None
    return list(found)


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


def rises_at(profile: Profile, found: Score, now: datetime) -> datetime | None:
    """Return when a score can come to reach the threshold with nothing new; `now` where it may rise from now on, None for never.

    What is met only loses points with age, so what bad signs take away now, and what absences may still give, is all that can be won.
    Of one want all stories decay alike, so which of them counts does not change; those that leave `within` are told of by `due_again`.
    """
    most = 0.0
    moments = []
    for want, reading in zip(profile.wants, found.readings, strict=True):
        if want.weight < 0:
            if reading.met:
                moments.append(now)
        elif reading.waits_until is not None:
            most += want.weight
            moments.append(reading.waits_until)
        elif reading.met:
            most += reading.points
        elif want.required:
            return None
    return min(moments) if moments and most >= profile.threshold - 0.01 * len(profile.wants) else None


def due_again(
    profile: Profile, decision: Decision, found: Score, stories: Sequence[Story], lead: Lead | None, now: datetime
) -> datetime | None:
    """Return from when on a pair must be judged again though nothing new is seen: `now` is at the next run, None is never.

    `found` is its score at `now`, `lead` its last lead after `decision`. What reps say of leads, and what changes the profile or the
    company, is news, and not foreseen here.
    """
    reason = decision.reason
    if reason in {Reason.EXCLUDED, Reason.NOT_NAMED}:
        return None
    if reason is Reason.CORRECTED or any(story.when > now for story in stories):
        return now  # what is left after a correction may be worth an alert; what is dated ahead begins to decay later
    moments = []
    if (rises := rises_at(profile, found, now)) is not None:
        moments.append(rises)
    if not found.missing and found.total >= profile.threshold:
        if reason in {Reason.INACTIVE, Reason.SNOOZED}:
            moments += _awakenings(profile, lead)
        if lead is not None and reason in {Reason.COOLING_DOWN, Reason.REJECTED}:
            moments.append(lead.updated + profile.cooldown)
        if profile.limit is not None and reason in {Reason.OVER_QUOTA, Reason.FOR_REVIEW}:
            moments.append(window_end(now, profile.limit.per, profile.time_zone))
        if profile.where.age is not None:
            moments.append(datetime(now.year + 1, 1, 1, tzinfo=UTC))  # companies grow a year older
        moments += _fallouts(profile, found, len(stories))
    return min((moment for moment in moments if moment >= now), default=None)


def _awakenings(profile: Profile, lead: Lead | None) -> list[datetime]:
    """Return when a snooze ends or the profile becomes active."""
    found = []
    if lead is not None and lead.snoozed_until is not None:
        found.append(lead.snoozed_until)
    if profile.snooze is not None:
        found.append(midnight(profile.snooze, profile.time_zone))
    if profile.active is not None and profile.active.from_ is not None:
        found.append(midnight(profile.active.from_, profile.time_zone))
    return found


def _fallouts(profile: Profile, found: Score, stories: int) -> list[datetime]:
    """Return when stories that count become too old for their want: another one, not told yet or elsewhere, may count in their place."""
    return [
        story.when + want.within + timedelta(microseconds=1)
        for want, reading in zip(profile.wants, found.readings, strict=True)
        if isinstance(want, Want) and want.within is not None and len(reading.stories) < stories
        for story in reading.stories
    ]
