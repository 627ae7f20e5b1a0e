"""The rows of the page's tables, as plain text in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from detente.language import Catalogue
from detente.report.figures.events import WAYS
from detente.report.figures.scenarios import scenario_summary
from detente.report.series_names import series_in_words, target_in_words
from detente.report.story import Story, split

Row = dict[str, Any]
_LINK = re.compile(r"https?://[\w.\-]+(?::\d{1,5})?(?:[/?#][^\s\"'<>\\]*)?", re.IGNORECASE)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def rows(frame: pl.DataFrame) -> list[Row]:
    """Rows as dictionaries; absent cells are ``""`` so that nothing reads ``None``."""
    return [{name: "" if cell is None else cell for name, cell in row.items()} for row in frame.iter_rows(named=True)]


def claim_rows(story: Story) -> list[Row]:
    said = ("claim", "evidence", "difference", "rule", "reason", "attributed_to")
    return [
        {
            **row,
            **{name: story.own(row[name]) for name in said},
            "evidence_from": story.cited(row["evidence_source_ids"]),
        }
        for row in rows(story.claims)
    ]


def source_rows(story: Story, words: Catalogue) -> list[Row]:
    """Sources with publisher and date in the reader's language; titles that are the sources' own stay as they are."""
    return [
        {
            **row,
            "title": story.title(row),
            "publisher": story.own(row["publisher"]),
            "when": words.date(row["date"]),
            "link": safe_link(row["url"]),
        }
        for row in rows(story.sources)
    ]


def safe_link(address: str | None) -> str:
    """An address that may stand in a link: http or https with a host, and nothing that could be anything else.

    >>> safe_link("https://example.org/a"), safe_link("javascript:alert(1)"), safe_link("example.org")
    ('https://example.org/a', '', '')
    """
    text = str(address or "").strip()
    return text if _LINK.fullmatch(text) else ""


def event_rows(story: Story, words: Catalogue) -> list[Row]:
    """Events by date, without the initial states, with the way they push and their sources in words."""
    found = []
    for row in rows(story.events):
        if row["kind"] == "initial state":
            continue
        way = WAYS.get(str(row["direction"]), "mixed")
        span = words.date(row["date"]) + (f" – {words.date(row['end_date'])}" if row["end_date"] else "")
        found.append(
            {
                **row,
                "title": story.own(row["title"]),
                "parts": ", ".join(words.known("subsystem", part) for part in split(row["subsystems"])),
                "when": span,
                "way": way,
                "way_words": words(f"events.{way}"),
                "from": story.source_names(row["source_ids"]),
            }
        )
    return sorted(found, key=lambda row: str(row["date"]))


def attribution_rows(story: Story, words: Catalogue) -> list[Row]:
    found = []
    for row in story.attribution.iter_rows(named=True):
        share, smallest = row["placebo_share"], row["smallest_share"]
        found.append(
            {
                "flow": story.arrow(row["origin"], row["destination"]),
                "span": words.periods(row["from_year"], row["to_year"]),
                "change": words.number(row["log_change"], 2, sign=True),
                "change_pct": words.log_percent(row["log_change"]),
                "dyad": words.number(row["dyad_part"], 2, sign=True),
                "dyad_pct": words.percent(row["dyad_pct"], 0),
                "placebo": ""
                if share is None
                else words(
                    "attribution.of_pairs",
                    k=words.number(_as_bad(row)),
                    n=words.number(row["n_placebos"]),
                ),
                "smallest": ""
                if smallest is None
                else words("attribution.smallest", share=words.significant(100 * smallest)),
                "base": words.periods(row["base_from"], row["base_to"]),
                "panel": story.own(row["panel"]),
                "sentence": story.own(row["sentence"] or ""),
            }
        )
    return found


def _as_bad(row: Mapping[str, Any]) -> int | None:
    """How many similar pairs did as badly: as counted, or, in runs of an older version, from their share."""
    counted = row.get("n_as_bad")
    if counted is not None or row["placebo_share"] is None or not row["n_placebos"]:
        return counted
    return round(row["placebo_share"] * (row["n_placebos"] + 1)) - 1


def method_rows(story: Story, words: Catalogue) -> list[Row]:
    """Every method on every episode: estimate, range, share and how often it errs when nothing was done."""
    titles = {e.id: f"{story.own(e.title)}, {words.periods(e.from_year, e.to_year)}" for e in story.study.episodes}
    return [
        {
            "flow": story.arrow(row["origin"], row["destination"]),
            "episode": titles.get(row["episode"], row["episode"]),
            "method": words.known("method_name", row["method"]),
            "estimate": words.number(row["log_points"], 2, sign=True),
            "range": words.span(row["low"], row["high"], 2),
            "share": "" if row["share"] is None else words.percent(100 * row["share"], 1),
            "n": words.number(row["n"]),
            "size": "" if row["measured_size"] is None else words.percent(100 * row["measured_size"], 0),
            "note": story.own(row["note"] or ""),
        }
        for row in story.methods.iter_rows(named=True)
    ]


def break_rows(story: Story, words: Catalogue) -> list[Row]:
    """Breaks of the residual beside the record's gravest events, by flow and year."""
    return [
        {
            "flow": story.arrow(row["origin"], row["destination"]),
            "year": row["year"] or "",
            "what": words.known("break_kind", row["what"]),
            "shift": words.number(row["shift"], 2, sign=True),
            "share": "" if row["placebo_share"] is None else words.percent(100 * row["placebo_share"], 1),
            "events": story.own(row["events"] or ""),
        }
        for row in story.breaks.iter_rows(named=True)
    ]


def article_rows(story: Story, words: Catalogue) -> tuple[list[Row], dict[str, int]]:
    """Pairs of claims both sources speak to, and how many claims stand in one source only."""
    texts = {} if story.claims.is_empty() else dict(story.claims.select("claim_id", "claim").iter_rows())
    pairs: list[Row] = []
    single: dict[str, set[str]] = {}
    for row in story.articles.iter_rows(named=True):
        if row["claim_a"] and row["claim_b"]:
            sides = {name: story.own(texts.get(row[f"claim_{name[-1]}"], "")) for name in ("text_a", "text_b")}
            pairs.append({**row, **sides, "how": story.own(row["how"]),
                          "relation_words": words.known("article_relation", row["relation"])})  # fmt: skip
        else:
            source = row["first"] if row["claim_a"] else row["second"]
            single.setdefault(source, set()).add(row["claim_a"] or row["claim_b"])
    shared = {row[f"claim_{side}"] for row in pairs for side in "ab"}
    alone = {"; ".join(story.source_names(source)): len(ids - shared) for source, ids in single.items()}
    return pairs, {source: n for source, n in alone.items() if n}


def conflict_rows(story: Story, words: Catalogue) -> list[Row]:
    """Figures that disagree with the preferred one, widest gap first."""
    if story.conflicts.is_empty():
        return []
    ordered = story.conflicts.sort(pl.col("gap_pct").abs(), descending=True, nulls_last=True)
    return [
        {
            "series": series_in_words(story, words, row["series"]),
            "period": words.date(str(row["period"])),
            "value": words.significant(row["value"], 4),
            "against": words.significant(row["against"], 4),
            "unit": words.known("unit", str(row["unit"] or "")),
            "gap": words.percent(row["gap_pct"], 0, sign=True),
            "explanation": words.known("explanation", row["explanation"] or ""),
            "arithmetic": story.own(row["arithmetic"] or ""),
            "source": "; ".join(story.source_names(row["source_id"])),
        }
        for row in ordered.iter_rows(named=True)
    ]


MOST_SECTORS = 10
"""Sectors of a scenario and economy that the page shows, those that lose or gain most jobs; the CSV has them all."""
PATH_YEARS = (0, 5, 10, 20)
"""Years of a path of capital that the page shows, before its end."""


def further_tables(story: Story, words: Catalogue) -> list[Row]:
    """What scenarios do to sectors, over the years and to people, as tables: name, caption, head, rows, frame."""
    made = (("sectors", _sector_cells), ("capital", _capital_cells), ("people", _people_cells))
    found = []
    for name, cells in made:
        frame = getattr(story, name)
        if not frame.is_empty():
            head, lines = cells(frame, story, words)
            keys = [words(f"further.{key}") for key in head]
            found.append(
                {"name": name, "caption": words(f"further.{name}"), "head": keys, "rows": lines, "frame": frame}
            )
    return found


def _sector_cells(frame: pl.DataFrame, story: Story, words: Catalogue) -> tuple[tuple[str, ...], list[list[str]]]:
    drawn = frame["employment_pct_p05"].null_count() < frame.height
    ranges = ("employment_range",) if drawn else ()
    head = ("scenario", "economy", "sector", "lost_wages", "employment", *ranges, "output", "exports", "revenue")
    most = frame.with_columns(_size=pl.col("lost_wages_usd_mn").abs().fill_null(0.0)).sort("_size", descending=True)
    most = most.group_by("scenario", "economy", maintain_order=True).head(MOST_SECTORS)
    return head, [
        [
            row["title"], story.economy(row["economy"]), row["sector"],
            words.significant(row["lost_wages_usd_mn"], sign=True), words.significant(row["employment_pct"], sign=True),
            *(words.span(row["employment_pct_p05"], row["employment_pct_p95"]) for _ in ranges),
            words.significant(row["real_output_pct"], sign=True),
            words.significant(row["exports_after_usd_mn"] - row["exports_before_usd_mn"], sign=True),
            words.significant(row["revenue_after_usd_mn"]),
        ]
        for row in most.iter_rows(named=True)
    ]  # fmt: skip


def _capital_cells(frame: pl.DataFrame, story: Story, words: Catalogue) -> tuple[tuple[str, ...], list[list[str]]]:
    lines = []
    for (_, title, code), path in frame.group_by("scenario", "title", "economy", maintain_order=True):
        by_year = dict(path.select("year", "welfare_pct").iter_rows())
        ends = [words.significant(by_year.get(year), sign=True) for year in PATH_YEARS]
        lines.append([title, story.economy(code), *ends, words.significant(path["welfare_pct_end"][0], sign=True)])
    return ("scenario", "economy", *(f"year_{year}" for year in PATH_YEARS), "in_the_end"), lines


def _people_cells(frame: pl.DataFrame, story: Story, words: Catalogue) -> tuple[tuple[str, ...], list[list[str]]]:
    head = ("scenario", "origin", "residence", "persons", "change", "wage", "origin_income")
    return head, [
        [
            row["title"], story.economy(row["origin"]), story.economy(row["residence"]),
            words.number(row["persons_before"]), words.number(row["change"], sign=True),
            words.significant(row["real_wage_pct"], sign=True), words.significant(row["origin_welfare_pct"], sign=True),
        ]
        for row in frame.iter_rows(named=True)
    ]  # fmt: skip


def scenario_rows(story: Story, words: Catalogue) -> list[Row]:
    found = []
    for row in scenario_summary(story).iter_rows(named=True):
        spans = {
            key: words.span(row[f"{name}_low"], row[f"{name}_high"])
            for key, name in (("exports", "exports_change_usd_mn"), ("income", "welfare_pct"))
        }
        found.append(
            {
                "title": row["title"],
                "year": row["year"],
                "economy": story.economy(row["economy"]),
                **spans,
                "n": words.number(row["n_specifications"]),
            }
        )
    return found


def forecast_rows(story: Story, words: Catalogue) -> list[Row]:
    found = []
    for row in story.forecasts.iter_rows(named=True):
        ends = [words.significant(row[end], 3) for end in ("low", "high") if row[end] is not None]
        ends = list(dict.fromkeys(ends)) or [""]
        unit = words.known("unit", str(row["unit"] or ""))
        found.append(
            {
                "when": words.date(str(row["date"] or "")),
                "who": story.own(row["forecaster"]),
                "what": f"{target_in_words(story, words, row['target'])}, {words.horizon(row['horizon'])}",
                "forecast": ends[0] if len(ends) == 1 else words("number.range", low=ends[0], high=ends[-1]),
                "unit": unit,
                "outcome": words.significant(row.get("outcome"), 3),
                "ratio": words.number(row.get("ratio"), 2),
                "result": row.get("result") or "",
            }
        )
    return found


def forecaster_rows(story: Story, words: Catalogue) -> list[Row]:
    """Hits, bias and score of each forecaster, those with most forecasts first."""
    return [
        {
            "who": story.own(row["forecaster"]),
            **{name: words.number(row[name]) for name in ("n", "n_scored", "n_hits", "n_above")},
            "ratio": words.number(row["geometric_ratio"], 2),
            "score": "" if row["crps_share"] is None else words.percent(100 * row["crps_share"], 0),
        }
        for row in story.forecasters.iter_rows(named=True)
    ]


def inputs(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """Every input file of the manifest with its SHA-256, wherever it stands in it."""
    return [(path, text) for path, text in _leaves(manifest) if _SHA256.fullmatch(text)]


def versions(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and versions of the package, Python and the libraries."""
    own = [(name, str(manifest[name])) for name in ("detente", "python") if manifest.get(name)]
    return own + [
        (name, text) for name, text in _leaves(manifest.get("libraries") or {}) if ("detente", text) not in own
    ]


def _leaves(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for key, branch in tree.items():
            named = key if path in ("", "study", "panel", "files") else f"{path}/{key}"
            yield from _leaves(branch, path if key in ("files", "sha256") and isinstance(branch, str) else named)
    elif isinstance(tree, list | tuple):
        for branch in tree:
            if isinstance(branch, dict) and {"sha256"} <= set(branch):
                yield (
                    str(branch.get("file") or branch.get("path") or branch.get("name") or path),
                    str(branch["sha256"]),
                )
            else:
                yield from _leaves(branch, path)
    elif tree is not None:
        yield path, str(tree)
