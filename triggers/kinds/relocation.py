"""Finds moves of a headquarters, office or plant: what moves, from where, to where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from store.records import TriggerEvent
from triggers.dates import effective_date
from triggers.expression import Expression
from triggers.people import ADDRESS
from triggers.reading import Found, Reading
from triggers.structure import BODY, HEADLINE, LEAD, QUOTE
from triggers.view import MARKS, View

G = MARKS["place"]
O = MARKS["company"]  # noqa: E741
HQ = r"(?:(?:head[- ]?quarters?|HQ|head (?:and registered )?offices?|home base|base of operations|corporate (?:home|offices?|campus)|principal (?:executive )?offices?|main offices?|home offices?|executive offices?|global base|seat))"
SITE = rf"(?:{HQ}|offices?|plants?|factory|factories|facility|facilities|operations?|warehouses?|distribution (?:center|centre)s?|manufacturing(?: operations?| facility)?|production|laborator(?:y|ies)|labs?|campus|clinics?|stores?|showrooms?|practice|headquarter|studios?|data cent(?:er|re)s?|location|call cent(?:er|re)s?|shop|restaurant|salon|school|branch|base|business|company|firm|firm['’]s)"
_MOD = r"(?:(?:its|their|the|our|his|her|a|an|global|world(?:wide)?|corporate|company|company['’]s|firm['’]s|north|south|american|america|us|u\.s\.|european|regional|national|international|main|current|existing|operational|administrative|new|entire|north american|asia[- ]pacific|manufacturing|executive|and|long-?time|flagship|[\w.’'-]+(?:['’]s)?)\s+){0,6}?"
_TO = rf"(?:\s*,?\s*(?:back )?(?:in)?to (?:{_MOD}(?:{SITE})\s+(?:in|at|on)\s+|(?:a |an |the |its |their |our )?(?:(?:[\w’'.,-]+ ){{1,12}}?)(?:in|at|on|of) |(?:a |an |the |its |new |larger |bigger |downtown |nearby |suburban |neighbou?ring |historic )*)?(?P<to>{G}))"

_MOVE = r"(?:re-?locat(?:e|es|ed|ing)|mov(?:e|es|ed|ing)|shift(?:s|ed|ing)?|transfer(?:s|red|ring)?|transition(?:s|ed|ing)?|uproot(?:s|ed|ing)?)"
_VERBAL = [
    # Acme will move its headquarters from Dayton to Austin
    rf"\b(?P<verb>{_MOVE})\s+{_MOD}(?P<what>{SITE})\b(?P<rest>[^;\n]{{0,200}})",
    # Acme is relocating to Austin; relocates from Dayton to Austin; relocates to a larger office in Austin
    r"\b(?P<verb>re-?locat(?:es|ed|ing|e)|has moved|is moving|will move|to move|moves|moved|moving)\s+(?P<rest>(?:from|to|into|within|out of|across|its)\b[^;\n]{2,200})",
    # headquarters relocated, are moving, will be relocated to Austin
    rf"\b(?P<what>{SITE})\b[^;,\n]{{0,60}}?\b(?P<verb>(?:will|to|has|have|is|are|was|were|being|be|been|would)\s+(?:be |been |being )?{_MOVE})\b(?P<rest>[^;\n]{{0,160}})",
    # the relocation of its headquarters to Austin; headquarters relocation; relocation to Austin
    rf"\b(?P<verb>re-?location|move|transfer|shift)(?=\s+(?:of|to|from|into|within|in|is|will|would)\b|,)\s*(?:of\s+{_MOD}(?P<what>{SITE})\b)?(?P<rest>[^;\n]{{0,180}})",
    rf"\b(?P<what>{HQ}|office|plant|facility)\s+(?P<verb>re-?location|move|shift)\b(?P<rest>[^;\n]{{0,160}})",
    # announces, establishes, opens, unveils its new (corporate, global) headquarters in Austin
    rf"\b(?P<verb>announc(?:es|ed|ing)|establish(?:es|ed|ing)?|open(?:s|ed|ing)?|unveil(?:s|ed|ing)?|select(?:s|ed|ing)?|cho(?:oses|se|osing)|pick(?:s|ed)|nam(?:es|ed)|sign(?:s|ed)?[^;\n]{{0,40}}leases? (?:for|on|at)|leas(?:es|ed|ing)|lands?|secur(?:es|ed)|inaugurat(?:es|ed)|celebrat(?:es|ed|ing)|debut(?:s|ed)?|mov(?:es|ed|ing) (?:in)?to|relocat(?:es|ed|ing) to|occup(?:y|ies|ied)|mak(?:es|ing)|build(?:s|ing)?|break(?:s|ing)? ground on|designat(?:es|ed)|complet(?:es|ed)|reveal(?:s|ed)?|set(?:s|ting)? up|plans?|transition(?:s|ed|ing)? (?:in)?to|cut(?:s|ting)? (?:the )?ribbon (?:on|at)|(?:grand )?opening of)\b[^;\n]{{0,90}}?\b(?P<new>new|permanent|future|next|larger|expanded|state-of-the-art)\s+(?:[\w.’'&,-]+\s+|{G}\s+|{O}\s+){{0,6}}?(?P<what>{HQ})\b(?P<rest>[^;\n]{{0,200}})",
    # will serve as Acme's (new) headquarters; as its new European headquarters
    rf"\b(?P<verb>serv(?:e|es|ing) as|becom(?:e|es|ing)|be|house|replaces|establish(?:es|ing)|designated as|to be|is|as|establish\w* [^;\n]{{2,40}} as)\s+(?:the |its |their |our |{O}['’]?s? |company['’]s )?(?P<new>new|permanent|future|next|global|corporate)?\s*(?:[\w.-]+ ){{0,3}}?(?P<what>{HQ})\b(?P<rest>[^;\n]{{0,120}})",
    # will be headquartered in Austin; is now headquartered in; now based in
    r"\b(?P<verb>(?:will be|now|be) (?:headquartered|based|located|head-quartered)) (?P<rest>(?:in|at|out of) [^;\n]{2,120})",
    rf"\b(?P<new>new)\s+(?:[\w.’'&-]+\s+|{G}\s+){{0,4}}?(?P<what>headquarters|HQ|head office|corporate office)\b(?P<verb>)(?P<rest>[^;\n]{{0,160}})",
    rf"\b(?P<verb>consolidat(?:e|es|ed|ing))\s+{_MOD}(?P<what>{HQ}|offices|operations)[^;\n]{{0,60}}?\b(?P<rest>(?:in|into|at|to) [^;\n]{{2,120}})",
    r"\b(?P<new>new)\s+(?P<what>address|location|home|space|offices?|building|facility|clinic|studio)\b[^;\n]{0,60}?\b(?P<verb>will be|is|located|at|situated)\b(?P<rest>[^;\n]{0,120})",
    r"\b(?P<verb>signed)\b[^;\n]{0,40}?\blease\b(?P<what>)(?P<rest>[^;\n]{0,160})",
    rf"\b(?P<verb>(?:leav|depart|exit|flee|abandon|quit)(?:s|es|ing|ed)?)\s+(?P<rest>(?:its )?(?:{G})[^;\n]{{0,40}} (?:for|to) [^;\n]{{2,100}})",
    # changed the address of its principal executive offices to 500 Main Street
    rf"\b(?P<verb>chang(?:e|es|ed|ing)) (?:the |its )?(?:\w+ )?(?:address|location) of {_MOD}(?P<what>{HQ})(?P<rest> (?:from|to) [^;\n]{{2,160}})",
    # effective April 1, the principal executive offices will be located at 500 Main Street
    rf"\b(?P<what>{HQ})(?: of {O})?,? (?P<verb>(?:will be|will now be|are|is|are now|is now) (?:re-?)?located)\b(?P<rest> (?:at|in) [^;\n]{{2,120}})",
]
_EXPRESSIONS = [Expression(p, re.IGNORECASE) for p in _VERBAL]

# what moves is no company: people, games, shares, laws, money, projects
_NO_MOVE = re.compile(
    rf"(?i)\bmov(?:e|es|ed|ing)\s+(?:\w+ ){{0,2}}?(?:to|into|onto|from|up|down|forward|ahead|on|toward|beyond|past|through|out of|closer|higher|lower|over)\s+(?:(?:the|a|an|its|their|{O}|next|new|more|cloud|production|commercial|phase|trial|full|senate|house|market|nasdaq|nyse|otc\w*|tsx\w*|finals?|round|stage|electric|remote|digital|online|general|main|bigger|larger|better|higher|lower|record|second|third|first|second-|profit\w*|clinical|construction|drill\w*|number|no\.|dismiss|strike|quash|compel|protect|ban|block|acquire|buy|sell|cut|become|reduce|stop|allow|make|create|secure|expand|improve|strengthen)\b)"
)
_PEOPLE_MOVE = re.compile(
    r"(?i)\b(?:famil(?:y|ies)|residents?|people|employees?|workers|tenants|students?|patients|couple|players?|team members|refugees|homeowners|buyers|doctors|physicians|professionals|customers|renters|seniors|veterans|animals?|dogs?|cats?|wildlife|species|individuals|americans|canadians|households|retirees|expats?|graves?|statues?|monuments?|artifacts?|utilities|utility lines|power lines|furniture|belongings|personal|who (?:re)?(?:locat|mov)\w*|you|your|homes?|bodies|gene|files|data|servers|workloads|cells?|game|match|race|concert|festival|event|conference|show|tournament|ceremony|trial|case|hearing)\b[^.;]{0,40}\b(?:re-?locat|mov)(?:e|es|ed|ing)?\b"
)
_BENEFIT = re.compile(
    r"(?i)\brelocation (?:benefits?|expenses?|costs?|assistance|allowance|package|services?|policy|payments?|bonus|program(?:me)?s?|reimburse\w*|support|compan(?:y|ies)|guide|specialists?|experts?|industry|needs|incentives?|agreement|scam|tips|process|experience)|good reason|without (?:his|her|the executive)|material(?:ly)? (?:change|relocat|reduc|diminution)|(?:more than|at least|within) (?:\S+ )?(?:\d+|fifty|thirty|twenty|forty) miles|moving (?:costs|expenses|allowance|company|companies|services|truck)|reimburse|relocated employees|willing(?:ness)? to relocate|required to relocate|commut"
)
_VISIT = re.compile(
    r"(?i)\b(?:visit(?:s|ed|ing)?|tour(?:s|ed|ing)?|held at|hosted (?:at|by)|at (?:its|the|their|our) (?:\S+ ){0,3}(?:headquarters|hq|offices?)|outside (?:the|its)|near (?:the|its)|from (?:its|the|their|our) (?:\S+ ){0,4}headquarters|award from headquarters|with (?:its )?headquarters in|headquartered in|whose headquarters|speaking (?:at|from))\b"
)
_MONEY_MOVE = re.compile(
    r"(?i)\b(?:transfer|shift|move|transition)\w*\s+(?:of\s+)?(?:[\w’'-]+ ){0,5}?(?:ownership|assets?|shares?|stock|listing|funds?|money|technology|data|control|title|risk|rights|focus|strategy|gears|production of|business model|power|care|paradigm|capital|policy|policies|portfolio|attention)\b"
)
_GENERAL = re.compile(
    r"(?i)\b(?:mov(?:e|es|ing)|relocat(?:e|es|ing)|relocation)\b[^.;]{0,20}\b(?:that|which|marks|represents|reflects|underscores|will|comes|is|was|allows|enables|gives|positions|demonstrates|follows)\b"
)
_NEW_SITE = re.compile(
    r"(?i)\s*(?:in)?to (?:an? |its |the |our |their )?(?:brand[- ]new|new|newly built|larger|bigger|expanded|permanent|modern|upgraded|state-of-the-art|"
    + MARKS["number"]
    + r"[- ]square[- ](?:foot|feet|met(?:er|re)s?))\s+(?:(?!(?:for|of|in|at|on|with|and)\b)[\w&’'.,-]+ ){0,4}?(?:offices?|headquarters|hq|home|location|facility|space|building|premises|plant|warehouse|studio|clinic|campus)\b(?=\s*(?:$|[.,;:()–—-]|(?:in|at|on|near|for|to|as|and|that|this|next|by|with|amid|after|following|downtown|across|from|where)\b))"
)


def find(view: View, reading: Reading) -> Iterable[Found]:
    """Yield the moves that a sentence tells of, at most one."""
    masked = view.masked
    if _BENEFIT.search(masked) or _PEOPLE_MOVE.search(view.sentence.text):
        return
    for number, pattern in enumerate(_EXPRESSIONS):
        for match in pattern.finditer(masked):
            found = _found(view, reading, match, number)
            if found is not None:
                yield found
                return


def _found(view: View, reading: Reading, match: re.Match[str], number: int) -> Found | None:
    masked, zone = view.masked, view.sentence.zone
    said = match.groupdict()
    what = said.get("what") or ""
    verb = match.group("verb").lower()
    rest = said.get("rest") or ""
    headed = bool(re.fullmatch(HQ, what, re.IGNORECASE)) if what else bool(re.search(HQ, rest, re.IGNORECASE))
    # a new site that is the news: "moves to a larger downtown office"
    settles = number in {0, 1, 3} and zone in {HEADLINE, LEAD} and _NEW_SITE.match(rest)
    if _MONEY_MOVE.match(masked[match.start() :]) or (
        not headed and not settles and _NO_MOVE.search(masked[max(0, match.start() - 5) : match.end()])
    ):
        return None
    old, new = _places(view, match, headed)
    if number in {1, 3} and not what:
        # "moves to Austin": only a place or a new site, and only of a company, makes it a move
        if new is None and old is None and not settles:
            return None
        if _by_person(view, match) or (number == 1 and not _by_company(view, match)):
            return None
        if (
            verb in {"move", "shift", "transfer"}
            and not headed
            and not settles
            and not (new is not None and re.search(r"(?i)\b(?:its|planned|upcoming|our)\s$", masked[: match.start()]))
            and not re.search(r"(?i)\b(?:office|facility|plant|location|space|building)", rest[:80])
        ):
            return None
    if (
        number == 0
        and not headed
        and not re.fullmatch(
            r"(?i)(?:offices?|plants?|factory|facility|facilities|operations?|warehouses?|distribution.*|manufacturing.*|production|laborator.*|labs?|campus|clinics?|showrooms?|practice|headquarter|studios?|location|base)",
            what,
        )
    ):
        return None
    if number in {0, 2} and not headed and not settles and new is None and old is None:
        return None
    if number in {0, 2} and re.match(r"(?:shift|transfer|transition)", verb.split()[-1]) and not headed and not (old and new):
        return None
    if number == 3 and what == "" and re.match(r"\s*(?:that|which|marks|is|was|will|comes)", rest):
        return None
    if number in {5, 6, 8}:
        if _VISIT.search(masked[max(0, match.start() - 40) : match.end("what")]):
            return None
        if (number == 6 and (zone not in {HEADLINE, LEAD} and not said.get("new"))) or (number == 6 and new is None):
            return None
        if number == 6 and verb in {"be", "is", "as", "to be", "become", "becomes", "becoming"} and not said.get("new"):
            return None
        if number == 8 and zone not in {HEADLINE, LEAD}:
            return None
        if new is None and zone not in {HEADLINE, LEAD}:
            return None
        if re.search(
            r"(?i)\b(?:regional|european|asia\w*|emea|apac|latin america\w*|north american|u\.?s\.?|american|canadian|uk|india\w*|middle east\w*|second|subsidiary|divisional|country|local)\s+(?:and \w+ )?(?:headquarters|hq|head office)",
            masked,
        ) and (number != 5 or not re.search(r"(?i)relocat|mov(?:e|es|ed|ing)", masked)):
            return None  # a regional headquarters is a new site
        if (
            number == 5
            and re.match(r"(?i)(?:open|cut|grand|celebrat|inaugurat|build|break|establish)", verb)
            and not _settled(masked, reading)
        ):
            return None
    if number == 7:
        if (
            verb.startswith("now")
            and zone == BODY
            and not reading.filing
            and not re.search(r"(?i)formerly|previously|moved|relocat", masked)
        ):
            return None
        if not re.search(r"(?i)headquartered|based|company|we\b|office", masked) or not re.search(r"(?i)head-?quartered|now", verb):
            return None
    if number in {10, 11} and (new is None or not ADDRESS.search(new) or not _headline_moves(reading)):
        return None
    if number == 12 and old is None and (left := re.match(rf"(?:its )?({G})", rest)):
        old = _place(view, match.start("rest") + left.start(1))
    if number == 12 and (new is None or old is None or not _by_company(view, match)):
        return None
    # "are located at" is where they are; "will be located", and a day from which on, is a move
    if number == 14 and (new is None or not (verb.startswith("will") or re.search(r"(?i)\beffective\b", masked))):
        return None
    if (
        not headed
        and not what
        and zone in {BODY, QUOTE}
        and not reading.filing
        and (new is None or old is None)
        and not re.search(r"(?i)relocat", verb)
    ):
        return None
    kind = _what(what or rest, masked)
    effective = effective_date(view, view.span(*match.span())[0])
    confidence = 0.92 if headed and (new or old) else 0.85 if headed else 0.78 if new else 0.65
    if number in {5, 6, 8} and not re.search(r"(?i)relocat|moved?\b|moving|replac", masked):
        confidence -= 0.08
    if _PASSING.search(masked[: match.start("verb") if verb else match.start()]) and _headed_otherwise(reading):
        confidence -= 0.45
    begin = match.start("verb") if verb else match.start()
    return Found(
        begin,
        match.end("verb") if verb else match.end(),
        {"what": kind, "from": old, "to": new, "effective": effective.text if effective else None},
        _company(view, match),
        None,
        confidence,
        news=_news(view, match),
    )


def _news(view: View, match: re.Match[str]) -> bool:
    """True where words that look like history speak of the old site or the company, not of the move."""
    near = view.masked[max(0, match.start() - 30) : match.end("verb") + 60]
    return bool(
        re.search(r"(?i)\b(?:announc|today|will|plans? to|to relocate|relocates|has relocated|is relocating|is moving)", near)
    ) and not re.search(
        r"(?i)\b(?:ago|in (?:19|20)\d\d|last year|previously announced|following (?:the |its )?(?:\w+ of the )?announcement)\b",
        view.masked[max(0, match.start() - 90) : match.end("verb") + 60],
    )


def _headed_otherwise(reading: Reading) -> bool:
    """True in a release whose headline says nothing of a move or a seat."""
    head = reading.sentences[0]
    return head.zone == HEADLINE and re.search(rf"(?i)\b(?:relocat|mov(?:e|es|ed|ing)\b|new (?:home|offices?)|{HQ})", head.text) is None


def _headline_moves(reading: Reading) -> bool:
    """True where headline or lead tell of a move, so that an address further down is the new one."""
    head = " ".join(s.text for s in reading.sentences[:3])
    return bool(
        re.search(rf"(?i)\b(?:relocat\w*|mov(?:e|es|ed|ing))\b[^.]{{0,60}}\b(?:{SITE}|new|to)\b|\bnew (?:\w+ ){{0,3}}(?:{HQ})", head)
    )


def _settled(masked: str, reading: Reading) -> bool:
    """True where a new headquarters is where the whole company goes, and not one more site: the text says moves, replaces, now based, or corporate/global."""
    if re.search(
        r"(?i)\b(?:corporate|global|world|company|permanent|national|international|main|its|their|our) (?:\S+ ){0,2}(?:headquarters|hq|head office)",
        masked,
    ) and not re.search(r"(?i)law(?:yers|\s)", masked):
        return True
    head = reading.document.full_text[:4000]
    return bool(
        re.search(
            r"(?i)\brelocat|moved? (?:its|from|to|into)|moving (?:its|from|to|into)|now based|corporate headquarters|former (?:headquarters|office|location)|previous (?:headquarters|office|location)|outgrown",
            head,
        )
    )


def _by_person(view: View, match: re.Match[str]) -> bool:
    """True where it is a person who moves: "Sean Spellman moves to JLL Phoenix"."""
    before = view.masked[max(0, match.start() - 30) : match.start()]
    if re.search(rf"{MARKS['person']}[^\ue001]{{0,14}}$", before):
        return True
    return (
        bool(re.search(r"(?i)\b(?:he|she|who|they|i|we all|couple|family)\s+(?:\w+\s+){0,2}$", before))
        and "we" not in before.lower().split()
    )


def _by_company(view: View, match: re.Match[str]) -> bool:
    """True where a company, "it" or "we" stands before the verb, with no more than an apposition and auxiliaries between."""
    before = view.masked[: match.start()]
    aux = r"(?:(?:will|is|are|has|have|to|be|been|plans?|planning|also|now|today|announced?|announces|that|it|they|set|expects?|intends?|decided|recently|officially|soon|proudly|be|its|and|would|may|could|might|considering|not)\s+)*"
    return bool(
        re.search(
            rf"(?i)(?:{O}(?:®|™)?(?:,[^;]{{0,140}},|\s\([^)]*\))?|\b(?:it|we|which|business|clinic|practice|shop|store|studio|restaurant|school|agency|team|organization|brewery|center|dealership|hospital|church|museum|retailer|manufacturer|headquarters))\s+{aux}$",
            before,
        )
    ) or bool(view.sentence.zone == HEADLINE and re.search(rf"(?i)^(?:[A-Z][\w&.’'-]*\s+){{1,6}}{aux}$", before) and not view.of("person"))


def settle(events: list[TriggerEvent]) -> list[TriggerEvent]:
    """Return the events with one headquarters move per company: the fullest wording of the new place wins."""
    seats = [e for e in events if re.search(rf"(?i){HQ}", e.facts.get("what") or "") or not e.facts.get("to")]
    kept: list[TriggerEvent] = []
    for event in sorted(events, key=lambda e: (-_detail(e.facts.get("to")), -e.confidence)):
        twin = next((k for k in kept if _one_move(k, event, seats)), None)
        if twin is None:
            kept.append(event)
            continue
        best = max((twin, event), key=lambda e: (round(e.confidence, 1), bool(e.facts.get("from")), e.confidence))
        facts = {name: twin.facts.get(name) or event.facts.get(name) for name in event.facts}
        facts["what"] = next(
            (e.facts["what"] for e in (best, twin, event) if re.search(rf"(?i){HQ}", e.facts.get("what") or "")), best.facts.get("what")
        )
        kept[kept.index(twin)] = replace(
            best, facts=facts, happened=best.happened or twin.happened or event.happened, confidence=max(twin.confidence, event.confidence)
        )
    return sorted(kept, key=lambda e: e.start)


def _one_move(a: TriggerEvent, b: TriggerEvent, seats: list[TriggerEvent]) -> bool:
    return (a.company == b.company or not a.company or not b.company) and (
        (a in seats and b in seats)
        or not (a.facts.get("to") and b.facts.get("to"))
        # a headline names the town, the text the street
        or (a.company == b.company and (_detail(a.facts.get("to")) == 3) != (_detail(b.facts.get("to")) == 3))
        or (a.company == b.company and (a in seats or b in seats))
    )


def _detail(place: str | None) -> int:
    """Return how much a place says: a street address most, then a city with its state, then a name."""
    if not place:
        return 0
    return 3 if ADDRESS.search(place) else 2 if "," in place else 1


def _what(words: str, masked: str) -> str:
    for text in (words, masked):
        match = re.search(
            rf"(?i)\b(?:(?:global|world|corporate|company|north american|european|regional|operational|national|international|executive)\s+)?{HQ}",
            text,
        )
        if match:
            return re.sub(r"\s+", " ", match.group()).strip()
    match = re.search(rf"(?i)\b{SITE}\b", words)
    return match.group().lower() if match else "office"


def _company(view: View, match: re.Match[str]) -> str | None:
    """Return whose site it is, where a possessive says it: "will serve as Acme's new headquarters"; else None for the subject."""
    inside = re.search(rf"({O})(?:['’]s?)(?: [\w-]+){{0,3}} (?:{SITE})", match.group(), re.IGNORECASE)
    if inside:
        entity = view.entity(inside.group(1)[1])
        return entity.text
    for entity in view.of("company"):
        if view.place_of(entity) < match.start():
            before = view.masked[max(0, view.place_of(entity) - 12) : view.place_of(entity)]
            between = view.masked[view.place_of(entity) : match.start()]
            if re.search(r"(?i)\b(?:that|said)\s*$", between) and len(between) > 6:
                continue
            if not re.search(r"(?i)(?:\b(?:with|by|from|of|at|for)\s|\()$", before) and re.search(r"(?i)announc\w+ that|$", between):
                follow = [
                    e
                    for e in view.of("company")
                    if view.place_of(entity) < view.place_of(e) < match.start()
                    and re.search(r"(?i)\bthat (?:the )?$", view.masked[: view.place_of(e)])
                ]
                return (follow[0] if follow else entity).text
    return None


# "Orbex, which is relocating to Austin, reported": told by the way of what the sentence says
_PASSING = re.compile(r", (?:which|who) (?:[\w']+ ){0,6}$")


# "from Richmond to Austin": the town may share its name with people and not be known for one by itself
_LEFT = re.compile(rf"\bfrom ((?:[A-Z][\w.’'-]+ ){{0,2}}[A-Z][\w.’'-]+(?:, [A-Z][\w.]+)?),? to {G}")


def _places(view: View, match: re.Match[str], headed: bool) -> tuple[str | None, str | None]:
    """Return (from, to) as the sentence words them."""
    rest_at = match.start("rest") if "rest" in match.re.groupindex and match.group("rest") is not None else match.end()
    masked = view.masked
    tail = masked[rest_at : rest_at + 240]
    old = new = None
    joiner = (
        r"(?:(?:a|an|the|its|their|our|new|current|existing|longtime|previous|former|larger|downtown|nearby|suburban|[\w’'.,&-]+)\s+){0,9}?"
    )
    for found in re.finditer(rf"(?i)\bfrom {joiner}({G})", tail):
        if not re.search(r"(?i)\bto\b", found.group()[5:]):
            old = _place(view, rest_at + found.start(1))
            break
    for found in re.finditer(rf"(?i)\b(?:in|to|into|at|near|on|for) {joiner}({G})", tail):
        if old and view.entity(found.group(1)[1]).text in old:
            continue
        if re.search(r"(?i)\bfrom\b", found.group()):
            continue
        new = _place(view, rest_at + found.start(1))
        break
    if old is None and new is not None and (left := _LEFT.search(tail)):
        old = left.group(1)
    if new is None and headed:
        inside = re.search(rf"({G})(?: |-)?(?:\w+ ){{0,3}}?(?:{HQ})", match.group()[: match.end() - match.start()], re.IGNORECASE)
        if inside and not re.search(r"(?i)\bfrom\s*$", match.group()[: inside.start()]):
            new = _place(view, match.start() + inside.start(1))
    if new is None:
        here = re.search(rf"(?i)\b(?:in|at|to) (?:downtown |midtown |suburban |nearby )?({G})[^;]{{0,50}}$", masked[: match.start()])
        if here and headed and re.match(r"(?i)(?:serv|be|is|as|house|replaces|to be|becom)", match.group("verb")):
            new = _place(view, here.start(1))
    if (
        new is None
        and headed
        and (leased := re.search(rf"(?i)\blease\b[^;]*?\b(?:in|at) (?:downtown |midtown |suburban |nearby )?({G})", match.group()))
    ):
        new = _place(
            view, match.start() + leased.start(1)
        )  # "signed a lease for 80,000 square feet in Denver that will become its new headquarters"
    if new is None and match.group("verb").lower() == "will be" and (said := re.match(rf"\s*({G})", tail)):
        new = _place(view, rest_at + said.start(1))
    if new is None and re.match(r"(?i)(?:select|cho|pick|nam)", match.group("verb")):
        chosen = re.match(rf"\s(?:\w+ ){{0,2}}?({G})", masked[match.end("verb") :])
        if chosen:
            new = _place(view, match.end("verb") + chosen.start(1))
    return old, new


def _place(view: View, at: int) -> str:
    """Return the place entity at a masked offset, with the state or country that follows it."""
    masked = view.masked
    first = view.entity(masked[at + 1])
    end = at + 2
    while extra := re.match(rf"(?:, | \(|,? in )({G})", masked[end:]):
        end += extra.end()
    return re.sub(r"\s+", " ", view.text(at, end)).strip(" ,") if end > at + 2 else first.text


CUES = {"anywhere": _EXPRESSIONS}  # find() yields nothing where none of these can match (triggers/gate.py)
