"""A study's name and a folder's: which is meant is never guessed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from detente.errors import UnknownStudy, UsageError
from detente.study import builtin_studies, open_study

NAME = "colombia-venezuela"


@pytest.fixture
def beside(tmp_path, monkeypatch):
    shutil.copytree(builtin_studies()[NAME], tmp_path / NAME)
    monkeypatch.chdir(tmp_path)
    return tmp_path / NAME


def test_a_name_that_is_a_study_that_ships_and_a_folder_here_is_asked_back(beside):
    with pytest.raises(UsageError, match=f"(?s)ships and also a folder.*{NAME}.*builtin:{NAME}"):
        open_study(NAME)


@pytest.mark.parametrize("asked", [f"./{NAME}", Path(NAME), f"{NAME}/study.toml", f"./{NAME}/"])
def test_a_path_opens_the_folder(beside, asked):
    assert open_study(asked).folder.resolve() == beside


def test_the_study_that_ships_stays_within_reach(beside):
    assert open_study(f"builtin:{NAME}").folder == builtin_studies()[NAME]


def test_without_such_a_folder_the_name_is_enough(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / NAME).mkdir()  # no study in it: a folder of runs, say
    assert open_study(NAME).folder == builtin_studies()[NAME]
    monkeypatch.chdir(builtin_studies()[NAME].parent)
    assert open_study(NAME).folder == builtin_studies()[NAME]
    with pytest.raises(UnknownStudy):
        open_study("builtin:nothing")
