"""Write the library's list of breaks and returns of relations, and the sources it rests on.

    python scripts/build_breaks.py FOLDER

FOLDER holds ``breaks.csv`` and ``sources.csv``: sourced facts of our own reading. Rows that no source supports, or that
a source contradicts, stay behind; one decision taken under several names gets one name. ``break_mends.csv`` holds what
a second reading of the same sources changed or added: the day of the latest reading of a break without a return, kinds
and levels that the note of the row itself speaks against, separate steps of one wave, and closures of a border that were
no decision of one state against the other (``directed``). ``break_additions.csv`` and
``break_addition_sources.csv`` hold rows that were read later, with what was read.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

OUT = Path(__file__).resolve().parents[1] / "src/detente/attribution/library"
USABLE = ("confirmed", "corrected")
ADDED = ("last_reading", "directed")
ONE_DECISION = {
    "Qatar 2017": "quartet-2017", "Gulf boycott 2017": "quartet-2017",
    "GCC three 2014": "gulf-2014",
    "Gaza 2023": "wave: Gaza war 2023",
    "ECOWAS 2023": "ecowas-niger-2023", "ECOWAS Niger sanctions": "ecowas-niger-2023",
    "gcc-syria-2012": "west-syria-2012", "Houla expulsions": "west-syria-2012",
    "FRY-NATO four 1999": "NATO 1999",
}  # fmt: skip


MENDS = Path(__file__).with_name("break_mends.csv")
ADDITIONS = MENDS.with_name("break_additions.csv")
ADDITION_SOURCES = MENDS.with_name("break_addition_sources.csv")
KEY = ("a", "b", "start", "kind")


def breaks(folder: Path) -> pl.DataFrame:
    """The usable rows, one a break."""
    frame = pl.read_csv(folder / "breaks.csv", infer_schema=False).filter(pl.col("status").is_in(USABLE))
    frame = frame.with_columns(
        pl.col("bloc").replace(ONE_DECISION),
        pl.col("note").str.strip_prefix("; ").str.strip_chars(),
        last_reading=pl.lit(None, pl.String),
        directed=pl.lit("yes"),
    )
    columns = [c for c in frame.columns if c not in ADDED]
    at = columns.index("bloc")
    further = pl.read_csv(ADDITIONS, infer_schema=False).select(frame.columns)
    every = pl.concat([mended(frame), further]).sort("start", "a", "b", maintain_order=True)
    return every.select(*columns[:at], *ADDED, *columns[at:])


def mended(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with what ``break_mends.csv`` says of them; it names a row by its pair, start and first kind."""
    mends = pl.read_csv(MENDS, infer_schema=False)
    lost = mends.join(frame, on=KEY, how="anti")
    if lost.height:
        raise SystemExit(f"no such break: {lost.row(0)}")
    keys = frame.select(KEY)
    for (column,), of_column in mends.group_by("column", maintain_order=True):
        new = keys.join(of_column, on=KEY, how="left", maintain_order="left")["value"]
        frame = frame.with_columns(pl.coalesce(new, pl.col(str(column))).alias(str(column)))
    return frame


def sources(folder: Path, rows: pl.DataFrame) -> pl.DataFrame:
    """The sources that the rows name."""
    cells = [cell for column in ("start_source", "return_source") for cell in rows[column].drop_nulls()]
    named = {source.strip() for cell in cells for source in cell.split(";")}
    both = (pl.read_csv(path, infer_schema=False) for path in (folder / "sources.csv", ADDITION_SOURCES))
    found = pl.concat(both).filter(pl.col("source_id").is_in(named))
    unknown = named - set(found["source_id"])
    if unknown:
        raise SystemExit(f"no such source: {sorted(unknown)}")
    return found.rename({"url": "address", "what_was_read": "read"})


if __name__ == "__main__":
    chosen = breaks(Path(sys.argv[1]))
    chosen.write_csv(OUT / "breaks.csv")
    sources(Path(sys.argv[1]), chosen).write_csv(OUT / "break_sources.csv")
    sys.stdout.write(f"{chosen.height} breaks\n")
