"""Layouts of official files, each read into rows of events or figures about one pair."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from detente._registry import Registry
from detente.economies import table

Cells = Mapping[str, str]
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class RecordLayout:
    """One kind of official file.

    Attributes
    ----------
    name : str
        As ``--as`` names it.
    title, publisher, licence : str
        For the row of ``sources.csv``.
    table : str
        ``events`` or ``figures``: what its rows become.
    needs : tuple of str
        Columns by which the file is known.
    mapping : tuple of (str, str)
        What becomes of which column, for a person to see.
    rows : callable (rows, dyad) -> rows
        The rows of the record about the pair ``dyad``, without their source.
    """

    name: str
    title: str
    publisher: str
    licence: str
    table: str
    needs: tuple[str, ...]
    mapping: tuple[tuple[str, str], ...]
    rows: Callable[[Iterable[Cells], tuple[str, str]], Iterator[Row]]


LAYOUTS: Registry[RecordLayout] = Registry("layout of a file")
"""Layouts by name; a further one is a function and an entry here."""


def figure(id_: str, series: str, period: str, value: float | str, unit: str, kind: str, basis: str = "-") -> Row:
    """A reported figure; a value that is no number gives no row (see :func:`number`)."""
    text = value if isinstance(value, str) else f"{value:.12g}"
    return {"figure_id": _id(id_), "series": series, "period": period, "value": text, "unit": unit, "basis": basis,
            "kind": kind, "status": "reported"}  # fmt: skip


def number(cell: str | None) -> str:
    """A cell as a number as written; empty where it is none."""
    cell = (cell or "").strip()
    try:
        return f"{float(cell):.12g}"
    except ValueError:
        return ""


def _id(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-")


INDICATORS = {
    "NY.GDP.MKTP.CD": ("gdp.current", "usd", "flow"),
    "NY.GDP.MKTP.KD.ZG": ("gdp.growth", "pct", "rate"),
    "NY.GDP.PCAP.CD": ("gdp.per_person", "usd", "rate"),
    "FP.CPI.TOTL.ZG": ("prices.inflation", "pct", "rate"),
    "SP.POP.TOTL": ("population.total", "persons", "stock"),
    "SL.UEM.TOTL.ZS": ("labour.unemployment", "pct", "rate"),
    "TM.TAX.MRCH.WM.AR.ZS": ("tariff.applied", "pct", "rate"),
}
"""World Bank indicators that are read: series, unit and kind."""


def _wdi(rows: Iterable[Cells], dyad: tuple[str, str]) -> Iterator[Row]:
    for row in rows:
        known = INDICATORS.get(row["Indicator Code"])
        if known is None or row["Country Code"] not in dyad:
            continue
        series, unit, kind = known
        code = row["Country Code"].lower()
        for column, cell in row.items():
            year = re.fullmatch(r"(\d{4})(?: \[YR\d{4}\])?", column or "")
            if year and (value := number(cell)):
                yield figure(f"WDI-{series}-{code}-{year[1]}", f"{series}_{code}", year[1], value, unit, kind)


def _unhcr(rows: Iterable[Cells], dyad: tuple[str, str]) -> Iterator[Row]:
    wanted = {(dyad[0], dyad[1]), (dyad[1], dyad[0])}
    for row in rows:
        pair = row["coo_iso"], row["coa_iso"]
        if pair not in wanted:
            continue
        origin, host, year = pair[0].lower(), pair[1].lower(), str(int(float(row["year"])))
        for column in ("refugees", "asylum_seekers", "oip"):
            if value := number(row.get(column)):
                series = f"migration.{column}_{origin}_in_{host}"
                yield figure(
                    f"UNHCR-{column}-{origin}-{host}-{year}", series, f"{year}-12-31", value, "persons", "stock"
                )


FLOWS = {"X": "exports", "M": "imports", "2": "exports", "1": "imports"}


def _comtrade(rows: Iterable[Cells], dyad: tuple[str, str]) -> Iterator[Row]:
    for row in rows:
        flow, pair = FLOWS.get(row["flowCode"].strip()), (row["reporterISO"], row["partnerISO"])
        if flow is None or set(pair) != set(dyad):
            continue
        ours = pair[0] == dyad[0]
        if not ours:
            flow = {"exports": "imports", "imports": "exports"}[flow]
        period = row["period"].strip()
        period = f"{period[:4]}-{period[4:]}" if len(period) == 6 else period
        goods = row.get("cmdCode", "TOTAL").strip()
        product = "" if goods.upper() in ("TOTAL", "") else f".hs{goods.zfill(2 if len(goods) <= 2 else len(goods))}"
        basis = ("fob" if flow == "exports" else "cif") if ours else "mirror"
        if value := number(row.get("primaryValue")):
            id_ = f"COMTRADE-{flow}{product}-{period}-{pair[0]}"
            yield figure(id_, f"trade.{flow}{product}", period, value, "usd", "flow", basis)


def _exchange(rows: Iterable[Cells], dyad: tuple[str, str]) -> Iterator[Row]:
    for row in rows:
        of, to = row["CURRENCY_DENOM"].strip().lower(), row["CURRENCY"].strip().lower()
        if value := number(row["OBS_VALUE"]):
            period = row["TIME_PERIOD"].strip()
            yield figure(f"FX-{to}-{of}-{period}", f"exchange.{to}_per_{of}", period, value, f"{to}_per_{of}", "rate")


def event(id_: str, date: str, title: str, kind: str, direction: str, **more: str) -> Row:
    """A dated event."""
    return {"event_id": _id(id_), "date": date, "title": title, "kind": kind, "direction": direction, **more}


def _desta(rows: Iterable[Cells], dyad: tuple[str, str]) -> Iterator[Row]:
    for row in rows:
        if {row["a"], row["b"]} != set(dyad):
            continue
        what, year = row["entry_type"].strip(), number(row["year"])
        kind, sign, verb = {
            "base_treaty": ("agreement", "-", "signed"),
            "accession": ("agreement", "-", "joined"),
            "protocol": ("agreement", "-", "amended"),
            "amendment": ("agreement", "-", "amended"),
            "withdrawal": ("bloc exit", "+", "left"),
        }.get(what, ("", "", ""))
        if not kind or not year:
            continue
        in_force = number(row.get("entry_into_force"))
        more = {"announced": year} if in_force and in_force != year else {}
        id_ = f"DESTA-{row['number']}-{what}-{year}-{dyad[0]}-{dyad[1]}"
        yield event(id_, in_force or year, f"{row['name']} ({verb})", kind, sign, subsystems="trade",
                    actors=";".join(dyad), confidence="medium", **more)  # fmt: skip


ACLED_KINDS = {
    "Battles": ("security incident", "+"),
    "Violence against civilians": ("security incident", "+"),
    "Explosions/Remote violence": ("security incident", "+"),
}


def _acled(rows: Iterable[Cells], dyad: tuple[str, str]) -> Iterator[Row]:
    names = {table()[code].name: code for code in dyad if code in table()}
    for row in rows:
        kind = ACLED_KINDS.get(row["event_type"].strip())
        text = f"{row['actor1']} {row.get('actor2') or ''} {row.get('notes') or ''}"
        here = names.get(row["country"].strip())
        other = next((code for name, code in names.items() if code != here and name in text), None)
        date = _day(row["event_date"])
        if kind is None or here is None or other is None or not date:
            continue  # only what touches both economies
        deaths = number(row.get("fatalities"))
        title = f"{row.get('sub_event_type') or row['event_type']}: {row['actor1']} at {row.get('location') or row['country']}"
        yield event(f"ACLED-{row['event_id_cnty']}", date, title, *kind, subsystems="security",
                    actors=";".join(sorted({here, other})), confidence="medium",
                    note=f"{deaths} deaths" if deaths else "")  # fmt: skip


_MONTHS = {name.casefold(): n for n, name in enumerate(calendar.month_name) if n}


def _day(text: str) -> str:
    """``2021-03-05`` or ``05 March 2021`` as ISO; empty where it is neither."""
    text = text.strip()
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    found = re.fullmatch(r"(\d{1,2}) (\w+) (\d{4})", text)
    month = _MONTHS.get(found[2].casefold()) if found else None
    return f"{found[3]}-{month:02d}-{int(found[1]):02d}" if found and month else ""


def _gsdb(rows: Iterable[Cells], dyad: tuple[str, str]) -> Iterator[Row]:
    names = {table()[code].name: code for code in dyad if code in table()}
    for row in rows:
        target, sender = names.get(row["sanctioned_state"].strip()), names.get(row["sanctioning_state"].strip())
        if target is None or sender is None or target == sender:
            continue
        sorts = [c for c in ("trade", "arms", "military", "financial", "travel", "other") if number(row.get(c)) == "1"]
        title = f"{row['sanctioning_state']} sanctions {row['sanctioned_state']} ({', '.join(sorts) or 'unspecified'})"
        common = {"subsystems": "sanctions", "actors": f"{sender};{target}", "confidence": "medium"}
        yield event(f"GSDB-{row['case_id']}-begin", number(row["begin"]), title, "sanctions", "+", **common)
        if number(row.get("end")) and number(row.get("ongoing")) != "1":
            ended = f"{title}: ended"
            yield event(f"GSDB-{row['case_id']}-end", number(row["end"]), ended, "sanctions relief", "-", **common)


for _layout in (
    RecordLayout(
        "wdi",
        "World Development Indicators",
        "World Bank",
        "CC BY 4.0",
        "figures",
        ("Country Code", "Indicator Code"),
        (
            ("Country Code", "end of the series' name"),
            ("Indicator Code", "series, unit and kind"),
            ("1960 ...", "period and value"),
        ),
        _wdi,
    ),
    RecordLayout(
        "unhcr",
        "Refugee population statistics",
        "UNHCR",
        "CC BY 4.0",
        "figures",
        ("year", "coo_iso", "coa_iso", "refugees"),
        (("year", "period, its last day"), ("coo_iso, coa_iso", "series"), ("refugees, asylum_seekers, oip", "values")),
        _unhcr,
    ),
    RecordLayout(
        "comtrade",
        "UN Comtrade",
        "UN Comtrade",
        "UN Comtrade terms",
        "figures",
        ("period", "reporterISO", "partnerISO", "flowCode", "primaryValue"),
        (
            ("period", "period, a month or a year"),
            (
                "reporterISO, partnerISO, flowCode",
                "exports or imports, from the first economy; the partner's report is a mirror",
            ),
            ("cmdCode", "series of a product"),
            ("primaryValue", "value, US$"),
        ),
        _comtrade,
    ),
    RecordLayout(
        "exchange",
        "Exchange rates",
        "European Central Bank",
        "free with attribution",
        "figures",
        ("TIME_PERIOD", "CURRENCY", "CURRENCY_DENOM", "OBS_VALUE"),
        (
            ("CURRENCY, CURRENCY_DENOM", "series exchange.usd_per_eur"),
            ("TIME_PERIOD", "period"),
            ("OBS_VALUE", "value"),
        ),
        _exchange,
    ),
    RecordLayout(
        "desta",
        "Design of Trade Agreements",
        "DESTA",
        "free with citation",
        "events",
        ("a", "b", "number", "name", "entry_type", "year"),
        (
            ("name", "title"),
            ("entry_type", "kind and direction"),
            ("entry_into_force", "date"),
            ("year", "announced, where another"),
        ),
        _desta,
    ),
    RecordLayout(
        "acled",
        "Armed Conflict Location and Event Data",
        "ACLED",
        "ACLED terms",
        "events",
        ("event_id_cnty", "event_date", "event_type", "actor1", "country"),
        (
            ("event_id_cnty", "id"),
            ("event_date", "date"),
            ("sub_event_type, actor1, location", "title"),
            ("country, actors, notes", "actors: both economies must be named"),
            ("fatalities", "note"),
        ),
        _acled,
    ),
    RecordLayout(
        "gsdb",
        "Global Sanctions Data Base",
        "GSDB",
        "free with citation",
        "events",
        ("case_id", "sanctioned_state", "sanctioning_state", "begin"),
        (("sanctioning_state, sanctioned_state", "title and actors"), ("begin, end", "dates of two events")),
        _gsdb,
    ),
):
    LAYOUTS.add(_layout.name, _layout)
