"""What a pair's trade may be in the next years, as ranges with the score of such ranges beside them.

After a labelled reopening the gap that was left says how fast trade came back (:mod:`detente.outlook.growth`); after
a labelled rupture the library of ruptures says how far it fell; with no event known, or from a full year after a
reopening on, flows of a like size and unrest say how far it may move (:mod:`detente.outlook.walk`). Each is used
because it did better than the naive forecast on cases that it had not seen; a horizon that was not scored is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.attribution.library.catalogue import INSTRUMENTS, LibraryCase, cases
from detente.attribution.library.expected_paths import outcomes
from detente.attribution.library.prediction import predict
from detente.attribution.residuals import residuals
from detente.attribution.sample import Sample
from detente.economies import lookup, name_of
from detente.errors import DetenteError, NotIdentified, SpecificationError, did_you_mean
from detente.outlook.growth import ORIGINS, learn_growth
from detente.outlook.score_card import ScoreCard, card_of
from detente.outlook.walk import FlowHistory, PastChanges

Floats = NDArray[np.float64]

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
HORIZONS = (1, 2, 3)
BASE_YEARS = 5
EVENTS = ("reopening", "rupture")
NO_EVENT, REOPENED, RUPTURED = "no event known", "after a reopening", "after a rupture"
MANY = (np.arange(199) + 0.5) / 199


@dataclass(frozen=True, slots=True)
class Ahead:
    """One flow in one later year.

    Attributes
    ----------
    origin, destination : str
    both_ways : bool
        Whether it is the sum of the two directions; its range takes both to be high, or low, together.
    year : int
    last_year : int
    last_usd_mn : float
        What was known: the flow of the last year.
    gap : float or None
        Log ratio of that flow to what the two economies' other trade led one to expect; None where it is not used.
    quantiles_usd_mn : tuple of five floats
        10, 25, 50, 75 and 90%, current US$ million.
    chance_of_zero : float
        That nothing at all is recorded; the range is that of a flow that is.
    method : str
        ``after a reopening``, ``after a rupture`` or ``no event known``.
    n_learnt : int
        Cases, or flows, that it was learnt from.
    card : ScoreCard
        How such forecasts did on cases that they had not seen.
    """

    origin: str
    destination: str
    both_ways: bool
    year: int
    last_year: int
    last_usd_mn: float
    gap: float | None
    quantiles_usd_mn: tuple[float, ...]
    chance_of_zero: float
    method: str
    n_learnt: int
    card: ScoreCard

    @property
    def median_usd_mn(self) -> float:
        return self.quantiles_usd_mn[2]


@dataclass(frozen=True, slots=True)
class TradeForecast:
    """Both directions of a pair, and their sum, one to three years on.

    Attributes
    ----------
    origin, destination : str
    as_of : int
        Years before this one were used, and no later ones.
    event : str
        ``reopening``, ``rupture``, or empty.
    ahead : tuple of Ahead
    cautions : tuple of str
        What a reader must know beside the numbers.
    """

    origin: str
    destination: str
    as_of: int
    event: str
    ahead: tuple[Ahead, ...]
    cautions: tuple[str, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """One row a flow and year: quantiles in current US$ million, method, score (polars)."""
        return pl.DataFrame(
            [
                {
                    "origin": a.origin, "destination": a.destination, "both_ways": a.both_ways, "year": a.year,
                    "last_year": a.last_year, "last_usd_mn": a.last_usd_mn, "gap": a.gap,
                    **{f"p{level:.0%}".rstrip("%"): q for level, q in zip(LEVELS, a.quantiles_usd_mn)},
                    "chance_of_zero": a.chance_of_zero, "method": a.method, "n_learnt": a.n_learnt,
                    "score": a.card.score, "skill_pct": a.card.skill_pct, "coverage_80": a.card.coverage_80,
                }
                for a in self.ahead
            ],
            infer_schema_length=None,
        )  # fmt: skip

    def summary(self) -> str:
        """A sentence a year, the score, and the cautions."""
        lines = []
        for a in self.ahead:
            who = (f"{name_of(a.origin)} to {name_of(a.destination)}" if not a.both_ways
                   else f"{name_of(a.origin)} and {name_of(a.destination)}, both ways")  # fmt: skip
            low, high = a.quantiles_usd_mn[0], a.quantiles_usd_mn[-1]
            lines.append(
                f"{who}, {a.year}: US${a.median_usd_mn:,.0f} million [80%: {low:,.0f} to {high:,.0f}], {a.method}, "
                f"from US${a.last_usd_mn:,.0f} million in {a.last_year}."
            )
        return "\n".join([*lines, self.ahead[0].card.sentence(), *self.cautions])

    def to_dict(self) -> dict[str, Any]:
        """Every field as plain text and numbers, for JSON."""
        return asdict(self)

    def __repr__(self) -> str:
        return f"TradeForecast({self.origin}-{self.destination}, as of {self.as_of}, {self.event or 'no event'})"


def forecast(
    panel: Any,
    origin: str,
    destination: str,
    *,
    as_of: int | str | date,
    event: str | None = None,
    event_year: int | None = None,
    instrument: str | None = None,
    base: tuple[int, int] | None = None,
    latest: Mapping[tuple[str, str], tuple[int, float]] | None = None,
) -> TradeForecast:
    """Trade of a pair one to three years on, from what the panel knew before a year.

    Parameters
    ----------
    panel : Panel or (flows, economies, years)
        Yearly flows, million US$.
    origin, destination : str
        Codes or names.
    as_of : int, str or date
        A year, or a day of it: only years before it are used.
    event : {"reopening", "rupture"}, optional
        What is known to have happened. Without it, the range of flows like these.
    event_year : int, optional
        When; the year of ``as_of`` if not given.
    instrument : str, optional
        Of a rupture: closure, payment freeze, product ban, conflict or diplomatic quarrel.
    base : (int, int), optional
        Years before the rupture, from which the gap is measured; those of the library's case if not given.
    latest : mapping of (origin, destination) to (year, million US$), optional
        Later flows than the panel has, from a record, known by ``as_of``; used where no event is.

    Returns
    -------
    TradeForecast

    Raises
    ------
    SpecificationError
        An unknown event, instrument or day; years outside the panel; a panel of stocks or of other periods.
    NotIdentified
        Nothing to start from: no trade in the last year known, or no years before the rupture.
    TooFewDonors
        Too few cases or years to learn from.

    Examples
    --------
    >>> from detente.panel import world
    >>> found = forecast(world(), "COL", "VEN", as_of=2022, event="reopening")
    >>> [a.year for a in found.ahead if a.both_ways], found.ahead[0].method
    ([2023, 2024, 2025], 'after a reopening')
    """
    sample = Sample.of(panel)
    year = _year(as_of)
    a, b = lookup(origin), lookup(destination)
    _check(sample, year, a, b, event, instrument, latest or {})
    known = np.flatnonzero(np.asarray(sample.years) < year)
    sample = Sample(sample.flows[known], sample.economies, tuple(sample.years[t] for t in known), sample.name)
    happened = event_year if event_year is not None else year
    asked = _Asked(sample, year, event or "", happened, instrument, base, latest or {})
    asked.check_latest()
    there, there_why = _one_way(asked, a, b)
    back, back_why = _one_way(asked, b, a)
    if not there and not back:
        raise NotIdentified(
            f"No forecast is given for {name_of(a)} and {name_of(b)} as of {year}: {there_why}",
            why="Every method starts from the last flow on record.",
            fix="Ask as of a later year, give base=(from, to) for the gap, or a panel that has the pair.",
        )
    cautions = [why for why in (there_why, back_why) if why]
    both = tuple(_sum(x, y) for x, y in zip(there, back) if x.year == y.year)
    if both:
        cautions.append("The range of both ways together takes the two directions to be high, or low, together.")
    if sample.years[-1] < year - 1 and any(a.last_year == sample.years[-1] for a in (*there, *back)):
        cautions.append(f"The panel's last year before {year} is {sample.years[-1]}.")
    return TradeForecast(a, b, year, event or "", (*there, *back, *both), tuple(dict.fromkeys(cautions)))


@dataclass(frozen=True, slots=True)
class _Asked:
    sample: Sample
    as_of: int
    event: str
    happened: int
    instrument: str | None
    base: tuple[int, int] | None
    latest: Mapping[tuple[str, str], tuple[int, float]]
    _past: dict[int, PastChanges] = field(default_factory=dict)
    _history: list[FlowHistory] = field(default_factory=list)

    def check_latest(self) -> None:
        for (a, b), (year, value) in self.latest.items():
            if not (0 < value < np.inf) or year >= self.as_of:
                raise SpecificationError(
                    f"latest: {value:g} million US$ from {a} to {b} in {year} is no earlier flow than {self.as_of}.",
                    fix="Give positive flows of full years before as_of.",
                )

    def history(self) -> FlowHistory:
        """Size and unrest of all flows, made once for both directions."""
        if not self._history:
            self._history.append(FlowHistory.of(self.sample.flows, self.sample.years))
        return self._history[0]

    def past(self, horizon: int) -> PastChanges:
        """What became of all flows, made once for both directions."""
        if horizon not in self._past:
            self._past[horizon] = PastChanges.of(self.history(), horizon)
        return self._past[horizon]


def _one_way(asked: _Asked, a: str, b: str) -> tuple[tuple[Ahead, ...], str]:
    """The forecasts of one direction, or why there is none."""
    try:
        return _forecasts(asked, a, b), ""
    except DetenteError as error:
        return (), f"{name_of(a)} to {name_of(b)}: {error}"


def _forecasts(asked: _Asked, a: str, b: str) -> tuple[Ahead, ...]:
    sample = asked.sample
    i, j = sample.economy(a), sample.economy(b)
    last, last_year = float(sample.flows[-1, i, j]), sample.years[-1]
    newer = asked.latest.get((a, b), (0, 0.0))
    if not asked.event and newer[0] > last_year:
        last_year, last = newer
    if not last > 0:
        raise NotIdentified(f"{'no trade is on record' if last == 0 else 'nothing is known'} in {last_year}.")
    since = last_year - asked.happened
    if asked.event == "reopening" and since < min(ORIGINS):
        raise NotIdentified(
            f"the last year known, {last_year}, is more than one before the reopening of {asked.happened}."
        )
    if asked.event == "reopening" and since in ORIGINS:
        gap = _gap(asked, a, b)
        return tuple(_reopened(a, b, asked, h, since, last, gap) for h in HORIZONS)
    if asked.event == "rupture" and since < 0:
        gap = _gap(asked, a, b)
        return tuple(_ruptured(a, b, asked, h, last, gap) for h in HORIZONS)
    return tuple(_walked(a, b, asked, float(asked.history().unrest[-1, i, j]), h, last, last_year) for h in HORIZONS)


def _reopened(a: str, b: str, asked: _Asked, h: int, since: int, last: float, gap: float) -> Ahead:
    pair = "-".join(sorted((a, b)))
    growth = learn_growth(since, h, keep=lambda r: r.pair != pair and r.year < asked.as_of)
    return Ahead(
        a, b, False, asked.happened + h, asked.sample.years[-1], last, gap, _levels(last, growth.sample(gap)), 0.0,
        REOPENED, growth.n_cases, card_of("trade", REOPENED, 12 * h, "region out"),
    )  # fmt: skip


def _ruptured(a: str, b: str, asked: _Asked, h: int, last: float, gap: float) -> Ahead:
    started = {c.case_id: c.start_year for c in cases() if {c.origin, c.destination} != {a, b}}
    known = [o for o in outcomes() if o.case_id in started and started[o.case_id] + o.horizon < asked.as_of]
    found = predict(
        asked.instrument or INSTRUMENTS[0], "rupture", h, before=gap, learn_from=known, pooled=asked.instrument is None
    )
    residual = np.asarray(found.quantile(MANY.tolist()), dtype=float)
    return Ahead(
        a, b, False, asked.happened + h, asked.sample.years[-1], last, gap, _levels(last, residual - gap),
        found.zero, RUPTURED, len({o.case_id for o in known}), card_of("trade", RUPTURED, 12 * h, "region out"),
    )  # fmt: skip


def _walked(a: str, b: str, asked: _Asked, unrest: float, h: int, last: float, year: int) -> Ahead:
    found = asked.past(h).like(float(np.log(last)), unrest)
    return Ahead(
        a, b, False, year + h, year, last, None, _levels(last, found.changes), found.chance_of_zero, NO_EVENT,
        len(found.changes), card_of("trade", NO_EVENT, 12 * h),
    )  # fmt: skip


def _levels(last: float, log_changes: Floats) -> tuple[float, ...]:
    return tuple(float(last * np.exp(q)) for q in np.quantile(log_changes, LEVELS))


def _sum(x: Ahead, y: Ahead) -> Ahead:
    """Both ways together; the worse of the two scores stands beside it."""
    return Ahead(
        x.origin, x.destination, True, x.year, x.last_year, x.last_usd_mn + y.last_usd_mn, None,
        tuple(p + q for p, q in zip(x.quantiles_usd_mn, y.quantiles_usd_mn)), x.chance_of_zero * y.chance_of_zero,
        x.method if x.method == y.method else f"{x.method}; {y.method}", min(x.n_learnt, y.n_learnt),
        min(x.card, y.card, key=lambda card: card.skill_pct),
    )  # fmt: skip


def _gap(asked: _Asked, a: str, b: str) -> float:
    """Log ratio of the last flow to what other trade and the years before the rupture lead one to expect."""
    sample = asked.sample
    first, last = asked.base or _before_rupture(asked, a, b)
    i, j = sample.economy(a), sample.economy(b)
    fit = residuals(sample.flows, sample.window((first, last)), [(i, j), (j, i)])
    gap = float(fit.log_ratio[-1, i, j])
    if not np.isfinite(gap):
        raise NotIdentified(f"no trade in the base years {first}-{last}, so that there is no gap to measure.")
    return gap


def _before_rupture(asked: _Asked, a: str, b: str) -> tuple[int, int]:
    """The five years on record before the rupture: of the event itself, or of the library's case."""
    start = asked.happened
    if asked.event == "reopening":
        start = _rupture_of(a, b, asked.happened)
    years = [year for year in asked.sample.years if year < start][-BASE_YEARS:]
    if len(years) < 2:
        raise NotIdentified(f"fewer than two years of the panel lie before the rupture of {start}.")
    return years[0], years[-1]


def _rupture_of(a: str, b: str, before: int) -> int:
    """The year of the first of the library's ruptures of the pair that had not ended before ``before``."""
    found = [c for c in cases() if {c.origin, c.destination} == {a, b} and _open(c, before)]
    if not found:
        raise NotIdentified(f"the library has no rupture of the pair that was open in {before}: give base=(from, to).")
    return min(c.start_year for c in found)


def _open(case: LibraryCase, year: int) -> bool:
    return case.start_year < year and (case.reopened_year is None or case.reopened_year >= year)


def _year(as_of: int | str | date) -> int:
    if isinstance(as_of, date):
        return as_of.year
    try:
        return int(as_of) if isinstance(as_of, int) or as_of.isdigit() else date.fromisoformat(as_of).year
    except (ValueError, AttributeError):
        raise SpecificationError(f"as_of={as_of!r} is no year and no day.", fix="Write 2022 or 2022-09-15.") from None


def _check(
    sample: Sample, year: int, a: str, b: str, event: str | None, instrument: str | None,
    latest: Mapping[tuple[str, str], tuple[int, float]],
) -> None:  # fmt: skip
    if sample.period != "year":
        raise SpecificationError(
            f"The panel's period is a {sample.period}.",
            why="Only yearly forecasts were scored.",
            fix="Sum it to years.",
        )
    if a == b:
        raise SpecificationError(f"{a} was named twice.", fix="Name two different economies.")
    if event is not None and event not in EVENTS:
        raise SpecificationError(
            f"event={event!r} is not known.{did_you_mean(event, EVENTS)}", fix="Ask for 'reopening', 'rupture' or none."
        )
    if instrument is not None and (event != "rupture" or instrument not in INSTRUMENTS):
        raise SpecificationError(
            f"instrument={instrument!r} is not known of a rupture.{did_you_mean(instrument, INSTRUMENTS)}",
            fix=f"With event='rupture', the instruments are: {', '.join(INSTRUMENTS)}.",
        )
    inside = [y for y in sample.years if y < year]
    if inside and max([inside[-1], *(y for y, _ in latest.values())]) + max(HORIZONS) < year:
        raise SpecificationError(
            f"The panel ends in {inside[-1]}: as of {year} its forecasts are all of the past.",
            why=f"They reach {max(HORIZONS)} years.",
            fix=f"Ask as of {inside[-1] + max(HORIZONS)} or earlier, or give a newer panel.",
        )
    if len(inside) < BASE_YEARS:
        raise SpecificationError(
            f"The panel has {len(inside)} years before {year}.",
            why="A range is learnt from the years before.",
            fix=f"Ask as of {sample.years[0] + 2 * BASE_YEARS} or later, or give a longer panel.",
        )
    for code in (a, b):
        sample.economy(code)
