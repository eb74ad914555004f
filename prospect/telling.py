"""Puts a workspace's words about mail, CRMs and delivery into the settings that the alerts room goes by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from alerts.channels import load_channel
from alerts.outbox import deliveries_for, leads_handed_to, standing_of
from alerts.push import TOLD_BEFORE
from alerts.rehearsal import Rehearsed
from alerts.settings import MailSettings, Route, Target
from prospect.settings import TargetSettings
from prospect.workspace import Workspace
from store import queries
from store.records import Delivery, LeadBrief


def mail_settings(workspace: Workspace) -> MailSettings:
    """Return the workspace's mail settings; a folder's path is taken from the workspace."""
    mail, web = workspace.settings.mail, workspace.settings.web
    url = f"folder:{workspace.path(mail.url.removeprefix('folder:'))}" if mail.url.startswith("folder:") else mail.url
    return MailSettings(
        url=url,
        sender=mail.sender,
        reply_to=mail.reply_to,
        base_url=web.base_url.rstrip("/") if web.base_url else None,
        link_keys=web.link_keys,
        link_days=web.link_days,
        operator=mail.operator,
        ca_file=workspace.path(mail.ca_file) if mail.ca_file else None,
        timeout_s=mail.timeout_s,
        per_minute=mail.per_minute,
    )


def targets(workspace: Workspace) -> dict[str, Target]:
    """Return the CRMs and other channels of prospect.yml, by name."""
    named = {**workspace.settings.crm, **workspace.settings.channels}
    return {name: _target(workspace, name, target) for name, target in named.items()}


def _target(workspace: Workspace, name: str, target: TargetSettings) -> Target:
    return Target(
        name=name,
        channel=target.channel or name,
        url=target.url,
        folder=workspace.path(target.folder) if target.folder else None,
        user=target.user,
        password=target.password,
        token=target.token,
        options=target.options,
        mapping=target.mapping,
    )


def routes(workspace: Workspace) -> Mapping[str, Route]:
    """Return how each profile wants to be told; a profile that names no CRM goes to the only one there is, if there is one."""
    crms = list(workspace.settings.crm)
    out = {}
    for slug, profile in workspace.profiles.items():
        crm = profile.deliver.crm
        out[slug] = Route(
            mail=profile.mail_times,
            quiet=profile.quiet_hours,
            crm=crm.to if crm else (crms[0] if len(crms) == 1 else None),
            crm_when=crm.when if crm else "matched",
            also=profile.deliver.channels,
        )
    return out


def crm_targets(workspace: Workspace) -> dict[str, Target]:
    """Return the targets that can show what they would write, by name: the CRMs."""
    return {name: target for name, target in targets(workspace).items() if hasattr(load_channel(target.channel), "rehearse")}


def rehearse(
    workspace: Workspace, conn: Connection, name: str, now: datetime, others: Sequence[LeadBrief] = ()
) -> Iterator[tuple[Delivery, Rehearsed]]:
    """Yield each delivery that waits for this CRM with what it would write there now; nothing is sent, claimed or settled.

    `others` are leads that nothing is owed for there: they are shown as if their profiles named this CRM.
    """
    target = targets(workspace)[name]
    waiting = queries.deliveries_of(conn, states=("pending", "claimed", "failed"), target=name, limit=None)
    owed = []
    for delivery in sorted(waiting, key=lambda each: (each.due, each.key)):
        told, why_not = standing_of(conn, delivery)
        if why_not is None:
            owed.append(replace(delivery, payload={**delivery.payload, TOLD_BEFORE: told}))
    known = leads_handed_to(conn, name) | {lead_id for delivery in waiting for lead_id in delivery.lead_ids}
    new = [brief for brief in others if brief.lead.id not in known and brief.lead.state not in {"withdrawn", "rejected"}]
    ways = {brief.lead.profile: Route(mail=None, crm=name) for brief in new}
    owed += deliveries_for(new, now=now, routes=ways, mail=mail_settings(workspace), targets={name: target})
    by_key = {delivery.key: delivery for delivery in owed}
    for done in load_channel(target.channel).rehearse(owed, target):
        yield by_key[done.key], done
