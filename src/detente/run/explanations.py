"""The longer answer to "why": every attribution side by side, other methods, breaks against the record, specifications."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import DetenteError, NotIdentified, TooFewDonors
from detente.language import Refusal, Text, own
from detente.record.period import Period
from detente.study.spec import Measure, Spec

if TYPE_CHECKING:
    import polars as pl

    from detente.equilibrium import Economy
    from detente.panel import Panel
    from detente.record import Ledger

GRAVE = 5  # severity from which an event is compared with the breaks of annual trade
NAMES = ("parts", "methods", "breaks", "specifications")


@dataclass(frozen=True, slots=True)
class Explanation:
    """The longer answer.

    Attributes
    ----------
    tables : dict of str to polars.DataFrame
        :data:`NAMES`; empty where one could not be computed.
    notes : tuple of str
        Why, for each that could not, and for a direction that one of them lacks.
    found : tuple
        The results behind the tables, which hold their texts for any language.
    """

    tables: dict[str, pl.DataFrame]
    notes: tuple[str, ...]
    found: tuple[Any, ...]

    @classmethod
    def skipped(cls) -> Explanation:
        return cls({name: empty(name) for name in NAMES}, (), ())


Step = tuple["pl.DataFrame", Any]


def explain(panel: Panel, spec: Spec, ledger: Ledger, economy: Economy | None) -> Explanation:
    """Every table of the longer answer that these data allow.

    Parameters
    ----------
    economy : a baseline for what comes back through third countries; None where there is none.
    """
    tables: dict[str, pl.DataFrame] = {}
    notes: list[str] = []
    results: list[Any] = []
    steps: dict[str, Callable[[], Step]] = {
        "parts": lambda: _parts(panel, spec, ledger, economy),
        "methods": lambda: _methods(panel, spec),
        "breaks": lambda: _breaks(panel, spec, ledger, notes),
        "specifications": lambda: _specifications(panel, spec),
    }
    for name, step in steps.items():
        tables[name] = empty(name)
        if not spec.episodes:
            continue
        try:
            tables[name], found = step()
            results.append(found)
        except DetenteError as error:
            notes.append(Text("rows.empty", name=name, error=Refusal.of(error)))
    return Explanation(tables, tuple(notes), tuple(results))


def empty(name: str) -> pl.DataFrame:
    """A table of these without rows."""
    import polars as pl

    from detente.run.tables import COLUMNS

    return pl.DataFrame(schema=dict.fromkeys(COLUMNS[name], pl.String))


def states(measures: list[Measure], ledger: Ledger, years: tuple[int, ...]) -> pl.DataFrame:
    """Share of each year's days on which each measure was in force; years the record does not cover count as none."""
    import polars as pl

    held = ledger.states()
    columns = {m.id: [held.share(m.state, m.values, Period.parse(str(y))) or 0.0 for y in years] for m in measures}
    return pl.DataFrame({"year": years, **columns})


def _parts(panel: Panel, spec: Spec, ledger: Ledger, economy: Economy | None) -> Step:
    from detente.attribution import nested

    plan = spec.attribution
    known = [m for m in plan.measures if m.state in ledger.states().spells]
    found = nested(
        panel, *spec.dyad, [(e.id, e.from_year, e.to_year) for e in spec.episodes], plan.base_windows,
        suppliers=[c for c in plan.suppliers if c in panel.economies],
        markets=[c for c in plan.markets if c in panel.economies],
        states=states(known, ledger, panel.years) if known else None,
        labels={m.id: spec.text(m.id) for m in known},
        respond=None if economy is None else _response(economy, spec.equilibrium.central_theta),
    )  # fmt: skip
    return found.to_frame(), found


def _response(economy: Economy, theta: float) -> Callable[[str, str, float], float]:
    """Log change of a flow in general equilibrium when its own trade cost effect changes by b."""
    from detente.equilibrium import solve

    def respond(exporter: str, importer: str, b: float) -> float:
        after = solve(economy, {(exporter, importer): b}, theta=theta)
        return float(np.log(after.flow(exporter, importer) / economy.flow(exporter, importer)))

    return respond


def _methods(panel: Panel, spec: Spec) -> Step:
    import polars as pl

    from detente.attribution import infer

    frames, rows = [], []
    for exporter, importer in (spec.dyad, spec.dyad[::-1]):
        for e in spec.episodes:
            head = {"exporter": exporter, "importer": importer, "episode": e.id}
            asked = (e.id, e.from_year, e.to_year)
            try:
                found = infer(panel, exporter, importer, asked, spec.attribution.base_windows[0])
            except (NotIdentified, TooFewDonors) as error:
                why = Refusal.of(error)
                frames.append(pl.DataFrame([head | {"method": "all", "note": str(why)}]))
                rows.append(why)
                continue
            frames.append(found.to_frame().select(*(pl.lit(v).alias(k) for k, v in head.items()), pl.all()))
            rows += found.rows()
    return _stacked("methods", frames), rows


def _stacked(name: str, frames: list[pl.DataFrame]) -> pl.DataFrame:
    """The frames one below the other, with every column of the table."""
    import polars as pl

    return pl.concat(
        [pl.DataFrame(schema=dict.fromkeys(empty(name).columns, pl.Null)), *frames], how="diagonal_relaxed"
    )


def _breaks(panel: Panel, spec: Spec, ledger: Ledger, notes: list[str]) -> Step:
    import polars as pl

    from detente.attribution import find_breaks
    from detente.attribution.words.sentences import named

    grave = ledger.events.filter(
        (pl.col("severity").cast(pl.Float64) >= GRAVE) & pl.col("subsystems").str.contains("trade|border|diplomacy")
    )
    events = [(own(r, "title"), Period.parse(r["date"]).first.year) for r in grave.iter_rows(named=True)]
    frames, cells = [], []
    for exporter, importer in (spec.dyad, spec.dyad[::-1]):
        head = {"exporter": exporter, "importer": importer}
        try:
            found = find_breaks(panel, exporter, importer, events=events, base_window=spec.attribution.base_windows[0])
        except (NotIdentified, TooFewDonors) as error:
            frames.append(pl.DataFrame([head | {"what": "not searched"}]))
            ends = {name: named(code) for name, code in head.items()}
            notes.append(Text("rows.no_breaks", error=Refusal.of(error), **ends))
            continue
        frames.append(found.to_frame().select(*(pl.lit(v).alias(k) for k, v in head.items()), pl.all()))
        cells += [b.beside for b in found.found]
    return _stacked("breaks", frames), cells


def _specifications(panel: Panel, spec: Spec) -> Step:
    import polars as pl

    from detente.attribution import robustness

    frames, results = [], []
    for e in spec.episodes:
        found = robustness(
            panel, *spec.dyad, (e.id, e.from_year, e.to_year), base_windows=spec.attribution.base_windows,
            unrecorded=spec.attribution.unrecorded,
        )  # fmt: skip
        frames.append(found.to_frame().select(pl.lit(e.id).alias("episode"), pl.all()))
        results.append(found)
    return pl.concat(frames, how="diagonal_relaxed"), results
