"""Which full name a short one stands for: defined terms, legal forms left off, acronyms, surnames, "the Company".

All of it is looked up in the whole text by need, so that a document costs what the names asked for cost.
"""

# ruff: noqa: SIM905 - word lists read better as text

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from triggers.names import HONORIFICS, LEGAL_FORMS, NAME_TAILS, first_names, name_spans

# what may follow the core of a name without making it another company
_TAIL_WORDS = LEGAL_FORMS | frozenset(
    "Company Holdings Holding Group Companies International Technologies The & and , Trust Bank Worldwide Global USA".split()
)
_LEGAL_TAIL = re.compile(
    r"(?:,?\s+(?:" + "|".join(re.escape(form) for form in sorted(LEGAL_FORMS | {"Company"}, key=len, reverse=True)) + r"))+$", re.IGNORECASE
)
# (the “Company”), (“Premier” or the “Buyer”), ("NPB"), (hereinafter referred to as “Acme”), (together with its subsidiaries, the “Company”)
_DEFINITION = re.compile(
    r"\((?:[^()“”\"]{0,90}?)[“\"]([^“”\"()\n]{1,45})[,.]?[”\"](?:,? (?:or|and|collectively)?,? ?(?:the )?[“\"]([^“”\"()\n]{1,45})[”\"])?[^()\n]{0,40}\)"
)
_ACRONYM = re.compile(r"\(([A-Z][A-Za-z&]{1,7})\)")
_NO_NAME = re.compile(
    r"Agreement|Plan|Date|Board|Committee|Act\b|Notes?\b|Shares?\b|Stock|Merger|Transaction|Offering|Closing|Effective|Facility|Loan|Term|Order|"
    r"Report|Meeting|Award|RSU|PSU|Option|Letter|Code|Rule|Program|Purchase|Acquisition|Separation|Transition|Units?\b|Securities|Indenture|"
    r"Commission|SEC$|Exchange|NYSE|Nasdaq|Property|Premises|Lease|Period|Court|Parties|Party|GAAP|EBITDA|Amendment|Assets|Business$|Proposal|Executive$|Release$|Consideration|Credit|Lenders?$|Agent|Warrants?$|Trustee|Subsidiar|Affiliates?$|Guarantors?$|Employees?$|Customers?$"
)
_GENERIC_TERMS = frozenset(
    "company corporation bank registrant issuer partnership trust fund firm group we us our it cooperative association foundation university borrower".split()
)
_ROLE_TERMS = frozenset("seller buyer purchaser parent manager adviser advisor landlord tenant lender holder investor target".split())

# every name is held against every other and sought in the text; a document with more of them is a directory, not a story
MAX_NAMES = 600  # people, and as many companies
MAX_CHARS = 300_000  # of the text


def core_name(name: str) -> str:
    """Return a company's name without legal forms and article: "The Buckle, Inc." -> "Buckle"."""
    core = _LEGAL_TAIL.sub("", name).strip(" ,.&")
    core = re.sub(r"^(?:The|the|THE)\s+", "", core)
    return core or name


class Aliases:
    """Names of one document; `add` what was found, then ask `company` and `person` for the fullest form of a mention."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.persons: Counter[str] = Counter()
        self.companies: Counter[str] = Counter()
        self.defined: dict[str, str] = {}  # “Premier” -> Premier Financial Bancorp, Inc.
        self.generic: dict[str, str] = {}  # "company" -> what (the “Company”) was said of
        self.roles: dict[str, str] = {}  # "buyer" -> whom an agreement calls its (“Buyer”)
        self._read_definitions()
        self._known: dict[tuple[str, str], str] = {}
        self.version = 0  # counts up whenever a new name comes in

    def add(self, found: Iterable[tuple[str, str]]) -> None:
        """Take in `(label, text)` of entities."""
        before = len(self.persons) + len(self.companies)
        for label, text in found:
            names = self.persons if label == "PERSON" else self.companies if label == "ORG" else None
            if names is not None and (text in names or len(names) < MAX_NAMES):
                names[text] += 1
        if len(self.persons) + len(self.companies) != before:
            self._known.clear()
            self.version += 1

    def company(self, mention: str) -> str:
        """Return the fullest name of the company that `mention` names."""
        return self._cached("ORG", mention)

    def person(self, mention: str) -> str:
        """Return the fullest name of the person that `mention` names."""
        return self._cached("PERSON", mention)

    def surnames(self) -> set[str]:
        """Return the surnames of the persons with more than one name."""
        return {_surname(name) for name in self.persons if len(_bare(name)) > 1}

    def short_names(self) -> dict[str, str]:
        """Return what the document may call its companies and persons -> label, for finding mentions that were passed over."""
        out: dict[str, str] = {}
        for name, count in self.companies.items():
            core = core_name(name)
            if len(core) > 2 and not core.islower() and (core != name or count > 1 or " " in core or self._always_capital(core)):
                out[core] = "ORG"
                if _has_legal(name):
                    out[name] = "ORG"
        for term in self.defined:
            out[term] = "ORG"
        for name in self.persons:
            bare = _bare(name)
            if len(bare) > 1:
                surname = bare[-1]
                if len(surname) > 2 and out.get(surname) != "ORG":
                    out[surname] = "PERSON"
                out[name] = "PERSON"
        return out

    def _always_capital(self, word: str) -> bool:
        """Return True for a word the document never writes small: "IntelliTrans", but not "Target" beside "target"."""
        return len(word) > 3 and not stands_alone_in(self._text[:MAX_CHARS], word.lower())

    def _cached(self, label: str, mention: str) -> str:
        key = (label, mention)
        if key not in self._known:
            self._known[key] = self._fullest_company(mention) if label == "ORG" else self._fullest_person(mention)
        return self._known[key]

    def _fullest_company(self, mention: str) -> str:
        name = re.sub(r"\s+", " ", mention).strip()
        name = re.sub(r"[’']s?$", "", name)
        if name in self.defined:
            return self.defined[name]
        if (role := name.removeprefix("the ").removeprefix("The ").casefold()) in self.roles:
            return self.roles[role]
        core = core_name(name).casefold()
        if not core:
            return name
        same, longer = [], []
        for other, count in self.companies.items():
            other_core = core_name(other).casefold()
            if other_core == core:
                same.append(other)
            elif other_core.startswith(core + " ") or other.casefold().startswith(core + "."):
                longer.append((other, count))
        for term, full in self.defined.items():
            if term.casefold() == core:
                return full
        same += self._legal_names(core_name(name))
        if same:
            return max([name, *same], key=lambda n: (_has_legal(n), not n.isupper(), len(n)))
        acronym = self._spelled_out(name)
        if acronym:
            return acronym
        # "Cirrus" for "Cirrus Logic": where one name fits, or what follows is no more than "Holdings" or "Group"
        plain = [other for other, _ in longer if all(word.strip(",") in _TAIL_WORDS for word in other[len(core) :].split())]
        if plain:
            return max(plain, key=lambda n: (_has_legal(n), len(n)))
        cores = {core_name(other).casefold() for other, _ in longer}
        if " " not in name and len(cores) == 1:
            return self._cached("ORG", longer[0][0]) if longer[0][0] != mention else name
        return name

    def _legal_names(self, core: str) -> list[str]:
        """Return the forms in the text that are the core and a legal form: "Premier" -> ["Premier, Inc."]."""
        if len(core) < 3:
            return []
        out = []
        at = 0
        for _ in range(40):  # the first forty mentions tell enough
            at = self._text.find(core, at)
            if at < 0:
                break
            tail = _LEGAL_AFTER.match(self._text, at + len(core))
            if tail and (at == 0 or not self._text[at - 1].isalnum()):
                out.append(re.sub(r"\s+", " ", self._text[at : tail.end()]))
            at += len(core)
        return out

    def _spelled_out(self, acronym: str) -> str | None:
        if not (2 <= len(acronym) <= 7 and acronym.isupper()):
            return None
        for name in sorted(self.companies, key=len, reverse=True):
            words = [word for word in re.findall(r"[A-Za-z]+", core_name(name)) if word not in {"of", "and", "the", "for"}]
            if len(words) == len(acronym) > 2 and "".join(word[0] for word in words).upper() == acronym:
                return self._cached("ORG", name) if name != acronym else None
        return None

    def _fullest_person(self, mention: str) -> str:
        name = re.sub(r"\s+", " ", mention).strip(" ,")
        name = re.sub(r"[’']s?$", "", name)
        words = _bare(name)
        if not words:
            return name
        surname = words[-1].casefold()
        given = words[0].casefold().rstrip(".") if len(words) > 1 else ""
        fits = []
        for other, count in self.persons.items():
            others = _bare(other)
            if len(others) < 2:
                continue
            same_last = others[-1].casefold() == surname
            if same_last and (not given or _same_given(others[0], given)):
                fits.append((other, count))
            elif not given and others[0].casefold() == surname and len(words) == 1:
                fits.append((other, 0))  # called by the first name
        last_fits = [pair for pair in fits if pair[1]] or fits
        if last_fits:
            full = max(last_fits, key=lambda pair: (not pair[0].isupper(), len(pair[0].split()), pair[1], len(pair[0])))[0]
            return full if len(full) >= len(name) or name.isupper() else name
        if not given:
            return self._person_in_text(words[-1]) or name
        return name

    def _person_in_text(self, surname: str) -> str | None:
        """Return the first full name in the text that ends in the surname: "Smith" -> "Jane Q. Smith"."""
        if len(surname) < 2 or not surname[0].isupper():
            return None
        at = 0
        for _ in range(25):
            at = self._text.find(surname, at)
            if at < 0:
                return None
            given = _GIVEN_BEFORE.search(self._text, max(0, at - 45), at)
            after = self._text[at + len(surname) : at + len(surname) + 1]
            if given and not after.isalnum():
                words = given.group().split()
                while words and (
                    words[0] in HONORIFICS or (words[0] not in first_names() and len(words) > 1 and words[1] in first_names())
                ):
                    words = words[1:]
                if words and (words[0] in first_names() or (len(words) > 1 and re.fullmatch(r"[A-Z]\.", words[1]))):
                    return " ".join([*words, surname])
            at += len(surname)
        return None

    def _read_definitions(self) -> None:
        text = self._text
        last_end = 0
        for match in _DEFINITION.finditer(text):
            terms = [term.strip() for term in match.groups() if term]
            wanted = [
                term for term in terms if term.casefold().removeprefix("the ") in _GENERIC_TERMS | _ROLE_TERMS or not _NO_NAME.search(term)
            ]
            if not wanted or len(self.defined) > 200:
                continue
            line = text.rfind("\n", 0, match.start()) + 1
            start = max(line, match.start() - 260, last_end if last_end > line else 0)
            last_end = match.end()
            name = _last_company(text[start : match.start()], wanted)
            if name is None:
                continue
            for term in wanted:
                bare = re.sub(r"^[Tt]he ", "", term)
                if bare.casefold() in _GENERIC_TERMS:
                    self.generic.setdefault(bare.casefold(), name)
                elif bare.casefold() in _ROLE_TERMS:
                    if _has_legal(name):
                        self.roles.setdefault(bare.casefold(), name)
                elif bare[0].isupper() and bare != name:
                    self.defined.setdefault(bare, name)
        for match in _ACRONYM.finditer(text):
            acronym = match.group(1)
            if acronym in self.defined or sum(c.isupper() for c in acronym) < 2 or len(self.defined) > 200:
                continue
            line = text.rfind("\n", 0, match.start()) + 1
            before = text[max(line, match.start() - 90) : match.start()].rstrip()
            words = re.findall(r"[A-Z][\w’'-]*", before)
            initials = "".join(word[0] for word in words)
            if initials.casefold().endswith(acronym.casefold()) or core_initials(before).endswith(acronym.upper()):
                name = _last_company(before, [acronym])
                if name is not None and len(name) > len(acronym):
                    self.defined[acronym] = name


_LEGAL_AFTER = re.compile(
    r"(?:,?\s(?:Company|Holdings|Holding|Group|"
    + "|".join(re.escape(form) for form in sorted(LEGAL_FORMS, key=len, reverse=True))
    + r")(?![\w]))+"
)
_GIVEN_BEFORE = re.compile(r"(?:[A-Z][\w.’'-]*\s(?:[“\"(][A-Z]\w+[”\")]\s)?){1,3}$")


def stands_alone_in(text: str, word: str) -> bool:
    """Return True where the word stands in the text with no letter, digit or "_" beside it."""
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at] if at else "", text[at + len(word) : at + len(word) + 1]
        if not (before.isalnum() or before == "_" or after.isalnum() or after == "_"):
            return True
        at = text.find(word, at + 1)
    return False


def core_initials(before: str) -> str:
    """Return the initials of the capitalised words of the name that ends `before`, legal forms left off."""
    return "".join(word[0] for word in re.findall(r"[A-Z][\w’'-]*", _LEGAL_TAIL.sub("", before))).upper()


def _last_company(before: str, terms: Iterable[str]) -> str | None:
    """Return the company a definition in parentheses is about: the name before it, past ", a Delaware limited liability company"."""
    orgs = [before[start:end] for start, end, label in name_spans(before, headline=False) if label == "ORG"]
    legal = [name for name in orgs if _has_legal(name)]
    for term in terms:
        fits = [name for name in orgs if name.split()[0].casefold() == term.split()[0].casefold()]
        if fits:
            return fits[-1]
    if legal:
        return legal[-1]
    return orgs[-1] if orgs and before.rstrip().endswith((orgs[-1], ")", "company", "corporation", ",")) else None


def _has_legal(name: str) -> bool:
    return bool(_LEGAL_TAIL.search(name))


def _bare(name: str) -> list[str]:
    """Return the words of a person's name without form of address, nickname and "Jr."."""
    cleaned = re.sub(r"[“\"(][^”\")]*[”\")]", " ", name)
    return [word.strip(",") for word in cleaned.split() if word.strip(",") and word.strip(",") not in NAME_TAILS and word not in HONORIFICS]


def _surname(name: str) -> str:
    bare = _bare(name)
    return bare[-1] if bare else name


def _same_given(given: str, other: str) -> bool:
    given = given.casefold().rstrip(".")
    return given == other or (min(len(given), len(other)) == 1 and given[:1] == other[:1])
