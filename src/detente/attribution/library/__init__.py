"""The library of ruptures and reopenings: dated cases, computed paths, predictions and their scores.

Names load on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "Case": "catalogue", "Source": "catalogue", "cases": "catalogue", "choose_cases": "catalogue",
    "sources": "catalogue",
    "Computed": "paths", "Point": "paths", "compute_paths": "paths", "shipped_points": "paths",
    "mixture_priors": "typical", "null_cases": "typical", "outcomes": "typical", "recoveries": "typical",
    "typical_paths": "typical", "Forecast": "prediction", "forecast_frame": "prediction",
    "predict": "prediction", "score": "scores", "score_frame": "scores", "pseudo_coverage": "pseudo",
    "export_library": "view", "library_chart": "view", "library_frame": "view", "library_tables": "view",
    "paths_frame": "view",
}  # fmt: skip

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'detente.attribution.library' has no attribute {name!r}")
    return getattr(import_module(f"detente.attribution.library.{_HOME[name]}"), name)
