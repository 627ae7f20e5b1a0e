"""What the data room's sources become in a record: which of their facts about one pair, under which series, kind and id.

Files are read by :mod:`detente.data`, whose registry knows each source's layouts, publisher and licence; here stands only
how flows, series and events turn into rows. Every source of goods, energy or flights is read by one rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import polars as pl

from detente._registry import Registry
from detente.data.facts import Flows, Series
from detente.data.layouts.people.unhcr import COUNTED, SITE_NAMES
from detente.data.layouts.people.unhcr import read as read_unhcr
from detente.data.periods import read_periods
from detente.data.source import DataSource, Facts
from detente.data.tables.files import Files, extension_of, read_table_file
from detente.errors import UnreadableFile, UsageError, did_you_mean
from detente.record.exchange.importers.events import EVENT_LAYOUTS, Row, row_id

Dyad = tuple[str, str]


@dataclass(frozen=True, slots=True)
class RecordLayout:
    """How one source's facts become rows.

    Attributes
    ----------
    table : str
        ``events`` or ``figures``: what they become.
    mapping : tuple of (str, str)
        What becomes of which column, for a person to see.
    rows : callable (facts, dyad) -> rows
        The rows of the record about the pair, without their source.
    parts : callable (source, files) -> facts by name, optional
        For a source whose facts add up what a record keeps apart.
    """

    table: str
    mapping: tuple[tuple[str, str], ...]
    rows: Callable[[Facts, Dyad, str], Iterator[Row]]
    parts: Callable[[DataSource, Files], dict[str, Facts]] | None = None


LAYOUTS: Registry[RecordLayout] = Registry("layout of a file")
"""Layouts by the source's name, for sources that are no plain flows; a further one is a function and an entry here."""
ALIASES = {"exchange": "exchange-rates"}


def layout_of(source: DataSource) -> RecordLayout:
    """How a source is read into a record.

    Raises
    ------
    UsageError
        Nothing of it has a place there.

    Examples
    --------
    >>> from detente.data.registry import source_named
    >>> layout_of(source_named("baci")).table
    'figures'
    """
    if source.name in LAYOUTS:
        return LAYOUTS[source.name]
    if source.gives == "flows":
        return FLOWS
    if source.gives == "stocks":
        return STOCKS
    raise UsageError(
        f"{source.title} has no place in a record yet.{did_you_mean(source.name, LAYOUTS)}",
        fix=f"There are: every source of flows or stocks, and {', '.join(LAYOUTS)}.",
    )


def figure(id_: str, series: str, period: str, value: float, unit: str, kind: str, basis: str = "-") -> Row:
    """A reported figure."""
    return {"figure_id": row_id(id_), "series": series, "period": period, "value": f"{value:.12g}", "unit": unit,
            "basis": basis, "kind": kind, "status": "reported"}  # fmt: skip


def period_of(number: int, sort: str) -> str:
    """A whole number of :mod:`detente.data.periods` as a record writes it.

    Examples
    --------
    >>> period_of(202003, "month"), period_of(20202, "quarter"), period_of(2020, "year")
    ('2020-03', '2020-04/2020-06', '2020')
    """
    if sort == "month":
        return f"{number // 100}-{number % 100:02d}"
    if sort == "quarter":
        year, first = number // 10, 3 * (number % 10) - 2
        return f"{year}-{first:02d}/{year}-{first + 2:02d}"
    return f"{number}/{number + 4}" if sort == "five years" else str(number)


FAMILIES = {"goods": "trade", "persons": "migration", "energy": "energy", "flights": "flights"}
BASES = {("origin", True): "fob", ("destination", True): "cif"}


def _flows(facts: Facts, dyad: Dyad, name: str) -> Iterator[Row]:
    """Exports and imports of the first economy; what the other one reports is a mirror figure."""
    assert isinstance(facts, Flows)  # by the registry's word ``gives``
    family = FAMILIES.get(facts.kind, facts.kind)
    frame = _shortest_codes(_between(facts.frame, dyad))
    periods, sort = read_periods(frame["period"], "period") if frame.height else (frame["period"], facts.period)
    for row, number in zip(frame.iter_rows(named=True), periods):
        out = row["origin"] == dyad[0]
        flow, side = ("exports" if out else "imports"), row.get("side") or facts.side
        ours = side == ("origin" if out else "destination")
        basis = facts.valuation or "unspecified"
        if side and facts.kind == "goods":
            basis = BASES[side, True] if ours else "mirror"
        code = (row.get("product") or "TOTAL").strip()
        product = "" if code.upper() in ("TOTAL", "") else f".hs{code}"
        period = period_of(int(number), "five years" if facts.period == "five years" else sort)
        reporter = (row["origin"] if side == "origin" else row["destination"]) if side else ""
        id_ = "-".join(filter(None, (name.upper(), flow + product, period, reporter)))
        yield figure(id_, f"{family}.{flow}{product}", period, row["value"], facts.unit, "flow", basis)


def _between(frame: pl.DataFrame, dyad: Dyad) -> pl.DataFrame:
    pair = (
        pl.col("origin").is_in(dyad) & pl.col("destination").is_in(dyad) & (pl.col("origin") != pl.col("destination"))
    )
    order = [c for c in ("period", "origin", "product", "side") if c in frame.columns]
    return frame.filter(pair & pl.col("value").is_not_null()).sort(order)


def _shortest_codes(frame: pl.DataFrame) -> pl.DataFrame:
    """Totals and the products of the shortest codes: chapters beside their own headings would count twice."""
    if "product" not in frame.columns:
        return frame
    frame = frame.with_columns(pl.col("product").cast(pl.String).fill_null("TOTAL"))
    length = pl.col("product").str.len_chars()
    total, coded = pl.col("product").str.to_uppercase() == "TOTAL", pl.col("product").str.contains(r"^\d{2,6}$")
    shortest = frame.filter(coded).select(length.min()).item()
    return frame.filter(total | (coded & (length == shortest))) if shortest else frame.filter(total)


ON = {"unhcr": "12-31", "desa": "07-01"}
"""Day of the year on which a source counts people."""


def _stocks(facts: Facts, dyad: Dyad, name: str) -> Iterator[Row]:
    """Persons from one living in the other, on the day on which the source counts them."""
    assert isinstance(facts, Flows)  # by the registry's word ``gives``
    source, _, what = name.partition(":")
    for row in _between(facts.frame, dyad).iter_rows(named=True):
        home, host, year = row["origin"].lower(), row["destination"].lower(), str(row["period"])
        day = f"{year}-{ON[source]}" if source in ON else year
        what = what or "people"
        id_ = f"{source.upper()}-{what}-{home}-{host}-{year}"
        yield figure(id_, f"migration.{what}_{home}_in_{host}", day, row["value"], facts.unit, "stock")


def _unhcr(source: DataSource, files: Files) -> dict[str, Facts]:
    """Refugees, asylum-seekers and others in need, apart: the source's own reader adds them up."""
    tables = []
    for name in files.names:
        if extension_of(name) == "json":
            with files.open(name) as handle:
                try:
                    items = json.load(handle)["items"]
                except (ValueError, KeyError, TypeError):
                    raise UnreadableFile(
                        f"{files.label(name)} is no answer of UNHCR's API.", fix="Ask again."
                    ) from None
            tables.append(pl.DataFrame([{k: None if v is None else str(v) for k, v in item.items()} for item in items]))
        else:
            tables.append(read_table_file(files, name, None))
    table = pl.concat(tables, how="diagonal_relaxed")
    facts = source.facts_of(table, files.path.name)  # names what is missing, where it is not the source's
    have = [c for c in table.columns if SITE_NAMES.get(c.strip().casefold(), c.strip().casefold()) in COUNTED]
    if len(have) < 2:
        return {source.name: facts}
    names = {c: SITE_NAMES.get(c.strip().casefold(), c.strip().casefold()) for c in have}
    parts: dict[str, Flows] = {
        names[c] or c: read_unhcr(table.drop(*(other for other in have if other != c))) for c in have
    }
    return {name: replace(part, notes=part.notes[1:]) for name, part in parts.items()}  # the first: what was added up


INDICATORS = {
    "NY.GDP.MKTP.CD": ("gdp.current", "usd", "flow"),
    "NY.GDP.MKTP.KD.ZG": ("gdp.growth", "pct", "rate"),
    "NY.GDP.PCAP.CD": ("gdp.per_person", "usd", "rate"),
    "FP.CPI.TOTL.ZG": ("prices.inflation", "pct", "rate"),
    "SP.POP.TOTL": ("population.total", "persons", "stock"),
    "SL.UEM.TOTL.ZS": ("labour.unemployment", "pct", "rate"),
    "TM.TAX.MRCH.WM.AR.ZS": ("tariff.applied", "pct", "rate"),
    "NGDPD": ("gdp.current", "usd", "flow"),
    "LP": ("population.total", "persons", "stock"),
}
"""Indicators of the World Bank and the IMF that are read: series, unit and kind."""


def _indicators(facts: Facts, dyad: Dyad, name: str) -> Iterator[Row]:
    """Figures of each of the two economies, under its own name."""
    assert isinstance(facts, Series)  # by the registry's word ``gives``
    known = facts.frame.filter(pl.col("economy").is_in(dyad) & pl.col("indicator").is_in(list(INDICATORS)))
    for row in known.iter_rows(named=True):
        series, unit, kind = INDICATORS[row["indicator"]]
        code, period = row["economy"].lower(), period_of(int(row["period"]), facts.period)
        yield figure(f"{name.upper()}-{series}-{code}-{period}", f"{series}_{code}", period, row["value"], unit, kind)


def _rates(facts: Facts, dyad: Dyad, name: str) -> Iterator[Row]:
    """Every rate: which currencies are the pair's is for a person to say."""
    assert isinstance(facts, Series)  # by the registry's word ``gives``
    for row in facts.frame.iter_rows(named=True):
        to, of = re.split("/", row["indicator"].lower(), maxsplit=1)
        period = period_of(int(row["period"]), facts.period)
        unit = f"{to}_per_{of}"
        yield figure(f"FX-{to}-{of}-{period}", f"exchange.{unit}", period, row["value"], unit, "rate")


FLOWS = RecordLayout(
    "figures",
    (
        ("origin, destination", "exports or imports, from the first economy; the partner's report is a mirror"),
        ("period", "period, a month, quarter or year"),
        ("product", "series of a product, by the shortest codes the file has"),
        ("value", "value, in the source's unit"),
    ),
    _flows,
)
STOCKS = RecordLayout(
    "figures",
    (("origin, destination", "series: people of one in the other"), ("period", "period, the day of the count")),
    _stocks,
)
_SERIES = (("economy", "end of the series' name"), ("indicator", "series, unit and kind"), ("period", "period"))
LAYOUTS.add("wdi", RecordLayout("figures", _SERIES, _indicators))
LAYOUTS.add("weo", RecordLayout("figures", _SERIES, _indicators))
LAYOUTS.add(
    "unhcr",
    RecordLayout(
        "figures",
        (("coo_iso, coa_iso", "series"), ("year", "period, its last day"), (", ".join(COUNTED), "a series each")),
        _stocks,
        _unhcr,
    ),
)
LAYOUTS.add(
    "exchange-rates",
    RecordLayout("figures", (("two currencies", "series exchange.usd_per_eur"), ("period", "period")), _rates),
)
for _name, (_mapping, _rows) in EVENT_LAYOUTS.items():
    LAYOUTS.add(_name, RecordLayout("events", _mapping, _rows))
