"""What a reader must know before believing a flow: zeros, gaps, artefacts of reporting."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.attribution.sample import Sample
from detente.errors import NotIdentified
from detente.language import Text

Floats = NDArray[np.float64]

MIN_PARTNERS = 8  #: fewer partners cannot show that "all" collapsed
COLLAPSE = -1.0  #: median log change of a collapse: to about a third or less
ALL = 0.8  #: share of partners whose flow must fall by more than half


def require_trade_before(sample: Sample, i: int, j: int, base: slice) -> None:
    """Raise if the dyad has no recorded flow in its base years.

    Raises
    ------
    NotIdentified
    """
    if np.nansum(sample.flows[base, i, j]) > 0:
        return
    first, last = sample.years[base][0], sample.years[base][-1]
    raise NotIdentified(
        f"No flow {sample.economies[i]} -> {sample.economies[j]} is recorded in {first}-{last}.",
        why="Without trade before the event there is no pair effect and nothing that could fall.",
        fix="Choose base years with trade, or read the dyad's level against similar dyads instead.",
    )


def collapse_years(flows: Floats, reporter: int, *, exports: bool = True) -> tuple[int, ...]:
    """Positions of years in which one economy's flows collapse with nearly all partners at once.

    A rupture concerns one partner. When the median flow of a reporter falls by two thirds in
    one year, and four partners in five lose more than half, the change is the reporter's: a
    war, an embargo by everybody, or a statistical office that stopped reporting.

    Parameters
    ----------
    flows : (T, N, N) array, million US$
        As reported by one side, or reconciled.
    reporter : int
    exports : bool
        Look at its exports (True) or imports.

    Examples
    --------
    >>> x = np.ones((3, 12, 12)); x[2, 0] = 0.1
    >>> collapse_years(x, 0), collapse_years(x, 1)
    ((2,), ())
    """
    series = flows[:, reporter, :] if exports else flows[:, :, reporter]
    series = np.delete(series, reporter, axis=1)
    found = []
    for t in range(1, len(series)):
        before = series[t - 1]
        had = (before > 0) & np.isfinite(series[t])
        if had.sum() < MIN_PARTNERS:
            continue
        with np.errstate(divide="ignore"):
            change = np.log(series[t, had]) - np.log(before[had])
        if np.median(change) <= COLLAPSE and np.mean(change <= np.log(0.5)) >= ALL:
            found.append(t)
    return tuple(found)


def cautions(sample: Sample, i: int, j: int) -> tuple[str, ...]:
    """Plain sentences on what may be wrong with the flow i -> j as recorded."""
    origin, destination = sample.economies[i], sample.economies[j]
    flow = sample.flows[:, i, j]
    found, flows = [], {"exporter": origin, "importer": destination}
    zeros = [y for y, x in zip(sample.years, flow) if x == 0]
    if zeros:
        found.append(Text("caution.zero", years=_years(zeros), **flows))
    missing = [y for y, x in zip(sample.years, flow) if np.isnan(x)]
    if missing:
        found.append(Text("caution.missing", years=_years(missing), **flows))
    for k, side in ((i, True), (j, False)):
        years = [sample.years[t] for t in collapse_years(sample.flows, k, exports=side)]
        if years:
            key = "caution.exports_collapse" if side else "caution.imports_collapse"
            found.append(Text(key, who=sample.economies[k], years=_years(years)))
    return tuple(found)


def _years(years: list[int]) -> str:
    if len(years) > 2 and years[-1] - years[0] + 1 == len(years):
        return f"{years[0]}-{years[-1]}"
    return ", ".join(map(str, years))
