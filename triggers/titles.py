"""A grammar of job titles, as one regular expression built from the parts a title has.

    title    = post, more posts joined by "and", "&", "/" or a comma      "Chairman, President and Chief Executive Officer"
    post     = [manner] head [of field]                                   "interim" "vice president" "of Global Sales and Marketing"
    field    = words that end in the name of a function or region         "Cloud and Cognitive Software"

"Former", "current", "new" and "next" stay outside. Measured on hand-labelled business sentences in triggers/model/MODEL_CARD.md.
"""

# ruff: noqa: SIM905 - word lists read better as text

from __future__ import annotations

import re
from collections.abc import Iterator

from triggers.expression import Expression, one_of
from triggers.scan import Sieve

# What a field may end in: "Human Resources", "Investor Relations", "Americas"
_FIELD_HEADS = (
    "sales marketing operations resources engineering finance development management research legal technology technologies success "
    "strategy relations chain manufacturing communications affairs quality estate merchandising accounting security services software "
    "product products innovation alliances partnerships compliance risk tax audit design procurement planning solutions growth brand "
    "brands media administration analytics treasury investments lending banking production distribution logistics sourcing training "
    "education recruiting talent people culture diversity inclusion equity sustainability safety environment advertising pricing "
    "purchasing facilities construction exploration drilling geology geosciences reservoir underwriting claims actuarial insurance "
    "wealth mortgage credit leasing retail wholesale ecommerce e-commerce digital data infrastructure cloud platform platforms systems "
    "networks hardware science sciences discovery oncology medicine programs programming content creative publishing editorial news "
    "experience support care health nursing pharmacy fundraising advancement philanthropy outreach policy government litigation "
    "licensing ip counsel markets market capital americas america europe asia africa emea apac latam japan china india canada mexico "
    "australia germany france uk international stores store restaurants hospitality hotels gaming properties portfolio acquisitions "
    "integration transformation transactions m&a reporting control controls assurance it hr r&d pr cmc biology chemistry commercialization "
    "enablement expansion restructuring revenue fulfillment supply architecture east west north south region division group business "
    "performance learning benefits compensation rewards ventures industries energy power mining metals aerospace defense "
    "automotive semiconductors trading research reliability maintenance network cybersecurity intelligence ai ml devops studios"
).split()
_FIELD_WORDS = (
    "global corporate worldwide north south east west northern southern eastern western central american european asian asia latin middle pacific "
    "enterprise business human product customer client investor supply information commercial clinical regulatory real public strategic "
    "financial retail technical government professional cloud data medical scientific digital consumer field channel inside national "
    "international regional federal state local external internal legal general market capital asset risk internal credit private "
    "institutional corporate executive employee community media brand creative talent environmental new loan branch commercial "
    "cognitive applied advanced artificial machine network mobile online web user guest member patient provider payer health food "
    "beverage fleet plant store franchise direct indirect strategic key major mid-market upstream downstream midstream organizational "
    "us u.s. uk investment wealth treasury tax cost revenue"
).split()

_NOT_A_FIELD = (
    r"(?!(?:the|a|an|its|our|their|his|her|for|of|at|in|on|to|by|with|who|and|or|as|from|since|was|is|has|will|company|where|effective)\b)"
)
_HEAD = one_of(_FIELD_HEADS) + r"(?![\w-])"
_MODIFIER = rf"(?:{one_of([*_FIELD_WORDS, *_FIELD_HEADS])}(?![\w-])|(?-i:[a-z])[a-z-]{{2,}})"
_PHRASE = rf"(?:{_NOT_A_FIELD}{_MODIFIER} ){{0,3}}{_HEAD}(?! (?:of|Inc|Corp|LLC)\b)"
# "CFO of software development company NeoMedia"
_NOT_A_FIRM = r"(?!(?:(?-i:[a-z])[\w-]+ ){1,5}(?:company|firm|maker|provider|giant|start-?up|manufacturer|developer|specialist|retailer|subsidiary)\b)"
# A phrase is some thousand letters and the grammar is compiled at every start, so it is written once where it may stand several times:
# the first follows a blank and has no "and" before it, the next begin with one.
_FIELD = rf"{_NOT_A_FIRM}(?:(?:(?<! )(?:,? and | & |, |/))?{_PHRASE}){{1,4}}"
_OF = rf"(?:(?: of(?: the)?| for|,| -| –| —|:) {_FIELD})"

_LEVEL = r"(?:(?:executive|senior|sr\.|group|corporate|regional|first|assistant|associate|deputy|global|worldwide|divisional|division|area|national|international) )"
_MANNER = (
    r"(?:(?:interim|acting|fractional|non-executive|nonexecutive|independent|lead independent|presiding|founding|global|group|deputy|assistant|"
    r"associate|principal|regional|senior|executive|honorary|managing|corporate|co-?) ?)"
)
_ACRONYM = r"(?-i:C[EFOTIMRPSACLDXBN]O|CHRO|CISO|CPTO|CCDO|CGO|CDAO|CTIO|CSCO)"
_CHIEF_WORD = r"(?:(?!officer|and\b|of\b)(?:u\.s\.|[a-z&-]+))"
_CHIEF = (
    rf"chief {_CHIEF_WORD}(?:(?: |, | and | & |/|, and ){_CHIEF_WORD}){{0,4}}? officer"
    r"|chief (?:executive|operating|financial|information|technology|legal|medical|scientific|marketing)(?! officer)(?= of\b|,|\.| and\b|$| in\b|’s|'s)"
    r"|chief (?:\w+ )?(?:architect|economist|scientist|engineer|counsel|actuary|strategist|evangelist|investigator|accountant|geologist|of staff)"
    r"|principal (?:executive|financial|accounting|operating) officer"
    r"|(?:executive|financial|operating|administrative) officer(?= of\b)"
)
_PRESIDENT = rf"(?:(?:(?-i:[a-z]{{3}}[a-z-]*) ){{0,3}}(?:business|division|unit|segment) )?president(?:-elect)?(?:{_OF}|(?: of the|,) (?:americas|(?-i:[A-Z])\w+ (?:division|group|region|segment)))?"
# posts that a field may follow, which is written once for all of them
_WITH_FIELD = (
    rf"{_ACRONYM}(?:-(?:elect|designate))?",
    r"(?-i:[ESA]?VP|SEVP|RVP|GVP|FVP)",
    rf"{_LEVEL}*vice[ -]president",
    rf"(?:{_LEVEL}*|country |sales |store |hotel |division )general manager",
    r"(?:senior |group |global )?managing (?:director|partner|member|principal)",
)
_POSTS = (
    rf"(?:{_CHIEF})",
    r"vice[ -]?chair(?:man|woman|person)?(?: of the board(?: of (?:directors|trustees|governors|managers))?)?(?! (?:of|for) the (?:committee|event))",
    r"chair(?:man|woman|person)(?:-elect)?(?: emeritus)?(?: of the (?:supervisory |management )?board(?: of (?:directors|trustees|governors|managers))?)?(?:-elect)?",
    r"(?:board |co-|executive |(?<=as )|(?<=as the )|(?<=as its ))chair\b(?: of the board(?: of (?:directors|trustees))?)?|(?-i:Chair)(?= (?:and|of)\b|,)(?: of the board(?: of (?:directors|trustees))?)?",
    _PRESIDENT,
    rf"(?:{'|'.join(_WITH_FIELD)})(?:{_OF})?",
    r"(?:deputy |associate |assistant |senior )?general counsel",
    r"(?:country|plant|branch|site|mill|factory|regional|operations|city|county|marketing|sales|product) manager",
    r"(?:senior|founding|operating|general|venture|equity|name|resident|associate) partner(?= (?:of|at|in)\b|,|$)",
    r"(?:assistant |corporate |group )?treasurer",
    r"(?:corporate |financial |group |assistant |division |regional |business unit )controller|(?-i:Controller)|comptroller",
    r"(?:corporate|company|assistant|general|executive|board|commerce|deputy|press|recording|permanent|cabinet|transportation|labor|energy|treasury|defense|agriculture|interior|education) secretary|secretary(?: of (?:state|commerce|labor|energy|defense|agriculture|transportation|education|the treasury|the board|the corporation|the company))|(?<=and )secretary|(?-i:Secretary)(?=,| and\b| to the)",
    r"co-?founder|(?:co-)?founder",
    # "an independent director of the Company", and no "independent director of research"
    r"(?:(?:supervisory |management |executive )?board|independent|lead|non-executive|outside|non-employee) (?:member|director)(?! of\b(?! (?:the|our) (?:company|corporation|registrant|bank|board)))|lead independent director",
    r"(?<=as a )director|(?<=as a new )director|(?<=as an additional )director|(?<=as an )independent director|(?<=as )(?-i:Director)|(?<=, a )director(?= of (?:the|our) (?:company|corporation|registrant|bank)\b)",
    rf"(?:{_LEVEL}*|lead |(?-i:[A-Z]\w+ [A-Z]\w+ ))?(?:director|head)(?:,| of(?: the)?| for| -) {_FIELD}",
    rf"(?:regional|executive|sales|marketing|medical|finance|creative|technical|editorial|athletic|commercial|operations|program|associate|deputy|senior|artistic|museum|human resources|HR|IT) director(?:{_OF})?",
    r"(?-i:[A-Z]\w+ [A-Z]\w+ )(?:regional director)",
    r"group executive|(?:senior |chief |executive |special |board )advis[eo]r|(?:lead |co-lead |senior )?portfolio manager",
    r"editor[ -]in[ -]chief|(?:managing|executive) editor|superintendent|provost|chancellor|dean(?= (?:of|for)\b)|rector",
    r"(?:executive|senior|co-executive) producer|(?:distinguished|senior) fellow",
    r"(?:lieutenant |lt\. )?(?-i:Governor|Gov\.|Mayor|Senator|Attorney General|Commissioner|Congressman|Congresswoman|Councilman|County Executive)|attorney general",
    r"(?:district|assistant district|u\.s\.) attorney(?= (?-i:[A-Z]))",
    r"(?<=, )owner(?= (?:and|of)\b)|owner(?= and )|(?<=and )owner(?= of)|(?<=/)owner",
    r"(?<=and )(?:director|principal|partner)(?= of\b)|(?<=, )partner(?= (?:at|in|with)\b)|(?-i:Principal)(?= (?:of|at)\b)",
    r"(?:board )?trustee(?! of the trust)",
    r"general superintendent|(?:chief )?ombudsman|registrar(?= of the (?:college|university))",
)
_POST = rf"(?:{_MANNER}{{0,2}}(?:{'|'.join(_POSTS)}))"
_JOIN = r"(?:, and |, | and | & | &amp; |/| / |; and )"
# a title begins with a letter and a joint does not: the first post has none before it, and the next, which follow letters, all have
_TITLE = Expression(
    rf"(?<![\w-])(?=\w)(?:(?:(?<![\w-])|{_JOIN}(?:an? |the |our |its )?){_POST}|(?: and|, and) board director)+(?![\w]|-(?!elect))",
    re.IGNORECASE,
)

# every title holds one of these: a cheap test before the grammar
TITLE_HINT = re.compile(
    r"officer|chief|president|VP\b|\bC[A-Z]O\b|\b(?:CHRO|CISO|CPTO|CCDO|CGO|CDAO|CTIO|CSCO)\b|chair|counsel|manager|\bdirector|\bhead\b|\bpartner\b|treasurer|controller|"
    r"comptroller|secretary|founder|\bmember\b|group executive|county executive|advis[eo]r|editor|superintendent|provost|chancellor|\bdean\b|"
    r"\brector\b|producer|\bfellow\b|governor|gov\.|\bmayor\b|senator|attorney|commissioner|congress(?:wo)?man|councilman|\bowner\b|"
    r"\bprincipal\b|trustee|ombudsman|registrar",
    re.IGNORECASE,
)

_SIEVE = Sieve(TITLE_HINT)

# prizes: "Founder of the Year", "CIO of the Decade"
_PRIZE = re.compile(r"\s+of the (?:year|month|quarter|decade|century)\b", re.IGNORECASE)
# what the grammar takes and no person holds
_NOT_A_TITLE = re.compile(
    r"(?:general partner|limited partner|portfolio manager|product manager|marketing manager|sales manager|operations manager)(?=s)|director(?= of record)",
    re.IGNORECASE,
)


def title_spans(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield `(start, end)` of each title in `text[start:end]`, in order; a sentence at a time keeps it fast."""
    end = len(text) if end is None else end
    if not _SIEVE.apt(text[start:end]):
        return
    for match in _TITLE.finditer(text, start, end):
        first, last = match.span()
        if _NOT_A_TITLE.match(text, first) or _PRIZE.match(text, last):
            continue
        # "president of Acme": the name of the firm is no part of it, so a span ends in a letter
        while last > first and not text[last - 1].isalnum() and text[last - 1] != ".":
            last -= 1
        yield first, last
