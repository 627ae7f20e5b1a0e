"""The options of ``solve``: which there are, and what each may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

import numpy as np

from detente.equilibrium.sectors.behaviour import PLAIN, Behaviour, check_behaviour, check_word
from detente.equilibrium.sectors.solving import check_published
from detente.equilibrium.shocks.shock import Shock
from detente.errors import InvalidShock, SpecificationError, did_you_mean

DEFICITS = ("multiplicative", "additive", "universal", "balanced")


class Options(TypedDict, total=False):
    """What ``solve`` takes by name."""

    theta: float | None
    supply_elasticity: float
    deficits: str
    mode: str
    throw: bool
    reference: str | None
    revenue: str
    scale: float
    pass_through: float
    tolerance: float
    max_steps: int


def not_an_option(name: str, given: Mapping[str, Any]) -> str:
    """What is wrong with an option that solve does not have."""
    if name in ("sigma", "elasticity"):
        sigma = given[name]
        wanted = f" theta={sigma - 1:g}" if isinstance(sigma, int | float) else " theta"
        return f"solve takes the trade elasticity theta = sigma - 1, not {name}: give{wanted}."
    return f"solve has no option '{name}'.{did_you_mean(name, Options.__annotations__)}"


def check_sector_options(theta: float | None, behaviour: Behaviour, deficits: str, mode: str, shock: Shock) -> None:
    """Raise a named error on an option that a sector economy cannot take."""
    if theta is not None:
        raise SpecificationError(
            "A sector economy carries its own trade elasticities.", fix="Set theta when building it."
        )
    check_supply(behaviour.supply)
    check_words(deficits, mode)
    check_behaviour(behaviour)
    if mode == "published":
        check_published(deficits, shock)
        if behaviour != PLAIN:
            raise SpecificationError(
                "The published recipe knows no labour supply, scale or pass-through.", fix='Use mode="exact".'
            )
    if shock.deficit and deficits != "additive":
        raise InvalidShock("A deficit can be set under the additive rule only.", fix='Use deficits="additive".')


def check_words(deficits: str, mode: str) -> None:
    """Raise unless the deficit rule and the mode are known."""
    check_word("deficits", deficits, DEFICITS)
    check_word("mode", mode, ("exact", "published"))


def check_supply(psi: float) -> None:
    """Raise unless the supply elasticity is a number, zero or more."""
    if not isinstance(psi, int | float | np.number) or not np.isfinite(psi) or psi < 0:
        raise SpecificationError(f"The supply elasticity is {psi!r}.", fix="Give zero or more.")


def check_options(theta: float, psi: float, deficits: str, mode: str, shock: Shock) -> None:
    """Raise a named error on an option out of its domain."""
    if not isinstance(theta, int | float | np.number):
        raise SpecificationError(f"theta is {theta!r}, not a number.")
    if not np.isfinite(theta) or theta <= 0:
        raise SpecificationError(
            f"theta is {theta}.", why="The trade elasticity sigma - 1 must be above zero.", fix="Try 5."
        )
    check_supply(psi)
    check_words(deficits, mode)
    if shock.trade_policy:
        raise InvalidShock(
            "This economy carries no tariffs.",
            why="Revenue needs a place in the accounts.",
            fix="Give SectorEconomy.of(economy, theta=5.0), which is the same economy with tariffs.",
        )
    if mode == "published" and (psi or deficits != "multiplicative" or set_other(shock)):
        raise SpecificationError(
            "The published recipe knows trade costs only, multiplicative deficits and fixed supply.",
            fix='Use mode="exact" for anything else.',
        )
    if shock.deficit and deficits != "additive":
        raise InvalidShock(
            f"A deficit was set, but under the {deficits} rule deficits follow from output.",
            fix='Use deficits="additive".',
        )


def set_other(shock: Shock) -> bool:
    """Whether a shock goes beyond partial effects."""
    return bool(shock.productivity_hat or shock.labour_hat or shock.deficit)
