"""Why did the flow between two economies change? One dyad, by episode, with placebos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.attribution.comparison.hand_picked import picked, usable
from detente.attribution.comparison.placebos import choose, stand
from detente.attribution.decomposition import split
from detente.attribution.episodes import Episode, episodes_of
from detente.attribution.residuals import Residuals, residuals
from detente.attribution.result import Attribution, Finding, Level
from detente.attribution.sample import Sample
from detente.attribution.words.cautions import cautions, require_trade_either_way, untold
from detente.attribution.words.neighbours_test import company
from detente.attribution.words.sentences import UNUSUAL, company_sentences, finding_sentence, named
from detente.errors import SpecificationError
from detente.language import Text

BASE_WINDOWS = ((2000, 2004), (2000, 2008))


def attribute(
    panel: Any,
    origin: str,
    destination: str,
    episodes: Iterable[Any] | Mapping[str, Any],
    base_windows: Sequence[tuple[int, int]] = BASE_WINDOWS,
    placebos: str | Iterable[tuple[str, str]] = "size",
    quick: bool = False,
    *,
    contiguity: Any = None,
    names: Mapping[str, str] | None = None,
) -> Attribution:
    """Split the change of a flow by episode, in both directions, and say how unusual it is.

    Parameters
    ----------
    panel : Panel or (flows, economies, years)
        Flows [t, i, j] in million US$; nan where missing.
    origin, destination : str
        The dyad; its reverse is done too, and both are left out of the fit after the base years. A direction
        without trade in the base years has its recorded change and no part of the pair's own; ``refusal`` says so.
    episodes : iterable of (from_year, to_year), of (name, from_year, to_year), or mapping
    base_windows : sequence of (first, last)
        Years that fix the pair effects; one set of results for each.
    placebos : {"size", "contiguous", "destination", "origin"} or iterable of (origin, destination)
        A class: all within a factor of three of the dyad's base trade. Or at least ten dyads picked one by one,
        whatever their size, for both directions.
    quick : bool
        Skip the placebos; the sentences say so.
    contiguity : (N, N) bool array or iterable of pairs of codes, optional
        Who borders whom, for ``placebos="contiguous"``.
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
        No comparable dyad, or fewer than ten of those picked traded in the base years.

    Notes
    -----
    Three-way PPML with the dyad masked (Larch, Wanner, Yotov & Zylkin 2019), placebo shares
    after Abadie, Diamond & Hainmueller (2010).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> flows = rng.lognormal(sigma=0.1, size=(6, 12, 12)) * 100
    >>> flows[4:, 0, 1] *= 0.2                                      # a rupture in the fifth year
    >>> codes = tuple(f"E{k:02d}" for k in range(12))
    >>> found = attribute((flows, codes, range(2000, 2006)), "E00", "E01", [(2003, 2005)], [(2000, 2003)])
    >>> first = found.findings[0]
    >>> bool(first.split.dyad_part < -1.2), first.standing.share < 0.05
    (True, True)
    """
    sample = Sample.of(panel)
    i, j = sample.economy(origin), sample.economy(destination)
    if i == j:
        raise SpecificationError(f"'{origin}' has no dyad with itself.", fix="Name two economies.")
    asked = episodes_of(episodes)
    for episode in asked:
        episode.check(sample)
    contiguous = contiguity_matrix(contiguity, sample)
    by_hand = None if quick or isinstance(placebos, str) else picked(sample, placebos, i, j)
    called = {origin: named(origin), destination: named(destination)} | dict(names or {})
    findings: list[Finding] = []
    levels: list[Level] = []
    windows = [sample.window(base) for base in base_windows]
    require_trade_either_way(sample, i, j, windows)
    for base, window in zip(base_windows, windows):
        fit = residuals(sample.flows, window, [(i, j), (j, i)])
        for a, b in ((i, j), (j, i)):
            codes = sample.economies[a], sample.economies[b]
            refusal = untold(sample, a, b, window, tuple(called.get(c, c) for c in codes)) or ""
            chosen = None
            if by_hand is not None and not refusal:
                chosen = usable(by_hand, fit.base_mean, sample)
            elif not (quick or refusal):
                chosen = choose(fit.base_mean, a, b, kind=placebos, barred=sample.barred, contiguity=contiguous).chosen
            findings += [_finding(sample, fit, a, b, e, tuple(base), chosen, called, refusal) for e in asked]
            levels += _levels(sample, fit, a, b, tuple(base), chosen, refusal)
    refusals = dict.fromkeys(f.refusal for f in findings if f.refusal)
    return Attribution(
        tuple(findings),
        tuple(levels),
        (*refusals, *_by_hand(by_hand), *cautions(sample, i, j), *cautions(sample, j, i), *_loose(findings, called)),
        sample.label,
        "picked" if by_hand is not None else "" if quick else placebos,
    )


def _finding(
    sample: Sample,
    fit: Residuals,
    i: int,
    j: int,
    episode: Episode,
    base: tuple[int, int],
    chosen: NDArray[np.bool_] | None,
    names: Mapping[str, str],
    refusal: str,
) -> Finding:
    start, end = sample.year(episode.from_year), sample.year(episode.to_year)
    with np.errstate(invalid="ignore"):
        parts = split(sample.flows, fit.origin, fit.destination, fit.log_ratio, i, j, start, end)
        standing = others = None
        if chosen is not None:
            change = fit.log_ratio[end] - fit.log_ratio[start]
            standing = stand(parts.dyad_part, change[chosen])
            others = company(change, fit.base_mean, i, j, barred=sample.barred)
    flow_from, flow_to = float(sample.flows[start, i, j]), float(sample.flows[end, i, j])
    origin, destination = sample.economies[i], sample.economies[j]
    if parts.log_change == np.inf:
        # A recorded zero to start from: it may mean that nothing was reported, and no change can be told from it.
        parts = replace(parts, log_change=np.nan, share_part=np.nan, dyad_part=np.nan)
        standing = others = None
    sentence = finding_sentence(
        origin, destination, episode, flow_from, flow_to, parts, standing, names, others, refusal
    )  # fmt: skip
    return Finding(origin, destination, episode, base, flow_from, flow_to, parts, standing, others, sentence, refusal)


def _by_hand(chosen: NDArray[np.bool_] | None) -> tuple[str, ...]:
    return () if chosen is None else (Text("caution.picked", n=int(chosen.sum())),)


def _loose(findings: Iterable[Finding], names: Mapping[str, str]) -> tuple[str, ...]:
    """Where an unusual loss is less so because the two economies' other dyads lost unusually too."""
    found: dict[str, None] = {}
    for f in findings:
        if f.company is not None and f.standing is not None and f.standing.share <= UNUSUAL:
            who = names.get(f.origin, f.origin), names.get(f.destination, f.destination)
            for text in company_sentences(*who, f.company):
                years = {"first": f.episode.from_year, "last": f.episode.to_year, "start": f.base[0], "end": f.base[1]}
                found[Text("caution.loose", exporter=who[0], importer=who[1], text=text, **years)] = None
    return tuple(found)


def _levels(
    sample: Sample, fit: Residuals, i: int, j: int, base: tuple[int, int], chosen: NDArray[np.bool_] | None,
    refusal: str,
) -> list[Level]:  # fmt: skip
    rows = []
    for t, year in enumerate(sample.years):
        value = float(fit.log_ratio[t, i, j])
        standing = None if chosen is None else stand(value, fit.log_ratio[t][chosen])
        rows.append(
            Level(
                sample.economies[i],
                sample.economies[j],
                year,
                base,
                float(sample.flows[t, i, j]),
                np.nan if refusal else float(fit.counterfactual[t, i, j]),
                value,
                standing,
                refusal,
            )
        )
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
