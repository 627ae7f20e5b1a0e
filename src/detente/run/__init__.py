"""A run of a study: its tables, scenarios, manifest and folder."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(__name__, {"Run": "running", "run_study": "running", "read_run": "folder"})
