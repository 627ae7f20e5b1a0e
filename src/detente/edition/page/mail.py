"""An edition as the HTML part of a mail: one column, styles in every element, bars instead of a picture, no pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

from jinja2 import Environment, PackageLoader, StrictUndefined

from detente.edition.composing import Edition, Piece
from detente.errors import DataError, MissingExtra
from detente.language import Catalogue

READER = "<!--reader-->"
"""Where the lines for one reader go: why it comes, and how to stop it."""
MARK = '<i id="reader"></i>'  # no rule styles it
BARS = 14  # years at most in a mail's chart
WIDEST = 100  # percent
SMALL = "margin:0 0 6px;font-size:13px;line-height:1.5;color:#566270"


@dataclass(frozen=True, slots=True)
class Bar:
    """One year of a mail's chart: both widths in percent of the widest, and both sums in words."""

    year: int
    sold: float
    expected: float
    sold_said: str
    expected_said: str


def mail_html(edition: Edition, link: str, note: str = "") -> str:
    """The edition as HTML for mail, under 100,000 bytes, with :data:`READER` where the reader's lines go.

    Raises
    ------
    MissingExtra
        ``css-inline`` is not installed.
    DataError
        It is too large to be shown whole by a large provider.
    """
    try:
        import css_inline
    except ImportError:
        raise MissingExtra.needed("css-inline", "edition", "The mail of an edition") from None
    html = _template().render(
        w=edition.words, edition=edition, link=link, note=note, bars={p.id: bars(p, edition.words) for p in edition.pieces},
    )  # fmt: skip
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    made = inliner.inline(html.replace(READER, MARK)) + "\n"
    if made.count(MARK) != 1:
        raise DataError("The mail has lost the place of its reader's lines.", fix="Update css-inline, and report this.")
    made = made.replace(MARK, READER)
    if len(made.encode()) > 98_000:
        raise DataError(
            f"The mail of {edition.day} has {len(made.encode()):,} bytes of HTML; 98,000 are the most.",
            fix="Make two editions of the list, or fewer studies.",
        )
    return made


def bars(piece: Piece, words: Catalogue) -> list[Bar]:
    """The newest years of the chart as bars."""
    if piece.picture is None:
        return []
    rows = [row for row in piece.picture.rows if row[1] is not None or row[2] is not None][-BARS:]
    top = max((value for _, *pair in rows for value in pair if value is not None), default=0.0) or 1.0

    def wide(value: float | None) -> float:
        return round(WIDEST * (value or 0) / top, 1)

    return [
        Bar(year, wide(sold), wide(expected), words.money(sold), words.money(expected)) for year, sold, expected in rows
    ]


def readers_lines(lines: Sequence[str], links: Sequence[tuple[str, str]]) -> str:
    """What stands at a mail's end for one reader: sentences, then links by their words."""
    told = [f'<p style="{SMALL}">{escape(line)}</p>' for line in lines]
    joined = " · ".join(f'<a href="{escape(url)}" style="color:#0a6cb0">{escape(word)}</a>' for word, url in links)
    return "".join(told) + (f'<p style="{SMALL}">{joined}</p>' if joined else "")


@cache
def _template():  # jinja2 keeps its templates untyped
    environment = Environment(
        loader=PackageLoader("detente.edition.page"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        autoescape=True,
    )  # fmt: skip
    return environment.get_template("mail.html.j2")
