"""What every spider is: a Scrapy spider that reads one source, through its visit. A new one says how its lists are read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Generic, TypeVar, cast

import scrapy
from scrapy.http import Response

from crawler.source import Source, SpiderOptions
from crawler.visit import FetchedPage, Visit

OptionsT = TypeVar("OptionsT", bound=SpiderOptions)


class SourceSpider(scrapy.Spider, Generic[OptionsT]):  # type: ignore[misc]
    """Asks each address of the source's `start` as a list, conditionally, and gives the answers to `read_list`."""

    source: Source
    visit: Visit

    @property
    def options(self) -> OptionsT:
        """The keys that this spider alone has in its source files, checked when the file was read."""
        return cast(OptionsT, self.source.options)

    async def start(self) -> AsyncIterator[scrapy.Request | FetchedPage]:
        """Yield what a crawl begins with."""
        for url in self.source.start:
            yield self.visit.ask_list(url, self.read_list)

    def read_list(self, response: Response) -> Iterator[Any]:
        """Yield requests for what a list names, or the documents that stand in it; SourceFailed where it is no such list."""
        raise NotImplementedError(f"{type(self).__name__} has lists and no read_list")
