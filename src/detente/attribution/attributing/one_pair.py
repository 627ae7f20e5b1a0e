"""Why did the flow between two economies change? One dyad, by episode, with placebos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente._workers import in_order
from detente.attribution.attributing.asked import BASE_WINDOWS, AskedPair, PairQuestion, ToldDirection
from detente.attribution.comparison.placebos import picked, stand
from detente.attribution.comparison.similar import SIMILAR
from detente.attribution.fits import CommonFits, DyadFits
from detente.attribution.result import Attribution, Level
from detente.attribution.sample import Sample


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
    executor: Executor | None = None,
) -> Attribution:
    """Split the change of a flow by episode, in both directions, and say how unusual it is.

    Parameters
    ----------
    panel : Panel or (flows, economies, years), or DyadFits
        Flows [t, i, j] in million US$; nan where missing. Or the fits of this dyad, made before.
    origin, destination : str
        The dyad; its reverse is done too, and both are left out of the fit after the base years. A direction
        without trade in the base years has its recorded change and no pair-specific component; ``refusal`` says so.
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
    executor : concurrent.futures.Executor, optional
        Where each base window is fitted and its placebos are compared, instead of here; dask's too. It pays with many
        windows; many pairs are for :func:`detente.attribute_all`. The numbers do not depend on it.

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
    by_hand = None if quick or isinstance(placebos, str) else picked(fits.sample, placebos, *fits.dyad)
    kind = "" if quick else "picked" if not isinstance(placebos, str) else placebos
    asked = AskedPair(fits, PairQuestion.of(fits.sample, episodes, base_windows, kind, contiguity, names), by_hand)
    asked.check()
    if executor is None:
        parts = [_on_window(asked, base) for base in asked.question.windows]
    else:
        sent = (fits.sample, fits.sample.fingerprint, fits.dyad, fits.events, asked.question, by_hand)
        parts = in_order(executor, _elsewhere, [(*sent, base) for base in asked.question.windows])
    done = [one for told, _ in parts for one in told]
    findings = tuple(finding for one in done for finding in one.findings)
    levels = tuple(level for _, found in parts for level in found)
    return Attribution(findings, levels, asked.cautions(done), fits.sample.label, asked.question.kind)


def _on_window(ask: AskedPair, base: tuple[int, int]) -> tuple[tuple[ToldDirection, ...], list[Level]]:
    """What one base window tells of both directions, and their residuals by year."""
    told = ask.on(base)
    return told, [level for one in told for level in _levels(ask, one)]


def _elsewhere(
    sample: Sample, mark: str, dyad: tuple[int, int], events: tuple[Any, ...], question: PairQuestion,
    by_hand: NDArray[np.bool_] | None, base: tuple[int, int],
) -> tuple[tuple[ToldDirection, ...], list[Level]]:  # fmt: skip
    fits = DyadFits(CommonFits.held(sample, mark), dyad, events)
    return _on_window(AskedPair(fits, question, by_hand), base)


def _levels(ask: AskedPair, told: ToldDirection) -> list[Level]:
    """The residual of one direction in every year, beside those of the dyads compared with."""
    sample, (i, j), fit = ask.fits.sample, told.dyad, ask.fits.on(told.base)
    codes = sample.economies[i], sample.economies[j]
    chosen = ask.chosen(fit, i, j) if ask.question.kind and not told.refusal else None
    path, expected = fit.log_ratio[:, i, j], fit.expected(i, j)
    rows = []
    for t, year in enumerate(sample.years):
        value, recorded = float(path[t]), float(sample.flows[t, i, j])
        standing = stand(value, fit.log_ratio[t][chosen]) if chosen is not None and chosen.any() else None
        usual = np.nan if told.refusal else float(expected[t])
        rows.append(Level(*codes, year, told.base, recorded, usual, value, standing, told.refusal))
    return rows
