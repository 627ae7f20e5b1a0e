"""The reader's language: strings, numbers and dates, for the answer, the report and the app."""

from detente.language.catalogue import LANGUAGES, Catalogue

__all__ = ["LANGUAGES", "Catalogue"]
