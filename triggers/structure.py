"""Tells what each sentence of a document is: headline, lead, body, quotation, or boilerplate in which no event stands.

Press releases end in an "About" paragraph, contacts and safe-harbour text; filings begin with a cover page, head each item
with an official title that holds every cue word there is, and end in signatures and a list of exhibits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from triggers.literals import fold, required
from triggers.sentences import split_sentences

HEADLINE, LEAD, BODY, QUOTE = "headline", "lead", "body", "quote"
# zones in which no event is looked for
ABOUT, CONTACT, SAFE_HARBOUR, COVER, HEADING, SIGNATURE, EXHIBIT_LIST, ACCOUNTS, CONTRACT = (
    "about",
    "contact",
    "safe_harbour",
    "cover",
    "heading",
    "signature",
    "exhibit_list",
    "accounts",
    "contract",
)
SILENT = frozenset({ABOUT, CONTACT, SAFE_HARBOUR, COVER, HEADING, SIGNATURE, EXHIBIT_LIST, ACCOUNTS, CONTRACT})

_LINKS = re.compile(r"(?:https?\S*\s*)+")
LEAD_CHARS = 900  # the lead: sentences that begin within so many characters of the body's own beginning


class Sentence(NamedTuple):  # a document has hundreds, and a frozen dataclass takes five times as long to make
    """One sentence of a document, by its place in `full_text`."""

    start: int
    end: int
    text: str  # flat[start:end]: line wraps inside the sentence are blanks, so the length is the same
    zone: str
    paragraph: int
    item: str = ""  # "5.02" in a filing
    letter: str = ""  # "b" in Item 5.02(b)


# "Media Contact:", "Contacts", "For more information", "Press Inquiries"
_CONTACT = re.compile(
    r"(?i)^\W*(?:(?:media|press|investors?(?: relations)?|company|sales|corporate|public relations|pr|news)\s*(?:and|&|/)?\s*(?:media|investors?(?: relations)?)?\s*)?"
    r"(?:contacts?(?: details| information| us)?|inquiries|enquiries)\b(?! with| between)|^\W*for (?:more|further|additional) information\b.{0,80}(?:contact|visit|call|please)"
)
# "About Acme", "ABOUT ACME CORP.", "Notes to editors"; never "About 200 people", "About the Merger"
_ABOUT = re.compile(
    r"^\W*(?:(?:About|ABOUT)[:\s]+(?!(?:\d|half|one|two|three|four|five|a |an )\b)(?=[A-Z“\"'(]|the (?:[Cc]ompan|[A-Z])|us\b|our\b)[^.!?]{1,90}?(?:$|[.:–—-]|\s{2,}|(?<=\))\s)|(?i:notes? to editors?|company profile|boilerplate)\s*:?$)"
)
# "About Acme Acme is a …": heading and paragraph run together
_ABOUT_RUN = re.compile(r"^(?:About|ABOUT)\s+(?:the\s+)?(?P<name>[A-Z0-9][\w&.’'®™-]*)(?=.{0,120}?\s(?:The\s)?(?P=name)\b)")
_SAFE = re.compile(
    r"(?i)forward[- ]looking (?:statements?|information)|safe[- ]harbou?r|private securities litigation reform act|cautionary (?:note|statement|language)"
    r"|no offer or solicitation|(?:additional|important) information (?:and|about|regarding|for).{0,60}(?:where to find|merger|transaction|proxy|investors)|participants in the solicitation|non-gaap financial measures?$|risk factors (?:that|which|described)"
)
_SAFE_HEADING = re.compile(
    r"(?i)^\W*(?:cautionary|(?:disclosure|note|statement|caution|special note)s? (?:regarding|concerning|about|on)|forward[- ]looking|safe[- ]harbou?r|no offer or solicitation|additional information (?:and|about)|important (?:information|notice)|participants in the|disclaimer|legal notice|terms of use|use of non-gaap|non-gaap|trademarks?\b)"
)
(_SAFE_WORDS,) = required(_SAFE.pattern, _SAFE.flags)  # of which one stands where it matches
# "In the news release, Acme Names Jo Vane CFO, issued 3-Nov by Acme over a wire, we are advised that …": what was wrong, not what is
_CORRECTION_NOTE = re.compile(
    r"(?i)\W*(?:in (?:the|our|a) (?:news|press)? ?release\b.{0,400}\b(?:issued|published|advised|should read)\b|(?:please )?replace the (?:news |press )?release\b)"
)
_ITEM = re.compile(
    r"(?i)^\W*(?:section\s+\d[^.]{0,60}?)?item[\s\xa0]*(?P<code>\d{1,2}(?:[.\s]{1,2}\d{2})?)\b[\s.:—–-]*(?:\(?(?P<letter>[a-f])\))?"
)
_LETTER = re.compile(r"^\s*\((?P<letter>[a-f])\)\s")
_SIGNATURE = re.compile(r"(?i)^\W*signatures?\W*$|^pursuant to the requirements of the securities exchange act")
_EXHIBIT_HEAD = re.compile(
    r"(?i)^\W*(?:\(?[cd]\)\s*)?(?:exhibits?\b\W*(?:index|no\.?|number|description|table)?(?:\s+(?:no\.?|number|description|index))*\W*$|index to exhibits|exhibit index|financial statements(?:, pro forma financial information)? and exhibits)"
)
_EXHIBIT_LINE = re.compile(r"^\W*(?:Exhibit\s+)?\d{1,3}\.\d{1,2}\*?\b(?!.*\b(?:percent|million|billion)\b)")
# accounts and agreements that are filed whole: what a note says of leases and loans, and an article of breaches, is no news
_NOTES = re.compile(
    r"(?i)^\W*notes? to (?:the )?(?:(?:unaudited|condensed|consolidated|combined|interim|pro forma) )*financial statements\b"
)
_ARTICLES = re.compile(r"^\W*(?:ARTICLE|Article) (?:I|1|ONE|One)\b")
_FORM_8K = re.compile(r"(?i)form\s+8-k\b|current report\s+pursuant")
_INTRO = re.compile(r"(?i)^\W*(?:introductory|explanatory) note")
_NEWS = re.compile(
    r"(?i)^\W*(?:news release|press release|for immediate release|exhibit 99|ex-99|contact:?$)|^[A-Z][A-Za-z .,]{2,40}(?:\([^)]{3,40}\))?\s*(?:\([A-Z][^)]{3,40}\)\s*)?(?:—|–|--| - )\s*[A-Z]"
)

# the official titles of 8-K items in all their spellings: enough of each to know it by
_TITLES_8K = re.compile(
    r"(?i)(?:departure\s+of\s+(?:(?:certain|principal)\s+)?(?:directors|principal|certain|officers).{0,60}?(?:(?:election|appointment)\s+of.{0,300}?)?(?:compensatory\s+arrangements?\s*(?:of\s+(?:certain\s+|principal\s+)?officers)?|appointment\s+of\s+(?:certain|principal)\s+officers|election\s+of\s+directors|certain\s+officers|principal\s+officers)"
    r"|compensatory\s+arrangements?\s+of\s+(?:certain|principal)?\s*officers"
    r"|(?:election\s+of\s+directors[;,:]\s*)?appointment\s+of\s+(?:certain|principal)\s+officers(?:[;,:]\s*compensatory.{0,60}?officers)?"
    r"|entry\s+into\s+(?:a|an)\s+material\s+definitive\s+agreements?|termination\s+of\s+(?:a|an)\s+material\s+definitive\s+agreements?|bankruptcy\s+or\s+receivership"
    r"|completion\s+of\s+acquisition\s+or\s+disposition\s+of\s+assets|acquisition\s+or\s+disposition\s+of\s+assets|results\s+of\s+operations?\s+and\s+financial\s+condition"
    r"|creation\s+of\s+a\s+direct\s+financial\s+obligation.{0,120}?registrant|triggering\s+events\s+that\s+accelerate.{0,120}?arrangement|costs?\s+associated\s+with\s+exit\s+or\s+disposal\s+activities"
    r"|material\s+impairments?|notice\s+of\s+delisting.{0,140}?(?:transfer\s+of\s+listing|standard)|unregistered\s+sales?\s+of\s+equity\s+securities|material\s+modifications?\s+to\s+rights\s+of\s+security\s+holders"
    r"|changes?\s+in\s+registrant.{0,3}s?\s+certifying\s+accountants?|non-?reliance\s+on\s+previously\s+issued.{0,120}?interim\s+review|changes?\s+in\s+control\s+of\s+(?:the\s+)?registrant"
    r"|amendments?\s+to\s+(?:the\s+)?(?:articles|certificate)\s+of\s+incorporation.{0,60}?fiscal\s+year|temporary\s+suspension\s+of\s+trading.{0,80}?plans|submission\s+of\s+matters\s+to\s+a\s+vote.{0,40}?holders"
    r"|regulation\s+fd\s+disclosure|other\s+events(?:\s+and\s+regulation\s+fd)?|financial\s+statements\s+and\s+exhibits|material\s+cybersecurity\s+incidents?|changes?\s+in\s+shell\s+company\s+status"
    r"|mine\s+safety[^.]{0,80}|resignations?\s+of\s+registrant.{0,3}s?\s+directors)\W*"
)
_QUOTE_MARK = re.compile('[“”"«]')
_QUOTED = re.compile(r"[“\"«][^”\"»]{3,3000}(?:[”\"»]|$)")
# a line feed first and what stands before it after: an expression that begins with a letter is sought many times as fast
_SOFT_WRAP = re.compile(r"\n(?:(?<=[^\n.!?:;”\"]\n)(?=[a-z(&,;$0-9])|(?<=[,\w-]\n)(?=[a-z]))")
_WIDE_GAP = re.compile(r"   (?<=[^\n ]   )(?= *\S)")


def flatten(text: str) -> str:
    """Return `text` with line wraps inside a sentence as blanks, same length; paragraphs stay parted by line feeds.

    Reuters and old filings wrap at 70 columns and indent the next paragraph; releases part paragraphs by three blanks.
    """
    lines = text.split("\n")
    filled = [len(line) for line in lines if line.strip()]
    long = len(filled) > 4 and max(filled) <= 100 and sum(n > 45 for n in filled) > len(filled) * 0.5
    if long or (1 < len(filled) <= 12 and max(filled) <= 100 and _indented(lines)):
        # hard-wrapped: a line feed parts paragraphs only before a blank line, an indent or after a short line
        text = re.sub(r"(?<=\S)[ \t]*\n(?=[^\s•*-])", _wrap_joiner(text), text)
    else:
        text = _SOFT_WRAP.sub(" ", text)
    if "   " in text:
        text = _WIDE_GAP.sub("\n\n\n", text)
    return text.replace("\t", " ").replace("\r", " ").replace("\x0b", " ").replace("\x0c", " ").replace("\x85", " ").replace("\u2028", " ")


def _indented(lines: Sequence[str]) -> bool:
    """Return True for a few lines that are told to be wrapped by the indent of the next paragraph: few before another end a sentence."""
    run_on = [line.rstrip()[-1] not in '.!?:”"' for line, after in pairwise(lines) if line.strip() and after[:1].strip()]
    return any(line.startswith("    ") and line.strip() for line in lines[1:]) and 3 * sum(run_on) > 2 * len(run_on)


def _wrap_joiner(text: str):  # type: ignore[no-untyped-def]
    def join(match: re.Match[str]) -> str:
        begin = text.rfind("\n", 0, match.start()) + 1
        short = match.start() - begin < 40 and text[match.start() - 1] in '.!?:”"'
        return match.group() if short else " " * len(match.group())

    return join


def flat_text(full_text: str, title: str | None) -> str:
    """Return a document's full text flattened, the title (which it begins with, if there is one) as one line."""
    title_end = title_length(full_text, title)
    return full_text[:title_end].replace("\n", " ") + "\n" + flatten(full_text[title_end + 1 :]) if title_end else flatten(full_text)


def title_length(full_text: str, title: str | None) -> int:
    """Return how many characters of the full text are the title; 0 without one."""
    return len(title) if title and full_text.startswith(title + "\n") else 0


def read_sentences(
    flat: str, title_end: int = 0, form: str | None = None, *, spans: Sequence[tuple[int, int]] | None = None
) -> list[Sentence]:
    """Return the sentences of a flattened text in order, each with its zone, item and sub-letter.

    `title_end` is the length of the title it begins with, `form` the form type of a filing; `spans` are what split_sentences gives,
    where it was asked already.
    """
    spans = split_sentences(flat, title_end) if spans is None else spans
    opening = flat[:6000].lower()
    filing = (form or "").upper().startswith("8-K") or (
        ("8-k" in opening or "current report" in opening)
        and bool(_FORM_8K.search(flat, 0, 6000))
        and bool(re.search(r"(?im)^\W*item\s*\d", flat))
    )
    reader = _Reader(flat, title_end, filing)
    return [sentence for start, end in spans for sentence in reader.read(start, end)]


def _may_be_safe(text: str) -> bool:
    """Return False where _SAFE cannot match; a few words are found faster one by one."""
    folded = fold(text)
    return any(word in folded for word in _SAFE_WORDS)


class _Reader:
    """Walks the sentences once and remembers in which part of the document it is."""

    def __init__(self, flat: str, title_end: int, filing: bool) -> None:
        self.flat, self.title_end, self.filing = flat, title_end, filing
        # the crawler's reader has cut the cover page off already; elsewhere it ends at the first item
        covered = filing and bool(
            re.search(r"(?i)commission file n|check the appropriate box|exact name of (?:the )?registrant", flat[:8000])
        )
        self.part = COVER if covered else BODY
        self.paragraph, self.line_end = -1, -1
        self.item = self.letter = ""
        self.body_start = -1
        self.quotes, self.cautious = _QUOTE_MARK.search(flat) is not None, _may_be_safe(flat)
        self.silent_line = ""  # zone of a paragraph that is silent as a whole
        self.safe_from = False  # in a silent paragraph: the safe-harbour words have begun

    def read(self, start: int, end: int) -> list[Sentence]:
        if end <= self.title_end:
            return [Sentence(start, end, self.flat[start:end], HEADLINE, -1)]
        if start > self.line_end:
            self._begin_paragraph(start)
        zone, start = self._zone(start, end)
        if start >= end:
            return []
        if self.flat.startswith("http", start) and _LINKS.fullmatch(self.flat, start, end):
            zone = CONTACT  # a message's links: nothing is said with them
        return [Sentence(start, end, self.flat[start:end], zone, self.paragraph, self.item, self.letter)]

    def _begin_paragraph(self, start: int) -> None:
        line_end = self.flat.find("\n", start)
        self.line_end = len(self.flat) if line_end < 0 else line_end
        self.paragraph += 1
        head = self.flat[start : min(self.line_end, start + 400)]
        size = self.line_end - start
        self.silent_line, self.safe_from = "", False
        if self.filing:
            if re.match(r"EX-99", head):
                self.part, self.item, self.letter = BODY, "", ""
                self.body_start = self.line_end  # an exhibit has a lead of its own
            self._begin_filing_paragraph(head, size)
        if (
            head[:8].lower().startswith(("about ", "\ufeffabout"))
            and (_ABOUT_RUN.match(head) or (_ABOUT.match(head) and (size < 100 or self.part in {ABOUT, BODY})))
        ) or (size < 120 and _ABOUT.match(head)):
            self.part = ABOUT
        elif _CONTACT.match(head) and (size < 200 or self.part in {ABOUT, CONTACT}):
            if self.body_start >= 0 and start - self.body_start > 300:
                self.part = CONTACT
            else:
                self.silent_line = CONTACT  # EDGAR exhibits put contacts above the headline
        elif _CORRECTION_NOTE.match(self.flat, start, self.line_end):
            self.silent_line = HEADING
        elif _SAFE_HEADING.match(head) and (size < 160 or _SAFE.search(head[:160])):
            self.part = SAFE_HARBOUR
        elif self.part == SAFE_HARBOUR and size < 90 and not self.flat[start : self.line_end].rstrip().endswith((".", ",", ";", ":")):
            self.part = BODY  # the next heading ends it
        elif self.part in {ABOUT, CONTACT, SAFE_HARBOUR, ACCOUNTS, CONTRACT} and self.filing and _NEWS.match(head):
            self.part = BODY
        if self.cautious and self.part == BODY and size > 200 and self._mostly_safe(start, self.line_end):
            self.silent_line = SAFE_HARBOUR

    def _mostly_safe(self, start: int, end: int) -> bool:
        if not _may_be_safe(self.flat[start:end]) or _SAFE.search(self.flat, start, end) is None:
            return False
        paragraph = self.flat[start : min(self.line_end, start + 4000)]
        return bool(
            re.search(
                r"(?i)forward[- ]looking statements?.{0,400}(?:risks|uncertaint|differ materially|words such as|meaning of|anticipate)|private securities litigation|within the meaning of section 27a|participants in the solicitation|shall not constitute an offer",
                paragraph,
            )
        )

    def _begin_filing_paragraph(self, head: str, size: int) -> None:
        item = _ITEM.match(head)
        if item:
            self.item = re.sub(r"\s+", ".", item.group("code")).replace("..", ".")
            self.letter = item.group("letter") or ""
            self.part = EXHIBIT_LIST if self.item in {"9.01"} else BODY
        elif _INTRO.match(head) and self.part == COVER:
            self.part = BODY
        elif _SIGNATURE.match(head):
            self.part, self.item, self.letter = SIGNATURE, "", ""
        elif size < 200 and (_NOTES.match(head) or _ARTICLES.match(head)):
            self.part = ACCOUNTS if _NOTES.match(head) else CONTRACT
        elif _EXHIBIT_HEAD.match(head) and self.part != COVER:
            self.part = EXHIBIT_LIST
        elif self.part in {SIGNATURE, EXHIBIT_LIST, CONTACT, ABOUT, SAFE_HARBOUR} and (
            _NEWS.match(head)
            or (
                self.part in {SIGNATURE, EXHIBIT_LIST}
                and size > 160
                and not _EXHIBIT_LINE.match(head)
                and "pursuant to the requirements" not in head.lower()
                and "incorporated" not in head.lower()
            )
        ):
            if self.part in {SIGNATURE, EXHIBIT_LIST}:
                self.item = self.letter = ""
            self.part = BODY
        letter = _LETTER.match(head)
        if letter and self.part == BODY and self.item:
            self.letter = letter.group("letter")

    def _zone(self, start: int, end: int) -> tuple[str, int]:
        """Return the zone of a sentence, and where it begins once a heading run into it is cut off."""
        text = self.flat[start:end]
        if self.filing and self.part in {BODY, EXHIBIT_LIST}:
            cut = _ITEM.match(text)
            begin = cut.end() if cut else 0
            title = _TITLES_8K.match(text, begin) or (_TITLES_8K.match(text, begin + 1) if begin and begin < len(text) else None)
            # some filings repeat the pieces of a title: "Election of Directors; Appointment of …"
            while title:
                begin, title = title.end(), _TITLES_8K.match(text, title.end())
            letter = _LETTER.match(text[begin:] if begin else "")
            if letter:
                self.letter = letter.group("letter")
            if begin >= len(text.rstrip()) or (cut and len(text) - begin < 25):
                return HEADING, start
            start += begin
        if self.silent_line == SAFE_HARBOUR and not self.safe_from:
            self.safe_from = bool(_SAFE.search(text)) or (start - self.flat.rfind("\n", 0, start) < 2 and bool(_SAFE.search(text[:300])))
        if self.silent_line and (self.silent_line != SAFE_HARBOUR or self.safe_from):
            return self.silent_line, start
        if self.part != BODY:
            return self.part, start
        if self.filing and _EXHIBIT_LINE.match(text) and len(text) < 300 and not self.headed_body(start):
            return EXHIBIT_LIST, start
        if self.body_start < 0 and end - start > 25:
            self.body_start = start
        if self._quoted(start, end):
            return QUOTE, start
        if (self.body_start < 0 or start - self.body_start < LEAD_CHARS) and not (self.filing and self.item):
            return LEAD, start
        return BODY, start

    def headed_body(self, start: int) -> bool:
        """True where the sentence stands in running text, not in a table or list of exhibits."""
        return self.line_end - start > 300

    def _quoted(self, start: int, end: int) -> bool:
        if not self.quotes:
            return False
        text = self.flat[start:end]
        if _QUOTE_MARK.search(text) is None:
            # the middle of a quotation that runs over several sentences of one paragraph
            line_start = self.flat.rfind("\n", 0, start) + 1
            before = self.flat[max(line_start, start - 1500) : start]
            return before.count("“") > before.count("”")
        quoted = sum(len(m.group()) for m in _QUOTED.finditer(text))
        tail = text.find("”")
        if tail > 0 and "“" not in text[:tail]:
            quoted = max(quoted, tail)
        return quoted > 0.55 * len(text)
