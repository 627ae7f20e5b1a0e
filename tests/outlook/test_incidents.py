"""A user's own counts: the regression against a peer, memories by hand, known processes, scores on real disputes, bad files."""

from __future__ import annotations

import csv
import warnings
from collections import defaultdict

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from detente.cli.outlook_ import command
from detente.errors import DetenteError, NotConverged, NotIdentified, SpecificationError, UsageError
from detente.gravity import fit_negbin
from detente.outlook.incidents import IncidentCounts, around_breaks, forecast_incidents, read_incidents
from detente.outlook.incidents.incident_forecast import MEAN, MEMORIES, learn_incidents, memories
from detente.outlook.incidents.negative_binomial import fit_counts
from detente.outlook.states_at_risk import known_spells, relevant_pairs
from detente.run.further.incidents import incidents


def months(n: int, first: int = 2010) -> tuple[str, ...]:
    return tuple(f"{first + k // 12}-{k % 12 + 1:02d}" for k in range(n))


@pytest.mark.oracle
@pytest.mark.parametrize(("n", "alpha"), [(150, 0.5), (600, 3.0), (400, 0.05)])
def test_the_regression_is_statsmodels_and_our_own_of_frames(n, alpha):
    """Both maximise the same likelihood; statsmodels stops at a gradient of 1e-10, so 1e-5 of a coefficient."""
    from statsmodels.discrete.discrete_model import NegativeBinomial

    rng = np.random.default_rng(n)
    design = np.column_stack([np.ones(n), rng.normal(size=(n, 2))])
    counts = rng.poisson(np.exp(design @ [0.3, 0.5, -0.4]) * rng.gamma(1 / alpha, alpha, n)).astype(float)
    found = fit_counts(design, counts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it reports on its optimiser's last steps
        peer = NegativeBinomial(counts, design).fit(disp=0, maxiter=1000, gtol=1e-10)
    assert found.coef == pytest.approx(peer.params[:3], abs=1e-5)
    assert found.alpha == pytest.approx(peer.params[3], rel=1e-3, abs=1e-4)
    assert found.loglik == pytest.approx(peer.llf, abs=1e-6)
    frame = pl.DataFrame({"y": counts, "x": design[:, 1], "z": design[:, 2], "one": ["a"] * n})
    own = fit_negbin(frame, "y ~ x + z | one")
    assert (own.coef["x"], own.coef["z"]) == pytest.approx(found.coef[1:], abs=1e-4)


@pytest.mark.property
@given(st.lists(st.integers(0, 20), min_size=2, max_size=12), st.floats(0.1, 0.99))
def test_a_memory_is_the_weighted_mean_of_what_came_before(counts, decay):
    found = memories(np.array(counts, float)[:, None], (decay,))[:, 0, 0]
    assert found[0] == 0
    for t in range(1, len(counts) + 1):
        weights = decay ** np.arange(t)[::-1]
        assert found[t] == pytest.approx((weights @ counts[:t]) / weights.sum())


def excited(rng: np.random.Generator, n: int) -> np.ndarray:
    """Counts whose mean is 1 + 0.8 times their short memory."""
    counts, memory = np.zeros(n), 1.0
    for t in range(n):
        counts[t] = rng.poisson((1 + 0.8 * memory) * rng.gamma(4.0, 0.25))
        memory = 0.6 * memory + 0.4 * counts[t]
    return counts


@pytest.mark.recovery
def test_self_excitation_is_found_and_its_ranges_hold():
    made = np.column_stack([excited(np.random.default_rng(k), 120) for k in range(8)])
    model = learn_incidents(made, (0.6, 0.9))
    assert model.fit.coef[1] > 0.3
    found = forecast_incidents(IncidentCounts(tuple("abcdefgh"), "month", months(120), made), "c", ahead=(1,))[0]
    assert found.method == MEMORIES
    assert found.card.skill_pct > 3
    assert 0.74 <= found.card.coverage_80 <= 0.92  # counts are whole: a range holds at least what it says
    again = forecast_incidents(IncidentCounts(tuple("abcdefgh"), "month", months(120), made), "c", ahead=(1,))[0]
    assert again == found


def test_where_memory_says_nothing_the_mean_is_the_forecast():
    plain = np.random.default_rng(6).poisson(3.0, (96, 1)).astype(float)
    found = forecast_incidents(IncidentCounts(("a",), "month", months(96), plain), ahead=(12,))[0]
    assert found.method == MEAN
    assert found.mean == pytest.approx(12 * plain.mean(), rel=0.1)
    assert found.card.skill_pct == 0


def test_nothing_later_enters_a_learnt_model():
    made = excited(np.random.default_rng(1), 100)[:, None]
    later = np.vstack([made, np.full((5, 1), 99.0)])
    assert learn_incidents(made, (0.6, 0.9)).fit.coef == pytest.approx(
        learn_incidents(later[:100], (0.6, 0.9)).fit.coef
    )


@pytest.fixture(scope="module")
def disputes(shared_data) -> IncidentCounts:
    """Incidents of militarised disputes (COW MID 5.0) by year, 1993-2014, of land neighbours and rivals."""
    folder = shared_data / "politics"
    codes = {}
    for row in pl.read_csv(folder / "un_ideal_points_1946_2024.csv.gz", infer_schema_length=0).iter_rows(named=True):
        if row["ccode"] and row["iso3c"]:
            codes[str(int(float(row["ccode"])))] = row["iso3c"]
    pairs = relevant_pairs()
    rivals = {k for k, _, _ in pairs.rivalry}
    kept = [k for k in range(len(pairs.codes)) if pairs.land[k] or k in rivals]
    place = {pairs.codes[k]: n for n, k in enumerate(kept)}
    sides: dict[tuple[str, str], dict[str, set[str | None]]] = defaultdict(lambda: {"0": set(), "1": set()})
    years = {}
    with (folder / "mid_incident_participants.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            ident = row["dispnum"], row["incidnum"]
            years.setdefault(ident, int(row["styear"]))
            sides[ident][row["insidea"]].add(codes.get(row["ccode"]))
    counts = np.zeros((22, len(kept)))
    for ident, both in sides.items():
        for a in both["1"]:
            for b in both["0"]:
                k = place.get((min(a, b), max(a, b))) if a and b else None
                if k is not None and 1993 <= years[ident] <= 2014:
                    counts[years[ident] - 1993, k] += 1
    names = tuple("-".join(pairs.codes[k]) for k in kept)
    return IncidentCounts(names, "year", tuple(map(str, range(1993, 2015))), counts)


@pytest.mark.shared
@pytest.mark.oracle
def test_scores_on_real_disputes_reach_those_of_the_findings(disputes):
    """findings/flows.md section 4: CRPS 14% under point persistence (goal 10) and 3% under the last year (goal 3)."""
    counts, parts = disputes.counts, defaultdict(list)
    rng = np.random.default_rng(1)
    for t in range(11, 22, 2):
        drawn = np.sort(learn_incidents(counts[:t], (0.6, 0.9)).totals(counts[:t], 1, 400, rng), axis=1)
        last = np.sort(learn_incidents(counts[:t], (0.01,)).totals(counts[:t], 1, 400, rng), axis=1)
        spread = 2 * np.arange(1, 401) - 401
        for name, one in (("own", drawn), ("last", last)):
            parts[name].append(np.abs(one - counts[t][:, None]).mean(1) - (one * spread).sum(1) / 400**2)
        parts["point"].append(np.abs(counts[t] - counts[t - 1]))
    own, last, point = (np.concatenate(parts[name]).mean() for name in ("own", "last", "point"))
    assert own <= 0.90 * point
    assert own <= 0.97 * last


@pytest.mark.shared
@pytest.mark.oracle
def test_breaks_go_with_three_times_the_incidents_and_it_is_said_to_be_an_association(disputes):
    """findings/flows.md section 4 (events coded from memory): 3.3, 3.5 and 2.6 times in years 0, 1 and 2, no rise before."""
    breaks = defaultdict(list)
    for spell in known_spells():
        if spell.broke:
            breaks[f"{spell.a}-{spell.b}"].append(spell.broke.isoformat())
    found = around_breaks(disputes, breaks)
    times = dict(zip(found.years, found.times))
    for year, told in ((0, 3.3), (1, 3.5), (2, 2.6)):  # their standard errors are .36 log points
        assert times[year] == pytest.approx(told, rel=np.expm1(0.36))
    assert all(a < 1 < b for y, a, b in zip(found.years, found.low, found.high) if y < 0)
    assert "association" in found.summary()
    assert found.to_frame().height == 5


ACLED = (
    "event_id_cnty,event_date,event_type,sub_event_type,actor1,actor2,iso,country,notes,fatalities\n"
    + "".join(f"COL{k},2020-{k % 12 + 1:02d}-{k % 27 + 1:02d},Battles,Armed clash,ELN,Military Forces of Venezuela (2013-),170,"
              "Colombia,,0\n" for k in range(30))
    + "COL99,2020-05-05,Protests,Peaceful protest,Protesters (Venezuela),,170,Colombia,,0\n"
)  # fmt: skip


def test_acled_is_recognised_protests_are_no_incident_and_quiet_months_are_zero(tmp_path):
    path = tmp_path / "acled.csv"
    path.write_text(ACLED, encoding="utf-8")
    found = read_incidents(path, pair=("COL", "VEN"), since="2019-01-01", until="2021-12-31")
    assert found.periods[0] == "2019-01"
    assert len(found.periods) == 36
    assert (found.counts.sum(), found.counts[:12].sum()) == (30, 0)
    assert found.next_labels(2) == ["2022-01", "2022-02"]
    assert read_incidents(path, every="quarter").next_labels(1) == ["2021-Q1"]
    with pytest.raises(SpecificationError, match="--all"):
        read_incidents(path, pair=("COL", "ECU"))


def test_a_table_of_counts_and_one_of_dates_say_the_same(tmp_path):
    (tmp_path / "dates.csv").write_text("date\n2020-01-05\n2020-03-01\n2020-03-09\n", encoding="utf-8")
    (tmp_path / "counts.csv").write_text("period,count\n2020-01,1\n2020-02,0\n2020-03,2\n", encoding="utf-8")
    a, b = read_incidents(tmp_path / "dates.csv"), read_incidents(tmp_path / "counts.csv")
    assert a.counts.tolist() == b.counts.tolist() == [[1.0], [0.0], [2.0]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("period,count\n2020-01,1.5\n", "whole numbers"),
        ("period,count\n2020-01,-2\n", "whole numbers"),
        ("period,count\n2020-01,many\n", "whole numbers"),
        ("period,count\n2020-01,1\n2020-01,2\n", "stands twice"),
        ("date\n2020\n", "coarser"),
        ("when,what\n2020-01-01,x\n", "period and count"),
        ("date\n", "no incident|empty|no row"),
    ],
)
def test_tables_that_cannot_be_counted_are_refused(tmp_path, text, words):
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DetenteError, match=words):
        read_incidents(tmp_path / "own.csv")


def test_too_little_is_refused():
    short = IncidentCounts(("a",), "month", months(30), np.ones((30, 1)))
    with pytest.raises(NotIdentified, match="no interval could be scored"):
        forecast_incidents(short)
    long = IncidentCounts(("a",), "month", months(60), np.ones((60, 1)))
    with pytest.raises(SpecificationError, match="cannot be scored on 60"):
        forecast_incidents(long, ahead=(24,))
    with pytest.raises(SpecificationError, match="no series 'b'"):
        forecast_incidents(long, "b")
    with pytest.raises(NotConverged, match="zero"):
        fit_counts(np.ones((5, 1)), np.zeros(5))
    with pytest.raises(NotIdentified, match="from chance"):
        around_breaks(long, {"a": ["2011-01-01"]})
    with pytest.raises(UsageError, match="no source of events"):
        read_incidents(__file__, source="baci")


def test_the_command_forecasts_a_file(tmp_path):
    rng = np.random.default_rng(2)
    rows = [f"{label},{n}" for label, n in zip(months(72), rng.poisson(4.0, 72))]
    (tmp_path / "own.csv").write_text("period,count\n" + "\n".join(rows) + "\n", encoding="utf-8")
    done = CliRunner().invoke(command, ["COL", "VEN", "--event", "incidents", "--counts", str(tmp_path / "own.csv")])
    assert done.exit_code == 0, done.output
    assert "12 months to 2016-12" in done.output
    assert "Score, rolling" in done.output
    done = CliRunner().invoke(command, ["COL", "VEN", "--event", "incidents"])
    assert isinstance(done.exception, UsageError)


def _figures(values: list[tuple[str, float]]) -> pl.DataFrame:
    return pl.DataFrame(
        [("security.incidents", period, value) for period, value in values],
        schema={"series": pl.String, "period": pl.String, "value": pl.Float64}, orient="row",
    )  # fmt: skip


def test_a_records_own_series_is_forecast_in_a_run():
    rng = np.random.default_rng(2)
    nothing = pl.DataFrame(schema={"event_id": pl.String, "date": pl.String})
    values = [(label, float(n)) for label, n in zip(months(72), rng.poisson(4.0, 72))]
    found = incidents(_figures(values), nothing)
    assert found["n_periods"].to_list() == [1, 3, 12]
    assert found["refused"].null_count() == 3
    assert (found["low"] <= found["middle"]).all()
    for rows, words in (
        (values[:5] + values[6:], "71 of the 72"), ([*values, ("2016", 3.0)], "several lengths"),
        ([("2010-01", 1.5), *values[1:]], "whole numbers"),
    ):  # fmt: skip
        assert words in incidents(_figures(rows), nothing)["refused"].item()
    assert incidents(_figures([]), nothing).is_empty()
    imported = pl.DataFrame([(f"ACLED-{k}", f"20{10 + k // 12}-{k % 12 + 1:02d}-01") for k in range(60)],
                            schema=nothing.schema, orient="row")  # fmt: skip
    assert incidents(_figures([]), imported)["counted"].unique().to_list() == ["events"]
