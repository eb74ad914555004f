"""How good the alerts are, by what reps said of them: precision with its interval, per profile, kind, source and rep. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerts.push import LeadOutcome
from alerts.wording import clean
from store.records import CrmOutcome, LeadBrief, Verdict

GROUPS = ("profile", "kind", "source", "rep")
Z_95 = 1.959963984540054  # two-sided 95 % of the normal distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """What reps said of one group's leads. Leads without a verdict, and snoozed ones, are counted but judge nothing."""

    group: str  # one of GROUPS, or "all"
    name: str
    leads: int
    accepted: int
    rejected: int
    precision: float | None  # accepted of judged; None while nothing is judged
    low: float | None  # 95 % Wilson interval
    high: float | None
    reasons: Mapping[str, int] = field(default_factory=dict)  # reason of rejection -> how often, most frequent first
    won: int = 0  # deals, as the CRM says; they judge the deal and not the alert
    lost: int = 0
    amount_won: float = 0.0  # in the CRM's own currency
    lost_reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def judged(self) -> int:
        """How many leads were accepted or rejected."""
        return self.accepted + self.rejected


def wilson(right: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share: Wilson's score interval, which holds for few cases and for shares near 0 and 1.

    Raise ValueError if there are no cases, or more right ones than cases. Source: Wilson, E. B. (1927), JASA 22, 209-212.
    """
    if not 0 <= right <= of or of == 0:
        raise ValueError(f"{right} of {of} is no share")
    share = right / of
    middle = share + Z_95**2 / (2 * of)
    spread = Z_95 * math.sqrt(share * (1 - share) / of + Z_95**2 / (4 * of**2))
    scale = 1 + Z_95**2 / of
    # at the ends rounding would leave 1.0000000000000002
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def evaluate(briefs: Sequence[LeadBrief], verdicts: Iterable[Verdict], outcomes: Iterable[CrmOutcome] = ()) -> list[Precision]:
    """Return the precision of all leads, then per profile, kind, source and rep, each group with most leads first.

    A lead counts once in each group it belongs to, by the last verdict of a rep that accepts or rejects it, else by the CRM's.
    A lead of two kinds or sources belongs to both. Of a lead in two CRMs the deal that is won counts, else the one that is lost.
    """
    deals: dict[str, CrmOutcome] = {}
    for outcome in sorted(outcomes, key=lambda each: (each.outcome == "won", each.target)):
        if outcome.outcome in {"won", "lost"}:
            deals[outcome.lead_id] = outcome
    last: dict[str, Verdict] = {}
    # what a rep said of the alert stands before what became of the deal: one that is lost for want of money was no wrong alert
    for verdict in sorted(verdicts, key=lambda verdict: (verdict.via != "crm", verdict.said)):
        if verdict.verdict in {"accepted", "rejected"}:
            last[verdict.lead_id] = verdict
    names: dict[str, Callable[[LeadBrief], set[str]]] = {
        "all": lambda brief: {"all"},
        "profile": lambda brief: {brief.lead.profile},
        "kind": lambda brief: {story.kind for story in brief.stories},
        "source": lambda brief: {story.sightings[0].source for story in brief.stories},  # whose sentence was told
        "rep": lambda brief: {brief.lead.owner.lower()},
    }
    out = []
    for group, names_of in names.items():
        members: dict[str, list[LeadBrief]] = {}
        for brief in briefs:
            for name in names_of(brief):
                members.setdefault(name, []).append(brief)
        out += [
            _precision(group, name, leads, last, deals)
            for name, leads in sorted(members.items(), key=lambda item: (-len(item[1]), item[0]))
        ]
    return out


def _precision(
    group: str, name: str, briefs: Sequence[LeadBrief], last: Mapping[str, Verdict], deals: Mapping[str, CrmOutcome]
) -> Precision:
    said = [last[brief.lead.id] for brief in briefs if brief.lead.id in last]
    accepted = sum(verdict.verdict == "accepted" for verdict in said)
    reasons = Counter(verdict.reason or "no reason given" for verdict in said if verdict.verdict == "rejected")
    low, high = wilson(accepted, len(said)) if said else (None, None)
    ended = [deals[brief.lead.id] for brief in briefs if brief.lead.id in deals]
    lost = [deal for deal in ended if deal.outcome == "lost"]
    return Precision(
        group=group,
        name=name,
        leads=len(briefs),
        accepted=accepted,
        rejected=len(said) - accepted,
        precision=accepted / len(said) if said else None,
        low=low,
        high=high,
        reasons=dict(reasons.most_common()),
        won=len(ended) - len(lost),
        lost=len(lost),
        amount_won=sum(deal.amount or 0.0 for deal in ended if deal.outcome == "won"),
        lost_reasons=dict(Counter(deal.reason or f"no reason given ({deal.said})" for deal in lost).most_common()),
    )


def verdict_of(outcome: LeadOutcome, *, owner: str, now: datetime) -> Verdict | None:
    """Return what a CRM's outcome says of the lead, None while nobody has decided there.

    A record that is gone says nothing: people merge and tidy up as well as they throw away.
    """
    verdict = {"converted": "accepted", "won": "accepted", "lost": "rejected"}.get(outcome.outcome)
    if verdict is None:
        return None
    reason = (clean(outcome.reason, 120) or f"lost in the CRM ({clean(outcome.said, 60)})") if verdict == "rejected" else None
    lead_id = outcome.external_id.removeprefix("prospect-")
    return Verdict(lead_id=lead_id, verdict=verdict, reason=reason, said=now, by=owner, via="crm")
