"""Values of a shock: a closed border, and which values no flow can mean or look like percent."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.errors import InvalidShock, first_five

CLOSED: float = float("-inf")
"""The partial effect of a border closed outright: the flow goes to zero, exactly."""

LARGEST = 100.0
"""Largest finite partial effect, log points: a factor of 1e43."""


LIKE_PERCENT = 50.0
"""Finite partial effects from this size on are asked about between two economies, and warned of otherwise."""


HIGHEST_TARIFF = 10.0
"""Rates above 1,000% are asked about: 25 is likelier to mean 25%."""


NUMBER = (int, float, np.number)


def like_percent(value: Any) -> bool:
    """Whether an effect is so large that percent are likelier to be meant than log points."""
    return isinstance(value, NUMBER) and bool(LIKE_PERCENT <= abs(value) <= LARGEST)


def percent_meant(key: tuple, value: float) -> str:
    """The question to ask about such an effect."""
    return f"The effect on {sides_in_words(key)} is {value:g} log points. Was {value:g}% meant?"


def as_factor(value: float) -> str:
    return f"{value:g} log points multiply trade by {np.exp(value):.1g}."


def in_log_points(value: float) -> str:
    wanted = f"{np.log1p(value / 100):.3f}" if value > -100 else "CLOSED"
    return (
        f"Give {wanted} for {value:g}%, or CLOSED for a closed border; if log points are meant, say "
        "Shock(..., certain=True)."
    )


def sides_in_words(key: tuple) -> str:
    sides = [side if isinstance(side, str) else first_five(side) for side in key[:2]]
    return " -> ".join(sides) + (f" ({key[2]})" if len(key) > 2 else "")


def check_effect(value: float, key: tuple, internal: bool) -> None:
    """Raise unless a partial effect is finite, or a closure of an international border."""
    if not isinstance(value, NUMBER) or np.isnan(value) or value == np.inf:
        raise InvalidShock(f"The effect on {key} is {value!r}.", fix="Give log points, or CLOSED for a closed border.")
    if abs(value) > LARGEST and value != CLOSED:
        raise InvalidShock(
            f"The effect on {key} is {value:g} log points, which no flow can mean.",
            fix=f"Give at most {LARGEST:g} in size, or CLOSED for a closed border.",
        )
    if internal and value == CLOSED:
        raise InvalidShock(f"{key} would close an economy's trade with itself.", fix="Close a border instead.")


def check_rate(value: float, key: tuple, what: str, certain: bool) -> None:
    """Raise unless a tariff or export tax is a number above -1 that is not likelier to mean percent."""
    if not isinstance(value, NUMBER) or not np.isfinite(value) or value <= -1:
        raise InvalidShock(f"The {what} on {key} is {value}.", fix="Give a rate above -1; 0.25 is 25%.")
    if value > HIGHEST_TARIFF and not certain:
        raise InvalidShock(
            f"The {what} on {sides_in_words(key)} is {value:g}, which is {100 * value:,.0f}%. Was {value:g}% meant?",
            fix=f"Give {value / 100:g} for {value:g}%; if {100 * value:,.0f}% is meant, say Shock(..., certain=True).",
        )
