"""The table ``outlook``: ranges of the pair's trade and odds of a break or a return, each with its score."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from detente.blocs import blocs
from detente.data.periods import label_of, next_period
from detente.economies import in_text
from detente.errors import DetenteError
from detente.outlook import forecast, hazard
from detente.outlook.odds_of_pair import why_no_odds
from detente.outlook.score_card import ScoreCard
from detente.outlook.trade import Ahead, TradeForecast
from detente.outlook.trade.asked import BASE_YEARS
from detente.outlook.trade.seasons import STEPS
from detente.panel import Panel
from detente.panel.grouping.sides import last_day
from detente.record.period import Period
from detente.run.further.known_event import KnownEvent, known_event
from detente.run.schema import DIRECTION, Computed, TableSchema, flag, gain, gained, number, text, whole
from detente.run.trade import newest_known, timeline

OUTLOOK = TableSchema(
    "outlook",
    "What next: a row a flow and year, and one for the odds of a break or a return; or why nothing is said.",
    (
        text("event", "`trade`, `break` or `return`"),
        *DIRECTION,
        flag("both_ways", "whether it is the sum of the two directions"),
        text("on", "the day from which it looks ahead; nothing later was used"),
        whole("months", "how far ahead: of a chance, the months within which; of trade, twelve a year"),
        whole("year", "of trade: the year forecast; of a panel by quarter or month, one of these (`20223`, `202209`)"),
        whole("last_year", "of trade: the last year known, or the same season's last quarter or month"),
        number("last_usd_mn", "of trade: the flow of that year", "US$ million"),
        number("low_usd_mn", "of trade: 10% point", "US$ million"),
        number("median_usd_mn", "of trade: 50% point", "US$ million"),
        number("high_usd_mn", "of trade: 90% point", "US$ million"),
        number("chance", "of a break or a return", "share"),
        number("chance_low", "5% point of the chance", "share"),
        number("chance_high", "95% point of the chance", "share"),
        number("base_rate", "of pairs like them; of a return, of all open spells", "share"),
        whole("rank", "place among the pairs that can still break, the highest chance first"),
        whole("n_ranked", "how many these are"),
        text("nearest", "past breaks from a like standing"),
        text(
            "method",
            "what it was learnt from: `no event known` (also `by quarter`, `by month`), `after a reopening`, `after a rupture`, "
            "`land`, `relevant`, `open spells`; of what is refused, why: `a bloc`, `no relations`, `not in the list of states`, "
            "`not a relevant pair`",
        ),
        whole("n_cases", "cases of the score"),
        text("baseline", "the naive forecast that the score is compared with"),
        text("score", "`CRPS` or `log score`"),
        *gain("gain of the score over the baseline's, out of sample"),
        number("coverage_80", "share of outcomes inside such 80% ranges", "share"),
        text("refused", "why nothing is said"),
    ),
    make=lambda run: outlook(run),
)

Row = dict[str, Any]
A_BLOC = "a bloc"
NO_BLOCS = (
    "Ranges of trade and odds of a break were scored for pairs of single economies, and {bloc} is a bloc or a region. "
    "Ask for one of its members: detente outlook A B."
)
NO_YEARS = (
    "Ranges of trade were learnt from years, quarters and months, and this panel counts by {period}. Give a panel by year: "
    "detente outlook A B --data PANEL."
)
NO_DAY = (
    "The record has no dated event and the study no panel, so there is no day from which to look ahead. "
    "Date an event in record/events.csv, or ask for a day: detente outlook A B --on DATE."
)


def outlook(run: Computed) -> pl.DataFrame:
    """The table :data:`OUTLOOK`, from the panel's flows, the record's later ones, and the list of breaks."""
    event = known_event(run.ledger.events)
    return outlook_of(run.panel, run.study.spec.dyad, day=_day(run), later=_later(run), happened=event)


def outlook_of(
    panel: Panel | None, dyad: tuple[str, str], *, day: str | None,
    later: Mapping[tuple[str, str], tuple[int, float]] | None = None, happened: KnownEvent | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The table :data:`OUTLOOK` of any two economies.

    Parameters
    ----------
    panel : of flows of goods by year, quarter or month; others, and None, give no range of trade.
    dyad : the economy that trade is seen from, and the other.
    day : of the odds; nothing later is used for them. None where neither a record nor a panel gives one: no odds.
    later : newer flows of both directions than the panel has: year and million US$.
    happened : the last rupture or reopening on record; trade is forecast from it where the last full year known is not
        later than its own.
    """
    return OUTLOOK.of_rows([*_trade(panel, dyad, later or {}, happened), *_odds(dyad, day)])


def _trade(
    panel: Panel | None, dyad: tuple[str, str], later: Mapping[tuple[str, str], tuple[int, float]],
    happened: KnownEvent | None,
) -> Iterator[Row]:  # fmt: skip
    a, b = dyad
    if panel is None or panel.kind != "goods" or panel.stock:
        return
    if panel.period in STEPS:
        yield from _by_season(panel, dyad)
        return
    if panel.period != "year":
        yield {"event": "trade", "origin": a, "destination": b, "refused": NO_YEARS.format(period=panel.period)}
        return
    if (bloc := _bloc_of(dyad)) is not None:
        told, method = NO_BLOCS.format(bloc=in_text(bloc)), A_BLOC
        yield {
            "event": "trade",
            "origin": a,
            "destination": b,
            "refused": told,
            "method": method,
            "on": str(panel.years[-1] + 1),
        }
        return
    year = 1 + max([panel.years[-1], *(y for y, _ in later.values())])
    if happened is None or _overtaken(happened, year):
        told = _or_refused(lambda: forecast(panel, a, b, as_of=year, latest=later))
        refused = {"last_year": newest_known(panel, dyad)}
    else:
        year = max(year if not later else panel.years[-1] + 1, happened.year)
        told = _or_refused(lambda: _after_event(panel, dyad, year, happened))
        refused = {"method": f"after a {happened.kind}", "year": happened.year, "last_year": panel.years[-1]}
    if isinstance(told, str):
        yield {"event": "trade", "origin": a, "destination": b, "on": str(year), "refused": told, **refused}
        return
    for ahead in told.ahead:
        yield _trade_row(ahead, year)


def _by_season(panel: Panel, dyad: tuple[str, str]) -> Iterator[Row]:
    """Of a panel by quarter or month: its next twelve, in their own period."""
    a, b = dyad
    on = label_of(next_period(int(panel.years[-1]), panel.period), panel.period)
    told = _or_refused(lambda: forecast(panel, a, b, as_of=on))
    if isinstance(told, str):
        yield {"event": "trade", "origin": a, "destination": b, "on": on, "refused": told}
        return
    for ahead in told.ahead:
        yield _trade_row(ahead, on) | {"months": ahead.card.months}


def _overtaken(happened: KnownEvent, year: int) -> bool:
    """Whether a full year after the event is known, so that it says nothing more of trade."""
    return happened.year < year - (1 if happened.kind == "reopening" else 0)


def _after_event(panel: Panel, dyad: tuple[str, str], year: int, happened: KnownEvent) -> TradeForecast:
    before = [y for y in panel.years if y < happened.began][-BASE_YEARS:]
    rupture = happened.kind == "rupture"
    return forecast(
        panel, *dyad, as_of=year, event=happened.kind, event_year=happened.year,
        instrument=happened.instrument if rupture else None, base=(before[0], before[-1]) if len(before) > 1 else None,
    )  # fmt: skip


def _later(run: Computed) -> dict[tuple[str, str], tuple[int, float]]:
    """The record's newest preferred figure of each direction where it is later than the panel."""
    found: dict[tuple[str, str], tuple[int, float]] = {}
    if run.panel is None:
        return found
    rows = timeline(run.ledger.figures, run.panel, *run.study.spec.dyad).filter(
        pl.col("preferred") & pl.col("flow").is_in(["exports", "imports"]) & (pl.col("value_usd_mn") > 0)
        & pl.col("status").is_in(["reported", "derived"]) & (pl.col("year") > run.panel.years[-1])
    )  # fmt: skip
    for origin, destination, year, value in rows.select("origin", "destination", "year", "value_usd_mn").iter_rows():
        if year > found.get((origin, destination), (0, 0.0))[0]:
            found[origin, destination] = (year, value)
    newest = {year for year, _ in found.values()}
    return found if len(found) == 2 and len(newest) == 1 else {}


def _trade_row(ahead: Ahead, on: int | str) -> Row:
    low, _, middle, _, high = ahead.quantiles_usd_mn
    return {
        "event": "trade", "origin": ahead.origin, "destination": ahead.destination, "both_ways": ahead.both_ways,
        "on": str(on), "months": 12 * (ahead.year - ahead.last_year), "year": ahead.year, "last_year": ahead.last_year,
        "last_usd_mn": ahead.last_usd_mn, "low_usd_mn": low, "median_usd_mn": middle, "high_usd_mn": high,
        "method": ahead.method, **_card(ahead.card),
    }  # fmt: skip


def _odds(dyad: tuple[str, str], day: str | None) -> Iterator[Row]:
    a, b = dyad
    if day is None:
        yield {"event": "break", "origin": a, "destination": b, "months": 12, "refused": NO_DAY}
        return
    if (bloc := _bloc_of(dyad)) is not None:
        told = NO_BLOCS.format(bloc=in_text(bloc))
        yield {
            "event": "break",
            "origin": a,
            "destination": b,
            "on": day,
            "months": 12,
            "refused": told,
            "method": A_BLOC,
        }
        return
    told = _or_refused(lambda: hazard(a, b, "break", on=day))
    if isinstance(told, str):
        back = _or_refused(lambda: hazard(a, b, "return", on=day))
        told = told if isinstance(back, str) else back
    if isinstance(told, str):
        why = why_no_odds(a, b) or None
        yield {"event": "break", "origin": a, "destination": b, "on": day, "months": 12, "refused": told, "method": why}
        return
    yield {
        "event": told.event, "origin": a, "destination": b, "on": day, "months": told.months,
        "chance": told.probability, "chance_low": told.interval[0], "chance_high": told.interval[1],
        "base_rate": told.base_rate, "rank": told.rank, "n_ranked": told.n_ranked,
        "nearest": "; ".join(f"{c.a}-{c.b} {c.broke.year}" for c in told.nearest) or None, "method": told.group,
        **_card(told.card),
    }  # fmt: skip


def _bloc_of(dyad: tuple[str, str]) -> str | None:
    return next((code for code in dyad if code in blocs()), None)


def newest_day(events: pl.DataFrame) -> date | None:
    """The last day on which something of the record began that is not merely scheduled."""
    happened = events.filter(events["kind"] != "scheduled")
    return max((Period.parse(cell).first for cell in happened["date"]), default=None)


def _day(run: Computed) -> str | None:
    """The newest day of the record; else the first one after the panel; None where there is neither."""
    day = newest_day(run.ledger.events)
    if day is None and run.panel is not None:
        day = last_day(run.panel) + timedelta(days=1)
    return None if day is None else day.isoformat()


def _card(card: ScoreCard) -> Row:
    return {
        "n_cases": card.n_cases, "baseline": card.baseline, "score": card.score, **gained(card),
        "coverage_80": card.coverage_80,
    }  # fmt: skip


def _or_refused(ask: Callable[[], Any]) -> Any:
    """What was asked for, or why it is refused."""
    try:
        return ask()
    except DetenteError as error:
        return str(error)


def scored_outlook(before: pl.DataFrame, timeline: pl.DataFrame) -> pl.DataFrame:
    """The forecasts of an earlier run whose outcome is on record now.

    Parameters
    ----------
    before : the table ``outlook`` of the earlier run.
    timeline : the table ``timeline`` of a later one.

    Returns
    -------
    polars.DataFrame
        One row a flow and year: ``origin, destination, both_ways, year, low_usd_mn, median_usd_mn, high_usd_mn,
        outcome_usd_mn, log_error`` (log of median over outcome) and ``inside`` (whether the 80% range held it).
    """
    ahead = before.filter((pl.col("event") == "trade") & pl.col("median_usd_mn").is_not_null())
    told = timeline.filter(pl.col("preferred") & pl.col("status").is_in(["reported", "derived"]))
    each = told.filter(pl.col("flow").is_in(["exports", "imports"])).select(
        "origin", "destination", "year", pl.lit(False).alias("both_ways"), outcome_usd_mn="value_usd_mn"
    )
    both = told.filter(pl.col("flow") == "total").select(
        pl.lit(True).alias("both_ways"), "year", outcome_usd_mn="value_usd_mn"
    )
    found = [
        ahead.filter(~pl.col("both_ways")).join(each, on=["origin", "destination", "year", "both_ways"]),
        ahead.filter(pl.col("both_ways")).join(both, on=["year", "both_ways"]),
    ]
    low, middle, high, outcome = map(pl.col, ("low_usd_mn", "median_usd_mn", "high_usd_mn", "outcome_usd_mn"))
    return (
        pl.concat(found)
        .filter((outcome > 0) & (pl.col("year") > pl.col("last_year")))
        .select(
            "origin", "destination", "both_ways", "year", "low_usd_mn", "median_usd_mn", "high_usd_mn",
            "outcome_usd_mn", log_error=(middle / outcome).log(), inside=(low <= outcome) & (outcome <= high),
        )
        .sort("both_ways", "origin", "year")
    )  # fmt: skip
