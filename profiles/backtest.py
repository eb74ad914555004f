"""Replays a profile day by day over what was stored, by the time it was first seen: the alerts that would have gone out.

A replay knows at every moment what was known then: the stories are told anew from the sightings seen so far. So its leads have
the ids that live runs at the same moments give them. Companies are taken one after the other and forgotten unless they alert, so
that a million events need little memory.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from profiles.decide import Case, History, decide_together, judge
from profiles.geography import Atlas
from profiles.leads import assigned, leads_after
from profiles.profile import Profile
from profiles.reach import asked_kinds, due_again, may_reach
from profiles.scoring import Score, score
from profiles.territory import fit, says_place
from profiles.where import Where
from store.records import Company, Decision, Lead, Reason, Sighting, Story

# enrichment.stories.tell_stories: of one company's sightings; which stories one kind makes, events of other kinds do not change
Tell = Callable[[Sequence[Sighting]], Sequence[Story]]
QUARTER = timedelta(days=365.25 / 4)


@dataclass(frozen=True)
class Alert:
    """One message that would have gone out: a new lead, one sent again, or a correction."""

    moment: datetime
    decision: Decision
    lead: Lead
    company: Company
    stories: tuple[Story, ...]  # those of the lead as they were then, most points first


@dataclass(frozen=True)
class Replay:
    """What a profile would have sent at these moments."""

    slug: str
    moments: tuple[datetime, ...]
    alerts: tuple[Alert, ...]  # in order of time, the best of a moment first
    held: tuple[Decision, ...]  # what would have been held for review, the last decision of each company
    companies: int  # looked at
    events: int  # looked at

    @property
    def leads(self) -> tuple[Alert, ...]:
        """The new leads alone."""
        return tuple(alert for alert in self.alerts if alert.decision.reason is Reason.ALERTED)

    @property
    def leads_per_quarter(self) -> float:
        """New leads a quarter, at the pace of the replay."""
        length = self.moments[-1] - self.moments[0] + _step(self.moments) if self.moments else timedelta(0)
        return len(self.leads) * (QUARTER / length) if length else 0.0


@dataclass
class Timeline:
    """One company with its sightings in the order they were first seen; stories and scores are kept once worked out."""

    company: Company
    sightings: Sequence[Sighting]
    tell: Tell
    _stories: dict[int, tuple[Story, ...]] = field(default_factory=dict)
    _scores: dict[datetime, Score] = field(default_factory=dict)
    _of_kind: dict[str, tuple[int, Sequence[Story]]] = field(default_factory=dict)  # how many sightings told the stories

    def __post_init__(self) -> None:
        self.sightings = sorted(self.sightings, key=lambda sighting: (sighting.first_seen, sighting.event.id))
        self.seen = [sighting.first_seen for sighting in self.sightings]

    def stories(self, moment: datetime) -> tuple[Story, ...]:
        """Return the stories as they could be told then, newest first; those of a kind are told anew only when one of it was seen."""
        known = bisect_right(self.seen, moment)
        if known not in self._stories:
            by_kind: dict[str, list[Sighting]] = {}
            for sighting in self.sightings[:known]:
                by_kind.setdefault(sighting.event.kind, []).append(sighting)
            for kind, sightings in by_kind.items():
                if self._of_kind.get(kind, (0,))[0] != len(sightings):
                    self._of_kind[kind] = len(sightings), self.tell(sightings)
            told = [story for kind in by_kind for story in self._of_kind[kind][1]]
            self._stories[known] = tuple(sorted(told, key=lambda story: (story.published, story.id), reverse=True))
        return self._stories[known]

    def case(self, profile: Profile, slug: str, history: History, moment: datetime, atlas: Atlas | None) -> Case:
        """Return the case of that moment; a score that is known is not worked out again, since it depends on no history."""
        case = Case(profile, slug, self.company, self.stories(moment), history, moment, atlas)
        if not profile.clipping:
            if moment not in self._scores:
                self._scores[moment] = score(profile, self.company, case.stories, moment)
            case.__dict__["score"] = self._scores[moment]
        return case


@dataclass(frozen=True)
class Accounts:
    """The lists of a profile, resolved to ids."""

    included: frozenset[str] | None = None
    excluded: frozenset[str] = frozenset()


def daily(first: datetime, days: int) -> tuple[datetime, ...]:
    """Return the moments of `days` nightly runs, the first at `first`."""
    return tuple(first + timedelta(days=day) for day in range(days))


def backtest(
    profile: Profile,
    slug: str,
    seen: Iterable[tuple[Company, Sequence[Sighting]]],
    moments: Sequence[datetime],
    tell: Tell,
    *,
    since: datetime | None = None,
    accounts: Accounts = Accounts(),
    atlas: Atlas | None = None,
) -> Replay:
    """Return what the profile would have sent in runs at `moments`, given each company with all its sightings.

    `since` is when news begin, as for a live run; sightings first seen before the first moment are known from the beginning.
    """
    moments = tuple(sorted(moments))
    companies = events = 0
    kept: list[tuple[Timeline, list[Alert], Decision | None]] = []
    asked, alone = asked_kinds(profile), _unlimited(profile)
    for company, sightings in seen:
        companies += 1
        events += len(sightings)
        if company.id in accounts.excluded or (accounts.included is not None and company.id not in accounts.included):
            continue
        wanted = [sighting for sighting in sightings if sighting.event.kind in asked] if asked is not None else sightings
        if not wanted or not may_reach(profile, [sighting.event for sighting in wanted]):
            continue
        if not _can_fit(profile.where, company, wanted, moments[-1], atlas):
            continue
        timeline = Timeline(company, wanted, tell)
        alerts, last = _replay_one(alone, slug, timeline, moments, since, accounts, atlas)
        if alerts or (last is not None and last.reason is Reason.FOR_REVIEW):
            kept.append((timeline, alerts, last))
    held = tuple(last for _, _, last in kept if last is not None and last.reason is Reason.FOR_REVIEW)
    if _shares_leads(profile):
        # leads of different companies depend on each other: those that alert at all are replayed together, day by day
        alerts, late = _replay_together(profile, slug, [timeline for timeline, found, _ in kept if found], moments, since, accounts, atlas)
        held = (*(decision for decision in held if decision.company_id not in late), *late.values())
    else:
        alerts = [alert for _, found, _ in kept for alert in found]
    order = sorted(alerts, key=lambda alert: (alert.moment, -alert.decision.score, alert.company.id))
    return Replay(slug, moments, tuple(order), held, companies, events)


def _can_fit(where: Where, company: Company, sightings: Sequence[Sighting], now: datetime, atlas: Atlas | None) -> bool:
    """Return False when the company is certainly outside at all times: by its size, or by its seat where no event says another place."""
    found = fit(where, company, (), now, atlas)
    if found.misfits and where.age is None:
        return False
    return found.place is not False or any(says_place(sighting.event.kind, sighting.event.facts) for sighting in sightings)


def _unlimited(profile: Profile) -> Profile:
    """Return the profile without what lets companies compete; whoever alerts with it, can alert only without it too."""
    return profile.model_copy(update={"limit": None}) if profile.limit is not None else profile


def _shares_leads(profile: Profile) -> bool:
    return profile.limit is not None or (profile.team is not None and profile.team.assign == "round_robin")


def _due(profile: Profile, timeline: Timeline, moments: Sequence[datetime]) -> set[int]:
    """Return the indices of the moments at which something new is seen of the company, from the first on at which it could alert."""
    told = [sighting.event for sighting in timeline.sightings]
    # with every event more may be reached, so the first that is enough is found by halving
    enough = bisect_left(range(1, len(told)), True, key=lambda known: may_reach(profile, told[:known]))
    start = bisect_left(moments, timeline.seen[enough])
    return {at for seen in timeline.seen if start <= (at := bisect_left(moments, seen)) < len(moments)}


def _next(
    profile: Profile,
    decision: Decision,
    found: Score,
    stories: Sequence[Story],
    leads: Sequence[Lead],
    moments: Sequence[datetime],
    at: int,
) -> int | None:
    """Return the index of the moment at which the company is judged again though nothing new is seen of it, None for never."""
    last = max(leads, key=lambda lead: (lead.created, lead.id), default=None)
    due = due_again(profile, decision, found, stories, last, moments[at])
    if due is None:
        return None
    later = max(at + 1, bisect_left(moments, due))
    return later if later < len(moments) else None


def _replay_one(
    profile: Profile,
    slug: str,
    timeline: Timeline,
    moments: Sequence[datetime],
    since: datetime | None,
    accounts: Accounts,
    atlas: Atlas | None,
) -> tuple[list[Alert], Decision | None]:
    due = _due(profile, timeline, moments)
    alerts: list[Alert] = []
    leads: dict[str, Lead] = {}
    decision = None
    while due:
        at = min(due)
        due.remove(at)
        known = tuple(leads.values())
        history = History(leads=known, since=since, included=accounts.included, excluded=accounts.excluded)
        case = timeline.case(profile, slug, history, moments[at], atlas)
        decision = judge(case)
        made = leads_after(profile, decision, case.stories, known, assigned(profile, timeline.company, known, ()))
        for lead in made:
            leads[lead.id] = lead
            alerts.append(_alert(decision, lead, timeline, moments[at]))
        if (later := _next(profile, decision, case.score, case.stories, tuple(leads.values()), moments, at)) is not None:
            due.add(later)
    return alerts, decision


def _replay_together(
    profile: Profile,
    slug: str,
    timelines: Sequence[Timeline],
    moments: Sequence[datetime],
    since: datetime | None,
    accounts: Accounts,
    atlas: Atlas | None,
) -> tuple[list[Alert], dict[str, Decision]]:
    due: dict[int, set[int]] = {}
    for number, timeline in enumerate(timelines):
        for at in _due(profile, timeline, moments):
            due.setdefault(at, set()).add(number)
    alerts: list[Alert] = []
    leads: dict[str, dict[str, Lead]] = {}
    held: dict[str, Decision] = {}
    for at, moment in enumerate(moments):
        numbers = sorted(due.pop(at, ()))
        if not numbers:
            continue
        recent = tuple(lead for known in leads.values() for lead in known.values())
        cases = []
        for number in numbers:
            timeline = timelines[number]
            known = tuple(leads.get(timeline.company.id, {}).values())
            history = History(known, recent, since, accounts.included, accounts.excluded)
            cases.append((timeline.company, timeline.stories(moment), history))
        judged = decide_together(profile, slug, cases, moment, atlas)
        for number, (_, stories, _), (decision, made, found) in zip(numbers, cases, judged, strict=True):
            timeline = timelines[number]
            held.pop(timeline.company.id, None)
            if decision.reason is Reason.FOR_REVIEW:
                held[timeline.company.id] = decision
            for lead in made:
                leads.setdefault(timeline.company.id, {})[lead.id] = lead
                alerts.append(_alert(decision, lead, timeline, moment))
            known = tuple(leads.get(timeline.company.id, {}).values())
            later = _next(profile, decision, found, stories, known, moments, at)
            if later is not None:
                due.setdefault(later, set()).add(number)
    return alerts, held


def _alert(decision: Decision, lead: Lead, timeline: Timeline, moment: datetime) -> Alert:
    by_id = {story.id: story for story in timeline.stories(moment)}
    return Alert(moment, decision, lead, timeline.company, tuple(by_id[id_] for id_ in lead.story_ids if id_ in by_id))


def _step(moments: Sequence[datetime]) -> timedelta:
    return (moments[-1] - moments[0]) / (len(moments) - 1) if len(moments) > 1 else timedelta(days=1)


@dataclass(frozen=True)
class Comparison:
    """What a change to a profile adds and loses."""

    kept: tuple[tuple[Alert, Alert], ...]  # before and after
    added: tuple[Alert, ...]
    lost: tuple[Alert, ...]


def compare(before: Replay, after: Replay) -> Comparison:
    """Return which new leads of the two replays are the same: of one company, with a story in common."""
    left = list(before.leads)
    kept, added = [], []
    for alert in after.leads:
        same = next(
            (old for old in left if old.company.id == alert.company.id and set(old.lead.event_ids) & set(alert.lead.event_ids)), None
        )
        if same is None:
            added.append(alert)
        else:
            left.remove(same)
            kept.append((same, alert))
    return Comparison(tuple(kept), tuple(added), tuple(left))
