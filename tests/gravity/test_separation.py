"""Do the estimates exist: hand-made cases of every kind, and the two searches against each other."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from detente.gravity import fit_ppml
from detente.gravity.design import build
from detente.gravity.engines.layout import lay_out
from detente.gravity.formulas.grammar import parse
from detente.gravity.separation import search, signs
from detente.gravity.separation.certificate import singletons
from detente.gravity.separation.search import by_linear_program, by_rectifier, find_separated, is_small
from detente.panel.frames import read_table

CASES = {
    # name: (columns, formula, rows that are separated)
    "regressor positive only at zeros": (
        {"y": [0, 0, 1, 2, 3, 4.0], "x": [1, 2, 0, 0, 0, 0.0], "v": [1, 0, 2, 1, 0, 5.0]},
        "y ~ x + v",
        [0, 1],
    ),
    "regressor of one sign at zeros, other things equal": (
        {"y": [0, 0, 1, 2, 3, 4.0], "x": [-1, -3, 0, 0, 0, 0.0], "v": [1, 0, 2, 1, 0, 5.0]},
        "y ~ x + v",
        [0, 1],
    ),
    "both signs at zeros: none": (
        {"y": [0, 0, 1, 2, 3, 4.0], "x": [1, -2, 0, 0, 0, 0.0], "v": [1, 0, 2, 1, 0, 5.0]},
        "y ~ x + v",
        [],
    ),
    "two regressors together": (
        {"y": [0, 0, 1, 2, 3, 4.0], "x": [2, 1, 1, 2, 3, 4.0], "v": [1, 0, 1, 2, 3, 4.0]},
        "y ~ x + v",
        [0, 1],
    ),
    "a regressor within an effect": (
        {
            "y": [0, 1, 2, 0, 3, 1.0, 2, 1],
            "x": [5, 1, 1, 7, 4, 4.0, 2, 2],
            "g": list("aaabbbcc"),
            "v": [1, 2, 4, 1, 3, 2, 9, 4.0],
        },
        "y ~ x + v | g",
        [0, 3],
    ),
    "two effects cross only at zeros": (
        {
            "y": [0, 1, 2, 2, 1, 3.0, 4],
            "g": list("aabbccb"),
            "h": list("xyyzzzy"),
            "v": [3, 1, 4, 1, 5, 9, 2.0],
        },
        "y ~ v | g + h",
        [0],
    ),
    "an effect with zeros only": (
        {"y": [0, 0, 1, 2, 3, 4.0], "g": list("aabbcc"), "v": [3, 1, 4, 1, 5, 9.0]},
        "y ~ v | g",
        [0, 1],
    ),
    "near-separation: a single small flow holds it": (
        {"y": [0, 0, 1, 2, 3, 4.0], "x": [1, 2, 0.01, 0, 0, 0.0], "v": [1, 0, 2, 1, 0, 5.0]},
        "y ~ x + v",
        [],
    ),
    "nothing is zero": (
        {"y": [1, 5, 1, 2, 3, 4.0], "x": [1, 2, 0, 0, 0, 0.0], "v": [1, 0, 2, 1, 0, 5.0]},
        "y ~ x + v",
        [],
    ),
}


@pytest.mark.parametrize("method", ["auto", "exact", "rectifier"])
@pytest.mark.parametrize(("columns", "formula", "expected"), CASES.values(), ids=CASES)
def test_hand_made_cases(columns, formula, expected, method):
    fit = fit_ppml(pl.DataFrame(columns, strict=False), formula, separation=method, singletons="keep")
    assert sorted(fit.separated.rows.tolist()) == expected
    assert fit.n_separated == len(expected)


def test_the_certificate_is_a_proof():
    columns, formula, _ = CASES["a regressor within an effect"]
    design = build(read_table(pl.DataFrame(columns, strict=False)), parse(formula))
    z = by_linear_program(design)
    groups = np.eye(3)[np.array([0, 0, 0, 1, 1, 1, 2, 2])]
    whole = np.column_stack([design.X.T, groups])
    combination = np.linalg.lstsq(whole, z, rcond=None)[0]
    np.testing.assert_allclose(whole @ combination, z, atol=1e-9)
    assert (z[design.y > 0] == 0).all()
    assert z[[0, 3]].min() > 0


@pytest.mark.parametrize("unit", [1.0, 1e6, 1e12])
@pytest.mark.parametrize("method", ["exact", "rectifier"])
def test_a_separated_regressor_beside_one_in_other_units(unit, method):
    """GDP in dollars beside a dummy: the rectifier used to take the dummy for rounding."""
    r = np.random.default_rng(1)
    o, d, t = (a.ravel() for a in np.meshgrid(range(12), range(12), range(5)))
    closed = (o == 3) & (d == 7) & (t > 2)
    flows = pl.DataFrame(
        {"o": o, "d": d, "t": t, "closed": closed * 1.0, "gdp": unit * r.normal(size=len(o)),
         "trade": r.gamma(1, 1, len(o)) * ~closed}
    )  # fmt: skip
    fit = fit_ppml(flows, "trade ~ gdp + closed | o^t + d^t + o^d", separation=method)
    assert sorted(fit.separated.rows) == np.flatnonzero(closed).tolist()
    assert fit.names == ("gdp",)


@pytest.mark.parametrize("seed", range(25))
def test_both_searches_find_the_same_rows(seed):
    rng = np.random.default_rng(seed)
    n = 40
    data = pl.DataFrame(
        {
            "y": rng.integers(0, 2, n) * rng.integers(0, 4, n) * 1.0,
            "a": rng.integers(0, 7, n),
            "b": rng.integers(0, 6, n),
            "x": rng.integers(-1, 3, n) * 1.0,
            "v": rng.integers(0, 2, n) * 1.0,
        }
    )
    design = build(read_table(data), parse("y ~ x + v | a + b"))
    exact, iterated = by_linear_program(design), by_rectifier(design)
    assert np.flatnonzero(exact).tolist() == np.flatnonzero(iterated).tolist()


def test_dropping_separated_rows_leaves_the_other_coefficients():
    rng = np.random.default_rng(1)
    n = 300
    g, x = rng.integers(0, 20, n), rng.normal(size=n)
    y = rng.poisson(np.exp(0.3 * x)) * 1.0
    d = np.zeros(n)
    d[np.flatnonzero(y == 0)[:5]] = 1.0
    data = pl.DataFrame({"y": y, "g": g, "x": x, "d": d})
    fit = fit_ppml(data, "y ~ x + d | g", singletons="keep")
    assert sorted(fit.separated.rows.tolist()) == np.flatnonzero(d).tolist()
    assert "zero in every row" in fit.dropped["d"]
    without = fit_ppml(data.filter(pl.col("d") == 0), "y ~ x | g", singletons="keep")
    assert fit.coef["x"] == pytest.approx(without.coef["x"], rel=1e-9)


def test_a_three_way_panel_with_a_separated_regressor_on_the_tensor():
    rng = np.random.default_rng(2)
    i, j, t = (a.ravel() for a in np.meshgrid(range(12), range(12), range(5), indexing="ij"))
    y = rng.gamma(1, 1, len(i)) * (rng.random(len(i)) > 0.2)
    x = rng.normal(size=len(i))
    closed = ((i == 1) & (j == 2) & (t >= 3)).astype(float)
    data = pl.DataFrame({"i": i, "j": j, "t": t, "y": np.where(closed > 0, 0.0, y), "x": x, "closed": closed})
    fit = fit_ppml(data.filter(pl.col("i") != pl.col("j")), "y ~ x + closed | i^t + j^t + i^j")
    assert fit.engine == "tensor"
    assert fit.n_separated == 2
    assert fit.names == ("x",)


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4])
def test_sparse_three_way_panels_lose_exactly_the_rows_of_the_exact_search(seed):
    r = np.random.default_rng(seed)
    i, j, t = (a.ravel() for a in np.meshgrid(range(7), range(7), range(3), indexing="ij"))
    y = r.gamma(1, 1, len(i)) * (r.random(len(i)) > 0.7)
    data = pl.DataFrame({"i": i, "j": j, "t": t, "y": y, "x": r.normal(size=len(i)).round(1)})
    data = data.filter(pl.col("i") != pl.col("j"))
    found = fit_ppml(data, "y ~ x | i^t + j^t + i^j")
    exact = fit_ppml(data, "y ~ x | i^t + j^t + i^j", separation="exact", engine="irls")
    assert found.n_separated > 10
    assert sorted(found.separated.rows) == sorted(exact.separated.rows)
    assert found.coef["x"] == pytest.approx(exact.coef["x"], abs=1e-6)


def test_effects_alone_can_separate_on_the_tensor():
    flows = [(0, 0, 2.0), (0, 1, 1.0), (1, 0, 3.0), (1, 1, 1.0), (2, 2, 4.0), (0, 2, 0.0), (3, 2, 1.0), (2, 3, 2.0)]
    data = pl.DataFrame([*flows, (3, 3, 5.0)], schema=["i", "j", "y"], orient="row")
    fit = fit_ppml(data, "y ~ 1 | i + j", singletons="keep")
    assert fit.engine == "tensor"
    assert fit.separated.rows.tolist() == [5]


def designed(columns, formula):
    frame = pl.DataFrame(columns, strict=False)
    return build(read_table(frame), parse(formula, frame.columns))


def test_small_samples_are_searched_exactly_and_large_ones_by_the_rectifier(monkeypatch):
    columns, formula, rows = CASES["a regressor within an effect"]
    design = designed(columns, formula)
    wide = len(design.names) + 3  # three groups
    for most_rows, most_columns, small in (
        (8, wide, True),
        (7, wide, False),
        (8, wide - 1, False),
        (9, wide + 1, True),
    ):
        monkeypatch.setattr(search, "EXACT_ROWS", most_rows)
        monkeypatch.setattr(search, "EXACT_COLUMNS", most_columns)
        assert is_small(design) == small
        same = by_linear_program(design) if small else by_rectifier(design)
        np.testing.assert_array_equal(find_separated(design), same)
        assert np.flatnonzero(find_separated(design)).tolist() == rows


def test_a_regressor_that_is_zero_everywhere_changes_no_certificate():
    columns, formula, _ = CASES["two effects cross only at zeros"]
    bare = designed(columns, formula)
    more = designed(columns | {"nil": [0.0] * 7}, formula.replace("v", "v + nil"))
    for method in (by_linear_program, by_rectifier):
        np.testing.assert_allclose(method(more), method(bare), atol=1e-9)


def test_a_search_whose_certificate_does_not_hold_finds_nothing(monkeypatch):
    """The rows found are regressed once more, held apart from all others: what is not positive then is no proof."""
    design = designed(*CASES["regressor positive only at zeros"][:2])
    assert np.flatnonzero(by_rectifier(design)).tolist() == [0, 1]
    fitted = search._Held.fitted
    for left, rows in ((1.0, [0, 1]), (-0.5, [])):
        calls = []

        def halved(held, target, left=left, calls=calls):
            calls.append(held)
            return fitted(held, target) * (left if calls[0] is not held else 1.0)

        monkeypatch.setattr(search._Held, "fitted", halved)
        assert np.flatnonzero(by_rectifier(design)).tolist() == rows


def alone_by_hand(labels: list[tuple], among: np.ndarray) -> np.ndarray:
    """Rows alone in a level of any effect among those left, taken away until there are none."""
    left = among.copy()
    while True:
        gone = left.copy()
        for keys in zip(*labels):
            counts: dict = {}
            for key, held in zip(keys, left):
                counts[key] = counts.get(key, 0) + held
            gone &= np.array([counts[key] > 1 for key in keys])
        gone = left & ~gone
        if not gone.any():
            return among & ~left
        left &= ~gone


@pytest.mark.parametrize("share", [0.12, 0.3, 0.6, 1.0])
@pytest.mark.parametrize("years", [1, 2, 3])
def test_rows_alone_in_a_level_are_found_on_the_tensor_as_on_rows(share, years):
    rng = np.random.default_rng(int(100 * share) + years)
    cells = [(t, i, j) for t in range(years) for i in range(5) for j in range(5)]
    held = [cell for cell in cells if rng.random() < share]
    columns = {name: [cell[k] for cell in held] for k, name in enumerate(("year", "exporter", "importer"))}
    data = pl.DataFrame(columns | {"y": rng.gamma(1, 1, len(held)), "x": rng.normal(size=len(held))})
    formula = parse("y ~ x | exporter^year + importer^year + exporter^importer")
    design = build(read_table(data), formula)
    labels = [((i, t), (j, t), (i, j)) for t, i, j in held]
    some = rng.random(len(held)) < 0.8
    for among in (None, np.ones(len(held), bool), some):
        expected = alone_by_hand(labels, np.ones(len(held), bool) if among is None else among)
        for layout in (None, lay_out(design)):
            assert (singletons(design, layout, among) == expected).all()


@pytest.mark.parametrize(("share", "told"), [(0.4, True), (0.49, True), (0.51, False), (0.9, False)])
@pytest.mark.parametrize("units", [(1.0, 1.0), (1e4, 1e3), (1e-4, 1e5)])
def test_doubtful_rows_may_tell_half_of_what_is_known_of_a_coefficient_in_any_unit(share, told, units):
    hessian = np.array([[4.0, 1.0], [1.0, 9.0]]) * np.outer(units, units)
    assert signs.told_without(hessian, share * hessian) is told


def test_a_zero_of_great_weight_stands_out_where_a_light_one_does_not():
    """Scores of 0.5 and 2 beside what the fit leaves, 0.01 a hundred times over."""
    data = pl.DataFrame({"y": [0.0, 0.0, 1.0], "x": [1.0, 2.0, 4.0], "w": [1.0, 4.0, 1.0]})
    design = build(read_table(data), parse("y ~ x"), weights="w")
    fit = SimpleNamespace(mu=np.array([0.5, 0.5, 1.0]))
    assert signs._doubtful(design, fit, signs.POISSON, 0.01, None).tolist() == [0]


def test_where_every_row_is_alone_none_is_left():
    """A Latin square: one partner a year and economy, and each pair once."""
    cells = [(t, i, (i + t) % 4) for t in range(4) for i in range(4)]
    columns = {name: [cell[k] for cell in cells] for k, name in enumerate(("year", "exporter", "importer"))}
    data = pl.DataFrame(columns | {"y": np.arange(1.0, 17.0), "x": np.sin(np.arange(16.0))})
    design = build(read_table(data), parse("y ~ x | exporter^year + importer^year + exporter^importer"))
    for layout in (None, lay_out(design)):
        assert singletons(design, layout).all()
