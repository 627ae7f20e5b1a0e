"""The authors' own code for the tariffs of April 2025, run on six regions added up from their data.

Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), "Making America Great Again? The economic impacts of Liberation
Day tariffs": their equations in the Eaton-Kortum case (no profits), elasticity 4, economies of scale .67 / 4, labour
supply .5. Flows of 2023 (CEPII BACI and, for internal trade, World Bank GDP) are added up to six regions and rounded
to three digits, tariffs to percent; the figures below are what `balanced_trade_eq` of their replication package gives
for these numbers (`fsolve`, residual below 1e-14). `fsolve` of 18 unknowns on these lines rebuilds them.
"""

from __future__ import annotations

import numpy as np
import pytest

from detente.equilibrium import Economy, SectorEconomy, Shock, solve

pytestmark = pytest.mark.oracle

REGIONS = ("CAN", "CHN", "EUR", "MEX", "USA", "ROW")
FLOWS = [
    [1.70e6, 2.77e4, 2.77e4, 7.09e3, 4.17e5, 8.21e4],
    [6.19e4, 1.50e7, 5.16e5, 8.84e4, 4.40e5, 2.24e6],
    [5.37e4, 2.40e5, 1.61e7, 5.33e4, 5.17e5, 1.81e6],
    [3.32e4, 1.34e4, 2.85e4, 1.32e6, 4.59e5, 6.13e4],
    [3.02e5, 1.45e5, 3.55e5, 2.93e5, 2.59e7, 7.64e5],
    [9.96e4, 1.62e6, 1.88e6, 9.62e4, 1.07e6, 3.39e7],
]
RATES = {"CAN": 0.10, "CHN": 0.54, "EUR": 0.20, "MEX": 0.17, "ROW": 0.24}
THEIRS = {  # employment, wage and total spending, new over old, in the order of the regions
    (False, "lump-sum"): (
        [0.9979595985193428, 0.9986976885383922, 0.9992720635632991, 0.993600762284444, 0.9967445665408099, 0.9989817465795825],
        [1.0094823984487835, 0.9445242089381065, 0.9590869724756398, 0.9789398281420097, 1.1072879603543175, 0.955250312055551],
        [1.007494032405582, 0.9394977033892166, 0.9586331228193679, 0.972045282259587, 1.114730957431134, 0.9544688891416074],
    ),
    (True, "lump-sum"): (
        [0.9940067220746165, 0.9983934856490955, 0.9986119179199765, 0.9875919738828278, 0.9944497949231982, 0.9983065115203879],
        [1.0039362116024406, 0.9636613979785321, 0.9747268289807327, 0.9809833486441383, 1.0540022322734135, 0.972273792841092],
        [1.005164703144222, 0.9603320382928463, 0.974575893972244, 0.978030735998416, 1.0573804153817845, 0.9718675381128439],
    ),
    (False, "income-tax"): (
        [0.9980383608832911, 0.998692833306607, 0.9992824437757173, 0.9936870450804125, 1.0044451279379134, 0.9989911269404605],
        [1.0099944158073466, 0.944712777601773, 0.9594233196779273, 0.9794304550869536, 1.107856621274255, 0.9555558278670568],
        [1.0080747048081666, 0.9394993198950483, 0.9589948615215546, 0.9725554981917804, 1.1236500465298926, 0.9547941873584479],
    ),
}  # fmt: skip
EXACT = 1e-12
"""Both solve the same equations; they agree to 1e-15."""
TAX_BASE = 2e-4
"""They let revenue R replace a tax of R / V on labour, which raises net wages by 1 / (1 - R / V); here the tax falls by
R / V from nothing, 1 + R / V. With R / V of 1.4% the two differ by its square, 2e-4, times a labour supply of .5."""


@pytest.mark.parametrize(("answered", "use"), THEIRS)
def test_liberation_day_among_six_regions(answered, use):
    economy = SectorEconomy.of(Economy.from_arrays(REGIONS, FLOWS), theta=4.0)
    shock = Shock(tariff={(code, "USA"): rate for code, rate in RATES.items()})
    if answered:
        shock = shock + Shock(tariff={("USA", code): rate for code, rate in RATES.items()})
    out = solve(economy, shock, deficits="additive", supply_elasticity=0.5, scale=0.67 / 4, revenue=use)
    employed, wage, spent = map(np.array, THEIRS[answered, use])
    tolerance = EXACT if use == "lump-sum" else TAX_BASE
    np.testing.assert_allclose(out.labour_hat, employed, rtol=tolerance)
    level = out.wage_hat[0] / wage[0]  # they hold mean consumer prices, here world value added is held
    np.testing.assert_allclose(out.wage_hat, level * wage, rtol=tolerance)
    np.testing.assert_allclose(out.income_hat, level * spent, rtol=tolerance)
    assert (out.labour_hat[4] > 1) == (
        use == "income-tax"
    )  # the sign of their table 1: jobs rise with the tax cut only
