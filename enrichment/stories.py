"""Tells which events are one story: the same thing happening to the same company, however many documents tell it.

Sightings join a story in the order in which they were first fetched, so a copy that arrives later never changes the stories
that are there, nor their ids. Whether two tell the same thing is `facts.py`'s to say.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from enrichment.facts import Likeness, compare_facts, last_year, same_number_of, same_wording
from store.records import Sighting, Story, TriggerEvent, fingerprint

_ADVANCE = {"rumored": 0, "planned": 1, "announced": 2, "completed": 3}
_ENDINGS = ("denied", "terminated")

# how far apart two tellings may lie: a purchase announced in January and completed in October is one story if its target is
# named both times; a release that names nothing which could tell it from another is the same only in the days of its syndication
_WINDOW_SAME_FACTS = timedelta(days=400)
_WINDOW_SAME_FACTS_BY_KIND = {
    # what comes again and again to one company, with the same facts
    "strong_results": timedelta(days=45),
    "weak_results": timedelta(days=45),
    "contract_award": timedelta(days=120),
    "layoffs": timedelta(days=120),
    "hiring": timedelta(days=120),
    "cyber_incident": timedelta(days=200),
    "labor_dispute": timedelta(days=120),
    "product_recall": timedelta(days=90),
    "executive_change": timedelta(days=240),
    "partnership": timedelta(days=90),
    "debt_financing": timedelta(days=120),
}
_WINDOW_FEW_FACTS = timedelta(days=10)
# how a release that corrects another is marked: "CORRECTING and REPLACING Larkspur …", "CORRECTION: …", "/C O R R E C T I O N -- Larkspur/"
_CORRECTION_MARK = re.compile(
    r"\W*(?:correcting\s+and\s+replacing\b|(?:correcting|corrected|c\s?o\s?r\s?r\s?e\s?c\s?t\s?i\s?o\s?n)(?:\s+from\s+source)?\s*(?=[-–—:./]))[\W_]*",
    re.IGNORECASE,
)
_WINDOW_CORRECTION = timedelta(days=30)
_CORRECTION_FIT = 1.5
# after a denial, a telling this much later is news again, not a late copy of the first
_REVIVES_AFTER = timedelta(days=4)


def tell_stories(sightings: Sequence[Sighting]) -> list[Story]:
    """Return the stories that the sightings of ONE company make, newest first; every sighting is in exactly one.

    Two events of one document are two stories, unless they name the same person, place or party. The id of a story is made
    of its kind and the event that was fetched first, so it outlasts further copies and a merge of companies.
    """
    open_stories: dict[str, list[list[Sighting]]] = defaultdict(list)
    for sighting in sorted(sightings, key=_arrival):
        of_kind = open_stories[sighting.event.kind]
        fitting = [(fit, number) for number, told in enumerate(of_kind) if (fit := _fit(sighting, told)) > 0]
        if fitting:
            of_kind[max(fitting, key=lambda pair: (pair[0], -pair[1]))[1]].append(sighting)
        else:
            of_kind.append([sighting])
    stories = [_story(told) for of_kind in open_stories.values() for told in of_kind]
    return sorted(stories, key=lambda story: (story.published, story.id), reverse=True)


def _arrival(sighting: Sighting) -> tuple[datetime, datetime, str]:
    return sighting.first_seen, sighting.published or sighting.first_seen, sighting.event.id


def _fit(sighting: Sighting, told: Sequence[Sighting]) -> float:
    """Return how well a sighting fits the story told so far; 0 when it is another story."""
    best = 0.0
    contradicted = corrected = False
    for other in told:
        likeness = compare_facts(sighting.event.kind, sighting.event.facts, other.event.facts)
        if likeness is not Likeness.CONFLICT:
            best = max(best, _link(sighting, other, likeness))
        elif _corrects(sighting, other) or _corrects(other, sighting):
            best, corrected = max(best, _CORRECTION_FIT), True
        else:
            contradicted = True
        corrected = corrected or is_correction(other)
    # one contradiction outweighs any number of vague copies; but where a story was corrected, its tellings contradict each other
    return 0.0 if contradicted and not (corrected and best >= 1.0) else best


def is_correction(sighting: Sighting) -> bool:
    """Return whether a telling says of itself that it corrects an earlier one: by its headline, or as an amended filing."""
    return bool(sighting.title and _CORRECTION_MARK.match(sighting.title)) or bool(sighting.form and sighting.form.endswith("/A"))


def _corrects(one: Sighting, other: Sighting) -> bool:
    """Return whether a telling corrects another, though their facts contradict: it says so, and is worded alike but for what was wrong."""
    if not is_correction(one) or is_correction(other) or not timedelta() <= _published(one) - _published(other) <= _WINDOW_CORRECTION:
        return False
    pairs = [(one.event.quote, other.event.quote)]
    if one.title and other.title:
        pairs.append((_CORRECTION_MARK.sub("", one.title, count=1), other.title))
    return any(same_wording(mine, theirs, figures=False) for mine, theirs in pairs)


def _link(one: Sighting, other: Sighting, likeness: Likeness) -> float:
    apart = _apart(one, other)
    if likeness is Likeness.SAME and _told_apart(one.event, other.event):
        return 0.0
    if likeness is Likeness.SAME:
        window = _WINDOW_SAME_FACTS_BY_KIND.get(one.event.kind, _WINDOW_SAME_FACTS)
        return 2.0 - apart / window if apart <= window else 0.0
    if one.event.document_id == other.event.document_id or apart > _WINDOW_FEW_FACTS:
        return 0.0
    if (one.title and one.title == other.title) or same_wording(one.event.quote, other.event.quote):
        return 1.0 - apart / _WINDOW_FEW_FACTS / 2
    if likeness is Likeness.OPEN_LIKE:
        return 0.5 - apart / _WINDOW_FEW_FACTS / 4
    return 0.0


# what comes again every quarter: the quarter alone does not tell one year's from another's
_PERIODIC = frozenset(("strong_results", "weak_results"))


def _told_apart(one: TriggerEvent, other: TriggerEvent) -> bool:
    """Return whether the sentences tell two things apart whose facts are alike: results of two years, products of two numbers."""
    if one.kind in _PERIODIC:
        mine, theirs = last_year(one.quote), last_year(other.quote)
        return mine is not None and theirs is not None and mine != theirs
    named = [str(event.facts["product"]) for event in (one, other) if event.facts.get("product")]
    # one of them may have been read with its number: "Larkspur" and "Larkspur 20121 Course"
    thing = re.split(r"\s+(?=\d)", min(named, key=len))[0] if named else ""
    return bool(thing) and same_number_of(thing, one.quote, other.quote) is False


def _apart(one: Sighting, other: Sighting) -> timedelta:
    """Return the time between two tellings, by the nearer of publication and the day it happened."""
    by_publication = abs(_published(one) - _published(other))
    if one.event.happened and other.event.happened:
        return min(by_publication, abs(_midnight(one.event.happened) - _midnight(other.event.happened)))
    return by_publication


def _published(sighting: Sighting) -> datetime:
    return sighting.published or sighting.first_seen


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _story(told: Sequence[Sighting]) -> Story:
    """Put a story together; `told` is in order of arrival."""
    first = told[0]
    status = story_status(told)
    best_first = sorted(told, key=lambda sighting: _evidence(sighting, status))
    best = best_first[0]
    happened = best.event.happened or min((s.event.happened for s in told if s.event.happened), default=None)
    return Story(
        id=fingerprint("story", first.event.kind, first.event.id),
        company_id=first.company_id,
        kind=first.event.kind,
        status=status,
        facts=_joined_facts(sighting.event for sighting in best_first),
        happened=happened,
        published=min(map(_published, told)),
        first_seen=first.first_seen,
        confidence=best.event.confidence,
        sightings=tuple(best_first),
    )


def story_status(told: Sequence[Sighting]) -> str:
    """Return how far a story got: the furthest of rumored, planned, announced, completed; a denial or termination ends it.

    What is announced or completed days after a denial is alive again; a copy of the first telling that comes late is not.
    """
    endings = [sighting for sighting in told if sighting.event.status in _ENDINGS]
    alive = [sighting for sighting in told if sighting.event.status in _ADVANCE]
    if endings:
        last = max(endings, key=lambda sighting: (_published(sighting), sighting.event.id))
        alive = [
            s for s in alive if _ADVANCE[s.event.status] >= _ADVANCE["announced"] and _published(s) - _published(last) >= _REVIVES_AFTER
        ]
        if not alive:
            return last.event.status
    return max((sighting.event.status for sighting in alive), key=_ADVANCE.__getitem__)


def _evidence(sighting: Sighting, status: str) -> tuple[bool, bool, float, int, bool, datetime, str]:
    """Sort the best evidence first: what says the story's status, corrects, is surest, tells most facts, is a filing, and came out first."""
    event = sighting.event
    known = sum(value is not None for value in event.facts.values())
    return (
        event.status != status,
        not is_correction(sighting),
        -round(event.confidence, 1),
        -known,
        sighting.form is None,
        _published(sighting),
        event.id,
    )


def _joined_facts(events: Iterable[TriggerEvent]) -> Mapping[str, str | None]:
    """Return each fact as the best evidence that has it says."""
    joined: dict[str, str | None] = {}
    for event in events:
        for name, value in event.facts.items():
            if joined.get(name) is None:
                joined[name] = value
    return joined
