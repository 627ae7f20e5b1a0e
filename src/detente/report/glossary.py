"""Words that a reader may not know, explained where they stand: on hover, on focus, and as a list at the page's end."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

from markupsafe import Markup, escape

from detente.language import Catalogue

FORMS = "term."
MEANING = "meaning."


def glossary(words: Catalogue) -> list[tuple[str, str, str]]:
    """Key, name and meaning of every word of the list, by name, in the language of ``words``.

    Examples
    --------
    >>> from detente.language import Catalogue
    >>> {key: name for key, name, _ in glossary(Catalogue("en"))}["gap"]
    'gap'
    """
    found = [(key, forms[0], words(MEANING + key)) for key, forms in _forms(words.language).items()]
    return sorted(found, key=lambda one: normalize("NFKD", one[1]).encode("ascii", "ignore").decode().casefold())


def explained(text: str, words: Catalogue) -> Markup:
    """A text with the first of each known word as a button that tells what it means.

    The button names its meaning by id (``LANGUAGE-term-KEY``), which the page's own list of words carries.
    """
    pattern, by_form = _pattern(words.language)
    told: set[str] = set()

    def wrap(match: re.Match[str]) -> str:
        key = by_form[match[0].casefold()]
        if key in told:
            return match[0]
        told.add(key)
        described = f"{words.language}-term-{key}"
        return f'<button type="button" class="term" aria-describedby="{described}">{match[0]}</button>'

    return Markup(pattern.sub(wrap, str(escape(text))))


@lru_cache(maxsize=8)
def _forms(language: str) -> dict[str, tuple[str, ...]]:
    """Of each word its forms, the name first; in the catalogue they are parted by ``|``."""
    strings = Catalogue(language).strings()
    return {
        key.removeprefix(FORMS): tuple(form.strip() for form in text.split("|"))
        for key, text in strings.items()
        if key.startswith(FORMS)
    }


@lru_cache(maxsize=8)
def _pattern(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    by_form = {str(escape(form)).casefold(): key for key, forms in _forms(language).items() for form in forms}
    longest = sorted(by_form, key=len, reverse=True)
    either = "|".join(re.escape(form) for form in longest) or r"(?!)"
    return re.compile(rf"(?<![\w&;-])(?:{either})(?![\w-])", re.IGNORECASE), by_form
