"""Structural gravity by Poisson pseudo-maximum likelihood."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "ThreeWay": "tensor",
    "fit_margins": "tensor",
    "Imputation": "imputation",
    "impute": "imputation",
    "GravityFit": "result",
    "fit_ppml": "fit",
    "Bootstrap": "resample",
    "Jackknife": "resample",
    "bootstrap": "resample",
    "jackknife": "resample",
    "Comparison": "comparison",
    "compare": "comparison",
    "ManyFits": "many",
    "fit_many": "many",
    "multilateral_resistance": "after",
    "tariff_equivalents": "after",
    "trade_costs": "after",
    "reset_test": "after",
    "Extended": "cohorts",
    "extended": "cohorts",
    "Staggered": "adoption",
    "PreTrend": "adoption",
    "staggered": "adoption",
    "BiasCorrection": "bias",
    "bias_correct": "bias",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'detente.gravity' has no attribute {name!r}")
    value = getattr(import_module(f"detente.gravity.{_HOME[name]}"), name)
    globals()[name] = value
    return value
