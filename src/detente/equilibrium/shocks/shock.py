"""What changes: partial effects by dyad, closed borders, tariffs, productivity, labour, deficits."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from detente.equilibrium.shocks.values import (
    LARGEST,
    NUMBER,
    as_factor,
    in_log_points,
    like_percent,
    percent_meant,
    sides_in_words,
)
from detente.errors import InvalidShock

EVERYONE = "*"
"""All economies but the one on the other side."""


Side = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shock:
    """Changes that act together. Shocks compose with ``+``.

    Attributes
    ----------
    partial : mapping (origin, destination) or (origin, destination, sector) -> log points
        Gravity coefficient times change, directed: ``ln(t'^-theta / t^-theta)``; ``CLOSED`` is minus
        infinity. Either side may be a tuple of economies (a bloc) or ``"*"`` (everyone else); internal pairs of a
        bloc are left out. Entries must not overlap; shocks joined with ``+`` may, and add up.
    tariff : mapping like ``partial`` -> new ad valorem rate (0.25 is 25%)
        Levied by the destination. An economy without sectors is taken as one sector with tariffs of zero before.
    tariff_points : mapping like ``partial`` -> added to the rate in force (0.10 is ten points more)
    export_tax : mapping like ``partial`` -> ad valorem rate on the price before tariffs
        Levied by the origin; negative is a subsidy.
    productivity_hat, labour_hat : mapping economy (or a tuple of them) -> new over old
    deficit : mapping economy -> new expenditure minus output, US$ million
        Under the additive rule; the world's must still sum to zero.
    certain : bool
        Values that look like percent (an effect of -50, a tariff of 25) are meant as they stand.
    composed : bool
        Set by ``+``.

    Examples
    --------
    >>> from detente.equilibrium import CLOSED
    >>> both = Shock.between("COL", "VEN", effect=CLOSED) + Shock(productivity_hat={"COL": 1.01})
    >>> both.partial[("VEN", "COL")]
    -inf
    """

    partial: Mapping[tuple, float] = field(default_factory=dict)
    tariff: Mapping[tuple, float] = field(default_factory=dict)
    productivity_hat: Mapping[str, float] = field(default_factory=dict)
    labour_hat: Mapping[str, float] = field(default_factory=dict)
    deficit: Mapping[str, float] = field(default_factory=dict)
    tariff_points: Mapping[tuple, float] = field(default_factory=dict)
    export_tax: Mapping[tuple, float] = field(default_factory=dict)
    certain: bool = False
    composed: bool = False

    @classmethod
    def between(cls, one: Side, other: Side | None = None, *, effect: float) -> Shock:
        """One effect in both directions between two sides, or within a bloc if only one is given."""
        if other is None:
            return cls({(one, one): effect})
        return cls({(one, other): effect, (other, one): effect})

    @classmethod
    def tariffs(
        cls,
        levied_by: Side,
        on: Side = EVERYONE,
        *,
        rate: float | None = None,
        points: float | None = None,
        sector: str | None = None,
        retaliation: bool = False,
    ) -> Shock:
        """Tariffs of some economies on others: a new ``rate``, or ``points`` on the rates in force.

        With ``retaliation`` those who are hit answer in kind.

        Examples
        --------
        >>> Shock.tariffs("USA", on=("CHN", "MEX"), points=0.10, retaliation=True).tariff_points
        {(('CHN', 'MEX'), 'USA'): 0.1, ('USA', ('CHN', 'MEX')): 0.1}
        """
        value = rate if rate is not None else points
        if value is None or (rate is not None and points is not None):
            raise InvalidShock("Give either a new rate or points on the rates in force.", fix="rate=0.25 is 25%.")
        more = () if sector is None else (sector,)
        keys = [(on, levied_by, *more), (levied_by, on, *more)][: 2 if retaliation else 1]
        given = dict.fromkeys(keys, value)
        return cls(tariff=given) if rate is not None else cls(tariff_points=given)

    @classmethod
    def read(cls, shock: Shock | Mapping[tuple, float] | None) -> Shock:
        """A shock from itself, from a dictionary of partial effects, or none at all."""
        if shock is None:
            return cls()
        if isinstance(shock, Shock):
            return shock
        if isinstance(shock, Mapping):
            return cls(dict(shock))
        raise InvalidShock(
            f"A {type(shock).__name__} is not a shock.",
            fix='Give a dictionary such as {("CAN", "USA"): -0.5}, or a detente.equilibrium.Shock.',
        )

    @property
    def trade_policy(self) -> bool:
        """Whether it sets tariffs or export taxes, which need the model with revenue."""
        return bool(self.tariff or self.tariff_points or self.export_tax)

    def __add__(self, other: Shock) -> Shock:
        def joined(name: str, combine: Any) -> dict:
            out = dict(getattr(self, name))
            for key, value in getattr(other, name).items():
                out[key] = combine(key, out[key], value) if key in out else value
            return out

        def only_one(key: Any, a: float, b: float) -> float:
            if a != b:
                raise InvalidShock(f"Two shocks set {key} to {a} and to {b}.", fix="Keep one of them.")
            return a

        return Shock(
            joined("partial", lambda _, a, b: a + b),
            joined("tariff", only_one),
            joined("productivity_hat", lambda _, a, b: a * b),
            joined("labour_hat", lambda _, a, b: a * b),
            joined("deficit", only_one),
            joined("tariff_points", lambda _, a, b: a + b),
            joined("export_tax", only_one),
            certain=self.certain or other.certain,
            composed=bool(self.partial and other.partial) or self.composed or other.composed,
        )

    def cautions(self) -> tuple[str, ...]:
        """Values that are large for what they are, in words; warns of those that look like percent."""
        large = _large(self.partial)
        for key, value in () if self.certain else large:
            if like_percent(value):
                warnings.warn(f"{percent_meant(key, value)} {as_factor(value)} {in_log_points(value)}", stacklevel=3)
        out = []
        for key, value in large:
            if 10 < abs(value) <= LARGEST:
                out.append(f"The effect on {sides_in_words(key)}: {as_factor(value)}")
        for key, value in (*self.tariff.items(), *self.tariff_points.items()):
            if isinstance(value, NUMBER) and value > 2:
                out.append(f"The tariff on {sides_in_words(key)} is {100 * value:,.0f}%.")
        return tuple(out)


def _large(effects: Mapping[tuple, float]) -> list[tuple[tuple, float]]:
    """Finite effects above ten log points in size."""
    try:
        if not (np.abs(np.fromiter(effects.values(), float, len(effects))) > 10).any():
            return []
    except (TypeError, ValueError):  # some value is no number: asked about where the effects are read
        pass
    return [(k, v) for k, v in effects.items() if isinstance(v, NUMBER) and 10 < abs(v) < np.inf]
