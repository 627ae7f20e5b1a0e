"""The answer in brief: sentences for what happened and what was claimed, small tables for why and what if."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from detente.answer.speaker import Speaker
from detente.answer.what_if import nothing_to_move, unbanded, unmoved
from detente.answer.why import ends_of, standing, told_on, unidentified, unseen
from detente.economies import name_of
from detente.language import Catalogue
from detente.run.result import Run

Row = tuple[str, ...]
COLUMNS = ("recorded", "elsewhere", "own", "as_bad", "share", "full_panel", "unseen")


@dataclass(frozen=True, slots=True)
class Panel:
    """A small table in words: ``columns`` names the cells after the label; ``notes`` stand below it.

    A row whose cells are all empty is a heading of the rows below it.
    """

    title: str
    columns: Row
    head: Row
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """Sentences and panels by question; ``why_means`` and ``what_if_means`` say what the numbers are."""

    happened: tuple[str, ...]
    why_means: str
    why: tuple[Panel, ...]
    what_if_means: str
    what_if: Panel | None
    claims: tuple[str, ...]


def brief_of(run: Run, language: str) -> Brief:
    """The answer of ``run`` in brief, in one of the catalogues' languages."""
    say, answer = Speaker(Catalogue(language), run.study.spec), run.answers[language]
    attribution, bands = run.attribution.to_frame(), run.bands.to_frame()
    told = attribution.filter(attribution["dyad_part"].is_not_null())
    means = "why" if told["full_panel_placebo_share"].is_not_null().any() else "why_one_panel"
    if told["placebo_share"].is_null().all():
        means = "why_untested"
    panels = tuple(_directions(attribution, run.residuals.to_frame(), say))
    what_if, ranges = _what_if(run.scenarios.to_frame(), bands, say)
    return Brief(
        answer.happened,
        say.words(f"screen.{means}") if panels else "",
        panels,
        ranges,
        what_if,
        answer.claims,
    )


def _directions(attribution: pl.DataFrame, residuals: pl.DataFrame, say: Speaker) -> Iterator[Panel]:
    silent, asked = unidentified(residuals, say), attribution["n_placebos"].is_not_null().any()
    cautions = {(c.origin, c.destination): c.text for c in say.spec.attribution.cautions}
    titles = {e.id: e.title for e in say.spec.episodes}
    for ends in (say.spec.dyad, say.spec.dyad[::-1]):
        rows = [r for r in attribution.iter_rows(named=True) if (r["origin"], r["destination"]) == ends]
        if not rows:
            continue
        found = [
            (f"{say.own(titles.get(r['episode'], r['episode']))}, {r['from_year']}-{r['to_year']}", *_cells(r, say))
            for r in told_on(rows, silent[ends], say)
        ]
        kept = [k for k in range(len(COLUMNS)) if k < 3 or any(row[k + 1] for row in found)]
        notes = [_begun(standing(rows, silent[ends], say, "screen.standing"))] if asked or silent[ends] else []
        notes += [say.own(cautions[ends])] if ends in cautions else []
        yield Panel(
            _begun(say.words("screen.direction", **ends_of(rows[0], say))),
            tuple(COLUMNS[k] for k in kept),
            tuple(say.words(f"screen.{COLUMNS[k]}") for k in kept),
            tuple((row[0], *(row[k + 1] for k in kept)) for row in found),
            tuple(notes),
        )


def _begun(text: str) -> str:
    """A sentence or title that may begin with a name as it stands within one."""
    return text[:1].upper() + text[1:]


def _cells(r: dict[str, Any], say: Speaker) -> Row:
    own, whole, share = r["dyad_part"], r["log_change"], r["placebo_share"]
    if own is None or whole is None:
        ends, rest = (r["flow_from_usd_mn"], r["flow_to_usd_mn"]), r["supply_demand_part"]
        flows = (
            "-" if None in ends else say.words("screen.from_to", **dict(zip(("before", "after"), map(say.money, ends))))
        )
        return (
            flows if whole is None else say.change(whole),
            "-" if rest is None else say.change(rest),
            "-",
            *[""] * 4,
        )
    changes = tuple(map(say.change, (whole, whole - own, own)))
    if share is None:
        return (*changes, "", "", "", "")
    n = r["n_placebos"]
    full = r["full_panel_placebo_share"]
    return (
        *changes,
        say.words("screen.of", k=say.words.number(round(share * (n + 1)) - 1), n=say.words.number(n)),
        say.share(share),
        "" if full is None else say.share(full),
        unseen(r, say),
    )


def _what_if(scenarios: pl.DataFrame, bands: pl.DataFrame, say: Speaker) -> tuple[Panel | None, str]:
    """A row an economy and scenario on the newest baseline year, and what the ranges hold."""
    if not say.spec.scenarios:
        return None, say("no_scenarios")
    solved, still = scenarios.filter(pl.col("status") == "converged"), nothing_to_move(scenarios)
    year = solved["year"].max()
    table: list[Row] = []
    for scenario in say.spec.scenarios:
        rows = solved.filter((pl.col("scenario") == scenario.id) & (pl.col("year") == year))
        if rows.is_empty():
            absent = say.words("screen.uncomputed" if scenario.id in still else "screen.unsolved")
            table.append((say.own(scenario.title), absent, "-"))
            continue
        table.append((say.own(scenario.title), "", ""))
        for code in say.spec.dyad:
            mine = pl.col("economy") == code
            drawn = bands.filter(mine & (pl.col("scenario") == scenario.id))
            table.append((name_of(code, say.words.language), *_outcome(rows.filter(mine), drawn, say)))
    head = (say.words("screen.exports"), say.words("screen.income"))
    notes = (*unmoved(scenarios, say), *unbanded(solved, bands, say))
    panel = Panel("", ("exports", "income"), head, tuple(table), notes)
    if year is None:
        return panel, ""
    if bands.is_empty():
        return panel, say.words("screen.ranges", year=year)
    return panel, say.words("screen.bands", year=year, draws=bands["draws"].max())


def _outcome(rows: pl.DataFrame, drawn: pl.DataFrame, say: Speaker) -> Row:
    def ends(column: str, plain: str) -> tuple[float, float]:
        if drawn.is_empty():
            return rows[plain].min(), rows[plain].max()
        return drawn[f"{column}_p05"][0], drawn[f"{column}_p95"][0]

    after = say.span(*ends("exports_usd_mn", "exports_after_usd_mn"), say.brief)
    flow = say.words("screen.from_to", before=say.brief(rows["exports_before_usd_mn"][0]), after=after)
    return flow, say.span(*ends("welfare_pct", "welfare_pct"), lambda value: say.pct(value, sign=True))
