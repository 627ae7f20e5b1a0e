"""``detente library``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import polars as pl

SHOWN = ("exporter", "importer", "instrument", "start", "reopened", "finding", "judged_year", "residual", "placebo_share")


@click.command("library", epilog='Example: detente library --filter QAT --filter closure, or: detente library --score')
@click.option("--filter", "words", multiple=True, help="Economy, instrument, region, panel, year or 'reopened'; repeat to narrow.")
@click.option("--score", "score", is_flag=True, help="How well the library predicts, each region left out.")
@click.option("--export", "folder", type=click.Path(path_type=Path), help="Write every table and the drawing to a new folder.")
@click.option("--draw", type=click.Path(path_type=Path), help="Write the drawing: .svg, .png or .json (Vega-Lite).")
@click.option("--data", type=click.Path(path_type=Path), help="Compute the paths again on this panel.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
def command(
    words: tuple[str, ...], score: bool, folder: Path | None, draw: Path | None, data: Path | None, json_: bool
) -> None:
    """List the ruptures and reopenings whose trade was computed, with what was found."""
    from detente.attribution.library import (
        choose_cases, compute_paths, export_library, library_chart, library_frame, score_frame,
    )  # fmt: skip
    from detente.cli.output import as_json

    chosen = choose_cases(words)
    points = None
    if data is not None:
        from detente.panel import read_panel

        computed = compute_paths(read_panel(data), chosen)
        points = computed.points
        for case, reason in computed.missing.items():
            click.echo(f"Not computed: {case}: {reason}", err=True)
    if draw is not None:
        _draw(library_chart(words, points), draw)
        click.echo(f"Drawing: {draw}")
    if folder is not None:
        export_library(folder, words)
        click.echo(f"Tables: {folder}")
    if draw is not None or folder is not None:
        return
    frame = score_frame() if score else library_frame(words, points)
    if json_:
        click.echo(as_json({"scores" if score else "cases": frame.to_dicts()}))
    elif score:
        _scores(frame)
    else:
        _listing(frame)


def _listing(frame: pl.DataFrame) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in SHOWN:
        table.add_column(name.replace("_", " "), justify="right" if name in ("residual", "placebo_share") else "left")
    for row in frame.select(SHOWN).iter_rows(named=True):
        table.add_row(*(_cell(name, row[name]) for name in SHOWN))
    Console(width=None if _wide() else 120).print(table)
    click.echo(f"{frame.height} directed flows. residual: log points against the counterfactual in the judged year.")


def _scores(frame: pl.DataFrame) -> None:
    for r in frame.iter_rows(named=True):
        click.echo(
            f"{r['kind']}: {r['n']} points of {r['n_cases']} cases in {r['n_regions']} regions, each region left out. "
            f"CRPS {r['crps']:.2f} log points; {r['gain']:.0%} below the best point baseline "
            f"(90% interval by region {r['gain_low']:.0%} to {r['gain_high']:.0%}), "
            f"{r['gain_with_noise']:.0%} below the best baseline with noise."
        )
        for level in ("50%", "80%", "95%"):
            low, high = r[f"coverage_{level}_low"], r[f"coverage_{level}_high"]
            click.echo(f"  {level} intervals hold {r[f'coverage_{level}']:.0%} (binomial interval {low:.0%} to {high:.0%})")


def _draw(spec: dict[str, Any], path: Path) -> None:
    import json

    from detente.errors import OutputError

    kind = path.suffix.lower()
    if kind not in (".svg", ".png", ".json"):
        raise OutputError(f"A drawing cannot be written as '{path.suffix}'.", fix="Name a .svg, .png or .json file.")
    try:
        if kind == ".json":
            path.write_text(json.dumps(spec, ensure_ascii=False), encoding="utf-8")
            return
        import vl_convert

        if kind == ".svg":
            path.write_text(vl_convert.vegalite_to_svg(spec), encoding="utf-8")
        else:
            path.write_bytes(vl_convert.vegalite_to_png(spec, scale=2))
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error}.", fix="Name another file.") from None


def _cell(name: str, value: Any) -> str:
    from detente.attribution.library.typical import CAP

    if value is None:
        return ""
    if name == "placebo_share":
        return f"{value:.3f}"
    if name == "residual":
        return f"≤ {CAP:.2f}" if value <= CAP else f"{value:.2f}"
    return str(value)


def _wide() -> bool:
    import sys

    return sys.stdout.isatty()
