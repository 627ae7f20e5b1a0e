"""The local app: pages over studies, runs and solvers; it computes nothing of its own.

One noun a module: ``guard`` (what may come in), ``workspace`` (studies and runs at hand), ``bench`` and
``setting`` (the scenario desk), ``edits`` (changes of a record), ``jobs`` (long work), ``pages`` (one a view).
"""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {"Site": "app", "create_app": "app", "Workspace": "http.workspace", "Keys": "http.guard", "serve": "http.server"},
)
