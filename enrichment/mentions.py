"""What a document says of the company of an event: its name, and the identifiers and places that can be had beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from enrichment.counties import metro_of
from enrichment.facts import PARTY_ROLES
from enrichment.index import core_words
from enrichment.industries import industries_said
from enrichment.names import read_name, short_word
from enrichment.places import Place, country_code, county_of, locate, state_code
from enrichment.values import ValueFault, read_cik, read_domain, read_ein, read_lei
from store.records import Company, Document, Mention, TriggerEvent, fingerprint

# "(NYSE: LKV)", "(Nasdaq Global Select: LKV, LKVW)", "(OTCQB: LKVF)", "(TSX-V: LKV)", "(LON:LKV)"
EXCHANGE_TICKER = re.compile(
    r"\(\s*(?:[^()]{0,40}?[;,]\s*)?(?:nyse|nasdaq|amex|nyse american|nyse arca|otc[a-z]*|cboe|tsx|tsxv|tsx-v|cse|neo|lse|lon|aim|asx|euronext|frankfurt|fse|xetra|hkex|sgx)"
    r"(?:[ -][a-z ]{0,20})?\s*:\s*[“\"]?([A-Z][A-Z0-9.-]{0,6})\b[^()]*\)",
    re.IGNORECASE,
)
# "For more information, visit www.larkspur.example." in the paragraph about the company
# what follows without a blank, "www.larkspur.exampleTwitter", is no part of it
_ADDRESS = re.compile(r"(?:https?://|\bwww\.)[\w.-]+\.(?-i:[a-z]{2,}|[A-Z]{2,})", re.IGNORECASE)
_SEAT = re.compile(
    r"\b(?:headquartered|based|head office|headquarters (?:is|are)(?: located)?)\s+in\s+((?:[A-Z][\w.'’-]*[ ]?){1,4}(?:,\s*(?:[A-Z][\w.]*[ ]?){1,3})?)"
)

# "Larkspur, Inc. (NYSE: LKV), a maker of drains, said", "Larkspur is a leading provider of software."; the first group is what it is
_APPOSITION = re.compile(
    r"(?:[\s,]+(?:Inc|Corp|Corporation|Company|Co|Ltd|Limited|LLC|PLC|plc|Holdings|Group)\b\.?)*(?:\s*\([^()]{1,80}\))*(?:,| is| are)\s+((?:an?|the|one of)\s[^.;\n]{5,160})"
)
_LONG_PARAGRAPH = 600  # characters of "About …" that say what a company does
_MENTIONS_READ = 4

# hosts that publish for others, so that their address says nothing of the company
_SHARED_HOSTS = frozenset(
    ["sec.gov", "businesswire.com", "prnewswire.com", "globenewswire.com", "accesswire.com", "newsfilecorp.com", "newswire.com", "newswire.ca", "cision.com", "twitter.com", "x.com", "facebook.com", "linkedin.com", "youtube.com", "instagram.com", "google.com", "apple.com", "bit.ly", "medium.com", "wordpress.com", "q4cdn.com", "edgar-online.com"]
)  # fmt: skip


def mention_of(event: TriggerEvent, document: Document) -> Mention | None:
    """Return all that the document gives to tell the event's company by; None when it names no company.

    The filer's CIK, EIN and place are the mention's only where the event's company IS the filer: a release about a purchase
    names two companies, of which one files.
    """
    name = _party(event.company, document) if event.company else document.company
    if not name:
        return None
    if document.company is not None and (name == document.company or same_company_name(name, document.company)):
        return filer_mention(document, name)
    text = document.full_text
    place = _seat_said(name, text) or (_dateline_place(document) if _is_issuer(name, document) else Place())
    return Mention(
        name=name,
        ticker=_ticker_beside(name, text),
        domain=_own_domain(name, document),
        city=place.city,
        state=place.state,
        country=place.country,
        industries=industries_said(_what_it_does(name, text)),
    )


def filer_mention(document: Document, name: str | None = None) -> Mention | None:
    """Return what the document says of its filer or issuer, under the name that it is called by; None where it states none."""
    name = name or document.company
    if not name:
        return None
    text = document.full_text
    place = _stated_place(document.fields) or _seat_said(name, text) or _dateline_place(document)
    return Mention(
        name=name,
        cik=_known(read_cik, document.cik),
        ein=_known(read_ein, document.fields.get("ein")),
        lei=_known(read_lei, document.fields.get("lei")),
        ticker=_ticker_beside(name, text),
        domain=_own_domain(name, document),
        city=place.city,
        state=place.state,
        country=place.country,
        industries=industries_said(_what_it_does(name, text)),
    )


def is_own_name(name: str) -> bool:
    """Return whether a name says of itself that it is a company's: by its legal form."""
    return bool(read_name(name).legal)


# headlines run a name into what its bearer does: "Larkspur Completes Acquisition", "LKV UPDATES STATUS"
_HEADLINE_VERB = re.compile(
    r"\s+(?:(?:also|officially|successfully)\s+)?(?:acquires?|adds|announces?|appoints?|closes|completes?|enters|expands|hires|joins|launches|names|opens|promotes|raises|"
    r"receives|relocates|releases|reports?|reveals|secures|selects|signs|taps|to acquire|unveils|updates?|welcomes)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
# what stands in place of a party's name, or is left of it
_ROLES = PARTY_ROLES | frozenset(
    "additionally co-investor co group inc limited llc lp margin merger surviving underwriter underwriters".split()  # noqa: SIM905
)
_NO_COMPANY_ENDS = frozenset("action agreement credit facility litigation plaintiff plaintiffs".split())  # noqa: SIM905


def _party(said: str, document: Document) -> str | None:
    """Return the name that the event's party is meant by, None where what was taken for it names no company.

    In a filing what names no company, the role in a contract or a headline's abbreviation, means the filer.
    """
    name = " ".join(said.split())
    if cut := _HEADLINE_VERB.sub("", name):
        issuer = document.company is not None and _is_short_for(cut, document.company)
        # the shorter name must stand for itself somewhere: "Consumer Reports" is a name
        if cut != name and (issuer or document.full_text.count(cut) > document.full_text.count(name)):
            name = cut
    words = name.split()
    if len(words) > 2 and len(words) % 2 == 0 and words[: len(words) // 2] == words[len(words) // 2 :]:
        name = " ".join(words[: len(words) // 2])  # a line of the letterhead twice
    plain = read_name(name).words
    letters = [word for word in plain if len(word) > 1 and word not in ("ii", "iii", "iv")]
    filer = document.company
    if all(word in _ROLES for word in letters) or (plain and plain[-1] in _NO_COMPANY_ENDS):
        return filer
    if filer and len(plain) == 1 and _is_short_for(name, filer):
        return filer
    if filer and plain[:1] == ("re",) and same_company_name(" ".join(plain[1:]), filer):
        return filer  # "In re Larkspur Inc. Securities Litigation"
    # "Thailand Secures Investment", "the State of Georgia"; but GE and ARM are companies, though their letters are countries' codes
    if len(name) > 3 and not is_own_name(name) and (country_code(name) or state_code(name)):
        return filer
    return name


def _is_short_for(said: str, full: str) -> bool:
    """Return whether a name is another's beginning, or its initials: "HHCA" of Home Health Corporation of America."""
    words = read_name(said).words
    return same_company_name(said, full) or (len(words) == 1 and len(words[0]) > 2 and words[0] == initials_of(read_name(full).words))


def provisional_company(mention: Mention) -> Company:
    """Return a company that no register holds, made from what the text says; the same text makes the same id."""
    words = read_name(mention.name).words
    identifier = mention.cik or mention.lei or mention.ein
    county = county_of(mention.city, mention.state)
    return Company(
        id=f"text-{fingerprint(identifier) if identifier else fingerprint(' '.join(words) or mention.name, mention.state or mention.country)}",
        name=mention.name,
        cik=mention.cik,
        ein=mention.ein,
        lei=mention.lei,
        ticker=mention.ticker,
        domain=mention.domain,
        city=mention.city,
        county=county,
        state=mention.state,
        metro=metro_of(county, mention.state),
        country=mention.country,
        origin="text",
    )


def same_company_name(said: str, full: str) -> bool:
    """Return whether `said` in a document about the company `full` means that company: its name, or the beginning of it.

    "Larkspur" is "Larkspur Software, Inc."; "Larkspur Canada Limited" is not "Larkspur Corporation", but "Larkspur Group" is.
    """
    mine, theirs = ([short_word(word) for word in read_name(name).words] for name in (said, full))
    if not mine or not theirs:
        return False
    return theirs[: len(mine)] == mine or "".join(core_words(mine)) == "".join(core_words(theirs))


def initials_of(words: Sequence[str]) -> str:
    """Return the first letters of the words, without small ones: ("bank", "of", "larkspur") -> "bl"."""
    return "".join(word[0] for word in words if word not in ("of", "the", "and", "for", "de", "in"))


def _ticker_beside(name: str, text: str) -> str | None:
    """Return the ticker in parentheses that follows the name somewhere in the text, or the name itself where that is a ticker there."""
    if inside := EXCHANGE_TICKER.search(name):
        return inside[1].upper()
    if name.isupper() and 2 < len(name) < 6 and any(match[1].upper() == name for match in EXCHANGE_TICKER.finditer(text)):
        return name
    start = 0
    while (found := text.find(name, start)) >= 0:
        start = found + len(name)
        # "Larkspur, Inc. (NYSE: LKV)": the legal form may stand between
        following = text[start : start + 90]
        if (match := EXCHANGE_TICKER.search(following)) and re.fullmatch(r"[\s,.]*(?:[A-Z][\w.]*[\s,.]*){0,3}", following[: match.start()]):
            return match[1].upper()
    return None


def _seat_said(name: str, text: str) -> Place:
    """Return the place of "Larkspur, headquartered in Boston, Massachusetts", said within 200 characters of the name."""
    for match in _SEAT.finditer(text):
        before = text[max(0, match.start() - 200) : match.start()]
        if name in before and (place := locate(match[1])):
            return place
    return Place()


def _dateline_place(document: Document) -> Place:
    """Return the place that a release begins with: "BEDFORD, Mass., Nov. 3, 2026 /PRNewswire/ --"."""
    for line in document.text.split("\n", 4)[:4]:
        match = re.match(r"\s*([A-Z][A-Za-z.'’ -]{2,30}(?:,\s*[A-Z][A-Za-z. ]{1,20})?)\s*(?:,\s*[A-Z][a-z]{2,8}\.? \d|--|[–—]|\(|/)", line)
        if match and (place := locate(match[1])):
            return place
    return Place()


def _what_it_does(name: str, text: str) -> str:
    """Return what a document says of a company's business: the paragraph "About Larkspur", and "Larkspur Inc. (NYSE: LKV), a maker of …"."""
    words = name.split()
    if not words:
        return ""
    said = []
    heading = re.search(rf"^[\W_]*About (?:the )?{re.escape(words[0])}\b", text, re.MULTILINE | re.IGNORECASE)
    if heading:
        said.append(text[heading.end() : heading.end() + _LONG_PARAGRAPH])
    start = 0
    for _ in range(_MENTIONS_READ):
        if (found := text.find(name, start)) < 0:
            break
        start = found + len(name)
        if beside := _APPOSITION.match(text, start):
            said.append(beside[1])
    return "\n".join(said)


def _is_issuer(name: str, document: Document) -> bool:
    """Return whether the document speaks for the company: the title or the first sentence begins with it, or it is said to be the issuer."""
    if document.company:
        return same_company_name(name, document.company)
    first = read_name(name).words[:1]
    return bool(first) and read_name((document.title or document.text[:120])[:120]).words[:1] == first


def _stated_place(fields: Mapping[str, str]) -> Place:
    """Return the place that a structured source states of its filer."""
    country = country_code(fields["country"]) if fields.get("country") else None
    if (state := fields.get("state")) and (known := state_code(state, country)):
        return Place(fields.get("city") or None, *known)
    return Place(fields.get("city") or None, None, country) if fields.get("city") or country else Place()


def _own_domain(name: str, document: Document) -> str | None:
    """Return the company's own domain: an address in the text or of the page that holds the first word of its name."""
    words = read_name(name).words
    if not words:
        return None
    initials = initials_of(words)
    for address in [match[0] for match in _ADDRESS.finditer(document.text)] + [document.url]:
        try:
            domain = read_domain(address)
        except ValueFault:
            continue
        if not domain or domain in _SHARED_HOSTS:
            continue
        label = domain.split(".")[0].replace("-", "")
        joined = "".join(words)
        if (
            label == joined
            or (len(words[0]) >= 4 and label.startswith(words[0]) and joined.startswith(label))
            or (len(initials) >= 3 and label == initials)
        ):
            return domain
    return None


def _known(reader: Callable[[str], str | None], value: str | None) -> str | None:
    try:
        return reader(value) if value else None
    except ValueFault:
        return None
