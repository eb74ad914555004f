"""Says in words what happened: text made harmless for mail, chat, CSV and CRM, and one headline for each kind of event."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from store.records import Company, Story

# The first line whose facts are all known is the headline; a kind without a line is named by its words ("auditor change").
# "{person} joins as {title}": facts in braces; "what" of a relocation is the site: "headquarters", "plant".
HEADLINES: dict[str, tuple[str, ...]] = {
    "relocation": ("{what} moves from {from} to {to}", "{what} moves to {to}", "{what} moves from {from}", "{what} moves", "a move"),
    "facility_opening": ("opens {what} in {place}", "opens a site in {place}", "opens {what}", "opens a site"),
    "facility_expansion": ("expands {what} in {place}", "expands in {place}", "expands {what}", "expands a site"),
    "facility_closing": ("closes {what} in {place}", "closes a site in {place}", "closes {what}", "closes a site"),
    "real_estate_deal": ("{deal} of {area} in {place}", "{deal} in {place}", "real-estate deal in {place}", "real-estate deal"),
    "market_entry": ("enters {market}",),
    "key_opening": ("is looking for a {title}",),
    "funding": ("raises {amount} ({round})", "raises {amount}", "closes a {round} round"),
    "debt_financing": ("borrows {amount} from {lender}", "borrows {amount}", "new credit from {lender}"),
    "ipo": ("initial public offering: {stage}", "initial public offering"),
    "grant_award": ("is granted {amount} by {grantor}", "is granted {amount}", "grant from {grantor}"),
    "investment": ("invests {amount} in {target}", "invests in {target}"),
    "acquisition": ("{acquirer} acquires {target}", "acquires {target}", "is acquired by {acquirer}"),
    "merger": ("merges with {partner}",),
    "divestiture": ("sells {unit} to {buyer}", "sells {unit}"),
    "reorganization": ("reorganizes {units}",),
    "partnership": ("partners with {partner}",),
    "contract_award": ("wins {amount} contract from {customer}", "wins contract from {customer}", "wins {amount} contract"),
    "contract_loss": ("loses contract with {counterparty}",),
    "product_launch": ("launches {product}",),
    "product_recall": ("recalls {product}",),
    "name_change": ("changes its name from {from} to {to}", "changes its name to {to}"),
    "technology_adoption": ("adopts {system} of {vendor}", "adopts {system}", "selects {vendor}"),
    "layoffs": ("cuts {headcount} jobs in {place}", "cuts {headcount} jobs", "cuts {percent} of its staff", "cuts jobs"),
    "hiring": ("hires {headcount} in {place}", "hires {headcount}", "hires in {place}"),
    "labor_dispute": ("dispute with {union}",),
    "strong_results": ("strong results: {metric}",),
    "weak_results": ("weak results: {metric}",),
    "distress": ("in distress: {stage}", "in distress"),
    "cyber_incident": ("cyber incident: {records} records", "cyber incident"),
    "lawsuit_regulatory": ("{authority} against it ({stage})", "legal matter with {authority}"),
    "auditor_change": ("changes auditor from {from} to {to}", "engages auditor {to}", "dismisses auditor {from}"),
    "restatement": ("restates {periods}", "restates its accounts"),
}
EXECUTIVE_HEADLINES: dict[str | None, tuple[str, ...]] = {  # by direction
    "joins": ("{person} joins as {title}", "{person} joins", "new {title}"),
    "leaves": ("{person}, {title}, leaves", "{person} leaves", "{title} leaves"),
    "changes": ("{person} becomes {title}", "{person} changes post", "new {title}"),
    None: ("{person}: {title}", "change in the post of {title}"),
}
STATUS_WORDS = {  # what a headline needs said beside it; announced and completed need nothing
    "rumored": "rumored",
    "planned": "planned",
    "terminated": "called off",
    "denied": "denied",
}
# zero-width, bidi and control characters have no place in a line a rep reads: they hide text or turn it round
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_SPACES = re.compile(r"\s+")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def clean(text: object, limit: int = 400) -> str:
    """Return `text` as one line of at most `limit` characters, without control, bidi and zero-width characters; "" for None."""
    if text is None:
        return ""
    # a hostile document sends 100,000 characters: cut before the slow part, with room for what is dropped
    line = str(text)[: limit * 4]
    if not line.isascii() or not line.isprintable():
        line = "".join(
            " " if c in "\t\n\r\v\f\x85\u2028\u2029" else c for c in line if c.isspace() or unicodedata.category(c) not in _HIDDEN
        )
    line = _SPACES.sub(" ", line).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def web_address(url: str | None) -> str | None:
    """Return `url` if it is a plain http or https address that may stand behind a link, else None (javascript:, data:, files)."""
    if not url or len(url) > 2000 or url != clean(url, 2001) or any(c in " \"'<>\\`" for c in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:  # "http://[": not an address at all
        return None
    return url if parts.scheme in {"http", "https"} and host else None


def filled(line: str, facts: Mapping[str, object]) -> str | None:
    """Return `line` with its {facts} put in, or None when one of them is unknown. Attributes and formats are not looked up."""
    names = _PLACEHOLDER.findall(line)
    known = {name: clean(facts.get(name), 80) for name in names}
    if not all(known.values()):
        return None
    return _PLACEHOLDER.sub(lambda match: known[match.group(1)], line)


def headline(story: Story, *, status: bool = True) -> str:
    """Return what happened in a few words, without the company: "Jane Roe joins as CFO", "headquarters moves to Reston (planned)"."""
    facts: dict[str, object] = dict(story.facts)
    lines = HEADLINES.get(story.kind, ())
    if story.kind == "executive_change":
        lines = EXECUTIVE_HEADLINES.get(story.facts.get("direction"), EXECUTIVE_HEADLINES[None])
    elif story.kind == "relocation":
        facts["what"] = re.sub(r"(?i)^(?:the|its|our|their|corporate|company)\s+", "", clean(facts.get("what") or "headquarters", 60))
    words = next((said for line in lines if (said := filled(line, facts))), story.kind.replace("_", " "))
    word = STATUS_WORDS.get(story.status)
    return f"{words} ({word})" if status and word else words


def people(stories: Iterable[Story]) -> list[tuple[str, str]]:
    """Return (name, what is said of them) of everybody the stories name, each once, in story order."""
    named: dict[str, str] = {}
    for story in stories:
        facts = {key: clean(value, 120) for key, value in story.facts.items()}
        title = facts.get("title", "")
        person = facts.get("person", "")
        if person and person not in named:
            verb = {"joins": "joins as", "leaves": "leaves as", "changes": "becomes"}.get(facts.get("direction", ""), "")
            said = f"{verb} {title}".strip() if title else verb.removesuffix(" as")
            came_from = facts.get("previous_company", "")
            named[person] = f"{said}, from {came_from}" if came_from else said
        for role in ("predecessor", "successor"):
            other = facts.get(role, "")
            if other and other not in named:
                named[other] = f"{role}{f' as {title}' if title else ''}"
    return list(named.items())


def company_line(company: Company) -> str:
    """Return what the register knows of the company in one line: place, ticker, web, staff, revenue, phone; "" when nothing."""
    parts = [
        ", ".join(clean(part, 60) for part in (company.city, company.state, company.country) if part),
        clean(company.ticker, 20),
        clean(company.domain, 80),
        f"{company.employees:,} employees" if company.employees is not None else "",
        f"${money(company.revenue_usd)} revenue" if company.revenue_usd is not None else "",
        clean(company.phone, 30),
    ]
    return " · ".join(part for part in parts if part)


def purpose_word(purpose: str) -> str:
    """Return what stands before the company in a subject or title, so that nobody takes a correction for news."""
    return {"correction": "Correction: ", "update": "Update: "}.get(purpose, "")


def money(amount: float) -> str:
    """Return an amount as people say it: 1.2 billion, 45 million, 900,000."""
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if abs(amount) >= size:
            return f"{amount / size:.1f}".removesuffix(".0") + f" {word}"
    return f"{amount:,.0f}"


def points(value: float) -> str:
    """Return points as a mail shows them: one decimal, a true minus sign, no "-0.0"."""
    shown = f"{abs(value):.1f}".removesuffix(".0")
    return f"−{shown}" if value < 0 and shown != "0" else shown


def sentence_case(text: str) -> str:
    """Return `text` with its first letter upper case, the rest as it is."""
    return text[:1].upper() + text[1:] if text[:1] in string.ascii_lowercase else text
