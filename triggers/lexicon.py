"""Word classes that patterns of kinds call by name: `{announces}`, `{will}`; each is an expression that needs no grouping around it."""

from __future__ import annotations


def _any(*words: str) -> str:
    return "(?:" + "|".join(words) + ")"


# a headline's infinitive and all auxiliaries: "to acquire", "will be acquiring", "has agreed to acquire"
WILL = (
    r"(?:(?:to|will|would|shall|has|have|had|is|are|was|were|be|been|being|also|now|today|recently|successfully|officially|formally|soon|just|"
    r"agreed|agrees|agree|decided|decides|plans?|planned|planning|intends?|intending|expects?|expected|going|set|about|poised|ready|due|scheduled|signed?|entered into|signs|"
    r"an?|the|definitive|agreements?|letter of intent|not|never|no longer|may|might|could|should|looks?|looking|seeks?|seeking|wants?|offers?|offered|offering|"
    r"propos(?:es?|ed|ing)|aims?|aiming|considers?|considering|in talks|talks|bids?|moves?|prepar(?:es?|ing)|announced|announces|announcing|that|it|they|said|says|"
    r"its|their|plan|intent(?:ion)?|decision|deal|formal|binding|non-binding|memorandum of understanding|mou|reportedly|only|further|elected|opted|voted|approved|helping|pleased|proud|thrilled|excited|delighted)\s+){0,10}"
)

CLASSES: dict[str, str] = {
    "will": WILL,
    "announces": _any(
        r"announc(?:e|es|ed|ing)",
        r"reveal(?:s|ed)?",
        r"report(?:s|ed)?",
        r"confirm(?:s|ed)?",
        r"disclos(?:e|es|ed)",
        r"unveil(?:s|ed)?",
        r"said",
        r"says",
        r"declar(?:e|es|ed)",
    ),
    "the": r"(?:(?:a|an|the|its|their|his|her|our|new|two|three|several|all|certain|substantially all|some|another)\s+){0,3}",
    "new": r"(?:(?:a|an|the|its|their|our|brand[- ]new|new(?:ly)?|first|second|third|latest|next|permanent|larger|bigger|modern|state[- ]of[- ]the[- ]art|expanded|global|world|international|national|regional|corporate|company|north|south|american|european|us|u\.s\.|uk|asian|asia[- ]pacific)[\s-]+){0,6}",
    "money_in": _any("funding", "financing", "investment", "capital", "equity", "round"),
    "deal": _any("agreement", "deal", "contract", "transaction", "pact", "memorandum of understanding", "letter of intent", "mou"),
}
