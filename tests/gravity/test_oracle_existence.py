"""Which rows are separated, against the answers that ppmlhdfe's authors publish.

Cases and answers: Correia, Guimarães & Zylkin, "Primer on statistical separation in Poisson models" and
"Statistical separation in Poisson models across different statistical packages", guides of ppmlhdfe, read 2026.
Coefficients there are printed to three or five digits.
"""

import numpy as np
import polars as pl
import pytest

from detente.gravity import fit_ppml

pytestmark = [pytest.mark.oracle, pytest.mark.oracle]


def frame(columns: str, *rows: tuple[float, ...]) -> pl.DataFrame:
    return pl.DataFrame(np.array(rows, float), schema=columns.split(), orient="row")


ONE_REGRESSOR = frame("y x", (0, 1), (0, 1), (0, 0), (1, 0), (2, 0), (3, 0))
TWO_REGRESSORS = frame("y x1 x2", (0, 2, -1), (0, -1, 2), (0, 0, 0), (1, 0, 0), (2, 5, -10), (3, 6, -12))
ONE_EFFECT = frame("y id", (0, 1), (0, 1), (0, 2), (1, 2), (2, 3), (3, 3))
TWO_EFFECTS = frame("y id1 id2", (0, 1, 1), (1, 1, 1), (0, 2, 1), (0, 2, 2), (1, 2, 2))
TINY_FLOWS = TWO_EFFECTS.vstack(frame("y id1 id2", (1e-6, 2, 1), (1e-6, 2, 1), (1e-6, 2, 1)))
NO_CONVERGENCE = frame(
    "y x1 x2 x3",
    *[(0, 0, 1, 0), (0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0), (0, 1, 9, 0)],
    *[(2, 21, 21, 21), (3, 0, 0, 0), (5, 0, 0, 0), (7, 0, 0, 0), (10, -18, -18, 0)],
)
WRONG_OUTPUT = frame(
    "y x1 x2 x3 x4",
    *[(0, 0, 0, 2, 10), (0, 0, 0, 0, -2), (0, 0, 0, 0, 6), (0, 0, 0, 4, 5), (0, 1, 0, 0, 3), (2, 0, 0, 0, 3)],
    *[(2, 0, 0, 0, 4), (2, 0, 0, -2, 15), (2, 0, 0, 0, -7), (4, 0, 0, -3, 15), (6, -3, -3, 0, 4), (6, 0, 0, 0, 4)],
)
REGRESSOR_AND_EFFECTS = frame(
    "y x1 i j",
    *[(0, 0, 1, 1), (0, 3, 1, 1), (0, -2, 1, 1), (0, 2, 1, 3), (0, 2, 1, 5), (0, 0, 1, 6), (0, 7, 4, 1), (0, 1, 4, 4)],
    *[(0, 2, 4, 5), (0, 1, 6, 1), (0, -2, 8, 4), (0, 3, 8, 6), (1, -5, 1, 1), (1, 1, 1, 3), (5, -2, 6, 3)],
    (7, 2, 1, 3),
)


def published_certificate(data: pl.DataFrame) -> np.ndarray:
    """The guide's z for the last case: positive in seven rows (its text counts eight; the tenth row has z = 0)."""
    i, j = data["i"].to_numpy(), data["j"].to_numpy()
    by_i = 2.0 * (i == 4) - 2 * (i == 1) - 2 * (i == 6)
    return by_i - 6 * (j == 1) - 6 * (j == 3) - 2 * (j == 4) - (j == 5) + 8


CASES = {
    "one regressor": (ONE_REGRESSOR, "y ~ x", [0, 1], {"(Intercept)": (0.405, 5e-4)}),
    "a combination of two": (TWO_REGRESSORS, "y ~ x1 + x2", [0], {}),
    "a level without trade": (ONE_EFFECT, "y ~ 0 | id", [0, 1], {}),
    "a combination of effects": (TWO_EFFECTS, "y ~ 0 | id1 + id2", [2], {}),
    "tiny flows hold the effects": (TINY_FLOWS, "y ~ 0 | id1 + id2", [], {}),
    "others do not converge": (NO_CONVERGENCE, "y ~ x1 + x2 + x3", [0, 4], {"x3": (0.066, 5e-4)}),
    "others converge wrongly": (
        WRONG_OUTPUT,
        "y ~ x1 + x2 + x3 + x4",
        [4],
        {"(Intercept)": (0.59095, 5e-6), "x3": (-0.47085, 5e-6), "x4": (-0.03779, 5e-6)},
    ),
    "a regressor with two effects": (
        REGRESSOR_AND_EFFECTS,
        "y ~ x1 | i + j",
        np.flatnonzero(published_certificate(REGRESSOR_AND_EFFECTS) > 0).tolist(),
        {},
    ),
}


@pytest.mark.parametrize("method", ["auto", "exact", "rectifier"])
@pytest.mark.parametrize(("data", "formula", "separated", "coefficients"), CASES.values(), ids=CASES)
def test_published_cases(data, formula, separated, coefficients, method):
    fit = fit_ppml(data, formula, separation=method, singletons="keep")
    assert sorted(fit.separated.rows.tolist()) == separated
    for name, (value, half_a_digit) in coefficients.items():
        assert fit.coef[name] == pytest.approx(value, abs=half_a_digit)
