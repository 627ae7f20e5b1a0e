"""RAS: margins met, zeros kept, the closest table in relative entropy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from detente.equilibrium import balance
from detente.errors import InvalidFlow, NotConverged, UnbalancedAccounts

FLOWS = np.array([[5.0, 1.0, 0.0], [2.0, 8.0, 1.0], [1.0, 0.5, 9.0]])
ROWS, COLUMNS = np.array([7.0, 12.0, 10.0]), np.array([9.0, 9.5, 10.5])


@pytest.mark.oracle
def test_it_is_the_closest_table_in_relative_entropy():
    cells = np.argwhere(FLOWS > 0)

    def dense(x):
        out = np.zeros_like(FLOWS)
        out[tuple(cells.T)] = x
        return out

    start = FLOWS[FLOWS > 0]
    margins = {
        "type": "eq",
        "fun": lambda x: np.append(dense(x).sum(1) - ROWS, (dense(x).sum(0) - COLUMNS)[:2]),
    }
    found = minimize(
        lambda x: (x * np.log(x / start) - x).sum(),
        start,
        jac=lambda x: np.log(x / start),
        constraints=margins,
        bounds=[(1e-9, None)] * len(start),
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 500},
    )
    assert found.success
    np.testing.assert_allclose(balance(FLOWS, ROWS, COLUMNS), dense(found.x), atol=1e-6)  # SLSQP's accuracy


def test_margins_zeros_and_nothing_to_do():
    out = balance(FLOWS, ROWS, COLUMNS)
    np.testing.assert_allclose(out.sum(1), ROWS, rtol=1e-11)
    np.testing.assert_allclose(out.sum(0), COLUMNS, rtol=1e-11)
    assert out[0, 2] == 0.0
    np.testing.assert_allclose(balance(FLOWS, FLOWS.sum(1), FLOWS.sum(0)), FLOWS, rtol=1e-11)


def test_refusals_name_the_economy():
    with pytest.raises(UnbalancedAccounts, match="sums to"):
        balance(FLOWS, ROWS, COLUMNS + 1)
    with pytest.raises(UnbalancedAccounts, match="VEN"):
        balance(FLOWS * [[1], [0], [1]], ROWS, COLUMNS, economies=["COL", "VEN", "ROW"])
    with pytest.raises(InvalidFlow):
        balance(-FLOWS, ROWS, COLUMNS)
    with pytest.raises(UnbalancedAccounts, match="long"):
        balance(FLOWS, ROWS[:2], COLUMNS)
    with pytest.raises(NotConverged, match="zero") as caught:
        balance(np.diag([1.0, 1.0]), [1.0, 3.0], [2.0, 2.0], max_steps=50)
    assert caught.value.state.shape == (2, 2)
