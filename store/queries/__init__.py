"""Named questions to the store, by stage: a connection first, records in, records out.

Each save is idempotent (done twice, the rows are the same) and marks what was due as done in the caller's transaction,
so that a kill in between leaves it due. Reads go through `engine.connect()`, writes through `engine.begin()`.
"""

from store.queries.collecting import (
    due_to_read,
    known_urls,
    mark_unreadable,
    save_document,
    save_raw,
    save_source_run,
    save_validators,
    validators_of,
)
from store.queries.collecting import (
    source_runs_of as source_runs,
)
from store.queries.companies import (
    due_to_resolve,
    find_companies,
    get_companies,
    get_company,
    iter_companies,
    register_digest,
    save_companies,
    save_match,
    save_register,
)
from store.queries.extracting import due_to_extract, earlier_filing, mark_unextractable, save_events
from store.queries.leads import (
    decision_of,
    decisions_of,
    lead,
    leads_of,
    save_decisions,
    save_lead,
    save_verdict,
    subscribe_again,
    unsubscribe,
    unsubscriptions,
    verdicts_of,
    withdraw_lead,
)
from store.queries.merges import merge_companies, merges_of, provisional_companies, undo_merge
from store.queries.outbox import cancel_unsubscribed, claim, deliveries_of, enqueue, settle_failed, settle_retry, settle_sent
from store.queries.runs import backlog, begin_run, counts, end_run, first_run, last_runs, latest_source_runs, states
from store.queries.stories import companies_with_stories, save_stories, sightings_of, stories_of

__all__ = [
    "backlog",
    "begin_run",
    "cancel_unsubscribed",
    "claim",
    "companies_with_stories",
    "counts",
    "decision_of",
    "decisions_of",
    "deliveries_of",
    "due_to_extract",
    "due_to_read",
    "due_to_resolve",
    "earlier_filing",
    "end_run",
    "enqueue",
    "find_companies",
    "first_run",
    "get_companies",
    "get_company",
    "iter_companies",
    "known_urls",
    "last_runs",
    "latest_source_runs",
    "lead",
    "leads_of",
    "mark_unextractable",
    "mark_unreadable",
    "merge_companies",
    "merges_of",
    "provisional_companies",
    "register_digest",
    "save_companies",
    "save_decisions",
    "save_document",
    "save_events",
    "save_lead",
    "save_match",
    "save_raw",
    "save_register",
    "save_source_run",
    "save_stories",
    "save_validators",
    "save_verdict",
    "settle_failed",
    "settle_retry",
    "settle_sent",
    "sightings_of",
    "source_runs",
    "states",
    "stories_of",
    "subscribe_again",
    "undo_merge",
    "unsubscribe",
    "unsubscriptions",
    "validators_of",
    "verdicts_of",
    "withdraw_lead",
]
