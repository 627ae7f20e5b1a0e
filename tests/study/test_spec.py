from __future__ import annotations

import json
from pathlib import Path

import pytest

from detente.cli.app import run
from detente.errors import StudyError, UnknownEconomy, UnknownStudy, UnreadableFile
from detente.study import open_study
from detente.study.spec import read_spec

EPISODE = '[[episodes]]\nid = "late"\ntitle = "Late"\nfrom = 2018\nto = 2020\n'
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
    assert spec.panel.use == "world"
    assert spec.attribution.base_windows == [(2000, 2004), (2000, 2008)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("format = 1\n", ""), "no 'format' key"),
        (("format = 1", "format = 99"), "reads up to 1"),
        (("format = 1", "format = true"), "not a format number"),
        (('title = "A and B"\n', ""), "study.title: this key is needed"),
        (('title = "A and B"', 'titel = "A and B"'), "unknown key. Did you mean 'title'"),
        (('destination = "ECU"', 'destination = "COL"'), "two different economies"),
        (('id = "a-b"', 'id = "A B"'), "study.id"),
        (('title = "A and B"', "title = A and B"), "not valid TOML"),
        (('title = "A and B"', 'title = "A \\u202e B"'), "study.title: it holds the unseen character U+202E"),
        (('title = "A and B"', 'title = "A \\u001b[2J"'), "study.title: it holds the unseen character U+001B"),
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
        ('[[episodes]]\nid = "x"\ntitle = "X"\nfrom = 2010\nto = 2012\n' * 2, "appears twice"),
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
        spec.Head, spec.PanelChoice, spec.AttributionPlan, spec.Measure, spec.Caution, spec.EpisodeSpec, spec.Cited, spec.GdpRange,
        spec.Equilibrium, spec.TargetSpec, spec.Scenario, spec.Spec,
    )  # fmt: skip
    keys = {info.alias or name for part in parts for name, info in part.model_fields.items()}
    assert not {k for k in keys if k not in section}


@pytest.mark.parametrize(
    ("added", "place", "says"),
    [
        ('[equilibrium]\ncentral_theta = 3\n[[scenarios]]\nid = "c"\ntitle = "C"\nclosed = true\n',
         "equilibrium.central_theta", "3 is not among theta = [2, 4, 5, 6]"),
        ('[[scenarios]]\nid = "c"\nclosed = true\n', "equilibrium.years", "no year whose economies they start from"),
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
    write(folder, MINIMAL + added + EPISODE)
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
    ],
)
def test_settings_that_may_well_be_meant_get_none(added: str, tmp_path: Path) -> None:
    write(tmp_path, MINIMAL + added + EPISODE)
    assert open_study(tmp_path).cautions() == []


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        (("", '[panel]\nuse = "flows.csv"\n'), "panel.use", "no file"),
        (("", '[panel]\ngdp = "gdp.csv"\n'), "panel.gdp", "There is no file"),
        (("ECU", "ATA"), "panel.use", "'ATA' (Antarctica) is not among the 229 economies"),
        (("", "[equilibrium]\nyears = [2020, 2030]\n"), "equilibrium.years", "There is no 2030"),
        (("", '[[episodes]]\nid = "e"\ntitle = "E"\nfrom = 2008\nto = 2024\n'), "episodes (e)", "There is no 2024"),
        (("", "[attribution]\nbase_windows = [[1980, 1990]]\n"), "attribution.base_windows", "lies outside"),
        (("", '[attribution]\nmarkets = ["PER", "XKX"]\n'), "attribution.markets", "does not have Kosovo"),
    ],
)
def test_what_the_panel_cannot_give_gets_a_caution(
    change: tuple[str, str], place: str, says: str, tmp_path: Path
) -> None:
    old, new = change
    write(tmp_path, (MINIMAL.replace(old, new) if old else MINIMAL + new) + EPISODE)
    (caution,) = open_study(tmp_path).cautions()
    assert (caution.file, caution.column) == ("study.toml", place)
    assert says in caution.what
    assert "--data" in caution.fix or place == "panel.gdp"


def test_a_study_without_an_episode_gets_a_caution(tmp_path: Path) -> None:
    write(tmp_path, MINIMAL)
    (caution,) = open_study(tmp_path).cautions()
    assert caution.column == "episodes"


def test_the_built_in_study_has_no_caution() -> None:
    assert open_study("colombia-venezuela").cautions() == []


@pytest.mark.parametrize(
    ("added", "says"),
    [
        ('[attribution]\nsuppliers = ["PRR"]\n', "attribution.suppliers: 'PRR' is not an economy I know"),
        ('[attribution]\nmarkets = ["Peru"]\n', "attribution.markets: 'Peru' is not a code. Write 'PER'."),
        ('[[attribution.cautions]]\nfrom = "COL"\nto = "ROM"\ntext = "x"\n', "attribution.cautions: 'ROM' was Romania"),
        ('[[scenarios]]\nid = "t"\ntitle = "T"\ntarget = [{from = "COL", to = "EQU", log_ratio = 0}]\n',
         "scenario 't': 'EQU' is not"),
    ],
)  # fmt: skip
def test_every_economy_that_is_named_is_known(added: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownEconomy) as caught:
        read_spec(write(tmp_path, MINIMAL + added))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("added", "says"),
    [
        ("[equilibrium]\ncentral_theta = -5\n", "equilibrium.central_theta: it must be at least 0.1 (found -5)."),
        ("[equilibrium]\ntheta = [1e9]\n", "equilibrium.theta.1: it must be at most 100"),
        ("[equilibrium]\nyears = [2019, 2020, 2019]\n", "2019 appears twice in equilibrium.years"),
        ("[attribution]\nbase_windows = [[2000, 2004], [2000, 2004]]\n", "[2000, 2004] appears twice in attribution."),
        ("[equilibrium]\ninternal_ratio = [0]\n", "equilibrium.internal_ratio.1: it must be above 0 (found 0)."),
        ("[equilibrium]\ntheta = []\n", "equilibrium.theta: it has too few entries (at least 1)."),
        ("[equilibrium]\ntheta = 5\n", "equilibrium.theta: it must be a list in [ ] (found 5)."),
        ('[equilibrium]\ndeficits = ["aditive"]\n', "it must be 'multiplicative', 'additive', 'universal' or"),
        ("[equilibrium]\nyears = [2020.5]\n", "equilibrium.years.1: it must be a whole number (found 2020.5)."),
        ("[equilibrium]\nyears = [3000]\n", "equilibrium.years.1: it must be at most 2100 (found 3000)."),
        ("[attribution]\nbase_windows = [[2000]]\n", "attribution.base_windows.1.2: this entry is missing."),
        (
            '[[scenarios]]\nid = "x"\ntitle = "X"\neffect = "big"\n',
            "scenarios.1.effect: it must be a number (found 'big').",
        ),
        ('[[scenarios]]\nid = "x"\ntitle = "X"\nclosed = "maybe"\n', "scenarios.1.closed: it must be true or false"),
        ('[[scenarios]]\nid = "x"\ntitle = "X"\neffect = nan\n', "scenarios.1.effect: it must be a finite number"),
        ("[[scenarios]]\nid = 5\n", "scenarios.1.id: it must be text in quotes (found 5)."),
    ],
)
def test_no_word_of_the_library_behind_is_shown(added: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        read_spec(write(tmp_path, MINIMAL + added))
    assert says in str(caught.value)
    assert "put should" not in str(caught.value)
