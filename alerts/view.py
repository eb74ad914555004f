"""What a mail about one company says, in order: plain records that the HTML and the text template both print."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from alerts.links import Link, lifetime, signed_url
from alerts.settings import MailSettings
from alerts.wording import clean, company_line, filled, headline, people, points, sentence_case, web_address
from store.records import LeadBrief, Sighting, Story

REJECT_REASONS = (  # what `prospect reject --reason` takes and `prospect evaluate` counts
    "wrong company",
    "no such event",
    "old news",
    "duplicate",
    "outside my territory",
    "not interesting",
    "customer already",
)
ENDED = {"denied", "terminated"}
COPY = 88  # of 100: quotes as like as this are one sentence that was carried over
SHAKY = 0.7  # below this confidence the mail asks the rep to check the sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One sentence that proves a story, with where it stands."""

    quote: str
    source: str  # "Business Wire", "SEC EDGAR (8-K)"
    published: str  # "16 November 2026", "date unknown"
    url: str | None  # None when the address is not one to click on
    shown_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that happened, as the mail tells it."""

    headline: str
    when: str
    status: str
    doubtful: bool  # rumored, denied or called off: shown in another colour
    evidence: tuple[Evidence, ...]
    others: str  # who else told it: "also Reuters, AP and 3 more", ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePart:
    """One line of the sum."""

    points: str
    want: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """How the score of one profile adds up."""

    profile: str
    score: str
    threshold: str
    parts: tuple[ScorePart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something the rep can do: a button where there is a web inbox, else a command to type."""

    label: str
    url: str | None
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyView:
    """All that one mail says about one company."""

    name: str
    facts: str  # "Reston, VA, US · MRDN · 420 employees"
    one_line: str  # headlines joined, for a list
    score: str
    told: tuple[Told, ...]
    ended: bool  # something that it was about is denied or called off
    sums: tuple[Sum, ...]
    uncertain: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    why: tuple[str, ...]
    talking_points: tuple[str, ...]
    questions: tuple[str, ...]
    actions: tuple[Action, ...]


def company_view(briefs: Sequence[LeadBrief], *, recipient: str, now: datetime, mail: MailSettings, actions: bool = True) -> CompanyView:
    """Return what to say of the one company that all `briefs` are about (one brief a profile); a story two profiles share is told once."""
    company = briefs[0].company
    stories = tuple({story.id: story for brief in briefs for story in brief.stories}.values())
    # what ended comes first, since it changes what to do; nothing is advised on it
    stories = tuple(sorted(stories, key=lambda story: story.status not in ENDED))
    standing = tuple(story for story in stories if story.status not in ENDED)
    playbooks = {kind: book for brief in briefs for kind, book in brief.playbooks.items()}
    return CompanyView(
        name=clean(company.name, 120),
        facts=company_line(company),
        one_line="; ".join(headline(story) for story in stories[:3]) + (f" and {len(stories) - 3} more" if len(stories) > 3 else ""),
        score=points(max(brief.lead.score for brief in briefs)),
        told=tuple(_told(story) for story in stories),
        ended=len(standing) < len(stories),
        sums=tuple(_sum(brief) for brief in briefs),
        uncertain=tuple(uncertain(briefs, stories)),
        people=tuple((clean(name, 80), clean(said, 160)) for name, said in people(stories)),
        why=_advice(standing, playbooks, "why"),
        talking_points=_advice(standing, playbooks, "talking_points"),
        questions=_advice(standing, playbooks, "questions"),
        actions=_actions(briefs, recipient, now, mail) if actions else (),
    )


def _told(story: Story) -> Told:
    best = story.sightings[0]
    seen = {(best.publisher or best.source)}
    # a copy of the release differs by its dateline and marks; only a sentence of somebody's own is worth the room
    second = next(
        (s for s in story.sightings[1:] if (s.publisher or s.source) not in seen and not _copied(s.event.quote, best.event.quote)), None
    )
    shown = [best, second] if second else [best]
    seen |= {(s.publisher or s.source) for s in shown}
    others = list(dict.fromkeys(clean(s.publisher or s.source, 60) for s in story.sightings if (s.publisher or s.source) not in seen))
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    happened = f"{story.happened:%-d %B %Y}" if story.happened else f"told {story.published:%-d %B %Y}"
    effective = clean(story.facts.get("effective"), 40)
    return Told(
        headline=sentence_case(headline(story, status=False)),
        when=f"{happened}, takes effect {effective}" if effective else happened,
        status=story.status,
        doubtful=story.status in {"rumored", "denied", "terminated"},
        evidence=tuple(_evidence(sighting) for sighting in shown),
        others=f"also {', '.join(others[:3])}{more}" if others else "",
    )


def _copied(quote: str, other: str) -> bool:
    return fuzz.token_set_ratio(quote[:1000], other[:1000], processor=default_process) >= COPY


def _evidence(sighting: Sighting) -> Evidence:
    source = clean(sighting.publisher or sighting.source, 80)
    return Evidence(
        quote=clean(sighting.event.quote, 700),
        source=f"{source} ({clean(sighting.form, 20)})" if sighting.form else source,
        published=f"{sighting.published:%-d %B %Y}" if sighting.published else "date unknown",
        url=web_address(sighting.url),
        shown_url=clean(sighting.url, 200),
    )


def _sum(brief: LeadBrief) -> Sum:
    counted = [part for part in brief.lead.parts if part.met or part.points]
    return Sum(
        profile=clean(brief.profile_name, 120),
        score=points(brief.lead.score),
        threshold=points(brief.lead.threshold),
        parts=tuple(ScorePart(points=points(part.points), want=_plain(part.want), why=clean(part.why, 240)) for part in counted),
    )


def _plain(want: str) -> str:
    """Return a want as a person says it: "executive change (level c suite)"; its words are those of YAML."""
    return clean(want, 160).replace("_", " ")


def uncertain(briefs: Sequence[LeadBrief], stories: Sequence[Story]) -> list[str]:
    """Return what is missing or not sure, each in one sentence: unmet wants, weak statuses, doubtful sentences, an unknown company."""
    said = []
    for story in stories:
        words = headline(story, status=False)
        if story.status == "planned":
            said.append(f"Planned, not done yet: {words}.")
        elif story.status == "rumored":
            said.append(f"Only rumored so far: {words}.")
        elif story.status in {"denied", "terminated"}:
            said.append(f"{'Denied' if story.status == 'denied' else 'Called off'}: {words}.")
        if story.confidence < SHAKY:
            said.append(f"Read with {story.confidence:.0%} confidence, please check the sentence: {words}.")
        if story.happened is None and all(sighting.published is None for sighting in story.sightings):
            said.append(f"No date was found, so its age counts from when it was first seen: {words}.")
    company = briefs[0].company
    if company.provisional:
        said.append("The company is in none of your registers: what is known of it comes from the article alone.")
    if not any(story.status in ENDED for story in stories):  # what else might have happened is no matter once it is off
        for brief in briefs:
            said += [f"Not found: {_plain(part.want)}." for part in brief.lead.parts if not part.met and not part.points]
    return list(dict.fromkeys(said))


def _advice(stories: Sequence[Story], playbooks: Mapping[str, Mapping[str, object]], key: str) -> tuple[str, ...]:
    """Return the playbook's sentences for exactly these events; one whose {facts} are unknown is left out."""
    said: dict[str, None] = {}
    for story in stories:
        lines = playbooks.get(story.kind, {}).get(key) or ()
        for line in [lines] if isinstance(lines, str) else lines if isinstance(lines, list | tuple) else ():
            words = filled(clean(line, 400), story.facts)
            if words:
                said[words] = None
    return tuple(said)[:6]


def _actions(briefs: Sequence[LeadBrief], recipient: str, now: datetime, mail: MailSettings) -> tuple[Action, ...]:
    expires = lifetime(now, mail.link_days)

    def address(action: str, subject: str) -> str | None:
        if not (mail.base_url and mail.link_keys):
            return None
        return signed_url(mail.base_url, mail.link_keys, Link(action=action, subject=subject, by=recipient, expires=expires))

    out = []
    for brief in briefs:
        lead = clean(brief.lead.id, 40)
        which = f" ({clean(brief.profile_name, 40)})" if len(briefs) > 1 else ""
        out += [
            Action(label=f"Accept{which}", url=address("accept", lead), command=f"prospect accept {lead}"),
            Action(label=f"Reject{which}", url=address("reject", lead), command=f'prospect reject {lead} --reason "not interesting"'),
            Action(label=f"Snooze{which}", url=address("snooze", lead), command=f"prospect snooze {lead} --days 30"),
        ]
    company = clean(briefs[0].company.id, 80)
    out.append(Action(label="Open brief", url=address("brief", company), command=f"prospect brief {shlex.quote(company)}"))
    return tuple(out)
