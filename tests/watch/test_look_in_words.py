"""Every measure and every reading is said in words in each language, never by its key."""

from __future__ import annotations

import re

import pytest

from detente.language import LANGUAGES, Catalogue
from detente.watch.look_in_words import MOST_LINES, heading, line, measure_in_words, past_alert_text, reading_in_words
from detente.watch.readings import _FAMILIES
from detente.watch.thresholds import Reading, Transition

READINGS = (
    Reading("state:border.goods@tachira", text="closed"),
    Reading("verdict:C1", text="confirmed within rounding"),
    Reading("figure_corrected:T1", 1234567.8),
    Reading("new_data:panel", 2023),
    Reading("new_data:claims", 7),
    Reading("exports", 1234.5, note="2021"),
    Reading("imports", 0.0, note="2021"),
    Reading("residual:COL>VEN", -1.2, low=-1.5, high=-0.9, note="2021"),
    Reading("placebo_share:COL>VEN", 0.0123),
    Reading("strength:COL>VEN:2008-2010", text="strong"),
    Reading("break:COL>VEN", -0.7, note="2009"),
    Reading("odds:break", 0.012, low=0.008, high=0.017),
    Reading("odds:return", 0.2),
    Reading("forecast_scored:trade:2023", 6600.0, "inside", 5000.0, 9000.0),
    Reading("forecast_scored:trade:2023", 9600.0, "outside", 5000.0, 9000.0),
    Reading("forecast_scored:trade:2023", text="pending"),
)
KEY = re.compile(r"\b(?:watch_\w+|number|state_value)\.\w+|\{|\}|\bnan\b|\bNone\b")


def test_every_family_is_tried():
    assert {reading.measure.partition(":")[0] for reading in READINGS} == set(_FAMILIES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: f"{reading.measure} {reading.text}")
def test_a_measure_and_its_reading_are_words(language, reading):
    words = Catalogue(language)
    name, said = measure_in_words(reading.measure, words), reading_in_words(reading, words)
    assert name
    assert said
    assert not KEY.search(name + said)
    assert ":" not in name.partition(",")[0]
    for what in ("fired", "cleared", "new", "gone"):
        told = line(reading.measure, Transition(what, reading, reading, 1), "2024-05-31", words)
        assert name in told
        assert said in told
        assert not KEY.search(told)


@pytest.mark.parametrize(
    ("reading", "says"),
    [
        (READINGS[2], "1,234,568"),
        (READINGS[5], "US$1.23 billion (2021)"),
        (READINGS[7], "−70% (2021) (range −78% to −59%)"),
        (READINGS[8], "0.012"),
        (READINGS[11], "1.2% (range 0.8% to 1.7%)"),
        (READINGS[13], "US$6.6 billion, inside its range of US$5.0 billion to US$9.0 billion"),
        (None, "none"),
    ],
)
def test_numbers_are_in_the_unit_of_their_measure(reading, says):
    assert reading_in_words(reading, Catalogue("en")) == says


def test_an_alert_of_many_lines_counts_the_rest():
    body = {"changes": [{"line": f"Line {n}"} for n in range(MOST_LINES + 3)], "permalink": "https://example.org/7"}
    told = past_alert_text("A cause", body, Catalogue("en")).splitlines()
    assert told[0] == "A cause"
    assert "3" in told[MOST_LINES + 1]
    assert "https://example.org/7" in told[-1]
    assert past_alert_text("A cause", None, Catalogue("en")) == "A cause"
    assert "COL and VEN" in heading(None, "COL and VEN", Catalogue("en"))
