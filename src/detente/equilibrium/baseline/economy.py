"""The baseline of a counterfactual: who sells how much to whom, internal trade included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from detente._arrays import ArrayKind
from detente._notebook import as_html
from detente.equilibrium.baseline.checks import (
    UNUSABLE,
    as_floats,
    check_flows,
    place_of,
    read_only,
    said_dropped,
    unit_factor,
    usable,
)
from detente.equilibrium.baseline.table import read_flows, same_kind
from detente.errors import (
    SpecificationError,
    UnbalancedAccounts,
    UnknownEconomy,
    first_five,
)


@dataclass(frozen=True, slots=True, eq=False)
class Economy:
    """A checked, square baseline of flows between economies.

    Attributes
    ----------
    economies : tuple of str, length n
        Labels, in the order of the arrays.
    flows : (n, n) array, US$ million (or ``unit``)
        ``flows[i, j]`` goes from origin i to destination j; the diagonal is internal trade.
        Rows sum to output, columns to expenditure.
    unit : str
        ``usd_mn`` where the unit given could be converted, else the label given.
    year : int or None
    n_filled, n_dropped : int
        Cells that had no row and stand as zero; rows left out on request.
    kind : table or None
        The kind of frame it was read from, which ``to_frame`` gives back.
    dropped : tuple of (economy, why)
        Economies left out because no equilibrium could use them.
    keeps_zero_internal : bool
        Economies without trade with themselves are kept: all they spend, they spend abroad.
    arrays : ArrayKind or None
        The library and device of the flows that were given, where these are not numpy's: counterfactuals are solved
        there and come back as such arrays.

    Raises
    ------
    InvalidFlow, MissingInternalTrade, UnbalancedAccounts, DuplicateRows
        With the economies concerned.

    Examples
    --------
    >>> eco = Economy.from_arrays(["COL", "ROW"], [[90.0, 10.0], [12.0, 900.0]])
    >>> eco.output.tolist(), eco.deficit.tolist()
    ([100.0, 912.0], [2.0, -2.0])
    """

    economies: tuple[str, ...]
    flows: np.ndarray
    unit: str = "usd_mn"
    year: int | None = None
    n_filled: int = 0
    n_dropped: int = 0
    kind: Any = field(default=None, repr=False)
    dropped: tuple[tuple[str, str], ...] = ()
    keeps_zero_internal: bool = False
    arrays: ArrayKind | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "economies", tuple(map(str, self.economies)))
        object.__setattr__(self, "arrays", self.arrays or ArrayKind.of(self.flows))
        object.__setattr__(self, "flows", read_only(self.flows))
        check_flows(self.economies, self.flows, self.keeps_zero_internal)

    @classmethod
    def from_arrays(
        cls,
        economies: Sequence[str],
        flows: Any,
        *,
        unit: str = "usd_mn",
        year: int | None = None,
        output: Mapping[str, float] | None = None,
        expenditure: Mapping[str, float] | None = None,
        drop: str | Sequence[str] = (),
        keep_zero_internal: bool = False,
    ) -> Economy:
        """An economy from labels and a square array ``flows[i, j]`` (origin, destination).

        The array may be torch's, CuPy's or another of the array API standard's (the extra ``arrays``), on any device.
        ``output`` and ``expenditure``, where given, are checked against the sums of the flows. ``drop`` names
        economies to leave out; ``drop="unusable"`` leaves out those without output, internal trade, imports or
        exports and lists them in ``dropped``. ``keep_zero_internal`` keeps those that sell nothing to themselves.
        """
        factor, unit = unit_factor(unit)
        codes, values = tuple(map(str, economies)), as_floats(flows, "flows") * factor
        unused: tuple[tuple[str, str], ...] = ()
        if values.shape == (len(codes), len(codes)) and drop:
            keep, unused = usable(codes, values, drop, keep_zero_internal)
            codes, values = tuple(codes[k] for k in keep), values[np.ix_(keep, keep)]
        economy = cls(
            codes, values, unit, year, dropped=unused, keeps_zero_internal=keep_zero_internal, arrays=ArrayKind.of(flows)
        )  # fmt: skip
        for side, given in (("output", output), ("expenditure", expenditure)):
            if given is not None:
                _check_margin(economy, side, {k: v * factor for k, v in given.items()})
        return economy

    @classmethod
    def from_flows(
        cls,
        frame: Any,
        *,
        origin: str | None = None,
        destination: str | None = None,
        value: str | None = None,
        year: int | None = None,
        unit: str | None = None,
        drop: str | Sequence[str] = (),
        output: Mapping[str, float] | None = None,
        expenditure: Mapping[str, float] | None = None,
        keep_zero_internal: bool = False,
        expected: Sequence[str] = (),
    ) -> Economy:
        """An economy from a frame (or a Parquet/CSV path) with one row per flow.

        Columns are recognised by their usual names or given. A dyad without a row is a zero flow,
        counted in ``n_filled``; a row without a number is an error. ``unit`` is ``usd_mn`` unless given
        or told by the column's name; ``usd``, ``usd_k`` and ``usd_bn`` are converted, any other currency is
        kept as a label (results in percent do not depend on it). ``drop`` leaves economies out;
        ``drop="unusable"`` leaves out those that no equilibrium can use and lists them with the reason in
        ``dropped``. ``expected`` names economies that must be there: one whose rows are all gone is missed by no sum.
        """
        unusable = UNUSABLE if drop == UNUSABLE else ()
        read = read_flows(
            frame, year=year, drop=() if unusable else drop, origin=origin, destination=destination, value=value
        )
        codes = sorted({*read.labels("origin"), *read.labels("destination")})
        if lacking := [code for code in expected if code not in codes]:
            raise UnknownEconomy(
                f"The table has no row of {first_five(lacking)}, which you expect there.",
                why="Without its rows the others trade as if it did not exist.",
                fix="Add its flows, or leave it out of expected.",
            )
        flows, n_filled = read.spread("value", (("origin", codes), ("destination", codes)))
        economy = cls.from_arrays(
            codes,
            flows,
            unit=unit or read.unit,
            year=read.year,
            output=output,
            expenditure=expenditure,
            drop=unusable,
            keep_zero_internal=keep_zero_internal,
        )
        return replace(economy, n_filled=n_filled, n_dropped=read.n_dropped, kind=read.kind)

    @property
    def output(self) -> np.ndarray:
        """Sales of each origin, itself included: (n,), US$ million."""
        return self.flows.sum(axis=1)

    @property
    def expenditure(self) -> np.ndarray:
        """Purchases of each destination, from itself included: (n,), US$ million."""
        return self.flows.sum(axis=0)

    @property
    def deficit(self) -> np.ndarray:
        """Expenditure minus output: (n,), US$ million; sums to zero over the world."""
        return self.expenditure - self.output

    @property
    def import_shares(self) -> np.ndarray:
        """Shares of destination j's expenditure by origin i: (n, n), columns sum to one."""
        return self.flows / self.expenditure

    def __len__(self) -> int:
        return len(self.economies)

    def index(self, code: str) -> int:
        """The place of an economy in the arrays."""
        return place_of(code, self.economies)

    def flow(self, origin: str, destination: str) -> float:
        """One flow, US$ million."""
        return float(self.flows[self.index(origin), self.index(destination)])

    def to_frame(self) -> Any:
        """One row per dyad: origin, destination, flow; the kind of frame that came in, else polars."""
        n = len(self)
        frame = pl.DataFrame(
            {
                "origin": np.repeat(self.economies, n),
                "destination": np.tile(self.economies, n),
                f"flow_{self.unit}": self.flows.ravel(),
            }
        )
        return same_kind(self.kind, frame)

    def _repr_html_(self) -> str:
        """In a notebook: what it is, and its flows."""
        return as_html(repr(self), self.to_frame())

    def __repr__(self) -> str:
        when = f", {self.year}" if self.year is not None else ""
        filled = f", {self.n_filled} absent dyads as zero" if self.n_filled else ""
        dropped = f", {self.n_dropped} rows dropped" if self.n_dropped else ""
        total = f"output {self.output.sum():,.0f} {self.unit}"
        unused = f", without {said_dropped(self.dropped)}" if self.dropped else ""
        bare = int((np.diag(self.flows) <= 0).sum())
        zero = f", {bare} without internal trade" if bare else ""
        return f"Economy({len(self)} economies{when}, {total}{filled}{dropped}{unused}{zero})"


def one_sector_only(economy: Any, what: str) -> None:
    """Raise unless ``economy`` is a one-sector economy, saying what to give instead."""
    if isinstance(economy, Economy):
        return
    kind = type(economy).__name__
    if kind == "SectorEconomy":
        raise SpecificationError(
            f"{what} works on one sector.",
            fix="Add the sectors up: Economy.from_arrays(economy.economies, economy.flows.sum(axis=0)).",
        )
    raise SpecificationError(
        f"{what} needs an Economy, not a {kind}.", fix="Build one with detente.Economy.from_flows(table)."
    )


def _check_margin(economy: Economy, side: str, given: Mapping[str, float]) -> None:
    """Raise where a total that is known does not equal the sum of the flows (tolerance 1e-6)."""
    sums = getattr(economy, side)
    gaps = {code: float(total - sums[economy.index(code)]) for code, total in given.items()}
    bad = {c: g for c, g in gaps.items() if abs(g) > 1e-6 * abs(given[c]) or not np.isfinite(g)}
    if bad:
        worst = sorted(bad, key=lambda c: -abs(bad[c]))
        raise UnbalancedAccounts(
            f"The flows do not add up to the {side} given: "
            + first_five(f"{c} by {bad[c]:,.6g} {economy.unit}" for c in worst)
            + ".",
            fix="Correct the totals, or balance the flows to them with detente.equilibrium.balance.",
        )
