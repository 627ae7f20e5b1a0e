"""What the facts of a run are read from: its tables, directions, episodes, and the reader's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from detente.language import Catalogue

FIRST_NAMED = re.compile(r"[^(,;]*")  # of a panel's sources: who published the flows


@dataclass(frozen=True, slots=True)
class RunTables:
    """What the facts are read from.

    Attributes
    ----------
    frames : the run's tables by name; each is there, empty where the run lacks it.
    directions : the two flows, the one shown first first.
    episodes : of the study, with ``id``, ``from_year`` and ``to_year``.
    words : the catalogue of the reader's language.
    own : a text of the study in that language, or as it was written.
    panel : where the panel's flows are from, as the manifest says; empty where it does not.
    """

    frames: Mapping[str, pl.DataFrame]
    directions: tuple[tuple[str, str], tuple[str, str]]
    episodes: Sequence[Any]
    words: Catalogue
    own: Callable[[str], str]
    panel: str = ""

    @staticmethod
    def panel_of(manifest: Mapping[str, Any] | None) -> str:
        """Where a run's panel is from, as its manifest says."""
        return str(((manifest or {}).get("panel") or {}).get("source") or "")

    @property
    def panel_name(self) -> str:
        """The panel as a source is named: who published its flows, or that it is the study's.

        >>> bare = RunTables({}, (("COL", "VEN"), ("VEN", "COL")), (), Catalogue("en"), str)
        >>> named = RunTables({}, bare.directions, (), bare.words, str, "CEPII BACI (Gaulier & Zignago 2010), release V202601")
        >>> bare.panel_name, named.panel_name
        ("the study's panel", 'CEPII BACI')
        """
        named = FIRST_NAMED.match(self.panel)
        return (named[0].strip() if named else "") or self.words("basis.panel")

    def source_names(self, ids: str | None) -> list[str]:
        """Publisher and date of each id in a ``;`` list, each once."""
        rows = {row["source_id"]: row for row in self.frames["sources"].iter_rows(named=True)}
        names = []
        for key in (part.strip() for part in str(ids or "").split(";")):
            row = rows.get(key)
            parts = (self.own(row["publisher"]), self.words.date(row["date"])) if row else (key,)
            names.append(", ".join(filter(None, parts)))
        return list(dict.fromkeys(filter(None, names)))
