"""The longer answer to "why": every attribution side by side, other methods, breaks against the record, specifications."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from detente.attribution import DyadFits, find_breaks, infer, nested, robustness
from detente.attribution.words.sentences import named
from detente.data.periods import dates_of
from detente.equilibrium import Economy, solve
from detente.errors import DetenteError, NotIdentified, TooFewDonors
from detente.language import Refusal, Text, own
from detente.panel import Panel
from detente.record import Ledger
from detente.record.period import Period
from detente.run.further.section_gaps import SECTION_GAPS, section_gaps
from detente.run.schema import BASE, DIRECTION, EPISODE, TableSchema, directed, number, text, whole
from detente.study.spec import Measure, Spec

GRAVE = 5  # severity from which an event is compared with the breaks of annual trade

PARTS = TableSchema(
    "parts",
    "Every attribution of the same change side by side; each one's parts add up to `log_change`. Empty in a quick run, "
    "like the three tables after it.",
    (
        *DIRECTION,
        EPISODE,
        *BASE,
        text("attribution", "which split: shift-share, three-way, suppliers, markets, measures, third countries"),
        text("part", "which of its parts"),
        number("log_points", "size of the part", "log points"),
        number("usd_mn", "the same in dollars", "US$ million"),
        number("low", "low end of the range; `note` says which", "log points"),
        number("high", "high end of the range", "log points"),
        number("placebo_share", "share of comparable pairs that did as badly or worse", "share"),
        text("note", "what the range is, or why there is none"),
    ),
)
METHODS = TableSchema(
    "methods",
    "One row per direction, episode and method.",
    (
        *DIRECTION,
        EPISODE,
        text(
            "method",
            "placebo, `placebo, means`, synthetic control, matrix completion, conformal; `all` in the one row of a "
            "direction that no method can tell",
        ),
        number("log_points", "the method's estimate", "log points"),
        number("low", "low end of its range", "log points"),
        number("high", "high end of its range", "log points"),
        number("share", "placebo share or p-value", "share"),
        whole("n", "how many donors"),
        number("rmse_before", "how far it misses the dyad before the event: root mean squared gap", "log points"),
        number("measured_size", "how often it rejects at its level when nothing was done", "share"),
        text("note", "what the range is, or why the method was refused", sentence=True),
    ),
)
BREAKS = TableSchema(
    "breaks",
    "Structural breaks found in the residual, compared with the record's gravest events.",
    (
        *DIRECTION,
        whole("year", "first year of the new level, or the event's"),
        number("shift", "size of the break", "log points"),
        number("placebo_share", "share of comparable pairs with as large a break", "share"),
        whole("n_placebos", "how many comparable pairs"),
        text("events", "events of the record beside it", sentence=True),
        text(
            "what",
            "`break`, `break without event`, `event without break`, `outside the years searched`, `not searched` where a "
            "direction has no trade in the base years or too few comparable pairs; `notes` say which",
        ),
    ),
)
SPECIFICATIONS = TableSchema(
    "specifications",
    "The first direction under other choices.",
    (
        EPISODE,
        text("panel", "which flows: totals, or others handed in"),
        text("base", "base window"),
        text("sample", "which economies"),
        text("placebos", "class of comparable pairs"),
        number("dyad_part", "pair-specific component", "log points"),
        number("placebo_share", "share of comparable pairs that did as badly or worse", "share"),
        whole("n_placebos", "how many comparable pairs"),
        number("unseen_loss_pct", "the extra loss that it would probably have missed", "percent"),
        text("reason", "why this one could not be run, or why the number is a bound"),
    ),
)  # fmt: skip
DEEPER = (PARTS, METHODS, BREAKS, SPECIFICATIONS, SECTION_GAPS)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The longer answer.

    Attributes
    ----------
    tables : dict of str to polars.DataFrame
        :data:`DEEPER`; empty where one could not be computed.
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
        """What a quick run has: the tables without rows."""
        return cls({schema.name: schema.empty() for schema in DEEPER}, (), ())


Step = tuple[pl.DataFrame, Any]


def explanation(
    panel: Panel, spec: Spec, ledger: Ledger, economy: Economy | None, fits: DyadFits | None = None
) -> Explanation:
    """Every table of the longer answer that these data allow.

    Parameters
    ----------
    fits : of the study's pair on the panel, made before; made here where not given.
    economy : a baseline for what comes back through third countries; None where there is none.
    """
    fits = DyadFits.of(panel, *spec.dyad) if fits is None else fits
    tables: dict[str, pl.DataFrame] = {}
    notes: list[str] = []
    results: list[Any] = []
    steps: list[tuple[TableSchema, Callable[[], Step]]] = [
        (PARTS, lambda: _parts(fits, panel, spec, ledger, economy)),
        (METHODS, lambda: _methods(fits, spec)),
        (BREAKS, lambda: _breaks(fits, spec, ledger, notes)),
        (SPECIFICATIONS, lambda: _specifications(fits, spec)),
        (SECTION_GAPS, lambda: section_gaps(panel, spec)),
    ]
    for schema, step in steps:
        tables[schema.name] = schema.empty()
        if not spec.episodes:
            continue
        try:
            frame, found = step()
            tables[schema.name] = schema.fitted(directed(frame), fill=True)
            results.append(found)
        except DetenteError as error:
            notes.append(Text("rows.empty", name=schema.name, error=Refusal.of(error)))
    return Explanation(tables, tuple(notes), tuple(results))


def _period_of(day: date, n: int) -> int:
    """The year, quarter (``n`` = 4) or month (12) in which a day lies, as a panel numbers it."""
    return day.year if n == 1 else day.year * (10 if n == 4 else 100) + (day.month - 1) * n // 12 + 1


def states(measures: list[Measure], ledger: Ledger, years: tuple[int, ...], period: str = "year") -> pl.DataFrame:
    """Share of each period's days on which each measure was in force; periods the record does not cover count as none."""
    held = ledger.states()
    spans = [Period.parse(dates_of(year, period)) for year in years]
    columns = {m.id: [held.share(m.state, m.values, span) or 0.0 for span in spans] for m in measures}
    return pl.DataFrame({"year": years, **columns})


def _parts(fits: DyadFits, panel: Panel, spec: Spec, ledger: Ledger, economy: Economy | None) -> Step:
    plan = spec.attribution
    known = [m for m in plan.measures if m.state in ledger.states().spells]
    found = nested(
        fits, *spec.dyad, [(e.id, e.from_year, e.to_year) for e in spec.episodes], plan.base_windows,
        suppliers=[c for c in plan.suppliers if c in panel.economies],
        markets=[c for c in plan.markets if c in panel.economies],
        states=states(known, ledger, panel.years, panel.period) if known else None,
        labels={m.id: spec.text(m.id) for m in known},
        respond=None if economy is None else _response(economy, spec.equilibrium.central_theta),
    )  # fmt: skip
    return found.to_frame(), found


def _response(economy: Economy, theta: float) -> Callable[[str, str, float], float]:
    """Log change of a flow in general equilibrium when its own trade cost effect changes by b; nan of no flow."""

    def respond(origin: str, destination: str, b: float) -> float:
        if economy.flow(origin, destination) == 0:
            return float("nan")
        after = solve(economy, {(origin, destination): b}, theta=theta)
        return float(np.log(after.flow(origin, destination) / economy.flow(origin, destination)))

    return respond


def _methods(fits: DyadFits, spec: Spec) -> Step:
    frames, rows = [], []
    for origin, destination in (spec.dyad, spec.dyad[::-1]):
        for e in spec.episodes:
            head = {"origin": origin, "destination": destination, "episode": e.id}
            asked = (e.id, e.from_year, e.to_year)
            try:
                found = infer(fits, origin, destination, asked, spec.attribution.base_windows[0])
            except (NotIdentified, TooFewDonors) as error:
                why = Refusal.of(error)
                frames.append(pl.DataFrame([head | {"method": "all", "note": str(why)}]))
                rows.append(why)
                continue
            frames.append(found.to_frame().select(*(pl.lit(v).alias(k) for k, v in head.items()), pl.all()))
            rows += found.rows()
    return pl.concat(frames, how="diagonal_relaxed"), rows


def _breaks(fits: DyadFits, spec: Spec, ledger: Ledger, notes: list[str]) -> Step:
    grave = ledger.events.filter(
        (pl.col("severity").cast(pl.Float64) >= GRAVE) & pl.col("subsystems").str.contains("trade|border|diplomacy")
    )
    n = fits.sample.season
    events = [(own(r, "title"), _period_of(Period.parse(r["date"]).first, n)) for r in grave.iter_rows(named=True)]
    frames, cells = [], []
    for origin, destination in (spec.dyad, spec.dyad[::-1]):
        head = {"origin": origin, "destination": destination}
        try:
            found = find_breaks(fits, origin, destination, events=events, base_window=spec.attribution.base_windows[0])
        except (NotIdentified, TooFewDonors) as error:
            frames.append(pl.DataFrame([head | {"what": "not searched"}]))
            ends = {"exporter": named(origin), "importer": named(destination)}
            notes.append(Text("rows.no_breaks", error=Refusal.of(error), **ends))
            continue
        frames.append(found.to_frame().select(*(pl.lit(v).alias(k) for k, v in head.items()), pl.all()))
        cells += [b.beside for b in found.found]
    return pl.concat(frames, how="diagonal_relaxed"), cells


def _specifications(fits: DyadFits, spec: Spec) -> Step:
    frames, results = [], []
    for e in spec.episodes:
        found = robustness(
            fits, *spec.dyad, (e.id, e.from_year, e.to_year), base_windows=spec.attribution.base_windows,
            unrecorded=spec.attribution.unrecorded,
        )  # fmt: skip
        frames.append(found.to_frame().select(pl.lit(e.id).alias("episode"), pl.all()))
        results.append(found)
    return pl.concat(frames, how="diagonal_relaxed"), results
