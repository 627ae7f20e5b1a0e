"""How each direction changed, episode by episode, as numbers: read once from a run's tables, said by :mod:`.why`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from detente.attribution.result import BOUND, NO_BASE
from detente.attribution.words.strength import PLACES, UNPROVED, Place, as_bad_of, place_of, tail_of, weakest
from detente.language import When
from detente.study.spec import Spec

Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class AmongSimilar:
    """Where a pair-specific component stands among those of comparable pairs.

    Attributes
    ----------
    n, as_bad : similar pairs, and those that did as badly or worse.
    share, smallest : the p-value after what the two economies' other trade did, and the smallest that ``n`` allow.
    place : strong or some evidence of a loss or gain, none (``ordinary``; ``shared_loss`` or ``shared_gain`` where few
        similar pairs did as badly, or as well, but the two economies' other trade did), or too few dyads to tell.
    unseen_loss_pct : the extra loss that could more often than not have gone unseen; None where there is evidence.
    """

    n: int
    as_bad: int
    share: float
    smallest: float
    place: Place
    unseen_loss_pct: float | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> AmongSimilar | None:
        """From a row of the run's table ``attribution``; None where it was not compared."""
        if row["placebo_share"] is None or row["dyad_part"] is None:
            return None
        place = place_of(row["placebo_share"], row["smallest_share"], row["dyad_part"], row["p_similar"])
        return cls(
            row["n_placebos"],
            as_bad_of(row) or 0,
            row["placebo_share"],
            row["smallest_share"],
            place,
            row["unseen_loss_pct"] if place in UNPROVED else None,
        )

    def tail(self, own: float | None) -> float:
        """p in the direction of the change: for a gain, of as large a gain."""
        return tail_of(self.share, self.smallest, -1.0 if own is None else own)


@dataclass(frozen=True, slots=True)
class EpisodeChange:
    """One direction over one episode, on one base window.

    Attributes
    ----------
    title : of the episode, as the study has it.
    from_year, to_year, base : the episode's ends and the years that say what is normal.
    flow_from, flow_to : recorded at both ends, million US$; None where missing.
    whole, rest, own : the recorded change, that implied by the two economies' trade with everyone else, and the
        pair-specific component, log points; None where unknown.
    at_most : where the flow fell to a recorded zero, log points that the pair-specific component is below.
    compared : among similar pairs; None where it was not.
    asked : whether comparable pairs were looked for.
    """

    title: str
    from_year: When
    to_year: When
    base: Window
    flow_from: float | None
    flow_to: float | None
    whole: float | None
    rest: float | None
    own: float | None
    at_most: float | None
    compared: AmongSimilar | None
    asked: bool

    @classmethod
    def of(cls, row: Mapping[str, Any], title: str) -> EpisodeChange:
        """From a row of the run's table ``attribution``."""
        whole, own = row["log_change"], row["dyad_part"]
        return cls(
            title, When(row["from_year"]), When(row["to_year"]), (When(row["base_from"]), When(row["base_to"])),
            row["flow_from_usd_mn"], row["flow_to_usd_mn"],
            whole, row["supply_demand_part"] if whole is None or own is None else whole - own,
            None if whole is None else own,
            own if row["status"] == BOUND else None, AmongSimilar.of(row), row["n_placebos"] is not None,
        )  # fmt: skip

    @property
    def years(self) -> str:
        """From when to when, as whole numbers: what tells episodes apart."""
        return f"{self.from_year:d}-{self.to_year:d}"


@dataclass(frozen=True, slots=True)
class Direction:
    """Why the flow of one direction changed.

    Attributes
    ----------
    origin, destination : codes.
    changes : every episode on every base window.
    windows : the study's base windows; the first that can be told is the headline.
    silent : those of them in which this direction has no trade.
    caution : what the study says a reader must know of this direction.
    """

    origin: str
    destination: str
    changes: tuple[EpisodeChange, ...]
    windows: tuple[Window, ...]
    silent: tuple[Window, ...]
    caution: str

    @property
    def headline(self) -> tuple[EpisodeChange, ...]:
        """The episodes on the first base window that is not silent; on the first of all where every one is."""
        base = next((w for w in self.windows if w not in self.silent), self.windows[0])
        return tuple(c for c in self.changes if c.base == base)

    @property
    def asked(self) -> bool:
        """Whether comparable pairs were looked for."""
        return any(c.asked for c in self.changes)

    def places(self) -> dict[Place, list[str]]:
        """Years of the compared episodes by where they stand.

        ``mixed``: a loss on one base window, none on another.
        """
        by_years: dict[str, set[Place]] = {}
        for change in self.changes:
            if change.compared is not None:
                by_years.setdefault(change.years, set()).add(change.compared.place)
        groups: dict[Place, list[str]] = {name: [] for name in PLACES}
        for years, found in by_years.items():
            groups[weakest(found)].append(years)
        return {name: years for name, years in groups.items() if years}


def directions_of(attribution: pl.DataFrame, residuals: pl.DataFrame, spec: Spec) -> tuple[Direction, ...]:
    """Both directions of a study's pair, those without a row left out."""
    without = residuals.filter(residuals["status"] == NO_BASE).select("origin", "destination", "base_from", "base_to")
    silent = set(without.iter_rows())
    titles = {e.id: e.title for e in spec.episodes}
    windows = tuple((a, b) for a, b in spec.attribution.base_windows)
    found = []
    for ends in spec.directions:
        rows = [r for r in attribution.iter_rows(named=True) if (r["origin"], r["destination"]) == ends]
        caution = next((c.text for c in spec.attribution.cautions if (c.origin, c.destination) == ends), "")
        if rows:
            changes = tuple(EpisodeChange.of(r, titles.get(r["episode"]) or r["episode"]) for r in rows)
            unheard = tuple(w for w in windows if (*ends, *w) in silent)
            found.append(Direction(ends[0], ends[1], changes, windows, unheard, caution))
    return tuple(found)
