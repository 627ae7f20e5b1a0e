"""The specification curve: one row a specification, what they say together, as a frame and in words."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.attribution.comparison.power import NEARLY_ALL
from detente.attribution.episodes import Episode
from detente.attribution.words.sentences import log_points
from detente.attribution.words.strength import SOME

Floats = NDArray[np.float64]


LOSS, ORDINARY = "evidence of a loss", "within the ordinary range"


NO_CHANGE = "A recorded zero at one end, which may mean that nothing was reported, or no counterfactual."


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
    unseen_loss_pct: float | None = None
    reason: str = ""

    @property
    def can_tell(self) -> bool:
        """Whether it could have found a loss short of the whole flow: enough placebos, and not too wide a band."""
        if self.n_placebos is None or self.unseen_loss_pct is None or self.placebo_share is None:
            return False
        return 1 / (1 + self.n_placebos) <= SOME and self.unseen_loss_pct < NEARLY_ALL


@dataclass(frozen=True, slots=True)
class Robustness:
    """All specifications of one direction and episode.

    Attributes
    ----------
    origin, destination : str
    episode : Episode
    specifications : tuple of Specification
    unrecorded : (float, float, float) or None
        5%, 50% and 95% points of the dyad's part with an unrecorded share drawn from its prior.
    prior : (float, float, float) or None
        Lowest, most likely and highest share of the trade at the episode's end that is unrecorded
        (triangular).
    cautions : tuple of str
        What may be wrong with the flow as recorded, panel by panel.
    """

    origin: str
    destination: str
    episode: Episode
    specifications: tuple[Specification, ...]
    unrecorded: tuple[float, float, float] | None = None
    prior: tuple[float, float, float] | None = None
    cautions: tuple[str, ...] = ()

    @property
    def estimates(self) -> Floats:
        """Dyad parts of the specifications that ran, log points, ascending."""
        return np.sort([s.dyad_part for s in self.specifications if s.dyad_part is not None])

    def to_frame(self) -> pl.DataFrame:
        """One row a specification (polars)."""
        return pl.DataFrame(
            [astuple(s) for s in self.specifications],
            schema=list(Specification.__dataclass_fields__),
            orient="row",
            infer_schema_length=None,
        )

    def summary(self) -> str:
        """Range, sign and how often it is unusual, over the specifications; then the cautions."""
        return " ".join((self._range(), *self.cautions))

    def _range(self) -> str:
        ran = self.estimates
        who = f"{self.origin} to {self.destination}, {self.episode}"
        if not len(ran):
            return f"{who}: none of {len(self.specifications)} specifications could be run. {self.specifications[0].reason}"
        able = [s.placebo_share for s in self.specifications if s.can_tell and s.placebo_share is not None]
        found = sum(p <= SOME for p in able)
        text = (
            f"{who}: over {len(ran)} specifications the pair-specific part lies between {log_points(ran[0])} and "
            f"{log_points(ran[-1])} (median {log_points(np.median(ran))}); it is negative in "
            f"{np.mean(ran < 0):.0%} of them, and {found} of the {len(able)} that can tell show evidence of a loss "
            f"(p up to {SOME:g})."
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
        ran.sort(key=lambda s: s.dyad_part or 0.0)
        rows = [
            {
                "rank": k + 1,
                "dyad_part": s.dyad_part,
                "placebo_share": s.placebo_share,
                "unusual": LOSS if s.can_tell and (s.placebo_share or 1) <= SOME else ORDINARY,
                "base": f"base {s.base}",
                "sample": f"economies: {s.sample}",
                "class": f"placebos: {s.placebos}",
                "panel": f"panel: {s.panel}",
            }
            for k, s in enumerate(ran)
        ]
        x = {"field": "rank", "type": "ordinal", "axis": None}
        scale = {"domain": [LOSS, ORDINARY], "range": ["#b2182b", "#878787"]}
        colour = {"field": "unusual", "type": "nominal", "title": None, "scale": scale}
        upper = {
            "mark": {"type": "point", "filled": True, "size": 45},
            "width": 520,
            "height": 180,
            "encoding": {
                "x": x,
                "y": {"field": "dyad_part", "type": "quantitative", "title": "pair-specific component, log points"},
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
