"""The main text of pages whose markup misleads: cut into pieces, one post among others, captions between the lines."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.article import article_text

OPENING = (
    "Birchwood Mills will close its dye house in Dover at the end of the year, the company said on Tuesday, and move the work to a plant in Akron. "
    "Of the 140 people who work there, ninety have been offered a place at the new site, which is larger, newer and nearer to the railway."
)
MIDDLE = (
    "The dye house was built in 1931, and its boilers, which the county's inspectors have written about three times, would have to be replaced by spring. "
    "“We looked at every figure twice,” said Otto Pike, who chairs the board, “and in the end the river decided: it floods the yard every other year.”"
)
CLOSING = (
    "The mill's looms and the warehouse stay where they are, and so do the offices, the company said, adding that it hires weavers for the night shift. "
    "Dover's mayor, Lena Fjord, called the news a blow to the town, and asked for a meeting with the owners of the building before the month is over."
)
OTHER = (
    "Quillfeather Instruments opened its second laboratory in Troy this week, with forty chemists, a library, and a garden on the roof, which the staff may use. "
    "The firm, which makes scales for jewellers, pharmacists and mints, had outgrown its first one two years ago, and worked in three rented rooms since."
)


def page(body: str) -> str:
    return f"<!DOCTYPE html><html><head><title>Dye house closes</title></head><body>{body}</body></html>"


def piece(text: str, name: str = "chunk article-text") -> str:
    return f'<div class="{name}"><p>{text}</p></div>'


PIECES = "".join(f'<div class="row">{piece(text)}<div class="rail">Advertisement</div></div>' for text in (OPENING, MIDDLE, CLOSING))
TEASERS = "".join(
    f'<div class="row"><div class="card-item"><h3><a href="/{number}">More news</a></h3><p>{OTHER}</p></div></div>' for number in range(3)
)
POSTS = "".join(f'<article class="post p{number}"><p>{OTHER} {number}</p></article>' for number in range(5))

# what it guards, the page's body, words that must be read, words that must not
PAGES = [
    ("cut into pieces of one class", f"<main><div>{PIECES}</div></main>", ("dye house in Dover", "built in 1931", "Dover's mayor"), ("Advertisement",)),
    (
        "posts of one class, each with its headline, are not pieces of one",
        f'<main><div class="story"><p>{OPENING}</p><p>{MIDDLE}</p><p>{CLOSING}</p></div></main><section>{TEASERS}</section>',
        ("dye house in Dover", "Dover's mayor"),
        ("Quillfeather",),
    ),
    (
        "a short post above a list of others",
        f'<div class="all"><article class="post main"><h1>Dye house closes</h1><p>{OPENING} {MIDDLE}</p></article>{POSTS}</div>',
        ("dye house in Dover", "built in 1931"),
        ("Quillfeather",),
    ),
    (
        "the line below a picture, in a span",
        (f'<main><div class="text"><p>{OPENING}</p><div class="photo"><img src="a.jpg"><span class="newsCaption">The yard of the dye house under water, seen from the bridge '
        f"(Image: Harbour News)</span></div><p>{MIDDLE}</p><p>{CLOSING}</p></div></main>"),
        ("built in 1931",),
        ("Image: Harbour News", "seen from the bridge"),
    ),
    (
        "a span that is no caption stays",
        f'<main><div class="text"><p>{OPENING}</p><div><span class="lede">{MIDDLE}</span></div><p>{CLOSING}</p></div></main>',
        ("built in 1931", "Dover's mayor"),
        (),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("guards", "body", "read", "left_out"), PAGES, ids=[row[0] for row in PAGES])
def test_main_text(guards: str, body: str, read: tuple[str, ...], left_out: tuple[str, ...]) -> None:
    markup = page(body)
    text = article_text(markup, LexborHTMLParser(markup), title="Dye house closes")
    assert not [words for words in read if words not in text], text
    assert not [words for words in left_out if words in text], text
