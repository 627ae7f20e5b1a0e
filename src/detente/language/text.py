"""English words that remember what they say, so that they can be said in another language.

A finding holds a :class:`Text`: a key of the catalogue and its values. It reads as the English string
everywhere (tables, tests, the command line), and :func:`said` renders it in any other language. Values may be
texts themselves: numbers, periods, words of a vocabulary, names, texts that a study brings translated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Self

from detente.language.catalogue import Catalogue, When
from detente.language.registry import LANGUAGES, SOURCE
from detente.language.spelling import SPELT, spelt

ENGLISH = Catalogue("en")


class Text(str):
    """A sentence or phrase of the catalogue, filled in; as a string, in English.

    Examples
    --------
    >>> text = Text("reason.dated", date=Day("2022-09-26"), claimed=Day("2022-09"))
    >>> text
    'The event is dated 2022-09-26, inside the claimed 2022-09.'
    >>> said(text, Catalogue("es"))
    'Fecha del hecho: 26 sept. 2022, dentro de lo afirmado (sept. 2022).'
    """

    key: str
    values: dict[str, Any]

    def __new__(cls, key: str, **values: Any) -> Text:
        made = super().__new__(cls, ENGLISH(key, **values))
        made.key, made.values = key, values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.key,), self.values

    def said(self, words: Catalogue) -> str:
        return words(self.key, **{name: said(value, words) for name, value in self.values.items()})


class Filling(Text):
    """A value inside a text: its English form and what makes the others."""

    def __new__(cls, english: object, **values: Any) -> Self:
        made = str.__new__(cls, english)
        made.key, made.values = str(english), values
        return made


class Number(Filling):
    """A number as English writes it (``1,234.5``); other languages change the signs."""

    def said(self, words: Catalogue) -> str:
        return words.signs(str(self))


class Money(Filling):
    """An amount of million US$ in words, as each language says it (:meth:`Catalogue.money`).

    >>> Money(0.00412), Money(394), Money(117_234)
    ('US$4,100', 'US$394 million', 'US$117.2 billion')
    """

    def __new__(cls, usd_mn: float | str, **values: Any) -> Self:
        made = str.__new__(cls, ENGLISH.money(float(usd_mn)))
        made.key, made.values = str(float(usd_mn)), values
        return made

    def said(self, words: Catalogue) -> str:
        return words.money(float(self.key))


class Day(Filling):
    """A date or period as the record writes it; other languages write it out."""

    def said(self, words: Catalogue) -> str:
        return words.date(str(self))


class WrittenOut(Filling):
    """A date that English writes out (``WrittenOut("August 2026", iso="2026-08")``); other languages write it their way."""

    def said(self, words: Catalogue) -> str:
        return words.date(self.values["iso"])


class Word(Filling):
    """A word of a vocabulary (``Word("persons", group="unit")``); what no catalogue lists stays as it is.

    Codes of a record, whose groups stand in :data:`~detente.language.spelling.SPELT`, are spelt from their names.
    """

    def __new__(cls, code: str, **values: Any) -> Word:
        group = values.get("group")
        made = str.__new__(cls, spelt(ENGLISH, group, code) if group in SPELT else code)
        made.key, made.values = code, values
        return made

    def said(self, words: Catalogue) -> str:
        group = self.values["group"]
        return spelt(words, group, self.key) if group in SPELT else words.known(group, self.key)


class Own(Filling):
    """A text of a study with its translations by language (``Own("The freeze", es="El congelamiento")``)."""

    def said(self, words: Catalogue) -> str:
        return self.values.get(words.language) or str(self)


class Joined(Filling):
    """Texts with a separator between them (``Joined("; ", parts=[...])`` reads as their English list)."""

    def __new__(cls, separator: str, *, parts: Iterable[str | When]) -> Joined:
        parts = tuple(parts)
        made = str.__new__(cls, str(separator).join(map(str, parts)))
        made.key, made.values = separator, {"parts": parts}
        return made

    def said(self, words: Catalogue) -> str:
        return said(self.key, words).join(said(part, words) for part in self.values["parts"])


def few(items: Iterable[Any]) -> str:
    """The first five of ``items`` and the count of the rest, for use inside another text of any language."""
    items = [item if isinstance(item, Text) else str(item) for item in items]
    shown = Joined(", ", parts=items[:5])
    return shown if len(items) <= 5 else Text("rows.and_more", shown=shown, n=Number(str(len(items) - 5)))


def said(value: Any, words: Catalogue) -> str:
    """A text in the language of ``words``; anything else as a string."""
    return value.said(words) if isinstance(value, Text | When) else str(value)


def own(row: Mapping[str, Any], column: str) -> str:
    """A cell of a study with the translations that stand in ``column_es``, ``column_fr`` and so on."""
    text = row[column] or ""
    said = {language: row.get(f"{column}_{language}") for language in LANGUAGES}
    return Own(text, **said) if text and any(said.values()) else text


def texts(*found: Any) -> Iterator[Text]:
    """Every text inside results: data classes, mappings and sequences are looked into."""
    for thing in found:
        if isinstance(thing, Text):
            yield thing
        elif isinstance(thing, str):
            continue
        elif isinstance(thing, Mapping):
            yield from texts(*thing.values())
        elif is_dataclass(thing):
            yield from texts(*(getattr(thing, part.name) for part in fields(thing)))
        elif isinstance(thing, tuple | list):
            yield from texts(*thing)


def translations(words: str | Catalogue, *found: Any) -> dict[str, str]:
    """From each English text inside results to the same in another language, or in a study's own words.

    Into English only those are given that read otherwise in the study's words.
    """
    words = Catalogue(words) if isinstance(words, str) else words
    pairs = {str(text): said(text, words) for text in texts(*found)}
    return {a: b for a, b in pairs.items() if a != b} if words.language == SOURCE else pairs
