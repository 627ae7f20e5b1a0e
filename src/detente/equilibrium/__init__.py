"""Exact general-equilibrium counterfactuals: a checked baseline, a shock, a certified solution.

``baseline`` (the economy), ``shocks``, ``armington`` and ``sectors`` (the models), ``assembly`` (labels to arrays),
``solver`` and ``path`` (one fixed point, one Newton method and one path for all models), ``solving`` (the verb) with
its ``options`` and ``outcome``, ``counterfactual`` and ``certificate`` (the result).
"""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "Economy": "baseline.economy",
        "internal_trade": "baseline.accounts",
        "CLOSED": "shocks.values",
        "Shock": "shocks.shock",
        "solve": "solving",
        "Counterfactual": "counterfactual",
        "SectorEconomy": "sectors.economy",
        "input_output": "sectors.official_tables",
        "SectorCounterfactual": "sectors.result",
        "ensemble": "around.ensemble",
        "Ensemble": "around.drawn",
        "Coefficients": "around.priors",
        "Choice": "around.priors",
        "LogNormal": "around.priors",
        "Uniform": "around.priors",
        "sensitivity": "around.sensitivity",
        "first_order_pct": "around.sensitivity",
        "SectorSensitivity": "around.sensitivity",
        "Sensitivity": "around.sensitivity",
        "decompose": "around.decomposition",
        "Decomposition": "around.decomposition",
        "accumulate": "extensions.capital",
        "CapitalPath": "extensions.capital",
        "migrate": "extensions.mobility",
        "MobilityCounterfactual": "extensions.mobility",
        "balance": "baseline.accounts",
        "bargain": "extensions.bargaining",
        "Bargain": "extensions.agreements",
        "conditional": "extensions.conditional_equilibrium",
        "Conditional": "extensions.conditional_equilibrium",
        "solve_each": "around.batch",
        "Batch": "around.batch",
        "optimal_tariff": "extensions.trade_policy",
        "nash_tariffs": "extensions.trade_policy",
        "TariffGame": "extensions.trade_policy",
        "quota": "extensions.trade_policy",
        "Quota": "extensions.trade_policy",
        "coalitions": "extensions.sanctions",
        "Coalitions": "extensions.sanctions",
        "Certificate": "certificate",
        "Report": "certificate",
        "Status": "certificate",
    },
)
