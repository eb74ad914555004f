# ruff: noqa: SIM905 - chance is seeded on purpose; word lists read better as text
"""Writes sentences of press releases with known names, by filling the slots of templates.

Slots: C C2 C3 company, CS C2S C3S its short name, CA an acronym, P P2 P3 person, PF first name, PL P2L surname, T T2 T3 title, CITY1 city,
CITY CITY2 CITY3 city with or without its state, CITYST city and state, ST state, STA its abbreviation, CTRY country, REG region, CNTY county,
DL dateline, I I2 I3 investor, U university, AG authority or body, BANK, LAW, AUD, BROKER, NEWS, EXCH, M money, N number, D date, DAY, MON,
Y year, Q quarter, PCT, S series, AGE, FN function, IND industry, PROD product, STREET, TK ticker.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

Sentence = tuple[str, list[tuple[int, int, str]]]

_SLOT = re.compile(r"\{([A-Z]+[123]?[A-Z]*)\}")

_INDUSTRY_NAMES = (
    "Systems Technologies Solutions Software Networks Pharmaceuticals Therapeutics Biosciences Biotech Health Healthcare Medical Industries "
    "Manufacturing Logistics Energy Resources Capital Partners Financial Bank Bancorp Insurance Realty Properties Foods Brands Media "
    "Communications Wireless Semiconductor Robotics Analytics Labs Aerospace Defense Materials Chemicals Motors Automotive Airlines Steel "
    "Mining Petroleum Oil Power Electric Gas Water Homes Construction Engineering Consulting Staffing Education Entertainment Games Studios "
    "Retail Stores Restaurants Hotels Resorts Packaging Paper Plastics Instruments Controls Devices Diagnostics Genomics Cloud Data Security "
    "Payments Commerce Digital Interactive Marketing Utilities Savings Cabinetry Furniture Dynamics Sciences Optics Photonics Apparel"
).split()
_ADJECTIVES = (
    "Advanced American Applied Atlantic Allied Blue Bright Central Citizens Clear Community Continental Dynamic Eagle East Eastern Empire "
    "Evergreen First Frontier Fusion General Global Golden Granite Great Green Harbor Heritage Highland Horizon Imperial Independence Iron "
    "Keystone Lakeland Legacy Liberty Lincoln Meridian Metro Modern National New Noble North Northern Northwest Omega Pacific Peak Pinnacle "
    "Pioneer Precision Premier Prime Quantum Rapid Red Regal Reliance River Rocky Royal Silver South Southern Spectrum Star Sterling "
    "Strategic Summit Sun Superior Titan Union United Universal Valley Vanguard Vector Vertex Victory Vista West Western White Zenith Copper "
    "Cedar Maple Falcon Raven Fox Orchid Anchor Lantern Compass Beacon Ember Cobalt Juniper Willow"
).split()
_ROOTS = (
    "Acu Aero Agi Alt Ampl Arc Aspen Astr Aur Ax Bio Bolt Brev Cal Cert Chron Cog Cora Cre Cyber Dex Dyna Edge Ela Ener Epi Equi Evo Exo "
    "Flex Forge Gen Glo Hexa Hydra Ico Ima Infi Inno Jolt Kin Kyro Lumi Lyra Mag Matri Medi Meta Micro Modu Nano Navi Neo Nex Nova Omni Opti "
    "Orbi Oxi Pano Path Pheno Pivo Plex Poly Pulse Quali Quan Radi Retro Salu Scala Sensi Sigma Snap Soli Sona Spar Strat Swift Syn Tele "
    "Terra Thera Tri Ultra Vari Velo Veri Vira Vita Vol Wave Xen Zeta Zip Parq Farm Shop Book Ride Loan Ship"
).split()
_ENDINGS = (
    "gen gia ix ion ia is ity lytics matic med metrics mine net nex nics nom ology on ora pay path pharm plex point port sense set shift soft sonic "
    "stack sys tech tel tera tex tor tria trix va vance via vio vue ware wise works yte zen ify ly er able hub box bot bird fire fish stone"
).split()
_COMMON_WORD_NAMES = (
    "Progress Chef Slack Ripple Square Stripe Box Twilight Oracle Target Gap Shell Apple Amazon Visa Block Snap Root Lemonade Affirm Toast Compass "
    "Unity Discover Sprint Pilot Harvest Anchor Bolt Clover Domino Emerge Focus Gusto Ladder Notion Patch Pocket Rally Scale Signal Sunrun Vessel Zoom "
    "Brightly Oatly Peloton Chewy Carvana Lotus Novell Compaq Borland Sybase Chevron Dole Kellogg Hershey Mattel Hasbro Polaris Garmin"
).split()
_FORMS = [
    ", Inc.",
    " Inc.",
    " Inc",
    " Corp.",
    " Corporation",
    " Company",
    " Co.",
    ", LLC",
    " LLC",
    " Ltd.",
    " Limited",
    " plc",
    " PLC",
    " Group",
    " Holdings",
]
_FORMS += [
    " Holdings, Inc.",
    " & Co.",
    ", L.P.",
    " LP",
    " LLP",
    " AG",
    " SE",
    " S.A.",
    " N.V.",
    " GmbH",
    " AB",
    " Incorporated",
    " International, Inc.",
]
_FORMS += [" Group, Inc.", " Partners", " Bancorp, Inc.", " Pty Ltd", " S.p.A.", " A/S", " Oyj", " Industries, Inc.", " Trust Co."]
_INVESTORS = [
    "Capital",
    "Ventures",
    "Venture Partners",
    "Partners",
    "Equity",
    "Capital Partners",
    "Growth",
    "Private Equity",
    "Investments",
]
_INVESTORS += [
    "Capital Management",
    "Angels",
    "Equity Partners",
    "Asset Management",
    "Opportunity Fund",
    "Growth Equity",
    "Innovation Fund",
]
_AUTHORITIES = """SEC|Securities and Exchange Commission|U.S. Securities and Exchange Commission|FDA|U.S. Food and Drug Administration|Federal Trade Commission|FTC|
Department of Energy|U.S. Department of Defense|Department of Justice|U.S. Army|U.S. Navy|U.S. Air Force|Federal Reserve|NASA|Internal Revenue Service|IRS|European Commission|
Department of Veterans Affairs|Federal Communications Commission|FCC|Chamber of Commerce|Department of Homeland Security|General Services Administration|
National Institutes of Health|NIH|Department of Transportation|FAA|FDIC|Office of the Comptroller of the Currency|Environmental Protection Agency|EPA|United Way|American Red Cross|
YMCA|Teamsters|United Auto Workers|World Health Organization|European Medicines Agency|Competition and Markets Authority|Financial Conduct Authority|Federal Aviation Administration|
Pentagon|Congress|Senate|Supreme Court|Public Utilities Commission|Economic Development Authority|Federal Energy Regulatory Commission|Ministry of Finance|European Union|United Nations|
NHTSA|OSHA|National Labor Relations Board|Better Business Bureau|National Association of Manufacturers|American Heart Association|Port Authority|State Economic Development Council""".replace(
    "\n", ""
).split("|")
_BANKS = "Goldman Sachs|Morgan Stanley|J.P. Morgan|JPMorgan Chase Bank, N.A.|Wells Fargo|Bank of America, N.A.|Lazard|Citigroup|Barclays|UBS|Jefferies|Evercore|Deutsche Bank|Credit Suisse|Rothschild & Co|Houlihan Lokey|Piper Sandler|Moelis & Company|KeyBank National Association|PNC Bank|Wells Fargo Bank, National Association|Silicon Valley Bank|BMO Capital Markets|RBC Capital Markets|Raymond James|William Blair|Stifel|Cowen|Canaccord Genuity".split(
    "|"
)
_LAW = "Latham & Watkins LLP|Kirkland & Ellis|Skadden, Arps, Slate, Meagher & Flom LLP|Wachtell, Lipton, Rosen & Katz|Sullivan & Cromwell LLP|Jones Day|Goodwin Procter LLP|Cooley LLP|Davis Polk|Baker McKenzie|Ropes & Gray|Gibson, Dunn & Crutcher LLP|Sidley Austin LLP|White & Case".split(
    "|"
)
_AUDITORS = "Deloitte & Touche LLP|Ernst & Young LLP|KPMG LLP|PricewaterhouseCoopers LLP|Grant Thornton LLP|BDO USA, LLP|RSM US LLP|Marcum LLP|Crowe LLP|EY|PwC|KPMG".split(
    "|"
)
_BROKERS = "Cushman & Wakefield|CBRE|JLL|Colliers International|Newmark|Avison Young|Savills|Marcus & Millichap|Transwestern|Lee & Associates".split(
    "|"
)
_NEWS = "Reuters|Bloomberg|The Wall Street Journal|the Financial Times|CNBC|The New York Times|the Associated Press|TechCrunch|Bloomberg News|the Boston Globe|Forbes|the Dallas Morning News|Axios|Dow Jones|The Information|Business Insider".split(
    "|"
)
_EXCHANGES = "NYSE|Nasdaq|NASDAQ|New York Stock Exchange|Nasdaq Global Select Market|London Stock Exchange|Toronto Stock Exchange|NYSE American".split(
    "|"
)
_UNIVERSITIES = "Harvard Business School|the Wharton School|Stanford University|MIT|Northwestern University|Columbia University|INSEAD|London Business School|Harvard University|Duke University|Cornell University|Purdue University|Rice University|Georgetown University|UCLA|Oxford University|Penn State|Boston College|New York University|Kellogg School of Management|Indian Institute of Technology|Carnegie Mellon University".split(
    "|"
)
_FUNCTIONS = (
    "Sales|Marketing|Operations|Human Resources|Engineering|Finance|Business Development|Product Management|Research and Development|Legal|"
    "Information Technology|Customer Success|Strategy|Corporate Development|Investor Relations|Supply Chain|Manufacturing|Communications|Global Sales|"
    "North America|EMEA|Clinical Development|Regulatory Affairs|Quality|Real Estate|Public Affairs|Merchandising|Sales and Marketing|Innovation Systems"
).split("|")
_CHIEFS = (
    "Chief Executive Officer|Chief Financial Officer|Chief Operating Officer|Chief Technology Officer|Chief Information Officer|Chief Marketing Officer|"
    "Chief People Officer|Chief Revenue Officer|Chief Medical Officer|Chief Legal Officer|Chief Commercial Officer|Chief Accounting Officer|"
    "Chief Product Officer|Chief Credit Officer|CEO|CFO|COO|CTO|CIO|CMO"
).split("|")
_INDUSTRIES = (
    "industrial software|specialty chemicals|cloud security|medical devices|auto parts|packaging|staffing|logistics|payments|digital payments|automation|"
    "consumer electronics|snack food|wind turbines|water treatment|insurance|enterprise software|semiconductors|furniture|aerospace|mobile games|"
    "data storage|network equipment|home health|education technology|freight|solar panels|batteries|biotech|financial services|machine learning"
).split("|")
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday".split()
_ABBREVIATED = dict(
    pair.split("=")
    for pair in (
        "Alabama=Ala. Arizona=Ariz. Arkansas=Ark. California=Calif. Colorado=Colo. Connecticut=Conn. Delaware=Del. Florida=Fla. Georgia=Ga. Illinois=Ill. Indiana=Ind. "
        "Kansas=Kan. Kentucky=Ky. Louisiana=La. Maine=Maine Maryland=Md. Massachusetts=Mass. Michigan=Mich. Minnesota=Minn. Mississippi=Miss. Missouri=Mo. Montana=Mont. "
        "Nebraska=Neb. Nevada=Nev. Ohio=Ohio Oklahoma=Okla. Oregon=Ore. Pennsylvania=Pa. Tennessee=Tenn. Texas=Texas Utah=Utah Vermont=Vt. Virginia=Va. "
        "Washington=Wash. Wisconsin=Wis. Wyoming=Wyo. Iowa=Iowa Idaho=Idaho Hawaii=Hawaii"
    ).split()
) | {
    "New York": "N.Y.",
    "New Jersey": "N.J.",
    "North Carolina": "N.C.",
    "South Carolina": "S.C.",
    "New Hampshire": "N.H.",
    "New Mexico": "N.M.",
    "Rhode Island": "R.I.",
}
_POSTAL = "AL AZ CA CO CT DE FL GA IL IN KS KY LA MD MA MI MN MO NE NV NJ NY NC OH OK OR PA SC TN TX UT VA WA WI DC NH NM IA ID ON".split()
_PARTICLES = ["Mc", "Mac", "O'", "O’", "Van ", "van der ", "De ", "de la ", "von ", "St. ", "Le", "Di", "Fitz", "El-", "Al-"]
_PLACE_ENDS = "ville|ton|burg|field|ford|port|wood|dale|brook|haven|mont|ham|bury|view| Falls| Springs| Park| Heights| City| Beach| Grove| Hills| Lake| Creek".split(
    "|"
)


@dataclass
class World:
    """The names that slots are filled with."""

    first_names: Sequence[str]
    surnames: Sequence[str]
    companies: Sequence[str]  # of a register, in title case, legal forms included
    cities: Sequence[str]
    states: Sequence[str]
    countries: Sequence[str]
    regions: Sequence[str]
    chance: random.Random = field(default_factory=lambda: random.Random(0))

    # -- people ---------------------------------------------------------------------------------------------------------
    def person(self) -> tuple[str, str, str]:
        """Return full name, surname, first name."""
        r = self.chance
        first, surname = r.choice(self.first_names), r.choice(self.surnames)
        if r.random() < 0.06:
            surname = r.choice(_PARTICLES) + surname
        elif r.random() < 0.04:
            surname += "-" + r.choice(self.surnames)
        style = r.random()
        shown = first
        if style < 0.22:
            shown += f" {r.choice('ABCDEFGHJKLMNPRSTW')}."
        elif style < 0.26:
            shown = f"{first[0]}. {r.choice(self.first_names)}"
        elif style < 0.29:
            shown = f"{r.choice('ABCDEFGHJKLMRT')}.{r.choice('ABCDEGHJLMPRTW')}."
        elif style < 0.33:
            quotes = r.choice(["“”", '""', "()"])
            shown += f" {quotes[0]}{r.choice('Bob Bill Chip Skip Kate Liz Jim Beth Tony Dave Rick Sue'.split())}{quotes[1]}"
        elif style < 0.36:
            shown += f" {r.choice(self.surnames)}"
        tail = r.choice([", Jr.", " Jr.", " III", " II", ", Sr."]) if r.random() < 0.05 else ""
        return f"{shown} {surname}{tail}", surname, first

    def title(self) -> str:
        """Return a job title; small letters in four of ten."""
        r = self.chance
        roll = r.random()
        vice = r.choice(["Vice President", "Senior Vice President", "Executive Vice President", "SVP", "EVP", "VP", "Group Vice President"])
        if roll < 0.38:
            text = r.choice(_CHIEFS)
        elif roll < 0.48:
            text = "President and " + r.choice(
                ["Chief Executive Officer", "Chief Financial Officer", "Chief Operating Officer", "CEO", "CEO"]
            )
        elif roll < 0.54:
            text = r.choice(
                [
                    "Chairman and CEO",
                    "Chairman of the Board",
                    "Executive Chairman",
                    "Chairman, President and CEO",
                    "Vice Chairman",
                    "Chair",
                    "Chairman",
                ]
            )
        elif roll < 0.76:
            text = vice + r.choice([" of ", ", ", " of ", " for "]) + r.choice(_FUNCTIONS)
        elif roll < 0.88:
            posts = "General Counsel|Corporate Secretary|Treasurer|General Manager|Managing Director|Controller|President|Co-founder and CEO|Founder|Plant Manager|Executive Director"
            text = r.choice(
                [
                    *posts.split("|"),
                    "Director of " + r.choice(_FUNCTIONS),
                    "Head of " + r.choice(_FUNCTIONS),
                    "interim CEO",
                    "senior adviser",
                ]
            )
        else:
            text = f"{vice} and {r.choice([*_CHIEFS[1:6], 'General Manager', 'General Counsel', 'Treasurer'])}"
        return " ".join(word if word.isupper() else word.lower() for word in text.split()) if r.random() < 0.4 else text

    # -- organisations --------------------------------------------------------------------------------------------------
    def company(self) -> tuple[str, str]:
        """Return full and short name."""
        r = self.chance
        roll = r.random()
        if roll < 0.36:
            full = r.choice(self.companies)
            short = re.sub(r"(,? (Inc|Corp|Corporation|Ltd|Limited|LLC|Plc|PLC|Co|Company|Holdings|Group|LP|SA|NV|AG)\.?)+$", "", full)
            if r.random() < 0.5:
                full = re.sub(r"\b(Inc|Corp|Ltd|Co)$", r"\1.", full)
            return full, short or full
        made = r.choice(_ROOTS) + r.choice(_ENDINGS)
        if roll < 0.44:
            short = f"{r.choice(_ADJECTIVES)} {r.choice(_INDUSTRY_NAMES)}"
        elif roll < 0.48:
            short = f"{r.choice(_ADJECTIVES)} {r.choice(_ADJECTIVES)} {r.choice(_INDUSTRY_NAMES)}"
        elif roll < 0.58:
            short = made
        elif roll < 0.61:
            short = r.choice(_ROOTS) + r.choice(_ENDINGS).capitalize()
        elif roll < 0.635:
            short = made + r.choice([".com", ".io", ".ai", "AI", "Rx", "XR", "TV", "Q"])
        elif roll < 0.72:
            short = r.choice(_COMMON_WORD_NAMES + _ADJECTIVES) if r.random() < 0.8 else r.choice(_ADJECTIVES) + "s"
        elif roll < 0.76:
            short = f"{r.choice(self.surnames)} {r.choice(['&', '&', 'and'])} {r.choice(self.surnames)}"
        elif roll < 0.81:
            short = r.choice(self.surnames)
        elif roll < 0.86:
            short = f"{r.choice(self.surnames)} {r.choice(_INDUSTRY_NAMES)}"
        elif roll < 0.88:
            short = f"{r.choice(self.surnames)}, {r.choice(self.surnames)} & {r.choice(self.surnames)}"
        elif roll < 0.92:
            short = self.acronym() + r.choice(["", "", f" {r.choice(_INDUSTRY_NAMES)}"])
        elif roll < 0.96:
            short = f"{r.choice(self.cities)} {r.choice([*_INDUSTRY_NAMES, 'County Savings Bank', 'Bank', 'Savings Bank'])}"
        elif roll < 0.97:
            short = r.choice("ie") + made.capitalize() if r.random() < 0.6 else f"{r.randint(2, 90)}{made.capitalize()}"
        else:
            short = f"{made} {r.choice(_INDUSTRY_NAMES)}"
        return (short + r.choice(_FORMS) if r.random() < 0.55 else short), short

    def acronym(self) -> str:
        """Return two to five capitals."""
        r = self.chance
        return "".join(r.choice("ABCDEFGHIKLMNPRSTVX") for _ in range(r.choice([2, 3, 3, 3, 4, 4, 5])))

    def investor(self) -> str:
        """Return an investor."""
        r = self.chance
        stem = r.choice(
            [
                r.choice(_ADJECTIVES),
                r.choice(self.surnames),
                r.choice(_ADJECTIVES) + r.choice("bridge stone wood field water point rock crest".split()),
                self.acronym(),
                self.company()[1],
            ]
        )
        return (
            f"{stem} {r.choice(_INVESTORS)}"
            if r.random() < 0.95
            else f"{r.choice(['Route', 'Venture', 'Fund', 'Capital'])} {r.randint(7, 99)} Ventures"
        )

    def university(self) -> str:
        """Return a university."""
        r = self.chance
        state, city, surname = r.choice(self.states), r.choice(self.cities), r.choice(self.surnames)
        made = [
            f"University of {state}",
            f"{state} State University",
            f"University of {city}",
            f"{city} University",
            f"{surname} University",
            f"{surname} College",
        ]
        return r.choice(
            [*made, f"University of {state} at {city}", f"{surname} School of Business", *_UNIVERSITIES[:6], r.choice(_UNIVERSITIES)]
        ).removeprefix("the ")

    # -- places ---------------------------------------------------------------------------------------------------------
    def city(self) -> str:
        """Return a city, invented in one of seven."""
        r = self.chance
        if r.random() < 0.14:
            return (r.choice(self.surnames) if r.random() < 0.6 else r.choice(_ADJECTIVES)) + r.choice(_PLACE_ENDS)
        return r.choice(self.cities)

    def state_mark(self, *, short: bool) -> str:
        """Return a state, spelled out or short."""
        r = self.chance
        if short:
            return r.choice(_POSTAL) if r.random() < 0.5 else r.choice(list(_ABBREVIATED.values()))
        return r.choice(self.states)

    def city_and_state(self) -> list[tuple[str, str]]:
        """Return "City", ", " and "State" as pieces with labels."""
        r = self.chance
        second = r.choice(self.countries) if r.random() < 0.25 else self.state_mark(short=r.random() < 0.55)
        return [(self.city(), "GPE"), (", ", ""), (second, "GPE")]

    def dateline(self) -> list[tuple[str, str]]:
        """Return the pieces of a dateline."""
        r = self.chance
        city = self.city()
        pieces = [(city.upper() if r.random() < 0.7 else city, "GPE")]
        if r.random() < 0.75:
            pieces += [(", ", ""), (self.state_mark(short=r.random() < 0.7) if r.random() < 0.8 else r.choice(self.countries), "GPE")]
        day, wire = (
            self.date(),
            r.choice(
                ["(BUSINESS WIRE)", "/PRNewswire/", "(GLOBE NEWSWIRE)", "/PRNewswire-USNewswire/", "(Newsfile Corp.)", "(ACCESSWIRE)"]
            ),
        )
        ends = [
            f", {day} {wire} -- ",
            f"--{wire}--",
            f" – {day} – ",
            f", {day} – ",
            f" ({day}) — ",
            " -- ",
            " — ",
            f", {day} {wire} — ",
            f"--({day})--",
        ]
        return [*pieces, (r.choice(ends), "")]

    # -- the rest -------------------------------------------------------------------------------------------------------
    def date(self) -> str:
        """Return a date."""
        r = self.chance
        month, day, year = r.choice(_MONTHS), r.randint(1, 28), r.randint(1998, 2026)
        return r.choice(
            [
                f"{month} {day}, {year}",
                f"{month} {day}, {year}",
                f"{month} {day}",
                f"{month[:3]}. {day}, {year}",
                f"{month[:3]}. {day}",
                f"{month} {year}",
            ]
        )

    def money(self) -> str:
        """Return an amount of money."""
        r = self.chance
        whole, part = r.randint(2, 900), r.uniform(1, 99)
        return r.choice(
            [
                f"${whole} million",
                f"${part:.1f} million",
                f"${part / 3:.1f} billion",
                f"approximately ${whole} million",
                f"€{whole} million",
                f"£{whole}m",
                f"${whole}m",
                f"${whole},000",
            ]
        )

    def product(self) -> str:
        """Return a product, which is no entity."""
        r = self.chance
        made = r.choice(_ROOTS) + r.choice(_ENDINGS)
        return r.choice(
            [
                made + r.choice([" 3.0", " Pro", " Cloud", " Suite", "™", "®", " X1", " Platform"]),
                r.choice(_ADJECTIVES) + r.choice("View Link Guard Sense Care Path".split()) + "™",
            ]
        )


def fill(template: str, world: World) -> Sentence:
    """Return the template with its slots filled, and `(start, end, label)` of the names."""
    people: dict[str, tuple[str, str, str]] = {}
    firms: dict[str, tuple[str, str]] = {}
    text, names = "", []
    at = 0
    pieces: list[tuple[str, str]] = []
    for slot in _SLOT.finditer(template):
        pieces.append((template[at : slot.start()], ""))
        pieces += _pieces(slot.group(1), world, people, firms)
        at = slot.end()
    pieces.append((template[at:], ""))
    for piece, label in pieces:
        if text.endswith(".") and piece.startswith("."):  # "Acme Inc.."
            piece = piece[1:]
        if label and piece:
            names.append((len(text), len(text) + len(piece), label))
        text += piece
    return text, names


def _pieces(slot: str, world: World, people: dict[str, tuple[str, str, str]], firms: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    r = world.chance
    person = re.fullmatch(r"P([23]?)(L|F)?", slot)
    if person and slot not in {"PCT", "PROD"}:
        name = people.setdefault(person.group(1), world.person())
        return [(name[{"L": 1, "F": 2}.get(person.group(2) or "", 0)], "PERSON")]
    firm = re.fullmatch(r"C([23]?)(S)?", slot)
    if firm:
        return [(firms.setdefault(firm.group(1), world.company())[1 if firm.group(2) else 0], "ORG")]
    simple: dict[str, Callable[[], tuple[str, str]]] = {
        "CA": lambda: (world.acronym(), "ORG"),
        "CITY1": lambda: (world.city(), "GPE"),
        "ST": lambda: (r.choice(world.states), "GPE"),
        "STA": lambda: (world.state_mark(short=True), "GPE"),
        "CTRY": lambda: (r.choice(world.countries), "GPE"),
        "REG": lambda: (r.choice(world.regions), "GPE"),
        "CNTY": lambda: (r.choice(world.surnames) + " County", "GPE"),
        "U": lambda: (world.university(), "ORG"),
        "AG": lambda: (r.choice(_AUTHORITIES), "ORG"),
        "BANK": lambda: (r.choice(_BANKS), "ORG"),
        "LAW": lambda: (r.choice(_LAW), "ORG"),
        "AUD": lambda: (r.choice(_AUDITORS), "ORG"),
        "BROKER": lambda: (r.choice(_BROKERS), "ORG"),
        "EXCH": lambda: (r.choice(_EXCHANGES), "ORG"),
        "D": lambda: (world.date(), ""),
        "DAY": lambda: (r.choice(_DAYS), ""),
        "MON": lambda: (r.choice(_MONTHS), ""),
        "M": lambda: (world.money(), ""),
        "N": lambda: (
            r.choice([str(r.randint(20, 900)), f"{r.randint(1, 90)},{r.randint(0, 999):03d}", f"nearly {r.randint(50, 900)}"]),
            "",
        ),
        "Y": lambda: (str(r.randint(1990, 2026)), ""),
        "Q": lambda: (r.choice(["first", "second", "third", "fourth"]), ""),
        "PCT": lambda: (f"{r.randint(2, 80)}%", ""),
        "S": lambda: (r.choice("ABCDE"), ""),
        "AGE": lambda: (str(r.randint(31, 74)), ""),
        "FN": lambda: (r.choice(_FUNCTIONS), ""),
        "IND": lambda: (r.choice(_INDUSTRIES), ""),
        "PROD": lambda: (world.product(), ""),
        "TK": lambda: (f"{r.choice(['NYSE', 'NASDAQ', 'Nasdaq', 'NYSE American', 'TSX', 'OTCQB', 'LSE'])}: {world.acronym()}", ""),
        "STREET": lambda: (
            f"{r.randint(10, 9900)} {r.choice(world.surnames)} {r.choice(['Street', 'Avenue', 'Drive', 'Road', 'Parkway', 'Blvd.'])}",
            "",
        ),
    }
    if slot in simple:
        return [simple[slot]()]
    if slot.startswith("I") and slot != "IND":
        return [(world.investor(), "ORG")]
    if slot.startswith("T"):
        return [(world.title(), "TITLE")]
    if slot == "NEWS":
        paper = r.choice(_NEWS)
        return [("the ", ""), (paper[4:], "ORG")] if paper.startswith("the ") else [(paper, "ORG")]
    if slot == "DL":
        return world.dateline() if r.random() < 0.8 else []
    if slot == "CITYST":
        return world.city_and_state()
    if slot.startswith("CITY"):
        return world.city_and_state() if r.random() < 0.5 else [(world.city(), "GPE")]
    raise ValueError(f"templates: unknown slot {{{slot}}}")


def sentences(templates: Sequence[str], world: World, count: int) -> Iterator[Sentence]:
    """Yield `count` sentences, every template about as often, a dateline before one of ten."""
    for k in range(count):
        template = templates[k % len(templates)]
        if world.chance.random() < 0.1 and "{DL}" not in template and template.endswith("."):
            template = "{DL}" + template
        yield fill(template, world)
