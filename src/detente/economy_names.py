"""Names of economies by code and language, from ``economies.csv`` and ``language/locale/*/economies.csv``.

Both are built by ``scripts/build_economies.py``.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from detente.blocs import blocs
from detente.errors import UnreadableFile

APOSTROPHES = ("'", "’")  # an article that ends so is joined to its name: l'Allemagne


@dataclass(frozen=True, slots=True)
class EconomyRow:
    """One line of the table: a code, its name, its years, what came after it, and the article before its name."""

    code: str
    name: str
    numeric: int | None
    baci: int | None
    valid_from: int | None
    valid_to: int | None
    successors: tuple[str, ...]
    aliases: tuple[str, ...]
    article: str
    alpha2: str

    def used_in(self, year: int) -> bool:
        """Whether the code was in use in ``year``."""
        return (self.valid_from or 0) <= year <= (self.valid_to or 9999)


@cache
def table() -> Mapping[str, EconomyRow]:
    """Every code known, current and former, as a mapping from code to its row."""

    def number(text: str) -> int | None:
        return int(text) if text else None

    def words(text: str) -> tuple[str, ...]:
        return tuple(w for w in text.split(";") if w)

    with files("detente").joinpath("economies.csv").open(encoding="utf-8") as handle:
        return {
            r["code"]: EconomyRow(
                r["code"],
                r["name"],
                number(r["numeric"]),
                number(r["baci"]),
                number(r["valid_from"]),
                number(r["valid_to"]),
                words(r["successors"]),
                words(r["aliases"]),
                r["article"],
                r["alpha2"],
            )
            for r in csv.DictReader(handle)
        }


def name_of(code: str, language: str = "en") -> str:
    """The short name of ``code`` in a reader's language; in English where that has none, the code if nothing has.

    >>> name_of("FRA"), name_of("DEU", "es")
    ('France', 'Alemania')
    """
    row = table().get(code)
    if row is None:
        return _bloc_name(code, language)[0]
    return names(language).get(code, (row.name, ""))[0]


def every_name(code: str) -> tuple[str, ...]:
    """What ``code`` is called in each language, English first, and its other spellings.

    >>> every_name("DEU")[:2]
    ('Germany', 'Alemania')
    """
    row = table().get(code)
    if row is None:
        return tuple(dict.fromkeys(name for name, _ in blocs()[code].names.values())) if code in blocs() else (code,)
    others = (names(language).get(code, ("",))[0] for language in {**_name_files(), **_ADDED})
    return tuple(filter(None, (row.name, *others, *row.aliases)))


def in_text(code: str, language: str = "en") -> str:
    """The short name of ``code`` as it stands within a sentence, with the article it needs.

    >>> in_text("ARE"), in_text("GBR", "es"), in_text("FRA")
    ('the United Arab Emirates', 'el Reino Unido', 'France')
    """
    row = table().get(code)
    name, article = _bloc_name(code, language) if row is None else names(language).get(code, (row.name, row.article))
    return f"{article}{'' if article.endswith(APOSTROPHES) else ' '}{name}".lstrip()


def _bloc_name(code: str, language: str) -> tuple[str, str]:
    """Name and article of a bloc or region, which a further language has among its economies; the code of what is none."""
    bloc = blocs().get(code)
    if bloc is None:
        return code, ""
    return bloc.names.get(language) or names(language).get(code) or bloc.names["en"]


@cache
def _name_files() -> dict[str, Traversable]:
    """The files of names that ship with the package, by language."""
    found = (
        (home.name, home.joinpath("economies.csv")) for home in files("detente").joinpath("language/locale").iterdir()
    )
    return {language: file for language, file in found if file.is_file()}


_ADDED: dict[str, Traversable] = {}


def add_names(language: str, file: Traversable) -> None:
    """Take the names of economies in a language from a CSV with the columns code, name and article."""
    _ADDED[language] = file
    _forget()
    names(language)


def drop_names(language: str) -> None:
    """Forget the names that :func:`add_names` took."""
    if _ADDED.pop(language, None) is not None:
        _forget()


def _forget() -> None:
    names.cache_clear()
    spellings.cache_clear()


@cache
def names(language: str) -> Mapping[str, tuple[str, str]]:
    """Name and article by code in one language; empty for English, whose names stand in :func:`table`.

    Raises
    ------
    UnreadableFile
        The language's file lacks a column.
    """
    file = _ADDED.get(language) or _name_files().get(language)
    if file is None:
        return {}
    with file.open(encoding="utf-8-sig") as handle:
        rows = csv.DictReader(handle)
        if not {"code", "name"} <= set(rows.fieldnames or ()):
            raise UnreadableFile(f"{file} lacks the column code or name.", fix="Start it with code,name,article")
        return {row["code"]: (row["name"], row.get("article") or "") for row in rows if row["name"]}


def folded(word: str) -> str:
    """A spelling without case, accents and signs."""
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", " ", plain.casefold()).strip()


@cache
def spellings() -> Mapping[str, str]:
    """Folded spelling in any language -> code; codes win over names, current over former."""
    known: dict[str, str] = {}
    rows = sorted(table().values(), key=lambda r: r.valid_to is not None)
    for row in rows:
        for word in every_name(row.code):
            known.setdefault(folded(word), row.code)
    known.update({code.lower(): code for code in table()})
    return known
