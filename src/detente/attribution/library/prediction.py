"""The distribution of a dyad's residual one to five years after a rupture or reopening.

A forecast is a weighted mixture of what happened in the library's cases, each counting
once. After a rupture the cases of the same instrument share the weight n / (n + k), the
whole library the rest; k is estimated from the cases (credibility.py). After a reopening,
where instruments hardly differ and k cannot be estimated, it is POOL, the rest goes to the
other instruments, and cases whose gap before was alike weigh more. Each outcome is spread
by the ordinary noise of a dyad. Where its region is told, a forecast is as wide as that region's
outcomes ask for (regions.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.attribution.library.catalogue import INSTRUMENTS
from detente.attribution.library.expected_paths import CAP, HORIZONS, ObservedOutcome, outcomes
from detente.attribution.library.regions import Miss, pair_of, recalibrated, width_factor
from detente.attribution.library.shrinkage import credibility_constant, own_weight
from detente.errors import SpecificationError, TooFewDonors, did_you_mean

Floats = NDArray[np.float64]

POOL = 8.0  #: after a reopening: cases of one instrument that weigh as much as all others together
SPREAD = 0.3  #: log points; an ordinary dyad's standard deviation over two years or so
ALIKE = 1.5  #: log points; how alike the gap before a reopening must be
CARRY = 0.3  #: share of a difference in the gap before a reopening that is carried over
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
    """

    kind: str
    instrument: str
    horizon: int
    values: Floats
    weights: Floats
    n_same: int
    n_other: int
    zero: float = 0.0

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
        return (
            f"Judged by {self.n_same} cases of the same instrument and {self.n_other} others, a flow stands at about "
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
        The region of the library where it is, as ``"Middle East"``. The forecast of a rupture is as much wider or
        narrower as outcomes there lay farther from, or nearer to, their forecasts; after a reopening its probabilities
        are moved to where outcomes there fell in theirs (:mod:`.regions`).

    Raises
    ------
    SpecificationError
        An unknown instrument, kind or region, a horizon outside 1 to 5, or ``before`` that is no number.
    TooFewDonors
        No case to learn from.

    Examples
    --------
    >>> closure, quarrel = predict("closure"), predict("diplomatic quarrel")
    >>> bool(closure.quantile(0.5) < quarrel.quantile(0.5))
    True
    """
    _check(instrument, kind, horizon, before)
    before = max(before, CAP)
    learn = [o for o in (outcomes() if learn_from is None else learn_from) if o.kind == kind]
    known = [o for o in learn if abs(o.horizon - horizon) <= 1]
    same = [o for o in known if o.instrument == instrument]
    other = [o for o in known if o.instrument != instrument]
    if not known:
        raise TooFewDonors("The library has no case to learn from.", fix="Use more cases or regions.")
    n_same, n_other = len({o.case_id for o in same}), len({o.case_id for o in other})
    weight, rest = (0.0, known) if pooled else _shares(kind, known, other, n_same)
    kind_of_spread = "rupture" if pooled else kind
    parts = [_spread(same, weight, kind_of_spread, before), _spread(rest, 1.0 - weight, kind_of_spread, before)]
    centres = np.concatenate([p[0] for p in parts])
    weights = np.concatenate([p[1] for p in parts])
    zero = float(np.concatenate([p[2] for p in parts]) @ weights / weights.sum())
    offsets = SPREAD * KERNEL if noise is None else _thinned(noise)
    values = np.maximum(np.add.outer(centres, offsets).ravel(), CAP)
    weights = np.repeat(weights / len(offsets), len(offsets))
    order = np.argsort(values)
    found = Forecast(kind, instrument, horizon, values[order], weights[order] / weights.sum(), n_same, n_other, zero)
    return found if region is None else _in_region(found, region, learn)


def _in_region(found: Forecast, region: str, learn: list[ObservedOutcome]) -> Forecast:
    """The forecast as wide as the region's outcomes ask for or, after a reopening, with probabilities as they ask for."""
    regions = sorted({o.region for o in outcomes()} | {o.region for o in learn})
    if region not in regions:
        raise SpecificationError(
            f"The library has no region '{region}'.{did_you_mean(region, regions)}", fix=f"It has {', '.join(regions)}."
        )
    shipped = _shipped_misses(found.kind)
    misses = [shipped[o] for o in learn] if all(o in shipped for o in learn) else list(_misses(learn).values())
    if found.kind == "reopening":
        return replace(found, weights=recalibrated(found.weights, misses, region, POOL))
    middle = float(found.quantile(0.5))
    return replace(found, values=np.maximum(middle + (found.values - middle) * width_factor(misses, region), CAP))


def _misses(learn: Sequence[ObservedOutcome]) -> dict[ObservedOutcome, Miss]:
    """How far each outcome lay from its forecast by the others, its own pair left out."""
    found = {}
    for o in learn:
        others = [r for r in learn if pair_of(r) != pair_of(o)]
        if any(abs(r.horizon - o.horizon) <= 1 for r in others):
            guess = predict(o.instrument, o.kind, o.horizon, before=o.before, learn_from=others)
            at = np.interp(o.value, guess.values, np.cumsum(guess.weights) - guess.weights / 2)
            found[o] = Miss(pair_of(o), o.region, abs(o.value - float(guess.quantile(0.5))), abs(2 * float(at) - 1))
    return found


@cache
def _shipped_misses(kind: str) -> dict[ObservedOutcome, Miss]:
    return _misses([o for o in outcomes() if o.kind == kind])


def _shares(
    kind: str, known: list[ObservedOutcome], other: list[ObservedOutcome], n_same: int
) -> tuple[float, list[ObservedOutcome]]:
    """Weight of the cases of the same instrument, and the outcomes that share the rest."""
    if not other:
        return 1.0, []
    if kind == "reopening":
        return own_weight(n_same, POOL), other
    return own_weight(n_same, credibility_constant(_case_means(known))), known


def _case_means(found: Iterable[ObservedOutcome]) -> list[list[float]]:
    """Mean outcome of every case, by instrument."""
    values: dict[tuple[str, str], list[float]] = {}
    for o in found:
        values.setdefault((o.instrument, o.case_id), []).append(o.value)
    groups: dict[str, list[float]] = {}
    for (instrument, _), of_case in values.items():
        groups.setdefault(instrument, []).append(float(np.mean(of_case)))
    return list(groups.values())


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


def _spread(found: Sequence[ObservedOutcome], weight: float, kind: str, before: float) -> tuple[Floats, Floats, Floats]:
    """Centres, weights and recorded zeros (0 or 1) of one group; each case counts once."""
    if not found or weight == 0:
        return np.empty(0), np.empty(0), np.empty(0)
    count = Counter(o.case_id for o in found)
    values = np.array([o.value for o in found])
    weights = np.array([1.0 / count[o.case_id] for o in found])
    if kind == "reopening":
        gap = before - np.array([o.before for o in found])
        weights = weights * (np.exp(-0.5 * (gap / ALIKE) ** 2) + 1e-6)
        values = values + CARRY * gap
    return values, weight * weights / weights.sum(), np.array([float(o.zero) for o in found])


def _thinned(noise: Floats, most: int = 40) -> Floats:
    """At most 40 quantiles of the noise."""
    noise = noise[np.isfinite(noise)]
    if not noise.size:
        raise TooFewDonors("The noise given holds no number.", fix="Pass residuals of comparable pairs.")
    return np.quantile(noise, (np.arange(most) + 0.5) / most) if noise.size > most else noise


def forecast_frame(
    instrument: str, kind: str = "rupture", *, before: float = 0.0, counterfactual: float | None = None,
    region: str | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Forecast of all five horizons: 10%, 50%, 90% points, and flows if a demand scenario is given."""
    rows = []
    for horizon in HORIZONS:
        found = predict(instrument, kind, horizon, before=before, region=region)
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
