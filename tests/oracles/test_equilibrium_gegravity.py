"""gegravity 0.3 run live on its own small-shock example, a trade agreement between Canada and Japan.

It is no oracle for large shocks, where it can report convergence with negative prices.
"""

from __future__ import annotations

import numpy as np
import pytest

from detente.equilibrium import Economy, Shock, solve
from detente.equilibrium.geppml import proportional_fit

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.shared,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # the peer's own deprecations
]

ESTIMATES = {
    "lndist": -0.3898623,
    "contiguity": 0.891577,
    "common_language": 0.0326249,
    "pta": 0.4711383,
    "international": -3.412584,
    "constant": 16.32434,
}


def their_results(frame):
    ge = pytest.importorskip("gegravity")
    pd = pytest.importorskip("pandas")
    names = {"imp_var_name": "importer", "exp_var_name": "exporter", "year_var_name": "year"}
    baseline = ge.BaselineData(frame, trade_var_name="trade", expend_var_name="E", output_var_name="Y", **names)
    table = pd.DataFrame({"var": list(ESTIMATES), "beta": list(ESTIMATES.values()), "stderr": 0.1})
    costs = ge.CostCoeffs(estimates=table, identifier_col="var", coeff_col="beta", stderr_col="stderr")
    model = ge.OneSectorGE(
        baseline=baseline,
        cost_coeff_values=costs,
        cost_variables=list(ESTIMATES),
        year="2006",
        reference_importer="DEU",
        sigma=5,
        quiet=True,
    )
    model.build_baseline(omr_rescale=1)
    experiment = model.baseline_data.copy()
    for a, b in (("CAN", "JPN"), ("JPN", "CAN")):
        experiment.loc[(experiment["importer"] == a) & (experiment["exporter"] == b), "pta"] = 1
    model.define_experiment(experiment)
    model.simulate()
    return model.country_results


def test_canada_japan_agreement(shared_data):
    pd = pytest.importorskip("pandas")
    frame = pd.read_csv(shared_data / "peer_examples" / "gegravity_sample_30c_2006.csv")
    frame["constant"] = 1
    theirs = their_results(frame)
    frame["cost"] = np.exp(sum(b * frame[name] for name, b in ESTIMATES.items()))
    wide = frame.pivot(index="exporter", columns="importer", values="cost")
    names = list(wide.index)
    output = frame.groupby("exporter")["Y"].first()[names].to_numpy(float)
    spending = frame.groupby("importer")["E"].first()[names].to_numpy(float)
    spending *= output.sum() / spending.sum()
    a, g = proportional_fit(wide[names].to_numpy(), output, spending)
    economy = Economy.from_arrays(names, a[:, None] * wide[names].to_numpy() * g)
    out = solve(economy, Shock.between("CAN", "JPN", effect=ESTIMATES["pta"]), theta=4.0)
    peer = theirs.loc[names]
    ours = np.array(list(out.welfare_pct.values()))
    # its multilateral resistances stay conditional, worth up to 0.02 percentage points at this size
    np.testing.assert_allclose(ours, 100 * (1 / peer["welfare statistic"] - 1), atol=0.02)
    np.testing.assert_allclose(ours, peer["GDP change (percent)"], atol=0.02)
    assert ours[names.index("CAN")] > 0.3  # so that the tolerance means something
