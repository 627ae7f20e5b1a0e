"""The texts of a record read aloud: titles, names and notes that people wrote, with the figures in them as words.

What the code itself says is made in words where the number is known (:class:`~detente.language.Catalogue` with
``spoken=True``); this reader is for texts that come as they are. It knows years and spans of them, dates, sums of
money, percent and plain numbers; of any other sign it keeps the meaning where it has a word, and leaves it out
where it has none, so that no digit and no symbol reaches a voice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from detente.language.speaking.tongue import Tongue

KEPT = frozenset(" .,;:?!¿¡'’‘“”«»\"()-…")
"""Punctuation that a voice reads as pauses."""
_DASH = "[-–—−]"
_DIGIT = "[0-9]"
_LETTERS = "[^\\W\\d_]"


def read_aloud(text: str, tongue: Tongue, month: Callable[[int], str]) -> str:
    """A written text as it is spoken; one without digits and symbols comes back as it is.

    Parameters
    ----------
    month : the name of a month by its number.

    >>> from detente.language.speaking.tongue import tongue_of
    >>> months = "January February March".split()
    >>> read_aloud("Trade at 2000-04 strength, −76% (US$7.2 billion)", tongue_of("en"), lambda k: months[k - 1])
    'Trade at two thousand to two thousand and four strength, minus seventy-six percent (seven point two billion dollars)'
    """
    if all(sign.isalpha() or sign in KEPT or unicodedata.category(sign) in ("Mn", "Mc") for sign in text):
        return text
    text = "".join(map(_plain_sign, unicodedata.normalize("NFC", text)))
    reading = _Reading(tongue, month)
    text = reading.pattern.sub(reading.token, text)
    text = "".join(_kept(sign, tongue) for sign in text)
    return re.sub(r" +([.,;:?!)])", r"\1", re.sub(r"\s+", " ", text)).strip()


def _plain_sign(sign: str) -> str:
    """Digits of every script as ours, and what is only another shape of a sign as that sign."""
    if sign in "ªº" or sign.isascii():
        return sign
    digit = unicodedata.digit(sign, None)
    return unicodedata.normalize("NFKC", sign) if digit is None else str(digit)


def _kept(sign: str, tongue: Tongue) -> str:
    if sign.isalpha() or sign in KEPT or unicodedata.category(sign) in ("Mn", "Mc"):
        return sign
    if sign in "–—":
        return "-" if sign == "–" else ", "
    if sign in "·•|":
        return ";"
    if sign in "[]{}":
        return "(" if sign in "[{" else ")"
    return f" {tongue.symbols[sign]} " if sign in tongue.symbols else " "


class _Reading:
    """One language's numbers in written text."""

    def __init__(self, tongue: Tongue, month: Callable[[int], str]) -> None:
        self.tongue, self.month = tongue, month
        comma = tongue.decimal == ","
        group, point = (r"[.\u00a0\u202f ]", ",") if comma else (r"[,\u00a0\u202f]", r"\.")
        self.group = group
        number = rf"(?:{_DIGIT}{{1,3}}(?:{group}{_DIGIT}{{3}})+(?!{_DIGIT})|{_DIGIT}+)(?:{point}{_DIGIT}+)?"
        signs = "|".join(re.escape(s) for s in sorted(tongue.money, key=len, reverse=True))
        scales = "|".join(tongue.scales)
        self.pattern = re.compile(
            rf"(?P<iso>(?<!{_DIGIT}){_DIGIT}{{4}}-{_DIGIT}{{2}}-{_DIGIT}{{2}}(?!{_DIGIT}))"
            rf"|(?P<years>(?<![{'$'}0-9.,])[12]{_DIGIT}{{3}} ?{_DASH} ?(?:[12]{_DIGIT}{{3}}|{_DIGIT}{{2}})(?![0-9]|[.,][0-9]))"
            rf"|(?P<money>(?P<minus>[-−])?(?P<sign>{signs}) ?(?P<sum>{number})(?: ?(?P<scale>(?:{scales})\b))?)"
            rf"|(?P<year>(?<![{'$'}0-9.,+−])[12]{_DIGIT}{{3}}(?![0-9%]|[.,][0-9]| ?%))"
            rf"|(?P<ordinal>(?<!{_DIGIT}){_DIGIT}+(?:st|nd|rd|th|\.?[ºª])(?!{_LETTERS}))"
            rf"|(?P<plain>(?P<before>(?<!{_LETTERS})(?<!{_DIGIT})[-−+])?(?P<figure>{number}))"
        )

    def token(self, found: re.Match[str]) -> str:
        """One figure in words, apart from letters it stood against."""
        tongue = self.tongue
        if found["iso"]:
            said = self._iso(found["iso"])
        elif found["years"]:
            first, last = re.split(rf" ?{_DASH} ?", found["years"], maxsplit=1)
            last = last if len(last) == 4 else first[:2] + last
            said = f"{tongue.year(int(first))} {tongue.joined} {tongue.year(int(last))}"
        elif found["money"]:
            scale = f" {found['scale']}" if found["scale"] else ""
            of = tongue.of if found["scale"] and found["scale"] not in ("mil", "thousand") else ""
            minus = f"{tongue.minus} " if found["minus"] else ""
            said = f"{minus}{tongue.number(self._plain(found['sum']), 'm')}{scale} {of}{tongue.money[found['sign']]}"
        elif found["year"]:
            said = tongue.year(int(found["year"]))
        elif found["ordinal"]:
            said = tongue.ordinal(int(re.sub(r"\D", "", found["ordinal"])))
            said = said[:-1] + "a" if found["ordinal"].endswith("ª") and said.endswith("o") else said
        else:
            sign = {"-": "-", "−": "-", "+": "+"}.get(found["before"] or "", "")
            said = tongue.number(sign + self._plain(found["figure"]))
        text, start, end = found.string, found.start(), found.end()
        left = " " if start and text[start - 1].isalpha() else ""
        right = " " if end < len(text) and text[end].isalpha() else ""
        return f"{left}{said}{right}"

    def _plain(self, text: str) -> str:
        """A written number with a point for decimals and nothing else."""
        return re.sub(self.group, "", text).replace(self.tongue.decimal, ".")

    def _iso(self, text: str) -> str:
        year, month, day = map(int, text.split("-"))
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return " ".join(self.tongue.number(part) for part in text.split("-"))
        of = "of" if self.tongue.decimal == "." else "de"
        link = " " if of == "of" else " de "
        return f"{self.tongue.day(day)} {of} {self.month(month)}{link}{self.tongue.year(year)}"
