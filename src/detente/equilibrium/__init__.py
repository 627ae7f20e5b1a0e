"""Exact general-equilibrium counterfactuals: a checked baseline, a shock, a certified solution.

One noun a module: ``economy`` (the baseline), ``shock``, ``armington`` and ``sectors`` (the models),
``solver`` (one fixed point and one Newton method for all of them), ``counterfactual`` (the result).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
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
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'detente.equilibrium' has no attribute {name!r}")
    value = getattr(import_module(f"detente.equilibrium.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(_HOME))
