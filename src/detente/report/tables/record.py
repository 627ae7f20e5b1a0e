"""The rows of what the record holds: claims, sources, events, the two texts beside each other, and conflicts of figures."""

from __future__ import annotations

import re

import polars as pl

from detente.language import Catalogue
from detente.record.schema import FRICTION
from detente.report.series_names import series_in_words
from detente.report.story import Story, split
from detente.report.tables.cells import Row, rows

_LINK = re.compile(r"https?://[\w.\-]+(?::\d{1,5})?(?:[/?#][^\s\"'<>\\]*)?", re.IGNORECASE)


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
        way = FRICTION.get(str(row["direction"]), "mixed")
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
