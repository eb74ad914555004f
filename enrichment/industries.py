"""Industries: between the two codes of the United States, and from the words by which a company says what it does.

SIC of 1987 is what EDGAR keeps, NAICS what everyone else uses.

The table goes by groups, after the Census Bureau's concordance of 1987 SIC and 2002 NAICS: a SIC group is given the NAICS code, as
long as it holds for all or nearly all of it. A code that was made so is short, and says nothing of what is below it.
"""

from __future__ import annotations

import re
from collections import Counter

_NAICS_OF_SIC = {
    code: naics
    for line in """
01 111; 02 112; 07 115; 074 5419; 078 5617; 08 113; 09 114
10 2122; 12 2121; 13 211; 138 213; 14 2123
15 236; 152 2361; 154 2362; 16 237; 17 238
20 311; 201 3116; 202 3115; 203 3114; 204 3112; 205 3118; 206 3113; 207 3112; 208 3121; 21 3122; 22 313; 225 3151; 227 3141; 23 315; 239 3149
24 321; 2411 1133; 2451 3219; 2452 3219; 25 337; 26 322; 261 3221; 262 3221; 263 3221; 265 3222; 267 3222; 27 511; 275 3231; 276 3231; 278 3231; 279 3231; 277 5111
28 325; 281 3251; 282 3252; 283 3254; 284 3256; 285 3255; 286 3251; 287 3253; 289 3259; 29 324; 30 326; 301 3262; 302 3162; 305 3262; 306 3262; 308 3261
31 316; 32 327; 321 3272; 322 3272; 323 3272; 324 3273; 325 3271; 326 3271; 327 3273; 33 331; 331 3311; 332 3315; 333 3314; 3334 3313; 335 3314; 3353 3313; 336 3315
34 332; 343 3323; 344 3323; 345 3327; 346 3321; 347 3328; 348 3329; 349 3329; 35 333; 352 3331; 353 3331; 354 3335; 355 3332; 356 3339; 357 3341; 3579 3333; 358 3334
36 335; 361 3353; 362 3353; 363 3352; 364 3351; 365 3343; 366 3342; 367 3344; 369 3359; 3695 3346
37 336; 371 3361; 3714 3363; 3713 3362; 3715 3362; 372 3364; 373 3366; 374 3365; 375 3369; 376 3364; 379 3369; 3711 3361
38 3345; 384 3391; 385 3391; 386 3333; 39 339; 391 3399; 393 3399; 394 3399; 395 3399
40 482; 41 485; 42 484; 4215 4921; 422 4931; 43 491; 44 483; 449 4883; 45 481; 4513 4921; 458 4881; 46 486; 47 488; 472 5615; 473 4885
48 517; 483 5151; 484 5152; 49 221; 491 2211; 492 2212; 493 2211; 494 2213; 495 5622; 496 2213
50 423; 501 4231; 502 4232; 503 4233; 504 4234; 505 4235; 506 4236; 507 4237; 508 4238; 509 4239; 51 424; 511 4241; 512 4242; 513 4243; 514 4244; 515 4245; 516 4246; 517 4247; 518 4248; 519 4249
52 444; 527 4539; 53 452; 54 445; 55 441; 554 4471; 56 448; 566 4482; 57 442; 573 4431; 572 4431; 58 722; 59 453; 591 4461; 594 4511; 5944 4483; 596 454; 598 4543
60 522; 601 5211; 602 5221; 603 5221; 606 5221; 61 522; 614 5222; 615 5222; 616 5223; 62 523; 621 5231; 622 5231; 628 5239; 63 524; 631 5241; 632 5241; 633 5241; 64 5242; 65 531; 651 5311; 653 5312; 655 2372
67 525; 671 5511; 679 5239; 6794 5331; 6798 5259; 6770 5239; 6189 5259; 6199 5239
70 721; 72 812; 721 8123; 726 8122; 73 561; 731 5418; 732 5614; 733 5614; 734 5617; 735 5324; 736 5613; 737 5415; 7372 5112; 7374 5182; 7377 5324; 738 5616; 75 811; 751 5321; 752 8129; 76 811
78 512; 783 5121; 784 5322; 79 713; 791 7139; 792 7111; 794 7112; 80 621; 801 6211; 802 6212; 804 6213; 805 6231; 806 6221; 807 6215; 808 6216; 81 5411; 82 611; 821 6111; 822 6113; 823 5191; 824 6115
83 624; 832 6241; 835 6244; 84 712; 86 813; 87 541; 871 5413; 872 5412; 873 5417; 874 5416; 88 814; 91 921; 92 922; 93 921; 94 923; 95 924; 96 926; 97 928
""".strip().splitlines()
    for code, naics in (pair.split() for pair in line.split(";"))
}  # fmt: skip


def naics_of_sic(sic: str) -> str | None:
    """Return the NAICS code, of two to four digits, of a SIC code: "7372" -> "5112"; None for one that is in no group."""
    code = sic.strip().zfill(4) if sic.strip().isdigit() else ""
    for length in (4, 3, 2):
        if found := _NAICS_OF_SIC.get(code[:length]) if code else None:
            return found
    return None


def sics_of_naics(naics: str) -> tuple[str, ...]:
    """Return the SIC groups, of two to four digits, that are within a NAICS code or hold it: "5112" -> ("27", "7372")."""
    return tuple(sic for sic, code in _NAICS_OF_SIC.items() if code.startswith(naics) or naics.startswith(code))


# SIC major group -> words of its description, and those by which its companies tell what they do; beginnings of words end in "-"
_WORDS_OF_GROUP = {
    "01": "crops; growers; farming; agricultural producer; cannabis grower",
    "02": "livestock; poultry producer; cattle; egg producer",
    "10": "gold; silver; copper; lithium; uranium; precious metals; mineral exploration; mining company; gold-silver; metal mining; mineral properties",
    "12": "coal; metallurgical coal",
    "13": "oil and gas; oil and natural gas; exploration and production; oilfield; crude; hydrocarbon-; drilling contractor; natural gas exploration",
    "14": "aggregates; crushed stone; frac sand; quarr-",
    "15": "homebuilder-; home builder-; homebuilding; residential builder; general contractor",
    "16": "heavy civil; infrastructure contractor; civil construction",
    "17": "electrical contractor; mechanical contractor; roofing; plumbing",
    "20": "food; foods; beverage-; snack-; bakery; brewer-; winery; dairy; meat; coffee; confection-",
    "21": "tobacco; cigarette-; cigar-; vapor products",
    "22": "textile-; carpet-; yarn",
    "23": "apparel; clothing; garment-; activewear",
    "24": "lumber; wood products; timber; manufactured homes",
    "25": "furniture; mattress-; office furnishings",
    "26": "paper; packaging; pulp; corrugated",
    "27": "newspaper-; publisher; publishing; printing",
    "28": "biopharmaceutical; biotechnology; pharmaceutical-; biotech; therapeutics; clinical-stage; drug discovery; specialty chemicals; chemical-; cosmetics; fertilizer-; biologics; vaccine-; oncology",
    "29": "petroleum refining; refiner-; refinery; asphalt",
    "30": "plastic-; rubber; footwear; tire-",
    "32": "glass; cement; concrete; ceramic-",
    "33": "steel; aluminum; foundry; titanium",
    "34": "fabricated metal; firearms; ammunition; fasteners; hardware products",
    "35": "machinery; industrial equipment; pumps; compressors; computer hardware; data storage; 3d printing; printers; hvac; turbines; engines",
    "36": "semiconductor-; chip-; electronic components; batter-; lighting; optical networking; wireless equipment; fuel cell-; consumer electronics; ev charging",
    "37": "automotive; automaker; electric vehicle-; truck manufacturer; aerospace; aircraft; shipbuild-; space launch; satellites; auto parts; recreational vehicles; boat-",
    "38": "medical device-; medical technology; diagnostic-; instruments; surgical; imaging systems; defense electronics; laboratory instruments; measurement",
    "39": "toy-; jewelry; sporting goods; musical instruments; fitness equipment",
    "40": "railroad-; railway; freight rail",
    "42": "trucking; truckload; less-than-truckload; motor carrier; warehousing",
    "44": "shipping company; tanker-; dry bulk; container ships; vessel-; cruise; maritime transport-",
    "45": "airline-; air carrier; air cargo; airport",
    "46": "pipeline-; midstream",
    "47": "logistics; freight forward-; travel company; freight brokerage",
    "48": "telecommunications; wireless carrier; broadband; cable operator; broadcast-; television stations; radio stations; fiber network; telecom; streaming",
    "49": "electric utility; utilit-; natural gas distribution; waste management; renewable energy; solar power; water utility; power producer; recycling; environmental services",
    "50": "wholesale distributor; distributor of; industrial distribution; electronic components distributor",
    "51": "food distributor; drug wholesaler; petroleum distribution; foodservice distribut-",
    "52": "home improvement; garden center-; building materials retailer",
    "53": "department store-; discount retailer; warehouse club; dollar store-; variety stores",
    "54": "supermarket-; grocery; grocer-; convenience store-",
    "55": "auto dealer-; automotive retailer; dealership-; used car-; gas station-; travel centers",
    "56": "fashion retailer; apparel retailer; clothing stores; shoe stores",
    "57": "furniture retailer; home furnishings; electronics retailer",
    "58": "restaurant-; fast casual; franchis-; quick-service; coffeehouse-; pizza; dining",
    "59": "online retailer; e-commerce; drugstore-; pharmacy chain; specialty retailer; pawn",
    "60": "bank; banking; bank holding; savings institution; community bank; credit union; bancorp; money transfer",
    "61": "consumer finance; mortgage lender; lender; lending; leasing; student loan-; fintech lender; mortgage",
    "62": "investment bank; asset manage-; brokerage; investment manage-; wealth management; private equity; exchange operator; broker-dealer; business development company; fund manager",
    "63": "insurance; insurer-; reinsur-; health plan-; title insurance; managed care; annuit-",
    "64": "insurance broker-; insurance agency; insurance brokerage",
    "65": "real estate; property developer; commercial real estate; office space; brokerage of homes; homes platform",
    "67": "reit; real estate investment trust; blank check; special purpose acquisition; royalty trust; closed-end; holding company for; acquisition corp-",
    "70": "hotel-; resort-; lodging; hospitality; casino-; timeshare",
    "72": "salon-; funeral; personal services; weight management; dry clean-; dating",
    "73": "software; saas; cloud; cybersecurity; information technology; it services; staffing; advertising; data analytics; internet; artificial intelligence; digital marketing; payment processing; security services; data center-; web hosting; equipment rental",
    "75": "car rental; parking; auto repair; car wash-; vehicle rental",
    "78": "film-; motion picture-; movie theat-; studio; cinema-; video production",
    "79": "theme park-; casino-; gaming; fitness club-; sports betting; golf; entertainment venue-; live entertainment; gyms; esports; sports team",
    "80": "hospital-; health system; healthcare provider; clinic-; nursing; physician-; home health; senior living; medical center; behavioral health; dialysis; dental; health care services; telehealth; laboratory testing",
    "81": "law firm; attorneys; legal services",
    "82": "university; college; school-; education company; education; training provider; academy; e-learning",
    "83": "social services; child care; charity; human services",
    "84": "museum-; botanical; zoo",
    "86": "association; nonprofit organization; membership organization; foundation; chamber of commerce; union",
    "87": "engineering; consulting; research organization; contract research; accounting; management consulting; architectur-; testing laborator-; public relations; government services; clinical research",
}  # fmt: skip


def _pattern(words: str) -> str:
    each = [re.escape(word[:-1]) + r"\w*" if word.endswith("-") else re.escape(word) + r"s?" for word in words.split("; ")]
    return "|".join(sorted(each, key=len, reverse=True))


_INDUSTRY = re.compile(
    r"\b(?:" + "|".join(f"(?P<g{group}>{_pattern(words)})" for group, words in _WORDS_OF_GROUP.items()) + r")\b", re.IGNORECASE
)
_MOST_GROUPS = 3


def industries_said(text: str) -> tuple[str, ...]:
    """Return the SIC major groups whose words a company uses to say what it does, the most said first: "a community bank" -> ("60",).

    Of more than three only the first three: who does everything says nothing.
    """
    counted = Counter(match.lastgroup[1:] for match in _INDUSTRY.finditer(text) if match.lastgroup)
    return tuple(group for group, _ in counted.most_common(_MOST_GROUPS))


def sic_group(sic: str | None, naics: str | None) -> str | None:
    """Return the SIC major group of a company by either of its codes: "7372" and "5112" -> "73"; None where neither tells one group."""
    if sic and sic.strip().isdigit():
        return sic.strip().zfill(4)[:2]
    groups = {each[:2] for each in sics_of_naics(naics)} if naics and len(naics) > 2 else set()
    return groups.pop() if len(groups) == 1 else None
