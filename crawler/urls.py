"""One name for one page: the canonical form of an address, and where an address may not lead."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

# parameters that say how a reader came, never what is read
TRACKING = re.compile(
    r"^(utm_.*|fbclid|gclid|dclid|msclkid|yclid|twclid|igshid|mc_[ce]id|mkt_tok|_hs(enc|mi)|hsctatracking|vero_id|oly_(anon|enc)_id|"
    r"s_cid|ncid|cmpid|icid|cid_source|ref_src|ref_url|rss|feedref|guccounter|guce_.*|at_(medium|campaign).*|ns_(campaign|mchannel).*|"
    r"sr_share|smid|smtyp|partner|spm|trk|trkcampaign|amp)$",
    re.IGNORECASE,
)
MOBILE_HOST = re.compile(r"^(www\d?|m|mobile|amp)\.(?=[^.]+\.[^.]+)")
AMP_PATH = re.compile(r"(/amp|\.amp)/?$", re.IGNORECASE)
# .../data/93410/0000093410-24-000037.txt and .../data/93410/000009341024000037/0000093410-24-000037.txt are one submission,
# listed once per filer
EDGAR_SUBMISSION = re.compile(r"/Archives/edgar/data/\d+/(?:\d{18}/)?(\d{10}-\d\d-\d{6})\.txt$")
LINK_TAG = re.compile(rb"<link\b[^>]*>", re.IGNORECASE)
REL_CANONICAL = re.compile(rb"""\brel\s*=\s*["']?canonical\b""", re.IGNORECASE)
HREF = re.compile(rb"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)


@lru_cache(maxsize=8192)
def canonical_url(url: str) -> str:
    """Return the one name of the page at `url`; the name identifies and need not be the address to fetch.

    Scheme, `www.`, `m.` and `amp.` hosts, AMP paths, tracking parameters, fragments, the order of parameters and a
    trailing slash make no difference; an EDGAR submission is named by its accession number.
    """
    parts = urlsplit(url.strip())
    host = MOBILE_HOST.sub("", (parts.hostname or "").lower().rstrip("."))
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    path = EDGAR_SUBMISSION.sub(r"/Archives/edgar/data/\1.txt", parts.path)
    path = AMP_PATH.sub("", path).rstrip("/") or "/"
    query = urlencode([(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not TRACKING.match(key)])
    host = f"[{host}]" if ":" in host else host
    return str(canonicalize_url(urlunsplit(("https", host + port, path, query, ""))))


def readable_url(url: str) -> str:
    """Return the address without its tracking parameters: the one to show a person, who may follow it."""
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair and not TRACKING.match(pair.partition("=")[0])]
    return urlunsplit(parts._replace(query="&".join(kept))) if parts.query else url


def page_canonical(body: bytes, url: str) -> str:
    """Return the canonical name of a fetched page: its own rel=canonical where that is believable, else that of `url`.

    A canonical link to another site, or to the site's front page, is a template's mistake or a syndication partner.
    """
    own = canonical_url(url)
    for tag in LINK_TAG.findall(body[:200_000]):
        if not REL_CANONICAL.search(tag):
            continue
        if not (href := HREF.search(tag)):
            continue
        target = next(group for group in href.groups() if group is not None).decode("utf-8", "replace").replace("&amp;", "&").strip()
        named = canonical_url(urljoin(url, target))
        named_parts, own_parts = urlsplit(named), urlsplit(own)
        front_page = named_parts.path in ("", "/") and not named_parts.query
        if named_parts.netloc == own_parts.netloc and not front_page:
            return named
        return own
    return own


def refusal(url: str, allow_hosts: Collection[str]) -> str | None:
    """Return why `url` may not be asked, or None: only http and https, and no private address unless it is allowed.

    Host names are judged again by the address they resolve to (`crawler.middlewares`).
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return f"refused: '{parts.scheme}:' is neither http nor https"
    if not parts.hostname:
        return "refused: the address names no host"
    if parts.hostname.lower() in ("localhost", "localhost.localdomain"):
        return address_refusal("127.0.0.1", parts.hostname, allow_hosts)
    try:
        ipaddress.ip_address(parts.hostname)
    except ValueError:
        return None
    return address_refusal(parts.hostname, parts.hostname, allow_hosts)


def address_refusal(address: str, host: str, allow_hosts: Collection[str]) -> str | None:
    """Return why `host`, which resolves to `address`, may not be asked, or None.

    `allow_hosts` holds host names, addresses and networks ("127.0.0.0/8") that may be asked although they are private.
    """
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if ip.is_global and not ip.is_multicast:
        return None
    for allowed in allow_hosts:
        if allowed.lower() in (host.lower(), str(ip)):
            return None
        if "/" in allowed and ip in ipaddress.ip_network(allowed, strict=False):
            return None
    return f"refused: {host} is a private or loopback address ({ip}); if it is meant, name it in prospect.yml under crawl: allow_hosts"
