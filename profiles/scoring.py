"""Scores the stories of one company against the wants of one profile; every point can be traced to a story.

points = weight × confidence × status factor × 2^(−age / half-life), of the best story for each want; docs/scoring.md
says it for reps. Points are rounded to hundredths want by want, so that what a rep reads adds up to the score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from profiles.profile import Profile
from profiles.readings import READERS, Reading
from profiles.wants import ANY_KIND, AnyWant
from profiles.wording import listed
from store.records import Company, Part, Story


@dataclass(slots=True)
class Score:
    """The sum of a profile's wants for one company at one moment."""

    total: float
    parts: tuple[Part, ...]
    readings: tuple[Reading, ...]
    missing: tuple[str, ...]  # required wants that are not met, in words
    stories: tuple[Story, ...]  # those that count for the alert, most points first

    @property
    def story_ids(self) -> tuple[str, ...]:
        """Ids of the stories that count for the alert, most points first."""
        return tuple([story.id for story in self.stories])


_NOTHING: dict[
    tuple[str, int], tuple[Reading, Part]
] = {}  # by key of a want and the first of its needs that is not there: as many as there are different wants


class Shared:
    """What the wants of any profile found among one company's stories at one moment, for all profiles held against it."""

    __slots__ = ("found", "kinds", "ordered")

    def __init__(self, company: Company, stories: Sequence[Story]) -> None:
        self.ordered = sorted([story for story in stories if story.company_id == company.id], key=lambda story: (story.when, story.id))
        self.kinds = {story.kind for story in self.ordered}
        self.found: dict[str, tuple[Reading, Part]] = {}


def score(profile: Profile, company: Company, stories: Sequence[Story], now: datetime, shared: Shared | None = None) -> Score:
    """Return what the company's stories are worth to the profile at `now`; the order of the stories does not matter.

    `shared` is filled and used when many profiles are held against the same company, stories and moment: those that want the same
    share what was found for it.
    """
    shared = shared or Shared(company, stories)
    known = shared.found
    readings, parts, missing, speaking = [], [], [], []
    total = 0.0
    for key, want in profile.keyed_wants:
        found = known.get(key)
        if found is None:
            found = known[key] = _find(profile, key, want, shared, now)
        reading, part = found
        readings.append(reading)
        parts.append(part)
        if part.met:
            total += part.points
            if want.weight >= 0:
                speaking.append(reading)
        elif part.required:
            missing.append(part.want)
    return Score(round(total, 2) + 0.0, tuple(parts), tuple(readings), tuple(missing), _counting(speaking))


def _find(profile: Profile, key: str, want: AnyWant, shared: Shared, now: datetime) -> tuple[Reading, Part]:
    """Return what the want finds among the stories; where no event is known of the kinds that it needs, always the same."""
    for at, kinds in enumerate(want.needs):
        if kinds.isdisjoint(shared.kinds) and ANY_KIND not in kinds:
            nothing = _NOTHING.get((key, at))
            if nothing is None:
                reading = Reading(0.0, False, f"no {listed(sorted(kinds), 'or')} is known of this company")
                nothing = _NOTHING[key, at] = reading, _part(want, reading)
            return nothing
    reading = READERS[type(want)](profile, want, shared.ordered, now)
    return reading, _part(want, reading)


def _part(want: AnyWant, reading: Reading) -> Part:
    return Part(
        want=want.label or want.words,
        points=reading.points,
        met=reading.met,
        required=want.required,
        why=reading.why,
        story_ids=tuple([story.id for story in reading.stories]),
    )


def _counting(speaking: Sequence[Reading]) -> tuple[Story, ...]:
    """Return the stories of the met wants that speak for the company, most points first; those of negative wants do not."""
    if len(speaking) < 2 and all(len(reading.stories) < 2 for reading in speaking):
        return speaking[0].stories if speaking else ()
    points: dict[str, float] = {}
    by_id: dict[str, Story] = {}
    for reading in speaking:
        for story in reading.stories:
            by_id[story.id] = story
            points[story.id] = points.get(story.id, 0) + reading.points / len(reading.stories)
    return tuple([by_id[id_] for id_ in sorted(points, key=lambda id_: (-points[id_], id_))])
