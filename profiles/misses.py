"""Finds what came nearest to an alert and did not make it, with what each lacked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from profiles.decide import Case, History, judge
from profiles.geography import Atlas
from profiles.profile import Profile
from profiles.wording import counted, listed, shown
from store.records import Company, Decision, Reason, Story

# reasons that a change to the profile, or a little more news, could turn into an alert; the others are meant
NEAR = (Reason.BELOW_THRESHOLD, Reason.REQUIRED_MISSING, Reason.OUTSIDE_TERRITORY, Reason.WRONG_FIRMOGRAPHICS, Reason.UNKNOWN_FIRMOGRAPHICS)


@dataclass(frozen=True)
class Miss:
    """A company that did not alert, and how far it was from it."""

    company: Company
    decision: Decision
    short: float  # points below the threshold; 0 when points were not what was missing
    lacks: int  # how many things were missing: points, required wants, place, firmographics
    detail: str


def misses(
    profile: Profile,
    slug: str,
    cases: Iterable[tuple[Company, Sequence[Story], History]],
    now: datetime,
    *,
    days: float,
    most: int = 20,
    atlas: Atlas | None = None,
) -> list[Miss]:
    """Return the nearest misses among companies with a story seen in the last `days`: the least that is missing first, then the fewest points."""
    begin = now - timedelta(days=days)
    found = []
    for company, stories, history in cases:
        if not any(sighting.first_seen >= begin for story in stories for sighting in story.sightings):
            continue
        case = Case(profile, slug, company, tuple(stories), history, now, atlas)
        decision = judge(case)
        if decision.reason in NEAR:
            found.append(_miss(case, decision))
    return sorted(found, key=lambda miss: (miss.lacks, miss.short, miss.company.name, miss.company.id))[:most]


def _miss(case: Case, decision: Decision) -> Miss:
    short = max(0.0, round(case.profile.threshold - case.score.total, 2))
    lacks = []
    if case.score.missing:
        lacks += [f"no {want}" for want in case.score.missing]
    if short:
        lacks.append(f"{counted(short, 'point')} below the threshold of {shown(case.profile.threshold)}")
    if case.fit.place is False:
        lacks.append(case.fit.place_why)
    lacks += case.fit.misfits
    if case.profile.where.unknown == "fail":
        lacks += [f"{key} is not known" for key in case.fit.unknowns] + (["its place is not known"] if case.fit.place is None else [])
    return Miss(case.company, decision, short, len(lacks), listed(lacks))
