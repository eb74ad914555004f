"""EDGAR's record of one filer ("submissions" JSON): name and former names, addresses, EIN, SIC, tickers.

The record says what is so today; held against an earlier one it says what changed. Its list of filings is left out: indexes
and feeds bring them. Source: https://www.sec.gov/search-filings/edgar-application-programming-interfaces
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from crawler.filings import header_lines
from store.records import fingerprint

FORM = "submissions"


def is_filer_record(body: bytes) -> bool:
    """Return whether a body is EDGAR's record of a filer."""
    head = body[:20_000].lstrip()
    return head.startswith(b"{") and b'"cik"' in head[:400] and b'"formerNames"' in head


def read_filer_record(body: bytes) -> dict[str, Any] | None:
    """Return EDGAR's record of a filer as a record (title, text, company, cik, form, fields), None when it cannot be read."""
    try:
        content = json.loads(body)
    except ValueError:
        return None
    if not isinstance(content, Mapping) or not content.get("name") or not str(content.get("cik", "")).isdigit():
        return None
    addresses = content.get("addresses") or {}
    business = addresses.get("business") or {}
    kind = "" if business.get("city") else "mail"
    address = business if business.get("city") else addresses.get("mailing") or {}
    former = [name for name in content.get("formerNames") or [] if name.get("name")]
    tickers, exchanges = content.get("tickers") or [], content.get("exchanges") or []
    ein = str(content.get("ein") or "")
    fields = {
        "conformed_name": str(content["name"]),
        "street": " ".join(filter(None, (address.get("street1"), address.get("street2")))),
        "city": address.get("city"),
        "state": address.get("stateOrCountry"),
        "postal_code": address.get("zipCode"),
        "address_kind": kind if address.get("city") else "",
        "phone": content.get("phone"),
        "website": content.get("website"),
        "sic": content.get("sic"),
        "industry": content.get("sicDescription"),
        "ein": ein if len(ein) == 9 and ein.strip("0") else "",
        "ticker": tickers[0] if tickers else "",
        "exchange": exchanges[0] if exchanges else "",
        "state_of_incorporation": content.get("stateOfIncorporation"),
        "former_name": former[0]["name"] if former else "",
        "former_names": ";".join(str(name["name"]) for name in former),
        # T00 in one capture, T05 in the next: the day alone is meant
        "former_until": str(former[0].get("to") or "")[:10] if former else "",
    }
    known = {key: str(value).strip() for key, value in fields.items() if value}
    lines = [f"{known['conformed_name']} is registered with the SEC under CIK {str(content['cik']).zfill(10)}."]
    lines += filter(None, [f"Industry: {known['industry']}." if "industry" in known else "", header_lines(known)])
    return {
        "title": f"{known['conformed_name']} – EDGAR company record",
        "text": "\n".join(lines),
        "company": known["conformed_name"],
        "cik": str(content["cik"]).zfill(10),
        "form": FORM,
        "fields": known,
    }


def state_of(record: Mapping[str, Any]) -> str:
    """Return what a filer's record is known by: another address, name or ticker makes it another document, another filing does not."""
    return fingerprint(record["cik"], *(f"{key}={value}" for key, value in sorted(record["fields"].items())))
