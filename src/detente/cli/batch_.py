"""``detente batch``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from detente.cli.output import ProgressLine, as_json
from detente.cli.reading import reading, reading_options, say_reading
from detente.cli.telling import here, language_here, tell
from detente.errors import UsageError
from detente.language import Catalogue, When
from detente.run.batching.pairs_asked import coded, pairs_asked

EPILOG = """Example: detente batch CHL-PER,IND-PAK --episode 2008-2020

\b
Further:
  detente batch pairs.csv --quick --jobs 2 --out changes.parquet
  detente batch all --jobs 2 --out world.parquet
  detente batch all --jobs 2 --out world.parquet --resume

Exit codes: 0 done (pairs without an answer have their reason in the table), 2 usage, 3 data, 4 specification."""


@click.command("batch", epilog=EPILOG)
@click.argument("pairs")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("batch.parquet"), show_default=True, help="File to write."
)
@click.option(
    "--episode", "episodes", multiple=True, metavar="FROM-TO",
    help="Years of the change; may be repeated. The last five years if left out.",
)  # fmt: skip
@click.option(
    "--base", "bases", multiple=True, metavar="FROM-TO",
    help="Years that say what is normal; may be repeated. The first five years if left out.",
)  # fmt: skip
@click.option("--quick", is_flag=True, help="Skip the comparison with similar pairs; the table says so.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to work with.")
@click.option("--resume", is_flag=True, help="Go on with the same batch where it was stopped.")
@click.option(
    "--report", "reports", multiple=True, metavar="PAIR",
    help="Also make a study of this pair, run it and write its report; may be repeated (CHL-PER).",
)  # fmt: skip
@click.option("--data", type=click.Path(path_type=Path), help="Another panel than the one that ships.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
@reading_options
def command(
    pairs: str, out: Path, episodes: tuple[str, ...], bases: tuple[str, ...], quick: bool, jobs: int, resume: bool,
    reports: tuple[str, ...], data: Path | None, json_: bool, **how: Any,
) -> None:  # fmt: skip
    """Split the change of every pair's trade, both directions, and write one Parquet table.

    PAIRS is a file with two columns, a list such as CHL-PER,IND-PAK, or: all.
    """
    from detente.panel import read_panel, world
    from detente.run import batch

    asked, wanted = pairs_asked(pairs), [pair for text in reports for pair in pairs_asked(text) or []]
    spans, windows = [_span(text) for text in episodes], [_span(text) for text in bases]
    panel = world() if data is None else read_panel(data, **reading(how))
    if data is not None:
        say_reading(panel)
    line = ProgressLine(f"Batch {out.name}")
    try:
        done = batch(
            panel, out, None if asked is None else coded(asked), episodes=spans, base_windows=windows, quick=quick,
            resume=resume, workers=jobs, progress=lambda n, of: line(f"{n:,} of {of:,} pairs", n / of),
        )  # fmt: skip
    except KeyboardInterrupt:
        line.done()
        tell("Stopped; what is done is kept. Go on with the same command and --resume.", err=True)
        raise
    finally:
        line.done()
    pages = [_report(one, other, out, data, how, quick) for one, other in wanted]
    if json_:
        found = {"path": str(done.path), "pairs": done.n_pairs, "done_before": done.n_before, "rows": done.table.height}
        click.echo(as_json(found | {"quick": quick, "status": done.counts(), "reports": [str(p) for p in pages]}))
    else:
        click.echo(batch_in_words(done, quick))
        for page in pages:
            tell(f"Report: {page}")


STATUS = {"bound": "fallen to a recorded zero", "no base trade": "without trade in the base years"}


def batch_in_words(done: Any, quick: bool) -> str:
    """What is in the table, and the losses with the strongest evidence."""
    import polars as pl

    counts = ", ".join(f"{n:,} {here(STATUS.get(status, str(status)))}" for status, n in done.counts().items())
    known = f" ({done.n_before:,} {here('of them before')})" if done.n_before else ""
    words = Catalogue(language_here())
    lines = [words("told.batch", pairs=done.n_pairs, known=known, rows=done.table.height, counts=counts)]
    if quick:
        lines.append(here("Quick: nothing was compared with similar pairs."))
    else:
        strong = done.table.filter((pl.col("strength") == "strong") & (pl.col("dyad_part") < 0))
        compared = done.table["placebo_share"].count()
        lines.append(words("told.strong", n=strong.height, rows=compared))
        largest = strong.filter(pl.col("flow_from_usd_mn") >= 50).sort("dyad_part").head(5)
        lines += [f"  {row}" for row in largest["sentence"]]
    return "\n".join([*lines, here(f"Table: {done.path}")])


def _span(text: str) -> tuple[Any, Any]:
    """Two periods from ``2008-2020`` or ``2008:2020`` (months and quarters with a colon)."""
    first, _, last = text.partition(":") if ":" in text else text.partition("-")
    try:
        return When(first.strip()), When(last.strip())
    except (TypeError, ValueError):
        raise UsageError(
            f"'{text}' is no span of years.", fix="Write FROM-TO, as in 2008-2020 (2008M01:2010M06 for months)."
        ) from None


def _report(one: str, other: str, out: Path, data: Path | None, how: dict[str, Any], quick: bool) -> Path:
    """A study of a pair beside the table, run; the path of its report."""
    from detente.report import report_files
    from detente.run.folder import next_folder
    from detente.study import new_study, open_study

    home = out.parent / f"{out.stem}-reports" / f"{one}-{other}".lower().replace(" ", "-")
    if not (home / "study.toml").exists():
        new_study(one, other, folder=home, data=data, reading=reading(how))
    study = open_study(home)
    folder = next_folder(study)
    study.run(quick=quick).write(folder, report_files("en"))
    return folder / "report.html"
