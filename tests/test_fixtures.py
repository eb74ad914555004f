"""The demo world: its texts are whole, its sites answer as publishers do, its workspace is filled in."""

from __future__ import annotations

import csv
import html
import http.client
import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fixtures.documents import Block, parse_blocks, read_parties, read_texts
from fixtures.server import DemoWorld, running
from fixtures.workspace import DEMO, write_workspace
from store.records import STATUSES

AGENT = "prospect (demo@prospect.example)"
INDEX = "/Archives/edgar/daily-index/2026/QTR3/form.{}.idx"
NOISE = {"dunmore-pryce", "insightory-research", "longitude-desk", "norsund-winches"}  # not in the register


def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of one request."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path or "/", headers={"User-Agent": AGENT, **{k.replace("_", "-"): v for k, v in headers.items()}})
        answer = connection.getresponse()
        return answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    with running() as made:
        yield made


@pytest.fixture
def at_day(world: DemoWorld) -> Iterator[DemoWorld]:
    """The world of the module, for tests that move its clock."""
    yield world
    world.day = world.days[-1]


def shown_text(body: bytes) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body.decode())).split())


def test_every_text_is_served_with_its_evidence(world: DemoWorld) -> None:
    assert len(world.texts) >= 55
    for text in world.texts:
        status, _, body = ask(world.url_of(text))
        assert status == 200, text.stem
        page = shown_text(body)
        for event in text.events:
            assert " ".join(event["quote"].split()) in page, f"{text.stem} on {text.site}: {event['quote']}"
            assert event["status"] in STATUSES, text.stem


def test_texts_say_what_they_guard_and_are_unlike() -> None:
    texts = read_texts()
    assert all(text.trap for text in texts)
    assert len({(text.site, text.stem) for text in texts}) == len(texts)
    assert len({text.accession for text in texts if text.accession}) == sum(text.site == "edgar" for text in texts)


def test_register_agrees_with_the_companies_of_the_texts() -> None:
    parties = read_parties()
    with (DEMO / "companies.csv").open(encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert set(rows) == set(parties) - NOISE
    for key, row in rows.items():
        party = parties[key]
        said = (party.name, party.cik, party.ticker, party.domain, party.city, party.state)
        assert (row["name"], row["cik"], row["ticker"], row["domain"], row["city"], row["state"]) == said


@pytest.mark.parametrize(
    ("site", "path", "day", "agent", "status"),
    [
        ("candlewick", "/robots.txt", "2026-09-07", AGENT, 200),
        ("candlewick", "/no-such-page", "2026-09-14", AGENT, 404),
        ("quennick", "/robots.txt", "2026-09-07", AGENT, 200),  # an empty one allows everything
        ("edgar", "/robots.txt", "2026-09-07", "curl/8", 200),  # even for those it refuses
        ("edgar", INDEX.format("20260908"), "2026-09-08", AGENT, 200),
        ("edgar", INDEX.format("20260908"), "2026-09-08", "curl/8", 403),  # no e-mail address: an undeclared tool
        ("edgar", INDEX.format("20260909"), "2026-09-08", AGENT, 403),  # not out yet
        ("edgar", INDEX.format("20260907"), "2026-09-14", AGENT, 403),  # Labor Day
        ("edgar", INDEX.format("20260912"), "2026-09-14", AGENT, 403),  # a Saturday
        ("edgar", INDEX.format("20261001"), "2026-09-14", AGENT, 404),  # not of this quarter
        ("edgar", "/Archives/edgar/data/9900001/0009900001-26-000101.txt", "2026-09-08", AGENT, 200),
        ("edgar", "/Archives/edgar/data/9900001/0009900001-26-000101.txt", "2026-09-07", AGENT, 404),  # filed the day after
        ("edgar", "/Archives/edgar/data/9900001/000990000126000101/0009900001-26-000101-index.htm", "2026-09-08", AGENT, 200),
    ],
)
def test_answers(at_day: DemoWorld, site: str, path: str, day: str, agent: str, status: int) -> None:
    at_day.day = date.fromisoformat(day)
    assert ask(at_day.url(site, path), User_Agent=agent)[0] == status


def test_nothing_shows_before_its_day(at_day: DemoWorld) -> None:
    for day in at_day.days:
        at_day.day = day
        for site, path in (("candlewick", "/rss/all-releases.rss"), ("longitude", "/atom.xml"), ("quennick", "/news/feed.xml")):
            page = ask(at_day.url(site, path))[2].decode()
            for text in at_day.texts:
                if text.site == site:
                    assert (at_day.sites[site].path_of(text) in page) == (text.day <= day), (day, text.stem)


def test_an_article_is_the_same_on_every_day(at_day: DemoWorld) -> None:
    """What a run reads must not hang on the night it reads it: a killed run reads it a night later."""
    early = [text for text in at_day.texts if text.day <= at_day.days[0]]
    at_day.day = at_day.days[0]
    first = [ask(at_day.url_of(text))[2] for text in early]
    at_day.day = at_day.days[-1]
    assert [ask(at_day.url_of(text))[2] for text in early] == first


def test_conditional_requests(world: DemoWorld) -> None:
    feed = world.url("candlewick", "/rss/all-releases.rss")
    _, headers, body = ask(feed)
    modified = headers["last-modified"]
    assert body
    rows = [
        ({"If_None_Match": headers["etag"]}, 304),
        ({"If_None_Match": f'"other", W/{headers["etag"]}'}, 304),  # weak, and among others
        ({"If_None_Match": '"other"', "If_Modified_Since": modified}, 200),  # the tag outweighs the date
        ({"If_Modified_Since": modified}, 304),
        ({"If_Modified_Since": "Mon, 01 Jan 2024 00:00:00 GMT"}, 200),
        ({"If_Modified_Since": "soon"}, 200),  # a date that is none is no condition
    ]
    for asked, status in rows:
        answer = ask(feed, "GET", **asked)
        assert answer[0] == status, asked
        assert bool(answer[2]) == (status == 200)


def test_head_has_no_body(world: DemoWorld) -> None:
    status, headers, body = ask(world.url("longitude", "/atom.xml"), "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 1000


def test_feed_grows_changes_its_tag(at_day: DemoWorld) -> None:
    feed = at_day.url("longitude", "/atom.xml")
    at_day.day = date(2026, 9, 8)
    tag = ask(feed)[1]["etag"]
    at_day.day = date(2026, 9, 9)
    assert ask(feed, If_None_Match=tag)[0] == 200


def test_list_has_pages(world: DemoWorld) -> None:
    seen = set()
    for number in (1, 2, 3):
        page = ask(world.url("candlewick", f"/news-releases/?page={number}"))[2].decode()
        seen |= set(re.findall(r'href="(/news-releases/[^"?]+\.html)"', page))
        assert ('rel="next"' in page) == (number * 10 < sum(text.site == "candlewick" for text in world.texts))
    assert len(seen) == sum(text.site == "candlewick" for text in world.texts)


def test_index_has_columns_of_fixed_width(world: DemoWorld) -> None:
    lines = ask(world.url("edgar", INDEX.format("20260908")))[2].decode("latin-1").splitlines()
    rows = lines[lines.index("-" * 141) + 1 :]
    assert [row[:12].strip() for row in rows] == sorted(row[:12].strip() for row in rows)
    assert {"8-K", "10-Q", "4"} <= {row[:12].strip() for row in rows}
    eight_k = next(row for row in rows if "TOLVANE" in row)
    assert eight_k[12:74].strip() == "TOLVANE INSTRUMENTS, INC."
    assert (eight_k[74:86].strip(), eight_k[86:98].strip()) == ("9900001", "20260908")
    assert eight_k[98:].strip() == "edgar/data/9900001/0009900001-26-000101.txt"


def test_nothing_is_left_behind() -> None:
    before = {thread.name for thread in threading.enumerate()}
    with running(date(2026, 9, 8)) as made:
        bases = [site.base for site in made.sites.values()]
        assert ask(bases[0] + "/robots.txt")[0] == 200
    assert {thread.name for thread in threading.enumerate() if thread.name.startswith("demo-")} <= before
    for base in bases:
        with pytest.raises(OSError, match="refused"):
            ask(base + "/robots.txt")


def test_a_port_that_is_taken_is_passed_over() -> None:
    with running() as first:
        taken = urlsplit(first.sites["candlewick"].base).port
        assert taken
        with running(port=taken) as second:
            assert second.sites["candlewick"].base != first.sites["candlewick"].base
            assert ask(second.url("candlewick", "/robots.txt"))[0] == 200


def test_run_times_are_the_night_after() -> None:
    assert DemoWorld.night_after(date(2026, 9, 8)).astimezone(UTC) == datetime(2026, 9, 9, 6, tzinfo=UTC)


def test_workspace_gets_the_worlds_addresses(tmp_path: Path, world: DemoWorld) -> None:
    write_workspace(tmp_path, world)
    assert not (tmp_path / "expected.json").exists()
    for name, site in world.sites.items():
        said = (tmp_path / "sources" / f"{name}.yml").read_text("utf-8")
        assert site.base in said
        assert ".example" not in said


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        ("One\ntwo.\n\nThree.", [("p", "One two."), ("p", "Three.")]),
        ("- a\n- b", [("li", "a"), ("li", "b")]),
        ("### Head\n\nText", [("h3", "Head"), ("p", "Text")]),
        ("| a | b |\n| c | d |", [("tr", "| a | b |"), ("tr", "| c | d |")]),
        ("", []),
    ],
)
def test_blocks(body: str, blocks: list[tuple[str, str]]) -> None:
    assert parse_blocks(body) == tuple(Block(shape, text) for shape, text in blocks)


def test_a_broken_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "companies.yml").write_text("{}", "utf-8")
    (tmp_path / "documents" / "bad.md").write_text("---\non: {nowhere: 2026-09-08 08:00}\ncompany: x\n---\nText\n", "utf-8")
    with pytest.raises(ValueError, match=r"bad\.md.*unknown site 'nowhere'"):
        read_texts(tmp_path)
