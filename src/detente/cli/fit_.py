"""``detente fit``."""

from __future__ import annotations

from pathlib import Path

import click


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
@click.option("--bias-correct", is_flag=True, help="Add the Weidner-Zylkin corrected estimates.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
def command(
    data: Path, formula: str, cluster: str | None, weights: str | None, offset: str | None, ssc: str,
    bias_correct: bool, json_: bool,
) -> None:  # fmt: skip
    """Fit FORMULA (fixest's syntax) to DATA (CSV or Parquet) by PPML."""
    from detente.cli.output import as_json, waiting
    from detente.gravity import fit_ppml

    with waiting(f"Fitting {data}"):
        fit = fit_ppml(data, formula, cluster=cluster, weights=weights, offset=offset, ssc=ssc)
        corrected = _corrected(fit) if bias_correct else None
    if json_:
        found = {
            "formula": fit.formula, "engine": fit.engine, "n_rows": fit.n_rows, "n_used": fit.n_used,
            "n_missing": fit.n_missing, "n_separated": fit.n_separated, "n_singletons": fit.n_singletons,
            "dropped": dict(fit.dropped), "converged": fit.converged, "iterations": fit.iterations,
            "errors": fit.clustering.text, "terms": fit.to_frame().to_dicts(),
        }  # fmt: skip
        if corrected is not None:
            found["corrected"] = {k: dict(getattr(corrected, k)) for k in ("coef", "se", "bias")}
        click.echo(as_json(found))
        return
    click.echo(fit.summary())
    if corrected is not None:
        click.echo(corrected.summary())


def _corrected(fit):
    from detente.gravity import bias_correct

    return bias_correct(fit)
