"""Two spellings of one company name have one normal form; two names keep two."""

import pytest

from enrichment.names import compact_form, normal_form, read_name


@pytest.mark.parametrize(
    "text, form",
    [
        ("Larkspur Holdings, Inc.", "larkspur holdings"),  # comma and dot of the legal form
        ("LARKSPUR HOLDINGS INC", "larkspur holdings"),  # the register's capitals
        ("The Larkspur Company", "larkspur"),  # leading article
        ("Larkspur Co (The)", "larkspur"),  # article at the end, as registers sort
        ("Larkspur & Vane LLC", "larkspur vane"),  # ampersand …
        ("Larkspur and Vane, L.L.C.", "larkspur vane"),  # … and word; dotted legal form
        ("Müller & Söhne GmbH & Co. KG", "muller sohne"),  # diacritics; two legal forms
        ("Ørsted Vindkraft A/S", "orsted vindkraft"),  # letters that do not decompose; Danish slash
        ("Grupo Larkspur, S.A.B. de C.V.", "grupo larkspur"),  # legal form of several words
        ("Larkspur Polska Sp. z o.o.", "larkspur polska"),
        ("Larkspur (Singapore) Pte. Ltd.", "larkspur singapore"),
        ("Larkspur Bhd", "larkspur"),
        ("PT Larkspur Nusantara Tbk", "larkspur nusantara"),  # Indonesian form in front
        ("Larkspur A S", "larkspur"),  # EDGAR writes A/S with a blank
        ("LARKSPUR BANCORP INC /NY", "larkspur bancorp"),  # state behind a slash
        ("LARKSPUR CORP /DE/", "larkspur"),
        ("LARKSPUR PRODUCTS INC/NEW/DE/", "larkspur products"),  # two of them
        ("Larkspur Energy PT/ADR/", "larkspur energy"),  # depositary receipt
        ("Larkspur Dynamic Buy/Write", "larkspur dynamic buy write"),  # near-miss: a slash inside the name
        ("L.K. Vane, Inc.", "lk vane"),  # initials with dots …
        ("L K Vane Inc", "lk vane"),  # … and with blanks
        ("Larkspur's Inc", "larkspurs"),  # straight and …
        ("Larkspur’s Inc", "larkspurs"),  # … typographic apostrophe
        ("Packaging Corp of Larkspur", "packaging corp of larkspur"),  # near-miss: a legal form inside the name stays
        ("Co-Larkspur, Inc.", "co larkspur"),  # near-miss: Co in front stays
        ("Limited Co", "limited"),  # one word always stays
        ("The", "the"),
        ("", ""),
        ("?!", ""),
        ("ООО Ромашка", "ооо ромашка"),  # other scripts pass
    ],
)
def test_normal_form(text: str, form: str) -> None:
    assert normal_form(text) == form


@pytest.mark.parametrize(
    "one, other",
    [
        ("Larkspur International Services Inc", "Larkspur Intl. Svcs"),  # registers shorten
        ("Larkspur Foods", "LARKSPUR FOOD CO"),  # plural
        ("Lark Spur", "Larkspur Inc"),  # blank inside
        ("L.A.R. Spur", "LAR SPUR"),  # initials
        ("St. Larkspur Hospital", "Saint Larkspur Hospital"),
    ],
)
def test_compact_forms_agree(one: str, other: str) -> None:
    assert compact_form(read_name(one).words) == compact_form(read_name(other).words)


@pytest.mark.parametrize(
    "one, other",
    [
        ("Larkspur Glass", "Larkspur Gla"),  # ss is no plural
        ("Larkspur II", "Larkspur III"),  # numbered funds are different companies
        ("Larkspur Holdings", "Larkspur Group"),
    ],
)
def test_compact_forms_differ(one: str, other: str) -> None:
    assert compact_form(read_name(one).words) != compact_form(read_name(other).words)


def test_legal_form_is_read() -> None:
    assert read_name("Larkspur Incorporated").legal == read_name("Larkspur, Inc.").legal == "inc"
    assert read_name("Larkspur Co., Ltd.").legal == "ltd"
    assert read_name("Larkspur").legal == ""
