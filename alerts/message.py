"""Composes the mail about one or more leads: headers, text and HTML. Pure: date, key and settings arrive as arguments."""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Callable, Sequence
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, getaddresses, parseaddr

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined

from alerts.links import Link, lifetime, signed_url
from alerts.settings import MailSettings
from alerts.view import CompanyView, company_view
from alerts.wording import clean, headline, purpose_word
from store.records import LeadBrief, fingerprint

PURPOSES = ("alert", "update", "correction", "digest", "operator")
MAX_HTML_CHARS = 80_000  # Gmail cuts a mail off at 102 kB; quoted-printable adds to what is counted here
MAX_BRIEF_LINES = 200


class _Verbatim(UnstructuredHeader):
    """A header that stays on one line if it is ASCII: folding breaks long links into encoded words, and a subject after its first blank."""

    name: str

    def fold(self, *, policy: EmailPolicy) -> str:
        folded: str = super().fold(policy=policy)  # type: ignore[misc]  # of BaseHeader, which the registry mixes in
        return f"{self.name}: {self}{policy.linesep}" if str(self).isascii() else folded


_headers = HeaderRegistry()
for _name in ("subject", "list-unsubscribe", "list-unsubscribe-post", "message-id", "in-reply-to", "references"):
    _headers.map_to_type(_name, _Verbatim)  # type: ignore[arg-type]  # the registry mixes BaseHeader in itself
POLICY = EmailPolicy(linesep="\r\n", header_factory=_headers, cte_type="7bit")


def compose(
    briefs: Sequence[LeadBrief],
    *,
    recipient: str,
    purpose: str,
    key: str,
    date: datetime,
    mail: MailSettings,
    note: str = "",
    counted: int = 0,
) -> EmailMessage:
    """Return one mail to `recipient` about all `briefs`, best score first; briefs of one company are told together.

    `counted` further leads are not shown; the mail says how many, and where they are.
    `key` is the delivery's idempotency key and becomes the Message-ID; `note` is one sentence put above all else.
    Raise ValueError if there is no brief, the purpose is unknown, or an address is none.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"unknown purpose '{purpose}'; known: {', '.join(PURPOSES)}")
    companies = _by_company(briefs)
    if not companies:
        raise ValueError("a mail needs at least one lead to tell of")
    subject = subject_of(companies, purpose, date, counted)
    heading = subject if len(companies) + counted > 1 else {"correction": "Correction", "update": "Update"}.get(purpose, "")
    views = functools.partial(company_view, recipient=recipient, now=date, mail=mail)
    stop = _stop_link(briefs, recipient, date, mail)
    text, html = _bodies(
        companies, views, subject=subject, heading=heading, note=note or _note(purpose), unsubscribe=stop, counted=counted, mail=mail
    )
    message = EmailMessage(policy=POLICY)
    message["From"] = _address(mail.sender, "mail.sender")
    message["To"] = _address(recipient, "owner")
    if mail.reply_to:
        message["Reply-To"] = _address(mail.reply_to, "mail.reply_to")
    message["Subject"] = subject
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id(key, mail)
    if len(companies) == 1:
        # one thread per company and rep; its root is a mail that never was, so that the thread needs no memory
        root = message_id(fingerprint("company thread", companies[0][0].company.id, recipient), mail)
        message["In-Reply-To"] = root
        message["References"] = root
    message["Auto-Submitted"] = "auto-generated"
    if stop:
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    # MIMEs own boundary is random; the same mail shall be the same bytes each time it is made
    message.set_boundary(f"=_prospect_{fingerprint(key, 'boundary')}")
    return message


def compose_note(
    *, recipient: str, subject: str, text: str, key: str, date: datetime, mail: MailSettings, what: str = "mail.operator"
) -> EmailMessage:
    """Return a plain mail to the operator. Raise ValueError when an address is none; `what` names where the recipient's was written."""
    message = EmailMessage(policy=POLICY)
    message["From"] = _address(mail.sender, "mail.sender")
    message["To"] = _address(recipient, what)
    message["Subject"] = clean(subject, 120)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id(key, mail)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    return message


def message_id(key: str, mail: MailSettings) -> str:
    """Return the Message-ID of `key`: the same key, the same id, so that a mail sent twice is seen as one."""
    domain = parseaddr(mail.sender)[1].partition("@")[2]
    return f"<{key}@{clean(domain, 200) or 'prospect.invalid'}>"


def check_address(address: str, what: str) -> str:
    """Return the bare address in `address` ("Jane <jane@example.com>" too). Raise ValueError naming `what` when it is none."""
    return _address(address, what).addr_spec


def _address(written: str, what: str) -> Address:
    name, spec = parseaddr(written)
    try:
        if len(getaddresses([written])) != 1:  # one recipient, never a list
            raise ValueError(written)
        if written != clean(written, 400) or not spec.isascii() or "," in spec or not spec.partition("@")[2]:
            raise ValueError(written)
        return Address(display_name=name, addr_spec=spec)
    except (ValueError, HeaderParseError, IndexError) as error:
        raise ValueError(f"{what}: {clean(written, 80)!r} is no e-mail address; write name@example.com") from error


def subject_of(companies: Sequence[Sequence[LeadBrief]], purpose: str, date: datetime, counted: int = 0) -> str:
    """Return the subject: which company and what happened; how many leads and which where there are several companies."""
    names = [clean(group[0].company.name, 60) for group in companies]
    total = len(names) + counted
    if total > 1:
        shown = ", ".join(names[:3]) + (f" and {total - 3:,} more" if total > 3 else "")
        return clean(f"{total:,} leads, {date:%-d %B}: {shown}", 160)
    stories = list({story.id: story for brief in companies[0] for story in brief.stories}.values())
    if purpose == "correction":  # what ended comes first: it is why this mail is written
        stories.sort(key=lambda story: story.status not in {"denied", "terminated"})
    happened = [headline(story) for story in stories]
    word = purpose_word(purpose)
    more = f" and {len(happened) - 2} more" if len(happened) > 2 else ""
    return clean(f"{word}{names[0]}: {'; '.join(happened[:2])}{more}", 160)


def _note(purpose: str) -> str:
    return {
        "correction": "What we alerted you to was denied or called off since. The score went down and the lead was changed; please stop or check.",
        "update": "You know this company from an earlier alert; something new was found.",
    }.get(purpose, "")


def _by_company(briefs: Sequence[LeadBrief]) -> list[list[LeadBrief]]:
    groups: dict[str, list[LeadBrief]] = {}
    for brief in sorted(briefs, key=lambda brief: (-brief.lead.score, brief.lead.id)):
        groups.setdefault(brief.company.id, []).append(brief)
    return list(groups.values())


def _bodies(
    companies: Sequence[Sequence[LeadBrief]],
    view: Callable[..., CompanyView],
    *,
    subject: str,
    heading: str,
    note: str,
    unsubscribe: str | None,
    counted: int,
    mail: MailSettings,
) -> tuple[str, str]:
    """Return (text, HTML): as many companies in full as fit under MAX_HTML_CHARS, then one line each, then how many more and where."""
    full: list[CompanyView] = []
    used = 0
    for group in companies:
        shown = view(group)
        # 6,000 characters of styles come on top; the inlined styles make about three of one character
        used += 3 * len(_card(shown)) if len(companies) > 1 else 0
        if full and used > MAX_HTML_CHARS * 3 // 4:
            break
        full.append(shown)
    rest = companies[len(full) :]
    lines = [view(group, actions=False) for group in rest[:MAX_BRIEF_LINES]]
    context = {
        "title": clean(subject, 70),
        "heading": heading,
        "preview": full[0].told[0].evidence[0].quote if full[0].told else "",
        "note": note,
        "companies": full,
        "brief_lines": lines,
        "unshown": len(rest) - len(lines) + counted,
        "inbox": f"{mail.base_url.rstrip('/')}/" if mail.base_url else None,
        "profiles": list(dict.fromkeys(clean(brief.profile_name, 120) for group in companies for brief in group))[:10],
        "unsubscribe": unsubscribe,
    }
    text = _text_mail.render(context)
    html = _inliner.inline(_html_mail.render(context))
    return _squeezed(text), html


def _squeezed(text: str) -> str:
    """Return `text` without trailing spaces and with at most one blank line in a row."""
    lines: list[str] = []
    for line in text.split("\n"):
        line = line.rstrip()
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).rstrip() + "\n"


def _stop_link(briefs: Sequence[LeadBrief], recipient: str, date: datetime, mail: MailSettings) -> str | None:
    if not (mail.base_url and mail.link_keys):
        return None
    profiles = ",".join(dict.fromkeys(clean(brief.lead.profile, 80) for brief in briefs))
    # a mail's unsubscribe link should work as long as the mail is kept; a year is what we promise
    link = Link(action="unsubscribe", subject=profiles, by=recipient, expires=lifetime(date, 365))
    return signed_url(mail.base_url, mail.link_keys, link)


def _bullet(text: str) -> str:
    return textwrap.fill(text, 74, initial_indent="  - ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _indented(text: str, width: int) -> str:
    return textwrap.fill(
        text, 74, initial_indent=" " * width, subsequent_indent=" " * (width + 1), break_long_words=False, break_on_hyphens=False
    )


def _environment(*, autoescape: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("alerts"),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["bullet"] = _bullet
    environment.filters["indented"] = _indented
    return environment


# read once, with this code: an upgrade under a running server must not mix its new templates with the old code
_html = _environment(autoescape=True)
_html_mail = _html.get_template("mail.html.j2")
_card: Callable[[CompanyView], str] = getattr(_html.get_template("macros.html.j2").module, "company")  # noqa: B009  # macros are attributes
_text_mail = _environment(autoescape=False).get_template("mail.txt.j2")  # plain text: nothing in it is markup
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
