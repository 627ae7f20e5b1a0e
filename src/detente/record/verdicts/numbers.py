"""Numbers as they are written: what their digits and words allow, and how far off one is."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from detente.language import Number, Text
from detente.record.verdicts.amounts import say

NEAR = 0.10
"""Beyond its rounding but within a tenth, a number is imprecise; farther off it is contradicted."""


ROUNDING = 0.05
"""The rounding of a written number is never taken as more than a twentieth of it."""


FAR = 10.0
"""A one-sided claim that is off by more than this factor says too little to be confirmed."""


AS_WRITTEN = ("pct", "pp", "times", "days", "weeks", "months", "years", "code", "rank", "index")
"""Units in which the zeros before the point are digits: 20% is not "about a fifth"."""


SIGNED = ("pct", "pp")
"""Units of a change, in which a fall is below zero."""


TURNED = {"more than": "less than", "at least": "at most", "less than": "more than", "at most": "at least"}
"""What bounds a size from one side, seen from below zero."""


ONE_SIDED = tuple(TURNED)


OPERATORS = (
    *("", "about", *ONE_SIDED, "positive", "negative"),
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


def half_digit(text: str, *, as_written: bool = False) -> float:
    """Half a unit of the last digit that a written number states.

    Zeros at the end of a whole number are taken as rounding, so 7200 stands for
    7150 to 7250 and 6.8 for 6.75 to 6.85; with ``as_written`` they are digits like others.

    Examples
    --------
    >>> half_digit("7200"), half_digit("6.8"), half_digit("245"), half_digit("7.0e3")
    (50.0, 0.05, 0.5, 50.0)
    >>> half_digit("20", as_written=True)
    0.5
    """
    mantissa, _, exponent = text.lower().partition("e")
    scale = 10.0 ** int(exponent or 0)
    digits = re.sub(r"[^0-9.]", "", mantissa)
    whole, _, decimals = digits.partition(".")
    whole = whole.lstrip("0")
    if decimals:
        return 0.5 * scale * 10.0 ** -len(decimals)
    if not whole or as_written:
        return 0.5 * scale
    return 0.5 * scale * 10.0 ** (len(whole) - len(whole.rstrip("0")))


def rounding(text: str, *, digits: int | None = None, as_written: bool = False) -> float:
    """How far a number may lie from the one written, by its last significant digit and at most a twentieth of it.

    Parameters
    ----------
    digits : int, optional
        Significant digits that the writer gave, where the text has lost them
        ("7.0 billion" as 7000).

    Examples
    --------
    >>> rounding("10000"), rounding("7200"), rounding("7000", digits=2), rounding("2", as_written=True)
    (500.0, 50.0, 50.0, 0.1)
    """
    number = abs(float(text))
    half = half_digit(text, as_written=as_written)
    if digits is not None and number:
        half = 0.5 * 10.0 ** (math.floor(math.log10(number)) - digits + 1)
    return min(half, ROUNDING * number)


@dataclass(frozen=True, slots=True)
class Wording:
    """A number as a claim words it: its digits, and an operator such as ``about`` or ``more than``.

    Attributes
    ----------
    value : str
        The number as written; empty where a word such as ``dozens`` stands.
    operator : str
        One of :data:`OPERATORS`.
    unit : str
        Its unit; in those of :data:`AS_WRITTEN` zeros at the end are digits.
    digits : int, optional
        Significant digits, where the text has lost them.

    Examples
    --------
    >>> Wording("7200").bounds
    (7150.0, 7250.0)
    >>> Wording("240", "more than").allows(245)
    True
    >>> Wording("7200").word(7290, exact=True), Wording("10000").word(5100, exact=True)
    ('imprecise', 'contradicted')
    """

    value: str
    operator: str = ""
    unit: str = ""
    digits: int | None = None

    @property
    def number(self) -> float:
        """The number claimed; not a number where only a word such as ``dozens`` stands."""
        return float(self.value) if self.value else math.nan

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and highest number that the claim allows, from its own digits and words."""
        if self.operator in WORD_RANGES:
            return WORD_RANGES[self.operator]
        half = rounding(self.value, digits=self.digits, as_written=self.unit in AS_WRITTEN)
        return {
            "more than": (self.number, math.inf),
            "at least": (self.number, math.inf),
            "less than": (-math.inf, self.number),
            "at most": (-math.inf, self.number),
            "about": (self.number - 2 * half, self.number + 2 * half),
        }.get(self.operator, (self.number - half, self.number + half))

    def allows(self, number: float) -> bool:
        """Whether the claim allows a number; it allows none that is infinite or no number."""
        if not math.isfinite(number):
            return False
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
        if number == 0 or not math.isfinite(number):
            return math.inf
        low, high = self.bounds
        nearest = self.number if self.operator in ("", "about") else low if number <= low else high
        return abs(number - nearest) / abs(number)

    def far_off(self, number: float) -> float:
        """For a one-sided claim that holds, the factor by which it undersells the number; 1 where that is little."""
        claimed = self.number
        if self.operator not in ONE_SIDED or not claimed * number > 0:
            return 1.0
        from_zero = (self.operator in ("more than", "at least")) == (claimed > 0)
        factor = number / claimed if from_zero else claimed / number
        return factor if factor > FAR else 1.0

    @property
    def turned(self) -> Wording:
        """The same claim of the number below zero: *fell by more than 3%* allows what is less than -3%."""
        number = self.value.strip().lstrip("+-")
        return replace(self, value=f"-{number}", operator=TURNED.get(self.operator, self.operator))

    def word(self, number: float, *, exact: bool, low: float = math.nan, high: float = math.nan) -> str:
        """The verdict on the claim against one figure.

        Parameters
        ----------
        exact : bool
            Whether the figure is reported to its last digit, so that an equal number is
            confirmed and not only confirmed within rounding.
        low, high : float
            The source's own range for the figure, where it gives one: a claim that the
            range allows is consistent with the figure.
        """
        if self.allows(number):
            if self.far_off(number) > 1:
                return "imprecise"
            if self.operator in (*ONE_SIDED, "positive", "negative"):
                return "confirmed"
            return "confirmed" if exact and self.equals(number) else "confirmed within rounding"
        if self.meets(low, high):
            return "confirmed within rounding" if self.operator in ("", "about") else "imprecise"
        if self.rounds_to_zero(number):
            return "imprecise"
        off = min(self.distance(n) for n in (number, low, high) if not math.isnan(n))
        return "imprecise" if off <= NEAR else "contradicted"

    def meets(self, low: float, high: float) -> bool:
        """Whether some number from ``low`` to ``high`` is allowed; not where there is no such range."""
        floor, ceiling = self.bounds
        return not math.isnan(low) and not math.isnan(high) and floor <= high and low <= ceiling

    def rounds_to_zero(self, number: float) -> bool:
        """Whether the claim is 0% or the like, and the number would be written so: of zero no share can be taken."""
        return self.number == 0 and self.unit in SIGNED and abs(number) <= half_digit(self.value)

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
        return Text("number.range", low=say(low, unit), high=say(high, unit))
