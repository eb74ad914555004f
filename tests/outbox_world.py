"""An outbox over a real database with one or more leads saved, as the pipeline does it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from alerts.outbox import OutboxSummary, deliver_due, deliveries_for
from alerts.settings import MailSettings, Route, Target
from store import queries
from store.records import Delivery, LeadBrief
from tests.alert_records import NOW


@dataclass
class World:
    engine: Engine
    mail: MailSettings
    targets: Mapping[str, Target] = field(default_factory=dict)
    routes: Mapping[str, Route] = field(default_factory=dict)

    def tell(self, *briefs: LeadBrief, purpose: str = "alert", now: datetime = NOW) -> list[Delivery]:
        """Save the leads and what is owed for them in one transaction."""
        owed = deliveries_for(briefs, now=now, routes=self.routes, mail=self.mail, targets=self.targets, purpose=purpose)
        with self.engine.begin() as conn:
            queries.save_companies(conn, [brief.company for brief in briefs])
            for brief in briefs:
                queries.save_lead(conn, brief.lead)
            queries.enqueue(conn, owed)
        return owed

    def deliver(self, after: timedelta = timedelta(0), *, worker: str = "w1", limit: int = 1000) -> OutboxSummary:
        return deliver_due(
            self.engine, now=NOW + after, worker=worker, mail=self.mail, targets=self.targets, random=random.Random(7), limit=limit
        )

    def rows(self, *states: str) -> Sequence[Delivery]:
        with self.engine.connect() as conn:
            return queries.deliveries_of(conn, states=states or None, limit=100_000)

    def withdraw(self, brief: LeadBrief) -> None:
        with self.engine.begin() as conn:
            assert queries.withdraw_lead(conn, brief.lead.id, NOW)


def folder_world(engine: Engine, folder: Path, **changes: object) -> World:
    """A world that writes its mails and its CRM file below `folder`."""
    mail = MailSettings(url=f"folder:{folder}/mails", sender="Prospect <alerts@sender.example>")
    targets = {"csv": Target(name="csv", channel="csv", folder=folder / "crm")}
    world = World(engine, mail, targets, {"hq-moves": Route(crm="csv"), "cfo": Route(crm="csv")})
    return replace(world, **changes)  # type: ignore[arg-type]
