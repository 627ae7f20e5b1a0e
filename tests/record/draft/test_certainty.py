"""The mark `high`: only where number, unit, period, direction and speaker can be read in one way."""

from __future__ import annotations

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.suggest import KnownRecord


def marks(text: str, language: str = "en", dyad: tuple[str, ...] = ()) -> list[str]:
    known = KnownRecord(dyad, ("trade.exports", "trade.imports", "trade.total"))
    rows = draft_claims(Article("", text, "2022-05-14", language), "N1", known=known).rows
    return [row.confidence for row in rows if row.cells.get("value")]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Exports were $3m in 2019.", "en"),
        ("Exports rose 4% in 2019.", "en"),
        ("In 2019 exports came to $3m.", "en"),
        ("Exports in the first half of 2019 were $3m.", "en"),
        ("Exports fell last year to $3m.", "en"),
        ("Exports were $3m in May.", "en"),
        ("The firm sold $3m of goods in 2019.", "en"),
        ("Exports were $3m in 2019, the Central Bank said.", "en"),
        ("Sales were $3m (2019).", "en"),
        ("Las ventas sumaron 3 millones de euros en 2019.", "es"),
        ("En 2019 las ventas cayeron 4%.", "es"),
    ],
)
def test_one_reading_is_high(text, language):
    assert marks(text, language) == ["high"]


@pytest.mark.parametrize(
    "text",
    [
        "Exports could be $3m in 2019.",
        "Exports were not $3m in 2019.",
        "Exports were forecast at $3m in 2019.",
        "Exports were $3m in the 2019 financial year.",
        "Exports were $3m in 2019-20.",
        "Exports were $3m in 2019 prices.",
        "Exports were $3m in the 2010s.",
        "Exports were $3m more in 2019.",
        "Exports rose by $3m in 2019.",
        "Exports took a share of 4% in 2019.",
        "Exports were between $3m and $4m in 2019.",
        "Exports were $3-4m in 2019.",
        "Exports averaged $3m in 2019.",
        "Exports were three million dollars in 2019.",
        "Exports were $3m a day in 2019.",
        "In 2019, the ministry that sold $3m closed.",
        "In 2019, compared with the $3m of before, little was sold.",
        "Exports were $3m in 2019, a trader who had seen the books said.",
    ],
)
def test_what_may_be_read_otherwise_is_not_high(text):
    assert "high" not in marks(text)


def test_an_amount_in_brackets_after_a_change_may_be_the_change_or_what_it_came_to():
    assert marks("Exports fell 15 percent ($3 million) in 2019.") == ["high", "medium"]


@pytest.mark.parametrize("word", ["may", "could", "will", "would", "not", "never", "expected", "estimated"])
@pytest.mark.parametrize(
    "text", ["Sales {} reach $3m in 2019.", "In 2019 sales {} reach $3m.", "Sales in 2019 {} were $3m."]
)
def test_a_word_of_doubt_takes_the_mark_away_whatever_the_form(text, word):
    assert "high" not in marks(text.format(word))
    assert marks(text.format("indeed")) in (["high"], ["medium"])


def test_a_dollar_is_a_guess_where_the_pair_has_one_of_its_own():
    text = "Exports were $3m in 2019."
    assert [marks(text, "en", dyad) for dyad in (("PER", "ECU"), ("NZL", "FJI"))] == [["high"], ["low"]]


def test_a_shared_name_of_money_is_the_pairs_where_only_one_has_it():
    text = "Imports fell to 118 million dinars in 2017."
    for dyad, unit, mark in (
        (("BHR", "QAT"), "bhd_mn", "medium"),
        (("BHR", "KWT"), "dinars_mn", "low"),
        ((), "dinars_mn", "low"),
    ):
        row = draft_claims(Article("", text, "2022-05-14", "en"), "N1", known=KnownRecord(dyad)).rows[0]
        assert (row.cells["unit"], row.confidence) == (unit, mark)


@pytest.mark.parametrize(
    ("text", "language", "value", "unit", "options"),
    [
        ("Kenya's exports to Tanzania doubled in 2019.", "en", "2", "times", "measure=ratio"),
        ("Kenya's exports to Tanzania more than tripled in 2019.", "en", "3", "times", "op=more than"),
        ("Kenya's exports to Tanzania nearly halved in 2019.", "en", "0.5", "times", "op=about"),
        ("Kenya's exports to Tanzania rose fivefold in 2019.", "en", "5", "times", "measure=ratio"),
        ("Kenya's exports to Tanzania fell by a third in 2019.", "en", "-33", "pct", "op=about"),
        ("Kenya's exports to Tanzania fell by half in 2019.", "en", "-50", "pct", "op=about"),
        ("Kenya's exports to Tanzania fell by $20m in 2019.", "en", "-20", "usd_mn", "measure=difference"),
        ("Las exportaciones kenianas a Tanzania se duplicaron en 2019.", "es", "2", "times", "measure=ratio"),
        (
            "Las exportaciones de Kenia a Tanzania se redujeron a la mitad en 2019.",
            "es",
            "0.5",
            "times",
            "measure=ratio",
        ),
        ("Las exportaciones kenianas a Tanzania cayeron un tercio en 2019.", "es", "-33", "pct", "op=about"),
    ],
)
def test_changes_in_words_and_in_money_are_held_against_the_year_before(text, language, value, unit, options):
    known = KnownRecord(("KEN", "TZA"), ("trade.exports", "trade.imports", "trade.total"))
    rows = draft_claims(Article("", text, "2022-05-14", language), "N1", known=known).rows
    cells = [row.cells for row in rows if row.cells.get("value")]
    assert [(c["value"], c["unit"], c["test"], c["target"]) for c in cells] == [
        (value, unit, "change", "trade.exports")
    ]
    assert options in cells[0]["options"]
    assert "from=2018;to=2019" in cells[0]["options"]


@pytest.mark.parametrize(
    "text",
    ["Half of the exports were tea in 2019.", "She doubled as a guide.", "A third of Kenya's trade goes by sea."],
)
def test_a_part_of_something_is_no_change(text):
    assert not [m for m in marks(text) if m]


def test_a_change_is_no_figure_for_the_series():
    known = KnownRecord(("KEN", "TZA"), ("trade.exports", "trade.imports", "trade.total"))
    text = "Kenya's exports to Tanzania fell by $20m in 2019 to $300m."
    draft = draft_claims(Article("", text, "2022-05-14", "en"), "N1", known=known)
    assert [row.cells["value"] for row in draft.figures] == ["300"]


@pytest.mark.parametrize(
    "text",
    [
        "Trade via the Namanga post was $5m in 2019.",
        "Kenya's trade with Tanzania through Namanga was $5m in 2019.",
        "The Ministry of Trade of Kenya and Tanzania's chamber counted $5m in 2019.",
        "Kenya bought $5m more than it sold to Tanzania in 2019.",
        "Las exportaciones textiles kenianas a Tanzania sumaron 5 millones de dólares en 2019.",
        "Kenia y Tanzania, dijo la Cámara de Comercio, pagaron 5 millones de dólares en 2019.",
    ],
)
def test_a_part_a_difference_and_the_name_of_an_office_are_no_flow_of_the_pair(text):
    known = KnownRecord(("KEN", "TZA"), ("trade.exports", "trade.imports", "trade.total"))
    language = "es" if "dólares" in text else "en"
    rows = draft_claims(Article("", text, "2022-05-14", language), "N1", known=known).rows
    assert [row.series for row in rows if row.cells.get("value")] == [""]
