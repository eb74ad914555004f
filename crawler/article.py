"""The main text of a web page, one paragraph a line: a quick pass over text density, and trafilatura as judge of the doubtful pages.

The quick pass (selectolax's lexbor tree) scores every block of running text and gives its score to the containers around
it; the best container is the article. Where it holds too little, or too small or large a share of the page's text, the
page is read again by trafilatura. Measured in benchmarks/reading.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.page_facts import json_ld

# no text to read in them
EMBEDDED = [
    "script",
    "style",
    "noscript",
    "svg",
    "iframe",
    "template",
    "canvas",
    "object",
    "embed",
    "video",
    "audio",
    "select",
    "button",
    "link",
]
AROUND = ["nav", "footer", "aside", "dialog", "menu"]
BLOCKS = frozenset(
    [
        "p",
        "div",
        "td",
        "li",
        "pre",
        "blockquote",
        "section",
        "article",
        "main",
        "dd",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "th",
        "center",
        "figcaption",
        "header",
        "details",
        "summary",
        "address",
        "body",
    ]
)
HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
CONTAINERS = frozenset(
    [
        "div",
        "section",
        "article",
        "main",
        "ul",
        "ol",
        "table",
        "tbody",
        "thead",
        "tr",
        "center",
        "header",
        "dl",
        "details",
        "form",
        "hgroup",
    ]
)
# in class or id: what stands beside an article, not in it
BESIDE = re.compile(
    r"comment|disqus|related|(?:^|[-_ ])shar(?:e|ing)|social|promo|sidebar|side-bar|newsletter|subscri|breadcrumb|byline|caption|credit|advert|(?:^|[-_ ])ads?(?:$|[-_ ])|"
    r"sponsor|cookie|consent|popup|modal|menu|navbar|navigation|toolbar|(?:^|[-_ ])tags?(?:$|[-_ ])|recommend|outbrain|taboola|trending|most-?(?:read|popular)|"
    r"read-?(?:more|next|also)|teaser|widget|sign-?up|signin|login|print|rating|gallery|carousel|slider|copyright|more-?(?:from|on|stories|news)|also-?(?:like|read)|"
    r"author-?(?:bio|box|info|card)|(?:^|[-_ ])author(?:$|[-_ ])|bio(?:$|[-_ ])|timestamp|dateline-?meta|article-?meta|post-?meta|entry-?meta|disclaimer|paywall|pagination|pager|"
    r"footer|(?:^|[-_ ])cta(?:$|[-_ ])|callout|upsell|donat|survey|poll(?:$|[-_ ])|feedback|jump-?to|skip-|visually-?hidden|screen-?reader|sr-only|(?:^|[-_ ])hidden(?:$|[-_ ])|contact",
    re.IGNORECASE,
)
# in class, id or itemprop: the article itself
BODY = re.compile(
    r"article-?(?:body|text|content)|story-?(?:body|text|content)|entry-?content|post-?(?:body|content|text)|main-?content|content-?body|body-?(?:copy|text|content)|"
    r"release-?(?:body|text|content)|articlebody|rich-?text|page-?content|news-?(?:body|text|content)|field--name-body|wysiwyg",
    re.IGNORECASE,
)
CAPTION = re.compile(r"caption|credit|copyright", re.IGNORECASE)
SPACE = re.compile(r"\s+")
LEAST_BLOCK_CHARS = 25
LEAST_TEXT_CHARS = 500  # a shorter article is doubtful
SURE_SHARE = 0.55  # of the page's running text; less may be half an article
POSTS = 3  # so many <article> elements are a list of them
PIECE_SHARE = 0.25  # of the best piece's score
MAX_PIECES = 12
SHORT_TEXT_CHARS = 200  # a notice of a few lines is an article where the page has little else
SURE_SHARE_OF_SHORT = 0.85
# lines that lead into a page's text or follow it
LEAD_LINE = re.compile(
    r"^(?:(?:news|press)\s+provided\s+by\b.*|share\s+(?:this|on)\b.*|(?:published|posted|updated|last\s+updated)\b.{0,60}|by\s+[A-Z][\w.’'-]+(?:\s+[A-Z][\w.’'-]+){1,4}|"
    r"\d{1,2}\s+min(?:ute)?s?\s+read|print\s+this\s+page|(?:home|news|press\s+releases?)(?:\s*[>|/»]\s*.{0,80})?)$",
    re.IGNORECASE,
)
DATE_LINE = re.compile(
    r"^\W*(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?(?:\d{1,2}(?:st|nd|rd|th)?\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+"
    r"(?:\d{1,2}(?:st|nd|rd|th)?,?\s+)?\d{4}(?:.{0,30}\d{1,2}[:.]\d{2}.{0,16})?$|^\W*\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?:\s+\d{1,2}:\d{2})?\W*$",
    re.IGNORECASE,
)
TRAIL_LINE = re.compile(
    r"^(?:the\s+post\s+.{5,200}\s+(?:appeared\s+first\s+on|first\s+appeared\s+on)\s+.{2,80}|(?:read|see|learn)\s+(?:more|also|next)\b.{0,120}|related\s+(?:articles?|stories|links?|posts?)\b.{0,40}|"
    r"share\s+(?:this|on)\b.*|(?:sign\s+up|subscribe)\b.{0,160}|(?:filed\s+under|tags?|topics|categories)\s*:.{0,200}|advertisement|©.{0,200}|copyright\b.{0,200})$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class QuickRead:
    """What the quick pass found: the text, and its share of the page's running text."""

    text: str
    share: float


def article_text(markup: str, tree: LexborHTMLParser, *, title: str | None = None) -> str:
    """Return the page's main text without navigation, comments, teasers and boilerplate; "" when none is found.

    `tree` is the parsed page; it is changed.
    """
    stated = stated_body(tree) if "articleBody" in markup else ""
    quick = quick_read(tree)
    text = _as_stated(quick.text, stated) if stated else quick.text
    sure = len(text) >= LEAST_TEXT_CHARS and quick.share >= SURE_SHARE
    if not sure and not (len(text) >= SHORT_TEXT_CHARS and quick.share >= SURE_SHARE_OF_SHORT):
        judged = judged_text(markup)
        # the judge finds nothing on a page of a few lines
        text = judged if len(judged) >= min(len(text) * 0.5, 200) else text
    return _without_frame(text, title)


def stated_body(tree: LexborHTMLParser) -> str:
    """Return the letters of the article that the page's JSON-LD states, "" where it states none or a summary alone."""
    bodies = [str(item["articleBody"]) for item in json_ld(tree) if item.get("articleBody")]
    longest = max(bodies, key=len, default="")
    return _letters(re.sub(r"<[^>]+>", " ", unescape(longest))) if len(longest) > 1000 else ""


def _as_stated(text: str, stated: str) -> str:
    """Return the text without the few lines that the stated article does not have: teasers in between."""
    lines = text.split("\n")
    kept = [line for line in lines if _letters(line)[:200] in stated]
    return "\n".join(kept) if sum(map(len, kept)) > 0.85 * len(text) else text


def judged_text(markup: str) -> str:
    """Return the main text as trafilatura reads it, which takes a third of a second to load and most pages do without."""
    from trafilatura import extract

    lean = LexborHTMLParser(markup)
    lean.strip_tags(EMBEDDED)
    return str(extract(lean.html or markup, fast=True, include_comments=False, include_tables=True) or "")


def quick_read(tree: LexborHTMLParser) -> QuickRead:
    """Return the text of the densest container of running text."""
    tree.strip_tags(EMBEDDED + AROUND)
    body = tree.body
    if body is None:
        return QuickRead("", 0.0)
    scores: dict[int, float] = {}
    nodes: dict[int, LexborNode] = {}
    running = 0
    for block, text_chars, commas in _text_blocks(body):
        running += text_chars
        worth = 1 + commas + min(text_chars / 100, 6)
        above, share = block.parent, 1.0
        if block.tag in ("div", "td", "section", "article", "body"):
            above = block  # text between line breaks, straight inside its container
        for _ in range(3):
            if above is None or above.tag == "html":
                break
            identity = above.mem_id
            if identity not in scores:
                scores[identity] = _named_worth(above)
                nodes[identity] = above
            scores[identity] += worth * share
            above, share = above.parent, share * 0.5
    if not scores:
        return QuickRead("", 0.0)
    best = max(scores, key=scores.__getitem__)
    container = _widened(_joined(nodes[best], nodes, scores), scores, scores[best])
    if len(container.css("article")) >= POSTS:
        return QuickRead("", 0.0)  # a list of posts, one of which may be the page's own: whoever reads slower must tell
    lines: list[str] = []
    got = _collect(container, lines)
    return QuickRead("\n".join(lines), got / running if running else 0.0)


def _text_blocks(body: LexborNode) -> Iterator[tuple[LexborNode, int, int]]:
    """Yield (block element, characters, commas) of every block of running text that is not mostly links."""
    sizes: dict[int, list[int]] = {}  # block -> [text, link text, commas]
    blocks: dict[int, LexborNode] = {}
    for node in body.traverse(include_text=True):
        if node.tag != "-text":
            continue
        text = node.text_content
        if not text or text.isspace():
            continue
        parent = node.parent
        linked = False
        while parent is not None and parent.tag not in BLOCKS:
            linked = linked or parent.tag == "a"
            parent = parent.parent
        if parent is None:
            continue
        identity = parent.mem_id
        if identity not in sizes:
            sizes[identity] = [0, 0, 0]
            blocks[identity] = parent
        size = sizes[identity]
        length = len(text)
        if linked:
            size[1] += length
        size[0] += length
        size[2] += text.count(",") + text.count("、") + text.count("，")
    for identity, (chars, linked_chars, commas) in sizes.items():
        block = blocks[identity]
        if chars >= LEAST_BLOCK_CHARS and linked_chars <= chars * 0.5 and block.tag not in HEADINGS and block.tag != "h1":
            yield block, chars, commas


def _named_worth(node: LexborNode) -> float:
    attributes = node.attributes
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''} {attributes.get('itemprop') or ''}"
    if node.tag == "body" or named.isspace():
        return 0.0
    if BODY.search(named):
        return 25.0
    return -25.0 if BESIDE.search(named) else 0.0


def _joined(node: LexborNode, nodes: dict[int, LexborNode], scores: dict[int, float]) -> LexborNode:
    """Return `node`, or the container around it and its like where an article is cut into pieces of one class by what stands in between."""
    named = node.attributes.get("class")
    if not named or not named.strip():
        return node
    least = scores[node.mem_id] * PIECE_SHARE
    pieces = [
        other
        for other in nodes.values()
        if other.tag == node.tag and other.attributes.get("class") == named and scores[other.mem_id] >= least
    ]
    if not 2 <= len(pieces) <= MAX_PIECES:
        return node
    # a piece of an article has no headline of its own that leads elsewhere; the next post of a list has
    if any(piece.css_first("h1 a, h2 a, h3 a") is not None for piece in pieces):
        return node
    above = node.parent
    for _ in range(3):
        if above is None or above.tag in ("body", "html"):
            break
        if all(_is_within(piece, above) for piece in pieces):
            return above
        above = above.parent
    return node


def _is_within(node: LexborNode, container: LexborNode) -> bool:
    above = node.parent
    for _ in range(4):
        if above is None:
            return False
        if above.mem_id == container.mem_id:
            return True
        above = above.parent
    return False


def _widened(node: LexborNode, scores: dict[int, float], score: float) -> LexborNode:
    """Return `node`, or the container around it where that has nearly as much: an article cut in sections."""
    best, above = node, node.parent
    for _ in range(3):
        if above is None or above.tag in ("body", "html"):
            break
        around = scores.get(above.mem_id, float("-inf"))
        if around >= score * 0.75:
            best, score = above, max(score, around)
        above = above.parent
    return best


def _collect(node: LexborNode, lines: list[str]) -> int:
    """Append the paragraphs below `node` to `lines`; return the characters of running text among them."""
    got = linked = 0
    inline: list[str] = []

    def flush() -> None:
        nonlocal got, linked
        # a line that is a link and nothing else leads to another article: "Read also"
        if inline and linked <= 0.8 * sum(map(len, inline)):
            for part in "".join(inline).split("\n\n"):
                text = SPACE.sub(" ", part).strip()
                if len(text) > 40 or (len(text) > 2 and lines and text[-1:] in '.!?”"'):
                    lines.append(text)
                    got += len(text)
        inline.clear()
        linked = 0

    child = node.child
    while child is not None:
        tag = child.tag or ""
        if tag == "-text":
            inline.append(child.text_content or "")
        elif tag == "br":
            inline.append("\n")
        elif tag.startswith(("-", "_")) or tag in ("h1", "figure", "figcaption", "picture", "img", "hr"):
            pass
        elif tag in BLOCKS or tag in CONTAINERS:
            if tag not in ("p", "pre", "blockquote") and _stands_beside(child):
                child = child.next
                continue
            flush()
            got += _block(child, tag, lines)
        elif tag == "span" and CAPTION.search(child.attributes.get("class") or ""):
            pass
        else:
            inline.append(child.text())
            linked += len(child.text()) if tag == "a" else sum(len(link.text()) for link in child.css("a"))
        child = child.next
    flush()
    return got


def _block(node: LexborNode, tag: str, lines: list[str]) -> int:
    if tag == "tr":
        cells = [cell for cell in _children(node) if cell.tag in ("td", "th")]
        if len(cells) > 1 and not any(cell.css_first("p, div, table, ul") for cell in cells):
            row = SPACE.sub(" ", " ".join(cell.text() for cell in cells)).strip()
            if len(row) > 2 and sum(len(link.text()) for link in node.css("a")) <= len(row) * 0.5:
                lines.append(row)
                return len(row)
            return 0
    if tag in CONTAINERS or tag in ("td", "th", "blockquote", "dd") or (tag == "li" and node.css_first("p, ul, ol, div") is not None):
        return _collect(node, lines)
    text = SPACE.sub(" ", node.text()).strip()
    if not text:
        return 0
    linked = sum(len(link.text()) for link in node.css("a"))
    if tag in HEADINGS:
        if linked <= len(text) * 0.5:
            lines.append(text)
        return 0
    if linked > len(text) * (0.7 if tag in ("p", "pre") and len(text) > 60 else 0.4):
        return 0
    lines.append(text)
    return len(text)


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        yield child
        child = child.next


def _stands_beside(node: LexborNode) -> bool:
    attributes = node.attributes
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    if named.isspace():
        return False
    return bool(BESIDE.search(named)) and not BODY.search(named)


def _without_frame(text: str, title: str | None) -> str:
    """Return the text without the title, date and byline that lead into it, and the links that follow it."""
    lines = [line for raw in text.split("\n") if (line := SPACE.sub(" ", raw).strip())]
    # "| Home \| Press Releases |": a layout table as trafilatura prints it
    lines = [
        SPACE.sub(" ", line.replace("\\|", "|").strip("|")).strip() if line.startswith("|") else line.removeprefix("- ") for line in lines
    ]
    bare_title = _letters(title) if title else ""
    start = 0
    for index, line in enumerate(lines[:8]):
        if (
            not line
            or (bare_title and _letters(line) == bare_title)
            or DATE_LINE.match(line)
            or (LEAD_LINE.match(line) and len(line) < 120)
        ):
            start = index + 1
    end = len(lines)
    while end > start and (not lines[end - 1] or (TRAIL_LINE.match(lines[end - 1]) and len(lines[end - 1]) < 260)):
        end -= 1
    while end > start and len(lines[end - 1]) < 60 and lines[end - 1].isupper() and "###" not in lines[end - 1]:
        end -= 1
    return "\n".join(line for line in lines[start:end] if line)


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()
