"""Judges what was found in a sentence: whether it is news, of which company, with which facts, status and date, and how sure that is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from triggers.companies import bare, clean_name, is_name, same_name
from triggers.dates import happened_on
from triggers.kind import Kind, Pattern
from triggers.legal import counterparty, is_bank, is_clause, is_merger_sub, is_role
from triggers.names import lands, places
from triggers.parties import doer, leading_name, speaks_of
from triggers.qualify import background, status_of
from triggers.reading import Found, Reading
from triggers.structure import BODY, HEADLINE, LEAD, QUOTE, SILENT, Sentence
from triggers.subjects import without_dateline
from triggers.view import ANAPHOR, Catch, Entity, View, catches

# how much a sentence's place takes from the confidence of what it tells
ZONE_FACTOR = {HEADLINE: 0.97, LEAD: 1.0, BODY: 0.88, QUOTE: 0.7}
TOLD_ANYWHERE = frozenset({"executive_change", "relocation"})  # kinds whose wording is sure enough beyond headline and lead
_PRONOUNS = frozenset(["it", "we", "they", "he", "she", "this", "that", "there", "who", "which"])


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event in one sentence, judged."""

    kind: str
    sentence: Sentence
    order: int
    facts: dict[str, str | None]
    company: str | None
    status: str
    happened: date | None
    confidence: float
    named: bool  # the sentence itself names the company as the one who does it


def judge(kind: Kind, found: Found, view: View, reading: Reading) -> Candidate | None:
    """Return the event with status, company, date and confidence, or None where it is background or stands in the wrong place."""
    name, sentence = kind.name, view.sentence
    where = found.where or kind.where
    if where == "headline" and sentence.zone != HEADLINE and not _only_sentence(reading):
        return None
    if (
        where == "lead"
        and sentence.zone not in {HEADLINE, LEAD}
        and not _only_sentence(reading)
        and not (reading.filing and sentence.item in kind.items and sentence.item)
    ):
        return None
    if not found.news and background(view, found.start, found.end, reading.base):
        return None
    own = name in TOLD_ANYWHERE
    if reading.filing and not own and is_clause(view):
        return None
    status = found.status or status_of(view, found.start, found.end)
    company = _company(found, view, reading, own=own)
    named = company is not None and (found.company is not None or doer(view, found.start, reading.parties, own=own) is not None)
    confidence = found.confidence * ZONE_FACTOR.get(sentence.zone, 0.5)
    main = reading.parties.main
    if sentence.zone in {BODY, QUOTE} and not reading.filing:
        same = company is not None and main is not None and same_name(company, main)
        if kind.main_only and not (same and named):
            return None
        confidence *= 1.0 if same else 0.8
    elif sentence.zone == LEAD and kind.main_only and not reading.filing and main and company and not same_name(company, main):
        # another company's doing, told beside the news of this one
        confidence *= 0.75 if speaks_of(view, len(view.masked), main) or reading.index < 2 else 0.5
    if sentence.item and sentence.item in kind.items:
        confidence = min(0.99, confidence * 1.1)
    facts = {fact: found.facts.get(fact) for fact in kind.facts}
    _fill(kind, facts, view, found, company)
    if found.company is None and company and any(facts.get(f) and same_name(company, facts[f] or "") for f in _OTHER_PARTIES):
        company = leading_name(view) or reading.parties.main
    if facts.get("target") and ANAPHOR.fullmatch(facts["target"] or ""):
        meant = (
            reading.parties.names.full_name(facts["target"] or "") if reading.filing else None
        )  # "Tern Inc. (the “Company”)", of which the filer speaks
        meant = meant if meant and is_name(meant) else main
        facts["target"] = meant if meant and company and not same_name(company, meant) else None
    side = found.company_fact or kind.company_fact
    if side and not facts.get(side):
        facts[side] = company
    elif side and found.company is None and facts[side] and is_name(clean_name(facts[side] or "")) and not view.of("company"):
        company = reading.parties.fullest(facts[side] or "")
    if reading.filing:
        if company and is_role(company):
            company = (_called(company, reading) if side == "acquirer" and not is_merger_sub(company) else None) or main
        elif company and "lender" in kind.facts and (is_bank(company) or _to_lenders(view, company, main)):
            company = main  # who lends is not who borrows
        for fact in _OTHER_PARTIES:
            if is_role(facts.get(fact)):
                facts[fact] = None if fact in {"target", "partner"} else company if fact == side else _called(facts[fact] or "", reading)
        if "partner" in facts and not facts["partner"] and main and name == "merger":
            facts["partner"] = counterparty(view, main)
    for fact in ("target", "partner", "unit"):
        itself = facts.get("acquirer") if fact == side else company
        if (
            itself
            and facts.get(fact)
            and (bare(facts[fact] or "") == bare(itself) or (fact == "partner" and same_name(facts[fact] or "", itself)))
        ):
            # nobody buys himself: where the sentence does not name the buyer, it is of the one who is bought
            facts[side if fact == "target" and side and found.company is None else fact] = None
            confidence *= 0.9
    below = reading.sentences[0].zone == HEADLINE != sentence.zone
    if kind.names_company and below and not (named or reading.filing or view.of("company")):
        return None
    if company in places():
        confidence *= 0.5  # a country or town does no business
    at = view.span(found.start, found.end)[0]
    return Candidate(name, sentence, reading.index, facts, company, status, happened_on(view, at, reading.base), confidence, named)


def _company(found: Found, view: View, reading: Reading, *, own: bool) -> str | None:
    name = found.company
    if (
        name
        and name.split()[0].lower() not in _PRONOUNS
        and not re.match(r"(?i)(?:the|our) (?-i:[a-z])", name)
        and not re.fullmatch(r"(?i)the (?:company|firm|group|bank|registrant|corporation)", name)
    ):
        cleaned = clean_name(name)
        if is_name(cleaned):
            return reading.parties.party(cleaned)
    if not name:
        acts = _ROLE_ACTS.search(view.text(0, found.start)) if reading.filing else None
        actor = acts.group("role") if acts else doer(view, found.start, reading.parties, own=own)
        if actor is not None and not ANAPHOR.fullmatch(actor):
            return reading.parties.party(actor)
    leading = None if reading.parties.main else leading_name(view)
    return reading.parties.party(leading) if leading else reading.parties.main


def _to_lenders(view: View, company: str, main: str | None) -> bool:
    """True where the document's own company deals with lenders, of whom `company` is one: "entered into a purchase agreement with Tern & Co. (the “Initial Purchasers”)"."""
    text = view.sentence.text
    lenders = re.search(r"\b(?:with|among|between)\b.*\b(?:Initial Purchasers?|Underwriters?|Lenders?|Representatives?)[”\"]", text)
    return lenders is not None and text.find(company[:12]) > lenders.start() and main is not None and speaks_of(view, lenders.start(), main)


def _called(role: str, reading: Reading) -> str | None:
    """Return whom the filing calls by a role, None where it does not say: "Lumo Holdings, L.P. (the “Buyer”)"."""
    name = reading.parties.names.full_name(role)
    return None if name is None or is_role(name) else clean_name(name)


# "the Purchaser will purchase": capitals that are no name, and yet say who does it
_ROLE_ACTS = re.compile(
    r"\b(?:[Tt]he )?(?P<role>Purchaser|Buyer|Acquiror|Acquirer|(?:Co-)?Investor) (?:(?:will|shall|has|would|also|agreed|to) )*$"
)


def _only_sentence(reading: Reading) -> bool:
    return len([s for s in reading.sentences if s.zone not in SILENT]) == 1


# facts that name the other side of a deal, never the company of the event
_OTHER_PARTIES = (
    "partner",
    "customer",
    "buyer",
    "investors",
    "lender",
    "authority",
    "vendor",
    "counterparty",
    "grantor",
    "target",
    "acquirer",
)
# capitalised words that {object} may run into and that name nobody
_NOBODY = re.compile(
    r"(?i)^(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|stakes?|debt|shares?|interest|bonds?|treasur\w+|stocks?|goods|wheat|grain|oil|gas|crude|property|land|homes?|house|foreign|ltd|inc|corp|co|plc|company|points?|spree|proposed|u\.?s\.?|bitcoin|crypto|containers?|funds?|itself|themselves|aircraft|euros?|dollars?|q[1-4]|fy\d*|deals?|new|more|the|this|it|opportunity|range|territory|usd|eur|gbp|eras?|state|chapter|journey|majority stake|minority stake|every|german|american|european|british|canadian|french|unlocks.*|seven|six|five|four|three|two|licen[sc]e|next\\b.*|growth|success|ai|erp|crm|it|api|saas|ehr|drm|nft|iot|llm|genai)\b\W*$|^(?:\W*(?:january|february|march|april|june|july|august|september|october|november|december)\b)"
)


def found_by(pattern: Pattern, match: re.Match[str], view: View, kind: Kind) -> Found | None:
    """Return what a pattern found, or None where its {object} is a place, a person or a word that names nobody."""
    facts: dict[str, str | None] = dict(pattern.facts)
    company: str | None = None
    caught: list[Catch] = list(catches(view, match))
    for catch in caught:
        value = catch.text.strip(" ,")
        if _is_object(pattern, catch.name) and (
            _NOBODY.search(value) or (catch.entity is not None and catch.entity.sort in {"place", "person"}) or _describes(view, catch)
        ):
            return None
        if catch.name in {"company", "subject"}:
            company = company or value
        elif catch.entity is not None and catch.entity.anaphor:
            if catch.name == "target":
                facts[catch.name] = facts.get(catch.name) or value  # "will acquire the company": see judge
        elif _is_object(pattern, catch.name) and _TRADE.search(value):
            continue  # "Partners with Leading Hotel Developer": what somebody does, and not his name
        elif catch.name in kind.facts and not facts.get(catch.name):
            facts[catch.name] = clean_name(value) if catch.entity is not None and catch.entity.sort == "company" else value
    inner_start, inner_end = match.span()
    for group in match.re.groupindex:
        if group.startswith(("s_subject", "e_company")) and match.span(group)[0] == match.start() and match.group(group) is not None:
            inner_start = match.end(group) + (1 if group.startswith("e_") else 0)
    return Found(inner_start, inner_end, facts, company, pattern.status, pattern.confidence, pattern.where, pattern.company_fact)


def _describes(view: View, catch: Catch) -> bool:
    """True for capitals that tell what the next word is like: "GRAMMY®-nominated duo", "a Western Australian foundry"."""
    after = view.sentence.text[catch.end - view.sentence.start :]
    return re.match(r"[®™]?-[a-z]", after) is not None or (
        _ADJECTIVE.search(catch.text) is not None
        and re.match(r" (?!(?:of|and|for|in|to|by|from|at|on|with|as|is|was|has|will)\b)[a-z]", after) is not None
    )


_ADJECTIVE = re.compile(r"(?:[a-z](?:ian|ish|ese|ican|ean)|\b(?:German|French|Dutch|Swiss|Greek|Thai|Czech|Israeli))$")
_TRADE = re.compile(
    r"(?i)^(?:leading|prominent|renowned|fast-growing|fastest-growing|privately|world['’]s|world-class|industry-leading|award-winning)\b|"
    r"\b(?:developer|provider|leader|firm|manufacturer|maker|retailer|operator|giant|start-?up|supplier|distributor)$"
)


def _is_object(pattern: Pattern, name: str) -> bool:
    return f"{{object:{name}}}" in pattern.match


def _fill(kind: Kind, facts: dict[str, str | None], view: View, found: Found, company: str | None) -> None:
    """Fill facts that the wording itself did not catch by the kind's own hints; a place that the company is called by is none."""
    for fact, spec in kind.facts.items():
        if facts.get(fact):
            continue
        for value, words in spec.words.items():
            if _compiled(words, re.IGNORECASE).search(view.sentence.text):
                facts[fact] = value
                break
        if facts.get(fact) or not (spec.nearest or spec.lift):
            continue
        if spec.lift:
            lifted = _compiled(spec.lift).search(view.sentence.text)
            if lifted:
                facts[fact] = lifted.group(1).strip()
        if not facts.get(fact) and spec.nearest:
            entities = [e for e in view.of(spec.nearest) if not e.anaphor]
            if spec.nearest in ("place", "date"):  # those of a dateline say where and when the text was sent
                told_from = _behind_dateline(view.sentence)
                entities = [e for e in entities if e.start >= told_from]
            if spec.nearest == "money":  # "a deal that adds $3 billion in assets": what somebody has is no price
                entities = [
                    e
                    for e in entities
                    if not _OWNED.match(view.sentence.text, e.end - view.sentence.start)
                    and not _HAVING.search(view.sentence.text, 0, e.start - view.sentence.start)
                ]
            if spec.nearest == "place":
                if company:
                    entities = [e for e in entities if not bare(company).startswith(bare(e.text) + " ")]
                # a town says more than a street, whose town stands beside it
                entities = [e for e in entities if not e.text[0].isdigit()] or entities
            if spec.after:
                after = _compiled(spec.after + r"\s*$", re.IGNORECASE)
                entities = [e for e in entities if after.search(view.masked[: view.place_of(e)])]
            entity = min(entities, key=lambda e: min(abs(view.place_of(e) - found.end), abs(view.place_of(e) - found.start)), default=None)
            if entity is not None:
                facts[fact] = _with_state(view, entity) if spec.nearest == "place" else entity.text


def _with_state(view: View, place: Entity) -> str:
    """Return a place with the state or country that follows it, or the town that it follows: "Dayton, Ohio"."""
    text, begin = view.sentence.text, view.sentence.start
    near = view.of("place")
    at = near.index(place)
    for first, second in zip(near[max(0, at - 1) : at + 1], near[max(0, at - 1) + 1 : at + 2], strict=False):
        if text[first.end - begin : second.start - begin] == ", " and second.text in lands() and first.text not in lands():
            return f"{first.text}, {second.text}"
    return place.text


def _behind_dateline(sentence: Sentence) -> int:
    """Return the document offset at which a sentence begins to tell something."""
    return sentence.end - len(without_dateline(sentence.text)) if sentence.zone == LEAD else sentence.start


_HAVING = re.compile(
    r"(?i)\b(?:adds|adding|manages|managing|oversees|overseeing|valued at|valuation of)(?: (?:about|approximately|nearly|over|more than|some|roughly))? $"
)
_OWNED = re.compile(
    r"\s+(?:in|of|worth of) (?:[\w-]+ ){0,3}?(?:assets|aum|revenues?|sales|deposits|transactions?|payments|ebitda|turnover|market cap\w*|industry|market)\b"
    r"|\s+(?:pre-money |post-money )?valuation\b",
    re.IGNORECASE,
)


@cache
def _compiled(expression: str, flags: int = 0) -> re.Pattern[str]:
    """Return an expression of a kind compiled: `re` forgets the older of more than five hundred, and there are more."""
    return re.compile(expression, flags)
