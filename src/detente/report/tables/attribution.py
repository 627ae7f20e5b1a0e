"""The rows of why trade changed: each episode, every method on it, and the breaks beside the gravest events."""

from __future__ import annotations

from detente.attribution.words.strength import alike, as_bad_of
from detente.language import Catalogue
from detente.report.story import Story
from detente.report.tables.cells import Row


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
                "dyad_pct": part_of_change(row["dyad_pct"], row["dyad_part"], words),
                "placebo": ""
                if share is None
                else words(
                    "attribution.of_pairs",
                    k=words.number(alike(as_bad_of(row) or 0, row["n_placebos"], row["dyad_part"])),
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


def part_of_change(pct: float | None, own: float, words: Catalogue) -> str:
    """A component beside the change: its share, or, where that is none of the whole, what it would have done by itself.

    Nothing where the change is so small that the share is unknown.
    """
    if pct is None:
        return ""
    if 0 <= pct <= 100:
        return words("attribution.of_change", share=words.percent(pct, 0))
    key = "attribution.against_change" if pct < 0 else "attribution.beyond_change"
    return words(key, change=words.log_percent(own))


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
