"""Posts each lead into a Slack channel by an incoming webhook (`url: ${SLACK_WEBHOOK}`)."""

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

PROVEN = "a stand-in on loopback that answers as Slack documents its incoming webhooks; never against Slack"


def send(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Outcome]:
    """Post each lead. Slack knows no key of ours, so that a post whose answer is lost is posted again."""
    with open_client(settings) as client:
        yield from one_by_one(deliveries, lambda delivery: _post(client, delivery, settings))


def faults(settings: Target) -> list[str]:
    """Return what is wrong with the set-up."""
    return [] if settings.url else [f"{settings.name}: 'url' is missing: the incoming webhook's address, as in url: ${{SLACK_WEBHOOK}}"]


def post_of(brief: LeadBrief, purpose: str) -> dict[str, Any]:
    """Return Slack's message for a lead: a line for notifications, and blocks."""
    title = f"{purpose_word(purpose)}{clean(brief.company.name, 100)}: {'; '.join(headline(story) for story in brief.stories[:3])}"
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": clean(f"{purpose_word(purpose)}{clean(brief.company.name, 120)}", 150)}}
    ]
    for story in brief.stories[:5]:
        best = story.sightings[0]
        url = web_address(best.url)
        source = escaped(clean(best.publisher or best.source, 80))
        link = f"<{escaped(url)}|{source}>" if url and "|" not in url else source
        said = f"*{escaped(clean(headline(story), 250))}*\n>{escaped(clean(best.event.quote, 600))}\n{link}"
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": said}})
    known = f"{company_line(brief.company)} · " if company_line(brief.company) else ""
    score = f"{points(brief.lead.score)} points, {points(brief.lead.threshold)} needed · {clean(brief.profile_name, 80)} · {clean(brief.lead.owner, 80)}"
    footer = f"{known}{score} · prospect accept {clean(brief.lead.id, 40)}"
    blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": escaped(clean(footer, 1500))}]})
    return {"text": escaped(clean(title, 400)), "blocks": blocks}


def escaped(text: str) -> str:
    """Return text in which nothing is Slack's markup for links, mentions or channels (<!here>, <@U123>)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _post(client: httpx.Client, delivery: Delivery, settings: Target) -> None:
    response = call(client, settings, "POST", settings.url or "", json=post_of(brief_of(delivery), delivery.purpose))
    if response.status_code != 200:
        raise refusal(response, settings)
