"""The tables of people between the two: ``people_counts``, ``migration``, ``people_next``, ``people_now``, ``people_if``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import polars as pl

from detente.economies import is_current
from detente.outlook.people import Nowcast, OriginRecovery, PeopleBetween, PeopleCount, people_between
from detente.outlook.people.people_forecast import PeopleForecast
from detente.outlook.people.score_cards import baseline_crps
from detente.outlook.score_card import ScoreCard
from detente.record.schema import PREFERRED
from detente.run.further.visas import visas_frame
from detente.run.schema import DIRECTION, Computed, TableSchema, flag, gain, gained, number, text, whole

REGISTER = re.compile(r"migration\.([a-z]{3})_in_([a-z]{3})")
"""Series of a record that count the people of one economy in another, by their codes."""


def _frame(name: str) -> Callable[[Computed], pl.DataFrame]:
    return lambda run: people_frames(_between(run), register_counts(run.ledger.figures))[name]


COUNTS = TableSchema(
    "people_counts",
    "One row a count of people. The populations are different people, counted apart and never spliced.",
    (
        text("origin", "where they come from"),
        text("destination", "where they live, or moved to"),
        text(
            "population",
            "`movers` (five-year flows), `foreign_born`, `protected` (stocks), or `register`, of the record",
        ),
        flag("stock", "people living there on a day, rather than people who moved in a period"),
        text("date", "day or month of a stock; first and last year of a flow's period"),
        number("persons", "how many", "persons"),
        flag("recategorised", "most of them changed category since the count before: in part no movement"),
        text("taken_from", "date of UNHCR's count that this one repeats; empty where it repeats none"),
        number("everywhere", "of the origin in all destinations by the same count; empty of a register", "persons"),
        text("source", "publisher and licence, or `source_id` of the record"),
    ),
    make=_frame("people_counts"),
)

MIGRATION = TableSchema(
    "migration",
    "One row a direction: how many moved in five years and in the five before, and what of the change goes with both "
    "countries' other migration.",
    (
        *DIRECTION,
        whole("from_period", "first year of the earlier period"),
        whole("to_period", "first year of the later one"),
        number("moved_before", "persons who moved in the earlier", "persons"),
        number("moved", "persons who moved in the later", "persons"),
        number("expected", "to be expected from both countries' migration with everybody else", "persons"),
        number("log_change", "ln of moved over moved_before", "log points"),
        number("shared", "part that goes with everybody else's migration", "log points"),
        number("own", "part that is the pair's own; adds up with shared to log_change", "log points"),
        number("log_ratio", "ln of moved over expected", "log points"),
        number("placebo_share", "rank of log_ratio among pairs of like size: (1 + count below)/(1 + n)", "share"),
        whole("n_placebos", "how many such pairs: n"),
        whole("n_more", "how many of them moved as many or more above what was to be expected"),
        flag("unusual", "outside the middle 90% of them; empty with fewer than 39"),
    ),
    make=_frame("migration"),
)

PEOPLE_NEXT = TableSchema(
    "people_next",
    "One row a forecast of people, with the score of such forecasts out of sample.",
    (
        *DIRECTION,
        text("target", "`displaced` (protected, end of the year), `moved` (five years) or `surge` (odds)"),
        whole("as_of", "last year known"),
        whole("year", "year it is for; first of five for moves"),
        number("last", "persons in `as_of`", "persons"),
        number("low", "10th percentile", "persons"),
        number("middle", "median", "persons"),
        number("high", "90th percentile", "persons"),
        number("probability", "of a surge: twice as many and 50,000 more by the end of `year`", "share"),
        number("base_rate", "of corridors with and without a land border, by conflict", "share"),
        whole("n_scored", "cases scored out of sample"),
        *gain("gain over the naive forecast: of the CRPS, or of the log score for odds"),
        number("score", "CRPS of such forecasts, of log persons; empty for odds", "log points"),
        number("baseline_score", "CRPS of the naive one; empty for odds", "log points"),
        number("coverage_80", "share of outcomes inside the 80% interval; empty for odds", "share"),
        text("fails", "where such forecasts failed"),
    ),
    make=_frame("people_next"),
)

PEOPLE_NOW = TableSchema(
    "people_now",
    "One row a direction and population: the newest count as if it were missing, from its own last value and everybody "
    "else's of that year, with the score of such counts; `recorded` is what is on record and was not used.",
    (
        *DIRECTION,
        text("population", "`movers` (five-year flows), `foreign_born` or `protected` (stocks)"),
        whole("year", "of the count; first of five for moves"),
        whole("last_year", "of the count before"),
        number("last", "the count before", "persons"),
        number("low", "10th percentile", "persons"),
        number("middle", "median", "persons"),
        number("high", "90th percentile", "persons"),
        number("recorded", "the count itself; empty where it is missing", "persons"),
        flag("within", "whether it lies in the 80% interval; empty where it is missing"),
        whole("n_scored", "masked cells of other pairs scored"),
        *gain("gain of the CRPS over the last value"),
        number("coverage_80", "share of masked counts inside the 80% interval", "share"),
    ),
    make=_frame("people_now"),
)

PEOPLE_IF = TableSchema(
    "people_if",
    "One row a direction and specification: what a richer origin does to who leaves and who returns. Nothing is said of "
    "permits and reopened borders: the cases are too few.",
    (
        *DIRECTION,
        number("growth_pct", "assumed rise of the origin's GDP per head", "percent"),
        text("outcome", "`moves` (five years), `arrivals` or `departures` (of the protected, by year)"),
        text(
            "variant",
            "`all`, `neighbours`, `origins at peace`, `income of the year before`, `without the origin`",
        ),
        flag("main", "the specification to read first"),
        number("elasticity", "of the flow to the origin's GDP per head"),
        number("se", "standard error by origin"),
        number("low_pct", "change of the flow, low end of 90%", "percent"),
        number("middle_pct", "change of the flow", "percent"),
        number("high_pct", "high end of 90%", "percent"),
        whole("n", "rows used"),
        whole("n_closures", "closed borders with 500 and more protected people of the pair: too few for an estimate"),
        whole("n_reopenings", "reopened ones"),
    ),
    make=_frame("people_if"),
)  # fmt: skip


def _between(run: Computed) -> PeopleBetween:
    a, b = run.study.spec.dyad
    if not (is_current(a) and is_current(b)):
        return PeopleBetween(a, b, (), (), (), (), (), ())
    return people_between(a, b)


def register_counts(figures: pl.DataFrame) -> tuple[PeopleCount, ...]:
    """The record's own counts of people of one economy in another: its series ``migration.AAA_in_BBB``."""
    if figures.is_empty():
        return ()
    rows = figures.filter(PREFERRED & (pl.col("unit") == "persons"))
    found = []
    for series, period, value, source in rows.select("series", "period", "value", "source_id").iter_rows():
        match = REGISTER.fullmatch(str(series))
        if match and value is not None:
            a, b = (code.upper() for code in match.groups())
            found.append(PeopleCount(a, b, "register", True, str(period), float(value), str(source)))
    return tuple(found)


def people_frames(found: PeopleBetween, registers: tuple[PeopleCount, ...] = ()) -> Mapping[str, pl.DataFrame]:
    """The tables of people by name, that of visas with them."""
    return {
        "people_counts": COUNTS.of_rows(
            {name: getattr(count, name) for name in COUNTS.names} for count in (*found.counts, *registers)
        ),
        "migration": MIGRATION.of_rows({name: getattr(one, name) for name in MIGRATION.names} for one in found.moved),
        "people_next": PEOPLE_NEXT.of_rows([*_displaced(found), *_moves(found), *_surges(found)]),
        "people_if": PEOPLE_IF.of_rows(recovery_rows(found.recoveries)),
        "people_now": PEOPLE_NOW.of_rows(_now(one) for one in found.nowcasts),
        "visas": visas_frame(found.visas),
    }


def _displaced(found: PeopleBetween) -> list[dict[str, object]]:
    return [_ahead(one, "displaced") for one in found.displaced]


def _moves(found: PeopleBetween) -> list[dict[str, object]]:
    return [_ahead(one, "moved") for one in found.moves]


def _ahead(one: PeopleForecast, target: str) -> dict[str, object]:
    return {
        **_ends(one), "target": target, "as_of": one.as_of, "year": one.year, "last": one.last, "low": one.low,
        "middle": one.middle, "high": one.high, **_scored(one.card), "score": one.card.crps,
        "baseline_score": baseline_crps(one.card), "coverage_80": one.card.coverage_80,
    }  # fmt: skip


def _surges(found: PeopleBetween) -> list[dict[str, object]]:
    return [
        {**_ends(one), "target": "surge", "as_of": one.as_of, "year": one.as_of + 2, "last": one.own,
         "probability": one.probability, "base_rate": one.base_rate, **_scored(one.card)}
        for one in found.surges
    ]  # fmt: skip


def recovery_rows(recoveries: Iterable[OriginRecovery]) -> list[dict[str, object]]:
    """Rows of ``people_if``: one a specification."""
    rows = []
    for one in recoveries:
        main = "neighbours" if one.neighbours else "all"
        for e in one.elasticities:
            low, middle, high = e.effect_pct(one.growth_pct)
            first = e.variant == main if e.outcome == "moves" else e.outcome == "departures"
            rows.append(
                {**_ends(one), "growth_pct": one.growth_pct, "outcome": e.outcome, "variant": e.variant, "main": first,
                 "elasticity": e.elasticity, "se": e.se, "low_pct": low, "middle_pct": middle, "high_pct": high,
                 "n": e.n, "n_closures": one.n_closures, "n_reopenings": one.n_reopenings}
            )  # fmt: skip
    return rows


def _now(one: Nowcast) -> dict[str, object]:
    within = None if one.recorded is None else one.low <= one.recorded <= one.high
    scored = {key: value for key, value in _scored(one.card).items() if key != "fails"}
    names = ("population", "year", "last_year", "last", "low", "middle", "high", "recorded")
    return {**_ends(one), **{name: getattr(one, name) for name in names}, "within": within, **scored,
            "coverage_80": one.card.coverage_80}  # fmt: skip


def _scored(card: ScoreCard) -> dict[str, object]:
    return {"n_scored": card.n_cases, **gained(card), "fails": card.fails}


def _ends(one: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in ("origin", "destination")}
