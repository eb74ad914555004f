"""What a mail says and how it is put together: headers, text, HTML, hostile documents."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given, settings, strategies

from alerts.links import read_link
from alerts.message import check_address, compose
from alerts.settings import MailSettings
from alerts.wording import clean, filled, headline, people, points, web_address
from store.records import Company, LeadBrief, Story
from tests.alert_records import NOW, make_brief, make_company, make_sighting, make_story, new_cfo, planned_move

MAIL = MailSettings(url="folder:mails", sender="Prospect Alerts <alerts@sender.example>", reply_to="Sales Ops <ops@sender.example>")
WEB = replace(MAIL, base_url="https://prospect.example.com/", link_keys=("old", "new"))


def mail_of(*briefs: LeadBrief, purpose: str = "alert", mail: MailSettings = MAIL, recipient: str = "jane@example.com") -> EmailMessage:
    """The mail as the recipient's program parses it."""
    made = compose(briefs or [make_brief()], recipient=recipient, purpose=purpose, key="00ff00ff00ff00ff", date=NOW, mail=mail)
    parsed = message_from_bytes(made.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    assert parsed.defects == []
    return parsed


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def test_the_headers_a_mail_needs_to_be_delivered_and_threaded() -> None:
    mail = mail_of()
    assert mail["From"] == "Prospect Alerts <alerts@sender.example>"
    assert mail["To"] == "jane@example.com"
    assert mail["Reply-To"] == "Sales Ops <ops@sender.example>"
    assert parsedate_to_datetime(mail["Date"]) == NOW
    assert mail["Message-ID"] == "<00ff00ff00ff00ff@sender.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None  # nothing serves it without a base_url: no dead links
    correction = mail_of(purpose="correction")
    assert correction["References"] == correction["In-Reply-To"] == mail["References"]
    other = mail_of(make_brief(company=make_company("c2")))
    assert other["References"] != mail["References"]  # another company, another thread


def test_one_click_unsubscribe_as_rfc_8058_wants_it() -> None:
    mail = mail_of(mail=WEB)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    match = re.fullmatch(r"<https://prospect\.example\.com/do/([\w.-]+)>", mail["List-Unsubscribe"])
    assert match
    link = read_link(match[1], WEB.link_keys, NOW)
    assert (link.action, link.subject, link.by) == ("unsubscribe", "hq-moves", "jane@example.com")


def test_a_long_unsubscribe_link_is_not_folded_to_pieces() -> None:
    mail = compose([make_brief(profile="p" * 80)], recipient="j" * 60 + "@example.com", purpose="alert", key="k", date=NOW, mail=WEB)
    (line,) = [line for line in mail.as_bytes().decode().split("\r\n") if line.startswith("List-Unsubscribe:")]
    assert line.endswith(">")
    assert len(line) < 998


@pytest.mark.parametrize(
    "briefs, purpose, subject",
    [
        # company and what happened; what is only planned says so
        (
            [make_brief()],
            "alert",
            "Meridian Freight Systems, Inc.: Dana Whitfield joins as Chief Financial Officer; headquarters moves from Dover, Delaware to Reston, Virginia (planned)",
        ),
        ([make_brief(new_cfo())], "update", "Update: Meridian Freight Systems, Inc.: Dana Whitfield joins as Chief Financial Officer"),
        # what ended comes first in a correction
        (
            [make_brief(new_cfo(), planned_move(status="denied"))],
            "correction",
            "Correction: Meridian Freight Systems, Inc.: headquarters moves from Dover, Delaware to Reston, Virginia (denied); Dana Whitfield joins as Chief Financial Offic…",
        ),
        # several companies: how many, and which
        (
            [make_brief(company=make_company(f"c{i}", name=f"Company {i}")) for i in range(5)],
            "digest",
            "5 leads, 20 November: Company 0, Company 1, Company 2 and 2 more",
        ),
        # two profiles on one company are one thing that happened
        ([make_brief(new_cfo()), make_brief(new_cfo(), profile="cfo")], "alert", "Meridian Freight Systems, Inc.: Dana Whitfield joins as Chief Financial Officer"),
    ],
)  # fmt: skip
def test_the_subject_says_company_and_what_happened(briefs: list[LeadBrief], purpose: str, subject: str) -> None:
    briefs = [replace(brief, lead=replace(brief.lead, id=f"{i:016x}")) for i, brief in enumerate(briefs)]
    assert mail_of(*briefs, purpose=purpose)["Subject"] == subject


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_both_bodies_say_all_of_it(kind: str) -> None:
    body = re.sub(r"<[^>]+>", " ", part(mail_of(), kind)).replace("&amp;", "&")
    body = re.sub(r"\s+", " ", body)
    for words in (
        "Meridian Freight Systems, Inc. today named Dana Whitfield as Chief Financial Officer, effective December 1.",  # the evidence
        "Example Newswire, 16 November 2026",  # its source and date
        "SEC EDGAR (8-K)",
        "The Harbor Ledger",  # a second outlet with words of its own
        "also Second Wire",  # a third that copied
        "takes effect December 1",
        "72.4 points, 55 needed",  # the sum
        "37.6",
        "40 × 0.88 confidence × 1 planned (wanted) × 0.99 after 4 days",
        "Planned, not done yet: headquarters moves",  # what is not sure
        "Not found: then: executive change, relocation within 90 days",  # what is missing
        "Dana Whitfield",  # who is named
        "predecessor as Chief Financial Officer",
        "Congratulate Dana Whitfield on the post of Chief Financial Officer.",  # talking points for exactly these events
        "When does the lease in Dover, Delaware end?",
        "1,250 employees",
        "HQ moves, Mid-Atlantic",  # whose profile
    ):
        assert words in body or words.upper() in body, words


def test_the_links_lead_to_the_evidence() -> None:
    mail = mail_of()
    assert 'href="https://news.example.com/releases/1?a=1&amp;b=2"' in part(mail, "html")
    assert "https://news.example.com/releases/1?a=1&b=2" in part(mail, "plain")


def test_without_a_web_inbox_the_mail_carries_commands_to_type() -> None:
    lead = make_brief().lead.id
    for kind in ("plain", "html"):
        body = part(mail_of(), kind)
        for command in (
            f"prospect accept {lead}",
            f"prospect reject {lead} --reason ",
            f"prospect snooze {lead} --days 30",
            "prospect brief c1",
        ):
            assert command in body
        assert "/do/" not in body


def test_with_a_web_inbox_the_mail_carries_signed_buttons() -> None:
    brief = make_brief()
    for kind in ("plain", "html"):
        body = part(mail_of(brief, mail=WEB), kind)
        links = [read_link(token, ["new"], NOW) for token in dict.fromkeys(re.findall(r"/do/([\w.-]+)", body))]
        assert [(link.action, link.subject) for link in links] == [
            ("accept", brief.lead.id),
            ("reject", brief.lead.id),
            ("snooze", brief.lead.id),
            ("brief", "c1"),
            ("unsubscribe", "hq-moves"),
        ]
        assert "prospect accept" not in body


def test_two_profiles_of_one_rep_are_told_in_one_mail_with_both_sums() -> None:
    briefs = [make_brief(), make_brief(profile="new-finance-chiefs", profile_name="New finance chiefs")]
    body = part(mail_of(*briefs), "plain")
    assert body.count("today named Dana Whitfield") == 1
    assert 'profile "HQ moves, Mid-Atlantic"' in body
    assert 'profile "New finance chiefs"' in body
    assert body.count("prospect accept") == 2


def test_nothing_is_loaded_from_elsewhere() -> None:
    html = part(mail_of(mail=WEB), "html")
    assert not re.search(r"<(img|script|link|iframe|object|form|input)\b|url\(|@import|@font-face", html)
    assert 'style="' in html  # styles stand in each element, as mail programs want it
    assert "prefers-color-scheme: dark" in html


def test_the_same_mail_is_the_same_bytes() -> None:
    first, second = (compose([make_brief()], recipient="j@example.com", purpose="alert", key="k", date=NOW, mail=WEB) for _ in range(2))
    assert first.as_bytes() == second.as_bytes()


def test_a_digest_of_many_leads_stays_under_what_mail_programs_show() -> None:
    briefs = [make_brief(company=make_company(f"c{i}", name=f"Company {i:04}")) for i in range(400)]
    mail = mail_of(*briefs, purpose="digest", mail=WEB)
    html, text = part(mail, "html"), part(mail, "plain")
    assert len(html.encode()) < 102_000  # Gmail cuts off there
    assert mail["In-Reply-To"] is None
    told = len(set(re.findall(r"Company \d{4}", html)))
    unshown = re.search(r"(\d+) more leads wait", html)
    assert unshown
    assert told + int(unshown[1]) == 400  # no lead is passed over in silence
    assert "more leads wait in your inbox: https://" in text


# ------------------------------------------------------------------ hostile documents

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% for x in y %}",  # a template in a document is text
    "a\r\nBcc: victim@example.com\r\n\r\nsecond body",
    "\u202etxt.exe\u202c \u200bzero\u200dwidth\ufeff \u2066isolate\u2069",
    "lone \ud800 surrogate and \x00 nul \x1b[31mcolour",
    "Å" * 100_000,
    "W" * 100_000,
    "=?utf-8?q?encoded_word?=",
    "--=_prospect_boundary--",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:24]))
@pytest.mark.parametrize("purpose", ["alert", "correction"])
def test_hostile_text_in_every_field_is_harmless(text: str, purpose: str) -> None:
    facts: dict[str, str | None] = {"person": text, "title": text, "direction": "joins", "effective": text, "predecessor": text}
    sighting = make_sighting("executive_change", facts, text or "x", url=text, publisher=text, form=text)
    company = make_company("c1", name=text, city=text, ticker=text, domain=text, phone=text)
    brief = make_brief(make_story(sighting), company=company, profile_name=text)
    mail = mail_of(brief, purpose=purpose, mail=WEB)
    html, plain = part(mail, "html"), part(mail, "plain")
    assert mail["Bcc"] is None
    assert sorted(key.lower() for key in mail) == sorted(key.lower() for key in mail_of(mail=WEB))  # no header more, none less
    assert "<script" not in html
    assert "onerror" not in re.sub(r"&[^;]+;[^<]*", "", html)
    assert "49" not in mail["Subject"] or "7 * 7" in mail["Subject"]
    for hidden in "\u202e\u200b\u2066\ufeff\x00\x1b\r":
        assert hidden not in html.replace("\r\n", "\n")
        assert hidden not in plain.replace("\r\n", "\n")
    assert len(mail["Subject"]) <= 160
    assert len(html) < 60_000
    assert [p.get_content_type() for p in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]


@settings(max_examples=60)
@given(name=strategies.text(max_size=300), quote=strategies.text(min_size=1, max_size=300))
def test_no_text_at_all_adds_a_header_or_a_part(name: str, quote: str) -> None:
    story = make_story(make_sighting("executive_change", {"person": name, "direction": "joins"}, quote, url=quote, publisher=name))
    mail = mail_of(make_brief(story, company=make_company("c1", name=name), profile_name=quote), mail=WEB)
    assert sorted(key.lower() for key in mail) == sorted(key.lower() for key in mail_of(mail=WEB))
    assert [p.get_content_type() for p in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert mail["Message-ID"] == "<00ff00ff00ff00ff@sender.example>"


@pytest.mark.parametrize(
    "url, safe",
    [
        ("https://news.example.com/a?b=c&d=%20", True),
        ("http://10.0.0.1:8080/x", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,<script>", False),
        ("file:///etc/passwd", False),
        ("https://good.example\u202e/evil", False),  # turned round on the screen
        ('https://x.example/" onclick="', False),
        ("https://", False),
        ("http://[", False),
        ("//no.scheme/x", False),
        ("https://x.example/" + "a" * 3000, False),
        ("", False),
    ],
)
def test_only_plain_web_addresses_become_links(url: str, safe: bool) -> None:
    assert (web_address(url) == url) is safe


@pytest.mark.parametrize(
    "written, spec",
    [
        ("jane@example.com", "jane@example.com"),
        ("Jane Roe <jane@example.com>", "jane@example.com"),
        ("jane@example.com\r\nBcc: x@example.com", None),  # header injection
        ("jane@example.com, joe@example.com", None),  # one recipient, never a list
        ("jane", None),
        ("", None),
        ("jane@", None),
        ("jané@example.com", None),  # needs SMTPUTF8, which few servers speak
        ("jane roe@example.com", None),
    ],
)
def test_an_address_is_one_address_or_refused(written: str, spec: str | None) -> None:
    if spec:
        assert check_address(written, "owner") == spec
    else:
        with pytest.raises(ValueError, match=r"owner: .* is no e-mail address"):
            check_address(written, "owner")


# ------------------------------------------------------------------ words


def story(kind: str, status: str = "announced", **facts: str | None) -> Story:
    return make_story(make_sighting(kind, facts, "A sentence.", status=status))


@pytest.mark.parametrize(
    "told, words",
    [
        (story("relocation", what="its headquarters", to="Reston"), "headquarters moves to Reston"),  # the article's "its" is gone
        (story("relocation", status="rumored"), "headquarters moves (rumored)"),
        (story("executive_change", direction="leaves", person="Tom Abara", title="CFO"), "Tom Abara, CFO, leaves"),
        (story("executive_change", direction=None, person="Tom Abara", title=None), "executive change"),
        (story("funding", amount="$40 million", round="Series B"), "raises $40 million (Series B)"),
        (story("funding", amount="$40 million"), "raises $40 million"),
        (story("some_own_kind", x="y"), "some own kind"),  # a kind of the user's own has a name at least
        (story("layoffs", status="denied", headcount="300"), "cuts 300 jobs (denied)"),
        (story("executive_change", direction="sideways", person="A B", title="CFO"), "A B: CFO"),  # a direction nobody knows
    ],
)
def test_headlines(told: Story, words: str) -> None:
    assert headline(told) == words


def test_people_are_named_once_in_story_order() -> None:
    assert people([new_cfo(), new_cfo("c2")]) == [
        ("Dana Whitfield", "joins as Chief Financial Officer, from Larkspur Rail"),
        ("Tom Abara", "predecessor as Chief Financial Officer"),
    ]


@pytest.mark.parametrize(
    "line, facts, words",
    [
        ("Ask {person}.", {"person": "Jane"}, "Ask Jane."),
        ("Ask {person}.", {}, None),  # a talking point about somebody unknown is no talking point
        ("Ask {person.__class__}.", {"person": "Jane"}, "Ask {person.__class__}."),  # attributes are not looked up
        ("No facts.", {}, "No facts."),
    ],
)
def test_facts_are_put_into_lines(line: str, facts: dict[str, Any], words: str | None) -> None:
    assert filled(line, facts) == words


@pytest.mark.parametrize("value, shown", [(12.0, "12"), (37.64, "37.6"), (-50, "−50"), (-0.01, "0"), (0, "0")])
def test_points_as_people_read_them(value: float, shown: str) -> None:
    assert points(value) == shown


def test_a_line_is_cut_with_a_mark() -> None:
    assert clean("one two three", 8) == "one two…"
    assert clean(None) == ""


def test_a_provisional_company_says_how_little_is_known() -> None:
    brief = make_brief(company=Company(id="text-1", name="Tiny Co", origin="text"))
    assert "in none of your registers" in part(mail_of(brief), "plain")


@pytest.mark.parametrize(
    "second, quoted",
    [
        # another dateline, the same release
        ("DOVER, Del., Nov. 16, 2026 /Second Wire/ -- Meridian Freight Systems, Inc. today named Dana Whitfield as Chief Financial Officer.", False),
        ("Meridian Freight has hired away the finance chief of Larkspur Rail, two people close to the matter said.", True),
    ],
)  # fmt: skip
def test_a_second_outlet_is_quoted_where_it_has_words_of_its_own(second: str, quoted: bool) -> None:
    first = "Meridian Freight Systems, Inc. today named Dana Whitfield as Chief Financial Officer, effective December 1."
    facts: dict[str, str | None] = {"person": "Dana Whitfield", "title": "CFO", "direction": "joins"}
    told = make_story(
        make_sighting("executive_change", facts, first),
        make_sighting("executive_change", facts, second, url="https://wire2.example.net/x", publisher="Second Wire"),
    )
    body = part(mail_of(make_brief(told)), "plain")
    assert ("wire2.example.net" in body) is quoted
    assert ("also Second Wire" in body) is not quoted  # but it is always named


@pytest.mark.parametrize(
    "name", ["Quennick Robotics, Inc.", "Åkerström & Söhne Gesellschaft für Förderanlagenbau und Verpackungstechnik mbH"]
)
def test_a_subject_arrives_as_it_was_written(name: str) -> None:
    mail = compose(
        [make_brief(planned_move(), company=make_company(name=name))],
        recipient="j@x.example",
        purpose="alert",
        key="k",
        date=NOW,
        mail=MAIL,
    )
    raw = mail.as_bytes()
    assert message_from_bytes(raw, policy=default)["Subject"] == mail["Subject"]
    assert not re.search(rb"^Subject: *\r\n", raw, re.M)  # an empty first line is taken for spam by some
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
