"""Scrapy's settings for one crawl: polite, bounded, and lean (measured in benchmarks/crawl_cost.py)."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies

from scrapy.settings import default_settings

from crawler.errors import SourceFailed
from crawler.source import Source

if TYPE_CHECKING:
    from crawler.run import CrawlSettings

# the name that robots.txt files may speak to
ROBOT_NAME = "prospect"
DNS_RESOLVER = "TWISTED_DNS_RESOLVER" if hasattr(default_settings, "TWISTED_DNS_RESOLVER") else "DNS_RESOLVER"
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def user_agent(contact: str) -> str:
    """Return an honest User-Agent: who asks, and whom to write to."""
    try:
        number = version(ROBOT_NAME)
    except PackageNotFoundError:  # run from a folder, not installed
        number = "0"
    return f"{ROBOT_NAME}/{number} (+{contact})"


def process_settings(crawl: CrawlSettings) -> dict[str, Any]:
    """Return what holds for the whole crawl process."""
    return {
        DNS_RESOLVER: "crawler.middlewares.GuardedResolver",
        "PROSPECT_ALLOW_HOSTS": crawl.allow_hosts,
        "LOG_LEVEL": "WARNING",
        "LOG_FORMAT": "%(levelname)s %(name)s: %(message)s",
        "TELNETCONSOLE_ENABLED": False,
    }


def crawl_settings(source: Source, crawl: CrawlSettings) -> dict[str, Any]:
    """Return the settings for a crawl of `source`."""
    module = import_module(f"crawler.spiders.{source.spider}")
    per_second = source.requests_per_second or getattr(module, "REQUESTS_PER_SECOND", None)
    settings: dict[str, Any] = {
        **process_settings(crawl),
        "USER_AGENT": user_agent(crawl.contact),
        "PROSPECT_HEADERS": {
            "User-Agent": user_agent(crawl.contact),
            "Accept": ACCEPT,
            "Accept-Language": f"{source.language or 'en'},en;q=0.7,*;q=0.3",
        },
        # pace
        "ROBOTSTXT_OBEY": False,  # crawler.robots does it
        "PROSPECT_OBEY_ROBOTS": source.robots is None,
        "ROBOTSTXT_USER_AGENT": ROBOT_NAME,
        "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 4,
        "DOWNLOAD_DELAY": source.delay_s,
        "DOWNLOAD_DELAY_JITTER": 0.2,
        "AUTOTHROTTLE_ENABLED": per_second is None,
        "AUTOTHROTTLE_START_DELAY": max(0.05, source.delay_s),
        "AUTOTHROTTLE_MAX_DELAY": 60.0,
        # a target of 1 halves the rate of a fast host without sparing it anything
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 4.0,
        "PROSPECT_PER_SECOND": per_second,
        "PROSPECT_PER_DAY": source.daily_requests,
        "PROSPECT_HOSTS": str(Path(crawl.archive) / "hosts"),
        # limits
        "DOWNLOAD_TIMEOUT": crawl.request_timeout_s,
        "DOWNLOAD_MAXSIZE": int(source.max_mb * 1_000_000),
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_HANDLERS": {"file": None, "data": None, "ftp": None, "s3": None},
        "REDIRECT_MAX_TIMES": 5,
        "RETRY_TIMES": 2,
        "PROSPECT_FIRST_RETRY_S": crawl.first_retry_s,
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
        "CLOSESPIDER_TIMEOUT": int(crawl.timeout_s),
        "DEPTH_LIMIT": 0,
        # lean: Scrapy starts CONCURRENT_ITEMS tasks for every response
        "CONCURRENT_ITEMS": 4,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,  # it parses the source of every callback
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "HTTPPROXY_ENABLED": bool(getproxies()),
        "LOG_FORMATTER": "crawler.middlewares.NoLinePerPage",
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.robots.Robots": 10,
            "crawler.middlewares.Guard": 20,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            # each middleware costs some 0.05 ms a page: the guard sets headers and time limit, and counts requests
            "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
            "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": None,
            "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
            "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
            "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
            "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            "crawler.middlewares.Backoff": 550,
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
            "crawler.middlewares.KeepAsSent": 590,
        },
        "SPIDER_MIDDLEWARES": {
            "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
            "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
            "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
        },
        "EXTENSIONS": {
            "scrapy.extensions.corestats.CoreStats": None,
            "scrapy.extensions.logcount.LogCount": None,
            "scrapy.extensions.memusage.MemoryUsage": None,
            "scrapy.extensions.telnet.TelnetConsole": None,
            "scrapy.extensions.memdebug.MemoryDebugger": None,
            "scrapy.extensions.feedexport.FeedExporter": None,
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.spiderstate.SpiderState": None,
            "scrapy.extensions.remote_control.RemoteControl": None,
        },
        "ITEM_PIPELINES": {"crawler.pipelines.KeepPages": 100},
    }
    if source.render:
        settings |= browser_settings()
    return settings


def browser_settings() -> dict[str, Any]:
    """Return what lets pages be fetched by a browser; raise SourceFailed where the extra is not installed."""
    if find_spec("scrapy_playwright") is None:
        raise SourceFailed("`render: true` needs a browser: pip install 'prospect[browser]', and Chromium on the machine")
    handler = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
    chromium = which("chromium") or which("chromium-browser") or which("google-chrome")
    return {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler, "file": None, "data": None, "ftp": None, "s3": None},
        "PLAYWRIGHT_LAUNCH_OPTIONS": {"executable_path": chromium} if chromium else {},
        # images, fonts and films are weight without text; what a page asks for inside the house is refused as elsewhere
        "PLAYWRIGHT_ABORT_REQUEST": "crawler.middlewares.needless_in_a_browser",
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": 30_000,
        "PROSPECT_RENDER": True,
    }
