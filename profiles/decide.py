"""Decides what a profile says of a company, with one reason; the rules are asked in the order they stand here.

The first rule that has an answer gives it, so that nothing is ever suppressed without a reason and every pair of profile
and company has exactly one. docs/scoring.md prints the rules from their docstrings, in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from profiles.geography import Atlas
from profiles.leads import assigned, lead_ended, leads_after, told
from profiles.profile import Profile
from profiles.scoring import Score, Shared, score
from profiles.territory import Fit, fit
from profiles.times import midnight, window_start
from profiles.wording import counted, listed, shown, span
from store.records import Company, Decision, Lead, Reason, Story

MATERIAL = 1.5  # points up by half are news, even while the cooldown runs


@dataclass(frozen=True)
class History:
    """What happened before, as far as a decision depends on it."""

    leads: tuple[Lead, ...] = ()  # of this profile and company, with their states, in any order
    in_window: tuple[Lead, ...] = ()  # of this profile and any company, of at least the quota's window
    since: datetime | None = None  # what was published before counts, but raises no alert by itself
    included: frozenset[str] | None = None  # ids of the named accounts; None where the profile names none
    excluded: frozenset[str] = frozenset()  # ids of the companies on the list of `companies.exclude`


T = TypeVar("T")


class _once(Generic[T]):  # noqa: N801  a decorator
    """What `functools.cached_property` is from Python 3.12 on; before it takes a lock at every first look."""

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self.work_out, self.name, self.__doc__ = work_out, work_out.__name__, work_out.__doc__

    def __get__(self, case: Any, owner: object = None) -> T:
        found = case.__dict__[self.name] = self.work_out(case)
        return found


@dataclass(eq=False)
class Case:
    """Everything that one decision goes by; what is costly is worked out when a rule first asks."""

    profile: Profile
    slug: str
    company: Company
    stories: tuple[Story, ...]
    history: History
    now: datetime
    atlas: Atlas | None = None
    shared: Shared | None = None  # see profiles.scoring.score; not for clipping profiles, which look at fewer stories

    @_once
    def counted_stories(self) -> tuple[Story, ...]:
        """The stories that may count: all of them, for a clipping profile those that were not told yet."""
        if not self.profile.clipping:
            return self.stories
        return tuple(story for story in self.stories if not any(told(story, lead) for lead in self.history.leads))

    @_once
    def score(self) -> Score:
        """The sum of the wants."""
        return score(self.profile, self.company, self.counted_stories, self.now, None if self.profile.clipping else self.shared)

    @_once
    def fit(self) -> Fit:
        """How the company fits the territory and the firmographics."""
        return fit(self.profile.where, self.company, self.score.stories, self.now, self.atlas)

    @_once
    def last(self) -> Lead | None:
        """The latest lead of this profile and company."""
        return max(self.history.leads, key=lambda lead: (lead.created, lead.id), default=None)

    @_once
    def untold(self) -> tuple[Story, ...]:
        """Stories that count and that no lead has told."""
        return tuple(story for story in self.score.stories if not any(told(story, lead) for lead in self.history.leads))

    @_once
    def since(self) -> datetime | None:
        """What was published before is no news: the profile's own day goes before that of the workspace."""
        return midnight(self.profile.since, self.profile.time_zone) if self.profile.since else self.history.since

    @_once
    def material(self) -> str | None:
        """What has changed enough since the last lead to tell at once, in words; None when nothing has.

        There must be new evidence: a profile whose weights were raised re-sends nothing.
        """
        lead = self.last
        if lead is None:
            return None
        fresh = bool(self.untold) or any(
            sighting.first_seen > lead.updated and sighting.event.status == story.status
            for story in self.score.stories
            for sighting in story.sightings
        )
        if not fresh:
            return None
        met_then = {part.want for part in lead.parts if part.met}
        pieces = [part.want for part in self.score.parts if part.required and part.met and part.want not in met_then]
        if pieces:
            return f"a required piece is new: {listed(pieces)}"
        if self.score.total >= MATERIAL * lead.score:
            return f"{shown(self.score.total)} points, up from {shown(lead.score)}"
        return None


Answer = tuple[Reason, str] | None
Rule = Callable[[Case], Answer]
RULES: list[Rule] = []
RULES_WITHOUT_LEADS: list[Rule] = []  # those of them that can have an answer where no lead was made yet: by far the most cases


def rule(ask: Rule) -> Rule:
    """Add the function to the rules, at the end; its docstring is its line in the manual."""
    RULES_WITHOUT_LEADS.append(ask)
    return rule_about_leads(ask)


def rule_about_leads(ask: Rule) -> Rule:
    """Add a function that has no answer where no lead was made yet to the rules, at the end."""
    RULES.append(ask)
    return ask


@rule_about_leads
def corrected(case: Case) -> Answer:
    """**corrected**: an event that a lead told of is now denied or terminated. One correction goes out, whatever else holds."""
    ended = [story for story in case.stories for lead in case.history.leads if lead_ended(case.profile, lead, story, case.stories)]
    if not ended:
        return None
    names = listed(
        f"the {story.kind} of {story.when:%Y-%m-%d} is {story.status}" for story in {story.id: story for story in ended}.values()
    )
    return Reason.CORRECTED, f"{names}; {shown(case.score.total)} points are left of a threshold of {shown(case.profile.threshold)}"


@rule
def inactive(case: Case) -> Answer:
    """**profile not active**: today lies outside `active`."""
    active = case.profile.active
    if active is None:
        return None
    zone = case.profile.time_zone
    if active.from_ and case.now < midnight(active.from_, zone):
        return Reason.INACTIVE, f"the profile is active from {active.from_}"
    if active.until and case.now >= midnight(active.until + timedelta(days=1), zone):
        return Reason.INACTIVE, f"the profile was active until {active.until}"
    return None


@rule
def profile_snoozed(case: Case) -> Answer:
    """**snoozed**: the profile sleeps until the day of `snooze`."""
    day = case.profile.snooze
    if day is None or case.now >= midnight(day, case.profile.time_zone):
        return None
    return Reason.SNOOZED, f"the profile is snoozed until {day}"


@rule
def excluded(case: Case) -> Answer:
    """**excluded**: the company is on the list of `companies.exclude`, or an account that the profile leaves out."""
    if case.company.id in case.history.excluded:
        return Reason.EXCLUDED, "the company is on the profile's list of exclusions"
    for account, policy in case.profile.companies.policies:
        if policy == "exclude" and case.company.account == account:
            return Reason.EXCLUDED, f"the company is marked {account.replace('_', ' ')} in the CRM"
    return None


@rule
def not_named(case: Case) -> Answer:
    """**not a named account**: the profile names its companies (`companies.include`, or `only` customers) and this is none of them."""
    if case.history.included is not None and case.company.id not in case.history.included:
        return Reason.NOT_NAMED, f"the company is none of the profile's {counted(len(case.history.included), 'named account')}"
    policies = case.profile.companies.policies
    only = [account for account, policy in policies if policy == "only"] if policies else []
    if only and case.company.account not in only:
        return Reason.NOT_NAMED, f"the company is not marked {listed((account.replace('_', ' ') for account in only), 'or')} in the CRM"
    return None


@rule
def no_events(case: Case) -> Answer:
    """**no wanted events**: none of the wants is met by anything that is known of the company."""
    if case.score.stories:
        return None
    if case.profile.clipping and case.history.leads and case.stories and not case.counted_stories:
        return Reason.ALREADY_TOLD, f"all {counted(len(case.stories), 'story', 'stories')} of the company were told"
    return Reason.NO_EVENTS, f"none of the {counted(len(case.profile.wants), 'want')} is met"


@rule
def outside(case: Case) -> Answer:
    """**outside territory**: neither the seat nor, unless `match: seat`, the place of an event that counts is in `where`."""
    return (Reason.OUTSIDE_TERRITORY, case.fit.place_why) if case.fit.place is False else None


@rule
def misfit(case: Case) -> Answer:
    """**company does not fit**: industry, employees, revenue, age or listing are known and not as wanted."""
    return (Reason.WRONG_FIRMOGRAPHICS, listed(case.fit.misfits)) if case.fit.misfits else None


@rule
def unknown_fit(case: Case) -> Answer:
    """**unknown firmographic**: something `where` asks for is not known and the profile says `unknown: fail`."""
    words = _unknown_words(case.fit) if case.profile.where.unknown == "fail" else None
    return (Reason.UNKNOWN_FIRMOGRAPHICS, words) if words else None


def _unknown_words(found: Fit) -> str | None:
    if not found.unknowns and found.place is not None:
        return None
    unknowns = found.unknowns
    words = [f"{listed(unknowns)} {'is' if len(unknowns) == 1 else 'are'} not known"] if unknowns else []
    return listed([*words, *([found.place_why] if found.place is None else [])]) or None


@rule
def required_missing(case: Case) -> Answer:
    """**required piece missing**: a want that is `required` is not met."""
    if not case.score.missing:
        return None
    reached = shown(case.score.total)
    return (
        Reason.REQUIRED_MISSING,
        f"{reached} of {shown(case.profile.threshold)} points, but required and missing: {listed(case.score.missing)}",
    )


@rule
def below_threshold(case: Case) -> Answer:
    """**below threshold**: the points do not add up to the threshold."""
    short = case.profile.threshold - case.score.total
    if short <= 0 or (short := round(short, 2)) <= 0:
        return None
    return Reason.BELOW_THRESHOLD, f"{counted(short, 'point')} below the threshold of {shown(case.profile.threshold)}"


@rule
def before_start(case: Case) -> Answer:
    """**published before the first run**: everything that counts was published before the day news begin (`since`)."""
    if case.since is None or any(story.published >= case.since for story in case.score.stories):
        return None
    latest = max((story.published for story in case.score.stories), default=case.since)
    return Reason.BEFORE_START, f"the latest of it was published on {latest:%Y-%m-%d}, before {case.since:%Y-%m-%d}, when news begin"


@rule_about_leads
def lead_snoozed(case: Case) -> Answer:
    """**snoozed**: the rep has put the lead off until a day that is not over."""
    for lead in case.history.leads:
        if lead.state == "snoozed" and lead.snoozed_until is not None and lead.snoozed_until > case.now:
            return Reason.SNOOZED, f"the lead is snoozed until {lead.snoozed_until:%Y-%m-%d}"
    return None


@rule_about_leads
def rejected(case: Case) -> Answer:
    """**rejected before**: the rep rejected the company for this profile; only a new event, once the cooldown is over, changes that."""
    lead = case.last
    if lead is None or lead.state != "rejected":
        return None
    quoted = f" ({lead.reject_reason})" if lead.reject_reason else ""
    if not case.untold:
        return Reason.REJECTED, f"rejected on {lead.updated:%Y-%m-%d}{quoted}, and nothing new since"
    if case.now - lead.updated < case.profile.cooldown:
        left = span(lead.updated + case.profile.cooldown - case.now)
        return Reason.REJECTED, f"rejected on {lead.updated:%Y-%m-%d}{quoted}; the cooldown has {left} left"
    return None


@rule_about_leads
def already_told(case: Case) -> Answer:
    """**already told**: everything that counts was told in an earlier lead, and nothing has changed enough to say it again."""
    lead = case.last
    if lead is None or (case.untold and case.profile.realert != "never"):
        return None
    if case.material is not None and case.profile.realert == "material" and lead.state != "rejected":
        return None
    return Reason.ALREADY_TOLD, f"told on {lead.updated:%Y-%m-%d} with {shown(lead.score)} points"


@rule_about_leads
def cooling_down(case: Case) -> Answer:
    """**cooling down**: there is something new, but the last lead is younger than the `cooldown`, and the change is not material.

    Material are: points up by half, or a required piece that was missing. With `realert: after_cooldown` nothing is.
    """
    lead = case.last
    if lead is None or case.now - lead.updated >= case.profile.cooldown:
        return None
    if case.material is not None and case.profile.realert == "material":
        return None
    left = span(lead.updated + case.profile.cooldown - case.now)
    return Reason.COOLING_DOWN, f"told on {lead.updated:%Y-%m-%d}; the cooldown of {span(case.profile.cooldown)} has {left} left"


def _same_lead(case: Case) -> bool:
    """Return whether an alert now belongs to the last lead: a material change before its cooldown is over, or with nothing new in it."""
    lead = case.last
    return lead is not None and case.material is not None and (not case.untold or case.now - lead.updated < case.profile.cooldown)


@rule
def over_quota(case: Case) -> Answer:
    """**over quota**: the `limit` of the week, month or quarter is used up, and no lead of it is worse than this one.

    A lead that is better than one already sent is **held for review**, so that the best of a quarter are not lost.
    """
    limit = case.profile.limit
    if limit is None or _same_lead(case):
        return None
    start = window_start(case.now, limit.per, case.profile.time_zone)
    used = [lead for lead in case.history.in_window if start <= lead.created <= case.now and lead.state != "withdrawn"]
    if len(used) < limit.leads:
        return None
    worse = sum(lead.score < case.score.total for lead in used)
    quota = f"{counted(limit.leads, 'lead')} per {limit.per}"
    if worse:
        return (
            Reason.FOR_REVIEW,
            f"the quota of {quota} is used up, but this one beats {worse} of them with {shown(case.score.total)} points",
        )
    return Reason.OVER_QUOTA, f"the quota of {quota} is used up, and all of them have at least {shown(case.score.total)} points"


@rule
def held_for_review(case: Case) -> Answer:
    """**held for review**: it would alert, but something `where` asks for is not known (`unknown: review`)."""
    words = _unknown_words(case.fit) if case.profile.where.unknown == "review" else None
    return (Reason.FOR_REVIEW, words) if words else None


@rule
def alerted(case: Case) -> Answer:
    """**alerted**: a new lead. **realerted**: a material change to the last one, which is sent again with what is new."""
    over = case.score.total - case.profile.threshold
    sum_words = f"{counted(case.score.total, 'point')}, {shown(over)} above the threshold of {shown(case.profile.threshold)}"
    if _same_lead(case):
        return Reason.REALERTED, f"{case.material}; {sum_words}"
    return Reason.ALERTED, sum_words


def decide(
    profile: Profile,
    slug: str,
    company: Company,
    stories: Sequence[Story],
    history: History,
    now: datetime,
    atlas: Atlas | None = None,
    shared: Shared | None = None,
) -> Decision:
    """Return what the profile says of the company at `now`, with one reason; `slug` is the stem of the profile's file.

    `shared` may be one dictionary for all profiles that are held against the same company, stories and moment: it saves time.
    """
    return judge(Case(profile, slug, company, tuple(stories), history, now, atlas, shared))


def judge(case: Case) -> Decision:
    """Return the decision of a case."""
    rules = RULES
    found = case.score
    if not case.history.leads:
        rules = RULES_WITHOUT_LEADS
        case.__dict__.update(last=None, untold=found.stories, material=None)
    for ask in rules:
        answer = ask(case)
        if answer is not None:
            break
    else:
        raise AssertionError("the last rule answers always")
    reason, detail = answer
    return Decision(
        profile=case.slug,
        company_id=case.company.id,
        now=case.now,
        reason=reason,
        detail=detail,
        score=found.total,
        threshold=case.profile.threshold,
        parts=found.parts,
        story_ids=found.story_ids,
    )


class Judgement(NamedTuple):
    """What came of one case: the decision, the leads to save for it, and the score it went by."""

    decision: Decision
    leads: tuple[Lead, ...]
    score: Score


def decide_together(
    profile: Profile,
    slug: str,
    cases: Sequence[tuple[Company, Sequence[Story], History]],
    now: datetime,
    atlas: Atlas | None = None,
    shared: Mapping[str, Shared] | None = None,
) -> list[Judgement]:
    """Return what comes of each case, in the order of `cases`; `shared` may hold what profiles share of each company, by its id.

    The leads of one run share the quota: the best come first, in whatever order the companies arrived.
    """
    shared = shared or {}
    asked = [
        Case(profile, slug, company, tuple(stories), history, now, atlas, shared.get(company.id)) for company, stories, history in cases
    ]
    first = [judge(case) for case in asked]
    made: tuple[Lead, ...] = ()
    out: dict[int, Judgement] = {}
    for at in sorted(range(len(cases)), key=lambda at: (-first[at].score, cases[at][0].id)):
        company, stories, history = cases[at]
        decision = first[at]
        if decision.reason in {Reason.ALERTED, Reason.FOR_REVIEW, Reason.OVER_QUOTA} and made:
            asked[at].history = replace(history, in_window=history.in_window + made)
            decision = judge(asked[at])
        owner = assigned(profile, company, history.leads, history.in_window + made)
        leads = leads_after(profile, decision, stories, history.leads, owner)
        if decision.reason is Reason.ALERTED:
            made += leads
        out[at] = Judgement(decision, leads, asked[at].score)
    return [out[at] for at in range(len(cases))]
