"""What changed: since the last edition of a study, and what a watch list told of, in any language and aloud."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from detente.edition import gather, make
from detente.edition.composing import compose
from detente.edition.making import Order
from detente.edition.material import Subject
from detente.edition.material.changes import MeasuredChange, ToldChange, between, snapshot
from detente.language import Catalogue
from detente.run.result import Run
from detente.watch.state import PastAlert
from detente.watch.thresholds import Reading

LIST = '[watch]\nname = "mine"\n[[dyad]]\npair = ["IND", "PAK"]\n[[rule]]\nmeasure = "exports"\n'


def with_verdict(run: Run, verdict: str) -> Run:
    first = run.frames["claims"]["claim_id"][0]
    claims = run.frames["claims"].with_columns(
        verdict=pl.when(pl.col("claim_id") == first).then(pl.lit(verdict)).otherwise("verdict")
    )
    return Run(run.study, {**run.frames, "claims": claims}, run.notes, run.manifest, run.texts)


def test_the_same_run_has_no_change_and_a_verdict_is_one(quick_run):
    before = snapshot(quick_run)
    assert between(before, snapshot(quick_run), "2026-03-15") == ()
    (change,) = between(before, snapshot(with_verdict(quick_run, "contradicted")), "2026-03-15")
    assert change.measure.startswith("verdict:")
    assert "contradicted" in change.said(Catalogue("en"))
    assert "contradicha" in change.said(Catalogue("es"))
    assert len(before) > 50


def test_the_second_edition_tells_what_changed_since_the_first(quick_run, tmp_path, monkeypatch):
    runs = iter([quick_run, with_verdict(quick_run, "contradicted"), quick_run])
    monkeypatch.setattr("detente.edition.material.gathering._run", lambda source, quick: next(runs))
    for day in (16, 17):
        when = date(2026, 3, day)
        make(gather(["study"], when, out=tmp_path), tmp_path, Order(when, voice="none"))
    text = (tmp_path / "2026-03-17/edition.txt").read_text()
    assert "contradicted" in text.partition("The numbers behind it")[0]
    assert "one change" in (tmp_path / "2026-03-17/mail.html").read_text()
    assert "first edition" in (tmp_path / "2026-03-16/edition.txt").read_text()


def test_a_change_is_said_aloud_without_a_digit(quick_run):
    sold = [Reading("exports:COL>VEN", value, note=year) for value, year in ((673.4, "2023"), (1071.9, "2025"))]
    odds = [Reading("odds:break", p, low=low, high=high) for p, low, high in ((0.05, 0.01, 0.1), (0.1, 0.06, 0.2))]
    changes = tuple(MeasuredChange(pair[0].measure, *pair, "2026-03-15") for pair in (sold, odds))
    for language in ("en", "es"):
        spoken = compose([Subject(quick_run, changes, "2026-03-15")], date(2026, 3, 16), language, spoken=True)
        changed = spoken.pieces[0].parts[0]
        assert len(changed.sentences) == 2
        for sentence in changed.sentences:
            assert not re.search(r"[\d%$→×−]", sentence), sentence


def test_a_flood_of_changes_is_counted(quick_run):
    change = MeasuredChange("odds:break", Reading("odds:break", 0.05), Reading("odds:break", 0.1), "2026-03-15")
    edition = compose([Subject(quick_run, (change,) * 48, "2026-03-15")], date(2026, 3, 16), "en")
    assert edition.pieces[0].parts[0].sentences[-1] == "And 36 more; the report has them all."
    assert edition.title.endswith("48 changes")


def test_an_alert_is_told_in_the_readers_language():
    body = {"changes": [{"measure": "exports:IND>PAK", "what": "fired", "since": "2026-03-01T00:00:00Z",
                         "before": {"value": 300.0, "note": "2022"}, "after": {"value": 400.0, "note": "2023"}}]}  # fmt: skip
    alert = ToldChange(PastAlert(3, 1, "IND-PAK", "India - Pakistan", "New data.", body, "2026-03-15T00:00:00Z"), "en")
    assert alert.said(Catalogue("en")).startswith("New data.")
    assert "New data" not in alert.said(Catalogue("es"))
    assert "US$400" in alert.said(Catalogue("es"))


@pytest.mark.slow
def test_a_watch_list_with_a_pair_makes_an_edition(tmp_path: Path):
    (tmp_path / "watch.toml").write_text(LIST)
    when = date(2026, 3, 16)
    subjects = gather([str(tmp_path / "watch.toml")], when, out=tmp_path / "site")
    made = make(subjects, tmp_path / "site", Order(when, voice="none"))
    text = (made.folder / "edition.txt").read_text()
    assert "INDIA – PAKISTAN" in text
    assert "What next" in text
    again = make(
        gather([str(tmp_path / "watch.toml")], when, out=tmp_path / "site"),
        tmp_path / "site",
        Order(when, voice="none"),
    )
    assert not again.fresh


def test_a_break_that_was_sought_in_vain_is_no_reading(quick_run):
    """A full run's table of breaks also has rows without a shift; such a row once stopped the edition."""
    ends = dict(zip(("origin", "destination"), quick_run.study.spec.dyad))
    rows = [
        {**ends, "year": 2010, "shift": -1.2, "what": "found"},
        {**ends, "year": 2015, "shift": None, "what": "event"},
    ]
    frame = quick_run.frames["breaks"].clear()
    made = pl.DataFrame([{name: row.get(name) for name in frame.columns} for row in rows], schema=frame.schema)
    run = Run(
        quick_run.study, {**quick_run.frames, "breaks": made}, quick_run.notes, quick_run.manifest, quick_run.texts
    )
    assert [name for name in snapshot(run) if name.startswith("break:")] == ["break:COL>VEN:2010"]
