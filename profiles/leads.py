"""Makes leads out of decisions, and says what a lead has told; the same for a live run and for a replay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from profiles.conditions import step_fault
from profiles.geography import seat_of
from profiles.profile import Profile
from profiles.territory import in_places
from profiles.wants import ANY_KIND, Absence, AnyWant, Combination, steps_of
from profiles.where import Where
from store.records import Company, Decision, Lead, Reason, Story, fingerprint

ENDED = ("terminated", "denied")


def told(story: Story, lead: Lead) -> bool:
    """Return whether the lead told of this story; by its events too, since a document that arrives late may rename the story."""
    return story.id in lead.story_ids or any(sighting.event.id in lead.event_ids for sighting in story.sightings)


def lead_ended(profile: Profile, lead: Lead, story: Story, stories: Sequence[Story]) -> bool:
    """Return whether the story that the lead told with points has since been denied or terminated, and nobody has said so.

    The lead's parts are what was last said of it: once corrected, they hold the story no more.
    """
    if story.status not in ENDED or lead.state in {"rejected", "withdrawn"} or not told(story, lead):
        return False
    if any(sighting.event.status in ENDED and sighting.event.id in lead.event_ids for sighting in story.sightings):
        return False  # the rep was told so
    if not profile.clipping and any(_is_wanted_ended(want, story) for want in profile.wants if want.weight > 0):
        return False
    live = {id_ for part in lead.parts if part.points > 0 for id_ in part.story_ids}
    return story.id in live or bool(live - {known.id for known in stories})


def _is_wanted_ended(want: AnyWant, story: Story) -> bool:
    """Return whether the want names the status that the story has come to, at whatever age: the profile wants it ended."""
    unwanted = (want.absent,) if isinstance(want, Absence) else want.none_ if isinstance(want, Combination) else ()
    return any(
        step.status is not None
        and (story.kind in step.trigger or ANY_KIND in step.trigger)
        and step_fault(step, story, story.published) is None
        for step in steps_of(want)
        if step not in unwanted
    )


def best_event(story: Story) -> str:
    """Return the id of the event that says best what the story has come to."""
    return next((sighting.event.id for sighting in story.sightings if sighting.event.status == story.status), story.sightings[0].event.id)


def leads_after(
    profile: Profile, decision: Decision, stories: Sequence[Story], leads: Sequence[Lead], owner: str | None = None
) -> tuple[Lead, ...]:
    """Return the leads to save after the decision: a new one, the last one with what is new, or those that are corrected.

    `leads` are those of the profile and company so far. `updated` moves only when the rep is told something: the cooldown
    counts from it.
    """
    by_id = {story.id: story for story in stories}
    counting = [by_id[id_] for id_ in decision.story_ids]
    now = decision.now
    if decision.reason is Reason.ALERTED:
        lead_id = fingerprint(decision.profile, decision.company_id, *sorted(decision.story_ids))
        return (
            Lead(
                id=lead_id,
                profile=decision.profile,
                owner=owner or profile.owner,
                company_id=decision.company_id,
                created=now,
                updated=now,
                state="new",
                score=decision.score,
                threshold=decision.threshold,
                parts=decision.parts,
                story_ids=decision.story_ids,
                event_ids=tuple(best_event(story) for story in counting),
            ),
        )
    if decision.reason is Reason.REALERTED:
        last = max(leads, key=lambda lead: (lead.created, lead.id))
        found = _with(last, decision, counting)
        return (replace(found, state="new") if found.state == "withdrawn" else found,)
    if decision.reason is Reason.CORRECTED:
        ended = [story for story in stories if story.status in ENDED]
        out = []
        for lead in leads:
            mine = [story for story in ended if told(story, lead)]
            if mine and lead.state not in {"rejected", "withdrawn"}:
                # what is left of the told stories keeps its points; nothing new is told by the way
                kept = [story for story in counting if told(story, lead)]
                left = _with(lead, decision, [*mine, *kept])
                # what no longer stands is taken back, unless the rep has taken it
                gone = left.score < left.threshold and left.state in {"new", "snoozed"}
                out.append(replace(left, state="withdrawn", snoozed_until=None) if gone else left)
        return tuple(out)
    return ()


def _with(lead: Lead, decision: Decision, stories: Sequence[Story]) -> Lead:
    """Return the lead with what is said of it now; stories and events once told stay told."""
    return replace(
        lead,
        updated=decision.now,
        score=decision.score,
        threshold=decision.threshold,
        parts=decision.parts,
        story_ids=tuple(dict.fromkeys((*lead.story_ids, *(story.id for story in stories)))),
        event_ids=tuple(dict.fromkeys((*lead.event_ids, *(best_event(story) for story in stories)))),
    )


def assigned(profile: Profile, company: Company, leads: Sequence[Lead], in_window: Sequence[Lead]) -> str:
    """Return whose lead it is: for a team the member by territory, or who had fewest of late; a company stays with whom it had.

    With `deliver: {to: account_owner}` it is the account's owner's, whoever had it before; the rest holds for companies that have none.
    """
    if profile.deliver.to == "account_owner" and company.account_owner:
        return company.account_owner
    team = profile.team
    if team is None or team.assign == "everyone":
        return profile.owner
    emails = [member.email for member in team.members]
    before = max(leads, key=lambda lead: (lead.created, lead.id), default=None)
    if before is not None and before.owner in {profile.owner, *emails}:
        return before.owner
    if team.assign == "territory":
        seat = seat_of(company)
        for member in team.members:
            where = Where(states=member.states, regions=member.regions, countries=member.countries)
            if in_places(where, seat, None):
                return member.email
        return profile.owner
    had = {email: sum(lead.owner == email for lead in in_window) for email in emails}
    return min(emails, key=lambda email: (had[email], emails.index(email)))


def recipients(profile: Profile, lead: Lead) -> tuple[str, ...]:
    """Return the addresses that the lead is mailed to: the whole team's, or its owner's alone; an account's owner alone gets his."""
    if lead.owner not in profile.recipients:
        return (lead.owner,)
    return profile.recipients if profile.team and profile.team.assign == "everyone" else (lead.owner,)
