"""What a run tells while it goes and when it has ended, and how each of its stages takes what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine

BATCH = 50  # documents in one transaction: a kill loses the work of at most so many
T = TypeVar("T")


class Progress(Protocol):
    """What a run tells a person who watches: a stage begins with so many things to do, and does some of them."""

    def begin(self, stage: str, total: int | None) -> None: ...
    def advance(self, count: int = 1, note: str = "") -> None: ...


class Silent:
    def begin(self, stage: str, total: int | None) -> None: ...
    def advance(self, count: int = 1, note: str = "") -> None: ...


@dataclass
class RunSummary:
    """What one run did, stage by stage; `failures` is what the operator must look at, each with its cure."""

    now: datetime
    collect: dict[str, int] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    extract: dict[str, int] = field(default_factory=dict)
    resolve: dict[str, int] = field(default_factory=dict)
    judge: dict[str, int] = field(default_factory=dict)
    tell: dict[str, int] = field(default_factory=dict)
    leads: list[str] = field(default_factory=list)  # ids of leads alerted, corrected or told again
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the summary as the JSON line that `--json` prints."""
        return asdict(self) | {"now": self.now.isoformat()}


def due_in_batches(engine: Engine, due: Callable[..., Sequence[T]], size: int = BATCH) -> Iterator[Sequence[T]]:
    """Yield what is due until nothing is; the caller marks each batch done before it asks for the next."""
    while True:
        with engine.connect() as conn:
            batch = due(conn, size)
        if not batch:
            return
        yield batch
