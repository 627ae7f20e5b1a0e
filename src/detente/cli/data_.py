"""``detente data``: sources, the store, and what a file would be read as."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from detente._atomic import write_file
from detente.cli.output import ProgressLine, as_json
from detente.cli.reading import reading, reading_options
from detente.cli.telling import here, tell
from detente.data.fetching import FETCHERS
from detente.data.fetching.addresses import Wanted
from detente.economies import lookup
from detente.errors import UsageError, how_many

MIRROR = ("origin", "destination", "period", "by origin", "by destination", "gap")
"""Heads of the table of both reports."""


@click.group("data", epilog="Example: detente data show flows.csv")
def command() -> None:
    """Sources and their files: list, pull, add, show, mirror, lock, bundle."""


@command.command("list")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
def list_(json_: bool) -> None:
    """Every source: what it holds, its licence, whether it is fetched or added, and what the store has of it."""
    from detente.data.registry import sources
    from detente.data.store import entries

    stored = entries()
    rows = [
        {"source": s.name, "title": s.title, "publisher": s.publisher, "what": s.what, "gives": s.gives, "unit": s.unit,
         "periods": list(s.periods), "licence": s.licence, "key": s.key, "fetched": s.name in FETCHERS,
         "stored": [e.pin for e in stored if e.source == s.name]}
        for s in sources().values()
    ]  # fmt: skip
    if json_:
        click.echo(as_json({"sources": rows}))
        return
    tell("world           ships with détente: goods between all economies of CEPII BACI, and GDP")
    for row in rows:
        how = "detente data pull" if row["fetched"] else "detente data add FILE --as"
        key = f"; {here('needs')} {row['key']}" if row["key"] else ""
        what = here(f"{row['what']} ({row['gives']})")
        click.echo(f"{row['source']:15} {row['publisher']}: {what}. {row['licence']}. {how} {row['source']}{key}")
        for pin in row["stored"]:
            click.echo(f"{'':15} {here('stored')}: {pin}")


@command.command("pull", epilog="Example: detente data pull wdi, or detente data pull baci@202601 --detail 92")
@click.argument("source")
@click.argument("economies", nargs=-1)
@click.option("--from", "first", type=int, default=2000, show_default=True, help="First year.")
@click.option("--to", "last", type=int, default=2024, show_default=True, help="Last year.")
@click.option("--freq", type=click.Choice(("A", "M")), default="A", show_default=True, help="Years or months.")
@click.option("--detail", default="", help="HS revision of BACI, product code of Comtrade, indicator of WDI.")
@click.option("--base", help="Another address than the source's own, as of a mirror.")
def pull_(
    source: str, economies: tuple[str, ...], first: int, last: int, freq: str, detail: str, base: str | None
) -> None:
    """Fetch SOURCE (or SOURCE@RELEASE) into the store; keys are read from the environment only."""
    from detente.data.fetching import pull

    name, _, release = source.partition("@")
    line = ProgressLine(f"Fetching {source}")
    try:
        wanted = Wanted(release, tuple(lookup(e) for e in economies), first, last, freq, detail)
        entry = pull(name, wanted, base=base, progress=lambda share: line("fetching", share))
    finally:
        line.done()
    _stored(entry)


def _stored(entry: Any) -> None:
    tell(f"Stored {entry.pin}: {entry.file}, {entry.bytes:,} bytes, sha256 {entry.sha256[:16]}…")
    tell(f"Licence: {entry.licence}")
    tell(f"Use it with: --data {entry.pin}")


@command.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "source", required=True, help="Whose layout the file has.")
@click.option("--version", default="", help="Its release or vintage; the day and its hash if left out.")
@click.option("--name", default="", help="What to call it; the source's name if left out.")
def add_(file: Path, source: str, version: str, name: str) -> None:
    """Put FILE, got by hand, into the store; it is read once to see that it is what it is said to be."""
    from detente.data.registry import source_named
    from detente.data.store import add
    from detente.data.tables.files import Files

    source_named(source).facts_in(Files(file))
    entry = add(file, source, version, name)
    _stored(entry)


@command.command("show")
@click.argument("file", type=click.Path(path_type=Path))
@reading_options
def show_(file: Path, **how: Any) -> None:
    """What FILE would be read as: source, columns, unit, kind, period, and everything left out or assumed."""
    from detente.data.registry import recognise, source_named
    from detente.data.store import located
    from detente.data.tables.as_written import begins
    from detente.data.tables.files import HEAD, Files, header_of
    from detente.panel import read_panel

    path = located(file)
    given = reading(how)
    files = Files(path)
    known = source_named(given["source"]) if given.get("source") not in (None, "table") else recognise(files)
    of_whom = "a table of no known source"
    if known is not None:
        of_whom = f"laid out as {known.title} of {known.publisher} ({known.licence})"
    tell(f"{path.name}: {of_whom}")
    if len(files.names) == 1 and path.suffix in (".csv", ".tsv"):
        head = files.head(files.names[0])
        _, above = begins(head, len(head) < HEAD) or ("", 0)
        tell(f"Columns: {', '.join(header_of(''.join(head.splitlines(True)[above:]))[0])}")
    if known is not None and known.gives in ("series", "events"):
        facts = known.facts_in(files)
        tell(f"{how_many(facts.rows, 'row')}, {known.gives}: {facts.frame.height:,} used.")
        for note in facts.notes:
            click.echo(f"  - {here(note)}")
        click.echo(facts.frame.head(5))
        return
    panel = read_panel(path, **given)
    known_of = panel.provenance
    tell(f"{panel.kind}, {'stocks' if panel.stock else 'flows'}, {panel.unit}, by {panel.period}: {panel.labels[0]} to "
               f"{panel.labels[-1]}, {len(panel.economies)} economies.")  # fmt: skip
    said = {
        "release": known_of.release,
        "valuation": known_of.valuation,
        "side": known_of.side,
        "level": known_of.level,
    }
    click.echo("; ".join(f"{here(name)}: {value or here('not stated')}" for name, value in said.items()))
    tell(f"{how_many(panel.report.rows_read, 'row')} read, {panel.report.rows_used:,} used.")
    for note in panel.report.notes:
        click.echo(f"  - {here(note)}")


@command.command("mirror", epilog="Example: detente data mirror comtrade.csv IND PAK")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("pair", nargs=-1, metavar="[ORIGIN DESTINATION]")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
@reading_options
def mirror_(file: Path, pair: tuple[str, ...], json_: bool, **how: Any) -> None:
    """Both reports of each flow in FILE side by side: the origin's, the destination's, and the gap."""
    from detente.data.store import located
    from detente.panel.mirror import mirror

    if len(pair) not in (0, 2):
        raise UsageError("Name both economies, or none.", fix="detente data mirror FILE IND PAK")
    given = {name: value for name, value in reading(how).items() if name != "side"}
    found = mirror(file if file.exists() else located(file), **given)
    rows = found.of(lookup(pair[0]), lookup(pair[1])) if pair else found.to_frame()
    if json_:
        click.echo(as_json({"schema_version": 1, "unit": found.unit, "rows": rows.to_dicts()}))
        return
    tell(found.summary())
    origin, destination, period, sold, bought, gap = map(here, MIRROR)
    click.echo(f"{origin:8}{destination:13}{period:9}{sold:>14}{bought:>16}{gap:>14}  ({found.unit})")
    for row in rows.iter_rows(named=True):
        cells = [
            f"{row[name]:,.1f}" if row[name] is not None else "-" for name in ("by_origin", "by_destination", "gap")
        ]
        click.echo(
            f"{row['origin']:8}{row['destination']:13}{row['period']:9}{cells[0]:>14}{cells[1]:>16}{cells[2]:>14}"
        )


@command.command("lock")
@click.argument("study")
def lock_(study: str) -> None:
    """Write into STUDY, a folder of yours, what its panel is: name, version and hash, in data.lock."""
    from detente.study import open_study
    from detente.study.panel_files import LOCK, lock_text

    opened = open_study(study)
    opened.require_own()
    text = lock_text(opened.folder, opened.spec.panel)
    write_file(opened.folder / LOCK, text)
    tell(f"Locked {opened.id}: {opened.spec.panel.use}. A run stops where its files are others.")


@command.command("bundle")
@click.argument("study")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="The zip to write; STUDY-data.zip if left out.")
def bundle_(study: str, out: Path | None) -> None:
    """A zip with the stored files that STUDY pins and their licences, for use offline."""
    from detente.data.store import PIN, bundle
    from detente.study import open_study

    opened = open_study(study)
    use = opened.spec.panel.use
    pins = [named for named in (use, opened.spec.panel.gdp, opened.spec.panel.rates) if named and PIN.fullmatch(named)]
    if not pins:
        raise UsageError(
            f"The study '{opened.id}' pins no stored file: its panel is '{use}'.",
            fix="What ships needs no bundle; a file of the study's own folder goes with the folder.",
        )
    target = out or Path(f"{opened.id}-data.zip")
    for entry in bundle(pins, target):
        click.echo(f"{entry.pin}: {entry.licence}")
    tell(f"Wrote {target}")
