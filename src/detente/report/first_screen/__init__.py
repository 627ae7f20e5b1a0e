"""The first screen of the report, the app and the edition: :func:`first_screen`, and :func:`first_sentences` without pictures."""

from detente.report.first_screen.key_numbers import FAIR, FIRM, ROUGH, KeyNumber
from detente.report.first_screen.pictures import Picture
from detente.report.first_screen.screen import FirstScreen, first_screen, first_sentences

__all__ = ["FAIR", "FIRM", "ROUGH", "FirstScreen", "KeyNumber", "Picture", "first_screen", "first_sentences"]
