"""Judges what is said of an event: its status, and whether it is news at all or background, hearsay, advice or boilerplate.

Cues are looked for in the clause around the words that tell of the event. "Cannot be ruled out" and the like stand beside
the negations they are mistaken for.
"""

from __future__ import annotations

import re
from datetime import date

from triggers.structure import HEADLINE, QUOTE
from triggers.view import View

# no, it did not or will not happen: "denied it plans", "has no plans to", "will not join", "dismissed reports that"
_DENIED = re.compile(
    r"(?i)\b(?:den(?:y|ies|ied|ying)|refut(?:e|es|ed)|rebut(?:s|ted)|dismiss(?:es|ed) (?:reports?|rumou?rs?|speculation|talk)|quash(?:es|ed)|rul(?:es|ed|ing) out|(?:has|have|had|with|there (?:is|are)) no (?:current |immediate |present )?(?:plans?|intentions?|intent|discussions)|"
    r"(?:will|would|does|do|did|is|are|was|were|has|have|had|shall)(?: not|n['’]t)(?! (?:only|just|disclos|immediately|be disclosed|comment|respond|yet (?:disclos|announc)))|won['’]t|no longer (?:plans?|intends?|expects?)|never (?:intended|planned)|not (?:planning|considering|for sale|going to|true|seeking|interested in)|untrue|false (?:reports?|rumou?rs?)|no truth|against (?:moving|relocating)|decid(?:es|ed) (?:not to|against)|opt(?:s|ed) not to|declin(?:es|ed) to (?:move|sell|buy|join|accept)|reject(?:s|ed)? (?:reports?|rumou?rs?|claims?|speculation))\b"
)
# it was on and is off: "called off", "terminated the merger agreement", "abandons plan", "withdrew its offer"
_TERMINATED = re.compile(
    r"(?i)\b(?:call(?:s|ed|ing)? off|scrap(?:s|ped|ping)?|abandon(?:s|ed|ing)?|cancel(?:s|l?ed|ling|ing)?|drop(?:s|ped|ping)? (?:its |the |their |a |\w+ )?(?:plans?|bid|offer|deal|pursuit|proposal|effort)|withdr(?:aws?|ew|awn|awing|awal)|pull(?:s|ed|ing)? (?:out of|back from)|walk(?:s|ed|ing)? away|back(?:s|ed|ing)? (?:out|away)|halt(?:s|ed|ing)?|shelv(?:e|es|ed|ing)|revers(?:e|es|ed|ing) (?:its |the )?(?:decision|plan)|"
    r"ends? (?:talks|discussions|negotiations|merger|deal|its)|ended (?:talks|discussions|negotiations|merger)|(?:talks|negotiations|discussions|deal|merger) (?:has |have |had )?(?:collaps|fell|fall|broke)\w*|mutual(?:ly)? (?:terminat|agree\w* to terminat|end)\w*|terminat(?:e|es|ed|ing|ion)(?: of)? (?:its |the |their |a |this |that )?(?:previously[- ]announced |proposed |planned |pending |definitive |\S+ ){0,4}(?:merger|deal|agreement|plan|acquisition|offer|letter|transaction|bid|sale|relocation|move)|break(?:s|ing)? off|broke off|fail(?:s|ed)? to (?:complete|close)|lapsed|rescind(?:s|ed)?|no longer proceed|not (?:to )?proceed|will no longer)\b"
)
# somebody says so, the company has not: "reportedly", "sources say", "in talks", "mulls"
_RUMORED = re.compile(
    r"(?i)\b(?:reportedly|rumou?r(?:s|ed)?|speculat\w+|(?:people|person|sources?|insiders?) (?:familiar|close|with knowledge|briefed|said|say|says|told)|sources\b|is said to|are said to|said to be|according to (?:people|sources|a (?:report|person|source)|reports|the (?:wall street journal|financial times)|bloomberg|reuters|cnbc)|mull(?:s|ed|ing)?|weigh(?:s|ed|ing)|explor(?:es|ed|ing) (?:a |the |its |an )?(?:potential |possible )?(?:sale|options|strategic|takeover|bid|merger|acquisition|ipo|listing|buyout|move|relocation|purchase|deal|spin|stake)|"
    r"(?:in|holding|held|advanced|early|exclusive|preliminary|takeover|merger|buyout|exploratory|deal) (?:\w+ )?(?:talks|discussions|negotiations)|consider(?:s|ing|ed)?|contemplat\w+|potential(?:ly)?|possible|possibly|may|might|could|would[- ]be|eye(?:s|d|ing)|near(?:s|ing) (?:a )?(?:deal|agreement)|close to (?:a )?(?:deal|agreement|buying|acquiring)|likely (?:to )?(?:buy|sell|move|acquire|step|leave|be)|approach(?:ed|es)?|interested in|interest in (?:buying|acquiring|taking over|selling|a (?:bid|deal|takeover|sale|purchase))|interest from|courting|wooing|takeover target|unconfirmed|leaked|studying|evaluat(?:es|ing))\b"
)
_NOT_RUMOR = re.compile(
    r"(?i)\b(?:may \d|in may\b|of may\b|may,|as soon as possible|possible by|made possible|could not be|full potential|growth potential|potential (?:of|to)|potential(?:ly)? (?:customers|patients|clients|students))"
)
# intended, not binding, or still to be voted on
_PLANNED = re.compile(
    r"(?i)\b(?:plans?|planned|planning (?:to|an?|the|its)|intend(?:s|ed|ing)?|intentions?|intent|propos(?:e|es|ed|al|als|ing)|letters? of intent|loi|non-binding|nonbinding|memorandum of understanding|mou|aim(?:s|ed|ing)? to|seek(?:s|ing)?|hop(?:es|ed|ing) to|look(?:s|ing) to|want(?:s|ed)? to|expect(?:s|ed)? to|agree(?:d|ment)? in principle|would|if approved|subject to (?:shareholder|stockholder|shareholders|stockholders)|will (?:ask|seek)|filed? (?:confidentially|to)|prepar(?:es|ing) to|set to (?:vote|consider)|(?<![-®™])nominat(?:e|es|ed|ing|ion)|nominees?|bid(?:s|ding)? (?:for|to)|offer(?:s|ed)? to|tender offer|makes? (?:an? )?(?:\S+ )?(?:bid|offer)|unsolicited|hostile|is due to vote|to be voted)\b"
)
_INTENT = re.compile(r"\b(?:LOI|MOU|(?i:letters? of intent|non-?binding|memorandum of understanding))\b")
_COMPLETED = re.compile(
    r"(?i)\b(?:complet(?:e|es|ed|ing|ion)|clos(?:es|ed|ing) (?:of |on )?(?:its |the |a |an |\$)?|closed|consummat(?:ed|ion|es)|finaliz(?:es|ed)|finalis(?:es|ed)|has (?:acquired|bought|sold|moved|relocated|appointed|named|joined|opened|closed|been|become|raised|merged|launched|filed|resigned|retired|stepped|left|hired|elected|promoted)|have (?:acquired|merged|moved|joined|relocated|opened|completed)|was (?:appointed|named|elected|promoted|terminated)|were (?:appointed|elected)|effective immediately|recently|now (?:based|located|open)|officially|moved|relocated|opened|opens|joined|resigned|retired|stepped down|left|became|acquired)\b"
)

# background words before or in the clause: biographies, restated news, history
_HISTORY = re.compile(
    r"(?i)\b(?:(?:as )?(?:previously|earlier|already) (?:announced|reported|disclosed|said|stated|communicated)|(?:a |two |three |four |five |six |seven |eight |nine |ten |\d+ |several |many |a few |some |\S+ )?(?:years?|decades?) (?:ago|earlier|before|prior)|last (?:year|decade)|prior to (?:that|this|his|her|their|joining|its|becoming|serving|founding|being)|before (?:joining|that|becoming|founding|coming|being)|since (?:joining|then|its|his|her|their|being|becoming|the acquisition|\d{4})|"
    r"after (?:serving|spending|\d+ years|being)|in (?:the )?(?:early |late |mid[- ]?)?(?:19|20)\d0s|^\W*(?:\w+|\ue007.) years? later\b|historically|formerly known|founded in|was founded|were founded|has (?:served|worked|held|been serving|led|spent|also served|more than|over|grown|built) |had (?:served|worked|held|been)|(?:previously|formerly) (?:served|worked|held|was|the)|(?:he|she) (?:previously|formerly|began|started|also served|served|spent|held|holds|earned|received|graduated|co-founded|founded|worked|was|is a|has)|earlier in (?:his|her|their)|career|who (?:previously|formerly)|anniversary|throughout (?:his|her))\b"
)
# a document's own news can be told with these; they are background in a text whose news is another
_RESTATED = re.compile(
    r"(?i)\b(?:as|was|were|had been|has been|it was|which was)? ?(?:previously|earlier|already) (?:announced|reported|disclosed)|announced (?:last|earlier this) (?:year|month|week)|(?:announced|reported|disclosed) (?:previously|earlier)|following (?:the |its |an )?(?:\w+ of the )?announcement (?:that|of)|first announced in|announced in (?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
)
# "completed its previously announced acquisition of": what was known before, and what is news of it
_CARRIED_ON = re.compile(
    r"(?i)\b(?:(?:complet|clos|consummat|finali[sz]|terminat|abandon|cancel|withdr|approv|clear|begin|began|beginn?ing|begun|start|commenc|launch|amend|extend)\w*|call\w* off)"
    r"(?: of| on| for| with)?(?: (?:the|its|their|our|a|an|this))? (?:previously|earlier|already)[- ](?:announced|reported|disclosed)\b"
)
# "has built a 9 percent stake in Acme" is no history of anybody
_STAKE_BUILT = re.compile(r"(?i)\bhas built (?:up )?(?=(?:an? |its |their )?(?:[^\s,;]+ ){0,5}?(?:stake|position|shareholding)\b)")
_COMPLETION_NEWS = re.compile(r"(?i)\b(?:complet|clos(?:e[sd]|ing)|consummat|finali[sz]|terminat|call\w* off|today|withdr|approv)")
# not said of one real event: advice, questions, conditions, generalities
_GENERIC = re.compile(
    r"(?i)(?:^|[,;:—–]\s*|\b)(?:if (?:you|your|the|an?|it|they|we|any)\b|whether (?:you|to|or not)\b|when (?:you|your|a|an) |how to\b|why you\b|what to (?:know|expect)\b|(?:you|your) (?:can|should|may|might|need|want|are|business|company)\b|should you\b|do you\b|are you\b|in the event (?:of|that)\b|upon (?:any|a|an|such|his|her|the executive)|would (?:have|be) (?:entitled|required|eligible)|is entitled to|good reason|change (?:in|of) control (?:of|occurs|severance|plan|agreement)|including,? (?:but not|without) limit|for example\b|e\.g\.|such as (?:a|an) |tips\b|guide to\b)"
)
# said of nobody by name: what a survey found of many, what may befall, what a product does for those who buy it
_OF_MANY = re.compile(
    r"(?i)\b(?:surveys?|polls?|stud(?:y|ies)|research|report)\b.{0,60}\b(?:found|finds|shows?|showed|reveal(?:s|ed)|suggests?)\b.{0,80}\b(?:companies|firms|respondents|businesses|employers|executives|organi[sz]ations)\b"
    r"|\b(?:risk factors?|such risks|risks? (?:is|are) described|could (?:adversely |materially |negatively )*affect)\b"
)
_HELPS = re.compile(
    r"(?i)\b(?:helps?|helping|allows?|allowing|enables?|enabling|lets) (?:(?:its|our|their|many|large|small|other) )?(?:companies|businesses|firms|customers|clients|organi[sz]ations|employers|brands|retailers|banks|teams|users|enterprises)\b(?:(?!\band\b)[^,;]){0,40}$"
)
_QUESTION = re.compile(r"\?\W*$")
_YEAR = re.compile(
    r"\b(?:in|of|from|since|during|by|late|early|mid|until|,)[- ]?\s?(?:[A-Z][a-z]+\.? (?:\d{1,2}, ?)?)?(?P<year>(?:19|20)\d{2})\b(?!\s*(?:annual|fiscal|season|model|edition|budget|guidance|target))"
)


# the name of a document, in which nothing is planned
_TITLE_OF_DEED = re.compile(
    r"(?i)\b(?:agreements? and )?plans? of (?:merger|reorgani[sz]ation|arrangement)(?: and (?:merger|reorgani[sz]ation))?"
)


def status_of(view: View, start: int, end: int) -> str:
    """Return the status of the event told at masked[start:end], from the words of the clause around it."""
    clause = _TITLE_OF_DEED.sub("agreement", clause_of(view, start, end))
    if _TERMINATED.search(clause) and not re.search(r"(?i)\bterminat\w+ (?:of )?(?:employment|his|her|the executive)", clause):
        return "terminated"
    if _DENIED.search(clause):
        return "denied"
    if _INTENT.search(clause) or _INTENT.search(view.text(*_bounds_of(view, start, end))):  # "Memorandum of Understanding" may be masked
        return "planned"
    heard = _RUMORED.search(_NOT_RUMOR.sub(" ", clause))
    if heard:
        return "rumored"
    if re.search(
        r"(?i)\b(?:complet(?:es|ed|ion)|clos(?:es|ed)|consummated|finali[sz]ed|definitive agreement|agreed to|has (?:acquired|bought|appointed|named|signed|entered))\b",
        clause,
    ):
        return (
            "completed"
            if _COMPLETED.search(clause) and not re.search(r"(?i)\b(?:expect|to be|will|definitive|agreed|upon)\b", clause)
            else "announced"
        )
    if _PLANNED.search(clause):
        return "planned"
    if _COMPLETED.search(clause):
        return "completed"
    return "announced"


def clause_of(view: View, start: int, end: int) -> str:
    """Return the part of the masked sentence that words at [start:end] belong to: to the next semicolon, dash or full clause."""
    begin, stop = _bounds_of(view, start, end)
    return view.masked[begin:stop]


def _bounds_of(view: View, start: int, end: int) -> tuple[int, int]:
    masked = view.masked
    begin = max(
        masked.rfind(mark, 0, start)
        for mark in (";", " — ", " – ", " -- ", "(", ", while ", ", and ", ", but ", ", which ", " after ", " as ")
    )
    begin = max(begin, start - 140, 0)
    stops = [
        p
        for p in (
            masked.find(mark, end)
            for mark in (";", " — ", " – ", " -- ", ", while ", ", but ", ", which ", ", expanding", ", who ", ", as it ", ", as the ")
        )
        if p >= 0
    ]
    return begin, min([*stops, end + 90, len(masked)])


def background(view: View, start: int, end: int, base: date | None) -> str | None:
    """Return why what is said at masked[start:end] is no news, or None when it is.

    `base` is the document's date: a year long before it makes the sentence history.
    """
    clause = clause_of(view, start, end)
    whole = view.masked
    if _QUESTION.search(whole) and view.sentence.zone == HEADLINE:
        return "question"
    if _GENERIC.search(clause) or (view.sentence.zone != HEADLINE and _GENERIC.search(whole[: start + 1])):
        return "generic"
    if _OF_MANY.search(whole) or _HELPS.search(whole[:start]):
        return "said of many"
    clause = _STAKE_BUILT.sub(" ", _CARRIED_ON.sub(" ", clause))
    if _HISTORY.search(clause):
        return "history"
    if _RESTATED.search(clause) and not _COMPLETION_NEWS.search(clause_of(view, start, end)):
        return "restated"
    year = old_year(view, start, end, base)
    if year:
        return f"told of {year}"
    if view.sentence.zone == QUOTE and re.search(r"(?i)\b(?:i|we)['’]?(?:ve)? (?:joined|founded|started|began)\b", clause):
        return "history"
    return None


_DATED = re.compile(r"\bdated\b[^.;()]{0,30}$")


def old_year(view: View, start: int, end: int, base: date | None) -> int | None:
    """Return the year that the clause dates itself to, when that is more than a year before the document."""
    if base is None:
        return None
    text = view.sentence.text
    begin, stop = view.span(start, end)
    begin, stop = max(0, begin - view.sentence.start - 80), stop - view.sentence.start + 60
    for match in _YEAR.finditer(text, begin, min(stop, len(text))):
        year = int(match.group("year"))
        if _DATED.search(text, max(0, match.start("year") - 45), match.start("year")):
            continue  # "amended the credit agreement dated as of June 3, 2025": the day of a paper, not of what is told
        between = text[match.end() : max(match.end(), view.span(start, end)[0] - view.sentence.start)]
        if "," in between and re.search(r"(?i)\b(?:since|from|who|which|where)\b", text[max(0, match.start() - 60) : match.end()]):
            continue  # "Jane Roe, who has been here since 2019, has now assumed"
        if year < base.year - 1 or (year == base.year - 1 and base.month > 6):
            return year
    return None
