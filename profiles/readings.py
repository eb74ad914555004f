"""Reads each kind of want against the stories of a company: what it found, what that is worth, or what is missing.

points = weight × confidence × status factor × 2^(−age / half-life) of the best story; patterns of several events are as sure as their
least sure one, and decay from their last.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from profiles.conditions import STATUS_FACTORS, condition, sources, step_factor, step_fault, too_old, within
from profiles.profile import Profile
from profiles.wants import ANY_KIND, Absence, AnyWant, Combination, Step, Want
from profiles.wants import Sequence as SequenceWant
from profiles.wording import listed, shown, span
from store.records import Story

NO_TIME = timedelta(0)


@dataclass(slots=True)
class Reading:
    """What one want found among a company's stories."""

    points: float
    met: bool
    why: str  # the sum in words, or what is missing
    stories: tuple[Story, ...] = ()  # those that gave the points; in order of time for patterns
    fresh_points: float = 0.0  # the points before decay: what they were on the day itself
    waits_until: datetime | None = None  # of an absence: the next moment at which a time without the event is over


@dataclass(slots=True)
class Candidate:
    """A story that fits a step, and how sure it is: confidence × status factor."""

    story: Story
    factor: float

    @property
    def sure(self) -> float:
        """Confidence × status factor, 0..1."""
        return self.story.confidence * self.factor


def decayed(points: float, age: timedelta, half_life: timedelta) -> float:
    """Return `points` halved for every `half_life` of `age`; an event dated ahead of now counts in full."""
    return points * math.pow(2.0, -(age / half_life)) if age > NO_TIME else points


def candidates(profile: Profile, step: Step, stories: Iterable[Story], now: datetime) -> list[Candidate]:
    """Return the stories that are this step, oldest first, without those whose status is worth nothing.

    A step that is a bare kind means what the profile itself wants of that kind: a `then: [executive_change, relocation]`
    beside a want for finance chiefs is not met by a change on the board.
    """
    meanings: Sequence[Step] = (step,)
    if type(step) is Step and not step.is_ and step.status is None:
        meanings = profile.meanings.get(step.trigger, meanings)
    found = []
    every = ANY_KIND in step.trigger
    for story in stories:
        if not every and story.kind not in step.trigger:
            continue
        factor = 0.0
        for meaning in meanings:
            if story.kind in meaning.trigger or ANY_KIND in meaning.trigger:
                factor = max(factor, step_factor(meaning, story))
        if factor > 0:
            found.append(Candidate(story, factor))
    return found


def _sum_in_words(weight: float, piece: Candidate, age: timedelta, half_life: timedelta, note: str = "") -> str:
    factor = decayed(1.0, age, half_life)
    named = " (named)" if piece.factor == 1 and STATUS_FACTORS[piece.story.status] != 1 else ""
    return (
        f"{shown(weight)} × {shown(piece.story.confidence)} confidence{note} × {shown(piece.factor)} {piece.story.status}{named} "
        f"× {shown(factor)} after {span(age)}"
    )


def _worth(profile: Profile, want: AnyWant, piece: Candidate, moment: datetime, now: datetime) -> tuple[float, float]:
    """Return the points of a want by its least sure piece, counted from `moment`: now, and before decay."""
    full = want.weight * piece.sure
    return decayed(full, now - moment, want.half_life or profile.half_life), full


def _missing(what: str) -> Reading:
    return Reading(points=0.0, met=False, why=what)


@condition("pattern", "trigger")
def read_event(profile: Profile, want: Want, stories: Sequence[Story], now: datetime) -> Reading:
    """An event: `{trigger: relocation, status: [planned, announced], within: 120d, weight: 40, required: true}`.

    Of several stories the best one counts (`count: best`); with `count: each` every one does. A negative `weight` takes points
    away, and decays like the rest. `required: true` means: without it no alert, whatever the score. `half_life` goes before
    the profile's own. `label` is how the want is called in mails.

    Repetition: with `times: 3` the want is met by three such events within `within`, "three plants in a year". They count once,
    from the latest, and as sure as the least sure of them.
    """
    every = ANY_KIND in want.trigger
    kinds = [story for story in stories if every or story.kind in want.trigger]
    fitting = []
    for story in kinds:
        factor = step_factor(want, story)
        if factor > 0 and not too_old(want.within, story, now) and (want.sources is None or sources(want.sources, story, now) is None):
            fitting.append(Candidate(story, factor))
    if len(fitting) < want.times:
        return _missing(_why_not(want, kinds, fitting, now))
    if want.times > 1:
        return _repetition(profile, want, fitting, now)
    ranked = [(found, *_worth(profile, want, found, found.story.when, now)) for found in fitting]
    if len(ranked) > 1:
        ranked.sort(key=lambda each: (-abs(each[1]), each[0].story.when, each[0].story.id))
    counted_ones = ranked if want.count == "each" else ranked[:1]
    half_life = want.half_life or profile.half_life
    sums = [_sum_in_words(want.weight, found, now - found.story.when, half_life) for found, _, _ in counted_ones[:3]]
    return Reading(
        points=round(sum([points for _, points, _ in counted_ones]), 2) + 0.0,
        met=True,
        why=" + ".join(sums) + (f" + {len(counted_ones) - 3} more" if len(counted_ones) > 3 else ""),
        stories=tuple([found.story for found, _, _ in counted_ones]),
        fresh_points=sum([full for _, _, full in counted_ones]),
    )


def _repetition(profile: Profile, want: Want, fitting: Sequence[Candidate], now: datetime) -> Reading:
    best: tuple[float, float, list[Candidate], Candidate] | None = None
    for at, latest in enumerate(fitting):
        if at + 1 < want.times:
            continue
        others = sorted(fitting[:at], key=lambda found: (-found.sure, found.story.id))[: want.times - 1]
        chosen = [*others, latest]
        weakest = min(chosen, key=lambda found: (found.sure, found.story.id))
        points, full = _worth(profile, want, weakest, latest.story.when, now)
        if best is None or abs(points) > abs(best[0]):
            best = (points, full, chosen, weakest)
    assert best is not None
    points, full, chosen, weakest = best
    latest_when = max(found.story.when for found in chosen)
    note = f" (the least sure of {want.times})"
    return Reading(
        points=round(points, 2) + 0.0,
        met=True,
        why=_sum_in_words(want.weight, weakest, now - latest_when, want.half_life or profile.half_life, note),
        stories=tuple(sorted((found.story for found in chosen), key=lambda story: (story.when, story.id))),
        fresh_points=full,
    )


def _why_not(want: Want, kinds: Sequence[Story], fitting: Sequence[Candidate], now: datetime) -> str:
    """Say what is missing, and what was wrong with the latest events that came near."""
    wanted = listed(want.trigger, "or") if ANY_KIND not in want.trigger else "event"
    if fitting:
        return f"{len(fitting)} of {want.times} {wanted} events within {span(want.within or NO_TIME)}; {want.times - len(fitting)} missing"
    if not kinds:
        return f"no {wanted} that fits is known of this company"
    nearest = []
    for story in reversed(kinds[-3:]):
        fault = step_fault(want, story, now) or within(want.within, story, now) or sources(want.sources, story, now)
        nearest.append(f"that of {story.when:%Y-%m-%d} {fault or 'is worth nothing'}")
    return f"no {wanted} that fits: {'; '.join(nearest)}"


@condition("pattern", "then")
def read_sequence(profile: Profile, want: SequenceWant, stories: Sequence[Story], now: datetime) -> Reading:
    """Events in this order: `{then: [executive_change, relocation], within: 90d, weight: 15}`, the last within `within` of the first.

    Each is a bare kind, or a mapping with `trigger`, `is` and `status`. A bare kind means what the profile's own wants say of
    that kind. Events of one day count as in order, since days are all that is known. The points are a bonus on top of what the
    events give by themselves; they decay from the last event, and are as sure as the least sure one.
    """
    steps = [candidates(profile, step, stories, now) for step in want.then]
    for step, found in zip(want.then, steps, strict=True):
        if not found:
            return _missing(f"no {listed(step.trigger, 'or')} for the sequence")
    best: tuple[float, float, Candidate, tuple[Candidate, ...]] | None = None
    for last in steps[-1]:
        chain = _chain(steps[:-1], last, last.story.when - want.within)
        if chain is None:
            continue
        weakest = min(chain, key=lambda found: (found.sure, found.story.id))
        points, full = _worth(profile, want, weakest, last.story.when, now)
        if best is None or abs(points) > abs(best[0]):
            best = (points, full, weakest, chain)
    if best is None:
        return _missing(f"{listed(step.words for step in want.then)} did not come in this order within {span(want.within)}")
    points, full, weakest, chain = best
    note = " (the least sure)" if len({found.story.confidence for found in chain}) > 1 else ""
    return Reading(
        points=round(points, 2) + 0.0,
        met=True,
        why=_sum_in_words(want.weight, weakest, now - chain[-1].story.when, want.half_life or profile.half_life, note),
        stories=tuple(found.story for found in chain),
        fresh_points=full,
    )


def _chain(steps: Sequence[Sequence[Candidate]], last: Candidate, not_before: datetime) -> tuple[Candidate, ...] | None:
    """Return the surest chain of one candidate a step in order of time that ends in `last`; None when there is none.

    A chain is as sure as its weakest link, so the best chain to each link is all that the next step needs.
    """
    best: list[tuple[float, tuple[Candidate, ...]]] = [(1.0, ())]
    for found in steps:
        longer: list[tuple[float, tuple[Candidate, ...]]] = []
        for link in found:
            if not not_before <= link.story.when <= last.story.when or link.story.id == last.story.id:
                continue
            before = [
                (min(sure, link.sure), (*chain, link))
                for sure, chain in best
                if not chain or (chain[-1].story.when <= link.story.when and all(link.story.id != other.story.id for other in chain))
            ]
            if before:
                longer.append(max(before, key=lambda item: (item[0], [other.story.id for other in item[1]])))
        best = longer
    if not best:
        return None
    return (*max(best, key=lambda item: (item[0], [other.story.id for other in item[1]]))[1], last)


@condition("pattern", "all, any, none")
def read_combination(profile: Profile, want: Combination, stories: Sequence[Story], now: datetime) -> Reading:
    """Events in any order: `{all: [funding, hiring], any: [relocation, real_estate_deal], none: [distress], within: 180d, weight: 20}`.

    Every event of `all` and one of `any` within `within` of each other, and none of `none` within the same time before or after
    the last of them. Steps are written as in `then`. The points decay from the last event and are as sure as the least sure one.
    """
    steps = [candidates(profile, step, stories, now) for step in want.all_]
    if want.any_:
        either: dict[str, Candidate] = {}
        for step in want.any_:
            for found in candidates(profile, step, stories, now):
                known = either.get(found.story.id)
                either[found.story.id] = found if known is None or found.sure > known.sure else known
        steps.append(list(either.values()))
    unwanted = [found.story for step in want.none_ for found in candidates(profile, step, stories, now)]
    names = [
        *(step.words for step in want.all_),
        *([f"any of {listed((step.words for step in want.any_), 'or')}"] if want.any_ else []),
    ]
    absent = [name for name, found in zip(names, steps, strict=True) if not found]
    if absent:
        return _missing(f"no {listed(absent, 'and no')}")
    best: tuple[float, float, Candidate, list[Candidate]] | None = None
    spoilt = None
    for moment in sorted({found.story.when for step in steps for found in step}):
        windowed = [[found for found in step if moment - want.within <= found.story.when <= moment] for step in steps]
        chosen = _one_each(windowed)
        if chosen is None:
            continue
        latest = max(found.story.when for found in chosen)
        spoiler = next((story for story in unwanted if abs(story.when - latest) <= want.within), None)
        if spoiler is not None:
            spoilt = spoiler
            continue
        weakest = min(chosen, key=lambda found: (found.sure, found.story.id))
        points, full = _worth(profile, want, weakest, latest, now)
        if best is None or abs(points) > abs(best[0]):
            best = (points, full, weakest, chosen)
    if best is None and spoilt is not None:
        return _missing(f"spoilt by the {spoilt.kind} of {spoilt.when:%Y-%m-%d}")
    if best is None:
        return _missing(f"{listed(names)} are not within {span(want.within)} of each other")
    points, full, weakest, chosen = best
    latest = max(found.story.when for found in chosen)
    note = " (the least sure)" if len({found.story.confidence for found in chosen}) > 1 else ""
    return Reading(
        points=round(points, 2) + 0.0,
        met=True,
        why=_sum_in_words(want.weight, weakest, now - latest, want.half_life or profile.half_life, note),
        stories=tuple(sorted((found.story for found in chosen), key=lambda story: (story.when, story.id))),
        fresh_points=full,
    )


def _one_each(steps: Sequence[Sequence[Candidate]], taken: frozenset[str] = frozenset()) -> list[Candidate] | None:
    """Return the surest candidate of each step, no story twice, or None; steps with few candidates choose first."""
    if not steps:
        return []
    at = min(range(len(steps)), key=lambda index: len(steps[index]))
    rest = [*steps[:at], *steps[at + 1 :]]
    for found in sorted(steps[at], key=lambda item: (-item.sure, item.story.id)):
        if found.story.id not in taken:
            others = _one_each(rest, taken | {found.story.id})
            if others is not None:
                return [found, *others]
    return None


# two documents of one announcement may be a week apart
SAME_NEWS = timedelta(days=7)


@condition("pattern", "absent")
def read_absence(profile: Profile, want: Absence, stories: Sequence[Story], now: datetime) -> Reading:
    """What did not happen: `{absent: {trigger: executive_change, is: {function: finance, direction: joins}}, after: {trigger:
    executive_change, is: {function: finance, direction: leaves}}, within: 120d, weight: 25}`, "no new finance chief within
    120 days of the departure".

    It counts, and begins to decay, on the day the time is over; an `absent` event that becomes known later takes it back. One
    of the same day, or of the week before, fills the place as well: who follows is often named in the same breath, or first.
    """
    ends = [found.story for found in candidates(profile, want.absent, stories, now)]
    waiting: datetime | None = None
    filled = None
    starts = candidates(profile, want.after, stories, now)
    best: tuple[float, float, Candidate] | None = None
    for found in starts:
        due = found.story.when + want.within
        came = next(
            (end.when for end in ends if end.id != found.story.id and found.story.when.date() - SAME_NEWS <= end.when.date() <= due.date()),
            None,
        )
        if came is not None:
            filled = came
        elif due > now:
            waiting = due if waiting is None else min(due, waiting)
        else:
            points, full = _worth(profile, want, found, due, now)
            if best is None or abs(points) > abs(best[0]):
                best = (points, full, found)
    if best is not None:
        points, full, found = best
        why = _sum_in_words(want.weight, found, now - found.story.when - want.within, want.half_life or profile.half_life)
        return Reading(round(points, 2) + 0.0, True, f"{why} without {want.absent.words}", (found.story,), full, waiting)
    if waiting is not None:
        return Reading(0.0, False, f"{want.absent.words} may still come: {span(waiting - now)} left", waits_until=waiting)
    if filled is not None:
        return _missing(f"{want.absent.words} came on {filled:%Y-%m-%d}")
    return _missing(f"no {want.after.words} to count from")


READERS: dict[type, Callable[[Profile, Any, Sequence[Story], datetime], Reading]] = {
    Want: read_event,
    SequenceWant: read_sequence,
    Combination: read_combination,
    Absence: read_absence,
}
