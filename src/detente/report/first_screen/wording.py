"""The small words of the first screen: years, shares and percentages, and the direction that it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from detente.answer.facts import Facts, Fall, Flow, IncomeEffect, leading
from detente.language import Catalogue
from detente.language.digits import short_of_all

MANY = 200  # percent, above which a rise reads better as times
NOTHING_TO_SEE = 0.001  # percent of real income, below which a range has no ends worth telling


@dataclass(frozen=True, slots=True)
class ScreenWords:
    """The facts of a pair, the catalogue that words them, and the name of an economy within a sentence."""

    facts: Facts
    words: Catalogue
    name: Any

    def years(self, fall: Fall) -> str:
        return self.words.years(fall.start, fall.end, short=True)

    def change(self, percent: float) -> str:
        """The size of a change; one that rounds to nothing is less than 1%, and a loss of all is one to zero."""
        if percent == -100:
            return self.words("first.to_zero")
        if percent > MANY:
            return self.words("first.to_times", n=self.words.times(1 + percent / 100))
        if abs(percent) < 0.5:
            return self.words("first.under_one")
        return self.words("first.by", value=self.words.percent(abs(percent), short_of_all(percent, 0)))

    def middle(self, effect: IncomeEffect) -> str:
        """With as many decimals as the range beside it: one digit alone could lie at or past the range's end."""
        if round(effect.middle, digits := _decimals(effect)) == 0:
            return self.words("number.about_zero")
        return self.words("number.percent", value=self.words.number(effect.middle, digits, sign=True))

    def range(self, effect: IncomeEffect) -> str:
        if max(abs(effect.low), abs(effect.high)) < NOTHING_TO_SEE:
            return self.words("first.too_small")
        return self.words("number.percent", value=self.words.span(effect.low, effect.high, _decimals(effect)))

    def persons(self, count: float) -> str:
        if count >= 1e6:
            return self.words("number.bare_million", value=self.words.number(count / 1e6, 1))
        return self.words.number(float(f"{count:.2g}"))

    def share(self, ratio: float) -> str:
        """A share in words where one is near, else in percent."""
        for parts in (2, 3, 4, 5, 6, 8, 10, 20):
            if abs(ratio * parts - 1) <= 0.06:
                return self.words(f"fraction.one_{parts}")
        return self.words("fraction.percent", value=self.words.whole_percent(100 * ratio))

    def telling(self) -> Flow:
        """The direction whose falls the headline speaks of: the first, unless only the other's stand out."""
        first, other = self.main(), self.facts.flows[1]
        if len(first.falls) < 2 and other.falls and other.falls[0].lost and not any(f.lost for f in first.falls):
            return other
        return first

    def checks(self, fall: Fall) -> tuple[int, int] | None:
        """How many other specifications that can tell call a change unusual, of how many; None where none is of it."""
        return self.facts.checks if fall is leading(self.facts.flows[0].falls) else None

    def main(self) -> Flow:
        return self.facts.flows[0] if self.facts.flows[0].sold else self.facts.flows[1]


def _decimals(effect: IncomeEffect) -> int:
    """Two, or as many as the smaller end of an effect's range needs not to read as nothing."""
    least = min((abs(end) for end in (effect.low, effect.high) if end), default=1.0)
    return 2 if least >= 0.005 else 3 if least >= 0.0005 else 4
