"""Mends what the entity finder left of people and their offices, by the slots that only people fill.

"appointed X Y as chief executive", "X Y will retire", "Mr. X": whatever was taken for a company there, or passed over, is a
person. Offices are carried on over the unit they belong to: "Executive Vice President, Oil, Products & Gas".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from triggers.companies import LEGAL
from triggers.scan import Sieve
from triggers.structure import Sentence
from triggers.view import Entity

_PART = r"(?:(?:Mc|Mac|O['’]|D['’]|De|Van|Le|La)?[A-ZÀ-Þ][a-zà-ÿ]+(?:(?:-|['’](?!s\b))[A-ZÀ-Þ]?[a-zà-ÿ]+)*|[A-Z]{2,}(?=[\s,]))"
_NOT_FIRST = r"(?!(?:When|While|As|After|Since|Before|With|The|In|On|At|By|For|From|But|And|If|Under|Although|Though|Once|Today|Former|Congratulations|Meet|Said|How|Why|New|Join|Joining)\b)"
_NAME = rf"{_NOT_FIRST}(?:(?:[A-Z]\.\s?){{1,2}}(?:{_PART}\s)?|{_PART}\s(?:[A-Z]\.?\s|[“\"(]{{1,2}}[A-Z][a-z]+[”\")]{{1,2}}\s|{_PART}\s|van\s|von\s|de\s|der\s|la\s|di\s|bin\s|al-){{0,3}}){_PART}(?:,? (?:Jr|Sr|II|III|IV)\b\.?)?"
FIRM_WORD = re.compile(
    rf"\b{LEGAL}\b|\b(?:Bank|Capital|Health|Systems?|Technolog|Solutions|Services|Energy|Pharma|Labs?|Media|Software|Global|International|Industries|Insurance|Financial|Resources|Motors|Airlines?|Foods?|Hospital|Clinic|Institute|Association|School|College|Council|Society|Network|Studios?|Digital|Holdings|Ventures|Associates|Agency|Law|Restaurant|Hotel|Realty|Properties|Brands?|Sports|Committee|Department|Board|Officer|President|Director|Executive|Chief|New|United|American|National|North|South|West|East|The|Names|Appoints|Announces|Street|Center|Centre|City|County|University|Fund|Team|Report|News|Today|Annual|General Manager|Data|Cloud|Security|Medical|Therapeutics|Biosciences?|Gold|Mining|Oil|Gas|Power|Products?|Entertainment|Communications|Interim|Executive|Vice|Senior|Chair|Former|Meeting|Agreement|Plan|Effective|Date|Award|Stock|Shares?|Section|Item|Form|Exhibit|Company|Partner|Engineering|Operations|Marketing|Sales|Strategy|Growth|Finance|Product|Technology|Human|Resources|Development|Asset|Envoy|Semiconductor|Customer|Success|Business|Supervisory|Management|Advisory|Rx)\w*\b"
)
_GIVE = r"(?:[Aa]ppoint|[Nn]am|[Ee]lect|[Hh]ir|[Pp]romot|[Ww]elcom|[Tt]ap|[Ss]elect|[Rr]ecruit|[Dd]esignat|[Nn]ominat|APPOINT|NAM|ELECT|HIR|PROMOT|TAP)(?:s|es|ed|ing|ped|ts|d|S|ES)?"
_DOES = r"(?:(?:has|have|had|will|is|was|to|would|also|been|be|recently|officially|today|he|she|,)\s)*(?:[Aa]ppointed|[Nn]amed|[Ee]lected|[Hh]ired|[Pp]romoted|[Tt]apped|[Jj]oin(?:s|ed|ing)?|[Ss]ucceed(?:s|ed|ing)?|[Rr]eplac(?:e|es|ed|ing)|[Rr]esign(?:s|ed|ing)?|[Rr]etir(?:e|es|ed|ing)|[Ss]tep(?:s|ped|ping)? [Dd]own|[Dd]epart(?:s|ed)?|[Ll]eav(?:e|es|ing)|[Aa]ssum(?:e|es|ed|ing)|[Bb]ecom(?:e|es)|became|[Tt]ransition(?:s|ed|ing)? (?:his|her|to|from|out)\b|notified|informed|tendered|announced (?:that (?:he|she)|his|her)\b|[Tt]ak(?:e|es|ing) over|[Ss]tepp?(?:s|ed)? [Ii]nto|will serve|as (?:its |the )?(?:new )?(?:[Cc]hief|CEO|CFO|COO|CTO|[Pp]resident|[Vv]ice|[Dd]irector|[Ii]nterim|[Hh]ead|[Gg]eneral))"
_SLOTS = [
    re.compile(rf"(?P<n>{_NAME})(?=\s(?:is|becomes|will be) (?:the |its |our )(?:new|next|interim|first)\b)"),
    re.compile(
        rf"\b{_GIVE}\s(?:(?:as|former|current|to|its|the|new|veteran|(?-i:[a-z-]+))\s){{0,4}}(?P<n>{_NAME})(?=\s(?:as|to|its|the (?:[Cc]ompany|[Cc]orporation|[Bb]ank)['’]s|[A-Z]|,|interim|chief|president|vice)|,)"
    ),
    re.compile(
        rf"(?:[Aa]ppointment|[Hh]iring|[Ee]lection|[Pp]romotion|[Rr]esignation|[Rr]etirement|[Dd]eparture|[Aa]ddition|[Nn]omination|[Pp]assing|[Ss]election)s? of (?:(?:Mr|Ms|Mrs|Dr)\.? )?(?P<n>{_NAME})(?=\s(?:as|to|from|and|,)|,|\.|$)"
    ),
    re.compile(rf"(?P<n>{_NAME})(?:,? (?:\([^)]*\)|(?:age )?\d\d),?)?,?\s(?={_DOES}\b)"),
    re.compile(rf"\b(?:(?:Mr|Ms|Mrs|Dr|Messrs)\.?|(?:M?Mag|DDr|Dkfm|Dipl\.-Ing)\.)\s(?P<n>(?:{_PART}\s){{0,2}}{_PART})"),
    re.compile(
        rf"(?P<n>{_NAME}),? (?:our |its |the |[Cc]ompany['’]s |former |currently |a |has been |will be |age \d\d, )*(?:[Cc]hief|CEO|CFO|COO|CTO|[Pp]resident|[Ee]xecutive [Vv]ice|[Ss]enior [Vv]ice|[Vv]ice [Pp]resident|[Cc]hairman|[Ii]nterim)\b"
    ),
]
# "as interim Co-Chief Executive Officers", "elected as directors"
PLURAL_OFFICE = re.compile(
    r"\b(?:(?:[Ii]nterim|[Aa]cting|[Ii]ndependent|[Nn]on-executive|[Nn]on-employee|[Ss]enior|[Ee]xecutive) )*(?:[Cc]o-)?(?:(?:[Cc]hief (?:\w+ ){1,2}[Oo]fficers|(?:[Ss]enior |[Ee]xecutive )?[Vv]ice [Pp]residents|CEOs|CFOs|[Mm]anaging [Dd]irectors|[Pp]residents|[Cc]o-[Cc]hairs|[Cc]hairmen|[Tt]rustees|[Ff]inance [Cc]hief|[Ss]ecurity [Cc]hief|[Tt]echnology [Cc]hief|[Mm]arketing [Cc]hief|[Cc]hief of [A-Za-z]+(?: [A-Za-z]+)?|[A-Z][a-z]+ [Cc]hief(?= (?:[A-Z]|to|is|will|steps|resigns|leaves|out))|(?:[A-Z][a-z]+ )?[Dd]irector(?= [A-Z]|,)|Co-(?:Manager|President|CEO|Chair(?:man)?|Head|Lead))\b|(?<=as )[Dd]irectors\b|(?<=new )[Dd]irectors\b|(?<=independent )[Dd]irectors\b)"
)
_FOLLOWING_PEOPLE = re.compile(rf"(?:, | and |, and )(?P<n>{_NAME})(?=,| and| as| to|\s(?:have|were|will))")
# "Executive Vice President, Oil, Products & Gas": the unit after the comma, all capitals
_UNIT = re.compile(
    r"(?:,\s(?:[A-Z][\w’'-]+|&)(?:\s(?:&|and|of|[A-Z][\w’'&-]+))*){1,4}?(?=\s(?:effective|will|has|have|to|was|is|and|who|at|since|from|of|in|as|for|with|resign|retire|depart|succeed|announc|until|on|by)\b|\.|;|,\s(?:effective|will|has|who|[a-z])|\s\(|$)"
)


# "1691 Michigan Avenue", "2005 Market Street, Suite 2400"
ADDRESS = re.compile(
    r"\b(?:\d{1,6}(?:-\d+)?|One|Two|Three|Four|Five)\s(?:[NSEW]\.?[EW]?\.?\s|North\s|South\s|East\s|West\s)?(?:[A-Z0-9][\w.’'-]*\s){1,4}?(?:Street|St\b\.?|Avenue|Ave\b\.?|Road|Rd\b\.?|Drive|Dr\b\.?|Boulevard|Blvd\b\.?|Lane|Ln\b\.?|Way|Court|Ct\b\.?|Plaza|Place|Parkway|Pkwy\b\.?|Highway|Hwy\b\.?|Square|Circle|Terrace|Trail|Broadway|Loop|Pike|Turnpike)(?:\s(?:NW|NE|SW|SE|North|South|East|West)\b)?(?:,?\s(?:Suite|Ste\.?|Unit|Floor|#|Building|Bldg\.?)\s?[\w-]+|,?\s\d+(?:st|nd|rd|th)\sFloor)?"
)


# exchanges and wires are never a party; patterns name exchanges by their letters
_NO_PARTY = re.compile(
    r"(?i)(?:the )?(?:nasdaq|nyse|new york stock exchange|toronto stock exchange|tsx|london stock exchange|euronext|frankfurt stock exchange|(?:u\.s\. )?(?:securities and )?exchange commission|national association|otc markets|otcq[bx]|globe ?newswire|business wire|pr newswire|prnewswire|accesswire|newmediawire|24-7pressrelease|news direct|(?:business|succession)$)\b"
)


# papers: "Debentures", "Amendment No. 2", "Three-Year Credit Agreement", whose name is cut before its last word
_PAPER = re.compile(r"(?:Debentures?|Notes|Warrants|Amendment|Indenture)$")
_PAPER_BEGUN = re.compile(r"\b(?:Credit|Loan|Purchase|Underwriting|Merger|Rights)$")


def _is_paper(entity: Entity, after: str) -> bool:
    return _PAPER.match(entity.text) is not None or (
        after.startswith((" Agreement", " Facility")) and _PAPER_BEGUN.search(entity.text) is not None
    )


_SIEVE = Sieve(ADDRESS, PLURAL_OFFICE, *_SLOTS)


def mend(sentence: Sentence, entities: Sequence[Entity]) -> list[Entity]:
    """Return the entities of a sentence with people put right and offices carried on."""
    text, origin = sentence.text, sentence.start
    out = [
        _named_right(e)
        for entity in entities
        for e in _parted(entity)
        if not (e.sort in {"company", "place"} and (_NO_PARTY.match(e.text) or _is_paper(e, text[e.end - origin :]))) and not _is_phrase(e)
    ]
    apt = _SIEVE.apt(text)
    for match in ADDRESS.finditer(text) if ADDRESS in apt else ():
        start, end = origin + match.start(), origin + match.end()
        out = [e for e in out if e.end <= start or e.start >= end]
        out.append(Entity("place", start, end, match.group()))
    for pattern in [slot for slot in _SLOTS if slot in apt]:
        for match in pattern.finditer(text):
            _take(match.span("n"), text, origin, out)
            follow = _FOLLOWING_PEOPLE.match(text, match.end("n"))
            while follow:
                _take(follow.span("n"), text, origin, out)
                follow = _FOLLOWING_PEOPLE.match(text, follow.end("n"))
    for match in PLURAL_OFFICE.finditer(text) if PLURAL_OFFICE in apt else ():
        if match.group().startswith("Co-"):
            out = [e for e in out if not (e.sort == "company" and e.start == origin + match.start() and e.end == origin + match.end())]
        if all(e.end <= origin + match.start() or e.start >= origin + match.end() for e in out):
            out.append(Entity("title", origin + match.start(), origin + match.end(), match.group()))
    return _carry_titles(text, origin, _widen(text, origin, sorted(out, key=lambda e: e.start)))


_DEGREE = re.compile(r",? (?:MD|M\.D\.|Ph\.?D|MBA|CPA|DO|PE|RN|JD|DVM|LL\.?M|Esq)(?=[.,\s])")
# a headline's verb or preposition taken for part of a name
_RUNS_ON = re.compile(
    r"\s(?:As|as|To|Of|For|Named|Names|Appointed|Appoints|Joins|Joined|And|Is|Has|Will|Takes|Steps|Resigns|Retires|Promoted|Promotes|Elected|Hired|Hires|Tapped|Becomes|Leaves|Succeeds|Returns|Moves|Welcomes|Announces|In|At|With|New|From|On|By"
    r"|AS|TO|OF|FOR|NAMED|NAMES|APPOINTED|APPOINTS|JOINS|JOINED|IS|HAS|WILL|PROMOTED|ELECTED|HIRED|HIRES|TAPPED|AT|WITH|NEW|FROM|ON|BY)\b(?:\s.*)?$"
)


# "Tern Mills Names Jane Roe": the person begins behind a headline's verb
_BEGINS_BEFORE = re.compile(
    r"^[^“”]{2,60}?\s(?:Names|Appoints|Hires|Taps|Promotes|Elects|Welcomes|Adds|Announces|Recruits|Poaches|Selects|Picks|Secures|Brings|Lures|Employs|Installs|Engages"
    r"|NAMES|APPOINTS|HIRES|TAPS|PROMOTES|ELECTS|WELCOMES|ADDS|ANNOUNCES)\s(?=[A-Z]\S*\s[A-Z])"
)


# a headline's capitals taken for a name: "Two Veteran Tech Leaders", "NEW SCHOOL SUPER"
_DESCRIBED = re.compile(r"(?:Experienced|Seasoned|Prominent|Veteran) ")  # "Adds Experienced Lamp Executive"
_PHRASE = re.compile(
    r"(?i)(?:two|three|four|five|six|seven|eight|nine|ten|new|veteran|former|top|key|industry|additional|several|independent|another)\s|.*\b(?:leaders|executives|veterans|directors|members|experts|professionals|officers|hires|appointments|inspector general|promotions)$"
)


def _is_phrase(entity: Entity) -> bool:
    if entity.sort == "company":
        return _DESCRIBED.match(entity.text) is not None
    return entity.sort == "person" and " " in entity.text and not _CALLED.match(entity.text) and _PHRASE.match(entity.text) is not None


# "Maritime Industry Leader Jane Roe": what a headline calls the person first
_CALLED = re.compile(
    r"^[^“”]{0,60}?\b(?:Leader|Veteran|Expert|Executive|Exec|Specialist|Pioneer|Entrepreneur|Visionary|Strategist|Innovator|Banker|Attorney|Scientist|Consultant|Professional|Official|Alum|Founder|Luminary|LEADER|VETERAN|EXPERT|EXECUTIVE)\s(?=[A-Z]\S*\s[A-Z])"
)


# "Lumo Acquires Orbex" taken for one name
_BUYS = re.compile(r"\s(?:(?:To|TO|Will|Has) )?(?:Acquires?|Acquired|Buys|Bought|Sells|ACQUIRES?|ACQUIRED|BUYS?|SELLS?)\s(?=[A-Z])")


def _parted(entity: Entity) -> list[Entity]:
    """Return the two companies of a headline that were taken for one with its verb; any other entity as it is."""
    verb = _BUYS.search(entity.text) if entity.sort == "company" else None
    if verb is None:
        return [entity]
    cut = entity.start + verb.end()
    return [
        Entity("company", entity.start, entity.start + verb.start(), entity.text[: verb.start()]),
        Entity("company", cut, entity.end, entity.text[verb.end() :]),
    ]


def _named_right(entity: Entity) -> Entity:
    """Return a person without the words a headline runs on with, and what is a firm by its words as a company."""
    if entity.sort == "company" and (
        tail := re.search(
            r"\s(?:To|Is|Has|Will|In|For|With|As|At|On|By|From|Names|Appoints|Announces|Acquires|Launches|Hires|Elects|Promotes|Welcomes|Completes|Opens|Signs|Expands|Raises|Reports|Unveils|Introduces|Moves|Relocates|Joins|Closes|Adds|Taps|Wins|Secures|Receives|Files|Enters|Partners With)$",
            entity.text,
        )
    ):
        return Entity("company", entity.start, entity.start + tail.start(), entity.text[: tail.start()], entity.anaphor)
    if entity.sort != "person":
        return entity
    begins = _BEGINS_BEFORE.match(entity.text) or _CALLED.match(entity.text)
    if begins:
        entity = Entity("person", entity.start + begins.end(), entity.end, entity.text[begins.end() :])
    text = cut_person(entity.text)
    if re.search(
        r"\b(?:Division|Inc|Corp|LLC|Ltd|Bank|Group|Company|Committee|Governance|Holdings|University|Rx|Partners|Capital)\b", text
    ):
        return Entity("company", entity.start, entity.end, entity.text)
    return Entity("person", entity.start, entity.start + len(text), text)


def cut_person(name: str) -> str:
    """Return a person's name without what a headline runs on with: "Roe Appointed"."""
    return re.sub(r"['’]s?$", "", _RUNS_ON.sub("", name))


def _take(span: tuple[int, int], text: str, origin: int, out: list[Entity]) -> None:
    """Put a person at `span` of the sentence, unless something that is no misread name stands there."""
    begins = _BEGINS_BEFORE.match(text[span[0] : span[1]]) or _CALLED.match(text[span[0] : span[1]])
    if begins:
        span = (span[0] + begins.end(), span[1])
    words = _RUNS_ON.sub("", text[span[0] : span[1]])
    start, end = span[0] + origin, span[0] + origin + len(words)
    if " " not in words.strip() and "." not in words and not re.search(r"(?:Mr|Ms|Mrs|Dr|Messrs)\.?\s$", text[: span[0]]):
        return
    if FIRM_WORD.search(words) or _PHRASE.match(words):
        return
    over = [e for e in out if e.start < end and start < e.end]
    if any(e.sort in {"title", "date", "money"} or e.anaphor for e in over):
        return
    if any(e.sort == "person" and e.start <= start and e.end >= end for e in over):
        return
    for entity in over:
        if entity.sort == "company" and (entity.start < start or entity.end > end or FIRM_WORD.search(entity.text)):
            return
        degree = _DEGREE.match(text, entity.end - origin)  # "Jane Roe, MD": no town in Maryland
        if entity.sort == "place" and entity.end - entity.start > (end - start) * 0.7 and not degree:
            return
    for entity in over:
        out.remove(entity)
    out.append(Entity("person", start, end, words))


def _widen(text: str, origin: int, entities: list[Entity]) -> list[Entity]:
    """Return the entities with people's names complete to the left: "Elinor [Mertz]", "[Michelle] (MJ) Johnston [Holthaus]"."""
    out: list[Entity] = []
    for entity in sorted(entities, key=lambda e: e.start):
        if entity.sort == "person":
            before = text[: entity.start - origin]
            wider = re.search(
                rf"(?<![\w.’'-])(?:(?:[A-Z]\.\s?){{1,2}}|{_PART}\s(?:[A-Z]\.\s|[“\"(]{{1,2}}[A-Z]+[a-z]*[”\")]{{1,2}}\s)?)$", before
            )
            if (
                wider
                and len(entity.text.split()) == 1
                and not FIRM_WORD.search(wider.group())
                and not re.match(
                    r"(?:Mr|Ms|Mrs|Dr|Prof|Sir|In|On|As|At|By|The|When|While|With|And|But|For|From|After|Since|Under|If|Said|To|Of|Our|Its|His|Her|Messrs|According|Appoints|Names|Hires|Welcomes|Elects|Promotes|Prior|Additionally|Also|CEO|CFO|COO|President|Chairman|Founder|Taps|Adds|Meet|Founded|Led|General|Admiral|Colonel|Professor|Director)\b",
                    wider.group(),
                )
            ):
                start = origin + wider.start()
                if not _BEGINS_BEFORE.match(wider.group() + " X X") and all(
                    e.end <= start or e.start >= entity.start for e in entities if e is not entity
                ):
                    entity = Entity("person", start, entity.end, text[start - origin : entity.end - origin])
            previous = out[-1] if out else None
            if (
                previous is not None
                and previous.sort == "person"
                and re.fullmatch(
                    r"\s(?:[“\"(]{1,2}[^”\")]{1,16}[”\")]{1,2}\s)?(?:[A-Z][a-z]+\s)?", text[previous.end - origin : entity.start - origin]
                )
            ):
                out.pop()
                entity = Entity("person", previous.start, entity.end, text[previous.start - origin : entity.end - origin])
        out.append(entity)
    return out


def _carry_titles(text: str, origin: int, entities: list[Entity]) -> list[Entity]:
    """Return the entities with the unit after an office made part of it; names of units were no companies."""
    out: list[Entity] = []
    until = -1
    for entity in entities:
        if entity.start < until and entity.sort in {"company", "place", "title"}:
            continue
        if entity.sort == "title" and re.search(
            r"(?i)(?:president|manager|head|director|controller|lead|partner|evp|svp|vp)(?:, [\w ]+)?$", entity.text
        ):
            match = _UNIT.match(text, entity.end - origin)
            if match and not re.search(
                rf"\b{LEGAL}\b|\b(?:Mr|Ms|Mrs|Dr|January|February|March|April|May|June|July|August|September|October|November|December|Jr|Chief|CEO|President|Chairman|Secretary|Treasurer|Executive|Vice|General Counsel)\b",
                match.group(),
            ):
                inside = [e for e in entities if e.start < match.end() + origin and e.end > entity.end]
                if not any(e.sort == "person" for e in inside):
                    until = match.end() + origin
                    entity = Entity("title", entity.start, until, text[entity.start - origin : until - origin])
        out.append(entity)
    return out
