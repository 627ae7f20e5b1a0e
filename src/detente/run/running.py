"""Run a study: record, panel, attribution, scenarios, explanation, verdicts; every table of the run, and its texts."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import polars as pl
from threadpoolctl import threadpool_limits

from detente.attribution import Attribution, DyadFits
from detente.language import LANGUAGES, Text, translations
from detente.panel import Panel
from detente.record import Ledger
from detente.run.attributed import attributed, attribution_table, cited_residuals, residual_lookup, residual_table
from detente.run.checked_record import CheckedRecord, check_record
from detente.run.explanations import Explanation, explanation
from detente.run.manifest import manifest
from detente.run.result import Run
from detente.run.schema import Computed
from detente.run.tables import tables
from detente.run.what_if.baseline import Baseline, accounts
from detente.run.what_if.further_effects import table_of
from detente.run.what_if.scenario_bands import scenario_bands
from detente.run.what_if.scenarios import solve_scenarios
from detente.study.study import Progress, Study, checked_ledger, require_dyad_of_targets
from detente.study.words import catalogue


@dataclass(slots=True)
class _Clock:
    """Stage names, seconds and the caller's progress line."""

    progress: Progress | None
    timings: dict[str, float] = field(default_factory=dict)
    share: float = 0.0

    @contextmanager
    def stage(self, name: str, weight: float) -> Iterator[None]:
        if self.progress:
            self.progress(name, self.share)
        start = time.perf_counter()
        yield
        self.timings[name] = round(time.perf_counter() - start, 3)
        self.share += weight


@dataclass(frozen=True, slots=True)
class _Stages:
    """What the stages of a run gave: tables by name, and the results that hold their texts."""

    panel: Panel | None
    ledger: Ledger
    found: Attribution | None
    deeper: Explanation
    record: CheckedRecord
    frames: Mapping[str, pl.DataFrame]
    plan: tuple[Baseline, ...]

    def notes(self, quick: bool) -> tuple[str, ...]:
        """What a reader must know, as texts for any language."""
        skipped = (Text("rows.quick"),) if quick else ()
        if self.panel is None or self.found is None:
            return (Text("rows.no_panel"), *skipped)
        counts = Text("rows.panel", counts=self.panel.report.text())
        merged = dict.fromkeys(base.merged_note for base in self.plan if base.merged)
        return (counts, *merged, *self.found.cautions, *self.deeper.notes, *skipped)


def run_study(study: Study, *, data: Any, quick: bool, seed: int, command: str, progress: Progress | None) -> Run:
    """See :meth:`Study.run`."""
    started = datetime.now(UTC)
    clock = _Clock(progress)
    with threadpool_limits(1):
        done = _stages(study, data, quick, seed, clock)
    notes = done.notes(quick)
    texts = {
        name: MappingProxyType(
            translations(catalogue(study.spec, name), done.found, done.deeper.found, done.record.texts, notes)
        )
        for name in LANGUAGES
    }
    how = manifest(
        study, done.panel, data=data, quick=quick, seed=seed, command=command, started=started, timings=clock.timings
    )
    if progress:
        progress("done", 1.0)
    return Run(study, done.frames, tuple(map(str, notes)), MappingProxyType(how), MappingProxyType(texts))


def _stages(study: Study, data: Any, quick: bool, seed: int, clock: _Clock) -> _Stages:
    spec = study.spec
    with clock.stage("record", 0.1):
        require_dyad_of_targets(spec)
        ledger = checked_ledger(study)
    if not study.has_panel(data):
        return _record_only(study, ledger, quick, seed, clock)
    with clock.stage("panel", 0.1):
        panel = study.panel(data)
    with clock.stage("attribution", 0.3):
        fits = DyadFits.of(panel, *spec.dyad)
        found = attributed(study, fits, quick)
        effects, residuals = attribution_table(found), residual_table(study, found)
    with clock.stage("scenarios", 0.2):
        books = accounts(panel, spec, study.folder) if study.scenarios else None
        plan = [] if books is None else list(books.baselines())
        middle = {} if books is None else {year: books.middle(year) for year in spec.equilibrium.years}
        outcomes = _scenarios(study, plan, middle, residuals, quick, seed) if study.scenarios else {}
    with clock.stage("explanation", 0.1):
        economy = plan[0].economy if plan else None
        deeper = Explanation.skipped() if quick else explanation(panel, spec, ledger, economy, fits)
    with clock.stage("verdicts", 0.2):
        record = check_record(ledger, effects.to_dicts())
        frames = {
            "attribution": effects, "residuals": residuals, **outcomes, **deeper.tables,
            "claims": record.claims, "conflicts": record.conflicts, "articles": record.articles,
        }  # fmt: skip
        _make_the_others(frames, study, panel, ledger, quick, seed)
    return _Stages(panel, ledger, found, deeper, record, frames, tuple(plan))


def _record_only(study: Study, ledger: Ledger, quick: bool, seed: int, clock: _Clock) -> _Stages:
    """What the record alone gives: its verdicts, conflicts, articles and timeline; nothing is computed from flows."""
    with clock.stage("verdicts", 0.9):
        record = check_record(ledger, ())
        frames = {"claims": record.claims, "conflicts": record.conflicts, "articles": record.articles}
        frames |= {"residuals": cited_residuals(study)}
        _make_the_others(frames, study, None, ledger, quick, seed)
    return _Stages(None, ledger, None, Explanation.skipped(), record, frames, ())


def _scenarios(
    study: Study, plan: list[Baseline], middle: dict[int, Baseline], residuals: pl.DataFrame, quick: bool, seed: int
) -> dict[str, pl.DataFrame]:
    """The tables of what if: every specification, the bands around them, and who wins and loses."""
    residual, spread = residual_lookup(residuals, study.spec.attribution.base_windows[0])
    table = table_of(study)
    scenarios, winners = solve_scenarios(study.spec, plan, middle, residual, quick=quick, table=table)
    bands = scenario_bands(study.spec, [] if quick else plan, residual, spread, seed=seed, table=table)
    return {"scenarios": scenarios, "bands": bands, "winners": winners}


def _make_the_others(
    frames: dict[str, pl.DataFrame], study: Study, panel: Panel | None, ledger: Ledger, quick: bool, seed: int
) -> None:
    """Add the tables that are made from others, the registered ones included; each sees those before it."""
    done = Computed(study, panel, ledger, MappingProxyType(frames), quick, seed)
    for schema in tables():
        if schema.make is not None:
            frames[schema.name] = schema.make(done)
