"""An article as text, Markdown or HTML into its paragraphs, without the page around it.

HTML goes through trafilatura (the extra ``draft``); text and Markdown need
nothing. Subscription offers, audio players, sign-ups and the like are dropped
line by line in all three. What comes back is data: nothing in it is executed
or trusted, and it is never written into a study.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from detente._foreign import read_bytes
from detente.errors import EmptySample, UnreadableFile
from detente.language.controls import STEERING
from detente.record.draft.inputs import from_html, from_markdown, reflow, tables_told, unpack
from detente.record.draft.language.words import LANGUAGES, either

NAMES = {"en": "English", "es": "Spanish"}
LIMIT = 2_000_000  # bytes; a long book chapter is a tenth of it

_BOILERPLATE_START = re.compile(either("page", "start", *LANGUAGES), re.IGNORECASE)
_BOILERPLATE = re.compile(either("page", "anywhere", *LANGUAGES), re.IGNORECASE)
LONGEST_BOILERPLATE = 420  # characters: a longer paragraph is text, whatever words it uses
_SPANISH = re.compile(r"\b(?:el|la|los|las|que|de|del|una|por|con|según|para|fue|más|este|su)\b", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:les|des|une|est|dans|pour|sur|avec|selon|der|die|das|und|ist|nicht|mit|von|auf|il|che|gli|della|sono|per|não|uma|"
    r"dos|das|para|com|ve|bir|bu|için|ile|и|в|на|что|с|по|و|في|من|على)\b",
    re.IGNORECASE,
)
FEWEST_WORDS = 25
"""Fewer words than this tell no language."""
COMMON = 0.08
"""Share of a text's words that are among the commonest of its language, at least."""
_ENGLISH = re.compile(r"\b(?:the|of|and|that|to|was|with|for|which|by|from|said|has|its|it)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Article:
    """An article without the page around it.

    Attributes
    ----------
    title : str
        Headline, where one was found.
    text : str
        Paragraphs separated by blank lines, the headline first.
    published : str
        The article's own date, ``YYYY-MM-DD``; empty if unknown.
    language : str
        ``en`` or ``es``.
    """

    title: str
    text: str
    published: str
    language: str


def read_article(path: str | Path, published: str = "", language: str = "") -> Article:
    """Read an article from text, Markdown, a web page, a PDF, a Word file, a mail or a web archive.

    Parameters
    ----------
    path : str or Path
        The file, at most 2 MB; text is UTF-8.
    published, language : str
        The article's own date and language where they are known; found in the text otherwise.

    Raises
    ------
    UnreadableFile
        Missing, binary, not UTF-8, over the limit, in a language that is not read, or HTML nested beyond sense.
    EmptySample
        No text is left.
    MissingExtra
        HTML without trafilatura.
    """
    path = Path(path)
    raw = read_bytes(path, LIMIT, fix="An article may have 2 MB at most: save its text alone.")
    held = unpack(path, raw)
    text = held.text if held else _decoded(path, raw)
    if held and not held.html:
        title, own, body = held.title, held.published, held.text
    elif (
        held
        or path.suffix.casefold() in (".html", ".htm", ".xhtml")
        or re.match(r"\s*(?:<!doctype html|<html)\b", text, re.IGNORECASE)
    ):
        title, own, body = from_html(text, path)
    elif path.suffix.casefold() in (".md", ".markdown"):
        title, own, body = from_markdown(text)
    else:
        title, own, body = "", "", reflow(tables_told(text))
    if held and held.html:
        own = own or held.published
    paragraphs = _paragraphs(body)
    if not paragraphs:
        raise EmptySample(f"{path} holds no text of an article.", fix="Save the article's text and draft from that.")
    clean = "\n\n".join(paragraphs)
    if not language and not reads(clean):
        raise UnreadableFile(f"{path} is in a language that drafting does not read.", fix=UNREAD)
    language = language or guess_language(clean)
    return Article(title, clean, published or own, language)


def article_of(text: str, published: str = "", language: str = "") -> Article:
    """An article from text that was pasted.

    Raises
    ------
    EmptySample
        No text is left.
    UnreadableFile
        It is in a language that is not read.
    """
    text = tables_told(_seen(text))
    paragraphs = _paragraphs(text)
    if not paragraphs:
        raise EmptySample("There is no text of an article.", fix="Paste the article's text.")
    clean = "\n\n".join(paragraphs)
    if not language and not reads(clean):
        raise UnreadableFile("The text is in a language that drafting does not read.", fix=UNREAD)
    return Article("", clean, published, language or guess_language(clean))


UNREAD = (
    f"It reads {' and '.join(NAMES[language] for language in LANGUAGES)}: give a translation, or name the language if it is "
    "one of these."
)


def guess_language(text: str) -> str:
    """``es`` where Spanish function words outnumber English ones, or there are as many and Spanish letters; else ``en``.

    >>> guess_language("El ministerio informó que la frontera sigue cerrada."), guess_language("Vivían 20.000 en Yibuti.")
    ('es', 'es')
    """
    spanish, english = len(_SPANISH.findall(text)), len(_ENGLISH.findall(text))
    return "es" if spanish > english or (spanish == english and _LETTERS.search(text)) else "en"


_LETTERS = re.compile(r"\b[a-z]*[áéíóúñ][a-z]*\b|[¿¡]", re.IGNORECASE)
"""Words with the letters that Spanish has and English lacks."""


def reads(text: str) -> bool:
    """Whether a text is in a language that drafting reads, as far as its common words tell; a short one is.

    >>> reads("Les exportations ont atteint 3,2 milliards d'euros en 2021, selon le ministère. " * 4)
    False
    >>> reads("Exports fell to 3 million in 2021, the ministry said.")
    True
    """
    words = len(re.findall(r"[^\W\d_]+", text))
    known = max(len(_SPANISH.findall(text)), len(_ENGLISH.findall(text)))
    other = len(_OTHER.findall(text))
    return words < FEWEST_WORDS or (known >= COMMON * words and known > other)


def _decoded(path: Path, raw: bytes) -> str:
    if not raw.strip():
        raise EmptySample(f"{path} is empty.", fix="Give a file with the article's text.")
    if b"\x00" in raw[:100_000] or raw.startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableFile(
            f"{path} is a binary file, not text, Markdown or HTML.",
            fix="Save the article as text (for a PDF or Word file: export it).",
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnreadableFile(
            f"{path}, line {line}: byte 0x{raw[error.start]:02x} is not UTF-8.",
            fix="Save the file as UTF-8; other and mixed encodings are not guessed.",
        ) from None
    return _seen(text)


def _seen(text: str) -> str:
    """The text without unseen characters, its line breaks all alike; tabs and blanks stay, since tables need them."""
    return _UNSEEN.sub("", re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text))


_UNSEEN = re.compile(f"[{STEERING}]")


def _paragraphs(body: str) -> list[str]:
    """Paragraphs without boilerplate lines; a text without blank lines has one paragraph a line."""
    blocks = re.split(r"\n\s*\n", body) if re.search(r"\n\s*\n", body.strip()) else body.split("\n")
    kept = []
    for block, following in zip_longest(
        (_STUCK.sub(" ", _GLUED.sub(". ", block)) for block in blocks), blocks[1:], fillvalue=""
    ):
        lines = [re.sub(r"[ \t]+", " ", line).strip() for line in block.split("\n")]
        words = " ".join(line for line in lines if line and not is_boilerplate(line))
        dated = _YEAR_LINE.fullmatch(words) and _ENTRY.match(following)
        if words and not is_boilerplate(words) and (dated or re.search(r"[^\W\d_]", words)):
            kept.append(words)
    return kept


_YEAR_LINE, _ENTRY = (
    re.compile(r"(?:19|20)\d\d"),
    re.compile(r"\s*(?:[^\W\d]+\.?\s\d\d?|\d\d?\s[^\W\d]+(?:\s[^\W\d]+)?):"),
)
"""A year on a line of its own over a list of days: *2018*, then *Jan 22: ...*."""
_GLUED = re.compile(r"(?<=[a-záéíóúñ%)])\.(?=[A-ZÁÉÍÓÚÑ][a-záéíóúñ]{2,}\s)")
"""A full stop without its space between two sentences."""
_STUCK = re.compile(
    r"(?<=[a-z])(?=\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4})"
)
"""Where a table's label and its day stuck together: *Signed17 June 2018*."""


def is_boilerplate(line: str) -> bool:
    """Whether a line belongs to the page and not to the article.

    >>> is_boilerplate("Listen to this story 0:00 / 4:12"), is_boilerplate("Exports fell, the ministry said.")
    (True, False)
    """
    return len(line) <= LONGEST_BOILERPLATE and bool(
        _BOILERPLATE_START.match(line.lstrip("*_>|•·▶►- ")) or _BOILERPLATE.search(line)
    )
