"""List pages of newsrooms without a feed: entries by CSS or XPath selectors from the source file, page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import scrapy
from parsel import Selector, SelectorList
from pydantic import Field, field_validator
from scrapy.http import Response

from crawler.errors import SourceFailed
from crawler.page_facts import parse_date
from crawler.source import SpiderOptions
from crawler.spider import SourceSpider
from crawler.visit import Listed


class Options(SpiderOptions):
    """Keys of a listing's source file. A selector is CSS, or XPath where it begins with `/`, `./` or `(`."""

    item: str  # one entry of the list
    link: str = "a::attr(href)"  # within the entry: the page's address
    headline: str | None = None  # within the entry: its text
    date: str | None = None  # within the entry; several matches are joined by spaces ("7", "AUG", "2026")
    date_format: str | None = None  # as strptime takes it, where the date is not one that reads itself: "%m/%d/%y"
    next: str | None = None  # the next page's address, on the whole page
    page_url: str | None = None  # or a pattern for the pages: "https://example.com/news?page={page}", from 2 on
    pages: int = Field(default=5, ge=1, le=500)  # at most, as long as a page shows new entries

    @field_validator("item", "link", "headline", "date", "next")
    @classmethod
    def _selectors(cls, selector: str | None) -> str | None:
        if selector is not None:
            try:
                select(Selector("<p/>"), selector)
            except Exception as error:
                raise ValueError(f"'{selector}' is no CSS or XPath selector: {error}") from error
        return selector

    @field_validator("page_url")
    @classmethod
    def _pattern(cls, pattern: str | None) -> str | None:
        if pattern is not None and "{page}" not in pattern:
            raise ValueError("'page_url' needs {page} where the number goes")
        return pattern


class ListingSpider(SourceSpider[Options]):
    """Reads list pages for as long as they show something new."""

    name = "listing"

    def read_list(self, response: Response) -> Iterator[scrapy.Request]:
        """Yield requests for the page's new entries, and for the next page while there are any."""
        number: int = response.meta.get("page", 1)
        entries = read_listing(response, self.options)
        if not entries and number == 1:
            raise SourceFailed(
                f"{response.url}: the selector `item: {self.options.item}` finds no entry with a link; "
                "the page was rebuilt, or needs a browser (`render: true`): correct the selectors"
            )
        requests = list(self.visit.ask_pages(entries, of_list=response.meta["list"]))
        yield from requests
        following = self.next_page(response, number)
        if requests and following and number < self.options.pages:
            # a later page shifts with every entry: it is asked for whenever the one before shows something new
            yield self.visit.ask_list(following, self.read_list, conditional=False, meta={"page": number + 1}, missing_is_an_error=False)

    def next_page(self, response: Response, number: int) -> str | None:
        if self.options.next:
            found = select(response.selector, self.options.next).get()
            return response.urljoin(found.strip()) if found and not found.strip().startswith(("#", "javascript:")) else None
        return self.options.page_url.format(page=number + 1) if self.options.page_url else None


def read_listing(response: Response, options: Options) -> list[Listed]:
    """Return the entries of a list page in their order; those without a link are left out."""
    entries = []
    for item in select(response.selector, options.item):
        href = select(item, options.link).get()
        if not href or href.startswith(("#", "javascript:", "mailto:")):
            continue
        title = " ".join((text_of(select(item, options.headline)) if options.headline else "").split())
        said = text_of(select(item, options.date)) if options.date else ""
        entries.append(Listed(response.urljoin(href.strip()), {"title": title, "published": listed_date(said, options.date_format)}))
    return entries


def select(node: Selector | SelectorList, selector: str) -> SelectorList:
    """Return what a CSS or XPath selector finds."""
    return node.xpath(selector) if selector.startswith(("/", "./", "(")) else node.css(selector)


def text_of(found: SelectorList) -> str:
    """Return the visible text of what was found, or the attribute that the selector names."""
    texts = []
    for node in found:
        value = node.get() or ""
        texts.append(" ".join(node.xpath(".//text()").getall()) if value.startswith("<") else value)
    return " ".join(" ".join(texts).split())


def listed_date(said: str, date_format: str | None) -> str:
    """Return a list's date in ISO form, "" when it is none."""
    if not said:
        return ""
    if date_format:
        try:
            moment = datetime.strptime(said, date_format)  # noqa: DTZ007  a day, or a local time that the page's own date refines
        except ValueError:
            return ""
        return moment.date().isoformat() if not re.search(r"%[HIf]", date_format) else moment.replace(tzinfo=UTC).isoformat()
    moment_read, date_only = parse_date(said)
    if moment_read is None:
        return ""
    return moment_read.date().isoformat() if date_only else moment_read.isoformat()
