"""What a reader must know before believing a flow: zeros, gaps, artefacts of reporting."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.attribution.comparison.features import SMALLEST
from detente.attribution.episodes import Episode
from detente.attribution.residuals import Residuals
from detente.attribution.sample import Sample
from detente.attribution.words.sentences import named
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
    if not traded(sample, i, j, base):
        raise _no_flow(sample, i, j, f"in {_span(sample, base)}.")


def traded(sample: Sample, i: int, j: int, base: slice) -> bool:
    """Whether the dyad has a recorded flow in its base years.

    Examples
    --------
    >>> sample = Sample(np.array([[[0, 1.0], [0, 0]]]), ("AAA", "BBB"), (2000,), "toy")
    >>> traded(sample, 0, 1, slice(0, 1)), traded(sample, 1, 0, slice(0, 1))
    (True, False)
    """
    return bool(np.nansum(sample.flows[base, i, j]) > 0)


def require_trade_either_way(sample: Sample, i: int, j: int, bases: Sequence[slice]) -> None:
    """Raise if neither i -> j nor j -> i has a recorded flow in any of the base windows.

    Raises
    ------
    NotIdentified
    """
    if any(traded(sample, *ends, base) for base in bases for ends in ((i, j), (j, i))):
        return
    spans = " or ".join(dict.fromkeys(_span(sample, base) for base in bases))
    raise _no_flow(sample, i, j, f"in {spans}, nor one back.")


def no_base_reason(sample: Sample, i: int, j: int, base: slice, names: tuple[str, str]) -> Text | None:
    """Why nothing is told of the pair-specific part of i -> j on a base window; None where it can be told."""
    if traded(sample, i, j, base):
        return None
    years = sample.years[base]
    return Text("found.no_base", exporter=names[0], importer=names[1], start=years[0], end=years[-1])


def _span(sample: Sample, base: slice) -> str:
    return f"{sample.years[base][0]}-{sample.years[base][-1]}"


def _no_flow(sample: Sample, i: int, j: int, when: str) -> NotIdentified:
    return NotIdentified(
        f"No flow {sample.economies[i]} -> {sample.economies[j]} is recorded {when}",
        why="Without trade before the event there is no pair effect and nothing that could fall.",
        fix="Choose base years with trade, or read the dyad's level against similar pairs instead.",
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


def cautions(
    sample: Sample, i: int, j: int, collapsed: Callable[[int, bool], tuple[int, ...]] | None = None
) -> tuple[str, ...]:
    """Plain sentences on what may be wrong with the flow i -> j as recorded.

    ``collapsed`` gives the :func:`collapse_years` of an economy, where they are kept.
    """
    origin, destination = sample.economies[i], sample.economies[j]
    flow = sample.flows[:, i, j]
    found, flows = [], {"exporter": named(origin), "importer": named(destination)}
    zeros = [y for y, x in zip(sample.years, flow) if x == 0]
    if zeros:
        found.append(Text("caution.zero", years=_years(zeros), **flows))
    missing = [y for y, x in zip(sample.years, flow) if np.isnan(x)]
    if missing:
        found.append(Text("caution.missing", years=_years(missing), **flows))
    for k, side in ((i, True), (j, False)):
        years = [
            sample.years[t]
            for t in (collapsed(k, side) if collapsed else collapse_years(sample.flows, k, exports=side))
        ]
        if years:
            key = "caution.exports_collapse" if side else "caution.imports_collapse"
            found.append(Text(key, who=named(sample.economies[k]), years=_years(years)))
    return tuple(found)


def window_cautions(
    sample: Sample, fit: Residuals, i: int, j: int, episode: Episode, at: tuple[int, int] | None = None
) -> list[Text]:
    """What may be wrong with the years chosen: the base years, and the year from which one counts.

    The same in every entry point that takes base years and an episode. ``at`` is where i -> j stands in the fit, if
    not at (i, j).
    """
    one, other = (i, j) if at is None else at
    who = {"exporter": named(sample.economies[i]), "importer": named(sample.economies[j])}
    years = sample.years[fit.base]
    window = {"start": years[0], "end": years[-1], "first": episode.from_year, "last": episode.to_year}
    found = []
    if years[-1] > episode.from_year:
        found.append(Text("caution.base_across", **who, **window))
    if sample.season > 1 and (sample.year(episode.to_year) - sample.year(episode.from_year)) % sample.season:
        found.append(Text("caution.other_season", **who, **window))
    if len(years) == 1:
        found.append(Text("caution.base_one_year", **who, start=years[0]))
    if at_peak(fit.log_ratio[: sample.year(episode.from_year) + 1, one, other]):
        found.append(Text("caution.at_peak", **who, first=episode.from_year))
    if 0 < np.nan_to_num(fit.base_mean[one, other]) < SMALLEST:
        found.append(Text("caution.small_flow", **who))
    return found


def at_peak(path: Floats) -> bool:
    """Whether the last of at least four known residuals is the largest.

    Examples
    --------
    >>> at_peak(np.array([0.0, 0.2, 0.1, 0.3])), at_peak(np.array([0.0, 0.4, 0.1, 0.3]))
    (True, False)
    """
    known = path[np.isfinite(path)]
    return len(known) >= 4 and bool(np.isfinite(path[-1])) and bool(path[-1] >= known.max())


def _years(years: Sequence[int]) -> str:
    """Years as a list that reads: runs of three and more by their ends."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    told = [text for run in runs for text in ([f"{run[0]}-{run[-1]}"] if len(run) > 2 else map(str, run))]
    return Text("answer.and", first=", ".join(told[:-1]), last=told[-1]) if len(told) > 1 else told[0]
