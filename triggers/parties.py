"""Finds which company a document is about, the fullest name of a party in it, and the full name behind a surname."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from triggers.entities import DocumentView
from triggers.structure import ABOUT, HEADLINE, Sentence
from triggers.view import Entity, View

LEGAL = r"(?:Inc|INC|Incorporated|INCORPORATED|Corp|CORP|Corporation|CORPORATION|Co|CO|Company|COMPANY|Companies|Ltd|LTD|Limited|LIMITED|LLC|L\.L\.C|LLP|L\.P|LP|PLC|plc|Plc|S\.A|SA|SE|N\.V|NV|AG|AB|ASA|A/S|Oyj|SpA|S\.p\.A|GmbH|KG|KGaA|BV|B\.V|Pty\.? Ltd|Pte\.? Ltd|K\.K|Holdings?|HOLDINGS?|Group|GROUP|Bancorp|BANCORP|Bancshares|Trust|P\.A|P\.C|PLLC|Partners|Foundation|University)"
# "Acme Corporation (the “Company”)", "Acme, Inc. (“Acme” or the “Company”)"
_DEFINED = re.compile(
    r"(?P<name>[A-Z0-9][\w&.,’'!/® -]{1,80}?)(?:,? (?:a|an) [^()]{3,80}?(?:corporation|company|limited partnership|trust|association)[^()]{0,20})?,?\s*\((?:[^()]{0,120}?\b)?(?:[Tt]he|THE|we|our|hereinafter|collectively)?,?\s*[“\"”'‘]*(?:the )?(?:Company|COMPANY|Registrant|Corporation|Bank|Group|Partnership|Trust|Issuer)\b[”\"“'’,]"
)
_TICKER = re.compile(
    r"(?P<name>[A-Z0-9][\w&.,’'!/®™ -]{1,70}?)\s*\((?:[^()]{0,40}?\b)?(?:NYSE|NASDAQ|Nasdaq|AMEX|OTC\w*|TSX(?:[ -]?V)?|CSE|LSE|AIM|ASX|Euronext|FRA|OMX|NYSE American|TSXV|Cboe|HKEX|SGX|JSE)\b[^()]{0,60}\)"
)
_REUTERS = re.compile(r"^(?P<name>[A-Z][\w&.,’' -]{1,60}?)\s*<[A-Z.]{1,6}>")
_ABOUT_NAME = re.compile(
    r"^\W*(?:About|ABOUT)[:\s]+(?:the\s+)?(?P<name>[A-Z0-9][\w&.,’'!/®™ -]{1,70}?)(?=$|\s{2,}|[:(–—]|\s(?:is|are|was|has|The|A|An|Founded|Headquartered|Based|Since|At|For|With|Established|provides|offers|delivers|operates)\b)"
)
_SUBJECT = re.compile(
    r"^(?:(?i:today|exclusive|update|breaking|report)[:,]?\s+)?(?P<name>(?-i:[A-Z0-9][\w&.’'!+/®™-]*)(?:,? (?:(?-i:[A-Z0-9&][\w&.’'!+/®™-]*)|of|and|&|the|for|de)){0,6}?)(?:\s*\([^)]{1,40}\)|,[^,]{3,160},|\s*<[A-Z.]+>)*['’]?s?\s+"
    r"(?:(?:today|has|have|is|will|proudly|officially|also|to|recently)\s+){0,3}(?i:announc|appoint|nam(?:es|ed)\b|launch|acquir|complet|clos(?:es|ed)\b|rais(?:es|ed)\b|open(?:s|ed|ing)?\b|relocat|mov(?:es|ed|ing)\b|join|sign|report(?:s|ed)?\b|expand|unveil|introduc|hir(?:es|ed)\b|promot|welcom|elect|select|secur|receiv|said\b|says\b|agree|buy|sell|sold|bought|win|won\b|award|establish|partner|enter|releas|invest|celebrat|plan|merg|file|pric|cut|lay|add|pleased|proud|excited|thrilled|honou?red|declar|lead|debut|achiev|strengthen|confirm|provid|roll|host|shar|offer|build|break|begin|start|resum|is\b|are\b|has\b)"
)
_TRAIL = re.compile(r"(?:[,;:\s]+|['’]s?|\s*[®™©]|\((?:R|TM)\))+$")
_LEAD_WORDS = re.compile(
    r"^(?:The|the|THE|At|In|On|For|By|From|With|As|A|An|And|—|--|-|About|Today|Meanwhile|However|While|When|After|Before|Since|Under|Of)\s+(?=\S)"
)
NOT_NAMES = frozenset(
    [
        "the",
        "company",
        "company",
        "we",
        "it",
        "they",
        "he",
        "she",
        "this",
        "that",
        "these",
        "those",
        "there",
        "today",
        "new",
        "ceo",
        "cfo",
        "coo",
        "cto",
        "our",
        "its",
        "a",
        "an",
        "board",
        "inc",
        "corp",
        "management",
        "news",
        "market",
        "more",
        "about",
        "shares",
        "stock",
        "item",
        "form",
        "exhibit",
        "us",
        "uk",
        "u.s.",
        "ai",
        "board",
        "directors",
        "stockholders",
        "shareholders",
        "committee",
        "officer",
        "officers",
        "meeting",
        "agreement",
        "sec",
        "nyse",
        "nasdaq",
        "otc",
        "fda",
        "ftc",
        "doj",
        "irs",
        "fbi",
        "epa",
        "eu",
        "un",
        "gdp",
        "ipo",
        "globe",
        "newswire",
        "pr",
        "business",
        "wire",
        "prnewswire",
        "globenewswire",
        "newswire",
        "accesswire",
        "company",
        "registrant",
        "chairman",
        "president",
        "director",
        "directors",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ]
)


def clean_name(name: str) -> str:
    """Return a company name as it would be written alone: no article, possessive, mark or trailing comma."""
    name = re.sub(r"\s+", " ", name).strip(" \"“”'‘’(")
    name = re.sub(r"\s*\((?:the )?[“\"].*$", "", name)
    while True:
        shorter = _TRAIL.sub(
            "", _LEAD_WORDS.sub("", name) if not re.match(r"The \w+(?: \w+)* (?:Co|Company|Group|Corporation|Inc)\b", name) else name
        )
        if shorter == name:
            break
        name = shorter
    if re.search(r"\b(?:Inc|Corp|Co|Ltd|L\.P|L\.L\.C|N\.V|S\.A|P\.A|P\.C)$", name):
        name += "."
    return re.sub(r"[®™©]|\((?:R|TM)\)", "", name).strip()


def bare(name: str) -> str:
    """Return the name's distinguishing words in lower case, for comparing mentions within a document."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’]s\b", "", name.lower()))
    kept = [
        w
        for w in words
        if not re.fullmatch(
            r"inc|incorporated|corp|corporation|co|company|ltd|limited|llc|plc|lp|llp|sa|se|nv|ag|ab|the|and|group|holdings?", w
        )
    ]
    return " ".join(kept or words)


class Parties:
    """The companies and people of one document, resolved on demand: most documents need a name or two, or none."""

    def __init__(
        self,
        full_text: str,
        sentences: Sequence[Sentence],
        header: str | None,
        names: DocumentView,
        lead: Callable[[], Iterable[Entity]] = tuple,
    ) -> None:
        """Take the text, the filer's name from its header, and `lead`, which gives the entities of headline and lead when they are asked for."""
        self.names = names
        self.full_text = full_text
        self.sentences = sentences
        self.header = header
        self._main: str | bool | None = False
        self._lead = lead
        self._people: dict[str, str] = {}
        self._full: dict[str, str] = {}

    @property
    def main(self) -> str | None:
        """The fullest name of the company the document is about, None where it cannot be told."""
        if self._main is False:
            name = self._find_main()
            self._main = self.fullest(name) if name else None
        return self._main  # type: ignore[return-value]

    def _find_main(self) -> str | None:
        if self.header:
            return self._as_written(self.header)
        head = self.full_text[:6000]
        defined = _DEFINED.search(head)
        if defined and _is_name(_last_capitals(defined.group("name"))):
            return clean_name(_last_capitals(defined.group("name")))
        headline = next((s for s in self.sentences if s.zone == HEADLINE), None)
        candidates: list[str] = []
        lead = list(self._lead())
        companies = [e for e in lead if e.sort == "company" and not e.anaphor]
        people = {e.text for e in lead if e.sort == "person"}
        ticker = _TICKER.search(head)
        if ticker:
            candidates.append(clean_name(_last_capitals(ticker.group("name"))))
        for sentence in ([headline] if headline else []) + [s for s in self.sentences[:6] if s.zone not in {HEADLINE}]:
            text = re.sub(r"^.{0,90}?(?:—|–|--|/-|\s-\s|\)\s*-)\s*", "", sentence.text) if sentence is not headline else sentence.text
            text = re.sub(r"^\$[A-Z.]+(?: \$[A-Z.]+)*\s?[:-]\s*", "", text)
            reuters = _REUTERS.match(text)
            if reuters:
                candidates.append(clean_name(reuters.group("name")))
                continue
            subject = _SUBJECT.match(text)
            if subject and _is_name(subject.group("name")):
                candidates.append(clean_name(subject.group("name")))
            for entity in companies:
                if sentence.start <= entity.start < sentence.end:
                    candidates.append(clean_name(entity.text))
                    break
        candidates = [c for c in candidates if not any(p == c or p.startswith(c + " ") for p in people)]
        abouts = [m.group("name") for s in self.sentences if s.zone == ABOUT and (m := _ABOUT_NAME.match(s.text[:160]))]
        names = [bare(a) for a in abouts]
        for candidate in candidates:  # what the text begins with and an "About" paragraph describes
            key = bare(candidate)
            if any(key and (n.startswith(key) or key.startswith(n)) for n in names if n):
                return candidate
        if candidates:
            counts = {c: self.full_text.count(c.rstrip(".")) for c in candidates}
            first = candidates[0]
            best = max(candidates, key=lambda c: counts[c])
            return best if counts[best] > 2 * counts[first] + 1 else first
        return clean_name(abouts[0]) if abouts else None

    def _as_written(self, header: str) -> str:
        """Return the header's name ("CHEVRON CORP", "COSTCO WHOLESALE CORP /NEW") as the text itself spells it."""
        name = re.sub(r"\s*[/\\][A-Z ]{2,8}[/\\]?\s*$", "", header).strip()
        words = bare(name).split()
        if not words:
            return name
        pattern = (
            r"\b(?:The )?" + r"[\s,.&’'-]{1,4}(?:and )?".join(map(re.escape, words)) + rf"(?:(?:,? (?:and|&) | ?,? ){LEGAL}\b\.?){{0,3}}"
        )
        found = [m.group().strip() for m in re.finditer(pattern, self.full_text[:200_000], re.IGNORECASE)]
        mixed = [f for f in found if not f.isupper() and f[0].isupper()] or found
        return clean_name(max(mixed, key=lambda f: (len(f), -mixed.index(f)))) if mixed else name

    def fullest(self, name: str) -> str:
        """Return the longest form of a company's name in the document: "Acme" may stand there as "Acme Robotics, Inc."."""
        name = clean_name(name)
        if name in self._full:
            return self._full[name]
        base = name.rstrip(".")
        longest = name
        if 1 < len(base) < 80 and base.lower() not in NOT_NAMES:
            forms = list(_longer_forms(self.full_text, base))
            if forms:
                longest = max(sorted(set(forms), key=forms.index), key=lambda f: (forms.count(f) > 0, -abs(len(f) - len(base) - 8)))
                longest = clean_name(longest)
        if longest == name:
            known = self.names.full_name(name)
            if known and bare(known).startswith(bare(name)):
                longest = clean_name(known)
        self._full[name] = longest
        return longest

    def person(self, name: str) -> str:
        """Return the full name behind "Mr. Smith" or "Smith", where the document gives one; without forms of address."""
        plain = re.sub(
            r"^(?:(?:Mr|Ms|Mrs|Miss|Dr|Prof|Professor|Sir|Dame|Hon|Gen|Lt|Col|Admiral|Adm|Rev)\b\.?\s*)+", "", re.sub(r"\s+", " ", name)
        ).strip(" ,'’")
        plain = re.sub(r"['’]s?$", "", plain)
        plain = re.sub(r",?\s(?:M\.?D|Ph\.?D|CPA|Esq|J\.?D|MBA|M\.?B\.?A|CFA|P\.?E|RN|DVM|DO|FACHE)\b\.?.*$", "", plain)
        if len(plain.split()) > 1 and not re.fullmatch(r"[A-Z]\.? \w+", plain):
            return plain
        known = self.names.full_name(plain, "PERSON")
        if known and len(known.split()) > 1:
            return known
        last = _last_name(plain)
        if last in self._people:
            return re.sub(r"^(?:(?:Mr|Ms|Mrs|Miss|Dr|Prof)\b\.?\s*)+", "", self._people[last])
        for found in _with_given_names(self.full_text, last):
            first = found.split()[0].rstrip(".")
            if first.lower() in NOT_NAMES or first in _NOT_FIRST:
                found = " ".join(found.split()[1:])
                if len(found.split()) < 2:
                    continue
            if not found.isupper():
                self._people[last] = found
                return found
        return plain


_NOT_FIRST = frozenset(
    [
        "Mr",
        "Ms",
        "Mrs",
        "Dr",
        "Miss",
        "Prof",
        "When",
        "While",
        "As",
        "With",
        "For",
        "And",
        "But",
        "The",
        "That",
        "Chief",
        "Officer",
        "President",
        "Director",
        "Chairman",
        "CEO",
        "CFO",
        "COO",
        "Executive",
        "Vice",
        "Former",
        "Under",
        "Since",
        "After",
        "Before",
        "Appoints",
        "Names",
        "Named",
        "Said",
        "Says",
        "Founder",
        "Chair",
        "Prior",
        "By",
        "From",
        "To",
        "Of",
        "In",
        "Regarding",
        "Congratulations",
        "Welcome",
        "Meet",
        "Senior",
        "Manager",
    ]
)


# what follows the core of a firm's name up to its legal form: "Acme" + " Robotics, Inc."
_LEGAL_AFTER = re.compile(rf"(?: (?!(?:and|And|AND)\b)[A-Z&][\w&’'-]*){{0,3}}?(?:,? {LEGAL}\b\.?){{1,3}}")
_GIVEN_BEFORE = re.compile(r"\b(?:[A-Z][\w’'-]+|[A-Z]\.)(?:\s(?:[A-Z][\w’'-]*\.?|[“\"][A-Z]\w+[”\"]|van|von|de|der|la|di|bin|al)){0,3}\s\Z")


def _longer_forms(text: str, name: str) -> Iterator[str]:
    """Yield what the text writes after the name with a legal form, the name included, in order."""
    at = text.find(name, 0, 300_000)
    while at >= 0:
        end = at + 1
        if at == 0 or not (text[at - 1].isalnum() or text[at - 1] in "_&"):
            tail = _LEGAL_AFTER.match(text, at + len(name))
            if tail:
                yield text[at : tail.end()]
                end = tail.end()
        at = text.find(name, end, 300_000)


def _with_given_names(text: str, surname: str) -> Iterator[str]:
    """Yield each "Jane Q. Roe" for "Roe" that the text holds, in order."""
    at = text.find(surname, 0, 200_000)
    while at >= 0:
        end = at + len(surname)
        after = text[end : end + 1]
        if not (after.isalnum() or after == "_"):
            given = _GIVEN_BEFORE.search(text, max(0, at - 120), at)
            if given:
                yield given.group() + surname
        at = text.find(surname, end, 200_000)


def _last_name(name: str) -> str:
    words = [w for w in name.split() if not re.fullmatch(r"(?i)(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d|cpa|esq)\.?,?", w)]
    return re.sub(r"['’]s$|[,.'’]+$", "", words[-1]) if words else name


def _last_capitals(name: str) -> str:
    """Return the capitalised run that ends the string: "On May 3, the board of Acme Corp" gives "Acme Corp"."""
    match = re.search(r"(?:(?:[A-Z0-9][\w&.’'!/®™-]*|of|and|&|the|de|,? ?(?:Inc|Ltd|LLC)\.?)[ ,]*)+$", name.strip())
    found = match.group() if match else name
    found = re.sub(r"^.*\b\d{1,2}, \d{4},?\s+", "", found)
    return re.sub(r"^(?:(?:of|and|the|de|On|In|At|By|As)\s+)+", "", found.strip(" ,"))


def _is_name(name: str) -> bool:
    key = clean_name(name).lower().strip(".")
    if re.search(r"\bthe board\b|^board of|\b(?:19|20)\d\d, ", key):
        return False
    return bool(key) and key not in NOT_NAMES and not re.fullmatch(r"[\d\W]+", key)


@lru_cache(maxsize=2048)
def is_name(name: str) -> bool:
    """True for words that can be a company's name: no pronoun, office, month or wire."""
    return _is_name(name) and name[:1].isascii() is not None


def subject_before(view: View, at: int) -> Entity | None:
    """Return the company nearest before masked offset `at` in the sentence, skipping those named as adviser, landlord or former employer."""
    best = None
    for entity in view.of("company"):
        place = view.place_of(entity)
        if place >= at:
            break
        before = view.masked[max(0, place - 22) : place]
        if re.search(r"(?i)(?:\b(?:from|formerly|ex|former|at|with|by|of|for|than|like|to|and its|via)[\s-]|\(|\bthe )$", before):
            continue
        if best is not None and re.fullmatch(r"\s*(?:,|and|&|, and)\s*", view.masked[view.place_of(best) + 2 : place]):
            continue  # "Umbrella Health and Cyberdyne formed": the first of the pair speaks for both
        best = entity
    return best


def same_person(x: str, y: str) -> bool:
    """True for two spellings of one person within a document: same surname, and first names that begin alike."""
    a, b = ([w for w in re.findall(r"[^\W\d_]+", name.lower()) if w not in {"jr", "sr", "ii", "iii", "iv", "dr"}] for name in (x, y))
    return bool(a) and bool(b) and a[-1] == b[-1] and (len(a) == 1 or len(b) == 1 or any(w[0] == b[0][0] for w in a[:-1]))
