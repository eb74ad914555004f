"""What is owed to whom when a lead is made: one mail per rep and company, one record per lead and target. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from alerts.brief import brief_as_json
from alerts.message import check_address, compose, compose_note
from alerts.settings import MailSettings, Route, Target
from alerts.when import after_quiet, next_digest
from store.records import Delivery, LeadBrief, fingerprint

HELD = "digest"  # channel of a lead that waits for its digest; no file has this name


def deliveries_for(
    briefs: Sequence[LeadBrief],
    *,
    now: datetime,
    routes: Mapping[str, Route],
    mail: MailSettings,
    targets: Mapping[str, Target] | None = None,
    purpose: str = "alert",
) -> list[Delivery]:
    """Return what is owed for leads that were saved together: one mail per rep and company, one record per lead and CRM.

    `routes` is by profile; one that is missing is told by mail at once. `purpose`: alert, update (new findings), correction
    (denied or called off since), accepted (the rep took it: only CRMs that waited for that). What cannot be addressed is
    returned with a `fault` in its payload, and becomes a dead letter that the operator is told of.
    """
    if purpose not in {"alert", "update", "correction", "accepted"}:
        raise ValueError(f"unknown purpose '{purpose}'; known: alert, update, correction, accepted")
    owed: list[Delivery] = []
    if purpose != "accepted":
        owed += _mails(briefs, now, routes, mail, purpose)
    for brief in briefs:
        route = routes.get(brief.lead.profile, Route())
        names = list(route.also) if purpose != "accepted" else []
        # a CRM that waits for the verdict hears of nothing before it
        if route.crm and (route.crm_when == "accepted") == (purpose == "accepted" or brief.lead.state == "accepted"):
            names.append(route.crm)
        owed += [_to_target(brief, name, now, targets or {}, purpose) for name in dict.fromkeys(names)]
    return owed


def _mails(briefs: Sequence[LeadBrief], now: datetime, routes: Mapping[str, Route], mail: MailSettings, purpose: str) -> Iterator[Delivery]:
    groups: dict[tuple[str, str], list[LeadBrief]] = {}
    for brief in briefs:
        route = routes.get(brief.lead.profile, Route())
        if route.mail is None:
            continue
        # a correction never waits for a digest: the rep may be about to call
        if route.mail == "immediately" or purpose == "correction":
            groups.setdefault((brief.lead.owner.lower(), brief.company.id), []).append(brief)
        else:
            yield _held(brief, now, route, purpose)
    for (owner, _), group in groups.items():
        quiet = next((r.quiet for b in group if (r := routes.get(b.lead.profile, Route())).quiet), None)
        yield mail_owed(group, owner, after_quiet(now, quiet), mail, purpose)


def mail_owed(
    briefs: Sequence[LeadBrief],
    owner: str,
    due: datetime,
    mail: MailSettings,
    purpose: str,
    slot: str = "",
    counted: Sequence[str] = (),
) -> Delivery:
    """Return the mail to `owner` about all `briefs`; `slot` sets one digest apart from the next of the same leads.

    `counted` are ids of further leads that the mail counts and does not show.
    """
    lead_ids = tuple(sorted({*(brief.lead.id for brief in briefs), *counted}))
    events = sorted({event for brief in briefs for event in brief.lead.event_ids})
    # one channel in the key whichever way mail goes, so that a change of mail.url sends nothing twice
    key = fingerprint("mail", owner, purpose, slot, *lead_ids, *events, *_standing(briefs, purpose))
    owed = Delivery(key=key, lead_ids=lead_ids, channel=mail.channel, target=owner, purpose=purpose, due=due, payload={})
    try:
        message = compose(
            briefs, recipient=check_address(owner, "owner"), purpose=purpose, key=key, date=due, mail=mail, counted=len(counted)
        )
    except ValueError as error:
        return replace(owed, payload={"fault": str(error)})
    return replace(owed, payload={"subject": str(message["Subject"]), "eml": message.as_bytes().decode("ascii")})


def _standing(briefs: Sequence[LeadBrief], purpose: str) -> list[str]:
    """Return what makes one correction differ from the next of the same lead: how its stories stand now."""
    if purpose not in {"correction", "update"}:
        return []
    return sorted({f"{story.id} {story.status}" for brief in briefs for story in brief.stories})


def _held(brief: LeadBrief, now: datetime, route: Route, purpose: str) -> Delivery:
    schedule = route.mail or ""
    slot = after_quiet(now if schedule == "grouped" else next_digest(schedule, now), route.quiet)
    owner = brief.lead.owner.lower()
    return Delivery(
        key=fingerprint(HELD, owner, purpose, brief.lead.id, *brief.lead.event_ids, *_standing([brief], purpose)),
        lead_ids=(brief.lead.id,),
        channel=HELD,
        target=owner,
        purpose=purpose,
        due=slot,
        payload={"brief": brief_as_json(brief), "slot": slot.isoformat()},
    )


def _to_target(brief: LeadBrief, name: str, now: datetime, targets: Mapping[str, Target], purpose: str) -> Delivery:
    target = targets.get(name)
    return Delivery(
        key=fingerprint("target", name, purpose, brief.lead.id, *brief.lead.event_ids, *_standing([brief], purpose)),
        lead_ids=(brief.lead.id,),
        channel=target.channel if target else "unknown",
        target=name,
        purpose=purpose,
        due=now,
        payload={"brief": brief_as_json(brief)},
    )


def note_owed(
    *, subject: str, text: str, key: str, now: datetime, mail: MailSettings, more: Mapping[str, object] | None = None
) -> Delivery:
    """Return the plain mail to `mail.operator`, which must be set; `more` is kept beside it and not sent.

    Raise ValueError when the operator's or the sender's address is none.
    """
    operator = mail.operator or ""
    message = compose_note(recipient=operator, subject=subject, text=text, key=key, date=now, mail=mail)
    payload = {**(more or {}), "subject": subject, "eml": message.as_bytes().decode("ascii")}
    return Delivery(key=key, lead_ids=(), channel=mail.channel, target=operator, purpose="operator", due=now, payload=payload)
