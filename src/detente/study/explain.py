"""The longer answer to "why": every attribution side by side, other methods, breaks against the record, specifications."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from detente.errors import DetenteError
from detente.record.date import Period
from detente.study.spec import Measure, Spec

if TYPE_CHECKING:
    import polars as pl

    from detente.equilibrium import Economy
    from detente.panel import Panel
    from detente.record import Ledger

GRAVE = 5  # severity from which an event is compared with the breaks of annual trade
NAMES = ("parts", "methods", "breaks", "specifications")


def explain(
    panel: Panel, spec: Spec, ledger: Ledger, economy: Economy | None
) -> tuple[dict[str, pl.DataFrame], list[str]]:
    """The tables :data:`NAMES`, and a note for each one that could not be computed.

    Parameters
    ----------
    economy : a baseline for what comes back through third countries; None where there is none.
    """
    tables, notes = {}, []
    steps: dict[str, Callable[[], pl.DataFrame]] = {
        "parts": lambda: _parts(panel, spec, ledger, economy),
        "methods": lambda: _methods(panel, spec),
        "breaks": lambda: _breaks(panel, spec, ledger),
        "specifications": lambda: _specifications(panel, spec),
    }
    for name, step in steps.items():
        try:
            tables[name] = step() if spec.episodes else empty(name)
        except DetenteError as error:
            tables[name] = empty(name)
            notes.append(f"The table '{name}' is empty: {error}")
    return tables, notes


def empty(name: str) -> pl.DataFrame:
    """A table of these without rows."""
    import polars as pl

    from detente.study.tables import COLUMNS

    return pl.DataFrame(schema=dict.fromkeys(COLUMNS[name], pl.String))


def states(measures: list[Measure], ledger: Ledger, years: tuple[int, ...]) -> pl.DataFrame:
    """Share of each year's days on which each measure was in force; years the record does not cover count as none."""
    import polars as pl

    held = ledger.states()
    columns = {m.id: [held.share(m.state, m.values, Period.parse(str(y))) or 0.0 for y in years] for m in measures}
    return pl.DataFrame({"year": years, **columns})


def _parts(panel: Panel, spec: Spec, ledger: Ledger, economy: Economy | None) -> pl.DataFrame:
    from detente.attribution import nested

    plan = spec.attribution
    known = [m for m in plan.measures if m.state in ledger.states().spells]
    return nested(
        panel, *spec.dyad, [(e.id, e.from_year, e.to_year) for e in spec.episodes], plan.base_windows,
        suppliers=[c for c in plan.suppliers if c in panel.economies],
        markets=[c for c in plan.markets if c in panel.economies],
        states=states(known, ledger, panel.years) if known else None,
        respond=None if economy is None else _response(economy, spec.equilibrium.central_theta),
    ).to_frame()  # fmt: skip


def _response(economy: Economy, theta: float) -> Callable[[str, str, float], float]:
    """Log change of a flow in general equilibrium when its own trade cost effect changes by b."""
    from detente.equilibrium import solve

    def respond(exporter: str, importer: str, b: float) -> float:
        after = solve(economy, {(exporter, importer): b}, theta=theta)
        return float(np.log(after.flow(exporter, importer) / economy.flow(exporter, importer)))

    return respond


def _methods(panel: Panel, spec: Spec) -> pl.DataFrame:
    import polars as pl

    from detente.attribution import infer

    frames = []
    for exporter, importer in (spec.dyad, spec.dyad[::-1]):
        for e in spec.episodes:
            found = infer(panel, exporter, importer, (e.id, e.from_year, e.to_year), spec.attribution.base_windows[0])
            head = {"exporter": exporter, "importer": importer, "episode": e.id}
            frames.append(found.to_frame().select(*(pl.lit(v).alias(k) for k, v in head.items()), pl.all()))
    return pl.concat(frames, how="diagonal_relaxed")


def _breaks(panel: Panel, spec: Spec, ledger: Ledger) -> pl.DataFrame:
    import polars as pl

    from detente.attribution import find_breaks

    grave = ledger.events.filter(
        (pl.col("severity").cast(pl.Float64) >= GRAVE) & pl.col("subsystems").str.contains("trade|border|diplomacy")
    )
    events = [(r["title"], Period.parse(r["date"]).first.year) for r in grave.iter_rows(named=True)]
    frames = []
    for exporter, importer in (spec.dyad, spec.dyad[::-1]):
        found = find_breaks(panel, exporter, importer, events=events, base_window=spec.attribution.base_windows[0])
        frames.append(
            found.to_frame().select(pl.lit(exporter).alias("exporter"), pl.lit(importer).alias("importer"), pl.all())
        )
    return pl.concat(frames, how="diagonal_relaxed")


def _specifications(panel: Panel, spec: Spec) -> pl.DataFrame:
    import polars as pl

    from detente.attribution import robustness

    frames = []
    for e in spec.episodes:
        found = robustness(
            panel, *spec.dyad, (e.id, e.from_year, e.to_year), base_windows=spec.attribution.base_windows,
            unrecorded=spec.attribution.unrecorded,
        )  # fmt: skip
        frames.append(found.to_frame().select(pl.lit(e.id).alias("episode"), pl.all()))
    return pl.concat(frames, how="diagonal_relaxed")
