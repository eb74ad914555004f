"""The parts of the crawler that need no crawl: names of pages, refusals, archive, hosts, source files, duplicates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from crawler.archive import Archive, warc_pages
from crawler.duplicates import clusters
from crawler.errors import ArchiveError
from crawler.politeness import HostLedger
from crawler.source import Source, spider_names
from crawler.urls import canonical_url, page_canonical, refusal
from prospect.yamlfile import Faults, read_model

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)

# two addresses, whether they name one page, what the row guards
SAME_PAGE = [
    ("https://www.a.example/x?utm_source=rss&id=1", "https://a.example/x?id=1", True),  # tracking and www
    ("http://a.example:80/x/", "https://a.example/x#top", True),  # scheme, port, slash, fragment
    ("https://m.a.example/x", "https://a.example/x", True),  # the mobile host
    ("https://a.example/x/amp/", "https://a.example/x", True),  # the AMP copy
    ("https://a.example/x?b=2&a=1", "https://a.example/x?a=1&b=2", True),  # the order of parameters
    ("https://a.example/x?page=2", "https://a.example/x", False),  # a parameter that matters
    ("https://a.example/X", "https://a.example/x", False),  # paths know capitals
    ("https://a.example:8080/x", "https://a.example/x", False),  # another server
    ("https://m.example/x", "https://example/x", False),  # "m" is the whole name here
    (
        "https://www.sec.gov/Archives/edgar/data/1/0000000001-26-000007.txt",
        "https://www.sec.gov/Archives/edgar/data/99/000000000126000007/0000000001-26-000007.txt",
        True,
    ),  # one submission of two filers, in both forms of its address
]


@pytest.mark.parametrize(("first", "second", "same"), SAME_PAGE)
def test_one_page_has_one_name(first: str, second: str, same: bool) -> None:
    assert (canonical_url(first) == canonical_url(second)) is same


# the page's own canonical link -> believed or not
CANONICAL = [
    (b'<link rel="canonical" href="https://a.example/news/real">', "https://a.example/news/real"),
    (b"<LINK HREF='/news/real?utm_medium=x' REL=canonical>", "https://a.example/news/real"),  # order, quotes, relative
    (b'<link rel="canonical" href="https://a.example/">', "https://a.example/news/1"),  # a template's mistake
    (b'<link rel="canonical" href="https://other.example/news/real">', "https://a.example/news/1"),  # a syndication partner
    (b'<link rel="stylesheet" href="/canonical">', "https://a.example/news/1"),
]


@pytest.mark.parametrize(("tag", "name"), CANONICAL)
def test_canonical_links_are_believed_within_a_site(tag: bytes, name: str) -> None:
    assert page_canonical(b"<html><head>" + tag + b"</head>", "https://www.a.example/news/1") == name


# address, allowed hosts, words of the refusal ("" for none)
REFUSALS = [
    ("https://a.example/", (), ""),
    ("file:///etc/passwd", (), "neither http"),
    ("http://127.0.0.1/", (), "allow_hosts"),
    ("http://127.0.0.11/", ("127.0.0.11",), ""),
    ("http://127.0.0.11/", ("127.0.0.0/8",), ""),
    ("http://127.0.0.11/", ("127.0.0.1",), "allow_hosts"),
    ("http://169.254.169.254/latest/meta-data/", ("127.0.0.0/8",), "169.254"),
    ("http://[::1]/", (), "allow_hosts"),
    ("http://[::ffff:10.0.0.1]/", (), "allow_hosts"),  # a private address in IPv6's clothes
    ("http://localhost/", ("localhost",), ""),
    ("https:///x", (), "no host"),
]


@pytest.mark.parametrize(("url", "allowed", "words"), REFUSALS)
def test_private_addresses_are_refused(url: str, allowed: tuple[str, ...], words: str) -> None:
    reason = refusal(url, allowed)
    assert words in reason if reason else not words, reason


def test_archive_gives_back_what_came_and_mends_a_torn_end(tmp_path: Path) -> None:
    import gzip

    archive = Archive(tmp_path)
    first = archive.append(
        "https://a.example/1", 200, [("Content-Type", "text/html"), ("Content-Encoding", "gzip")], gzip.compress(b"one"), NOW
    )
    second = archive.append("https://a.example/2", 200, [("Content-Type", "text/plain")], b"two", NOW)
    path = tmp_path / first[0]
    with path.open("ab") as torn:
        torn.write(b"\x1f\x8b\x08half a record, and then the power went")
    third = archive.append("https://a.example/3", 200, [], b"three", NOW)
    assert [archive.body(*place) for place in (first, second, third)] == [b"one", b"two", b"three"]
    assert [page.url for page in warc_pages(path)] == [f"https://a.example/{number}" for number in (1, 2, 3)]
    assert archive.page(*second).content_type == "text/plain"
    with pytest.raises(ArchiveError, match="no record"):
        archive.body(first[0], path.stat().st_size)
    with pytest.raises(ArchiveError, match="cannot be read"):
        archive.body("20990101.warc.gz", 0)


def test_archive_is_read_by_other_tools(tmp_path: Path) -> None:
    from warcio.archiveiterator import ArchiveIterator

    archive = Archive(tmp_path)
    name, _ = archive.append("https://a.example/1", 200, [("Content-Type", "text/html")], b"one", NOW)
    with (tmp_path / name).open("rb") as stream:
        records = [(r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), r.content_stream().read()) for r in ArchiveIterator(stream)]
    assert [kind for kind, _, _ in records] == ["warcinfo", "response"]
    assert records[1][1:] == ("https://a.example/1", b"one")


def test_old_days_are_dropped_by_age_and_size(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for day in (1, 5, 10):
        archive.append("https://a.example/", 200, [], b"x" * 1000, datetime(2026, 1, day, tzinfo=UTC))
    assert archive.expire(today=date(2026, 1, 11), keep_days=7) == ["20260101.warc.gz"]
    size = sum(path.stat().st_size for path in tmp_path.glob("*.warc.gz"))
    assert archive.expire(today=date(2026, 1, 11), keep_bytes=size - 1) == ["20260105.warc.gz"]
    assert [path.name for path in tmp_path.glob("*.warc.gz")] == ["20260110.warc.gz"]


def test_hosts_have_one_pace_and_one_budget_for_all_crawls(tmp_path: Path) -> None:
    first, second = HostLedger(tmp_path), HostLedger(tmp_path)  # two processes
    day = date(2026, 1, 15)
    waits = [ledger.reserve("a.example", now_s=1000.0, day=day, per_second=10, per_day=4) for ledger in (first, second, first, second)]
    assert waits == [pytest.approx(0.1 * number) for number in range(4)]
    assert "budget of 4" in str(first.reserve("a.example", now_s=1000.0, day=day, per_second=10, per_day=4))
    assert first.reserve("a.example", now_s=1001.0, day=date(2026, 1, 16), per_second=10, per_day=4) == 0  # a new day
    first.block("a.example", until_s=2000.0)
    assert "blocks this machine for another 900 s" in str(second.reserve("a.example", now_s=1100.0, day=day, per_second=10, per_day=None))
    assert second.reserve("b.example", now_s=1100.0, day=day, per_second=None, per_day=None) == 0


# a source file's text -> words of its faults
BAD_SOURCES = [
    ("title: x\nspider: fed\nstart: [https://a.example/]\n", ["s.yml:2", "unknown spider 'fed' (did you mean 'feed'?)"]),
    ("title: x\nspider: quantum\nstart: [https://a.example/]\n", ["known: edgar, feed, irs990, jobs, listing, sitemap, warc, warn"]),
    ("title: x\nspider: feed\nstart: [a.example/feed]\n", ["s.yml:3", "'a.example/feed' is no address"]),
    ("title: x\nspider: feed\n", ["missing key 'start'"]),
    ("title: x\nspider: feed\nstart: [https://a.example/]\nfolow: false\n", ["s.yml:4", "unknown key 'folow' (did you mean 'follow'?)"]),
    ("title: x\nspider: feed\nstart: [https://a.example/]\nforms: [8-K]\n", ["s.yml:4", "unknown key 'forms'"]),  # another spider's key
    ("title: x\nspider: edgar\nstart: [https://a.example/]\nby: hourly\ndays: 0\n", ["s.yml:4", "s.yml:5"]),  # both at once
    ("title: x\nspider: listing\nstart: [https://a.example/]\nitem: 'li['\n", ["s.yml:4", "no CSS or XPath selector"]),
    ("title: x\nspider: warn\nstart: [https://a.example/]\nstate: MD\ncolumns: {firm: A}\n", ["s.yml:5", "unknown field 'firm'"]),
    ("title: x\nspider: sitemap\nstart: [https://a.example/]\ninclude: ['(']\n", ["s.yml:4", "no regular expression"]),
]


@pytest.mark.parametrize(("text", "words"), BAD_SOURCES)
def test_faults_of_source_files_have_place_and_cure(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / "s.yml"
    path.write_text(text)
    with pytest.raises(Faults) as raised:
        read_model(path, Source, shown="s.yml", stem_key="name")
    assert not [word for word in words if word not in str(raised.value)], str(raised.value)


def test_a_source_survives_the_way_to_the_child_process() -> None:
    source = Source.model_validate(
        {"name": "e", "title": "E", "spider": "edgar", "start": ["https://a.example/"], "forms": ["D"], "days": 9}
    )
    assert Source.model_validate(source.as_file()) == source
    with pytest.raises(ValidationError):
        source.name = "other"  # type: ignore[misc]
    assert "feed" in spider_names()


RELEASE = (
    "AKRON, Ohio, Jan. 8, 2026 – Brindle Robotics, Inc. today named Lena Fjord chief executive officer, effective February 2, 2026. "
    "She follows Otto Pike, who founded the company in 2011 and becomes chairman of its board. Ms. Fjord was chief operating officer "
    "of Calder & Finch Logistics, where she ran forty depots in nine states and the integration of two acquisitions.\n"
    "“Brindle has the best picking robots in the trade and a team that customers trust,” said Ms. Fjord. “My task is to build the "
    "second plant without losing either.” The plant in Lafayette, Indiana, is to open in the autumn with 180 employees.\n"
)
ABOUT = "About Brindle Robotics\nBrindle Robotics makes robots that pick groceries and parcels for 61 customers.\n"


def dividend(quarter: str, amount: str, day: str) -> str:
    return (
        f"PORTLAND, Maine – The Board of Directors of Harborlight Foods, Inc. has declared a {quarter} quarter cash dividend of ${amount} per share on "
        f"its common stock. The dividend is payable on {day}, 2026 to shareholders of record at the close of business two weeks earlier. Harborlight "
        "has paid a dividend in every quarter since its shares were first listed, and the board reviews the dividend at its regular meetings."
    )


# what it guards, texts with their forms, whether the second is a copy of the first
COPIES = [
    ("the same on two wires", RELEASE + ABOUT, RELEASE.replace("–", "-").replace("“", '"'), None, True),
    ("cut after the first paragraph", RELEASE, RELEASE.split("\n")[0], None, True),
    ("with another wire's line in front", RELEASE, "(Pressline) -- " + RELEASE + ABOUT, None, True),
    ("one issuer's next dividend", dividend("first", "0.45", "March 31"), dividend("second", "0.48", "June 30"), None, False),
    ("only the boilerplate is shared", RELEASE + ABOUT * 3, "Brindle opens a depot in Tulsa for 12 people.\n" * 4 + ABOUT * 3, None, False),
    ("an 8-K that carries the release", RELEASE, "Item 8.01 Other Events\nSee the release.\nEX-99.1\n" + RELEASE + ABOUT, "8-K", True),
    ("an 8-K that speaks of it alone", RELEASE, "Item 8.01 Other Events\n" + RELEASE.split(". ")[0] + ".\nEX-99.1\nSlides", "8-K", False),
]


@pytest.mark.parametrize(("guards", "first", "second", "form", "copy"), COPIES, ids=[row[0] for row in COPIES])
def test_copies(guards: str, first: str, second: str, form: str | None, copy: bool) -> None:
    heads = clusters([("1", "A title", first, None), ("2", "A title", second, form)])
    assert (heads["2"] == "1") is copy


def test_two_filings_are_two_acts_however_alike() -> None:
    filing = "Item 8.01 Other Events\nSee the release.\nEX-99.1\n" + RELEASE
    assert clusters([("1", None, filing, "8-K"), ("2", None, filing, "8-K/A")]) == {"1": "1", "2": "2"}


DEPOTS = " The depots in Akron, Tulsa and Reno hire pickers for the winter, and pay them by the hour from the first of November."
CUT = RELEASE.replace("forty", "fifty")
# what it guards, the two titles, the second text, whether it is a copy
TITLES = [
    ("other amounts", "Raises $755,000", "Raises $478,000", CUT, False),
    ("other months of one year", "Report for June 2026", "Report for October 2026", CUT, False),
    ("other quarters", "Brindle Names Chief; First Quarter 2026", "Brindle Names Chief; Fourth Quarter 2026", CUT, False),
    ("one title is cut", "Brindle Names Chief; First Quarter 2026", "Brindle Names Chief", CUT, True),
    (
        "the next of a series, with much in common",
        "Robot Weekly: a chief for Brindle",
        "Robot Weekly: pickers wanted",
        RELEASE.split("\n")[0] + DEPOTS,
        False,
    ),
    ("another headline over the very same words", "Brindle Names Chief", "A plant for Lafayette", RELEASE, True),
]


@pytest.mark.parametrize(("guards", "first", "second", "text", "copy"), TITLES, ids=[row[0] for row in TITLES])
def test_titles_tell_two_releases_apart(guards: str, first: str, second: str, text: str, copy: bool) -> None:
    assert (clusters([("1", first, RELEASE, None), ("2", second, text, None)])["2"] == "1") is copy
