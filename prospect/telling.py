"""Puts a workspace's words about mail, CRMs and delivery into the settings that the alerts room goes by."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.settings import MailSettings, Route, Target
from prospect.workspace import TargetSettings, Workspace


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
