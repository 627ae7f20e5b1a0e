"""What a pair's trade may be in the next years, as ranges with the score of such ranges beside them.

After a labelled reopening the gap that was left says how fast trade came back (:mod:`detente.outlook.trade.growth`); after
a labelled rupture the library of ruptures says how far it fell; with no event known, or from a full year after a
reopening on, flows of a like size and unrest say how far it may move (:mod:`detente.outlook.trade.walk`). Each is used
because it did better than the naive forecast on cases that it had not seen; a horizon that was not scored is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.attribution.library.catalogue import INSTRUMENTS, LibraryCase, cases
from detente.attribution.library.expected_paths import outcomes
from detente.attribution.library.prediction import predict
from detente.attribution.residuals import residuals
from detente.attribution.sample import Sample
from detente.attribution.words.sentences import named
from detente.economies import lookup
from detente.errors import DetenteError, NotIdentified
from detente.language import Text, Withheld
from detente.outlook.score_card import card_of
from detente.outlook.trade.asked import BASE_YEARS, HORIZONS, AskedTrade, check_asked, year_of
from detente.outlook.trade.by_season import forecast_by_season
from detente.outlook.trade.growth import ORIGINS, learn_growth
from detente.outlook.trade.regions import library_region
from detente.outlook.trade.seasons import STEPS
from detente.outlook.trade.trade_forecast import (
    LEVELS,
    NO_EVENT,
    REOPENED,
    RUPTURED,
    SCOPED,
    UNTOLD,
    Ahead,
    TradeForecast,
)

Floats = NDArray[np.float64]
MANY = (np.arange(199) + 0.5) / 199


def forecast(
    panel: Any,
    origin: str,
    destination: str,
    *,
    as_of: int | str | date,
    event: str | None = None,
    event_year: int | None = None,
    instrument: str | None = None,
    scope: str | None = None,
    base: tuple[int, int] | None = None,
    latest: Mapping[tuple[str, str], tuple[int, float]] | None = None,
) -> TradeForecast:
    """Trade of a pair one to three years on, from what the panel knew before a year.

    Parameters
    ----------
    panel : Panel or (flows, economies, years)
        Flows, million US$, by year; or by quarter or month, of which up to twelve are forecast with what was learnt from
        monthly customs data.
    origin, destination : str
        Codes or names.
    as_of : int, str or date
        A year, or a day of it: only years before it are used. Of quarters and months: also one of them (``2022-Q3``); only
        those that had ended are used.
    event : {"reopening", "rupture"}, optional
        What is known to have happened. Without it, the range of flows like these.
    event_year : int, optional
        When; the year of ``as_of`` if not given.
    instrument : str, optional
        Of a rupture: closure, payment freeze, product ban, conflict or diplomatic quarrel.
    scope : str, optional
        What a closure stops (``all trade`` or ``land border``) or a product ban (``all trade`` or ``part of trade``).
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
        An unknown event, instrument, scope or day; years outside the panel; a panel of stocks or of other periods.
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
    a, b = lookup(origin), lookup(destination)
    if sample.period in STEPS:
        return forecast_by_season(sample, a, b, as_of, event or ("latest" if latest else ""))
    year = year_of(as_of)
    check_asked(sample, year, a, b, event, instrument, scope, latest or {})
    known = np.flatnonzero(np.asarray(sample.years) < year)
    sample = Sample(sample.flows[known], sample.economies, tuple(sample.years[t] for t in known), sample.name)
    happened = event_year if event_year is not None else year
    asked = AskedTrade(sample, year, event or "", happened, instrument, base, latest or {}, scope)
    asked.check_latest()
    there, there_why = _one_way(asked, a, b)
    back, back_why = _one_way(asked, b, a)
    if not there and not back:
        raise NotIdentified(
            Text("no_forecast.none", a=named(a), b=named(b), year=year, reason=there_why),
            why="Every method starts from the last flow on record.",
            fix="Ask as of a year that follows one with a flow, give base=(from, to) for the gap, or a panel that has the pair.",
        )
    cautions = [why for why in (there_why, back_why) if why]
    both = tuple(_sum(x, y) for x in there for y in back if (x.year, x.last_year) == (y.year, y.last_year))
    if both:
        cautions.append(Text("no_forecast.together"))
    stale = sorted({one.last_year for one in (*there, *back) if one.last_year < year - 1})
    cautions += [Text("no_forecast.stale", year=year, last=last) for last in stale]
    return TradeForecast(a, b, year, event or "", (*there, *back, *both), tuple(dict.fromkeys(cautions)))


def _one_way(asked: AskedTrade, a: str, b: str) -> tuple[tuple[Ahead, ...], str]:
    """The forecasts of one direction, or why there is none."""
    try:
        return _forecasts(asked, a, b), ""
    except DetenteError as error:
        return (), Text("no_forecast.one_way", a=named(a), b=named(b), reason=Withheld.of(error))


def _forecasts(asked: AskedTrade, a: str, b: str) -> tuple[Ahead, ...]:
    sample = asked.sample
    i, j = sample.economy(a), sample.economy(b)
    t = -1 if asked.event else _last_known(sample, i, j, asked.as_of)
    last, last_year = float(sample.flows[t, i, j]), sample.years[t]
    newer = asked.latest.get((a, b), (0, 0.0))
    if not asked.event and newer[0] > last_year:
        last_year, last = newer
    if not last > 0:
        raise NotIdentified(Text("no_forecast.no_trade" if last == 0 else "no_forecast.unknown", year=last_year))
    since = last_year - asked.happened
    if asked.event == "reopening" and since < min(ORIGINS):
        raise NotIdentified(Text("no_forecast.long_before", last=last_year, year=asked.happened))
    if asked.event == "reopening" and since in ORIGINS:
        gap = _gap(asked, a, b)
        return tuple(_reopened(a, b, asked, h, since, last, gap) for h in HORIZONS)
    if asked.event == "rupture" and since < 0:
        gap = _gap(asked, a, b)
        return tuple(_ruptured(a, b, asked, h, last, gap) for h in HORIZONS)
    unrest, gone = float(asked.history().unrest[t, i, j]), sample.years[-1] - sample.years[t]
    ahead = [h for h in HORIZONS if h > gone or last_year > sample.years[t]]  # years that the panel has are not ahead
    return tuple(_walked(a, b, asked, unrest, h, last, last_year) for h in ahead)


def _last_known(sample: Sample, i: int, j: int, year: int) -> int:
    """Position, from the end, of the last year in which the flow is on record, at most as far back as ranges reach."""
    back = next((k for k in range(1, len(sample.years) + 1) if np.isfinite(sample.flows[-k, i, j])), None)
    if back is not None and sample.years[-back] + max(HORIZONS) < year:
        last = sample.years[-back]
        raise NotIdentified(Text("no_forecast.too_old", last=last, n=max(HORIZONS), year=year, next=last + 1))
    return -(back or 1)


def _reopened(a: str, b: str, asked: AskedTrade, h: int, since: int, last: float, gap: float) -> Ahead:
    pair = "-".join(sorted((a, b)))
    growth = learn_growth(since, h, keep=lambda r: r.pair != pair and r.year < asked.as_of)
    return Ahead(
        a, b, False, asked.happened + h, asked.sample.years[-1], last, gap, _levels(last, growth.sample(gap)), 0.0,
        REOPENED, growth.n_cases, card_of("trade", REOPENED, 12 * h, "region out"),
    )  # fmt: skip


def _ruptured(a: str, b: str, asked: AskedTrade, h: int, last: float, gap: float) -> Ahead:
    started = {c.case_id: c.start_year for c in cases() if {c.origin, c.destination} != {a, b}}
    known = [o for o in outcomes() if o.case_id in started and started[o.case_id] + o.horizon < asked.as_of]
    told = UNTOLD if asked.instrument is None else SCOPED if asked.scope else RUPTURED
    if asked.instrument is None:
        found = predict(INSTRUMENTS[0], "rupture", h, learn_from=known, pooled=True)
    else:
        found = predict(
            asked.instrument, "rupture", h, before=gap, learn_from=known, region=library_region(a, b), scope=asked.scope,
            flow=last,
        )  # fmt: skip
    residual = np.asarray(found.quantile(MANY.tolist()), dtype=float)
    return Ahead(
        a, b, False, asked.happened + h, asked.sample.years[-1], last, gap, _levels(last, residual - gap),
        found.zero, told, len({o.case_id for o in known}), card_of("trade", told, 12 * h, "pairs out"),
    )  # fmt: skip


def _walked(a: str, b: str, asked: AskedTrade, unrest: float, h: int, last: float, year: int) -> Ahead:
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


def _gap(asked: AskedTrade, a: str, b: str) -> float:
    """Log ratio of the last flow to what other trade and the years before the rupture lead one to expect."""
    sample = asked.sample
    first, last = asked.base or _before_rupture(asked, a, b)
    i, j = sample.economy(a), sample.economy(b)
    fit = residuals(sample.flows, sample.window((first, last)), [(i, j), (j, i)])
    gap = float(fit.log_ratio[-1, i, j])
    if not np.isfinite(gap):
        raise NotIdentified(Text("no_forecast.no_gap", first=first, last=last))
    return gap


def _before_rupture(asked: AskedTrade, a: str, b: str) -> tuple[int, int]:
    """The five years on record before the rupture: of the event itself, or of the library's case."""
    start = asked.happened
    if asked.event == "reopening":
        start = _rupture_of(a, b, asked.happened)
    years = [year for year in asked.sample.years if year < start][-BASE_YEARS:]
    if len(years) < 2:
        raise NotIdentified(Text("no_forecast.too_early", year=start))
    return years[0], years[-1]


def _rupture_of(a: str, b: str, before: int) -> int:
    """The year of the first of the library's ruptures of the pair that had not ended before ``before``."""
    found = [c for c in cases() if {c.origin, c.destination} == {a, b} and _open(c, before)]
    if not found:
        raise NotIdentified(Text("no_forecast.no_rupture", year=before))
    return min(c.start_year for c in found)


def _open(case: LibraryCase, year: int) -> bool:
    return case.start_year < year and (case.reopened_year is None or case.reopened_year >= year)
