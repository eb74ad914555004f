"""Finds products and services that are launched: what is launched must be something to buy, by its noun or by what the text says of its name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from triggers.companies import bare
from triggers.expression import Expression
from triggers.parties import speaks_of
from triggers.reading import Found, Reading
from triggers.structure import BODY, HEADLINE, LEAD, QUOTE
from triggers.view import SORTS, View

_DETERMINER = (
    r"(?:(?:a|an|the|its|their|our|his|her|two|three|several|of|more|all|second|third|highly|much|long[- ]awaited|anticipated)\s+)*"
)
_VERBAL = Expression(
    r"\b(?P<verb>launch(?:es|ed|ing)?|unveil(?:s|ed|ing)?|introduc(?:es|ed|ing)|debut(?:s|ed|ing)?|roll(?:s|ed|ing)? out|releas(?:es|ed|ing)|to (?:launch|unveil|introduce|debut|release|roll out))\s+"
    rf"{_DETERMINER}(?P<what>[^;:.()\n]{{2,120}})",
    re.IGNORECASE,
)
_NOMINAL = Expression(
    rf"\b(?P<verb>launch|release|(?:general |commercial )?availability|introduction|debut|rollout|roll-out|unveiling) of {_DETERMINER}(?P<what>[^;:()\n]{{2,120}})",
    re.IGNORECASE,
)
# "today announced Rocket 4.1, the latest version of its suite"
_APPOSED = Expression(
    rf"\b(?P<verb>announc(?:es|ed|ing))\s+{_DETERMINER}(?P<what>(?-i:[A-Z0-9])[^;:,()\n]{{1,60}}), (?:the|its|an?) (?:(?:latest|newest|new|next|first|industry['’]s|world['’]s|[\w-]+) ){{1,6}}"
    r"(?:version|release|generation|addition|product|platform|solution|service|app|tool|model|suite|system|software|device|line|assistant|engine)\b",
    re.IGNORECASE,
)
# where the thing launched ends and what is said of it begins
_END = re.compile(
    r",|\.(?:\s|$)|\s(?:to|for|at|in|with|on|that|which|who|featuring|designed|by|from|during|after|ahead|across|into|through|via|amid|as|helping|bringing|offering|enabling|giving|where|when|while|before|updating|detailing|describing|redefining|connecting|focused|aimed|built|made|powered|marks?|is|are|was|will|has|and (?=[a-z]+ing\b))\b",
    re.IGNORECASE,
)
_PRODUCTS = (  # noqa: SIM905 - word lists read better as text
    "app application platform software solution service product tool device system course suite collection line lineup range "
    "model version edition module feature wheel camera drone robot vehicle car truck suv phone smartphone laptop tablet "
    "headphone speaker printer engine sensor chip processor assistant chatbot bot agent api sdk integration dashboard portal "
    "marketplace card wallet exchange drink beverage flavor flavour snack menu brand kit test therapy vaccine drug treatment "
    "supplement serum cream gel game toy subscription membership capability certification calculator plugin plug-in extension "
    "technology bike scooter boat mattress furniture appliance battery charger controller converter amplifier filter laser "
    "scanner reader meter pump valve tire tyre toothpaste shampoo lotion lipstick perfume fragrance wine beer whiskey vodka "
    "coffee tea bar bowl burger pizza sandwich sauce oil vape cartridge gummies capsule pen watch ring band glasses lens shoe "
    "sneaker apparel jacket bag backpack writer editor generator browser server router switch cable storage cloud database "
    "framework library protocol network blockchain mainnet testnet terminal gateway infrastructure package policy account "
    "mortgage rewards helmet tent trailer tractor excavator forklift crane machine microscope implant catheter stent monitor "
    "display tv television console keyboard headset robotaxi aircraft jet"
).split()
_NOT_PRODUCTS = (  # noqa: SIM905 - word lists read better as text
    "investigation lawsuit probe inquiry search review campaign fundraiser foundation scholarship initiative podcast tender "
    "offering offer bid contest survey attack strike missile rocket satellite book novel album memoir work works single song film movie "
    "documentary anthology report study results guide video trailer fund etf summit webinar conference event exhibition "
    "tournament festival gala tour season career era chapter plans strategy website site blog magazine newsletter hub page store "
    "location office restaurant headquarters branch company firm agency division subsidiary practice group team center centre "
    "clinic facility deals discount discounts promo savings bonus ico airdrop presale token coin memecoin bootcamp award awards partnership collaboration expansion identity "
    "rebrand logo challenge drive raffle giveaway sale promotion petition coalition movement community academy institute school "
    "fellowship incubator accelerator index list ranking roadmap stake buyback ipo hotline day week month party show episode "
    "series statement data findings schedule update earnings ebook e-book paper bond bonds notes council committee board task "
    "force venture program programme internship exploration drilling operations production construction hire round branding "
    "workshop workshops playbook blueprint manifesto framework agreement alliance market markets channel newsroom journal story "
    "stories collection-drive spac warrants shares dividend guidance forecast marks music tracks track concert musical play "
    "opera poem soundtrack playlist mixtape ep lp plan subsidiaries law bill policy fee tariff tax"
).split()
_PRODUCT = re.compile(r"(?i)(?<![\w-])(?:\w*(?:" + "|".join(sorted(_PRODUCTS, key=len, reverse=True)) + r"))(?:s|es)?(?![\w-])")
_PLAIN_PRODUCT = re.compile(r"(?i)(?<![\w-])(?:" + "|".join(sorted(_PRODUCTS, key=len, reverse=True)) + r")(?:s|es)?(?![\w-])")
_NOT_PRODUCT = re.compile(r"(?i)(?<![\w-])(?:" + "|".join(sorted(_NOT_PRODUCTS, key=len, reverse=True)) + r")(?:s|es)?(?![\w-])")
_FUTURE = re.compile(
    r"(?i)\b(?:will|to|plans? to|set to|poised to|ready to|expected to|scheduled to|about to|prepar\w+ to|going to|upcoming|forthcoming|soon|next (?:month|year|week|quarter)|later this)\s+(?:\w+\s)?$"
)
_SOON = re.compile(
    r"(?i)\b(?:upcoming|forthcoming|coming soon|anticipated|will (?:be )?(?:launch|release|available)|set to (?:be )?(?:launch|release|debut)|scheduled)"
)

CUES = {"lead": [_APPOSED, _VERBAL, _NOMINAL]}  # find() yields nothing where none of these can match (triggers/gate.py)


def find(view: View, reading: Reading) -> Iterable[Found]:
    """Yield the launch that a headline or a sentence of the lead tells of, at most one."""
    if view.sentence.zone not in {HEADLINE, LEAD}:
        return
    for pattern in (_APPOSED, _VERBAL, _NOMINAL):
        for match in pattern.finditer(view.masked):
            found = _found(view, reading, match, nominal=pattern is not _VERBAL)
            if found is not None:
                yield found
                return


def _found(view: View, reading: Reading, match: re.Match[str], *, nominal: bool) -> Found | None:
    headline = view.sentence.zone == HEADLINE
    if not nominal and not headline and reading.sentences[0].zone == HEADLINE and not _launches_in(reading):
        return None  # what the lead says was launched, and the headline does not speak of, is no news of this text
    start = match.start("what")
    cut = _END.search(view.masked, start, match.end("what"))
    end = cut.start() if cut else match.end("what")
    what = view.text(start, end).strip(" “”\"'‘’,")
    if not what or view.masked[start] in {SORTS["person"], SORTS["place"], SORTS["number"], SORTS["money"]}:
        return None
    if re.match(r"(?i)(?:in|as|before|on|at|for|from|to|into|by|with|after|this|last|next|today|of|and|it|until|when)\b", what):
        return None
    if _VAGUE.fullmatch(what) or _is_itself(what, reading):
        return None
    if (
        not headline
        and reading.sentences[0].zone == HEADLINE
        and not view.of("company")
        and not speaks_of(view, len(view.masked), reading.parties.main or "")
    ):
        return None  # a launch of nobody's
    last = what.split()[-1]
    noun = max(_PRODUCT.finditer(what), key=lambda m: m.start(), default=None)
    other = max(_NOT_PRODUCT.finditer(what), key=lambda m: m.start(), default=None)
    if other and (noun is None or other.start() >= noun.start()):
        return None
    if any(not _PRODUCT.match(what, m.end() + 1) for m in _NOT_PRODUCT.finditer(what)) or re.search(
        r"\w\.(?:com|org|net|io|ai|co)\b", what
    ):
        return None  # "campaign targeting brokers' platforms", but "podcast app"; a site is where things are sold
    if noun is not None and (_PLAIN_PRODUCT.fullmatch(noun.group()) or noun.group()[:1].islower() or noun.end() == len(what)):
        confidence = 0.82 if headline else 0.84 if nominal else 0.7
    elif last[:1].isupper() or last[:1].isdigit():
        said = _said_to_be(what, reading)
        if said is False or (said is None and len(reading.sentences) > 2):
            return None
        confidence = 0.78 if said else 0.66
    else:
        return None
    before = view.masked[: match.start("verb")]
    glad = re.search(r"(?i)\b(?:excited|proud|pleased|thrilled|happy|delighted|honou?red)\s+(?:to\s+)?(?:announce\s+)?(?:to\s+)?$", before)
    future = not glad and (
        re.match(r"(?i)to ", match.group("verb"))
        or _FUTURE.search(before)
        or (nominal and _SOON.search(view.masked[max(0, match.start() - 30) : match.end()]))
    )
    return Found(match.start("verb"), match.end("verb"), {"product": what}, None, "planned" if future else None, confidence)


# "launches new features", "unveils its latest innovations": nothing that a customer could ask for by name
_VAGUE = re.compile(
    r"(?i)(?:(?:new|latest|newest|exciting|innovative|advanced|powerful|game-changing|cutting-edge|several|enhanced|key)\s+)*(?:\w+ )?(?:features?|innovations?|updates?|options|enhancements?|improvements?|offerings?|capabilities)"
)


def _is_itself(what: str, reading: Reading) -> bool:
    """True where a thing presents itself: "Introducing Lumo", by Lumo."""
    return bool(reading.parties.main) and set(bare(what).split()) <= set(bare(reading.parties.main or "").split())


def _launches_in(reading: Reading) -> bool:
    """True where the headline speaks of something new that is offered."""
    return bool(
        re.search(
            r"(?i)\b(?:launch|unveil|introduc|debut|releas|roll|new|now|available|first|next[- ]gen|expands?|brings?|adds?)",
            reading.sentences[0].text,
        )
    )


def _said_to_be(name: str, reading: Reading) -> bool | None:
    """Return whether the text calls the thing of this name a product, False where it calls it something else, None where it does not say."""
    words = re.findall(r"[\w.&’'+-]+", name)
    key = r"\W+".join(map(re.escape, words[:2]))
    if not key:
        return None
    verdict: bool | None = None
    for sentence in [s for s in reading.sentences[:14] if s.zone in {HEADLINE, LEAD, BODY, QUOTE}]:
        for match in re.finditer(rf"(?i)\b{key}\b", sentence.text):
            after = sentence.text[match.end() : match.end() + 110]
            before = sentence.text[max(0, match.start() - 40) : match.start()]
            told = re.match(
                r"[\w\s.™®-]{0,40}(?:,| is| are| was|—|–|:|\()\s?(?:now )?(?:an?|the|its|our|one of)\b(?P<rest>[^.;]{2,90})", after
            )
            for piece in ((told.group("rest") if told else ""), re.sub(r"[,.].*$", "", after)[:45], before):
                product, other = _PRODUCT.search(piece), _NOT_PRODUCT.search(piece)
                if other and (product is None or other.start() < product.start()):
                    return verdict if verdict else False
                if product:
                    verdict = True
            if verdict:
                return True
    return verdict
