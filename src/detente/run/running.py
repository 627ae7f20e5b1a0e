"""Run a study: record -> measures -> attribution -> scenarios -> verdicts -> answer."""

from __future__ import annotations

import hashlib
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from detente import __version__
from detente.answer.answer import Answer, Speaker, claims_by_verdict, peak_and_trough, what_if
from detente.answer.other_years import other_years
from detente.answer.relation import relation_today
from detente.answer.terminal import screen, sentences
from detente.answer.why import why
from detente.errors import StudyError
from detente.language import LANGUAGES, Catalogue, Text, translations
from detente.run.baseline import baselines
from detente.run.checked_record import judged
from detente.run.explanations import Explanation, explain
from detente.run.partners import partners
from detente.run.scenario_bands import scenario_bands
from detente.run.scenarios import Residuals, solve_scenarios
from detente.run.tables import Table
from detente.run.timeline import timeline
from detente.study.study import Study, checked_ledger, require_dyad_of_targets

if TYPE_CHECKING:
    import polars as pl

    from detente.attribution import Attribution
    from detente.panel import Panel

Progress = Callable[[str, float], None]
TABLES = (
    "claims", "attribution", "residuals", "parts", "methods", "breaks", "specifications", "scenarios", "bands",
    "winners", "partners", "timeline", "conflicts", "articles", "events", "figures", "forecasts", "sources",
)  # fmt: skip
NORMAL_90 = 2 * 1.6449  # width of the central 90% of a normal, in standard deviations
LIBRARIES = ("numpy", "scipy", "polars", "narwhals", "pydantic", "click", "jinja2", "vl-convert-python")


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """What a run gives: the answer, the tables behind it, and how they were made.

    Attributes
    ----------
    study : the study as it was run.
    answers : sentences by question, in each language; ``answer`` is the English one.
    claims, attribution, residuals, parts, methods, breaks, specifications, scenarios, bands, winners, partners,
    timeline, conflicts, articles, events, figures, forecasts, sources :
        tables; columns in ``docs/results.md``.
    notes : what a reader must know: counts of the panel's rows, cautions, what was skipped.
    texts : for each language but English, what the English sentences of tables and notes say in it.
    manifest : versions, input hashes, seed, timings, command.
    """

    study: Study
    answers: Mapping[str, Answer]
    claims: Table
    attribution: Table
    residuals: Table
    parts: Table
    methods: Table
    breaks: Table
    specifications: Table
    scenarios: Table
    bands: Table
    winners: Table
    partners: Table
    timeline: Table
    conflicts: Table
    articles: Table
    events: Table
    figures: Table
    forecasts: Table
    sources: Table
    notes: tuple[str, ...]
    manifest: Mapping[str, Any]
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def answer(self) -> Answer:
        """The answer in English."""
        return self.answers["en"]

    def tables(self) -> dict[str, Table]:
        """All tables by name."""
        return {name: getattr(self, name) for name in TABLES}

    def summary(self, *, full: bool = False, width: int = 100, language: str = "en") -> str:
        """The answer on one screen; ``full`` gives every sentence of it instead.

        Examples
        --------
        >>> from detente import open_study
        >>> run = open_study("colombia-venezuela").run(quick=True)
        >>> print(run.summary(language="es").partition("  ")[0].strip())
        Colombia y Venezuela: el comercio que se perdió y lo que podría volver
        <BLANKLINE>
        Qué pasó
        """
        return (sentences if full else screen)(self, width, language)

    def to_frame(self) -> pl.DataFrame:
        """The verdicts, the table most readers want first."""
        return self.claims.to_frame()

    def write(self, folder: str | Path, pages: Mapping[str, Callable[[Run], str]] = MappingProxyType({})) -> Path:
        """Write the run folder: results.json, manifest.json, one CSV a table; all or nothing.

        ``pages`` are further text files by name, each from a function of the run, e.g.
        ``{"report.html": detente.report.render_report}``.
        """
        from detente.run.folder import write_run

        return write_run(self, Path(folder), pages)

    def __repr__(self) -> str:
        return f"Run({self.study.id!r}, {len(self.claims)} claims, {len(self.scenarios)} scenario rows)"


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


def run_study(study: Study, *, data: Any, quick: bool, seed: int, command: str, progress: Progress | None) -> Run:
    """See :meth:`Study.run`."""
    from threadpoolctl import threadpool_limits

    started = datetime.now(UTC)
    clock = _Clock(progress)
    with threadpool_limits(1):
        with clock.stage("record", 0.1):
            require_dyad_of_targets(study.spec)
            ledger = checked_ledger(study)
        with clock.stage("panel", 0.1):
            panel = study.panel(data)
        with clock.stage("attribution", 0.3):
            found = _attribute(study, panel, quick)
            effects, residuals = found.to_frame(), _with_cited(study, found.residuals())
            effects = _with_full_panel(study, panel, effects)
        with clock.stage("scenarios", 0.2):
            plan = list(baselines(panel, study.spec, study.folder)) if study.scenarios else []
            at = _residual_lookup(study, residuals)
            scenarios, winners = solve_scenarios(study.spec, plan, at("log_ratio"), quick=quick)
            bands = scenario_bands(study.spec, [] if quick else plan, at("log_ratio"), at("spread"), seed=seed)
        with clock.stage("explanation", 0.1):
            if quick:
                deeper = Explanation.skipped()
            else:
                deeper = explain(panel, study.spec, ledger, plan[0].economy if plan else None)
        with clock.stage("verdicts", 0.2):
            record = judged(ledger, effects.to_dicts())
            lines = timeline(ledger.figures, panel, study.origin, study.destination)
            forecasts = ledger.scoreboard()
    answers = {}
    publishers = dict(ledger.sources.select("source_id", "publisher").iter_rows())
    for language in LANGUAGES:
        say = Speaker(Catalogue(language), study.spec, publishers)
        answers[language] = Answer.of(
            peak_and_trough(lines, say) + relation_today(ledger, say),
            why(effects, residuals, say),
            what_if(scenarios, bands, say, quick=quick) + other_years(scenarios, say),
            claims_by_verdict(record.claims, say),
        )
    notes = [Text("rows.panel", counts=panel.report.text()), *found.cautions, *deeper.notes]
    if quick:
        notes.append(Text("rows.quick"))
    texts = {name: translations(name, found, deeper.found, record.texts, notes) for name in LANGUAGES[1:]}
    tables = {
        "claims": record.claims,
        "attribution": effects,
        "residuals": residuals,
        "scenarios": scenarios,
        "bands": bands,
        "winners": winners,
        "partners": partners(panel, study.spec.dyad),
        "timeline": lines,
        "conflicts": record.conflicts,
        "articles": record.articles,
        **deeper.tables,
        "events": _whole_numbers(ledger.events, "severity"),
        "figures": _whole_numbers(ledger.figures, "preferred"),
        "forecasts": forecasts,
        "sources": ledger.sources,
    }
    manifest = _manifest(study, panel, data, quick, seed, command, started, clock.timings)
    if progress:
        progress("done", 1.0)
    return Run(
        study, MappingProxyType(answers), **{k: Table(k, v) for k, v in tables.items()}, notes=tuple(map(str, notes)),
        manifest=MappingProxyType(manifest), texts=MappingProxyType(texts),
    )  # fmt: skip


def _attribute(study: Study, panel: Panel, quick: bool) -> Attribution:
    from detente.attribution import attribute

    if not study.episodes:
        raise StudyError(
            f"{study.folder / 'study.toml'} names no episode, so there is no change to explain.",
            fix='Add one: [[episodes]] with id = "whole", title = "The whole period", from = 2008, to = 2020.',
        )
    return attribute(
        panel,
        study.origin,
        study.destination,
        [(e.id, e.from_year, e.to_year) for e in study.episodes],
        study.spec.attribution.base_windows,
        quick=quick,
    )


def _with_cited(study: Study, residuals: pl.DataFrame) -> pl.DataFrame:
    """Append residuals computed elsewhere, marked ``cited``."""
    import polars as pl

    rows = [
        dict.fromkeys(residuals.columns)
        | {"exporter": c.origin, "importer": c.destination, "year": c.year, "log_ratio": c.log_ratio,
           "base_from": c.base[0] if c.base else None, "base_to": c.base[1] if c.base else None,
           "panel": c.source_id, "status": "cited"}
        for c in study.spec.cited
    ]  # fmt: skip
    return pl.concat([residuals, pl.DataFrame(rows, schema=residuals.schema, orient="row")]) if rows else residuals


def _with_full_panel(study: Study, panel: Panel, effects: pl.DataFrame) -> pl.DataFrame:
    """Beside each placebo share of the embedded panel, the share on the full panel (computed once, labelled)."""
    import polars as pl

    path = study.folder / "full_panel.csv"
    if panel.name != "embedded panel" or not path.is_file():
        return effects
    keys = ["exporter", "importer", "episode", "base_from", "base_to"]
    full = pl.read_csv(path).select(
        *keys,
        pl.col("placebo_share").alias("full_panel_placebo_share"),
        pl.col("panel").alias("full_panel"),
    )
    bare = effects.drop("full_panel_placebo_share", "full_panel")
    return bare.join(full, on=keys, how="left", maintain_order="left")


def _residual_lookup(study: Study, residuals: pl.DataFrame) -> Callable[[str], Residuals]:
    """By column (``log_ratio``, or ``spread`` of ordinary dyads): direction, year and base window to its value."""
    import polars as pl

    headline = tuple(study.spec.attribution.base_windows[0])
    computed = residuals.filter(pl.col("status") == "computed").with_columns(
        spread=(pl.col("band_high") - pl.col("band_low")) / NORMAL_90
    )
    keys = ["exporter", "importer", "year", "base_from", "base_to"]

    def of(column: str) -> Residuals:
        at = {(o, d, y, (a, b)): v for o, d, y, a, b, v in computed.select(*keys, column).iter_rows()}
        return lambda o, d, y, base: at.get((o, d, y, tuple(base or headline)))

    return of


def _whole_numbers(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """The record keeps text; readers of a run get a coded column as integers."""
    import polars as pl

    return frame.with_columns(pl.col(column).cast(pl.Float64).cast(pl.Int64))


def _manifest(
    study: Study, panel: Panel, data: Any, quick: bool, seed: int, command: str, started: datetime,
    timings: dict[str, float],
) -> dict[str, Any]:  # fmt: skip
    return {
        "schema_version": 1,
        "detente": __version__,
        "python": platform.python_version(),
        "platform": platform.system(),
        "libraries": {name: _version_of(name) for name in LIBRARIES},
        "study": {"id": study.id, "files": file_hashes(study.folder)},
        "panel": {"name": panel.name, "source": panel.source, "files": _panel_hashes(study, data)},
        "seed": seed,
        "quick": quick,
        "command": command,
        "started": started.isoformat(timespec="seconds"),
        "timings_s": timings,
        "peak_memory_mb": _peak_memory(),
        "cite": (
            f"détente {__version__} (The détente developers), study '{study.id}', "
            f"run of {started.date().isoformat()}, inputs as hashed in this manifest."
        ),
    }


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of a study's files, by path: what the manifest holds and the app compares."""
    files = sorted(p for p in folder.rglob("*") if p.suffix in (".toml", ".csv"))
    return {p.relative_to(folder).as_posix(): _sha256(p.read_bytes()) for p in files}


def _panel_hashes(study: Study, data: Any) -> dict[str, str]:
    from detente.panel.embedded import data_files

    if isinstance(data, str | Path):
        path = Path(data)
    elif data is not None:
        return {"(given in memory)": ""}
    elif study.spec.panel.use == "embedded":
        return {name: _sha256(raw) for name, raw in data_files().items()}
    else:
        path = study.folder / study.spec.panel.use
    files = [path] if path.is_file() else sorted(p for p in path.iterdir() if p.is_file())
    return {p.name: _sha256_of_file(p) for p in files}


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _sha256_of_file(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _version_of(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


def _peak_memory() -> float | None:
    """Peak resident memory of this process, MB; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)
