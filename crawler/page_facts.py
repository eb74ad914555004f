"""What a web page says of itself: title, first publication, author, publisher, issuer, language, canonical address.

Sources in order of trust: JSON-LD of an article, meta tags, the page's visible head, then whatever list led to it. A date
of change is never taken for the date of publication.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser, LexborNode

ARTICLE_TYPES = {
    "Article",
    "NewsArticle",
    "PressRelease",
    "BlogPosting",
    "Report",
    "AnalysisNewsArticle",
    "BackgroundNewsArticle",
    "ReportageNewsArticle",
    "OpinionNewsArticle",
    "ReviewNewsArticle",
    "LiveBlogPosting",
    "TechArticle",
    "ScholarlyArticle",
    "SocialMediaPosting",
    "AdvertiserContentArticle",
    "JobPosting",
}
PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "publish-date",
    "publish_date",
    "published_time",
    "published-date",
    "pubdate",
    "publication_date",
    "publicationdate",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.created",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "article.published",
    "article_date_original",
    "originalpublicationdate",
    "cxenseparse:publishtime",
    "bt:pubdate",
    "rbpubdate",
    "citation_publication_date",
    "release_date",
    "date",
)
AUTHOR_META = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "cxenseparse:author",
)
SITE_META = ("og:site_name", "application-name", "dc.publisher", "dcterms.publisher", "publisher", "article:publisher")
ISSUER_META = ("source", "news_provider", "prn_source", "organization", "company", "dc.source", "issuer")

US_EASTERN = ZoneInfo("America/New_York")
ZONES: Mapping[str, Any] = {
    "ET": US_EASTERN, "EST": US_EASTERN, "EDT": US_EASTERN,
    "CT": ZoneInfo("America/Chicago"), "CST": ZoneInfo("America/Chicago"), "CDT": ZoneInfo("America/Chicago"),
    "MT": ZoneInfo("America/Denver"), "MST": ZoneInfo("America/Denver"), "MDT": ZoneInfo("America/Denver"),
    "PT": ZoneInfo("America/Los_Angeles"), "PST": ZoneInfo("America/Los_Angeles"), "PDT": ZoneInfo("America/Los_Angeles"),
    "GMT": UTC, "UTC": UTC, "BST": ZoneInfo("Europe/London"), "CET": ZoneInfo("Europe/Paris"), "CEST": ZoneInfo("Europe/Paris"),
}  # fmt: skip
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTH = r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
CLOCK = r"(?:,?\s*(?:at\s+|\|\s*|-\s*|–\s*)?(\d{1,2})[:.](\d{2})(?::\d{2})?\s*([ap]\.?m\.?)?\s*([A-Z]{2,4})?\b)?"
# "Aug 07, 2026, 17:18 ET", "August 7, 2026", "7 August 2026 09:30 BST", "07.08.2026", "2026-08-07"
US_DATE = re.compile(rf"\b{MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(20\d\d|19\d\d){CLOCK}", re.IGNORECASE)
EU_DATE = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{MONTH},?\s+(20\d\d|19\d\d){CLOCK}", re.IGNORECASE)
ISO_DATE = re.compile(
    r"\b((?:19|20)\d\d)[-/](\d{2})[-/](\d{2})(?:[T ]+(\d{2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(Z|[+-]\d{2}:?\d{2}|[A-Z]{2,4})?)?"
)
COMPACT_DATE = re.compile(r"^((?:19|20)\d\d)(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{4})?)?$")
# seconds or milliseconds since 1970
EPOCH = re.compile(r"^1\d{9}(\d{3})?$")
MODIFIED_WORD = re.compile(r"\b(updated|modified|last\s+(?:update|change|edit)|revised|edited|aktualisiert|mis à jour)", re.IGNORECASE)
PUBLISHED_CLASS = re.compile(
    r"publish|pub-?date|posted|dateline|(?:^|[-_ ])date(?:$|[-_ ])|release-?date|timestamp|article-?date|entry-?date", re.IGNORECASE
)
# PR wires: "SOURCE Meridian Foods, Inc.", "News provided by …", "| Source: …"
SOURCE_LINE = re.compile(r"^\s*SOURCE:?\s+([A-Z][^\n]{2,120})$", re.MULTILINE)
PROVIDED_BY = re.compile(r"(?:News\s+provided\s+by|\|?\s*Source\s*:)\s*([^|\n]{2,120})", re.IGNORECASE)
NO_NAME = {"issuer", "the issuer", "source", "company", "n/a", "none", "staff", "admin", "administrator", "press release", "newsroom"}
SITE_SUFFIX = re.compile(r"\s+(?:[|·•»]|[-–—])\s+(?=[^|·•»–—]{2,60}$)")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says of itself; None is unknown."""

    title: str | None = None
    title_sure: bool = False  # the page names its headline as such; else it is the window's title
    published: datetime | None = None
    author: str | None = None
    publisher: str | None = None
    company: str | None = None
    language: str | None = None
    date_only: bool = False  # `published` has no time of day
    free: bool = True  # False where the page says that it is for subscribers
    article: bool = False  # the page calls itself an article


def page_facts(tree: LexborHTMLParser, *, now: datetime | None = None) -> PageFacts:
    """Return what the page says of itself; dates after `now` (with a day's grace) are taken for no dates."""
    articles = [item for item in json_ld(tree) if _types(item) & ARTICLE_TYPES]
    article: Mapping[str, Any] = articles[0] if articles else {}
    metas = _metas(tree)
    title, title_sure = _title(tree, article, metas)
    published, date_only = _published(tree, article, metas, now)
    publisher = _name(article.get("publisher")) or next((metas[key] for key in SITE_META if _is_name(metas.get(key))), None)
    author = _names(article.get("author")) or next((metas[key] for key in AUTHOR_META if _is_name(metas.get(key))), None)
    if author and publisher and author.casefold() == publisher.casefold():
        author = None
    html = tree.css_first("html")
    language = (html.attributes.get("lang") or "").split("-")[0].lower() if html else ""
    return PageFacts(
        title=title,
        title_sure=title_sure,
        published=published,
        author=author,
        publisher=publisher,
        company=_company(tree, article, metas, publisher),
        language=language or None,
        date_only=date_only,
        free=article.get("isAccessibleForFree") not in (False, "False", "false"),
        article=bool(articles) or metas.get("og:type", "").lower() == "article",
    )


def parse_date(text: str) -> tuple[datetime | None, bool]:
    """Return (the moment in UTC, whether the text gives a day alone); (None, False) for text without a full date.

    A time without a zone is taken as UTC; "ET" and its like are the American zones.
    """
    text = text.strip()
    if EPOCH.match(text):
        return datetime.fromtimestamp(int(text[:10]), UTC), False
    if found := COMPACT_DATE.match(text):
        return _moment(found[1], found[2], found[3], found[4], found[5], found[6], found[7])
    if found := ISO_DATE.search(text):
        return _moment(found[1], found[2], found[3], found[4], found[5], found[6], found[7])
    if found := US_DATE.search(text):
        return _moment(found[3], _month(found[1]), found[2], _hour(found[4], found[6]), found[5], None, found[7])
    if found := EU_DATE.search(text):
        return _moment(found[3], _month(found[2]), found[1], _hour(found[4], found[6]), found[5], None, found[7])
    return None, False


def _month(name: str) -> str:
    return str(MONTHS.index(name[:3].lower()) + 1)


def _hour(hour: str | None, half: str | None) -> str | None:
    if hour is None or half is None:
        return hour
    return str(int(hour) % 12 + (12 if half.lower().startswith("p") else 0))


def _moment(
    year: str, month: str, day: str, hour: str | None, minute: str | None, second: str | None, zone: str | None
) -> tuple[datetime | None, bool]:
    try:
        moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC)
    except ValueError:
        return None, False
    if hour is None:
        return moment, True
    if zone and zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        moment = moment.replace(tzinfo=timezone(offset if zone[0] == "+" else -offset))
    elif zone and zone.upper() in ZONES:
        moment = moment.replace(tzinfo=ZONES[zone.upper()])
    return moment.astimezone(UTC), False


def json_ld(tree: LexborHTMLParser) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a page's JSON-LD scripts, those inside a graph too; broken scripts are passed over."""
    for script in tree.css('script[type="application/ld+json"]'):
        text = (script.text(deep=True) or "").strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
        try:
            # raw newlines inside strings are common and harmless
            found = json.loads(text, strict=False)
        except ValueError:
            continue
        yield from _objects(found, depth=0)


def _objects(found: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > 4:
        return
    if isinstance(found, list):
        for item in found:
            yield from _objects(item, depth + 1)
    elif isinstance(found, Mapping):
        yield found
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "liveBlogUpdate"):
            if key != "liveBlogUpdate" and isinstance(found.get(key), list | Mapping):
                yield from _objects(found[key], depth + 1)


def _types(item: Mapping[str, Any]) -> set[str]:
    kinds = item.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    return {str(kind).rpartition("/")[2] for kind in named if kind}


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    """Return the meta tags by lower-case name, property or itemprop; the first of each counts."""
    metas: dict[str, str] = {}
    for meta in tree.css("meta[content]"):
        attributes = meta.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or attributes.get("http-equiv")
        content = (attributes.get("content") or "").strip()
        if name and content:
            metas.setdefault(name.strip().lower(), content)
    return metas


def _title(tree: LexborHTMLParser, article: Mapping[str, Any], metas: Mapping[str, str]) -> tuple[str | None, bool]:
    """Return (title, whether the page names it as its headline)."""
    page_title = _clean(node.text() if (node := tree.css_first("head > title") or tree.css_first("title")) else "")
    headings = [text for node in tree.css("h1") if (text := _clean(node.text())) and len(text) > 3]
    headline = _clean(article.get("headline") if isinstance(article.get("headline"), str) else "")
    site = metas.get("og:site_name")
    og = _without_site(_clean(metas.get("og:title", "")), site)
    bare = _without_site(page_title, site)
    # the heading a reader sees, where another place confirms it
    for heading in headings:
        if any(_same(heading, other) for other in (headline, og, bare) if other):
            return heading, True
    if headline:
        # schema.org allows 110 characters: the heading or the window's title has the rest
        stem = headline.rstrip(" .…")
        longer = [other for other in (*headings, og, bare) if other.startswith(stem) and len(other) > len(headline) and "|" not in other]
        return (min(longer, key=len) if longer else headline), True
    if og:
        return og, True
    if len(headings) == 1 and len(headings[0]) > 15:
        return headings[0], True
    return bare or (headings[0] if headings else None), False


def _same(first: str, second: str) -> bool:
    def letters(text: str) -> str:
        return re.sub(r"\W+", "", text).casefold()

    a, b = letters(first), letters(second)
    return bool(a and b) and (a == b or (len(b) > 40 and a.startswith(b)))


def _without_site(title: str, site: str | None) -> str:
    """Return a page's title without the site's name at its end ("… | Meridian Newswire")."""
    if site and title.casefold().endswith(site.casefold()) and len(title) > len(site) + 3:
        cut = title[: -len(site)].rstrip(" |-–—·•»:")
        if cut:
            return cut
    parts = SITE_SUFFIX.split(title)
    if len(parts) > 1 and len(parts[0]) >= 15:
        # only the last part can be a site's name, and it is shorter than what it follows
        last = parts[-1]
        if len(last) < len(title) - len(last):
            return title[: title.rindex(last)].rstrip(" |-–—·•»")
    return title


def _clean(text: Any) -> str:
    return " ".join(str(text or "").split())


def _published(
    tree: LexborHTMLParser, article: Mapping[str, Any], metas: Mapping[str, str], now: datetime | None
) -> tuple[datetime | None, bool]:
    def likely(moment: datetime | None) -> bool:
        return moment is not None and moment.year >= 1990 and (now is None or moment <= now + timedelta(days=1))

    for key in ("datePublished", "datePosted", "dateCreated", "uploadDate"):
        if isinstance(article.get(key), str):
            moment, date_only = parse_date(article[key])
            if likely(moment):
                return moment, date_only
    for key in PUBLISHED_META:
        if key in metas:
            moment, date_only = parse_date(metas[key])
            if likely(moment):
                return moment, date_only
    for text in _visible_dates(tree):
        moment, date_only = parse_date(text)
        if likely(moment):
            return moment, date_only
    return None, False


def _visible_dates(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield the texts that may be the page's date line, the likeliest first; those of changes are left out."""
    for node in tree.css('[itemprop="datePublished"], time[pubdate]'):
        yield node.attributes.get("datetime") or node.attributes.get("content") or node.text()
    for node in tree.css("time[datetime]"):
        attributes = node.attributes
        around = f"{attributes.get('class') or ''} {attributes.get('itemprop') or ''} {_parent_text(node)}"
        if not MODIFIED_WORD.search(around) and "datemodified" not in around.lower():
            yield attributes.get("datetime") or ""
            yield node.text()
    count = 0
    for node in tree.css("[class], [id]"):
        attributes = node.attributes
        named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if node.tag in ("body", "html", "ul", "form", "nav") or not PUBLISHED_CLASS.search(named):
            continue
        text = _clean(node.text())
        if 6 <= len(text) <= 80 and not MODIFIED_WORD.match(text):
            yield text
            count += 1
            if count > 12:
                break
    heading = tree.css_first("h1")
    below: LexborNode | None = heading
    for _ in range(4):
        below = below.next if below else None
        text = _clean(below.text()) if below and below.tag not in ("script", "style") else ""
        if 6 <= len(text) <= 120:
            yield text


def _parent_text(node: LexborNode) -> str:
    parent = node.parent
    text = parent.text() if parent else ""
    return text[:60] if len(text) < 200 else ""


def _company(tree: LexborHTMLParser, article: Mapping[str, Any], metas: Mapping[str, str], publisher: str | None) -> str | None:
    """Return the issuer of a release where the page names it: it is not the wire that carries it."""
    for key in ("sourceOrganization", "hiringOrganization", "provider", "copyrightHolder"):
        name = _name(article.get(key))
        if name and name != publisher:
            return name
    for key in ISSUER_META:
        name = metas.get(key)
        if _is_name(name) and name != publisher:
            return name
    for node in tree.css('[class*="source"], [class*="provider"], [class*="company-name"]'):
        text = _clean(node.text())
        found = PROVIDED_BY.search(text) if len(text) < 200 else None
        if found and _is_name(found[1]) and found[1].strip() != publisher:
            return found[1].strip()
    return None


def issuer_in_text(text: str) -> str | None:
    """Return the company of a wire's last line, "SOURCE Meridian Foods, Inc.", or None."""
    found = SOURCE_LINE.search(text[-1500:])
    return found[1].strip() if found and _is_name(found[1]) and len(found[1]) < 80 else None


def _is_name(text: str | None) -> bool:
    return (
        bool(text) and not str(text).startswith(("http", "@", "{")) and str(text).strip().casefold() not in NO_NAME and len(str(text)) < 120
    )


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = value.get("name")
    return _clean(value) if isinstance(value, str) and _is_name(_clean(value)) else None


def _names(value: Any) -> str | None:
    values = value if isinstance(value, list) else [value]
    names = [name for item in values if (name := _name(item))]
    return ", ".join(dict.fromkeys(names)) or None
