"""What speaking a language takes: its number words. One entry of :data:`SPEAKING` a language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from detente.errors import UsageError
from detente.language.speaking import english, spanish


@dataclass(frozen=True, slots=True)
class Tongue:
    """Number words of a language.

    Attributes
    ----------
    cardinal : of a whole number and the gender of what follows (``m``, ``f`` or none).
    year, day, ordinal : of a whole number.
    point, minus, plus : how decimals begin, and the two signs.
    symbols : signs that records use, as words; any other is left out.
    money : currency sign to its plural.
    scales : words after a sum that say millions or more, as records write them, with ``of`` where one is said.
    joined : how two ends of a span are put together.
    """

    cardinal: Callable[[int, str], str]
    year: Callable[[int], str]
    day: Callable[[int], str]
    ordinal: Callable[[int], str]
    point: str
    minus: str
    plus: str
    symbols: Mapping[str, str]
    money: Mapping[str, str]
    scales: tuple[str, ...]
    of: str
    joined: str
    decimal: str

    def number(self, text: str, gender: str = "") -> str:
        """A plain number (``-1234.50``) in words; decimals are read digit by digit, so that none is lost.

        >>> tongue_of("en").number("-1170.05"), tongue_of("es").number("+21", "m")
        ('minus one thousand one hundred and seventy point zero five', 'más veintiún')
        """
        sign = {"-": self.minus + " ", "+": self.plus + " "}.get(text[:1], "")
        whole, _, decimals = text.lstrip("+-").partition(".")
        said = self.cardinal(int(whole or "0"), "" if decimals else gender)
        tail = f" {self.point} " + " ".join(self.cardinal(int(d), "") for d in decimals) if decimals else ""
        return f"{sign}{said}{tail}"


SPEAKING: Mapping[str, Tongue] = {
    "en": Tongue(
        english.cardinal, english.year, english.day, english.ordinal, "point", "minus", "plus",
        {"%": "percent", "&": "and", "+": "plus", "=": "equals", "×": "times", "−": "minus", "°": "degrees",
         "<": "less than", ">": "more than", "≤": "at most", "≥": "at least", "±": "plus or minus", "→": "to",
         "⁄": "over", "§": "section", "№": "number", "#": "number", "@": "at", "~": "about", "≈": "about"},
        {"US$": "dollars", "$": "dollars", "€": "euros", "£": "pounds", "¥": "yen", "₹": "rupees"},
        ("thousand", "million", "billion", "trillion"), "", "to", ".",
    ),
    "es": Tongue(
        spanish.cardinal, spanish.year, spanish.day, spanish.ordinal, "coma", "menos", "más",
        {"%": "por ciento", "&": "y", "+": "más", "=": "igual a", "×": "por", "−": "menos", "°": "grados",
         "<": "menos de", ">": "más de", "≤": "a lo sumo", "≥": "al menos", "±": "más o menos", "→": "a",
         "⁄": "sobre", "§": "sección", "№": "número", "#": "número", "@": "arroba", "~": "cerca de", "≈": "cerca de"},
        {"US$": "dólares", "$": "dólares", "€": "euros", "£": "libras", "¥": "yenes", "₹": "rupias"},
        ("mil", "millones", "millón", "billones", "billón"), "de ", "a", ",",
    ),
}  # fmt: skip


def tongue_of(language: str) -> Tongue:
    """The number words of a language.

    Raises
    ------
    UsageError
        Nobody has taught the language to speak.
    """
    if language not in SPEAKING:
        known = ", ".join(SPEAKING)
        raise UsageError(f"The language '{language}' has no spoken numbers.", fix=f"Speak one of: {known}.")
    return SPEAKING[language]
