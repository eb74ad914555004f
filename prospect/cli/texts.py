"""Commands over texts and names alone, without a workspace: read, extract, resolve. They compose by JSON Lines.

Each loads what it needs when it is called: the readers of pages and the register take a second between them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from crawler.errors import Unreadable
from prospect.cli import app
from prospect.cli.shown import CliError, print_json
from prospect.kinds import load_kinds
from store.records import Document, Mention, TriggerEvent
from triggers.entities import load_entities

READ_KEYS = ("id", "url", "title", "text", "published", "author", "publisher", "form", "items", "cik", "company")
EVENT_KEYS = ("kind", "status", "company", "facts", "quote", "start", "end", "happened", "confidence")


@app.command(rich_help_panel="Texts")
def read(
    files: Annotated[list[Path], typer.Argument(help="HTML, full submissions, PDF or WARC; told apart by content.", metavar="FILE…")],
) -> None:
    """Read files into Documents, printed as JSON Lines; unknown is null.

    `prospect read page.html | prospect extract` finds the events in a page.
    """
    from crawler.read import read_file

    failed = 0
    for path in files:
        try:
            for document in read_file(path):
                print_json({key: getattr(document, key) for key in READ_KEYS})
        except Unreadable as error:
            failed += 1
            said = str(error)
            typer.echo(said if said.startswith(str(path)) else f"{path}: {said}", err=True)
    if failed:
        raise CliError(f"{failed} of {len(files)} files could not be read")


@app.command(rich_help_panel="Texts")
def extract(
    min_confidence: Annotated[float, typer.Option(min=0, max=1, help="Leave out events below it.")] = 0.5,
    model: Annotated[str, typer.Option(help="builtin, rules, or the name or path of a spaCy pipeline.")] = "builtin",
    triggers: Annotated[
        Path | None,
        typer.Option(help="A folder of own kinds, as a workspace's triggers/.", exists=True, file_okay=False, show_default=False),
    ] = None,
) -> None:
    """Find the events in Documents: JSON Lines in (as `read` prints them), JSON Lines out, one line a document.

    `id` and `text` suffice; `path` instead of `text` reads that file first; `date` is taken for `published`. Offsets
    count characters of title + newline + text where there is a title, else of text.
    """
    from triggers.extract import Extractor

    extractor = Extractor(list(load_kinds(*([triggers] if triggers else [])).values()), entities=load_entities(model))
    failed = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        given: Any = None
        try:
            given = json.loads(line)
            document = document_of(given, number)
            events = extractor.extract(document)
        except Exception as error:  # any text at all must give a line, and the next documents their turn
            failed += 1
            reason = str(error) if isinstance(error, ValueError | Unreadable | OSError) else f"{type(error).__name__}: {error}"
            print_json({"id": given.get("id") if isinstance(given, dict) else None, "events": [], "error": f"line {number}: {reason}"})
            continue
        print_json({"id": given.get("id"), "events": [shown(event) for event in events if event.confidence >= min_confidence]})
    if failed:
        raise CliError(f"{failed} documents could not be read; their lines say why")


def shown(event: TriggerEvent) -> dict[str, Any]:
    """Return the event as `extract` prints it."""
    return {key: getattr(event, key) for key in EVENT_KEYS} | {"facts": dict(event.facts), "confidence": round(event.confidence, 3)}


def document_of(given: Any, number: int) -> Document:
    """Return the Document that a line of JSON gives; raise ValueError in words when it gives none."""
    if not isinstance(given, dict):
        raise ValueError("not a JSON object with 'id' and 'text'")
    published = moment_or_none(given.get("published") or given.get("date"), number)
    if given.get("text") is None and given.get("path"):
        from crawler.read import read_file

        found = read_file(Path(given["path"]))
        if not found:
            raise ValueError(f"{given['path']}: holds no document")
        first = found[0]
        return first if first.published or not published else replace(first, published=published)
    if not isinstance(given.get("text"), str):
        raise ValueError("neither 'text' nor 'path'")
    items = given.get("items")

    def word(key: str) -> str | None:
        return given[key] if isinstance(given.get(key), str) else None

    return Document(
        id=str(given.get("id")),
        url=str(given.get("url") or ""),
        title=word("title"),
        text=given["text"],
        published=published,
        author=word("author"),
        publisher=word("publisher"),
        form=word("form"),
        items=tuple(map(str, items)) if isinstance(items, list) else (),
        cik=word("cik"),
        company=word("company"),
    )


def moment_or_none(text: Any, number: int) -> datetime | None:
    """Return a date as JSON may hold it, as aware UTC; None, with a warning, for one that cannot be read."""
    if not text:
        return None
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            said = parse(str(text))
        except (ValueError, TypeError):
            continue
        return said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC)
    typer.echo(f"line {number}: '{str(text)[:40]}' is no date; taken as unknown", err=True)
    return None


@app.command(rich_help_panel="Texts")
def resolve(
    companies: Annotated[
        Path, typer.Option(help="CSV with columns id,name[,cik,ticker,domain,city,state,country,aliases], or SEC's company_tickers.json.")
    ],
) -> None:
    """Say which company each name is: JSON Lines {"id","name",…} in, {"id","company_id","score","reasons"} out.

    `company_id` is the row's id in the list, null when two fit or none does. Of the company may be given what the document says:
    city, state, country, domain, ticker, cik, ein, lei, and in words its industry.
    """
    from enrichment.industries import industries_said
    from enrichment.registry import read_companies
    from enrichment.resolve import Resolver

    resolver = Resolver(read_companies(companies))
    failed = 0
    for number, given in json_lines():
        if not isinstance(given, dict) or not isinstance(given.get("name"), str):
            failed += 1
            print_json(
                {
                    "id": given.get("id") if isinstance(given, dict) else None,
                    "company_id": None,
                    "score": 0,
                    "reasons": [f"line {number}: no 'name'"],
                }
            )
            continue
        places = {
            key: str(given[key]) if given.get(key) else None
            for key in ("cik", "ein", "lei", "ticker", "domain", "city", "state", "country")
        }
        industries = industries_said(given["industry"]) if isinstance(given.get("industry"), str) else ()
        match = resolver.resolve(Mention(name=given["name"], industries=industries, **places))
        print_json({"id": given.get("id"), "company_id": match.company_id, "score": round(match.score, 3), "reasons": list(match.reasons)})
    if failed:
        raise CliError(f"{failed} lines held no name; their answers say which")


def json_lines() -> Iterator[tuple[int, Any]]:
    """Yield (line number, value) of standard input; None for a line that is not JSON."""
    for number, line in enumerate(sys.stdin.buffer, 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError:
                yield number, None
