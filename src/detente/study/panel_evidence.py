"""The panel's own figures of a pair as the first evidence of its record, with where they really come from."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from detente.data.periods import dates_of
from detente.panel.panel import Panel

SOURCE_COLUMNS = ("source_id", "title", "publisher", "date", "kind", "cites", "url", "note")
FIGURE_COLUMNS = (
    *("figure_id", "series", "period", "value", "low", "high", "unit", "basis", "kind", "status", "preferred"),
    *("source_id", "derivation", "note"),
)
KNOWN = {"baci": "CEPII", "comtrade": "UN Comtrade", "unhcr": "UNHCR", "wdi": "World Bank"}
"""Publishers of sources of the registry."""
UNSTATED = "unstated"
"""Publisher of a table that does not say where it comes from."""


@dataclass(frozen=True, slots=True)
class PanelEvidence:
    """Rows for a record.

    Attributes
    ----------
    source : dict of str to str
        The row of ``sources.csv``.
    figures : tuple of dict of str to str
        The rows of ``series.csv``: both directions and their sum, by period.
    """

    source: dict[str, str]
    figures: tuple[dict[str, str], ...]


def panel_evidence(panel: Panel, origin: str, destination: str, *, file: str = "") -> PanelEvidence:
    """What a panel says of two economies, as rows of a record.

    Parameters
    ----------
    file : str
        Name of the file the panel was read from; empty for the one that ships.

    Periods without a figure are left out; a recorded zero stays one.
    """
    source = _source(panel, file)
    family = "trade" if panel.kind == "goods" else panel.kind
    flows = {"exports": panel.flow(origin, destination), "imports": panel.flow(destination, origin)}
    rows = []
    for t, (label, period) in enumerate(zip(panel.labels, panel.years)):
        when = label, dates_of(period, panel.period)
        known = {name: float(flow[t]) for name, flow in flows.items() if math.isfinite(flow[t])}
        for name, value in known.items():
            rows.append(_figure(panel, source, f"{family}.{name}", when, value))
        if len(known) == len(flows):
            parts = " + ".join(f"P-{name}-{label}" for name in known)
            rows.append(_figure(panel, source, f"{family}.total", when, sum(known.values()), parts))
    return PanelEvidence(source, tuple(rows))


def _source(panel: Panel, file: str) -> dict[str, str]:
    registered = panel.provenance.source or ("baci" if not file else "")
    publisher = KNOWN.get(registered, registered or UNSTATED)
    span = f"{panel.labels[0]}{'-' if panel.period == 'year' else ' to '}{panel.labels[-1]}"
    title = f"[The panel of this study, {file}, {span}]" if file else f"BACI country-pair totals {span}"
    note = panel.source or f"the file {file} does not say where its figures come from"
    row = dict.fromkeys(SOURCE_COLUMNS, "") | {
        "source_id": "cepii-baci" if registered == "baci" else "panel",
        "title": title, "publisher": publisher, "date": _released(panel.provenance.release),
        "kind": "dataset" if registered else "other", "note": note.replace("\n", " "),
    }  # fmt: skip
    return row


def _released(release: str) -> str:
    """The month of a release, so that the record knows from when its figures were known; ``n.d.`` where it names none.

    >>> _released("HS92 V202601"), _released("2024 revision"), _released("")
    ('2026-01', 'n.d.', 'n.d.')
    """
    found = re.search(r"(?<!\d)((?:19|20)\d\d)-?(0[1-9]|1[0-2])(?!\d)", release)
    return f"{found[1]}-{found[2]}" if found else "n.d."


def _figure(
    panel: Panel, source: dict[str, str], series: str, when: tuple[str, str], value: float, derivation: str = ""
) -> dict[str, str]:
    basis = "baci" if source["source_id"] == "cepii-baci" else panel.provenance.valuation or "unspecified"
    return dict.fromkeys(FIGURE_COLUMNS, "") | {
        "figure_id": f"P-{series.rpartition('.')[2]}-{when[0]}", "series": series, "period": when[1],
        "value": f"{value:.10g}", "unit": panel.unit, "basis": basis, "kind": "stock" if panel.stock else "flow",
        "status": "derived" if derivation else "reported", "source_id": source["source_id"], "derivation": derivation,
    }  # fmt: skip
