"""The same question under every defensible specification, drawn as a specification curve.

(Simonsohn, Simmons & Nelson 2020.) Varied: the base window, the sample of economies, the
class of placebos, the panel (totals, non-fuel, mirror reports: whatever is handed in), and an
unrecorded share of the trade, drawn from a stated prior.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from detente.attribution.attributing import contiguity_matrix
from detente.attribution.comparison.placebos import check_kind, choose
from detente.attribution.comparison.similar import SIMILAR
from detente.attribution.episodes import Episode, episodes_of
from detente.attribution.fits import CommonFits, DyadFits
from detente.attribution.sample import Sample
from detente.attribution.specifications.curve import NO_CHANGE, Robustness, Specification
from detente.attribution.words.cautions import cautions, require_trade_before, window_cautions
from detente.attribution.words.strength import unseen_pct
from detente.errors import DetenteError, SpecificationError
from detente.language import Refusal, Text


def robustness(
    panels: Any,
    origin: str,
    destination: str,
    episode: Any,
    *,
    base_windows: Sequence[tuple[int, int]] = ((2000, 2004), (2000, 2008), (2003, 2007)),
    placebos: Sequence[str] = (SIMILAR, "size", "destination", "origin"),
    contiguity: Any = None,
    unrecorded: tuple[float, float, float] | None = None,
    draws: int = 2000,
    seed: int = 0,
) -> Robustness:
    """One direction and episode under all combinations.

    Parameters
    ----------
    panels : Panel, (flows, economies, years), or mapping of name to one
        Totals, and where products are given non-fuel trade; mirror reports.
    origin, destination, episode
        As elsewhere.
    base_windows : sequence of (first, last)
    placebos : sequence of str
    contiguity : optional
        Adds ``contiguous`` placebos.
    unrecorded : (lowest, most likely, highest), optional
        Prior of the share of the true trade that goes unrecorded at the episode's end.
    draws, seed : int
        For the prior.

    Returns
    -------
    Robustness
        A specification that cannot be run has its reason.

    Raises
    ------
    SpecificationError
        No panel, base window or class of placebos, an unknown class, or a prior that is none.
    """
    named = panels if isinstance(panels, Mapping) else {"totals": panels}
    (asked,) = episodes_of([episode])
    if not (named and base_windows and placebos):
        raise SpecificationError("A specification needs at least one panel, base window and class of placebos.")
    placebos = tuple(kind if kind == SIMILAR else check_kind(kind) for kind in placebos)
    if unrecorded is not None:
        _check_prior(unrecorded)
    found: list[Specification] = []
    warned: list[str] = []
    for name, panel in named.items():
        fits = DyadFits.of(replace(Sample.of(panel), name=name) if len(named) > 1 else panel, origin, destination)
        sample, (i, j) = fits.sample, fits.dyad
        asked.check(sample)
        said = [*cautions(sample, i, j), *_window_cautions(fits, base_windows, asked)]
        warned += [f"{name}: {text}" if len(named) > 1 else text for text in said]
        kinds = (*placebos, "contiguous") if contiguity is not None else placebos
        for label, part in parts_of(fits).items():
            for base in base_windows:
                rows = _specify(part, asked, (int(base[0]), int(base[1])), kinds, contiguity)
                found += [Specification(name, f"{base[0]}-{base[1]}", label, *row) for row in rows]
    main = next((s.dyad_part for s in found if s.dyad_part is not None), None)
    band = None if unrecorded is None or main is None else _unrecorded_band(main, unrecorded, draws, seed)
    return Robustness(origin, destination, asked, tuple(found), band, unrecorded, tuple(warned))


def _check_prior(given: Sequence[float]) -> None:
    if len(given) != 3 or not 0 <= given[0] <= given[1] <= given[2] < 1:
        raise SpecificationError(
            f"unrecorded={tuple(given)} is no prior of a share.",
            fix="Give (lowest, most likely, highest) with 0 <= lowest <= likely <= highest < 1.",
        )


def _unrecorded_band(
    main: float, prior: tuple[float, float, float], draws: int, seed: int
) -> tuple[float, float, float]:
    """5%, 50% and 95% points of the pair-specific part if a triangular share of the trade at the end is unrecorded."""
    low, mode, high = prior
    share = np.full(draws, low) if low == high else np.random.default_rng(seed).triangular(low, mode, high, draws)
    low, middle, high = (float(q) for q in np.quantile(main - np.log1p(-share), (0.05, 0.5, 0.95)))
    return low, middle, high


def parts_of(fits: DyadFits) -> dict[str, DyadFits]:
    """The fits on all economies, on the larger half, and without either economy's largest partner; made once."""
    if not fits.parts:
        fits.parts.update(
            (label, fits if label == "all" else DyadFits(CommonFits.of(sample), _dyad_in(sample, fits), fits.events))
            for label, sample in subsamples(fits).items()
        )
    return fits.parts


def _dyad_in(sample: Sample, fits: DyadFits) -> tuple[int, int]:
    i, j = (sample.economy(fits.sample.economies[k]) for k in fits.dyad)
    return i, j


def subsamples(fits: DyadFits) -> dict[str, Sample]:
    """All economies; the larger half; without the origin's and the destination's largest partner."""
    sample, (i, j) = fits.sample, fits.dyad
    trade = np.nansum(sample.flows, axis=(0, 1)) + np.nansum(sample.flows, axis=(0, 2))
    keep = {"all": np.ones(len(trade), dtype=bool), "larger half": trade >= np.median(trade)}
    for name, series in (
        ("without the exporter's first market", np.nansum(sample.flows[:, i, :], axis=0)),
        ("without the importer's first supplier", np.nansum(sample.flows[:, :, j], axis=0)),
    ):
        partner = np.array(series)
        partner[[i, j, *sample.barred]] = -1
        keep[name] = np.arange(len(trade)) != partner.argmax()
    for kept in keep.values():
        kept[[i, j]] = True
    return {
        name: Sample(
            sample.flows[np.ix_(np.arange(len(sample.years)), np.flatnonzero(kept), np.flatnonzero(kept))],
            tuple(c for c, k in zip(sample.economies, kept) if k),
            sample.years,
            sample.name,
            sample.period,
        )
        for name, kept in keep.items()
    }


def _window_cautions(fits: DyadFits, windows: Sequence[tuple[int, int]], episode: Episode) -> list[str]:
    """What may be wrong with the years chosen, window by window; those the panel lacks say so in their rows."""
    found: dict[str, None] = {}
    for base in windows:
        with suppress(DetenteError):
            found |= dict.fromkeys(window_cautions(fits.sample, fits.on(base), *fits.dyad, episode))
    return list(found)


def _specify(
    fits: DyadFits, episode: Episode, base: tuple[int, int], kinds: Sequence[str], contiguity: Any
) -> list[tuple[Any, ...]]:
    """(placebos, dyad part, p, n, unseen loss, reason) for each class of placebos."""
    sample, (i, j) = fits.sample, fits.dyad
    start, end = sample.year(episode.from_year), sample.year(episode.to_year)
    try:
        require_trade_before(sample, i, j, sample.window(base))
        fit = fits.on(base)
    except DetenteError as error:
        return [(kind, None, None, None, None, Refusal.of(error)) for kind in kinds]
    with np.errstate(invalid="ignore"):
        value = float(fit.log_ratio[end, i, j] - fit.log_ratio[start, i, j])
    if np.isnan(value) or value == np.inf:
        return [(kind, None, None, None, None, NO_CHANGE) for kind in kinds]
    part, zero = value, ""
    if value == -np.inf:  # it ranks; its size is what it is below
        part, zero = fit.at_most(i, j, start, end, sample.smallest), Text("note.bound")
    rows: list[tuple[Any, ...]] = []
    for kind in kinds:
        try:
            chosen = None
            if kind != SIMILAR:
                matrix = contiguity_matrix(contiguity, sample) if kind == "contiguous" else None
                chosen = choose(fit.base_mean, i, j, kind=kind, barred=sample.barred, contiguity=matrix).chosen
            test = fits.test(base, start, end, i, j, chosen)
            rows.append((kind, part, test.p, test.n, unseen_pct(test), zero))
        except DetenteError as error:
            rows.append((kind, part, None, None, None, Refusal.of(error)))
    return rows
