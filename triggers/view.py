"""One sentence with its entities masked, so that patterns speak of {company}, {person} and {money} instead of letters.

Each entity becomes two characters of Unicode's private use area: its sort and its number. Patterns are compiled once into
ordinary regular expressions over that form; what they catch is mapped back to offsets of the document.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from triggers.kind import PLACEHOLDER
from triggers.lexicon import CLASSES
from triggers.scan import Sieve
from triggers.structure import Sentence

SORTS = {
    "company": "\ue001",
    "person": "\ue002",
    "title": "\ue003",
    "place": "\ue004",
    "money": "\ue005",
    "percent": "\ue006",
    "number": "\ue007",
    "date": "\ue008",
}
SORT_OF = {mark: sort for sort, mark in SORTS.items()}
_FIRST = 0xE100
_LAST = 0xF8FF
# an entity in an expression: its sort, then its number, which any character stands for (a class of six thousand takes `re` 2 ms to compile)
MARKS = {sort: f"(?:{mark}.)" for sort, mark in SORTS.items()}
_NUMBERS = r"[\ue100-\uf8ff]"  # the same as kind files write it
PRIVATE = re.compile(r"[\ue000-\uf8ff]")

LABELS = {"ORG": "company", "PERSON": "person", "TITLE": "title", "GPE": "place", "LOC": "place", "FAC": "place"}

_MONTH = r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
DATE = re.compile(
    rf"\b(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?!\d),?(?:\s+\d{{4}}\b)?|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?(?:\s+\d{{4}}\b)?|{_MONTH},?\s+\d{{4}}\b|\d{{4}}-\d{{2}}-\d{{2}}\b|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}\b"
    r"|(?:the\s+)?(?:first|second|third|fourth|1st|2nd|3rd|4th)[- ](?:fiscal\s+)?(?:quarter|half)(?:\s+of)?(?:\s+(?:fiscal\s+)?(?:year\s+)?\d{4})?|Q[1-4]\s+(?:of\s+)?\d{4}|(?:early|late|mid|year-end|by|in|spring|summer|fall|autumn|winter)[- ](?:of\s+)?(?:19|20)\d{2}\b)"
)
_AMOUNT = r"\d(?:[\d,]*\d)?(?:\.\d+)?"
_SCALE = r"(?:\s?-?(?:thousand|million|billion|trillion|crore|lakh|mln|bln|mn|bn|mm|m|b|k|M|B|K|MM|Million|Billion|Trillion|MILLION|BILLION|MLN|BLN))"
MONEY = re.compile(
    rf"(?:(?:US|C|A|NZ|HK|S|CDN|AU|CA)?\s?[$€£¥₹]|\b(?:USD|EUR|GBP|CHF|CAD|AUD|INR|Rs\.?|SEK|NOK|DKK|JPY|RMB|CNY)\s?)\s?{_AMOUNT}(?:\s?(?:to|-|–)\s?[$€£]?{_AMOUNT})?(?:{_SCALE}\b)?(?:\s?(?:USD|dollars|euros))?"
    rf"|\b{_AMOUNT}{_SCALE}?\s?(?:(?i:dlrs|dollars|euros|pounds(?! of\b)|stg|francs|marks(?! (?:the|an?|our|its|this)\b)|yen|swiss francs|crore rupees|kronor|rupees|yuan)|USD|EUR|GBP|CHF)\b|\b(?:(?:multi|nine|eight|seven)[- ](?:million|billion|figure))[- ]dollar\b"
)
A_SHARE = re.compile(
    r"(?: (?:and|to|or) (?:US|C|A)?[$€£]\d[\d.,]*)?(?:,? in cash,?)? (?:per|a|an|for each|for every|each)\s(?:\w+ ){0,2}(?:share|unit|ADS)\b",
    re.IGNORECASE,
)
PERCENT = re.compile(
    r"\b\d[\d,]*(?:\.\d+)?\s?(?:%|(?i:percent|per cent|pct|percentage points)\b)|\b(?:half|a third|one[- ]third|two[- ]thirds|a quarter|three[- ]quarters)\b(?= of (?:its|the|their|our))"
)
NUMBER = re.compile(
    r"(?<![\w$€£.,/-])\d{1,3}(?:,\d{3})+(?![\w%])|(?<![\w$€£.,/:-])\d+(?:\.\d+)?(?:\s(?:million|thousand|hundred|billion))?(?![\w%,:/]\w|\w)|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens|hundreds|thousands|several hundred|a hundred|a thousand|a dozen)\b(?: (?:hundred|thousand|million|dozen))?"
)
# a document's word for its company; resolved to the fullest name (triggers/parties.py)
ANAPHOR = re.compile(
    r"\b(?:[Tt]he|[Oo]ur|THE)\s(?:Company|company|COMPANY|Corporation|corporation|Bank|bank|Firm|firm|Group|group|Partnership|Registrant|Trust|Fund|Issuer|Organization|organization|Credit Union|startup|start-up|retailer|automaker|chipmaker|carmaker|drugmaker|insurer|airline|lender|nonprofit|non-profit|agency|maker|manufacturer|university|hospital|brand|clinic|bakery|brewery|law firm|studio)\b(?!['’]s\s(?:Board|board)\b(?=x))"
)
_SIEVE = Sieve(MONEY, PERCENT, DATE, NUMBER)


@dataclass(frozen=True, slots=True)
class Entity:
    """A name or quantity in the document."""

    sort: str  # company, person, title, place, money, percent, number, date
    start: int  # in the document's full text
    end: int
    text: str
    anaphor: bool = False  # "the Company"


@dataclass(frozen=True, slots=True)
class View:
    """A sentence, its entities in order, and its masked form."""

    sentence: Sentence
    entities: tuple[Entity, ...]
    masked: str
    places: tuple[int, ...]  # where in the masked form each entity stands

    def entity(self, mark: str) -> Entity:
        """Return the entity that the second mask character `mark` stands for."""
        return self.entities[ord(mark) - _FIRST]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the document offsets of masked[start:end]."""
        if start >= end:
            here = self._at(start) if start < len(self.masked) else self.sentence.end
            return here, here
        return self._at(start), self._at(end - 1, end=True)

    def _at(self, place: int, *, end: bool = False) -> int:
        """Return the document offset at which what stands at a masked place begins, or that after it."""
        number = bisect_right(self.places, place) - 1
        if number < 0:
            return self.sentence.start + place + end
        entity, beyond = self.entities[number], place - self.places[number] - 2
        if beyond < 0:
            return entity.end if end else entity.start
        return entity.end + beyond + end

    def text(self, start: int, end: int) -> str:
        """Return the words that masked[start:end] stands for."""
        begin, stop = self.span(start, end)
        return self.sentence.text[begin - self.sentence.start : stop - self.sentence.start]

    def of(self, sort: str) -> list[Entity]:
        """Return the entities of one sort in order."""
        return [e for e in self.entities if e.sort == sort]

    def place_of(self, entity: Entity) -> int:
        """Return where in the masked form the entity stands."""
        return self.places[bisect_left(self.entities, entity.start, key=_start_of)]


def _start_of(entity: Entity) -> int:
    return entity.start


def quantities(sentence: Sentence, taken: Iterable[Entity]) -> list[Entity]:
    """Return the amounts, shares, numbers and dates of a sentence that overlap nothing in `taken`."""
    out: list[Entity] = []
    spans = [(e.start, e.end) for e in taken]
    apt = _SIEVE.apt(sentence.text)
    for sort, pattern in (("money", MONEY), ("percent", PERCENT), ("date", DATE), ("number", NUMBER)):
        if pattern not in apt:
            continue
        for match in pattern.finditer(sentence.text):
            start, end = sentence.start + match.start(), sentence.start + match.end()
            while end > start and sentence.text[end - sentence.start - 1] in " ,":
                end -= 1
            if sort == "money" and A_SHARE.match(sentence.text, end - sentence.start):
                continue  # the price of a share is not the price of the company
            while start < end and sentence.text[start - sentence.start] == " ":
                start += 1  # "borrowed $4 million": the sign's pattern takes the blank before it along
            if all(end <= a or start >= b for a, b in spans):
                spans.append((start, end))
                out.append(Entity(sort, start, end, sentence.text[start - sentence.start : end - sentence.start]))
    return out


def anaphors(sentence: Sentence, taken: Iterable[Entity]) -> list[Entity]:
    """Return "the Company", "our firm" and the like where no name stands."""
    spans = [(e.start, e.end) for e in taken]
    out = []
    for match in ANAPHOR.finditer(sentence.text):
        start, end = sentence.start + match.start(), sentence.start + match.end()
        if all(end <= a or start >= b for a, b in spans):
            out.append(Entity("company", start, end, match.group(), anaphor=True))
    return out


def apart(sentence: Sentence, named: Iterable[Entity]) -> list[Entity]:
    """Return the entities that lie inside the sentence, in order, without those that overlap an earlier or longer one."""
    kept: list[Entity] = []
    for entity in sorted(named, key=lambda e: (e.start, -e.end)):
        if entity.start >= sentence.start and entity.end <= sentence.end and (not kept or entity.start >= kept[-1].end):
            kept.append(entity)
    return kept


def make_view(sentence: Sentence, named: Sequence[Entity]) -> View:
    """Return the sentence masked: `named` are its persons, companies, titles and places as `apart` gives them, which quantities yield to."""
    kept = list(named)
    kept += anaphors(sentence, kept)
    kept += quantities(sentence, kept)
    entities = tuple(sorted(kept, key=lambda e: e.start))[: _LAST - _FIRST]
    pieces: list[str] = []
    places: list[int] = []
    here, length = 0, 0
    text = PRIVATE.sub(" ", sentence.text)
    for number, entity in enumerate(entities):
        pieces += [text[here : entity.start - sentence.start], SORTS[entity.sort] + chr(_FIRST + number)]
        places.append(length + len(pieces[-2]))
        length = places[-1] + 2
        here = entity.end - sentence.start
    pieces.append(text[here:])
    return View(sentence, entities, "".join(pieces), tuple(places))


_STOPS = r"(?!(?:for|to|in|as|with|from|by|at(?! ?&)|on|after|amid|into|over|via|says?|will|has|is|of|(?-i:[a-z]\w*ing)|(?:lead|grow|exist|remain|outstand|pioneer|operat|invest|provid|mak|includ|expand|follow|accord|pend|upcom|emerg|fund|financ|build|work|bring|driv|help|enabl|strengthen|deliver|offer|market|manufactur|shipp|giv|us|mark|creat|add|sav|tak|advanc|accelerat|enter|mov|buy|sell|acquir|meet|mean|improv|serv|support|extend|reach|combin|train|launch|open)ing)\b)"
_WORDS_UP = (
    r"(?-i:[A-Z0-9][\w&.’'!+/®™-]*)(?:[ ,]{1,2}(?:(?-i:[A-Z0-9&(][\w&.’'!+/®™)-]*)|of|and|&|the|for|de|\+|[\ue001\ue002\ue004].)){0,7}?"
)
_CAP = r"(?-i:(?:[A-Z0-9]|[a-z]{1,6}[A-Z])[\w&.’'!+/®™-]*)"
# a place opens a name only where capitals follow it: "Boston Scientific", never "Boston-based"
_OBJECT_UP = (
    rf"{_STOPS}(?:{_CAP}|\ue001.|\ue004.(?= (?-i:[A-Z])))"
    rf"(?: {_STOPS}(?:{_CAP}|[\ue001\ue002\ue004\ue007].)| (?:of|and|&|the|de) (?-i:[A-Z][\w&.’'!+/®™-]*)){{0,6}}"
)
_ANY_COMPANY = r"\ue001."
# wires put a name without a listing into angle brackets, "<Acme Ltd>", and the ticker of another behind it, "Acme Inc <ACM.N>"
_BRACKET, _TICKER = "<?", r">?(?: ?<[A-Z0-9.]{1,8}>)?"


# placeholders behind which any words may stand
_ANY_WORDS = frozenset({"gap", "subject", "object", "text"})


def pattern_gist(match: str) -> str:
    """Return what the gate needs of the expression that a pattern stands for: "." is for any words, so that most of it need not be read."""
    return pattern_source(PLACEHOLDER.sub(lambda m: "." if m.group(1) in _ANY_WORDS else m.group(), match))


def pattern_source(match: str) -> str:
    """Return the expression over masked sentences that a pattern with placeholders stands for; case is to be ignored."""
    count = 0

    def expand(placeholder: re.Match[str]) -> str:
        nonlocal count
        name, extra = placeholder.group(1), placeholder.group(2)
        count += 1
        if name == "gap":
            return rf"[^;\n]{{0,{int(extra or 60)}}}?"
        if name in SORTS:
            mask = rf"{SORTS[name]}(?P<e_{extra or name}_{count}>.)"
            return rf"(?:{_BRACKET}{mask}{_TICKER})" if name == "company" else rf"(?:{mask})"
        if name == "subject":
            return rf"(?P<s_{extra or 'subject'}_{count}>{_ANY_COMPANY}|{_WORDS_UP}|\b(?:it|we|they|the \w+))"
        if name == "object":
            return rf"(?:{_BRACKET}(?P<s_{extra or 'object'}_{count}>{_ANY_COMPANY}(?![\w])|{_OBJECT_UP}){_TICKER})"
        if name == "text":
            return rf"(?P<s_{extra or 'text'}_{count}>[^,;:()\n]{{2,90}}?)"
        return CLASSES[name]

    return PLACEHOLDER.sub(expand, match).replace(_NUMBERS, ".")


@dataclass(frozen=True, slots=True)
class Catch:
    """What one group of a pattern caught."""

    name: str  # fact, or "company", "subject", "object"
    text: str
    entity: Entity | None  # when it is exactly one entity
    start: int
    end: int


def catches(view: View, match: re.Match[str]) -> Iterator[Catch]:
    """Yield what the placeholders of a pattern caught, in the order of the pattern."""
    for group in match.re.groupindex:
        if match.group(group) is None or group[:2] not in {"e_", "s_"}:
            continue
        name = group[2:].rsplit("_", 1)[0]
        start, end = match.span(group)
        if group[0] == "e":
            entity = view.entity(match.group(group))
            yield Catch(name, entity.text, entity, entity.start, entity.end)
            continue
        caught = match.group(group)
        if len(caught) == 2 and caught[0] in SORT_OF:
            entity = view.entity(caught[1])
            yield Catch(name, entity.text, entity, entity.start, entity.end)
        else:
            begin, stop = view.span(start, end)
            yield Catch(name, view.text(start, end), None, begin, stop)
