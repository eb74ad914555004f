"""What can go wrong in the crawler; every message says what, where and the cure."""

from __future__ import annotations

from store.errors import Mendable


class CrawlError(Mendable):
    """Root of the crawler's errors."""


class Unreadable(CrawlError):
    """A body that is no document a person would read: a block page, a soft 404, an empty or broken file."""


class ArchiveError(CrawlError):
    """A record that is not where the store says it is."""


class SourceFailed(CrawlError):
    """A crawl that cannot go on, in words for the operator: what, where, cure."""
