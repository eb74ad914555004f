"""Suggests changes and shows what they would do: a threshold for a wanted rate, wants that verdicts speak against. Applies nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from profiles.backtest import Accounts, Alert, Replay, Tell, backtest, compare
from profiles.geography import Atlas
from profiles.profile import Profile
from profiles.reach import can_reach, may_reach
from profiles.wording import counted, listed, shown
from store.records import Company, Lead, Sighting

DAYS = {"week": 7.0, "month": 365.25 / 12, "quarter": 365.25 / 4}


@dataclass(frozen=True)
class Point:
    """One threshold and what it would have sent."""

    threshold: float
    leads: int
    per: float  # leads per week, month or quarter, as asked
    lost: tuple[Alert, ...]  # new leads of the next lower threshold that this one loses


@dataclass(frozen=True)
class Suggestion:
    """The threshold for a wanted rate, with the curve it was read from."""

    wanted: float
    per: str
    curve: tuple[Point, ...]  # from the lowest threshold to the highest
    point: Point | None  # the lowest threshold that sends no more than wanted; None when nothing would ever alert
    detail: str


def at_lowest(profile: Profile) -> Profile:
    """Return the profile with the lowest threshold that is tried, one point."""
    return profile.model_copy(update={"threshold": min(1.0, profile.threshold)})


def suggest_threshold(
    profile: Profile,
    slug: str,
    seen: Iterable[tuple[Company, Sequence[Sighting]]],
    moments: Sequence[datetime],
    tell: Tell,
    *,
    leads: float,
    per: str,
    since: datetime | None = None,
    accounts: Accounts = Accounts(),  # noqa: B008  (frozen)
    atlas: Atlas | None = None,
    steps: int = 20,
) -> Suggestion:
    """Return the lowest threshold that would have sent at most `leads` new leads per `per` ("week", "month", "quarter").

    Quotas are left aside: the threshold is to make them superfluous. Each step of the curve is a replay of its own, over the companies
    that the lowest step would look at.
    """
    free = profile.model_copy(update={"limit": None})
    lowest = at_lowest(free)
    # companies whose events cannot reach one point are of no use to any step
    world = [(company, list(sightings)) for company, sightings in seen if may_reach(lowest, [sighting.event for sighting in sightings])]

    def replay(threshold: float) -> Replay:
        changed = free.model_copy(update={"threshold": threshold})
        return backtest(changed, slug, world, moments, tell, since=since, accounts=accounts, atlas=atlas)

    first = replay(lowest.threshold)
    scores = sorted({round(alert.decision.score, 2) for alert in first.alerts})
    curve: list[Point] = []
    before: Replay | None = None
    for threshold in _steps(scores, profile.threshold, steps):
        found = replay(threshold)
        lost = compare(before, found).lost if before is not None else ()
        pace = found.leads_per_quarter * DAYS[per] / DAYS["quarter"]
        curve.append(Point(threshold, len(found.leads), pace, lost))
        before = found
    point = next((each for each in curve if each.per <= leads), None) if scores else None
    return Suggestion(leads, per, tuple(curve), point, _detail(profile, point, curve, leads, per))


def _steps(scores: Sequence[float], current: float, steps: int) -> list[float]:
    """Return the thresholds to try: spread over the scores that occur, in round numbers, the current one among them, one above all."""
    if not scores:
        return [current]
    picked = {scores[round(at * (len(scores) - 1) / max(1, steps - 1))] for at in range(steps)}
    rounded = {max(1.0, float(round(score))) for score in picked} | {current, float(int(scores[-1]) + 1)}
    return sorted(rounded)


def _detail(profile: Profile, point: Point | None, curve: Sequence[Point], leads: float, per: str) -> str:
    if point is None:
        return "nothing that is stored reaches a single point; `prospect misses` shows what came nearest"
    rate, wanted = f"{shown(round(point.per, 1))} a {per}", f"{shown(leads)} a {per} were wanted"
    if point is curve[0] and point.per < leads:
        return f"even a threshold of {shown(point.threshold)} sends only {rate}; {wanted}: more kinds, places or time would bring more"
    if point.threshold == profile.threshold:
        return f"the threshold of {shown(point.threshold)} can stay: it sends {rate}; {wanted}"
    now = next((each for each in curve if each.threshold == profile.threshold), None)
    instead = f" instead of {shown(round(now.per, 1))}" if now else ""
    return f"a threshold of {shown(point.threshold)} sends {rate}{instead}; {wanted}"


@dataclass(frozen=True)
class Removal:
    """A want without which the leads that reps rejected would not have gone out."""

    at: int  # index in `wants`
    want: str
    accepted: int  # judged leads so far
    rejected: int
    lost_accepted: int  # of them the ones that would be gone
    lost_rejected: int

    @property
    def precision(self) -> tuple[float, float]:
        """The share of accepted leads among the judged ones, before and after."""
        after = self.accepted - self.lost_accepted + self.rejected - self.lost_rejected
        return self.accepted / (self.accepted + self.rejected), (self.accepted - self.lost_accepted) / after if after else 0.0

    @property
    def detail(self) -> str:
        """The proposal in a sentence."""
        before, after = self.precision
        return (
            f"without '{self.want}' {counted(self.lost_rejected, 'rejected lead')} and {counted(self.lost_accepted, 'accepted one')} "
            f"would not have gone out: precision {100 * before:.0f} % → {100 * after:.0f} %"
        )


def suggest_removals(profile: Profile, leads: Iterable[Lead], least: int = 5) -> list[Removal]:
    """Return the wants whose removal would have raised the share of accepted leads, the best first.

    Goes by the parts of leads with a verdict: a lead falls when its points without the want are below the threshold. Fewer than
    `least` verdicts say nothing.
    """
    judged = [lead for lead in leads if lead.state in {"accepted", "rejected"}]
    accepted = sum(lead.state == "accepted" for lead in judged)
    if len(judged) < least or accepted == len(judged):
        return []
    found = []
    for at, want in enumerate(profile.wants):
        name = want.label or want.words
        if want.weight <= 0 or want.required:
            continue
        without = [lead for lead in judged if _falls(lead, name, profile.threshold)]
        lost = sum(lead.state == "accepted" for lead in without)
        removal = Removal(at, name, accepted, len(judged) - accepted, lost, len(without) - lost)
        if removal.lost_rejected and removal.precision[1] > removal.precision[0] and len(profile.wants) > 1:
            found.append(removal)
    return sorted(found, key=lambda removal: (-removal.precision[1], removal.lost_accepted, removal.at))


def _falls(lead: Lead, want: str, threshold: float) -> bool:
    given = sum(part.points for part in lead.parts if part.want == want)
    return given > 0 and lead.score - given < threshold


def without_want(profile: Profile, at: int) -> Profile | None:
    """Return the profile without the want at index `at`; None where nothing could reach its threshold then."""
    left = tuple(want for index, want in enumerate(profile.wants) if index != at)
    changed = profile.model_copy(update={"wants": left})
    return changed if can_reach(changed, {kind for want in left for kinds in want.needs for kind in kinds}) else None


def curve_lines(suggestion: Suggestion) -> list[str]:
    """Return the curve as lines: threshold, leads, a bar, and whom the step loses."""
    most = max((point.per for point in suggestion.curve), default=0) or 1
    out = []
    for point in suggestion.curve:
        bar = "█" * round(30 * point.per / most)
        names = [alert.company.name for alert in point.lost]
        loses = f"  loses {listed(names[:3])}" + (f" and {len(names) - 3} more" if len(names) > 3 else "") if names else ""
        mark = "→" if point is suggestion.point else " "
        out.append(f"{mark} {point.threshold:7g}  {point.per:7.1f} a {suggestion.per}  {bar}{loses}")
    return out
