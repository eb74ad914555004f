"""Ways to tell: each file here and in alerts/crm is one channel, and its file name is its name in prospect.yml.

A channel module has
- `send(deliveries, settings)`: sends each and yields one Outcome each, as soon as it knows; it raises nothing else than DeliveryError,
  and that only when nothing was sent. Deliveries it does not reach (the outbox stops handing them out) get no Outcome.
- `faults(settings)`: what is wrong with the set-up, in words for prospect.yml, without any network.
- `PROVEN`: one sentence, against what it was proven: a real server, or a stand-in and which.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType

from alerts.errors import DeliveryError, Misconfigured
from store.records import Delivery

MAIL_CHANNELS = ("smtp", "folder")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one delivery; `error` None: the target has it."""

    key: str
    error: DeliveryError | None = None
    note: str = ""  # what the operator should know though it was sent: "matched by name, not by domain"


def known_channels() -> list[str]:
    """Return the names of all channels and CRMs, by file name."""
    return sorted(name for package in _packages() for _, name, _ in pkgutil.iter_modules(package.__path__))


def load_channel(name: str) -> ModuleType:
    """Return the module of the channel or CRM `name`. Raise Misconfigured naming the known ones."""
    for package in _packages():
        if any(found == name for _, found, _ in pkgutil.iter_modules(package.__path__)):
            return importlib.import_module(f"{package.__name__}.{name}")
    raise Misconfigured(f"unknown channel '{name}'; known: {', '.join(known_channels())}")


def one_by_one(deliveries: Iterable[Delivery], send_one: Callable[[Delivery], str | None]) -> Iterator[Outcome]:
    """Yield one Outcome for each delivery given to `send_one`, which raises DeliveryError or returns a note."""
    for delivery in deliveries:
        try:
            note = send_one(delivery)
        except DeliveryError as error:
            yield Outcome(key=delivery.key, error=error)
        else:
            yield Outcome(key=delivery.key, note=note or "")


def _packages() -> tuple[ModuleType, ModuleType]:
    return importlib.import_module("alerts.channels"), importlib.import_module("alerts.crm")
