"""The reader's language: strings, numbers and dates, for the answer, the report and the app."""

from detente.language.catalogue import LANGUAGES, Catalogue
from detente.language.text import Day, Joined, Number, Own, Refusal, Text, Word, own, said, translations

__all__ = [
    "LANGUAGES", "Catalogue", "Day", "Joined", "Number", "Own", "Refusal", "Text", "Word", "own", "said",
    "translations",
]  # fmt: skip
