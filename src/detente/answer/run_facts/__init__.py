"""The facts of a run's first screen, from its tables."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__, {"RunTables": "run_tables", "decimal_year": "flags", "facts_of": "reading"}
)
