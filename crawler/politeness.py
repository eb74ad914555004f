"""What all crawls on this machine owe one host together: its rate, its daily budget, and its blocks.

One small file a host, under a lock, since crawls are processes of their own.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from filelock import FileLock


@dataclass(frozen=True, slots=True)
class HostState:
    """How far a host has been asked."""

    next_slot: float = 0.0  # wall-clock seconds since 1970: the next request may leave then
    day: str = ""  # ISO day that `requests` counts
    requests: int = 0
    blocked_until: float = 0.0  # wall-clock seconds: every request before renews the block


class HostLedger:
    """The states of all hosts, in files below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def reserve(self, host: str, *, now_s: float, day: date, per_second: float | None, per_day: int | None) -> float | str:
        """Return how many seconds to wait before one request to `host` may leave, or why none may."""
        path = self._path(host)
        with FileLock(f"{path}.lock"):
            state = self._state(path)
            if state.blocked_until > now_s:
                return f"{host} blocks this machine for another {state.blocked_until - now_s:.0f} s; each request would renew the block"
            counted = state.requests if state.day == day.isoformat() else 0
            if per_day is not None and counted >= per_day:
                return f"the daily budget of {per_day} requests to {host} is spent; the rest waits until tomorrow (`daily_requests` in the source file)"
            slot = max(state.next_slot, now_s) if per_second else now_s
            following = slot + 1 / per_second if per_second else state.next_slot
            self._save(path, HostState(following, day.isoformat(), counted + 1, state.blocked_until))
        return slot - now_s

    def block(self, host: str, *, until_s: float) -> None:
        """Keep every crawl of this machine off `host` until `until_s`."""
        path = self._path(host)
        with FileLock(f"{path}.lock"):
            state = self._state(path)
            self._save(path, HostState(state.next_slot, state.day, state.requests, until_s))

    def _path(self, host: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        # EDGAR counts what one machine asks of all its hosts together
        host = "www.sec.gov" if host.lower().endswith(".sec.gov") else host
        return self.folder / re.sub(r"[^a-z0-9.-]", "_", host.lower())

    def _state(self, path: Path) -> HostState:
        try:
            return HostState(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return HostState()  # a host not asked before, or a file cut off by a crash

    def _save(self, path: Path, state: HostState) -> None:
        path.write_text(json.dumps(asdict(state)))
