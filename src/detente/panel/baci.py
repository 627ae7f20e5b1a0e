"""CEPII's BACI as it is published: yearly product-level CSV files, streamed to country-pair totals.

Columns ``t, i, j, k, v, q``: year, exporter, importer, HS6 product, value in
thousand current US$, quantity in tonnes. Countries carry BACI's own numbers,
which differ from ISO's for some (251 France, 842 USA, 490 Other Asia), so the
country file that comes with a release is read first.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from detente import economies
from detente.errors import InvalidFlow, UnreadableFile, first_five
from detente.language import Number, Text
from detente.panel.csv_trouble import csv_trouble

if TYPE_CHECKING:
    import polars as pl

_YEARLY = re.compile(r"(^|/)BACI_HS\d\d_Y\d{4}.*\.csv$", re.IGNORECASE)
_COUNTRIES = re.compile(r"(^|/)country_codes.*\.csv$", re.IGNORECASE)
_COLUMNS = {"t", "i", "j", "k", "v", "q"}


def is_baci(path: Path) -> bool:
    """Whether ``path`` is a BACI zip, a folder with yearly BACI files, or one such CSV."""
    if path.is_dir():
        return any(_YEARLY.search(p.name) for p in path.iterdir())
    if path.suffix.lower() == ".zip":
        return True
    if path.suffix.lower() != ".csv":
        return False
    with path.open("rb") as handle:
        header = handle.readline(200).decode("utf-8", "replace").strip().replace('"', "")
    return set(header.split(",")) == _COLUMNS


def read_totals(path: Path, progress: Callable[[float], None] | None = None) -> tuple[pl.DataFrame, list[str]]:
    """Country-pair totals by year, columns ``exporter, importer, year, v`` (thousand US$), and notes.

    One file is in memory at a time, so a whole release is read within one year's size; ``progress`` is told the
    share of the files read.
    """
    import polars as pl

    codes: dict[int, str] | None = None
    parts, n_rows, n_missing = [], 0, 0
    for share, label, kind, handle in _members(path):
        if progress:
            progress(share)
        if kind == "countries":
            codes = _country_file(handle, label)
            continue
        part, rows, missing = _yearly(handle, label)
        parts.append(part)
        n_rows, n_missing = n_rows + rows, n_missing + missing
    if not parts:
        raise UnreadableFile(
            f"{path} holds no BACI file (BACI_HSxx_Yyyyy_Vzzz.csv).", fix="Give BACI's zip as published."
        )
    notes = [Text("rows.baci", n=Number(f"{n_rows:,}"))]
    if n_missing:
        notes.append(Text("rows.baci_missing", n=Number(f"{n_missing:,}")))
    if codes is None:
        codes = {r.baci: c for c, r in economies.table().items() if r.baci is not None}
        notes.append(Text("rows.baci_codes"))
    totals = pl.concat(parts)
    unknown = sorted((set(totals["i"]) | set(totals["j"])) - set(codes))
    if unknown:
        raise UnreadableFile(
            f"{path} uses country numbers that its country file does not list: {first_five(unknown)}.",
            fix="Put the release's country_codes_V*.csv beside the yearly files.",
        )
    frame = totals.select(
        pl.col("i").replace_strict(codes, return_dtype=pl.String).alias("exporter"),
        pl.col("j").replace_strict(codes, return_dtype=pl.String).alias("importer"),
        pl.col("t").alias("year"),
        pl.col("v"),
    )
    former = sorted(c for c in set(frame["exporter"]) | set(frame["importer"]) if not economies.is_current(c))
    if former:
        dropped = frame.filter(pl.col("exporter").is_in(former) | pl.col("importer").is_in(former))
        flows, usd_bn = Number(f"{dropped.height:,}"), Number(f"{dropped['v'].sum() / 1e6:,.1f}")
        notes.append(Text("rows.baci_former", n=flows, codes=first_five(former), usd_bn=usd_bn))
        frame = frame.join(dropped, on=["exporter", "importer", "year"], how="anti")
    return frame.group_by("exporter", "importer", "year").agg(pl.col("v").sum()), notes


def _members(path: Path) -> Iterator[tuple[float, str, str, BinaryIO]]:
    """Country file first, then the yearly files: the share before it, a label, its kind, an open binary handle."""
    if path.suffix.lower() == ".zip":
        try:
            archive = zipfile.ZipFile(path)
        except zipfile.BadZipFile:
            raise UnreadableFile(f"{path} is not a zip archive.", fix="Download it again.") from None
        with archive:
            members = sorted(archive.namelist())
            found = [(k, m) for k, p in (("countries", _COUNTRIES), ("flows", _YEARLY)) for m in members if p.search(m)]
            for place, (kind, member) in enumerate(found):
                label = f"{path.name}/{member}"
                try:
                    handle = archive.open(member)
                except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
                    raise _damaged(label) from None
                with handle:
                    yield place / len(found), label, kind, handle
        return
    folder = path if path.is_dir() else path.parent
    yearly = sorted(p for p in folder.iterdir() if _YEARLY.search(p.name)) if path.is_dir() else [path]
    countries = sorted(p for p in folder.iterdir() if _COUNTRIES.search(p.name))[-1:]
    found = [*(("countries", file) for file in countries), *(("flows", file) for file in yearly)]
    for place, (kind, file) in enumerate(found):
        with file.open("rb") as handle:
            yield place / len(found), file.name, kind, handle


def _read(handle: BinaryIO, label: str, **options: Any) -> pl.DataFrame:
    """One CSV file of a release; what is no CSV, or lacks BACI's columns, is named."""
    import polars as pl

    try:
        raw = handle.read()
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise _damaged(label) from None
    try:
        return pl.read_csv(io.BytesIO(raw), **options)
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        what, fix = csv_trouble(raw) or ("it needs the columns t, i, j and v", "Take the file as CEPII published it.")
    raise UnreadableFile(f"{label} cannot be read: {what}.", fix=fix)


def _country_file(handle: BinaryIO, label: str) -> dict[int, str]:
    frame = _read(handle, label, infer_schema=False)
    number = next((c for c in frame.columns if c in ("country_code", "i")), None)
    iso = next((c for c in frame.columns if c in ("country_iso3", "iso_3digit_alpha", "iso3")), None)
    if number is None or iso is None:
        raise UnreadableFile(f"{label} is not a BACI country file.", fix="It needs country_code and country_iso3.")
    rows = frame.select(number, iso).iter_rows()
    codes = {int(k): str(v) for k, v in rows if v and v != "N/A" and str(k).isdecimal()}
    codes[490] = "TWN"  # CEPII's "Other Asia, not elsewhere specified": mostly Taiwan
    return codes


def _yearly(handle: BinaryIO, label: str) -> tuple[pl.DataFrame, int, int]:
    """Totals of one yearly file, its product rows and how many had no value."""
    import polars as pl

    raw = _read(
        handle, label, columns=["t", "i", "j", "v"], null_values=["", "NA", "N/A"], schema_overrides={"v": pl.String}
    )
    value = raw["v"].str.strip_chars().cast(pl.Float64, strict=False)
    bad = value.is_null() & raw["v"].is_not_null()
    if bad.any():
        raise InvalidFlow(
            f"'{raw['v'][bad.arg_max()]}' in {label}, line {bad.arg_max() + 2}, is not a number.", fix="Mend that line."
        )
    if (value < 0).any():
        raise InvalidFlow(
            f"{label} holds {(value < 0).sum():,} negative values, first at line {(value < 0).arg_max() + 2}.",
            fix="Mend or delete these lines.",
        )
    totals = raw.with_columns(value.alias("v")).group_by("t", "i", "j").agg(pl.col("v").sum())
    return totals, raw.height, int(value.is_null().sum())


def _damaged(label: str) -> UnreadableFile:
    return UnreadableFile(f"{label} is damaged, encrypted or packed in an unusual way.", fix="Download it again.")
