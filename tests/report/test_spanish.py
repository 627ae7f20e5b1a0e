"""A Spanish reader of the built-in study's report meets no English, except titles of sources."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from detente.language import Catalogue
from detente.report import render_report
from detente.run import read_run
from detente.study import new_study, open_study

VOID = {"meta", "link", "input", "br", "img", "hr"}
SPOKEN = ("aria-label", "placeholder", "data-tip", "data-template", "title", "alt")
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|was|were|with|from|that|which|this|these|by|for|not|its|their|between|beside|than|within|"
    r"after|before|when|where|who|there|has|have|had|more|less|other|only|what|into|out|no one|trade|claim|border|"
    r"year|share|exports|imports|placebos? share)\b",
    re.IGNORECASE,
)
NAMES = re.compile(  # proper names of publishers and data sets, addresses, codes of economies and ids of sources
    r"Correlates of War|The Economist|Global Journal of Human Social Science|https?://\S+|\b[A-Z]{3}\b|"
    r"\b\w+(-\w+)*-[v\d][\w-]*"
)


class Visible(HTMLParser):
    """Texts with the language that stands over them; code and styles are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str | None]] = []
        self.found: list[tuple[str | None, str]] = []

    def language(self) -> str | None:
        return next((lang for _, lang in reversed(self.open) if lang is not None), None)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag not in VOID:
            self.open.append((tag, attributes.get("lang")))
        for name in SPOKEN:
            if attributes.get(name):
                self.found.append((attributes.get("lang") or self.language(), attributes[name]))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in {name for name, _ in self.open}:
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data):
        inside = {tag for tag, _ in self.open}
        if data.strip() and not inside & {"script", "style", "code"}:
            self.found.append((self.language(), " ".join(data.split())))


def spanish(html: str) -> list[str]:
    reader = Visible()
    reader.feed(html[html.index('<div class="page" id="es"') : html.index("<footer", html.index('id="es"'))])
    return [text for language, text in reader.found if language == "es"]


@pytest.fixture(scope="module")
def run(flagship):
    return flagship


@pytest.fixture(scope="module")
def html(run):
    return render_report(run)


def test_no_english_is_left(html):
    texts = spanish(html)
    assert len(texts) > 3000
    left = sorted({text for text in texts if ENGLISH.search(NAMES.sub("", text))})
    assert not left, left[:20]


def test_a_new_study_of_any_pair_speaks_spanish_too(tmp_path):
    run = open_study(new_study("COL", "PER", folder=tmp_path / "s")).run(quick=True)
    left = {text for text in spanish(render_report(run)) if ENGLISH.search(NAMES.sub("", text))}
    assert not left
    assert run.summary(language="es").startswith("Colombia y Perú\n\nQué pasó\n")


def test_the_check_would_see_english(html):
    claim = "El gasoducto entre los dos se abrió en 2007"
    assert claim in html
    assert any(map(ENGLISH.search, spanish(html.replace(claim, "The gas pipeline between the two opened in 2007"))))


def test_every_english_sentence_of_the_tables_has_its_spanish(run):
    words = run.texts["es"]
    claims, effects = run.claims.to_frame(), run.attribution.to_frame()
    events, sources = run.events.to_frame(), run.sources.to_frame()
    assert events["title_es"].null_count() == 0
    assert not [title for title in events["title"] if title not in words]
    own_titles = sources.filter(sources["title"].str.starts_with("["))
    assert own_titles.height > 200
    assert own_titles["title_es"].null_count() == 0
    for column in ("claim", "evidence", "rule", "reason"):
        assert not [text for text in claims[column].unique() if text and text not in words]
    assert not [text for text in effects["sentence"] if text not in words]
    assert not [note for note in run.notes if note not in words]
    assert re.match(r"Panel: \d{3}\.\d{3} filas leídas", words[run.notes[0]])


def test_a_run_read_back_says_the_same(run, html, tmp_path):
    folder = run.write(tmp_path / "run")
    again = read_run(folder)
    assert again.texts == run.texts
    assert spanish(render_report(again)) == spanish(html)


def test_an_older_run_without_texts_marks_its_english(run, tmp_path, quick_pen):
    import json

    folder = run.write(tmp_path / "run")
    raw = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    del raw["texts"]
    (folder / "results.json").write_text(json.dumps(raw), encoding="utf-8")
    html = render_report(read_run(folder))
    said = '<span class="claim" lang="en">The gas pipeline between the two opened in 2007</span>'
    assert said in " ".join(html.split())  # wherever the line is broken
    assert Catalogue("es")("page.study_language") in html
