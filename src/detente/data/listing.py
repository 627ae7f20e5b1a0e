"""``dt.data.list()``: sources and what the store has of each."""

from __future__ import annotations

import polars as pl

from detente.data.registry import sources
from detente.data.store import entries


def list() -> pl.DataFrame:
    """Every source, one row each: ``source, publisher, what, gives, kind, unit, licence, key, stored`` (pins).

    Examples
    --------
    >>> import detente as dt
    >>> "comtrade" in dt.data.list()["source"]
    True
    """
    stored = entries()
    rows = [
        (s.name, s.publisher, s.what, s.gives, s.kind, s.unit, s.licence, s.key,
         ";".join(e.pin for e in stored if e.source == s.name))
        for s in sources().values()
    ]  # fmt: skip
    columns = ("source", "publisher", "what", "gives", "kind", "unit", "licence", "key", "stored")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
