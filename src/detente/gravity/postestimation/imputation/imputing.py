"""Leave a dyad out of the three-way fit, predict it, and judge the gap by placebo dyads.

The pair effect comes from the base years; exporter-year and importer-year effects
from all other dyads. Placebos are dyads whose base trade is within a factor of three:
each gets its own pair effect from the same base years with the year effects held
(METHODS A6; Abadie, Diamond & Hainmueller 2010 for permutation in comparative cases).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.errors import UsageError
from detente.gravity.engines.dense import to_dense
from detente.gravity.engines.margins import ThreeWay, fit_margins
from detente.gravity.engines.threads import one_blas_thread
from detente.gravity.postestimation.imputation.left_out_years import base_and_left_out, spans_of_dyads
from detente.gravity.postestimation.imputation.paths import DyadPath, Imputation
from detente.gravity.postestimation.imputation.placebo_dyads import REST_OF_WORLD, placebo_log_ratios, similar_dyads
from detente.panel.persons import is_stock, refuse_stock


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
    treated = spans_of_dyads(panel, masked, both_directions)
    used = np.isfinite(panel.flows)
    used[:, np.arange(len(panel.economies)), np.arange(len(panel.economies))] = False
    windows = {dyad: base_and_left_out(panel, dyad, years, base) for dyad, years in treated.items()}
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
