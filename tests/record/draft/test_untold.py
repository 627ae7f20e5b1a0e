"""Rows are never `high` where a sentence may credit somebody who was not read, in whatever words."""

from __future__ import annotations

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims


def figure(text: str, language: str = "en"):
    rows = draft_claims(Article("", text, "2022-05-14", language), "N1").rows
    return next(row for row in rows if row.cells.get("value"))


UNREAD = {
    "en": [
        "Ana Paz opined exports fell 4% in 2019.",
        "Exports fell 4% in 2019, Ana Paz opined.",
        "Exports fell 4% in 2019, relate the media of Lima.",
        "The minister bemoaned that exports fell 4% in 2019.",
        "Shimu bewailed that exports fell 4% in 2019.",
        "She relayed that exports fell 4% in 2019.",
        "Going by Eurostat, exports fell 4% in 2019.",
        "By the customs office's count, exports fell 4% in 2019.",
        "The yearbook gives exports of $4m in 2019.",
        "WITS gives exports of $4m in 2019.",
        "Exports fell 4% in 2019 (Statistics Bureau).",
        "Based on the survey, exports fell 4% in 2019.",
    ],
    "es": [
        "Las exportaciones cayeron 4% en 2019 (Aduanas).",
        "En el anuario constan exportaciones de 4 millones de euros en 2019.",
        "Explayó que las exportaciones cayeron 4% en 2019.",
        "Con base en la encuesta, las exportaciones cayeron 4% en 2019.",
    ],
}


@pytest.mark.parametrize(("language", "text"), [(lang, text) for lang, texts in UNREAD.items() for text in texts])
def test_who_may_be_credited_and_was_not_read_keeps_a_row_from_high(language, text):
    row = figure(text, language)
    assert row.confidence != "high"
    assert row.cells["value"] in ("4", "-4")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Exports fell 4% in 2019.", "en"),
        ("Exports fell 4% in 2019, the customs office said.", "en"),
        ("Exports from Costa Rica to El Salvador fell 4% in June 2019.", "en"),
        ("In 2019 exports from the United Kingdom came to US$4m.", "en"),
        ("En 2019 las exportaciones de Costa Rica cayeron 4%.", "es"),
    ],
)
def test_a_sentence_that_names_nobody_may_be_high(text, language):
    assert figure(text, language).confidence == "high"


def test_words_that_credit_beside_a_speaker_leave_the_row_to_be_looked_at():
    assert figure("Citing a leak, the ministry said exports fell 4% in 2019.").confidence != "high"


def test_a_number_that_was_not_read_leaves_the_row_to_be_looked_at():
    assert figure("In route 5 of 2019, exports fell 4% in June 2019.").confidence != "high"
