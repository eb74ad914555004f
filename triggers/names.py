"""Finds persons, organisations and places in one sentence by rules: legal forms, tickers, datelines, head words, gazetteers, forms of address.

Works on words that start with a capital. A sentence in capitals or in title case is read with the verbs of headlines as borders.
"""

# ruff: noqa: SIM905 - word lists read better as text

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent

LEGAL_FORMS = frozenset(
    "Inc Inc. Incorporated Corp Corp. Corporation LLC L.L.C. Ltd Ltd. Limited plc PLC Plc LLP L.L.P. L.P. LP N.V. NV S.A. SA AG GmbH SE AB ASA Oyj "
    "Co. Co S.p.A. SpA N.A. B.V. BV Pty Pte Pte. KG SARL S.a.r.l. P.C. A/S AS S.A.S. SAS KGaA Sdn Bhd Berhad PBC PLLC S.E. K.K. Bancorp Bancshares Bancorporation".split()
)
# a firm's name may end in these, though they are words as well
_FIRM_WORDS = frozenset("Company Holdings Holding Group Companies".split())
_ORG_HEADS = frozenset(
    "Bank Banc Bankers Group Partners Capital Ventures Technologies Technology Systems Solutions Software Networks Network Pharmaceuticals Therapeutics "
    "Biosciences Industries Enterprises Holdings University College Institute Institutes School Schools Department Agency Administration Commission "
    "Authority Association Foundation Council Committee Center Centre Hospital Hospitals Airlines Airways Motors Energy Resources Insurance "
    "Financial Realty Properties Foods Brands Media Communications Pharma Biotech Biotechnologies Laboratories Laboratory Labs Aerospace Steel Associates Advisors "
    "Advisers Investments Management Equity Fund Funds Trust Services Logistics International Federation Union Chamber Senate Congress Ministry "
    "Court Army Navy Church Society Club Company Corporation Consulting Entertainment Studios Records Press Times Journal Post Electric Oil Mutual Life "
    "Health Healthcare Medical Robotics Analytics Security Wireless Semiconductor Semiconductors Chemical Chemicals Petroleum Railway "
    "Railroad Stores Restaurants Hotels Water Utilities Savings Growth Biologics Cabinetry Genetics Genomics Diagnostics Devices "
    "Instruments Materials Mining Minerals Metals Gold Resorts Casinos Gaming Games Interactive Digital Online Data Cloud AI Bio "
    "Bioscience Oncology Vaccines Sciences Science Dynamics Manufacturing Products Builders Homes Construction Engineering Architects Designs Design "
    "Packaging Paper Plastics Glass Power Solar Wind Gas Pipeline Midstream Exploration Drilling Marine Shipping Lines Freight Trucking Transport "
    "Transportation Automotive Auto Tire Rubber Aviation Aircraft Defense Space Satellite Telecom Telecommunications Mobile Cable Broadcasting "
    "Television Radio Newspapers Publishing Books Magazine News Pictures Films Film Music Theatres Sports Fitness Apparel Footwear Fashion "
    "Jewelers Cosmetics Beauty Pet Farms Farm Dairy Beverage Beverages Brewing Brewery Winery Coffee Bakery Kitchen Grill Pizza Markets Market Grocery "
    "Supermarkets Pharmacy Pharmacies Clinic Clinics Physicians Dental Surgical Care Senior Staffing Recruiting Education Learning Academy "
    "Alliance Coalition Partnership Cooperative Exchange Securities Investors Lending Mortgage Credit Payments Pay Wealth Asset Assets "
    "Reinsurance Assurance Title Leasing Rentals Storage Apartments REIT Parks Museum Library Orchestra Symphony Festival Teamsters Workers Works".split()
)
_ORG_OPENERS = frozenset(
    "University Department Bank Ministry Institute Board Bureau Office Federal Federation Association Society College Church Port".split()
)
HONORIFICS = frozenset(
    "Mr. Mrs. Ms. Dr. Mr Mrs Ms Dr Prof. Professor Sir Dame Hon. Gov. Sen. Rep. Judge Justice Rev. Capt. Col. Gen. Lt. Maj. Sgt. Messrs. Lord Lady Mag. MMag. DDr. Ing. Dipl.-Ing. Dkfm.".split()
)
NAME_TAILS = frozenset("Jr Jr. Sr Sr. II III IV".split())
_PARTICLES = frozenset("de da di del della der den van von la le du dos al bin ibn el ten ter y".split())

# capitals that open a sentence or name no one
_COMMON = frozenset(
    "The A An In On At For And But Or As By To From With Under Upon After Before While When If It He She They We Our His Her Its This That These "
    "Those Prior About Most Also Headquartered Based Since During There Who What Where How Why Existing Former Add Last New One Two Three "
    "Additional Company Board Directors Agreement Plan Form Item Exhibit Date Section Effective Report Contact Contacts Source SOURCE Annual Meeting Monday Tuesday "
    "Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December Jan "
    "Jan. Feb Feb. Mar Mar. Apr. Apr Jun Jun. Jul Jul. Aug Aug. Sept Sept. Sep Sep. Oct Oct. Nov Nov. Dec Dec. Q1 Q2 Q3 Q4 FY Series BUSINESS WIRE PRNewswire GLOBE "
    "NEWSWIRE Marketwired Newswire Through Both All Each Other Others No Not More Following Including I Chief Officer Mr. Mrs. Ms. Dr. Today "
    "Media Investor Investors Relations Press Release Phone Email Tel Fax Website www Note Notes Table Page Part Rule Act Common Stock "
    "Class Share Shares Registration Statement Annual Quarterly Current Securities Merger Purchase Employment Separation Credit Closing "
    "Forward-looking Forward Looking Statements Safe Harbor Summary Overview Highlights Results Net Total Revenue Sales Income Loss Cash "
    "Image Photo Video Logo Click Here Read Learn Visit Follow Twitter Facebook LinkedIn Instagram YouTube Internet Web Copyright "
    "However Although Because Therefore Thus Additionally Furthermore Meanwhile Separately Earlier Later Then Now Yes Thank Thanks Please Dear "
    "My Your You Their Us Me Him Them Such Many Some Any Few Several Every Another Either Neither Only Just Even Still Yet Once Again "
    "According Pursuant Subject Due Given Despite Along Among Between Within Without Throughout Across Around Over Together "
    "CEO CFO COO CTO CIO CMO EVP SVP VP President Chairman Vice Executive Senior Director Manager Head Counsel General Managing Secretary "
    "Treasurer Controller Founder Co-Founder Chairwoman Interim Acting Member Members Committee Management Team Global Regional Lead".split()
)
# in a headline these part the names from the rest
_HEADLINE_WORDS = frozenset(
    "Announces Announce Announced Names Name Named Appoints Appoint Appointed Hires Hire Hired Taps Tap Tapped Elects Elect Elected Promotes Promote Promoted "
    "Welcomes Adds Add Joins Join Joined Acquires Acquire Acquired Buys Buy Bought Sells Sell Sold Completes Complete Completed Closes Close "
    "Closed Raises Raise Raised Secures Secure Secured Opens Open Opened Launches Launch Launched Unveils Introduces Introduce Introduced "
    "Moves Move Moving Moved Relocates Relocate Relocating Relocation Expands Expand Expanding Expansion Wins Win Won Awarded Awards Award "
    "Receives Receive Received Selects Select Selected Chooses Picks Signs Sign Signed Enters Enter Entered Reports Report Reported Posts Declares "
    "Prices Priced Files File Filed Merges Merge Merger Partners Partner Teams Partnership To Be Is Are Will Has Have Gets Lands Steps Step Stepping Down Up "
    "Resigns Resign Resigned Retires Retire Retirement Retiring Departs Depart Departure Leaves Leave Succeeds Succeed Replaces Replace As New Next With For From Into "
    "In On At Of Its And The A An Or By Over After Amid Before Plans Plan Planning Cuts Cut Lays Lay Off Layoffs Jobs Plant Headquarters HQ "
    "Office Offices Facility Facilities Million Billion Funding Round Financing Acquisition Agreement Deal Stake Contract Offering IPO Quarter "
    "Results Earnings Dividend Leadership Transition Appointment Executive Executives Breaks Ground Celebrates Grand Opening Building Campus Bankruptcy Chapter "
    "Investment Invests Invest Leads Led Lead Makes Brings Brought Takes Taking Over Strengthens Strengthen Boosts Seeks Sues Sued Fined Settles Settle Recalls "
    "Recall Denies Confirms Considers Considering Mulls Eyes Explores Says Said Reveals Rebrands Changes Change Becomes Become Begins Begin "
    "Starts Start Ends End Shuts Shutters Closing Closure Sets Set Reaches Approves Approved Gains Gain Hit Hits Help Helps Provide Provides Delivers Deliver "
    "Loses Lose Losing Lost Reorganizes Reorganize Reorganization Restructures Restructure Restructuring Restates Restate Restatement Spree Key Splits Split Halts Halt "
    "Suspends Suspend Cancels Cancel Terminates Terminate Drops Drop Doubles Double Triples Record Beats Beat Misses Miss Tops Top Lowers Lower Lifts Lift "
    "Slashes Slash Trims Soars Soar Jumps Jump Plunges Plunge Surges Surge Falls Fall Rises Rise Rebrand Rebranding Renames Rename Unveil Debuts Debut Hiring Hires "
    "Strike Strikes Walkout Workers Breach Hacked Hack Ransomware Attack Data Outage Fine Probe Lawsuit Suit Verdict Ruling Penalty Subpoena Investigation Charges "
    "Guidance Outlook Forecast Profit Loss Losses Revenue Sales Growth Demand Quarterly Annual Impairment Restated Auditor Auditors Accounting Lease Leases Buyout "
    "Takeover Bid Bids Talks Merging Combine Combines Consolidates Consolidate Streamlines Streamline Overhaul Overhauls Transforms Restores Resumes Extends Extend Renews "
    "Renew Upgrades Upgrade Downgrades Deploys Deploy Implements Implement Migrates Migrate Adopts Adopt Rolls Roll Replacing Tapping Loan Notes Debt Credit Bonds Refinances "
    "Voluntarily CORRECTING CORRECTION CORRECTED REPLACING Correcting Correction Corrected Refinance Borrows Grant Grants Tax Credits Incentives Space Search Searches Seeking Vacancy Successor Interim Longtime Veteran Role Post Helm Effective Immediately "
    "Amid Citing Despite Following Ahead Against Between During Through Under Within Without Toward Across Around While When Where Who How Why What This That These Those "
    "Offers Offer Supports Support Creates Create Creating Center Senior Vice President Chief Officer Director CEO CFO COO Chairman Board Combination Completion Recently Newly Formerly Previously".split()
)

HEADLINE_SMALL = frozenset(
    word.lower()
    for word in _HEADLINE_WORDS
    - _ORG_HEADS
    - {"New", "Top", "Space", "Credit", "Data", "Key", "Post", "Million", "CEO", "CFO", "COO", "IPO", "HQ", "Grand"}
)
# what stands right after, and right before, a company that nothing else marks
_FIRM_DOES = frozenset(
    "announced said says has will raised acquired closed plans today expects 's ’s ( is also reported agreed intends and secured formed won wins signed signs "
    "launched launches unveiled introduced introduces acquires opens opened hires hired named appointed names appoints raises closes moves moved expands expanded "
    "completed completes received receives filed files reports lays laid cuts sold sells bought buys partnered partners selected selects invested invests "
    "terminated relocated relocates relocating".split()
)
_FIRM_FOLLOWS = frozenset(
    "of at by acquire acquired acquires acquiring joined joining with join for company firm provider giant startup maker bought sold".split()
)
_PERSON_VERBS = frozenset(
    "Names Name Named Appoints Appoint Hires Hire Taps Elects Promotes Welcomes Selects Picks names appoints hires taps elects promotes".split()
)
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]\.(?=\s*[^\W\d_])|\$?\d[\d,.]*\w*|\w+(?:[-–/.&'’](?=\w)\w+)*|[^\w\s]")
_POSSESSIVE = re.compile(r"['’][sS]?$")
_TICKER = re.compile(
    r"\(\s*(?:[A-Z][\w.]*\s*,\s*)?(?:NYSE|NASDAQ|Nasdaq|AMEX|TSXV?|TSX-V|CSE|OTC|LSE|AIM|ASX|SGX|HKEX|HKSE|Euronext|XETRA|OMX|BSE|NSE|SIX|JSE|TASE)[\w ]{0,22}?\s*:\s*[\w.]+"
)
# what ends a dateline: "… 2024 /PRNewswire/ --", "Texas –", "LONDON--(BUSINESS WIRE)--"
_DATELINE_END = re.compile(
    r"[(/]\s*(?:BUSINESS WIRE|GLOBE ?NEWSWIRE|PR ?Newswire|Marketwired|MARKETWIRE|Newsfile|ACCESSWIRE|ACCESS Newswire|CNW|EINPresswire|Reuters|AP\b)|--|—|–|\s-\s"
)
_DATED = re.compile(
    r"[\s(/]*\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+\d.*$|[\s(]*\b\d{1,2}\s+[A-Z][a-z]{2,8}\b.*$", re.IGNORECASE
)
_PLACE_NAME = re.compile(r"(?:[A-Z][\w.’'-]{0,20}\s?){1,4}")


@cache
def _section(title: str) -> frozenset[str]:
    lines = (_FOLDER / "places.txt").read_text(encoding="utf-8").split("\n")
    at = lines.index(f"[{title}]") + 1
    return frozenset(name.strip() for name in lines[at].split(", "))


@cache
def first_names() -> frozenset[str]:
    """Return the first names the rules know."""
    lines = (_FOLDER / "first_names.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


@cache
def places() -> frozenset[str]:
    """Return every place known by name, abbreviations of states apart."""
    return frozenset().union(*(_section(title) for title in ("countries", "states", "regions", "big cities")))


@cache
def lands() -> frozenset[str]:
    """Return what may stand behind a town: states, their abbreviations, and countries."""
    return _section("countries") | _section("states") | state_abbreviations()


@cache
def state_abbreviations() -> frozenset[str]:
    """Return "Calif.", "CA" and their like, which are places after a comma only."""
    return _section("state abbreviations")


class _Word(NamedTuple):
    text: str
    start: int
    end: int
    capital: bool


def _word(text: str, start: int, end: int) -> _Word:
    first = text[0]
    if first.isupper():
        capital = True
    elif text.islower():
        capital = False  # most words
    elif not first.isalpha():
        capital = first.isdigit() and any(map(str.isupper, text))  # "3M", "7-Eleven"
    else:
        # "iNewsWire", "eBay": a capital right after one or two small letters
        capital = len(text) > 3 and (text[1].isupper() or text[2].isupper())
    return _new_tuple(_Word, (text, start, end, capital))


_new_tuple = tuple.__new__  # a third of what the class takes to be called


def has_legal_form(name: str) -> bool:
    """Return True for "Collins Law, LLC"."""
    return any(word in LEGAL_FORMS for word in re.split(r"[\s,]+", name)[1:])


@lru_cache(maxsize=256)
def mostly_capitals(text: str) -> bool:
    """Return True for "ACME CORP NAMES JANE DOE CEO": four in five letters are capitals, and there are some words of them."""
    letters = sum(map(str.isalpha, text))
    return letters >= 12 and sum(map(str.isupper, text)) >= 0.8 * letters


@lru_cache(maxsize=256)  # asked of a sentence at every turn
def title_case(text: str) -> bool:
    """Return True where most words start with a capital, as in a headline."""
    words = [word for word in text.split() if word[0].isalpha()]
    return len(words) >= 3 and sum(word[0].isupper() for word in words) > 0.6 * len(words)


def small_letters(text: str) -> str:
    """Return text in capitals as title case, every character in its place."""

    def word(match: re.Match[str]) -> str:
        found = match.group()
        if found in _ACRONYMS or "." in found[:-1] or (len(found) <= 3 and not re.search("[AEIOUY]", found)):
            return found
        lowered = found[0] + found[1:].lower()
        return lowered if len(lowered) == len(found) else found

    return re.sub(r"[^\W\d_][\w.]*", word, text)


def without_headline_capitals(text: str, small_words: Collection[str]) -> str:
    """Return a headline with the words that are no part of names in small letters, every character in its place."""

    def word(match: re.Match[str]) -> str:
        lowered = match.group().lower()
        return lowered if match.start() and lowered in small_words and len(lowered) == len(match.group()) else match.group()

    return re.sub(r"(?<![\w’'.-])[A-Z][a-z]+(?![\w’'-])", word, text)


_ACRONYMS = frozenset(
    "CEO CFO COO CTO CIO CMO CHRO CISO EVP SVP VP US USA UK NYSE NASDAQ IPO LLC LLP PLC II III IV AG SE AI HQ SEC FDA IT HR IBM".split()
) | {"U.S.", "U.K."}


def name_spans(
    sentence: str, *, taken: Collection[tuple[int, int]] = (), opens: bool = False, headline: bool | None = None
) -> list[tuple[int, int, str]]:
    """Return `(start, end, label)` of PERSON, ORG and GPE in one sentence, by start, none overlapping `taken` (its titles).

    `opens` says that the sentence may begin with a dateline; whether it is a `headline` is told by its capitals unless said.
    """
    if headline is None:
        headline = title_case(sentence)
    words = _words(sentence)
    busy = [any(start < word.end and word.start < end for start, end in taken) for word in words] if taken else [False] * len(words)
    spans: list[tuple[int, int, str]] = []
    if opens:
        for start, end in _dateline(sentence):
            spans.append((start, end, "GPE"))
            for i, word in enumerate(words):
                busy[i] |= start <= word.start < end
    tickers = {match.start() for match in _TICKER.finditer(sentence)} if "(" in sentence else set()
    i = 0
    while i < len(words):
        if busy[i] or not words[i].capital or not _starts_name(words, i, headline):
            i += 1
            continue
        j = _run_end(words, busy, i, headline)
        found = _label(words, i, j, busy, tickers, headline)
        if found is None:
            i = j
            continue
        first, last, label = found
        if label:
            spans.append((words[first].start, words[last - 1].end, label))
        i = max(last, i + 1)
    return sorted(spans)


def _words(sentence: str) -> list[_Word]:
    out: list[_Word] = []
    dotted = _dotted()
    last = 0
    for match in _WORD.finditer(sentence):
        start, end = match.span()
        if last > start:
            continue
        text = match.group()
        if text.isalpha():
            possessive = None  # most words, which need no second look
        else:
            possessive = _POSSESSIVE.search(text) if "'" in text or "’" in text else None
            if possessive and possessive.start() > 0:
                text, end = text[: possessive.start()], start + possessive.start()
        # "Inc" and "." belong together, "U.S" too; the full stop at the end of the sentence stays out
        if sentence.startswith(".", end) and text + "." in dotted:
            text, end = text + ".", end + 1
        last = end
        if "/" in text or "-" in text or "–" in text:
            out += _slashed(text, start)
        else:
            out.append(_word(text, start, end))
        if possessive and possessive.start() > 0:
            out.append(_word(sentence[end : match.end()], end, match.end()))
            last = match.end()
    return out


def _slashed(text: str, start: int) -> list[_Word]:
    """Return "Akron/Canton" as three words and "Texas-based" as two and a rest; anything else as it is."""
    cut = re.match(r"([A-Z][\w.]+)([/])([A-Z]\w+)$", text) or re.match(r"([A-Z][\w.]*\w)([-–])((?:based|headquartered|area)\b.*)$", text)
    if cut is None:
        return [_word(text, start, start + len(text))]
    return [_word(cut.group(k), start + cut.start(k), start + cut.end(k)) for k in (1, 2, 3)]


@cache
def _dotted() -> frozenset[str]:
    """Return the words that end in a full stop."""
    named = state_abbreviations() | LEGAL_FORMS | NAME_TAILS | HONORIFICS | {"St.", "Ft.", "Mt."}
    return frozenset(name for name in named if name.endswith("."))


def _dateline(sentence: str) -> list[tuple[int, int]]:
    """Return the places of a dateline: "ELKTON, Md., June 3, 2031 /PRNewswire/ --"."""
    end = _DATELINE_END.search(sentence[:140])
    if end is None:
        return []
    out: list[tuple[int, int]] = []
    at = 0
    for part in _DATED.sub("", sentence[: end.start()]).split(","):
        name = part.strip()
        start = at + len(part) - len(part.lstrip())
        at += len(part) + 1
        if not name or name[0].isdigit():
            continue
        if len(out) == 3 or _PLACE_NAME.fullmatch(name) is None or name in _COMMON or any(word in LEGAL_FORMS for word in name.split()):
            return []
        out.append((start, start + len(name)))
    if not out:
        return []
    names = [sentence[a:b] for a, b in out]
    sure = names[0].isupper() or names[0] in places() or any(name in state_abbreviations() or name in places() for name in names[1:])
    return out if sure else []


def _starts_name(words: Sequence[_Word], i: int, headline: bool) -> bool:
    """Return True where a name may begin at words[i], which has a capital."""
    word = words[i]
    if headline and word.text in _HEADLINE_WORDS and not _known_two(words, i):
        return False
    if word.text not in _COMMON:
        return True
    # "The Buckle, Inc.", "New York", "General Dynamics", "First Bank"
    following = words[i + 1] if i + 1 < len(words) else None
    if following is None or not following.capital or following.start - word.end > 1:
        return False
    if word.text in {
        "New",
        "General",
        "One",
        "American",
        "Global",
        "Executive",
        "Senior",
        "March",
        "May",
        "April",
        "June",
        "Page",
        "Sales",
        "Cash",
        "Credit",
        "Securities",
        "Media",
        "Under",
        "Best",
        "Last",
    }:
        return following.text not in _COMMON and following.text not in _HEADLINE_WORDS
    return word.text in {"The", "Lead"} and following.text not in _COMMON


def _known_two(words: Sequence[_Word], i: int) -> bool:
    if i + 1 >= len(words):
        return False
    pair = f"{words[i].text} {words[i + 1].text}"
    return pair in places() or words[i + 1].text in LEGAL_FORMS


def _run_end(words: Sequence[_Word], busy: Sequence[bool], i: int, headline: bool) -> int:
    """Return the index after the run of words that may be one name and starts at `i`."""
    j = i + 1
    while j < len(words) and not busy[j]:
        text = words[j].text
        nxt = words[j + 1] if j + 1 < len(words) else None
        capital_next = nxt is not None and nxt.capital and not busy[j + 1]
        before = words[j - 1].text
        if text == "plc":
            return j + 1  # written small, and the end of a name
        if words[j].capital and not (headline and text in _HEADLINE_WORDS and text not in _FIRM_WORDS):
            if text in _COMMON and text not in {
                "New",
                "One",
                "Company",
                "Global",
                "General",
                "Media",
                "Securities",
                "Credit",
                "Management",
                "Executive",
                "Senior",
                "Team",
                "Lead",
            }:
                break
            j += 1
        elif (
            (text == "&" and capital_next)
            or (text == "," and nxt is not None and nxt.text in LEGAL_FORMS | NAME_TAILS)
            or (text == "." and len(before) == 1 and capital_next)
            or (
                nxt is not None
                and text in {"of", "for"}
                and capital_next
                and before in _ORG_HEADS | _ORG_OPENERS | {"City", "County"}
                and nxt.text not in _COMMON
            )
        ):
            j += 2
        elif (
            text in {"of"}
            and before in _ORG_OPENERS | {"Bank"}
            and nxt is not None
            and nxt.text == "the"
            and j + 2 < len(words)
            and words[j + 2].capital
        ):
            j += 3
        elif (text == "and" and capital_next and words[i].text in {"Securities", "Food", "Department", "University", "Citizens"}) or (
            text in _PARTICLES and capital_next and before not in _COMMON
        ):
            j += 2
        elif text.isdigit() and capital_next and len(text) < 4:
            j += 1
        elif (
            text in {"“", '"', "("}
            and nxt is not None
            and j + 2 < len(words)
            and words[j + 2].text in {"”", '"', ")"}
            and nxt.text in first_names()
        ):
            j += 3  # James “Jim” Smith
        else:
            break
    return j


def _label(
    words: Sequence[_Word], i: int, j: int, busy: Sequence[bool], tickers: Collection[int], headline: bool
) -> tuple[int, int, str] | None:
    """Return `(first, last, label)` of the name in `words[i:j]`, label "" for none there, or None to pass over the whole run."""
    run = [word.text for word in words[i:j]]
    text = " ".join(run)
    before = words[i - 1].text if i else ""
    before_2 = words[i - 2].text if i > 1 else ""
    after = words[j].text if j < len(words) else ""
    known = places()

    legal = [k for k, word in enumerate(run) if k and word in LEGAL_FORMS]
    if legal:
        last = legal[-1]
        if run[last - 1] == "," and last < 2:
            return None
        return i, i + last + 1, "ORG"
    if j < len(words) and words[j].start in tickers:
        return i, j, "ORG"
    if run[0] == "The" and len(run) > 1 and run[-1] not in _FIRM_WORDS:
        i, run, before, before_2 = i + 1, run[1:], "the", before
        text = " ".join(run)
    if before in {"of", "to"} and before_2 in {"Board", "Master", "Bachelor", "Doctor", "Certificate"}:
        return None
    # places: the longest known name that opens the run
    for k in range(min(len(run), 5), 0, -1):
        head = " ".join(run[:k]).replace(" ,", ",")
        if (
            head in known
            and (k == len(run) or run[k] not in _ORG_HEADS | _FIRM_WORDS | {"University"})
            and not (k < len(run) and run[0] in first_names())
        ) and (k == len(run) or run[k] not in LEGAL_FORMS):
            rest_is_name = k < len(run) and run[-1] in _ORG_HEADS | _FIRM_WORDS
            if not rest_is_name and not (head in first_names() and after in {"said", "says"}):
                return i, i + k, "GPE"
    if run[0] in state_abbreviations() and before in {",", "in", "-", "("} and (len(run) == 1 or run[0].endswith(".")):
        return (i, i + 1, "GPE") if len(run[0]) > 2 or before in {",", "("} else None
    if (run[-1] in {"County", "Township", "Parish", "Valley", "Beach", "Heights"} and len(run) > 1) or (run[0] == "City" and len(run) > 2):
        return i, j, "GPE"
    state = words[j + 1].text if after == "," and j + 1 < len(words) else ""
    two_words = f"{state} {words[j + 2].text}" if state and j + 2 < len(words) else ""
    in_state = state in lands() or two_words in known
    if in_state and len(run) <= 3 and not any(word in _ORG_HEADS for word in run[1:]) and run[0] not in first_names():
        return i, j, "GPE"
    if in_state and len(run) <= 3 and before in {"in", "to", "from", "at", "near", "of"}:
        return i, j, "GPE"
    if after in {"-", "–"} and j + 1 < len(words) and words[j + 1].text.startswith(("based", "headquartered", "area")) and len(run) <= 3:
        return i, j, "GPE"
    if len(run) <= 3 and ((before == "/" and before_2 in known) or (after == "/" and j + 1 < len(words) and words[j + 1].text in known)):
        return i, j, "GPE"  # the Reno/Sparks area
    # persons
    if before in HONORIFICS:
        return i, j, "PERSON"
    if run[0] in HONORIFICS and len(run) > 1:
        return i + 1, j, "PERSON"
    person_like = all(word[0].isalpha() or word in {",", "“", "”", '"', "(", ")", "."} for word in run) and not any(
        word.isupper() and len(word) > 2 for word in run[:1]
    )
    if 2 <= len(run) <= 7 and run[0] in first_names() and run[-1] not in _ORG_HEADS and person_like and "&" not in run:
        return i, j, "PERSON"
    if (
        3 <= len(run) <= 6
        and re.fullmatch(r"[A-Z]\.?", run[1])
        and run[0].isalpha()
        and len(run[0]) > 1
        and run[-1] not in _ORG_HEADS
        and person_like
    ):
        return i, j, "PERSON"
    if len(run) > 1 and (run[-1] in _ORG_HEADS or run[-1] in _FIRM_WORDS or (run[0] in _ORG_OPENERS and len(run) > 2)):
        first = i + 1 if run[0] in {"The"} and run[-1] in _FIRM_WORDS and len(run) < 3 else i
        return (first, j, "ORG") if j - first > 1 else None
    if 2 <= len(run) <= 3 and person_like and "&" not in run:
        titled_after = after == "," and any(busy[k] for k in range(j + 1, min(j + 4, len(words))))
        titled_before = i > 0 and busy[i - 1]
        if (titled_after or titled_before) and not any(len(word) > 2 and word.isupper() for word in run):
            return i, j, "PERSON"
        if headline and before in _PERSON_VERBS and (j == len(words) or busy[j] or after in {"as", "As", "to", "To", "Its", "New", ","}):
            return i, j, "PERSON"
        if (
            (
                before in {"said", "says", "added", "by", "hired", "appointed", "named"}
                or after in {"said", "says", "joins", "joined", "age", "aged"}
            )
            and not headline
            and "." not in text
        ):
            return i, j, "PERSON"
    if text in first_names():
        return i, j, "PERSON"
    if headline and i == 0 and j < len(words) and after in _HEADLINE_WORDS:
        return i, j, "ORG"
    if after in _FIRM_DOES or before in _FIRM_FOLLOWS or (i > 0 and busy[i - 1]):
        if after in {"and", "(", "is"} and before not in {"of", "at", "by", "with", "acquire"} and i > 0:
            return None
        if len(run) == 1 and (run[0] in _HEADLINE_WORDS or len(run[0]) < 2):
            return None
        return i, j, "ORG"
    return None
