"""Names of houses in an attribution: found in a text, as words, and when two of them mean one."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_GENERIC = re.compile(
    r"^(?:the )?(?:\w+ )?(?:government|authorit(?:y|ies))(?: |$)|^(?:the )?(?:\w+ )?official(?:s|\s+(?:data|figures|numbers|"
    r"statistics))\b|^(?:the )?(?:ministry|state|customs)(?:\s+(?:officials|data|figures|statistics))?$|^ministers?\b|"
    r"^(?:cifras|datos) oficiales|^(?:el )?gobierno\b|^(?:las )?autoridades\b",
)
_DATA = r"(?:data|figures|numbers|statistics|estimates?|reports?|cifras|datos|informes?|calculos)"
_LEAD = re.compile(
    rf"^(?:(?:according to|(?:official |latest |new )?{_DATA}\s+(?:from|by|of|de|del|published by|compiled by|released by)|"
    r"a|an|the|from|by|citing|quoting|per|segun|según|de|del|la|el|los|las|lo|its|their)\s+)+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s+(?:data|figures|numbers|estimates?|reports?|bulletins?|cifras|datos)$", re.IGNORECASE)
_BREAK = re.compile(
    r"[;/,()\[\]|]|\bvia\b|\bciting\b|\bquoting\b|\bcitado por\b|\bcited by\b|\band\b|\by\b|&", re.IGNORECASE
)
BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")
_EMPTY_WORDS = """
of the a an for de del la el los las y and in on to his her its their von der die das du des le les et e da do
di"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_NOBODY_WORDS = """
press media newspapers various unknown none n na anonymous unnamed groups sources analysts experts observers
author prensa medios article publisher compilation census opposition leaders this derived"""
_NOBODY = frozenset(_NOBODY_WORDS.split())
"""Words that name nobody in particular: two sources that both say "press" are not one house."""


def names_in(text: str) -> list[str]:
    """The names in an attribution or a publisher's line, without what leads up to them."""
    whole = text.replace("’", "'")
    parts = [whole] if _joined(whole) else _BREAK.split(whole)
    found = []
    for part in parts:
        bare = _TAIL.sub("", _LEAD.sub("", f"{part.strip()} ").strip(" .:'\""))
        if bare:
            found.append(bare)
    return found


def _joined(text: str) -> bool:
    """Whether a name holds its own "and" (Ministry of Trade and Industry)."""
    if re.search(r"[;/,()\[\]|]|\bvia\b|\bciting\b", text):
        return False
    return bool(_OFFICE.search(_LEAD.sub("", text.strip())))


_OFFICE = re.compile(r"^\w* ?(ministry|ministerio|department|office|bureau|committee)\b", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def words_of(name: str) -> tuple[str, ...]:
    """A name as its words, folded: no case, accents, articles or plural 's."""
    initials = {letter.casefold() for letter in re.findall(r"\b[A-Z]\b", name)}
    text = re.sub(r"'s?\b", " ", folded(name))
    words = [w for w in re.findall(r"\w+", text) if w not in _EMPTY or w in initials]
    return () if all(w in _NOBODY for w in words) else tuple(words)


def same_name(a: str, b: str) -> bool:
    """Whether two unregistered names (``~words``) mean one house.

    One is the other, its beginning letters, or the other with more words ("Statistics
    Office" and "Statistics Office of Utopia"), in English or Spanish; a single common word
    is not enough.

    Examples
    --------
    >>> same_name("~statistics office", "~statistics office utopia"), same_name("~statoff", "~statistics office")
    (True, True)
    >>> same_name("~office", "~statistics office"), same_name("~ministry trade chile", "~ministry trade peru")
    (False, False)
    """
    first, second = ([_ENGLISH.get(w, w) for w in name.removeprefix("~").split()] for name in (a, b))
    few, many = sorted((first, second), key=len)
    if set(few) == set(many):
        return True
    if len(few) > 1:
        return set(few) <= set(many)
    return len(many) > 1 and len(few[0]) > 1 and _abbreviates(few[0], tuple(many))


_ENGLISH = {
    "ministerio": "ministry", "secretaria": "ministry", "department": "ministry", "departamento": "ministry",
    "comercio": "trade", "commerce": "trade", "exterior": "foreign", "exteriores": "foreign", "external": "foreign",
    "relaciones": "affairs", "hacienda": "finance", "finanzas": "finance", "economia": "economy", "banco": "bank",
    "oficina": "office", "instituto": "institute", "estadistica": "statistics", "estadisticas": "statistics",
    "aduana": "customs", "aduanas": "customs", "agencia": "agency", "camara": "chamber", "energia": "energy",
    "agricultura": "agriculture", "defensa": "defence", "defense": "defence", "migracion": "migration",
    "transporte": "transport", "industria": "industry", "turismo": "tourism", "nacional": "national",
    "autoridad": "authority", "consejo": "council", "asociacion": "association", "federacion": "federation",
}  # fmt: skip
"""Words of offices under one spelling, whatever the language of the article."""


def _abbreviates(word: str, words: tuple[str, ...]) -> bool:
    """Whether a word is made of the beginnings of words in order, one of each (StatOff, ONS)."""
    if not words:
        return not word
    return any(
        _abbreviates(word[size:], words[1:])
        for size in range(1, len(word) + 1)
        if words[0].startswith(word[:size]) and (size < len(words[0]) or len(word) > size)
    )


def speaks_for_the_state(text: str) -> bool:
    """Whether an attribution names the government or its figures at large, and no office."""
    return any(_GENERIC.search(folded(part).strip()) for part in (text, *names_in(text)))


def folded(text: str) -> str:
    """A text without accents and case."""
    parts = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(c for c in parts if not unicodedata.combining(c)).casefold()
