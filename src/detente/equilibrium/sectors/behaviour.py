"""What labour, the state and exporters do beyond the plain model, and who bears a tariff."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.equilibrium.sectors.economy import SectorEconomy
from detente.errors import SpecificationError, did_you_mean

REVENUE = ("lump-sum", "income-tax")


class Behaviour(NamedTuple):
    """What labour, the state and exporters do beyond the plain model.

    Attributes
    ----------
    supply : elasticity of labour to the real wage
    revenue : ``lump-sum`` or ``income-tax``, what tariff revenue pays for
    scale : elasticity of productivity to employment (external economies)
    pass_through : share of a tariff's change that reaches the buyer; exporters absorb the rest out of their income
    """

    supply: float = 0.0
    revenue: str = "lump-sum"
    scale: float = 0.0
    pass_through: float = 1.0

    @property
    def response(self) -> float:
        """Elasticity of the wage bill, beyond that to wages, to the real price of value added.

        With employment l and value added priced at ``w - scale l`` (logs), ``l = supply (w - P)`` gives
        ``w + l = (w - scale l) + (1 + scale) l``: economies of scale act as a larger supply elasticity.
        """
        return self.supply * (1 + self.scale) / (1 - self.supply * self.scale)


PLAIN = Behaviour()


def absorbed(economy: SectorEconomy, tariff: np.ndarray, pass_through: float) -> np.ndarray | None:
    """The change of exporters' prices that keeps part of a new tariff from buyers, (S, n, n) ad valorem, or none."""
    if pass_through == 1:
        return None
    return ((1 + tariff) / (1 + economy.tariff)) ** (pass_through - 1) - 1


def joint_levy(taxes: np.ndarray | None, margins: np.ndarray | None) -> np.ndarray | None:
    """Export taxes on top of what exporters absorb, as one wedge between cost and the price at customs, or none."""
    if taxes is None or margins is None:
        return taxes if margins is None else margins
    return (1 + taxes) * (1 + margins) - 1


def check_word(what: str, word: str, known: tuple[str, ...]) -> None:
    """Raise unless an option's value is one of those known."""
    if word not in known:
        raise SpecificationError(
            f"{what}={word!r} is not known.{did_you_mean(word, known)}", fix=f"Use one of {known}."
        )


def check_behaviour(given: Behaviour) -> None:
    """Raise a named error on an assumption about labour, revenue or exporters that is out of its domain."""
    check_word("revenue", given.revenue, REVENUE)
    for name, low in (("scale", 0.0), ("pass_through", 0.0)):
        value = getattr(given, name)
        if not isinstance(value, int | float | np.number) or not np.isfinite(value) or value < low:
            raise SpecificationError(f"{name}={value!r} is outside its range.", fix="Give zero or more.")
    if not 0 <= given.pass_through <= 1:
        raise SpecificationError(
            f"pass_through is {given.pass_through:g}.",
            why="It is the share of a tariff that reaches buyers.",
            fix="Give a number from 0 to 1.",
        )
    if given.supply * given.scale >= 1:
        raise SpecificationError(
            f"A supply elasticity of {given.supply:g} and economies of scale of {given.scale:g} feed each other without end.",
            fix="Keep their product below one.",
        )
    if given.revenue == "income-tax" and given.pass_through < 1:
        raise SpecificationError(
            "With incomplete pass-through revenue is paid out as a lump sum.",
            why="What exporters absorb is no public money, and a tax cut would be reckoned with it.",
            fix='Use revenue="lump-sum", or pass_through=1.',
        )
