from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from detente.cli.app import run
from detente.study import open_study

ROW = "{id},2022-09-26,,,{title},border opening,border,COL;VEN,-,4,,cepii-baci,high,\n"


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two copies of one study, each with an event of its own."""
    first, second = tmp_path / "ours", tmp_path / "theirs"
    assert run(["new", "COL", "VEN", "--folder", str(first)]) == 0
    shutil.copytree(first, second)
    for folder, event in ((first, "E1"), (second, "E2")):
        with (folder / "record" / "events.csv").open("a") as handle:
            handle.write(ROW.format(id=event, title="A bridge opens"))
    return first, second


def test_merge_takes_what_does_not_disagree(pair: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "merged"
    assert run(["merge", str(pair[0]), str(pair[1]), "--out", str(out)]) == 0
    text = (out / "events.csv").read_text()
    assert "E1," in text
    assert "E2," in text
    assert run(["merge", str(pair[0]), str(pair[1]), "--out", str(out)]) == 2


def test_merge_shows_conflicts_and_writes_nothing(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, title in zip(pair, ("Opened to cargo", "Opened to all")):
        with (folder / "record" / "events.csv").open("a") as handle:
            handle.write(ROW.format(id="E3", title=title))
    capsys.readouterr()
    assert run(["merge", str(pair[0]), str(pair[1]), "--out", str(tmp_path / "merged")]) == 3
    err = capsys.readouterr().err
    assert "events, E3, title: ours 'Opened to cargo', theirs 'Opened to all'" in err
    assert not (tmp_path / "merged").exists()
    assert run(["merge", str(tmp_path), str(pair[1]), "--out", str(tmp_path / "x")]) == 3


def test_workbook_goes_round(pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "record.xlsx"
    before = {p.name: p.read_text() for p in (pair[0] / "record").iterdir()}
    assert run(["workbook", str(pair[0]), str(book)]) == 0
    assert run(["workbook", str(pair[0]), str(book), "--read"]) == 0
    assert open_study(pair[0]).ledger().events.height == 1
    assert run(["workbook", str(pair[0]), str(book)]) == 2  # never overwrites
    assert "already there" in capsys.readouterr().err
    assert run(["workbook", "colombia-venezuela", str(book), "--read"]) == 2
    assert "not changed" in capsys.readouterr().err
    after = {p.name: p.read_text() for p in (pair[0] / "record").iterdir()}
    assert after["sources.csv"].splitlines()[1].split(",")[0] == before["sources.csv"].splitlines()[1].split(",")[0]


def test_citations_in_every_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cite", "colombia-venezuela", "--figure", "T189"]) == 0
    assert "7,200" in capsys.readouterr().out
    assert run(["cite", "colombia-venezuela", "--as", "bibtex"]) == 0
    assert capsys.readouterr().out.count("@") > 100
    assert run(["cite", "colombia-venezuela", "--as", "csl"]) == 0
    assert {"id", "type", "title"} <= set(json.loads(capsys.readouterr().out)[0])
    assert run(["cite", "colombia-venezuela", "--as", "prov"]) == 0
    assert "entity" in json.loads(capsys.readouterr().out)
    assert run(["cite", "colombia-venezuela", "--as", "claimreview"]) == 2
    assert "--reviewer" in capsys.readouterr().err
    assert run(["cite", "colombia-venezuela", "--as", "claimreview", "--reviewer", "A desk"]) == 2
    assert "--url" in capsys.readouterr().err
    page = ["--url", "https://example.org/check"]
    assert run(["cite", "colombia-venezuela", "--as", "claimreview", "--reviewer", "A desk", *page]) == 0
    assert json.loads(capsys.readouterr().out)[0]["@type"] == "ClaimReview"
    assert run(["cite", "colombia-venezuela", "--figure", "T9999"]) == 3
