"""Published exercises, reproduced on their own data."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(__name__, {"replicate": "published"})
