"""Strings, numbers and dates in the reader's language.

Every string a reader sees stands in ``locale/<language>.toml``, what findings say in
``locale/findings_<language>.toml``; a key that is missing there is a bug
and raises at once, so no page ever shows half a translation.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import expm1, isfinite
from typing import Any

LANGUAGES = ("en", "es")


@cache
def _strings(language: str) -> dict[str, str]:
    home, found = files(__package__) / "locale", {}
    for name in (f"{language}.toml", f"findings_{language}.toml"):
        groups = tomllib.loads((home / name).read_text(encoding="utf-8"))
        found |= {f"{group}.{key}": value for group, rows in groups.items() for key, value in rows.items()}
    return found


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The words of one language, and its way of writing numbers and dates.

    >>> words = Catalogue("en")
    >>> words.number(1234.56, 1), words.money(7200), words.percent(-3.46)
    ('1,234.6', 'US$7.2 billion', '−3.5%')
    """

    language: str = "en"

    def __call__(self, key: str, **values: Any) -> str:
        return self.strings()[key].format(**values)

    def strings(self) -> dict[str, str]:
        return _strings(self.language)

    def known(self, group: str, word: str) -> str:
        """A word of a fixed vocabulary in this language; a word the catalogue lacks stays as it is."""
        return self.strings().get(f"{group}.{word.replace(' ', '_')}", word)

    def number(self, value: float | None, digits: int = 0, sign: bool = False) -> str:
        """``value`` with ``digits`` decimals, the language's separators and a true minus; "" if missing."""
        if value is None or not isfinite(value):
            return ""
        text = f"{value:{'+' if sign else ''},.{digits}f}"
        if self("number.decimal") == ",":
            text = text.translate({ord(","): ".", ord("."): ","})
        if not any(digit in text for digit in "123456789"):
            text = text.lstrip("+-")
        return text.replace("-", "−")

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

    def money(self, usd_mn: float | None) -> str:
        """Million US$ in words: US$394 million, US$7.2 billion."""
        if usd_mn is None or not isfinite(usd_mn):
            return ""
        if abs(usd_mn) < float(self("number.billion_from")):
            digits = 0 if abs(usd_mn) >= 10 else 1
            return self("number.million", value=self.number(usd_mn, digits))
        scale = float(self("number.billion_scale"))
        digits = 0 if scale == 1 else 1 if abs(usd_mn) >= 2000 else 2
        return self("number.billion", value=self.number(usd_mn / scale, digits))

    def percent(self, value: float | None, digits: int = 1, sign: bool = False) -> str:
        text = self.number(value, digits, sign)
        return text and self("number.percent", value=text)

    def log_percent(self, log_change: float | None) -> str:
        """A log change as the percent change it is."""
        return "" if log_change is None else self.percent(100 * expm1(log_change), 0, sign=True)

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
