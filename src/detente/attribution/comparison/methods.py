"""Every test of one dyad's change in one place: they answer different questions and are read together."""

from __future__ import annotations

from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente._workers import in_order
from detente.attribution.comparison.by_method import Inference
from detente.attribution.comparison.conformal import Conformal, conformal_interval
from detente.attribution.comparison.matrix_completion import complete_path
from detente.attribution.comparison.placebos import choose, mean_change, refuse_clustered_error, stand
from detente.attribution.comparison.power import power
from detente.attribution.comparison.synthetic import synthetic_control
from detente.attribution.episodes import episodes_of
from detente.attribution.fits import DyadFits
from detente.attribution.words.cautions import cautions, require_trade_before, window_cautions
from detente.errors import DetenteError, NotIdentified, SpecificationError
from detente.language import Refusal

Floats = NDArray[np.float64]

DONOR_FACTOR = 10.0  #: donors of the synthetic control trade within this factor of the dyad
MOST_DONORS = 50  #: of the synthetic control, the nearest in size; more would fit any path
POOR_FIT = 0.25  #: log points; root mean squared error before the event above which a fit is withheld
MOST_ALIKE = 300  #: dyads in the matrix to complete, the nearest in size; more only take time


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
