"""Open positions, from the public JSON of the boards that companies' career pages are made of.

Address forms, as the vendors document them:
  greenhouse       https://boards-api.greenhouse.io/v1/boards/BOARD/jobs?content=true
  lever            https://api.lever.co/v0/postings/COMPANY?mode=json
  ashby            https://api.ashbyhq.com/posting-api/job-board/BOARD
  smartrecruiters  https://api.smartrecruiters.com/v1/companies/COMPANY/postings
  recruitee        https://COMPANY.recruitee.com/api/offers/
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from html import unescape
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field
from scrapy.http import Response

from crawler.errors import SourceFailed
from crawler.filing_text import readable_text
from crawler.source import SpiderOptions
from crawler.spider import SourceSpider
from crawler.visit import FetchedPage

MAX_TEXT_CHARS = 8000
BOARD_HOSTS = {
    "boards-api.greenhouse.io": "greenhouse",
    "api.greenhouse.io": "greenhouse",
    "api.lever.co": "lever",
    "api.eu.lever.co": "lever",
    "api.ashbyhq.com": "ashby",
    "api.smartrecruiters.com": "smartrecruiters",
}


class Options(SpiderOptions):
    """Keys of a job board's source file."""

    company: str  # whose board it is: most boards do not say
    board: Literal["greenhouse", "lever", "ashby", "smartrecruiters", "recruitee"] | None = None  # told by the address where it can be
    words: tuple[str, ...] = Field(default=())  # only positions whose title has one of these words: [chief, vice president, head of]


class JobsSpider(SourceSpider[Options]):
    """Reads boards; each position is a document of its own."""

    name = "jobs"

    def read_list(self, response: Response) -> Iterator[FetchedPage]:
        """Yield a document for every position that was not open before."""
        board = self.options.board or board_of(response.url)
        jobs = read_board(response.body, board, response.url)
        if not jobs:
            self.visit.empty_list(response.url, "a job board")
        for job in jobs:
            title = job["title"].casefold()
            if not self.options.words or any(word.casefold() in title for word in self.options.words):
                yield from self.visit.keep_record(job["url"], job_record(job, self.options.company), of_list=response.meta["list"])


def board_of(url: str) -> str:
    """Return which board an address belongs to; raise SourceFailed for one that does not say."""
    host = (urlsplit(url).hostname or "").lower()
    if host.endswith(".recruitee.com"):
        return "recruitee"
    if host in BOARD_HOSTS:
        return BOARD_HOSTS[host]
    raise SourceFailed(
        f"{url}: not the address of a known board; give the source `board:` (greenhouse, lever, ashby, smartrecruiters, recruitee)"
    )


def read_board(body: bytes, board: str, url: str) -> list[dict[str, str]]:
    """Return a board's open positions: url, title, location, department, posted, text.

    Raise SourceFailed for an answer that is not this board's.
    """
    try:
        return READERS[board](json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceFailed(f"{url}: not the JSON of a {board} board ({type(error).__name__}: {error}); look at it in a browser") from error


def job_record(job: Mapping[str, str], company: str) -> dict[str, Any]:
    """Return a position as a document."""
    where = f" in {job['location']}" if job.get("location") else ""
    lines = [f"{company} is hiring: {job['title']}{where}."]
    if job.get("department"):
        lines.append(f"Department: {job['department']}.")
    if job.get("text"):
        lines.append(job["text"][:MAX_TEXT_CHARS])
    return {
        "title": f"{company} is hiring: {job['title']}",
        "text": "\n".join(lines),
        "published": job.get("posted") or None,
        "company": company,
        "form": "job",
        "fields": {"job_title": job["title"], "location": job.get("location", ""), "department": job.get("department", "")},
    }


def _greenhouse(answer: Any) -> list[dict[str, str]]:
    return [
        {
            "url": job["absolute_url"],
            "title": job["title"],
            "location": (job.get("location") or {}).get("name") or "",
            "department": ", ".join(department["name"] for department in job.get("departments") or []),
            # `updated_at` moves with every edit
            "posted": job.get("first_published") or "",
            "text": readable_text(unescape(job.get("content") or "")),
        }
        for job in answer["jobs"]
    ]


def _lever(answer: Any) -> list[dict[str, str]]:
    return [
        {
            "url": job["hostedUrl"],
            "title": job["text"],
            "location": (job.get("categories") or {}).get("location") or "",
            "department": (job.get("categories") or {}).get("department") or (job.get("categories") or {}).get("team") or "",
            "posted": datetime.fromtimestamp(job["createdAt"] / 1000, UTC).isoformat() if job.get("createdAt") else "",
            "text": job.get("descriptionPlain") or "",
        }
        for job in answer
    ]


def _ashby(answer: Any) -> list[dict[str, str]]:
    return [
        {
            "url": job["jobUrl"],
            "title": job["title"],
            "location": job.get("location") or "",
            "department": job.get("department") or "",
            "posted": job.get("publishedAt") or "",
            "text": job.get("descriptionPlain") or "",
        }
        for job in answer["jobs"]
        if job.get("isListed", True)
    ]


def _smartrecruiters(answer: Any) -> list[dict[str, str]]:
    return [
        {
            "url": f"https://jobs.smartrecruiters.com/{job['company']['identifier']}/{job['id']}",
            "title": job["name"],
            "location": ", ".join(filter(None, ((job.get("location") or {}).get(key) for key in ("city", "region", "country")))),
            "department": (job.get("department") or {}).get("label") or "",
            "posted": job.get("releasedDate") or "",
            "text": "",
        }
        for job in answer["content"]
    ]


def _recruitee(answer: Any) -> list[dict[str, str]]:
    return [
        {
            "url": job["careers_url"],
            "title": job["title"],
            "location": job.get("location") or ", ".join(filter(None, (job.get("city"), job.get("country")))),
            "department": job.get("department") or "",
            "posted": (job.get("published_at") or job.get("created_at") or "").replace(" UTC", "+00:00"),
            "text": readable_text(job.get("description") or ""),
        }
        for job in answer["offers"]
    ]


READERS: Mapping[str, Callable[[Any], list[dict[str, str]]]] = {
    "greenhouse": _greenhouse,
    "lever": _lever,
    "ashby": _ashby,
    "smartrecruiters": _smartrecruiters,
    "recruitee": _recruitee,
}
