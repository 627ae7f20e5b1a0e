"""What changes: partial effects by dyad, closed borders, tariffs, productivity, labour, deficits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from detente.errors import InvalidShock, UnknownEconomy, first_five

CLOSED: float = float("-inf")
"""The partial effect of a border closed outright: the flow goes to zero, exactly."""

LARGEST = 100.0
"""Largest finite partial effect, log points: a factor of 1e43."""

Side = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shock:
    """Changes that act together. Shocks compose with ``+``.

    Attributes
    ----------
    partial : mapping (origin, destination) or (origin, destination, sector) -> log points
        Gravity coefficient times change, directed: ``ln(t'^-theta / t^-theta)``; ``CLOSED`` is minus
        infinity. Either side may be a tuple of economies (a bloc); internal pairs of a bloc are left out.
    tariff : mapping like ``partial`` -> new ad valorem rate (0.25 is 25%)
        Only where the economy carries tariffs (several sectors).
    productivity_hat, labour_hat : mapping economy (or a tuple of them) -> new over old
    deficit : mapping economy -> new expenditure minus output, US$ million
        Under the additive rule; the world's must still sum to zero.

    Examples
    --------
    >>> both = Shock.between("COL", "VEN", effect=CLOSED) + Shock(productivity_hat={"COL": 1.01})
    >>> both.partial[("VEN", "COL")]
    -inf
    """

    partial: Mapping[tuple, float] = field(default_factory=dict)
    tariff: Mapping[tuple, float] = field(default_factory=dict)
    productivity_hat: Mapping[str, float] = field(default_factory=dict)
    labour_hat: Mapping[str, float] = field(default_factory=dict)
    deficit: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def between(cls, one: Side, other: Side | None = None, *, effect: float) -> Shock:
        """One effect in both directions between two sides, or within a bloc if only one is given."""
        if other is None:
            return cls({(one, one): effect})
        return cls({(one, other): effect, (other, one): effect})

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
            fix='Give a dictionary such as {("COL", "VEN"): -0.5}, or a detente.equilibrium.Shock.',
        )

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
        )


def _members(side: Side, known: Mapping[str, int], economy: Any) -> list[int]:
    codes = (side,) if isinstance(side, str) else tuple(side)
    out = []
    for code in codes:
        if code not in known:
            try:
                economy.index(code)
            except UnknownEconomy as unknown:
                raise InvalidShock(f"The shock names an economy that is not there: {unknown}") from None
        out.append(known[code])
    return out


def cells(
    effects: Mapping[tuple, float], economy: Any, sectors: tuple[str, ...] = ()
) -> Iterable[tuple[int | slice, int, int, float, tuple]]:
    """Each (sector, origin, destination, value, key) that a dictionary of dyads names."""
    known = {code: k for k, code in enumerate(economy.economies)}
    for key, value in effects.items():
        if not isinstance(key, tuple) or len(key) not in ((2, 3) if sectors else (2,)):
            shape = "(origin, destination)" + (" or (origin, destination, sector)" if sectors else "")
            raise InvalidShock(f"The key {key!r} of the shock is not {shape}.")
        sector: int | slice = slice(None)
        if len(key) == 3:
            if key[2] not in sectors:
                raise InvalidShock(f"There is no sector '{key[2]}'.", fix=f"Sectors: {', '.join(sectors)}.")
            sector = sectors.index(key[2])
        origins, destinations = _members(key[0], known, economy), _members(key[1], known, economy)
        alone = len(origins) == 1 and len(destinations) == 1
        for i, j in product(origins, destinations):
            if i != j or alone:
                yield sector, i, j, value, key


def partial_array(shock: Shock, economy: Any) -> np.ndarray:
    """Partial effects as (n, n) log points, minus infinity where a border is closed."""
    n = len(economy.economies)
    effects = np.zeros((n, n))
    for _, i, j, value, key in cells(shock.partial, economy):
        check_effect(value, key, i == j)
        effects[i, j] += value
    return effects


def check_effect(value: float, key: tuple, internal: bool) -> None:
    """Raise unless a partial effect is finite, or a closure of an international border."""
    if not isinstance(value, int | float | np.number) or np.isnan(value) or value == np.inf:
        raise InvalidShock(f"The effect on {key} is {value!r}.", fix="Give log points, or CLOSED for a closed border.")
    if abs(value) > LARGEST and value != CLOSED:
        raise InvalidShock(
            f"The effect on {key} is {value:g} log points, which no flow can mean.",
            fix=f"Give at most {LARGEST:g} in size, or CLOSED for a closed border.",
        )
    if internal and value == CLOSED:
        raise InvalidShock(f"{key} would close an economy's trade with itself.", fix="Close a border instead.")


def hat_array(hats: Mapping[str, float], economy: Any, what: str) -> np.ndarray:
    """New over old by economy, (n,), one where nothing is said."""
    out = np.ones(len(economy.economies))
    known = {code: k for k, code in enumerate(economy.economies)}
    for code, value in hats.items():
        if not isinstance(value, int | float | np.number) or not np.isfinite(value) or value <= 0:
            raise InvalidShock(f"The {what} of {code} is {value}.", fix="Give new over old, above zero (1.02 is +2%).")
        out[_members(code, known, economy)] *= value
    return out


def deficit_array(shock: Shock, economy: Any) -> np.ndarray:
    """Deficits after the shock, (n,), US$ million: the baseline's unless set."""
    out = np.array(economy.deficit)
    known = {code: k for k, code in enumerate(economy.economies)}
    for code, value in shock.deficit.items():
        (k,) = _members((code,), known, economy)
        if not isinstance(value, int | float | np.number) or not np.isfinite(value):
            raise InvalidShock(f"The deficit of {code} is {value}.", fix="Give US$ million.")
        out[k] = value
    total, world = out.sum(), np.abs(economy.flows).sum()
    if abs(total) > 1e-9 * world:
        raise InvalidShock(
            f"The deficits set sum to {total:,.6g} over the world.",
            why="One economy's deficit is another's surplus.",
            fix="Set an offsetting deficit, for example on the rest of the world.",
        )
    return out


def groups(after: np.ndarray, economies: tuple[str, ...]) -> list[np.ndarray]:
    """The parts into which a shock cuts the world, each an array of places; one part where it hangs together.

    ``after[i, j]`` is true where a flow remains.

    Raises
    ------
    InvalidShock
        Some trade remains in one direction only: nothing would pay for it, so no prices clear the markets.
    """
    links = np.array(after, dtype=bool)
    np.fill_diagonal(links, True)
    left, out = np.ones(len(economies), dtype=bool), []
    while left.any():
        start = int(np.flatnonzero(left)[0])
        part = _reached(links | links.T, start)
        for direction in (links, links.T):
            strong = _reached(direction, start)
            if not (strong == part).all():
                few = min(strong & part, ~strong & part, key=lambda side: side.sum())
                raise InvalidShock(
                    f"The shock isolates {first_five(np.asarray(economies)[few])}: what trade is left with the rest of the "
                    "world runs in one direction only.",
                    why="Nothing would pay for it, so no prices clear the markets.",
                    fix="Close the other direction too, or leave both open, if only slightly: an effect such as -10.",
                )
        out.append(np.flatnonzero(part))
        left &= ~part
    return out


def _reached(links: np.ndarray, start: int) -> np.ndarray:
    """Where one gets to from ``start`` along ``links[from, to]``: (n,) bool."""
    seen = np.zeros(len(links), dtype=bool)
    seen[start] = True
    front = seen
    while front.any():
        front = links[front].any(axis=0) & ~seen
        seen = seen | front
    return seen


def check_connected(after: np.ndarray, economies: tuple[str, ...]) -> None:
    """Raise unless every economy still reaches every other through trade, in both directions."""
    parts = groups(after, economies)
    if len(parts) > 1:
        few = min(parts, key=len)
        raise InvalidShock(
            f"The shock isolates {first_five(np.asarray(economies)[few])}: no trade with the rest of the world is left.",
            why="Prices on either side relative to the other are not determined.",
            fix="detente.solve takes such a shock, each part apart; here leave one border open, if only slightly: "
            "a large finite effect such as -10.",
        )
