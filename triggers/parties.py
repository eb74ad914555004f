"""Finds which company a document is about, the fullest name of a party in it, and the full name behind a surname."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from triggers.companies import LEGAL, NOT_NAMES, bare, clean_name, is_name, same_name
from triggers.entities import DocumentView
from triggers.names import title_case
from triggers.people import cut_person
from triggers.structure import Sentence
from triggers.subjects import find_main, without_place
from triggers.view import Entity, View


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
        lead = list(self._lead())
        named = [e.text for e in lead if e.sort == "company" and not e.anaphor]
        return find_main(self.full_text, self.sentences, named, {e.text for e in lead if e.sort == "person"})

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

    def once(self, name: str) -> bool:
        """True for a name without a legal form that the text has in one place only."""
        return self.full_text.count(name) < 2 and re.search(rf"\b{LEGAL}\b", name) is None

    def seldom(self, name: str, main: str) -> bool:
        """True for a name that the text has in its headline, and mostly as `main`."""
        return re.search(rf"\b{LEGAL}\b", name) is None and self.full_text.count(name) * 3 <= self.full_text.count(main)

    def party(self, name: str) -> str:
        """Return the fullest name of a company of an event; the document's own where `name` is a piece of it ("Tax Network")."""
        full, main = self.fullest(name), self.main
        known = self.names.full_name(clean_name(name))
        if main and known and bare(known) == bare(main):
            return main
        if main and same_name(full, main):
            ours, theirs = bare(main).split(), bare(full).split()
            if len(ours) > len(theirs) or (ours == theirs and len(main) > len(full)):
                return main
            if (
                len(theirs) > len(ours)
                and self.seldom(name, main)
                and (theirs[-len(ours) :] == ours or (name.isupper() and theirs[: len(ours)] == ours))
            ):
                return main  # a headline's "Robot Pioneer Acme", "ACME POWERED BY": the rest is said of it
        return full

    def fullest(self, name: str) -> str:
        """Return the longest form of a company's name in the document: "Acme" may stand there as "Acme Robotics, Inc."."""
        name = clean_name(name)
        if name in self._full:
            return self._full[name]
        base = name.rstrip(".")
        longest = name
        if 1 < len(base) < 80 and base.lower() not in NOT_NAMES and not _LEGAL_END.search(base):
            # a heading and its paragraph run together: "Lumo Works Lumo Works Holding, Inc."
            forms = [f for f in _longer_forms(self.full_text, base) if base.split()[0] not in f[len(base) :].split()]
            if forms:
                longest = max(dict.fromkeys(forms), key=lambda f: -abs(len(f) - len(base) - 8))
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
        plain = re.sub(r"\s*[“\"(‘]{1,2}[A-Z][\w.’'-]*[”\")’]{1,2}\s+", " ", plain)  # Miguel “Mike” Ortiz
        plain = re.sub(r",?\s(?:M\.?D|Ph\.?D|CPA|Esq|J\.?D|MBA|M\.?B\.?A|CFA|P\.?E|RN|DVM|DO|FACHE)\b\.?.*$", "", plain)
        if plain.isupper() and (mixed := re.search(rf"(?i)\b{re.escape(plain)}\b(?<=[a-z])", self.full_text)):
            return mixed.group()  # of a headline in capitals
        ranked = _RANK.fullmatch(plain)
        if ranked and len((known := self.person(ranked.group("last"))).split()) > 1:
            return known
        if len(plain.split()) > 1 and not re.fullmatch(r"[A-Z]\.? \w+", plain):
            return self._in_full(plain)
        known = cut_person(self.names.full_name(plain, "PERSON") or "")
        if len(known.split()) > 1:
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

    def _in_full(self, name: str) -> str:
        """Return the name that the text gives somebody beside the one he is called by: “Tim Roe” is “Mortimer J. Roe” where it has "Mortimer (“Tim”) J. Roe"."""
        called, last = name.split()[0], _last_name(name)
        if not any(f"{mark}{called}" in self.full_text for mark in '“"(‘'):
            return name
        given = re.search(
            rf"\b([A-Z][\w’-]+(?: [A-Z]\.)?) [(“\"‘]{{1,2}}{re.escape(called)}[”\"’)]{{1,2}} ((?:[A-Z][\w’-]*\.? )?{re.escape(last)})\b",
            self.full_text,
        )
        return f"{given.group(1)} {given.group(2)}" if given else name


# "General Roe", of whom the text says elsewhere that he is Lance W. Roe
_RANK = re.compile(r"(?:General|Admiral|Colonel|Captain|Major|Judge|Senator|Ambassador|Governor|Secretary) (?P<last>[A-Z][\w’-]+)")
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
_LEGAL_END = re.compile(rf"\b{LEGAL}$")
_LEGAL_AFTER = re.compile(rf"(?: (?!(?:and|And|AND)\b)[A-Z&][\w&’'-]*){{0,3}}?(?:,? {LEGAL}\b\.?){{1,3}}")
_GIVEN_BEFORE = re.compile(
    r"\b(?:[A-Z][\w’'-]+|[A-Z]\.)(?:[ \xa0](?:[A-Z][\w’'-]*\.?|[“\"][A-Z]\w+[”\"]|van|von|de|der|la|di|bin|al)){0,3}[ \xa0]+\Z"
)


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


_LEADING = re.compile(
    r"^(?:[A-Z]{3,}[A-Z ,.]*(?:\([^)]*\))?\s?(?:—|–|--|-)\s*)?(?P<name>(?:[A-Z0-9][\w&.’'-]*)(?:\s(?:[A-Z0-9&][\w&.’'-]*|of|and))*),?\s(?:has |have |will |is |was |to |today |also |recently )*[a-z]+(?:s|ed|t|ing)?\b"
)
# nothing but helping words, an adverb or an apposition between a company and what it does
_DOES = re.compile(
    r"(?:['’]s?)?(?: ?\([^()]{1,80}\))*(?:, [^;:]{2,160},|,)?(?: (?:has|have|had|will|would|is|are|was|were|be|been|being|to|also|today|now|recently|officially|just|then|successfully|"
    r"proudly|agreed|plans?|planned|intends?|expects?|and|not|announced|announces|said|says|that|it|they|pleased|\w+ly)){0,7}\s*"
)
_OTHER_ROLE = re.compile(
    r"(?i)(?:\b(?:from|formerly|ex|former|at|with|by|of|for|than|like|to|and its|via|into|against|on|in|under|known as|d/b/a|dba|f/k/a)[\s-]|\([“\"‘']?|\bthe )$"
)


# "Jane Roe's lamp company, vLumo, has": the firm, not its owner
_OWNED = re.compile(
    r"['’]s? (?:[\w-]+ ){0,3}(?:company|firm|start-?up|unit|subsidiary|arm|business|venture|target|maker|platform|group), (?P<name>(?!(?:which|who|the|an?|its|and)\b)\w[\w&.’'-]*(?: [A-Z][\w&.’'-]*){0,3}), (?:has|have|had|is|was|will|said|says|filed|sued)\b"
)


def subject_before(view: View, at: int) -> Entity | None:
    """Return the company nearest before masked offset `at` in the sentence, skipping those named as adviser, landlord or former employer."""
    best = None
    for entity in view.of("company"):
        place = view.place_of(entity)
        if place >= at:
            break
        if _OTHER_ROLE.search(view.masked[max(0, place - 22) : place]):
            continue
        if best is not None and re.fullmatch(r"\s*(?:,|and|&|, and)\s*", view.masked[view.place_of(best) + 2 : place]):
            continue  # "Umbrella Health and Cyberdyne formed": the first of the pair speaks for both
        if best is not None and _APPOSED.fullmatch(view.masked[view.place_of(best) + 2 : place]):
            continue  # "Calder, a leader in snacks and Food Products, acquires": said of the one before
        best = entity
    return best


_APPOSED = re.compile(r"(?: ?\([^()]{1,80}\))?, (?:an?|the|one of|formerly|part of|owner of|maker of|parent of|provider of) [^,;:]{0,80}")


def doer(view: View, at: int, parties: Parties, *, own: bool = False) -> str | None:
    """Return who does what the words at masked[at] tell, as the sentence names it: None where it names nobody before them.

    The company right before the words, else the document's own where the sentence speaks of it, else the nearest one. A filing
    speaks of its filer throughout: a company that it names besides is meant, unless what is told is the filer's `own` (its officers,
    its seat), where a unit's name means the filer.
    """
    nearest = subject_before(view, at)
    if nearest is not None and (owned := _OWNED.match(view.masked, view.place_of(nearest) + 2, at)):
        return view.text(*owned.span("name"))
    main = parties.main
    if main and nearest is not None and not nearest.anaphor and title_case(view.sentence.text) and parties.once(nearest.text):
        nearest = None  # capitals of a headline or its second line, named nowhere else: "Premium Lamp Brand Set to Launch"
        if not speaks_of(view, at, main):
            return main
    meant = bool(parties.header) and not own
    if nearest is not None and not nearest.anaphor and main and not meant and not same_name(nearest.text, main):
        place = view.place_of(nearest)
        close = _DOES.fullmatch(view.masked[place + 2 : at]) is not None
        opens = place == 0 or re.search(
            r"(?:[,;:—–.”\"-]|\b(?:that|and|while|as|when|its|target|subsidiary|unit|affiliate|owner|parent))\s*$", view.masked[:place]
        )
        if not close or (not opens and speaks_of(view, at, main)):
            return main
    return nearest.text if nearest is not None else main if main and speaks_of(view, at, main) else None


def speaks_of(view: View, at: int, main: str) -> bool:
    """True where the sentence names `main`, or means it by "the Company", before masked[at]."""
    if any(e.anaphor or same_name(e.text, main) for e in view.of("company") if view.place_of(e) < at):
        return True
    begin, end = view.sentence.start, view.span(at, at)[0]
    said = view.sentence.text[: max(0, end - begin)].lower()
    words = bare(main).split()[:2]
    if not words or not all(word in said for word in words):
        return False  # which spares compiling the expression
    return re.search(r"\b" + r"\W+".join(map(re.escape, words)) + r"\b", said) is not None


def leading_name(view: View) -> str | None:
    """Return the capitalised words that a sentence opens with, where they can be a company's name."""
    match = _LEADING.match(view.sentence.text)
    name = without_place(clean_name(match.group("name"))) if match else ""
    return (
        name if name and is_name(name) and not any(e.sort == "person" and e.start == view.sentence.start for e in view.entities) else None
    )


_CALLED = {
    "bill": "william", "will": "william", "bob": "robert", "rob": "robert", "dick": "richard", "ted": "edward", "ned": "edward", "tony": "anthony",
    "peggy": "margaret", "meg": "margaret", "betty": "elizabeth", "liz": "elizabeth", "sandy": "alexander", "drew": "andrew", "hank": "henry",
    "chuck": "charles", "jack": "john", "jim": "james", "becky": "rebecca", "tina": "christina", "gene": "eugene", "skip": "",
}  # fmt: skip


def same_person(x: str, y: str) -> bool:
    """True for two spellings of one person within a document: same surname, and first names that begin alike or are short for each other."""
    a, b = _plain_words(x), _plain_words(y)
    if not a or not b or a[-1] != b[-1]:
        return False
    if len(a) == 1 or len(b) == 1:
        return True
    return any(_given_alike(v, w) for v in a[:-1] for w in b[:1]) or any(_given_alike(v, w) for v in a[:1] for w in b[:-1])


@lru_cache(maxsize=1024)
def _plain_words(name: str) -> tuple[str, ...]:
    """Return the words of a person's name in small letters; asked again and again where events are compared in pairs."""
    return tuple(w for w in re.findall(r"[^\W\d_]+", name.lower()) if w not in {"jr", "sr", "ii", "iii", "iv", "dr"})


def _given_alike(x: str, y: str) -> bool:
    return x[0] == y[0] or _CALLED.get(x, x) == _CALLED.get(y, y) or (min(len(x), len(y)) > 3 and (x in y or y in x))
