"""Which office a move is about, in the words of the text, and the level and function that those words belong to."""

from __future__ import annotations

import re

from triggers.moves.words import BOARD, MR, ROLE, G, O, P, T
from triggers.parties import same_person
from triggers.reading import Reading
from triggers.view import SORTS, Entity, View

FUNCTIONS = [
    ("finance", r"financ|cfo\b|account|treasur|controller|comptroller|audit|investor relations|tax\b|capital markets|investment officer"),
    ("security", r"security|ciso\b|cso\b"),
    (
        "technology",
        r"technolog|cto\b|cio\b|information|engineering|data|digital|software|r&d|research|science|scientific|ai\b|architect|innovation|development officer",
    ),
    ("people", r"human resources|people|talent|chro\b|culture|diversity|hr\b|human capital|personnel"),
    ("legal", r"legal|counsel|compliance|secretary|regulatory|ethics|privacy"),
    (
        "marketing",
        r"marketing|cmo\b|brand|communications|public relations|growth officer|customer experience|content|creative|public affairs|corporate affairs",
    ),
    ("sales", r"sales|revenue|cro\b|commercial|business development|account management|partnerships|customer"),
    ("product", r"product|cpo\b|design"),
    (
        "operations",
        r"operat|coo\b|supply chain|manufactur|logistics|procurement|production|plant|quality|medical|clinical|facilities|fleet|construction|project",
    ),
]


def level_of(title: str) -> str:
    """Return c_suite, board, senior or other for the words of an office."""
    if re.search(
        r"(?i)\b(?:chief\b[\w\s&,-]{0,60}\bofficer|c[efotmir]{1}o\b|ciso|chro|ceo|cfo|coo|cto|cio|cmo|cro|cpo|chief executive|chief of|chief)\b",
        title,
    ):
        return "c_suite"
    if re.search(r"(?i)\b(?:vice[- ]president|vp|svp|evp)\b", title):
        return "senior"
    if re.search(r"(?i)\b(?:advis|ambassador)", title):
        return "other"
    if re.search(
        r"(?i)\bexecutive chair|\bpresident\b(?! of [a-z]+ (?:sales|marketing)|,)|managing director(?:ate)?\b|managing partner|general counsel|co-manager",
        title,
    ) and not re.search(r"(?i)president,", title):
        return "c_suite"
    if re.search(
        r"(?i)\b(?:board|chair(?:man|woman|person)?|trustee|non-?executive|non-?employee|independent director|supervisory|lead director)\b|^(?:an? |the |new |its )?(?:lead |outside )?director$|^directors$",
        title,
    ):
        return "board"
    if re.search(
        r"(?i)\b(?:head|general manager|managing|director|country|controller|treasurer|partner|principal|secretary|senior|president|executive|lead|officer|vp)\b",
        title,
    ):
        return "senior"
    return "other"


# "the Leeds office of Orbex", "Orbex's retail practice": who leads one of many is not the head of the firm
_ONE_OF_MANY = re.compile(
    rf"(?i)\b(?:office|practice|branch|team|group|desk|division)s? (?:of|at|in) (?:the )?(?:{O}|{G})|(?:{O}(?:['’]s?)?|{G}) (?:[\w&-]+ ){{0,2}}(?:office|practice|branch|desk)\b"
)


def level_in(view: View, title: str) -> str:
    """Return the level of an office in its sentence: a managing director of one office among many is senior, of a firm its head."""
    level = level_of(title)
    if level == "c_suite" and re.fullmatch(r"(?i)managing (?:director|partner)", title) and _ONE_OF_MANY.search(view.masked):
        return "senior"
    return level


def function_of(title: str, level: str) -> str | None:
    """Return the function that the words of an office belong to; the board has none."""
    if level == "board":
        return None
    for name, words in FUNCTIONS:
        if re.search(rf"(?i)\b(?:{words})", title):
            return name
    return "general"


def title_of(view: View, match: re.Match[str], person: Entity, direction: str) -> str | None:
    """Return the office: the one the construction points at, else the one beside the person's name, else the nearest."""
    masked = view.masked
    if match.groupdict().get("t"):
        start, end = match.span("t")
        given_up = re.match(rf" (?:(?:the|its|our|{O}['’]s?) )?({T})", masked[match.end("verb") :]) if direction == "leaves" else None
        if given_up:  # "will cease to be treasurer and will return to being a director"
            start, end = match.end("verb") + given_up.start(1), match.end("verb") + given_up.end(1)
        while end < len(masked) and (
            extra := re.match(
                rf"(?:,? and |, | & |/| and as |,? and as )(?:(?:a |an |the |its |as )*)({T}|(?:a )?member of the board(?: of directors)?)",
                masked[end:],
            )
        ):
            if extra.group(1)[0] != SORTS["title"] or end - start > 60:
                break
            end += extra.end()
        # "as an Executive Vice President, effective May 1, 2031, and the Company's Chief Financial Officer"
        later = re.match(
            rf"(?i),? effective [^,;]{{1,30}}(?:, \d{{4}})?,? and (?:as )?(?:(?:the|its|our|{O}['’]s?|company['’]s) )*({T})", masked[end:]
        )
        if later and level_of(view.text(*_in(later, end))) == "c_suite" != level_of(view.text(start, end)):
            return view.text(*_in(later, end))
        rest = re.match(
            rf"(?: of| for|, )? ?(?:{G}|(?:(?-i:[A-Z][\w&-]+)(?:(?: and| &|,) (?-i:[A-Z][\w&-]+)|\s(?-i:[A-Z][\w&-]+)){{0,4}}))(?=[\s,.;]|$)",
            masked[end:],
        )
        if rest and re.match(r" (?:of|for) ", rest.group()) and not re.match(rf" (?:of|for) {O}", masked[end:]):
            end += rest.end()
        return re.sub(r"\s+", " ", view.text(start, end)).strip(" ,")
    place = view.place_of(person)
    before = re.search(rf"({T})(?: of {O})?,? ?(?:designate )?{MR}$", masked[:place])
    after = re.match(
        rf"..(?:,? \([^)]*\))?,? (?:(?:age |aged )?\d+, )?(?:the |its |our |their |{O}['’]s? |company['’]s |currently |who (?:is|serves as) (?:the |our |its )?|a |an |as )*({T})",
        masked[place:],
    )
    if after and (not before or direction == "leaves"):
        begin = place + after.start(1)
        end = place + after.end(1)
        while extra := re.match(rf"(?:,? and |, | & )({T})", masked[end:]):
            end += extra.end()
        return view.text(begin, end)
    if before:
        return view.text(before.start(1), before.end(1))
    titles = [(abs(m.start() - match.end("verb")), m) for m in re.finditer(T, masked)]
    if titles:
        nearest = min(titles, key=lambda pair: pair[0])
        if nearest[0] < 120:
            return view.text(*nearest[1].span())
    board = re.search(BOARD, masked[match.start() : match.end() + 80], re.IGNORECASE)
    return view.text(match.start() + board.start(), match.start() + board.end()) if board else None


def _in(match: re.Match[str], at: int) -> tuple[int, int]:
    """Return where the first group of a match stands whose text began at `at`."""
    return at + match.start(1), at + match.end(1)


# "with Ann Poe, the Company's treasurer"; "Ms. Poe had been serving as treasurer"
_HELD = re.compile(
    rf"({P})(?:,? \([^)]*\))?(?:,? (?:(?:the|our|its|{O}['’]s?) )*|(?: currently)? (?:had been|has been|had|has|was|is|serves|served)(?: currently)?(?: serv\w+)?(?: as)? {ROLE}{{0,4}})({T}(?:,? and {T})*)",
    re.IGNORECASE,
)


def title_beside(person: Entity, reading: Reading) -> str | None:
    """Return the office that the sentences around give the person, in a filing that tells in one of them only who goes."""
    for step in (1, -1, 2):
        view = reading.neighbour(step)
        for match in _HELD.finditer(view.masked) if view else ():
            assert view is not None
            if same_person(view.entity(match.group(1)[1]).text, person.text):
                return re.sub(r"\s+", " ", view.text(*match.span(2))).strip(" ,")
    return None
