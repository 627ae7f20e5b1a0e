"""The report is one file that needs nothing else, and shows a study's texts as texts."""

from __future__ import annotations

import importlib.util
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from detente.answer import Answer
from detente.errors import OutputError
from detente.report import render_report, write_report

FIXTURE = Path(__file__).parents[1] / "fixtures" / "report" / "fake_run.py"
LOADS = ("src", "srcset", "poster", "action", "formaction", "background", "xlink:href")
MAX_BYTES = 3_000_000


def load():
    spec = importlib.util.spec_from_file_location("fake_run", FIXTURE)
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["fake_run"] = module
    spec.loader.exec_module(module)
    return module


fake = load()


class Reader(HTMLParser):
    """Tags, attributes and the text of style and script."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.raw: dict[str, str] = {}
        self._in = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._in = tag if tag in ("style", "script") else ""

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data):
        if self._in:
            self.raw[self._in] = self.raw.get(self._in, "") + data

    def handle_endtag(self, tag):
        self._in = ""


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.fixture(scope="module")
def html() -> str:
    return render_report(fake.FakeRun())


@pytest.fixture(scope="module")
def reader(html: str) -> Reader:
    return read(html)


def test_nothing_is_loaded_from_anywhere(html, reader):
    for tag, attributes in reader.tags:
        assert tag not in ("iframe", "object", "embed", "base"), tag
        for name in LOADS:
            assert name not in attributes, (tag, name)
        if tag == "link":
            assert attributes["href"] == "data:,"
        elif "href" in attributes:
            assert attributes["href"].startswith(("#", "data:text/csv")), attributes["href"][:80]
    assert not re.search(r"url\(\s*['\"]?(?!#)", reader.raw["style"])
    assert "@import" not in reader.raw["style"]


def test_policy_allows_exactly_its_own_style_and_script(reader):
    policy = next(a["content"] for _, a in reader.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        digest = b64encode(sha256(reader.raw[tag].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
        assert sum(t == tag for t, _ in reader.tags) == 1
    assert not any(name.startswith("on") or name == "style" for _, a in reader.tags for name in a)


def test_ids_are_unique_and_every_reference_resolves(reader):
    ids = [a["id"] for _, a in reader.tags if "id" in a]
    assert len(ids) == len(set(ids))
    for _, attributes in reader.tags:
        wanted = [attributes["href"][1:]] if attributes.get("href", "").startswith("#") else []
        for name in ("aria-labelledby", "aria-describedby", "data-filter"):
            wanted += attributes.get(name, "").split()
        for value in attributes.values():
            wanted += re.findall(r"url\(#([^)]+)\)", value)
        assert set(wanted) <= set(ids)


def test_answer_comes_first_and_all_sections_are_there(html):
    order = [
        html.index(f'id="en-{key}"')
        for key in (
            "answer",
            "timeline",
            "claims",
            "attribution",
            "scenarios",
            "forecasts",
            "sources",
            "method",
        )
    ]
    assert order == sorted(order)
    for sentence in (*fake.FakeRun().answer.happened, *fake.FakeRun().answer.why):
        assert sentence in unescape(html)


def test_every_claim_shows_verdict_evidence_and_reason(html):
    text = unescape(html)
    for row in fake.claims().iter_rows(named=True):
        assert row["claim"] in text
        assert row["reason"] in text
        assert not row["evidence"] or row["evidence"] in text
    assert html.count('<li data-verdict="contradicted">') == 2  # once a language


def test_conflicts_methods_breaks_and_articles_stand_in_the_page(html):
    text = unescape(html)
    assert text.index('trade, both directions</td><td class="when">2025') < text.index("The other 5")
    assert "about 7200 beside 7200" in text
    assert "Only in The Economist, 15 Sep 2022: 1." in text
    assert "event without break" in text
    assert "synthetic control" in text


def test_headline_numbers_lead_to_their_charts(html, reader):
    assert html.index('class="glance"') < html.index('class="answers"')
    links = [a["href"] for _, a in reader.tags if a.get("href", "").startswith("#en-chart-")]
    assert links == ["#en-chart-trade", "#en-chart-verdicts", "#en-chart-residuals", "#en-chart-scenarios"]
    for number in ("<strong>16%</strong>", "<strong>7 of 10</strong>", "<strong>31%</strong>"):
        assert number in html


def test_manifest_is_shown_with_versions_and_hashes(html):
    for text in (
        "9f" * 32,
        "0a" * 32,
        "c4" * 32,
        "record/events.csv",
        "numpy 2.2.0",
        "20221115",
        "detente run",
    ):
        assert text in html


def test_each_language_brings_its_own_title():
    run = fake.FakeRun()
    run.study.spec = SimpleNamespace(translations={"es": {run.study.title: "El título", run.study.subtitle: "y más"}})
    titles = {a["id"]: a["data-title"] for tag, a in read(render_report(run)).tags if "data-title" in a}
    assert titles == {"en": f"{run.study.title} – {run.study.subtitle}", "es": "El título – y más"}


def test_size(html):
    assert len(html.encode()) < MAX_BYTES


HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>\'"&{{7*7}}</style>]]>'


def test_hostile_text_stays_text():
    run = fake.FakeRun()
    run.study.title = run.study.subtitle = run.study.origin_name = HOSTILE
    run.study.scenarios[0].note = HOSTILE
    run.answer = replace(run.answer, why=(HOSTILE,))

    def poison(frame: pl.DataFrame, *keep: str) -> pl.DataFrame:
        return frame.with_columns(
            pl.lit(HOSTILE).alias(name) for name in frame.columns if frame[name].dtype == pl.String and name not in keep
        )

    run.claims = fake.Table(poison(fake.claims(), "verdict"))
    run.events = fake.Table(poison(fake.events(), "date", "end_date", "direction"))
    run.sources = fake.Table(poison(fake.sources(), "source_id"))
    run.forecasts = fake.Table(poison(fake.forecasts(), "date"))
    run.scenarios = fake.Table(poison(fake.scenarios(), "economy"))
    run.manifest = {**fake.MANIFEST, "command": HOSTILE, "detente": HOSTILE}
    hostile = read(render_report(run))
    assert [tag for tag, _ in hostile.tags].count("script") == 1
    assert "img" not in {tag for tag, _ in hostile.tags}
    assert not any(name.startswith("on") for _, attributes in hostile.tags for name in attributes)
    assert any(HOSTILE in attributes.get("data-tip", "") for _, attributes in hostile.tags)


@pytest.mark.parametrize(
    "missing",
    [
        "claims",
        "attribution",
        "residuals",
        "scenarios",
        "timeline",
        "events",
        "figures",
        "forecasts",
        "sources",
        "partners",
        "winners",
        "parts",
        "methods",
        "breaks",
        "specifications",
        "conflicts",
        "articles",
        "bands",
    ],
)
@pytest.mark.parametrize("as_none", [True, False])
def test_a_run_without_one_table_still_makes_a_page(missing, as_none, quick_pen):
    run = fake.FakeRun()
    empty = fake.Table(getattr(run, missing).to_frame().clear())
    setattr(run, missing, None if as_none else empty)
    assert 'id="en-answer"' in render_report(run)


def test_a_bare_run_says_what_is_not_there():
    bare = SimpleNamespace(
        library=None,
        study=fake.FakeRun().study,
        manifest={},
        answer=Answer((), (), (), ()),
    )
    html = unescape(render_report(bare))
    for words in (
        "the study's record has no claims",
        "no attribution was computed",
        "no scenario was computed",
        "the study's record has no forecasts",
        "the study's record names no sources",
        "no trade figures or events",
    ):
        assert words in html
    assert "<svg" not in html


def test_quick_run_says_so(quick_pen):
    run = fake.FakeRun()
    run.manifest = {**fake.MANIFEST, "quick": True}
    assert "Quick run" in render_report(run)
    assert "Quick run" not in render_report(fake.FakeRun())


def test_same_run_same_bytes(html, drawn_anew):
    assert render_report(fake.FakeRun()) == html


def test_written_whole_or_not_at_all(tmp_path, quick_pen):
    path = write_report(fake.FakeRun(), tmp_path / "report.html")
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    beside = {"report.html", "report.png", "one-page.pdf"}
    assert {p.name for p in tmp_path.iterdir()} == beside
    with pytest.raises(OutputError, match="cannot be written"):
        write_report(fake.FakeRun(), tmp_path / "absent" / "report.html")


def test_forecasts_stand_by_forecaster_too(html):
    from detente.record.verdicts.scoreboard import by_forecaster

    table = by_forecaster(fake.forecasts())
    assert table["n"].sum() == fake.forecasts().height
    text = unescape(html)
    start = text.index(f"By forecaster: {table.height}")
    part = " ".join(text[start : text.index("</table>", start)].split())
    for row in table.iter_rows(named=True):
        assert f'<td>{row["forecaster"]}</td><td class="number">{row["n"]}</td>' in part
    assert "Forecasts are not independent" in part
