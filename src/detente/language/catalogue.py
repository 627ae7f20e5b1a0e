"""Strings, numbers and dates in the reader's language.

Every string a reader sees stands in the TOML files of ``locale/<language>/``. A language that says it is complete
has all of them (a test holds it); in one that is not, what is missing is said in English and marked so. A study's
own words for its states, places and series (:mod:`detente.study.words`) are laid over them.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, expm1, isfinite
from typing import Any

from detente.language.registry import SOURCE, language_of

THREEFOLD = 1.0986  # ln 3: larger rises read better as factors than as percent
MARK = f"[{SOURCE}] "
"""What stands before a text that is English for want of a translation."""
_UNMARKED = ("number", "dates", "months", "unit")  # signs rather than words: English ones need no mark


def short_of_all(pct: float, digits: int) -> int:
    """How many decimals keep a loss of nearly everything from reading as 100%."""
    while abs(pct) < 100 and round(abs(pct), digits) == 100 and digits < 6:
        digits += 1
    return digits


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The words of one language, and its way of writing numbers and dates.

    Attributes
    ----------
    language : a registered code.
    added : words of a study that stand before the catalogue's, by ``group.key``.

    >>> words = Catalogue("en")
    >>> words.number(1234.56, 1), words.money(7200), words.percent(-3.46)
    ('1,234.6', 'US$7.2 billion', '−3.5%')
    """

    language: str = SOURCE
    added: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def __call__(self, key: str, **values: Any) -> str:
        template = self._own(key)
        if template is None:
            return self._in_english(key, values)
        text = template.format(**values)
        for joint, joined in language_of(self.language).joints if values else ():
            text = joint.sub(joined, text)
        return text

    def _own(self, key: str) -> str | None:
        return self.added.get(key) or language_of(self.language).strings.get(key)

    def _in_english(self, key: str, values: Mapping[str, Any]) -> str:
        """The English string where the language lacks one, marked as English once, unless it is signs only."""
        english = language_of(SOURCE).strings[key]
        text = english.format(**values)
        if key.partition(".")[0] in _UNMARKED or not re.search(r"[A-Za-z]{2}", re.sub(r"\{[^}]*\}", "", english)):
            return text
        return MARK + text.replace(MARK, "")

    def strings(self) -> Mapping[str, str]:
        """Every string by ``group.key``, the study's own first; one that the language lacks is left out."""
        known = language_of(self.language).strings
        return ChainMap(dict(self.added), dict(known)) if self.added else known

    def known(self, group: str, word: str) -> str:
        """A word of a fixed vocabulary in this language; a word that no catalogue has stays as it is."""
        key = f"{group}.{word.replace(' ', '_')}"
        own = self._own(key)
        if own is None and key in language_of(SOURCE).strings and self.language != SOURCE:
            return self._in_english(key, {})
        return word if own is None else own

    def has(self, key: str) -> bool:
        """Whether the study, the language or English has a string of that key."""
        return key in self.added or key in language_of(self.language).strings or key in language_of(SOURCE).strings

    def number(self, value: float | None, digits: int = 0, sign: bool = False) -> str:
        """``value`` with ``digits`` decimals, the language's separators and a true minus; "" if missing."""
        if value is None or not isfinite(value):
            return ""
        text = f"{value:{'+' if sign else ''},.{digits}f}"
        text = self.signs(text)
        if not any(digit in text for digit in "123456789"):
            text = text.lstrip("+-")
        return text.replace("-", "−")

    def signs(self, text: str) -> str:
        """A number written the English way, with this language's signs for decimals and thousands."""
        return text.translate({ord(","): self("number.thousands"), ord("."): self("number.decimal")})

    def significant(self, value: float | None, digits: int = 2, sign: bool = False) -> str:
        """``value`` with about ``digits`` significant digits and never an exponent."""
        if value is None or not isfinite(value):
            return ""
        size = abs(value)
        decimals = 0
        while size % 1 and size < 10 ** (digits - 1) and decimals < 7:
            size, decimals = size * 10, decimals + 1
        return self.number(value, decimals, sign)

    def span(self, low: float | None, high: float | None, digits: int | None = None) -> str:
        """Two signed ends with the same decimals; if not given, as many as the larger end needs for two digits."""
        if low is None or high is None:
            return ""
        if digits is None:
            wide = self.significant(max(abs(low), abs(high)))
            digits = len(wide.partition(self("number.decimal"))[2])
        ends = [self.number(end, digits, sign=True) for end in (low, high)]
        return ends[0] if ends[0] == ends[1] else self("number.range", low=ends[0], high=ends[1])

    def money(self, usd_mn: float | None, *, rough: bool = False) -> str:
        """Million US$ in words: US$394 million, US$7.2 billion; below a million in US$.

        Parameters
        ----------
        rough : two significant digits, which is more than a forecast carries.

        >>> Catalogue("en").money(1153.3), Catalogue("en").money(1153.3, rough=True)
        ('US$1.15 billion', 'US$1.2 billion')
        """
        if usd_mn is None or not isfinite(usd_mn):
            return ""
        if rough:
            usd_mn = float(f"{usd_mn:.2g}")
        if abs(usd_mn) < 1:
            return self("number.dollars", value=self.number(float(f"{usd_mn * 1e6:.2g}")))
        if abs(usd_mn) < float(self("number.billion_from")):
            digits = 0 if abs(usd_mn) >= 10 else 1
            return self("number.million", value=self.number(usd_mn, digits))
        scale = float(self("number.billion_scale"))
        digits = 0 if scale == 1 or (rough and abs(usd_mn) >= 10 * scale) else 1 if rough or abs(usd_mn) >= 2000 else 2
        return self("number.billion", value=self.number(usd_mn / scale, digits))

    def percent(self, value: float | None, digits: int = 1, sign: bool = False) -> str:
        text = self.number(value, digits, sign)
        return text and self("number.percent", value=text)

    def log_percent(self, log_change: float | None) -> str:
        """A log change as the percent change it is, or as a factor where it is more than threefold.

        >>> Catalogue("en").log_percent(-0.5), Catalogue("en").log_percent(-8.0), Catalogue("en").log_percent(4.9)
        ('−39%', '−99.97%', '×130')
        """
        if log_change is None:
            return ""
        if log_change > THREEFOLD:
            return self("number.factor", value=self.significant(float(f"{exp(log_change):.2g}")))
        return self.percent(100 * expm1(log_change), short_of_all(100 * expm1(log_change), 0), sign=True)

    def whole_percent(self, value: float) -> str:
        """A percent without decimals; below one with as many as it needs not to read as nothing."""
        return (
            self.percent(value, 0)
            if value >= 1 or value == 0
            else self("number.percent", value=self.significant(value, 1))
        )

    def moment(self, text: str) -> str:
        """A time as manifests hold it (ISO 8601, UTC), to the minute."""
        return self("dates.started", day=self.date(text[:10]), time=text[11:16]) if len(text) >= 16 else text

    def horizon(self, text: str | None) -> str:
        """The date a forecast is for; one without a date says so."""
        return self("dates.open") if text == "open" else self.date(text)

    def date(self, text: str | None) -> str:
        """``2019-02-23`` as the language writes it, to the precision given; a range keeps both ends."""
        if not text or text == "n.d.":
            return self("dates.undated") if text else ""
        if "/" in text:
            return "–".join(self.date(part) for part in text.split("/"))
        parts = text.split("-")
        if not all(part.isdigit() for part in parts) or len(parts) > 3:
            return text
        month = self(f"months.{int(parts[1]):02d}") if len(parts) > 1 and 1 <= int(parts[1]) <= 12 else ""
        if len(parts) == 1 or not month:
            return text
        if len(parts) == 2:
            return self("dates.month", month=month, year=parts[0])
        return self("dates.day", day=int(parts[2]), month=month, year=parts[0])
