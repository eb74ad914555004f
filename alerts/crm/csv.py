"""Writes a CRM import file, one row a lead, as CSV: generic, for Salesforce's Data Loader, or for HubSpot's importer.

The file is written whole and renamed, so that an importer never reads half of it. A lead keeps its row: telling of it again
changes that row, and telling the same again changes nothing.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from alerts.brief import brief_of
from alerts.channels import Outcome
from alerts.channels.folder import sweep, write_atomically
from alerts.errors import DeliveryError, Misconfigured, Permanent, TryAgain
from alerts.mapping import check_mapping, lead_names, mapped
from alerts.rehearsal import Notebook, Rehearsed, each_rehearsed
from alerts.settings import Target
from store.records import Delivery

PROVEN = "files read back as CSV; columns as the importers' documentation names them, no import into a real CRM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One importer's file: its columns, which of them is the key, and which must be filled."""

    key: str
    columns: Mapping[str, str]  # column -> expression (alerts/mapping.py)
    required: tuple[str, ...] = ()
    otherwise: str = ""  # the format, in a file of its own, of leads that a required column of this one cannot be filled for


GENERIC = Format(
    key="external_id",
    columns={
        "external_id": "external_id",
        "status": "status",
        "company_key": "company_key",
        "company_name": "company.name",
        "website": "company.domain",
        "phone": "company.phone",
        "street": "company.street",
        "city": "company.city",
        "state": "company.state",
        "postal_code": "company.postal_code",
        "country": "company.country",
        "ticker": "company.ticker",
        "employees": "company.employees",
        "annual_revenue_usd": "company.revenue_usd",
        "person_name": "person.name if person",
        "person_title": "person.title if person",
        "headline": "headline",
        "happened": "happened",
        "kinds": "kinds",
        "description": "description",
        "evidence_url": "evidence_url",
        "score": "lead.score",
        "profile": "profile_name",
        "owner_email": "lead.owner",
        "created": "lead.created",
        "lead_source": "'prospect'",
    },
    required=("external_id", "company_name"),
)
FORMATS: dict[str, Format] = {
    "csv": GENERIC,
    # a Lead needs LastName; it is never made up, so that leads without a named person go as accounts, or with the one a mapping states
    "salesforce": Format(
        key="Prospect_Key__c",
        columns={
            "Prospect_Key__c": "external_id",
            "Company": "company.name",
            "LastName": "person.last if person",
            "FirstName": "person.first if person",
            "Title": "person.title if person",
            "Website": "company.domain",
            "Phone": "company.phone",
            "Street": "company.street",
            "City": "company.city",
            "State": "company.state",
            "PostalCode": "company.postal_code",
            "Country": "company.country",
            "NumberOfEmployees": "company.employees",
            "AnnualRevenue": "company.revenue_usd",
            "LeadSource": "'prospect'",
            "Description": "description",
        },
        required=("Prospect_Key__c", "Company", "LastName"),
        otherwise="salesforce-accounts",
    ),
    "salesforce-accounts": Format(
        key="Prospect_Key__c",
        columns={
            "Prospect_Key__c": "company_key",
            "Name": "company.name",
            "Website": "company.domain",
            "Phone": "company.phone",
            "BillingStreet": "company.street",
            "BillingCity": "company.city",
            "BillingState": "company.state",
            "BillingPostalCode": "company.postal_code",
            "BillingCountry": "company.country",
            "NumberOfEmployees": "company.employees",
            "AnnualRevenue": "company.revenue_usd",
            "Description": "description",
        },
        required=("Prospect_Key__c", "Name"),
    ),
    "hubspot": Format(
        key="Prospect Key",
        columns={
            "Prospect Key": "company_key",
            "Name": "company.name",
            "Company Domain Name": "company.domain",
            "Phone Number": "company.phone",
            "Street Address": "company.street",
            "City": "company.city",
            "State/Region": "company.state",
            "Postal Code": "company.postal_code",
            "Country/Region": "company.country",
            "Number of Employees": "company.employees",
            "Annual Revenue": "company.revenue_usd",
            "Company owner": "lead.owner",
            "Description": "description",
        },
        required=("Prospect Key", "Name"),
    ),
}
# what a spreadsheet takes for a formula when it opens the file; telephone and other numbers are none
_FORMULA = re.compile(r"[\s\x00-\x1f]*[=+\-@|%]")
_NUMBER = re.compile(r"[+-]?[\d ().,-]*\d[\d ().,-]*")


def send(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Outcome]:
    """Put the rows of all deliveries into the file at once, then yield their Outcomes; one worker at a time per file."""
    form = format_of(settings)
    path = file_of(settings)
    files: dict[Path, tuple[Format, dict[str, dict[str, str]]]] = {}
    outcomes: list[Outcome] = []
    for delivery in deliveries:
        try:
            used, row = row_of(delivery, settings, form)
        except DeliveryError as error:
            outcomes.append(Outcome(key=delivery.key, error=error))
        else:
            files.setdefault(_path_of(path, form, used), (used, {}))[1][row[used.key]] = row
            outcomes.append(Outcome(key=delivery.key))
    for file, (used, rows) in files.items():
        merge_rows(file, used, columns_of(settings, used), rows, timeout_s=settings.timeout_s)
    yield from outcomes


def rehearse(deliveries: Iterable[Delivery], settings: Target) -> Iterator[Rehearsed]:
    """Yield the row that each delivery would put into the file, and whether it is new; one that is there already is no write."""
    form = format_of(settings)
    path = file_of(settings)
    notebook = Notebook()
    there: dict[Path, dict[str, dict[str, str]]] = {}

    def rehearse_one(delivery: Delivery) -> None:
        used, row = row_of(delivery, settings, form)
        file = _path_of(path, form, used)
        if file not in there:
            there[file] = {kept.get(used.key, ""): kept for kept in read_rows(file)}
        before = there[file].get(row[used.key])
        if before != row:
            notebook.note(f"{file}, {'row changed' if before else 'new row'}", {name: cell for name, cell in row.items() if cell})
        there[file][row[used.key]] = row

    return each_rehearsed(deliveries, notebook, rehearse_one)


def _path_of(path: Path, form: Format, used: Format) -> Path:
    # "sf-leads.csv" has "sf-leads-accounts.csv" beside it
    return path if used is form else path.with_name(f"{path.stem}-{form.otherwise.rpartition('-')[2]}{path.suffix}")


def faults(settings: Target) -> list[str]:
    """Return what is wrong with the set-up."""
    found = [] if settings.folder else [f"{settings.name}: 'folder' is missing: where the import file goes"]
    try:
        format_of(settings)
    except Misconfigured as error:
        found.append(str(error))
    return found + [f"{settings.name}: mapping: {fault}" for fault in check_mapping(settings.mapping or {})]


def format_of(settings: Target) -> Format:
    """Return the format that `options.format` names. Raise Misconfigured naming the known ones."""
    name = settings.options.get("format", "csv")
    if name not in FORMATS:
        raise Misconfigured(f"{settings.name}: unknown format '{name}'; known: {', '.join(FORMATS)}")
    return FORMATS[name]


def file_of(settings: Target) -> Path:
    """Return the path of the import file: `<folder>/<options.file>`, else leads.csv, with the target's name where it is not csv."""
    if settings.folder is None:
        raise Misconfigured(f"{settings.name}: 'folder' is missing in prospect.yml: where the import file goes")
    name = settings.options.get("file", "leads.csv" if settings.name == "csv" else f"{settings.name}-leads.csv")
    return settings.folder / Path(name).name


def row_of(delivery: Delivery, settings: Target, form: Format) -> tuple[Format, dict[str, str]]:
    """Return the row of one lead as text, harmless to spreadsheets, and the format it fits: `form`, else the one that it names for this.

    Raise Permanent when a required column stays empty.
    """
    names = lead_names(brief_of(delivery), purpose=delivery.purpose)
    columns = columns_of(settings, form)
    values = mapped(columns, names, settings.name)
    missing = [column for column in form.required if column not in values]
    if missing and form.otherwise:
        return row_of(delivery, replace(settings, mapping=None), FORMATS[form.otherwise])
    if missing:
        cure = f"state one in the mapping of '{settings.name}' in prospect.yml"
        raise Permanent(f"{settings.name}: {', '.join(missing)} is required and not known of company {names['company']['id']}; {cure}")
    return form, {column: harmless(values.get(column, "")) for column in columns}


def harmless(value: Any) -> str:
    """Return `value` as a cell that no spreadsheet runs: an apostrophe goes before what looks like a formula."""
    text = str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def merge_rows(path: Path, form: Format, columns: Mapping[str, str], rows: Mapping[str, Mapping[str, str]], *, timeout_s: float) -> None:
    """Put `rows` (key -> row) into the file at `path` and renew its manifest; rows that are there keep their places."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent)
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=timeout_s):
            kept = {row.get(form.key, ""): row for row in read_rows(path)}
            merged = kept | {key: dict(row) for key, row in rows.items()}
            content = as_csv(list(columns), merged.values())
            write_atomically(path, content)
            manifest = {
                "file": path.name,
                "key": form.key,
                "columns": list(columns),
                "rows": len(merged),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            write_atomically(path.with_suffix(".manifest.json"), (json.dumps(manifest, indent=2) + "\n").encode())
    except Timeout as error:
        raise TryAgain(f"{path} is being written by another worker for more than {timeout_s:.0f} s") from error
    except OSError as error:
        raise TryAgain(f"{path}: cannot be written ({error.strerror}); free or open the folder, it is tried again") from error


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of an import file, in order; none when there is no file."""
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} is not the CSV that was written here ({error}); move it away, and a new one is begun") from error


def as_csv(columns: list[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return the file's bytes: UTF-8, every cell quoted, CRLF, as RFC 4180 has it."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, quoting=csv.QUOTE_ALL, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def columns_of(settings: Target, form: Format) -> Mapping[str, str]:
    """The format's columns with what the mapping changes or adds; the key's column cannot be mapped away."""
    return {**form.columns, **(settings.mapping or {}), form.key: form.columns[form.key]}
