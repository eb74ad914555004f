"""Merges what a document tells in several sentences into one event each, and says how sure that is by where it is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from store.records import TriggerEvent, fingerprint
from triggers.companies import bare, same_name
from triggers.judge import TOLD_ANYWHERE, Candidate
from triggers.kind import Kind
from triggers.parties import same_person
from triggers.people import ADDRESS
from triggers.reading import Reading
from triggers.structure import HEADLINE, LEAD, SILENT
from triggers.subjects import cited

PART_CONFIDENCE = 0.6  # of what only a part is told of, such as a stake of 9.9 percent in a company

# What is left of it in a release whose headline does not tell of the event: where the headline has its words and the lead says it of
# the company, where one of the two holds, where neither does; and for kinds told anywhere, where headline and lead are silent.
NOT_IN_HEADLINE = (1.0, 0.9, 0.7)
# Kinds that ask for the document's own company (`main_only`) where neither does: of 25 events of releases that were given 0.5 to 0.6, 16 were of
# others, of long ago, or none.
BY_THE_WAY = 0.54
TOLD_BELOW = 0.55
# How far the rest may rise above one half where the headline alone tells, and where it does not: of 240 events of releases that were
# read, nine in ten were right that headline and body both told, six in ten that the headline alone did, half of the others.
HEADLINE_ALONE, BODY_ALONE = 0.6, 0.5


def merge(kind: Kind, candidates: Sequence[Candidate], reading: Reading, tells: Callable[[str], bool]) -> Iterable[TriggerEvent]:
    """Yield one event for each group of candidates that tell of the same, with the best sentence as its evidence.

    `tells` says whether a phrase of the kind stands in a text.
    """
    groups: list[list[Candidate]] = []
    for candidate in sorted(candidates, key=lambda c: -_rank(c)):
        home = next((g for g in groups if all(_same_event(kind, candidate, other) for other in g)), None)
        if home is None:
            groups.append([candidate])
        else:
            home.append(candidate)
    for group in groups:
        best = group[0]
        weight, rise = _salience(kind, group, reading, tells)
        facts = dict(best.facts)
        for other in group[1:]:
            for fact, value in other.facts.items():
                if facts.get(fact) is None and value is not None:
                    facts[fact] = value
        if facts.get("acquirer") and facts.get("target") and bare(facts["acquirer"] or "") == bare(facts["target"] or ""):
            facts["acquirer"] = None  # one sentence names the buyer's part alone, another what is bought: nobody buys himself
        if not _told_enough(kind, group, facts, reading, tells):
            continue
        main = reading.parties.main
        company = main if main and not best.named and any(c.company == main for c in group) else best.company
        for other in group[1:]:
            if company is None or (other.company and same_name(company, other.company) and len(other.company) > len(company)):
                company = other.company
        status = best.status
        ends = [c.status for c in group if c.status in {"denied", "terminated"}]
        if (
            ends
            and best.status in {"announced", "planned", "rumored"}
            and group[0].sentence.zone != HEADLINE
            and any(c.sentence.zone == HEADLINE and c.status in {"denied", "terminated"} for c in group)
        ):
            status = ends[0]
        heard = next((c.status for c in group if c.sentence.zone == HEADLINE and c.status in {"planned", "rumored"}), None)
        if heard is None and _INTENT.search(reading.sentences[0].text) and reading.sentences[0].zone == HEADLINE:
            heard = "planned"
        if status in {"rumored", "denied"} and any(c.sentence.zone == HEADLINE and c.status in {"announced", "completed"} for c in group):
            status = "announced"  # what was said before there was news, and what else will not be
        if heard and status == "announced":
            status = heard  # "Signs Letter of Intent to Acquire Beta": the body speaks of it as agreed
        happened = best.happened or next((c.happened for c in group if c.happened), None)
        confidence = min(0.99, 1 - (1 - best.confidence * weight) * 0.85 ** (len({c.order for c in group}) - 1))
        confidence = min(confidence, 0.5 + max(0.0, confidence - 0.5) * rise)
        if kind.part and _less_than_half(facts.get(kind.part)):
            confidence = min(confidence, PART_CONFIDENCE)
        company = _without_stop(company)
        facts = {fact: _without_stop(value) for fact, value in facts.items()}
        start, end = cited(best.sentence, company)
        yield TriggerEvent(
            id=fingerprint(
                reading.document.id, kind.name, best.sentence.start, best.sentence.end, *(facts.get(f) for f in kind.main_facts)
            ),
            document_id=reading.document.id,
            kind=kind.name,
            status=status,
            company=company,
            facts=facts,
            quote=reading.document.full_text[start:end],
            start=start,
            end=end,
            happened=happened,
            confidence=round(confidence, 3),
        )


def _less_than_half(part: str | None) -> bool:
    """Return True for "9.9 percent" and for "minority"."""
    number = re.search(r"\d+(?:\.\d+)?", part or "")
    return part is not None and (float(number.group()) < 50 if number else "minority" in part.lower())


def _without_stop(words: str | None) -> str | None:
    """Return words without the full stop of the sentence that they end; that of an abbreviation, "Inc.", stays."""
    return words[:-1] if words and re.search(r"[a-z]{4}\.$", words) else words


def told_better(event: TriggerEvent, events: Collection[TriggerEvent], kinds: Mapping[str, Kind]) -> bool:
    """True where the same thing is told by an event of a kind that this one's kind yields to: an office that opens is no expansion."""
    return any(
        other.kind in kinds[event.kind].yields_to
        and other.confidence >= 0.6
        and (not (event.company and other.company) or same_name(event.company, other.company))
        and not _differ(event, other)
        for other in events
    )


def _rank(candidate: Candidate) -> float:
    filled = sum(value is not None for value in candidate.facts.values())
    # what a filing says under its item outranks its exhibits
    return (
        candidate.confidence
        + 0.03 * filled
        + (0.05 if candidate.sentence.item else 0)
        - (0.06 if candidate.sentence.zone == HEADLINE else 0)
        - min(candidate.order, 200) * 0.0005
    )


# "Signs LOI to Acquire Beta": what the body then tells at length is not binding yet
_INTENT = re.compile(r"\b(?:LOI|(?i:letters? of intent|non-?binding|memorandum of understanding|agreement in principle))\b")


def _told_enough(
    kind: Kind, group: Sequence[Candidate], facts: Mapping[str, str | None], reading: Reading, tells: Callable[[str], bool]
) -> bool:
    """True unless a release tells of an event below a headline of something else, and not what the kind needs to know of it."""
    headline = reading.sentences[0]
    if reading.filing or headline.zone != HEADLINE or all(facts.get(fact) for fact in kind.needs):
        return True
    return any(c.sentence.zone == HEADLINE for c in group) or (kind.name == "merger" and tells(headline.text))


def _salience(kind: Kind, group: Sequence[Candidate], reading: Reading, tells: Callable[[str], bool]) -> tuple[float, float]:
    """Return what is left of the confidence of an event by where a release tells of it, and how far the rest may rise above one half.

    A release has its news in the headline and says it again below; what only one of the two tells is less sure.
    """
    headline = reading.sentences[0]
    if reading.filing or headline.zone != HEADLINE:
        return 1.0, 1.0
    if any(c.sentence.zone == HEADLINE for c in group):
        told_again = any(c.sentence.zone != HEADLINE for c in group)
        return 1.0, 1.0 if told_again or sum(s.zone not in SILENT for s in reading.sentences) <= 2 else HEADLINE_ALONE
    best = group[0]
    cued = tells(headline.text)
    if kind.name in TOLD_ANYWHERE:
        # "has relocated its headquarters from Dayton to Austin": who says both ends of a move does not say it by the way
        whole = bool(best.facts.get("from") and best.facts.get("to"))
        return (1.0 if cued or whole or best.sentence.zone == LEAD else TOLD_BELOW), BODY_ALONE
    main = reading.parties.main
    told = best.order <= 2 and best.named and main is not None and best.company is not None and same_name(best.company, main)
    if not (told or cued) and kind.main_only:
        return BY_THE_WAY, BODY_ALONE
    return NOT_IN_HEADLINE[0 if told and cued else 1 if told or cued else 2], BODY_ALONE


def _same_event(kind: Kind, a: Candidate, b: Candidate) -> bool:
    """True for two candidates that tell of one event.

    A document tells of one event of a kind unless the main facts differ; where a kind has none, unless two sentences name
    different companies for it and share no party at all.
    """
    if a.company and b.company and not same_name(a.company, b.company) and kind.name != "executive_change":
        if not kind.main_facts:
            return not (a.named and b.named and a.order != b.order) or _share_party(a, b)
        if not any(a.facts.get(f) and b.facts.get(f) and _same_value(a.facts[f], b.facts[f]) for f in kind.main_facts if f != "company"):
            return a.order == b.order or not (a.named and b.named)
    for fact in kind.main_facts:
        x, y = a.facts.get(fact), b.facts.get(fact)
        if kind.news_once and fact in {"place", "to"} and x and y and (ADDRESS.match(x) is None) != (ADDRESS.match(y) is None):
            continue  # "in Dayton", "at 12 Elm Street"
        if fact == "person" and x and y and _called_otherwise(a, b, x, y):
            continue
        if x and y and not (same_person(x, y) if fact == "person" else _same_value(x, y)):
            return kind.news_once and HEADLINE in {a.sentence.zone, b.sentence.zone}
    return True


def _called_otherwise(a: Candidate, b: Candidate, x: str, y: str) -> bool:
    """True for one surname and move, under a filing's item and in its exhibit: "Mortimer Roe" and "Tim Roe" of its press release."""
    return (
        bool(a.sentence.item) != bool(b.sentence.item)
        and x.split()[-1].lower() == y.split()[-1].lower()
        and a.facts.get("level") == b.facts.get("level") is not None
        and a.facts.get("direction") == b.facts.get("direction")
    )


def _differ(a: TriggerEvent, b: TriggerEvent) -> bool:
    """True where two events of different kinds name different targets or places."""
    return any(
        a.facts.get(f) and b.facts.get(f) and not _same_value(a.facts[f], b.facts[f])
        for f in ("target", "place")
        if f in a.facts and f in b.facts
    )


def _share_party(a: Candidate, b: Candidate) -> bool:
    """True where a company or other capitalised party of one candidate is one of the other's."""
    ours, theirs = ({bare(v) for v in (c.company, *c.facts.values()) if v and v[:1].isupper() and bare(v)} for c in (a, b))
    return any(x.startswith(y) or y.startswith(x) for x in ours for y in theirs)


def _same_value(x: str | None, y: str | None) -> bool:
    a, b = bare(x or "").split(), bare(y or "").split()
    if {"joins", "changes"} >= {x, y}:
        return True
    short, long = sorted((a, b), key=len)
    return bool(short) and (set(short) <= set(long))
