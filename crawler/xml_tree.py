"""XML of filings and lists, read without namespaces, entities or anything from outside."""

from __future__ import annotations

from lxml import etree


def parse_xml(markup: str | bytes) -> etree._Element | None:
    """Return the root of an XML text without its namespaces, or None; no entity is expanded and nothing is loaded."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True)
    raw = markup.encode() if isinstance(markup, str) else markup
    try:
        root = etree.fromstring(raw.strip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None:
        return None
    for element in root.iter():
        if isinstance(element.tag, str) and "}" in element.tag:
            element.tag = element.tag.rpartition("}")[2]
    return root


def text_at(element: etree._Element | None, *paths: str) -> str:
    """Return the first text that one of `paths` leads to, its blanks made single; "" for none."""
    for path in paths:
        found = element.findtext(path) if element is not None else None
        if found and found.strip():
            return " ".join(found.split())
    return ""


def is_true(element: etree._Element | None, path: str) -> bool:
    """Return whether a box is ticked: "1", "true" and "X" are how the forms say so."""
    return text_at(element, path).lower() in ("1", "true", "x")
