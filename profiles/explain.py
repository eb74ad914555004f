"""Explains a decision line by line: each want, the territory, exclusions, cooldown, quota, and what it would take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from profiles.decide import Case, History, decide
from profiles.geography import Atlas
from profiles.profile import Profile
from profiles.readings import Reading
from profiles.scoring import score
from profiles.times import duration_text, window_start
from profiles.wording import counted, listed, shown, span
from store.records import Company, Decision, Lead, Part, Sighting, Story


@dataclass(frozen=True)
class Line:
    """One line of an explanation."""

    about: str  # "want", "sum", "territory", "company", "account", "news", "cooldown", "quota"
    mark: str  # "met", "decayed", "missing", "ok", "stop", "unknown"
    text: str
    points: float = 0.0
    story_ids: tuple[str, ...] = ()
    evidence: tuple[Sighting, ...] = ()  # the best sighting of each story: its event has the sentence and its offsets, it the address


@dataclass(frozen=True)
class Explanation:
    """Why a profile alerted of a company, or why not."""

    decision: Decision
    headline: str  # "Chevron: below threshold: 12 points below the threshold of 55"
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        signs = {"met": "+", "ok": "+", "decayed": "~", "missing": "-", "stop": "x", "unknown": "?"}
        out = [self.headline]
        for line in self.lines:
            out.append(f"  {signs[line.mark]} {line.text}")
            out += [f"      “{sighting.event.quote}” {sighting.url}" for sighting in line.evidence]
        return "\n".join(out)


def explain(
    profile: Profile,
    slug: str,
    company: Company,
    stories: Sequence[Story],
    history: History,
    now: datetime,
    atlas: Atlas | None = None,
) -> Explanation:
    """Return why the profile says what it says of the company at `now`, and what is missing by how many points."""
    decision = decide(profile, slug, company, stories, history, now, atlas)
    case = Case(profile, slug, company, tuple(stories), history, now, atlas)
    found = case.score
    lines = [_want_line(part, reading) for part, reading in zip(found.parts, found.readings, strict=True)]
    lines.append(_sum_line(case, found.readings))
    lines += [*_company_lines(case), *_account_lines(case), *_history_lines(case)]
    headline = f"{company.name}: {decision.reason.value}: {decision.detail}"
    return Explanation(decision, headline, tuple(lines))


def _want_line(part: Part, reading: Reading) -> Line:
    demanded = "required: " if part.required else ""
    if not part.met:
        return Line("want", "missing", f"{demanded}{part.want}: {reading.why}")
    lost = reading.fresh_points - reading.points
    mark = "decayed" if reading.fresh_points > 0 and reading.points < reading.fresh_points / 2 else "met"
    faded = f" ({counted(round(lost, 2), 'point')} lost to age)" if lost >= 0.5 else ""
    evidence = tuple(story.sightings[0] for story in reading.stories)
    text = f"{demanded}{part.want}: {shown(reading.points)} points = {reading.why}{faded}"
    return Line("want", mark, text, reading.points, part.story_ids, evidence)


def _sum_line(case: Case, readings: Sequence[Reading]) -> Line:
    total, threshold = case.score.total, case.profile.threshold
    text = f"{counted(total, 'point')} of {shown(threshold)}"
    if total >= threshold:
        until = _crosses_at(case)
        return Line("sum", "met", text + (f"; with nothing new they fall below on {until:%Y-%m-%d}" if until else ""), total)
    short = threshold - total
    # what would do: the unmet wants that alone close the gap, at full weight
    enough = [
        part.want
        for part, want in zip(case.score.parts, case.profile.wants, strict=True)
        if not part.met and want.weight >= short and want.weight > 0
    ]
    hint = f"; {listed(enough, 'or')} would do" if enough else ""
    return Line("sum", "missing", f"{text}: {counted(round(short, 2), 'point')} missing{hint}", total)


def _crosses_at(case: Case) -> datetime | None:
    """Return the day on which decay alone takes the score below the threshold, looking a year ahead."""
    low, high = 0, 366
    if score(case.profile, case.company, case.counted_stories, case.now + timedelta(days=high)).total >= case.profile.threshold:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        later = score(case.profile, case.company, case.counted_stories, case.now + timedelta(days=middle))
        low, high = (middle, high) if later.total >= case.profile.threshold and not later.missing else (low, middle)
    return case.now + timedelta(days=high)


def _company_lines(case: Case) -> list[Line]:
    fits = case.fit
    mark = {True: "ok", False: "stop", None: "unknown"}[fits.place]
    lines = [Line("territory", mark, f"territory: {fits.place_why}")]
    lines += [Line("company", "stop", f"company: {words}") for words in fits.misfits]
    policy = case.profile.where.unknown
    lines += [
        Line("company", "ok" if policy == "pass" else "unknown", f"company: {key} is not known (unknown: {policy})")
        for key in fits.unknowns
    ]
    return lines


def _account_lines(case: Case) -> list[Line]:
    history, company, lines = case.history, case.company, []
    if company.id in history.excluded:
        lines.append(Line("account", "stop", "account: on the list of exclusions"))
    if history.included is not None:
        named = company.id in history.included
        words = "a named account" if named else f"none of the {counted(len(history.included), 'named account')}"
        lines.append(Line("account", "ok" if named else "stop", f"account: {words}"))
    if company.account:
        lines.append(Line("account", "ok", f"account: {company.account.replace('_', ' ')} in the CRM"))
    return lines


def _history_lines(case: Case) -> list[Line]:
    lines = []
    if case.since is not None:
        fresh = any(story.published >= case.since for story in case.score.stories)
        words = f"news begin on {case.since:%Y-%m-%d}" + ("" if fresh or not case.score.stories else "; all that counts is older")
        lines.append(Line("news", "ok" if fresh or not case.score.stories else "stop", words))
    for lead in sorted(case.history.leads, key=lambda lead: (lead.created, lead.id)):
        lines.append(_lead_line(case, lead))
    limit = case.profile.limit
    if limit is not None:
        start = window_start(case.now, limit.per, case.profile.time_zone)
        used = sum(start <= lead.created <= case.now and lead.state != "withdrawn" for lead in case.history.in_window)
        words = f"quota: {used} of {counted(limit.leads, 'lead')} used since {start:%Y-%m-%d}"
        lines.append(Line("quota", "stop" if used >= limit.leads else "ok", words))
    return lines


def _lead_line(case: Case, lead: Lead) -> Line:
    words = f"told on {lead.updated:%Y-%m-%d} with {shown(lead.score)} points, now {lead.state}"
    if lead.state == "snoozed" and lead.snoozed_until:
        return Line("cooldown", "stop" if lead.snoozed_until > case.now else "ok", f"{words} until {lead.snoozed_until:%Y-%m-%d}")
    left = lead.updated + case.profile.cooldown - case.now
    if left > timedelta(0):
        words += f"; the cooldown of {duration_text(case.profile.cooldown)} has {span(left)} left"
    return Line("cooldown", "stop" if left > timedelta(0) else "ok", words, story_ids=lead.story_ids)
