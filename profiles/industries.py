"""Industries by the words sales teams use, as beginnings of SIC and NAICS codes, and how a code is held against them."""

from __future__ import annotations

from collections.abc import Iterable

# word -> beginnings or ranges of SIC codes, of NAICS codes
INDUSTRIES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "advertising": (("731",), ("5418",)),
    "aerospace": (("372", "376"), ("3364",)),
    "agriculture": (("01-09",), ("11",)),
    "airlines": (("45",), ("481",)),
    "apparel": (("22-23", "31"), ("313-316",)),
    "automotive": (("371", "55"), ("3361-3363", "441")),
    "banking": (("60-61", "6712"), ("521-522",)),
    "biotechnology": (("2836", "8731"), ("541714", "325414")),
    "chemicals": (("28",), ("325",)),
    "construction": (("15-17",), ("23",)),
    "consulting": (("874",), ("5416",)),
    "education": (("82",), ("61",)),
    "electronics": (("36",), ("334-335",)),
    "engineering": (("8711",), ("5413",)),
    "entertainment": (("78-79",), ("71", "512")),
    "financial services": (("60-67",), ("52",)),
    "food and beverage": (("20", "54", "58"), ("311-312", "445", "722")),
    "freight and logistics": (("40", "42", "44", "47"), ("482-484", "488", "493")),
    "health care": (("80",), ("62",)),
    "hospitality": (("58", "70"), ("72",)),
    "insurance": (("63-64",), ("524",)),
    "legal": (("81",), ("5411",)),
    "machinery": (("35",), ("333",)),
    "manufacturing": (("20-39",), ("31-33",)),
    "media": (("27", "483-484", "78"), ("511-512", "515", "516")),
    "medical devices": (("384",), ("3391", "334510")),
    "metals": (("33-34",), ("331-332",)),
    "mining": (("10", "12", "14"), ("212",)),
    "nonprofit": (("83-86",), ("813", "624")),
    "oil and gas": (("13", "29"), ("211", "213", "324")),
    "paper and packaging": (("26",), ("322",)),
    "pharmaceuticals": (("283",), ("3254",)),
    "publishing": (("27",), ("511", "513")),
    "real estate": (("65", "6798"), ("53",)),
    "restaurants": (("58",), ("722",)),
    "retail": (("52-59",), ("44-45",)),
    "semiconductors": (("3674",), ("334413",)),
    "software": (("7371-7374",), ("5112", "5132", "5415", "518")),
    "staffing": (("736",), ("5613",)),
    "telecommunications": (("48",), ("517",)),
    "utilities": (("49",), ("22",)),
    "waste management": (("4953", "4955"), ("562",)),
    "wholesale": (("50-51",), ("42",)),
}


def code_fits(code: str, ranges: Iterable[str]) -> bool:
    """Return whether the code begins with one of the beginnings, or lies in one of the ranges: "6021" fits "60-67"."""
    for written in ranges:
        low, _, high = written.partition("-")
        if low <= code[: len(low)] <= (high or low):
            return True
    return False
