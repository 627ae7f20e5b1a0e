"""The parts of one change in flows, attribution by attribution, as a frame and in words."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

import polars as pl

from detente.attribution.words.sentences import change_as_noun, named
from detente.errors import how_many
from detente.language import Joined, Text


@dataclass(frozen=True, slots=True)
class Part:
    """One part of one change.

    Attributes
    ----------
    origin, destination, episode : str
    base_from, base_to : int
    attribution, part : str
        Which split, which of its parts.
    log_points, usd_mn : float or None
        None where the part cannot be computed.
    low, high : float or None
        Placebo band, or the range when each comparable pair is left out in turn; ``note`` says which.
    placebo_share : float or None
    note : str
    """

    origin: str
    destination: str
    episode: str
    base_from: int
    base_to: int
    attribution: str
    part: str
    log_points: float | None
    usd_mn: float | None
    low: float | None = None
    high: float | None = None
    placebo_share: float | None = None
    note: str = ""


LEFT = {
    "suppliers": "beyond comparable suppliers", "markets": "beyond comparable markets",
    "measures": "with dated measures", "third countries": "direct",
}  # fmt: skip
"""The part that stands, empty, for an attribution that could not be made."""


UNSPLIT = "not split, a recorded zero at one end may mean that nothing was reported"


@dataclass(frozen=True, slots=True)
class Nested:
    """All attributions of all episodes, both directions."""

    parts: tuple[Part, ...]
    panel: str

    def to_frame(self) -> pl.DataFrame:
        """One row a part (polars)."""
        columns = list(Part.__dataclass_fields__)
        return pl.DataFrame([astuple(p) for p in self.parts], schema=columns, orient="row", infer_schema_length=None)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What comparable suppliers and markets leave of each pair-specific component."""
        own = {self._key(p): p.log_points for p in self.parts if p.part == "the pair's own"}
        untold = [
            Joined(" ", parts=(Text("nested.head", **_head(p)), Joined("", parts=(p.note.rstrip("."), "."))))
            for p in self.parts
            if p.part == "the pair's own" and p.log_points is None and p.note
        ]
        told = [
            Joined(" ", parts=(Text("nested.head", **_head(p)), _beyond(p, own[self._key(p)] or 0.0)))
            for p in self.parts
            if p.part in (LEFT["suppliers"], LEFT["markets"]) and p.log_points is not None
        ]
        return (*untold, *told)

    @staticmethod
    def _key(p: Part) -> tuple[str, str, str, int]:
        return p.origin, p.destination, p.episode, p.base_from

    def __repr__(self) -> str:
        return f"<Nested: {how_many(len(self.parts), 'part')} on {self.panel}>"


def _head(part: Part) -> dict[str, Any]:
    return {
        "exporter": named(part.origin), "importer": named(part.destination), "episode": part.episode,
        "start": part.base_from, "end": part.base_to,
    }  # fmt: skip


def _beyond(part: Part, own: float) -> Text:
    """What is left of the pair-specific component beyond what comparable suppliers, or markets, went through too."""
    range_ = Text("nested.no_range")
    if part.low is not None and part.high is not None:
        range_ = Text("nested.range", low=change_as_noun(part.low), high=change_as_noun(part.high))
    amounts = {"own": change_as_noun(own), "beyond": change_as_noun(part.log_points or 0.0), "range": range_}
    key = "nested.suppliers" if part.part == LEFT["suppliers"] else "nested.markets"
    return Text(key, exporter=named(part.origin), importer=named(part.destination), **amounts)
