"""Breaks found in a dyad's residual, and how they meet the record.

A break at year t is a shift between the mean residual of the two years before and that of
t and the year after. It counts when at most 5% of comparable pairs shift as much in any
year (the share is of the largest shift each shows, so searching all years is paid for).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.attribution.comparison.placebos import choose
from detente.attribution.fits import DyadFits
from detente.attribution.words.cautions import require_trade_before
from detente.attribution.words.sentences import counted, log_points
from detente.errors import TooFewDonors
from detente.language import Joined
from detente.language.when import per_year, place

Floats = NDArray[np.float64]

SPAN = 2  #: years averaged on each side
NEAR = 1  #: an event within this many periods meets a break
NEAR_YEARS = 0.25  #: or within this many years, where the periods are shorter


@dataclass(frozen=True, slots=True)
class Break:
    """A shift of the dyad's residual.

    Attributes
    ----------
    year : int
        First year of the new level.
    shift : float
        Log points.
    share : float
        Comparable dyads whose largest shift in any year is at least as large, (1 + count) / (1 + n).
    n : int
    events : tuple of str
        Events of the record within a year.
    """

    year: int
    shift: float
    share: float
    n: int
    events: tuple[str, ...] = ()

    @property
    def beside(self) -> str:
        """Its events, in one cell of a table."""
        return Joined("; ", parts=self.events)


@dataclass(frozen=True, slots=True)
class Breaks:
    """Breaks of one direction, beside the record.

    Attributes
    ----------
    origin, destination : str
    found : tuple of Break
    silent : tuple of (str, int)
        Events of the record that left no break.
    outside : tuple of (str, int)
        Events too near the panel's ends to be seen.
    level : float
        Largest share at which a shift counts.
    """

    origin: str
    destination: str
    found: tuple[Break, ...]
    silent: tuple[tuple[str, int], ...]
    outside: tuple[tuple[str, int], ...]
    level: float

    def to_frame(self) -> pl.DataFrame:
        """One row a break, and one for each event without (polars)."""
        rows: list[tuple[Any, ...]] = [
            (b.year, b.shift, b.share, b.n, b.beside, "break" + ("" if b.events else " without event"))
            for b in self.found
        ]
        rows += [(year, None, None, None, name, "event without break") for name, year in self.silent]
        rows += [(year, None, None, None, name, "outside the years searched") for name, year in self.outside]
        columns = ["year", "shift", "placebo_share", "n_placebos", "events", "what"]
        return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None).sort("year")

    @property
    def sentences(self) -> tuple[str, ...]:
        """One for each break, one for the events without."""
        who = f"{self.origin} to {self.destination}"
        found = [
            f"The residual of {who} shifts by {log_points(b.shift)} log points in {b.year}; "
            f"{counted(b.share, b.n)} of {b.n:,} comparable pairs show as large a shift in any year. "
            + (f"Near it in the record: {'; '.join(b.events)}." if b.events else "No recorded event is near.")
            for b in self.found
        ] or [
            f"No shift of the residual of {who} stands out among comparable pairs. A search over all years finds only "
            "what would stand out in any of them: a change between two years chosen beforehand can be unusual and not "
            "be found here."
        ]
        if self.silent:
            names = "; ".join(f"{name} ({year})" for name, year in self.silent)
            found.append(f"Events that left no break in annual recorded trade: {names}.")
        return tuple(found)


def shifts(paths: Floats, span: int = SPAN) -> Floats:
    """Mean of ``span`` years from t on less the mean of the ``span`` years before.

    Parameters
    ----------
    paths : (..., T) array
    span : int

    Returns
    -------
    (..., T) array, nan in the first and last years.

    Examples
    --------
    >>> shifts(np.array([0.0, 0, 0, 1, 1, 1])).tolist()
    [nan, nan, 0.5, 1.0, 0.5, nan]
    """
    out = np.full(paths.shape, np.nan)
    for t in range(span, paths.shape[-1] - span + 1):
        with np.errstate(invalid="ignore"):  # zeros on both sides: unknown
            out[..., t] = paths[..., t : t + span].mean(-1) - paths[..., t - span : t].mean(-1)
    return out


def find_breaks(
    panel: Any,
    origin: str,
    destination: str,
    *,
    events: Iterable[tuple[str, int]] = (),
    base_window: tuple[int, int] = (2000, 2004),
    level: float = 0.05,
) -> Breaks:
    """Breaks of one direction, compared with the events of a record.

    Parameters
    ----------
    panel : Panel or (flows, economies, years)
    origin, destination : str
    events : iterable of (name, year)
        From the record; only years are compared.
    base_window : (first, last)
    level : float

    Raises
    ------
    TooFewDonors
        Fewer comparable pairs than ``level`` needs.
    """
    fits = DyadFits.of(panel, origin, destination)
    sample, (i, j) = fits.sample, fits.dyad
    require_trade_before(sample, i, j, sample.window(base_window))
    fit = fits.on(base_window)
    chosen = choose(fit.base_mean, i, j, barred=sample.barred, excluded=fits.ruptured()).chosen
    paths = fit.log_ratio[:, chosen].T
    paths = paths[np.isfinite(paths).all(axis=1)]
    if len(paths) + 1 < 1 / level:
        raise TooFewDonors(
            f"{len(paths)} comparable pairs with whole paths cannot show a share of {level:.0%}.",
            why="The smallest share is 1 / (1 + n).",
            fix="Use a panel with more economies, or a larger level.",
        )
    own = shifts(fit.log_ratio[:, i, j])
    largest = np.nanmax(np.abs(shifts(paths)), axis=1)
    found = _pick(own, largest, sample.years, level)
    return _with_record(origin, destination, found, tuple(events), sample.years, level)


def _pick(own: Floats, largest: Floats, years: Sequence[int], level: float) -> list[Break]:
    """Largest shift first; years next to a chosen one show the same break."""
    size = np.abs(np.where(np.isfinite(own), own, 0.0))
    found = []
    while size.max() > 0:
        t = int(size.argmax())
        share = float((1 + np.sum(largest >= size[t])) / (1 + len(largest)))
        if share > level:
            break
        found.append(Break(years[t], float(own[t]), share, len(largest)))
        size[max(t - SPAN, 0) : t + SPAN + 1] = 0
    return sorted(found, key=lambda b: b.year)


def _with_record(
    origin: str,
    destination: str,
    found: list[Break],
    events: tuple[tuple[str, int], ...],
    years: Sequence[int],
    level: float,
) -> Breaks:
    step = 1 / per_year(years[0])
    near_by = max(NEAR * step, NEAR_YEARS) + 1e-9
    met = [
        Break(b.year, b.shift, b.share, b.n, tuple(n for n, y in events if abs(place(y) - place(b.year)) <= near_by))
        for b in found
    ]
    first, last = place(years[0]) + SPAN * step, place(years[-1]) - (SPAN - 1) * step
    outside = tuple((n, y) for n, y in events if not first - 1e-9 <= place(y) <= last + 1e-9)
    near = {n for b in met for n in b.events}
    silent = tuple((n, y) for n, y in events if n not in near and (n, y) not in outside)
    return Breaks(origin, destination, tuple(met), silent, outside, level)
