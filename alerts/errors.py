"""What can go wrong with one delivery, sorted by what the outbox does about it."""

from __future__ import annotations

from store.errors import Mendable


class DeliveryError(Mendable):
    """Root of this package's errors; the text names the target, what it said, and the cure."""


class TryAgain(DeliveryError):
    """A passing trouble (server away, busy, slow): the outbox backs off and sends later.

    `after_s` is what the target itself asked for (Retry-After), in seconds; None leaves it to the outbox.
    """

    def __init__(self, message: str, after_s: float | None = None) -> None:
        super().__init__(message)
        self.after_s = after_s


class Misconfigured(DeliveryError):
    """The way to the target is set up wrongly (password, certificate, unknown field): nothing sent this way can arrive.

    The delivery stays owed and is tried every hour, so that it goes out by itself once mended; the operator is told at once.
    """


class Permanent(DeliveryError):
    """The target refuses this delivery for good (unknown address, rejected record): a dead letter until somebody retries it."""


class AddressRefused(Permanent):
    """The mail server does not take mail for this address; `status` is RFC 3463's, "5.1.1"."""

    def __init__(self, message: str, status: str) -> None:
        super().__init__(message)
        self.status = status
