"""The answer on one screen: two sentences, two small tables, one count; the sentences are in `answer`."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill, wrap
from typing import TYPE_CHECKING, Any

from detente.economies import name_of
from detente.study.answer import (
    Speaker, ends_of, nothing_to_move, standing, told_on, unbanded, unidentified, unmoved, unseen,
)  # fmt: skip

if TYPE_CHECKING:
    import polars as pl

    from detente.study.run import Run

Row = tuple[str, ...]
COLUMNS = ("recorded", "elsewhere", "own", "as_bad", "share", "full_panel", "unseen")
FIRST_TO_GO = ("full_panel", "elsewhere", "share", "")
LABEL = 24
"""Characters that a label needs to be read with ease."""


def screen(run: Run, width: int, language: str) -> str:
    """What happened, why, what if and which claims hold, in some forty lines of ``width`` characters."""
    from detente.language import Catalogue, said

    words = Catalogue(language)
    say, answer = Speaker(words, run.study.spec), run.answers[language]
    happened = answer.happened[:1] + answer.happened[1:][-1:]  # whose figures they are stands in the report
    parts = [
        (words("page.happened"), [_sentence(text, width) for text in happened]),
        (words("page.why"), _why(run.attribution.to_frame(), run.residuals.to_frame(), say, width)),
        (words("page.what_if"), _what_if(run.scenarios.to_frame(), run.bands.to_frame(), say, width)),
        (words("answer.claimed"), [_sentence(text, width) for text in answer.claims]),
    ]
    title = said(run.study.spec.text(run.study.title), words)
    return "\n".join([title, *(line for head, lines in parts if lines for line in ("", head, *lines))])


def _why(attribution: pl.DataFrame, residuals: pl.DataFrame, say: Speaker, width: int) -> list[str]:
    silent = unidentified(residuals, say)
    cautions = {(c.origin, c.destination): c.text for c in say.spec.attribution.cautions}
    tested = attribution["placebo_share"].is_not_null().any()
    lines: list[str] = []
    for ends in (say.spec.dyad, say.spec.dyad[::-1]):
        rows = [r for r in attribution.iter_rows(named=True) if (r["exporter"], r["importer"]) == ends]
        if not rows:
            continue
        flow = say.words("screen.direction", **ends_of(rows[0], say))
        lines.append(f"  {flow[:1].upper()}{flow[1:]}")
        lines += _episodes(told_on(rows, silent[ends], say), say, width)
        if tested or silent[ends]:
            text = standing(rows, silent[ends], say, "screen.standing")
            lines.append(_sentence(text[:1].upper() + text[1:], width))
        if ends in cautions:
            lines.append(_sentence(say.own(cautions[ends]), width))
    return [_sentence(say.words("screen.why" if tested else "screen.why_untested"), width), *lines] if lines else []


def _episodes(rows: list[dict[str, Any]], say: Speaker, width: int) -> list[str]:
    """A row an episode; columns that say nothing in any row are left out, and some where room is short."""
    titles = {e.id: e.title for e in say.spec.episodes}
    table: list[Row] = [("", *(say.words(f"screen.{name}") for name in COLUMNS))]
    for r in rows:
        label = f"{say.own(titles.get(r['episode'], r['episode']))}, {r['from_year']}-{r['to_year']}"
        table.append((label, *_cells(r, say)))
    kept = [0, 1, 2, 3, *(k for k in range(4, len(COLUMNS) + 1) if any(row[k] for row in table[1:]))]
    for name in FIRST_TO_GO:
        shown = [[row[k] for k in kept] for row in table]
        if _room(shown, width) >= LABEL:
            break
        kept = [k for k in kept if k == 0 or COLUMNS[k - 1] != name]
    return _table([tuple(row[k] for k in kept) for row in table], width)


def _cells(r: dict[str, Any], say: Speaker) -> Row:
    own, whole, share = r["dyad_part"], r["log_change"], r["placebo_share"]
    if own is None or whole is None:
        ends, rest = (r["flow_from_usd_mn"], r["flow_to_usd_mn"]), r["supply_demand_part"]
        recorded = "-" if None in ends else say.words("screen.from_to", before=say.brief(ends[0]), after=say.brief(ends[1]))
        return (recorded if whole is None else say.change(whole), "-" if rest is None else say.change(rest), "-", *[""] * 4)
    changes = tuple(map(say.change, (whole, whole - own, own)))
    if share is None:
        return (*changes, "", "", "", "")
    n = r["n_placebos"]
    as_bad = say.words("screen.of", k=say.words.number(round(share * (n + 1)) - 1), n=say.words.number(n))
    full = r["full_panel_placebo_share"]
    return (*changes, as_bad, say.share(share), "" if full is None else say.share(full), unseen(r, say))


def _what_if(scenarios: pl.DataFrame, bands: pl.DataFrame, say: Speaker, width: int) -> list[str]:
    """A row an economy and scenario on the newest baseline year."""
    import polars as pl

    if not say.spec.scenarios:
        return [_sentence(say("no_scenarios"), width)]
    solved, still = scenarios.filter(pl.col("status") == "converged"), nothing_to_move(scenarios)
    year = solved["year"].max()
    table: list[Row] = [("", say.words("screen.exports"), say.words("screen.income"))]
    for scenario in say.spec.scenarios:
        here = (pl.col("scenario") == scenario.id) & (pl.col("year") == year)
        rows, drawn = solved.filter(here), bands.filter(pl.col("scenario") == scenario.id)
        absent = say.words("screen.uncomputed" if scenario.id in still else "screen.unsolved")
        table.append((say.own(scenario.title), absent if rows.is_empty() else "", ""))
        for code in say.spec.dyad if not rows.is_empty() else ():
            mine = rows.filter(pl.col("economy") == code)
            name = name_of(code, say.words.language)
            table.append(("  " + name, *_outcome(mine, drawn.filter(pl.col("economy") == code), say)))
    if year is None:
        return _table(table, width)
    key = "ranges" if bands.is_empty() else "bands"
    draws = None if bands.is_empty() else bands["draws"].max()
    notes = [_sentence(text, width) for text in (*unmoved(scenarios, say), *unbanded(solved, bands, say))]
    return [_sentence(say.words(f"screen.{key}", year=year, draws=draws), width), *_table(table, width), *notes]


def _outcome(rows: pl.DataFrame, drawn: pl.DataFrame, say: Speaker) -> Row:
    def ends(column: str) -> tuple[float, float]:
        if drawn.is_empty():
            plain = rows["exports_after_usd_mn" if column == "exports_usd_mn" else column]
            return plain.min(), plain.max()
        return drawn[f"{column}_p05"][0], drawn[f"{column}_p95"][0]

    before, after = say.brief(rows["exports_before_usd_mn"][0]), say.span(*ends("exports_usd_mn"), say.brief)
    flow = say.words("screen.from_to", before=before, after=after)
    return flow, say.span(*ends("welfare_pct"), lambda value: say.pct(value, sign=True))


def _sentence(text: str, width: int) -> str:
    return fill(text, width, initial_indent="  ", subsequent_indent="  ")


def _room(rows: Sequence[Sequence[str]], width: int) -> int:
    """What is left of the width for the first column."""
    return width - 2 - sum(max(map(len, column)) + 2 for column in list(zip(*rows))[1:])


def _table(rows: list[Row], width: int) -> list[str]:
    """Rows with the first column flush left and wrapped, the others flush right; the first row is the head."""
    sizes = [max(map(len, column)) for column in zip(*rows)]
    room = max(LABEL // 2, min(sizes[0], _room(rows, width)))
    lines = []
    for label, *cells in rows:
        indent = " " * (len(label) - len(label.lstrip()))
        parts = wrap(label.strip(), room - len(indent), subsequent_indent="  ", break_long_words=False) or [""]
        lines += [f"  {indent}{part}" for part in parts[:-1]]
        tail = "".join(f"  {cell:>{size}}" for cell, size in zip(cells, sizes[1:]))
        lines.append(f"  {indent + parts[-1]:<{room}}{tail}".rstrip())
    return lines
