"""The baseline of a counterfactual: who sells how much to whom, internal trade included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from detente._arrays import ArrayKind, host
from detente._notebook import as_html
from detente.equilibrium.table import read_flows, same_kind
from detente.errors import (
    DuplicateRows,
    InvalidFlow,
    MissingExtra,
    MissingInternalTrade,
    SpecificationError,
    UnbalancedAccounts,
    UnknownEconomy,
    did_you_mean,
    first_five,
)

_TO_MILLIONS = {"usd": 1e-6, "usd_k": 1e-3, "kusd": 1e-3, "usd_mn": 1.0, "usd_bn": 1e3}


def read_only(array: Any) -> np.ndarray:
    """A read-only float array of its own."""
    array = np.array(host(array), dtype=float)
    array.flags.writeable = False
    return array


def as_floats(value: Any, what: str) -> np.ndarray:
    """``value`` as an array of floats, or an error that says which argument is not one."""
    try:
        return np.asarray(host(value), dtype=float)
    except MissingExtra:
        raise
    except (TypeError, ValueError):
        raise InvalidFlow(
            f"{what} cannot be read as numbers.", fix="Give a rectangular array of numbers without text."
        ) from None


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


def unit_factor(unit: str) -> tuple[float, str]:
    """What a unit is in US$ million, and its label."""
    factor = _TO_MILLIONS.get(unit)
    if factor is not None:
        return factor, "usd_mn"
    if "usd" in unit.casefold():
        raise SpecificationError(
            f"Unit '{unit}' is not known.{did_you_mean(unit, _TO_MILLIONS)}",
            fix=f"Use one of {', '.join(_TO_MILLIONS)}, or another currency's name as a label.",
        )
    return 1.0, unit


def place_of(code: str, economies: tuple[str, ...]) -> int:
    """Where a label stands, or an error with the labels that are close."""
    try:
        return economies.index(code)
    except ValueError:
        raise UnknownEconomy(
            f"'{code}' is not in this economy.{did_you_mean(code, economies)}",
            fix=f"It has {len(economies)}: {first_five(economies)}.",
        ) from None


UNUSABLE = "unusable"


def said_dropped(dropped: Sequence[tuple[str, str]]) -> str:
    """Economies left out, with the reason, in words."""
    return first_five(f"{code} ({why})" for code, why in dropped)


def usable(
    economies: Sequence[str], flows: np.ndarray, drop: str | Sequence[str], keep_zero_internal: bool
) -> tuple[np.ndarray, tuple[tuple[str, str], ...]]:
    """Places of the economies to keep, and those left out with the reason; flows (n, n) over all sectors.

    Leaving one out can take away another's only partner, so it is done until nothing changes.
    """
    keep, gone = np.ones(len(economies), dtype=bool), {}
    if drop != UNUSABLE:
        named = {drop} if isinstance(drop, str) else set(drop)
        keep = np.array([code not in named for code in economies])
        return np.flatnonzero(keep), ()
    clean = np.where(np.isfinite(flows), flows, 0.0)
    while True:
        inside = np.where(keep[:, None] & keep, clean, 0.0)
        own, sold, bought = np.diag(inside), inside.sum(axis=1), inside.sum(axis=0)
        reasons = {
            "no output": sold <= 0,
            "no internal trade": (own <= 0) & (not keep_zero_internal),
            "no imports": bought <= own,
            "no exports": sold <= own,
        }
        before = len(gone)
        for why, bad in reasons.items():
            for k in np.flatnonzero(bad & keep).tolist():
                gone[economies[k]], keep[k] = why, False
        if len(gone) == before:
            return np.flatnonzero(keep), tuple(gone.items())


def check_flows(economies: Sequence[str], flows: np.ndarray, keep_zero_internal: bool = False) -> None:
    """Raise unless the flows are square, finite, with internal trade, imports and exports."""
    n = len(economies)
    check_labels("economies", economies)
    if flows.shape != (n, n) or n < 2:
        raise UnbalancedAccounts(
            f"{n} economies need a {n} x {n} array of flows (at least 2 x 2); this one is {flows.shape}.",
            fix="Rows are origins, columns destinations, in the same order.",
        )
    wrong = np.argwhere(~np.isfinite(flows) | (flows < 0))
    if len(wrong):
        shown = first_five(f"{economies[i]} -> {economies[j]}: {flows[i, j]}" for i, j in wrong)
        raise InvalidFlow(
            f"{len(wrong)} flows are negative, infinite or missing: {shown}.",
            fix="Fill them in, or drop the economies concerned.",
        )

    check_margins(economies, flows, keep_zero_internal)


def check_labels(what: str, labels: Sequence[str]) -> None:
    """Raise where a label appears twice."""
    if len(set(labels)) != len(labels):
        again = sorted({label for label in labels if list(labels).count(label) > 1})
        raise DuplicateRows(f"These {what} appear twice: {first_five(again)}.")


def check_margins(economies: Sequence[str], flows: np.ndarray, keep_zero_internal: bool = False) -> None:
    """Raise unless every economy sells, sells to itself, imports and exports; ``flows`` (n, n) over all sectors."""

    def named(bad: np.ndarray) -> str:
        return first_five(np.asarray(economies)[bad])

    output, expenditure, own = flows.sum(axis=1), flows.sum(axis=0), np.diag(flows)
    if np.any(output <= 0):
        raise UnbalancedAccounts(
            f"Output is zero for {named(output <= 0)}.",
            fix="Add their flows, or leave them out with drop=[...].",
        )
    if np.any(own <= 0) and not keep_zero_internal:
        raise MissingInternalTrade(
            f"There is no internal trade for {named(own <= 0)}.",
            why="An equilibrium needs what each economy sells to itself.",
            fix="Build it with detente.equilibrium.internal_trade, or leave them out with drop=[...]; "
            "keep_zero_internal=True keeps them as economies that buy everything abroad.",
        )
    if np.any(expenditure <= own):
        raise UnbalancedAccounts(
            f"There are no imports for {named(expenditure <= own)}.",
            why="An economy that buys nothing abroad has no defined price relative to the others.",
            fix="Add its imports, or leave it out with drop=[...].",
        )
    if np.any(output <= own):
        raise UnbalancedAccounts(
            f"There are no exports for {named(output <= own)}.",
            why="Nothing would pay for the imports.",
            fix="Add its exports, or leave it out with drop=[...].",
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
