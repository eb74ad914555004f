"""The words in which moves of officers are told, as expressions over masked sentences: P is a person, T an office, O a company.

Each construction is one expression with the groups `people`, `verb` and, where it points at the office itself, `t`; `mid` are
the words between person and office.
"""

from __future__ import annotations

import re

from triggers.expression import Expression
from triggers.view import MARKS, SORTS

P = MARKS["person"]
T = MARKS["title"]
O = MARKS["company"]  # noqa: E741 (a sort, like P and T)
G = MARKS["place"]
# "Jane Roe, John Doe and Ann Poe": as many as are named in one breath, each perhaps with an apposition
PEOPLE = rf"(?P<people>{P}(?:,? \([^)]*\))?(?:(?:, {T}(?: of {O})?)?(?:,? and |, |; ){P}){{0,7}})"
BOARD = r"(?:(?:board|boards)(?: of (?:directors|managers|trustees|governors|regents))?(?! (?:advis|observ|fellow|committee))|supervisory board|management board|executive (?:board|committee|leadership team|team)|leadership team|c-suite|managing directorate)"
GAP = r"[^;\n\ue002]{0,90}?"  # no other person between
WIDE = r"[^;\n]{0,140}?"
MR = r"(?:(?:(?:Mr|Ms|Mrs|D?Dr|Prof|Sir|Messrs|M?Mag|Dkfm|Ing|Dipl\.-Ing)\.? ?)+)?"

# verbs of giving a post to somebody
GIVE = r"appoint(?:s|ed|ing)?|nam(?:es|ed|ing)|name|elect(?:s|ed|ing)?|hir(?:es|ed|ing)|hire|tap(?:s|ped|ping)|pick(?:s|ed)|select(?:s|ed)|promot(?:es|ed|ing)|promote|elevat(?:es|ed|ing)|install(?:s|ed)|recruit(?:s|ed)?|welcom(?:es|ed|ing)|cho(?:oses|se)|designat(?:es|ed)|nominat(?:es|ed|ing)|add(?:s|ed|ing)|bring(?:s|ing) (?:in|on|aboard)|brought (?:in|on)|engag(?:es|ed)|retain(?:s|ed)|re-?appoint(?:s|ed)|employs|poach(?:es|ed)|lur(?:es|ed)|land(?:s|ed)|snag(?:s|ged)|nab(?:s|bed)|announc(?:es|ed|ing)|introduc(?:es|ed|ing)|onboard(?:s|ed)|expand(?:s|ed)|strengthen(?:s|ed)|bolster(?:s|ed)|turn(?:s|ed) to|draft(?:s|ed)|mov(?:es|ed)|anoint(?:s|ed)|crown(?:s|ed)|recall(?:s|ed)|assign(?:s|ed)|enlist(?:s|ed)"
GIVEN = r"(?:re-?)?(?:appointed|named|elected|hired|tapped|picked|selected|promoted|elevated|installed|recruited|chosen|designated|nominated|added|retained|engaged|brought (?:in|on)|moved up|made|approved|confirmed|transitioned|assigned)"
GIVING = r"appointments?|promotions?|elections?|hirings?|hires?|(?<!in )additions?(?= of)|nominations?|selections?|elevations?|recruitment|arrival|succession|transition|re-?appointment|naming"
TAKE = (
    r"becom(?:es|e|ing)|became|tak(?:es|e|ing) (?:over|on|up|the (?:helm|reins|role|position|job|post|top)|charge|office|his seat|her seat)(?: the (?:role|position|post|title|job|helm|reins|duties))?|took (?:over|on|up|the (?:helm|reins|role|position|job))|assum(?:es|e|ed|ing)(?: (?:the|an?|his|her|additional|all|expanded)){0,2}(?: (?:role|roles|position|positions|title|titles|post|duties|responsibilit(?:y|ies)|office|leadership|helm|reins|mantle))?"
    r"|succeed(?:s|ed|ing)?|replac(?:es|e|ed|ing)|step(?:s|ped|ping)? (?:in|into|up)|ascend(?:s|ed)? to|return(?:s|ed|ing)? (?:as|to)(?: being| (?:his|her) (?:role|position) (?:as|of))?|start(?:s|ed|ing)? (?:as|in)|begin(?:s|ning)? (?:as|in|his|her)|began (?:as|in)|serv(?:e|ing) as|act as|lead|leads|head|chair|transition(?:s|ed|ing)? (?:in)?to|move(?:s|d)? (?:in|up|over)?to|be|rejoin(?:s|ed|ing)?|oversee|fill|continue as|run"
)
JOIN = r"(?:re-?)?join(?:s|ed|ing)?"
# verbs of giving a post up
LEAVE = (
    r"resign(?:s|ed|ing)?|retir(?:es|ed|ing)|retire|step(?:s|ped|ping)? (?:down|aside|back|away)|depart(?:s|ed|ing)?|leav(?:es|ing)|leave|left|quit(?:s|ting)?|exit(?:s|ed|ing)?|relinquish(?:es|ed|ing)?|vacat(?:es|ed|ing)|vacate|stand(?:s|ing)? down|stood down|ceas(?:es|ed|e) (?:to (?:serve|be|hold)|serving|being|employment|his|her)|conclud(?:es|ed|e) (?:his|her|their) (?:service|tenure|role|term)|"
    r"tender(?:s|ed|ing)? (?:his|her|their|a) (?:\w+ )?resignation|submit(?:s|ted|ting)? (?:his|her|their|a) (?:\w+ )?resignation|(?:no longer|not) (?:be )?(?:serv(?:e|es|ing)|hold(?:s|ing)?|(?:be |is |a )?(?:employed|with|stand(?:ing)? for (?:re-?)?(?:election|nomination))|continue|seek re-?election|be (?:nominated|standing))|not (?:to )?(?:stand|run|seek) (?:for )?re-?election|not (?:to )?stand for election|"
    r"(?:was|were|been|be|is|are) (?:\w+ly )?(?:terminated|dismissed|fired|ousted|removed|let go|replaced|succeeded|separated|relieved|suspended|sacked|involuntarily terminated)|move(?:s|d)? on|bow(?:s|ed|ing)? out|call(?:s|ed|ing)? it quits|give(?:s)? up|gave up|giving up|hand(?:s|ed|ing)? (?:over|the (?:reins|baton|helm))|pass(?:es|ed|ing)? (?:away|the (?:baton|torch|reins))|died|transition(?:s|ed|ing)? (?:from|out of)|transition(?:s|ed|ing)? (?:\w+ )?(?:in)?to (?:an? |the )?(?:\w+ )?(?:advis|consult|non-executive|emerit)|separate(?:s|d)? from|ends? (?:his|her)|(?:transition|hand|turn)(?:s|ed|ing)? (?:over )?(?:his|her|their) (?:role|roles|duties|responsibilities|position)|out as|ousted|sacked|fired|suspended|to go\b|took early retirement|terminat(?:ed|es|ing) (?:his|her) employment"
)
LEAVING = r"resignations?|retirements?|departures?|terminations?|removals?|exits?|dismissals?|ouster|firing|separation|stepping down|step down|leaving|cessation|passing|death|decision (?:not )?to (?:retire|resign|step|leave|depart|stand|seek)"
OUST = r"fir(?:es|ed|ing)|oust(?:s|ed|ing)?|dismiss(?:es|ed|ing)|sack(?:s|ed)|remov(?:es|ed|ing)|terminat(?:es|ed|ing)(?: the employment of)?|part(?:s|ed|ing) (?:ways|company) with|axes?|axed|let(?:s)? go(?: of)?|replac(?:es|ed|ing)|suspend(?:s|ed)|loses|los(?:t|ing)|separat(?:ed|es) (?:from|with)|accept(?:s|ed) the resignation of|boots?"
AUX = r"(?:(?:has|have|had|will|would|shall|is|are|was|were|be|been|being|to|also|today|recently|officially|formally|now|then|each|subsequently|immediately|temporarily|permanently|unanimously|previously|both|either|expected|set|slated|poised|due|plans?|planned|planning|intends?|intending|intention|intent|decided|decides|chosen|chose|elected|agreed|wants?|going|about|announc(?:ed|es|ing)|his|her|their|decision|that|he|she|they|not|never|no|plan|would|may|might|could|should|abruptly|suddenly|voluntarily|unexpectedly|reportedly|the|desire|considering|in talks|continue|officially|notified \S+(?: \S+){0,14}? (?:of|that)|informed \S+(?: \S+){0,14}? (?:of|that)|advised \S+(?: \S+){0,14}? (?:of|that)|provided notice (?:of|to)|gave notice|,)\s*)"
ROLE = r"(?:(?:the|a|an|its|their|our|his|her|new|newest|next|first|company['’]s|firm['’]s|role|roles|position|positions|post|posts|office|title|titles|of|as|to|be|serve|in|the company['’]s|additional|permanent|full-time|newly created|newly[- ]established|group|global|interim|acting|co-?|joint|independent|duties|responsibilities|job|capacity|function|member|members|one|chief|\ue004.(?:['’]s)?)[\s-]+)"
_APPOSITION = rf"(?:,? (?:\([^)]*\)|age \d+|\d\d|{T}|{O}|{SORTS['number']}|[MPJ]\.[DB]|Ph\.?D|M\.?D|CPA|MBA|CFA|JD|Esq|who |which |formerly |previously |currently |a |an |the |former |most recently |our |its |with |of |at |has |had |also )%s(?=[,\s]))?"
APPOSITION = _APPOSITION % WIDE
# before a leave: "Jane Roe joined as treasurer, succeeding John Doe, who is retiring" tells of John Doe alone
OF_ONE = _APPOSITION % rf"(?:(?!{P},? who )[^;\n]){{0,140}}?"

_JOINS = [
    # Jane Roe will transition her role as CFO to John Doe, the treasurer
    rf"{P}[^;\n\ue002]{{0,40}}?\b(?P<verb>transition|hand|turn)(?:s|ed|ing)? (?:over )?(?:his|her|their) (?:role|roles|duties|position) as (?:{O}['’]s? )?{ROLE}{{0,3}}(?P<t>{T})[^;\n\ue002]{{0,60}}? to {MR}{PEOPLE}",
    # Acme appoints former Beta finance chief Jane Roe as its new CFO; named Dennis Roe, formerly vice president of Beta, president
    rf"\b(?P<verb>{GIVE})\b{GAP}{PEOPLE}(?P<mid>,? (?:(?:as|to(?: be| become| serve as| the)?|into|in)[\s]){ROLE}{{0,7}}(?P<t>{T}|{BOARD}))",
    rf"\b(?P<verb>{GIVE})\b{GAP}{PEOPLE}(?P<mid>,? (?:to|onto) {ROLE}{{0,5}}(?:{O}(?:['’]s?)? )?(?:[\w-]+ ){{0,2}}(?P<t>{BOARD}|{T}))",
    rf"\b(?P<verb>{GIVE})\b{GAP}{PEOPLE}(?P<mid>(?:,? [^;\n\ue002]{{0,110}}?)(?:,| as| to| to the| to serve as| into) {ROLE}{{0,6}}(?P<t>{T}|{BOARD}))",
    rf"\b(?P<verb>nam(?:es|ed|ing)|appoint(?:s|ed)|elect(?:s|ed)|promot(?:es|ed)|mak(?:es|ing)|made) {PEOPLE}(?P<mid>(?: {O}['’]s?)? {ROLE}{{0,5}}(?P<t>{T}))",
    # names new chief financial officer Jane Roe; hires new director, Jane Roe; welcomes as its new CEO Jane Roe
    rf"\b(?P<verb>{GIVE}|new|incoming)\b (?:as )?{ROLE}{{0,5}}(?P<t>{T})(?: of {O})?,? {PEOPLE}(?! (?:said|says|adds|added|told|noted|joins|shares|discusses|explains|talks|speaks|comment))",
    rf"\b(?P<verb>newly[- ](?:appointed|named|hired|elected|minted|installed|promoted)) {ROLE}{{0,5}}(?P<t>{T})(?: of {O})?,? {PEOPLE}",
    # the appointment of Jane Roe as CFO; appointment of new CFO Jane Roe; the addition of Jane Roe to its board
    rf"\b(?P<verb>{GIVING})(?:,? [^;\n\ue002]{{0,40}}?)? (?:of|for|to) (?:[^;\n\ue002]{{0,90}}? )?{MR}{PEOPLE}(?P<mid>[^;\n\ue002]{{0,120}}?(?:as|to(?: the)?|,|into|in) {ROLE}{{0,6}}(?:{O}(?:['’]s?)? )?(?P<t>{T}|{BOARD}))",
    rf"\b(?P<verb>{GIVING}) of {ROLE}{{0,4}}(?P<t>{T})(?: of {O})?,? {MR}{PEOPLE}",
    rf"{MR}{PEOPLE}['’]s? (?P<verb>{GIVING})(?P<mid> (?:as|to) {ROLE}{{0,6}}(?:{O}['’]s? )?(?P<t>{T}|{BOARD}))",
    # Jane Roe (, former CFO of Beta,) has been appointed (as) CEO; was elected to the board
    rf"{MR}{PEOPLE}{APPOSITION},?\s*(?:{AUX}{{1,6}}|,)\s*(?P<verb>{GIVEN})\b(?P<mid>[^;\n\ue002]{{0,100}}?\b(?:as|to(?: serve as| be| fill)?|into)? ?{ROLE}{{0,6}}(?:{O}(?:['’]s?)? )?(?P<t>{T}|{BOARD}))",
    # headline: Jane Roe named CFO of Acme; Jane Roe Promoted to CEO
    rf"{PEOPLE}(?:,? [^;\n\ue002]{{0,60}}?)? (?P<verb>{GIVEN})(?P<mid>,? (?:(?:as|to|to be|to serve as) )?{ROLE}{{0,5}}(?:{O}(?:['’]s?)? |(?:[\w&.’'-]+ ){{1,3}}?)?(?P<t>{T}|{BOARD}))",
    rf"\b(?P<verb>(?:was|were|been|is|be) {GIVEN})[^;\n\ue002]{{0,30}} (?P<t>{T}|{BOARD})(?:[^;\n\ue002]{{0,30}}): {PEOPLE}",
    # Jane Roe joins Acme as CFO; has joined the board of Acme; joins Acme's board
    rf"{MR}{PEOPLE}{APPOSITION},?\s*{AUX}{{0,5}}(?P<verb>{JOIN})\b(?P<mid>[^;\n\ue002]{{0,110}}?\b(?:as|in the (?:role|position) of|,|to (?:lead|head|serve as|become)) {ROLE}{{0,6}}(?P<t>{T}))",
    rf"{MR}{PEOPLE}{APPOSITION},?\s*{AUX}{{0,5}}(?P<verb>{JOIN})\b(?P<mid>[^;\n\ue002]{{0,70}}?(?P<t>{BOARD}))",
    rf"(?P<verb>{JOIN}) by {MR}{PEOPLE}(?P<mid>[^;\n\ue002]{{0,60}}?(?:as|,|who) [^;\n\ue002]{{0,30}}?(?P<t>{T}))",
    # Jane Roe will become CEO; takes over as, assumes the role of, succeeds John Doe as
    rf"{MR}{PEOPLE}{APPOSITION},?\s*{AUX}{{0,5}}(?P<verb>{TAKE})\b(?P<mid>(?:,? (?:{MR}{P}['’]?s?|[^;\n\ue002]{{0,60}}?))?(?:,? (?:as|to become|of|in))? ?{ROLE}{{0,6}}(?:{O}(?:['’]s?)? )?(?P<t>{T}|{BOARD}))",
    rf"{MR}{PEOPLE}{APPOSITION},?\s*{AUX}{{0,5}}(?P<verb>assum(?:e|es|ed|ing)|tak(?:e|es|ing) over|took over|fill(?:s|ed|ing)?)(?P<mid> {MR}{P}(?:['’]s?)? (?:\w+ )?(?:duties|responsibilities|role|roles|position|office|seat|vacancy))",
    # has named Jane Roe to succeed John Doe; the office stands with John Doe
    rf"\b(?P<verb>{GIVE}) {PEOPLE}(?P<mid> (?:to (?:succeed|replace|lead|head|run|chair|take over)|as (?:his |her |the )?(?:successor|replacement))[^;\n]{{0,90}}?(?P<t>{T}))",
    # Jane Roe succeeds John Doe, who retires as CEO
    rf"{MR}{PEOPLE}{APPOSITION},?\s*{AUX}{{0,5}}(?P<verb>succeed(?:s|ed)?|replac(?:es|ed)|tak(?:es|e) over from|took over from)(?P<mid> {MR}{P},? who {AUX}{{0,4}}(?:{LEAVE})[^;\n\ue002]{{0,40}}? (?:as|of) {ROLE}{{0,3}}(?P<t>{T}))",
    # will be succeeded by Jane Roe, who becomes CEO
    rf"\b(?P<verb>(?:succeeded|replaced|followed) by)\b (?:[^;\n\ue002]{{0,50}} )?{MR}{PEOPLE}(?P<mid>(?:,? (?:who |as |the |currently |[^;\n\ue002]{{0,40}}?)(?:as |become |becomes )?{ROLE}{{0,5}}(?P<t>{T}))?)",
    # introduces Jane Roe, its new CFO; Jane Roe is the new CEO of Acme
    rf"{MR}{PEOPLE}(?P<mid>,? (?P<verb>(?:is|as)(?: now)?(?: (?:the|its|their|our|his|her|acme['’]s|{O}['’]s?))? (?:new|newest|next|newly appointed|incoming)) {ROLE}{{0,4}}(?P<t>{T}))",
    rf"(?P<verb>new|next|newest|incoming) {ROLE}{{0,3}}(?P<t>{T})(?: of {O})? (?:is|will be|:|—|-) ?{MR}{PEOPLE}",
    # moves to JLL as managing director; returns to Acme as CEO
    rf"{PEOPLE} (?P<verb>moves|heads|returns|jumps|goes|switches) (?:over |back )?to [^;\n\ue002]{{2,60}}?(?P<mid> as {ROLE}{{0,4}}(?P<t>{T}))",
    rf"\b(?P<verb>serve|serves|act) as {ROLE}{{0,4}}(?P<t>(?:interim |acting ){T})[^;\n\ue002]{{0,40}}{MR}{PEOPLE}",
]
_LEAVES = [
    # Jane Roe, CFO, will step down (as CFO) at year's end
    rf"{MR}{PEOPLE}(?P<app>{OF_ONE}),?\s*(?:(?:,? (?:who|and) )?{AUX}{{0,12}})(?P<verb>{LEAVE})\b(?P<mid>(?:[^;\n\ue002]{{0,60}}?(?:as|from|of|his|her|position|role|the|,) {ROLE}{{0,6}}(?:{O}(?:['’]s?)? )?(?P<t>{T}|{BOARD}))?)",
    # the resignation of Jane Roe as CFO; announces retirement of CEO Jane Roe; separation of
    rf"\b(?P<verb>{LEAVING})(?: and \w+)?(?: date)? (?:of|for|by|from) (?:(?:(?!\band\b)[^;\n\ue002]){{0,70}}? )?{MR}{PEOPLE}(?P<mid>(?:[^;\n\ue002]{{0,60}}?(?:as|from|,) {ROLE}{{0,6}}(?P<t>{T}|{BOARD}))?)",
    rf"{MR}{PEOPLE}['’]s? (?:\w+ ){{0,2}}(?P<verb>{LEAVING})(?P<mid>(?: (?:as|from|of) {ROLE}{{0,6}}(?P<t>{T}|{BOARD}))?)",
    # received from Jane Roe notice of his resignation; accepted the resignation tendered by
    rf"(?:receiv\w+|accept\w+)[^;\n\ue002]{{0,60}}?(?:from|of|by) {MR}{PEOPLE}[^;\n\ue002]{{0,80}}?\b(?P<verb>{LEAVING}|{LEAVE})(?P<mid>(?:[^;\n\ue002]{{0,40}}?(?:as|from) {ROLE}{{0,6}}(?P<t>{T}|{BOARD}))?)",
    # Ms. Roe’s employment with the Company terminated on May 3, will end as of; never "if her employment is terminated"
    rf"{MR}{PEOPLE}['’]s? (?P<verb>(?:employment|service|tenure)(?: (?:with|by|at|as|for|on) [^;\n\ue002,]{{1,60}}?)? (?:will (?:end|terminate|cease|conclude)|(?:was )?terminated|ended|ceased|concluded)\b)(?= (?:effective|on|as of|at) )",
    # has begun the process of finding a successor for Ms. Roe, the CFO; a search for Ms. Roe’s successor
    rf"\b(?:find|search|identify|recruit|select|seek)(?:s|ing|ed)?\b(?: [^;\n\ue002]{{0,40}}?)? (?P<verb>successor|replacement) (?:for|to) {MR}{PEOPLE}",
    rf"\b(?:find|search|identify|recruit|select|seek)(?:s|ing|ed)?\b(?: [^;\n\ue002]{{0,40}}?)? {MR}{PEOPLE}['’]s? (?P<verb>successor|replacement)\b",
    # Acme fires CEO Jane Roe, parts ways with
    rf"\b(?P<verb>{OUST}) (?:{ROLE}{{0,4}}(?P<t>{T}),? )?{MR}{PEOPLE}",
    # Acme CFO Jane Roe to retire
    rf"(?P<t>{T})(?: of {O})?,? {MR}{PEOPLE}(?:,? \([^)]*\))?,? {AUX}{{0,6}}(?P<verb>{LEAVE})\b",
]
# succeeds John Doe, who is retiring: the predecessor goes
PREDECESSOR = Expression(
    rf"\b(?:succeed(?:s|ed|ing)?|replac(?:es|e|ed|ing)|tak(?:es|e|ing) over (?:from|for)|took over from|fill(?:s|ing)? (?:the )?\w+ (?:left|vacated) by|successor to|follow(?:s|ing)?|replacement for|in place of) (?:{ROLE}{{0,3}}{T},? )?(?:(?:founder|founding|long-?time|retiring|outgoing|departing|former|current|interim|acting)[ -]?(?:{T} )?)*{MR}{P}",
    re.IGNORECASE,
)
UNNAMED_JOINS = Expression(
    rf"\b(?P<verb>nam(?:es|ed|ing)|appoint(?:s|ed|ing)?|hir(?:es|ed|ing)|hire of|tap(?:s|ped)|pick(?:s|ed)|select(?:s|ed)|welcom(?:es|ed)|announc(?:es|ed|ing)|elect(?:s|ed)|promot(?:es|ed)|introduc(?:es|ed)|gets?|recruit(?:s|ed)|add(?:s|ed)|poach(?:es|ed)|hir\w+|brings? (?:in|on)|unveils?|appointment of|with|has)\b (?P<rest>(?:[^;,.\n\ue002]{{0,70}}? (?:as|to be|to) )?{ROLE}{{0,5}}(?:[\w&’'-]+ ){{0,3}}?(?P<t>{T}|\bboard(?: of directors)?\b|\bto (?:its |the )?board\b))",
    re.IGNORECASE,
)
UNNAMED_LEAVES = Expression(
    rf"(?P<t>{T})(?: of {O})?,? (?:(?-i:[A-Z][\w-]+) ){{0,2}}(?:{AUX}{{0,6}})(?P<verb>{LEAVE})\b|(?P<verb2>{LEAVING}|succession|transition) (?:of|plan for) {ROLE}{{0,4}}(?P<t2>{T})|(?P<t3>{T}) (?P<verb3>succession|transition|departure|resignation|exit|retirement|resigns|change)\b",
    re.IGNORECASE,
)
# "appoints Jane Roe as president and John Doe as treasurer": the next of a row, right behind the first
NEXT_JOIN = re.compile(
    rf"[^;\n\ue002]{{0,70}}?(?:,? and|,|;) {MR}{PEOPLE}(?:,? (?:\([^)]*\)|[MPJ]\.[DB]\.?|Ph\.?D\.?|M\.?D\.?|CPA|MBA|[^,;\n\ue002]{{0,70}}),?)?(?P<mid> (?P<verb>as|to) {ROLE}{{0,6}}(?P<t>{T}|{BOARD}))",
    re.IGNORECASE,
)
JOIN_EXPRESSIONS = [Expression(p, re.IGNORECASE) for p in _JOINS]
LEAVE_EXPRESSIONS = [Expression(p, re.IGNORECASE) for p in _LEAVES]

# not a post of a company's leadership, or no change of post at all
MINOR = re.compile(
    r"(?i)\b(?:advisory (?:board|council|committee)|ambassador|brand|coach|quarterback|assistant (?:coach|manager|professor)|intern\b|fellow\b|professor|spokes\w+|keynote|speaker|judge|juror|member of the (?:parliament|house|senate)|senator|governor of|mayor|minister|secretary of (?:state|defense|the treasury)|prime minister|ambassador|commissioner of|honoree|finalist|winner|recipient|hall of fame|forbes|fortune|inc\.? 5000|40 under|30 under|top \d+|best |most influential|person of the year|who['’]s who|rising star|women (?:in|of)|super lawyers?|award|nominee for|nominated for)\b"
)
ADVISORY = re.compile(r"(?i)\b(?:advisory|advisors?['’]?|advisers) (?:board|council|committee|panel)\b")
AWARD = re.compile(
    r"(?i)\b(?:named|selected|recognized|honou?red|listed|ranked|featured|chosen) (?:\w+ )?(?:to|in|as|on|by|among|one of|a|an)\b[^.]{0,60}\b(?:list|award|honou?r|ranking|lawyers?|top|best|finalist|leader in|leaders? (?:of|in) the|winner|hall of fame|magazine|forbes|fortune|power|under \d+|edition|of the year|icon|influential|quadrant|wave|company|firm|provider|partner|vendor|member of the month)\b"
)
PAY = re.compile(
    r"(?i)\b(?:base salary|annual bonus|equity award|restricted stock|stock options?|severance|offer letter|compensation (?:arrangement|package|plan)|will (?:be entitled|receive|be eligible)|in connection with (?:his|her|their|such|the|this|mr|ms|dr)|pursuant to (?:the|his|her)|employment agreement|upon (?:his|her|a|any|the) |indemnification|vest(?:s|ed|ing)?|target (?:bonus|award)|relocation)\b"
)
FAMILY = re.compile(
    r"(?i)family relationship|arrangements? or understandings?|Item 404|related (?:party|person) transaction|selected as (?:a director|an officer)"
)
COMMITTEE = re.compile(
    r"(?i)\b(?:(?:audit|compensation|nominating|governance|finance|risk|executive|human resources|technology|special|leadership)[\w, &]{0,60}committees?)\b"
)
AUDITOR = re.compile(
    r"(?i)\b(?:independent (?:registered )?(?:public )?account|auditors?\b|distributor|dealer|reseller|partner of record|counsel to|agent for|agency of record|underwriter|bookrunner|adviser to|advisor to|transfer agent|representative of)"
)
PROMOTE = re.compile(
    r"(?i)promot|elevat|moved? up|steps? up|transition|additional|ascend|assum|appointed? from within|expand(?:ed|s) (?:his|her)|continue"
)

# heads of state and government, ministers, legislators
POLITICS = re.compile(
    r"(?i)\b(?:prime minister|premier|parliament|lawmakers|snap election|senator|congress(?:man|woman)|president (?:joe |donald |vladimir |emmanuel )?(?:biden|trump|putin|macron|obama|xi|zelensk\w+|erdogan|lula|milei)|white house|(?:sri lanka|mexic|russia|ukrain|french|brazil|argentin|south korea|chin|turk|ital|german|egypt|pakistan|philippin|peru|colombia|venezuela|indonesia|u\.?s\.?)\w*(?:['’]s)? (?:interim |acting |former |new )?(?:president|minister|chancellor)|cabinet (?:minister|member)|head of state|coalition government|attorney general|secretary of (?:state|defense|the treasury)|u\.?s\.? ambassador|supreme court|head coach|offensive coordinator|starting (?:quarterback|pitcher)|special envoy)\b"
)
