"""What the pages say, as plain records: rows of the inbox, and what happened at a company."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from alerts.wording import clean, company_line, headline, points, sentence_case, web_address
from store import queries
from store.records import Company, Lead, Story

MAX_EVIDENCE = 6  # sentences shown of one story; the count of the rest is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One lead as a line of the inbox."""

    id: str
    company: str
    place: str
    happened: tuple[str, ...]
    score: str
    threshold: str
    created: datetime
    profile: str
    owner: str
    state: str
    snoozed_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A sentence that proves a story."""

    text: str
    source: str
    published: datetime | None
    url: str | None  # None when it is no address to click on


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A story on a company's timeline."""

    id: str
    kind: str
    headline: str
    status: str
    doubtful: bool
    when: datetime
    quotes: tuple[Quote, ...]
    more: int  # tellings that are not shown


def rows_of(conn: Connection, leads: Sequence[Lead]) -> list[Row]:
    """Return the leads as lines of the inbox, in their order."""
    ids = {lead.company_id for lead in leads}
    companies = queries.get_companies(conn, ids)
    stories = queries.stories_of(conn, ids)
    return [_row(lead, companies.get(lead.company_id), stories.get(lead.company_id, [])) for lead in leads]


def _row(lead: Lead, company: Company | None, stories: Iterable[Story]) -> Row:
    told = {story.id: story for story in stories}
    return Row(
        id=lead.id,
        company=clean(company.name if company else lead.company_id, 120),
        place=", ".join(clean(part, 60) for part in (company.city, company.state) if part) if company else "",
        happened=tuple(sentence_case(headline(told[story_id])) for story_id in lead.story_ids if story_id in told),
        score=points(lead.score),
        threshold=points(lead.threshold),
        created=lead.created,
        profile=lead.profile,
        owner=lead.owner,
        state=lead.state,
        snoozed_until=lead.snoozed_until,
    )


def timeline(stories: Iterable[Story], titles: Mapping[str, str]) -> list[Happening]:
    """Return a company's stories, latest first; `titles` are the kinds' names for people."""
    return [_happening(story, titles) for story in sorted(stories, key=lambda story: (story.when, story.id), reverse=True)]


def _happening(story: Story, titles: Mapping[str, str]) -> Happening:
    told: dict[tuple[str, str], Quote] = {}
    for sighting in story.sightings:
        publisher = clean(sighting.publisher or sighting.source, 80)
        quote = Quote(
            text=clean(sighting.event.quote, 700),
            source=f"{publisher} ({clean(sighting.form, 20)})" if sighting.form else publisher,
            published=sighting.published,
            url=web_address(sighting.url),
        )
        told.setdefault((quote.text, quote.source), quote)
    quotes = tuple(told.values())
    return Happening(
        id=story.id,
        kind=titles.get(story.kind, story.kind.replace("_", " ")),
        headline=sentence_case(headline(story, status=False)),
        status=story.status,
        doubtful=story.status in {"rumored", "denied", "terminated"},
        when=story.when,
        quotes=quotes[:MAX_EVIDENCE],
        more=max(0, len(quotes) - MAX_EVIDENCE),
    )


def known_of(company: Company) -> str:
    """Return what the registers know of a company, in one line."""
    account = f"{company.account.replace('_', ' ')} in the CRM" if company.account else ""
    text = "in no company list: as the text names it" if company.provisional else ""
    return " · ".join(part for part in (company_line(company), clean(account, 60), text) if part)
