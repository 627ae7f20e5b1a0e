"""A shock as arrays over an economy: partial effects, changes by economy, deficits; overlaps and impossible values refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

import numpy as np

from detente.equilibrium.shocks.shock import EVERYONE, Shock, Side
from detente.equilibrium.shocks.values import (
    CLOSED,
    LIKE_PERCENT,
    NUMBER,
    as_factor,
    check_effect,
    in_log_points,
    like_percent,
    percent_meant,
    sides_in_words,
)
from detente.errors import InvalidShock, UnknownEconomy


def _members(side: Side, known: Mapping[str, int], economy: Any) -> list[int]:
    if isinstance(side, str) and side == EVERYONE:
        return list(known.values())
    if not isinstance(side, str | tuple | frozenset):
        raise InvalidShock(
            f"A side of the shock is {side!r}.", fix='Name an economy, a tuple of them, or "*" for everyone else.'
        )
    codes = (side,) if isinstance(side, str) else tuple(side)
    if not codes:
        raise InvalidShock("The shock names an empty bloc.", fix="Name at least one economy.")
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
    for at_once in (_plain_pairs, _blocs):
        found = at_once(shock, economy)
        if found is not None:
            return found
    effects, seen = np.zeros((n, n)), Seen(shock)
    for _, i, j, value, key in cells(shock.partial, economy):
        check_effect(value, key, i == j)
        seen.check((i, j), key)
        effects[i, j] += value
    return effects


def _plain_pairs(shock: Shock, economy: Any) -> np.ndarray | None:
    """The same where every key names two economies and no value is to be asked about, all at once; else None.

    A dictionary of a thousand dyads is common, and one by one they take longer than the equilibrium.
    """
    n = len(economy.economies)
    effects = np.zeros((n, n))
    if not shock.partial:
        return effects
    given = shock.partial.values()
    if set(map(type, shock.partial)) != {tuple} or {str, bool} & set(map(type, given)):
        return None
    known = {code: k for k, code in enumerate(economy.economies)}
    try:
        at = np.fromiter([known[a] * n + known[b] for a, b in shock.partial], int, len(given))
        values = np.fromiter(given, float, len(given))
    except (KeyError, TypeError, ValueError):  # a bloc, everyone else, or a mistake: told apart one by one
        return None
    shut = values == CLOSED
    if (~(np.abs(values) < LIKE_PERCENT) & ~shut).any() or (shut & (at % (n + 1) == 0)).any():
        return None
    effects.ravel()[at] = values
    return effects


def _blocs(shock: Shock, economy: Any) -> np.ndarray | None:
    """The same where no two keys name one cell, a bloc at a time; else None."""
    n = len(economy.economies)
    known = {code: k for k, code in enumerate(economy.economies)}
    effects, named = np.zeros((n, n)), np.zeros((n, n), dtype=bool)
    for key, value in shock.partial.items():
        if not isinstance(key, tuple) or len(key) != 2 or not isinstance(value, NUMBER) or like_percent(value):
            return None
        origins, destinations = (np.array(_members(side, known, economy)) for side in key)
        block = np.ix_(origins, destinations)
        apart = origins[:, None] != destinations
        if named[block].any() or not apart.any() or any(len(set(side)) < len(side) for side in (origins, destinations)):
            return None  # named twice, an economy's own trade or an economy twice in a bloc: told apart one by one
        check_effect(value, key, internal=False)
        effects[block] = np.where(apart, value, effects[block])
        named[block] = apart
    return effects


class Seen:
    """Which entry of a shock has named a cell, so that one that names it again is told apart."""

    def __init__(self, shock: Shock) -> None:
        self.shock = shock
        self.by_cell: dict[tuple, tuple] = {}

    def check(self, cell: tuple, key: tuple) -> None:
        """Raise where another entry of one dictionary has named the cell, or a pair's effect looks like percent."""
        value, pair = self.shock.partial[key], all(side != EVERYONE and isinstance(side, str) for side in key)
        if pair and like_percent(value) and not self.shock.certain:
            raise InvalidShock(percent_meant(key, value), why=as_factor(value), fix=in_log_points(value))
        other = self.by_cell.setdefault(cell, key)
        if other != key and not self.shock.composed:
            raise InvalidShock(
                f"The shock names the same trade twice: {sides_in_words(other)} ({self.shock.partial[other]:g}) and "
                f"{sides_in_words(key)} ({self.shock.partial[key]:g}).",
                why="It is not clear whether the effects add up or the narrower one holds.",
                fix="Take it out of one of them, or join two shocks with + if the effects add up.",
            )


def hat_array(hats: Mapping[str, float], economy: Any, what: str) -> np.ndarray:
    """New over old by economy, (n,), one where nothing is said."""
    out = np.ones(len(economy.economies))
    if not hats:
        return out
    known = {code: k for k, code in enumerate(economy.economies)}
    for code, value in hats.items():
        if not isinstance(value, NUMBER) or not np.isfinite(value) or value <= 0:
            raise InvalidShock(f"The {what} of {code} is {value}.", fix="Give new over old, above zero (1.02 is +2%).")
        out[_members(code, known, economy)] *= value
    return out


def deficit_array(shock: Shock, economy: Any) -> np.ndarray:
    """Deficits after the shock, (n,), US$ million: the baseline's unless set."""
    out = np.array(economy.deficit)
    known = {code: k for k, code in enumerate(economy.economies)} if shock.deficit else {}
    for code, value in shock.deficit.items():
        (k,) = _members((code,), known, economy)
        if not isinstance(value, NUMBER) or not np.isfinite(value):
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
