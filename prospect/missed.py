""" "I should have been told about this": walks one page through every stage and says where it ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection

from crawler.urls import canonical_url
from profiles.reach import asked_kinds
from prospect.explaining import explain_pair
from prospect.workspace import Workspace
from store import queries


def walk(workspace: Workspace, conn: Connection, url: str, now: datetime, profile: str | None = None) -> Iterator[str]:
    """Yield one line a stage, ending at the one where the page ended; then what each profile says of each company in it."""
    trace = queries.trace_of(conn, canonical_url(url))
    if trace is None:
        host = urlsplit(url).hostname or url
        near = [name for name, source in workspace.sources.items() if any(host in start for start in source.start)]
        yield "collect: it was never fetched"
        if near:
            yield f"  the sources {', '.join(near)} read {host}: `prospect sources try {near[0]}` shows what they list now"
        else:
            yield f"  no source of this workspace begins at {host}; put one into sources/, or see `prospect sources --all`"
        return
    yield f"collect: fetched on {trace.raw.fetched:%Y-%m-%d %H:%M} by {trace.raw.source}"
    if trace.read is None:
        yield "read: it waits to be read; `prospect run` goes on"
        return
    if trace.document is None:
        yield f"read: it could not be read: {trace.read_error}"
        return
    document = trace.document
    when = f"{document.published:%Y-%m-%d}" if document.published else "unknown"
    yield f"read: “{document.title}”, {len(document.text):,} characters, published {when}"
    if trace.extracted is None:
        yield "extract: it waits for its events to be looked for; `prospect run` goes on"
        return
    if trace.copy_of:
        yield f"extract: it is a copy of {trace.copy_of}, and tells what was found there"
    if not trace.events:
        yield f"extract: no event was found in it{f' ({trace.extract_error})' if trace.extract_error else ''}; if it tells of one, that is a reader's fault: report the sentence"
        return
    companies: dict[str, None] = {}
    for traced in trace.events:
        event = traced.event
        yield f"extract: {event.kind} ({event.status}) of {event.company}, confidence {event.confidence:.2f}: “{' '.join(event.quote.split())[:200]}”"
        if not traced.resolved:
            yield "  resolve: it waits for its company; `prospect run` goes on"
        elif traced.company_id is None:
            yield f"  resolve: no company: {'; '.join(traced.match_reasons) or 'none fits'}"
        else:
            companies[traced.company_id] = None
            yield f"  resolve: {traced.company_id}: {'; '.join(traced.match_reasons)}"
    for company_id in companies:
        company = queries.get_company(conn, company_id)
        if company is None:
            continue
        for slug, wanted in workspace.profiles.items():
            if profile is not None and slug != profile:
                continue
            kinds = asked_kinds(wanted)
            if kinds is not None and not kinds & {traced.event.kind for traced in trace.events if traced.company_id == company_id}:
                yield f"judge: {slug} asks for none of these kinds"
                continue
            yield f"judge: {slug}: {explain_pair(workspace, conn, slug, company, now).headline}"
        for lead in queries.leads_of(conn, company_id=company_id):
            owed = queries.deliveries_of(conn, lead_id=lead.id)
            sent = ", ".join(f"{each.channel} {each.state}{f' ({each.error})' if each.error else ''}" for each in owed) or "nothing owed"
            yield f"tell: lead {lead.id[:8]} of {lead.profile}, {lead.created:%Y-%m-%d}: {sent}"
