"""National customs microdata by a declared layout: separator, decimal comma, encoding, YYMM periods, own numbers.

One side's report of product rows. The layout is a TOML file beside the data, ``NAME.layout.toml``::

    reporter = "CHL"            # whose customs
    side = "origin"             # origin: its exports; destination: its imports
    period = "FECH"             # column
    period_form = "yymm"        # yyyy, yyyymm, yymm
    partner = "PAIS"            # column
    value = "FOBDOL"            # column
    unit = "usd"
    # currency = "CLP"          # where the values are in another currency; then give exchange rates when reading
    valuation = "fob"
    decimal = ","               # "." if left out
    product = "POSAR"           # column, may be left out
    [codes]                     # the agency's own numbers or letters to alpha-3
    "850" = "PER"
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from detente._foreign import read_toml
from detente.data.facts import Count, Flows
from detente.data.source import DataSource, Facts, Progress
from detente.data.tables.files import Files, read_table_file
from detente.data.tables.rows import numbers, summed, tidy
from detente.data.units import unit_named
from detente.errors import DataError, UnknownColumn, UnreadableFile, did_you_mean

NEEDED = ("reporter", "side", "period", "partner", "value", "unit")
MAY = ("currency", "period_form", "valuation", "decimal", "product", "codes")
FORMS = ("yyyy", "yyyymm", "yymm")


def recognises(files: Files) -> int:
    """A layout file lies beside the data."""
    return len(NEEDED) if _layout_path(files) is not None else 0


def read_files(files: Files, progress: Progress | None) -> Facts | None:
    """Flows of one reporter, products kept to be summed by the panel."""
    path = _layout_path(files)
    if path is None:
        raise UnreadableFile(
            f"{files.path} has no layout beside it.", fix=f"Write {files.path.stem}.layout.toml as in docs/data.md."
        )
    layout = _layout(path)
    tables = [n for n in files.names if not n.endswith(".toml")]
    parts = [read_table_file(files, name) for name in tables]
    return read_laid_out(pl.concat(parts, how="diagonal_relaxed"), layout, files.path.name)


def read_laid_out(table: pl.DataFrame, layout: dict[str, Any], label: str) -> Flows:
    """The table's flows as the layout says."""
    for role in ("period", "partner", "value", *(["product"] if "product" in layout else [])):
        if layout[role] not in table.columns:
            raise UnknownColumn.named(layout[role], table.columns, where=label)
    count = Count()
    partner, reporter = pl.col(layout["partner"]).cast(pl.String).str.strip_chars(), pl.lit(layout["reporter"])
    sold = layout["side"] == "origin"
    value = numbers(table[layout["value"]], layout["value"], decimal=layout.get("decimal", "."))
    frame = table.with_columns(value.alias("_value")).select(
        (reporter if sold else partner).alias("origin"), (partner if sold else reporter).alias("destination"),
        _period(table[layout["period"]], layout.get("period_form", "yyyy"), label).alias("period"),
        *([pl.col(layout["product"]).cast(pl.String).alias("product")] if "product" in layout else []),
        pl.col("_value").alias("value"),
    )  # fmt: skip
    keys = ["origin", "destination", "period", *(["product"] if "product" in layout else [])]
    frame = frame.group_by(keys, maintain_order=True).agg(summed("value"))
    frame = tidy(frame, count, {str(k).upper(): v for k, v in layout.get("codes", {}).items()})
    unit = unit_named(layout["unit"])
    return Flows(
        frame, unit.name, unit.kind, absent=None, side=layout["side"], valuation=layout.get("valuation", ""),
        period="year" if layout.get("period_form", "yyyy") == "yyyy" else "month",
        level="product" if "product" in layout else "total", money=layout.get("currency", "USD"),
        notes=tuple(count.notes), rows=table.height,
    )  # fmt: skip


def _layout_path(files: Files) -> Path | None:
    if files.path.is_dir():
        return next(iter(sorted(files.path.glob("*.layout.toml"))), None)
    path = files.path.with_name(f"{files.path.name.partition('.')[0]}.layout.toml")
    return path if path.is_file() else None


def _layout(path: Path) -> dict[str, Any]:
    layout = read_toml(path)
    absent = [key for key in NEEDED if key not in layout]
    if absent:
        raise DataError(f"{path.name} does not say {', '.join(absent)}.", fix="See docs/data.md.")
    odd = [key for key in layout if key not in (*NEEDED, *MAY)]
    if odd:
        raise DataError(
            f"{path.name} has an unknown key '{odd[0]}'.{did_you_mean(odd[0], (*NEEDED, *MAY))}", fix="Fix it."
        )
    if layout["side"] not in ("origin", "destination") or layout.get("period_form", "yyyy") not in FORMS:
        raise DataError(
            f"{path.name}: side is origin or destination, and period_form one of {', '.join(FORMS)}.", fix="Fix it."
        )
    return layout


def _period(cells: pl.Series, form: str, label: str) -> pl.Series:
    text = cells.cast(pl.String).str.strip_chars().str.replace(r"\.0+$", "")
    width = {"yyyy": 4, "yyyymm": 6, "yymm": 4}[form]
    bad = (text.str.len_chars() != width).fill_null(True) | text.str.contains(r"\D").fill_null(True)
    if bad.any():
        first = int(bad.arg_max() or 0)
        raise DataError(
            f"'{cells[first]}' in column '{cells.name}' of {label} (line {first + 2}) is not {form}.",
            fix="Fix the layout's period_form or these rows.",
        )
    if form != "yymm":
        return text
    century = pl.when(text.str.head(2).cast(pl.Int64) < 70).then(pl.lit("20")).otherwise(pl.lit("19"))
    return pl.DataFrame({"p": text}).select(pl.concat_str(century, "p")).to_series()


SOURCE = DataSource(
    name="customs", title="customs microdata", publisher="a national agency",
    what="one side's report, product rows, by a layout that you declare", gives="flows", kind="goods", unit="usd",
    periods=("year", "month"), licence="the agency's own", may_share=False, cite="as the agency asks", home="docs/data.md",
    read_files=read_files, recognises=recognises,
)  # fmt: skip
