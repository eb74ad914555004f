"""Finds who takes, gives up or changes a senior post: one event for each person and move named in a sentence.

The sentence's people and offices are masked (P and T below); each construction is one expression over that form, and the
office is the one that the construction itself points at, else the nearest. Works for headlines that name an office alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from store.records import TriggerEvent
from triggers.companies import LEGAL, same_name
from triggers.dates import effective_date
from triggers.expression import Expression
from triggers.parties import doer, same_person
from triggers.qualify import old_year
from triggers.reading import Found, Reading
from triggers.structure import BODY, HEADLINE, LEAD, QUOTE
from triggers.view import SORTS, Entity, View

P = rf"(?:{SORTS['person']}[\ue100-\uf8ff])"
T = rf"(?:{SORTS['title']}[\ue100-\uf8ff])"
O = rf"(?:{SORTS['company']}[\ue100-\uf8ff])"  # noqa: E741 (a sort, like P and T)
G = rf"(?:{SORTS['place']}[\ue100-\uf8ff])"
# "Jane Roe, John Doe and Ann Poe": as many as are named in one breath, each perhaps with an apposition
PEOPLE = rf"(?P<people>{P}(?:,? \([^)]*\))?(?:(?:, {T}(?: of {O})?)?(?:,? and |, |; ){P}){{0,7}})"
BOARD = r"(?:(?:board|boards)(?: of (?:directors|managers|trustees|governors|regents))?(?! (?:advis|observ|fellow|committee))|supervisory board|management board|executive (?:board|committee|leadership team|team)|leadership team|c-suite|managing directorate)"
GAP = r"[^;\n\ue002]{0,90}?"  # no other person between
WIDE = r"[^;\n]{0,140}?"
MR = r"(?:(?:Mr|Ms|Mrs|Dr|Prof|Sir|Messrs)\.? ?)?"

# verbs of giving a post to somebody
_GIVE = r"appoint(?:s|ed|ing)?|nam(?:es|ed|ing)|name|elect(?:s|ed|ing)?|hir(?:es|ed|ing)|hire|tap(?:s|ped|ping)|pick(?:s|ed)|select(?:s|ed)|promot(?:es|ed|ing)|promote|elevat(?:es|ed|ing)|install(?:s|ed)|recruit(?:s|ed)?|welcom(?:es|ed|ing)|cho(?:oses|se)|designat(?:es|ed)|nominat(?:es|ed|ing)|add(?:s|ed|ing)|bring(?:s|ing) (?:in|on|aboard)|brought (?:in|on)|engag(?:es|ed)|retain(?:s|ed)|re-?appoint(?:s|ed)|employs|poach(?:es|ed)|lur(?:es|ed)|land(?:s|ed)|snag(?:s|ged)|nab(?:s|bed)|announc(?:es|ed|ing)|introduc(?:es|ed|ing)|onboard(?:s|ed)|expand(?:s|ed)|strengthen(?:s|ed)|bolster(?:s|ed)|turn(?:s|ed) to|draft(?:s|ed)|mov(?:es|ed)|anoint(?:s|ed)|crown(?:s|ed)|recall(?:s|ed)|assign(?:s|ed)|enlist(?:s|ed)"
_GIVEN = r"(?:re-?)?(?:appointed|named|elected|hired|tapped|picked|selected|promoted|elevated|installed|recruited|chosen|designated|nominated|added|retained|engaged|brought (?:in|on)|moved up|made|approved|confirmed|transitioned|assigned)"
_GIVING = r"appointments?|promotions?|elections?|hirings?|hires?|(?<!in )additions?(?= of)|nominations?|selections?|elevations?|recruitment|arrival|succession|transition|re-?appointment|naming"
_TAKE = (
    r"becom(?:es|e|ing)|became|tak(?:es|e|ing) (?:over|on|up|the (?:helm|reins|role|position|job|post|top)|charge|office|his seat|her seat)(?: the (?:role|position|post|title|job|helm|reins|duties))?|took (?:over|on|up|the (?:helm|reins|role|position|job))|assum(?:es|e|ed|ing)(?: (?:the|an?|his|her|additional|all|expanded)){0,2}(?: (?:role|roles|position|positions|title|titles|post|duties|responsibilit(?:y|ies)|office|leadership|helm|reins|mantle))?"
    r"|succeed(?:s|ed|ing)?|replac(?:es|e|ed|ing)|step(?:s|ped|ping)? (?:in|into|up)|ascend(?:s|ed)? to|return(?:s|ed|ing)? (?:as|to)|start(?:s|ed|ing)? (?:as|in)|begin(?:s|ning)? (?:as|in|his|her)|began (?:as|in)|serv(?:e|ing) as|act as|lead|leads|head|chair|transition(?:s|ed|ing)? (?:in)?to|move(?:s|d)? (?:in|up|over)?to|be|rejoin(?:s|ed|ing)?|oversee|fill|continue as|run"
)
_JOIN = r"(?:re-?)?join(?:s|ed|ing)?"
# verbs of giving a post up
_LEAVE = (
    r"resign(?:s|ed|ing)?|retir(?:es|ed|ing)|retire|step(?:s|ped|ping)? (?:down|aside|back|away)|depart(?:s|ed|ing)?|leav(?:es|ing)|leave|left|quit(?:s|ting)?|exit(?:s|ed|ing)?|relinquish(?:es|ed|ing)?|vacat(?:es|ed|ing)|vacate|stand(?:s|ing)? down|stood down|ceas(?:es|ed|e) (?:to (?:serve|be|hold)|serving|being|employment|his|her)|conclud(?:es|ed|e) (?:his|her|their) (?:service|tenure|role|term)|"
    r"tender(?:s|ed|ing)? (?:his|her|their|a) (?:\w+ )?resignation|submit(?:s|ted|ting)? (?:his|her|their|a) (?:\w+ )?resignation|(?:no longer|not) (?:be )?(?:serv(?:e|es|ing)|hold(?:s|ing)?|(?:be |is |a )?(?:employed|with|stand(?:ing)? for (?:re-?)?(?:election|nomination))|continue|seek re-?election|be (?:nominated|standing))|not (?:to )?(?:stand|run|seek) (?:for )?re-?election|not (?:to )?stand for election|"
    r"(?:was|were|been|be|is|are) (?:\w+ly )?(?:terminated|dismissed|fired|ousted|removed|let go|replaced|succeeded|separated|relieved|suspended|sacked|involuntarily terminated)|move(?:s|d)? on|bow(?:s|ed|ing)? out|call(?:s|ed|ing)? it quits|give(?:s)? up|gave up|giving up|hand(?:s|ed|ing)? over|pass(?:es|ed|ing)? (?:away|the (?:baton|torch|reins))|died|transition(?:s|ed|ing)? (?:from|out of)|transition(?:s|ed|ing)? (?:\w+ )?(?:in)?to (?:an? |the )?(?:\w+ )?(?:advis|consult|non-executive|emerit)|separate(?:s|d)? from|ends? (?:his|her)|out as|ousted|sacked|fired|suspended|to go\b|took early retirement|terminat(?:ed|es|ing) (?:his|her) employment"
)
_LEAVING = r"resignations?|retirements?|departures?|terminations?|removals?|exits?|dismissals?|ouster|firing|separation|stepping down|step down|leaving|cessation|passing|death|decision (?:not )?to (?:retire|resign|step|leave|depart|stand|seek)"
_OUST = r"fir(?:es|ed|ing)|oust(?:s|ed|ing)?|dismiss(?:es|ed|ing)|sack(?:s|ed)|remov(?:es|ed|ing)|terminat(?:es|ed|ing)(?: the employment of)?|part(?:s|ed|ing) (?:ways|company) with|axes?|axed|let(?:s)? go(?: of)?|replac(?:es|ed|ing)|suspend(?:s|ed)|loses|los(?:t|ing)|separat(?:ed|es) (?:from|with)|accept(?:s|ed) the resignation of|boots?"
_AUX = r"(?:(?:has|have|had|will|would|shall|is|are|was|were|be|been|being|to|also|today|recently|officially|formally|now|then|each|subsequently|immediately|temporarily|permanently|unanimously|previously|both|either|expected|set|slated|poised|due|plans?|planned|planning|intends?|intending|intention|intent|decided|decides|chosen|chose|elected|agreed|wants?|going|about|announc(?:ed|es|ing)|his|her|their|decision|that|he|she|they|not|never|no|plan|would|may|might|could|should|abruptly|suddenly|voluntarily|unexpectedly|reportedly|the|desire|considering|in talks|continue|officially|notified \S+(?: \S+){0,14}? (?:of|that)|informed \S+(?: \S+){0,14}? (?:of|that)|advised \S+(?: \S+){0,14}? (?:of|that)|provided notice (?:of|to)|gave notice|,)\s*)"
_ROLE = r"(?:(?:the|a|an|its|their|our|his|her|new|newest|next|first|company['’]s|firm['’]s|role|roles|position|positions|post|posts|office|title|titles|of|as|to|be|serve|in|the company['’]s|additional|permanent|full-time|newly created|newly[- ]established|group|global|interim|acting|co-?|joint|independent|duties|responsibilities|job|capacity|function|member|members|one|chief|\ue004[\ue100-\uf8ff](?:['’]s)?)[\s-]+)"
_APPOSITION = rf"(?:,? (?:\([^)]*\)|age \d+|\d\d|{T}|{O}|{SORTS['number']}|[MPJ]\.[DB]|Ph\.D|who |which |formerly |previously |currently |a |an |the |former |most recently |our |its |with |of |at |has |had |also ){WIDE}(?=[,\s]))?"

_JOINS = [
    # Acme appoints former Beta finance chief Jane Roe as its new CFO; named Dennis Roe, formerly vice president of Beta, president
    rf"\b(?P<verb>{_GIVE})\b{GAP}{PEOPLE}(?P<mid>,? (?:(?:as|to(?: be| become| serve as| the)?|into|in)[\s]){_ROLE}{{0,7}}(?P<t>{T}|{BOARD}))",
    rf"\b(?P<verb>{_GIVE})\b{GAP}{PEOPLE}(?P<mid>,? (?:to|onto) {_ROLE}{{0,5}}(?:{O}(?:['’]s?)? )?(?:[\w-]+ ){{0,2}}(?P<t>{BOARD}|{T}))",
    rf"\b(?P<verb>{_GIVE})\b{GAP}{PEOPLE}(?P<mid>(?:,? [^;\n\ue002]{{0,110}}?)(?:,| as| to| to the| to serve as| into) {_ROLE}{{0,6}}(?P<t>{T}|{BOARD}))",
    rf"\b(?P<verb>nam(?:es|ed|ing)|appoint(?:s|ed)|elect(?:s|ed)|promot(?:es|ed)|mak(?:es|ing)|made) {PEOPLE}(?P<mid> {_ROLE}{{0,5}}(?P<t>{T}))",
    # names new chief financial officer Jane Roe; hires new director, Jane Roe; welcomes as its new CEO Jane Roe
    rf"\b(?P<verb>{_GIVE}|new|incoming)\b (?:as )?{_ROLE}{{0,5}}(?P<t>{T})(?: of {O})?,? {PEOPLE}(?! (?:said|says|adds|added|told|noted|joins|shares|discusses|explains|talks|speaks|comment))",
    rf"\b(?P<verb>newly[- ](?:appointed|named|hired|elected|minted|installed|promoted)) {_ROLE}{{0,5}}(?P<t>{T})(?: of {O})?,? {PEOPLE}",
    # the appointment of Jane Roe as CFO; appointment of new CFO Jane Roe; the addition of Jane Roe to its board
    rf"\b(?P<verb>{_GIVING})(?:,? [^;\n\ue002]{{0,40}}?)? (?:of|for|to) (?:[^;\n\ue002]{{0,90}}? )?{MR}{PEOPLE}(?P<mid>[^;\n\ue002]{{0,120}}?(?:as|to(?: the)?|,|into|in) {_ROLE}{{0,6}}(?:{O}(?:['’]s?)? )?(?P<t>{T}|{BOARD}))",
    rf"\b(?P<verb>{_GIVING}) of {_ROLE}{{0,4}}(?P<t>{T})(?: of {O})?,? {MR}{PEOPLE}",
    rf"{MR}{PEOPLE}['’]s? (?P<verb>{_GIVING})(?P<mid> (?:as|to) {_ROLE}{{0,6}}(?:{O}['’]s? )?(?P<t>{T}|{BOARD}))",
    # Jane Roe (, former CFO of Beta,) has been appointed (as) CEO; was elected to the board
    rf"{MR}{PEOPLE}{_APPOSITION},?\s*(?:{_AUX}{{1,6}}|,)\s*(?P<verb>{_GIVEN})\b(?P<mid>[^;\n\ue002]{{0,100}}?\b(?:as|to(?: serve as| be| fill)?|into)? ?{_ROLE}{{0,6}}(?:{O}(?:['’]s?)? )?(?P<t>{T}|{BOARD}))",
    # headline: Jane Roe named CFO of Acme; Jane Roe Promoted to CEO
    rf"{PEOPLE}(?:,? [^;\n\ue002]{{0,60}}?)? (?P<verb>{_GIVEN})(?P<mid>,? (?:(?:as|to|to be|to serve as) )?{_ROLE}{{0,5}}(?:{O}(?:['’]s?)? |(?:[\w&.’'-]+ ){{1,3}}?)?(?P<t>{T}|{BOARD}))",
    rf"\b(?P<verb>(?:was|were|been|is|be) {_GIVEN})[^;\n\ue002]{{0,30}} (?P<t>{T}|{BOARD})(?:[^;\n\ue002]{{0,30}}): {PEOPLE}",
    # Jane Roe joins Acme as CFO; has joined the board of Acme; joins Acme's board
    rf"{MR}{PEOPLE}{_APPOSITION},?\s*{_AUX}{{0,5}}(?P<verb>{_JOIN})\b(?P<mid>[^;\n\ue002]{{0,110}}?\b(?:as|in the (?:role|position) of|,|to (?:lead|head|serve as|become)) {_ROLE}{{0,6}}(?P<t>{T}))",
    rf"{MR}{PEOPLE}{_APPOSITION},?\s*{_AUX}{{0,5}}(?P<verb>{_JOIN})\b(?P<mid>[^;\n\ue002]{{0,70}}?(?P<t>{BOARD}))",
    rf"(?P<verb>{_JOIN}) by {MR}{PEOPLE}(?P<mid>[^;\n\ue002]{{0,60}}?(?:as|,|who) [^;\n\ue002]{{0,30}}?(?P<t>{T}))",
    # Jane Roe will become CEO; takes over as, assumes the role of, succeeds John Doe as
    rf"{MR}{PEOPLE}{_APPOSITION},?\s*{_AUX}{{0,5}}(?P<verb>{_TAKE})\b(?P<mid>(?:,? (?:{MR}{P}['’]?s?|[^;\n\ue002]{{0,60}}?))?(?:,? (?:as|to become|of|in))? ?{_ROLE}{{0,6}}(?:{O}(?:['’]s?)? )?(?P<t>{T}|{BOARD}))",
    rf"{MR}{PEOPLE}{_APPOSITION},?\s*{_AUX}{{0,5}}(?P<verb>assum(?:e|es|ed|ing)|tak(?:e|es|ing) over|took over|fill(?:s|ed|ing)?)(?P<mid> {MR}{P}(?:['’]s?)? (?:\w+ )?(?:duties|responsibilities|role|roles|position|office|seat|vacancy))",
    # has named Jane Roe to succeed John Doe; the office stands with John Doe
    rf"\b(?P<verb>{_GIVE}) {PEOPLE}(?P<mid> (?:to (?:succeed|replace|lead|head|run|chair|take over)|as (?:his |her |the )?(?:successor|replacement))[^;\n]{{0,90}}?(?P<t>{T}))",
    # will be succeeded by Jane Roe, who becomes CEO
    rf"\b(?P<verb>(?:succeeded|replaced|followed) by)\b (?:[^;\n\ue002]{{0,50}} )?{MR}{PEOPLE}(?P<mid>(?:,? (?:who |as |the |currently |[^;\n\ue002]{{0,40}}?)(?:as |become |becomes )?{_ROLE}{{0,5}}(?P<t>{T}))?)",
    # introduces Jane Roe, its new CFO; Jane Roe is the new CEO of Acme
    rf"{MR}{PEOPLE}(?P<mid>,? (?P<verb>(?:is|as)(?: now)?(?: (?:the|its|their|our|his|her|acme['’]s|{O}['’]s?))? (?:new|newest|next|newly appointed|incoming)) {_ROLE}{{0,4}}(?P<t>{T}))",
    rf"(?P<verb>new|next|newest|incoming) {_ROLE}{{0,3}}(?P<t>{T})(?: of {O})? (?:is|will be|:|—|-) ?{MR}{PEOPLE}",
    # moves to JLL as managing director; returns to Acme as CEO
    rf"{PEOPLE} (?P<verb>moves|heads|returns|jumps|goes|switches) (?:over |back )?to [^;\n\ue002]{{2,60}}?(?P<mid> as {_ROLE}{{0,4}}(?P<t>{T}))",
    rf"\b(?P<verb>serve|serves|act) as {_ROLE}{{0,4}}(?P<t>(?:interim |acting ){T})[^;\n\ue002]{{0,40}}{MR}{PEOPLE}",
]
_LEAVES = [
    # Jane Roe, CFO, will step down (as CFO) at year's end
    rf"{MR}{PEOPLE}(?P<app>{_APPOSITION}),?\s*(?:(?:,? (?:who|and) )?{_AUX}{{0,12}})(?P<verb>{_LEAVE})\b(?P<mid>(?:[^;\n\ue002]{{0,60}}?(?:as|from|of|his|her|position|role|the|,) {_ROLE}{{0,6}}(?:{O}(?:['’]s?)? )?(?P<t>{T}|{BOARD}))?)",
    # the resignation of Jane Roe as CFO; announces retirement of CEO Jane Roe; separation of
    rf"\b(?P<verb>{_LEAVING})(?: and \w+)?(?: date)? (?:of|for|by|from) (?:(?:(?!\band\b)[^;\n\ue002]){{0,70}}? )?{MR}{PEOPLE}(?P<mid>(?:[^;\n\ue002]{{0,60}}?(?:as|from|,) {_ROLE}{{0,6}}(?P<t>{T}|{BOARD}))?)",
    rf"{MR}{PEOPLE}['’]s? (?:\w+ ){{0,2}}(?P<verb>{_LEAVING})(?P<mid>(?: (?:as|from|of) {_ROLE}{{0,6}}(?P<t>{T}|{BOARD}))?)",
    # received from Jane Roe notice of his resignation; accepted the resignation tendered by
    rf"(?:receiv\w+|accept\w+)[^;\n\ue002]{{0,60}}?(?:from|of|by) {MR}{PEOPLE}[^;\n\ue002]{{0,80}}?\b(?P<verb>{_LEAVING}|{_LEAVE})(?P<mid>(?:[^;\n\ue002]{{0,40}}?(?:as|from) {_ROLE}{{0,6}}(?P<t>{T}|{BOARD}))?)",
    # Acme fires CEO Jane Roe, parts ways with
    rf"\b(?P<verb>{_OUST}) (?:{_ROLE}{{0,4}}(?P<t>{T}),? )?{MR}{PEOPLE}",
    # Acme CFO Jane Roe to retire
    rf"(?P<t>{T})(?: of {O})?,? {MR}{PEOPLE}(?:,? \([^)]*\))?,? {_AUX}{{0,6}}(?P<verb>{_LEAVE})\b",
]
# succeeds John Doe, who is retiring: the predecessor goes
_PREDECESSOR = Expression(
    rf"\b(?:succeed(?:s|ed|ing)?|replac(?:es|e|ed|ing)|tak(?:es|e|ing) over (?:from|for)|took over from|fill(?:s|ing)? (?:the )?\w+ (?:left|vacated) by|successor to|follow(?:s|ing)?|replacement for|in place of) (?:{_ROLE}{{0,3}}{T},? )?(?:(?:founder|founding|long-?time|retiring|outgoing|departing|former|current|interim|acting)[ -]?(?:{T} )?)*{MR}{P}",
    re.IGNORECASE,
)
_UNNAMED_JOINS = Expression(
    rf"\b(?P<verb>nam(?:es|ed|ing)|appoint(?:s|ed|ing)?|hir(?:es|ed|ing)|hire of|tap(?:s|ped)|pick(?:s|ed)|select(?:s|ed)|welcom(?:es|ed)|announc(?:es|ed|ing)|elect(?:s|ed)|promot(?:es|ed)|introduc(?:es|ed)|gets?|recruit(?:s|ed)|add(?:s|ed)|poach(?:es|ed)|hir\w+|brings? (?:in|on)|unveils?|appointment of|with|has)\b (?P<rest>(?:[^;,.\n\ue002]{{0,70}}? (?:as|to be|to) )?{_ROLE}{{0,5}}(?:[\w&’'-]+ ){{0,3}}?(?P<t>{T}|\bboard(?: of directors)?\b|\bto (?:its |the )?board\b))",
    re.IGNORECASE,
)
_UNNAMED_LEAVES = Expression(
    rf"(?P<t>{T})(?: of {O})?,? (?:(?-i:[A-Z][\w-]+) ){{0,2}}(?:{_AUX}{{0,6}})(?P<verb>{_LEAVE})\b|(?P<verb2>{_LEAVING}|succession|transition) (?:of|plan for) {_ROLE}{{0,4}}(?P<t2>{T})|(?P<t3>{T}) (?P<verb3>succession|transition|departure|resignation|exit|retirement|resigns|change)\b",
    re.IGNORECASE,
)
_JOIN_EXPRESSIONS = [Expression(p, re.IGNORECASE) for p in _JOINS]
_LEAVE_EXPRESSIONS = [Expression(p, re.IGNORECASE) for p in _LEAVES]

# not a post of a company's leadership, or no change of post at all
_MINOR = re.compile(
    r"(?i)\b(?:advisory (?:board|council|committee)|ambassador|brand|coach|quarterback|assistant (?:coach|manager|professor)|intern\b|fellow\b|professor|spokes\w+|keynote|speaker|judge|juror|member of the (?:parliament|house|senate)|senator|governor of|mayor|minister|secretary of (?:state|defense|the treasury)|prime minister|ambassador|commissioner of|honoree|finalist|winner|recipient|hall of fame|forbes|fortune|inc\.? 5000|40 under|30 under|top \d+|best |most influential|person of the year|who['’]s who|rising star|women (?:in|of)|super lawyers?|award|nominee for|nominated for)\b"
)
_ADVISORY = re.compile(r"(?i)\b(?:advisory|advisors?['’]?|advisers) (?:board|council|committee|panel)\b")
_AWARD = re.compile(
    r"(?i)\b(?:named|selected|recognized|honou?red|listed|ranked|featured|chosen) (?:\w+ )?(?:to|in|as|on|by|among|one of|a|an)\b[^.]{0,60}\b(?:list|award|honou?r|ranking|lawyers?|top|best|finalist|leader in|leaders? (?:of|in) the|winner|hall of fame|magazine|forbes|fortune|power|under \d+|edition|of the year|icon|influential|quadrant|wave|company|firm|provider|partner|vendor|member of the month)\b"
)
_BIOGRAPHY = re.compile(
    r"(?i)\b(?:previously|formerly|most recently|prior to|before|earlier|has (?:served|been serving|held|worked|been (?:an?|our|the|with|employed|a member))|had (?:served|been|held)|served (?:as|in|on)|was (?:previously|formerly|the|an?|also|most recently)|who (?:served|was|has|had)|began (?:his|her)|started (?:his|her)|joined (?:the company|us|our|\S+) in|from (?:19|20)\d\d|since (?:19|20)\d\d|since (?:joining|january|february|march|april|may|june|july|august|september|october|november|december|\d)|career|held (?:various|several|positions|a|the|roles|numerous|leadership|senior))\b"
)
_PAY = re.compile(
    r"(?i)\b(?:base salary|annual bonus|equity award|restricted stock|stock options?|severance|offer letter|compensation (?:arrangement|package|plan)|will (?:be entitled|receive|be eligible)|in connection with (?:his|her|their|such|the|this|mr|ms|dr)|pursuant to (?:the|his|her)|employment agreement|upon (?:his|her|a|any|the) |indemnification|vest(?:s|ed|ing)?|target (?:bonus|award)|relocation)\b"
)
_FAMILY = re.compile(
    r"(?i)family relationship|arrangements? or understandings?|Item 404|related (?:party|person) transaction|selected as (?:a director|an officer)"
)
_COMMITTEE = re.compile(
    r"(?i)\b(?:(?:audit|compensation|nominating|governance|finance|risk|executive|human resources|technology|special|leadership)[\w, &]{0,60}committees?)\b"
)
_AUDITOR = re.compile(
    r"(?i)\b(?:independent (?:registered )?(?:public )?account|auditors?\b|distributor|dealer|reseller|partner of record|counsel to|agent for|agency of record|underwriter|bookrunner|adviser to|advisor to|transfer agent|representative of)"
)
_PROMOTE = re.compile(
    r"(?i)promot|elevat|moved? up|steps? up|transition|additional|ascend|assum|appointed? from within|expand(?:ed|s) (?:his|her)|continue"
)

# heads of state and government, ministers, legislators
_POLITICS = re.compile(
    r"(?i)\b(?:prime minister|premier|parliament|lawmakers|snap election|senator|congress(?:man|woman)|president (?:joe |donald |vladimir |emmanuel )?(?:biden|trump|putin|macron|obama|xi|zelensk\w+|erdogan|lula|milei)|white house|(?:sri lanka|mexic|russia|ukrain|french|brazil|argentin|south korea|chin|turk|ital|german|egypt|pakistan|philippin|peru|colombia|venezuela|indonesia|u\.?s\.?)\w*(?:['’]s)? (?:interim |acting |former |new )?(?:president|minister|chancellor)|cabinet (?:minister|member)|head of state|coalition government|attorney general|secretary of (?:state|defense|the treasury)|u\.?s\.? ambassador|supreme court|head coach|offensive coordinator|starting (?:quarterback|pitcher)|special envoy)\b"
)
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
        r"(?i)\b(?:board|chair(?:man|woman|person)?|trustee|non-?executive|independent director|supervisory|lead director)\b|^(?:an? |the |new |its )?(?:lead |outside )?director$|^directors$",
        title,
    ):
        return "board"
    if re.search(
        r"(?i)\b(?:head|general manager|managing|director|country|controller|treasurer|partner|principal|secretary|senior|president|executive|lead|officer|vp)\b",
        title,
    ):
        return "senior"
    return "other"


def function_of(title: str, level: str) -> str | None:
    """Return the function that the words of an office belong to; the board has none."""
    if level == "board":
        return None
    for name, words in FUNCTIONS:
        if re.search(rf"(?i)\b(?:{words})", title):
            return name
    return "general"


def find(view: View, reading: Reading) -> Iterable[Found]:
    """Yield each move that the sentence tells of."""
    masked = view.masked
    zone = view.sentence.zone
    if (
        _FAMILY.search(masked)
        or _POLITICS.search(view.sentence.text)
        or (_AWARD.search(masked) and not re.search(r"(?i)\b(?:as|to be) (?:its |the )?(?:new |next )?" + T, masked))
    ):
        return
    named = _named(view, reading)
    yield from named
    if named:
        return
    if zone == HEADLINE or len(reading.sentences) <= 2:
        yield from _terse(view, reading)
    elif zone == LEAD and reading.index < 2 and not view.of("person"):
        yield from _unnamed(view, reading)


# what a headline says in short: the person without the office, the office without the person, or the team alone
_TERSE_JOINS = Expression(
    rf"\b(?P<verb>appoint(?:s|ed|ing)?|nam(?:es|ed)|elect(?:s|ed)|hir(?:es|ed|ing)|hires? of|tap(?:s|ped)|pick(?:s|ed)|promot(?:es|ed)|welcom(?:es|ed)|recruit(?:s|ed)|poach(?:es|ed)|lur(?:es|ed)|adds?|appointments? of|addition of|secur(?:es|ed)|select(?:s|ed)|cho(?:oses|se)|engages|brings? on|(?:re)?joined by)\b(?! (?:in|on|behind|for)\b)[^;\n\ue002]{{0,70}}?{PEOPLE}",
    re.IGNORECASE,
)
_TERSE_MOVES = Expression(
    rf"{PEOPLE}[^;\n\ue002]{{0,110}}?\b(?P<verb>(?:to )?(?:re)?joins?|has joined|joined|named|appointed|promoted|elected|hired|tapped|to (?:lead|head|run|chair|become|take over|replace|succeed|rejoin|return|co-head)|becomes|takes (?:over|the helm|charge|reins)|steps (?:in|into|up)|returns (?:to|as)|is (?:the |its )?new)\b",
    re.IGNORECASE,
)
_TERSE_LEAVES = Expression(
    rf"(?:{P}|{T})[^;\n]{{0,50}}?\b(?P<verb>resign(?:s|ed|ing)?|to resign|retir(?:es|ed|ing)|to retire|step(?:s|ped|ping)? (?:down|aside)|to step (?:down|aside)|to (?:leave|depart|exit)|depart(?:s|ed|ing)|leav(?:es|ing)|has left|left|quits?|exits?|ousted|fired|suspended|out as|will leave|is out)\b|\b(?P<oust>fires?|ousts?|sacks?|suspends?|loses|parts ways with|dismisses|removes?)\b [^;\n]{{0,40}}?(?:{T}|{P}|executives?|officials?)|\b(?P<noun>resignation|retirement|departure|exit|ouster) of\b[^;\n]{{0,50}}?(?:{P}|{T})",
    re.IGNORECASE,
)
_TEAM = Expression(
    r"\b(?P<verb>strengthen(?:s|ed|ing)?|expand(?:s|ed|ing)?|bolster(?:s|ed|ing)?|chang(?:es|ed|ing)(?: up)?|reshuffl(?:es|ed|ing)|shak(?:es|ing) up|shake[- ]?up|overhaul(?:s|ed)?|announc(?:es|ed|ing)|appoint(?:s|ed|ing)?|nam(?:es|ed)|hir(?:es|ed|ing)|add(?:s|ed)|mak(?:es|ing)|revamps?|promot(?:es|ed)|welcom(?:es|ed)|elect(?:s|ed)|buil?ds?|enhanc(?:es|ed)|round(?:s|ed) out|rejigs?|reorganizes?|restructures?|drafts?|recruits?|taps?|poaches|lures)\b[^;\n]{0,90}?\b(?P<team>(?:leadership|management|executive|senior|c-suite|exec) (?:leadership |management |executive )?(?:team|teams|changes?|appointments?|transitions?|hires?|promotions?|leaders?|executives?|moves|positions|shake[- ]?up|succession|ranks)|key (?:transitions|appointments|hires|executives?|leadership \w+|promotions|management \w+)|board (?:appointments?|changes?|transitions?|members?)|(?:new|two|three|four|five|several|additional|top|independent|senior|veteran|google|former|ex-?\w*) (?:\S+ ){0,3}?(?:directors|executives?|exec|execs|leaders|veterans?|bankers?|officials?|partners|vice presidents|managers|board members?|officers|trader|traders|chief|boss|members)|(?:ceo|cfo|coo|chief \w+ officer|chair(?:man)?|leadership|executive|board|management) (?:succession|transition|changes?|appointments?)|leadership|succession (?:plan|planning)?|new appointments|appointments)\b",
    re.IGNORECASE,
)
_TERSE_NOT = re.compile(
    r"(?i)\b(?:podcast|webinar|interview|talk|speak|discuss|keynote|panel|lawsuit|call(?:s)? (?:for|on)|race|fight|protest|strike|list|index|s&p|nasdaq|award|winner|finalist|recipient|honou?ree|scholar|best|top \d|ranking|fund(?:s)?\b|etf|joins? (?:forces|nato|eu|the eu|rally|growing|other|hundreds|calls|bid|race)|as (?:a |an |its |the )?(?:exclusive |official |preferred |new |lead )*(?:distributor|dealer|partner|sponsor|agent|agency|supplier|vendor|adviser to|advisor on|provider|bookrunner|auditor|underwriter|headliner|grand marshal|speaker|judge|ambassador|guest)|senate|congress|parliament|prime minister|president (?:biden|trump|putin|xi|macron|zelensk\w+)|biden|trump|putin|minister|supreme court|white house|federal reserve|\bfed\b|governor|mayor|king\b|queen|pope|coach|quarterback|player|season|nba|nfl|mlb|club|striker|midfielder)\b"
)


def _terse(view: View, reading: Reading) -> Iterator[Found]:
    """Yield what a headline tells with the person, the office or the team missing; surest wording first."""
    masked, words = view.masked, view.sentence.text
    if _TERSE_NOT.search(words) or _MINOR.search(words) or _AUDITOR.search(words):
        return
    unnamed = list(_unnamed(view, reading))
    if unnamed:
        yield from unnamed
        return
    speech = re.search(r"(?i)\b(?:says|said|tells|told|warns|sees|expects|urges|argues|thinks|believes|calls)\b", words)
    for pattern, direction in ((_TERSE_LEAVES, "leaves"), (_TERSE_JOINS, "joins"), (_TERSE_MOVES, "joins"), (_TEAM, "joins")):
        match = pattern.search(masked)
        if not match or (speech and speech.start() < match.start() and direction != "leaves"):
            continue
        group = next(g for g in ("verb", "oust", "noun") if match.groupdict().get(g))
        if pattern is _TERSE_MOVES and _PRIZED.match(masked[match.end(group) :]):
            continue
        people = [e for e in view.of("person") if match.start() <= view.place_of(e) < match.end()]
        title = (
            _title(view, match, people[0], direction)
            if people and "verb" in match.re.groupindex and match.groupdict().get("verb")
            else None
        )
        if pattern is _TERSE_LEAVES and not title:
            titles = view.of("title")
            title = titles[0].text if titles else None
        if (
            pattern is _TERSE_JOINS
            and re.match(r"(?i)(?:adds?|secur|select|cho|engag|welcom|pick)", match.group("verb"))
            and not re.search(r"(?i)\b(?:as|to (?:its|the|lead|head|run|board))\b|veteran|executive|expert|leader|officer|director", words)
        ):
            continue
        if (
            pattern is _TEAM
            and re.match(r"(?i)(?:expand|strengthen|enhanc|build|mak|bolster|announc)", match.group("verb"))
            and re.fullmatch(r"(?i)leadership", match.group("team"))
        ):
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


# "Jane Roe Named a Trailblazer", "named 2031 top workplace", "named to the list": a prize, no post
_PRIZED = re.compile(
    r"(?i)\s+(?:(?:to )?(?:the )?(?:19|20)\d\d|(?:as )?(?:an?|one of|among|in)\b(?! (?:new |next )?(?:partner|director|member|executive|senior|vice|co-|advis|board))|to (?!lead|head|run|chair|oversee|the board|its board|board|join|become|take|replace|succeed))"
)


def _borne_out(person: Entity, reading: Reading) -> bool:
    """True where the text below a headline sets an office beside the person whom the headline names without one; a headline alone is believed."""
    body = [i for i, s in enumerate(reading.sentences[:8]) if s.zone in {LEAD, BODY, QUOTE} and i != reading.index]
    if len(reading.sentences) <= 2:
        return True
    surname = person.text.split()[-1].casefold()
    views = (reading.view_of(i) for i in body)
    return any(surname in view.sentence.text.casefold() and view.of("title") and view.of("person") for view in views)


def _named(view: View, reading: Reading) -> list[Found]:
    """Return the moves of people that the sentence names, the first of each person in and out: the rest is not even looked at."""
    masked = view.masked
    if SORTS["person"] not in masked:
        return []
    told: set[tuple[str, str]] = set()

    def first_told(person: Entity, way: str) -> bool:
        name = reading.parties.person(person.text)
        before = len(told)
        told.add((name.split()[-1] if name else "", way))
        return len(told) > before

    taken: set[tuple[int, str]] = set()
    leaving: set[int] = set()
    out: list[Found] = []
    for pattern in reading.apt(_LEAVE_EXPRESSIONS):
        for match in pattern.finditer(masked):
            for person, at in _people(view, match):
                if (at, "out") in taken or not _is_leave(view, match, at):
                    continue
                taken.add((at, "out"))
                leaving.add(at)
                if first_told(person, "out"):
                    out.append(_found(view, match, person, "leaves", reading))
    predecessors = {}
    for match in _PREDECESSOR.finditer(masked):
        predecessors[match.end() - 2] = match
    joins: dict[int, tuple[tuple[bool, int], re.Match[str], Entity]] = {}
    for pattern in reading.apt(_JOIN_EXPRESSIONS):
        for match in pattern.finditer(masked):
            if _bad_join(view, match):
                continue
            for person, at in _people(view, match):
                if at in predecessors:
                    continue
                if at in leaving and not re.search(r"(?i)appoint|named|elected|promot|become|assum|transition", match.group("verb")):
                    continue
                title = match.groupdict().get("t") or ""
                merit = (not title.startswith(SORTS["title"]), match.start("verb"))
                if at not in joins or merit < joins[at][0]:
                    joins[at] = (merit, match, person)
    for _, match, person in joins.values():
        if first_told(person, "in"):
            out.append(_found(view, match, person, "", reading))
        for place, before in predecessors.items():
            if (place, "out") not in taken and match.start() - 20 <= before.start() <= match.end() + 40:
                taken.add((place, "out"))
                goes = view.entity(masked[place + 1])
                if first_told(goes, "out"):
                    out.append(_successor(_found(view, match, person, "", reading), goes, person, reading))
    return out


def _successor(found: Found, goes: Entity, comes: Entity, reading: Reading) -> Found:
    """Return the departure of the one who is succeeded, from the same words."""
    facts = {
        **found.facts,
        "person": reading.parties.person(goes.text),
        "direction": "leaves",
        "successor": reading.parties.person(comes.text),
        "predecessor": None,
        "previous_company": None,
    }
    return replace(found, facts=facts, confidence=min(found.confidence, 0.8))


def _people(view: View, match: re.Match[str]) -> Iterator[tuple[Entity, int]]:
    start, end = match.span("people")
    for at in range(start, end - 1):
        if view.masked[at] == SORTS["person"] and not re.search(r"(?i)\breport(?:s|ing)? (?:directly )?to $", view.masked[:at]):
            yield view.entity(view.masked[at + 1]), at


def _bad_join(view: View, match: re.Match[str]) -> bool:
    verb = match.group("verb").lower()
    around = view.masked[max(0, match.start() - 40) : match.end() + 40]
    between = match.group("mid") if "mid" in match.re.groupindex and match.group("mid") else ""
    if re.match(r"(?i)(?:announc|introduc|expand|strengthen|bolster|add|engag|retain|turn|mov|assign|land|employ)", verb) and not re.search(
        r"(?i)\b(?:as|to (?:its|the|their|serve|be|lead))\b|,", between + view.masked[match.start() : match.start("people")]
    ):
        return True
    if re.search(
        r"(?i)\b(?:said|says|told|added|commented|explained|noted|stated|according to|quoted|spoke|interview)\b",
        match.group()[: max(0, match.start("t") - match.start())] if match.groupdict().get("t") else match.group(),
    ):
        return True
    if _AUDITOR.search(match.group()) or (_MINOR.search(between) and not re.search(r"(?i)\bchief|president", between)):
        return True
    if re.match(
        r"(?i)(?:lead|leads|head|chair|be|run|serv|act as|oversee|fill|continue|move|return|start|begin|be)\b", verb
    ) and not re.search(
        r"(?i)\b(?:will|to|has been|was|is|now|would|shall|also)\s*(?:then |now |also )?" + re.escape(match.group("verb")), around, re.I
    ):
        return True
    if re.match(r"(?i)be$", verb) and not re.search(r"(?i)\b(?:new|next|interim|acting|its|the company)\b", between):
        return True
    return bool(re.match(r"(?i)\s*continue", verb))


def _is_leave(view: View, match: re.Match[str], at: int) -> bool:
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
    if re.match(r"leaving|leave|step down", verb) and re.search(r"(?i)\bof\s*$", before):
        return False
    if re.match(r"(?:was|were|been|be|is|are) (?:\w+ly )?(?:replaced|succeeded)", verb):
        return True
    if re.match(r"replac", verb):
        # "replaces John Doe": he goes; "X replaced the CFO" is not about X
        return bool(re.search(rf"(?i)replac\w+ (?:{_ROLE}{{0,4}}(?:{T}),? )?{MR}{P}", match.group()))
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
    if re.match(r"not |no longer", verb) is None and re.search(
        r"(?i)\b(?:if|until|unless|should|upon|in the event|in case)\b[^,]{0,40}$", before
    ):
        return False
    return not re.search(r"(?i)\b(?:benefits|plan|savings|age|community|eligib)\w*\b", after[:25])


def _found(view: View, match: re.Match[str], person: Entity, direction: str, reading: Reading) -> Found:
    title = _title(view, match, person, direction)
    masked = view.masked
    where_title = match.groupdict().get("t")
    company = _company_of(view, match, person, direction, reading)
    verb = match.group("verb").lower()
    clause = masked[max(0, match.start() - 30) : match.end() + 60]
    if not direction:
        direction = "changes" if _inside(view, match, person, reading, title) else "joins"
    level = level_of(title or "")
    effective = effective_date(view, view.span(match.start(), match.end())[0])
    facts: dict[str, str | None] = {
        "person": reading.parties.person(person.text),
        "title": title,
        "direction": direction,
        "level": level if title else None,
        "function": function_of(title, level) if title else None,
        "effective": effective.text if effective else ("immediately" if re.search(r"(?i)effective immediately", masked) else None),
        "previous_company": _previous(view, person) if direction == "joins" else None,
    }
    other = _PREDECESSOR.search(masked)
    if other and direction != "leaves":
        name = view.entity(masked[other.end() - 1])
        if name.text != person.text:
            facts["predecessor"] = reading.parties.person(name.text)
    confidence = 0.95 if title else 0.8
    zone = view.sentence.zone
    if _ADVISORY.search(view.text(match.start(), min(len(masked), match.end() + 12))):
        confidence -= 0.5
    elif level == "other" or _MINOR.search(view.text(*match.span())):
        confidence -= 0.35
    status = None
    if re.match(r"nominat", verb):
        status = "planned"
    biography = _biography(view, match, person)
    if biography:
        confidence -= 0.6
    if _PAY.search(clause) and not re.search(
        r"(?i)\b(?:appointed|resign|retire|elected|named|step)", masked[match.start("verb") : match.end("verb") + 5]
    ):
        confidence -= 0.4
    if _COMMITTEE.search(masked[match.start() : match.end() + 60]) and not where_title:
        confidence -= 0.5
    if zone == QUOTE:
        confidence -= 0.25
    start, end = sorted((match.start("verb"), match.end("verb")))
    return Found(
        start,
        end,
        facts,
        company,
        status or _status(view, match, direction),
        confidence,
        news=not biography and _is_news(view, match, reading),
    )


def _status(view: View, match: re.Match[str], direction: str) -> str | None:
    """Return the status of a move where its own words tell it: a departure is worded with negations that deny nothing."""
    masked = view.masked
    near = masked[max(0, match.start("verb") - 70) : match.end("verb") + 20]
    if re.search(
        r"(?i)\b(?:will|would|does|did) not (?:be )?(?:join|be appointed|become|succeed|take|serve|be elected|step down|resign|retire|leave)|no plans to|den(?:y|ies|ied)|withdr(?:ew|awn|aw)\b|declined? to (?:join|serve)|rescind|defer (?:his|her) retirement",
        near,
    ) and not (direction == "leaves" and re.search(r"(?i)not (?:be )?(?:stand|serve|seek|continue|run)", near)):
        return "denied"
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
    if re.search(r"(?i)\b(?:has been|have been|was|were|has|have|is now|became|took|effective immediately)\b", near) and not re.search(
        r"(?i)\b(?:will|to be|plans|effective (?:january|february|march|april|may|june|july|august|september|october|november|december))",
        masked[match.start() : match.end() + 60],
    ):
        return "completed"
    return "announced"


def _is_news(view: View, match: re.Match[str], reading: Reading) -> bool:
    """True where the wording is one of a fresh move, so that words of history beside it ("after 20 years") do not silence it."""
    near = view.masked[max(0, match.start() - 60) : match.end() + 80]
    if re.search(
        r"(?i)as (?:previously|earlier) (?:announced|disclosed|reported)|(?:previously|earlier) (?:announced|disclosed|reported)", near
    ):
        return False
    if re.search(r"(?i)\b(?:if|when|upon|in the event|since|before)\b[^,]{0,30}$", view.masked[: match.start()]):
        return False
    if old_year(view, match.start("verb"), match.end("verb"), reading.base):
        return False
    return not re.search(r"(?i)\b(?:years? ago|last year|in the (?:19|20)\d0s)\b", near)


def _biography(view: View, match: re.Match[str], person: Entity) -> bool:
    masked = view.masked
    verb_at = match.start("verb")
    before = masked[max(0, verb_at - 70) : verb_at]
    if re.fullmatch(_GIVING, match.group("verb"), re.IGNORECASE) and re.search(
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
    first = _BIOGRAPHY.search(masked)
    return bool(
        first
        and first.start() < verb_at
        and first.start() > match.start("people")
        and verb_at > match.start("people")
        and not re.search(r"(?i)\b(?:has been|was|will|is|today|has now|now|has)\s+(?:also |now |then )?$", before)
    )


def _title(view: View, match: re.Match[str], person: Entity, direction: str) -> str | None:
    """Return the office: the one the construction points at, else the one beside the person's name, else the nearest."""
    masked = view.masked
    if match.groupdict().get("t"):
        start, end = match.span("t")
        while end < len(masked) and (
            extra := re.match(
                rf"(?:,? and |, | & |/| and as |,? and as )(?:(?:a |an |the |its |as )*)({T}|(?:a )?member of the board(?: of directors)?)",
                masked[end:],
            )
        ):
            if extra.group(1)[0] != SORTS["title"] or end - start > 60:
                break
            end += extra.end()
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


def _company_of(view: View, match: re.Match[str], person: Entity, direction: str, reading: Reading) -> str | None:
    """Return the company as written, where the sentence says whose office it is."""
    masked = view.masked
    verb = match.group("verb").lower()
    tail = masked[match.end() : match.end() + 60]
    if re.match(_JOIN, verb):
        joined = (
            re.match(rf"\s*(?:the (?:board of directors of )?)?({O})", masked[match.end("verb") :])
            or re.search(rf"({O})(?:['’]s?)? (?:board|leadership|executive)", masked[match.end("verb") : match.end() + 40])
            or re.search(rf"board of (?:directors of )?({O})", masked[match.end("verb") : match.end() + 40])
        )
        if joined:
            return _entity_text(view, joined.group(1))
        after = re.match(
            r"\s(?:the )?((?-i:[A-Z])[\w&.’-]*(?: (?!as |to |in |to$)(?-i:[A-Z&])[\w&.’-]*){0,4})",
            masked[match.end("verb") :],
            re.IGNORECASE,
        )
        if after and not re.search(BOARD, after.group(1), re.IGNORECASE):
            return re.sub(r"(?:['’]s?)?(?: (?:As|To|In|Board|Team|Leadership|Executive)\b.*)?$", "", after.group(1))
    of = re.match(rf"(?:,? (?:of|at|for|to) (?:the )?)({O})", tail)
    title_after = re.search(rf"(?:{T}|{BOARD})(?: and {T})*,? (?:of|at|for) (?:the )?({O})", match.group(), re.IGNORECASE)
    gives = re.match(r"(?i)appoint|nam|elect|promot|hir|announc", match.group("verb"))
    subject = doer(view, match.start("verb"), reading.parties, own=True) if gives else None
    if of and match.groupdict().get("t"):
        named = _entity_text(view, of.group(1))
        return subject if subject and _is_unit(named, subject, reading) else named
    if title_after and match.groupdict().get("t") and title_after.start() >= match.start("t") - match.start():
        named = _entity_text(view, title_after.group(1))
        if not subject or not _is_unit(named, subject, reading):
            return named  # else a unit of the one who appoints: "Chief Executive of Consumer Lending"
    moved = re.search(rf"(?i)\b(?:moves|heads|returns|jumps|goes|switches) (?:over |back )?to (?:the )?({O})", match.group())
    if moved:
        return _entity_text(view, moved.group(1))
    elsewhere = re.match(
        rf"..,? (?:currently |who is )?(?:the )?{T} (?:of|at) (?:the )?(?:({O})|((?-i:[A-Z][A-Z&]{{1,7}}))\b)",
        masked[view.place_of(person) :],
    )
    if elsewhere and direction == "leaves":
        return _entity_text(view, elsewhere.group(1)) if elsewhere.group(1) else elsewhere.group(2)
    people_at, verb_at = match.start("people"), match.start("verb")
    if verb_at < people_at:  # Acme appoints Jane Roe: the subject
        return doer(view, verb_at, reading.parties, own=True)
    before_people = re.search(rf"({O})(?:['’]s?)?,? (?:[\w-]+ ){{0,2}}(?:{T},? ?)?{MR}$", masked[:people_at])
    if before_people and direction == "leaves":
        return _entity_text(view, before_people.group(1))
    return None


def _is_unit(named: str, subject: str, reading: Reading) -> bool:
    """True for what a title ends in that is a part of the one who appoints: "names Jane Roe president of Industrial Motion"."""
    main = reading.parties.main
    return bool(main and same_name(subject, main) and not same_name(named, main)) and re.search(rf"\b{LEGAL}\b", named) is None


def _entity_text(view: View, mark: str) -> str:
    return view.entity(mark[1]).text


def _inside(view: View, match: re.Match[str], person: Entity, reading: Reading, title: str | None) -> bool:
    """True where the person is said to be in the company already."""
    masked = view.masked
    verb = match.group("verb").lower()
    if _PROMOTE.search(verb):
        return True
    place = view.place_of(person)
    if re.match(_JOIN, verb):
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
    if re.match(
        rf"(?i)..,? (?:\([^)]*\),? |(?:age )?(?:\d\d|..),? )?(?:(?:the|its|our|{O}['’]s?|company['’]s|currently|current|who (?:is|has been|currently serves as|serves as))\s)+(?:current )?{T}",
        masked[place : place + 90],
    ):
        return True
    if re.match(
        r"..,? (?:\([^)]*\),? )?(?:an? |the )?(?:current |existing |long-?time )?(?:member of|partner (?:at|in|with)|board member)\b(?!.{0,50}\badvisory)",
        masked[place : place + 90],
    ):
        return True
    if re.search(
        r"(?i)\b(?:from within|insider|long-?time|in addition to (?:his|her)|previously (?:served as|the company|our)|continue(?:s|d)? (?:as|to serve|in)|remain(?:s|ing)?|expanded role|additional (?:role|title|responsib)|currently|has (?:\w+ly )?(?:served|been) (?:as |our |with |the company|its |an? )|years? (?:with|at) the company|since joining)\b",
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
        if surname in text and re.search(
            r"(?i)\b(?:has (?:served|been) (?:as )?(?:the company|our|with the company|the Company|a member|an? (?:executive|employee|officer)|(?:senior |executive )?vice president)|joined the company in|has been with (?:the company|us)|currently (?:serves|the)|previously served as (?:the company|our)|has served (?:as|in) .{0,80}since|served as .{0,60}(?:of the company|the company['’]s)|since joining (?:the company|us))",
            text,
        ):
            return True
    return False


def _previous(view: View, person: Entity) -> str | None:
    match = re.search(
        rf"(?i)\b(?:former(?:ly)?|previously|ex-?|most recently|from|joins? from|joined from|was|veteran|alum)\b[^;.]{{0,60}}?({O})",
        view.masked,
    )
    if match:
        entity = view.entity(match.group(1)[1])
        return None if entity.anaphor else entity.text
    return None


def _unnamed(view: View, reading: Reading) -> Iterator[Found]:
    """Yield what a headline says of an office alone: "Acme names new finance chief", "Acme CEO to step down"."""
    masked = view.masked
    if (
        _MINOR.search(masked)
        or _AUDITOR.search(masked)
        or re.search(r"(?i)\b(?:says|said|tells|told|warns|sees|expects|urges|argues|thinks|believes)\b", masked[:60])
    ):
        return
    match = _UNNAMED_LEAVES.search(masked)
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
    match = _UNNAMED_JOINS.search(masked)
    if match and re.search(
        r"(?i)\b(?:new|next|first|interim|acting|permanent|as|to|veteran|exec|former|ex)\b|names|named|appoint|elects|hires|taps|picks|appointment|promot",
        match.group(),
    ):
        if re.match(r"(?i)(?:announc|gets?|with|has|unveil|add|introduc|welcom)", match.group("verb")) and not re.search(
            r"(?i)\b(?:new|next|interim|first)\b", match.group("rest")
        ):
            return
        title = view.text(*match.span("t"))
        level = level_of(title)
        yield Found(
            match.start("verb"), match.end("verb"),
            {"person": None, "title": title, "direction": "changes" if _PROMOTE.search(match.group("verb")) else "joins", "level": level, "function": function_of(title, level)},
            None, None, 0.72, news=True,
        )  # fmt: skip


# a post that one who steps down keeps or is given: no new office of its own
_LESSER = re.compile(
    r"(?i)\b(?:advis[eo]r|consultant|emeritus|non-?executive|independent chair|special|transition|member|director$|employee|of counsel|senior advisor|board)"
)


def settle(events: list[TriggerEvent]) -> list[TriggerEvent]:
    """Return the events with one move per person: who gives up one office for another changes, who stays as adviser leaves."""
    kept: list[TriggerEvent] = []
    for event in events:
        person = event.facts.get("person")
        rivals = [e for e in events if e is not event and person and same_person(person, e.facts.get("person") or "")]
        out = event.facts.get("direction") == "leaves"
        for rival in rivals:
            if (rival.facts.get("direction") == "leaves") == out:
                continue
            entering = rival if out else event
            lesser = bool(_LESSER.search(entering.facts.get("title") or "x advisor"))
            if out != lesser:
                break  # this one is the weaker half of the move
        else:
            kept.append(event)
    named = {e.facts.get("direction") == "leaves" for e in kept if e.facts.get("person")}
    return [e for e in kept if e.facts.get("person") or (e.facts.get("direction") == "leaves") not in named]


# find() yields nothing where none of these can match (triggers/gate.py)
CUES = {
    "anywhere": [*_JOIN_EXPRESSIONS, *_LEAVE_EXPRESSIONS],
    "lead": [_TERSE_JOINS, _TERSE_MOVES, _TERSE_LEAVES, _TEAM, _UNNAMED_JOINS, _UNNAMED_LEAVES],
}
