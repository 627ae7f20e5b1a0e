"""Exact general-equilibrium counterfactuals: a checked baseline, a shock, a certified solution.

One noun a module: ``economy`` (the baseline), ``shock``, ``armington`` and ``sectors`` (the models),
``solver`` (one fixed point and one Newton method for all of them), ``counterfactual`` (the result).
"""

from detente.lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "Economy": "economy",
        "internal_trade": "internal",
        "CLOSED": "shock",
        "Shock": "shock",
        "solve": "solving",
        "Counterfactual": "counterfactual",
        "SectorEconomy": "sector_economy",
        "SectorCounterfactual": "sector_solve",
        "ensemble": "uncertainty",
        "Ensemble": "uncertainty",
        "Coefficients": "priors",
        "Choice": "priors",
        "LogNormal": "priors",
        "Uniform": "priors",
        "sensitivity": "adjoint",
        "first_order_pct": "adjoint",
        "SectorSensitivity": "adjoint",
        "Sensitivity": "adjoint",
        "decompose": "decomposition",
        "Decomposition": "decomposition",
        "accumulate": "capital",
        "CapitalPath": "capital",
        "migrate": "mobility",
        "MobilityCounterfactual": "mobility",
        "balance": "balancing",
        "bargain": "bargaining",
        "Bargain": "bargaining",
        "Report": "report",
        "Status": "report",
    },
)
