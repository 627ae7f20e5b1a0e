"""Every test of one dyad's change in one place: they answer different questions and are read together."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente._workers import in_order
from detente.attribution.comparison.conformal import Conformal, conformal_interval
from detente.attribution.comparison.matrix_completion import CompletedMatrix, complete_path
from detente.attribution.comparison.measured_sizes import shipped_sizes
from detente.attribution.comparison.placebos import Standing, choose, mean_change, refuse_clustered_error, stand
from detente.attribution.comparison.power import Power, power
from detente.attribution.comparison.similar import PlaceboTest
from detente.attribution.comparison.synthetic import Synthetic, synthetic_control
from detente.attribution.episodes import Episode, episodes_of
from detente.attribution.fits import DyadFits
from detente.attribution.result import known
from detente.attribution.words.cautions import cautions, require_trade_before, window_cautions
from detente.attribution.words.sentences import counted, log_points
from detente.errors import DetenteError, NotIdentified, SpecificationError
from detente.language import Number, Refusal, Text

Floats = NDArray[np.float64]

DONOR_FACTOR = 10.0  #: donors of the synthetic control trade within this factor of the dyad
MOST_DONORS = 50  #: of the synthetic control, the nearest in size; more would fit any path
POOR_FIT = 0.25  #: log points; root mean squared error before the event above which a fit is withheld
MEASURED_ON = "50 US$ million and more"  #: dyads of BACI on which all methods were measured
MOST_ALIKE = 300  #: dyads in the matrix to complete, the nearest in size; more only take time


@dataclass(frozen=True, slots=True)
class Inference:
    """One direction, one episode, every method that could be run.

    Attributes
    ----------
    origin, destination : str
    episode : Episode
    value : float
        Change of the dyad's residual over the episode, log points.
    placebo : PlaceboTest
        Of that change, in the last year alone.
    means : float
        Change between means of up to three years (before, and up to the end), log points.
    means_placebo : Standing
        The same among placebos.
    power, means_power : Power or None
    synthetic : Synthetic or None
    completed : CompletedMatrix or None
    conformal : Conformal or None
    refused : mapping of method to reason
        Why a method is missing.
    cautions : tuple of str
        What may be wrong with the flow as recorded; said after the methods.
    """

    origin: str
    destination: str
    episode: Episode
    value: float
    placebo: PlaceboTest
    means: float
    means_placebo: Standing
    power: Power | None
    means_power: Power | None
    synthetic: Synthetic | None
    completed: CompletedMatrix | None
    conformal: Conformal | None
    refused: dict[str, str]
    cautions: tuple[str, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """One row a method: estimate, range, share, donors, what the range is (polars).

        ``measured_size`` is how often the method rejects at its level (5%; 10% for conformal limits)
        when nothing was done, measured on dyads of BACI at five years.
        """
        numbers = dict.fromkeys(("log_points", "low", "high", "share"), pl.Float64)
        schema = {"method": pl.String, **numbers, "n": pl.Int64, "rmse_before": pl.Float64, "note": pl.String}
        rows = [tuple(known(v) if isinstance(v, float) else v for v in row) for row in self.rows()]
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        size = pl.Series("measured_size", [_measured_size(name) for name in frame["method"]], dtype=pl.Float64)
        return frame.with_columns(size)

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows of :meth:`to_frame` without the measured size; what each range is, as a text for any language."""
        p, s, c, f = self.placebo, self.synthetic, self.completed, self.conformal
        rows: list[tuple[Any, ...]] = [
            ("placebo", self.value, self.value - p.high, self.value - p.low, p.share, p.n, None,
             Text("note.change_less"))
        ]  # fmt: skip
        m = self.means_placebo
        rows.append(("placebo, means", self.means, self.means - m.high, self.means - m.low, m.share, m.n, None,
                     Text("note.means_less")))  # fmt: skip
        if s:
            rows.append(("synthetic control", s.effect, s.lowest, s.highest, s.share, s.n, s.rmse_before,
                         Text("note.mean_gap")))  # fmt: skip
        if c:
            rows.append(("matrix completion", c.effect, c.effect - c.standing.high,
                         c.effect - c.standing.low, c.standing.share, c.standing.n, c.rmse_before,
                         Text("note.gap_less")))  # fmt: skip
        if f:
            level = Number(f"{100 * (1 - f.level):.0f}")
            limits = Text("note.limits_open" if f.at_edge else "note.limits", level=level)
            rows.append(("conformal", None, f.low, f.high, f.p_zero, None, None, limits))
        return rows + [(name, None, None, None, None, None, None, why) for name, why in self.refused.items()]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What each method allows to say."""
        found = [self._means_sentence()]
        if self.synthetic:
            s = self.synthetic
            found.append(
                f"Against a synthetic control from {s.n} dyads the mean gap is {log_points(s.effect)} log "
                f"points ({log_points(s.lowest)} to {log_points(s.highest)} when each donor is left out); "
                f"{counted(s.share, s.n)} of the {s.n} donors treated alike show as large a break."
            )
        if self.completed:
            c = self.completed
            found.append(
                f"Against a completed matrix of {c.standing.n} dyads it is {log_points(c.effect)}; "
                f"{counted(c.standing.share, c.standing.n)} of them did as badly or worse."
            )
        if self.conformal and not np.isnan(self.conformal.low):
            f = self.conformal
            found.append(
                f"Over time, {1 - f.level:.0%} conformal limits for a constant effect are "
                f"{log_points(f.low)} to {log_points(f.high)}."
            )
        for how, seen in (("single years", self.power), ("means of up to three years", self.means_power)):
            if seen:
                text = str(seen)
                found.append(f"With {how} compared, {text[0].lower()}{text[1:]}")
        return (*found, *self.cautions)

    def _means_sentence(self) -> str:
        if not np.isfinite(self.means):
            return (
                "Means of up to three years cannot be compared: a year among them is a recorded zero, which may "
                "mean that nothing was reported, or has no counterfactual."
            )
        return (
            f"Between means of up to three years the residual changes by {log_points(self.means)} log points; "
            f"{counted(self.means_placebo.share, self.means_placebo.n)} of {self.means_placebo.n:,} similar pairs did "
            "as badly."
        )


def infer(
    panel: Any,
    origin: str,
    destination: str,
    episode: Any,
    base_window: tuple[int, int] = (2000, 2004),
    *,
    errors: str = "placebo",
    seed: int = 0,
    executor: Executor | None = None,
) -> Inference:
    """Judge one direction's change by placebos, synthetic control, completion and conformal limits.

    Parameters
    ----------
    panel : Panel or (flows, economies, years)
    origin, destination : str
    episode : (from_year, to_year), (name, from_year, to_year) or Episode
        The years after ``from_year`` up to ``to_year`` count as treated.
    base_window : (first, last)
    errors : {"placebo"}
        ``"clustered"`` is refused, with the reason.
    seed : int
        Of the folds of the matrix completion.
    executor : concurrent.futures.Executor, optional
        Where the methods, each with placebos of its own, are worked out, instead of here; dask's too. The numbers do
        not depend on it.

    Returns
    -------
    Inference
        A method that cannot be run is None, with the reason in ``refused``.
    """
    _check_errors(errors)
    fits = DyadFits.of(panel, origin, destination)
    sample, (i, j) = fits.sample, fits.dyad
    (asked,) = episodes_of([episode])
    asked.check(sample)
    base = sample.window(base_window)
    require_trade_before(sample, i, j, base)
    fit = fits.on(base_window)
    start, end = sample.year(asked.from_year), sample.year(asked.to_year)
    broken = fits.ruptured()
    chosen = choose(fit.base_mean, i, j, barred=sample.barred, excluded=broken).chosen
    window = fits.window(start, end)
    alike = tuple(window.similar(i, j).T)
    with np.errstate(invalid="ignore"):
        value = float(fit.log_ratio[end, i, j] - fit.log_ratio[start, i, j])
    means = mean_change(fit.log_ratio, *mean_windows(start, end))
    begin = _whole_from(fit.log_ratio[:, i, j], base.start, end)
    paths, event = fit.log_ratio[begin : end + 1], start + 1 - begin
    own, many = paths[:, i, j], paths[:, nearest(chosen, fit.base_mean, i, j, MOST_ALIKE)].T
    near = paths[:, donors_of(fit.base_mean, i, j, sample.barred, broken)].T
    tasks: dict[str, tuple[Any, ...]] = {
        "power": (power, window.change[alike]),
        "power of means": (power, means[alike]),
        "synthetic control": (_well_fitted, synthetic_control, own, near, event),
        "matrix completion": (_well_fitted, partial(complete_path, seed=seed), own, many, event),
        "conformal": (_some_effect, own, near, event),
    }
    done = dict(zip(tasks, in_order(executor, _attempt, list(tasks.values()))))
    told: dict[str, Any] = {name: None if isinstance(found, Refusal) else found for name, found in done.items()}
    return Inference(
        origin, destination, asked, value, fits.test(base_window, start, end, i, j),
        float(means[i, j]), stand(float(means[i, j]), means[alike]),
        told["power"], told["power of means"], told["synthetic control"], told["matrix completion"], told["conformal"],
        {name: found for name, found in done.items() if isinstance(found, Refusal)},
        (*cautions(sample, i, j), *window_cautions(sample, fit, i, j, asked)),
    )  # fmt: skip


def _attempt(method: Any, *args: Any) -> Any:
    """What ``method`` finds, or why it finds nothing."""
    try:
        return method(*args)
    except DetenteError as error:
        return Refusal.of(error)


def _check_errors(errors: str) -> None:
    if errors.startswith("cluster"):
        refuse_clustered_error()
    if errors != "placebo":
        raise SpecificationError(f"errors='{errors}' is not known.", fix="Use errors='placebo'.")


def mean_windows(start: int, end: int) -> tuple[slice, slice]:
    """Up to three years ending with ``start``, and as many ending with ``end``, that do not overlap."""
    years = min(3, end - start)
    return slice(max(start + 1 - years, 0), start + 1), slice(end + 1 - years, end + 1)


def _measured_size(method: str) -> float | None:
    test = {"placebo": "placebo share", "placebo, means": "placebo share of means"}.get(method, method)
    found = [z.rejected for z in shipped_sizes() if (z.test, z.group, z.loss_pct) == (test, MEASURED_ON, 0.0)]
    return found[0] if found else None


def _whole_from(path: Floats, base: int, end: int) -> int:
    """First year of the unbroken run of known residuals that ends with the episode."""
    gaps = np.flatnonzero(~np.isfinite(path[: end + 1]))
    return int(gaps[gaps < base].max(initial=-1)) + 1


def _on_whole(method: Any, own: Floats, donors: Floats, event: int) -> Any:
    """Run ``method`` unless the dyad itself has a gap or a recorded zero."""
    if not np.isfinite(own).all():
        raise SpecificationError(
            "The dyad's residual is unknown, or its flow a recorded zero, in a year between the base and the end.",
            why="The method needs its whole path.",
            fix="Read the placebo share, which does not.",
        )
    return method(own, donors, event)


def _well_fitted(method: Any, own: Floats, donors: Floats, event: int) -> Any:
    """Run ``method`` and withhold what does not follow the dyad before the event (Abadie 2021, section 3.4)."""
    found = _on_whole(method, own, donors, event)
    if found.rmse_before > POOR_FIT:
        raise NotIdentified(
            f"Before the event it misses the dyad by {found.rmse_before:.2f} log points (root mean square).",
            why=f"What does not follow the dyad before ({POOR_FIT:.2f} at most) says nothing about it after.",
            fix="Read the placebo test, which needs no fit of the path.",
        )
    return found


def _some_effect(own: Floats, donors: Floats, event: int) -> Conformal:
    """Conformal limits, unless no constant effect at all is compatible with the path."""
    found = _on_whole(conformal_interval, own, donors, event)
    if np.isnan(found.low):
        raise NotIdentified(
            f"Every constant effect is rejected at {found.level:.0%}: whatever happened was not the same in all years.",
            fix="Read the changes year by year.",
        )
    return found


def donors_of(
    base_mean: Floats, i: int, j: int, barred: tuple[int, ...], ruptured: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """(N, N) bool: dyads of the same destination or origin within a factor of ten, the nearest in size."""
    same = choose(base_mean, i, j, kind="destination", factor=DONOR_FACTOR, barred=barred, excluded=ruptured).chosen
    same |= choose(base_mean, i, j, kind="origin", factor=DONOR_FACTOR, barred=barred, excluded=ruptured).chosen
    return nearest(same, base_mean, i, j, MOST_DONORS)


def nearest(chosen: NDArray[np.bool_], base_mean: Floats, i: int, j: int, most: int) -> NDArray[np.bool_]:
    """The ``most`` dyads among ``chosen`` (N, N) whose base trade is nearest to that of i -> j."""
    if chosen.sum() <= most:
        return chosen
    distance = np.full(chosen.shape, np.inf)
    distance[chosen] = np.abs(np.log(base_mean[chosen]) - np.log(base_mean[i, j]))
    return distance <= np.partition(distance.ravel(), most - 1)[most - 1]
