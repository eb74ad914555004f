"""Reads EDGAR full submissions (".txt": SGML header, then documents) and single filing pages into Documents.

A Document's text is made of sections that the extractor can tell apart: every item begins with a line of its own
("Item 5.02 Departure of Directors …"), every press release with a marker line ("EX-99.1"). Cover page, signatures,
contracts, graphics and XBRL are left out; an introductory note above the first item is kept.
Formats met: PEM envelopes (until 2001), typewritten text, tag headers of the dissemination feed, inline XBRL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz

from crawler.errors import Unreadable
from crawler.filing_forms import form_fields_and_text
from crawler.filing_items import NEW_NUMBERING, find_items, item_code
from crawler.filing_text import decode_filing, readable_text

EASTERN = ZoneInfo("America/New_York")  # EDGAR's clock
MAX_EXHIBIT_CHARS = 60_000  # longer exhibits are financial tables
COVER_CHARS = 400_000  # of markup: inline XBRL's hidden part stands in front of the cover
MAX_FORM_CHARS = 120_000  # of a 10-K or S-1: cover, summary, risk factors

SUBMISSION_START = re.compile(r"<(?:SEC-DOCUMENT|SEC-HEADER|IMS-DOCUMENT|IMS-HEADER|SUBMISSION)>")
DOCUMENT = re.compile(r"<DOCUMENT>\s*\n(.*?)(?=</DOCUMENT>|<DOCUMENT>|\Z)", re.DOTALL)
DOCUMENT_TAG = re.compile(r"^<(TYPE|SEQUENCE|FILENAME|DESCRIPTION)>(.*)$", re.MULTILINE)
TEXT_PART = re.compile(r"<TEXT>\s?(.*?)(?:</TEXT>|\Z)", re.DOTALL)
HEADER_LINE = re.compile(r"^(\s*)([A-Z0-9][A-Z0-9 .,/&()-]*?):[ \t]*(.*)$")
TAG_LINE = re.compile(r"^<(/?)([A-Z0-9-]+)>(.*)$")
PARTY_SECTIONS = ("FILER", "ISSUER", "SUBJECT COMPANY", "REPORTING-OWNER", "REPORTING OWNER", "FILED BY", "FILED FOR", "SERIAL COMPANY")
# the dissemination feed's tags in the words of the printed header
TAG_NAMES: Mapping[str, str] = {
    "ACCESSION-NUMBER": "ACCESSION NUMBER",
    "TYPE": "CONFORMED SUBMISSION TYPE",
    "ITEMS": "ITEM INFORMATION",
    "PERIOD": "CONFORMED PERIOD OF REPORT",
    "FILING-DATE": "FILED AS OF DATE",
    "ACCEPTANCE-DATETIME": "ACCEPTANCE-DATETIME",
    "CONFORMED-NAME": "COMPANY CONFORMED NAME",
    "CIK": "CENTRAL INDEX KEY",
    "ASSIGNED-SIC": "STANDARD INDUSTRIAL CLASSIFICATION",
    "IRS-NUMBER": "IRS NUMBER",
    "STATE-OF-INCORPORATION": "STATE OF INCORPORATION",
    "FISCAL-YEAR-END": "FISCAL YEAR END",
    "FILE-NUMBER": "SEC FILE NUMBER",
    "STREET1": "STREET 1",
    "STREET2": "STREET 2",
    "CITY": "CITY",
    "STATE": "STATE",
    "ZIP": "ZIP",
    "PHONE": "BUSINESS PHONE",
    "FORMER-CONFORMED-NAME": "FORMER CONFORMED NAME",
    "DATE-CHANGED": "DATE OF NAME CHANGE",
}
# cover facts of inline XBRL and the name each gets in Document.fields
COVER_FACTS: Mapping[str, str] = {
    "EntityRegistrantName": "registrant",
    "EntityAddressAddressLine1": "street",
    "EntityAddressCityOrTown": "city",
    "EntityAddressStateOrProvince": "state",
    "EntityAddressPostalZipCode": "postal_code",
    "EntityAddressCountry": "country",
    "TradingSymbol": "ticker",
    "SecurityExchangeName": "exchange",
    "AuditorName": "auditor",
}
COVER_FACT = re.compile(r"<ix:nonNumeric\b[^>]*\bname=\"dei:(" + "|".join(COVER_FACTS) + r")\"[^>]*>(.*?)</ix:nonNumeric>", re.DOTALL)
EXACT_NAME = re.compile(r"^\W*\(?\s*exact\s+names?\s+of\s+(?:the\s+)?(?:registrants?|issuer|small business)", re.IGNORECASE | re.MULTILINE)
INTRODUCTION = re.compile(r"^(?:introductory|explanatory)\s+note\b.*$", re.IGNORECASE | re.MULTILINE)
SIGNATURES = re.compile(r"^\W*signatures?\W*$(?=\n.{0,400}?pursuant\s+to\s+the\s+requirements)", re.IGNORECASE | re.MULTILINE | re.DOTALL)
PURSUANT = re.compile(
    r"^\W*pursuant\s+to\s+the\s+requirements\s+of\s+the\s+securities\s+(?:and\s+)?exchange\s+act", re.IGNORECASE | re.MULTILINE
)
# a press release that stands inside the 8-K document, behind the signatures
RELEASE_BEHIND = re.compile(
    r"^\W*(?:exhibit\s+99(?:\.\d+)?\b(?!.{0,80}press release$).*|(?:news|press)\s+release|for\s+(?:immediate\s+)?release)\W*$",
    re.IGNORECASE | re.MULTILINE,
)
COVER_PAGE = re.compile(
    r"securities\s+and\s+exchange\s+commission.{0,400}?form\s+(8-?K(?:\s*/?\s*A)?|10-?K|10-?Q|S-1|6-?K)\b", re.IGNORECASE | re.DOTALL
)
REPORT_DATE = re.compile(r"date\s+of\s+(?:earliest\s+event|report)[^:\n]{0,60}:?\s*([A-Z][a-z]+\.?\s+\d{1,2},?\s+\d{4})", re.IGNORECASE)
NOT_DOCUMENTS = ("GRAPHIC", "ZIP", "EXCEL", "XML", "PDF", "JSON", "COVER")


@dataclass(frozen=True, slots=True)
class Part:
    """One <DOCUMENT> of a submission."""

    type: str  # "8-K", "EX-99.1", "GRAPHIC"
    description: str
    filename: str
    body: str


@dataclass(slots=True)
class Party:
    """A company or person that the header names, with its own facts and former names."""

    role: str
    facts: dict[str, str] = field(default_factory=dict)
    former: list[tuple[str, str]] = field(default_factory=list)  # (name, yyyymmdd), newest first as EDGAR lists them


@dataclass(slots=True)
class Header:
    """The SGML header of a submission."""

    facts: dict[str, str] = field(default_factory=dict)
    items: list[str] = field(default_factory=list)  # titles or codes as they stand
    parties: list[Party] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Filing:
    """What is read in a submission: the parts of a Document that depend on it alone."""

    title: str | None
    text: str
    published: datetime | None
    form: str | None
    items: tuple[str, ...]
    cik: str | None
    company: str | None
    fields: Mapping[str, str]


def is_submission(body: bytes) -> bool:
    """Return whether a body is a full submission text file (or a dissemination feed file)."""
    return bool(SUBMISSION_START.search(body[:6000].decode("latin-1")))


def is_filing_page(text: str) -> bool:
    """Return whether a page's text begins as the cover of a filing form; a release may well speak of the SEC and a form 8-K."""
    head = text[:8000]
    return bool(
        COVER_PAGE.search(head[:4000]) and re.search(r"exact\s+name\s+of|commission\s+file|date\s+of\s+report", head, re.IGNORECASE)
    )


def read_submission(body: bytes, *, hinted_items: Sequence[str] = ()) -> Filing:
    """Return what stands in a full submission; `hinted_items` are the codes that a feed or index gave.

    Raise Unreadable for one without a document in it.
    """
    text = decode_filing(body)
    first = text.find("<DOCUMENT>")
    head, rest = (text[:first], text[first:]) if first >= 0 else (text, "")
    header = parse_header(head)
    # an envelope inside an envelope leaves an empty part in front
    parts = [part for match in DOCUMENT.finditer(rest) if (part := _part(match[1])).body.strip()]
    if not parts:
        raise Unreadable("a submission without a document in it; the download was cut, crawl it again")
    form = header.facts.get("CONFORMED SUBMISSION TYPE") or parts[0].type or None
    filed = _day(header.facts.get("FILED AS OF DATE"))
    accepted = _accepted(header.facts.get("ACCEPTANCE-DATETIME"))
    subject = next((party for role in PARTY_SECTIONS for party in header.parties if party.role == role), None)
    fields = _header_fields(header, subject, filed)
    main = next((part for part in parts if part.type == form), parts[0])
    name = subject.facts.get("COMPANY CONFORMED NAME") if subject else None
    items = [code for title in header.items if (code := item_code(title, filed))]
    if form in ("8-K", "8-K/A", "8-K12B", "8-K12G3", "8-K15D5", "6-K", "6-K/A") or not form:
        cover, text_items, body_text = _current_report(main.body, old=_is_old(filed, items))
        fields = {**fields, **cover}
        items = items or list(hinted_items) or text_items
        sections = [body_text, *(_exhibit(part) for part in parts if part is not main and part.type.startswith("EX-99"))]
    else:
        form_fields, form_text = form_fields_and_text(form, main.body)
        fields = {**fields, **form_fields}
        if form_text is None:
            cover, _, form_text = _whole_form(main.body)
            fields = {**fields, **cover}
        sections = [form_text]
    company = _fuller_name(name, fields.pop("registrant", None))
    sections.append(header_lines(fields))
    published = accepted or (datetime.combine(filed, time(), UTC) if filed else None)
    if accepted:
        fields["accepted"] = accepted.isoformat()
    return Filing(
        title=f"{company} – Form {form}" if company and form else company,
        text="\n".join(section for section in sections if section),
        published=published,
        form=form,
        items=tuple(dict.fromkeys(items)),
        cik=_cik(subject),
        company=company,
        fields={key: value for key, value in fields.items() if value},
    )


def read_filing_page(markup: str) -> Filing:
    """Return what stands in a filing's main document alone, without the submission around it."""
    text = readable_text(markup, max_chars=MAX_FORM_CHARS)
    cover_match = COVER_PAGE.search(text[:4000])
    form = re.sub(r"\s*/?\s*A$", "/A", cover_match[1].upper().replace(" ", "")) if cover_match else None
    form = re.sub(r"^(8|10|6)([KQ])", r"\1-\2", form) if form else None
    if form and form.startswith("8-K") and not form.endswith("/A") and re.search(r"amendment\s+no", text[:3000], re.IGNORECASE):
        form = "8-K/A"
    old = bool((report := _report_date(text)) and report < NEW_NUMBERING)
    if form and form.startswith(("8-K", "6-K")):
        fields, items, text = _current_report(markup, old=old)
    else:
        fields, items, text = _whole_form(markup)
    company = fields.pop("registrant", None)
    if report:
        fields["period"] = report.isoformat()
    return Filing(
        title=f"{company} – Form {form}" if company and form else company,
        text=text,
        published=None,
        form=form,
        items=tuple(items),
        cik=None,
        company=company,
        fields=fields,
    )


def parse_header(head: str) -> Header:
    """Return a submission's header, printed ("KEY:\\tvalue") or tagged ("<KEY>value"), its parties in order."""
    header = Header()
    party: Party | None = None
    group = ""
    for line in head.split("\n"):
        if tag := TAG_LINE.match(line.strip()):
            closing, name, value = tag[1], tag[2], tag[3].strip()
            role = name.replace("-", " ")
            if closing:
                continue
            if (not value and role in PARTY_SECTIONS) or (not value and name == "REPORTING-OWNER"):
                party = Party(name if name == "REPORTING-OWNER" else role)
                header.parties.append(party)
            elif not value:
                group = name.replace("-", " ").replace("BUSINESS ADDRESS", "BUSINESS ADDRESS")
            elif name in TAG_NAMES:
                _put(header, party, group, TAG_NAMES[name], value)
        elif pair := HEADER_LINE.match(line):
            name, value = pair[2].strip(), pair[3].strip()
            if not value and not pair[1].strip("\n") and name in PARTY_SECTIONS:
                party = Party(name)
                header.parties.append(party)
            elif not value and name != "ITEM INFORMATION":
                group = name
            else:
                _put(header, party, group, name, value)
    return header


def _put(header: Header, party: Party | None, group: str, name: str, value: str) -> None:
    if name == "ITEM INFORMATION":
        header.items.append(value)
    elif party is None:
        header.facts.setdefault(name, value)
    elif name == "FORMER CONFORMED NAME":
        party.former.append((value, ""))
    elif name == "DATE OF NAME CHANGE" and party.former:
        party.former[-1] = (party.former[-1][0], value)
    else:
        # both addresses have the same keys
        party.facts.setdefault(f"{group}/{name}" if group in ("BUSINESS ADDRESS", "MAIL ADDRESS") else name, value)


def _header_fields(header: Header, subject: Party | None, filed: date | None) -> dict[str, str]:
    facts = subject.facts if subject else {}

    # the seat is the business address; the mail address of a filer that gives no other is one of the two, never a mixture
    kind = "BUSINESS ADDRESS" if facts.get("BUSINESS ADDRESS/CITY") else "MAIL ADDRESS"

    def address(key: str) -> str:
        return facts.get(f"{kind}/{key}", "")

    industry = re.match(r"(.*?)\s*\[(\d{1,4})\]$", facts.get("STANDARD INDUSTRIAL CLASSIFICATION", ""))
    sic = industry[2] if industry else facts.get("STANDARD INDUSTRIAL CLASSIFICATION", "")
    ein = re.sub(r"\D", "", facts.get("IRS NUMBER", ""))
    period = _day(header.facts.get("CONFORMED PERIOD OF REPORT"))
    former = subject.former if subject else []
    return {
        "accession": header.facts.get("ACCESSION NUMBER", ""),
        "filed": filed.isoformat() if filed else "",
        "period": period.isoformat() if period else "",
        "conformed_name": facts.get("COMPANY CONFORMED NAME", ""),
        "street": " ".join(filter(None, (address("STREET 1"), address("STREET 2")))),
        "city": address("CITY"),
        "state": address("STATE"),
        "postal_code": address("ZIP"),
        "address_kind": "mail" if kind == "MAIL ADDRESS" and address("CITY") else "",
        "phone": address("BUSINESS PHONE"),
        "sic": sic.zfill(4) if sic.isdigit() and int(sic) else "",
        "industry": industry[1] if industry else "",
        "ein": ein if len(ein) == 9 and int(ein) else "",
        "state_of_incorporation": facts.get("STATE OF INCORPORATION", ""),
        "former_name": former[0][0] if former else "",
        "former_names": ";".join(name for name, _ in former),
        "owner": next((p.facts.get("COMPANY CONFORMED NAME", "") for p in header.parties if p.role.startswith("REPORTING")), ""),
    }


def header_lines(fields: Mapping[str, str]) -> str:
    """Return what a header states of its filer, a line each: these lines are the evidence for a change since an earlier filing."""
    lines = []
    if fields.get("city"):
        seat = ", ".join(filter(None, (fields.get("street"), fields["city"], fields.get("state"))))
        label = "Mail address" if fields.get("address_kind") == "mail" else "Business address"
        lines.append(f"{label}: {' '.join(filter(None, (seat, fields.get('postal_code'))))}.")
    if fields.get("former_name") and fields.get("conformed_name"):
        lines.append(f"Filer's name: {fields['conformed_name']}, formerly {fields['former_name']}.")
    if fields.get("auditor"):
        lines.append(f"Auditor: {fields['auditor']}.")
    return "\n".join(lines)


def _current_report(markup: str, *, old: bool) -> tuple[dict[str, str], list[str], str]:
    """Return (cover facts, item codes, text) of an 8-K's own document."""
    cover = _cover_facts(markup)
    text = readable_text(markup)
    headings = find_items(text, old=old) or find_items(text, old=not old)
    head = text[: headings[0].start] if headings else text[:4000]
    if "registrant" not in cover and (name := _name_on_cover(head)):
        cover["registrant"] = name
    text_end, release = _behind_signatures(text, headings[-1].end if headings else 0)
    sections = []
    if note := INTRODUCTION.search(head):
        sections.append(head[note.start() :].strip())
    for index, heading in enumerate(headings):
        until = headings[index + 1].start if index + 1 < len(headings) else max(text_end, heading.end)
        sections.append(heading.line)
        if own := text[heading.end : until].strip():
            sections.append(own)
    if not headings:
        sections.append(_without_cover(text[:text_end]))
    if release:
        sections += ["EX-99", release]
    return cover, list(dict.fromkeys(heading.code for heading in headings)), "\n".join(sections)


def _whole_form(markup: str) -> tuple[dict[str, str], list[str], str]:
    cover = _cover_facts(markup)
    text = readable_text(markup, max_chars=MAX_FORM_CHARS)
    if "registrant" not in cover and (name := _name_on_cover(text[:6000])):
        cover["registrant"] = name
    return cover, [], text


def _exhibit(part: Part) -> str:
    text = readable_text(part.body, max_chars=MAX_EXHIBIT_CHARS)
    # the exhibit's own number heads it: the marker line says it already
    text = re.sub(r"\A\W*(?:exhibit|ex\.?)\s*[-\s]?99(?:\.\d+)?\W*\n", "", text, flags=re.IGNORECASE)
    return f"{part.type}\n{text}" if text.strip() else ""


def _behind_signatures(text: str, after: int) -> tuple[int, str]:
    """Return (where the signatures begin, a press release that follows them or "")."""
    signed = SIGNATURES.search(text, after) or PURSUANT.search(text, after)
    if not signed:
        return len(text), ""
    release = RELEASE_BEHIND.search(text, signed.end())
    behind = text[release.start() :].strip() if release else ""
    return signed.start(), behind if len(behind) > 400 else ""


def _without_cover(text: str) -> str:
    """Return a report without recognised items from below its cover's last standard sentence on."""
    last = None
    for match in re.finditer(
        r"former\s+name\s+or\s+former\s+address|pursuant\s+to\s+section\s+13\(a\)\s+of\s+the\s+exchange\s+act", text[:8000], re.I
    ):
        last = match
    if last is None:
        return text
    line_end = text.find("\n", last.end())
    return text[line_end + 1 :] if line_end >= 0 else text


def _part(block: str) -> Part:
    text = TEXT_PART.search(block)
    # an encoded graphic may hold anything: tags are read above the text alone
    tags = {name: value.strip() for name, value in DOCUMENT_TAG.findall(block[: text.start()] if text else block[:2000])}
    return Part(tags.get("TYPE", ""), tags.get("DESCRIPTION", ""), tags.get("FILENAME", ""), text[1] if text else block)


def _cover_facts(markup: str) -> dict[str, str]:
    found: dict[str, str] = {}
    # the auditor's name stands before the accounts of an annual report, megabytes below the cover
    auditor = markup.find('"dei:AuditorName"', COVER_CHARS)
    parts = [markup[:COVER_CHARS], *([markup[auditor - 400 : auditor + 2000]] if auditor >= 0 else [])]
    for name, value in (fact for part in parts for fact in COVER_FACT.findall(part)):
        text = " ".join(readable_text(f"<p>{value}</p>").split())
        if text:
            found.setdefault(COVER_FACTS[name], text.rstrip(" ,"))
    if len(found.get("state", "")) > 2:
        del found["state"]  # "California": the header has the code
    return found


def _name_on_cover(head: str) -> str | None:
    """Return the registrant's name, which stands on the line above "(Exact name of registrant …)"."""
    if not (label := EXACT_NAME.search(head)):
        return None
    above = [line.strip(" _*\t") for line in head[: label.start()].split("\n")]
    for line in reversed(above[-4:]):
        if (
            re.search(r"[A-Za-z]{2}", line)
            and len(line) < 120
            and not re.search(r"date of|earliest event|\d{4}\)?$|form 8-?k", line, re.IGNORECASE)
        ):
            return line
    return None


def _fuller_name(conformed: str | None, on_cover: str | None) -> str | None:
    """Return the cover's spelling ("Chevron Corporation") where it is the header's company ("CHEVRON CORP"), else the header's."""
    if not on_cover or not conformed:
        return conformed or on_cover
    # "/DE/" and "\PA\" tell namesakes apart in EDGAR, and are no part of the name
    bare = re.sub(r"\s*[/\\][A-Z .]{2,}[/\\]?$", "", conformed)
    same = fuzz.token_set_ratio(bare.lower(), on_cover.lower()) >= 60 or bare.lower()[:5] == on_cover.lower()[:5]
    return on_cover if same and not (on_cover.isupper() and not bare.isupper()) else bare


def _is_old(filed: date | None, items: Sequence[str]) -> bool:
    return bool(filed and filed < NEW_NUMBERING) or (bool(items) and all("." not in code for code in items))


def _report_date(text: str) -> date | None:
    if not (found := REPORT_DATE.search(text[:5000])):
        return None
    for form in ("%B %d, %Y", "%B %d %Y", "%b %d, %Y", "%b. %d, %Y"):
        try:
            return datetime.strptime(" ".join(found[1].split()), form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None


def _cik(party: Party | None) -> str | None:
    digits = re.sub(r"\D", "", party.facts.get("CENTRAL INDEX KEY", "")) if party else ""
    return digits.zfill(10) if digits else None


def _day(text: str | None) -> date | None:
    try:
        return datetime.strptime((text or "")[:8], "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def _accepted(text: str | None) -> datetime | None:
    try:
        return datetime.strptime((text or "")[:14], "%Y%m%d%H%M%S").replace(tzinfo=EASTERN).astimezone(UTC)
    except ValueError:
        return None
