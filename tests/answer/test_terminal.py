"""The answer on one screen: it fits, says what the tables say, and leaves out what was not computed."""

from __future__ import annotations

import re
from math import expm1

import pytest


@pytest.fixture(scope="module")
def run(flagship):
    return flagship


@pytest.fixture(scope="module")
def quick(flagship_quick):
    return flagship_quick


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("width", "lines"), [(80, 79), (100, 66), (120, 61)])
def test_it_fits(run, width, lines, language):
    shown = run.summary(width=width, language=language).splitlines()
    assert max(map(len, shown)) <= width
    assert len(shown) <= lines + 10 * (language == "es")


def two_digits(pct: float) -> str:
    """A signed percent, with decimals below ten."""
    digits = 0 if abs(pct) >= 9.95 else 1 if abs(pct) >= 0.995 else 2
    return f"{pct:+.{digits}f}%".replace("-", "−")


def test_the_table_of_episodes_says_what_the_attribution_says(run):
    shown = run.summary(width=120)
    rows = [
        r for r in run.attribution.to_frame().iter_rows(named=True) if r["base_from"] == 2000 and r["base_to"] == 2004
    ]
    assert len(rows) == 10
    for r in rows:
        recorded, own = (two_digits(100 * expm1(r[name])) for name in ("log_change", "dyad_part"))
        count, p = f"{r['n_as_bad']:,}", r["placebo_share"]
        if r["dyad_part"] > 0:  # who did better, and the p of a gain
            count, p = f"{r['n_placebos'] - r['n_as_bad']:,}", 1 - p + r["smallest_share"]
        pattern = (
            rf"{r['from_year']}–{r['to_year']} +{re.escape(recorded)} .* {re.escape(own)} +{count}/{r['n_placebos']:,} "
        )
        assert re.search(pattern + (f" *{p:.3f}" if p < 0.1 else f" *{p:.2f}"), shown), (r["episode"], pattern)


def test_the_table_of_scenarios_says_what_the_bands_say(run):
    shown = run.summary(width=120)
    closed = [row for row in run.bands.to_frame().iter_rows(named=True) if row["scenario"] == "closed"]
    assert {row["exports_usd_mn_p95"] for row in closed} == {0.0}
    assert re.search(r"Colombia +200 → 0 ", shown)
    assert re.search(r"Venezuela +28 → 0 ", shown)


def test_a_quick_run_has_no_columns_of_placebos(quick):
    shown = quick.summary()
    assert "as bad" not in shown
    assert "unseen" not in shown
    assert "No placebo test was run" in " ".join(shown.split())
    assert "not over sampling error" in " ".join(shown.split())


def test_every_sentence_is_there_in_full(run):
    shown = " ".join(run.summary(full=True).split())
    for sentences in (run.answer.happened, run.answer.why, run.answer.what_if, run.answer.people, run.answer.claims):
        for sentence in sentences:
            assert " ".join(sentence.split()) in shown
