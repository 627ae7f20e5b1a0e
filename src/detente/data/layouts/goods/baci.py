"""CEPII's BACI as it is published: yearly product-level CSV files, streamed to country-pair totals.

Columns ``t, i, j, k, v, q``: year, exporter, importer, HS6 product, value in thousand current US$, quantity in
tonnes. Countries carry Comtrade's numbers, which differ from ISO's for some (251 France, 842 USA, 490 Other Asia),
so the country file that comes with a release is read first. One block of a file is in memory at a time.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from detente import economies
from detente.data.codes import COMTRADE, by_number
from detente.data.facts import Count, Flows
from detente.data.source import DataSource, Facts, Progress
from detente.data.tables.csv_trouble import csv_trouble
from detente.data.tables.files import Files, header_of
from detente.data.tables.rows import numbers, tidy, without_aggregates
from detente.errors import DataError, EmptySample, InvalidFlow, UnreadableFile, first_five, how_many
from detente.language import Number, Text

YEARLY = re.compile(r"(?:^|/)BACI_(HS\d\d)_Y(\d{4})(?:_V(\w+))?.*\.csv(?:\.gz)?$", re.IGNORECASE)
COUNTRIES = re.compile(r"(^|/)country_codes.*\.csv$", re.IGNORECASE)
COLUMNS = frozenset("tijkvq")
BLOCK = 32_000_000  # bytes read at a time: about a million rows
TOTAL, BY_CHAPTER = ("t", "i", "j"), ("t", "i", "j", "k")
TAIWAN = "TWN"  # CEPII's "Other Asia, not elsewhere specified" (490) is mostly Taiwan


def recognises(files: Files) -> int:
    """BACI's own names, or one file with its six columns and nothing else."""
    if any(YEARLY.search(name) for name in files.names):
        return len(COLUMNS)
    one = files.names[0] if len(files.names) == 1 else ""
    if one.lower().endswith((".csv", ".csv.gz")) and {c.casefold() for c in header_of(files.head(one))[0]} == COLUMNS:
        return len(COLUMNS)
    return 0


def read_files(files: Files, progress: Progress | None) -> Facts | None:
    """Totals ``[origin, destination, year]`` in thousand US$; None for a table that was made of BACI's files."""
    return _read(files, progress, TOTAL)


def read_products(files: Files, progress: Progress | None) -> Facts | None:
    """As :func:`read_files`, with the HS chapter as ``product``: a release at six digits would not fit a laptop."""
    return _read(files, progress, BY_CHAPTER)


def _read(files: Files, progress: Progress | None, by: tuple[str, ...]) -> Facts | None:
    yearly = [name for name in files.names if YEARLY.search(name)]
    if not yearly:
        if not recognises(files):
            return None
        yearly = list(files.names)
    release, others = _releases(yearly)
    count = Count()
    beside = files if len(files.names) > 1 or files.zipped else Files(files.path.parent)
    codes = _country_codes(beside, count)
    parts, rows, without = [], 0, 0
    for place, name in enumerate(yearly):
        if progress:
            progress(place / len(yearly))
        with files.open(name) as handle:
            for block in _blocks(handle):
                part, n, missing = _totals(block, files.label(name), rows, by)
                parts.append(part)
                rows, without = rows + n, without + missing
    if not rows:
        raise EmptySample(f"{files.path.name} holds no row.", fix="Take the file as CEPII published it.")
    totals = pl.concat(parts).group_by(by).agg(pl.col("v").sum())
    count.notes.insert(0, Text("rows.baci", n=Number(f"{rows:,}")))
    if without:
        count.notes.append(Text("rows.baci_missing", n=Number(f"{without:,}")))
    frame = _with_codes(totals, codes, files, count)
    frame = without_aggregates(frame, count)
    frame = frame.group_by(pl.exclude("value")).agg(pl.col("value").sum())
    notes = (*count.notes, *(Text("rows.other_release", year=str(y), release=r) for y, r in others))
    return Flows(frame, "kusd", "goods", valuation="fob", side="reconciled", release=release, notes=notes, rows=rows)


def read(table: pl.DataFrame) -> Flows:
    """A table with BACI's column names and its numbers or ISO letters; products are kept to be summed by the panel."""
    frame = table.rename({c: c.strip().casefold() for c in table.columns})
    count = Count()
    frame = frame.select(
        pl.col("i").alias("origin"), pl.col("j").alias("destination"), pl.col("t").alias("period"),
        *([pl.col("k").cast(pl.String).str.zfill(6).alias("product")] if "k" in frame.columns else []),
        numbers(frame["v"], "v").alias("value"),
    )  # fmt: skip
    frame = tidy(frame, count, COMTRADE)
    return Flows(
        frame, "kusd", "goods", valuation="fob", side="reconciled",
        level="hs6" if "product" in frame.columns else "total", notes=tuple(count.notes), rows=table.height,
    )  # fmt: skip


def _releases(names: list[str]) -> tuple[str, list[tuple[int, str]]]:
    """The release of most years, and the years that are of another one.

    Raises
    ------
    DataError : a year stands there in two HS revisions or two releases.
    """
    by_year: dict[int, list[str]] = {}
    for name in names:
        match = YEARLY.search(name)
        if match is not None:
            by_year.setdefault(int(match[2]), []).append(f"{match[1].upper()} V{match[3] or '?'}")
    twice = {year: found for year, found in by_year.items() if len(found) > 1}
    if twice:
        year, found = next(iter(sorted(twice.items())))
        raise DataError(
            f"The year {year} is there more than once: {' and '.join(found)}"
            + (f"; so are {first_five(sorted(twice)[1:])}." if len(twice) > 1 else "."),
            why="Two HS revisions or two releases of one year are the same trade counted twice, and adding them doubles it.",
            fix="Keep the files of one revision and release, or give the zip of one.",
        )
    releases = [found[0] for found in by_year.values()]
    if not releases:
        return "", []
    most = max(sorted(set(releases)), key=releases.count)
    return most, [(year, found[0]) for year, found in sorted(by_year.items()) if found[0] != most]


def _country_codes(files: Files, count: Count) -> dict[int, str]:
    """CEPII's numbers to its alpha-3 codes ("" for areas without one), from the file beside the data."""
    name = max((n for n in files.names if COUNTRIES.search(n)), default=None) if files.path.exists() else None
    if name is None:
        count.notes.append(Text("rows.baci_codes"))
        return dict(by_number()) | {row.baci: c for c, row in economies.table().items() if row.baci is not None}
    with files.open(name) as handle:
        frame = _csv(handle.read(), files.label(name), infer_schema=False)
    number = next((c for c in frame.columns if c in ("country_code", "i")), None)
    iso = next((c for c in frame.columns if c in ("country_iso3", "iso_3digit_alpha", "iso3")), None)
    if number is None or iso is None:
        raise UnreadableFile(
            f"{files.label(name)} is not a BACI country file.", fix="It needs country_code and country_iso3."
        )
    codes = {int(k): "" if v in (None, "N/A", "NA") else str(v) for k, v in frame.select(number, iso).iter_rows()
             if str(k).isdecimal()}  # fmt: skip
    return codes | {490: TAIWAN}


def _with_codes(totals: pl.DataFrame, codes: dict[int, str], files: Files, count: Count) -> pl.DataFrame:
    """Totals under alpha-3 codes; areas that the country file lists without a code are left out and counted."""
    unknown = sorted((set(totals["i"]) | set(totals["j"])) - set(codes))
    if unknown:
        raise UnreadableFile(
            f"{files.path} uses country numbers that its country file does not list: {first_five(unknown)}.",
            fix="Put the release's country_codes_V*.csv beside the yearly files.",
        )
    named = {k: COMTRADE.get(v, v) for k, v in codes.items()}
    frame = totals.select(
        pl.col("i").replace_strict(named, return_dtype=pl.String).alias("origin"),
        pl.col("j").replace_strict(named, return_dtype=pl.String).alias("destination"),
        pl.col("t").alias("period"), pl.col("v").alias("value"), "i", "j",
        *([pl.col("k").alias("product")] if "k" in totals.columns else []),
    )  # fmt: skip
    if TAIWAN in set(frame["origin"]) | set(frame["destination"]):
        count.notes.append(Text("rows.taiwan"))
    bare = sorted({k for k, v in named.items() if not v} & (set(totals["i"]) | set(totals["j"])))
    if bare:
        keep = ~pl.col("i").is_in(bare) & ~pl.col("j").is_in(bare)
        frame = count.drop(frame, keep, "aggregates", codes=first_five(bare))
    return frame.drop("i", "j")


def _blocks(handle: BinaryIO) -> Iterator[bytes]:
    """The file in blocks that end with a line, each with the header."""
    header = handle.readline()
    kept = b""
    while chunk := handle.read(BLOCK):
        body, end, rest = (kept + chunk).rpartition(b"\n")
        if end:
            yield header + body + end
        kept = rest if end else kept + chunk
    if kept.strip() or not header.strip():
        yield header + kept


def _totals(raw: bytes, label: str, before: int, by: tuple[str, ...]) -> tuple[pl.DataFrame, int, int]:
    """Sums of one block, its product rows and how many had no value."""
    block = _csv(
        raw,
        label,
        columns=[*by, "v"],
        null_values=["", "NA", "N/A"],
        schema_overrides={"v": pl.String, **({"k": pl.String} if "k" in by else {})},
    )
    value = block["v"].str.strip_chars().cast(pl.Float64, strict=False)
    bad = (value.is_null() & block["v"].is_not_null()).arg_true()
    if len(bad):
        raise InvalidFlow(
            f"'{block['v'][bad[0]]}' in {label}, line {before + bad[0] + 2}, is not a number.", fix="Fix that line."
        )
    below = (value < 0).fill_null(False).arg_true()
    if len(below):
        raise InvalidFlow(
            f"{label} holds {how_many(len(below), 'negative value')}, first at line {before + below[0] + 2}.",
            fix="Fix or delete these lines.",
        )
    block = block.with_columns(value.alias("v"))
    if "k" in by:
        block = block.with_columns(pl.col("k").str.strip_chars().str.zfill(6).str.head(2))
    totals = block.group_by(by).agg(pl.col("v").sum())
    return totals, block.height, int(value.is_null().sum())


def _csv(raw: bytes, label: str, **options: object) -> pl.DataFrame:
    """One CSV of a release; what is no CSV, or lacks BACI's columns, is named."""
    try:
        return pl.read_csv(io.BytesIO(raw), **options)  # type: ignore[arg-type]
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        what, fix = csv_trouble(raw) or ("it needs the columns t, i, j and v", "Take the file as CEPII published it.")
    raise UnreadableFile(f"{label} cannot be read: {what}.", fix=fix)


SOURCE = DataSource(
    name="baci", title="BACI", publisher="CEPII", what="goods between economies, both reports reconciled",
    gives="flows", kind="goods", unit="kusd", periods=("year",),
    licence="Etalab Open Licence 2.0", may_share=True,
    cite="CEPII BACI (Gaulier & Zignago 2010), Etalab Open Licence 2.0",
    home="https://www.cepii.fr/DATA_DOWNLOAD/baci/doc/baci_webpage.html",
    columns=(frozenset("tijv"),), uses=("t", "i", "j", "k", "v"),
    read=read, read_files=read_files, recognises=recognises, read_products=read_products,
)  # fmt: skip
