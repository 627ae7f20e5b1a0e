"""Structural gravity by Poisson pseudo-maximum likelihood."""

from detente.lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
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
    },
)
