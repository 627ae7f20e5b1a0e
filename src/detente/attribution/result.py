"""What attributing a change gives: findings by episode, levels by year, and both as data frames."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import polars as pl

from detente._notebook import as_html
from detente.attribution.comparison.placebos import Standing
from detente.attribution.comparison.similar import PlaceboTest
from detente.attribution.decomposition import Split
from detente.attribution.episodes import Episode
from detente.attribution.words.sentences import level_sentence, named
from detente.attribution.words.strength import strength, unseen_pct
from detente.errors import how_many

NO_BASE = "no base trade"  #: status of a residual that cannot be identified
COMPUTED = "computed"
BOUND = "bound"  #: the flow fell to a recorded zero: the number is what the part is at most
UNKNOWN = "unknown"  #: a flow is missing, or a recorded zero to start from

_F, _I, _S = pl.Float64, pl.Int64, pl.String

ATTRIBUTION = {
    "origin": _S, "destination": _S, "episode": _S, "from_year": _I, "to_year": _I, "base_from": _I,
    "base_to": _I, "panel": _S, "flow_from_usd_mn": _F, "flow_to_usd_mn": _F, "log_change": _F,
    "share_part": _F, "demand_part": _F, "supply_demand_part": _F, "dyad_part": _F, "dyad_pct": _F, "mean_part": _F,
    "status": _S, "strength": _S, "placebo_share": _F, "p_similar": _F, "p_origin": _F, "p_destination": _F,
    "n_placebos": _I, "n_as_bad": _I, "n_ruptured": _I, "smallest_share": _F, "band_low": _F, "band_high": _F,
    "unseen_loss_pct": _F, "before_from": _I, "before_part": _F, "before_share": _F,
    "sentence": _S,
}  # fmt: skip

RESIDUALS = {
    "origin": _S, "destination": _S, "year": _I, "base_from": _I, "base_to": _I, "actual_usd_mn": _F,
    "counterfactual_usd_mn": _F, "log_ratio": _F, "placebo_share": _F, "n_placebos": _I, "band_low": _F,
    "band_high": _F, "panel": _S, "status": _S,
}  # fmt: skip


def known(value: float) -> float | None:
    """A finite number, or nothing: an empty cell is "not available", never zero."""
    return float(value) if isfinite(value) else None


@dataclass(frozen=True, slots=True)
class Before:
    """The same test on the window of the same length (or the longest there is) that ends where the episode starts."""

    from_year: int
    to_year: int
    standing: PlaceboTest


@dataclass(frozen=True, slots=True)
class Finding:
    """One direction, one episode, one base window.

    Attributes
    ----------
    origin, destination : str
    episode : Episode
    base : (int, int)
        Years that fix the pair effect.
    flow_from, flow_to : float
        Recorded flows at both ends, million US$.
    split : Split
        Parts of the change, log points.
    mean_part : float
        Mean over the years after ``from_year`` up to ``to_year`` of the residual's change since ``from_year``, log
        points; beside ``split.dyad_part``, which is that of the last year alone.
    dyad_part_at_most : float
        Where the flow fell to a recorded zero, log points that the pair-specific part is below; nan otherwise.
    standing : PlaceboTest or None
        Among similar pairs; None with ``quick``, or where there are too few.
    before : Before or None
        The same test on the years before; None where it cannot be made.
    sentence : str
    refusal : str
        Why there is no part of the pair's own: no recorded flow in the base years. Empty where there is one.
    """

    origin: str
    destination: str
    episode: Episode
    base: tuple[int, int]
    flow_from: float
    flow_to: float
    split: Split
    mean_part: float
    dyad_part_at_most: float
    standing: PlaceboTest | None
    before: Before | None
    sentence: str
    refusal: str = ""

    @property
    def status(self) -> str:
        """``computed``, ``bound``, ``no base trade`` or ``unknown``."""
        if self.refusal:
            return NO_BASE
        if self.split.log_change == float("-inf"):
            return BOUND
        return COMPUTED if isfinite(self.split.dyad_part) else UNKNOWN


@dataclass(frozen=True, slots=True)
class Level:
    """The residual of one direction in one year, with its place among placebos."""

    origin: str
    destination: str
    year: int
    base: tuple[int, int]
    actual: float
    counterfactual: float
    log_ratio: float
    standing: Standing | None
    refusal: str = ""

    @property
    def sentence(self) -> str:
        """How far the flow stands from its counterfactual in this year, or why it cannot be told."""
        if self.refusal:
            return self.refusal
        return level_sentence(
            named(self.origin), named(self.destination), self.year, self.base, self.log_ratio, self.standing
        )


@dataclass(frozen=True, slots=True)
class Attribution:
    """Findings by direction, episode and base window, and the residual paths behind them.

    Attributes
    ----------
    findings : tuple of Finding
    levels : tuple of Level
    cautions : tuple of str
        What may be wrong with the flows as recorded.
    panel : str
        Name and number of economies.
    placebos : str
        Class of placebos, or ``picked``; empty when they were skipped.
    """

    findings: tuple[Finding, ...]
    levels: tuple[Level, ...]
    cautions: tuple[str, ...]
    panel: str
    placebos: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """One a finding."""
        return tuple(f.sentence for f in self.findings)

    @property
    def refused(self) -> tuple[Finding, ...]:
        """One finding for each direction and base window that cannot be identified; ``refusal`` says why."""
        return tuple({f.refusal: f for f in self.findings if f.refusal}.values())

    def to_frame(self) -> pl.DataFrame:
        """The table ``attribution`` of docs/results.md (polars)."""
        return attribution_frame(self)

    def residuals(self) -> pl.DataFrame:
        """The table ``residuals`` of docs/results.md (polars)."""
        return residual_frame(self)

    def summary(self) -> str:
        """The sentences, one a line, and the cautions."""
        return "\n".join((*self.sentences, *self.cautions))

    def _repr_html_(self) -> str:
        """In a notebook: the sentences and the table."""
        return as_html(self.summary(), self.to_frame())

    def __repr__(self) -> str:
        pairs = sorted({f"{f.origin}→{f.destination}" for f in self.findings})
        return f"<Attribution {', '.join(pairs)}: {how_many(len(self.findings), 'finding')} on {self.panel}>"


def attribution_frame(found: Attribution) -> pl.DataFrame:
    """One row per direction, episode and base window."""
    rows = [finding_row(f, found.panel) for f in found.findings]
    return pl.DataFrame(rows, schema=ATTRIBUTION, orient="row")


def residual_frame(found: Attribution) -> pl.DataFrame:
    """One row per direction, base window and year."""
    rows = [_level_row(level, found.panel) for level in found.levels]
    return pl.DataFrame(rows, schema=RESIDUALS, orient="row")


def _place(standing: Standing | None) -> dict[str, Any]:
    if standing is None:
        return {}
    return {
        "placebo_share": known(standing.share), "n_placebos": standing.n, "smallest_share": standing.smallest,
        "band_low": known(standing.low), "band_high": known(standing.high),
    }  # fmt: skip


def finding_row(f: Finding, panel: str) -> dict[str, Any]:
    """One row of the table ``attribution``, by column."""
    s = f.split
    row = dict.fromkeys(ATTRIBUTION) | {
        "origin": f.origin, "destination": f.destination, "episode": str(f.episode),
        "from_year": f.episode.from_year, "to_year": f.episode.to_year,
        "base_from": f.base[0], "base_to": f.base[1], "panel": panel,
        "flow_from_usd_mn": known(f.flow_from), "flow_to_usd_mn": known(f.flow_to),
        "log_change": known(s.log_change), "share_part": known(s.share_part),
        "demand_part": known(s.demand_part), "supply_demand_part": known(s.supply_demand_part),
        "dyad_part": known(s.dyad_part), "dyad_pct": known(s.dyad_pct), "mean_part": known(f.mean_part),
        "status": f.status, "sentence": f.sentence,
    }  # fmt: skip
    if f.status == BOUND:
        row["dyad_part"] = known(f.dyad_part_at_most)
    if f.standing is not None:
        row |= _test_cells(f.standing)
    if f.before is not None:
        row |= {"before_from": f.before.from_year, "before_part": known(f.before.standing.value),
                "before_share": known(f.before.standing.p)}  # fmt: skip
    return row


def _test_cells(test: PlaceboTest) -> dict[str, Any]:
    return {
        "strength": strength(test), "placebo_share": known(test.p), "p_similar": known(test.p_similar),
        "p_origin": known(test.p_origin), "p_destination": known(test.p_destination),
        "n_placebos": test.n, "n_as_bad": test.n_as_bad, "n_ruptured": test.n_ruptured,
        "smallest_share": test.smallest, "band_low": known(test.low), "band_high": known(test.high),
        "unseen_loss_pct": known(unseen_pct(test)),
    }  # fmt: skip


def _level_row(level: Level, panel: str) -> dict[str, Any]:
    row = dict.fromkeys(RESIDUALS) | {
        "origin": level.origin, "destination": level.destination, "year": level.year,
        "base_from": level.base[0], "base_to": level.base[1], "actual_usd_mn": known(level.actual),
        "counterfactual_usd_mn": known(level.counterfactual), "log_ratio": known(level.log_ratio),
        "panel": panel, "status": NO_BASE if level.refusal else "computed",
    }  # fmt: skip
    place = _place(level.standing)
    place.pop("smallest_share", None)
    return row | place
