"""What lawyers write around a deal in a filing: clauses that tell of nothing, names of roles that are nobody's, one deal told as several.

A filing describes an agreement at length. Its covenants name mergers, sales and leases that are forbidden; its parties are called
"Buyer" and "Merger Sub"; and one purchase is an acquisition, a merger of a subsidiary and an agreement and plan of merger.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from store.records import TriggerEvent
from triggers.companies import same_name
from triggers.view import SORTS, View

# said of a document, not of the world: "The foregoing description of the Merger Agreement does not purport to be complete"
_REFERENCE = re.compile(
    r"(?i)\bforegoing (?:description|summary|discussion)s?\b|\b(?:does|do) not purport to be (?:a )?complete|\bqualified in (?:its|their) entirety\b"
    r"|\b(?:is|shall|does|are)(?: not|n['’]t) (?:an offer|constitute|a solicitation|be deemed)|\bnor (?:is it|shall there be|a solicitation)\b"
    r"|^\W*(?:(?:a )?cop(?:y|ies) of|the (?:\w+ ){0,3}agreement (?:will be|is|has been))\b(?![^.]*\b(?:press|news) release)[^.]*\bexhibit\b"
)
# "covenants that limit the Company's ability to merge or sell assets", "restrict its ability to", "limitations on sale and leaseback transactions"
_COVENANT = re.compile(
    r"(?i)\b(?:covenants?|limitations?|restrictions?|prohibit(?:s|ed|ions?)?|restrict(?:s|ed|ing)?|limit(?:s|ing)|limited to)\b[^;.]{0,160}?"
    r"\b(?:abilit(?:y|ies) (?:of [^;.]{1,80} )?to|incur\w*|liens?|indebtedness|sale and leaseback|merg(?:e|ers?)|consolidat\w+|dispos\w+|dividends?)\b"
    r"|\bevents? of default\b[^;.]{0,60}\binclud"
)
# an item of a list of what is forbidden or allowed: "• sell assets;", "(iii) consolidate or merge with another person; and"
_CLAUSE_ITEM = re.compile(
    r"^\W*(?:\(?(?:[ivx]+|[a-z]|\d+)\)\s*)?(?:sell|merge|consolidate|create|incur|pay|make|enter into|engage|dispose|transfer|acquire|issue|guarantee|repurchase|redeem|declare|"
    r"prepay|amend|change|grant|invest|assume|convey|lease|permit|purchase)\b(?! of\b)[^.]*?(?:[;,]|;? (?:and|or))\s*$"
)
# what may come: a filer is no rumour about itself. "may use the proceeds for possible acquisitions", "if the merger is terminated"
_HYPOTHETICAL = re.compile(
    r"(?i)\b(?:(?-i:may)|might|could)\b[^;.]{0,80}\b(?:use|acqui|merg|sell|borrow|invest|terminat|be terminated|require|elect)|\bconditioned (?:up)?on\b|\b(?:possible|potential) (?:future )?(?:investments|acquisitions|divestitures)\b"
    r"|^\W*(?:if|unless|should|in the event|upon (?:the |any )?termination)\b"
    r"|\b(?:(?-i:may)|might|could)\b (?:also |materially |adversely |negatively )*(?:impair|affect|harm|impact|result in|lead to|cause)"
    r"|^\W*(?:the )?(?:obligations?|closing|consummation|completion)\b[^;]{0,160}?\b(?:is|are) (?:also )?(?:subject to|conditioned)|\bsecured by (?:substantially )?all\b"
)
# the roles that an agreement gives its parties, in place of names
ROLE_NAME = re.compile(
    r"(?i)(?:the )?(?:(?:first|second|merger|acquisition|purchaser|parent|holding|transitory|[ivx]+) )*(?:sub(?:sidiary)?|merger ?co|acquisition sub)(?: (?:[ivx]+|\d|one|two|a|b))?"
    r"|(?:the )?(?:co-)?(?:buyers?|purchasers?|sellers?|investors?|lenders?|borrowers?|issuers?|guarantors?|underwriters?|parents?|initial purchasers?|administrative agent|trustee|holders?|sponsor|counterparty)"
)
_MERGER_SUB = re.compile(r"(?i).*\bsub(?:sidiary)?\b.*|.*\bmerger ?co\b.*")


def is_clause(view: View) -> bool:
    """True for a sentence of a filing that says what an agreement forbids, allows or supposes, or speaks of the document itself."""
    text = view.sentence.text
    return any(pattern.search(text) for pattern in (_REFERENCE, _COVENANT, _CLAUSE_ITEM, _HYPOTHETICAL))


def is_role(name: str | None) -> bool:
    """True for "Buyer", "Merger Sub", "the Underwriters": who that is, the name does not say."""
    return bool(name) and ROLE_NAME.fullmatch((name or "").strip()) is not None


def is_merger_sub(name: str) -> bool:
    """True for the vehicle of a purchase: "Merger Sub", "Sub II"; its owner is the buyer."""
    return is_role(name) and _MERGER_SUB.fullmatch(name) is not None


_BANK = re.compile(r"\b(?:Bank|Securities|Capital Markets|Trust Company|N\.A|National Association)\b")


def is_bank(name: str) -> bool:
    """True for a name of one who lends or underwrites: "Tern Capital Markets LLC", "Orbex Bank, N.A."."""
    return _BANK.search(name) is not None


_OTHER = {"acquisition": "target", "merger": "partner"}


def one_deal(events: Sequence[TriggerEvent]) -> list[TriggerEvent]:
    """Return the events of a filing with each deal once, by the telling that says most of it: a purchase that is made by way of a merger is an acquisition.

    A deal is known by whom it is made with. What names nobody is the deal that is named, if one is.
    """
    deals = [e for e in events if e.kind in _OTHER]
    named = [e for e in deals if e.facts.get(_OTHER[e.kind])]
    kept: list[TriggerEvent] = []
    # purchases first, and of two tellings the surer
    for event in sorted(named or deals, key=lambda e: (e.kind != "acquisition", -e.confidence, e.start)):
        if not any(_same_deal(event, other) for other in kept):
            kept.append(event)
    return [e for e in events if e.kind not in _OTHER or e in kept]


def _same_deal(a: TriggerEvent, b: TriggerEvent) -> bool:
    if (
        a.kind != b.kind
        and a.facts.get("partner")
        and "completed" not in {a.status, b.status}
        and not re.search(r"(?i)\bacqui(?:red|sition)\b", a.quote)
    ):
        return False  # a merger agreement was signed, and the buyer says in his release that he buys: both are news until it is done
    ours, theirs = a.facts.get(_OTHER[a.kind]), b.facts.get(_OTHER[b.kind])
    if not ours or not theirs:
        return True
    parties = [name for name in (theirs, b.company, b.facts.get("acquirer")) if name]
    return same_name(ours, theirs) or (
        any(same_name(ours, name) for name in parties) and bool(a.company) and any(same_name(a.company or "", name) for name in parties)
    )


_AMONG = re.compile(rf"(?i)\b(?:by and )?(?:among|between)\b|\bmerger\b[^;]{{0,60}}? with (?={SORTS['company']})")
_VEHICLE = re.compile(
    rf"(?i),? (?:an? |each an? )[^;.]{{0,80}}?\b(?:subsidiary|affiliate) of\b|[^;{SORTS['company']}]{{0,80}}?\b(?:as|in its capacity as|solely as|acting as|serving as) (?:the |sole )?(?:[\w’']+ ){{0,3}}(?:representative|agent|trustee)"
)


def counterparty(view: View, main: str) -> str | None:
    """Return with whom an agreement is made, "with" one or "by and among" several: the first named that is neither `main`, its vehicle, nor a bank or agent."""
    among = _AMONG.search(view.masked)
    for entity in view.of("company") if among else ():
        place = view.place_of(entity)
        if among is None or place < among.end() or entity.anaphor or same_name(entity.text, main):
            continue
        words = view.masked[place + 2 : place + 160]
        if (
            is_role(entity.text)
            or is_bank(entity.text)
            or _VEHICLE.match(words)
            or re.search(r"(?i)\bacquisition (?:corp|sub|co|llc|inc)", entity.text)
        ):
            continue
        return entity.text
    return None
