"""Knows the documents that are full of cues and tell of no event: law-firm alerts, market-research adverts, event notices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from store.records import Document
from triggers.scan import Sieve
from triggers.structure import HEADLINE, SILENT, Sentence


@dataclass(frozen=True, slots=True)
class Noise:
    """Why a document is noise, and the kinds that it may tell of all the same."""

    reason: str
    spares: frozenset[str] = frozenset()


# "SHAREHOLDER ALERT: Acme Law Reminds Investors …", "INVESTOR ALERT", "Deadline", "encourages investors"
_LAW_ALERT = re.compile(
    r"(?i)\b(?:shareholder|investor|stockholder|class action|securities|deadline|fraud)s? (?:alert|reminder|notice|update|deadline|action)\b|(?:encourages|reminds|urges|notifies|alerts|advises) .{0,60}\b(?:investors|shareholders|stockholders|purchasers)\b(?! to (?:\w+ )?(?:vote|reject|accept|tender|approve|back|support|oppose)\b)|(?:investors|shareholders|stockholders) who (?:lost|suffered|purchased)|(?:rosen|pomerantz|levi & korsinsky|bragar|bronstein|halper sadeh|glancy|kirby mcinerney|faruqi|robbins geller|hagens berman|schall|portnoy|monteverde|kahn swick|johnson fistel|kessler topaz|wolf haldenstein)\b.{0,80}\b(?:investigat|class action|investors|shareholders|announces)"
    # "Acme LLP investigates whether the sale of Beta is fair to shareholders"
    r"|\binvestigat(?:es|ing) (?:whether|if|the fairness|claims|potential claims) .{0,80}\b(?:sale|merger|deal|acquisition|transaction|fair|shareholders|stockholders)\b"
    r"|\b(?:law (?:firm|offices?)|llp|attorneys?|p\.c\.)\b.{0,60}\b(?:investigat\w+|announces?|initiates?|launch\w*)\b.{0,60}\b(?:investigation|class action|claims|lawsuit)"
)
# "Widget Market to Reach USD 4.5 Billion by 2031, CAGR of 6.2%"
_RESEARCH = re.compile(
    r"(?i)\bmarket\b.{0,80}\b(?:to (?:reach|surpass|hit|grow|exceed|witness|attain|be worth|garner|expand|rise)|size|share|cagr|forecasts?|outlook|worth|projected|growing at|growth (?:rate|analysis)|analysis|expected to)\b.{0,120}(?:20[2-5]\d|cagr|\d%|billion|report|forecast|research)|\bCAGR\b|market (?:research|intelligence) (?:report|firm|future)|\b(?:market|industry) (?:report|insights|trends) 20\d\d"
)
# "Acme to Host Second Quarter Conference Call", "to Present at the Jefferies Conference"
_NOTICE = re.compile(
    r"(?i)\b(?:to (?:host|hold|webcast|conduct|participate|present|attend|exhibit|speak|showcase|report|release|announce)|hosts?|schedules?|announces? (?:date|timing)|sets? (?:date|\w+ conference)|participat(?:es|ing)|presenting|conference call)\b.{0,90}\b(?:conference call|earnings call|earnings (?:release|results|date|webcast)|investor (?:conference|day|presentation)|webinar|summit|fireside chat|conference(?:s)?|annual meeting|results (?:on|for)|quarter(?:ly)? (?:and .{0,30})?(?:results|earnings)|trade show|expo)\b"
)
_OFFICE_NEWS = re.compile(
    r"(?i)\b(?:appoint|names?\b|acquir|relocat|mov(?:e|es|ing) (?:its )?(?:head|hq)|merge|raises|layoff|resign|steps? down|bankruptcy|launch|complet|and (?:provides|announces|declares|updates)|record)"
)
_LISTICLE = re.compile(
    r"(?i)^(?:\W*\d+ (?:\w+ ){0,4}(?:ways|tips|reasons|things|best|top|steps|mistakes|signs|stocks|questions|facts|ideas|trends|companies|strategies)\b|how to\b|what (?:is|are|to)\b|why (?:you|your|it|we|more|every|businesses|companies)\b|(?:the )?(?:ultimate|complete|definitive|essential|beginner.?s) guide|top \d+|best \w+ (?:for|in|of)|.{0,60}: (?:a |an |your |the )?(?:\S+ )?(?:guide|checklist|what you need to know|explained|tips)\b|review:|webinar:)"
)


# "Harrow Partners Initiates Coverage on Acme Corp. (NYSE: ACM)": a study retells what the company said
_ANALYST = re.compile(
    r"(?i)\b(?:initiat|updat|resum|reiterat|maintain|reaffirm|launch|start|assum)\w*\b.{0,25}\b(?:coverage|(?:research|equity|[1-4]q\d\d) (?:report|note)|(?:buy|sell|hold|outperform) rating)\b|\bissues? (?:\w+[ -]){0,3}(?:analysis|commentary) (?:of|on)\b"
)


# "State Roundup: …", "Week in Review": many items, each somebody else's news
_DIGEST = re.compile(
    r"(?i)^(?:[\w’'&.-]+ ){0,4}(?:round-?up|news briefs?|week in review|weekly (?:recap|digest|wrap)|daily (?:digest|briefing|brief)|morning (?:brief|briefing|report))\s*(?:[:–—|-]|$)|\b(?:news|weekly|daily) (?:round-?up|digest)\b\s*(?:[:–—|-]|$)"
)


# most headlines are none of these, which the words tell in one pass
_SIEVE = Sieve(_LAW_ALERT, _RESEARCH, _NOTICE, _DIGEST, _ANALYST, _LISTICLE)


def noise_of(sentences: Sequence[Sentence], document: Document) -> Noise | None:
    """Return why the document as a whole is noise, or None; judged by headline and first sentence."""
    title = document.title or next((s.text for s in sentences if s.zone == HEADLINE), "")
    first = next((s.text for s in sentences if s.zone not in SILENT and s.zone != HEADLINE), "")
    if not title and len(sentences) <= 2:
        title = first
    told = _SIEVE.apt(title)
    if (_LAW_ALERT in told and _LAW_ALERT.search(title)) or (
        re.search(r"(?i)\b(?:investors|shareholders|class action|law)\b", title) and _LAW_ALERT.search(first[:400])
    ):
        return Noise("law-firm alert", frozenset({"cyber_incident"}))
    if _RESEARCH in told and _RESEARCH.search(title):
        return Noise("market research")
    if _NOTICE in told and _NOTICE.search(title) and not _OFFICE_NEWS.search(title):
        return Noise("event notice", frozenset({"executive_change", "relocation"}))
    if _DIGEST in told and _DIGEST.search(title):
        return Noise("digest")
    if _ANALYST in told and _ANALYST.search(title):
        return Noise("analyst's note")
    if _LISTICLE in told and _LISTICLE.search(title):
        return Noise("advice")
    return None
