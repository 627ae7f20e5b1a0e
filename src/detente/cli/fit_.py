"""``detente fit``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente import gravity
from detente.cli.output import as_json, waiting
from detente.cli.reading import reading, reading_options, table_to_fit
from detente.cli.telling import tell, tell_table
from detente.errors import UsageError

if TYPE_CHECKING:
    from detente.gravity import BiasCorrection, GravityFit, ManyFits


@click.command(
    "fit",
    epilog='Example: detente fit flows.parquet "trade ~ rta | exporter^year + importer^year + exporter^importer" '
    "--cluster exporter^importer",
)
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("formula")
@click.option("--cluster", help="Columns that group the errors, e.g. exporter^importer; robust if left out.")
@click.option("--weights", help="Column of weights.")
@click.option("--offset", help="Column that enters the log mean with coefficient one.")
@click.option(
    "--ssc", type=click.Choice(["stata", "fixest", "none"]), default="stata", show_default=True,
    help="Small-sample factor of the errors.",
)  # fmt: skip
@click.option(
    "--estimator", type=click.Choice(["ppml", "ols", "gamma", "negbin", "logit"]), default="ppml", show_default=True,
    help="OLS takes a response such as log(trade).",
)  # fmt: skip
@click.option(
    "--separation", type=click.Choice(["auto", "levels", "exact", "rectifier"]), default="auto", show_default=True,
    help="How rows whose zero is predicted perfectly are searched (PPML).",
)  # fmt: skip
@click.option("--blocks", metavar="COLUMN", help="Fit by this column's levels, one in memory at a time (PPML).")
@click.option(
    "--memory", metavar="SIZE", help='Memory that the fit may take, e.g. "4 GB"; most of what is free (PPML).'
)
@click.option(
    "--scratch", type=click.Path(path_type=Path), metavar="FOLDER",
    help="Where the rows of a fit by blocks lie meanwhile; the system's place for such files.",
)  # fmt: skip
@click.option("--by", metavar="COLUMN", help="A fit for each level of this column, with a table of all of them.")
@click.option("--bias-correct", is_flag=True, help="Add the Weidner-Zylkin corrected estimates.")
@click.option("--table", type=click.Path(path_type=Path), help="Write the table here: .md, .txt, .html, .tex or .docx.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
@reading_options
def command(
    data: Path, formula: str, cluster: str | None, weights: str | None, offset: str | None, ssc: str,
    estimator: str, separation: str, blocks: str | None, memory: str | None, scratch: Path | None, by: str | None,
    bias_correct: bool, table: Path | None, json_: bool, **how: Any,
) -> None:  # fmt: skip
    """Fit FORMULA (fixest's syntax) to DATA (CSV, Parquet, Stata, Excel, or NAME@VERSION), by PPML unless told otherwise.

    DATA is taken as it is, with its own columns, unless an option says how to read it as a panel: then its columns are
    exporter, importer, year and trade. --missing drop leaves rows without a flow out, --missing zero takes them for
    no trade; both are said.
    """

    options: dict[str, Any] = {"cluster": cluster, "weights": weights, "offset": offset, "ssc": ssc}
    if estimator == "ppml":
        options |= {"separation": separation, "blocks": blocks or "auto", "memory": memory, "scratch": scratch}
    if by is not None:
        if estimator != "ppml" or bias_correct or table is not None or blocks is not None:
            raise UsageError(
                "--by makes a PPML fit of each level and one table of them.",
                fix="Leave out --estimator, --blocks, --bias-correct and --table, which are for one fit.",
            )
        with waiting(f"Fitting {data} by {by}"):
            rows, notes = table_to_fit(data, formula, reading(how))
            many = gravity.fit_many(rows, formula, by=by, keep="coef", **options)
        _tell(many, notes, json_)
        return
    with waiting(f"Fitting {data}"):
        rows, notes = table_to_fit(data, formula, reading(how))
        fit = getattr(gravity, f"fit_{estimator}")(rows, formula, **options)
        corrected = gravity.bias_correct(fit) if bias_correct else None
    results = [fit] if corrected is None else [fit, corrected]
    for note in notes:
        tell(note, err=True)
    if table is not None:
        gravity.compare(*results).write(table)
    if json_:
        click.echo(as_json(_facts(fit) if corrected is None else _facts(fit) | {"corrected": _corrected(corrected)}))
        return
    for result in results:
        tell_table(result.summary())


def _tell(many: ManyFits, notes: Iterable[Any], json_: bool) -> None:
    """The fits by level: one line a level and term, and why others have none."""
    for note in notes:
        tell(note, err=True)
    if json_:
        failures = {level: str(error) for level, error in many.failures.items()}
        click.echo(
            as_json({"by": many.by, "fits": {k: _facts(fit) for k, fit in many.fits.items()}, "failures": failures})
        )
        return
    wide = max((len(name) for name in (*many, many.by)), default=0) + 2
    tell_table(f"{many.by:<{wide}}{'term':<20}{'estimate':>12}{'std.error':>12}{'rows':>14}")
    for level, fit in many.fits.items():
        for term in fit.names:
            tell_table(f"{level:<{wide}}{term:<20}{fit.coef[term]:>12.4f}{fit.se[term]:>12.4f}{fit.n_used:>14,}")
    for level, error in many.failures.items():
        tell(f"{level:<{wide}}{error}")


def _facts(fit: GravityFit) -> dict[str, Any]:
    from detente.gravity.separation.certificate import SeparationCertificate

    rows = fit.separated.rows.tolist() if isinstance(fit.separated, SeparationCertificate) else None
    statistics = {"loglik": fit.loglik, "deviance": fit.deviance, "pseudo_r2": fit.pseudo_r2, "r2": fit.r2}
    return {
        "formula": fit.formula, "estimator": fit.family.name, "engine": fit.engine, "n_rows": fit.n_rows,
        "n_used": fit.n_used, "n_missing": fit.n_missing, "n_separated": fit.n_separated,
        "n_singletons": fit.n_singletons, "n_clusters": list(fit.n_clusters), "dropped": dict(fit.dropped),
        "separated": rows, "converged": fit.converged, "iterations": fit.iterations,
        "errors": fit.clustering.text, **statistics, "terms": fit.to_frame().to_dicts(),
    }  # fmt: skip


def _corrected(corrected: BiasCorrection) -> dict[str, dict[str, float]]:
    return {k: dict(getattr(corrected, k)) for k in ("coef", "se", "bias")}
