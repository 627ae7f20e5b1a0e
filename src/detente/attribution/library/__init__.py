"""The library of ruptures and reopenings: dated cases, computed paths, predictions and their scores.

Names load on first use.
"""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "LibraryCase": "catalogue",
        "LibrarySource": "catalogue",
        "cases": "catalogue",
        "choose_cases": "catalogue",
        "sources": "catalogue",
        "ComputedPaths": "paths",
        "Point": "paths",
        "compute_paths": "paths",
        "shipped_points": "paths",
        "mixture_priors": "expected_paths",
        "null_cases": "expected_paths",
        "outcomes": "expected_paths",
        "recoveries": "expected_paths",
        "typical_paths": "expected_paths",
        "Forecast": "prediction",
        "forecast_frame": "prediction",
        "predict": "prediction",
        "coverage_by_region": "scores",
        "score": "scores",
        "score_frame": "scores",
        "scores_of": "scores",
        "export_library": "view",
        "library_chart": "view",
        "library_frame": "view",
        "library_tables": "view",
        "paths_frame": "view",
        "sources_frame": "view",
    },
)
