"""The reader's language: strings, numbers and dates, for the answer, the report and the app."""

from detente.language.catalogue import Catalogue, When
from detente.language.registry import LANGUAGES
from detente.language.spelling import phrase, spelt
from detente.language.text import (
    Day,
    Joined,
    Money,
    Number,
    Own,
    Text,
    Word,
    few,
    own,
    said,
    translations,
)
from detente.language.withheld import Refusal, Withheld

__all__ = [
    "LANGUAGES", "Catalogue", "Day", "Joined", "Money", "Number", "Own", "Refusal", "Text", "When", "Withheld", "Word", "few", "own",
    "phrase",
    "said", "spelt", "translations",
]  # fmt: skip
