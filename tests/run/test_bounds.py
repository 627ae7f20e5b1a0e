"""Lines of a study beside its record: every flow within its bounds, faults found, what-ifs apart, bad terms refused."""

from __future__ import annotations

import polars as pl
import pytest

from detente.errors import DetenteError
from detente.run.further.bounds import bounds
from detente.study import new_study, open_study

HEAD = """
[[capacity]]
from = "NOR"
to = "SWE"
unit = "gwh"
sources = ["s1"]
"""


@pytest.fixture(scope="module")
def found():
    study = open_study("colombia-venezuela")
    return bounds(study.spec.capacity, study.ledger().figures)


def test_every_flow_on_record_is_held_and_every_date_has_its_limit(found):
    on_record = found.filter(pl.col("assumed").is_null())
    assert on_record["held"].drop_nulls().all()
    assert on_record["above"].null_count() == on_record.height
    by_day = on_record.filter(origin="COL").select("until", "high", "binds").rows()
    assert by_day == [("2014-05-05", 500, "capacity"), ("2015-01-31", 0, "surplus"), ("2015-06-30", 50, "contract"),
                      ("2026-03-10", 0, "contract"), (None, 0, "line")]  # fmt: skip


def test_a_what_if_is_held_against_no_flow(found):
    assumed = found.filter(pl.col("assumed").is_not_null()).row(0, named=True)
    assert (assumed["high"], assumed["high_least"], assumed["binds"], assumed["carried"]) == (60, 25, "contract", None)


def test_a_capacity_that_flows_exceed_is_named():
    """150 in print, and 250 and 185 on record (findings/flows.md section 5)."""
    study = open_study("colombia-venezuela")
    low = [row.model_copy(update={"capacity": 150.0}) for row in study.spec.capacity]
    first = bounds(low, study.ledger().figures).row(0, named=True)
    assert (first["held"], set(first["above"].split(";"))) == (False, {"O002", "O004"})


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("capacity = -1", "at least 0"),
        ("capacity = [5, 4]", "ends below"),
        ("capacity = [1, 2, 3]", "capacity"),
        ('contract = "much"', "contract"),
        ('note = "nothing else"', "needs one of"),
        ('capacity = 4\nvalid_from = "soon"', "soon"),
        ("capacity = 4\nvalid_from = 2020-02-01\nvalid_until = 2019-01-01", "before valid_from"),
        ("capacty = 4", "capacity"),
    ],
)
def test_terms_that_cannot_be_are_named_by_their_key(tmp_path, rows, words):
    with pytest.raises(DetenteError, match=words):
        _with(tmp_path, HEAD + rows + "\n")


def test_another_pair_and_an_unknown_source_are_named(tmp_path):
    study = _with(tmp_path, HEAD + "capacity = 4\n")
    assert any("s1" in str(problem) for problem in study.problems_beside(study.ledger()))
    with pytest.raises(DetenteError, match="capacity names FIN->SWE"):
        _with(tmp_path, HEAD.replace("NOR", "FIN") + "capacity = 4\n").run(quick=True)


def _with(tmp_path, more):
    folder = tmp_path / f"s{len(list(tmp_path.iterdir()))}"
    new_study("NOR", "SWE", folder=folder)
    spec = folder / "study.toml"
    spec.write_text(spec.read_text(encoding="utf-8") + more, encoding="utf-8")
    return open_study(folder)
