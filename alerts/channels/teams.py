"""Posts each lead into a Microsoft Teams channel by a workflow's webhook ("Post to a channel when a webhook request is received")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import httpx

from alerts.brief import brief_of
from alerts.calls import call, open_client, refusal
from alerts.channels import Outcome, one_by_one
from alerts.settings import Target
from alerts.wording import clean, company_line, headline, points, purpose_word, web_address
from store.records import Delivery, LeadBrief

PROVEN = "a stand-in on loopback that answers as Microsoft documents its workflow webhooks; never against Teams"


def send(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Outcome]:
    """Post each lead as an adaptive card. Teams knows no key of ours, so that a post whose answer is lost is posted again."""
    with open_client(settings) as client:
        yield from one_by_one(deliveries, lambda delivery: _post(client, delivery, settings))


def faults(settings: Target) -> list[str]:
    """Return what is wrong with the set-up."""
    return [] if settings.url else [f"{settings.name}: 'url' is missing: the workflow's address, as in url: ${{TEAMS_WEBHOOK}}"]


def card_of(brief: LeadBrief, purpose: str) -> dict[str, Any]:
    """Return the message with one adaptive card; RichTextBlock, unlike TextBlock, reads no markdown in what documents say."""
    title = f"{purpose_word(purpose)}{clean(brief.company.name, 120)}"
    body: list[dict[str, Any]] = [_text(title, size="Large", weight="Bolder")]
    if known := company_line(brief.company):
        body.append(_text(known, isSubtle=True))
    actions = []
    for story in brief.stories[:5]:
        best = story.sightings[0]
        body.append(_text(clean(headline(story), 250), weight="Bolder"))
        body.append(_text(f"“{clean(best.event.quote, 600)}” {clean(best.publisher or best.source, 80)}"))
        if url := web_address(best.url):
            actions.append({"type": "Action.OpenUrl", "title": clean(best.publisher or best.source, 30), "url": url})
    score = f"{points(brief.lead.score)} points, {points(brief.lead.threshold)} needed; profile {clean(brief.profile_name, 80)}"
    body.append(_text(f"{score}; prospect accept {clean(brief.lead.id, 40)}", isSubtle=True))
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": actions,
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}],
    }


def _text(text: str, **style: Any) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}


def _post(client: httpx.Client, delivery: Delivery, settings: Target) -> None:
    response = call(client, settings, "POST", settings.url or "", json=card_of(brief_of(delivery), delivery.purpose))
    if response.status_code not in {200, 202}:
        raise refusal(response, settings)
