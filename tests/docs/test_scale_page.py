"""Every figure of docs/scale.md is in benchmarks/scale.json, and what is not measured again stays."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("scale_benchmark", ROOT / "benchmarks" / "scale.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found(script):
    return json.loads(script.FOUND.read_text(encoding="utf-8"))


def test_the_page_is_what_the_script_makes_of_what_was_measured(script, found):
    text = script.PAGE.read_text(encoding="utf-8")
    assert script.page(text, found) == text


def test_a_quick_run_keeps_the_slow_rows(script, found):
    quick = {"blocks 1000000": found["blocks 1000000"] | {"cpu": 123.4}}
    made = script.parts(found | quick)["fits"]
    assert "100,012,500" in made
    assert "16,002,000" in made
    assert "123.4" in made


def test_each_measurement_says_when_and_on_what(found):
    for name, run in found.items():
        assert run["date"] > "2026", name
        assert run["version"], name
        assert "processors" in run["machine"], name


def test_the_goals_of_fits_by_blocks_were_measured(found):
    """16 million rows under 1.2 GB in the largest process and within 17.4 processor seconds; 100 million in 24 GB, the
    driver growing by less than 60 bytes a row; coefficients as they were made."""
    sixteen, hundred = found["blocks 16000000"], found["auto 100000000"]
    assert max(sixteen["driver"], sixteen["worker"]) < 1200
    assert sixteen["cpu"] < 17.4
    assert hundred["driver"] + 2 * hundred["worker"] < 24_000
    assert hundred["bytes_a_row"] < 60
    assert "blocks by sector" in hundred["engine"]
    for name, truth in (("rta", 0.3), ("x", 0.1)):
        assert abs(hundred["coef"][name] - truth) < 3 * hundred["se"][name]
