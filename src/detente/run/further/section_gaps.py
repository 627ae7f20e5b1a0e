"""The table ``section_gaps``: which sections of goods carry the gap of each direction, where the panel has sections."""

from __future__ import annotations

from typing import Any

import polars as pl

from detente.attribution import attribute_sections
from detente.attribution.flows.by_section import ALL
from detente.panel import Panel
from detente.run.schema import BASE, DIRECTION, EPISODE, TableSchema, number, text, whole
from detente.study.spec import Spec

SECTION_GAPS = TableSchema(
    "section_gaps",
    "One row per direction, episode and section of goods (or sector of the source), where the panel was read with "
    "`sections = true`; then `all goods` together, and `mix`: what the sections' gaps leave of theirs.",
    (
        *DIRECTION,
        EPISODE,
        whole("from_year", "year the change is counted from"),
        whole("to_year", "year it is counted to"),
        *BASE,
        text("section", "the section's Roman numeral or the source's own sector; `all goods`; `mix`"),
        number("flow_from_usd_mn", "recorded flow in the first year", "US$ million"),
        number("flow_to_usd_mn", "recorded flow in the last year", "US$ million"),
        number(
            "expected_usd_mn",
            "the first year's flow moved by what the two economies' other trade in the section implies",
            "US$ million",
        ),
        number("gap_usd_mn", "recorded less expected", "US$ million"),
        number("share_of_gap", "its share of the sum of the sections' gaps", "share"),
        number("dyad_part", "pair-specific component of the section; empty for a fall to zero", "log points"),
        number("placebo_share", "p of the section's own placebo test", "share"),
        whole("n_placebos", "how many similar pairs it has"),
        text("note", "why there is no gap"),
        text("sentence", "which sections carry the gap; in the row of all goods", sentence=True),
    ),
)


def section_gaps(panel: Panel, spec: Spec) -> tuple[pl.DataFrame, Any]:
    """The table :data:`SECTION_GAPS` and the results behind it, which hold its sentences."""
    if panel.composition is None:
        return SECTION_GAPS.empty(), ()
    episodes = [(e.id, e.from_year, e.to_year) for e in spec.episodes]
    found = attribute_sections(panel, *spec.dyad, episodes, spec.attribution.base_windows[0])
    said = {(o.finding.origin, o.finding.destination, str(o.finding.episode)): str(o.sentence) for o in found.found}
    frame = found.to_frame()
    sentences = [
        said[a, b, episode] or None if section == ALL else None
        for a, b, episode, section in frame.select("origin", "destination", "episode", "section").iter_rows()
    ]
    return frame.with_columns(pl.Series("sentence", sentences, pl.String)), found
