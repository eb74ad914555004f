"""What a headline says in short of a move: the person without the office, the office without the person, or the team alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triggers.expression import Expression
from triggers.moves.offices import function_of, level_of, title_of
from triggers.moves.told import is_pay_term
from triggers.moves.words import AUDITOR, MINOR, PEOPLE, PROMOTE, UNNAMED_JOINS, UNNAMED_LEAVES, P, T
from triggers.reading import Found, Reading
from triggers.structure import BODY, LEAD, QUOTE
from triggers.view import Entity, View

# what a headline says in short: the person without the office, the office without the person, or the team alone
TERSE_JOINS = Expression(
    rf"\b(?P<verb>appoint(?:s|ed|ing)?|nam(?:es|ed)|elect(?:s|ed)|hir(?:es|ed|ing)|hires? of|tap(?:s|ped)|pick(?:s|ed)|promot(?:es|ed)|welcom(?:es|ed)|recruit(?:s|ed)|poach(?:es|ed)|lur(?:es|ed)|adds?|appointments? of|addition of|secur(?:es|ed)|select(?:s|ed)|cho(?:oses|se)|engages|employs|new hires?|brings? on|(?:re)?joined by)\b(?! (?:in|on|behind|for)\b)[^;\n\ue002]{{0,70}}?{PEOPLE}",
    re.IGNORECASE,
)
TERSE_MOVES = Expression(
    rf"{PEOPLE}[^;\n\ue002]{{0,110}}?\b(?P<verb>(?:to )?(?:re)?joins?|has joined|joined|named|appointed|promoted|elected|hired|tapped|to (?:lead|head|run|chair|become|take over|replace|succeed|rejoin|return|co-head)|becomes|takes (?:over|the helm|charge|reins)|steps (?:in|into|up)|returns (?:to|as)|is (?:the |its )?new|new(?= {T}))\b",
    re.IGNORECASE,
)
TERSE_LEAVES = Expression(
    rf"(?:{P}|{T}|\b(?:director|executive|exec|head|chief|banker|boss)\b)[^;\n]{{0,50}}?\b(?P<verb>resign(?:s|ed|ing)?|to resign|retir(?:es|ed|ing)|to retire|step(?:s|ped|ping)? (?:down|aside)|to step (?:down|aside)|to (?:leave|depart|exit)|depart(?:s|ed|ing)|leav(?:es|ing)|has left|left|quits?|exits?|ousted|fired|suspended|out as|will leave|is out|steps? back from|announc(?:es|ed) (?:his|her) (?:departure|resignation|retirement|exit)|(?:is|are) leaving)\b|\b(?P<oust>fires?|ousts?|sacks?|suspends?|loses|(?:is )?losing|parts ways with|dismisses|removes?)\b [^;\n]{{0,40}}?(?:{T}|{P}|executives?|officials?)|\b(?P<noun>resignation|retirement|departure|exit|ouster) of\b[^;\n]{{0,50}}?(?:{P}|{T})",
    re.IGNORECASE,
)
TEAM = Expression(
    r"\b(?P<verb>strengthen(?:s|ed|ing)?|expand(?:s|ed|ing)?|bolster(?:s|ed|ing)?|chang(?:es|ed|ing)(?: up)?|reshuffl(?:es|ed|ing)|shak(?:es|ing) up|shake[- ]?up|overhaul(?:s|ed)?|announc(?:es|ed|ing)|appoint(?:s|ed|ing)?|nam(?:es|ed)|hir(?:es|ed|ing)|add(?:s|ed)|mak(?:es|ing)|revamps?|promot(?:es|ed)|welcom(?:es|ed)|elect(?:s|ed)|buil?ds?|enhanc(?:es|ed)|round(?:s|ed) out|rejigs?|reorganizes?|restructures?|introduc(?:es|ed)|unveils?|drafts?|recruits?|taps?|picks?|employs|brings|poaches|lures|with(?= (?:\S+ ){0,3}?(?:key|senior|strategic|executive|leadership|board) (?:appointments|hires|promotions)))\b[^;\n]{0,90}?(?<![\w-])(?P<team>(?:leadership|management|executive|senior|c-suite|exec) (?:leadership |management |executive )?(?:team|teams|structure|changes?|appointments?|transitions?|hires?|promotions?|leaders?|executives?|moves|positions|shake[- ]?up|succession|ranks)|(?:strategic|key|executive) hires?|key (?:transitions|appointments|hires|executives?|leadership \w+|promotions|management \w+)|board (?:appointments?|changes?|transitions?|members?)|(?:new|\ue007.|two|three|four|five|several|additional|top|independent|senior|veteran|google|former|long-?time|experienced|seasoned|ex-?\w*) (?:\S+ ){0,3}?(?:directors?|executives?|exec|execs|leaders?|lead|veterans?|bankers?|strategists?|officials?|partners|co-heads|heads|vice presidents|managers|board members?|officers|trader|traders|chief|boss|members)|(?:ceo|cfo|coo|chief \w+ officer|chair(?:man)?|leadership|executive|board|management) (?:succession|transition|changes?|appointments?)|leadership|succession (?:plan|planning)?|new appointments|appointments)\b",
    re.IGNORECASE,
)  # "Updates Board of Directors": the board itself is made anew
REMAKES = Expression(
    r"\b(?P<verb>updat(?:es|ed|ing)|realign(?:s|ed|ing)?|refresh(?:es|ed|ing)?|reconstitut(?:es|ed)|overhaul(?:s|ed|ing)?|changes to|chang(?:es|ing)(?: up)?)\b (?:the |its |their )?[^;\n]{0,40}?\b(?P<team>(?:executive|management|supervisory) (?:board|team)|leadership (?:team|structure)|board(?: of (?:directors|trustees|managers))?)\b(?! (?:on|about|games?|members? on))",
    re.IGNORECASE,
)
# "Lumo's Roe to become CEO", "Lumo banking head to take helm at Orbex", "Lumo executive named president": the person by surname or post alone
TERSE_RISES = Expression(
    rf"(?:{T}|\b(?:exec|executive|banker|head|boss|veteran|chief)|['’]s? (?-i:[A-Z])[\w-]+)(?:,? who [^;\n]{{3,120}}?)?,? (?:(?:is|set|reportedly|tapped|picked|poised|chosen) )*"
    rf"(?P<verb>to take (?:the )?helm|to return (?:with|in|as|to \S+ (?:in|with|as))|(?:to become|to be|to take over as|to rejoin|becomes|has become|named|to be named|appointed)\b(?=[^;\n]{{0,60}}?(?:{T}|\b(?:helm|top job|head|chief|boss|president|chair)\b)))\b",
    re.IGNORECASE,
)
_TERSE_NOT = re.compile(
    r"(?i)\b(?:podcast|webinar|interview|talk|speak|discuss|keynote|panel|lawsuit|call(?:s)? (?:for|on)|race|fight|protest|strike|list|index|s&p|nasdaq|award|winner|finalist|recipient|honou?ree|scholar|best|top \d|ranking|fund(?:s)?\b|etf|joins? (?:forces|nato|eu|the eu|rally|growing|other|hundreds|calls|bid|race)|as (?:a |an |its |the )?(?:exclusive |official |preferred |new |lead )*(?:distributor|dealer|partner|sponsor|agent|agency|supplier|vendor|adviser to|advisor on|provider|bookrunner|auditor|underwriter|headliner|grand marshal|speaker|judge|ambassador|guest)|senate|congress|parliament|prime minister|president (?:biden|trump|putin|xi|macron|zelensk\w+)|biden|trump|putin|minister|supreme court|white house|federal reserve|\bfed\b|governor|mayor|king\b|queen|pope|coach|quarterback|player|season|nba|nfl|mlb|(?:football|soccer|rugby|golf) club|striker|midfielder)\b"
)


# "Lumo names a new head of security as the app is questioned in Congress": what else there is
_WHILE = re.compile(r"\s(?:as|while|amid|after) (?=(?:the|it|its|he|she|they|his|her|several|more|growing)\b)")


def terse(view: View, reading: Reading) -> Iterator[Found]:
    """Yield what a headline tells with the person, the office or the team missing; surest wording first."""
    masked, words = view.masked, view.sentence.text
    if _TERSE_NOT.search(_WHILE.split(words)[0]) or MINOR.search(words) or AUDITOR.search(words):
        return
    told = list(unnamed(view, reading))
    if told:
        yield from told
        return
    speech = re.search(r"(?i)\b(?:says|said|tells|told|warns|sees|expects|urges|argues|thinks|believes|calls)\b", words)
    for pattern, direction in _TERSE:
        match = pattern.search(masked)
        if not match or (speech and speech.start() < match.start() and direction != "leaves"):
            continue
        if re.search(
            r"(?i)\b(?:if|upon|unless|in the event)\b", words[: max(0, view.span(match.start(), match.end())[1] - view.sentence.start)]
        ):
            continue  # a clause of a contract
        group = next(g for g in ("verb", "oust", "noun") if match.groupdict().get(g))
        if group == "verb" and is_pay_term(view, match):
            continue
        after = view.text(match.end(group), len(masked)) if match.end(group) < len(masked) else ""
        if pattern is TERSE_MOVES and _PRIZED.match(" " + after.lstrip()):
            continue
        people = [e for e in view.of("person") if match.start() <= view.place_of(e) < match.end()]
        title = (
            title_of(view, match, people[0], direction)
            if people and "verb" in match.re.groupindex and match.groupdict().get("verb")
            else None
        )
        if pattern is TERSE_LEAVES and not title:
            titles = view.of("title")
            title = titles[0].text if titles else None
        if (
            pattern is TERSE_JOINS
            and re.match(r"(?i)(?:adds?|secur|select|cho|engag|welcom|pick)", match.group("verb"))
            and not re.search(r"(?i)\b(?:as|to (?:its|the|lead|head|run|board))\b|veteran|executive|expert|leader|officer|director", words)
        ):
            continue
        if (
            pattern is TEAM
            and re.match(r"(?i)(?:expand|strengthen|enhanc|build|mak|bolster|announc)", match.group("verb"))
            and re.fullmatch(r"(?i)leadership", match.group("team"))
        ):
            continue
        if pattern is TERSE_MOVES and not title and _FOR_ONCE.search(after):
            continue
        if not title and people and not _borne_out(people[0], reading):
            continue
        level = level_of(title or "")
        yield Found(
            match.start(group), match.end(group),
            {"person": reading.parties.person(people[0].text) if people else None, "title": title, "direction": direction, "level": level if title else None, "function": function_of(title, level) if title else None},
            None, None, 0.62 if title else 0.55, where="headline", news=True,
        )  # fmt: skip
        return


_TERSE = (
    (TERSE_LEAVES, "leaves"),
    (TERSE_JOINS, "joins"),
    (TERSE_MOVES, "joins"),
    (TERSE_RISES, "joins"),
    (TEAM, "joins"),
    (REMAKES, "changes"),
)

# "Jane Roe Named a Trailblazer", "named 2031 top workplace", "named to the list": a prize, no post
_PRIZED = re.compile(
    r"(?i)\s+(?:(?:to )?(?:the )?(?:19|20)\d\d|(?:as )?(?:an?|one of|among|in)\b(?! (?:new |next )?(?:partner|director|member|executive|senior|vice|co-|advis|board))|to (?!lead|head|run|chair|oversee|the board|its board|board|join|become|take|replace|succeed))"
)


# "Jane Roe Joins Lumo Pictures for Two Films": for one piece of work
_FOR_ONCE = re.compile(r"(?i)\bfor (?:an?|the|one|two|three|four|its|their|\d+|new|upcoming)\b")


def _borne_out(person: Entity, reading: Reading) -> bool:
    """True where the text below a headline sets an office beside the person whom the headline names without one; a headline alone is believed."""
    body = [i for i, s in enumerate(reading.sentences[:8]) if s.zone in {LEAD, BODY, QUOTE} and i != reading.index]
    if len(reading.sentences) <= 2:
        return True
    surname = person.text.split()[-1].casefold()
    for view in (reading.view_of(i) for i in body if surname in reading.sentences[i].text.casefold()):
        offices = [view.place_of(e) for e in view.of("title")]
        same = [view.place_of(e) for e in view.of("person") if surname in e.text.casefold()]
        if any(abs(x - y) < 90 for x in offices for y in same):
            return True
    return False


# "all nominees were elected as directors at the annual meeting"
_ROUTINE = re.compile(
    r"(?i)\b(?:nominees|all (?:of the )?(?:\w+ )?directors|each (?:of the )?(?:\w+ )?directors?)\b|\b(?:annual|general|special)\b[^;.]{0,30}\bmeeting\b"
)


def unnamed(view: View, reading: Reading) -> Iterator[Found]:
    """Yield what a headline says of an office alone: "Acme names new finance chief", "Acme CEO to step down"."""
    masked = view.masked
    if (
        MINOR.search(masked)
        or AUDITOR.search(masked)
        or re.search(r"(?i)\b(?:says|said|tells|told|warns|sees|expects|urges|argues|thinks|believes)\b", masked[:60])
    ):
        return
    match = UNNAMED_LEAVES.search(masked)
    if match:
        group = "t" if match.group("t") else "t2" if match.group("t2") else "t3"
        verb = "verb" if match.group("verb") else "verb2" if match.group("verb2") else "verb3"
        title = view.text(*match.span(group))
        level = level_of(title)
        owner = re.search(
            r"(?:^|[:—-] )(?:\$[A-Z]+:? )?((?:[A-Z0-9][\w&.’'-]*)(?: [A-Z0-9&][\w&.’'-]*){0,4}?)(?:['’]s?)? (?:(?:global|group|interim|new) )?$",
            masked[: match.start(group)],
        )
        yield Found(
            match.start(verb), match.end(verb),
            {"person": None, "title": title, "direction": "leaves", "level": level, "function": function_of(title, level)},
            owner.group(1) if owner else None, "denied" if re.search(r"(?i)\bnot\b|den(?:y|ies)", match.group()) else None, 0.72, news=True,
        )  # fmt: skip
        return
    match = None if _ROUTINE.search(masked) else UNNAMED_JOINS.search(masked)
    if (
        match
        and not is_pay_term(view, match)
        and re.search(
            r"(?i)\b(?:new|next|first|interim|acting|permanent|as|to|veteran|exec|former|ex)\b|names|named|appoint|elects|hires|taps|picks|appointment|promot",
            match.group(),
        )
    ):
        if re.match(r"(?i)(?:announc|gets?|with|has|unveil|add|introduc|welcom)", match.group("verb")) and not re.search(
            r"(?i)\b(?:new|next|interim|first)\b", match.group("rest")
        ):
            return
        title = view.text(*match.span("t"))
        level = level_of(title)
        yield Found(
            match.start("verb"), match.end("verb"),
            {"person": None, "title": title, "direction": "changes" if PROMOTE.search(match.group("verb")) else "joins", "level": level, "function": function_of(title, level)},
            None, None, 0.72, news=True,
        )  # fmt: skip
