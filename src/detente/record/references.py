"""Who refers to a row of a record: what must be changed before the row can go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from detente.record.schema import TABLES, TESTS

Rows = Mapping[str, Iterable[Mapping[str, str]]]
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
