"""The rows of what was forecast: each forecast beside its outcome, and each forecaster."""

from __future__ import annotations

from detente.language import Catalogue
from detente.report.series_names import target_in_words
from detente.report.story import Story
from detente.report.tables.cells import Row


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
