"""détente: what happened between two economies, why, and what if.

A study is a record of what happened between two economies and what was said
about it; measures turn events into states of the relation; models turn states
into flows. Public names load on first use, so ``import detente`` is quick.
"""

from importlib import import_module
from typing import Any

from detente._lazy import names_of

__version__ = "0.2.0"

_names, _named, __dir__ = names_of(
    __name__,
    {
        # gravity
        "fit_ppml": "gravity",
        "fit_many": "gravity",
        "fit_ols": "gravity",
        "load_fit": "gravity",
        "bias_correct": "gravity",
        "impute": "gravity",
        "compare": "gravity",
        # equilibrium
        "Economy": "equilibrium",
        "solve": "equilibrium",
        "CLOSED": "equilibrium",
        "ensemble": "equilibrium",
        "sensitivity": "equilibrium",
        # panel
        "Panel": "panel",
        "read_panel": "panel",
        "complete": "panel",
        "world": "panel",
        "people": "panel",
        # record and attribution
        "Ledger": "record",
        "attribute": "attribution",
        "attribute_all": "attribution",
        # outlook
        "hazard": "outlook",
        "forecast": "outlook",
        # study
        "Study": "study",
        "Run": "run",
        "open_study": "study",
        "pair": "answer",
        # watch
        "look": "watch",
        "replicate": "replications",
        # errors
        "DetenteError": "errors",
        "NotConverged": "errors",
        "NoEquilibrium": "errors",
    },
)

__all__ = ["__version__", *_names]
ROOMS = frozenset(
    {
        "answer",
        "attribution",
        "data",
        "equilibrium",
        "gravity",
        "outlook",
        "panel",
        "record",
        "report",
        "run",
        "study",
        "watch",
    }
)


def __getattr__(name: str) -> Any:
    """Public names and rooms (``dt.data.list()``, ``dt.attribution.infer``), on first use."""
    return import_module(f"detente.{name}") if name in ROOMS else _named(name)
