"""Exchange rates: the ECB's files (a currency for one euro) and FRED's CSV (``DEXUSEU`` and its like).

The ECB's are SDMX-CSV, the daily history (``eurofxref-hist.csv``, a column a currency) and its portal's download
(a column a key such as ``EXR.M.USD.EUR.SP00.A``).
"""

from __future__ import annotations

import re

import polars as pl

from detente.data.facts import Series, refuse_no_days
from detente.data.source import DataSource
from detente.data.tables.files import Files, extension_of, header_of
from detente.data.tables.rows import numbers
from detente.errors import DataError, first_five

ECB = frozenset({"currency", "currency_denom", "time_period", "obs_value"})
FRED_PAIRS = {"DEXUSEU": ("USD", "EUR"), "DEXUSUK": ("USD", "GBP"), "DEXJPUS": ("JPY", "USD"), "DEXCHUS": ("CNY", "USD"),
              "DEXBZUS": ("BRL", "USD"), "DEXMXUS": ("MXN", "USD"), "DEXINUS": ("INR", "USD"), "DEXKOUS": ("KRW", "USD"),
              "DEXCAUS": ("CAD", "USD"), "DEXSZUS": ("CHF", "USD"), "DEXTAUS": ("TWD", "USD"), "DEXVZUS": ("VEF", "USD"),
              "DEXSFUS": ("ZAR", "USD"), "DEXUSAL": ("USD", "AUD"), "DEXTHUS": ("THB", "USD")}  # fmt: skip
HISTORY = frozenset({"date", "usd", "jpy", "gbp"})
PORTAL = frozenset({"date", "time period"})
_KEY = re.compile(r"\(exr\.([admq])\.(\w{3})\.(\w{3})\.", re.IGNORECASE)
FRED = (frozenset({"observation_date"}), *(frozenset({"date", code.casefold()}) for code in FRED_PAIRS))
"""Columns of FRED's files; *date* alone is many a table's, so one with it has a known rate beside it."""


def read(table: pl.DataFrame) -> Series:
    """Units of one currency for one of another: ``indicator`` is ``USD/EUR``; periods as the file has them.

    Days are averaged to months, as the publishers' own monthly rates are.
    """
    frame = table.rename({c: c.strip().casefold() for c in table.columns})
    if set(frame.columns) >= ECB:
        long = frame.select(
            pl.concat_str("currency", pl.lit("/"), "currency_denom").alias("indicator"),
            pl.col("time_period").alias("day"), numbers(frame["obs_value"], "OBS_VALUE").alias("value"),
        )  # fmt: skip
    elif set(frame.columns) >= HISTORY:
        long = _history(frame)
    elif set(frame.columns) >= PORTAL:
        long = _portal(frame)
    else:
        long = _fred(frame)
    long = long.filter(pl.col("value").is_not_null()).with_columns(pl.col("day").str.strip_chars())
    refuse_no_days(long["day"])
    forms = long["day"].str.len_chars().unique().to_list()
    if len(forms) > 1:
        raise DataError("Days, months or years stand in one column of rates.", fix="Keep one kind of period.")
    digits = long.with_columns(pl.col("day").str.replace_all("-", "").str.head(6).cast(pl.Int64).alias("period"))
    found = digits.group_by("indicator", "period", maintain_order=True).agg(pl.col("value").mean())
    found = found.with_columns(economy=pl.lit("")).select("economy", "period", "indicator", "value")
    return Series(found.sort("indicator", "period"), period="year" if forms == [4] else "month", rows=table.height)


def _history(frame: pl.DataFrame) -> pl.DataFrame:
    money = [c for c in frame.columns if re.fullmatch(r"[a-z]{3}", c)]
    return _long(frame, {c: f"{c.upper()}/EUR" for c in money}, "date")


def _portal(frame: pl.DataFrame) -> pl.DataFrame:
    found = {c: key for c in frame.columns if (key := _KEY.search(c))}
    if not found:
        raise DataError(
            "The file has no column of an exchange rate.", fix="A key such as EXR.M.USD.EUR.SP00.A names one."
        )
    if {key[1].casefold() for key in found.values()} == {"a"}:
        frame = frame.with_columns(pl.col("date").str.head(4))
    return _long(frame, {c: f"{key[2]}/{key[3]}".upper() for c, key in found.items()}, "date")


def _long(frame: pl.DataFrame, names: dict[str, str], day: str) -> pl.DataFrame:
    long = frame.unpivot(index=day, on=list(names), variable_name="series", value_name="value")
    return long.select(pl.col("series").replace(names).alias("indicator"), pl.col(day).alias("day"),
                       numbers(long["value"], "value").alias("value"))  # fmt: skip


def _fred(frame: pl.DataFrame) -> pl.DataFrame:
    day = "observation_date" if "observation_date" in frame.columns else "date"
    series = [c for c in frame.columns if c != day]
    odd = [c.upper() for c in series if c.upper() not in FRED_PAIRS]
    if odd or not series:
        raise DataError(
            f"{first_five(odd) or 'The file'} is no exchange rate of FRED that is known here.",
            fix=f"Known are: {', '.join(FRED_PAIRS)}.",
        )
    return _long(frame, {c: "/".join(FRED_PAIRS[c.upper()]) for c in series}, day)


def recognises(files: Files) -> int:
    name = files.names[0]
    if extension_of(name) != "csv":
        return 0
    header = header_of(files.head(name))[0]
    return 2 if len(header) > 1 and header[0].casefold() in ("date", "observation_date") and all(
        re.fullmatch(r"DEX\w{4}", c.upper()) for c in header[1:]) else 0  # fmt: skip


SOURCE = DataSource(
    name="exchange-rates", title="Exchange rates", publisher="ECB; Federal Reserve (FRED)",
    what="exchange rates by month or year", gives="series", periods=("year", "month"),
    licence="free re-use with attribution", may_share=True, cite="European Central Bank; Board of Governors (H.10)",
    home="https://data.ecb.europa.eu; https://fred.stlouisfed.org", columns=(ECB, HISTORY, PORTAL, *FRED), read=read, recognises=recognises,
)  # fmt: skip
