"""What a verdict is, and the rules of rounding that decide between two numbers."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from detente.language import Number, Text, Word

NEAR = 0.10  # beyond its rounding but within a tenth, a number is imprecise; farther off it is contradicted

OPERATORS = (
    *("", "about", "more than", "at least", "less than", "at most", "positive", "negative"),
    *("a handful", "dozens", "hundreds", "thousands", "millions"),
)
WORD_RANGES = {
    "positive": (5e-324, math.inf),
    "negative": (-math.inf, -5e-324),
    "a handful": (2.0, 9.0),
    "dozens": (24.0, 99.0),
    "hundreds": (200.0, 999.0),
    "thousands": (2e3, 9_999.0),
    "millions": (2e6, 9.99e6),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one claim and everything it rests on.

    Attributes
    ----------
    verdict : str
        One of the seven words of :data:`detente.record.schema.VERDICTS`.
        The texts below read as English and are :class:`detente.language.Text`, to be said in any language.
    evidence : str
        Figure, event or state compared with, with unit and date.
    evidence_source_ids : tuple of str
        Where it comes from; never the claim's own source.
    difference : str
        Claim against evidence, with unit.
    rule : str
        The rule that gave the verdict.
    reason : str
        One sentence for a reader.
    """

    verdict: str
    evidence: str = ""
    evidence_source_ids: tuple[str, ...] = ()
    difference: str = ""
    rule: str = ""
    reason: str = ""

    def because(self, reason: str) -> Verdict:
        """The same verdict with another reason."""
        return replace(self, reason=reason)


def not_checkable(reason: str, rule: str = "") -> Verdict:
    """No verdict, and why."""
    return Verdict("not checkable", rule=rule, reason=reason)


def half_digit(text: str) -> float:
    """Half a unit of the last digit that a written number states.

    Zeros at the end of a whole number are taken as rounding, so 7200 stands for
    7150 to 7250 and 6.8 for 6.75 to 6.85.

    Examples
    --------
    >>> half_digit("7200"), half_digit("6.8"), half_digit("245")
    (50.0, 0.05, 0.5)
    """
    digits = re.sub(r"[^0-9.]", "", text.lower().partition("e")[0])
    if "." in digits and digits.partition(".")[2]:
        return 0.5 * 10.0 ** -len(digits.partition(".")[2])
    whole = digits.partition(".")[0].lstrip("0")
    if not whole:
        return 0.5
    return 0.5 * 10.0 ** (len(whole) - len(whole.rstrip("0")))


@dataclass(frozen=True, slots=True)
class Wording:
    """A number as a claim words it: its digits and an operator such as ``about`` or ``more than``.

    Examples
    --------
    >>> Wording("7200").bounds
    (7150.0, 7250.0)
    >>> Wording("240", "more than").allows(245)
    True
    >>> Wording("7200").word(7290, exact=True)
    'imprecise'
    """

    value: str
    operator: str = ""

    @property
    def number(self) -> float:
        """The number claimed; not a number where only a word such as ``dozens`` stands."""
        return float(self.value) if self.value else math.nan

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and highest number that the claim allows, from its own digits and words."""
        if self.operator in WORD_RANGES:
            return WORD_RANGES[self.operator]
        half = half_digit(self.value)
        return {
            "more than": (self.number, math.inf),
            "at least": (self.number, math.inf),
            "less than": (-math.inf, self.number),
            "at most": (-math.inf, self.number),
            "about": (self.number - 2 * half, self.number + 2 * half),
        }.get(self.operator, (self.number - half, self.number + half))

    def allows(self, number: float) -> bool:
        """Whether the claim allows a number."""
        low, high = self.bounds
        if self.operator == "more than":
            return number > low
        if self.operator == "less than":
            return number < high
        slack = 0.0 if self.operator in WORD_RANGES else 1e-9 * abs(number)
        return low - slack <= number <= high + slack

    def distance(self, number: float) -> float:
        """How far the claim is off, as a share of the number; 0 where it allows the number."""
        if self.allows(number):
            return 0.0
        if number == 0:
            return math.inf
        low, high = self.bounds
        nearest = self.number if self.operator in ("", "about") else low if number <= low else high
        return abs(number - nearest) / abs(number)

    def word(self, number: float, *, exact: bool) -> str:
        """The verdict on the claim against one figure.

        ``exact`` says that the figure itself is reported to its last digit, so that an
        equal number is confirmed and not only confirmed within rounding.
        """
        if not self.allows(number):
            return "imprecise" if self.distance(number) <= NEAR else "contradicted"
        if self.operator in ("more than", "at least", "less than", "at most", "positive", "negative"):
            return "confirmed"
        return "confirmed" if exact and self.equals(number) else "confirmed within rounding"

    def equals(self, number: float) -> bool:
        """Whether the claim gives just this number, without any such word."""
        return not self.operator and math.isclose(self.number, number, rel_tol=1e-9)

    def words(self) -> str:
        """Operator and number as the claim words them."""
        key = f"worded.{self.operator.replace(' ', '_')}"
        return Text(key, n=Number(self.value)) if self.operator else Number(self.value)

    def text(self, unit: str) -> str:
        """What the claim allows, in words."""
        operator = self.operator.replace(" ", "_")
        if not self.value:
            return Text(f"allowed.{operator}")
        low, high = self.bounds
        if math.isinf(low) or math.isinf(high):
            return Text(f"allowed.{operator}", amount=say(self.number, unit))
        return Text("allowed.range", low=say(low, unit), high=say(high, unit))


def say(number: float, unit: str) -> str:
    """A number with its unit, for a reader; no more digits than it has.

    Examples
    --------
    >>> say(7200.0, "usd_mn"), say(-12.5, "pct")
    ('US$ 7,200 million', '-12.5%')
    """
    text = Number(f"{number:,.12g}" if abs(number) < 1e15 else f"{number:g}")
    if unit in ("usd_mn", "usd_bn", "code", "rank", "pp", "pct"):
        return Text(f"amount.{unit}", n=text)
    return Text("amount.other", n=text, unit=Word(unit.replace("_", " "), group="unit")) if unit else text


def gap(number: float, unit: str) -> str:
    """A difference between two numbers of a unit; percent differ by points.

    Examples
    --------
    >>> gap(-12.0, "pct"), gap(-90.0, "usd_mn")
    ('-12 points', '-US$ 90 million')
    """
    number = float(f"{number:.6g}")
    if unit == "pct":
        return say(number, "pp")
    if unit in ("code", "rank"):
        return Number(f"{number:g}")
    amount = say(abs(number), unit)
    return Text("amount.minus", amount=amount) if number < 0 else amount


_FACTORS = {
    ("usd_bn", "usd_mn"): 1e3,
    ("usd", "usd_mn"): 1e-6,
    ("km", "mi"): 1 / 1.609344,
    ("mi", "km"): 1.609344,
    ("million_persons", "persons"): 1e6,
}


def convert(number: float, unit: str, to: str) -> float:
    """A number in another unit; not a number where the two measure different things."""
    if unit == to:
        return number
    if (unit, to) in _FACTORS:
        return number * _FACTORS[unit, to]
    return number / _FACTORS[to, unit] if (to, unit) in _FACTORS else math.nan
