"""Chat rooms, webhooks, feeds and files: what they are sent, and what their refusals mean."""

from __future__ import annotations

import hmac
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from alerts.calls import refusal, retry_after_s
from alerts.channels import feed, file, load_channel, slack, teams, webhook
from alerts.errors import DeliveryError, Misconfigured, Permanent, TryAgain
from alerts.outbox import deliveries_for
from alerts.settings import MailSettings, Route, Target
from store.records import Delivery, LeadBrief
from tests.alert_records import NOW, make_brief, make_company, make_sighting, make_story

MAIL = MailSettings(url="folder:mails", sender="a@sender.example")
SECRET = "hook-secret-of-tests"


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1") as running:
        yield running


def owed(name: str, *briefs: LeadBrief, purpose: str = "alert") -> list[Delivery]:
    route = Route(mail=None, also=(name,))
    targets = {name: Target(name=name, channel=name)}
    return deliveries_for(briefs or [make_brief()], now=NOW, routes={"hq-moves": route}, mail=MAIL, targets=targets, purpose=purpose)


def send(name: str, target: Target, *briefs: LeadBrief, purpose: str = "alert") -> list[DeliveryError | None]:
    return [outcome.error for outcome in load_channel(name).send(owed(name, *briefs, purpose=purpose), target)]


@pytest.mark.parametrize("name, good", [("slack", 200), ("teams", 202), ("webhook", 204)])
@pytest.mark.parametrize(
    "status, kind, words",
    [
        (0, None, ""),  # 0: as this target says yes
        (429, TryAgain, "answered 429"),
        (503, TryAgain, "answered 503"),
        (400, Permanent, "invalid_payload"),
        (403, Misconfigured, "renew token or password of '"),
        (404, Misconfigured, "check 'url'"),  # the webhook was removed
        (410, Misconfigured, "check 'url'"),  # the channel was archived
        (302, Misconfigured, "check 'url'"),  # never followed: the secrets would go along
    ],
)
def test_answers_are_sorted(name: str, good: int, status: int, kind: type | None, words: str, server: HTTPServer) -> None:
    headers = {"Retry-After": "77"} if status == 429 else {"Location": "https://elsewhere.example"} if status == 302 else {}
    body = "" if status in {0} else "invalid_payload"
    server.expect_request("/hook/SECRET").respond_with_response(Response(body, status or good, headers=headers))
    target = Target(name=name, channel=name, url=server.url_for("/hook/SECRET"), token=SECRET)
    (error,) = send(name, target)
    assert kind is None if error is None else isinstance(error, kind or ())
    assert words in str(error or "")
    assert "SECRET" not in str(error)  # a webhook's address is a secret
    if status == 429:
        assert isinstance(error, TryAgain)
        assert error.after_s == 77


@pytest.mark.parametrize("name", ["slack", "teams", "webhook"])
def test_a_room_that_is_away_or_badly_written_is_told(name: str) -> None:
    (away,) = send(name, Target(name=name, channel=name, url="http://127.0.0.1:9/SECRET", token=SECRET))
    assert isinstance(away, TryAgain)
    (wrong,) = send(name, Target(name=name, channel=name, url="hooks.example/SECRET", token=SECRET))
    assert isinstance(wrong, Misconfigured)
    assert "SECRET" not in str(away) + str(wrong)
    assert load_channel(name).faults(Target(name="x", channel=name))


def test_a_slow_receiver_is_given_up_on(server: HTTPServer) -> None:
    def slow(request: Request) -> Response:
        time.sleep(0.6)  # longer than our patience
        return Response("ok")

    server.expect_request("/").respond_with_handler(slow)
    (error,) = send("webhook", Target(name="w", channel="webhook", url=server.url_for("/"), token=SECRET, timeout_s=0.2))
    assert isinstance(error, TryAgain)
    assert "no answer within 0.2 s" in str(error)


def test_a_webhook_is_signed_and_says_when_it_is_a_repeat(server: HTTPServer) -> None:
    got: list[Request] = []
    server.expect_request("/hook").respond_with_handler(lambda request: got.append(request) or Response(status=200))  # type: ignore[func-returns-value]
    target = Target(name="hook", channel="webhook", url=server.url_for("/hook"), token=SECRET)
    assert send("webhook", target) == send("webhook", target) == [None]
    first, second = got
    body, timestamp = first.get_data(), first.headers["X-Prospect-Timestamp"]
    wanted = "sha256=" + hmac.new(SECRET.encode(), f"{timestamp}.".encode() + body, "sha256").hexdigest()
    assert first.headers["X-Prospect-Signature"] == wanted == webhook.signature(SECRET, timestamp, body)
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    told = json.loads(body)
    assert told["external_id"] == f"prospect-{make_brief().lead.id}"
    assert told["stories"][0]["evidence"][0]["url"] == "https://news.example.com/releases/1?a=1&b=2"
    assert told["company"]["domain"] == "meridianfreight.example"
    assert told["lead"]["score"] == 72.4


HOSTILE = "<!channel> *bold* [x](javascript:alert(1)) & <https://evil.example|click> \u202etxt.exe\u200b"


def hostile_brief() -> LeadBrief:
    facts: dict[str, str | None] = {"person": HOSTILE, "title": HOSTILE, "direction": "joins"}
    story = make_story(make_sighting("executive_change", facts, HOSTILE * 50, url="javascript:alert(1)", publisher=HOSTILE))
    return make_brief(story, company=make_company("c1", name=HOSTILE, city=HOSTILE), profile_name=HOSTILE)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def test_slack_posts_hold_no_markup_of_documents() -> None:
    post = slack.post_of(hostile_brief(), "alert")
    for text in strings(post):
        # the header block is plain text, in which Slack reads no markup
        assert "<!channel>" not in text or text == post["blocks"][0]["text"]["text"]
        assert "javascript:" not in text or "<javascript:" not in text
        assert "\u202e" not in text
        assert len(text) <= 3000  # Slack's limit for a section
    assert len(post["blocks"][0]["text"]["text"]) <= 150
    normal = slack.post_of(make_brief(), "correction")
    assert normal["text"].startswith("Correction: Meridian Freight Systems, Inc.: Dana Whitfield joins")
    assert "<https://news.example.com/releases/1?a=1&amp;b=2|Example Newswire>" in normal["blocks"][1]["text"]["text"]


def test_teams_cards_hold_no_markup_of_documents() -> None:
    card = teams.card_of(hostile_brief(), "alert")["attachments"][0]["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}  # a TextBlock would read markdown
    assert card["actions"] == []  # no link to javascript:
    assert not any("\u202e" in text for text in strings(card))
    assert [action["url"] for action in teams.card_of(make_brief(), "alert")["attachments"][0]["content"]["actions"]] == [
        "https://news.example.com/releases/1?a=1&b=2",
        "https://filings.example.gov/0001",
    ]


def test_a_feed_holds_each_lead_once_newest_first(tmp_path: Path) -> None:
    target = Target(name="feed", channel="feed", folder=tmp_path)
    briefs = [make_brief(company=make_company(f"c{i}", name=f"Company {i} & <Sons>")) for i in range(3)]
    for _ in range(2):
        assert send("feed", target, *briefs) == [None] * 3
    rss = feedparser.parse((tmp_path / "jane-at-example.com.xml").read_bytes())
    assert not rss.bozo
    assert len(rss.entries) == 3
    assert rss.entries[0].title.startswith("Company ")
    assert rss.entries[0].link == "https://news.example.com/releases/1?a=1&b=2"
    made = json.loads((tmp_path / "jane-at-example.com.json").read_text())
    assert made["version"] == "https://jsonfeed.org/version/1.1"
    assert len({item["id"] for item in made["items"]}) == 3
    assert send("feed", target, hostile_brief()) == [None]
    assert not feedparser.parse((tmp_path / "jane-at-example.com.xml").read_bytes()).bozo


@pytest.mark.parametrize(
    "owner, stem",
    [("jane@example.com", "jane-at-example.com"), ("../../etc/passwd@x.example", "etc-passwd-at-x.example"), ("@", "at"), ("", "nobody")],
)
def test_a_feeds_file_name_stays_in_its_folder(owner: str, stem: str) -> None:
    assert feed.file_stem(owner) == stem
    assert re.fullmatch(r"[a-z0-9.-]+", feed.file_stem(owner))


def test_a_feed_forgets_the_oldest(tmp_path: Path) -> None:
    target = Target(name="feed", channel="feed", folder=tmp_path)
    send("feed", target, *(make_brief(company=make_company(f"c{i}")) for i in range(feed.LONGEST + 5)))
    assert len(json.loads((tmp_path / "jane-at-example.com.json").read_text())["items"]) == feed.LONGEST


def test_a_broken_feed_file_keeps_the_lead(tmp_path: Path) -> None:
    (tmp_path / "jane-at-example.com.json").write_text("{")
    (error,) = send("feed", Target(name="feed", channel="feed", folder=tmp_path))
    assert isinstance(error, TryAgain)
    assert "move it away" in str(error)


def test_files_are_whole_and_one_a_delivery(tmp_path: Path) -> None:
    target = Target(name="file", channel="file", folder=tmp_path)
    for _ in range(2):
        assert send("file", target, make_brief(), hostile_brief()) == [None, None]
    made = [json.loads(path.read_text()) for path in sorted(tmp_path.iterdir())]
    assert len(made) == 2
    with pytest.raises(Misconfigured, match="'folder' is missing"):
        list(file.send([], Target(name="file", channel="file")))


@pytest.mark.parametrize(
    "asked, wait",
    [
        ("120", 120.0),
        ("Fri, 20 Nov 2026 06:35:00 GMT", 300.0),  # a date
        ("Fri, 20 Nov 2020 06:35:00 GMT", 0.0),  # in the past
        ("999999999", 86400.0),  # a year is a mistake of theirs
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after(asked: str, wait: float | None) -> None:
    now = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    assert retry_after_s(httpx.Response(429, headers={"Retry-After": asked}), now) == wait


def test_a_refusal_quotes_no_more_than_a_line() -> None:
    error = refusal(httpx.Response(400, text="<html>" + "x" * 10_000), Target(name="t", channel="slack"))
    assert len(str(error)) < 400
