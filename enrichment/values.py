"""Reads the cells of registers: numbers, identifiers, web addresses, ranges; each says in words what it cannot read."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

_MAGNITUDES = {"": 1, "k": 1_000, "thousand": 1_000, "m": 1_000_000, "mm": 1_000_000, "mio": 1_000_000, "million": 1_000_000, "b": 1_000_000_000, "bn": 1_000_000_000, "billion": 1_000_000_000}  # fmt: skip
# "1,200", "$1.2 million", "1-10", "250+", "€3,4 Mio" is not read: a comma parts thousands
_NUMBER = re.compile(r"(?:usd|us\$|\$)?\s*(\d[\d,' ]*(?:\.\d+)?)\s*([a-z]*)\.?", re.IGNORECASE)
_RANGE = re.compile(r"(.+?)\s*(?:-|–|\bto\b)\s*(.+)")
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^@/]*@)?([^/:?#\s]+)", re.IGNORECASE)

# words by which registers say that they do not know
_UNKNOWN = frozenset(("", "-", "n/a", "na", "none", "null", "unknown", "not available", "?", "#n/a", "\\n"))


class ValueFault(ValueError):
    """A cell that cannot be read; the message says why and what to write instead."""

    def __init__(self, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.column = column  # from 1; 0 while not known


def is_unknown(cell: str) -> bool:
    """Return whether a cell says that the value is not known."""
    return cell.strip().lower() in _UNKNOWN


def read_cik(cell: str) -> str | None:
    """Return ten digits of "320193", "0000320193" or "CIK0000320193"; None for 0."""
    digits = re.sub(r"^cik\s*", "", cell.strip(), flags=re.IGNORECASE).removesuffix(".0")
    if not digits.isdigit() or len(digits) > 10:
        raise ValueFault(f"'{cell}' is no CIK; write up to ten digits, or nothing")
    return digits.zfill(10) if int(digits) else None


def read_ein(cell: str) -> str | None:
    """Return nine digits of "94-2404110"; None where all are 0, as EDGAR writes for foreign filers."""
    digits = cell.replace("-", "").strip().removesuffix(".0")
    if not digits.isdigit() or len(digits) > 9:
        raise ValueFault(f"'{cell}' is no EIN; write nine digits, or nothing")
    return digits.zfill(9) if int(digits) else None


def read_lei(cell: str) -> str:
    """Return the twenty characters of an LEI in capitals."""
    lei = cell.strip().upper()
    if len(lei) != 20 or not lei.isalnum():
        raise ValueFault(f"'{cell}' is no LEI; write its twenty letters and digits, or nothing")
    return lei


def read_ticker(cell: str) -> str | None:
    """Return the ticker in capitals, without its exchange: "NYSE: LKV", "['LKV', 'LKV.A']" and "lkv" are "LKV"."""
    symbols = [symbol for symbol in re.findall(r"[A-Za-z0-9][A-Za-z0-9.-]*", cell.split(":")[-1]) if len(symbol) <= 12]
    return symbols[0].upper() if symbols else None


@lru_cache(maxsize=65536)
def read_domain(cell: str) -> str | None:
    """Return the registered domain of a web or mail address: "https://www.shop.example.co.uk/x" is "example.co.uk"."""
    match = _HOST.match(cell.strip())
    host = match[1].lower().strip(".").removeprefix("www.") if match else ""
    if "." not in host:
        raise ValueFault(f"'{cell}' is no web address; write one such as example.com, or nothing")
    if host.count(".") == 1:
        return host
    # a suffix that the public list does not have, such as a test domain, is its last part
    return _split_domain()(host) or ".".join(host.split(".")[-2:])


@cache
def _split_domain() -> Callable[[str], str]:
    import tldextract  # only here: the list of suffixes takes 60 ms to load

    # no suffix_list_urls: the list that comes with the package; else the first call fetches one
    extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

    def registered(host: str) -> str:
        parts = extract(host)
        return f"{parts.domain}.{parts.suffix}" if parts.domain and parts.suffix else ""

    return registered


def read_number(cell: str) -> tuple[int, int | None]:
    """Return a whole number of "1,200", "$1.2 million" or "250+", and None; of a range ("201-500", "$10-50 million") both ends."""
    text = cell.strip().rstrip("+").strip()
    ends = _RANGE.fullmatch(text)
    if ends and (high := _NUMBER.fullmatch(ends[2].strip())) and (low := _NUMBER.fullmatch(ends[1].strip())):
        # "$10-50 million": the magnitude is said once, at the end
        least, most = _whole(low[1], low[2] or high[2]), _whole(high[1], high[2])
        if least is not None and most is not None and least <= most:
            return least, most if most > least else None
        raise ValueFault(f"'{cell}' is no range; write the lower end first, such as 201-500, or nothing")
    match = _NUMBER.fullmatch(text)
    number = _whole(match[1], match[2]) if match else None
    if number is None:
        raise ValueFault(f"'{cell}' is no number; write digits such as 1200, or nothing")
    return number, None


def _whole(digits: str, magnitude: str) -> int | None:
    times = _MAGNITUDES.get(magnitude.lower())
    return None if times is None else round(float(re.sub(r"[,' ]", "", digits)) * times)


def read_year(cell: str) -> int:
    """Return the year of "1987" or "1987-05-01"."""
    match = re.search(r"\b(1[5-9]\d\d|20\d\d)\b", cell)
    if not match:
        raise ValueFault(f"'{cell}' is no year; write four digits, or nothing")
    return int(match[1])


def read_flag(cell: str) -> bool:
    """Return a yes or no; "public" and "private" too."""
    word = cell.strip().lower()
    if word in ("yes", "y", "true", "1", "public", "listed"):
        return True
    if word in ("no", "n", "false", "0", "private", "unlisted"):
        return False
    raise ValueFault(f"'{cell}' is neither yes nor no; write yes, no or nothing")


def read_code(cell: str) -> str | None:
    """Return the digits of an industry code, as text: "7372 - Prepackaged Software" is "7372"."""
    match = re.match(r"\s*(\d{2,6})\b", cell)
    return match[1] if match else None


def read_account(cell: str) -> str | None:
    """Return what an account is to us by the CRM's word for it: "customer", "past_customer", "open_opportunity"; None for a mere prospect."""
    words = re.sub(r"[^a-z]+", " ", cell.lower()).strip()
    if re.search(
        r"\b(?:former|past|ex|lost|churned|inactive)\b.*\bcustomer|\bcustomer\b.*\b(?:former|lost|churned|inactive)\b|^churned$", words
    ):
        return "past_customer"
    if "opportunity" in words or words in ("open opp", "pipeline"):
        return "open_opportunity"
    if "customer" in words or words in ("client", "evangelist", "installation partner"):
        return "customer" if "target" not in words else None
    return None


def read_address(cell: str) -> str | None:
    """Return an e-mail address in lower case; None for a name, which exports write where the address was not asked for."""
    word = cell.strip().removeprefix("mailto:").lower()
    return word if re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+", word) else None
