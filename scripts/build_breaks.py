"""Write the library's list of breaks and returns of relations, and the sources it rests on.

    python scripts/build_breaks.py FOLDER

FOLDER holds ``breaks.csv`` and ``sources.csv``: sourced facts of our own reading. Rows that no source supports, or that
a source contradicts, stay behind; one decision taken under several names gets one name.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

OUT = Path(__file__).resolve().parents[1] / "src/detente/attribution/library"
USABLE = ("confirmed", "corrected")
ONE_DECISION = {
    "Qatar 2017": "quartet-2017", "Gulf boycott 2017": "quartet-2017",
    "GCC three 2014": "gulf-2014",
    "Gaza 2023": "wave: Gaza war 2023",
    "ECOWAS 2023": "ecowas-niger-2023", "ECOWAS Niger sanctions": "ecowas-niger-2023",
    "gcc-syria-2012": "west-syria-2012", "Houla expulsions": "west-syria-2012",
    "FRY-NATO four 1999": "NATO 1999",
}  # fmt: skip


def breaks(folder: Path) -> pl.DataFrame:
    """The usable rows, one a break."""
    frame = pl.read_csv(folder / "breaks.csv", infer_schema=False).filter(pl.col("status").is_in(USABLE))
    return frame.with_columns(
        pl.col("bloc").replace(ONE_DECISION), pl.col("note").str.strip_prefix("; ").str.strip_chars()
    )


def sources(folder: Path, rows: pl.DataFrame) -> pl.DataFrame:
    """The sources that the rows name."""
    cells = [cell for column in ("start_source", "return_source") for cell in rows[column].drop_nulls()]
    named = {source.strip() for cell in cells for source in cell.split(";")}
    found = pl.read_csv(folder / "sources.csv", infer_schema=False).filter(pl.col("source_id").is_in(named))
    unknown = named - set(found["source_id"])
    if unknown:
        raise SystemExit(f"no such source: {sorted(unknown)}")
    return found.rename({"url": "address", "what_was_read": "read"})


if __name__ == "__main__":
    chosen = breaks(Path(sys.argv[1]))
    chosen.write_csv(OUT / "breaks.csv")
    sources(Path(sys.argv[1]), chosen).write_csv(OUT / "break_sources.csv")
    sys.stdout.write(f"{chosen.height} breaks\n")
