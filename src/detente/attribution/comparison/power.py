"""How large must a loss be to be seen? Read from the same placebos that judge the dyad."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from detente.errors import TooFewDonors

Floats = NDArray[np.float64]

NEARLY_ALL = 99.5  #: percent; larger losses read as "100%"


@dataclass(frozen=True, slots=True)
class Power:
    """Losses that the placebo test sees.

    Attributes
    ----------
    level : float
        Of the test, one-sided.
    critical : float
        Log change at and below which the placebo share is at most ``level``.
    half, most : float
        True extra loss, log points (negative), found with probability 50% and 80%.
    n : int
        Placebos.
    """

    level: float
    critical: float
    half: float
    most: float
    n: int

    @property
    def half_pct(self) -> float:
        return 100 * (1 - exp(self.half))

    @property
    def most_pct(self) -> float:
        return 100 * (1 - exp(self.most))

    def __str__(self) -> str:
        if self.half_pct >= NEARLY_ALL:
            return "No extra loss short of the whole flow would more often than not have been seen."
        often = "one of {:.0f}% is" if self.most_pct < NEARLY_ALL else "none short of the whole flow is"
        return (
            f"An extra loss of up to {self.half_pct:.0f}% would more often than not have gone unseen; "
            f"{often.format(self.most_pct)} found four times in five."
        )


def power(placebos: Floats, level: float = 0.05) -> Power:
    """Power of the one-sided placebo test against a proportional loss.

    Every placebo in turn plays the treated dyad, loses ``delta`` log points, and is compared with
    the others; the loss that is found in half and in four fifths of them is reported.

    Parameters
    ----------
    placebos : (n,) array
        Changes of comparable pairs, log points.
    level : float

    Raises
    ------
    TooFewDonors
        So few placebos that no loss can reach ``level``.

    Examples
    --------
    >>> normal = np.random.default_rng(0).normal(scale=0.5, size=4000)
    >>> p = power(normal)                       # exact: -1.645 sd and -(1.645 + 0.842) sd
    >>> bool(abs(p.half + 0.82) < 0.04), bool(abs(p.most + 1.24) < 0.06)
    (True, True)
    """
    known = np.sort(placebos[~np.isnan(placebos)])
    allowed = int(level * (1 + known.size) + 1e-9) - 1  # placebos that may lie at or below
    if allowed < 0:
        raise TooFewDonors(
            f"{known.size} placebos cannot show a share of {level:.0%} or less.",
            why="The smallest share is 1 / (1 + n).",
            fix="Use a wider class of placebos, or more economies.",
        )
    critical = float(np.nextafter(known[allowed], -np.inf)) if allowed < known.size else float("inf")
    upper = np.quantile(known, (0.5, 0.8), method="inverted_cdf")
    half, most = (float(critical - u) for u in upper)
    return Power(level, critical, min(half, 0.0), min(most, 0.0), int(known.size))


def power_at(placebos: Floats, loss_pct: float, level: float = 0.05) -> float:
    """Probability that a true extra loss of ``loss_pct`` percent gets a placebo share of at most ``level``.

    Examples
    --------
    >>> power_at(np.linspace(-1, 1, 199), 90.0)
    1.0
    """
    known = placebos[~np.isnan(placebos)]
    limit = power(known, level).critical
    return float(np.mean(known + log(1 - loss_pct / 100) <= limit))
