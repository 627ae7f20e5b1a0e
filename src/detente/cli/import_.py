"""``detente import``."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.telling import here, tell

SHOWN = 10  # rows of each sort that are shown


@click.command("import", epilog="Example: detente import population.csv.gz --as unhcr --study my-study --accept")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--as",
    "layout",
    default="",
    metavar="SOURCE",
    help="What it is, a name of: detente data list (recognised if left out).",
)
@click.option("--study", required=True, help="The study, a folder.")
@click.option("--release", default="", help="Date of this copy, YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--first-published", default="", help="When its figures first came out; what was known when goes by it.")
@click.option("--accept", "accepted", is_flag=True, help="Write; without it the mapping and the rows are only shown.")
def command(file: Path, layout: str, study: str, release: str, first_published: str, accepted: bool) -> None:
    """Bring the events or figures of an official FILE about the study's pair into its record."""
    from detente.record.exchange.importers.importing import plan_import
    from detente.study import open_study

    opened = open_study(study)
    opened.require_own()
    dyad = (opened.origin, opened.destination)
    plan = plan_import(file, layout, opened.record, dyad, release=release, first_published=first_published)
    for column, becomes in plan.layout.mapping:
        click.echo(f"{column}: {here(becomes)}")
    for note in plan.notes:
        tell(note)
    key = "figure_id" if plan.layout.table == "figures" else "event_id"
    for row in plan.new[:SHOWN]:
        click.echo(f"{here('new')}: {row[key]}, " + ", ".join(v for k, v in row.items() if k != key and v))
    for change in plan.changed[:SHOWN]:
        click.echo(f"{here('changed')}: {change.id}, {change.column}: {change.before} → {change.after}")
    for ours, theirs in plan.twice[:SHOWN]:
        tell(f"on record as {theirs}: {ours}")
    for id_ in plan.gone[:SHOWN]:
        tell(f"no longer in the file: {id_}, left on record")
    tell(plan.summary())
    if plan.source["date"] == "n.d." and not first_published:
        tell("When these were first known is not said, so no look back holds them: give --first-published.")
    if not (plan.new or plan.changed):
        tell(f"Nothing was written: the file has nothing about {dyad[0]} and {dyad[1]} that the record lacks.")
        return
    if not accepted:
        tell("Nothing was written: add --accept.")
        return
    plan.write(opened.record)
    tell(f"Written to {opened.record}.")
