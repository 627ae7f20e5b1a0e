"""Who a sentence is about: economies by name, well-known bodies, and capitalised names."""

from __future__ import annotations

import re
from functools import cache

from detente.economies import table
from detente.record.draft.language.dates.calendar_words import MONTHS, WEEKDAYS
from detente.record.draft.language.words import LANGUAGES
from detente.record.draft.language.words import table as words_table

_BODIES = (
    "Associated Press", "Agence France-Presse", "Reuters", "EFE", "AFP", "AP", "Bloomberg", "Xinhua", "United Nations",
    "European Union", "World Bank", "International Monetary Fund", "IMF", "World Trade Organization", "WTO",
    "Andean Community", "Mercosur", "Organization of American States", "OAS", "OPEC", "NATO", "ASEAN", "African Union",
    "Naciones Unidas", "Unión Europea", "Banco Mundial", "Fondo Monetario Internacional", "FMI", "Comunidad Andina",
    "Organización de los Estados Americanos", "OEA", "OMC",
)  # fmt: skip
_NAME = re.compile(
    r"(?:[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+)(?:\s(?:(?:de|del|de la|of|al|bin|van|von)\s)?[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+)+"
)
_NO_NAME = {name.capitalize() for language in LANGUAGES for name in (*MONTHS[language], *WEEKDAYS[language])} | {
    *("The", "In", "On", "At", "But", "And", "For", "When", "As", "After", "Before", "Since", "By", "If", "While"),
    *("El", "La", "Los", "Las", "En", "Según", "Tras", "Para", "Por", "Su", "Un", "Una"),
}
SHORT_CODES = 3  # a code such as CAN is no name; only longer spellings are looked for


def economies_in(text: str) -> list[str]:
    """ISO alpha-3 codes of the economies that ``text`` names, in order of appearance.

    >>> economies_in("Colombia and Venezuela reopened; Brasil watched.")
    ['COL', 'VEN', 'BRA']
    """
    found: list[str] = []
    for match in _economies().finditer(text):
        code = _codes()[match.group()]
        if code not in found:
            found.append(code)
    return found


def people_named(word: str) -> str:
    """The ISO code of the economy whose people or goods an adjective names, in a language that writes it small.

    >>> people_named("peruanas"), people_named("Kenyan"), people_named("aduanas")
    ('PER', '', '')
    """
    found = _demonyms().fullmatch(word.casefold())
    return _codes_of_stems()[found["stem"]] if found else ""


@cache
def _codes_of_stems() -> dict[str, str]:
    tables = (words_table(language).get("demonyms", {}) for language in LANGUAGES)
    return {stem: code for table in tables for code, stems in table.items() for stem in stems}


@cache
def _demonyms() -> re.Pattern[str]:
    stems = "|".join(sorted(_codes_of_stems(), key=len, reverse=True))
    return re.compile(rf"(?P<stem>{stems})(?:[oae]?s?|es)")


def actors_in(text: str) -> list[str]:
    """Economies, bodies and two-word names in ``text``, each once.

    >>> actors_in("Ana Paz told the World Bank that Peru would pay.")
    ['PER', 'World Bank', 'Ana Paz']
    """
    economies = economies_in(text)
    bodies = [b for b in _BODIES if re.search(rf"\b{re.escape(b)}\b", text)]
    names = []
    for match in _NAME.finditer(text):
        words = match.group().split()
        while words and (words[0] in _NO_NAME or words[0].islower()):
            words = words[1:]
        name = " ".join(words)
        known = any(name in b or b in name for b in bodies) or economies_in(name)
        if len(words) > 1 and not known and not _NO_NAME & set(words) and name not in names:
            names.append(name)
    return [*economies, *bodies, *names]


@cache
def _codes() -> dict[str, str]:
    codes = {}
    for row in table().values():
        if row.valid_to is None:
            for word in (row.name, *row.aliases):
                if len(word) > SHORT_CODES and word[0].isupper():
                    codes.setdefault(word, row.code)
    return codes | words_table("es")["economies"]


@cache
def _economies() -> re.Pattern[str]:
    words = "|".join(re.escape(w) for w in sorted(_codes(), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w])")
