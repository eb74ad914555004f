"""State lay-off notices (Worker Adjustment and Retraining Notification Act): CSV, HTML, Excel or PDF tables, columns mapped in YAML.

Every state has columns of its own; a row becomes a document whose text says in a sentence what its cells say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import scrapy
from pydantic import Field, field_validator
from scrapy.http import Response, TextResponse

from crawler.errors import SourceFailed
from crawler.page_facts import parse_date
from crawler.source import SpiderOptions
from crawler.spider import SourceSpider
from crawler.tables import read_rows
from crawler.visit import FetchedPage
from store.records import fingerprint

FIELDS = (
    "company",
    "city",
    "county",
    "address",
    "postal_code",
    "notice_date",
    "effective_date",
    "employees",
    "kind",
    "reason",
    "industry",
    "union",
)


class Options(SpiderOptions):
    """Keys of a lay-off notice source file."""

    state: str = Field(pattern=r"^[A-Z]{2}$")
    columns: Mapping[str, str | tuple[str, ...]]  # field -> the column's heading (or headings, the first that is there)
    table: str = "table"  # CSS selector of the table(s), for HTML
    date_format: str | None = None  # as strptime takes it, where dates are not month/day/year
    next: str | None = None  # CSS selector of the next page's address, for tables in pages
    pages: int = Field(default=1, ge=1, le=100)

    @field_validator("columns")
    @classmethod
    def _known_fields(cls, columns: Mapping[str, str | tuple[str, ...]]) -> Mapping[str, str | tuple[str, ...]]:
        for name in columns:
            if name not in FIELDS:
                raise ValueError(f"unknown field '{name}'; known: {', '.join(FIELDS)}")
        if missing := [name for name in ("company", "notice_date") if name not in columns]:
            raise ValueError(f"missing {' and '.join(missing)}: without a company and a day a notice cannot be told from another")
        return columns


class WarnSpider(SourceSpider[Options]):
    """Reads a state's list of notices."""

    name = "warn"

    def read_list(self, response: Response) -> Iterator[scrapy.Request | FetchedPage]:
        """Yield a document for every notice that was not there before."""
        text = response.text if isinstance(response, TextResponse) else ""
        known = [name for columns in self.options.columns.values() for name in _names(columns)]
        try:
            rows = read_rows(response.body, text, table=self.options.table, known=known)
        except SourceFailed as error:
            raise SourceFailed(f"{response.url}: {error}") from error
        headings = {heading for row in rows[:100] for heading in row}
        if rows and not any(name in headings for name in _names(self.options.columns["company"])):
            raise SourceFailed(
                f"{response.url}: no column '{_names(self.options.columns['company'])[0]}' among {', '.join(sorted(headings))[:200]}; "
                "the state changed its table: correct `columns`"
            )
        if not rows:
            self.visit.empty_list(response.url, "a table of notices")
        kept = 0
        for row in rows:
            notice = {name: _cell(row, columns) for name, columns in self.options.columns.items()}
            if not notice.get("company"):
                continue
            address = f"{response.url.partition('?')[0]}?{urlencode({'notice': notice_id(self.options.state, notice)})}"
            for page in self.visit.keep_record(address, notice_record(notice, self.options), of_list=response.meta["list"]):
                kept += 1
                yield page
        if kept and self.options.next and response.meta.get("page", 1) < self.options.pages:
            following = response.css(self.options.next).get()
            if following:
                yield self.visit.ask_list(
                    response.urljoin(following),
                    self.read_list,
                    conditional=False,
                    meta={"page": response.meta.get("page", 1) + 1},
                    missing_is_an_error=False,
                )


def notice_id(state: str, notice: Mapping[str, str]) -> str:
    """Return what a notice is known by; a corrected number or day makes it another one, which is news."""
    return fingerprint(
        state, *(notice.get(name, "").casefold() for name in ("company", "city", "address", "notice_date", "effective_date", "employees"))
    )


def notice_record(notice: Mapping[str, str], options: Options) -> dict[str, Any]:
    """Return a notice as a document: a sentence that says it, and its cells as fields."""
    noticed = to_day(notice.get("notice_date", ""), options.date_format)
    effective = to_day(notice.get("effective_date", ""), options.date_format)
    number = re.search(r"\d[\d,]*", notice.get("employees", ""))
    employees = number[0].replace(",", "") if number else ""
    city = notice.get("city", "").strip(" ,")
    place = ", ".join(filter(None, (city, options.state)))
    closing = bool(re.search(r"clos|shut", f"{notice.get('kind', '')} {notice.get('reason', '')}", re.IGNORECASE))
    company = notice["company"]
    text = f"{company} gave notice{_on(noticed)} of a {'plant closing' if closing else 'layoff'} at its site in {place}"
    text += f" affecting {int(employees):,} employees" if employees and int(employees) else ""
    text += f", effective {_words(effective)}." if effective else "."
    details = [
        f"{label}: {notice[name]}."
        for name, label in (("kind", "Kind"), ("reason", "Reason"), ("address", "Address"), ("industry", "Industry"), ("union", "Union"))
        if notice.get(name)
    ]
    return {
        "title": f"WARN notice: {company}, {place}",
        "text": "\n".join([text, *details]),
        "published": noticed.isoformat() if noticed else None,
        "company": company,
        "form": "WARN",
        "fields": {
            "state": options.state,
            "city": city,
            "county": notice.get("county", ""),
            "street": notice.get("address", ""),
            "postal_code": notice.get("postal_code", ""),
            "headcount": employees,
            "notice_date": noticed.date().isoformat() if noticed else "",
            "effective_date": effective.date().isoformat() if effective else "",
            "closing": "yes" if closing else "",
        },
    }


def to_day(text: str, date_format: str | None) -> datetime | None:
    """Return the first day that a cell names: "07/15/2026", "7/15/26 - 8/1/26", "July 15, 2026", or by `date_format`."""
    text = text.strip()
    if date_format:
        try:
            return datetime.strptime(text, date_format).replace(tzinfo=UTC)
        except ValueError:
            pass
    if found := re.search(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b", text):
        year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
        try:
            return datetime(year, int(found[1]), int(found[2]), tzinfo=UTC)
        except ValueError:
            return None
    return parse_date(text)[0]


def _on(day: datetime | None) -> str:
    return f" on {_words(day)}" if day else ""


def _words(day: datetime) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _names(columns: str | tuple[str, ...]) -> tuple[str, ...]:
    return (columns,) if isinstance(columns, str) else columns


def _cell(row: Mapping[str, str], columns: str | tuple[str, ...]) -> str:
    return next((" ".join(row[name].split()) for name in _names(columns) if row.get(name)), "")
