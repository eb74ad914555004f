"""One HTTP call to a chat room, webhook or CRM, and what its failures mean for the delivery."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from alerts.errors import DeliveryError, Misconfigured, Permanent, TryAgain
from alerts.settings import Target
from alerts.wording import clean

LONGEST_WAIT_S = 24 * 3600.0


def open_client(settings: Target, *, base_url: str = "", headers: Mapping[str, str] | None = None) -> httpx.Client:
    """Return a client for one batch of calls; redirects are not followed, for they would take the secrets elsewhere."""
    return httpx.Client(base_url=base_url, timeout=settings.timeout_s, headers=dict(headers or {}), follow_redirects=False)


def call(client: httpx.Client, settings: Target, method: str, url: str, **options: Any) -> httpx.Response:
    """Return the answer, whatever its status. Raise TryAgain naming the target when there is none."""
    try:
        return client.request(method, url, **options)
    except httpx.TimeoutException as error:
        raise TryAgain(f"{settings.name}: no answer within {settings.timeout_s:g} s; tried again") from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        # the address may hold a secret, so it is not quoted
        raise Misconfigured(f"{settings.name}: 'url' in prospect.yml is no web address; it begins with https://") from error
    except httpx.HTTPError as error:
        raise TryAgain(
            f"{settings.name}: cannot be reached ({type(error).__name__}: {clean(error, 120)}); check 'url' if this lasts"
        ) from error


def refusal(response: httpx.Response, settings: Target, *, said: str | None = None, cure: str = "") -> DeliveryError:
    """Return the error that an answer other than success means; `said` is what the target says of it, where that is known."""
    code = response.status_code
    words = f"{settings.name}: answered {code}: {clean(said if said is not None else response.text, 300) or 'nothing more'}"
    words = f"{words}; {cure}" if cure else words
    if code in {408, 425, 429} or code >= 500:
        return TryAgain(words, after_s=retry_after_s(response))
    if code in {401, 403}:
        return Misconfigured(
            words if cure else f"{words}; renew token or password of '{settings.name}' in prospect.yml, and its rights there"
        )
    if code in {301, 302, 307, 308, 404, 405, 410}:
        return Misconfigured(words if cure else f"{words}; check 'url': it may have been moved or removed")
    return Permanent(words)


def retry_after_s(response: httpx.Response, now: datetime | None = None) -> float | None:
    """Return how many seconds the target asks to wait, by its Retry-After header in seconds or as a date; None when it asks nothing."""
    asked = response.headers.get("Retry-After", "").strip()
    if not asked:
        return None
    if asked.isdigit():
        return min(float(asked), LONGEST_WAIT_S)
    try:
        moment = parsedate_to_datetime(asked)
    except ValueError:
        return None
    wait = (moment - (now or datetime.now(UTC))).total_seconds()
    return max(0.0, min(wait, LONGEST_WAIT_S))
