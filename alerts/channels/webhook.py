"""Posts each lead as JSON to an address of yours, signed so that the receiver knows it is from here and not a replay.

`X-Prospect-Signature: sha256=…` is the HMAC-SHA256 of `<X-Prospect-Timestamp>.<body>` with the target's `token`; refuse what is older than
five minutes. `Idempotency-Key` is the same each time the same delivery is sent: keep what you have seen, and act once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Iterator

import httpx

from alerts.brief import brief_of
from alerts.calls import call, open_client, refusal
from alerts.channels import Outcome, one_by_one
from alerts.mapping import lead_record
from alerts.settings import Target
from store.records import Delivery

PROVEN = "an HTTP server on loopback that checks the signature"


def send(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Outcome]:
    """Post each lead; any 2xx answer means the receiver has it."""
    with open_client(settings) as client:
        yield from one_by_one(deliveries, lambda delivery: _post(client, delivery, settings))


def faults(settings: Target) -> list[str]:
    """Return what is wrong with the set-up."""
    found = [] if settings.url else [f"{settings.name}: 'url' is missing: where leads are posted to"]
    return (
        found if settings.token else [*found, f"{settings.name}: 'token' is missing: the secret that signs, as in token: ${{HOOK_SECRET}}"]
    )


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return what X-Prospect-Signature must be for this body at this time."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _post(client: httpx.Client, delivery: Delivery, settings: Target) -> None:
    body = json.dumps(lead_record(brief_of(delivery), key=delivery.key, purpose=delivery.purpose), ensure_ascii=False).encode(
        "utf-8", "replace"
    )
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": delivery.key,
        "X-Prospect-Timestamp": timestamp,
        "X-Prospect-Signature": signature(settings.token or "", timestamp, body),
    }
    response = call(client, settings, "POST", settings.url or "", content=body, headers=headers)
    if not response.is_success:
        raise refusal(response, settings)
