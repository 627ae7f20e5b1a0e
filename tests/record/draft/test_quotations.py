"""Who speaks in a quotation of several sentences, in English and Spanish, with every kind of mark."""

from __future__ import annotations

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims

EN = ("Trade has grown.", "It was $4 billion in 2020.", "Imports were $9 billion in 2019.")
ES = (
    "El comercio ha crecido.",
    "Fue de 4.000 millones de dólares en 2020.",
    "Las importaciones fueron de 9.000 millones de dólares en 2019.",
)
AFTER = {"en": "Trade was $3 billion in 2018.", "es": "En 2018 el comercio fue de 3.000 millones de dólares."}
MARKS = [("“", "”"), ("«", "»"), ('"', '"'), ("„", "“")]


def speakers(text: str, language: str) -> dict[str, str]:
    """The speaker of every figure, by value."""
    rows = draft_claims(Article("", text, "2022-11-03", language), "N").rows
    return {row.cells["value"]: row.cells["attributed_to"] for row in rows if row.cells.get("value")}


def expected(language: str) -> dict[str, str]:
    name = "Ana Paz, a minister" if language == "en" else "la ministra Ana Paz"
    return {"4000": name, "9000": name, "3000": ""}


def same(found: dict[str, str], language: str) -> None:
    assert {k: v.casefold() for k, v in found.items()} == {k: v.casefold() for k, v in expected(language).items()}


@pytest.mark.parametrize(("first", "last"), MARKS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_one_who_leads_in_speaks_to_the_closing_mark(first, last, language):
    said = " ".join(EN if language == "en" else ES)
    lead = "Ana Paz, a minister, said: " if language == "en" else "La ministra Ana Paz dijo: "
    same(speakers(f"{lead}{first}{said}{last} {AFTER[language]}", language), language)


@pytest.mark.parametrize(("first", "last"), MARKS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_one_named_after_the_closing_mark_spoke_from_the_opening_one(first, last, language):
    said = " ".join(EN if language == "en" else ES)[:-1]
    tail = ",{} said Ana Paz, a minister." if language == "en" else "{}, dijo la ministra Ana Paz."
    same(speakers(f"{first}{said}{tail.format(last)} {AFTER[language]}", language), language)


@pytest.mark.parametrize(("first", "last"), MARKS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_paragraphs_that_open_anew_go_on_with_the_same_speaker(first, last, language):
    one, two, three = EN if language == "en" else ES
    lead = "Ana Paz, a minister, said: " if language == "en" else "La ministra Ana Paz dijo: "
    text = f"{lead}{first}{one}\n\n{first}{two}\n\n{first}{three}{last}\n\n{AFTER[language]}"
    same(speakers(text, language), language)


def test_spanish_paragraphs_may_go_on_with_the_closing_mark():
    text = f"La ministra Ana Paz dijo: «{ES[0]}\n\n»{ES[1]}\n\n»{ES[2]}»\n\n{AFTER['es']}"
    same(speakers(text, "es"), "es")


@pytest.mark.parametrize(("first", "last"), MARKS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_second_quotation_goes_on_with_the_speaker_of_the_first(first, last, language):
    one, two, three = EN if language == "en" else ES
    told = (
        f"{first}{one[:-1]},{last} said Ana Paz, a minister. "
        if language == "en"
        else f"{first}{one[:-1]}{last}, dijo la ministra Ana Paz. "
    )
    same(speakers(f"{told}{first}{two} {three}{last}\n\n{AFTER[language]}", language), language)


@pytest.mark.parametrize("raya", ["—", "–"])
def test_rayas_hold_what_is_said_around_the_tellers_words(raya):
    text = f"{raya}{ES[0][:-1]} {raya}dijo la ministra Ana Paz{raya}. {ES[1]} {ES[2]}\n\n{AFTER['es']}"
    same(speakers(text, "es"), "es")
    told = f"{raya}{ES[0]} {ES[1]} {ES[2][:-1]} {raya}dijo la ministra Ana Paz.\n\n{AFTER['es']}"
    same(speakers(told, "es"), "es")


@pytest.mark.parametrize(
    "text",
    [
        "Ana Paz, a minister, said: “Trade has grown.” It was $4 billion in 2020.",
        "Ana Paz, a minister, left. “Trade was $4 billion in 2020.”",
        "“Trade has grown.\n\nIt was $4 billion in 2020,” said Ana Paz, a minister.\n\nIt was $3 billion in 2018.",
        "— Exports: $4 billion in 2020\n— Imports: $3 billion in 2018",
        "Ana Paz said the “boom” was over. Trade was $4 billion in 2020.",
    ],
)
def test_outside_of_the_marks_nobody_speaks(text):
    found = speakers(text, "en")
    assert found.get("3000", "") == ""
    if "left" in text or "“Trade has grown.” It" in text or "boom" in text or "Exports:" in text:
        assert found["4000"] == ""


def test_another_who_speaks_inside_keeps_his_own_words():
    text = "Ana Paz said: “Trade has grown. The central bank said it was $4 billion in 2020. Imports were $9 billion in 2019.”"
    found = speakers(text, "en")
    assert found["4000"].casefold() == "the central bank"
    assert found["9000"] == "Ana Paz"


def test_two_speakers_in_one_paragraph_stay_apart():
    text = (
        "“Trade has grown. It was $4 billion in 2020,” said Ana Paz. "
        "“It has not. It was $9 billion in 2019,” said Juan Sol."
    )
    assert speakers(text, "en") == {"4000": "Ana Paz", "9000": "Juan Sol"}


def test_what_happened_is_told_by_the_one_who_is_quoted():
    said = "Trade has grown. The border was closed on 5 May 2010. We met on 3 May 2019."
    text = f"Ana Paz, a minister, said: “{said}” They met on 4 May 2019."
    rows = draft_claims(Article("", text, "2022-11-03", "en"), "N").rows
    found = {row.cells["date"]: row.cells["attributed_to"] for row in rows if row.cells["date"]}
    assert found == {"2010-05-05": "Ana Paz, a minister", "2019-05-03": "Ana Paz, a minister", "2019-05-04": ""}
