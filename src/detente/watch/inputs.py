"""What goes into a look: rows of the record, settings, the panel, the version; and what of it changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import polars as pl

from detente import __version__
from detente.data import world_files
from detente.record import Ledger
from detente.record.schema import TABLES
from detente.run.manifest import file_hashes
from detente.study import Study
from detente.study.panel_files import panel_hashes

Key = tuple[str, str]
ORDER = ("panel", "settings", "version", "figures", "events", "claims", "forecasts", "sources")
"""Kinds of inputs; where a change could come from several, the first is named."""
_NOT_VALUES = ("note", "note_es", "title_es", "claim_es", "why_not_es")


@dataclass(frozen=True, slots=True)
class InputRow:
    """One input.

    Attributes
    ----------
    kind, key : of :data:`ORDER`, and its id there.
    digest : of what it says.
    label : it in a few words: the series and period of a figure, the title of an event.
    shown : its value, where it has one.
    about : codes by which what rests on it is found: a series, states.
    """

    kind: str
    key: str
    digest: str
    label: str = ""
    shown: str = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """An input that changed between two looks: ``added``, ``changed`` or ``withdrawn``, as it was and as it is."""

    what: Literal["added", "changed", "withdrawn"]
    before: InputRow | None
    after: InputRow | None

    @property
    def row(self) -> InputRow:
        """As it is, or as it was where it was withdrawn."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a cause is of some input")
        return found

    @property
    def id(self) -> str:
        """``figures S1-F3``: what it is called in tables."""
        return f"{self.row.kind} {self.row.key}".strip()


def study_inputs(study: Study, ledger: Ledger) -> dict[Key, InputRow]:
    """Every input of a study, by kind and key."""
    files = {name: digest for name, digest in file_hashes(study.folder).items() if not name.startswith("record/")}
    rows = [InputRow("settings", name, digest, name) for name, digest in files.items()]
    if study.has_panel():
        rows.append(_panel(panel_hashes(study.folder, study.spec.panel)))
    for table, schema in TABLES.items():
        held: pl.DataFrame = getattr(ledger, table)
        values = held.select(sorted(name for name in held.columns if name not in _NOT_VALUES))
        rows.extend(_row(table, schema.key, row) for row in values.iter_rows(named=True))
    return {(row.kind, row.key): row for row in (*rows, _version())}


def pair_inputs() -> dict[Key, InputRow]:
    """The inputs of two economies without a study: the shipped panel and the version."""
    return {(row.kind, row.key): row for row in (_panel(shipped_hashes()), _version())}


def fingerprint(study: Study | None, how: Iterable[str]) -> str:
    """One hash of everything that a look's numbers come from, cheap enough to take each time.

    Parameters
    ----------
    how : what else decides: seed, needs, quick or not.
    """
    if study is None:
        files = {"panel": shipped_hashes()}
    else:
        files = {
            "study": file_hashes(study.folder),
            "panel": _hashes(study) if study.has_panel() else {},
        }
    text = json.dumps([__version__, files, list(how)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def causes(before: Mapping[Key, InputRow], after: Mapping[Key, InputRow]) -> tuple[Cause, ...]:
    """What changed, by kind in the order of :data:`ORDER`, then by key."""
    found = [
        Cause("added" if old is None else "withdrawn" if new is None else "changed", old, new)
        for key in before.keys() | after.keys()
        for old, new in [(before.get(key), after.get(key))]
        if old is None or new is None or old.digest != new.digest
    ]
    return tuple(sorted(found, key=lambda cause: (ORDER.index(cause.row.kind), cause.row.key)))


@lru_cache(maxsize=1)
def shipped_hashes() -> dict[str, str]:
    """SHA-256 of the files of the shipped panel, by name."""
    return {name: hashlib.sha256(raw).hexdigest() for name, raw in world_files().items()}


def _hashes(study: Study) -> dict[str, str]:
    panel = study.spec.panel
    return shipped_hashes() if panel.ships and not panel.rates and not panel.gdp else panel_hashes(study.folder, panel)


def _panel(files: Mapping[str, str]) -> InputRow:
    digest = hashlib.sha256(json.dumps(dict(files), sort_keys=True).encode()).hexdigest()
    return InputRow("panel", "", digest, ", ".join(sorted(files)))


def _version() -> InputRow:
    return InputRow("version", "", __version__, "détente", __version__)


def _row(table: str, id_: str, row: Mapping[str, object]) -> InputRow:
    """A row of the record by its ``id_`` column; notes and translations are not values."""
    cells = {name: "" if cell is None else str(cell) for name, cell in row.items()}
    key, told = cells[id_], "\x1e".join([f"{name}\x1f{cell}" for name, cell in cells.items()])
    digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
    if table == "figures":
        shown = " ".join(part for part in (cells.get("value", ""), cells.get("unit", "")) if part)
        return InputRow(table, key, digest, f"{cells['series']} {cells['period']}", shown, (cells["series"],))
    if table == "events":
        states = tuple(part.partition("=")[0].strip() for part in cells.get("sets", "").split(";") if part.strip())
        return InputRow(table, key, digest, cells["title"], cells["date"], states)
    words = {"claims": "claim", "sources": "title", "forecasts": "forecaster"}
    about = (cells.get("target", ""), cells.get("test", "")) if table != "sources" else ()
    return InputRow(table, key, digest, cells.get(words[table], ""), "", tuple(filter(None, about)))
