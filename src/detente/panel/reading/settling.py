"""Rows of flows become a panel: one report of each flow, codes of today, whole periods, what is absent said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from detente import economies as names
from detente.data.facts import Count, Flows
from detente.data.periods import read_periods, year_of
from detente.data.source import DataSource
from detente.data.units import unit_named
from detente.errors import DuplicateRows, EmptySample, first_five, how_many
from detente.language import Joined, Number, Text, few
from detente.panel.filling import dense, fill
from detente.panel.grouping.composition import Composition, composition_of
from detente.panel.levels import KEYS, one_level
from detente.panel.magnitude import check_magnitude
from detente.panel.panel import Panel, Provenance, ReadReport


def settled(
    flows: Flows, known: DataSource | None, label: str, absent: str | None, side: str, codes_as_of: int | None,
    name: str | None, cite: str, sections: bool = False,
) -> Panel:  # fmt: skip
    """Rows to a panel: sides, levels, codes and periods settled, aggregates and re-imports out, magnitudes checked."""
    notes = list(flows.notes)
    frame, whose = _one_side(flows, side, label, notes)
    periods, period = read_periods(frame["period"], f"column '{'period' if known else 'year'}' of {label}")
    frame = frame.with_columns(periods.alias("period"))
    if flows.period == "five years":
        period = flows.period
    if codes_as_of is not None:
        frame = _modernise(frame, codes_as_of, notes)
    made_of = composition_of(frame, label) if sections else None
    level = flows.level
    if "product" in frame.columns:
        frame, level, said = one_level(frame, label)
        notes += said
    frame = _one_row_a_flow(frame, label)
    frame = _without_own_trade(frame, flows.internal, notes)
    frame = _known_codes(frame, label, known, notes)
    if not frame.height:
        raise EmptySample(f"{label} has no flow between two economies.", fix="Give a table with one row a flow.")
    unknown = frame["value"].is_null()
    if unknown.any():
        notes.append(Text("rows.missing", n=Number(f"{int(unknown.sum()):,}")))
    economies = tuple(sorted(set(frame["origin"]) | set(frame["destination"])))
    labels = tuple(int(p) for p in sorted(frame["period"].unique()))
    unit = unit_named(flows.unit)
    array, there = dense(frame.with_columns(pl.col("value") * unit.factor), economies, labels)
    years = [year_of(p, period) for p in labels]
    filled, zeros, gone = fill(array, there, absent or flows.absent, years, economies)
    _say_filled(filled, there, zeros, gone, labels, period, notes)
    if flows.kind == "goods" and not flows.stock:
        check_magnitude(filled, economies, labels, period, label)
    source = Provenance(
        source=known.name if known else "", release=flows.release, valuation=flows.valuation, side=whose,
        level="total" if level == "words" else level, population=flows.population,
    )  # fmt: skip
    return Panel(
        economies, labels, filled, name=name or label, source=cite or (known.cite if known else ""),
        report=ReadReport(flows.rows, frame.height, tuple(notes)), kind=flows.kind, unit=unit.panel_unit,
        period=period, provenance=source, reported=(np.any(array > 0, axis=2) | np.any(array > 0, axis=1)), stock=flows.stock,
        composition=None if made_of is None else _in_panel(made_of, economies, unit.factor),
    )  # fmt: skip


def _in_panel(made_of: Composition, economies: tuple[str, ...], factor: float) -> Composition:
    """Between the panel's economies, in its unit."""
    both = pl.col("origin").is_in(list(economies)) & pl.col("destination").is_in(list(economies))
    frame = made_of.frame.filter(both & (pl.col("origin") != pl.col("destination")))
    return replace(made_of, frame=frame.with_columns(pl.col("value") * factor))


def _one_side(flows: Flows, side: str, label: str, notes: list[str]) -> tuple[pl.DataFrame, str]:
    """One report of each flow: the side asked for, or the destination's and else the origin's."""
    if "side" not in flows.frame.columns:
        return flows.frame, flows.side
    keys = [c for c in flows.frame.columns if c not in ("side", "value")]
    if side != "either":
        frame = flows.frame.filter(pl.col("side") == side).drop("side")
        if not frame.height:
            raise EmptySample(f"{label} has no report of the {side}s.", fix="Leave side out.")
        return frame, side
    bought = flows.frame.filter(pl.col("side") == "destination")
    sold = flows.frame.filter(pl.col("side") == "origin").join(bought.select(KEYS).unique(), on=KEYS, how="anti")
    if bought.height and sold.height:
        notes.append(Text("rows.either_side", n=Number(f"{bought.height:,}"), others=Number(f"{sold.height:,}")))
    whose = "" if bought.height and sold.height else "destination" if bought.height else "origin"
    return pl.concat([bought, sold]).select(*keys, "value"), whose


def _one_row_a_flow(frame: pl.DataFrame, label: str) -> pl.DataFrame:
    doubled = frame.select(pl.struct(KEYS).is_duplicated()).to_series()
    if doubled.any():
        cases = frame.filter(doubled).unique(KEYS, maintain_order=True)
        shown = first_five(f"{r['origin']}->{r['destination']} {r['period']}" for r in cases.iter_rows(named=True))
        raise DuplicateRows(
            f"{int(doubled.sum()):,} rows of {label} repeat an origin, destination and year: {shown}.",
            why="Summing or choosing among them would be a guess.",
            fix="Sum or drop them first, or keep the column 'product' that tells them apart.",
        )
    return frame


def _without_own_trade(frame: pl.DataFrame, internal: bool, notes: list[str]) -> pl.DataFrame:
    """Trade of economies with themselves stays where the table has it of most of them; else it is re-imports."""
    own = frame["origin"] == frame["destination"]
    if not own.any():
        return frame
    with_it, all_ = set(frame["origin"].filter(own)), set(frame["origin"]) | set(frame["destination"])
    if internal or 2 * len(with_it) >= len(all_):
        return frame
    notes.append(Text("rows.own_trade", n=Number(f"{int(own.sum()):,}"), codes=few(sorted(with_it))))
    return frame.filter(~own)


def _modernise(frame: pl.DataFrame, as_of: int, notes: list[str]) -> pl.DataFrame:
    codes = sorted(set(frame["origin"]) | set(frame["destination"]))
    changed = {c: m for c in codes if (m := names.modern_code(c, as_of)) and m != c}
    if changed:
        pairs = Joined(", ", parts=(Text("rows.pair", old=a, new=b) for a, b in changed.items()))
        notes.append(Text("rows.renamed", pairs=pairs))
    return frame.with_columns(pl.col("origin", "destination").replace(changed))


def _known_codes(frame: pl.DataFrame, label: str, known: DataSource | None, notes: list[str]) -> pl.DataFrame:
    """Rows between economies of today; a source's own former states stay, its codes of none are left out and counted.

    Raises
    ------
    UnknownEconomy : in a table of no known source.
    """
    if known is not None:
        codes = set(frame["origin"]) | set(frame["destination"])
        odd = sorted(c for c in codes if c not in names.table() and not names.is_current(c))
        count = Count(notes)
        keep = ~pl.col("origin").is_in(odd) & ~pl.col("destination").is_in(odd)
        return count.drop(frame, keep, "aggregates", codes=few(odd)) if odd else frame
    for role in ("origin", "destination"):
        stats = frame.group_by(role).agg(pl.len(), pl.col("period").min().alias("a"), pl.col("period").max().alias("b"))
        years = {c: f"{how_many(n, 'row')}, {a}-{b}" for c, n, a, b in stats.iter_rows()}
        names.check_codes(years, column=f"{role} of {label}", years=years)
    return frame


def _say_filled(
    filled: Any, there: Any, zeros: int, gone: int, labels: tuple[int, ...], period: str, notes: list[str]
) -> None:
    absent = int((np.isnan(filled) & ~there & ~np.eye(filled.shape[1], dtype=bool)).sum())
    if zeros:
        notes.append(Text("rows.zeros", n=Number(f"{zeros:,}")))
    if absent:
        notes.append(Text("rows.absent", n=Number(f"{absent:,}")))
    if gone:
        notes.append(Text("rows.not_there", n=Number(f"{gone:,}")))
    gaps = sorted(set(range(labels[0], labels[-1] + 1)) - set(labels)) if period == "year" else []
    if gaps:
        notes.append(Text("rows.gaps", years=few(gaps)))
