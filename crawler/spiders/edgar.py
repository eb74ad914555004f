"""EDGAR: submissions of the wanted forms, by the daily index (complete) or the current-filings feed (minutes fresh); records of filers.

The daily index of a day is published in the evening, Eastern time; before, and for days without filings, its address
answers 403 with S3's AccessDenied. The feed lives under /cgi-bin, which robots.txt names: a source that reads it needs
a `robots:` line with its reason.
Limits and rules: https://www.sec.gov/os/accessing-edgar-data
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import scrapy
from pydantic import Field, field_validator, model_validator
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.errors import SourceFailed
from crawler.filing_items import item_code
from crawler.politeness import HostLedger
from crawler.source import SpiderOptions
from crawler.spider import SourceSpider
from crawler.submissions import read_filer_record, state_of
from crawler.urls import canonical_url
from crawler.visit import FetchedPage, Listed, Visit
from crawler.xml_tree import parse_xml

REQUESTS_PER_SECOND = 8.0  # EDGAR's ceiling is 10 over all that one machine asks
BLOCK_S = 600.0  # "access will resume after the rate has dropped below the threshold for 10 minutes"
EASTERN = ZoneInfo("America/New_York")
OVERLAP_DAYS = 3  # indexes are completed late: the last days are looked at again, at the cost of a conditional request each
FEED_PAGES = 20  # the feed reaches back some 2,000 filings

UNDECLARED = b"Undeclared Automated Tool"
TOO_FAST = b"Request Rate Threshold Exceeded"
NOT_PUBLISHED = b"AccessDenied"
# fixed columns in form.idx, but names may be longer than theirs: CIK, date and path are told by their form
INDEX_LINE = re.compile(r"^(\S.*?)\s{2,}(.+?)\s+(\d{1,10})\s+(\d{8}|\d{4}-\d\d-\d\d)\s+(edgar/data/\S+)\s*$")
# "8-K - CHEVRON CORP (0000093410) (Filer)"
FEED_TITLE = re.compile(r"^(\S+(?: \S+)?) - (.*) \((\d{10})\) \((Filer|Issuer|Subject|Reporting|Filed by)\)$")
FEED_ITEM = re.compile(r"item (\d\.\d\d)", re.IGNORECASE)


class Options(SpiderOptions):
    """Keys of an EDGAR source file."""

    forms: tuple[str, ...] = Field(default=("8-K", "8-K/A"), min_length=1)  # exactly as EDGAR writes them
    by: Literal["daily-index", "current", "full-index", "submissions"] = "daily-index"
    days: int = Field(default=5, ge=1, le=366)  # how far a first crawl reaches back, unless `since` says so
    items: tuple[str, ...] = ()  # with `by: current` alone: only 8-Ks with one of these items
    ciks: tuple[str, ...] = ()  # with `by: submissions` alone: the filers whose records are watched

    @field_validator("ciks")
    @classmethod
    def _digits(cls, ciks: tuple[str, ...]) -> tuple[str, ...]:
        for cik in ciks:
            if not re.fullmatch(r"\d{1,10}", cik):
                raise ValueError(f"'{cik}' is no CIK; write its digits in quotes, such as '0000093410'")
        return tuple(cik.zfill(10) for cik in ciks)

    @model_validator(mode="after")
    def _filers_named(self) -> Options:
        if (self.by == "submissions") != bool(self.ciks):
            raise ValueError("`by: submissions` and `ciks` go together: the records of the filers that `ciks` names are watched")
        return self


@dataclass(frozen=True, slots=True)
class IndexLine:
    """One filing in an index file; a filing of several filers has a line for each."""

    form: str
    company: str
    cik: str
    filed: date
    path: str  # "edgar/data/93410/0000093410-24-000037.txt"

    @property
    def accession(self) -> str:
        return self.path.rpartition("/")[2].removesuffix(".txt")


class EdgarSpider(SourceSpider[Options]):
    """Reads indexes, then fetches full submissions."""

    name = "edgar"

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for base in self.source.start:
            if self.options.by == "current":
                for form in self.options.forms:
                    yield self.ask(current_feed_url(base, form, 0), self.read_feed)
            elif self.options.by == "submissions":
                for cik in self.options.ciks:
                    yield self.ask(f"{root_of(base)}/submissions/CIK{cik}.json", self.read_record)
            elif self.options.by == "full-index":
                for quarter in self.quarters():
                    yield self.ask(f"{root_of(base)}/Archives/edgar/full-index/{quarter}/form.idx", self.read_index)
            else:
                for day in self.days():
                    quarter = f"{day.year}/QTR{(day.month + 2) // 3}"
                    yield self.ask(f"{root_of(base)}/Archives/edgar/daily-index/{quarter}/form.{day:%Y%m%d}.idx", self.read_index)

    def ask(self, url: str, callback: Any) -> scrapy.Request:
        """Return the request for an index or feed page, its refusals let through to be told apart."""
        return self.visit.ask_list(url, lambda response: self.judged(response, callback), also=(403, 404, 429, 503))

    def days(self) -> list[date]:
        """Return the days whose index is due, oldest first: from some days before the last success until today, Eastern time."""
        # past midnight UTC it is still the evening before in Washington; that day's index costs one refused request
        today = max(self.visit.now.astimezone(EASTERN).date(), self.visit.now.date())
        last = self.visit.memory.last_success()
        if last is not None:
            first = last.astimezone(EASTERN).date() - timedelta(days=OVERLAP_DAYS)
        else:
            first = self.visit.since or today - timedelta(days=self.options.days)
        count = (today - first).days + 1
        # EDGAR publishes no index of a Saturday or Sunday
        return [day for day in (first + timedelta(days=offset) for offset in range(count)) if day.weekday() < 5]

    def quarters(self) -> list[str]:
        """Return the quarters from `since` (or the first day that is due) until today, "2024/QTR3"."""
        today = self.visit.now.astimezone(EASTERN).date()
        first = self.visit.since or today - timedelta(days=self.options.days)
        found = []
        year, quarter = first.year, (first.month + 2) // 3
        while (year, quarter) <= (today.year, (today.month + 2) // 3):
            found.append(f"{year}/QTR{quarter}")
            year, quarter = (year, quarter + 1) if quarter < 4 else (year + 1, 1)
        return found

    def judged(self, response: Response, callback: Any) -> Iterator[scrapy.Request | FetchedPage]:
        """Pass a good answer on; tell the refusals apart by their text."""
        if response.status == 200 and UNDECLARED not in response.body[:3000] and TOO_FAST not in response.body[:3000]:
            yield from callback(response)
            return
        if response.status == 404 and self.options.by == "submissions":
            self.visit.note(f"{response.url}: EDGAR has no filer of this number; correct `ciks`")
            return
        if response.status in (403, 404) and (NOT_PUBLISHED in response.body[:2000] or response.status == 404):
            # not published yet, or a day without filings; it is asked for again, since no validator is kept
            return
        self.refused(response)

    def refused(self, response: Response) -> None:
        """Record EDGAR's refusal and end the crawl, since every further request renews a block."""
        if UNDECLARED in response.body[:5000]:
            raise_failed(
                self.visit,
                f"{response.url}: EDGAR refuses tools that do not declare themselves; "
                "put your name and e-mail address into `contact` of prospect.yml",
            )
        if TOO_FAST in response.body[:5000] or response.status == 429:
            ledger = HostLedger(Path(self.crawler.settings["PROSPECT_HOSTS"]))
            ledger.block(urlsplit(response.url).hostname or "", until_s=time.time() + BLOCK_S)
            raise_failed(
                self.visit,
                f"{response.url}: EDGAR counts too many requests from this machine and blocks it for ten minutes; "
                "nothing is lost, the next crawl goes on. Look for other programs that read EDGAR from here",
            )
        self.visit.fail(f"{response.url}: answered {response.status}; the fault is on EDGAR's side: it is tried again at the next crawl")

    def read_record(self, response: Response) -> Iterator[FetchedPage]:
        """Yield a filer's record, where anything but its list of filings is other than before."""
        record = read_filer_record(response.body)
        if record is None:
            raise SourceFailed(f"{response.url}: no company record of EDGAR; look at it in a browser")
        name = canonical_url(f"{response.url}?state={state_of(record)}")
        self.visit.listed += 1
        if self.visit.memory.seen([name]):
            return
        yield FetchedPage(
            url=response.url,
            canonical_url=name,
            listed_as=name,
            status=200,
            headers=[("Content-Type", "application/json")],
            body=response.body,
            digest=hashlib.sha256(response.body).hexdigest(),
            content_type="application/json",
            fetched=self.visit.now,
            hints={"publisher": "SEC EDGAR"},
        )

    def read_index(self, response: Response) -> Iterator[scrapy.Request]:
        """Yield requests for the wanted filings of a form index."""
        lines = read_form_index(response.text)
        if lines is None:
            raise SourceFailed(f"{response.url}: no form index (its head line is missing); look at it in a browser")
        since = self.visit.since if self.options.by == "full-index" else None
        wanted = [line for line in lines if line.form in self.options.forms and (since is None or line.filed >= since)]
        yield from self.ask_filings(response, wanted)

    def ask_filings(self, response: Response, lines: Sequence[IndexLine]) -> Iterator[scrapy.Request]:
        """Yield a request for each filing once, whichever of its filers it is listed under."""
        root = root_of(response.url)
        once = {line.accession: line for line in reversed(lines)}
        entries = [
            Listed(
                f"{root}/Archives/{line.path}",
                {
                    "form": line.form,
                    "company": line.company,
                    "cik": line.cik,
                    "published": line.filed.isoformat(),
                    "publisher": "SEC EDGAR",
                },
            )
            for line in reversed(once.values())
        ]
        for request in self.visit.ask_pages(entries, of_list=response.meta["list"]):
            yield request.replace(errback=self.filing_failed)

    def filing_failed(self, failure: Any) -> None:
        """Count a filing that did not come; a refusal ends the crawl."""
        self.visit.page_failed(failure)
        if failure.check(HttpError) and failure.value.response.status in (403, 429):
            self.refused(failure.value.response)

    def read_feed(self, response: Response) -> Iterator[scrapy.Request]:
        """Yield requests for the filings of a page of the current-filings feed, and for the next page while all on it are new."""
        entries = read_current_feed(response.body)
        if entries is None:
            raise SourceFailed(f"{response.url}: no Atom feed; look at it in a browser")
        wanted = [entry for entry in entries if entry.hints["form"] in self.options.forms and self.wanted_items(entry)]
        requests = list(self.visit.ask_pages([self.absolute(response, entry) for entry in wanted], of_list=response.meta["list"]))
        yield from (request.replace(errback=self.filing_failed) for request in requests)
        query = parse_qs(urlsplit(response.url).query)
        start, count = int(query.get("start", ["0"])[0]), int(query.get("count", ["100"])[0])
        if requests and len(entries) >= count and start // count + 1 < FEED_PAGES:
            yield self.ask(current_feed_url(response.url, query.get("type", [""])[0], start + count), self.read_feed)

    def wanted_items(self, entry: Listed) -> bool:
        return not self.options.items or bool(set(self.options.items) & set(entry.hints.get("items", "").split(",")))

    def absolute(self, response: Response, entry: Listed) -> Listed:
        """Return an entry with its address on the host that was asked (a mirror answers with its own links)."""
        return Listed(urljoin(response.url, urlsplit(entry.url).path), entry.hints)


def raise_failed(visit: Visit, text: str) -> None:
    """Record why the crawl cannot go on and end it."""
    visit.fail(text)
    raise CloseSpider("done")


def root_of(url: str) -> str:
    """Return scheme and host of an address."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "", "", ""))


def current_feed_url(base: str, form: str, start: int) -> str:
    """Return the address of a page of the current-filings feed."""
    query = urlencode(
        {"action": "getcurrent", "type": form, "company": "", "owner": "include", "start": start, "count": 100, "output": "atom"}
    )
    return f"{root_of(base)}/cgi-bin/browse-edgar?{query}"


def read_form_index(text: str) -> list[IndexLine] | None:
    """Return the lines of a form.YYYYMMDD.idx or form.idx; None for a text without its head, [] for an index without filings."""
    head, ruler, body = text.partition("-" * 40)
    if not ruler or "Form Type" not in head:
        return None
    lines = []
    for line in body.split("\n"):
        if found := INDEX_LINE.match(line):
            filed = datetime.strptime(found[4].replace("-", ""), "%Y%m%d").replace(tzinfo=UTC).date()
            lines.append(IndexLine(found[1].strip(), found[2].strip(), found[3].zfill(10), filed, found[5]))
    return lines


def read_current_feed(body: bytes) -> list[Listed] | None:
    """Return the filings of a current-filings feed page, one each however many filers it is listed under; None for no feed."""
    root = parse_xml(body)
    if root is None or root.tag != "feed":
        return None
    found: dict[str, Listed] = {}
    subjects: set[str] = set()
    for entry in root.iterfind("entry"):
        title = " ".join((entry.findtext("title") or "").split())
        link = entry.find("link")
        href = link.get("href", "") if link is not None else ""
        parts = FEED_TITLE.match(title)
        index = re.search(r"^(.*/edgar/data/\d+)/(\d{18})/(\d{10}-\d\d-\d{6})-index\.html?$", href)
        if not parts or not index:
            continue
        category = entry.find("category")
        form = category.get("term", parts[1]) if category is not None else parts[1]
        items = [code for text in FEED_ITEM.findall(entry.findtext("summary") or "") if (code := item_code(text))]
        hints = {
            "form": form,
            "company": parts[2].strip(),
            "cik": parts[3],
            "items": ",".join(items),
            "published": entry.findtext("updated") or "",
            "publisher": "SEC EDGAR",
        }
        # the first filer's own line tells more than that of a reporting owner
        subject = parts[4] in ("Filer", "Issuer", "Subject")
        if index[3] not in found or (subject and index[3] not in subjects):
            found[index[3]] = Listed(f"{index[1]}/{index[2]}/{index[3]}.txt", hints)
        if subject:
            subjects.add(index[3])
    return list(found.values())
