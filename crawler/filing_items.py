"""The items of Form 8-K: their codes and official titles, and where each begins in a text.

Two numberings: "5.02" since 2004-08-23, "5" before. Titles in headers and headings vary (small words, punctuation,
capitals, line breaks), so they are matched by their letters alone.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz, process

NEW_NUMBERING = date(2004, 8, 23)
SHORTEST_SECTION = 60  # characters of an item's text: less is an entry of a table of contents
SENTENCE_LINE = re.compile(r"^(?!(?:exhibits?|ex)\b|\d|\()(?:.{100}|.{40,}\.\W*$)", re.IGNORECASE)  # a line that no table of contents has
COVER_LINE = re.compile(r"exact\s+name\s+of|date\s+of\s+earliest\s+event|(?:introductory|explanatory)\s+note", re.IGNORECASE)

# Form 8-K, general instructions and item list; the wording of EDGAR's "ITEM INFORMATION" lines beside it where it differs
TITLES: Mapping[str, tuple[str, ...]] = {
    "1.01": ("Entry into a Material Definitive Agreement",),
    "1.02": ("Termination of a Material Definitive Agreement",),
    "1.03": ("Bankruptcy or Receivership",),
    "1.04": (
        "Mine Safety - Reporting of Shutdowns and Patterns of Violations",
        "Mine Safety Reporting of Shutdowns and Patterns of Violations",
    ),
    "1.05": ("Material Cybersecurity Incidents",),
    "2.01": ("Completion of Acquisition or Disposition of Assets",),
    "2.02": ("Results of Operations and Financial Condition",),
    "2.03": (
        "Creation of a Direct Financial Obligation or an Obligation under an Off-Balance Sheet Arrangement of a Registrant",
        "Creation of a Direct Financial Obligation",
    ),
    "2.04": (
        "Triggering Events That Accelerate or Increase a Direct Financial Obligation or an Obligation under an Off-Balance Sheet Arrangement",
        "Triggering Events That Accelerate or Increase a Direct Financial Obligation",
    ),
    "2.05": ("Costs Associated with Exit or Disposal Activities", "Cost Associated with Exit or Disposal Activities"),
    "2.06": ("Material Impairments",),
    "3.01": (
        "Notice of Delisting or Failure to Satisfy a Continued Listing Rule or Standard; Transfer of Listing",
        "Notice of Delisting or Failure to Satisfy a Continued Listing Rule or Standard",
    ),
    "3.02": ("Unregistered Sales of Equity Securities", "Unregistered Sale of Equity Securities"),
    "3.03": ("Material Modification to Rights of Security Holders", "Material Modifications to Rights of Security Holders"),
    "4.01": ("Changes in Registrant's Certifying Accountant", "Change in Registrant's Certifying Accountant"),
    "4.02": (
        "Non-Reliance on Previously Issued Financial Statements or a Related Audit Report or Completed Interim Review",
        "Non-Reliance on Previously Issued Financial Statements",
    ),
    "5.01": ("Changes in Control of Registrant", "Change in Control of Registrant"),
    "5.02": (
        (
            "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers; "
            "Compensatory Arrangements of Certain Officers"
        ),
        (
            "Departure of Directors or Principal Officers; Election of Directors; Appointment of Principal Officers; "
            "Compensatory Arrangements of Certain Officers"
        ),
        "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers",
        "Departure of Directors or Principal Officers; Election of Directors; Appointment of Principal Officers",
        "Compensatory Arrangements of Certain Officers",
        "Departure of Directors or Certain Officers",
        "Appointment of Certain Officers",
        "Election of Directors",
    ),
    "5.03": (
        "Amendments to Articles of Incorporation or Bylaws; Change in Fiscal Year",
        "Amendment to Articles of Incorporation or Bylaws; Change in Fiscal Year",
        "Amendments to Articles of Incorporation or Bylaws",
    ),
    "5.04": ("Temporary Suspension of Trading Under Registrant's Employee Benefit Plans",),
    "5.05": (
        "Amendments to the Registrant's Code of Ethics, or Waiver of a Provision of the Code of Ethics",
        "Amendments to the Registrant's Code of Ethics",
    ),
    "5.06": ("Change in Shell Company Status",),
    "5.07": ("Submission of Matters to a Vote of Security Holders",),
    "5.08": ("Shareholder Director Nominations", "Shareholder Nominations Pursuant to Exchange Act Rule 14a-11"),
    "6.01": ("ABS Informational and Computational Material",),
    "6.02": ("Change of Servicer or Trustee",),
    "6.03": ("Change in Credit Enhancement or Other External Support",),
    "6.04": ("Failure to Make a Required Distribution",),
    "6.05": ("Securities Act Updating Disclosure",),
    "6.06": ("Static Pool",),
    "7.01": ("Regulation FD Disclosure",),
    "8.01": ("Other Events",),
    "9.01": ("Financial Statements and Exhibits", "Financial Statement and Exhibits", "Exhibits"),
}
OLD_TITLES: Mapping[str, tuple[str, ...]] = {
    "1": ("Changes in Control of Registrant",),
    "2": ("Acquisition or Disposition of Assets",),
    "3": ("Bankruptcy or Receivership",),
    "4": ("Changes in Registrant's Certifying Accountant",),
    "5": ("Other Events", "Other Events and Regulation FD Disclosure", "Other Events and Required FD Disclosure"),
    "6": ("Resignations of Registrant's Directors",),
    "7": (
        "Financial Statements, Pro Forma Financial Information and Exhibits",
        "Financial Statements and Pro Forma Financial Information and Exhibits",
        "Financial Statements and Exhibits",
    ),
    "8": ("Change in Fiscal Year",),
    "9": ("Regulation FD Disclosure", "Sales of Equity Securities Pursuant to Regulation S"),
    "10": ("Amendments to the Registrant's Code of Ethics, or Waiver of a Provision of the Code of Ethics",),
    "11": ("Temporary Suspension of Trading Under Registrant's Employee Benefit Plans",),
    "12": ("Results of Operations and Financial Condition", "Disclosure of Results of Operations and Financial Condition"),
}

# "Item 5.02", "ITEM 5.02.", "Item No. 5.02", "Item 5.02(d)", "Items 5.02(b), (c) and 5.02(e)", "Item 5.02b", "ITEM5.02", "Section 5 - … Item 5.02";
# a break or bullet may part word and number
NEW_HEAD = re.compile(
    r"\bItems?(?:\s?(?:No|Number)\b)?[\s:.#–—-]{0,4}([1-9])\s?\.\s?(0\d)(?![0-9])"
    r"((?:\s?,?\s?(?:and|&)?\s?(?:(?:Items?\s)?\1\.\2)?\(?[a-f]\)|[a-f]\b)*)\s*[.:;–—-]*\s*",
    re.IGNORECASE,
)
OLD_HEAD = re.compile(r"\bItems?[\s:.#]{1,4}(1[0-2]|[1-9])\b(?!\.\d)\s*[.:;–—-]*\s*", re.IGNORECASE)
# what follows a mention of an item inside a sentence: "Item 7.01 of this report", "Item 2.02, including Exhibit 99.1"
MENTION = re.compile(
    r"^[,)\"”’]|^(?:of|above|below|and\s+(?:item|the|exhibit)|in\s+this|to\s+(?:this|the|our)|is|are|shall|will|hereof|herein|is\s+incorporated|"
    r"including|by\s+reference|has|was|were|which|with\s+respect|on\s+form|or\s+item|under|as|does|that)\b",
    re.IGNORECASE,
)
# words before a mention inside a sentence, which a line break may have left at the end of the line above
LEADS_IN = re.compile(
    r"(?:\b(?:in|under|to|of|by|see|and|or|with|this|the|pursuant|per|from|for|on|into|both|such|said)|[,(“\"])\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ItemHeading:
    """Where one item begins: `start` to `end` is its heading, the item's own text follows."""

    code: str
    title: str  # as the text has it, "" where it has none
    start: int
    end: int
    letters: str = ""  # "(b)" of Item 5.02(b), "(b)(c)" of Items 5.02(b) and (c)

    @property
    def line(self) -> str:
        """The heading as a line of its own: "Item 5.02(b) Departure of Directors"."""
        return f"Item {self.code}{self.letters} {self.title}".strip()


def item_code(title: str, filed: date | None = None) -> str | None:
    """Return the code of an item by its header title ("Other Events" -> "8.01"), or by the code itself; None for no item."""
    bare = title.replace("<ITEMS>", "").strip()
    old = filed is not None and filed < NEW_NUMBERING
    if re.fullmatch(r"[1-9]\.\d\d", bare):
        return bare
    if re.fullmatch(r"\d{1,2}", bare):
        return bare if bare in OLD_TITLES else None
    titles = _OLD_BY_LETTERS if old else _NEW_BY_LETTERS
    best = process.extractOne(_letters(bare), titles.keys(), scorer=fuzz.ratio, score_cutoff=88)
    return titles[best[0]] if best else None


def find_items(text: str, *, old: bool = False) -> list[ItemHeading]:
    """Return the item headings of an 8-K's text in order: not mentions in sentences, not a table of contents.

    A code stands as often as it heads a section: filers give each sub-letter of Item 5.02 a heading of its own. Of headings
    without a text the first stays, where no other of its code has one. `old` takes the numbering before 2004-08-23.
    """
    headings = [heading for match in (OLD_HEAD if old else NEW_HEAD).finditer(text) if (heading := _heading(text, match, old))]
    headings = headings[_table_of_contents(text, headings) :]
    own = [
        text[heading.end : until.start if until else len(text)].strip() for heading, until in itertools.zip_longest(headings, headings[1:])
    ]
    told = {heading.code for heading, section in zip(headings, own, strict=True) if len(section) >= SHORTEST_SECTION}
    kept: list[ItemHeading] = []
    for heading, section in zip(headings, own, strict=True):
        again = any(heading.code == known.code for known in kept)
        if again and not (heading.title or heading.letters):
            continue  # a mention that a line break put first
        if len(section) >= SHORTEST_SECTION or (heading.code not in told and not again):
            kept.append(heading)
    return kept


def _table_of_contents(text: str, headings: Sequence[ItemHeading]) -> int:
    """Return how many of the first headings are a table of contents: hardly a text between them, and all come again."""
    entries = 0
    for count in range(1, len(headings)):
        if not {heading.code for heading in headings[:count]} <= {heading.code for heading in headings[count:]}:
            break
        section = text[headings[count - 1].end : headings[count].start].strip()
        if len(section) >= SHORTEST_SECTION:
            # below a table's last entry stand signatures and exhibits, an introductory note or the cover; below a heading, sentences
            told = any(SENTENCE_LINE.match(line) for line in section.split("\n")) and not COVER_LINE.search(section)
            return entries if told else count
        entries = count
    return entries


def _heading(text: str, match: re.Match[str], old: bool) -> ItemHeading | None:
    code = match[1] if old else f"{match[1]}.{match[2]}"
    patterns = (_OLD_PATTERNS if old else _NEW_PATTERNS).get(code)
    if patterns is None:
        return None
    title = patterns.match(text, match.end())
    line_start = text.rfind("\n", 0, match.start()) + 1
    before = text[line_start : match.start()].strip(" \t\xa0*•·_-–—|")
    if before and not re.fullmatch(r"(?:section\s+\d[\s\w.,;:&’'–—-]*|[☐☒x]|\(?\d{1,2}\)?|and)", before, re.IGNORECASE):
        # two heads run together, or a mention: only the official title tells
        if not title or LEADS_IN.search(before):
            return None
    elif not title:
        above = text[:line_start].rstrip()
        if LEADS_IN.search(above[-40:]) or MENTION.match(text[match.end() : match.end() + 40]):
            return None
    elif MENTION.match(text[title.end() : title.end() + 30].lstrip('”"’ ')) and text[title.end() : title.end() + 1] != "\n":
        return None
    start = match.start() if before and not before.lower().startswith("section") else line_start
    letters = "" if old else "".join(f"({letter})" for letter in re.findall(r"\b[a-f]\b", match[3].lower()))
    if title:
        return ItemHeading(code, " ".join(title[0].split()), start, title.end(), letters)
    line_end = text.find("\n", match.end())
    line_end = len(text) if line_end < 0 else line_end
    rest = text[match.end() : line_end].strip()
    titles = (OLD_TITLES if old else TITLES)[code]
    if any(fuzz.ratio(_letters(rest), _letters(known)) >= 70 for known in titles):
        # words near the official ones, on this line or the one below: "Regulation FD."
        return ItemHeading(code, rest, start, line_end, letters)
    if 0 < len(rest) <= 120 and not rest.endswith((".", ";")) and "\n" not in match[0]:
        # a heading in words of the filer's own is short and stands alone; a longer rest is the item's text
        return ItemHeading(code, rest, start, line_end, letters)
    return ItemHeading(code, "", start, match.end(), letters)


def _letters(title: str) -> str:
    return re.sub(r"[^a-z]+", " ", title.lower()).strip()


def _title_pattern(titles: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern for titles as filings print them: any punctuation, spacing and line breaks between their words."""
    options = []
    for title in sorted(titles, key=len, reverse=True):
        words = re.findall(r"[A-Za-z]+|14a-11", title)
        # plural and singular, Certain and Principal, and dropped articles are the filers' own
        flexible = [r"(?:Certain|Principal|Executive)" if word in ("Certain", "Principal") else _number_free(word) for word in words]
        options.append(r"[\W_]{0,12}".join(flexible))
    return re.compile(r"(?:\((?:[a-z])\)\s*)?(?:" + "|".join(options) + r")\b(?:[\s]*[.:;–—-]+(?=\s|$))?", re.IGNORECASE)


def _number_free(word: str) -> str:
    if word.lower() in ("a", "an", "the"):
        return rf"(?:{word}\b)?"
    if word == "s":  # of "Registrant's"
        return "s?"
    return re.escape(word.removesuffix("s")) + "s?" if len(word) > 4 else re.escape(word)


_NEW_BY_LETTERS = {_letters(title): code for code, titles in TITLES.items() for title in titles}
_OLD_BY_LETTERS = {_letters(title): code for code, titles in OLD_TITLES.items() for title in titles}
_NEW_PATTERNS = {code: _title_pattern(titles) for code, titles in TITLES.items()}
_OLD_PATTERNS = {code: _title_pattern(titles) for code, titles in OLD_TITLES.items()}
