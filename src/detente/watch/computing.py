"""The tables that a look needs of a study or a pair, and no others: the same functions that a run calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl
from threadpoolctl import threadpool_limits

from detente.answer.pairs.any_pair import fit_pair, shipped_panel
from detente.attribution import DyadFits, attribute, find_breaks
from detente.economies import lookup_side
from detente.errors import DetenteError, NotIdentified, TooFewDonors
from detente.outlook import hazard
from detente.outlook.states_at_risk import LISTED_UNTIL
from detente.panel import Panel, with_sides
from detente.record import Ledger
from detente.record.verdicts.judge import verdict_table
from detente.run.attributed import RESIDUALS, attribution_table
from detente.run.schema import directed
from detente.run.trade import timeline
from detente.run.what_next import newest_day, outlook_of
from detente.study import Study
from detente.study.panel_files import LOCK
from detente.study.study import checked_ledger, require_dyad_of_targets
from detente.watch.inputs import InputRow, Key, pair_inputs, study_inputs
from detente.watch.measures import Need


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look has of one dyad.

    Attributes
    ----------
    dyad : origin and destination.
    frames : tables by name; one that no rule needs is absent.
    inputs : what they come from.
    study, ledger : where there is a study.
    panel : where there are flows.
    """

    dyad: tuple[str, str]
    frames: Mapping[str, pl.DataFrame]
    inputs: Mapping[Key, InputRow]
    study: Study | None = None
    ledger: Ledger | None = None
    panel: Panel | None = None


@dataclass(slots=True)
class Panels:
    """The shipped panel, read once for all dyads of a look."""

    _world: Panel | None = field(default=None)

    def world(self) -> Panel:
        if self._world is None:
            self._world = shipped_panel()
        return self._world


def look_at_study(study: Study, needs: frozenset[Need], quick: bool, panels: Panels) -> Looked:
    """The tables of a study.

    Raises
    ------
    DetenteError
        Whatever a run of it would raise.
    """
    with threadpool_limits(1):
        require_dyad_of_targets(study.spec)
        ledger = checked_ledger(study)
        panel = _panel_of(study, panels) if needs - {"record"} and study.has_panel() else None
        frames: dict[str, pl.DataFrame] = {}
        if panel is not None and needs & {"panel", "outlook"}:
            frames["timeline"] = timeline(ledger.figures, panel, *study.spec.dyad)
        by_cause = "verdicts" in needs and not ledger.claims.filter(pl.col("test") == "cause").is_empty()
        if panel is not None and study.episodes and (by_cause or needs & {"residual", "breaks"}):
            origin, destination = study.spec.dyad
            fits = DyadFits.of(panel, origin, destination)
            windows = study.spec.attribution.base_windows[: None if by_cause else 1]
            asked = [(e.id, e.from_year, e.to_year) for e in study.episodes]
            found = attribute(fits, origin, destination, asked, windows, quick=quick)
            frames["attribution"] = attribution_table(found)
            frames["residuals"] = RESIDUALS.fitted(directed(found.residuals()))
            if "breaks" in needs:
                frames["breaks"] = _breaks(fits, study.spec.dyad, study.spec.attribution.base_windows[0])
        if "verdicts" in needs:
            findings = frames["attribution"].to_dicts() if "attribution" in frames else ()
            frames["claims"] = verdict_table(ledger, findings)
        if needs & {"odds", "outlook"}:
            frames |= _next(panel, study.spec.dyad, _day(ledger, panel), needs)
    return Looked(study.spec.dyad, frames, study_inputs(study, ledger), study, ledger, panel)


def look_at_pair(ends: tuple[str, str], needs: frozenset[Need], quick: bool, panels: Panels) -> Looked:
    """The tables of two economies without a study, from the shipped panel.

    Raises
    ------
    DetenteError
        Whatever ``dt.pair`` would raise.
    """
    a, b = dyad = lookup_side(ends[0]), lookup_side(ends[1])
    panel = with_sides(panels.world(), dyad)
    with threadpool_limits(1):
        frames: dict[str, pl.DataFrame] = {}
        empty = pl.DataFrame(
            schema=dict.fromkeys(
                ("series", "unit", "period", "value", "basis", "status", "source_id", "preferred"), pl.String
            )
        )
        if needs & {"panel", "outlook"}:
            frames["timeline"] = timeline(empty, panel, a, b)
        if needs & {"residual", "breaks"}:
            found = fit_pair(a, b, panel=panels.world())
            if quick:
                frames["residuals"] = _plain_residuals(found.to_frame(), found.base)
            else:
                whole = [("whole", found.base[1], panel.years[-1])]
                fits = DyadFits.of(panel, a, b)
                why = attribute(fits, a, b, whole, [found.base])
                frames["attribution"] = attribution_table(why)
                frames["residuals"] = RESIDUALS.fitted(directed(why.residuals()))
                if "breaks" in needs:
                    frames["breaks"] = _breaks(fits, dyad, found.base)
        if needs & {"odds", "outlook"}:
            frames |= _next(panel, dyad, LISTED_UNTIL.isoformat(), needs)
    return Looked(dyad, frames, pair_inputs(), panel=panel)  # fmt: skip


def _panel_of(study: Study, panels: Panels) -> Panel:
    locked = (study.folder / LOCK).is_file()
    shares = study.spec.panel.ships and study.given is None and not locked  # a locked one is compared with its lock
    return study.panel(panels.world() if shares else None)


def _plain_residuals(sold: pl.DataFrame, base: tuple[int, int]) -> pl.DataFrame:
    """Recorded over expected of each direction and year, without a band."""
    rows = sold.filter((pl.col("sold_usd_mn") > 0) & (pl.col("expected_usd_mn") > 0))
    made = rows.select(
        "origin", "destination", "year", pl.lit(base[0]).alias("base_from"), pl.lit(base[1]).alias("base_to"),
        actual_usd_mn="sold_usd_mn", counterfactual_usd_mn="expected_usd_mn",
        log_ratio=(pl.col("sold_usd_mn") / pl.col("expected_usd_mn")).log(), status=pl.lit("computed"),
    )  # fmt: skip
    return RESIDUALS.fitted(made, fill=True)


def _breaks(fits: DyadFits, dyad: tuple[str, str], base: tuple[int, int]) -> pl.DataFrame:
    """Breaks of both directions: origin, destination, year, shift."""
    rows = []
    for origin, destination in (dyad, dyad[::-1]):
        try:
            found = find_breaks(fits, origin, destination, base_window=base)
        except (NotIdentified, TooFewDonors):
            continue
        rows += [(origin, destination, one.year, one.shift) for one in found.found]
    names = {"origin": pl.String, "destination": pl.String, "year": pl.Int64, "shift": pl.Float64}
    return pl.DataFrame(rows, schema=names, orient="row")


def _next(panel: Panel | None, dyad: tuple[str, str], day: str, needs: frozenset[Need]) -> dict[str, pl.DataFrame]:
    """Odds alone where only they are asked for; the whole table ``outlook`` where forecasts are to be scored."""
    if "outlook" in needs:
        return {"outlook": outlook_of(panel, dyad, day=day)}
    rows = []
    for event in ("break", "return"):
        try:
            told = hazard(dyad[0], dyad[1], event, on=day)
        except DetenteError:
            continue  # the one that cannot be: a return of what is open, a break of what is broken
        rows.append((event, told.probability, *told.interval))
    names = {"event": pl.String, "chance": pl.Float64, "chance_low": pl.Float64, "chance_high": pl.Float64}
    return {"outlook": pl.DataFrame(rows, schema=names, orient="row")}


def _day(ledger: Ledger, panel: Panel | None) -> str:
    """The newest day of the record; else the first after the panel."""
    day = newest_day(ledger.events)
    if day is not None:
        return day.isoformat()
    return f"{panel.years[-1] + 1}-01-01" if panel is not None else "2026-01-01"
