"""What became of an earlier run's forecasts: on the scoreboard of everybody's, counts of people, and odds of a break."""

from __future__ import annotations

from datetime import date

import polars as pl

from detente.data.periods import label_of
from detente.outlook.states_at_risk import months_later
from detente.record.period import Period
from detente.record.verdicts.numbers import NEAR
from detente.run.further.known_event import breaks_on_record

OWN = "détente"
TARGETS = {True: "trade.total", False: "trade"}


def on_scoreboard(scored: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Own forecasts of trade whose outcome is on record, in rows of the scoreboard, above those of others for the same years.

    Parameters
    ----------
    scored : of :func:`detente.run.scored_outlook`.
    others : the table ``forecasts`` of the later run.

    Returns
    -------
    polars.DataFrame
        ``forecaster, target, horizon, low, high, outcome, ratio, result``: ``hit`` within the 80% range (or another's own
        range), ``near`` within 10% of its nearer end, else ``miss``.
    """
    low, high, outcome = map(pl.col, ("low_usd_mn", "high_usd_mn", "outcome_usd_mn"))
    off = pl.max_horizontal(low - outcome, outcome - high)
    own = scored.select(
        forecaster=pl.lit(OWN), target=pl.when(pl.col("both_ways")).then(pl.lit(TARGETS[True])).otherwise(
            pl.concat_str(pl.lit(TARGETS[False] + "."), "origin", pl.lit("_to_"), "destination")
        ),
        horizon=pl.col("year").map_elements(_horizon, return_dtype=pl.String), low=low, high=high, outcome=outcome,
        ratio=pl.col("median_usd_mn") / outcome,
        result=pl.when("inside").then(pl.lit("hit")).when(off <= NEAR * outcome).then(pl.lit("near")).otherwise(pl.lit("miss")),
    )  # fmt: skip
    if others.is_empty():
        return own
    same = others.filter(
        pl.col("target").str.starts_with("trade."), pl.col("horizon").cast(pl.String).is_in(own["horizon"].implode()),
        pl.col("result") != "pending",
    )  # fmt: skip
    return pl.concat([own, same.select(pl.col(name).cast(own.schema[name]) for name in own.columns)])


def _horizon(year: int) -> str:
    """A year, quarter or month as the record writes it."""
    return label_of(year, "month" if year > 99_999 else "quarter" if year > 9_999 else "year")


def scored_people(before: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """Forecasts of people of an earlier run whose count is on record now.

    Parameters
    ----------
    before : the table ``people_next`` of the earlier run.
    counts : the table ``people_counts`` of a later one.

    Returns
    -------
    polars.DataFrame
        ``origin, destination, target, year, low, middle, high, persons, inside``.
    """
    kinds = {"displaced": "protected", "moved": "movers"}
    ahead = before.filter(pl.col("target").is_in(list(kinds))).with_columns(population=pl.col("target").replace(kinds))
    came = counts.select(
        "origin", "destination", "population", "persons", year=pl.col("date").str.slice(0, 4).cast(pl.Int64)
    )
    found = ahead.join(came, on=["origin", "destination", "population", "year"])
    within = (pl.col("low") <= pl.col("persons")) & (pl.col("persons") <= pl.col("high"))
    return found.select("origin", "destination", "target", "year", "low", "middle", "high", "persons", inside=within)


def scored_odds(before: pl.DataFrame, events: pl.DataFrame, known_until: date | None) -> pl.DataFrame:
    """Odds of a break of an earlier run whose time is over, or that came, by a later record.

    Parameters
    ----------
    before : the table ``outlook`` of the earlier run.
    events : of the later record.
    known_until : the newest day of the later record.

    Returns
    -------
    polars.DataFrame
        ``on, months, chance, base_rate, came`` (the day, empty where none came).
    """
    rows = []
    broke = breaks_on_record(events)
    for row in before.filter(pl.col("event") == "break", pl.col("chance").is_not_null()).iter_rows(named=True):
        start = Period.parse(row["on"]).first
        end = months_later(start, row["months"])
        came = next((day for day in broke if start < day < end), None)
        if came is not None or (known_until is not None and known_until >= end):
            rows.append((row["on"], row["months"], row["chance"], row["base_rate"], came and came.isoformat()))
    schema = {"on": pl.String, "months": pl.Int64, "chance": pl.Float64, "base_rate": pl.Float64, "came": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
