from __future__ import annotations

import json
from pathlib import Path

import pytest

from detente.cli.app import run
from detente.errors import StudyError, UnknownEconomy, UnknownStudy, UnreadableFile
from detente.study import open_study
from detente.study.spec import read_spec

MINIMAL = """format = 1
[study]
id = "a-b"
title = "A and B"
origin = "COL"
destination = "ECU"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_minimal_study_has_sensible_defaults(tmp_path: Path) -> None:
    spec = read_spec(write(tmp_path, MINIMAL))
    assert spec.dyad == ("COL", "ECU")
    assert spec.panel.use == "embedded"
    assert spec.attribution.base_windows == [(2000, 2004), (2000, 2008)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("format = 1\n", ""), "no 'format' key"),
        (("format = 1", "format = 99"), "reads up to 1"),
        (('title = "A and B"\n', ""), "study.title: this key is needed"),
        (('title = "A and B"', 'titel = "A and B"'), "unknown key. Did you mean 'title'"),
        (('destination = "ECU"', 'destination = "COL"'), "two different economies"),
        (('id = "a-b"', 'id = "A B"'), "study.id"),
        (('title = "A and B"', "title = A and B"), "not valid TOML"),
    ],
)
def test_a_wrong_study_file_names_the_key(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    with pytest.raises(StudyError) as caught:
        read_spec(write(tmp_path, MINIMAL.replace(*change)))
    assert says in str(caught.value)
    assert "study.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('[[scenarios]]\nid = "x"\ntitle = "X"\n', "exactly one of"),
        ('[[scenarios]]\nid = "x"\ntitle = "X"\nclosed = true\nhealed = true\n', "exactly one of"),
        ('[[episodes]]\nid = "x"\ntitle = "X"\nfrom = 2010\nto = 2010\n', "must end after it begins"),
        ('[[episodes]]\nid = "x"\ntitle = "X"\nfrom = 2010\nto = 2012\n' * 2, "stands twice"),
        ("[equilibrium]\ntheta = [0]\n", "equilibrium.theta.1"),
        ('[equilibrium]\ndeficits = ["some"]\n', "equilibrium.deficits.1"),
        ("[attribution]\nbase_windows = [[2004, 2000]]\n", "ends before it begins"),
        (
            '[[scenarios]]\nid = "x"\ntitle = "X"\ntarget = [{from = "COL", to = "ECU", log_ratio = 0, base = [1, 2]}]\n',
            "1800",
        ),
        (
            '[[scenarios]]\nid = "x"\ntitle = "X"\n'
            'target = [{from = "COL", to = "ECU", log_ratio = 0, base = [2001, 2002]}]\n',
            "not among attribution.base_windows",
        ),
    ],
)
def test_a_wrong_section_is_explained(tmp_path: Path, more: str, says: str) -> None:
    with pytest.raises(StudyError, match=r"study\.toml") as caught:
        read_spec(write(tmp_path, MINIMAL + more))
    assert says in str(caught.value)


def test_a_former_economy_is_explained(tmp_path: Path) -> None:
    with pytest.raises(UnknownEconomy, match="'ROU' now"):
        read_spec(write(tmp_path, MINIMAL.replace("ECU", "ROM")))


def test_other_encodings_are_named_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_bytes(MINIMAL.replace("A and B", "Añ").encode("latin-1"))
    with pytest.raises(UnreadableFile, match="UTF-8"):
        read_spec(tmp_path / "study.toml")


def test_an_unknown_study_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownStudy, match="Did you mean 'colombia-venezuela'"):
        open_study("columbia-venezuela")


def test_a_folder_without_a_study(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"no study\.toml"):
        open_study(tmp_path)


def test_every_key_is_documented() -> None:
    from detente.study import spec

    page = (Path(__file__).resolve().parents[2] / "docs/study-format.md").read_text(encoding="utf-8")
    section = page.split("## study.toml")[1].split("## sources.csv")[0]
    parts = (
        spec.Head, spec.PanelChoice, spec.Attribution, spec.Measure, spec.Caution, spec.Episode, spec.Cited, spec.GdpRange,
        spec.Equilibrium, spec.Target, spec.Scenario, spec.Spec,
    )  # fmt: skip
    keys = {info.alias or name for part in parts for name, info in part.model_fields.items()}
    assert not {k for k in keys if k not in section}


@pytest.mark.parametrize(
    ("added", "place", "says"),
    [
        ('[equilibrium]\ncentral_theta = 3\n[[scenarios]]\nid = "c"\ntitle = "C"\nclosed = true\n',
         "equilibrium.central_theta", "3 is not among theta = [2, 4, 5, 6]"),
        ('[[episodes]]\nid = "fall"\ntitle = "F"\nfrom = 2005\nto = 2010\n',
         "attribution.base_windows", "[2000, 2008] reaches into the episode 'fall', which begins after 2005"),
    ],
)  # fmt: skip
def test_settings_that_are_hardly_meant_get_a_caution(
    added: str, place: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "study"
    assert run(["new", "COL", "ECU", "--folder", str(folder)]) == 0
    assert open_study(folder).cautions() == []
    write(folder, MINIMAL + added)
    (caution,) = open_study(folder).cautions()
    assert caution.column == place
    assert says in caution.what
    assert run(["check", str(folder)]) == 0
    err = capsys.readouterr().err
    assert err.startswith("Caution: study.toml")
    assert caution.fix in err
    assert run(["check", str(folder), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["ok"] is True
    assert [c["column"] for c in data["cautions"]] == [place]


@pytest.mark.parametrize(
    "added",
    [
        "[equilibrium]\ncentral_theta = 3\n",  # nothing is solved
        '[[episodes]]\nid = "fall"\ntitle = "F"\nfrom = 2008\nto = 2010\n',  # 2008 is the year before it
        '[[episodes]]\nid = "fall"\ntitle = "F"\nfrom = 1990\nto = 1995\n',
    ],
)
def test_settings_that_may_well_be_meant_get_none(added: str, tmp_path: Path) -> None:
    write(tmp_path, MINIMAL + added)
    assert open_study(tmp_path).cautions() == []
    assert open_study("colombia-venezuela").cautions() == []
