"""Which company a mention means: right where one clearly fits, none where two fit or none does."""

import pytest

from enrichment.resolve import Resolver
from store.records import Company, Mention

US = "US"
REGISTER = [
    Company(id="larkspur", name="LARKSPUR SOFTWARE INC", cik="0000001001", ticker="LKV", city="Bedford", state="MA", country=US, domain="larkspur.example"),
    Company(id="larkspur-dental", name="Larkspur Dental Group", city="Tulsa", state="OK", country=US),
    Company(id="ketch", name="Ketch Holdings Corp.", cik="0000001002", ticker="KTCH", city="Reno", state="NV", country=US, aliases=("Yawl Marine Inc",)),
    Company(id="ketch-hospitality", name="Ketch Hospitality Trust, Inc.", cik="0000001003", ticker="KHT", city="Richmond", state="VA", country=US),
    Company(id="vane-tx", name="Vane Roofing LLC", city="Austin", state="TX", country=US),
    Company(id="vane-oh", name="Vane Roofing LLC", city="Dayton", state="OH", country=US),
    Company(id="fund-3", name="Merganser Growth Fund III", cik="0000001005", ticker="MGF"),
    Company(id="fund-4", name="Merganser Growth Fund IV", cik="0000001006", ticker="MGFD"),
    Company(id="muller", name="Müller Brennstoff GmbH & Co. KG", city="Bonn", country="DE", lei="529900AAAAAAAAAAAA11"),
    Company(id="teal", name="Teal International Services Inc.", ein="123456789"),
    Company(id="pintail", name="Pintail Com Inc", ticker="PNTL", city="Seattle", state="WA", country=US),
    Company(id="spoonbill", name="Spoonbill Drainage Systems, Inc.", ticker="SPBL", city="Columbus", state="OH", country=US),
    Company(id="jay", name="Jay Kestrel Sandpiper Inc", ticker="JKS"),
    Company(id="rhea", name="Rhea Aviation", ticker="RAV"),
    Company(id="ravv", name="RAAVV Inc", ticker="RVV", city="Reno", state="NV", country=US),
    Company(id="bank", name="Bank LLC"),
    Company(id="godwit", name="Godwit Corp"),
    Company(id="gdwoots", name="Gdwits SA", ticker="GDWT"),
    Company(id="dunlin", name="Dunlin Maritime SA", ticker="DNLN", aliases=("QPR SA",)),
    Company(id="account-dotterel", name="Dotterel", origin="profiles/clipping.yml"),
    Company(id="whimbrel", name="Whimbrel"),
    Company(id="affiliated", name="Affiliated Companies"),
    *(Company(id=f"affiliated-{n}", name=f"Affiliated Word{n}") for n in range(600)),
    Company(id="apimed", name="Wrenmed Pharmaceuticals US Inc", ticker="WPUS"),
    Company(id="egret-bank", name="Egret Corp", sic="6022"),
    Company(id="egret-oil", name="Egret Corp", naics="2111"),
    *(Company(id=f"systems-{n}", name=f"Word{n} Systems") for n in range(40)),
]  # fmt: skip


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return Resolver(REGISTER)


@pytest.mark.parametrize(
    "mention, company",
    [
        # identifiers
        (Mention(name="Lrakpsur", cik="1001"), "larkspur"),  # a CIK decides, whatever the name
        (Mention(name="Muller", lei="529900AAAAAAAAAAAA11"), "muller"),
        (Mention(name="whatever", ein="123456789"), "teal"),
        (Mention(name="", domain="larkspur.example"), "larkspur"),  # an account that is a web address
        (Mention(name="Larkspur Sotfware", ticker="lkv"), "larkspur"),  # ticker in small letters
        (Mention(name="Ketch (NYSE: KHT)"), "ketch-hospitality"),  # the ticker tells which Ketch
        (Mention(name="Ketch (KTCH)"), "ketch"),  # without its exchange
        (Mention(name="Larkspur (lkv)"), "larkspur"),  # in small letters
        (Mention(name="Gdoots", ticker="GDWT"), "gdwoots"),  # half of five letters mistyped, and the ticker decides
        (Mention(name="Godwit (NYSE: LKV)"), "godwit"),  # near-miss: a ticker beside another name does not count
        # a rep writes a named account short
        (Mention(name="Dotterel Holdings, Inc."), "account-dotterel"),
        (Mention(name="Dotterel Dental"), None),  # near-miss: what it does tells it apart
        (Mention(name="Whimbrel Holdings, Inc."), None),  # near-miss: a register writes names out
        # forms of the name
        (Mention(name=" larkspur software, inc. "), "larkspur"),
        (Mention(name="Lark-Spur Software"), "larkspur"),
        (Mention(name="The Ketch Holdings Company"), "ketch"),
        (Mention(name="Yawl Marine"), "ketch"),  # former name
        (Mention(name="Mueller Brennstoff"), "muller"),  # ue for ü
        (Mention(name="Muller Brennstoff"), "muller"),
        (Mention(name="Teal Intl. Svcs"), "teal"),  # abbreviations
        (Mention(name="Software Larkspur"), "larkspur"),  # word order
        (Mention(name="Ketch"), "ketch"),  # Holdings left out, and not the trust that begins alike
        (Mention(name="Spoonbill Drainage"), "spoonbill"),  # a usual word left out, of a listed company
        # slips of the fingers
        (Mention(name="Larskpur Software"), "larkspur"),
        (Mention(name="Ketch Holdnigs"), "ketch"),
        (Mention(name="Spoonbil Drainagee Systems Inc"), "spoonbill"),
        (Mention(name="Larkspurs Sofware"), "larkspur"),  # a plural's letter besides
        (Mention(name="Teal Intrnational Services"), "teal"),  # in the long spelling of a word that is kept short
        (Mention(name="Whimbrle"), "whimbrel"),  # of a name of one word
        (Mention(name="RAAV"), None),  # near-miss: another company's letters
        (Mention(name="RAAV", state="NV"), "ravv"),  # unless something agrees
        (Mention(name="Golwid"), None),  # near-miss: two slips in a short name may be another company
        (Mention(name="Merganser Growth Fund V"), None),  # near-miss: numbers are no slips
        (Mention(name="Merganser Growth Fund III"), "fund-3"),
        # another company of the same head
        (Mention(name="Ketch Software"), None),
        (Mention(name="Larkspur"), None),
        (Mention(name="Larkspur Group"), None),
        (Mention(name="Ketch Group"), None),
        (Mention(name="Ketch Group, Inc."), None),  # a legal form makes it no other name
        (Mention(name="Larkspur Medical"), None),
        # initials
        (Mention(name="JKS"), "jay"),
        (Mention(name="JKS", ticker="JKS"), "jay"),
        (Mention(name="RAV"), None),  # near-miss: a ticker that is not the initials may be anything
        (Mention(name="WPUS"), None),  # near-miss: the plural's letter is none of the initials
        (Mention(name="WPUS", ticker="WPUS"), "apimed"),  # unless the text states it as the ticker
        # three letters of a former name, and a word of many names, say little alone
        (Mention(name="QPR"), None),
        (Mention(name="QPR SA", ticker="DNLN"), "dunlin"),
        (Mention(name="Affiliated"), None),
        (Mention(name="Affiliated Companies Inc"), "affiliated"),  # with its legal form it is meant as a name
        # sites and addresses
        (Mention(name="Pintail Rush Company, Inc."), None),  # near-miss: a name to its end, though Rush is a town
        (Mention(name="Larkspur Software - Wilsonville Facility"), "larkspur"),
        (Mention(name="Larkspur Software Wilsonville Facility"), "larkspur"),  # nothing parts them
        (Mention(name="Larkspur Software: Payroll"), "larkspur"),
        (Mention(name="Larkspur Software of Ohio"), "larkspur"),
        (Mention(name="Larkspur Software Ft. Worth"), "larkspur"),  # a city in another spelling
        (Mention(name="Larkspur Software Quillhaven", city="Quillhaven"), "larkspur"),  # a city that only the document knows
        (Mention(name="Larkspur Software 22 East Flagler Street Overtwistle"), "larkspur"),  # an address that ends in no place we know
        (Mention(name="Larkspur Software, Inc. 22 East Flagler Street Miami FL"), "larkspur"),
        (Mention(name="Pintail - MAF1 facility"), "pintail"),
        (Mention(name="Ketch Holdings Corp. (Yawl yard)"), "ketch"),
        (Mention(name="Spoonbill Drainage Systems USA LLC"), "spoonbill"),
        (Mention(name="Bank of Montreal"), None),  # near-miss: no site of a company named Bank
        (Mention(name="Wigeon LLC dba Larkspur Software"), "larkspur"),
        # two of one name
        (Mention(name="Vane Roofing"), None),
        (Mention(name="Vane Roofing", state="TX"), "vane-tx"),
        (Mention(name="Vane Roofing", city="Dayton", state="Ohio"), "vane-oh"),  # a state by its name
        (Mention(name="Vane Roofing", state="FL"), None),
        # two of one name, told apart by what the document says they do
        (Mention(name="Egret"), None),
        (Mention(name="Egret", industries=("60",)), "egret-bank"),
        (Mention(name="Egret", industries=("13", "73")), "egret-oil"),  # by its NAICS code
        (Mention(name="Egret", industries=("60", "13")), None),  # near-miss: both are spoken of
        (Mention(name="Egret", industries=("58",)), None),  # near-miss: neither
        (Mention(name="Larkspur Software", industries=("58",)), "larkspur"),  # a name outweighs what is said beside it
        # contradictions
        (Mention(name="Larkspur Software", cik="9999"), None),  # a filer that the register does not have
        (Mention(name=""), None),
        (Mention(name="!!"), None),
    ],
)
def test_resolve(resolver: Resolver, mention: Mention, company: str | None) -> None:
    match = resolver.resolve(mention)
    assert match.company_id == company, match.reasons
    assert match.reasons
    assert (match.score > 0.5) == (company is not None)


def test_two_that_fit_are_named(resolver: Resolver) -> None:
    match = resolver.resolve(Mention(name="Vane Roofing"))
    assert set(match.rivals) == {"vane-tx", "vane-oh"}
    assert match.reasons == ("2 companies fit alike: Vane Roofing LLC (Austin, TX); Vane Roofing LLC (Dayton, OH)",)


def test_reasons_are_words_strongest_first(resolver: Resolver) -> None:
    match = resolver.resolve(Mention(name="Vane Roofing", state="TX"))
    assert match.reasons == (
        "Vane Roofing LLC (Austin, TX)",
        "the name is the registered one but for the legal form",
        "the state is the same",
    )


def test_companies_can_be_added(resolver: Resolver) -> None:
    resolver = Resolver([])
    assert resolver.resolve(Mention(name="Wigeon")).company_id is None
    for number in range(12):
        resolver.add(Company(id=f"w{number}", name=f"Wigeon {'abcdefghijkl'[number] * 6} Ltd"))
        assert resolver.resolve(Mention(name=f"Wigeon {'abcdefghijkl'[number] * 6}")).company_id == f"w{number}"
    assert resolver.resolve(Mention(name="Wigeon aaaaaa")).company_id == "w0"
    assert resolver.resolve(Mention(name="Wigeon aaaaax")).company_id is not None  # slips are found among the added ones too
