"""Finds which company a text is about: what its headline begins with, whom its lead introduces, whom its "About" paragraph describes.

Each of these places names a candidate; places that agree outweigh one that does not, and the fullest spelling among them wins.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from triggers.companies import LEGAL, bare, clean_name, is_name
from triggers.names import HEADLINE_SMALL, lands, places
from triggers.structure import ABOUT, HEADLINE, LEAD, Sentence

# "Acme Corporation (the “Company”)", "Acme, Inc. (“Acme” or the “Company”)"
_DEFINED_TAIL = re.compile(
    r"\((?:[^()]{0,120}?\b)?(?:[Tt]he|THE|we|our|hereinafter|collectively)?,?\s*[“\"”'‘]*(?:the )?(?:Company|COMPANY|Registrant|Corporation|Bank|Group|Partnership|Trust|Issuer)\b[”\"“'’,]"
)
_DEFINED = re.compile(
    r"(?P<name>[A-Z0-9][\w&.,’'!/® -]{1,80}?)(?:,? (?:a|an) [^()]{3,80}?(?:corporation|company|limited partnership|trust|association)[^()]{0,20})?,?\s*"
    + _DEFINED_TAIL.pattern
)
_TICKER_TAIL = re.compile(
    r"\((?:[^()]{0,40}?\b)?(?:NYSE|NASDAQ|Nasdaq|AMEX|OTC\w*|TSX(?:[ -]?V)?|CSE|LSE|AIM|ASX|Euronext|FRA|OMX|NYSE American|TSXV|Cboe|HKEX|SGX|JSE)\b[^()]{0,60}\)"
)
_TICKER = re.compile(r"(?P<name>[A-Z0-9][\w&.,’'!/®™ -]{1,70}?)\s*" + _TICKER_TAIL.pattern)
_REUTERS = re.compile(r"^(?P<name>[A-Z][\w&.,’' -]{1,60}?)\s*<[A-Z.]{1,6}>")
_ABOUT_NAME = re.compile(
    r"^\W*(?:About|ABOUT)[:\s]+(?:the\s+)?(?P<name>[A-Za-z0-9][\w&.,’'!/®™ -]{1,70}?)(?=$|\s{2,}|[:(–—]|\s(?:is|are|was|has|The|A|An|Founded|Headquartered|Based|Since|At|For|With|Established|provides|offers|delivers|operates)\b)"
)
# "NewsBreaks – Acme Corp. Names …", "$ACME: Acme …": the series or ticker that a headline is filed under
_FILED_UNDER = re.compile(r"^(?:[A-Z]\w*(?:Breaks?|Alerts?|Update|Watch|Brief)\s*[–—:-]\s*|\$[A-Z.]+(?: \$[A-Z.]+)*\s?[:-]\s*)")
_VERBS = (
    "announc appoint nam launch acquir complet clos rais open relocat mov join sign report expand unveil introduc hir promot welcom elect "
    "select secur receiv agre buy sell win award establish partner enter releas invest celebrat plan merg fil pric cut lay add declar lead "
    "debut achiev strengthen confirm provid roll host shar offer build break begin start resum purchas capitaliz commenc deliver deploy "
    "publish present pledg highlight recogniz honor show settl recall rebrand renam choos pick tap adopt implement creat form team "
    "collaborat extend renew increas doubl reach surpass exceed grow post set get bring tak mak earn becom chang continu target initiat "
    "provid updat issu execut grant land find seek su hit beat warn lift hik trim lower reduc say put hav expect transform reveal develop empower help support advanc explor enhanc "
    "elevat return step rul leav exit fir reorganiz restructur clinch snag scor nab bolster boost accelerat reaffirm donat rank"
)
# the words that a headline's subject ends before: a verb in any of its forms, or what can begin no more than an adjunct
_STOP = re.compile(
    r"(?i)(?:(?:"
    + "|".join(_VERBS.split())
    + r")(?:es|s|ed|d|ped|ged|ned|ies)|bought|sold|won|bids?|built|took|made|grew|led|set|lays|laid|to|is|are|was|were|has|have|will|can|with|for|from|as|at|on|by|in|after|amid|into|"
    r"successfully|officially|proudly|today|now|further|once|again|named|among|unveils?|powered|backed|goes|went|gets|got|broke|began|became|chose|\w{3,}(?:izes|ifies))$"
)
_PLURAL_STOP = re.compile(r"(?i)(?:" + "|".join(_VERBS.split()) + r")(?:e|y)?$")  # "Acme and Beta Launch"
_TOKEN = re.compile(r"\S+")
# "NEW YORK, June 3, 2031 (Wire) - ", "DENVER, Colo. -- ", "Austin, TX (Wire) Monday Dec 4, 2023 @ 4:26 PM Central — "
_DATELINE_PIECE = re.compile(r"^(?P<piece>.{0,120}?)(?:—|–|--|\s-\s|\)-|-\s(?=[A-Z]))[\s\xa0]*")
_DATELINE_SIGN = re.compile(
    r"(?i)\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?,? \d|\b(?:19|20)\d\d\b|/|wire\b|\(|^[A-Z .,’'-]+$|^[A-Z][\w.’' -]+,(?: [A-Z][\w.]+,?){0,3}\s*$|^[^()]{0,60}\)\s*$"
)
LEAST_QUOTED = 30  # characters: what is left of a sentence without its dateline must still say something
_INTRODUCED = re.compile(
    r"^(?P<name>[\w][\w&.’'!+/®™-]*(?:(?:,? (?:(?-i:[A-Z0-9&][\w&.’'!+/®™-]*)|of|and|&|the|for|de|in)|\.){0,7})?)\s*"
    r"(?:,\s(?:a|an|the|one|your|its|in|which|formerly|part|whose|where|known|recogni[sz]ed|based|home|leading|along|\w+[’']s|d/?b/?a|announc|pioneer|provider|creator|maker|developer)\b|\((?!\w+ing\b)|,? an? (?:leading|global)\b"
    r"|['’]s?\s(?:board|management)\b|\s+(?:(?:today|this week|proudly|officially|recently|also|now|has|have|is|are|will|was)\s+)*(?:pleased|proud|excited|thrilled|honou?red|delighted|happy|(?!(?:mak|provid|produc|develop|build|sell|buy|retail|publish|open|own|lead|manag|land)ers?\b)(?i:"
    + "|".join(_VERBS.split())
    + r")\w{0,4}|today|said)\b)"
)


def find_main(full_text: str, sentences: Sequence[Sentence], named: Sequence[str], people: Collection[str]) -> str | None:
    """Return the name of the company a text without a filer's header is about, None where nothing names one.

    `named` are the companies that headline and lead name, in order, and `people` the persons.
    """
    head = full_text[:6000]
    defined = _before(head, _DEFINED, _DEFINED_TAIL)
    if defined and is_name(_last_capitals(defined.group("name"))):
        return clean_name(_last_capitals(defined.group("name")))
    votes: list[tuple[str, float]] = []
    ticker = _before(head, _TICKER, _TICKER_TAIL)
    if ticker:
        listed = _last_capitals(ticker.group("name"))
        # "companies like Orbex Inc. (NYSE: ORB)": an example of others
        if not re.search(r"\b(?:like|such as|including) $", head[: ticker.start("name") + ticker.group("name").rfind(listed)]):
            votes.append((listed, 3.0))
    headline = next((s for s in sentences if s.zone == HEADLINE), None)
    if headline:
        rest = full_text[headline.end : headline.end + 6000]
        votes += [
            (name, 3.0 - 0.5 * k)
            for k, name in enumerate(headline_subjects(headline.text))
            if not _common_words(name, rest) and (len(rest) < _TELLS or _told_of(name, rest))
        ]
    body = [s for s in sentences[:6] if s.zone not in {HEADLINE}]
    if headline is None and body and not body[0].text.rstrip().endswith("."):
        votes += [(name, 2.4 - 0.5 * k) for k, name in enumerate(headline_subjects(body[0].text))]
    for k, sentence in enumerate(body[:3]):
        name = introduced(sentence.text)
        if name:
            votes.append((name, 3.0 - 0.6 * k if headline else 3.2 - 0.6 * k))
    abouts = [m.group("name") for s in sentences if s.zone == ABOUT and (m := _ABOUT_NAME.match(s.text[:160]))]
    votes += [(name, 2.0 if k == 0 else 1.2) for k, name in enumerate(abouts[:3])]
    votes += [(name, 0.8 - 0.1 * k) for k, name in enumerate(named[:4])]
    firsts = {clean_name(name) for name in named}
    # "Acme Inc. and Beta Corp. agreed": the first of the pair speaks for both
    votes = [(name.split(" and ")[0] if clean_name(name.split(" and ")[0]) in firsts else name, weight) for name, weight in votes]
    # "Acme Ltd & Acme Capital Group signed": a legal form ends the first of the pair; and "Jane Roe and Share the Day" is none
    cleaned = [(clean_name(_FIRST_OF_PAIR.sub(r"\1", name)), weight) for name, weight in votes]
    known = {bare(name) for name in abouts}
    # "Grant Hollow Names Jane Roe" and "Grant Hollow, a firm of accountants": who is named twice where companies stand is one
    known |= {bare(n) for n, w in cleaned if w >= 2 and sum(bare(m) == bare(n) and v >= 2 for m, v in cleaned) > 1}
    cleaned = [(n, w) for n, w in cleaned if is_name(n) and (bare(n) in known or not any(_of_person(n, p, n in firsts) for p in people))]
    return _elected(cleaned, full_text)


_FIRST_OF_PAIR = re.compile(rf"^(.{{3,60}}?\b{LEGAL}\b\.?) (?:&|and) .+$|(?: (?:and|&|of|for))+$")


def _elected(votes: Sequence[tuple[str, float]], full_text: str) -> str | None:
    best: tuple[float, str] | None = None
    for name, _ in votes:
        key = bare(name).split()
        if not key:
            continue
        allies = [(n, w) for n, w in votes if _ally(key, bare(n).split())]
        score = sum(w for _, w in allies) + min(full_text.count(name.rstrip(".")), 12) * 0.08
        if best is None or score > best[0] + 1e-9:
            best = (score, name)
    if best is None:
        return None
    key = bare(best[1]).split()
    mixed = [n for n, w in votes if w > 1 and not n.isupper() and _ally(key, bare(n).split())]
    if best[1].isupper() and len(key) > 1 and mixed:
        best = (best[0], mixed[0])  # a headline in capitals
        key = bare(best[1]).split()
    # the ally with a legal form, else the name itself
    forms = [n for n, w in votes if w > 1 and bare(n).split()[: len(key)] == key and re.search(rf"\b{LEGAL}\.?$", n)]
    return max(forms, key=len) if forms else best[1]


def _of_person(name: str, person: str, found: bool) -> bool:
    """Return True for a person instead of a company: whole, by the first name, or, where no company of the name was `found`, by more or less."""
    if person == name or person.startswith(name + " "):
        return True
    return not found and (person.endswith(" " + name) or name.startswith(person + ",") or name.endswith(" " + person))


# characters: what a text this long is about, it names once more than in its headline
_TELLS = 400


def _told_of(name: str, text: str) -> bool:
    """Return True where the text names what the headline calls so, or its first word: "Orbex Lighting" and "Orbex"."""
    low, first = text.casefold(), name.split()[0].strip(",")
    return clean_name(name).casefold() in low or (first not in lands() and len(first) > 2 and first.casefold() in low)


def _common_words(name: str, text: str) -> bool:
    """True for capitals of a headline alone: the text writes each of the words small as well ("Strike Enters Third Week")."""
    words = [w for w in re.findall(r"[A-Za-z]{2,}", name) if w.lower() not in {"of", "and", "the", "for", "de"}]
    return all(w[0].isupper() and (w.lower() in HEADLINE_SMALL or _stands_in(text, w.lower())) for w in words)


def _stands_in(text: str, word: str) -> bool:
    """Return True where the word stands in the text, and no letter, digit or mark of an address beside it; a regular expression of its own
    for each word would cost ten times as much to compile as to use."""
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at] if at else "", text[at + len(word) : at + len(word) + 1]
        if not (before.isalnum() or before in _JOINING or after.isalnum() or (after and after in "_.")):
            return True
        at = text.find(word, at + 1)
    return False


_JOINING = frozenset("_.@-")


def _ally(key: Sequence[str], other: Sequence[str]) -> bool:
    short, long = sorted((key, other), key=len)
    return bool(short) and (list(long[: len(short)]) == list(short) or "".join(w[0] for w in long) == "".join(short))


# one word of odd letters behind an owner: a firm's name, and no "board" or "CEO"
_OWNED = re.compile(r"['’]s (?P<name>[a-z]+[A-Z]\w*|[A-Z]\w*[a-z][A-Z]\w*)$")


def headline_subjects(text: str) -> Iterator[str]:
    """Yield what a headline may have for its subject, surest first: the words before its verb, and the first of two firms there."""
    text = re.sub(r"\s*\([^()]{0,60}\)", " ()", _FILED_UNDER.sub("", text))
    if listed := _listed(text):
        yield listed
        return
    for clause in re.split(r"(?<=\w): |; ", text)[:2]:
        end = None
        for k, token in enumerate(_TOKEN.finditer(clause)):
            word = token.group().strip("“”\"'‘’,.:;!®™")
            after = clause[token.end() : token.end() + 6].lower()
            stops = (
                _STOP.fullmatch(word)
                or (word == "UPS" and clause.isupper())
                or (" and " in clause[: token.start()] and _PLURAL_STOP.fullmatch(word))
            )
            if k and (word.startswith("(") or (stops and (word != "Partners" or after.lstrip().startswith(("with", "to", "on"))))):
                end = token.start()
                break
            if k > 8:
                break
        if end:
            name = clause[:end].strip(" ,")
            if len((seated := without_place(name)).split()) <= 3:
                name = seated  # the owner is where it sits
            if owned := _OWNED.search(name):  # "Roe's vLumo files suit": the firm, not its owner
                name = owned.group("name")
            elif re.search(r"['’]s?\s", clause[:end]):
                name = re.sub(r"['’]s?(?:\s.*)?$", "", name)
            name = _run_of_capitals(re.split(r",\s(?:an?|the|one|formerly|part of)\s", name)[0])
            name = _STAFF.sub("", name)
            if re.match(r"[A-Z0-9]|[a-z]+[A-Z0-9]?\w*$", name):
                yield name
                if " and " in name:
                    yield name.split(" and ")[0]


# "Bank of the Harbor", "Lumo x Orbex": small words that join
_SMALL_IN_NAMES = frozenset("of and the for de des di da du del la le van von der y e et in on by at to an a plus x dba".split())  # noqa: SIM905
# what a company is, right before its name: "Lamp maker Lumo", "Crypto exchange Orbex"
_TRADE = re.compile(
    r"(?!(?:after|over|under|earlier|later|never|ever|other|further|together)$)(?:\w+(?:er|or|ist|line)|company|firm|bank|exchange|chain|group|fund|unit|brand|platform|"
    r"service|agency|rival|business|studio|network|app|start-?up|outfit|giant|giants|mogul|peer|arm|developer|specialist|union|house)"
)


def _run_of_capitals(name: str) -> str:
    """Return the capitalised words that are the name, where small ones part them: "Lumo" of "Lamp maker Lumo" and of "Lumo rejected an offer"."""
    words = name.split()
    small = [k for k, word in enumerate(words) if word.isalpha() and word.islower() and word not in _SMALL_IN_NAMES]
    if len(words) < 2 or not small:
        return name
    edges = [-1, *small, len(words)]
    runs = [(begin, words[begin + 1 : end]) for begin, end in pairwise(edges)]
    # "Leeds man pleads guilty", "Canadian sales are up": where somebody is from is nobody
    named = [(begin, run) for begin, run in runs if any(w[0].isupper() or w[0].isdigit() for w in run) and _may_be(" ".join(run))]
    if not named:
        return ""
    begin, run = named[-1]
    if not (begin >= 0 and _TRADE.fullmatch(words[begin])):
        run = named[0][1]
    while run and run[0] in _SMALL_IN_NAMES:
        run = run[1:]
    while run and run[-1] in _SMALL_IN_NAMES:
        run = run[:-1]
    return " ".join(run).strip(" ,")


def _may_be(name: str) -> bool:
    return is_name(name) and name not in places()


# "Acme shareholders approve", "Acme CEO Jane Roe says": the company is what stands before
_STAFF = re.compile(
    r"(?i)(?:^|\s+)(?:shareholders?|stockholders?|affiliates?|units?|subsidiar(?:y|ies)|workers|employees|board|ceo|cfo|coo|cto|chief|president|chair(?:man|woman)?|founders?|executives?|directors?|stock|shares|officials?)\b.*$"
)


def _listed(text: str) -> str | None:
    """Return the name that a wire's text opens with, known by its ticker: "ACME <ACM> BUYS", but nobody in "INVESTOR RAISES ACME <ACM> STAKE"."""
    match = _REUTERS.match(text)
    if match is None:
        return None
    first, *rest = match.group("name").split()
    told = any(_STOP.fullmatch(word) or word == "UPS" for word in rest) or (
        first.endswith("S") and rest and _PLURAL_STOP.fullmatch(rest[0])
    )
    return None if told else match.group("name")


def introduced(text: str) -> str | None:
    """Return the company that a sentence of the lead opens with, once its dateline is cut: "Acme, a maker of …", "Acme today announced"."""
    text = without_dateline(text)
    text = re.sub(r"^\$[A-Z.]+(?: \$[A-Z.]+)*\s?[:-]\s*", "", text)
    if listed := _listed(text):
        return listed
    match = _INTRODUCED.match(text[:220])
    if match and re.match(r"[A-Z0-9]|[a-z]+[A-Z0-9]?\w*,? (?:an?|the|\()", text):
        name = re.sub(r"(?:,? (?:the|in|of|and|a|an|for))+$", "", match.group("name"))
        name = re.sub(
            r"(?i)^(?:the )?(?:[\w-]+ )?(?:board(?: of (?:directors|trustees))?|management|shareholders|stockholders) of (?:the )?",
            "",
            name,
        )
        name = without_place(name)
        return name if is_name(name) and name.lower() not in HEADLINE_SMALL else None
    return None


def without_place(name: str) -> str:
    """Return a name without the place it sits in: "Hong Kong's Orrin" is Orrin."""
    seat = re.match(r"(.{3,30}?)['’]s (?=[A-Z])", name)
    return name[seat.end() :] if seat and seat.group(1) in places() else name


def cited(sentence: Sentence, company: str | None) -> tuple[int, int]:
    """Return where evidence stands: the sentence, from behind its dateline where it opens the lead and names the company later."""
    rest = without_dateline(sentence.text) if sentence.zone == LEAD else sentence.text
    cut = len(sentence.text) - len(rest)
    if cut and (len(rest) < LEAST_QUOTED or (company and company.split()[0].casefold() in sentence.text[:cut].casefold())):
        cut = 0
    return sentence.start + cut, sentence.end


def without_dateline(text: str) -> str:
    """Return the sentence from behind its dateline, of however many pieces: "DENVER, Colo. - (Wire) - June 3, 2031 - "."""
    for _ in range(4):
        match = _DATELINE_PIECE.match(text)
        if match is None or not _DATELINE_SIGN.search(match.group("piece")):
            break
        text = text[match.end() :]
    return text


def _before(text: str, whole: re.Pattern[str], tail: re.Pattern[str]) -> re.Match[str] | None:
    """Return the first match of `whole`, which ends in `tail` and begins no more than 240 characters before it.

    The tail is sought first: a page has a few parentheses, and a capital that may begin a name at every other word.
    """
    for end in tail.finditer(text):
        match = whole.search(text, max(0, end.start() - 240), end.end())
        if match:
            return match
    return None


def _last_capitals(name: str) -> str:
    """Return the capitalised run that ends the string: "On May 3, the board of Acme Corp" gives "Acme Corp"."""
    match = re.search(r"(?:(?:[A-Z0-9][\w&.’'!/®™-]*|of|and|&|the|de|,? ?(?:Inc|Ltd|LLC)\.?)[ ,]*)+$", name.strip())
    found = match.group() if match else name
    found = re.sub(r"^.*\b\d{1,2}, \d{4},?\s+", "", found)
    return re.sub(r"^(?:(?:of|and|the|de|On|In|At|By|As)\s+)+", "", found.strip(" ,"))
