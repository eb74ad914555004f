"""Industry codes of the two systems, held against each other."""

import pytest

from enrichment.industries import naics_of_sic, sics_of_naics


@pytest.mark.parametrize(
    "sic, naics",
    [
        ("7372", "5112"),  # a code of its own
        ("7371", "5415"),  # of its group
        ("3674", "3344"),
        ("0100", "111"),
        ("100", "111"),  # without its leading zero
        ("6021", "5221"),
        ("9999", None),  # in no group
        ("", None),
        ("services", None),
    ],
)
def test_naics_of_sic(sic: str, naics: str | None) -> None:
    assert naics_of_sic(sic) == naics


def test_sics_of_naics() -> None:
    assert "7372" in sics_of_naics("5112")
    assert "7372" in sics_of_naics("511210")  # a longer code is within
    assert {"602", "603"} <= set(sics_of_naics("522"))
    assert sics_of_naics("99") == ()
