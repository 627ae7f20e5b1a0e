"""An edition as a page that needs nothing from elsewhere, and the list of all editions.

A strict Content-Security-Policy allows the page's own style and script by hash, and its own sound; every text of a
record is cleaned of what steers and escaped by the template engine.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from detente.charts.palette import css_variables
from detente.edition.composing import Edition
from detente.language import LANGUAGES, Catalogue


@dataclass(frozen=True, slots=True)
class Sound:
    """What can be heard of an edition.

    Attributes
    ----------
    path : from the page to the file.
    seconds : how long it plays.
    chapters : title and second at which each begins.
    """

    path: str
    seconds: float
    chapters: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class PagePlace:
    """Where a page stands in its site.

    Attributes
    ----------
    root : from the page to the site's folder, ending in a slash.
    link : the page's own address.
    folder : from the page to the edition's folder, ending in a slash or empty.
    others : language code and path of the same edition in other languages.
    suffix : of the feeds' names in this language: empty, or such as ``.es``.
    subscribe : address of the subscribers' page, if there is one.
    podcast : whether there is one.
    """

    root: str
    link: str
    folder: str = ""
    others: tuple[tuple[str, str], ...] = ()
    suffix: str = ""
    subscribe: str = ""
    podcast: bool = False


def edition_page(
    edition: Edition, transcript: Sequence[tuple[str, str]], sound: Sound | None, place: PagePlace, note: str = ""
) -> str:
    """The edition as HTML.

    Parameters
    ----------
    transcript : chapters of the spoken edition, title and text.
    sound : None where there is no voice.
    note : of a correction, if it is one.
    """
    return _rendered("edition.html.j2", edition.words, edition=edition, transcript=transcript, sound=sound, place=place,
                     note=note)  # fmt: skip


def archive_page(words: Catalogue, editions: Sequence[tuple[str, str, str]], place: PagePlace) -> str:
    """The list of all editions: ISO day, title and path of each, the newest first."""
    return _rendered("archive.html.j2", words, editions=editions, place=place)


def _rendered(template: str, words: Catalogue, **values: Any) -> str:
    style, script = css_variables() + _static("edition.css"), _static("edition.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src 'self' data:; "
        "media-src 'self'; base-uri 'none'; form-action 'none'"
    )
    return _templates().get_template(template).render(
        w=words, style=Markup(style), script=Markup(script), policy=policy, names=dict(_names()), **values,
    ) + "\n"  # fmt: skip


def _names() -> list[tuple[str, str]]:
    return [(code, Catalogue(code)("edition.language")) for code in LANGUAGES]


def _hash(text: str) -> str:
    return "'sha256-" + b64encode(sha256(text.encode()).digest()).decode() + "'"


@cache
def _static(name: str) -> str:
    return (files("detente.edition.page") / "templates" / name).read_text(encoding="utf-8")


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("detente.edition.page"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        autoescape=True,
    )  # fmt: skip
    environment.filters["markup"] = Markup
    environment.filters["clock"] = lambda seconds: f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
    return environment
