"""UN Comtrade: the API's JSON and CSV (v1), and the legacy CSV; each row is one side's report, in current US$.

Exports are valued FOB and imports CIF; exports (X) include re-exports (RX), imports (M) re-imports (RM), so that
only X and M are used. Rows by customs procedure, mode of transport or second partner beside their totals would
count twice: totals only are kept.
"""

from __future__ import annotations

import polars as pl

from detente.data.codes import COMTRADE
from detente.data.facts import Count, Flows
from detente.data.source import DataSource, Facts, Progress, column
from detente.data.tables.files import Files, extension_of
from detente.data.tables.rows import numbers, tidy
from detente.errors import EmptySample, UnreadableFile
from detente.language import Text

V1 = frozenset({"reportercode", "partnercode", "flowcode", "cmdcode", "period", "primaryvalue"})
LEGACY = frozenset({"year", "trade flow", "reporter code", "partner code", "commodity code", "trade value (us$)"})
LEGACY_NAMES = {
    "period": "period", "trade flow": "flow", "trade flow code": "flowcode", "reporter code": "reportercode",
    "partner code": "partnercode", "commodity code": "cmdcode", "trade value (us$)": "primaryvalue",
}  # fmt: skip
FLOW_WORDS = {"export": "X", "exports": "X", "import": "M", "imports": "M", "re-export": "RX", "re-exports": "RX",
              "re-import": "RM", "re-imports": "RM", "1": "M", "2": "X", "3": "RX", "4": "RM"}  # fmt: skip
TOTALS = {"customscode": ("C00",), "motcode": ("0",), "moscode": ("0",), "partner2code": ("0",)}


def read_files(files: Files, progress: Progress | None) -> Facts | None:
    """The API's JSON answers, one or several."""
    answers = [name for name in files.names if extension_of(name) == "json"]
    if not answers:
        return None
    rows: list[dict[str, object]] = []
    for name in answers:
        answer = files.json(name)
        if not isinstance(answer, dict) or "data" not in answer:
            said = answer.get("message", "") if isinstance(answer, dict) else ""
            raise UnreadableFile(
                f"{files.label(name)} is no answer of Comtrade's API. {said}".strip(), fix="Ask again."
            )
        rows += answer["data"]
    if not rows:
        raise EmptySample(f"{files.path.name} holds no row.", fix="Ask for a reporter and a period that has reported.")
    return read(pl.DataFrame([{k: v for k, v in row.items() if not isinstance(v, dict | list)} for row in rows],
                             infer_schema_length=None, strict=False))  # fmt: skip


def read(table: pl.DataFrame) -> Flows:
    """Exports as origins report them and imports as destinations do, with ``side`` and ``product`` of each row."""
    frame = table.rename({c: c.strip().casefold() for c in table.columns})
    if frozenset(frame.columns) >= LEGACY:
        frame = frame.rename({k: v for k, v in LEGACY_NAMES.items() if k in frame.columns and v not in frame.columns})
        frame = frame.with_columns(flowcode=pl.col("flow").str.strip_chars().str.to_lowercase().replace(FLOW_WORDS))
        if "period" not in frame.columns:
            frame = frame.with_columns(period=pl.col("year"))
    frame = frame.with_columns(pl.col(c).cast(pl.String) for c in frame.columns if c != "primaryvalue")
    whole = [c for c in ("period", "reportercode", "partnercode") if c in frame.columns]
    frame = frame.with_columns(pl.col(whole).str.replace(r"\.0+$", ""))  # tables with an empty cell hold 170.0
    frame = frame.with_columns(flowcode=pl.col("flowcode").str.strip_chars().replace(FLOW_WORDS))
    count = Count()
    for name, totals in TOTALS.items():
        if name in frame.columns:
            frame = count.drop(frame, pl.col(name).is_null() | pl.col(name).is_in([*totals, "", "-1"]), "parts")
    frame = count.drop(frame, pl.col("flowcode").is_in(["X", "M"]), "reexports")
    value = numbers(frame[column(frame, "primaryvalue")], "primaryValue")
    sold = pl.col("flowcode") == "X"
    reporter, partner = _code(frame, "reporter"), _code(frame, "partner")
    frame = frame.select(
        pl.when(sold).then(reporter).otherwise(partner).alias("origin"),
        pl.when(sold).then(partner).otherwise(reporter).alias("destination"),
        "period", _product(frame).alias("product"),
        pl.when(sold).then(pl.lit("origin")).otherwise(pl.lit("destination")).alias("side"),
        value.alias("value"),
    )  # fmt: skip
    frame = tidy(frame, count, COMTRADE)
    sides = frame["side"].unique().to_list()
    side = sides[0] if len(sides) == 1 else ""
    notes = (*count.notes, *((Text("rows.mirror"),) if len(sides) > 1 else ()))
    return Flows(
        frame, "usd", "goods", absent="missing", side=side, level="product",
        valuation={"origin": "fob", "destination": "cif"}.get(side, ""), notes=notes, rows=table.height,
    )  # fmt: skip


def _product(frame: pl.DataFrame) -> pl.Expr:
    """The code of the goods; those of the HS have an even number of digits, and a spreadsheet drops the first if it is 0."""
    code = pl.col("cmdcode").str.strip_chars()
    odd = code.str.contains(r"^\d(?:\d\d)*$")
    if "classificationcode" in frame.columns:
        odd &= pl.col("classificationcode").fill_null("H").str.starts_with("H")
    return pl.when(odd).then(pl.lit("0") + code).otherwise(code)


def _code(frame: pl.DataFrame, who: str) -> pl.Expr:
    """The number, which Comtrade always has; its ISO letters are wrong or absent for some areas."""
    return pl.col(f"{who}code").str.strip_chars()


def recognises(files: Files) -> int:
    if extension_of(files.names[0]) != "json":
        return 0
    head = files.head(files.names[0])
    return len(V1) if '"reporterCode"' in head and '"partnerCode"' in head else 0


SOURCE = DataSource(
    name="comtrade", title="UN Comtrade", publisher="United Nations", what="goods as each side reports them",
    gives="flows", kind="goods", unit="usd", periods=("year", "month"),
    licence="UN terms: for internal use, no re-dissemination without permission", may_share=False,
    cite="United Nations, UN Comtrade database", home="https://comtradeplus.un.org", key="COMTRADE_KEY",
    columns=(V1, LEGACY), read=read, read_files=read_files, recognises=recognises,
)  # fmt: skip
