"""``detente library``: ruptures and reopenings, listed, drawn, exported, scored, computed again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente._atomic import write_file
from detente.cli.output import as_json, waiting
from detente.cli.reading import say_reading
from detente.cli.telling import here, language_here, tell
from detente.errors import UsageError
from detente.language import Catalogue

if TYPE_CHECKING:
    import polars as pl


@click.command("library", epilog="Example: detente library --filter closure --filter QAT --chart qatar.svg")
@click.option(
    "--filter",
    "words",
    multiple=True,
    metavar="WORD",
    help="Economy, instrument, region, panel, year or 'reopened'; may be repeated, all must hold.",
)
@click.option("--score", "scores", is_flag=True, help="How good the library's forecasts are, each region left out.")
@click.option("--data", type=click.Path(path_type=Path), help="Compute the paths again from this panel.")
@click.option(
    "--smallest",
    type=float,
    default=0.001,
    show_default=True,
    help="With --data: the smallest amount the panel records, US$ million.",
)
@click.option("--chart", type=click.Path(path_type=Path), help="Draw the paths: a .svg, .png, .pdf or .json file.")
@click.option("--export", "folder", type=click.Path(path_type=Path), help="Write all tables into this new folder.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
def command(
    words: tuple[str, ...], scores: bool, data: Path | None, smallest: float, chart: Path | None,
    folder: Path | None, json_: bool,
) -> None:  # fmt: skip
    """The library of ruptures and reopenings between two economies."""
    from detente.attribution import library

    points, notes = None, {}
    if data is not None:
        from detente.panel import read_panel

        asked = library.cases() if scores else library.choose_cases(words)
        with waiting(f"Computing paths from {data}"):
            panel = read_panel(data)
            done = library.compute_paths(panel, asked, smallest_usd_mn=smallest)
        say_reading(panel)
        points, notes = done.points, done.missing
    if folder is not None:
        library.export_library(folder, words, points)
        tell(f"Wrote the library's tables into {folder}.", err=json_)
    if chart is not None:
        draw(library.library_chart(words, points), chart)
        tell(f"Wrote {chart}.", err=json_)
    if scores:
        if words:
            tell("The scores judge the whole library; --filter does not change them.", err=True)
        frame = library.score_frame(library.scores_of(None if points is None else library.outcomes(points)))
    else:
        frame = library.library_frame(words, points)
    if json_:
        shown = {"scores": frame} if scores else {"cases": frame, "sources": library.sources_frame(words)}
        click.echo(as_json({name: table.to_dicts() for name, table in shown.items()} | {"not_computed": notes}))
    elif scores:
        click.echo("\n".join(score_lines(frame)))
    else:
        click.echo("\n".join(case_lines(frame)))
        for case_id, why in list(notes.items())[:5]:
            tell(f"{case_id} was not computed: {why}.", err=True)
        if len(notes) > 5:
            tell(f"{len(notes) - 5} more were not computed.", err=True)


def case_lines(frame: pl.DataFrame) -> list[str]:
    """One line a case, and what the columns mean."""
    lines = [f"{'case':14} {'instrument':19} {'rupture':11} {'reopened':11} {'residual':>8} {'in':>5}  finding"]
    for row in frame.iter_rows(named=True):
        residual = "" if row["residual"] is None else f"{row['residual']:+.2f}"
        lines.append(
            f"{row['case_id']:14} {row['instrument']:19} {row['start']:11} {row['reopened'] or '-':11} "
            f"{residual:>8} {row['judged_year'] or '':>5}  {row['finding']}"
        )
    return [*lines, "", "residual: ln(actual / counterfactual) in the second full year, or earlier; sources: --json."]


def score_lines(frame: pl.DataFrame) -> list[str]:
    """Scores in words, one paragraph a kind."""
    words = Catalogue(language_here())
    shares = ("gain", "gain_low", "gain_high", "gain_with_noise")
    covered = ("coverage_50%", "coverage_80%", "coverage_80%_low", "coverage_80%_high", "coverage_95%")
    return [
        words(
            "told.score", kind=here(row["kind"]), points=row["n"], cases=row["n_cases"], regions=row["n_regions"],
            crps=words.number(row["crps"], 2), pooled=words.number(row["crps pooled"], 2),
            **{name: words.percent(100 * row[name], 0) for name in shares},
            **{name.replace("%", ""): words.percent(100 * row[name], 0) for name in covered},
        )
        for row in frame.iter_rows(named=True)
    ]  # fmt: skip


def draw(chart: dict[str, Any], path: Path) -> None:
    """Write a Vega-Lite specification as SVG, PNG, PDF or JSON.

    Raises
    ------
    UsageError, OutputError
    """
    import vl_convert

    kind = path.suffix.lower()
    if kind not in (".svg", ".png", ".pdf", ".json"):
        raise UsageError(f"'{path.name}' does not end in .svg, .png, .pdf or .json.", fix="Rename it.")
    if kind == ".svg":
        content: str | bytes = vl_convert.vegalite_to_svg(chart)
    elif kind == ".json":
        content = json.dumps(chart, ensure_ascii=False)
    else:
        content = (vl_convert.vegalite_to_png if kind == ".png" else vl_convert.vegalite_to_pdf)(chart)
    write_file(path, content)
