"""What changes: partial effects by dyad, closed borders, tariffs, productivity, labour, deficits."""

from __future__ import annotations

import warnings
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

LIKE_PERCENT = 50.0
"""Finite partial effects from this size on are asked about between two economies, and warned of otherwise."""

HIGHEST_TARIFF = 10.0
"""Rates above 1,000% are asked about: 25 is likelier to mean 25%."""

EVERYONE = "*"
"""All economies but the one on the other side."""

Side = str | tuple[str, ...]
NUMBER = (int, float, np.number)


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
                warnings.warn(f"{percent_meant(key, value)} {_times(value)} {_in_log_points(value)}", stacklevel=3)
        out = []
        for key, value in large:
            if 10 < abs(value) <= LARGEST:
                out.append(f"The effect on {_words(key)}: {_times(value)}")
        for key, value in (*self.tariff.items(), *self.tariff_points.items()):
            if isinstance(value, NUMBER) and value > 2:
                out.append(f"The tariff on {_words(key)} is {100 * value:,.0f}%.")
        return tuple(out)


def _large(effects: Mapping[tuple, float]) -> list[tuple[tuple, float]]:
    """Finite effects above ten log points in size."""
    try:
        if not (np.abs(np.fromiter(effects.values(), float, len(effects))) > 10).any():
            return []
    except (TypeError, ValueError):  # some value is no number: asked about where the effects are read
        pass
    return [(k, v) for k, v in effects.items() if isinstance(v, NUMBER) and 10 < abs(v) < np.inf]


def like_percent(value: Any) -> bool:
    """Whether an effect is so large that percent are likelier to be meant than log points."""
    return isinstance(value, NUMBER) and bool(LIKE_PERCENT <= abs(value) <= LARGEST)


def percent_meant(key: tuple, value: float) -> str:
    """The question to ask about such an effect."""
    return f"The effect on {_words(key)} is {value:g} log points. Was {value:g}% meant?"


def _times(value: float) -> str:
    return f"{value:g} log points multiply trade by {np.exp(value):.1g}."


def _in_log_points(value: float) -> str:
    wanted = f"{np.log1p(value / 100):.3f}" if value > -100 else "CLOSED"
    return (
        f"Give {wanted} for {value:g}%, or CLOSED for a closed border; if log points are meant, say "
        "Shock(..., certain=True)."
    )


def _words(key: tuple) -> str:
    sides = [side if isinstance(side, str) else first_five(side) for side in key[:2]]
    return " -> ".join(sides) + (f" ({key[2]})" if len(key) > 2 else "")


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
            raise InvalidShock(percent_meant(key, value), why=_times(value), fix=_in_log_points(value))
        other = self.by_cell.setdefault(cell, key)
        if other != key and not self.shock.composed:
            raise InvalidShock(
                f"The shock names the same trade twice: {_words(other)} ({self.shock.partial[other]:g}) and "
                f"{_words(key)} ({self.shock.partial[key]:g}).",
                why="It is not clear whether the effects add up or the narrower one holds.",
                fix="Take it out of one of them, or join two shocks with + if the effects add up.",
            )


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
            f"The {what} on {_words(key)} is {value:g}, which is {100 * value:,.0f}%. Was {value:g}% meant?",
            fix=f"Give {value / 100:g} for {value:g}%; if {100 * value:,.0f}% is meant, say Shock(..., certain=True).",
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
