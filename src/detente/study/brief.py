"""The answer in brief: sentences for what happened and what was claimed, small tables for why and what if."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import expm1
from typing import TYPE_CHECKING, Any

from detente.language import Catalogue
from detente.study.answer import UNUSUAL, Speaker, ends_of, standing, two_digits

if TYPE_CHECKING:
    import polars as pl

    from detente.study.run import Run

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
    tested = bool(attribution["placebo_share"].is_not_null().any())
    panels = tuple(_directions(attribution, say, tested))
    what_if, means = _what_if(run.scenarios.to_frame(), bands, say)
    return Brief(
        answer.happened,
        say.words("screen.why" if tested else "screen.why_untested") if panels else "",
        panels,
        means,
        what_if,
        answer.claims,
    )


def _directions(attribution: pl.DataFrame, say: Speaker, tested: bool) -> Iterator[Panel]:
    base = tuple(say.spec.attribution.base_windows[0])
    cautions = {(c.origin, c.destination): c.text for c in say.spec.attribution.cautions}
    titles = {e.id: e.title for e in say.spec.episodes}
    for ends in (say.spec.dyad, say.spec.dyad[::-1]):
        rows = [r for r in attribution.iter_rows(named=True) if (r["exporter"], r["importer"]) == ends]
        if not rows:
            continue
        found = [
            (f"{say.own(titles.get(r['episode'], r['episode']))}, {r['from_year']}-{r['to_year']}", *_cells(r, say))
            for r in rows
            if (r["base_from"], r["base_to"]) == base
        ]
        kept = [k for k in range(len(COLUMNS)) if k < 3 or any(row[k + 1] for row in found)]
        notes = [standing(rows, say, "screen.standing")] if tested else []
        notes += [say.own(cautions[ends])] if ends in cautions else []
        yield Panel(
            say.words("screen.direction", **ends_of(rows[0], say)),
            tuple(COLUMNS[k] for k in kept),
            tuple(say.words(f"screen.{COLUMNS[k]}") for k in kept),
            tuple((row[0], *(row[k + 1] for k in kept)) for row in found),
            tuple(notes),
        )


def _cells(r: dict[str, Any], say: Speaker) -> Row:
    own, whole, share = r["dyad_part"], r["log_change"], r["placebo_share"]
    if own is None or whole is None:
        return ("-", "-", "-", "", "", "", "")
    changes = tuple(say.pct(100 * expm1(value), sign=True) for value in (whole, whole - own, own))
    if share is None:
        return (*changes, "", "", "", "")
    n = r["n_placebos"]
    full, unseen = r["full_panel_placebo_share"], r["unseen_loss_pct"]
    return (
        *changes,
        say.words("screen.of", k=say.words.number(round(share * (n + 1)) - 1), n=say.words.number(n)),
        say.words.number(share, 3),
        "" if full is None else say.words.number(full, 3),
        "" if unseen is None or share <= UNUSUAL else say.pct(unseen),
    )


def _what_if(scenarios: pl.DataFrame, bands: pl.DataFrame, say: Speaker) -> tuple[Panel | None, str]:
    """A row an economy and scenario on the newest baseline year, and what the ranges hold."""
    import polars as pl

    if not say.spec.scenarios:
        return None, ""
    solved = scenarios.filter(pl.col("status") == "converged")
    year = solved["year"].max()
    table: list[Row] = []
    for scenario in say.spec.scenarios:
        rows = solved.filter((pl.col("scenario") == scenario.id) & (pl.col("year") == year))
        if rows.is_empty():
            table.append((say.own(scenario.title), say.words("screen.unsolved"), "-"))
            continue
        table.append((say.own(scenario.title), "", ""))
        for code in say.spec.dyad:
            mine = pl.col("economy") == code
            drawn = bands.filter(mine & (pl.col("scenario") == scenario.id))
            table.append((say.name(code), *_outcome(rows.filter(mine), drawn, say)))
    head = (say.words("screen.exports"), say.words("screen.income"))
    panel = Panel("", ("exports", "income"), head, tuple(table))
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

    def money(value: float) -> str:
        return say.words.number(two_digits(value))

    after = say.span(*ends("exports_usd_mn", "exports_after_usd_mn"), money)
    flow = say.words("screen.from_to", before=money(rows["exports_before_usd_mn"][0]), after=after)
    return flow, say.span(*ends("welfare_pct", "welfare_pct"), lambda value: say.pct(value, sign=True))
