"""How many incidents next: a negative binomial regression on two exponential memories, where it beats the plain mean.

Incidents excite incidents: with a short and a long memory of its own counts a series is forecast as well as by a discrete
self-exciting process (findings/flows.md section 4: rivalry, politics and democracy add 0.7% of the score). The score is made on
the user's own counts, by forecasting each later period from what was known before it; where the two memories do not beat
the mean of the past there, the mean is the forecast.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.errors import NotConverged, NotIdentified, SpecificationError
from detente.language import Number, Text, Word
from detente.outlook.incidents.counts import IncidentCounts
from detente.outlook.incidents.negative_binomial import CountFit, fit_counts
from detente.outlook.score_card import ScoreCard

Floats = NDArray[np.float64]
DECAYS = ((0.6, 0.9), (0.3, 0.8), (0.8, 0.97))
"""Pairs of memories by period, among which the likelihood chooses."""
OFFSET_SHARE = 0.25
"""Of the mean count: added to memories before their logarithm is taken."""
BURN = 3
HIGHEST = 2.0
"""Times the largest count on record: no path's mean rises above it."""
FEWEST_PERIODS, FEWEST_CELLS, FEWEST_INCIDENTS = 12, 48, 20
PATHS, SEED = 2000, 20240101
LEVELS = (0.1, 0.5, 0.9)
MEMORIES, MEAN = "two memories", "the mean so far"
BLOCK = 6


@dataclass(frozen=True, slots=True)
class IncidentForecast:
    """Incidents in the next periods.

    Attributes
    ----------
    name, every : of the series, and its period.
    last : the last period known.
    until : the last period of the total that is forecast.
    n_periods : how many these are.
    mean, low, middle, high : float
        Of the total; the 10th, 50th and 90th percentile.
    chance_any : float
        That there is at least one.
    method : ``two memories``, or ``the mean so far`` where the memories did not beat it.
    card : ScoreCard
        How such forecasts did on the same counts, each from what was known before.
    """

    name: str
    every: str
    last: str
    until: str
    n_periods: int
    mean: float
    low: float
    middle: float
    high: float
    chance_any: float
    method: str
    card: ScoreCard

    def summary(self) -> str:
        """One sentence with the score beside it, in any language."""
        whole = {name: Number(f"{value:,.0f}") for name, value in
                 (("low", self.low), ("middle", self.middle), ("high", self.high))}  # fmt: skip
        return Text(
            "outlook.incidents", name=self.name, n=self.n_periods, until=self.until, **whole,
            every=Word(f"{self.every}{'s' if self.n_periods > 1 else ''}", group="period"), any=f"{100 * self.chance_any:.0f}",
            method=Word(self.method, group="outlook_method"), score=self.card.sentence(),
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """All of it in plain values."""
        return asdict(self)

    def __repr__(self) -> str:
        return f"IncidentForecast({self.name} to {self.until}: {self.mean:.1f} [{self.low:.0f}, {self.high:.0f}])"


def memories(counts: Floats, decays: tuple[float, ...]) -> Floats:
    """Weighted means of all earlier counts, the weight of one k periods back ``decay^(k-1)``.

    Parameters
    ----------
    counts : (T, D)
    decays : (M,)

    Returns
    -------
    (T + 1, D, M) array
        At each period from what came before it; the last row is that of the period to come. Zero at the first.
    """
    out = np.zeros((len(counts) + 1, counts.shape[1], len(decays)))
    top, below = np.zeros((counts.shape[1], len(decays))), np.zeros(len(decays))
    decay = np.array(decays)
    for t in range(len(counts) + 1):
        out[t] = top / np.maximum(below, 1e-300)
        if t < len(counts):
            top, below = decay * top + counts[t][:, None], decay * below + 1
    return out


@dataclass(frozen=True, slots=True)
class IncidentModel:
    """What was learnt: the regression, its memories (none: the mean alone), what was added to them, and the highest mean that a
    path may reach: excitement that feeds on itself would otherwise grow without end."""

    fit: CountFit
    decays: tuple[float, ...]
    offset: float
    highest: float

    def totals(self, counts: Floats, n: int, paths: int, rng: np.random.Generator) -> Floats:
        """Totals (D, paths) of the next n periods after counts (T, D), drawn path by path."""
        decay, shape = np.array(self.decays), 1 / self.fit.alpha
        weights = decay[None, :] ** np.arange(len(counts))[::-1, None]  # (T, M)
        top = np.repeat(np.einsum("td,tm->dm", counts, weights)[:, None], paths, axis=1) if len(decay) else None
        below, total = weights.sum(0), np.zeros((counts.shape[1], paths))
        for _ in range(n):
            log_mean = np.full(total.shape, self.fit.coef[0])
            if top is not None:
                log_mean = log_mean + np.log(top / below + self.offset) @ self.fit.coef[1:]
            mean = np.minimum(np.exp(np.minimum(log_mean, 15.0)), self.highest)
            drawn = rng.poisson(rng.gamma(shape, mean / shape)).astype(float)
            total += drawn
            if top is not None:
                top, below = decay * top + drawn[..., None], decay * below + 1
        return total


def learn_incidents(counts: Floats, decays: tuple[float, ...]) -> IncidentModel:
    """The regression of counts (T, D) on their memories; without decays, their mean and spread.

    Raises
    ------
    NotConverged
    """
    offset = OFFSET_SHARE * float(counts.mean())
    seen = memories(counts, decays)[BURN:-1].reshape(counts[BURN:].size, len(decays))
    design = np.column_stack([np.ones(len(seen)), np.log(seen + offset)])
    return IncidentModel(fit_counts(design, counts[BURN:].ravel()), decays, offset, HIGHEST * float(counts.max()))


def forecast_incidents(
    counts: IncidentCounts, name: str | None = None, *, ahead: tuple[int, ...] | None = None
) -> tuple[IncidentForecast, ...]:
    """Incidents of a series in the next periods, as totals with an interval and the score of such totals.

    Parameters
    ----------
    counts : IncidentCounts
        Of one series or of many, which are learnt from together.
    name : which series; the only one, or the first, unless given.
    ahead : numbers of periods; the next one, a quarter and a year unless given.

    Raises
    ------
    NotIdentified
        Fewer than 12 periods, 48 counts or 20 incidents: no interval from them could be scored.
    SpecificationError
        No such series, or a number of periods that cannot be scored on these counts.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> made = IncidentCounts(("A-B",), "month", tuple(f"{2015 + k // 12}-{k % 12 + 1:02d}" for k in range(96)),
    ...                       rng.poisson(3.0, (96, 1)).astype(float))
    >>> [(f.n_periods, f.until) for f in forecast_incidents(made)]
    [(1, '2023-01'), (3, '2023-03'), (12, '2023-12')]
    """
    values = counts.counts
    place = _series(counts, name)
    if len(values) < FEWEST_PERIODS or values.size < FEWEST_CELLS or values.sum() < FEWEST_INCIDENTS:
        raise NotIdentified(
            f"{values.sum():,.0f} incidents in {len(values)} {counts.every}s are on record.",
            why=f"From fewer than {FEWEST_INCIDENTS} incidents, or fewer than {FEWEST_CELLS} counts, no interval could be scored.",
            fix="Give a longer export, or count by shorter periods.",
        )
    ahead = ahead or tuple(sorted({1, max(1, counts.a_year // 4), counts.a_year}))
    too_far = [n for n in ahead if not 1 <= n <= len(values) // 4]
    if too_far:
        raise SpecificationError(
            f"{too_far[0]} {counts.every}s ahead cannot be scored on {len(values)}.",
            why="A number whose score is unknown is no forecast.",
            fix=f"Ask for {len(values) // 4} or fewer, or give a longer export.",
        )
    decays = _best_decays(values)
    scored = {n: _scored(values, decays, n, 12 // counts.a_year) for n in ahead}
    return tuple(_forecast(counts, place, decays, n, *scored[n]) for n in ahead)


def _series(counts: IncidentCounts, name: str | None) -> int:
    if name is not None and name not in counts.names:
        raise SpecificationError(f"There is no series '{name}'.", fix=f"It has {', '.join(counts.names[:5])}.")
    return 0 if name is None else counts.names.index(name)


def _best_decays(values: Floats) -> tuple[float, ...]:
    """The memories of the highest likelihood on the first half: what follows is what is scored."""
    half = values[: len(values) // 2]
    tried: list[tuple[float, tuple[float, ...]]] = []
    for decays in DECAYS:
        try:
            tried.append((learn_incidents(half, decays).fit.loglik, decays))
        except NotConverged:
            continue
    return max(tried)[1] if tried else DECAYS[0]


def _scored(values: Floats, decays: tuple[float, ...], n: int, months: int) -> tuple[str, ScoreCard]:
    """The method that did better on the second half, and its card."""
    start, end = len(values) // 2, len(values) - n
    every = max(1, (end - start) // 40)
    rng = np.random.default_rng(SEED)
    columns = ("crps", "naive_crps", "error", "naive_error", "inside", "naive_inside")
    rows: dict[str, list[Floats]] = {name: [] for name in columns}
    for t in range(start, end + 1, every):
        outcome = values[t : t + n].sum(0)
        plain = learn_incidents(values[:t], ())
        try:
            model = learn_incidents(values[:t], decays)
        except NotConverged:
            model = plain
        for prefix, one in (("", model), ("naive_", plain)):
            drawn = np.sort(one.totals(values[:t], n, PATHS // 4, rng), axis=1)
            low, middle, high = np.quantile(drawn, LEVELS, axis=1)
            rows[f"{prefix}crps"].append(_crps(drawn, outcome))
            rows[f"{prefix}error"].append(np.abs(middle - outcome))
            rows[f"{prefix}inside"].append(((low <= outcome) & (outcome <= high)).astype(float))
    found = {name: np.array(parts) for name, parts in rows.items()}  # (origins, D) each
    better = found["crps"].mean() < found["naive_crps"].mean()
    return (MEMORIES if better else MEAN), _card(found, n * months, better)


def _card(found: dict[str, Floats], months: int, better: bool) -> ScoreCard:
    own, naive = found["crps" if better else "naive_crps"].sum(1), found["naive_crps"].sum(1)
    blocks = np.arange(len(own)) // BLOCK
    a, b = np.bincount(blocks, own), np.bincount(blocks, naive)
    drawn = np.random.default_rng(1).poisson(1.0, (1000, len(a))) + 1e-9
    low, high = np.quantile(100 * (1 - (drawn @ a) / (drawn @ b)), (0.05, 0.95))
    kept = "" if better else "naive_"
    return ScoreCard(
        "incidents", "own counts", "rolling", months, found["crps"].size, int(found["crps"].shape[0]), MEAN, "CRPS",
        float(100 * (1 - own.sum() / naive.sum())), float(low), float(high), mae=float(found[f"{kept}error"].mean()),
        baseline_mae=float(found["naive_error"].mean()), crps=float(found[f"{kept}crps"].mean()),
        coverage_80=float(found[f"{kept}inside"].mean()), fails="Missed: outbreaks without a forerunner.",
    )  # fmt: skip


def _crps(drawn: Floats, outcome: Floats) -> Floats:
    """Of sorted draws (D, m) and outcomes (D,) (Gneiting & Raftery 2007, equation 21)."""
    m = drawn.shape[1]
    spread = (drawn * (2 * np.arange(1, m + 1) - m - 1)).sum(1) / m**2
    return np.abs(drawn - outcome[:, None]).mean(1) - spread


def _forecast(
    counts: IncidentCounts, place: int, decays: tuple[float, ...], n: int, method: str, card: ScoreCard
) -> IncidentForecast:
    model = learn_incidents(counts.counts, decays if method == MEMORIES else ())
    drawn = model.totals(counts.counts, n, PATHS, np.random.default_rng(SEED))[place]
    low, middle, high = np.quantile(drawn, LEVELS)
    return IncidentForecast(
        counts.names[place], counts.every, counts.periods[-1], counts.next_labels(n)[-1], n, float(drawn.mean()),
        float(low), float(middle), float(high), float((drawn > 0).mean()), method, card,
    )  # fmt: skip
