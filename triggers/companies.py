"""Company names as texts write them: what a legal form is, what is no name, and how two spellings compare."""

from __future__ import annotations

import re
from functools import lru_cache

LEGAL = r"(?:Inc|INC|Incorporated|INCORPORATED|Corp|CORP|Corporation|CORPORATION|Co|CO|Company|COMPANY|Companies|Ltd|LTD|Limited|LIMITED|LLC|L\.L\.C|LLP|L\.P|LP|PLC|plc|Plc|S\.A|SA|SE|N\.V|NV|AG|AB|ASA|A/S|Oyj|SpA|S\.p\.A|GmbH|KG|KGaA|BV|B\.V|Pty\.? Ltd|Pte\.? Ltd|K\.K|Holdings?|HOLDINGS?|Group|GROUP|Bancorp|BANCORP|Bancshares|Trust|P\.A|P\.C|PLLC|Partners(?! (?:with|With)\b)|Foundation|University)"
_TRAIL = re.compile(r"(?:[,;:\s]+|['’]s?|\s*[®™©]|\((?:R|TM)\))+$")
_LEAD_WORDS = re.compile(
    r"^(?:The|the|THE|At|In|On|For|By|From|With|As|A|An|And|—|--|-|About|Today|Meanwhile|However|While|When|After|Before|Since|Under|Of|Its|Their|[Ll]ong-?time|Embattled|Beleaguered|Troubled|Ailing|Cash-strapped)\s+(?=\S)"
)
# "Orbit Ventures-Backed Lumo", "Ohio-based Lumo": whose money or town it is, is no part of the name
_EPITHET = re.compile(
    r"^(?:[\w.&’']+ ){0,4}[\w.&’']+-(?i:backed|based|owned|funded|headquartered|led|listed|winning)\s+(?=[A-Z])"
    # "Lamp maker Lumo", "the software firm Orbex Inc."
    r"|^(?:[Tt]he )?(?:[\w’'-]+ ){0,4}(?:maker|firm|giant|company|startup|start-up|provider|retailer|manufacturer|developer|producer|operator|chain|bank|insurer|airline|automaker|chipmaker|specialist|supplier|platform|group|lender|brand) (?=[A-Z])"
    # in a headline: "Toledo Law Firm Orbex & Lumo, LLC"
    r"|^(?:[A-Z][\w’'-]+ ){1,4}(?:Firm|Maker|Manufacturer|Startup) (?!(?:Holdings?|Group|Solutions|Services|Partners|International|Systems|Capital|Associates|Technologies)\b)(?=[A-Z][\w.&’', -]*? ?(?:Inc|LLC|LLP|L\.L\.C|PLLC|Ltd|Corp|Corporation|GmbH|PLC)\b)"
)
# a headline's verb taken into the name: "Tern Mills Presents", "Lumo Acquires Orbex, Inc."
_RUNS_ON = re.compile(
    r"\s+(?:Acquires|Buys|Sells|Closes|Agrees|Merges|Appoints|Names|Launches|Announces|Unveils|Introduces|Presents|Offers|Joins|Raises|Secures|Signs|Opens|Completes|Reinforces|Strengthens|Expands|Welcomes|Officially|Proudly|Successfully|Reports|Releases|Wins|Brings)\b"
)
# "Lumo-Orbex acquisition", "Orbex Merger": the deal is called by a name and is none; "Orbex Merger Corp." is one
_DEAL = re.compile(r"(?<=\w) +(?:acquisition|takeover|buy-?out|merger|deal|bid|stake|sale|shares|stock|Takeover|Buyout|Merger|Sale)$")
NOT_NAMES = frozenset(
    (  # noqa: SIM905 - word lists read better as text
        "supervisory the company we it they he she this that these those there today new ceo cfo coo cto our its a an board inc corp management news "
        "market more about shares stock item form exhibit us uk u.s. ai directors stockholders shareholders committee officer officers "
        "meeting agreement sec nyse nasdaq otc gaap ebitda eps fda ftc doj irs fbi epa eu un gdp ipo globe newswire pr business wire prnewswire "
        "globenewswire accesswire registrant chairman president director january february march april may june july august september "
        "october november december court judge jury monday tuesday wednesday thursday friday saturday sunday "
        "american british canadian chinese japanese swedish danish norwegian finnish german french dutch spanish italian swiss austrian belgian "
        "portuguese polish czech greek turkish russian ukrainian israeli iranian saudi indian korean thai indonesian australian brazilian mexican "
        "argentine nigerian egyptian european african asian irish scottish welsh english scandinavian nordic "
        "as at by for from if in into of on once or since so than then though to under until upon via when where while with"
    ).split()
)


@lru_cache(maxsize=2048)
def clean_name(name: str) -> str:
    """Return a company name as it would be written alone: no article, epithet, possessive, mark or trailing comma."""
    name = re.split(r"\s{2,}(?=[A-Z])", name.strip())[-1]  # a line and the next run together
    name = re.sub(r"\s+", " ", name).strip(" \"“”'‘’(")
    name = re.sub(r"\s*\((?:the )?[“\"].*$", "", name)
    name = re.sub(r"(?i)^(.{3,60}?)[\s,]+(?=\1(?!\w))", "", name)  # "ACME CORP Acme Corp": a heading and its paragraph run together
    name = re.sub(r"(?i)^(.{6,60}?)(?=\1(?!\w))", "", name)  # "Acme Corp.Acme Corp.": a caption and its picture's text
    name = _RUNS_ON.split(name)[0] if _RUNS_ON.search(name) and not _RUNS_ON.match(name) else name
    while True:
        shorter = _TRAIL.sub(
            "", _LEAD_WORDS.sub("", name) if not re.match(r"The \w+(?: \w+)* (?:Co|Company|Group|Corporation|Inc)\b", name) else name
        )
        shorter = _DEAL.sub("", _EPITHET.sub("", shorter))
        if shorter == name:
            break
        name = shorter
    if re.search(r"\b(?:Inc|Corp|Co|Ltd|L\.P|L\.L\.C|N\.V|S\.A|P\.A|P\.C)$", name):
        name += "."
    return re.sub(r"[®™©]|\((?:R|TM)\)", "", name).strip()


@lru_cache(maxsize=8192)
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


def same_name(x: str, y: str) -> bool:
    """True for two mentions of one company within a document: one begins the other, spells its initials, or is made of its words."""
    a, b = bare(x).split(), bare(y).split()
    short, long = sorted((a, b), key=len)
    return bool(short) and (
        long[: len(short)] == short
        or _run_together(short, long)
        or "".join(w[0] for w in long) == "".join(short)
        or set(short) <= set(long)
    )


def _run_together(short: list[str], long: list[str]) -> bool:
    """True for "OrbexLumo" beside "Orbex Lumo Corp."."""
    return (
        len(short) == 1
        and len(long) > 1
        and short[0].startswith(long[0])
        and any("".join(long[:k]) == short[0] for k in range(2, len(long) + 1))
    )


# "Investor Group Lifts Stake": somebody of that sort
_ANYBODY = re.compile(
    r"(?:activist|investors?|shareholders?|stockholders?|holders?|bidders?|businessman|regulators?|creditors?)"
    r"|(?:activist|investor|investment|shareholder|dissident|buyout|takeover|management|bidding) (?:group|firm|fund|investor|company|partnership)s?"
    # the state's
    r"|(?:[\w.]+ )?(?:police|prosecutors?|lawmakers?|officials|authorities|voters|democrats|republicans|senators?|(?:house )?speaker|taxpayers)(?: (?:in|of|from) .+)?"
)


_NO_NAME = re.compile(
    r"\bthe board\b|^board of|\b(?:19|20)\d\d, |^effective\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december) \d"
)


@lru_cache(maxsize=2048)
def is_name(name: str) -> bool:
    """True for words that can be a company's name: no pronoun, office, month or wire."""
    key = clean_name(name).lower().strip(".")
    if _NO_NAME.search(key):
        return False
    if re.match(r"(?:mr|ms|mrs|dr|prof|sir|messrs)\b", key):
        return False
    if _ANYBODY.fullmatch(key):
        return False
    if re.match(r"[a-z]+ing\s", clean_name(name)):
        return False  # "By going upmarket in buying": what is done
    return bool(key) and key not in NOT_NAMES and not re.fullmatch(r"[\d\W]+", key)
