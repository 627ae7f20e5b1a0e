"""Rows proposed for ``series.csv``: the figures of the pair's flows, and the tables for which evidence is proposed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from detente.language import Text
from detente.record.draft.row import DraftRow
from detente.record.schema import EVENTS, FIGURES
from detente.record.verdicts.amounts import currency_of

STATUS = {"about": "approximate", "more than": "bound", "less than": "bound", "at least": "bound", "at most": "bound"}
"""Status of a figure by the operator of its wording."""


def figure_rows(rows: Iterable[DraftRow], source_id: str) -> Iterator[DraftRow]:
    """Rows for ``series.csv``: amounts of the pair's trade and its tariffs with a period of their own."""
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        cells, series = row.cells, row.series
        key = (cells.get("value", ""), cells.get("unit", ""), cells.get("date", ""), series)
        changed = cells.get("state") in ("up", "down")
        rate = series.startswith("tariff.")
        if changed or not series or cells["type"] != "quantity" or not all(key) or key in seen:
            continue
        if not (rate or currency_of(key[1])):
            continue
        seen.add(key)
        operator = re.search(r"op=([^;]+)", cells.get("options", ""))
        speaker = cells.get("attributed_to", "")
        figure = {
            "figure_id": f"{source_id}-f{len(seen)}", "series": series, "period": cells["date"],
            "value": cells["value"].lstrip("-"), "unit": cells["unit"], "basis": "-" if rate else "unspecified",
            "kind": "rate" if rate else "flow",
            "status": STATUS.get(operator[1] if operator else "", "reported"), "source_id": source_id,
            "note": f"as {speaker} says" if speaker else "",
        }  # fmt: skip
        hints = (Text("hint.read_from", text=cells["claim"]), *row.hints)
        yield DraftRow(figure, row.confidence, hints)


EVIDENCE = {"events": EVENTS, "series": FIGURES}
"""Tables for which evidence is proposed, by the word in the draft file's name."""
