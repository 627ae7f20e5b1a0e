"""The tables ``attribution`` and ``residuals``: how each direction changed by episode, and where it stands by year."""

from __future__ import annotations

import math

import polars as pl

from detente.attribution import Attribution, DyadFits, attribute
from detente.errors import StudyError
from detente.panel import Panel
from detente.run.schema import BASE, DIRECTION, EPISODE, YEAR, TableSchema, directed, number, text, whole
from detente.run.what_if.shocks import ResidualAt, Window
from detente.study.study import Study

WIDTH_90 = 2 * 1.6449  # of the central 90% of a normal, in standard deviations

_PLACEBOS = (
    number("placebo_share", "share of comparable pairs that did as badly or worse: (1 + count)/(1 + n)", "share"),
    whole("n_placebos", "how many comparable pairs: n"),
)
_BAND = (
    number("band_low", "5% point of the comparable pairs", "log points"),
    number("band_high", "95% point of the comparable pairs", "log points"),
)
ATTRIBUTION = TableSchema(
    "attribution",
    "One row per direction, episode, base window and panel. A direction without recorded trade in the base years has "
    "its recorded change and no pair-specific component; `sentence` and `notes` say why.",
    (
        *DIRECTION,
        EPISODE,
        whole("from_year", "year the change is counted from"),
        whole("to_year", "year it is counted to"),
        *BASE,
        text("panel", "which panel (the world panel or the file's name) and how many economies"),
        number("flow_from_usd_mn", "recorded flow in the first year", "US$ million"),
        number("flow_to_usd_mn", "recorded flow in the last year", "US$ million"),
        number("log_change", "ln of the ratio of the two flows", "log points"),
        number("share_part", "change of the origin's share in the destination's imports", "log points"),
        number("demand_part", "change of those imports; adds up with share_part to log_change", "log points"),
        number("supply_demand_part", "effects of the origin and of the destination together", "log points"),
        number("dyad_part", "pair-specific component; adds up with supply_demand_part to log_change", "log points"),
        number(
            "dyad_pct",
            "pair-specific component in the change: negative where it pushed the other way, above 100 where third-country "
            "trade did; empty where the change is too small to divide by",
            "percent",
        ),
        number(
            "mean_part",
            "mean over the years after from_year of the change since from_year; dyad_part is that of the last year",
            "log points",
        ),
        text(
            "status",
            "`computed`; `bound` where the flow fell to a recorded zero and dyad_part is what it is below; `unknown`; "
            "`no base trade`",
        ),
        text("strength", "evidence: `strong` (p below 0.02), `some` (up to 0.10), `none`, `too few` dyads to tell"),
        number(
            "placebo_share",
            "the p-value: rank of the change among similar pairs after what the origin's other markets and the "
            "destination's other suppliers did, (1 + count)/(1 + n)",
            "share",
        ),
        number("p_similar", "plain rank among the similar pairs", "share"),
        number("p_origin", "rank of p_similar among the origin's other markets; empty with fewer than 39", "share"),
        number("p_destination", "the same among the destination's other suppliers", "share"),
        whole("n_placebos", "how many similar pairs: n"),
        whole("n_as_bad", "how many of them did as badly or worse"),
        whole("n_ruptured", "dyads left out for a known rupture or reopening of their own"),
        number("smallest_share", "1/(1 + n): the smallest p that could have been found", "share"),
        *_BAND,
        number(
            "unseen_loss_pct",
            "the extra loss that the test would find in half of the similar pairs: a smaller one would probably have "
            "been missed",
            "percent",
        ),
        whole("before_from", "the same test on the years before: counted from"),
        number("before_part", "the pair-specific component of those years", "log points"),
        number("before_share", "p of those years", "share"),
        text("sentence", "what these numbers support", sentence=True),
    ),
)
RESIDUALS = TableSchema(
    "residuals",
    "One row per direction, base window and year: the recorded flow against what the two economies' other trade and "
    "the base years lead one to expect.",
    (
        *DIRECTION,
        YEAR,
        *BASE,
        number("actual_usd_mn", "recorded flow", "US$ million"),
        number("counterfactual_usd_mn", "expected flow", "US$ million"),
        number("log_ratio", "ln of recorded over expected", "log points"),
        *_PLACEBOS,
        *_BAND,
        text("panel", "which panel; of a cited residual its source"),
        text(
            "status",
            "`computed`, `cited`, or `no base trade` where the pair has no flow in those base years and so no "
            "expected flow",
        ),
    ),
)


def attributed(study: Study, panel: Panel | DyadFits, quick: bool) -> Attribution:
    """Each direction's change over every episode of a study, on every base window.

    Raises
    ------
    StudyError
        The study names no episode.
    """
    if not study.episodes:
        raise StudyError(
            f"{study.folder / 'study.toml'} names no episode, so there is no change to explain.",
            fix='Add one: [[episodes]] with id = "whole", title = "The whole period", from = 2008, to = 2020.',
        )
    episodes = [(e.id, e.from_year, e.to_year) for e in study.episodes]
    windows = study.spec.attribution.base_windows
    return attribute(panel, study.origin, study.destination, episodes, windows, quick=quick)


def attribution_table(found: Attribution) -> pl.DataFrame:
    """The table :data:`ATTRIBUTION`."""
    return directed(found.to_frame())


def residual_table(study: Study, found: Attribution) -> pl.DataFrame:
    """The table :data:`RESIDUALS`: those computed here, then those the study cites, marked ``cited``."""
    return pl.concat([RESIDUALS.fitted(directed(found.residuals())), cited_residuals(study)])


def cited_residuals(study: Study) -> pl.DataFrame:
    """The rows of :data:`RESIDUALS` that a study cites."""
    return RESIDUALS.of_rows(
        {
            "origin": c.origin,
            "destination": c.destination,
            "year": c.year,
            "log_ratio": c.log_ratio,
            "base_from": c.base[0] if c.base else None,
            "base_to": c.base[1] if c.base else None,
            "panel": c.source_id,
            "status": "cited",
        }
        for c in study.spec.cited
    )


def residual_lookup(residuals: pl.DataFrame, headline: Window) -> tuple[ResidualAt, ResidualAt]:
    """The computed residuals, and how widely those of comparable pairs are spread, by direction, year and base window.

    Parameters
    ----------
    residuals : the table :data:`RESIDUALS`.
    headline : the base window where none is asked for.

    Returns
    -------
    (residual, spread)
        Log points; the spread as a standard deviation, from the central 90% of the comparable pairs. None where
        nothing is known.
    """
    rows = residuals.filter(pl.col("status") == "computed").select(
        "origin", "destination", "year", "base_from", "base_to", "log_ratio", "band_low", "band_high"
    )
    found = {(o, d, y, (a, b)): (v, low, high) for o, d, y, a, b, v, low, high in rows.iter_rows()}
    nothing = (None, None, None)

    def residual(origin: str, destination: str, year: int, base: Window | None = None, /) -> float | None:
        return found.get((origin, destination, year, base or headline), nothing)[0]

    def spread(origin: str, destination: str, year: int, base: Window | None = None, /) -> float | None:
        _, low, high = found.get((origin, destination, year, base or headline), nothing)
        if low is None or high is None or not math.isfinite(high - low):
            return None
        return (high - low) / WIDTH_90

    return residual, spread
