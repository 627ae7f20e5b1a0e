"""The library for readers: tables, a drawing, an export. What ``detente library`` shows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl

from detente._atomic import folder_aside, in_use
from detente._leaving import csv_text
from detente.attribution.library.catalogue import LibraryCase, choose_cases, sources
from detente.attribution.library.expected_paths import (
    CAP,
    as_frame,
    deciding_points,
    finding,
    mixture_priors,
    outcomes,
    recoveries,
    typical_paths,
)
from detente.attribution.library.paths import Point, frame_of, shipped_points
from detente.attribution.library.scores import score_frame, scores_of
from detente.errors import OutputError, TooFewDonors


def library_frame(words: Iterable[str] = (), points: Iterable[Point] | None = None) -> pl.DataFrame:
    """One row a case: who, when, by which instrument, what was computed, and who says so.

    Parameters
    ----------
    words : iterable of str
        Filter; see :func:`detente.attribution.library.catalogue.choose_cases`.
    points : iterable of Point, optional
        Paths computed on another panel; the shipped ones by default.

    Returns
    -------
    polars.DataFrame
        case_id, origin, destination, instrument, scope, region, start, reopened, panel, finding (``unusual
        loss``, ``no loss``, ``unclear`` or ``not computed``), judged_year, residual, placebo_share,
        n_placebos, last_year, last_residual, title, sources, note.

    Examples
    --------
    >>> library_frame(["ARE", "QAT"])["finding"].to_list()
    ['unusual loss', 'unclear']
    """
    points = tuple(shipped_points() if points is None else points)
    found = deciding_points(points)
    rows = []
    for case in choose_cases(words):
        path = [p for p in points if p.case_id == case.case_id and p.value is not None]
        rows.append(_row(case, found.get(case.case_id), max(path, key=lambda p: p.year, default=None)))
    return pl.DataFrame(rows, infer_schema_length=None)


def _row(case: LibraryCase, point: Point | None, last: Point | None) -> dict[str, Any]:
    return {
        "case_id": case.case_id, "origin": case.origin, "destination": case.destination,
        "instrument": case.instrument, "scope": case.scope or None, "region": case.region, "start": case.start,
        "reopened": case.reopened or None, "panel": case.panel, "finding": finding(point),
        "judged_year": None if point is None else point.year,
        "residual": None if point is None else max(point.value or 0.0, CAP),
        "placebo_share": None if point is None else point.placebo_share,
        "n_placebos": None if point is None else point.n_placebos,
        "last_year": None if last is None else last.year,
        "last_residual": None if last is None else max(last.value or 0.0, CAP),
        "title": case.title,
        "sources": "; ".join(f"{sources()[s].publisher}, {sources()[s].date}" for s in case.source_ids),
        "note": case.note,
    }  # fmt: skip


def sources_frame(words: Iterable[str] = ()) -> pl.DataFrame:
    """What was read for each case, one row a case and source.

    Returns
    -------
    polars.DataFrame
        case_id, source_id, title, publisher, date, address, read, dates, supports.
    """
    names = ("source_id", "title", "publisher", "date", "address", "read")
    rows = [
        {"case_id": case.case_id}
        | {name: getattr(sources()[s], name) for name in names}
        | {"dates": "; ".join(sources()[s].dates), "supports": sources()[s].supports}
        for case in choose_cases(words)
        for s in case.source_ids
    ]
    return pl.DataFrame(rows)


def paths_frame(words: Iterable[str] = (), points: Iterable[Point] | None = None) -> pl.DataFrame:
    """The paths behind the library, one row a point; of another panel where its points are given."""
    wanted = {c.case_id for c in choose_cases(words)}
    return frame_of(p for p in (shipped_points() if points is None else points) if p.case_id in wanted)


def library_chart(words: Iterable[str] = (), points: Iterable[Point] | None = None) -> dict[str, Any]:
    """Paths by years since the rupture, one panel per instrument, as a Vega-Lite specification.

    Losses beyond 99.9% and most recorded zeros lie on the lower edge.
    """
    points = tuple(shipped_points() if points is None else points)
    rows = _drawn(choose_cases(words), points)
    x = {"field": "since", "type": "quantitative", "title": "years since the rupture"}
    y = {
        "field": "residual", "type": "quantitative", "title": "actual against counterfactual, log points",
        "scale": {"domain": [CAP, 2]},
    }  # fmt: skip
    colour = {
        "field": "finding", "type": "nominal", "title": None, "legend": {"orient": "bottom"},
        "scale": {"domain": ["unusual loss", "unclear", "no loss", "not computed"],
                  "range": ["#b2182b", "#bf9b30", "#2166ac", "#878787"]},
    }  # fmt: skip
    shape = {
        "field": "state", "type": "nominal", "title": None, "legend": {"orient": "bottom"},
        "scale": {"domain": ["ruptured", "reopened"], "range": ["circle", "diamond"]},
    }  # fmt: skip
    tooltip = [{"field": f} for f in ("case", "year", "residual", "share", "state")]
    joined = {
        "mark": {"type": "line", "opacity": 0.5},
        "encoding": {"x": x, "y": y, "color": colour, "detail": {"field": "case"}},
    }
    dots = {
        "mark": {"type": "point", "size": 20, "opacity": 0.7},
        "encoding": {"x": x, "y": y, "color": colour, "shape": shape, "tooltip": tooltip},
    }
    zero = {"mark": {"type": "rule", "color": "#999"}, "encoding": {"y": {"datum": 0}}}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": f"Residuals of {len({r['case'] for r in rows})} directed flows by years since a rupture, "
        "by instrument; zero is the flow one would expect without it.",
        "data": {"values": rows},
        "facet": {"field": "instrument", "type": "nominal", "title": None},
        "columns": 3,
        "spec": {"width": 240, "height": 200, "layer": [zero, joined, dots]},
    }


def _drawn(wanted: Iterable[LibraryCase], points: tuple[Point, ...]) -> list[dict[str, Any]]:
    by_id, verdicts = {c.case_id: c for c in wanted}, deciding_points(points)
    rows = []
    for p in points:
        if p.case_id not in by_id or p.value is None or not -1 <= p.since <= 10:
            continue
        case = by_id[p.case_id]
        state = "ruptured" if p.since_reopening is None else "reopened"
        rows.append(
            {
                "case": f"{case.origin}→{case.destination} {case.start[:4]}",
                "since": p.since,
                "year": p.year,
                "residual": round(max(p.value, CAP), 3),
                "instrument": case.instrument,
                "state": state,
                "share": p.placebo_share,
                "finding": finding(verdicts.get(p.case_id)),
            }
        )
    return rows


def library_tables(words: Iterable[str] = (), points: Iterable[Point] | None = None) -> dict[str, pl.DataFrame]:
    """All tables of the library by name: cases, sources, paths, typical, priors, recoveries, outcomes, scores.

    Parameters
    ----------
    words : iterable of str
        Filter of the first three; the others are about the whole library.
    points : iterable of Point, optional
        Paths computed on another panel, which are then behind every table. There are no scores, and no
        other table, where they hold nothing to make it of.
    """
    words, points = tuple(words), None if points is None else tuple(points)
    found = outcomes(points)
    tables = {
        "cases": library_frame(words, points),
        "sources": sources_frame(words),
        "paths": paths_frame(words, points),
        "typical": as_frame(typical_paths(found)),
        "priors": as_frame(mixture_priors(points)),
        "recoveries": as_frame(recoveries(found)),
        "outcomes": as_frame(found),
    }
    with suppress(TooFewDonors):  # a few cases of one region say nothing about forecasts
        tables["scores"] = score_frame(scores_of(found))
    return tables


def export_library(
    folder: Path | str, words: Iterable[str] = (), points: Iterable[Point] | None = None
) -> tuple[Path, ...]:
    """Write every table as CSV and the drawing as Vega-Lite JSON into a new or empty folder.

    Parameters
    ----------
    folder : path
    words, points
        As in :func:`library_tables`.

    Raises
    ------
    OutputError
        The folder holds something already, or cannot be written.
    """
    folder, words = Path(folder), tuple(words)
    points = None if points is None else tuple(points)
    if folder.is_dir() and in_use(folder):
        raise OutputError(f"The folder {folder} is not empty.", fix="Name a new folder.")
    texts = {f"{name}.csv": csv_text(table) for name, table in library_tables(words, points).items()}
    texts["chart.vl.json"] = json.dumps(library_chart(words, points), ensure_ascii=False)
    with folder_aside(folder) as aside:
        for name, text in texts.items():
            (aside / name).write_text(text, encoding="utf-8", newline="")
    return tuple(folder / name for name in texts)
