"""Rebuild the table of visa rules that ships with the package, byte for byte.

    python scripts/build_visas.py --readings READINGS [--out FOLDER] [--check]

READINGS is a folder of the publisher's own files, each in a folder named by the day it was read, as under ``legacy`` of
https://github.com/ilyankou/passport-index-dataset (``2020-02-07/passport-index-tidy-iso3.csv``), or one Parquet or CSV table
of their rows: ``snapshot``, ``passport``, ``destination``, ``requirement``.

The publisher's values become four: no visa, a visa on arrival or online (the readings before November 2020 do not tell these
apart), a visa to be had before travel, and no entry (bans of the pandemic, admission refused). Days of stay are left out. Of
each passport and destination the readings at which the rule changed are kept. Needs pyarrow; its release decides the bytes.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import polars as pl
import pyarrow as pa
from build_people import write
from built_or_checked import build_or_check

from detente import economies
from detente.data.people.visas import FILES, RULES

HOME = Path(__file__).resolve().parents[1] / "src/detente/data/people"
SAME = "-1"  # passport and destination are one country
RULE_OF = {
    "visa free": "free", "VF": "free", "3": "free",
    "visa on arrival": "on_arrival", "VOA": "on_arrival", "e-visa": "on_arrival", "ETA": "on_arrival", "eta": "on_arrival",
    "EVW": "on_arrival", "Hayya Entry Permit": "on_arrival", "1": "on_arrival", "2": "on_arrival",
    "visa required": "needed", "VR": "needed", "0": "needed",
    "covid ban": "shut", "no admission": "shut",
}  # fmt: skip
FACTS = {
    "what": "what a passport needs for a short visit, as read on the days listed: no visa, a visa on arrival or online, a visa "
    "before travel, or no entry",
    "cite": "Passport Index, as collected by I. Ilyankou (passport-index-dataset), in four kinds",
    "licence": "MIT",
    "notice": "Copyright (c) 2019 Ilya Ilyankou. Permission is hereby granted, free of charge, to any person obtaining a copy of "
    'this software and associated documentation files (the "Software"), to deal in the Software without restriction, including '
    "without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the "
    "Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions: The above "
    "copyright notice and this permission notice shall be included in all copies or substantial portions of the Software. THE "
    'SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES '
    "OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT "
    "HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING "
    "FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.",
}


def rows_of(readings: Path) -> pl.DataFrame:
    """Columns snapshot, passport, destination, requirement; one row a reading and pair."""
    if readings.is_file():
        frame = (
            pl.read_parquet(readings) if readings.suffix == ".parquet" else pl.read_csv(readings, infer_schema=False)
        )
        return frame.select("snapshot", "passport", "destination", "requirement")
    parts = [
        pl.read_csv(path, infer_schema=False, new_columns=["passport", "destination", "requirement"]).select(
            pl.lit(path.parent.name).alias("snapshot"), "passport", "destination", "requirement"
        )
        for path in sorted(readings.glob("*/passport-index-tidy-iso3.csv"))
    ]
    return pl.concat(parts)


def changes(frame: pl.DataFrame, days: list[str]) -> pl.DataFrame:
    """One row a passport and destination: the readings at which its rule changed and to what, in one number each."""
    frame = frame.filter(
        pl.col("passport") != pl.col("destination"), pl.col("requirement") != SAME,
        pl.col("passport").is_in(set(economies.table())), pl.col("destination").is_in(set(economies.table())),
    )  # fmt: skip
    number = {name: k for k, name in enumerate(RULES)}
    said = {v: number[RULE_OF[v]] if v in RULE_OF else _days(v, number["free"]) for v in frame["requirement"].unique()}
    place = {day: t for t, day in enumerate(days)}
    frame = frame.select(
        "passport", "destination", pl.col("snapshot").replace_strict(place, return_dtype=pl.Int64).alias("t"),
        pl.col("requirement").replace_strict(said, return_dtype=pl.Int64).alias("rule"),
    ).sort("passport", "destination", "t")  # fmt: skip
    before = pl.col("rule").shift(1).over("passport", "destination")
    frame = frame.filter(before.is_null() | (pl.col("rule") != before))
    return frame.group_by("passport", "destination", maintain_order=True).agg(
        (pl.col("t") * len(RULES) + pl.col("rule")).alias("changes")
    )


def _days(value: str, free: int) -> int:
    """A whole number of days without a visa; anything else is a value that nobody has read yet."""
    if not value.isdigit() or int(value) < 7:
        raise SystemExit(f"The value '{value}' of a reading is not known: say in RULE_OF what it means.")
    return free


def build(given: argparse.Namespace, folder: Path) -> None:
    frame = rows_of(given.readings)
    days = sorted(frame["snapshot"].unique().to_list())
    found = changes(frame, days)
    text = pa.dictionary(pa.int32(), pa.string())
    columns = {side: pa.array(found[side].to_list(), pa.string()).cast(text) for side in ("passport", "destination")}
    columns["changes"] = pa.array(found["changes"].to_list(), pa.list_(pa.int32()))
    write(pa.table(columns), folder / "visas.parquet")
    facts = FACTS | {"rules": list(RULES), "days": days}
    told = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "visas.json").write_text(told + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readings", type=Path, required=True)
    build_or_check(parser, build, HOME, FILES)


if __name__ == "__main__":
    main()
