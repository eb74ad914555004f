"""Finds who takes, gives up or changes a senior post: one event for each person and move named in a sentence.

The sentence's people and offices are masked; each construction is one expression over that form (triggers/moves/words.py), and the
office is the one that the construction itself points at, else the nearest. Works for headlines that name an office alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from store.records import TriggerEvent
from triggers.dates import effective_date, parse_date
from triggers.moves.employers import company_of, previous_company
from triggers.moves.headlines import REMAKES, TEAM, TERSE_JOINS, TERSE_LEAVES, TERSE_MOVES, TERSE_RISES, terse, unnamed
from triggers.moves.offices import function_of, level_in, title_beside, title_of
from triggers.moves.told import is_biography, is_insider, is_leave, is_news, is_no_join, status_of_move
from triggers.moves.words import (
    ADVISORY,
    AWARD,
    COMMITTEE,
    FAMILY,
    JOIN_EXPRESSIONS,
    LEAVE_EXPRESSIONS,
    MINOR,
    MR,
    NEXT_JOIN,
    PAY,
    POLITICS,
    PREDECESSOR,
    PROMOTE,
    UNNAMED_JOINS,
    UNNAMED_LEAVES,
    O,
    T,
)
from triggers.parties import same_person
from triggers.reading import Found, Reading
from triggers.structure import HEADLINE, LEAD, QUOTE
from triggers.view import MARKS, SORTS, Entity, View


def find(view: View, reading: Reading) -> Iterable[Found]:
    """Yield each move that the sentence tells of."""
    masked = view.masked
    zone = view.sentence.zone
    if (
        FAMILY.search(masked)
        or POLITICS.search(view.sentence.text)
        or (AWARD.search(masked) and not re.search(r"(?i)\b(?:as|to be) (?:its |the )?(?:new |next )?" + T, masked))
    ):
        return
    named = _named(view, reading)
    yield from named
    if named:
        return
    if zone == HEADLINE or len(reading.sentences) <= 2:
        yield from terse(view, reading)
    elif zone == LEAD and reading.index < 2 and not view.of("person"):
        yield from unnamed(view, reading)


def _named(view: View, reading: Reading) -> list[Found]:
    """Return the moves of people that the sentence names, the first of each person in and out: the rest is not even looked at."""
    masked = view.masked
    if SORTS["person"] not in masked:
        return []
    told: set[tuple[str, str]] = set()

    def first_told(person: Entity, way: str) -> bool:
        name = reading.parties.person(person.text)
        before = len(told)
        told.add((name.split()[-1] if name else "", way))
        return len(told) > before

    taken: set[tuple[int, str]] = set()
    leaving: set[int] = set()
    out: list[Found] = []
    for pattern in reading.apt(LEAVE_EXPRESSIONS):
        for match in pattern.finditer(masked):
            for person, at in _people(view, match):
                if (at, "out") in taken or not is_leave(view, match, at):
                    continue
                taken.add((at, "out"))
                leaving.add(at)
                if first_told(person, "out"):
                    out.append(_found(view, match, person, "leaves", reading))
    predecessors = {}
    for match in PREDECESSOR.finditer(masked):
        predecessors[match.end() - 2] = match
    joins: dict[int, tuple[tuple[bool, int], re.Match[str], Entity, str]] = {}
    for pattern in reading.apt(JOIN_EXPRESSIONS):
        for match in pattern.finditer(masked):
            if is_no_join(view, match):
                continue
            way = "changes" if PROMOTE.search(match.group("verb")) else ""
            row = [(told, person, at) for told in _row(view, match) for person, at in _people(view, told)]
            for each, person, at in row:
                if at in predecessors:
                    continue
                if at in leaving and not re.search(
                    r"(?i)appoint|named|elected|promot|become|assum|return|transition\w* (?:in)?to", match.group("verb")
                ):
                    continue
                title = each.groupdict().get("t") or ""
                merit = (not title.startswith(SORTS["title"]), each.start("verb"))
                if at not in joins or merit < joins[at][0]:
                    joins[at] = (merit, each, person, way)
    for _, match, person, way in joins.values():
        if first_told(person, "in"):
            out.append(_found(view, match, person, way, reading))
        for place, before in predecessors.items():
            if (place, "out") not in taken and match.start() - 20 <= before.start() <= match.end() + 40:
                taken.add((place, "out"))
                goes = view.entity(masked[place + 1])
                if first_told(goes, "out"):
                    out.append(_successor(_found(view, match, person, "", reading), goes, person, reading))
    return out


def _row(view: View, match: re.Match[str]) -> Iterator[re.Match[str]]:
    """Yield a join and those that follow it in one breath: "appoints Jane Roe as president and John Doe as treasurer"."""
    yield match
    told = match if match.groupdict().get("t") else None
    while told and (told := NEXT_JOIN.match(view.masked, told.end())):
        if told.group("verb") == "to" and not PROMOTE.search(match.group("verb")):
            return
        yield told


def _successor(found: Found, goes: Entity, comes: Entity, reading: Reading) -> Found:
    """Return the departure of the one who is succeeded, from the same words."""
    facts = {
        **found.facts,
        "person": reading.parties.person(goes.text),
        "direction": "leaves",
        "successor": reading.parties.person(comes.text),
        "predecessor": None,
        "previous_company": None,
    }
    return replace(found, facts=facts, confidence=min(found.confidence, 0.8))


# "Reporting to chief executive Jane Roe, John Doe will lead", "will report to Orbex Inc.'s CEO, Jane Roe"
_REPORTED_TO = re.compile(
    rf"(?i)\breport(?:s|ed|ing)? (?:directly |jointly |in)*to (?:(?:the|our|its|company['’]s|founder|co-?founder|and|{O}(?:['’]s?)?|{T}),? )*{MR}$"
)


def _people(view: View, match: re.Match[str]) -> Iterator[tuple[Entity, int]]:
    start, end = match.span("people")
    for at in range(start, end - 1):
        if view.masked[at] == SORTS["person"] and not _REPORTED_TO.search(view.masked[:at]):
            yield view.entity(view.masked[at + 1]), at


def _found(view: View, match: re.Match[str], person: Entity, direction: str, reading: Reading) -> Found:
    told = title_of(view, match, person, direction)
    title = told or (title_beside(person, reading) if reading.filing and direction == "leaves" else None)
    masked = view.masked
    where_title = match.groupdict().get("t")
    company = company_of(view, match, person, direction, reading)
    verb = match.group("verb").lower()
    clause = masked[max(0, match.start() - 30) : match.end() + 60]
    if not direction:
        direction = "changes" if is_insider(view, match, person, reading, title) else "joins"
    level = level_in(view, title or "")
    effective = _effective(view, match, title)
    facts: dict[str, str | None] = {
        "person": reading.parties.person(person.text),
        "title": title,
        "direction": direction,
        "level": level if title else None,
        "function": function_of(title, level) if title else None,
        "effective": effective or ("immediately" if re.search(r"(?i)effective immediately", masked) else None),
        "previous_company": previous_company(view, company or reading.parties.main) if direction == "joins" else None,
    }
    other = PREDECESSOR.search(masked)
    if other and direction != "leaves":
        name = view.entity(masked[other.end() - 1])
        if name.text != person.text:
            facts["predecessor"] = reading.parties.person(name.text)
    confidence = (
        0.7 if re.fullmatch("successor|replacement", verb) else 0.95 if told else 0.8
    )  # who is sought a successor for may have gone before
    zone = view.sentence.zone
    if ADVISORY.search(view.text(match.start(), min(len(masked), match.end() + 12))):
        confidence -= 0.5
    elif (level == "other" and (title or not (reading.filing and view.sentence.item))) or MINOR.search(view.text(*match.span())):
        confidence -= 0.35
    status = None
    if re.match(r"nominat", verb):
        status = "planned"
    biography = is_biography(view, match, person)
    if biography:
        confidence -= 0.6
    if PAY.search(clause) and not re.search(
        r"(?i)\b(?:appointed|resign|retire|elected|named|step|employment)", masked[match.start("verb") : match.end("verb") + 5]
    ):
        confidence -= 0.4
    if COMMITTEE.search(masked[match.start() : match.end() + 60]) and not where_title:
        confidence -= 0.5
    if zone == QUOTE:
        confidence -= 0.25
    status = status or status_of_move(view, match, direction)
    begins = parse_date(effective, reading.base) if effective else None
    if status == "completed" and begins and reading.base and begins > reading.base:
        status = "announced"  # "has been appointed, effective September 2": not yet
    start, end = sorted((match.start("verb"), match.end("verb")))
    return Found(
        start,
        end,
        facts,
        company,
        status,
        confidence,
        news=not biography and is_news(view, match, reading),
    )


# "will step down on December 31, 2031", "announced her intention to retire in May 2031"
_FUTURE = re.compile(r"(?i)\b(?:will|to|intention of|intends to|plans to|shall)(?: be)? $")
_ON_DAY = re.compile(
    rf"(?: [^;.\n\ue002]{{0,25}}?)? (?:on|in|at the end of|by|after) (?:or (?:about|around) )?({MARKS['date']})",
    re.IGNORECASE,
)


def _effective(view: View, match: re.Match[str], title: str | None) -> str | None:
    """Return when the move takes effect: the date after "effective" that stands nearest to the office, else the day it will be made."""
    verb, after = view.masked[max(0, match.start("verb") - 20) : match.start("verb")], match.end("verb")
    if _FUTURE.search(verb) and (day := _ON_DAY.match(view.masked, after)):
        return view.entity(day.group(1)[1]).text
    end = view.span(match.start(), match.end())[1]
    office = view.sentence.text.find(title, end - view.sentence.start) if title else -1
    found = effective_date(
        view, view.sentence.start + office + len(title or "") if office >= 0 else view.span(match.start("verb"), match.end("verb"))[1]
    )
    return found.text if found else None


# a post that one who steps down keeps or is given: no new office of its own
_LESSER = re.compile(
    r"(?i)\b(?:advis[eo]r|consultant|emeritus|non-?executive|independent chair|special|transition|member|director$|employee|of counsel|senior advisor|board)"
)

_LEADS_BOARD = re.compile(r"(?i)(?:the )?(?:executive )?chair(?:man|woman|person)?(?! emerit)\b")


def settle(events: list[TriggerEvent]) -> list[TriggerEvent]:
    """Return the events with one move per person: who gives up one office for another changes, who stays as adviser leaves."""
    kept: list[TriggerEvent] = []
    for event in events:
        person = event.facts.get("person")
        rivals = [e for e in events if e is not event and person and same_person(person, e.facts.get("person") or "")]
        out = event.facts.get("direction") == "leaves"
        for rival in rivals:
            if (rival.facts.get("direction") == "leaves") == out:
                continue
            entering = rival if out else event
            post = entering.facts.get("title") or "x advisor"
            lesser = bool(_LESSER.search(post)) and not _LEADS_BOARD.match(post)
            if out != lesser:
                break  # this one is the weaker half of the move
        else:
            kept.append(event)
    named = {e.facts.get("direction") == "leaves" for e in kept if e.facts.get("person")}
    return [e for e in kept if e.facts.get("person") or (e.facts.get("direction") == "leaves") not in named]


# find() yields nothing where none of these can match (triggers/gate.py)
CUES = {
    "anywhere": [*JOIN_EXPRESSIONS, *LEAVE_EXPRESSIONS],
    "lead": [TERSE_JOINS, TERSE_MOVES, TERSE_LEAVES, TERSE_RISES, TEAM, REMAKES, UNNAMED_JOINS, UNNAMED_LEAVES],
}
