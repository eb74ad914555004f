"""How fast what is owed gets out: `python -m benchmarks.delivery OUT [--mails 500] [--leads 10000] [--tryton DIR]`.

Mails go over real SMTP to a server on loopback, leads to a real Tryton where DIR holds one (tests/tryton_server.py), and many leads
into one digest and one CRM import file. OUT is a folder for what is written; figures are printed as JSON lines.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import random
import resource
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from alerts.message import compose
from alerts.outbox import deliver_due, deliveries_for
from alerts.settings import MailSettings, Route, Target
from store import queries
from store.database import open_store
from store.records import LeadBrief
from tests.alert_records import NOW, make_brief, make_company
from tests.smtp_server import Mailbox, running
from tests.tryton_server import tryton

SENDER = "Prospect <alerts@sender.example>"


@dataclass
class Stopwatch:
    """What one measurement did, in wall and processor seconds."""

    what: str
    count: int
    facts: dict[str, object] = field(default_factory=dict)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        rate = {"per_s": round(self.count / wall, 1), "per_cpu_s": round(self.count / cpu, 1)}
        print(
            json.dumps({"what": self.what, "count": self.count, "wall_s": round(wall, 2), "cpu_s": round(cpu, 2), **rate, **self.facts}),
            flush=True,
        )


def some_leads(count: int) -> list[LeadBrief]:
    return [make_brief(company=make_company(f"b{n}", name=f"Benchmark Company {n}", domain=f"b{n}.example")) for n in range(count)]


def owe(database: str, briefs: list[LeadBrief], mail: MailSettings, route: Route, targets: dict[str, Target]) -> None:
    """Save the leads with what is owed for them, a transaction a lead, as a run does it."""
    engine = open_store(database)
    with Stopwatch(f"leads saved with their deliveries ({route.mail or 'no mail'}, crm {route.crm})", len(briefs)).running():
        for brief in briefs:
            owed = deliveries_for([brief], now=NOW, routes={"hq-moves": route}, mail=mail, targets=targets)
            with engine.begin() as conn:
                queries.save_companies(conn, [brief.company])
                queries.save_lead(conn, brief.lead)
                queries.enqueue(conn, owed)
    engine.dispose()


def pay(database: str, what: str, count: int, mail: MailSettings, targets: dict[str, Target], after: timedelta = timedelta(0)) -> None:
    engine = open_store(database)
    watch = Stopwatch(what, count)
    with watch.running():
        summary = deliver_due(engine, now=NOW + after, worker="benchmark", mail=mail, targets=targets, random=random.Random(1))
        watch.facts = {"sent": summary.sent, "waiting": summary.waiting, "failed": summary.failed, "problems": list(summary.problems)[:3]}
        watch.facts["peak_MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    engine.dispose()


def pay_apart(
    database: str, what: str, count: int, mail: MailSettings, targets: dict[str, Target], after: timedelta = timedelta(0)
) -> None:
    """Pay in a process of its own, as a run does, so that its memory is its own too."""
    worker = multiprocessing.get_context("spawn").Process(target=pay, args=(database, what, count, mail, targets, after))
    worker.start()
    worker.join()


def main() -> None:
    """Run the measurements one after another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--mails", type=int, default=500)
    parser.add_argument("--leads", type=int, default=10_000)
    parser.add_argument("--tryton", type=Path, help="environment that holds trytond")
    parser.add_argument("--tryton-leads", type=int, default=100)
    wanted = parser.parse_args()
    shutil.rmtree(wanted.out, ignore_errors=True)
    wanted.out.mkdir(parents=True)

    brief = make_brief()
    mail = MailSettings(url=f"folder:{wanted.out}/mails", sender=SENDER)
    with Stopwatch("mails composed", 500).running():
        for _ in range(500):
            compose([brief], recipient="jane@example.com", purpose="alert", key="k", date=NOW, mail=mail)

    with running(Mailbox(), tls="starttls", auth=True, folder=wanted.out) as box:
        url = f"smtp+starttls://alerts:s3cret%2Fwith%3Aodd%40signs@localhost:{box.port}"
        mail = MailSettings(url=url, sender=SENDER, ca_file=box.ca_file)
        database = f"sqlite:///{wanted.out}/mails.sqlite"
        owe(database, some_leads(wanted.mails), mail, Route(), {})
        # the server runs in this process, so that its work is in the figure too
        pay(database, "mails sent over SMTP with STARTTLS and AUTH", wanted.mails, mail, {})
        assert len(box.mails) == wanted.mails

    target = Target(name="csv", channel="csv", folder=wanted.out / "crm")
    database = f"sqlite:///{wanted.out}/many.sqlite"
    mail = MailSettings(url=f"folder:{wanted.out}/mails", sender=SENDER)
    owe(database, some_leads(wanted.leads), mail, Route(mail="daily 07:00 UTC", crm="csv"), {"csv": target})
    pay_apart(database, "leads written to one CSV", wanted.leads, mail, {"csv": target})
    pay_apart(database, "leads put into one digest", wanted.leads, mail, {"csv": target}, after=timedelta(hours=1))
    (digest,) = (wanted.out / "mails").glob("*.eml")
    html = message_from_bytes(digest.read_bytes(), policy=default).get_body(("html",))
    assert html is not None
    sizes = {
        "digest_bytes": digest.stat().st_size,
        "digest_html_characters": len(html.get_content()),
        "csv_bytes": (wanted.out / "crm/leads.csv").stat().st_size,
    }
    print(json.dumps({"what": "sizes", **sizes}))

    if wanted.tryton:
        with tryton(wanted.tryton) as server:
            database = f"sqlite:///{wanted.out}/tryton.sqlite"
            owe(database, some_leads(wanted.tryton_leads), mail, Route(mail=None, crm="tryton"), {"tryton": server})
            pay(database, "leads handed to Tryton", wanted.tryton_leads, mail, {"tryton": server})


if __name__ == "__main__":
    main()
