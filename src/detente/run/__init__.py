"""A run of a study: its tables, scenarios, manifest and folder."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "BatchOfPairs": "batching.parts_kept",
        "Run": "result",
        "RunTable": "schema",
        "batch": "batching.parts_kept",
        "read_run": "folder",
        "register": "schema",
        "run_study": "running",
        "scored_outlook": "what_next",
    },
)
