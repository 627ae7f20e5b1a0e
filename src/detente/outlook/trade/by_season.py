"""A pair's trade in the next quarters or months of a panel that counts by them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from detente.attribution.sample import Sample
from detente.attribution.words.sentences import named
from detente.data.periods import period_of
from detente.errors import NotIdentified, SpecificationError
from detente.language import Text, When, Word
from detente.outlook.trade.seasons import (
    GROUP,
    LEARNT_UNTIL,
    REACH,
    STEPS,
    season_card,
    season_spreads,
    season_terms,
)
from detente.outlook.trade.trade_forecast import Ahead, TradeForecast

Floats = NDArray[np.float64]
LEARNT_ON = "Weight and width were learnt on the United States' trade with 215 partners, 1985-2012; no range is learnt from this panel."
FROM_TWO_YEARS = "A range starts from the last year and from how much it differs from the one before."
HINDSIGHT = "They were learnt on outcomes to 2012, later than some of the day asked for."


def forecast_by_season(sample: Sample, a: str, b: str, as_of: int | str | date, event: str) -> TradeForecast:
    """Both directions and their sum, up to twelve quarters or months ahead.

    Parameters
    ----------
    sample : flows by quarter or month.
    a, b : codes.
    as_of : a year, a day, or a period of the panel's kind; only periods that had ended before it are used.
    event : must be empty: after an event only years were scored.

    Raises
    ------
    SpecificationError : an event, one economy twice, a day that is none, or fewer than two years before it.
    NotIdentified : nothing on record to start from, in either direction.
    """
    if event:
        raise SpecificationError(
            Text("no_forecast.season_event", period=_in_words(sample.period)),
            why="After an event, and beside a record's newer figures, only yearly forecasts were scored.",
            fix="Sum the panel to years, or ask without an event.",
        )
    if a == b:
        raise SpecificationError(f"{a} was named twice.", fix="Name two different economies.")
    season, unknown = STEPS[sample.period], _first_unknown(as_of, sample.period)
    known = _known(sample, unknown)
    last = _count(sample.years[known[-1]], season)
    flows = _flows(sample, a, b, known)
    there, back = (_one_way(flows[:, k], ends, sample.period, last) for k, ends in enumerate(((a, b), (b, a))))
    if not there and not back:
        raise NotIdentified(
            Text(
                "no_forecast.season_none",
                a=named(a),
                b=named(b),
                period=_in_words(sample.period),
                end=When(_period(last, season)),
            ),
            why=FROM_TWO_YEARS,
            fix="Ask as of a day that follows two years with trade, give a panel that has the pair, or sum it to years.",
        )
    both = tuple(_sum(x, y) for x in there for y in back if x.year == y.year)
    cautions = _cautions(sample.period, unknown, last, together=bool(both))
    return TradeForecast(a, b, unknown, "", (*there, *back, *both), cautions)


def _known(sample: Sample, unknown: int) -> list[int]:
    """Places of the periods before ``unknown``, which span two years at least."""
    season = STEPS[sample.period]
    known = [t for t, p in enumerate(sample.years) if p < unknown]
    if not known or _count(sample.years[known[-1]], season) - _count(sample.years[0], season) + 1 < 2 * season:
        raise SpecificationError(
            Text("no_forecast.season_short", periods=_in_words(sample.period, many=True), end=When(unknown)),
            why=FROM_TWO_YEARS,
            fix=Text("no_forecast.season_later", period=_in_words(sample.period)),
        )
    return known


def _flows(sample: Sample, a: str, b: str, known: Sequence[int]) -> Floats:
    """Flows [period, 2] of a to b and of b to a, without a gap between the first and the last of the known periods."""
    season = STEPS[sample.period]
    at = np.array([_count(sample.years[t], season) for t in known])
    at -= at[0]
    flows = np.full((at[-1] + 1, 2), np.nan)
    flows[at, 0] = sample.flows[known, sample.economy(a), sample.economy(b)]
    flows[at, 1] = sample.flows[known, sample.economy(b), sample.economy(a)]
    return flows


def _cautions(period: str, unknown: int, last: int, *, together: bool) -> tuple[str, ...]:
    season = STEPS[period]
    cautions: list[str] = [LEARNT_ON]
    if unknown < _period((LEARNT_UNTIL + 1) * season, season):
        cautions.append(HINDSIGHT)
    if last + 1 < _count(unknown, season):
        end = When(_period(last, season))
        cautions.append(Text("no_forecast.season_stale", period=_in_words(period), unknown=When(unknown), last=end))
    if together:
        cautions.append(Text("no_forecast.together"))
    return tuple(cautions)


def _one_way(flow: Floats, ends: tuple[str, str], period: str, last: int) -> tuple[Ahead, ...]:
    """One direction; periods whose season has nothing on record are left out."""
    season = STEPS[period]
    log_flow = np.log(np.where(flow > 0, flow, np.nan))[:, None]
    found = []
    for ahead in range(1, REACH[period] + 1):
        terms, spread = season_terms(log_flow, season, len(flow) - 1, ahead), season_spreads()[period, ahead]
        if not np.isfinite(terms.last + terms.level + terms.unrest)[0]:
            continue
        base = last + ahead - season * -(-ahead // season)
        quantiles = np.sort(np.exp(spread.quantiles(terms)[0]))
        found.append(
            Ahead(*ends, False, _period(last + ahead, season), _period(base, season), float(np.exp(terms.last[0])), None,
                  tuple(float(q) for q in quantiles), 0.0, GROUP.format(period=period), spread.n, season_card(period, ahead))
        )  # fmt: skip
    return tuple(found)


def _sum(x: Ahead, y: Ahead) -> Ahead:
    return Ahead(
        x.origin, x.destination, True, x.year, x.last_year, x.last_usd_mn + y.last_usd_mn, None,
        tuple(p + q for p, q in zip(x.quantiles_usd_mn, y.quantiles_usd_mn)), 0.0, x.method, x.n_learnt, x.card,
    )  # fmt: skip


def _count(period: int, season: int) -> int:
    """Quarters or months since the year 0."""
    year, part = divmod(int(period), 10 if season == 4 else 100)
    return year * season + part - 1


def _period(count: int, season: int) -> int:
    year, part = divmod(count, season)
    return year * (10 if season == 4 else 100) + part + 1


def _first_unknown(as_of: int | str | date, period: str) -> int:
    """The first period that had not ended on the day."""
    season = STEPS[period]
    if isinstance(as_of, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", as_of):
        try:
            as_of = date.fromisoformat(as_of)
        except ValueError:
            raise _no_day(as_of, period) from None
    if isinstance(as_of, date):
        return _period(as_of.year * season + (as_of.month - 1) * season // 12, season)
    found = int(as_of) if isinstance(as_of, int) and as_of > 9999 else period_of(as_of)
    if found is None:
        raise _no_day(as_of, period)
    if found < 10_000:
        return _period(found * season, season)
    if (found > 99_999) != (season == 12) or not 1 <= found % (10 if season == 4 else 100) <= season:
        raise _no_day(as_of, period)
    return found


def _in_words(period: str, *, many: bool = False) -> Word:
    return Word(f"{period}s" if many else period, group="period")


def _no_day(as_of: object, period: str) -> SpecificationError:
    form = "2022-Q3" if period == "quarter" else "2022-09"
    return SpecificationError(
        Text("no_forecast.no_period", given=repr(as_of), period=_in_words(period)),
        fix=Text("no_forecast.write_period", form=form),
    )
