"""What a profile can be moved by: the kinds it needs, and when its decision can change without anything new."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from collections.abc import Sequence as Several
from datetime import UTC, datetime, timedelta

from profiles.conditions import STATUS_FACTORS, fact_holds
from profiles.profile import Profile
from profiles.scoring import Score
from profiles.times import midnight, window_end
from profiles.wants import ANY_KIND, Absence, AnyWant, Combination, Sequence, Step, Want, steps_of
from store.records import Decision, Lead, Reason, Story, TriggerEvent


def asked_kinds(profile: Profile) -> frozenset[str] | None:
    """Return the kinds that a profile asks about, the unwanted ones too; None for all of them: no event of another kind can change what it says."""
    kinds = frozenset(kind for want in profile.wants for step in steps_of(want) for kind in step.trigger)
    return None if ANY_KIND in kinds else kinds


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
    return _adds_up(profile, lambda want: all(ANY_KIND in wanted or not wanted.isdisjoint(kinds) for wanted in want.needs))


def may_reach(profile: Profile, events: Iterable[TriggerEvent]) -> bool:
    """Return whether a company with these events could alert, were all of them sure and fresh; cheaper than to tell their stories.

    Whatever a story says, one of its events says: its status, and each of its facts.
    """
    by_kind: dict[str, list[TriggerEvent]] = {}
    for event in events:
        by_kind.setdefault(event.kind, []).append(event)
        by_kind.setdefault(ANY_KIND, []).append(event)

    def told(step: Step) -> bool:
        meanings = (step,) if step.is_ or step.status else profile.meanings.get(step.trigger, (step,))
        return any(_may_tell(meaning, by_kind.get(kind, ())) for meaning in meanings for kind in meaning.trigger)

    def met(want: AnyWant) -> bool:
        if isinstance(want, Combination):
            return all(map(told, want.all_)) and (not want.any_ or any(map(told, want.any_)))
        return all(map(told, want.then if isinstance(want, Sequence) else (want.after,) if isinstance(want, Absence) else (want,)))

    return _adds_up(profile, met)


def _may_tell(step: Step, events: Iterable[TriggerEvent]) -> bool:
    """Return whether a story of some of these events may have the status and the facts of the step."""
    events = list(events)
    if not any(event.status in step.status if step.status else STATUS_FACTORS[event.status] for event in events):
        return False
    return all(
        fact_holds(test, None) or any(fact_holds(test, event.facts.get(name)) for event in events) for name, test in step.is_.items()
    )


def _adds_up(profile: Profile, met: Callable[[AnyWant], bool]) -> bool:
    """Return whether nothing required is missing and the weights reach the threshold, of the wants that are met."""
    most = 0.0
    for want in profile.wants:
        there = met(want)
        if want.required and not there:
            return False
        if there and want.weight > 0:
            most += math.inf if isinstance(want, Want) and want.count == "each" else want.weight
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
    profile: Profile, decision: Decision, found: Score, stories: Several[Story], lead: Lead | None, now: datetime
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
