"""Web pages and Markdown as the text they show."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from detente.errors import EmptySample, MissingExtra, UnreadableFile
from detente.record.draft.inputs.tables import html_tables

DEPTH = 250  # nested tags; ordinary pages stay below 60
TAGS = 20_000  # tags in all; ordinary pages stay below 5,000


class _Shape(HTMLParser):
    """How many tags a page has and how deep they nest, counted without building it."""

    VOID = frozenset(
        [
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "param",
            "source",
            "track",
            "wbr",
            "p",
            "li",
            "td",
            "tr",
            "option",
        ]
    )

    def __init__(self) -> None:
        super().__init__()
        self.now = self.deepest = self.tags = 0

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags += 1
        if tag not in self.VOID:
            self.now += 1
            self.deepest = max(self.deepest, self.now)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.now = max(0, self.now - 1)


_ADDRESS = r"\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)"
"""Where a link of Markdown leads, in brackets, with one pair of its own at most."""


_NOT_TEXT = [
    *((re.compile(rf"^{mark}", re.M), re.compile(rf"^{mark}[ \t]*$", re.M)) for mark in ("```", "~~~")),
    (re.compile("<!--"), re.compile("-->")),
    *((re.compile(rf"<{tag}\b", re.I), re.compile(rf"</{tag}>", re.I)) for tag in ("script", "style")),
]
"""What opens and what closes a part of a text in Markdown that nobody reads as text."""


def _without(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    """The text without what stands between such marks; where nothing closes any more, it stays."""
    parts, at = [], 0
    for found in opening.finditer(text):
        if found.start() >= at:
            end = closing.search(text, found.end())
            if end is None:
                break
            parts.append(text[at : found.start()])
            at = end.end()
    return "".join(parts) + text[at:]


def from_html(text: str, path: Path) -> tuple[str, str, str]:
    """Title, own day and body of a web page, without what stands around the article."""
    try:
        import trafilatura
    except ImportError:
        raise MissingExtra.needed("trafilatura", "draft", f"Reading the web page {path}") from None
    shape = _Shape()
    shape.feed(text)
    if shape.deepest > DEPTH or shape.tags > TAGS:
        what = f"nests its tags {shape.deepest} deep" if shape.deepest > DEPTH else f"has {shape.tags} tags"
        raise UnreadableFile(
            f"{path} {what}; at most {DEPTH} deep and {TAGS} tags are read.",
            fix="Save the article's text and draft from that.",
        )
    found = trafilatura.bare_extraction(
        text, with_metadata=True, include_comments=False, include_tables=False, favor_precision=False
    )
    if found is None or isinstance(found, dict) or not (found.text or "").strip():
        raise EmptySample(f"{path} holds no text of an article.", fix="Save the article's text and draft from that.")
    title = (found.title or "").strip()
    body = (found.text or "").strip()
    if title and not body.startswith(title):
        body = f"{title}\n\n{body}"
    body = "\n\n".join([body, *html_tables(text)])
    return title, _meta_date(text), re.sub(r"\n+", "\n\n", body)


_META = re.compile(
    r"""(?:article:published_time|datePublished|date\.issued|pubdate|["']date["'])["']?[^<>\d]{0,40}(\d{4}-\d\d-\d\d)"""
    r"""|<time[^>]{0,80}datetime=["'](\d{4}-\d\d-\d\d)""",
    re.IGNORECASE,
)


def _meta_date(page: str) -> str:
    """The day of publication that a page states in its head or in a ``time`` element; never a guess."""
    found = _META.search(page)
    return (found[1] or found[2]) if found else ""


def from_markdown(text: str) -> tuple[str, str, str]:
    """Title, own day and body of a text in Markdown, without its marks."""
    own = title = ""
    front = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    if front:
        if dated := re.search(r"^date:\s*[\"']?(\d{4}-\d\d-\d\d)", front[1], re.MULTILINE):
            own = dated[1]
        if named := re.search(r"^title:\s*[\"']?(.+?)[\"']?\s*$", front[1], re.MULTILINE):
            title = named[1]
        text = text[front.end() :]
    for opening, closing in _NOT_TEXT:
        text = _without(text, opening, closing)
    text = re.sub(rf"!\[[^\[\]\n]*\]{_ADDRESS}", "", text)
    text = re.sub(rf"\[([^\[\]\n]*)\]{_ADDRESS}", r"\1", text)
    text = re.sub(r"</?[a-zA-Z][^>\n]{0,200}>", "", text)
    if not title and (headed := re.search(r"^#\s+(.+)$", text, re.MULTILINE)):
        title = headed[1].strip()
    text = re.sub(r"^ {0,3}#{1,6}[ \t]+(.*)$", r"\n\1\n", text, flags=re.MULTILINE)
    text = re.sub(r"^[ \t]*>[ \t]?", "", text, flags=re.MULTILINE)
    text = re.sub(r"^[ \t]*(?:[-*+]|\d+\.)[ \t]+(.*)$", r"\n\1", text, flags=re.MULTILINE)
    text = re.sub(r"^[ \t]*(?:[-*_][ \t]*){3,}$", "", text, flags=re.MULTILINE)
    text = re.sub(r"(\*\*|__|\*|(?<!\w)_|_(?!\w)|`)", "", text)
    return title, own, text
