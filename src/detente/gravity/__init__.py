"""Structural gravity by Poisson pseudo-maximum likelihood."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "ThreeWay": "engines.margins",
        "fit_margins": "engines.margins",
        "Imputation": "postestimation.imputation",
        "impute": "postestimation.imputation",
        "GravityFit": "result",
        "fit_ppml": "ppml",
        "Bootstrap": "postestimation.resample",
        "Jackknife": "postestimation.resample",
        "bootstrap": "postestimation.resample",
        "jackknife": "postestimation.resample",
        "Comparison": "postestimation.comparison",
        "compare": "postestimation.comparison",
        "ManyFits": "postestimation.many_fits",
        "fit_many": "postestimation.many_fits",
        "multilateral_resistance": "postestimation.trade_costs",
        "tariff_equivalents": "postestimation.trade_costs",
        "trade_costs": "postestimation.trade_costs",
        "reset_test": "postestimation.trade_costs",
        "Extended": "postestimation.cohorts",
        "extended": "postestimation.cohorts",
        "Staggered": "postestimation.staggered_adoption",
        "PreTrend": "postestimation.staggered_adoption",
        "staggered": "postestimation.staggered_adoption",
        "BiasCorrection": "postestimation.bias_correction",
        "bias_correct": "postestimation.bias_correction",
    },
)
