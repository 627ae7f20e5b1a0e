"""The same question under every defensible specification, drawn as a specification curve.

(Simonsohn, Simmons & Nelson 2020.) Varied: the base window, the sample of economies, the
class of placebos, the panel (totals, non-fuel, mirror reports: whatever is handed in), and an
unrecorded share of the trade, drawn from a stated prior.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.attribution.attribute import contiguity_matrix
from detente.attribution.cautions import require_trade_before
from detente.attribution.episodes import Episode, episodes_of
from detente.attribution.placebos import choose, stand
from detente.attribution.residuals import residuals
from detente.attribution.sample import Sample
from detente.attribution.sentences import UNUSUAL, log_points
from detente.errors import DetenteError, SpecificationError
from detente.language import Refusal

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Specification:
    """One specification and its result; ``reason`` where there is none."""

    panel: str
    base: str
    sample: str
    placebos: str
    dyad_part: float | None
    placebo_share: float | None
    n_placebos: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Robustness:
    """All specifications of one direction and episode.

    Attributes
    ----------
    exporter, importer : str
    episode : Episode
    specifications : tuple of Specification
    unrecorded : (float, float, float) or None
        5%, 50% and 95% points of the dyad's part with an unrecorded share drawn from its prior.
    prior : (float, float, float) or None
        Lowest, most likely and highest share of the trade at the episode's end that is unrecorded
        (triangular).
    """

    exporter: str
    importer: str
    episode: Episode
    specifications: tuple[Specification, ...]
    unrecorded: tuple[float, float, float] | None = None
    prior: tuple[float, float, float] | None = None

    @property
    def estimates(self) -> Floats:
        """Dyad parts of the specifications that ran, log points, ascending."""
        return np.sort([s.dyad_part for s in self.specifications if s.dyad_part is not None])

    def to_frame(self) -> pl.DataFrame:
        """One row a specification (polars)."""
        import polars as pl

        return pl.DataFrame(
            [astuple(s) for s in self.specifications],
            schema=list(Specification.__dataclass_fields__),
            orient="row",
            infer_schema_length=None,
        )

    def summary(self) -> str:
        """Range, sign and how often it is unusual, over the specifications."""
        ran = self.estimates
        able = [s for s in self.specifications if s.n_placebos is not None and 1 / (1 + s.n_placebos) <= UNUSUAL]
        shares = [s.placebo_share for s in able if s.placebo_share is not None]
        unusual = sum(s <= UNUSUAL for s in shares)
        who = f"{self.exporter} to {self.importer}, {self.episode}"
        text = (
            f"{who}: over {len(ran)} specifications the pair's own part lies between {log_points(ran[0])} and "
            f"{log_points(ran[-1])} (median {log_points(np.median(ran))}); it is negative in "
            f"{np.mean(ran < 0):.0%} of them, and an unusual loss in {unusual} of the {len(shares)} that have "
            "enough placebos to tell."
        )
        missing = len(self.specifications) - len(ran)
        if missing:
            text += f" {missing} could not be run; the table says why."
        if self.unrecorded and self.prior:
            low, middle, high = map(log_points, self.unrecorded)
            text += (
                f" If between {self.prior[0]:.0%} and {self.prior[2]:.0%} of the trade at the end went unrecorded "
                f"(most likely {self.prior[1]:.0%}), it is {middle} ({low} to {high})."
            )
        return text

    def curve(self) -> dict[str, Any]:
        """Specification curve as a Vega-Lite specification."""
        ran = [s for s in self.specifications if s.dyad_part is not None]
        ran.sort(key=lambda s: s.dyad_part)  # type: ignore[arg-type, return-value]
        rows = [
            {
                "rank": k + 1,
                "dyad_part": s.dyad_part,
                "placebo_share": s.placebo_share,
                "unusual": "unusual loss" if (s.placebo_share or 1) <= UNUSUAL else "within the ordinary range",
                "base": f"base {s.base}",
                "sample": f"economies: {s.sample}",
                "class": f"placebos: {s.placebos}",
                "panel": f"panel: {s.panel}",
            }
            for k, s in enumerate(ran)
        ]
        x = {"field": "rank", "type": "ordinal", "axis": None}
        scale = {"domain": ["unusual loss", "within the ordinary range"], "range": ["#b2182b", "#878787"]}
        colour = {"field": "unusual", "type": "nominal", "title": None, "scale": scale}
        upper = {
            "mark": {"type": "point", "filled": True, "size": 45},
            "width": 520,
            "height": 180,
            "encoding": {
                "x": x,
                "y": {"field": "dyad_part", "type": "quantitative", "title": "own part, log points"},
                "color": colour,
            },
        }
        folds = ["base", "sample", "class", "panel"]
        names = {"field": "value", "type": "nominal", "title": None, "axis": {"labelLimit": 320}}
        lower = {
            "transform": [{"fold": folds, "as": ["choice", "value"]}],
            "mark": {"type": "tick", "thickness": 2},
            "width": 520,
            "encoding": {"x": x, "y": names, "color": colour},
        }
        return {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "description": self.summary(),
            "data": {"values": rows},
            "vconcat": [upper, lower],
        }


def robustness(
    panels: Any,
    origin: str,
    destination: str,
    episode: Any,
    *,
    base_windows: Sequence[tuple[int, int]] = ((2000, 2004), (2000, 2008), (2003, 2007)),
    placebos: Sequence[str] = ("size", "importer", "exporter"),
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
    """
    named = panels if isinstance(panels, Mapping) else {"totals": panels}
    (asked,) = episodes_of([episode])
    found: list[Specification] = []
    main: float | None = None
    for name, panel in named.items():
        sample = Sample.of(panel)
        asked.check(sample)
        kinds = (*placebos, "contiguous") if contiguity is not None else tuple(placebos)
        subsets = subsamples(sample, origin, destination)
        for (label, sub), base in product(subsets.items(), base_windows):
            rows = _specify(sub, origin, destination, asked, base, kinds, contiguity)
            found += [Specification(name, f"{base[0]}-{base[1]}", label, *row) for row in rows]
        main = found[0].dyad_part if main is None else main
    band = None
    if unrecorded is not None and main is not None:
        low, mode, high = unrecorded
        if not 0 <= low <= mode <= high < 1:
            raise SpecificationError("The unrecorded share needs 0 <= lowest <= likely <= highest < 1.")
        share = np.random.default_rng(seed).triangular(low, mode, high, draws)
        band = tuple(float(q) for q in np.quantile(main - np.log1p(-share), (0.05, 0.5, 0.95)))
    return Robustness(origin, destination, asked, tuple(found), band, unrecorded)  # type: ignore[arg-type]


def subsamples(sample: Sample, origin: str, destination: str) -> dict[str, Sample]:
    """All economies; the larger half; without the exporter's and the importer's largest partner."""
    i, j = sample.economy(origin), sample.economy(destination)
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
            sample.flows[np.ix_(range(len(sample.years)), np.flatnonzero(kept), np.flatnonzero(kept))],
            tuple(c for c, k in zip(sample.economies, kept) if k),
            sample.years,
            sample.name,
        )
        for name, kept in keep.items()
    }


def _specify(
    sample: Sample,
    origin: str,
    destination: str,
    episode: Episode,
    base: tuple[int, int],
    kinds: Sequence[str],
    contiguity: Any,
) -> list[tuple[Any, ...]]:
    """(placebos, dyad part, share, n, reason) for each class of placebos."""
    i, j = sample.economy(origin), sample.economy(destination)
    try:
        window = sample.window(base)
        require_trade_before(sample, i, j, window)
        fit = residuals(sample.flows, window, [(i, j), (j, i)])
    except DetenteError as error:
        return [(kind, None, None, None, Refusal.of(error)) for kind in kinds]
    with np.errstate(invalid="ignore"):
        change = fit.log_ratio[sample.year(episode.to_year)] - fit.log_ratio[sample.year(episode.from_year)]
    value = float(change[i, j])
    rows: list[tuple[Any, ...]] = []
    for kind in kinds:
        matrix = contiguity_matrix(contiguity, sample) if kind == "contiguous" else None
        try:
            chosen = choose(fit.base_mean, i, j, kind=kind, barred=sample.barred, contiguity=matrix).chosen
            standing = stand(value, change[chosen])
            rows.append((kind, value, standing.share, standing.n, ""))
        except DetenteError as error:
            rows.append((kind, value if np.isfinite(value) else None, None, None, Refusal.of(error)))
    return rows
