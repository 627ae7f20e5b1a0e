"""The distribution of a dyad's residual one to five years after a rupture or reopening.

A forecast is a weighted mixture of what happened in the library's cases (:mod:`.weighing`), each outcome spread by the
ordinary noise of a dyad. Where its region is told, its probabilities are those that outcomes of the region ask for
(:mod:`.regions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.attribution.library.catalogue import INSTRUMENTS, SCOPES
from detente.attribution.library.expected_paths import CAP, HORIZONS, ObservedOutcome, outcomes
from detente.attribution.library.regions import Miss, pair_of, recalibrated
from detente.attribution.library.weighing import SPREAD, AskedForecast, weighed
from detente.errors import SpecificationError, TooFewDonors, did_you_mean, how_many

Floats = NDArray[np.float64]

_NORMAL = np.array([-1.96, -1.44, -1.15, -0.93, -0.76, -0.6, -0.45, -0.32, -0.19, -0.06])
KERNEL = np.concatenate([_NORMAL, -_NORMAL[::-1]])  #: mid-quantiles of the standard normal, 20 of them


@dataclass(frozen=True, slots=True)
class Forecast:
    """A weighted sample at one horizon.

    Attributes
    ----------
    kind, instrument : str
    horizon : int
        Full years after the rupture or reopening.
    values, weights : (m,) arrays
        Residuals in log points, ascending; weights sum to 1.
    n_same, n_other : int
        Cases of the same instrument and of others behind it.
    zero : float
        Chance that nothing is recorded at all; such outcomes stand in ``values`` with what they are below.
    scope : str
        What the rupture stops, where that was told; ``n_same`` then counts the cases that stopped as much.
    """

    kind: str
    instrument: str
    horizon: int
    values: Floats
    weights: Floats
    n_same: int
    n_other: int
    zero: float = 0.0
    scope: str = ""

    def quantile(self, share: float | Sequence[float]) -> Floats:
        """Points below which ``share`` of the forecast lies."""
        if not np.all((np.asarray(share) >= 0) & (np.asarray(share) <= 1)):
            raise SpecificationError(f"A share of {share} is none.", fix="Give numbers between 0 and 1.")
        middle = np.cumsum(self.weights) - self.weights / 2
        return np.asarray(np.interp(share, middle, self.values))

    def below(self, value: float) -> float:
        """Probability at or below ``value`` (the PIT of an outcome)."""
        return float(self.weights[self.values <= value].sum())

    def crps(self, value: float) -> float:
        """Continuous ranked probability score: E|X - y| - E|X - X'| / 2, log points."""
        spread = np.sum(self.weights * self.values * (2 * np.cumsum(self.weights) - self.weights - 1))
        return float(np.sum(self.weights * np.abs(self.values - value)) - spread)

    @property
    def sentence(self) -> str:
        """The forecast in words: level against the counterfactual, and how many cases speak."""
        low, middle, high = (100 * float(np.exp(v)) for v in self.quantile((0.1, 0.5, 0.9)))
        years = "one full year" if self.horizon == 1 else f"{self.horizon} full years"
        nothing = f", and a chance of {100 * self.zero:.0f}% that none is recorded" if self.zero >= 0.005 else ""
        what = f"a {self.instrument}" if self.kind == "rupture" else f"the end of a {self.instrument}"
        what += f" ({self.scope})" if self.scope else ""
        alike = "scope" if self.scope else "instrument"
        return (
            f"Judged by {how_many(self.n_same, 'case')} of the same {alike} and {self.n_other} others, a flow stands at about "
            f"{_share(middle)} of what else would be expected {years} after {what}; there is an 80% chance that it lies "
            f"between {_share(low)} and {_share(high)}{nothing}."
        )

    def flows(self, counterfactual: float, share: Sequence[float] = (0.1, 0.5, 0.9)) -> Floats:
        """Implied flows, million US$, given the flow one would expect without the rupture.

        Parameters
        ----------
        counterfactual : float
            Million US$: the demand scenario.
        share : sequence of float

        Raises
        ------
        SpecificationError
            A counterfactual that is negative or no number.
        """
        if not 0 <= counterfactual < np.inf:
            raise SpecificationError(
                f"A counterfactual of {counterfactual:g} million US$ is no flow.", fix="Give what would be expected."
            )
        return counterfactual * np.exp(self.quantile(share))


def predict(
    instrument: str,
    kind: str = "rupture",
    horizon: int = 1,
    *,
    before: float = 0.0,
    noise: Floats | None = None,
    learn_from: Iterable[ObservedOutcome] | None = None,
    pooled: bool = False,
    region: str | None = None,
    scope: str | None = None,
    flow: float | None = None,
) -> Forecast:
    """What to expect of a dyad's residual.

    Parameters
    ----------
    instrument : str
        closure, payment freeze, product ban, conflict or diplomatic quarrel.
    kind : {"rupture", "reopening"}
    horizon : int
        1 to 5 full years.
    before : float
        Residual in the year before (used after a reopening), log points; minus infinity for a recorded zero.
    noise : (m,) array, optional
        Residuals of comparable ordinary dyads at this horizon; a normal spread of 0.3 by default.
    learn_from : iterable of Outcome, optional
        The shipped library by default.
    pooled : bool
        Every case of the library alike, whatever its instrument and gap: what the forecast is compared with.
    region : str, optional
        The region of the library where it is, as ``"Middle East"``: probabilities are moved to where outcomes there fell
        in their forecasts (:mod:`.regions`).
    scope : str, optional
        What a closure or product ban stops: ``all trade`` (an embargo, all borders closed), ``land border`` (other ways
        open) or ``part of trade`` (some goods, or all at a duty). Cases of the same scope then count as cases of the same
        instrument do without it.
    flow : float, optional
        Million US$ in the year before a rupture: cases of flows alike in size then count more. Not used after a reopening,
        where it says nothing.

    Raises
    ------
    SpecificationError
        An unknown instrument, kind, region or scope, a horizon outside 1 to 5, or ``before`` or ``flow`` that is none.
    TooFewDonors
        No case to learn from.

    Examples
    --------
    >>> embargo, border = predict("closure", scope="all trade"), predict("closure", scope="land border")
    >>> bool(embargo.quantile(0.5) < predict("closure").quantile(0.5) < border.quantile(0.5))
    True
    >>> closure, quarrel = predict("closure"), predict("diplomatic quarrel")
    >>> bool(closure.quantile(0.5) < quarrel.quantile(0.5))
    True
    """
    _check(instrument, kind, horizon, before)
    _check_told(instrument, scope, flow)
    asked = AskedForecast(
        kind, instrument, max(before, CAP), scope or "", float("nan") if flow is None else float(flow)
    )
    learn = [o for o in (outcomes() if learn_from is None else learn_from) if o.kind == kind]
    known = [o for o in learn if abs(o.horizon - horizon) <= 1]
    if not known:
        raise TooFewDonors("The library has no case to learn from.", fix="Use more cases or regions.")
    found = weighed(asked, known, pooled=pooled)
    offsets = (SPREAD if pooled else asked.spread) * KERNEL if noise is None else _thinned(noise)
    values = np.maximum(np.add.outer(found.centres, offsets).ravel(), CAP)
    weights = np.repeat(found.weights / len(offsets), len(offsets))
    order = np.argsort(values)
    told = Forecast(
        kind, instrument, horizon, values[order], weights[order] / weights.sum(), found.n_same, found.n_other,
        float(found.zero @ found.weights), asked.scope,
    )  # fmt: skip
    return told if region is None else _in_region(told, region, learn)


def predict_case(
    o: ObservedOutcome, learn_from: Iterable[ObservedOutcome], *, pooled: bool = False, region: str | None = None
) -> Forecast:
    """The forecast of an outcome from others, told all that was known of it: what a score is of."""
    flow = None if np.isnan(o.flow) else o.flow
    return predict(
        o.instrument, o.kind, o.horizon, before=o.before, learn_from=learn_from, pooled=pooled, region=region,
        scope=o.scope or None, flow=flow,
    )  # fmt: skip


def _in_region(found: Forecast, region: str, learn: list[ObservedOutcome]) -> Forecast:
    """The forecast with the probabilities that the region's outcomes ask for."""
    regions = sorted({o.region for o in outcomes()} | {o.region for o in learn})
    if region not in regions:
        raise SpecificationError(
            f"The library has no region '{region}'.{did_you_mean(region, regions)}", fix=f"It has {', '.join(regions)}."
        )
    shipped = _shipped_misses(found.kind)
    misses = [shipped[o] for o in learn] if all(o in shipped for o in learn) else list(_misses(learn).values())
    return replace(found, weights=recalibrated(found.weights, misses, region))


def _misses(learn: Sequence[ObservedOutcome]) -> dict[ObservedOutcome, Miss]:
    """Where each outcome fell in its forecast from the others, its own pair left out."""
    found = {}
    for o in learn:
        others = [r for r in learn if pair_of(r) != pair_of(o)]
        if any(abs(r.horizon - o.horizon) <= 1 for r in others):
            guess = predict_case(o, others)
            at = np.interp(o.value, guess.values, np.cumsum(guess.weights) - guess.weights / 2)
            found[o] = Miss(pair_of(o), o.region, abs(2 * float(at) - 1))
    return found


@cache
def _shipped_misses(kind: str) -> dict[ObservedOutcome, Miss]:
    return _misses([o for o in outcomes() if o.kind == kind])


def _share(percent: float) -> str:
    return f"{percent:.0f}%" if percent >= 1 else "less than 1%"


def _check(instrument: str, kind: str, horizon: int, before: float) -> None:
    if instrument not in INSTRUMENTS:
        raise SpecificationError(
            f"'{instrument}' is no instrument.{did_you_mean(instrument, INSTRUMENTS)}",
            fix=f"The instruments are: {', '.join(INSTRUMENTS)}.",
        )
    if kind not in ("rupture", "reopening"):
        raise SpecificationError(f"'{kind}' is neither 'rupture' nor 'reopening'.")
    if horizon not in HORIZONS:
        raise SpecificationError(f"The library speaks about 1 to 5 full years, not {horizon}.")
    if np.isnan(before) or before == np.inf:
        raise SpecificationError(f"before={before} is no residual.", fix="Give log points, e.g. -1.2.")


def _check_told(instrument: str, scope: str | None, flow: float | None) -> None:
    if scope is not None and scope not in SCOPES.get(instrument, ()):
        known = SCOPES.get(instrument, ())
        raise SpecificationError(
            f"'{scope}' is no scope of a {instrument}.{did_you_mean(scope, known)}",
            fix=f"It has {' and '.join(repr(k) for k in known)}." if known else "Leave the scope out: it has none.",
        )
    if flow is not None and not 0 < flow < np.inf:
        raise SpecificationError(f"flow={flow:g} is no flow.", fix="Give million US$ of the year before, above zero.")


def _thinned(noise: Floats, most: int = 40) -> Floats:
    """At most 40 quantiles of the noise."""
    noise = noise[np.isfinite(noise)]
    if not noise.size:
        raise TooFewDonors("The noise given holds no number.", fix="Pass residuals of comparable pairs.")
    return np.quantile(noise, (np.arange(most) + 0.5) / most) if noise.size > most else noise


def forecast_frame(
    instrument: str, kind: str = "rupture", *, before: float = 0.0, counterfactual: float | None = None,
    region: str | None = None, scope: str | None = None, flow: float | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Forecast of all five horizons: 10%, 50%, 90% points, and flows if a demand scenario is given."""
    rows = []
    for horizon in HORIZONS:
        found = predict(instrument, kind, horizon, before=before, region=region, scope=scope, flow=flow)
        low, middle, high = (float(v) for v in found.quantile((0.1, 0.5, 0.9)))
        row = {
            "kind": kind, "instrument": instrument, "horizon": horizon, "low": low, "median": middle,
            "high": high, "n_same": found.n_same, "n_other": found.n_other,
        }  # fmt: skip
        if counterfactual is not None:
            flows = (float(v) for v in found.flows(counterfactual))
            row |= dict(zip(("flow_low_usd_mn", "flow_median_usd_mn", "flow_high_usd_mn"), flows))
        rows.append(row)
    return pl.DataFrame(rows)
