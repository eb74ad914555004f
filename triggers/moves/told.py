"""Judges a construction that matched: is it a move at all, is it news, what is its status, is the person inside already."""

from __future__ import annotations

import re

from triggers.companies import same_name
from triggers.moves.words import AUDITOR, GIVEN, GIVING, JOIN, LEAVING, MINOR, MR, PROMOTE, ROLE, O, P, T
from triggers.qualify import old_year
from triggers.reading import Reading
from triggers.view import Entity, View

_BIOGRAPHY = re.compile(
    r"(?i)\b(?:previously|formerly|most recently|prior to|before|earlier|has (?:served|been serving|held|worked|been (?:an?|our|the|with|employed|a member))|had (?:served|been|held)|served (?:as|in|on)|was (?:previously|formerly|the|an?|also|most recently)|who (?:served|was|has|had)|began (?:his|her)|started (?:his|her)|joined (?:the company|us|our|\S+) in|from (?:19|20)\d\d|since (?:19|20)\d\d|since (?:joining|january|february|march|april|may|june|july|august|september|october|november|december|\d)|career|held (?:various|several|positions|a|the|roles|numerous|leadership|senior))\b"
)
_EARLIER_MONTH = re.compile(
    r"(?i)[^,;]{0,20}\b(?:(?:earlier|last|previous) \w+|in (?:january|february|march|april|may|june|july|august|september|october|november|december|(?:19|20)\d\d))\b,"
)


# who administers the estate of a debtor, or looks after noteholders
_OF_ESTATE = re.compile(r"(?i)\b(?:bankruptcy|liquidat\w+|receivership|SIPC|indenture|noteholders|creditors|to represent)\b")


def is_pay_term(view: View, match: re.Match[str]) -> bool:
    """True for "Jane Roe, vice president and a named executive officer": of whom the rules of pay speak, and who is named to nothing."""
    return (
        match.group("verb").lower() == "named"
        and re.match(r"(?i) executive officers?\b", view.text(match.end("verb"), len(view.masked))) is not None
    )


_SAID = re.compile(
    r"(?i)\b(?:said|says|told|(?<!has )(?<!have )added|commented|explained|noted|stated|according to|quoted|spoke|interview)\b"
)
_QUOTED = re.compile(r"[,.!?”\"’']\s*$")


def is_no_join(view: View, match: re.Match[str]) -> bool:
    verb = match.group("verb").lower()
    around = view.masked[max(0, match.start() - 40) : match.end() + 40]
    between = match.group("mid") if "mid" in match.re.groupindex and match.group("mid") else ""
    if re.match(r"(?i)(?:announc|introduc|expand|strengthen|bolster|add|engag|retain|turn|mov|assign|land|employ)", verb) and not re.search(
        r"(?i)\b(?:as|to (?:its|the|their|serve|be|lead|board))\b|,", between + view.masked[match.start() : match.start("people")]
    ):
        return True
    # "added Jane Roe to its board" is what is done, "“…,” added Jane Roe" and "Jane Roe joins, she added" what is said
    does = verb == "added" and match.start("people") > match.start("verb") and not _QUOTED.search(view.masked[: match.start("verb")])
    if _SAID.search(
        view.masked[match.end("verb") if does else match.start() : match.start("t") if match.groupdict().get("t") else match.end()]
    ):
        return True
    if AUDITOR.search(match.group()) or (MINOR.search(between) and not re.search(r"(?i)\bchief|president", between)):
        return True
    if is_pay_term(view, match):
        return True
    if match.groupdict().get("t") and view.text(*match.span("t")).lower() == "trustee" and _OF_ESTATE.search(view.sentence.text):
        return True
    if match.groupdict().get("t") and _OF_COMMITTEE.match(view.masked, match.end("t")):
        return True
    if re.match(
        r"(?i)(?:lead|leads|head|chair|be|run|serv|act as|oversee|fill|continue|move|return|start|begin|be)\b", verb
    ) and not re.search(
        r"(?i)\b(?:will|to|has been|was|is|now|would|shall|also)\s*(?:then |now |also )?" + re.escape(match.group("verb")), around, re.I
    ):
        return True
    if re.match(r"(?i)be$", verb) and not re.search(r"(?i)\b(?:new|next|interim|acting|its|the company)\b", between):
        return True
    if re.match(r"serv", verb) and re.match(r"[^,;]{0,12} until ", view.masked[match.end() :]):
        return True  # "who will serve as treasurer until May": and has served
    # "will continue to serve as controller": nothing changes
    kept = re.search(r"(?i)\b(?:continues?|remains?) (?:to |in (?:his|her) )?$", view.masked[: match.start("verb")])
    return kept is not None or bool(re.match(r"(?i)\s*continue", verb))


# "will serve as chair of the committee", "chair of the board's audit committee"
_OF_COMMITTEE = re.compile(r"(?i) of (?:(?:the|its|our|a|each) )?(?:board(?: of directors)?['’]s )?(?:[\w&-]+,? ){0,6}?committee\b")


def is_leave(view: View, match: re.Match[str], at: int) -> bool:
    verb = match.group("verb").lower()
    title = match.groupdict().get("t")
    after = view.masked[match.end("verb") : match.end("verb") + 60]
    before = view.masked[max(0, match.start("verb") - 60) : match.start("verb")]
    if (
        re.match(
            r"left|leav|exit|depart|quit|move|hand|give|gave|pass|end|go\b|to go|lose|los|out as|suspend|replac|retir|boot|terminat|remov|let",
            verb,
        )
        and not title
    ):
        near = view.masked[max(0, match.start() - 50) : match.end() + 70]
        titled = bool(re.search(T, near)) or re.search(
            r"(?i)\b(?:his|her) (?:post|position|role|job)|the (?:company|board|firm)|" + O, after
        )
        if not titled:
            return False
        if re.match(r"left|leav", verb) and re.match(r"\s*(?:a |an |the (?:door|room|stage|world|industry)|behind|no |its|in )", after):
            return False
    if re.match(r"leaving|leave|step down", verb) and re.search(r"(?i)\bof\s*$|\bon (?:\w+ )?[“\"]?$|[“\"]on $", before):
        return False  # "on leave", "on medical leave"
    if re.match(r"(?:was|were|been|be|is|are) (?:\w+ly )?(?:replaced|succeeded)", verb):
        return True
    if re.fullmatch("successor|replacement", verb):
        return (
            re.search(r"(?i)\b(?:if|unless|should|whether|in the event|in case|may|would|until)\b", view.masked[: match.start("verb")])
            is None
        )
    if re.match(r"replac", verb):
        # "replaces John Doe": he goes; "X replaced the CFO" is not about X
        return bool(re.search(rf"(?i)replac\w+ (?:{ROLE}{{0,4}}(?:{T}),? )?{MR}{P}", match.group()))
    if (
        verb == "retired"
        and not re.search(r"(?i)\b(?:has|have|had|will|who|he|she|is|was|also|" + P + r")(?: \w+ly)?,?\s*$", before)
        and not re.match(r"(?i)\s*(?:$|[,.;]|as|from|in|on|after|effective|last|this|at)\b", after)
    ):
        return False
    if (
        verb == "retired"
        and re.match(rf"\s*(?:{T}|partner|executive|army|navy|air force|u\.s\.|general|colonel|professor)", after, re.IGNORECASE)
        and not re.search(r"(?i)\b(?:has|have|had|will|who)\s*$", before)
    ):
        return False
    if re.match(r"lead|retire$", verb) and re.search(r"(?i)\b(?:eligible|until|when|if|age|order) to?\s*$", before):
        return False
    if _makes_room(view, match):
        return True
    if re.search(rf"(?i)\bwhen (?:{T} )?{MR}$", view.masked[: match.start("people")] if "people" in match.re.groupindex else ""):
        return False  # "had not been in compliance when Jane Roe retired from the board"
    if re.match(r"not |no longer", verb) is None and re.search(
        r"(?i)\b(?:if|until|unless|should|upon|in the event|in case)\b[^,]{0,40}$", before
    ):
        return False
    return not re.search(r"(?i)\b(?:benefits|plan|savings|age|community|eligib)\w*\b", after[:25])


# "appointed Jane Roe treasurer, effective upon the previously announced retirement of John Doe": the one goes as the other comes
_ROOM = re.compile(rf"(?i)\b(?:{GIVEN}|{GIVING})\b.*\beffective (?:upon|with|following|as of) the (?:previously[- ]announced |planned )?$")


def _makes_room(view: View, match: re.Match[str]) -> bool:
    return _ROOM.search(view.masked[: match.start("verb")]) is not None


# said by now, and done later: "has decided to retire", "had notified the Company of her intent to resign"
_INTENDS = re.compile(
    r"(?i)\b(?:has|have|had) (?:\w+ly )?(?:decided|elected|agreed|determined|indicated|announced|notified|informed|advised)\b[^;]{0,60}\b(?:to|will|intent|intention|decision|not)\b"
)


def status_of_move(view: View, match: re.Match[str], direction: str) -> str | None:
    """Return the status of a move where its own words tell it: a departure is worded with negations that deny nothing."""
    masked = view.masked
    near = masked[max(0, match.start("verb") - 70) : match.end("verb") + 20]
    if re.search(
        r"(?i)\b(?:will|would|does|did) not (?:be )?(?:join|be appointed|become|succeed|take|serve|be elected|step down|resign|retire|leave)|no plans to|den(?:y|ies|ied)|withdr(?:ew|awn|aw)\b|declined? to (?:join|serve)|rescind|defer (?:his|her) retirement",
        near,
    ) and not (direction == "leaves" and re.search(r"(?i)not (?:be )?(?:stand|serve|seek|continue|run)", near)):
        return "denied"
    if re.fullmatch("(?i)successor|replacement", match.group("verb")):
        return "planned"
    if re.search(
        r"(?i)\b(?:reportedly|rumou?r|in talks|considering|is said to|sources|people familiar|may |might |could )", near
    ) or re.search(
        r"(?i)\b(?:people familiar|sources? (?:said|say|close|familiar)|reportedly|according to (?:people|a person|sources))\b",
        masked[match.end("verb") :],
    ):
        return "rumored"
    if re.search(
        r"(?i)\b(?:nominee|nominat|propos\w* (?:to|for|as|the (?:appointment|election|nomination)|appointment|election|director)|plans? to (?:appoint|name|nominate)|intends? to (?:appoint|name|nominate|elect)|expects? to (?:appoint|name))",
        near,
    ):
        return "planned"
    if _INTENDS.search(near):
        return "announced"
    if re.search(r"(?i)\b(?:has been|have been|was|were|has|have|is now|became|took|effective immediately)\b", near) and not re.search(
        r"(?i)\b(?:will|to be|plans|effective (?:january|february|march|april|may|june|july|august|september|october|november|december))",
        masked[match.start() : match.end() + 60],
    ):
        return "completed"
    return "announced"


def is_news(view: View, match: re.Match[str], reading: Reading) -> bool:
    """True where the wording is one of a fresh move, so that words of history beside it ("after 20 years") do not silence it."""
    near = view.masked[max(0, match.start() - 60) : match.end() + 80]
    if _makes_room(view, match):
        return True
    if re.search(
        r"(?i)as (?:previously|earlier) (?:announced|disclosed|reported)|(?:previously|earlier) (?:announced|disclosed|reported)", near
    ):
        return False
    if re.search(r"(?i)\b(?:if|when|upon|in the event|since|before)\b[^,]{0,30}$", view.masked[: match.start()]):
        return False
    if old_year(view, match.start("verb"), match.end("verb"), reading.base):
        return False
    return not re.search(r"(?i)\b(?:years? ago|last year|in the (?:19|20)\d0s)\b", near)


_AGO = re.compile(
    r"(?i)\b(?:earlier this (?:year|month|week)|(?:created|left|made|announced|occurred) (?:last|earlier|in)\b|last (?:year|month|week)(?!['’]))"
)


def is_biography(view: View, match: re.Match[str], person: Entity) -> bool:
    masked = view.masked
    verb_at = match.start("verb")
    before = masked[max(0, verb_at - 70) : verb_at]
    if _makes_room(view, match):
        return False
    if re.match(
        r"(?i)\W*as (?:(?:previously|earlier) (?:reported|disclosed|announced)|(?:reported|disclosed|announced) (?:by [^,;]{1,30} )?in (?:the|its|our|a) (?:current report|form))\b",
        masked,
    ):
        return True  # an amendment says again what its filing said
    if re.fullmatch(rf"{GIVING}|{LEAVING}", match.group("verb"), re.IGNORECASE) and _AGO.search(
        masked[max(0, verb_at - 90) : match.end() + 40]
    ):
        return True  # "following the promotion of Jane Roe to chief executive earlier this year"
    if re.fullmatch(GIVING, match.group("verb"), re.IGNORECASE) and re.search(
        r"(?i)\b(?:the|its|his|her|last \w+['’]s) (?:recent|earlier|previous) $", before
    ):
        return True  # "building on the recent appointment of": told before
    if (
        re.search(
            r"(?i)\b(?:prior to|before|since|after|until|following|previously|formerly|earlier|most recently|who (?:was|had|has been)|when (?:he|she))\s*(?:\w+\s*){0,3}$",
            before,
        )
        and match.start("people") > verb_at - 120
    ):
        return not re.search(r"(?i)\b(?:following|after)\b", before) or bool(
            re.search(r"(?i)\b(?:joined|joining|became)", match.group("verb"))
        )
    if (
        re.match(r"(?i)(?:joined|became|served)", match.group("verb"))
        and re.search(
            r"(?i)\bin (?:19|20)\d\d|\b(?:19|20)\d\d\b|years? ago|from (?:the )?\ue001", masked[match.end("verb") : match.end() + 50]
        )
        and not re.search(r"(?i)will|today", before)
    ):
        return True
    if re.match(r"(?i)joined", match.group("verb")) and re.search(
        r"(?i)\b(?:previously|then[- ]new|most recently)\b", masked[match.end("verb") :]
    ):
        return True  # "Roe, 63, joined as chief financial officer of the then new unit and previously had spent"
    if re.search(r",\s*$", before) and _EARLIER_MONTH.match(masked[match.end() : match.end() + 40]):
        return True  # "Poe, appointed director in June, will continue"
    if re.match(r"\W*(?:When|Since|Before)\b", masked) and "," not in masked[:verb_at] and verb_at > match.start("people"):
        return True  # "When Jane Roe became president, she"
    first = _BIOGRAPHY.search(masked)
    return bool(
        first
        and first.start() < verb_at
        and first.start() > match.start("people")
        and verb_at > match.start("people")
        and not re.search(r"(?i)\b(?:has been|was|will|is|today|has now|now|has)\s+(?:also |now |then )?$", before)
        # "who has served as CFO since 2031, notified the Company of his decision to resign"
        and not re.search(
            r"(?i)\b(?:notified|informed|advised|told|announced)\b[^;]{0,60} (?:to|plans?|intent\w*|decision|he|she) (?:\w+ )?$", before
        )
    )


def is_insider(view: View, match: re.Match[str], person: Entity, reading: Reading, title: str | None) -> bool:
    """True where the person is said to be in the company already."""
    masked = view.masked
    verb = match.group("verb").lower()
    if PROMOTE.search(verb):
        return True
    place = view.place_of(person)
    if re.match(JOIN, verb):
        return False
    near = masked[max(0, place - 60) : match.end() + 80]
    # "COO Jane Roe named CEO", "Jane Roe, the company's COO, becomes CEO"
    if (
        re.search(
            rf"(?i)(?<!former )(?<!ex-)(?<!ex )(?<!new )(?<!as )(?<!named )(?<!appoints )(?<!appointed )(?<!names )(?<!hires )({T}),? ?{MR}$",
            masked[:place],
        )
        and match.groupdict().get("t")
        and match.start("t") > place
    ):
        return True
    beside = re.match(
        rf"(?i)..,? (?:\([^)]*\),? |(?:age )?(?:\d\d|\ue007.),? )?(?:(?:the|its|our|{O}['’]s?|company['’]s|currently|current|who (?:is|has been|currently serves as|serves as))\s)+(?:current )?{T}",
        masked[place : place + 90],
    )
    # "appointed Jane Roe the Company's treasurer": what she is given, and not what she was
    if beside and place + beside.end() != match.span("t" if match.groupdict().get("t") else "verb")[1]:
        return True
    if re.match(
        r"..,? (?:\([^)]*\),? )?(?:an? |the )?(?:current |existing |long-?time )?(?:member of|partner (?:at|in|with)|board member)\b(?!.{0,50}\badvisory)",
        masked[place : place + 90],
    ):
        return True
    if re.search(
        r"(?i)\b(?:from within|insider|long-?time|in addition to (?:his|her)|previously (?:served as|the company|our)|continue(?:s|d)? (?:as|to serve|in)|stepped down from (?:his|her) (?:role|position|post)|remain(?:s|ing)?|expanded role|additional (?:role|title|responsib)|currently|has (?:\w+ly )?(?:served|been) (?:as|our|with|the company|its|an?)|years? (?:with|at) the company|since joining|return(?:s|ed|ing)? to (?:his|her) (?:role|post|position|seat))\b",
        near,
    ):
        return True
    if re.search(r"(?i)\binterim|acting\b", (title or "")) and not reading.filing:
        return True
    for step in (1, 2):
        next_view = reading.neighbour(step)
        if next_view is None:
            break
        surname = person.text.split()[-1]
        text = next_view.sentence.text
        inside = re.search(
            r"(?i)\b(?:has (?:served|been) (?:as )?(?:the company|our|with the company|the Company|a member|an? (?:executive|employee|officer)|(?:senior |executive )?vice president)|joined the company in|has been with (?:the company|us)|currently (?:serves|the)|previously served as (?:the company|our)|has served (?:as|in) .{0,80}since|served as .{0,60}(?:of the company|the company['’]s)|since joining (?:the company|us))",
            text,
        )
        if inside and re.search(rf"\b{re.escape(surname)}\b", text) and not _of_others(next_view, inside.end(), reading):
            return True
    return False


def _of_others(view: View, at: int, reading: Reading) -> bool:
    """True where the office that the sentence gives from its character `at` on is one of another company: "has served as treasurer of Tern Inc."."""
    start = view.sentence.start + at
    after = next((e for e in view.of("company") if e.start >= start and e.start < start + 120), None)
    main = reading.parties.main
    return after is not None and not after.anaphor and main is not None and not same_name(after.text, main)
