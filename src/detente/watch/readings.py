"""Named measures from the tables of a look; a measure that cannot be read is absent, never zero."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from detente.run.what_next import newest_day, scored_outlook
from detente.watch.computing import Looked
from detente.watch.measures import matches
from detente.watch.thresholds import Reading

Readings = dict[str, Reading]


def readings(looked: Looked, rules: Iterable[str], earlier: Mapping[str, Reading] | None = None) -> Readings:
    """Every reading that a rule's measure covers, by its full name.

    Parameters
    ----------
    rules : the measures of the rules.
    earlier : the readings of the look before, from which forecasts of trade are scored once their year is known.
    """
    rules = tuple(rules)
    wanted = {rule.partition(":")[0] for rule in rules}
    found: Readings = {}
    for family in sorted(wanted):
        for reading in _FAMILIES[family](looked):
            if any(matches(rule, reading.measure) for rule in rules):
                found[reading.measure] = reading
    if "forecast_scored" in wanted:
        found |= {one.measure: one for one in _ahead(looked, earlier or {})}
    return found


def _states(looked: Looked) -> Iterator[Reading]:
    """The states in force on the newest day of the record."""
    if looked.ledger is None:
        return
    day = newest_day(looked.ledger.events) or date.max
    held = looked.ledger.states()
    for name in held.spells:
        spell = held.at(name, day)
        if spell is not None:
            yield Reading(f"state:{name}", text=spell.value, note=spell.first.isoformat())


def _verdicts(looked: Looked) -> Iterator[Reading]:
    for claim, verdict, said in _rows(looked, "claims", "claim_id", "verdict", "claim"):
        yield Reading(f"verdict:{claim}", text=verdict, note=said or "")


def _figures(looked: Looked) -> Iterator[Reading]:
    """Every figure by its id: what is corrected changes here, and what is withdrawn goes."""
    if looked.ledger is None:
        return
    for row in looked.ledger.figures.iter_rows(named=True):
        value = _number(row["value"])
        low, high = _number(row.get("low")), _number(row.get("high"))
        text = " ".join(str(row.get(name) or "") for name in ("unit", "period", "basis", "status"))
        note = f"{row['series']} {row['period']}"
        yield Reading(f"figure_corrected:{row['figure_id']}", value, text, low, high, note=note)


def _new_data(looked: Looked) -> Iterator[Reading]:
    """Which rows there are, by table, and which release of flows; not what they say."""
    keys: dict[str, list[str]] = {}
    for kind, key in sorted(looked.inputs):
        keys.setdefault(kind, []).append(key)
    for table in ("events", "figures", "claims", "forecasts", "sources"):
        if table in keys:
            digest = hashlib.sha256("\n".join(keys[table]).encode()).hexdigest()[:16]
            yield Reading(f"new_data:{table}", float(len(keys[table])), digest)
    panel = looked.inputs.get(("panel", ""))
    if panel is not None:
        last = looked.panel.years[-1] if looked.panel is not None else None
        yield Reading("new_data:panel", last, panel.digest[:16])


def _flow(which: str) -> Callable[[Looked], Iterator[Reading]]:
    def newest(looked: Looked) -> Iterator[Reading]:
        frame = looked.frames.get("timeline")
        if frame is None:
            return
        rows = frame.filter(pl.col("preferred") & (pl.col("flow") == which) & pl.col("value_usd_mn").is_finite()
                            & pl.col("status").is_in(["reported", "derived", "approximate"])).sort("year")  # fmt: skip
        if rows.height:
            last = rows.row(-1, named=True)
            yield Reading(which, last["value_usd_mn"], note=str(last["year"]))

    return newest


def _residuals(looked: Looked) -> Iterator[Reading]:
    """The newest year of each direction, on the headline base years."""
    frame = looked.frames.get("residuals")
    if frame is None:
        return
    seen = set()
    computed = frame.filter((pl.col("status") == "computed") & pl.col("log_ratio").is_finite())
    for row in computed.sort("year", descending=True, maintain_order=True).iter_rows(named=True):
        ends = (row["origin"], row["destination"])
        if ends not in seen:
            seen.add(ends)
            low, high = _number(row["band_low"]), _number(row["band_high"])
            yield Reading(f"residual:{_arrow(*ends)}", row["log_ratio"], "", low, high, note=str(row["year"]))


def _attributed(column: str, family: str) -> Callable[[Looked], Iterator[Reading]]:
    def each(looked: Looked) -> Iterator[Reading]:
        seen = set()
        for origin, destination, episode, cell in _rows(
            looked, "attribution", "origin", "destination", "episode", column
        ):
            name = f"{family}:{episode}:{_arrow(origin, destination)}"
            if cell is not None and name not in seen:  # the first base window is the headline
                seen.add(name)
                yield Reading(name, text=cell) if isinstance(cell, str) else Reading(name, float(cell))

    return each  # fmt: skip


def _breaks(looked: Looked) -> Iterator[Reading]:
    for origin, destination, year, shift in _rows(looked, "breaks", "origin", "destination", "year", "shift"):
        yield Reading(f"break:{_arrow(origin, destination)}:{year}", float(shift), "found", note=str(year))


def _odds(looked: Looked) -> Iterator[Reading]:
    for event, chance, low, high in _rows(looked, "outlook", "event", "chance", "chance_low", "chance_high"):
        if chance is not None:
            yield Reading(f"odds:{event}", chance, "", low, high)


def _scored(looked: Looked) -> Iterator[Reading]:
    """What became of other people's forecasts on record."""
    if looked.ledger is None or looked.ledger.forecasts.is_empty():
        return
    for row in looked.ledger.scoreboard().iter_rows(named=True):
        if row["result"] and row["result"] != "pending":
            note = " ".join(str(row.get(name) or "") for name in ("target", "horizon")).strip()
            yield Reading(f"forecast_scored:{row['forecast_id']}", _number(row["outcome"]), row["result"], note=note)


def _ahead(looked: Looked, earlier: Mapping[str, Reading]) -> Iterator[Reading]:
    """Forecasts of trade: kept from look to look under ``ahead:``, and scored when the timeline has their year."""
    kept = dict(_kept(looked.frames.get("outlook")))
    kept = {name: one for name, one in earlier.items() if name.startswith("ahead:")} | kept
    timeline = looked.frames.get("timeline")
    yield from kept.values()
    if timeline is None or not kept:
        return
    rows = []
    for name, one in kept.items():
        _, ends, year, last = name.split(":")
        origin, _, destination = ends.partition(">")
        rows.append(("trade", origin, destination, False, int(year), int(last), one.low, one.value, one.high))
    names = [
        "event",
        "origin",
        "destination",
        "both_ways",
        "year",
        "last_year",
        "low_usd_mn",
        "median_usd_mn",
        "high_usd_mn",
    ]
    for row in scored_outlook(pl.DataFrame(rows, schema=names, orient="row"), timeline).iter_rows(named=True):
        name = f"forecast_scored:{_arrow(row['origin'], row['destination'])}:{row['year']}"
        text = "inside" if row["inside"] else "outside"
        yield Reading(name, row["outcome_usd_mn"], text, row["low_usd_mn"], row["high_usd_mn"], note=str(row["year"]))


def _kept(outlook: pl.DataFrame | None) -> Iterator[tuple[str, Reading]]:
    if outlook is None:
        return
    rows = outlook.filter((pl.col("event") == "trade") & ~pl.col("both_ways") & pl.col("median_usd_mn").is_not_null())
    for row in rows.iter_rows(named=True):
        name = f"ahead:{_arrow(row['origin'], row['destination'])}:{row['year']}:{row['last_year']}"
        yield (
            name,
            Reading(name, row["median_usd_mn"], "", row["low_usd_mn"], row["high_usd_mn"], note=str(row["year"])),
        )


_FAMILIES: dict[str, Callable[[Looked], Iterable[Reading]]] = {
    "state": _states,
    "verdict": _verdicts,
    "figure_corrected": _figures,
    "new_data": _new_data,
    "exports": _flow("exports"),
    "imports": _flow("imports"),
    "residual": _residuals,
    "placebo_share": _attributed("placebo_share", "placebo_share"),
    "strength": _attributed("strength", "strength"),
    "break": _breaks,
    "odds": _odds,
    "forecast_scored": _scored,
}


def _rows(looked: Looked, table: str, *columns: str) -> Iterator[tuple[Any, ...]]:
    frame = looked.frames.get(table)
    if frame is not None:
        yield from frame.select(columns).iter_rows()


def _arrow(origin: str, destination: str) -> str:
    return f"{origin}>{destination}"


def _number(cell: object) -> float | None:
    """A number, if the cell holds a finite one."""
    try:
        value = float(str(cell))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
