"""The library of ruptures and reopenings: dated cases, computed paths, predictions and their scores.

Names load on first use.
"""

from detente.lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "Case": "catalogue",
        "Source": "catalogue",
        "cases": "catalogue",
        "choose_cases": "catalogue",
        "sources": "catalogue",
        "Computed": "paths",
        "Point": "paths",
        "compute_paths": "paths",
        "shipped_points": "paths",
        "mixture_priors": "typical",
        "null_cases": "typical",
        "outcomes": "typical",
        "recoveries": "typical",
        "typical_paths": "typical",
        "Forecast": "prediction",
        "forecast_frame": "prediction",
        "predict": "prediction",
        "score": "scores",
        "score_frame": "scores",
        "scores_of": "scores",
        "pseudo_coverage": "pseudo",
        "export_library": "view",
        "library_chart": "view",
        "library_frame": "view",
        "library_tables": "view",
        "paths_frame": "view",
        "sources_frame": "view",
    },
)
