"""Names of companies, brought to a form in which two spellings of one name are equal.

Two forms, the second coarser than the first: `Name.form` is the words without the legal form; `compact_form` writes
abbreviations and plurals one way and drops the blanks.
Companies that share a form may still be two companies; whether they are is `resolve.py`'s to say.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# letters that Unicode's decomposition leaves whole
_WHOLE_LETTERS = str.maketrans(
    {
        "ø": "o",
        "Ø": "O",
        "ß": "ss",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
        "þ": "th",
        "ð": "d",
    }
)

# one legal form has one name, so that "Incorporated" and "Inc." agree; the words on the right are what may stand at the end of a name
_LEGAL_GROUPS = {
    "inc": "inc incorporated incorporation incorporada",
    "corp": "corp corporation corpn corporacion",
    "co": "co company companies cos cie compagnie",
    "ltd": "ltd limited ltda limitada lda ltee limitee",
    "plc": "plc",
    "llc": "llc llcs lc",
    "llp": "llp lllp",
    "lp": "lp partnership",
    "pc": "pc pa pllc apc pllp chartered chtd",
    "sa": "sa sab saa sapi sas sasu saic sca sae saog saoc sapa",
    "nv": "nv cv",
    "bv": "bv bvba vof",
    "ag": "ag aktiengesellschaft kgaa",
    "gmbh": "gmbh mbh ug gesmbh",
    "kg": "kg ohg gbr ek ev eg og",
    "se": "se",
    "spa": "spa srl srls sarl sarlu eurl snc scs scarl scrl sprl sagl sl slu sau sll sccl",
    "ab": "ab publ hb kb",
    "as": "as asa aps ans ivs is",
    "oy": "oy oyj abp ky tmi",
    "ooo": "ooo oao pao zao ao tov pjsc ojsc cjsc jsc pat",
    "sro": "sro as sp spzoo spolka zoo doo dd ad dooel eood ead kft zrt nyrt bt rt uab sia ou",
    "pty": "pty pte pvt pvte private proprietary nl",
    "bhd": "bhd sdn berhad tbk pt persero",
    "kk": "kk gk yk kaisha kabushiki",
    "na": "na ulc",
}
LEGAL_FORMS: dict[str, str] = {}
for _group, _spellings in _LEGAL_GROUPS.items():
    for _spelling in _spellings.split():
        LEGAL_FORMS.setdefault(_spelling, _group)

# halves of a form, which are part of the name where the other half is missing: "Proprietary Limited", "Kabushiki Kaisha"
_NEVER_LAST = frozenset(("private", "proprietary", "partnership", "persero", "kabushiki"))

# forms that stand in front: "PT Bank Mandiri", "OOO Lukoil", "AS Tallink"
_LEADING_FORMS = frozenset(("pt", "ooo", "oao", "pao", "zao", "cjsc", "ojsc", "pjsc", "uab"))

# forms of several words, and what EDGAR and registrars hang on a name; each is replaced before the words are cut, if its first part,
# which is far cheaper to look for, is in the name
_PHRASES = (
    # "/DE/", "/NY", "/CAN/", "\MD\" at the end: state, country, "new" or depositary receipt in EDGAR's conformed names; not "Buy/Write"
    ("/", re.compile(r"(?:\s*/\s*(?:[a-z]{2}|can|new|old|adr|(?:[a-z]{3,5}|[a-z]{2} [a-z]{2,4})(?=\s*/)))+\s*/?\s*$"), ""),
    ("adr", re.compile(r"[\s/]+adr/?\s*$"), ""),
    ("(", re.compile(r"\s*\((?:the|new|publ)\)"), ""),  # "Kroger Co (The)"
    (",", re.compile(r",\s*the\s*$"), ""),  # "Kroger Co, The"
    ("de ", re.compile(r"\bs\.?\s?a\.?\s*(?:p\.?\s?i\.?\s*)?(?:b\.?\s*)?de\s+c\.?\s?v\.?(?![a-z])"), " sa"),
    ("de ", re.compile(r"\bs\.?\s*de\s+r\.?\s?l\.?(?:\s*de\s+c\.?\s?v\.?)?(?![a-z])"), " srl"),
    ("z", re.compile(r"\bsp\.?\s*z\.?\s*o\.?\s*o\.?(?![a-z])"), " spzoo"),
    ("spol", re.compile(r"\bspol\.?\s+s\s+r\.?\s?o\.?(?![a-z])"), " sro"),
    ("liability", re.compile(r"\blimited liability (?:company|partnership|co\.?)(?![a-z])"), " llc"),
    ("partnership", re.compile(r"\b(?:limited|general) partnership\b"), " lp"),
    ("public", re.compile(r"\bpublic limited company\b"), " plc"),
    ("professional", re.compile(r"\bprofessional (?:corporation|association)\b"), " pc"),
    ("association", re.compile(r"\bnational association\s*$"), " na"),
    ("anonyme", re.compile(r"\bsoci(?:e|é)t(?:e|é) anonyme\b"), " sa"),
    ("/", re.compile(r"\b(?:a|i|k|p)/s(?![a-z])"), " as"),  # Danish "A/S"
    (".com", re.compile(r"\.com\b"), " com"),
)


def _may_hold_phrase(plain: str) -> bool:
    """Return whether a name may hold one of the phrases, as one in ten does: to ask once is cheaper than to ask for each."""
    return (
        "/" in plain or "\\" in plain or "(" in plain or ", the" in plain or ",the" in plain or ".com" in plain or " de " in plain or ".de " in plain
        or "z o" in plain or "z." in plain or "spol" in plain or "liability" in plain or "partnership" in plain or "limited c" in plain
        or "professional" in plain or "association" in plain or "anonyme" in plain
    )  # fmt: skip


_DOT_OF_INITIALS = re.compile(r"(?<=\b[a-z])\.(?=[a-z]\b)")  # "U.S." -> "us", "J.B. Hunt" -> "jb hunt"
_WORD = re.compile(r"[^\W_]+")

# one spelling for what registers and newspapers shorten; the right side is what `compact_form` writes
SHORT_WORDS = {
    long: short
    for short, spellings in {
        "intl": "international internationals internatl int intl",
        "tech": "technologies technology technological technol techs tech",
        "mfg": "manufacturing manufacturers manufacturer manuf mfg mfr mfrs",
        "natl": "national nationals nat natl",
        "svc": "services service svcs svc serv svs",
        "sys": "systems system syst sys",
        "comm": "communications communication comms comm comms commns",
        "assoc": "associates associate association associations assn assoc assocs assc",
        "amer": "american america americas amer",
        "ind": "industries industry industrial inds ind indus",
        "pharma": "pharmaceuticals pharmaceutical pharmaceut pharms pharm pharma",
        "lab": "laboratories laboratory labs lab",
        "hldg": "holdings holding hldgs hldg",
        "grp": "group groups grp",
        "fin": "financial finance fin fincl finl",
        "engr": "engineering engineers engineered eng engr engrg",
        "dev": "development developments dev devel",
        "dept": "department departments dept",
        "mgmt": "management mgmt mgt",
        "univ": "university universities univ",
        "ctr": "center centre centers centres ctr ctrs cntr",
        "prop": "properties property prop props",
        "res": "resources resource res",
        "prod": "products product prods prod",
        "enrgy": "energy enrgy",
        "ins": "insurance ins insur",
        "hosp": "hospital hospitals hosp",
        "med": "medical med",
        "equip": "equipment equip eqpt",
        "dist": "distribution distributors distributor distributing dist distr",
        "ent": "enterprises enterprise ent entpr",
        "entmt": "entertainment entmt entertain",
        "bros": "brothers bros",
        "st": "saint st",
        "mt": "mount mt mountain mtn",
        "envir": "environmental environment envir envtl",
        "constr": "construction constr const",
        "transp": "transportation transport transp trans",
        "invest": "investments investment invest invt invts",
        "bancorp": "bancorp bancorporation",
        "bancsh": "bancshares bankshares bancsh",
        "corp": "corporation corp",
        "co": "company companies co cos",
        "inc": "incorporated inc",
        "fed": "federal fed",
        "govt": "government govt",
        "elec": "electric electrical elec",
        "electr": "electronics electronic electr",
        "sci": "sciences science sci",
        "soln": "solutions solution soln solns",
        "rest": "restaurants restaurant rest",
        "acq": "acquisition acquisitions acq acqn",
        "cap": "capital cap",
        "ptnr": "partners partner ptnrs ptnr",
        "rlty": "realty rlty",
        "tr": "trust tr",
        "fd": "fund fd",
        "bk": "bank bk",
        "mkt": "markets market mkt mkts",
        "petro": "petroleum petro petrol",
        "chem": "chemical chemicals chem",
        "north": "north no",
        "health": "health hlth",
        "healthcare": "healthcare hlthcare",
        "comml": "commercial comml coml",
    }.items()
    for long in spellings.split()
}
_SMALL_WORDS = frozenset(("the", "and"))


class Name(NamedTuple):
    """A company's name, taken apart."""

    words: tuple[str, ...]  # lower case, without accents, "the", "and" and the legal form; never empty unless the text has no letter
    legal: str  # the legal form by its one name ("inc", "llc", …), "" when the name has none

    @property
    def form(self) -> str:
        """The words with blanks between: the normal form."""
        return " ".join(self.words)


def read_name(text: str) -> Name:
    """Take a name apart into words and legal form; `Name((), "")` when it holds neither letter nor digit."""
    words = _words(text)
    legal = ""
    # the whole name may be words of legal forms ("Limited Co"): one word always stays
    while len(words) > 1 and (found := LEGAL_FORMS.get(words[-1])):
        if words[-1] in _NEVER_LAST and not legal:
            break
        legal = legal if legal and found in {"co", "kg"} else found  # "GmbH & Co. KG" and "Co., Ltd." are their fuller half
        words.pop()
    if len(words) > 1 and words[0] in _LEADING_FORMS:
        legal = legal or LEGAL_FORMS[words[0]]
        del words[0]
    return Name(tuple(words), legal)


def normal_form(name: str) -> str:
    """Return the words of `name` in lower case without accents, punctuation, "The", "and" and legal form: "Kröger & Co. KG" -> "kroger"."""
    return read_name(name).form


def compact_form(words: tuple[str, ...]) -> str:
    """Return the words as one, abbreviations and plurals written one way: "Acme Intl. Svcs" and "ACME International Service" are equal."""
    short = SHORT_WORDS
    return "".join([short.get(word) or singular(word) for word in words])


@lru_cache(maxsize=16384)
def short_word(word: str) -> str:
    """Return the one spelling of a word that registers shorten: "technologies" and "tech" -> "tech", "foods" -> "food"."""
    return SHORT_WORDS.get(word) or singular(word)


def fold(text: str) -> str:
    """Return `text` in lower case with accents taken off; letters of other scripts stay as they are."""
    if not text.isascii():
        text = text.translate(_WHOLE_LETTERS).replace("’", "'").replace("‘", "'").replace("`", "'")
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return text.lower()


def _words(text: str) -> list[str]:
    plain = fold(text).strip()
    if _may_hold_phrase(plain):
        plain = plain.replace("\\", "/")
        for part, pattern, instead in _PHRASES:
            if part in plain:
                plain = pattern.sub(instead, plain)
    if "'" in plain:
        plain = plain.replace("'", "")
    if "&" in plain or "+" in plain:
        plain = plain.replace("&", " and ").replace("+", " and ")
    if "." in plain:
        plain = _DOT_OF_INITIALS.sub("", plain)
    words = _WORD.findall(plain)
    if 1 in map(len, words):
        words = _joined_initials(words)
    if "the" in words or "and" in words:
        return [word for word in words if word not in _SMALL_WORDS] or words
    return words


def _joined_initials(words: list[str]) -> list[str]:
    """Write single letters that stand side by side as one word: "J B Hunt" -> "jb hunt", "S A" -> "sa"."""
    out: list[str] = []
    open_initials = False
    for word in words:
        single = len(word) == 1 and word.isalpha()
        if single and open_initials:
            out[-1] += word
        else:
            out.append(word)
        open_initials = single
    return out


def singular(word: str) -> str:
    """Return `word` without a plural's s: "foods" -> "food", "glass" stays."""
    if len(word) > 3 and word[-1] == "s" and word[-2] != "s":
        return word[:-1]
    return word
