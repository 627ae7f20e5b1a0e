"""Studies: open, check, scaffold and run a study folder; the run folder with its manifest."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "Study": "study",
        "open_study": "study",
        "builtin_studies": "shipped",
        "new_study": "scaffold",
    },
)
