"""Tells pages that are no news from those that are: block pages, challenges, walls and soft 404s sent with status 200."""

from __future__ import annotations

import re

# each with the page that taught it in the tests
BLOCKED = re.compile(
    r"access\s+(?:to\s+this\s+page\s+has\s+been\s+)?denied|you\s+don['’]?t\s+have\s+permission\s+to\s+access|errors\.edgesuite\.net|"
    r"request\s+(?:blocked|unsuccessful|rejected)|the\s+requested\s+url\s+was\s+rejected|403\s+forbidden|you\s+have\s+been\s+blocked|"
    r"incapsula\s+incident|sorry,\s+you\s+have\s+been\s+blocked|undeclared\s+automated\s+tool|request\s+rate\s+threshold\s+exceeded|"
    r"unusual\s+(?:traffic|activity)\s+from\s+your",
    re.IGNORECASE,
)
CHALLENGE = re.compile(
    r"just\s+a\s+moment\s*\.\.\.|checking\s+(?:if\s+the\s+site\s+connection\s+is\s+secure|your\s+browser)|verify(?:ing)?\s+(?:that\s+)?you\s+are\s+(?:a\s+)?human|"
    r"attention\s+required!|pardon\s+our\s+interruption|are\s+you\s+a\s+robot|complete\s+the\s+(?:security\s+check|captcha)|"
    r"(?:please\s+)?enable\s+(?:javascript|js)(?:\s+and\s+cookies)?\s+(?:to\s+(?:continue|run|view|use|proceed)|in\s+your\s+browser)|"
    r"ddos\s+protection\s+by|needs\s+to\s+review\s+the\s+security\s+of\s+your\s+connection|please\s+turn\s+(?:javascript|js)\s+on",
    re.IGNORECASE,
)
MISSING = re.compile(
    r"page\s+(?:not|can(?:no|['’])t\s+be|could\s+not\s+be|cannot\s+be)\s+found|(?:^|\s)404(?:\s|$|\s*[-–|:])|(?:can['’]?t|cannot|could\s+not|couldn['’]t|unable\s+to)\s+find\s+"
    r"(?:the|that|this|your)\s+(?:page|article|content)|page\s+(?:you\s+(?:requested|are\s+looking\s+for|were\s+looking\s+for)|no\s+longer\s+exists|does(?:n['’]t|\s+not)\s+exist|"
    r"has\s+(?:been\s+)?(?:moved|removed))|no\s+longer\s+available|article\s+(?:not\s+found|has\s+been\s+removed)|content\s+(?:is\s+)?not\s+(?:found|available)|"
    r"nothing\s+(?:was\s+)?found|seite\s+nicht\s+gefunden|page\s+introuvable",
    re.IGNORECASE,
)
PAYWALL = re.compile(
    r"(?:subscribe|sign\s+(?:in|up)|log\s+in|register)\s+(?:now\s+)?(?:to|for)\s+(?:continue|keep|read|unlock|access|full\s+access|unlimited)|"
    r"(?:this\s+(?:content|article|story)\s+is\s+)?(?:for|available\s+(?:only\s+)?to|exclusive\s+to|reserved\s+for)\s+(?:\w+\s+)?subscribers|already\s+a\s+subscriber|"
    r"to\s+continue\s+reading|unlock\s+this\s+(?:article|story)|you['’]ve\s+(?:reached|read)\s+your\s+(?:monthly\s+)?(?:free\s+)?(?:article\s+)?limit|start\s+your\s+free\s+trial",
    re.IGNORECASE,
)
CONSENT = re.compile(
    r"before\s+you\s+continue\s+to|we\s+value\s+your\s+privacy|accept\s+(?:all\s+)?cookies|manage\s+(?:your\s+)?(?:cookie|consent)|"
    r"we\s+and\s+our\s+(?:\d+\s+)?partners\s+(?:store|use|process)|consent\s+to\s+(?:the\s+use\s+of\s+)?cookies",
    re.IGNORECASE,
)
MAINTENANCE = re.compile(
    r"(?:down|closed)\s+for\s+(?:scheduled\s+)?maintenance|temporarily\s+unavailable|service\s+unavailable|internal\s+server\s+error|bad\s+gateway|"
    r"under\s+construction|domain\s+(?:is|may\s+be)\s+for\s+sale|account\s+(?:has\s+been\s+)?suspended|default\s+web\s+page",
    re.IGNORECASE,
)
SHORT_CHARS = 700  # a longer text that speaks of such a thing is news about it
LEAST_CHARS = 60


def why_unreadable(title: str, text: str, markup: str = "", *, free: bool = True) -> str | None:
    """Return why a page is no document to read, in words for the operator, or None for one that is.

    `free` is False where the page says of itself that it is for subscribers.
    """
    if not text.strip():
        shown = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", markup[:200_000], flags=re.DOTALL | re.IGNORECASE)[:4000]
        return _walled(title, shown) or "no main text found; if the page needs a browser, give its source `render: true`"
    if len(text) >= SHORT_CHARS and not (len(text) < 3 * SHORT_CHARS and (BLOCKED.match(title) or MISSING.match(title))):
        return None
    if reason := _walled(title, text):
        return reason
    if not free and len(text) < SHORT_CHARS:
        return "a paywall: the page says that its text is for subscribers"
    if len(text.strip()) < LEAST_CHARS:
        return f"only {len(text.strip())} characters of text; if the page needs a browser, give its source `render: true`"
    return None


def _walled(title: str, text: str) -> str | None:
    head = f"{title}\n{text[:1500]}"
    for pattern, reason in (
        (BLOCKED, "a block page: the site refuses the crawler"),
        (CHALLENGE, "a bot challenge in place of the page"),
        (MISSING, "a soft 404: the page says that it is not there"),
        (MAINTENANCE, "an error page sent as a good one"),
    ):
        if pattern.search(head):
            return reason
    if PAYWALL.search(text):
        return "a paywall in place of the text"
    if CONSENT.search(text) and len(text) < SHORT_CHARS:
        return "a cookie wall in place of the text"
    return None
