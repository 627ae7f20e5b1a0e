"""Why did the flow between two economies change? One dyad, by episode, with placebos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.attribution.comparison.placebos import check_kind, choose, picked, stand, usable
from detente.attribution.comparison.similar import SIMILAR, PlaceboTest
from detente.attribution.decomposition import split
from detente.attribution.episodes import Episode, episodes_of
from detente.attribution.fits import DyadFits
from detente.attribution.residuals import Residuals
from detente.attribution.result import Attribution, Before, Finding, Level
from detente.attribution.sample import Sample
from detente.attribution.words.cautions import cautions, no_base_reason, require_trade_either_way, window_cautions
from detente.attribution.words.findings import finding_sentence
from detente.attribution.words.sentences import named
from detente.data import land_neighbours
from detente.errors import SpecificationError, TooFewDonors
from detente.language import Refusal, Text, When

BASE_WINDOWS = ((2000, 2004), (2000, 2008))
MIN_HISTORY = 2  #: years needed before a window to say what a dyad was like


def attribute(
    panel: Any,
    origin: str,
    destination: str,
    episodes: Iterable[Any] | Mapping[str, Any],
    base_windows: Sequence[tuple[int, int]] = BASE_WINDOWS,
    placebos: str | Iterable[tuple[str, str]] = SIMILAR,
    quick: bool = False,
    *,
    contiguity: Any = None,
    events: Iterable[tuple[str, str, int]] = (),
    names: Mapping[str, str] | None = None,
) -> Attribution:
    """Split the change of a flow by episode, in both directions, and say how unusual it is.

    Parameters
    ----------
    panel : Panel or (flows, economies, years), or DyadFits
        Flows [t, i, j] in million US$; nan where missing. Or the fits of this dyad, made before.
    origin, destination : str
        The dyad; its reverse is done too, and both are left out of the fit after the base years. A direction
        without trade in the base years has its recorded change and no part of the pair's own; ``refusal`` says so.
    episodes : iterable of (from_year, to_year), of (name, from_year, to_year), or mapping
    base_windows : sequence of (first, last)
        Years that fix the pair effects; one set of results for each.
    placebos : {"similar", "size", "contiguous", "destination", "origin"} or iterable of (origin, destination)
        ``similar``: the dyads nearest in size, volatility, starting position and share, and what the two economies'
        other trade did. Or a class: all within a factor of three of the dyad's base trade. Or at least ten dyads
        picked one by one, whatever their size, for both directions.
    quick : bool
        Skip the placebos; the sentences say so.
    contiguity : (N, N) bool array or iterable of pairs of codes, optional
        Who borders whom, for ``placebos="contiguous"``; by land, of the shapes that ship, where not given.
    events : iterable of (origin, destination, year), optional
        Ruptures and reopenings known beside those of the library: such dyads are not compared with.
    names : mapping of code to name, optional
        For the sentences; short names by default, in the language in which the sentence is said.

    Returns
    -------
    Attribution

    Raises
    ------
    UnknownEconomy, SpecificationError
        The dyad, an episode or a base window is not in the panel.
    NotIdentified
        Neither direction has trade in the years of any base window.
    TooFewDonors
        Fewer than ten of the dyads picked traded in the base years.

    Notes
    -----
    Three-way PPML with the dyad masked (Larch, Wanner, Yotov & Zylkin 2019): its residuals are the coefficients of
    dyad-year dummies. Placebo ranks after Abadie, Diamond & Hainmueller (2010); their size and power on dyads to
    which nothing happened are in docs/attribution.md.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> flows = rng.lognormal(sigma=0.1, size=(6, 12, 12)) * 100
    >>> flows[4:, 0, 1] *= 0.2                                      # a rupture in the fifth year
    >>> codes = tuple(f"E{k:02d}" for k in range(12))
    >>> found = attribute((flows, codes, range(2000, 2006)), "E00", "E01", [(2003, 2005)], [(2000, 2003)])
    >>> first = found.findings[0]
    >>> bool(first.split.dyad_part < -1.2), first.standing.p <= 0.10
    (True, True)
    """
    fits = DyadFits.of(panel, origin, destination, events)
    sample, (i, j) = fits.sample, fits.dyad
    asked = episodes_of(episodes)
    for episode in asked:
        episode.check(sample)
    by_hand = None if quick or isinstance(placebos, str) else picked(sample, placebos, i, j)
    kind = "picked" if by_hand is not None else "" if quick else _checked(placebos)
    if contiguity is None and kind == "contiguous":
        contiguity = land_neighbours(sample.economies)
    ask = _Asked(fits, asked, kind, by_hand, contiguity_matrix(contiguity, sample),
                 {c: named(c) for c in (origin, destination)} | dict(names or {}))  # fmt: skip
    windows = [(When(first), When(last)) for first, last in base_windows]
    require_trade_either_way(sample, i, j, [sample.window(base) for base in windows])
    done = [_direction(ask, base, a, b) for base in windows for a, b in ((i, j), (j, i))]
    findings = tuple(f for direction in done for f in direction.findings)
    said = [text for direction in done for text in direction.cautions]
    refusals = [f.refusal for f in findings if f.refusal]
    hand = () if by_hand is None else (Text("caution.picked", n=int(by_hand.sum())),)
    return Attribution(
        findings,
        tuple(level for direction in done for level in direction.levels),
        tuple(dict.fromkeys((*refusals, *hand, *cautions(sample, i, j), *cautions(sample, j, i), *said))),
        sample.label,
        kind,
    )


def _checked(placebos: Any) -> str:
    return placebos if placebos == SIMILAR else check_kind(placebos)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one call asks, the same for every direction and base window."""

    fits: DyadFits
    episodes: tuple[Episode, ...]
    kind: str
    by_hand: NDArray[np.bool_] | None
    contiguity: NDArray[np.bool_] | None
    names: Mapping[str, str]

    def chosen(self, fit: Residuals, i: int, j: int) -> NDArray[np.bool_]:
        """The dyads compared with by class, by hand, or (for levels) of similar size."""
        sample = self.fits.sample
        if self.by_hand is not None:
            return usable(self.by_hand, fit.base_mean, sample)
        kind = "size" if self.kind == SIMILAR else self.kind
        return choose(fit.base_mean, i, j, kind=kind, barred=sample.barred, contiguity=self.contiguity).chosen


@dataclass(frozen=True, slots=True)
class _Direction:
    findings: list[Finding]
    levels: list[Level]
    cautions: list[Text]


def _direction(ask: _Asked, base: tuple[int, int], i: int, j: int) -> _Direction:
    """Findings and levels of one direction on one base window."""
    sample = ask.fits.sample
    fit = ask.fits.on(base)
    a, b = sample.economies[i], sample.economies[j]
    who = ask.names.get(a, a), ask.names.get(b, b)
    refusal = no_base_reason(sample, i, j, fit.base, who) or ""
    said: list[Text] = []
    findings = [_finding(ask, fit, base, i, j, episode, refusal, said) for episode in ask.episodes]
    chosen = ask.chosen(fit, i, j) if ask.kind and not refusal else None
    return _Direction(findings, _levels(sample, fit, i, j, base, chosen, refusal), said)


def _finding(
    ask: _Asked, fit: Residuals, base: tuple[int, int], i: int, j: int, episode: Episode, refusal: str,
    said: list[Text],
) -> Finding:  # fmt: skip
    sample = ask.fits.sample
    start, end = sample.year(episode.from_year), sample.year(episode.to_year)
    with np.errstate(invalid="ignore"):
        parts = split(sample.flows, fit.effects.origin, fit.effects.destination, fit.log_ratio, i, j, start, end)
        mean = float(np.mean(fit.log_ratio[start + 1 : end + 1, i, j]) - fit.log_ratio[start, i, j])
    standing: PlaceboTest | None = None
    before: Before | None = None
    if parts.log_change == np.inf:
        # A recorded zero to start from: it may mean that nothing was reported, and no change can be told from it.
        parts = replace(parts, log_change=np.nan, share_part=np.nan, dyad_part=np.nan)
    elif ask.kind and not refusal:
        try:
            standing = _standing(ask, fit, base, i, j, start, end)
            before = _before(ask, base, i, j, start, end)
        except TooFewDonors as error:
            said.append(Refusal.of(error))
    if not refusal:
        said += window_cautions(sample, fit, i, j, base, episode)
    flow_from, flow_to = float(sample.flows[start, i, j]), float(sample.flows[end, i, j])
    found = Finding(
        sample.economies[i], sample.economies[j], episode, base, flow_from, flow_to, parts, mean,
        fit.at_most(i, j, start, end, sample.smallest) if parts.log_change == -np.inf else np.nan, standing, before, "",
        refusal,
    )  # fmt: skip
    return replace(found, sentence=finding_sentence(found, ask.names, tested=bool(ask.kind)))


def _standing(
    ask: _Asked, fit: Residuals, base: tuple[int, int], i: int, j: int, start: int, end: int
) -> PlaceboTest:  # fmt: skip
    return ask.fits.test(base, start, end, i, j, None if ask.kind == SIMILAR else ask.chosen(fit, i, j))


def _before(ask: _Asked, base: tuple[int, int], i: int, j: int, start: int, end: int) -> Before | None:
    """The same test on the window of the same length that ends where this one starts, or the longest there is."""
    years = ask.fits.sample.years
    first = max(2 * start - end, MIN_HISTORY)
    if ask.kind != SIMILAR or first >= start:
        return None
    try:
        found = ask.fits.test(base, first, start, i, j)
    except TooFewDonors:
        return None
    return None if np.isnan(found.p) else Before(years[first], years[start], found)


def _levels(
    sample: Sample, fit: Residuals, i: int, j: int, base: tuple[int, int], chosen: NDArray[np.bool_] | None,
    refusal: str,
) -> list[Level]:  # fmt: skip
    rows = []
    for t, year in enumerate(sample.years):
        value = float(fit.log_ratio[t, i, j])
        standing = None
        if chosen is not None and chosen.any():
            standing = stand(value, fit.log_ratio[t][chosen])
        expected = np.nan if refusal else float(fit.expected(i, j)[t])
        codes = sample.economies[i], sample.economies[j]
        rows.append(Level(*codes, year, base, float(sample.flows[t, i, j]), expected, value, standing, refusal))
    return rows


def contiguity_matrix(given: Any, sample: Sample) -> NDArray[np.bool_] | None:
    """A symmetric (N, N) bool matrix from a matrix or pairs of codes; pairs outside the panel are left."""
    if given is None:
        return None
    n = len(sample.economies)
    if isinstance(given, np.ndarray):
        if given.shape != (n, n):
            raise SpecificationError(f"The contiguity matrix has shape {given.shape}; the panel has {n} economies.")
        return given.astype(bool)
    at = {code: k for k, code in enumerate(sample.economies)}
    matrix = np.zeros((n, n), dtype=bool)
    for a, b in given:
        if a in at and b in at:
            matrix[at[a], at[b]] = matrix[at[b], at[a]] = True
    return matrix
