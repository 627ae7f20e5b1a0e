"""Whatever is done to a record's files, the check answers with problems, never with a crash."""

from __future__ import annotations

import csv
import io
import tempfile
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.errors import Problem, RecordError
from detente.record import VERDICTS, Ledger

pytestmark = pytest.mark.property

STUDY = Path(str(files("detente").joinpath("studies/colombia_venezuela/record")))
FILES = ("sources.csv", "events.csv", "series.csv", "claims.csv", "forecasts.csv")
TEXT = {name: (STUDY / name).read_text(encoding="utf-8") for name in FILES}
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["2019", "2019-02-30", "1e400", "nan", "-5", "E058", "T200", "trade.total", "up", ";", "=", "a|b"]),
)


def checked(folder: Path) -> list[Problem]:
    problems = Ledger.check(folder)
    assert all(isinstance(p, Problem) and p.what for p in problems)
    if not problems:
        assert set(Ledger.read(folder).verdicts()["verdict"]) <= set(VERDICTS)
    else:
        with pytest.raises(RecordError) as caught:
            Ledger.read(folder)
        assert len(caught.value.problems) == len(problems)
    return problems


def write(folder: Path, changed: dict[str, bytes]) -> None:
    for name in FILES:
        (folder / name).write_bytes(changed.get(name, TEXT[name].encode()))


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FILES), st.data())
def test_any_cell_may_be_anything(name, data):
    rows = list(csv.reader(io.StringIO(TEXT[name])))
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.integers(1, len(rows) - 1))
        rows[row][data.draw(st.integers(0, len(rows[0]) - 1))] = data.draw(CELLS)
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), {name: out.getvalue().encode("utf-8", "replace")})
        checked(Path(folder))


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FILES), st.integers(0, 10**6), st.binary(min_size=1, max_size=6))
def test_any_bytes_may_be_damaged(name, place, junk):
    raw = TEXT[name].encode()
    place %= len(raw)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), {name: raw[:place] + junk + raw[place + len(junk) :]})
        checked(Path(folder))


@pytest.mark.parametrize("name", ["claims.csv", "series.csv", "forecasts.csv", "events.csv"])
@pytest.mark.parametrize("cell", [";", " ; ", "{0};{0}", "{0};", "{0}; nowhere"])
def test_a_row_has_sources_that_exist_and_one_where_one_belongs(tmp_path, name, cell):
    rows = list(csv.reader(io.StringIO(TEXT[name])))
    place = next(n for n, head in enumerate(rows[0]) if head in ("source_id", "source_ids"))
    one = rows[1][place].split(";")[0]
    rows[1][place] = cell.format(one)
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    write(tmp_path, {name: out.getvalue().encode()})
    several = rows[0][place] == "source_ids"
    assert bool(checked(tmp_path)) is not (several and cell in ("{0};{0}", "{0};"))
