"""Starts a crawl as a child process, and reports how it went; never raises for a source that fails.

Scrapy can be started once in a process, so each crawl (of one source or a batch) has its own. The child ends when this
process does: it watches its standard input.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from crawler.source import Source
from store.records import SourceRun

log = logging.getLogger(__name__)

GRACE_S = 20.0  # beyond its timeout a crawl gets this long to put its state away


@dataclass(frozen=True)
class CrawlSettings:
    """What a crawl goes by, besides its source."""

    database_url: str
    archive: Path
    contact: str  # goes into the User-Agent; EDGAR demands an e-mail address
    now: datetime
    allow_hosts: tuple[str, ...] = ()  # private and loopback hosts, addresses or networks that may be asked
    since: date | None = None  # a source's first crawl reaches back to this day
    timeout_s: float = 1800.0  # one source's crawl
    request_timeout_s: float = 60.0
    first_retry_s: float = 1.0  # pause before the first retry; each further one is three times as long
    limit: int | None = None  # pages at most; a trial
    at_once: int = 8  # crawls side by side in one child process


def crawl_source(source: Source, settings: CrawlSettings, on_progress: Callable[[int], None] | None = None) -> SourceRun:
    """Crawl one source and return how it went; `on_progress` gets the number of new documents so far.

    Never raises for a failing source: the SourceRun's error says what, where, cure.
    """
    return next(crawl_sources([source], settings, (lambda name, new: on_progress(new)) if on_progress else None))


@dataclass(frozen=True)
class TriedPage:
    """One page that a trial fetched, and what was read in it."""

    url: str
    content_type: str
    hints: Mapping[str, str]
    body: bytes
    document: Mapping[str, Any] | None  # title, published, company …, text cut short
    unreadable: str | None


@dataclass(frozen=True)
class Trial:
    """What a source gave when it was tried: nothing of it is stored."""

    run: SourceRun
    pages: tuple[TriedPage, ...]


def try_source(source: Source, settings: CrawlSettings, *, limit: int = 3) -> Trial:
    """Crawl the first `limit` pages of a source, store nothing, and return them as they would be read."""
    pages: list[TriedPage] = []

    def tried(message: Mapping[str, Any]) -> None:
        page = message["page"]
        pages.append(TriedPage(**{**page, "body": base64.b64decode(page["body"])}))

    run = next(_crawl([source], replace(settings, limit=limit), None, tried))
    return Trial(run, tuple(pages))


def crawl_sources(
    sources: Sequence[Source], settings: CrawlSettings, on_progress: Callable[[str, int], None] | None = None
) -> Iterator[SourceRun]:
    """Yield how each source's crawl went, as they end; all run in one child process, `settings.at_once` side by side."""
    return _crawl(sources, settings, on_progress, None)


def _crawl(
    sources: Sequence[Source],
    settings: CrawlSettings,
    on_progress: Callable[[str, int], None] | None,
    on_page: Callable[[Mapping[str, Any]], None] | None,
) -> Iterator[SourceRun]:
    owed = {source.name: source for source in sources}
    if not owed:
        return
    began = time.monotonic()
    # sources wait for one another: the last may begin when all before it have used up their time
    patience_s = settings.timeout_s * -(-len(owed) // settings.at_once) + GRACE_S
    with tempfile.TemporaryFile() as errors:
        child = _start_child(errors)
        timer = threading.Timer(patience_s, _kill, [child])
        timer.daemon = True
        timer.start()
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            order = {"sources": [source.as_file() for source in sources], "settings": settings_as_json(settings)}
            with contextlib.suppress(BrokenPipeError):  # it died at once: its standard error says why
                child.stdin.write(json.dumps(order).encode() + b"\n")
                child.stdin.flush()
            for line in child.stdout:
                message = _message(line)
                if "new" in message and on_progress:
                    on_progress(message["source"], message["new"])
                elif "page" in message and on_page:
                    on_page(message)
                elif "run" in message:
                    run = _run_of(message["run"])
                    owed.pop(run.source, None)
                    yield run
            child.wait()
        finally:
            timer.cancel()
            _kill(child)
        elapsed = timedelta(seconds=time.monotonic() - began)
        if owed:
            if elapsed.total_seconds() >= patience_s - 1:
                reason = f"the crawl was stopped after {patience_s:.0f} s; what it had is kept. Give it more time (crawl: timeout) or a narrower start"
            else:
                reason = f"the crawl process ended with status {child.returncode}: {_last_words(errors)}"
            for name in owed:
                yield SourceRun(
                    source=name, started=settings.now, ended=settings.now + elapsed, requests=0, listed=0, new=0, failed=0, error=reason
                )


def _start_child(errors: IO[bytes]) -> subprocess.Popen[bytes]:
    root = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    )


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it started (a browser)."""
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    for stream in (child.stdin, child.stdout):
        if stream:
            with contextlib.suppress(OSError):
                stream.close()


def settings_as_json(settings: CrawlSettings) -> dict[str, Any]:
    values = asdict(settings)
    return {
        **values,
        "archive": str(settings.archive),
        "now": settings.now.isoformat(),
        "since": settings.since.isoformat() if settings.since else None,
    }


def settings_from_json(values: dict[str, Any]) -> CrawlSettings:
    """Return the settings that the parent process sent."""
    return CrawlSettings(
        **{
            **values,
            "archive": Path(values["archive"]),
            "now": datetime.fromisoformat(values["now"]),
            "since": date.fromisoformat(values["since"]) if values["since"] else None,
            "allow_hosts": tuple(values["allow_hosts"]),
        }
    )


def run_as_json(run: SourceRun) -> dict[str, Any]:
    """Return a SourceRun as the child sends it."""
    return {**asdict(run), "started": run.started.isoformat(), "ended": run.ended.isoformat()}


def _run_of(values: dict[str, Any]) -> SourceRun:
    times = {key: datetime.fromisoformat(values[key]) for key in ("started", "ended")}
    return replace(SourceRun(**{**values, **times}), notes=tuple(values["notes"]))


def _message(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError:
        return {}  # a library's print
    return message if isinstance(message, dict) else {}


def _last_words(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = [line.strip() for line in errors.read()[-4000:].decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing; run `python -m crawler.child` by hand to see why"
