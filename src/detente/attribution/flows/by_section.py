"""Which sections of goods carry the gap between what was sold and what the two economies' other trade implies?

Each section has its own three-way fit with the dyad left out, so that what is expected of machinery comes from what the
origin sells elsewhere of machinery and what the destination buys elsewhere of it. The gaps of the sections, in dollars,
are then set beside the gap of all goods together; what they leave is the mix: goods that grew elsewhere weigh more in
what is expected of the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, isfinite
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.attribution.attributing import BASE_WINDOWS, attribute
from detente.attribution.comparison.similar import SIMILAR
from detente.attribution.result import Finding, known
from detente.attribution.words.sentences import named
from detente.data.sections import ORDER
from detente.errors import NotIdentified, SpecificationError
from detente.language import Joined, Money, Number, Text
from detente.panel import Composition, Panel

ALL, MIX = "all goods", "mix"  #: rows that are no section
NAMED = 3  #: sections that a sentence names
LEAST = 0.05  #: of the gap, for a section to be named

_F, _I, _S = pl.Float64, pl.Int64, pl.String
SCHEMA = {
    "origin": _S, "destination": _S, "episode": _S, "from_year": _I, "to_year": _I, "base_from": _I, "base_to": _I,
    "section": _S, "flow_from_usd_mn": _F, "flow_to_usd_mn": _F, "expected_usd_mn": _F, "gap_usd_mn": _F,
    "share_of_gap": _F, "dyad_part": _F, "placebo_share": _F, "n_placebos": _I, "note": _S,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SectionGap:
    """One section of one direction over one episode.

    Attributes
    ----------
    section : as the panel's composition names it; ``all goods``, or ``mix`` for what the sections leave of its gap.
    flow_from, flow_to : million US$; nan of the mix.
    expected : million US$ in the last year: the first year's flow moved by what the section's other trade implies.
    gap : million US$, ``flow_to`` less ``expected``.
    dyad_part : log points; minus infinity for a fall to zero, nan where it cannot be told.
    p, n : of the placebo test within the section; nan and 0 where there is none.
    note : why there is no gap.
    """

    section: str
    flow_from: float
    flow_to: float
    expected: float
    gap: float
    dyad_part: float
    p: float
    n: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class SectionGaps:
    """One direction over one episode: every section, then all goods and the mix.

    Attributes
    ----------
    finding : of all goods together.
    gaps : in the sections' order; the last two are ``all goods`` and ``mix``.
    sentence : which sections carry the gap; empty where none can be told.
    """

    finding: Finding
    gaps: tuple[SectionGap, ...]
    sentence: str

    @property
    def told(self) -> tuple[SectionGap, ...]:
        """The sections whose gap is known."""
        return tuple(g for g in self.gaps if g.section not in (ALL, MIX) and isfinite(g.gap))

    def of(self, section: str) -> SectionGap:
        """One section, ``all goods`` or ``mix``."""
        found = next((g for g in self.gaps if g.section == section), None)
        if found is None:
            raise SpecificationError(
                f"'{section}' is no section of this flow.",
                fix=f"Choose among {', '.join(g.section for g in self.gaps)}.",
            )
        return found


@dataclass(frozen=True, slots=True)
class SectionAttribution:
    """What :func:`attribute_sections` gives: one :class:`SectionGaps` a direction and episode."""

    found: tuple[SectionGaps, ...]

    def to_frame(self) -> pl.DataFrame:
        """One row per direction, episode and section; the rows ``all goods`` and ``mix`` come last.

        ``expected_usd_mn``, ``gap_usd_mn`` : million US$; ``share_of_gap`` : of the sum of the sections' gaps;
        ``dyad_part`` : log points; ``placebo_share`` : p within the section.
        """
        return pl.DataFrame([row for one in self.found for row in _rows(one)], schema=SCHEMA, orient="row")


def attribute_sections(
    panel: Panel, origin: str, destination: str, episodes: Iterable[Any] | Mapping[str, Any],
    base_window: tuple[int, int] = BASE_WINDOWS[0], *, quick: bool = False,
) -> SectionAttribution:  # fmt: skip
    """Split the gap of a flow, in both directions, by the sections of goods that it is made of.

    Parameters
    ----------
    panel : Panel
        With a composition: ``read_panel(path, sections=True)``.
    origin, destination : str
    episodes : as of :func:`detente.attribute`.
    base_window : (first, last)
        Years that fix what is normal, in every section.
    quick : bool
        Skip the placebo test within each section.

    Returns
    -------
    SectionAttribution

    Raises
    ------
    SpecificationError
        The panel has no composition.
    UnknownEconomy, NotIdentified
        As of :func:`detente.attribute`, of all goods together.

    Examples
    --------
    >>> import detente as dt, numpy as np, polars as pl, tempfile, pathlib
    >>> rng, codes = np.random.default_rng(3), ("COL", "VEN", "PER", "BRA", "USA", "ECU")
    >>> rows = [(a, b, y, hs, float(rng.lognormal(5, .1)) * (.1 if (a, b, hs) == ("COL", "VEN", "87") and y > 2003 else 1))
    ...         for a in codes for b in codes if a != b for y in range(2000, 2006) for hs in ("27", "87")]
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "flows.csv"
    >>> pl.DataFrame(rows, schema=["origin", "destination", "year", "product", "value_usd_mn"], orient="row").write_csv(path)
    >>> found = attribute_sections(dt.read_panel(path, sections=True), "COL", "VEN", [(2003, 2005)], (2000, 2003), quick=True)
    >>> min(found.found[0].told, key=lambda gap: gap.gap).section
    'XVII'
    """
    if panel.composition is None:
        raise SpecificationError(
            f"The panel '{panel.name}' does not say what its flows are made of.",
            why="Only flows by product or sector can be told apart.",
            fix="Read it with sections=True (on the command line --sections), or sections = true under [panel] of study.toml.",
        )
    placebos = {"placebos": SIMILAR, "quick": quick}
    whole = attribute(panel, origin, destination, episodes, [base_window], quick=True).findings
    apart: dict[str, dict[tuple[str, str, str], Finding]] = {}
    notes: dict[str, str] = {}
    for section, flows in _flows(panel, panel.composition).items():
        try:
            found = attribute(
                (flows, panel.economies, panel.years), origin, destination, episodes, [base_window], **placebos
            )
        except NotIdentified as error:
            notes[section] = str(error)
            continue
        apart[section] = {(f.origin, f.destination, str(f.episode)): f for f in found.findings}
    order = _ordered([*apart, *notes], panel.composition.level)
    return SectionAttribution(tuple(_side(finding, order, apart, notes, panel.composition.level) for finding in whole))


def _flows(panel: Panel, made_of: Composition) -> dict[str, NDArray[np.float64]]:
    """Each section's flows [t, i, j]: zero where the panel has a flow and the section has none, nan where it has none."""
    place = {code: k for k, code in enumerate(panel.economies)}
    when = {int(year): t for t, year in enumerate(panel.years)}
    found = {}
    inside = (
        pl.col("origin").is_in(list(place))
        & pl.col("destination").is_in(list(place))
        & pl.col("period").is_in(list(when))
    )
    for (section,), rows in made_of.frame.filter(inside).group_by("section", maintain_order=True):
        flows = np.where(np.isnan(panel.flows), np.nan, 0.0)
        t, i, j = (
            rows[column].replace_strict(at, return_dtype=pl.Int64).to_numpy()
            for column, at in (("period", when), ("origin", place), ("destination", place))
        )
        flows[t, i, j] = rows["value"].to_numpy()
        found[str(section)] = flows
    return found


def _ordered(sections: Sequence[str], level: str) -> list[str]:
    place = {section: k for k, section in enumerate(ORDER)} if level == "sections" else {}
    return sorted(sections, key=lambda section: (place.get(section, len(place)), section))


def _side(
    finding: Finding, order: Sequence[str], apart: Mapping[str, Mapping[tuple[str, str, str], Finding]],
    notes: Mapping[str, str], level: str,
) -> SectionGaps:  # fmt: skip
    key = finding.origin, finding.destination, str(finding.episode)
    gaps = [
        _gap(section, apart[section][key])
        if section in apart
        else SectionGap(section, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, 0, notes[section])
        for section in order
    ]
    total = _gap(ALL, finding)
    told = [g.gap for g in gaps if isfinite(g.gap)]
    left = total.gap - sum(told) if told else np.nan
    gaps += [total, SectionGap(MIX, np.nan, np.nan, np.nan, left, np.nan, np.nan, 0)]
    return SectionGaps(finding, tuple(gaps), _sentence(finding, gaps[:-2], level))


def _gap(section: str, finding: Finding) -> SectionGap:
    """The dollars between what was sold in the last year and what the section's other trade made of the first year's."""
    rest = finding.split.supply_demand_part
    expected = finding.flow_from * exp(rest) if isfinite(rest) and not finding.refusal else np.nan
    test = finding.standing
    return SectionGap(
        section, finding.flow_from, finding.flow_to, expected, finding.flow_to - expected,
        np.nan if finding.refusal else finding.split.dyad_part,
        np.nan if test is None else test.p, 0 if test is None else test.n, str(finding.refusal),
    )  # fmt: skip


def _sentence(finding: Finding, gaps: Sequence[SectionGap], level: str) -> str:
    """Which sections carry most of the losses, or of the gains where these are larger."""
    known_ones = [g for g in gaps if isfinite(g.gap)]
    whole = sum(g.gap for g in known_ones)
    if not known_ones or whole == 0:
        return ""
    side = [g for g in known_ones if g.gap * whole > 0]
    sums = sum(g.gap for g in side)
    first = [g for g in sorted(side, key=lambda g: -abs(g.gap)) if g.gap / sums >= LEAST][:NAMED]
    parts = [
        Text("sections.part", section=_word(g.section, level), pct=Number(f"{100 * g.gap / sums:.0f}")) for g in first
    ]
    return Text(
        "sections.lost" if whole < 0 else "sections.gained", origin=named(finding.origin),
        destination=named(finding.destination), year=finding.episode.to_year, since=finding.episode.from_year,
        gap=Money(abs(sums)), parts=Joined(", ", parts=parts),
    )  # fmt: skip


def _word(section: str, level: str) -> str:
    return Text(f"hs_section.{section.replace(' ', '_')}") if level == "sections" else section


def _rows(one: SectionGaps) -> list[dict[str, Any]]:
    f, sums = one.finding, sum(g.gap for g in one.told)
    return [
        {
            "origin": f.origin, "destination": f.destination, "episode": str(f.episode),
            "from_year": int(f.episode.from_year), "to_year": int(f.episode.to_year), "base_from": int(f.base[0]),
            "base_to": int(f.base[1]), "section": g.section, "flow_from_usd_mn": known(g.flow_from),
            "flow_to_usd_mn": known(g.flow_to), "expected_usd_mn": known(g.expected), "gap_usd_mn": known(g.gap),
            "share_of_gap": known(g.gap / sums) if sums and g in one.told else None, "dyad_part": known(g.dyad_part),
            "placebo_share": known(g.p), "n_placebos": g.n or None, "note": g.note or None,
        }
        for g in one.gaps
    ]  # fmt: skip
