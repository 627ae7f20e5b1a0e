"""Numbers, years and days in spoken words, by language; and the reader of a record's own texts."""

from detente.language.speaking.reader import read_aloud
from detente.language.speaking.said import Said
from detente.language.speaking.tongue import SPEAKING, Tongue, tongue_of

__all__ = ["SPEAKING", "Said", "Tongue", "read_aloud", "tongue_of"]
