from __future__ import annotations

import csv
from pathlib import Path

import pytest

from detente.cli.app import run

TEXT = "Trade was worth US$7.2bn last year, the chamber said on Tuesday.\n"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "COL", "VEN", "--folder", "mine"]) == 0
    (tmp_path / "a story.txt").write_text(TEXT)
    return tmp_path / "mine"


def add_source(study: Path, date: str = "2009-05-14") -> None:
    path = study / "record/sources.csv"
    header = next(csv.reader(path.open()))
    row = {"source_id": "S9", "title": "A story", "publisher": "A paper", "date": date, "kind": "press"}
    with path.open("a", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerow(row)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_from_article_to_accepted_claim(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_source(study)
    assert run(["draft", "a story.txt", "--study", "mine", "--source", "S9"]) == 0
    said = capsys.readouterr().out
    assert "1 drafted claim (1 quantity) in a story.draft.csv" in said
    assert "Add a row" not in said
    draft = Path("a story.draft.csv")
    (row,) = rows(draft)
    assert (row["value"], row["unit"], row["date"]) == (
        "7200",
        "usd_mn",
        "2008",
    )  # the source's date settles "last year"
    row |= {"accept": "yes", "claim": "The chamber counts 7.2 billion dollars for 2008"}
    with draft.open("w", newline="") as file:
        writer = csv.DictWriter(file, row.keys())
        writer.writeheader()
        writer.writerow(row)
    assert run(["draft", "--accept", str(draft), "--study", "mine"]) == 0
    assert "1 claim accepted, 0 left" in capsys.readouterr().out
    assert rows(study / "record/claims.csv")[-1]["claim_id"] == "S9-d1"
    assert run(["check", "mine"]) == 0


def test_without_a_source_row_the_draft_says_so(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["draft", "a story.txt", "--study", "mine"]) == 0
    said = capsys.readouterr().out
    assert "Add a row 'a-story'" in said
    assert "The article's own date is not known" in said
    assert rows(Path("a story.draft.csv"))[0]["date"] == ""


def test_drafting_leaves_the_study_as_it_was(study: Path) -> None:
    before = {p: p.read_bytes() for p in study.rglob("*") if p.is_file()}
    assert run(["draft", "a story.txt", "--study", "mine", "--date", "2009-05-14"]) == 0
    assert {p: p.read_bytes() for p in study.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["draft", "--study", "mine"], 2, "Give an ARTICLE"),
        (["draft", "a story.txt", "--accept", "b.csv", "--study", "mine"], 2, "Give an ARTICLE"),
        (["draft", "a story.txt", "--study", "mine", "--date", "May"], 2, "is not a day"),
        (["draft", "a story.txt", "--study", "mine", "--out", "mine/x.csv"], 2, "lies inside the study"),
        (["draft", "a story.txt", "--study", "mine", "--suggest", "nowhere:f"], 2, "cannot be loaded"),
        (["draft", "no.txt", "--study", "mine"], 3, "There is no file"),
        (["draft", "a story.txt", "--study", "elsewhere"], 4, "There is no study"),
        (["draft", "--accept", "no.csv", "--study", "mine"], 3, "There is no file"),
        (["draft", "--accept", "a story.txt", "--study", "colombia-venezuela"], 2, "built-in study"),
    ],
)
def test_mistakes_are_explained(
    study: Path, words: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == code
    said = capsys.readouterr().err
    assert says in said
    assert "Traceback" not in said
