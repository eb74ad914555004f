"""Whose office a move is about, where the sentence says so, and where the person comes from."""

from __future__ import annotations

import re

from triggers.companies import LEGAL, bare, same_name
from triggers.moves.words import BOARD, JOIN, MR, O, T
from triggers.parties import doer
from triggers.reading import Reading
from triggers.view import Entity, View

# "Orbex announced that its target, Lumo, has appointed": who appoints stands before the inner verb
_INNER = re.compile(r"(?i)\b(?:has|have) (?:appointed|named|elected|hired|promoted|chosen|selected|added|recruited)\b")


def company_of(view: View, match: re.Match[str], person: Entity, direction: str, reading: Reading) -> str | None:
    """Return the company as written, where the sentence says whose office it is."""
    masked = view.masked
    verb = match.group("verb").lower()
    tail = masked[match.end() : match.end() + 60]
    if re.match(JOIN, verb):
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
    people_at, verb_at = match.start("people"), match.start("verb")
    for inner in _INNER.finditer(masked, match.end("verb"), max(match.end("verb"), people_at)):
        verb_at = inner.start()
    # the one who appoints may end the title in its own unit; of "Jane Roe of Acme was elected chair of Beta" Acme appoints nobody
    gives = verb_at < people_at and re.match(r"(?i)appoint|nam|elect|promot|hir|announc", match.group("verb"))
    subject = doer(view, verb_at, reading.parties, own=True) if gives else None
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
    if elsewhere and direction == "leaves" and not _also_here(view, view.place_of(person), match.start("verb"), reading):
        return _entity_text(view, elsewhere.group(1)) if elsewhere.group(1) else elsewhere.group(2)
    if verb_at < people_at:  # Acme appoints Jane Roe: the subject
        return doer(view, verb_at, reading.parties, own=True)
    before_people = re.search(rf"({O})(?:['’]s?)?,? (?:[\w-]+ ){{0,2}}(?:{T},? ?)?{MR}$", masked[:people_at])
    if before_people and direction == "leaves":
        return _entity_text(view, before_people.group(1))
    return None


def _also_here(view: View, begin: int, end: int, reading: Reading) -> bool:
    """True where somebody who has an office in a unit has one of the document's own company too: "president of Orbex Tools Ltd., vice president of Orbex Inc."."""
    main = reading.parties.main
    held = [view.entity(m.group(1)[1]) for m in re.finditer(rf"{T},? (?:(?:of|at) )?(?:the )?({O})", view.masked[begin:end])]
    return any(e.anaphor or (main is not None and bare(e.text) == bare(main)) for e in held)


def _is_unit(named: str, subject: str, reading: Reading) -> bool:
    """True for what a title ends in that is a part of the one who appoints: "names Jane Roe president of Industrial Motion"."""
    main = reading.parties.main
    return bool(main and same_name(subject, main) and not same_name(named, main)) and re.search(rf"\b{LEGAL}\b", named) is None


def _entity_text(view: View, mark: str) -> str:
    return view.entity(mark[1]).text


_PREVIOUS = re.compile(
    rf"(?i)\b(?:former(?:ly)?|previously|ex-?|most recently|(?:joins?|joined|comes|came|arrives|moves|hired|poache[sd]|recruit(?:s|ed)) [^;.]{{0,50}}?from|from|was)\b[^;.,]{{0,60}}?({O})|({O}) (?:veteran|alum\w*)\b"
)


def previous_company(view: View, company: str | None) -> str | None:
    """Return where the sentence says that the person comes from, None where it says nothing but `company` itself."""
    for match in _PREVIOUS.finditer(view.masked):
        entity = view.entity((match.group(1) or match.group(2))[1])
        if not entity.anaphor and not (company and same_name(entity.text, company)):
            return entity.text
    return None
