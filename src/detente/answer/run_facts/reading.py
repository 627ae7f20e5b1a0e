"""The facts of a run's first screen, from its tables: one place, whoever shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, inf, isfinite
from typing import Any

import polars as pl

from detente.answer.changes import AmongSimilar
from detente.answer.facts import Facts, Fall, Flow, IncomeEffect, leading
from detente.answer.run_facts.checks import counted
from detente.answer.run_facts.flags import flags_of
from detente.answer.run_facts.run_tables import RunTables
from detente.attribution.words.strength import Place, as_bad_of
from detente.language import When
from detente.record.schema import PREFERRED


def facts_of(run: RunTables) -> Facts:
    """The facts of a run, from its tables."""
    there, back = run.directions
    flows = (_flow(run, *there), _flow(run, *back))
    totals = _totals(run, flows)
    years = [y for flow in flows for y in (*flow.sold, *flow.expected)]
    reach = (min(years), max(years) + 1) if years else (0, 0)
    return Facts(
        flows, totals, flags_of(run, reach), _effects(run), _baseline(run), _checks(run, flows[0]),
        _people(run), _spread(run, totals), _base(run), _source(run),
        _verdicts(run), _wrong(run),
    )  # fmt: skip


def _directed(frame: pl.DataFrame, a: str, b: str) -> pl.DataFrame:
    """Rows of one direction, whatever the two columns are called."""
    for pair in (("origin", "destination"), ("exporter", "importer")):
        if set(pair) <= set(frame.columns):
            return frame.filter(pl.col(pair[0]) == a, pl.col(pair[1]) == b)
    return frame.head(0)


def _flow(run: RunTables, a: str, b: str) -> Flow:
    base = _base(run)
    rows = _directed(run.frames["residuals"], a, b)
    if base is not None and not rows.is_empty():
        cited = rows.filter(pl.col("status") == "cited")
        rows = rows.filter(pl.col("base_from") == base[0], pl.col("base_to") == base[1], pl.col("status") != "cited")
    else:
        cited = rows.head(0)
    expected, sold = _by_year(rows, "counterfactual_usd_mn"), _by_year(rows, "actual_usd_mn")
    timeline = _directed(run.frames["timeline"], a, b)
    if not timeline.is_empty():  # the record goes on where the panel ends
        preferred = timeline.filter(pl.col("preferred").cast(pl.Boolean), pl.col("flow").is_in(["exports", "imports"]))
        later = {y: v for y, v in _by_year(preferred, "value_usd_mn").items() if not sold or y > max(sold)}
        sold = sold | later
    ring = {
        y: sold[y] / exp(r) for y, r in _by_year(cited, "log_ratio").items() if y in sold and y not in expected
    }  # fmt: skip
    changes = _directed(run.frames["attribution"], a, b)
    falls = changes_of(changes, base)
    return Flow(a, b, sold, expected, ring, falls)


def _by_year(frame: pl.DataFrame, column: str) -> dict[int, float]:
    if frame.is_empty() or column not in frame.columns:
        return {}
    rows = frame.select(pl.col("year").cast(pl.Int64), pl.col(column).cast(pl.Float64)).drop_nulls().sort("year")
    return {When(year): value for year, value in rows.iter_rows() if isfinite(value)}


def changes_of(changes: pl.DataFrame, base: tuple[int, int] | None) -> tuple[Fall, ...]:
    """The changes on the first base years, in order, without those that hold others of which something is known."""
    if changes.is_empty():
        return ()
    rows = changes
    if base is not None:
        rows = rows.filter(pl.col("base_from") == base[0], pl.col("base_to") == base[1])
    found = [fall for row in rows.to_dicts() if (fall := _fall(row, _elsewhere(row, changes))) is not None]
    found.sort(key=lambda fall: fall.start)

    def holds(one: Fall) -> bool:
        return any(one.start <= other.start and other.end <= one.end for other in found if other is not one)

    return tuple(fall for fall in found if not holds(fall)) or tuple(found)


def _elsewhere(row: Mapping[str, Any], changes: pl.DataFrame) -> tuple[Place, ...]:
    """Where the same change stands on other base years."""
    same = changes.filter(
        pl.col("panel").eq_missing(row["panel"]), from_year=row["from_year"], to_year=row["to_year"]
    ).filter((pl.col("base_from") != row["base_from"]) | (pl.col("base_to") != row["base_to"]))
    found = map(AmongSimilar.of, same.iter_rows(named=True))
    return tuple(one.place for one in found if one is not None)


def _fall(row: Mapping[str, Any], elsewhere: tuple[Place, ...]) -> Fall | None:
    ceased = row["log_change"] is None and row["flow_to_usd_mn"] == 0 and (row["flow_from_usd_mn"] or 0) > 0
    change = -inf if ceased else row["log_change"]  # then the pair-specific part is a bound
    if row["dyad_part"] is None or change is None:
        return None
    return Fall(
        When(row["from_year"]), When(row["to_year"]), change, row["supply_demand_part"] or 0.0, row["dyad_part"],
        as_bad_of(row), row["n_placebos"], row["placebo_share"], elsewhere,
    )  # fmt: skip


def _base(run: RunTables) -> tuple[int, int] | None:
    if run.frames["residuals"].is_empty():
        return None
    row = run.frames["residuals"].row(0, named=True)
    return row["base_from"], row["base_to"]


def _totals(run: RunTables, flows: Sequence[Flow]) -> dict[int, float]:
    """The record's own totals, or both directions added where both are known."""
    if not run.frames["timeline"].is_empty() and "flow" in run.frames["timeline"].columns:
        own = run.frames["timeline"].filter(pl.col("flow") == "total", pl.col("preferred").cast(pl.Boolean))
        if not own.is_empty():
            return _by_year(own, "value_usd_mn")
    there, back = (flow.sold for flow in flows)
    return {y: there[y] + back[y] for y in sorted(there) if y in back}


def _spread(run: RunTables, totals: Mapping[int, float]) -> float | None:
    """How far the published totals of the last year lie apart, as a share of the preferred one."""
    if not totals or run.frames["timeline"].is_empty():
        return None
    last = max(totals)
    rows = run.frames["timeline"].filter(
        pl.col("flow") == "total",
        pl.col("year").cast(pl.Int64) == last,
        pl.col("status").is_in(["reported", "derived"]),
    )
    counted = rows.filter(pl.col("source_id") == "panel")["basis"].to_list()  # the record's copies are no second source
    rows = rows.filter((pl.col("source_id") == "panel") | ~pl.col("basis").is_in(counted))
    values = rows["value_usd_mn"].cast(pl.Float64).drop_nulls().to_list()
    if len(values) < 2 or rows["source_id"].n_unique() < 2 or not totals[last]:
        return None
    return (max(values) - min(values)) / totals[last]


def _effects(run: RunTables) -> list[IncomeEffect]:
    """The first and the last scenario on the economy that they change most."""
    if run.frames["bands"].is_empty():
        return []
    rows = run.frames["bands"].drop_nulls("welfare_pct_p50")
    if rows.is_empty():
        return []
    most = rows.sort(pl.col("welfare_pct_p50").abs(), descending=True)["economy"][0]
    told = [
        IncomeEffect(run.own(r["title"]), most, r["welfare_pct_p05"], r["welfare_pct_p50"], r["welfare_pct_p95"])
        for r in rows.filter(pl.col("economy") == most).iter_rows(named=True)
    ]
    return told if len(told) <= 2 else [told[0], told[-1]]


def _baseline(run: RunTables) -> int | None:
    return None if run.frames["bands"].is_empty() else int(run.frames["bands"]["year"].max())  # type: ignore[arg-type]  # polars: any literal


def _checks(run: RunTables, flow: Flow) -> tuple[int, int] | None:
    """Of the specifications of the leading change that can tell, how many call it unusual; None for another change."""
    frame, fall = run.frames["specifications"], leading(flow.falls)
    if frame.is_empty() or not run.episodes:
        return None
    same = [e.id for e in run.episodes if fall is not None and (e.from_year, e.to_year) == (fall.start, fall.end)]
    if not same or fall is None:
        return None
    rows = frame.filter(pl.col("episode") == same[0])
    return counted(rows.iter_rows(named=True), gained=fall.gained)


def _people(run: RunTables) -> tuple[float, int, str, str] | None:
    """The latest preferred count of one economy's people in the other, the larger of the two directions."""
    if run.frames["figures"].is_empty():
        return None
    found = []
    for home, host in run.directions:
        series = f"migration.{home.lower()}_in_{host.lower()}"
        rows = run.frames["figures"].filter(pl.col("series") == series, PREFERRED)
        if not rows.is_empty():
            row = rows.sort("period").row(-1, named=True)
            found.append((float(row["value"]), int(str(row["period"])[:4]), home, host))
    return max(found, default=None)


def _source(run: RunTables) -> str:
    """The panel, and who published the figures of the years after it."""
    names, last = [], 0
    if not run.frames["residuals"].is_empty():
        computed = run.frames["residuals"].filter(pl.col("status") != "cited")
        last = int(computed["year"].max() or 0)  # type: ignore[arg-type]  # polars: any literal
        first = int(computed["year"].min() or 0)  # type: ignore[arg-type]  # polars: any literal
        names.append(f"{run.panel_name} ({run.words.periods(first, last)})")
    if not run.frames["timeline"].is_empty():
        late = run.frames["timeline"].filter(pl.col("preferred").cast(pl.Boolean), pl.col("year").cast(pl.Int64) > last)
        for row in late.filter(pl.col("flow") == "exports").sort("year", descending=True).iter_rows(named=True):
            names += run.source_names(row["source_id"])
    return "; ".join(list(dict.fromkeys(names))[:3])


def _verdicts(run: RunTables) -> dict[str, int]:
    if run.frames["claims"].is_empty():
        return {}
    return dict(run.frames["claims"].group_by("verdict").len().iter_rows())


def _wrong(run: RunTables) -> list[dict[str, Any]]:
    if run.frames["claims"].is_empty():
        return []
    rows = run.frames["claims"].filter(pl.col("verdict") == "contradicted").to_dicts()
    return [
        {"claim": run.own(r["claim"]), "claim_id": r["claim_id"], "evidence": run.own(r["evidence"] or ""),
         "source": next(iter(run.source_names(r["source_id"])), "")}
        for r in rows
    ]  # fmt: skip
