"""What every method finds of one dyad's change: a row and a sentence each, read together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detente.attribution.comparison.conformal import Conformal
from detente.attribution.comparison.matrix_completion import CompletedMatrix
from detente.attribution.comparison.measured_sizes import shipped_sizes
from detente.attribution.comparison.placebos import Standing
from detente.attribution.comparison.power import Power
from detente.attribution.comparison.similar import PlaceboTest
from detente.attribution.comparison.synthetic import Synthetic
from detente.attribution.episodes import Episode
from detente.attribution.result import known
from detente.attribution.words.sentences import counted, log_points
from detente.language import Number, Text

MEASURED_ON = "50 US$ million and more"  #: dyads of BACI on which all methods were measured


@dataclass(frozen=True, slots=True)
class Inference:
    """One direction, one episode, every method that could be run.

    Attributes
    ----------
    origin, destination : str
    episode : Episode
    value : float
        Change of the dyad's residual over the episode, log points.
    placebo : PlaceboTest
        Of that change, in the last year alone.
    means : float
        Change between means of up to three years (before, and up to the end), log points.
    means_placebo : Standing
        The same among placebos.
    power, means_power : Power or None
    synthetic : Synthetic or None
    completed : CompletedMatrix or None
    conformal : Conformal or None
    refused : mapping of method to reason
        Why a method is missing.
    cautions : tuple of str
        What may be wrong with the flow as recorded; said after the methods.
    """

    origin: str
    destination: str
    episode: Episode
    value: float
    placebo: PlaceboTest
    means: float
    means_placebo: Standing
    power: Power | None
    means_power: Power | None
    synthetic: Synthetic | None
    completed: CompletedMatrix | None
    conformal: Conformal | None
    refused: dict[str, str]
    cautions: tuple[str, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """One row a method: estimate, range, share, donors, what the range is (polars).

        ``measured_size`` is how often the method rejects at its level (5%; 10% for conformal limits)
        when nothing was done, measured on dyads of BACI at five years.
        """
        numbers = dict.fromkeys(("log_points", "low", "high", "share"), pl.Float64)
        schema = {"method": pl.String, **numbers, "n": pl.Int64, "rmse_before": pl.Float64, "note": pl.String}
        rows = [tuple(known(v) if isinstance(v, float) else v for v in row) for row in self.rows()]
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        size = pl.Series("measured_size", [_measured_size(name) for name in frame["method"]], dtype=pl.Float64)
        return frame.with_columns(size)

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows of :meth:`to_frame` without the measured size; what each range is, as a text for any language."""
        p, s, c, f = self.placebo, self.synthetic, self.completed, self.conformal
        rows: list[tuple[Any, ...]] = [
            ("placebo", self.value, self.value - p.high, self.value - p.low, p.share, p.n, None,
             Text("note.change_less"))
        ]  # fmt: skip
        m = self.means_placebo
        rows.append(("placebo, means", self.means, self.means - m.high, self.means - m.low, m.share, m.n, None,
                     Text("note.means_less")))  # fmt: skip
        if s:
            rows.append(("synthetic control", s.effect, s.lowest, s.highest, s.share, s.n, s.rmse_before,
                         Text("note.mean_gap")))  # fmt: skip
        if c:
            rows.append(("matrix completion", c.effect, c.effect - c.standing.high,
                         c.effect - c.standing.low, c.standing.share, c.standing.n, c.rmse_before,
                         Text("note.gap_less")))  # fmt: skip
        if f:
            level = Number(f"{100 * (1 - f.level):.0f}")
            limits = Text("note.limits_open" if f.at_edge else "note.limits", level=level)
            rows.append(("conformal", None, f.low, f.high, f.p_zero, None, None, limits))
        return rows + [(name, None, None, None, None, None, None, why) for name, why in self.refused.items()]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What each method allows to say."""
        found = [self._means_sentence()]
        if self.synthetic:
            s = self.synthetic
            found.append(
                f"Against a synthetic control from {s.n} dyads the mean gap is {log_points(s.effect)} log "
                f"points ({log_points(s.lowest)} to {log_points(s.highest)} when each donor is left out); "
                f"{counted(s.share, s.n)} of the {s.n} donors treated alike show as large a break."
            )
        if self.completed:
            c = self.completed
            found.append(
                f"Against a completed matrix of {c.standing.n} dyads it is {log_points(c.effect)}; "
                f"{counted(c.standing.share, c.standing.n)} of them did as badly or worse."
            )
        if self.conformal and not np.isnan(self.conformal.low):
            f = self.conformal
            found.append(
                f"Over time, {1 - f.level:.0%} conformal limits for a constant effect are "
                f"{log_points(f.low)} to {log_points(f.high)}."
            )
        for how, seen in (("single years", self.power), ("means of up to three years", self.means_power)):
            if seen:
                text = str(seen)
                found.append(f"With {how} compared, {text[0].lower()}{text[1:]}")
        return (*found, *self.cautions)

    def _means_sentence(self) -> str:
        if not np.isfinite(self.means):
            return (
                "Means of up to three years cannot be compared: a year among them is a recorded zero, which may "
                "mean that nothing was reported, or has no counterfactual."
            )
        return (
            f"Between means of up to three years the residual changes by {log_points(self.means)} log points; "
            f"{counted(self.means_placebo.share, self.means_placebo.n)} of {self.means_placebo.n:,} similar pairs did "
            "as badly."
        )


def _measured_size(method: str) -> float | None:
    test = {"placebo": "placebo share", "placebo, means": "placebo share of means"}.get(method, method)
    found = [z.rejected for z in shipped_sizes() if (z.test, z.group, z.loss_pct) == (test, MEASURED_ON, 0.0)]
    return found[0] if found else None
