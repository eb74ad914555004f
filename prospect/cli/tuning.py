"""Commands to write and tune profiles: profile new, backtest, suggest, misses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.markup import escape
from sqlalchemy import Connection

from profiles.backtest import Alert, Replay, compare
from profiles.misses import Miss
from profiles.new import Answers, Wish, new_profile
from profiles.owners import with_owner
from profiles.picture import sparkline, timeline_svg
from profiles.suggest import curve_lines
from profiles.wording import counted
from prospect.cli import app
from prospect.cli.inbox import show_story
from prospect.cli.shown import CliError, NowOption, WorkspaceOption, console, moment, open_workspace, print_json, print_rows
from prospect.handover import hand_over
from prospect.missed import walk
from prospect.profilefiles import read_profile
from prospect.settings import EMAIL
from prospect.tuning import Proposal, Window, near_misses, profile_named, proposals, replay, suggestion, window
from prospect.workspace import Workspace, load_workspace, profile_context, workspace_root
from prospect.yamlfile import Faults, unknown_value

PERIODS = ("week", "month", "quarter")
ProfileArgument = Annotated[str, typer.Argument(help="A profile's file name without .yml, or the path of a profile file.")]
profile_app = typer.Typer(help="Write profiles.", no_args_is_help=True)
app.add_typer(profile_app, name="profile", rich_help_panel="Profiles")


@profile_app.command("new")
def new(
    slug: Annotated[str, typer.Argument(help="The new file's name, without .yml.", metavar="NAME")],
    workspace: WorkspaceOption = None,
    title: Annotated[str | None, typer.Option(help="What the rep calls it.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who gets the mail.")] = None,
    trigger: Annotated[
        list[str] | None,
        typer.Option(
            help="A kind that must have happened, with facts if wanted: executive_change:level=c_suite,direction=joins. May be repeated."
        ),
    ] = None,
    state: Annotated[list[str] | None, typer.Option(help="A state of the territory. May be repeated.")] = None,
    region: Annotated[list[str] | None, typer.Option(help="A region of the territory, such as 'new england'. May be repeated.")] = None,
    employees: Annotated[int | None, typer.Option(min=1, help="At least so many employees.")] = None,
    accounts: Annotated[str | None, typer.Option(help="A list of named accounts, such as accounts/jane.csv.")] = None,
    within: Annotated[str, typer.Option(help="How far back an event counts.")] = "120d",
    leads: Annotated[int | None, typer.Option(min=1, help="At most so many leads a quarter, the best ones.")] = None,
) -> None:
    """Write a commented profile that passes `prospect check`, with examples of what alerts and what does not."""
    opened = load_workspace(workspace_root(workspace))
    path = opened.root / "profiles" / f"{slug}.yml"
    if path.exists():
        raise CliError(f"profiles/{slug}.yml is there already; nothing was changed")
    kinds = sorted(opened.kinds)
    title = title or answered("--title", "What is it called", slug.replace("-", " ").capitalize())
    owner = owner or answered("--owner", "Whose is it (e-mail)")
    wanted = trigger or [answered("--trigger", f"What must have happened ({', '.join(kinds)})")]
    wishes = [wish(text, kinds) for word in wanted for text in word.split()]
    answers = Answers(
        name=title,
        owner=owner,
        wishes=wishes,
        states=state or (),
        regions=region or (),
        employees_min=employees,
        accounts=accounts,
        within=within,
        leads=leads,
    )
    try:
        text = new_profile(answers)
    except ValidationError as error:
        details = error.errors()
        # our own validators word it for the user; what pydantic says of a list whose items are wrong is no news beside it
        said = [str(detail["ctx"]["error"]) for detail in details if detail["type"] == "value_error"]
        raise CliError("; ".join(said or [f"{detail['loc'][-1]}: {detail['msg']}" for detail in details]), 2) from error
    except ValueError as error:
        raise CliError(str(error), 2) from error
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    try:
        read_profile(path, context=profile_context(opened.kinds), root=opened.root)
    except Faults:
        path.unlink()  # what was answered makes no profile; the faults say why
        raise
    typer.echo(f"profiles/{slug}.yml is written; `prospect backtest {slug}` shows what it would have sent")


def answered(flag: str, question: str, default: str | None = None) -> str:
    """Return what the person at the terminal answers; where nobody does, the default, or raise CliError, naming the flag that says it too."""
    try:
        return str(typer.prompt(question, default=default, err=True))
    except typer.Abort as error:
        if default is not None:
            return default
        raise CliError(f"not answered, and nothing was written; {flag} says it without a question", 2) from error


def wish(text: str, kinds: list[str]) -> Wish:
    """Return the wish that `kind` or `kind:fact=word,fact=word` means; raise CliError for an unknown kind."""
    kind, _, facts = text.partition(":")
    if kind not in kinds:
        raise CliError(unknown_value("trigger", kind, kinds), 2)
    said: dict[str, list[str]] = {}
    for pair in filter(None, facts.split(",")):
        fact, equals, word = pair.partition("=")
        if not equals:
            raise CliError(f"'{pair}' is no fact; write {kind}:fact=word", 2)
        said.setdefault(fact.strip(), []).append(word.strip())
    return Wish(kind, said)


@app.command(rich_help_panel="Profiles")
def backtest(
    profile: ProfileArgument,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many nights to replay.")] = 90,
    workspace: WorkspaceOption = None,
    now: NowOption = None,
    compare_with: Annotated[
        str | None, typer.Option("--compare", help="Another profile, or its file: what the change adds and loses.", show_default=False)
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Write the timeline here: name.svg or name.png.", show_default=False)] = None,
    evidence: Annotated[bool, typer.Option("--evidence", help="Show the sentences behind each alert.")] = False,
    format: Annotated[str, typer.Option(help="table, json or csv.")] = "table",
) -> None:
    """Replay a profile night by night, by when documents were first seen: the alerts that would have gone out."""
    if picture and picture.suffix.lower() not in {".svg", ".png"}:
        raise CliError(f"'{picture.name}': a picture ends in .svg or .png", 2)
    opened, engine = open_workspace(workspace)
    slug, read = profile_named(opened, profile)
    nights = window(opened, days, moment(now))
    with engine.connect() as conn:
        found = replay(opened, conn, slug, read, nights)
        other = replay_other(opened, conn, compare_with, slug, nights) if compare_with else None
    said = f"{read.name}: {counted(len(found.alerts), 'alert')} in {counted(days, 'night')}"
    if picture:
        picture.write_bytes(picture_bytes(timeline_svg(found, said), picture.suffix))
    rows = [alert_row(alert, "") for alert in found.alerts]
    if other is not None:
        changed = compare(found, other)
        rows = [
            *(alert_row(before, "kept") for before, _ in changed.kept),
            *(alert_row(alert, "added") for alert in changed.added),
            *(alert_row(alert, "lost") for alert in changed.lost),
        ]
    columns = ("night", "company", "score", "what", "lead") if other is None else ("change", "night", "company", "score", "what", "lead")
    if format == "table":
        console().print(f"{said} ({found.leads_per_quarter:.1f} leads a quarter)", markup=False)
        console().print(sparkline(found), markup=False)
    print_rows(rows, columns, format, f"no alert in {days} nights; `prospect misses {slug}` shows what came near")
    if evidence:
        for alert in found.alerts:
            console().print(f"\n[bold]{escape(alert.company.name)}[/], {alert.moment:%Y-%m-%d}")
            for story in alert.stories:
                show_story(story)


def picture_bytes(svg: str, suffix: str) -> bytes:
    """Return a picture as its file has it: SVG, or PNG at twice the size, for screens that show two dots for one."""
    if suffix.lower() == ".svg":
        return svg.encode()
    import font_source_sans_pro  # slow to import, both, and wanted rarely
    import resvg_py

    # A server often has no font, and resvg then leaves every word out without a sound: the letters come along.
    fonts = [font_source_sans_pro.font_files_ttf[name] for name in ("SourceSansPro", "SourceSansProSemibold")]
    return resvg_py.svg_to_bytes(svg_string=svg, zoom=2, background="#ffffff", font_files=fonts, sans_serif_family="Source Sans Pro")


def replay_other(opened: Workspace, conn: Connection, name: str, slug: str, nights: Window) -> Replay:
    """Return the replay of the profile that is compared, under the first one's name: leads have the same ids."""
    _, changed = profile_named(opened, name)
    return replay(opened, conn, slug, changed, nights)


def alert_row(alert: Alert, change: str) -> dict[str, object]:
    """Return a would-be alert as one row."""
    return {
        "change": change,
        "night": f"{alert.moment:%Y-%m-%d}",
        "company": alert.company.name,
        "score": round(alert.decision.score, 1),
        "what": "; ".join(f"{story.kind} ({story.status})" for story in alert.stories),
        "lead": alert.lead.id,
    }


@app.command(rich_help_panel="Profiles")
def suggest(
    profile: ProfileArgument,
    leads: Annotated[float, typer.Option(min=0.1, help="How many leads are wanted …")] = 2,
    per: Annotated[str, typer.Option(help="… per week, month or quarter.")] = "quarter",
    days: Annotated[int, typer.Option(min=7, max=3660, help="How many nights to go by.")] = 180,
    workspace: WorkspaceOption = None,
    now: NowOption = None,
) -> None:
    """Suggest the threshold for a wanted rate, with what is lost at each step, and wants that verdicts speak against.

    Nothing is changed.
    """
    if per not in PERIODS:
        raise CliError(unknown_value("period", per, PERIODS), 2)
    opened, engine = open_workspace(workspace)
    slug, read = profile_named(opened, profile)
    with engine.connect() as conn:
        nights = window(opened, days, moment(now))
        found = suggestion(opened, conn, slug, read, nights, leads, per)
        against = proposals(opened, conn, slug, read, nights)
    for line in curve_lines(found):
        console().print(line, markup=False)
    console().print(found.detail, markup=False)
    for proposal in against:
        console().print(f"\n{proposal.removal.detail}", markup=False)
        console().print(proposal.diff or "  it stands in the profile that this one extends", markup=False, soft_wrap=True)
        console().print(proposal_effect(proposal, days), markup=False)


def proposal_effect(proposal: Proposal, days: int) -> str:
    """Return what leaving a want out would have done, in a sentence."""
    if proposal.change is None:
        return "without it nothing reaches the threshold: lower that as well"
    before = len(proposal.change.kept) + len(proposal.change.lost)
    names = [alert.company.name for alert in proposal.change.lost]
    loses = f"; loses {', '.join(names[:5])}" + (f" and {len(names) - 5} more" if len(names) > 5 else "") if names else ""
    return f"over the last {days} nights {before - len(names) + len(proposal.change.added)} leads instead of {before}{loses}"


@app.command(rich_help_panel="Profiles")
def misses(
    profile: Annotated[str, typer.Argument(help="The profile's file name without .yml.")],
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days to look back.")] = 30,
    most: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 20,
    workspace: WorkspaceOption = None,
    now: NowOption = None,
    format: Annotated[str, typer.Option(help="table, json or csv.")] = "table",
) -> None:
    """Show the companies that came nearest to an alert, and what was missing."""
    opened, engine = open_workspace(workspace)
    if profile not in opened.profiles:
        raise CliError(unknown_value("profile", profile, opened.profiles), 2)
    with engine.connect() as conn:
        found = near_misses(opened, conn, profile, moment(now), days, most)
    if format == "json":
        for miss in found:
            print_json(miss_row(miss))
        return
    print_rows(
        [miss_row(miss) for miss in found], ("company", "score", "short", "reason", "detail"), format, f"nothing came near in {days} days"
    )


def miss_row(miss: Miss) -> dict[str, object]:
    """Return a near miss as one row."""
    return {
        "company": miss.company.name,
        "score": round(miss.decision.score, 1),
        "short": miss.short,
        "reason": str(miss.decision.reason),
        "detail": miss.detail,
    }


@app.command(rich_help_panel="Profiles")
def missed(
    url: Annotated[str, typer.Argument(help="The address of the page or filing you should have been told about.", metavar="URL")],
    workspace: WorkspaceOption = None,
    profile: Annotated[str | None, typer.Option(help="Only what this profile says.", show_default=False)] = None,
    now: NowOption = None,
) -> None:
    """ "I should have been told about this": walk a page through every stage and say where it ended."""
    opened, engine = open_workspace(workspace)
    if profile is not None and profile not in opened.profiles:
        raise CliError(unknown_value("profile", profile, opened.profiles), 2)
    with engine.connect() as conn:
        for line in walk(opened, conn, url, moment(now), profile):
            console().print(line, markup=False, soft_wrap=True)


@app.command(rich_help_panel="Profiles")
def reassign(
    owner: Annotated[str, typer.Argument(help="The e-mail of the owner who leaves.")],
    new_owner: Annotated[str, typer.Argument(help="The e-mail of who takes over.")],
    workspace: WorkspaceOption = None,
    now: NowOption = None,
) -> None:
    """Hand the profiles of one owner to another, with their leads, history and what waits to be sent; nothing is sent again."""
    opened, engine = open_workspace(workspace)
    if not EMAIL.fullmatch(new_owner):
        raise CliError(f"'{new_owner}' is no e-mail address", 2)
    everyone = {address for profile in opened.profiles.values() for address in (profile.owner, *profile.recipients)}
    theirs = [
        slug for slug, profile in opened.profiles.items() if owner.lower() in {profile.owner.lower(), *map(str.lower, profile.recipients)}
    ]
    if not theirs:
        raise CliError(unknown_value("owner", owner, everyone), 2)
    # bases and defaults too: an owner may be inherited; comments and layout stay as the rep wrote them
    for path in sorted([*(opened.root / "profiles").glob("*.yml"), *(opened.root / "profiles").glob("*.yaml")]):
        before = path.read_text(encoding="utf-8")
        if (after := with_owner(before, owner, new_owner)) != before:
            path.write_text(after, encoding="utf-8")
    with engine.begin() as conn:
        moved, handed = hand_over(load_workspace(opened.root), conn, owner, new_owner, moment(now))
    waiting = f", and {counted(handed, 'delivery', 'deliveries')} that waited to be sent" if handed else ""
    typer.echo(f"{', '.join(theirs)}: {new_owner} from now on, with {counted(moved, 'lead')}{waiting}")
