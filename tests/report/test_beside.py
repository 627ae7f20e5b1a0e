"""What lies beside a report: the picture that links show, the sheet of one page, and the words explained in it."""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree

import pytest

from detente.language import LANGUAGES, Catalogue
from detente.report import one_page, render_report, report_files, write_report
from detente.report.glossary import explained, glossary
from detente.report.pdf import HIGH, LEFT, RIGHT, one_page_svg


@pytest.fixture(scope="module")
def run(flagship_quick):
    return flagship_quick


def test_the_sheet_is_one_page_of_a4_with_its_text_in_it(run):
    pdf = one_page(run)
    assert pdf is not None
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1
    (box,) = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", pdf)
    assert float(box[1]) / float(box[0]) == pytest.approx(297 / 210, rel=0.002)  # ISO 216


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_leaves_the_sheet_or_lies_on_its_foot(run, language):
    root = ElementTree.fromstring(one_page_svg(run, language))
    own = [e for e in root if e.tag.endswith("text")]
    places = [float(e.get("y")) for e in own]
    assert max(places[:-1]) < HIGH - 45 < places[-1] < HIGH
    for text in own:
        words = "".join(text.itertext())
        wide = (
            len(words) * float(text.get("font-size")) * 0.5
        )  # Liberation Sans: 0.50 em over English and Spanish prose
        assert float(text.get("x")) >= LEFT
        assert float(text.get("x")) + wide <= RIGHT + 30, words
    for picture in (e for e in root if e.tag.endswith("svg")):
        assert float(picture.get("y")) + float(picture.get("height")) <= HIGH - 45
    text = "".join(root.itertext())
    assert "http" not in text


def test_a_report_is_written_with_its_picture_and_its_sheet(run, tmp_path, quick_pen):
    write_report(run, tmp_path / "out.html")
    html = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert '<meta property="og:image" content="out.png">' in html
    assert re.search(r'<meta property="og:title" content="[^"]+">', html)
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "one-page.pdf").read_bytes().startswith(b"%PDF")
    folder = run.write(tmp_path / "run", report_files())
    assert 'content="report.png"' in (folder / "report.html").read_text(encoding="utf-8")
    assert (folder / "report.png").is_file()
    assert "og:image" not in render_report(run)  # a page that stands alone promises no picture


def test_where_nothing_was_traded_nothing_is_written_beside(tmp_path, quick_pen):
    class Bare:
        """A run without a table of trade."""

    fake = sys.modules.get("fake_run") or _load()
    bare = fake.FakeRun()
    for name in ("timeline", "residuals", "attribution"):
        table = getattr(bare, name)
        setattr(bare, name, (table if not hasattr(table, "to_frame") else table.to_frame()).clear())
    assert one_page(bare) is None
    write_report(bare, tmp_path / "report.html")
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def _load():
    import importlib.util
    from pathlib import Path

    path = Path(__file__).parents[1] / "fixtures" / "report" / "fake_run.py"
    spec = importlib.util.spec_from_file_location("fake_run", path)
    module = sys.modules["fake_run"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_explained_word_points_to_its_meaning_on_the_page(run, language, quick_pen):
    html = render_report(run, language)
    asked = set(re.findall(r'class="term" aria-describedby="([^"]+)"', html))
    told = set(re.findall(r'<dd\s+id="([^"]+)"', html))
    assert len(asked) > 4
    assert asked <= told
    assert {name for _, name, _ in glossary(Catalogue(language))}


def test_a_word_is_explained_once_a_text_whole_and_escaped():
    words = Catalogue("en")
    marked = explained("The gap <b> & another gap; gaping similar pairs, similar-pairs", words)
    assert marked.count("<button") == 2
    assert "&lt;b&gt; &amp;" in marked
    assert 'en-term-gap">gap</button>' in marked
    assert "gaping" in marked
    assert marked.endswith("similar-pairs")
    assert explained("", words) == ""
