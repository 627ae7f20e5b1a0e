"""A number in words that still knows its value, so that the words around it can agree with it."""

from __future__ import annotations

from typing import Self

from detente.language.speaking.tongue import Tongue


class Said(str):
    """A number as it is spoken; a template may ask for its gender and for the noun that agrees with it.

    ``{n:f}`` is the feminine, ``{n:m}`` the form before a masculine noun, ``{n:m|par|pares}`` that with its noun,
    ``{n:-|fue|fueron}`` a word that agrees with it.

    >>> from detente.language.speaking.tongue import tongue_of
    >>> "{n:f|economía|economías}".format(n=Said.of("21", tongue_of("es")))
    'veintiuna economías'
    """

    plain: str
    tongue: Tongue

    @classmethod
    def of(cls, plain: str, tongue: Tongue) -> Self:
        """The words of a plain number such as ``-1234.5``."""
        made = cls(tongue.number(plain))
        made.plain, made.tongue = plain, tongue
        return made

    def __format__(self, spec: str) -> str:
        if not spec or not hasattr(self, "plain"):
            return str(self)
        gender, *nouns = spec.split("|")
        words = self.tongue.number(self.plain, gender if gender in ("m", "f") else "")
        if not nouns:
            return words
        noun = nouns[0] if self.plain.lstrip("+-") == "1" else nouns[-1]
        return noun if gender == "-" else f"{words} {noun}"
