"""Nested attributions, always side by side.

Each attribution splits the same log change of the same flow, and its parts add up to it:

- shift-share: the origin's share, the destination's demand;
- three-way: origin, destination, world, the pair-specific component;
- suppliers, markets: the pair-specific component, divided into what comparable suppliers of the
  destination (markets of the origin) went through too, and the rest;
- measures: divided into what goes with the calendar of dated measures, and the rest;
- third countries: divided into the direct part and what came back through third countries.

US$ are the log points times the logarithmic mean of the two flows, so they add up as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.attribution.attributing import BASE_WINDOWS
from detente.attribution.comparison.comparables import Relative, comparable_markets, comparable_suppliers
from detente.attribution.comparison.measures import measures_part, states_of
from detente.attribution.comparison.placebos import choose
from detente.attribution.decomposition import split
from detente.attribution.episodes import Episode, episodes_of
from detente.attribution.fits import DyadFits
from detente.attribution.nesting.parts import LEFT, UNSPLIT, Nested, Part
from detente.attribution.residuals import Residuals
from detente.attribution.sample import Sample
from detente.attribution.words.cautions import no_base_reason, require_trade_either_way
from detente.attribution.words.sentences import named
from detente.errors import NotIdentified, TooFewDonors
from detente.language import Joined, Number, Refusal, Text, When

Respond = Callable[[str, str, float], float]


@dataclass(frozen=True, slots=True)
class _Change:
    """One change being split; makes its parts."""

    fits: DyadFits
    fit: Residuals
    i: int
    j: int
    episode: Episode
    base: tuple[int, int]
    refusal: Text | None = None

    @property
    def sample(self) -> Sample:
        return self.fits.sample

    @property
    def ends(self) -> tuple[int, int]:
        return self.sample.year(self.episode.from_year), self.sample.year(self.episode.to_year)

    @property
    def codes(self) -> tuple[str, str]:
        return self.sample.economies[self.i], self.sample.economies[self.j]

    def residual_change(self) -> np.ndarray:
        """(N, N) change of every dyad's residual."""
        start, end = self.ends
        with np.errstate(invalid="ignore"):
            return self.fit.log_ratio[end] - self.fit.log_ratio[start]

    def part(self, attribution: str, part: str, value: float, **more: Any) -> Part:
        start, end = self.ends
        known = np.isfinite(value)
        flow = self.sample.flows[:, self.i, self.j]
        mean = logarithmic_mean(flow[start], flow[end])
        usd = float(value * mean) if known and np.isfinite(mean) else None
        more = {k: None if isinstance(v, float) and not np.isfinite(v) else v for k, v in more.items()}
        if not known and self.refusal and attribution != "shift-share":
            more["note"] = self.refusal
        elif not known and 0 in (flow[start], flow[end]):
            more["note"] = UNSPLIT
        return Part(
            *self.codes, str(self.episode), *self.base, attribution, part, float(value) if known else None,
            usd, **more,
        )  # fmt: skip


def logarithmic_mean(a: float, b: float) -> float:
    """(b - a) / ln(b / a): turns log parts into US$ that add up; nan unless both are positive.

    Examples
    --------
    >>> float(round(logarithmic_mean(100.0, 50.0) * np.log(0.5), 6))
    -50.0
    """
    if not (a > 0 and b > 0):
        return float("nan")
    return float(a) if np.isclose(a, b) else float((b - a) / np.log(b / a))


def nested(
    panel: Any,
    origin: str,
    destination: str,
    episodes: Iterable[Any] | Mapping[str, Any],
    base_windows: Sequence[tuple[int, int]] = BASE_WINDOWS,
    *,
    suppliers: Sequence[str] = (),
    markets: Sequence[str] = (),
    states: Any = None,
    respond: Respond | None = None,
    labels: Mapping[str, str] | None = None,
) -> Nested:
    """Every attribution of every episode, both directions, on each base window.

    Parameters
    ----------
    panel, origin, destination, episodes, base_windows
        As in :func:`detente.attribution.attribute`.
    suppliers, markets : sequence of str
        Comparable suppliers of ``destination`` and markets of ``origin``; of similar size where empty.
        They hold for origin -> destination; the reverse always takes those of similar size.
    states : data frame, optional
        ``year``, optionally ``origin`` and ``destination``, and one column a measure (0 to 1).
    respond : callable, optional
        ``respond(origin, destination, b)`` gives the log change of the flow in general equilibrium
        when its own trade cost effect changes by ``b`` log points.
    labels : mapping of str to str, optional
        What to call the measures of ``states`` in notes; their column's name by default.

    Returns
    -------
    Nested
        A direction without trade in the base years has its shift-share, and empty parts with the reason.

    Raises
    ------
    NotIdentified
        Neither direction has trade in the years of any base window.
    """
    fits = DyadFits.of(panel, origin, destination)
    sample, (i, j) = fits.sample, fits.dyad
    like = (tuple(map(sample.economy, suppliers)), tuple(map(sample.economy, markets)))
    asked = episodes_of(episodes)
    for episode in asked:
        episode.check(sample)
    parts: list[Part] = []
    windows = [sample.window(base) for base in base_windows]
    require_trade_either_way(sample, i, j, windows)
    for base in ((When(first), When(last)) for first, last in base_windows):
        fit = fits.on(base)
        for a, b in ((i, j), (j, i)):
            refusal = no_base_reason(sample, a, b, fit.base, (named(sample.economies[a]), named(sample.economies[b])))
            for episode in asked:
                change = _Change(fits, fit, a, b, episode, base, refusal)
                parts += _parts(change, like if (a, b) == (i, j) else ((), ()), states, respond, labels or {})
    return Nested(tuple(parts), sample.label)


def _parts(
    change: _Change, like: tuple[Sequence[int], Sequence[int]], states: Any, respond: Respond | None,
    labels: Mapping[str, str],
) -> list[Part]:  # fmt: skip
    sample, fit, i, j = change.sample, change.fit, change.i, change.j
    s = split(sample.flows, fit.effects.origin, fit.effects.destination, fit.log_ratio[:, i, j], i, j, *change.ends)
    chosen = choose(fit.base_mean, i, j, barred=sample.barred).chosen
    place: dict[str, Any] = {"note": Text("note.no_dyad")}
    if not (change.refusal or np.isnan(s.dyad_part) or s.log_change == np.inf):
        with suppress(TooFewDonors):
            test = change.fits.test(change.base, *change.ends, i, j)
            place = {"low": test.low, "high": test.high, "placebo_share": test.p, "note": Text("note.band", n=test.n)}
    parts = [
        change.part("shift-share", "exporter's share", s.share_part),
        change.part("shift-share", "importer's demand", s.demand_part),
        change.part("three-way", "exporter", s.origin_part),
        change.part("three-way", "importer", s.destination_part),
        change.part("three-way", "world", s.world_part),
        change.part("three-way", "the pair's own", s.dyad_part, **place),
    ]
    if change.refusal:
        absent = {"measures": states is None, "third countries": respond is None}
        return parts + [change.part(n, left, float("nan")) for n, left in LEFT.items() if not absent.get(n)]
    shared = s.supply_demand_part
    parts += _relative(change, "suppliers", comparable_suppliers, like[0], shared)
    parts += _relative(change, "markets", comparable_markets, like[1], shared)
    if states is not None:
        parts += _measures(change, states, chosen, shared, labels)
    if respond is not None:
        parts += _third_countries(change, respond, s.dyad_part, shared)
    return parts


def _relative(
    change: _Change, name: str, compare: Callable[..., Relative], only: Sequence[int], shared: float
) -> list[Part]:
    sample, base = change.sample, change.fit.base_mean
    try:
        own = compare(change.residual_change(), base, change.i, change.j, barred=sample.barred, only=only)
    except TooFewDonors as error:
        return [change.part(name, LEFT[name], float("nan"), note=Refusal.of(error))]
    who = ", ".join(sample.economies[k] for k in own.members[:12]) + (" ..." if len(own.members) > 12 else "")
    return [
        change.part(name, "exporter, importer, world", shared),
        change.part(name, f"shared with comparable {name}", own.median, low=own.low, high=own.high,
                    note=Text("note.middle_half", who=who)),
        change.part(name, LEFT[name], own.value, low=own.lowest, high=own.highest,
                    note=Text("note.left_out", n=len(own.members))),
    ]  # fmt: skip


def _measures(change: _Change, states: Any, chosen: np.ndarray, shared: float, labels: Mapping[str, str]) -> list[Part]:
    sample, ratio = change.sample, change.fit.log_ratio
    calendar = states_of(states, *change.codes, sample.years)
    paths = ratio[:, chosen].T
    try:
        part = measures_part(ratio[:, change.i, change.j], calendar, *change.ends, paths)
    except (NotIdentified, TooFewDonors) as error:
        return [change.part("measures", LEFT["measures"], float("nan"), note=Refusal.of(error))]
    effects = Joined(", ", parts=(
        Text("note.effect", name=labels.get(name, name), log=Number(f"{e:+.2f}")) for name, e in zip(part.names, part.effects)
    ))  # fmt: skip
    return [
        change.part("measures", "exporter, importer, world", shared),
        change.part("measures", LEFT["measures"], part.value, low=part.standing.low,
                    high=part.standing.high, placebo_share=part.standing.share,
                    note=Text("note.year_in_force", effects=effects, n=part.standing.n)),
        change.part("measures", "the pair's own without measures", part.rest),
    ]  # fmt: skip


def _third_countries(change: _Change, respond: Respond, dyad_part: float, shared: float) -> list[Part]:
    """Undo the pair-specific component in general equilibrium: what the flow regains is the whole effect."""
    if not np.isfinite(dyad_part):
        return [
            change.part("third countries", LEFT["third countries"], float("nan"), note=Text("note.nothing_to_undo"))
        ]
    whole = -respond(*change.codes, -dyad_part)
    if not np.isfinite(whole):
        return [
            change.part("third countries", LEFT["third countries"], float("nan"), note=Text("note.no_flow_to_undo"))
        ]
    return [
        change.part("third countries", "exporter, importer, world", shared + dyad_part - whole,
                    note=Text("note.without_prices")),
        change.part("third countries", LEFT["third countries"], dyad_part, note=Text("note.unchanged_prices")),
        change.part("third countries", "came back through third countries", whole - dyad_part,
                    note=Text("note.prices_answer")),
    ]  # fmt: skip
