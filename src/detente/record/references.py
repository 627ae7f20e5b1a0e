"""Who refers to a row of a record, and what rests on it: what must be changed before it can go, and what would change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from detente.record.frames import Frames
from detente.record.schema import TABLES, TESTS

Rows = Mapping[str, Iterable[Mapping[str, Any]]]
"""Text rows by table name, each a mapping of column to cell; absent cells may be missing or empty."""

LISTS = {  # table referred to: (table, column) whose cells hold its ids, separated by ;
    "sources": (
        *(("sources", "cites"), ("events", "source_ids"), ("figures", "source_id")),
        *(("claims", "source_id"), ("forecasts", "source_id")),
    ),
    "figures": (("forecasts", "outcome_figure_ids"),),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """One cell that names a row.

    Attributes
    ----------
    table, id, column : where the cell stands.
    """

    table: str
    id: str
    column: str

    def __str__(self) -> str:
        return f"{TABLES[self.table].file}, {self.id}, {self.column}"


def references(rows: Rows, table: str, id_: str) -> list[Reference]:
    """Every cell of the record that names the row ``id_`` of ``table``.

    Examples
    --------
    >>> rows = {"events": [{"event_id": "E1", "source_ids": "s1; s2"}], "claims": [{"claim_id": "C1", "source_id": "s3"}]}
    >>> [str(found) for found in references(rows, "sources", "s2")]
    ['events.csv, E1, source_ids']
    """
    return list(dict.fromkeys(_references(rows, table, id_)))


@dataclass(frozen=True, slots=True)
class Resting:
    """One thing that rests on a row of a record.

    Attributes
    ----------
    how : str
        ``named`` (a cell names it), ``evidence`` (the verdict on a claim cites it) or ``state`` (a spell it began).
    table, id : str
        The row that rests on it; for a state ``states`` and the state's name.
    what : str
        The row in a few words.
    verdict : str
        Of a claim; empty otherwise.
    """

    how: str
    table: str
    id: str
    what: str
    verdict: str = ""


def resting_on(ledger: Frames, verdicts: pl.DataFrame, table: str, id_: str) -> tuple[Resting, ...]:
    """What rests on a row: rows that name it, claims that it decides, states that it began. Each once, claims first.

    Parameters
    ----------
    verdicts : polars.DataFrame
        What :meth:`Ledger.verdicts` returned.
    table : str
        ``sources``, ``events``, ``figures``, ``claims`` or ``forecasts``.

    Examples
    --------
    >>> import detente as dt
    >>> case = dt.open_study("colombia-venezuela").ledger()
    >>> found = resting_on(case, case.verdicts(), "events", "E075")
    >>> {thing.how for thing in found} >= {"evidence", "state"}
    True
    """
    rows = {name: list(getattr(ledger, name).iter_rows(named=True)) for name in TABLES}
    words = {name: {row[TABLES[name].key]: _words(name, row) for row in held} for name, held in rows.items()}
    judged = {row["claim_id"]: row for row in verdicts.iter_rows(named=True)}
    found: dict[tuple[str, str], Resting] = {}

    def add(how: str, where: str, key: str) -> None:
        verdict = judged[key]["verdict"] if where == "claims" and key in judged else ""
        found.setdefault((where, key), Resting(how, where, key, words[where].get(key, ""), verdict))

    for claim_id, row in judged.items():
        if _cited(row, table, id_):
            add("evidence", "claims", claim_id)
    for reference in references(rows, table, id_):
        add("named", reference.table, reference.id)
    order = {name: n for n, name in enumerate(("claims", "events", "figures", "forecasts", "sources"))}
    things = sorted(found.values(), key=lambda thing: order[thing.table])
    spells = ledger.states().spells if table == "events" else {}
    began = [s for held in spells.values() for s in held if s.event_id == id_]
    return (*things, *(Resting("state", "states", s.name, f"{s.value} from {s.first}") for s in began))


def _cited(verdict: Mapping[str, str], table: str, id_: str) -> bool:
    """Whether a verdict's evidence cites a source, figure or event by its id."""
    if table == "sources":
        return id_ in _parts(verdict.get("evidence_source_ids"), ";")
    cited = rf"(?<![\w.-]){re.escape(id_)}(?![\w-])"
    return table in ("figures", "events") and bool(re.search(cited, str(verdict.get("evidence") or "")))


def _words(table: str, row: Mapping[str, Any]) -> str:
    columns = {"sources": "title", "events": "title", "claims": "claim", "forecasts": "target"}
    if table == "figures":
        return f"{row['series']} {row['period']}: {row['value']:,g} {row['unit']}"
    return str(row[columns[table]] or "")


def _references(rows: Rows, table: str, id_: str) -> Iterator[Reference]:
    for where, column in LISTS.get(table, ()):
        key = TABLES[where].key
        for row in rows.get(where, ()):
            if id_ in _parts(row.get(column), ";") and (where, row.get(key)) != (table, id_):
                yield Reference(where, row.get(key) or "", column)
    for claim in rows.get("claims", ()):
        if id_ in _targets(claim, table):
            yield Reference("claims", claim.get("claim_id") or "", "target")
    if table == "sources":
        for claim in rows.get("claims", ()):
            if id_ in _panel_sources(claim):
                yield Reference("claims", claim.get("claim_id") or "", "options")
    if table == "figures":
        named = re.compile(rf"(?<![\w.-]){re.escape(id_)}(?![\w-])")
        for figure in rows.get("figures", ()):
            if figure.get("figure_id") != id_ and named.search(figure.get("derivation") or ""):
                yield Reference("figures", figure.get("figure_id") or "", "derivation")


def _targets(claim: Mapping[str, str], table: str) -> list[str]:
    """Ids of rows of a table in a claim's target, as its kind of test reads them."""
    test = TESTS.get(claim.get("test") or "")
    read = test.rows_named.get(table) if test else None
    return read(claim.get("target") or "") if read else []


def _panel_sources(claim: Mapping[str, str]) -> list[str]:
    options = (part.partition("=") for part in _parts(claim.get("options"), ";"))
    return [source for name, _, value in options if name.strip() == "panel_source" for source in _parts(value, "|")]


def _parts(cell: str | None, mark: str) -> list[str]:
    return [part.strip() for part in (cell or "").split(mark)]
