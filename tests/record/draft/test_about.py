"""The pair that a sentence leaves to the text around it: when it is carried, when not, and how it is marked."""

from __future__ import annotations

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.row import DraftRow
from detente.record.draft.suggest import KnownRecord

FLOWS = ("trade.total", "trade.exports", "trade.imports")
HEADS = {
    "en": "{a} and {b} trade more than ever.",
    "es": "El comercio entre {a} y {b} crece.",
}
PAIRS = [("IND", "CHN", "India", "China", "Japan"), ("KEN", "UGA", "Kenya", "Uganda", "Tanzania")]
PAIRS_ES = [("IND", "CHN", "India", "China", "Japón"), ("PER", "CHL", "Perú", "Chile", "Ecuador")]
WORDED = {
    "en": ["Bilateral trade", "Two-way trade", "Trade between the two", "Total trade", "Overall goods trade"],
    "es": [
        "El comercio bilateral",
        "El comercio entre ambos",
        "El intercambio comercial bilateral",
        "El comercio total",
    ],
}
AMOUNT = {"en": "was $136 billion in 2022.", "es": "fue de 136.000 millones de dólares en 2022."}
CASES = [("en", *pair) for pair in PAIRS] + [("es", *pair) for pair in PAIRS_ES]


def figure(text: str, dyad: tuple[str, str], language: str) -> DraftRow:
    draft = draft_claims(Article("", text, "2023-11-03", language), "N", known=KnownRecord(dyad, FLOWS))
    return next(row for row in draft.rows if row.cells.get("value") in ("136000", "20000"))


def is_marked(row: DraftRow) -> bool:
    return any(getattr(hint, "key", "") == "hint.carried_pair" for hint in row.hints)


@pytest.mark.parametrize(("language", "one", "two", "a", "b", "other"), CASES)
def test_a_text_about_one_pair_carries_it_to_its_sentences_about_trade(language, one, two, a, b, other):
    for words in WORDED[language]:
        text = f"{HEADS[language].format(a=a, b=b)}\n\n{words} {AMOUNT[language]}"
        row = figure(text, (one, two), language)
        assert (row.cells["test"], row.cells["target"]) == ("quantity", "trade.total"), text
        assert row.confidence == "medium"
        assert is_marked(row)


@pytest.mark.parametrize(("language", "one", "two", "a", "b", "other"), CASES)
def test_what_others_are_named_for_is_never_the_pairs(language, one, two, a, b, other):
    with_, grew = (" with ", "Trade with {o} fell.") if language == "en" else (" con ", "El comercio con {o} cayó.")
    head, amount = HEADS[language].format(a=a, b=b), AMOUNT[language]
    for words in WORDED[language]:
        beside = f"{head}\n\n{words}{with_}{other} {amount}"
        draft = draft_claims(Article("", beside, "2023-11-03", language), "N", known=KnownRecord((one, two), FLOWS))
        assert not [row for row in draft.rows if row.series or row.cells.get("target")], beside
        for text in (
            f"{head} {grew.format(o=other)} {words} {amount}",
            f"{head}\n\n{grew.format(o=other)}\n\n{words} {amount}",
        ):
            row = figure(text, (one, two), language)
            assert not row.series, text
            assert not row.cells.get("target")


@pytest.mark.parametrize(("language", "one", "two", "a", "b", "other"), CASES)
def test_a_text_about_another_pair_carries_nothing(language, one, two, a, b, other):
    for words in WORDED[language]:
        row = figure(f"{HEADS[language].format(a=a, b=other)}\n\n{words} {AMOUNT[language]}", (one, two), language)
        assert not row.series


def test_bare_trade_is_the_pairs_only_in_the_paragraph_that_named_it():
    dyad = ("IND", "CHN")
    near = figure("India's trade with China grew. In 2022, trade reached a record $136 billion.", dyad, "en")
    assert near.cells["target"] == "trade.total"
    assert near.confidence == "medium"
    assert is_marked(near)
    for text in (
        "India's trade with China grew.\n\nIn 2022, trade reached a record $136 billion.",
        "India's trade with China grew. China's trade with all is large. Trade was $136 billion in 2022.",
        "India's trade with China grew.\n\nChina said total trade was $136 billion in 2022.",
        "India's trade with China grew. Total world trade was $136 billion in 2022.",
        "India's trade with China grew. Electronics trade was $136 billion in 2022.",
        "India's trade with China grew. The trade deficit was $136 billion in 2022.",
    ):
        assert not figure(text, dyad, "en").series, text


def test_one_of_the_two_may_speak_of_what_is_between_them():
    row = figure(
        "India and China trade.\n\nChina's customs said bilateral trade was $136 billion in 2022.", ("IND", "CHN"), "en"
    )
    assert row.cells["target"] == "trade.total"
    assert row.confidence == "medium"
    assert is_marked(row)


def test_a_text_that_never_names_the_other_is_about_nobody():
    for text in (
        "The bilateral trade was $136 billion in 2022, and India paid.",
        "India is large.\n\nBilateral trade was $136 billion in 2022.",
    ):
        assert not figure(text, ("IND", "CHN"), "en").series, text


def test_a_paragraph_that_names_the_pair_leaves_no_doubt_about_bilateral_trade():
    row = figure("India and China met. Bilateral trade was $136 billion in 2022.", ("IND", "CHN"), "en")
    assert row.confidence == "high"
    assert is_marked(row)
