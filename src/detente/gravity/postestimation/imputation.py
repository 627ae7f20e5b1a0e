"""Leave a dyad out of the three-way fit, predict it, and judge the gap by placebo dyads.

The pair effect comes from the base years; exporter-year and importer-year effects
from all other dyads. Placebos are dyads whose base trade is within a factor of three:
each gets its own pair effect from the same base years with the year effects held
(METHODS A6; Abadie, Diamond & Hainmueller 2010 for permutation in comparative cases).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detente._notebook import as_html
from detente.errors import SpecificationError, UsageError
from detente.gravity.engines.dense import Dense, to_dense
from detente.gravity.engines.margins import ThreeWay, fit_margins
from detente.gravity.engines.threads import one_blas_thread
from detente.panel.persons import is_stock, refuse_stock

SIZE_FACTOR = 3.0
"""Placebos trade between 1/3 and 3 times what the dyad traded in the base years."""

REST_OF_WORLD = "ROW"
"""An aggregate, never a placebo."""


@dataclass(frozen=True, slots=True)
class DyadPath:
    """One dyad left out.

    actual, counterfactual, log_ratio : [t]; log_ratio is -inf for a zero flow, nan without a counterfactual
    base, masked : [t] bool, years that fix the pair effect; years left out
    placebos : [t, n] log ratios of the placebo dyads, nan where one has no counterfactual
    reasons : T sentences, empty where the log ratio is a number
    """

    origin: str
    destination: str
    actual: np.ndarray
    counterfactual: np.ndarray
    log_ratio: np.ndarray
    base: np.ndarray
    masked: np.ndarray
    placebos: np.ndarray
    reasons: tuple[str, ...]

    def placebo_share(self) -> tuple[np.ndarray, np.ndarray]:
        """Share [t] of placebos at or below the dyad, and how many placebos [t] each year has."""
        return share_at_or_below(self.log_ratio, self.placebos)


@dataclass(frozen=True, slots=True)
class Imputation:
    """Dyads predicted without themselves; see :func:`impute`.

    paths : one :class:`DyadPath` a direction; years : T labels; fit : the masked fit behind them;
    n_absent : absent rows taken as zero (or as missing).
    """

    paths: tuple[DyadPath, ...]
    years: tuple[Any, ...]
    fit: ThreeWay
    n_absent: int
    absent: str
    kind: Any = None

    def to_frame(self) -> Any:
        """One row a direction and year, in the kind of frame that came in."""
        rows: dict[str, list] = {c: [] for c in _COLUMNS}
        for path in self.paths:
            share, n = path.placebo_share()
            for t, year in enumerate(self.years):
                values = (
                    path.origin, path.destination, year, path.actual[t], path.counterfactual[t],
                    path.log_ratio[t], share[t], int(n[t]), bool(path.masked[t]), path.reasons[t] or None,
                )  # fmt: skip
                for column, value in zip(_COLUMNS, values):
                    finite = not isinstance(value, float) or np.isfinite(value)
                    rows[column].append(value if finite else None)
        return _as_frame(rows, self.kind)

    def change(self, first: Any, last: Any) -> Any:
        """Change of the log ratio between two years with its own placebo share.

        Columns: origin, destination, from_year, to_year, change, placebo_share, n_placebos.
        """
        for year in (first, last):
            if year not in self.years:
                raise UsageError(f"{year} is not among the years {self.years[0]} to {self.years[-1]}.")
        a, b = self.years.index(first), self.years.index(last)
        rows: dict[str, list] = {c: [] for c in _CHANGE_COLUMNS}
        for path in self.paths:
            with np.errstate(invalid="ignore"):
                change, placebos = path.log_ratio[b] - path.log_ratio[a], path.placebos[b] - path.placebos[a]
            share, n = share_at_or_below(np.array([change]), placebos[None])
            values = (path.origin, path.destination, first, last, change, share[0], int(n[0]))
            for column, value in zip(_CHANGE_COLUMNS, values):
                finite = not isinstance(value, float) or np.isfinite(value)
                rows[column].append(value if finite else None)
        return _as_frame(rows, self.kind)

    def summary(self) -> str:
        """What was left out and how it did, in a few lines."""
        lines = []
        for path in self.paths:
            share, n = path.placebo_share()
            left = np.flatnonzero(path.masked & np.isfinite(path.log_ratio))
            text = f"{path.origin}→{path.destination}: no log ratio"
            if len(left):
                t = left[-1]
                text = f"{path.origin}→{path.destination}: log ratio {path.log_ratio[t]:+.2f} in {self.years[t]}"
                text += f", placebo share {share[t]:.3f} of {n[t]}" if n[t] else ""
            lines.append(text)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """In a notebook: how it did, and the rows by year."""
        return as_html(self.summary(), self.to_frame())

    def __repr__(self) -> str:
        return f"Imputation({self.summary()})"


_COLUMNS = (
    "origin", "destination", "year", "actual", "counterfactual", "log_ratio",
    "placebo_share", "n_placebos", "masked", "reason",
)  # fmt: skip
_CHANGE_COLUMNS = ("origin", "destination", "from_year", "to_year", "change", "placebo_share", "n_placebos")


@one_blas_thread
def impute(
    data: Any,
    masked: Sequence[tuple],
    *,
    both_directions: bool = True,
    base: tuple[Any, Any] | None = None,
    absent: str = "zero",
    placebos: str | None = "size",
    origin: str | None = None,
    destination: str | None = None,
    period: str | None = None,
    value: str | None = None,
) -> Imputation:
    """Predict dyads from everybody else's trade, as if what befell them had not happened.

    Parameters
    ----------
    data : frame or path of flows by origin, destination and year (or a panel with ``flows`` [t, i, j])
    masked : ``(origin, destination, first_year)`` or ``(origin, destination, first_year, last_year)``; one dyad
        may have several
    both_directions : leave the reverse flow out too, in the same years unless ``masked`` names its own
    base : first and last year that fix the pair effect; every year before the first masked one if None
    absent : what a missing row means, "zero" or "missing"
    placebos : "size" for dyads within a factor of three of the base trade, None for none
    origin, destination, period, value : column names, where they are not the known ones

    Returns
    -------
    Imputation : ``to_frame()`` has one row a direction and year. ``placebo_share`` is
        ``(1 + #{placebo <= actual}) / (1 + n)``, one-sided, for the level in that year. A year without
        counterfactual is null with its reason. The diagonal is left out.

    Raises
    ------
    UnknownEconomy, DuplicateRows, InvalidFlow
    SpecificationError : among others, of stocks (people who live somewhere), which have no such counterfactual.

    Examples
    --------
    >>> import polars as pl, itertools
    >>> rows = [(o, d, t, float((ord(o) - 60) * (ord(d) - 60) * (t + 1)))
    ...         for o, d, t in itertools.product("ABCD", "ABCD", range(4)) if o != d]
    >>> flows = pl.DataFrame(rows, schema=["exporter", "importer", "year", "trade"], orient="row")
    >>> round(impute(flows, [("A", "B", 2)]).to_frame()["log_ratio"][3], 6) + 0.0
    0.0
    """
    if absent not in ("zero", "missing"):
        raise UsageError(f"absent is 'zero' or 'missing', not {absent!r}.")
    if placebos not in ("size", "none", None):
        raise UsageError(f"placebos is 'size' or None, not {placebos!r}.")
    if getattr(data, "stock", False):
        refuse_stock(f"The panel '{getattr(data, 'name', '')}'", "impute")
    panel = to_dense(data, absent=absent, origin=origin, destination=destination, period=period, value=value)
    if is_stock(panel.value):
        refuse_stock(f"The column '{panel.value}'", "impute")
    treated = _treated(panel, masked, both_directions)
    used = np.isfinite(panel.flows)
    used[:, np.arange(len(panel.economies)), np.arange(len(panel.economies))] = False
    windows = {dyad: _window(panel, dyad, years, base) for dyad, years in treated.items()}
    mask = used.copy()
    for (i, j), (in_base, _) in windows.items():
        mask[~in_base, i, j] = False
    fit = fit_margins(panel.flows, mask)
    season = np.exp(fit.origin_year)[:, :, None] * np.exp(fit.destination_year)[:, None, :]
    paths = tuple(
        _path(panel, fit, season, used, dyad, in_base, out, set(treated), placebos)
        for dyad, (in_base, out) in windows.items()
    )
    return Imputation(paths, panel.years, fit, panel.n_absent, absent, panel.kind)


def share_at_or_below(actual: np.ndarray, placebos: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``(1 + #{placebo <= actual}) / (1 + n)`` and n, for ``actual`` [t] among ``placebos`` [t, n].

    Placebos that are nan do not count; the share is nan without placebos or without an actual value.
    """
    n = (~np.isnan(placebos)).sum(1)
    with np.errstate(invalid="ignore"):
        below = (placebos <= actual[:, None]).sum(1)
    return np.where((n > 0) & ~np.isnan(actual), (1 + below) / (1 + n), np.nan), n


def placebo_log_ratios(
    flows: np.ndarray, season: np.ndarray, used: np.ndarray, base: np.ndarray, dyads: np.ndarray
) -> np.ndarray:
    """Log ratios [t, n] of ``dyads`` [n, 2], each with its pair effect from the ``base`` years [t].

    ``season`` [t, i, j] is the product of exporter-year and importer-year effects, held fixed;
    ``used`` [t, i, j] marks recorded cells. -inf is a zero flow, nan a cell without counterfactual.
    """
    i, j = dyads.T
    flow, level = np.where(used, flows, np.nan)[:, i, j], season[:, i, j]
    in_base = base[:, None] & used[:, i, j] & np.isfinite(level)
    pair = np.where(in_base, flow, 0).sum(0) / np.where(in_base, level, 0).sum(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(level * pair > 0, np.log(flow / (level * pair)), np.nan)


def similar_dyads(
    flows: np.ndarray, used: np.ndarray, base: np.ndarray, dyad: tuple[int, int], barred: np.ndarray
) -> np.ndarray:
    """Dyads [n, 2] whose mean trade over the ``base`` years is within a factor of three of ``dyad``'s.

    ``barred`` [i, j] bool marks those that may not serve (treated dyads, the rest of the world).
    """
    with np.errstate(invalid="ignore"):
        mean = np.where(used, flows, 0)[base].sum(0) / used[base].sum(0)
    size = mean[dyad]
    with np.errstate(invalid="ignore"):
        near = (mean >= size / SIZE_FACTOR) & (mean <= size * SIZE_FACTOR) & (mean > 0)
    return np.argwhere(near & ~barred)


def _treated(panel: Dense, masked: Sequence[tuple], both: bool) -> dict[tuple[int, int], list[tuple]]:
    """The spans of years (first, last) to leave out of each dyad; the reverse has those of its own, if any."""
    treated: dict[tuple[int, int], list[tuple]] = {}
    for entry in masked:
        if not isinstance(entry, tuple | list) or len(entry) not in (3, 4):
            raise UsageError(f"masked holds (origin, destination, first_year) or with a last year, not {entry!r}.")
        o, d, first = entry[:3]
        last = entry[3] if len(entry) == 4 else panel.years[-1]
        i, j = panel.economy(o), panel.economy(d)
        if i == j:
            raise SpecificationError(f"{o}→{d} is internal trade, which the fit leaves out.")
        treated.setdefault((i, j), []).append((first, last))
    if both:
        treated |= {(j, i): list(spans) for (i, j), spans in treated.items() if (j, i) not in treated}
    if not treated:
        raise UsageError("masked names no pair.", fix="Give for example masked=[('CAN', 'USA', 2005)].")
    return treated


def _window(
    panel: Dense, dyad: tuple[int, int], spans: list[tuple], base: tuple | None
) -> tuple[np.ndarray, np.ndarray]:
    """Base years [t] and left-out years [t] of a dyad."""
    labels = np.array(panel.years)
    if base is not None and (not isinstance(base, tuple | list) or len(base) != 2):
        raise UsageError(f"base is a first and a last year, as in base=(2000, 2004), not {base!r}.")
    name = "→".join(str(panel.economies[k]) for k in dyad)
    out = np.zeros(len(labels), bool)
    for span in spans:
        inside = _between(labels, *span)
        if not inside.any():
            raise SpecificationError(f"No year of the data is in the span {span[0]}-{span[1]} of {name}.")
        out |= inside
    first = labels[out][0]
    in_base = labels < first if base is None else _between(labels, *base)
    if not in_base.any():
        raise SpecificationError(
            f"{name} has no base year before {first}.",
            why="Its pair effect would rest on nothing.",
            fix=f"Mask from a later year; the data start in {panel.years[0]}.",
        )
    if base is not None and (in_base & out).any():
        raise SpecificationError(f"The base {base[0]}-{base[1]} runs into the masked years of {name}.")
    return in_base, out


def _between(labels: np.ndarray, first: Any, last: Any) -> np.ndarray:
    try:
        return (labels >= first) & (labels <= last)
    except TypeError:
        shown = " and ".join(repr(year) for year in dict.fromkeys((first, last)))
        raise UsageError(f"The data have years such as {labels[0]!s}, with which {shown} cannot be compared.") from None


def _path(panel, fit, season, used, dyad, in_base, out, treated, placebos) -> DyadPath:
    i, j = dyad
    actual, counterfactual = np.where(used[:, i, j], panel.flows[:, i, j], np.nan), fit.expected[:, i, j]
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.where(counterfactual > 0, np.log(actual / counterfactual), np.nan)
    reasons = tuple(_reason(fit, t, i, j, actual[t], counterfactual[t]) for t in range(len(actual)))
    ratios = np.empty((len(actual), 0))
    if placebos == "size":
        barred = np.zeros(season.shape[1:], bool)
        barred[tuple(np.array(list(treated)).T)] = True
        if REST_OF_WORLD in panel.economies:
            row = panel.economies.index(REST_OF_WORLD)
            barred[row, :] = barred[:, row] = True
        dyads = similar_dyads(panel.flows, used, in_base, dyad, barred)
        ratios = placebo_log_ratios(panel.flows, season, used, in_base, dyads)
    origin, destination = panel.economies[i], panel.economies[j]
    return DyadPath(origin, destination, actual, counterfactual, log_ratio, in_base, out, ratios, reasons)


def _reason(fit: ThreeWay, t: int, i: int, j: int, actual: float, counterfactual: float) -> str:
    if np.isnan(fit.pair[i, j]):
        return "the pair has no recorded flow in the base years"
    if np.isnan(fit.origin_year[t, i]):
        return "the exporter has no other recorded flow in this year"
    if np.isnan(fit.destination_year[t, j]):
        return "the importer has no other recorded flow in this year"
    if counterfactual == 0:
        where = (
            "the pair did not trade in the base years"
            if fit.pair[i, j] == -np.inf
            else ("the exporter or the importer traded with nobody else in this year")
        )
        return f"{where}: the counterfactual is zero"
    if np.isnan(actual):
        return "the flow is missing"
    return "no flow is recorded: the log ratio is minus infinity" if actual == 0 else ""


def _as_frame(rows: dict[str, list], table: Any) -> Any:
    types = {"reason": pl.String, "masked": pl.Boolean}
    floats = {"actual", "counterfactual", "log_ratio", "placebo_share", "change"}
    schema = {c: types.get(c, pl.Float64 if c in floats else None) for c in rows}
    frame = pl.DataFrame(rows, schema=schema)
    return frame if table is None else table.of_same_kind(frame)
