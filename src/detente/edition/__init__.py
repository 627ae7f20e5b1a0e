"""The edition: runs and looks as a dated page, text, mail, voice and feeds, and the readers who receive it."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "Edition": "composing",
        "compose": "composing",
        "Subject": "material",
        "gather": "material",
        "EditionSettings": "settings",
        "make": "making",
        "Made": "making",
        "due": "sending",
        "send": "sending",
        "Desk": "subscribers.desk",
    },
)
