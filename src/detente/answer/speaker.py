"""A study's sentences in one language: the catalogue's words, the study's own translations, names and numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import expm1
from typing import Any

from detente.economies import in_text
from detente.language import Catalogue, said
from detente.language.catalogue import THREEFOLD
from detente.language.digits import short_of_all
from detente.study.spec import Spec


@dataclass(frozen=True, slots=True)
class Voice:
    """Sentences in one language about any two economies: the catalogue's words, names, numbers."""

    words: Catalogue

    def __call__(self, key: str, **values: Any) -> str:
        return self.words(f"answer.{key}", **values)

    def name(self, code: str) -> str:
        return in_text(code, self.words.language)

    def listed(self, items: Sequence[str]) -> str:
        items = [said(item, self.words) for item in items]
        return self("and", first=", ".join(items[:-1]), last=items[-1]) if len(items) > 1 else items[0]

    @staticmethod
    def begun(text: str) -> str:
        """A sentence or title that may begin with a name as it stands within one ("the United States ...")."""
        return text[:1].upper() + text[1:]

    def money(self, usd_mn: float) -> str:
        return self.words("number.zero") if usd_mn == 0 else self.words.money(usd_mn)

    def rough(self, usd_mn: float) -> str:
        """The same to two digits: more than a range of draws carries would be noise."""
        return self.words("number.zero") if usd_mn == 0 else self.words.money(usd_mn, rough=True)

    def figure(self, usd_mn: float) -> str:
        """Million US$ to two digits, as a bare number."""
        return self.words.significant(two_digits(usd_mn))

    def pct(self, value: float, sign: bool = False) -> str:
        """Two significant digits; below a hundredth of a percent only "about 0%", and 100% only where it is all."""
        size = abs(value)
        if size < 0.005:
            return self.words("number.about_zero")
        digits = 0 if size >= 9.95 else 1 if size >= 0.995 else 2
        return self.words.percent(value, short_of_all(value, digits), sign)

    def change(self, log_change: float) -> str:
        """A log change as a signed percent, or as a factor where that is more than threefold."""
        if log_change > THREEFOLD:
            return self.words.log_percent(log_change)
        return self.pct(100 * expm1(log_change), sign=True)

    def share(self, value: float) -> str:
        """A share between 0 and 1 with three digits, or one that is not zero."""
        return self.words.number(value, 3) if value >= 0.0005 else self.words.significant(value, 1)

    def span(self, low: float, high: float, show: Callable[[float], str]) -> str:
        """A range, or one number where both ends read alike."""
        a, b = show(min(low, high)), show(max(low, high))
        return a if a == b else self.words("number.range", low=a, high=b)


@dataclass(frozen=True, slots=True)
class Speaker(Voice):
    """A study's sentences in one language: with the study's own translations and the publishers of its record."""

    spec: Spec
    publishers: Mapping[str, str] = field(default_factory=dict)  # by source id

    def own(self, text: str) -> str:
        """A text of the study in this language, or as it was written."""
        return self.words.aloud(self.spec.translations.get(self.words.language, {}).get(text, text))

    def source(self, ident: str) -> str:
        """Who published a figure."""
        return self.own(self.publishers.get(ident, ident))


def two_digits(value: float) -> float:
    """``value`` to two significant digits: more than the ranges carry would be noise."""
    return float(f"{value:.2g}")
