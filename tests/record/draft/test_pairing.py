"""A figure and what it speaks of: its own period or none, its direction, its bound, the digits it was given."""

from __future__ import annotations

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.language.numbers.numerals import significant_digits


def rows(text: str, published: str = "2022-01-01", language: str = "en") -> list[dict[str, str]]:
    return [row.as_row() for row in draft_claims(Article("", text, published, language), "N1").rows]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("Exports rose from $3m in 2019 to $9m in 2021.", [("3", "2019"), ("9", "2021")]),
        ("It fell from 12.1% of the total in 2010 to 3.4% in 2019.", [("12.1", "2010"), ("3.4", "2019")]),
        ("It was $310m in 2017 and $205m in January-September 2018.", [("310", "2017"), ("205", "2018-01/2018-09")]),
        ("It sold $170m a decade ago and 304m last year.", [("170", "2012"), ("304", "2021")]),
        (
            "Q2 2019 revenue decreased $1.2m to $23.5m, from $24.7m in Q2 2018.",
            [("-1.2", "2019-04/2019-06"), ("23.5", "2019-04/2019-06"), ("24.7", "2018-04/2018-06")],
        ),
        ("Since 2015, exports have fallen to $3m.", [("3", "")]),
        ("The ministry, which took office in 2019, said exports were $3m.", [("3", "")]),
        ("Exports were $3m in the year ending June 2021.", [("3", "2020-07/2021-06")]),
        ("Exports were $3m in the 12 months to June 2021.", [("3", "2020-07/2021-06")]),
        ("Exports were $3m in the six months to June 2021.", [("3", "2021-01/2021-06")]),
        ("Exports were $3m in H1 2021.", [("3", "2021-01/2021-06")]),
        ("Exports were $3m in week 23 of 2021.", [("3", "2021-06-07/2021-06-13")]),
        ("Exports were $3m in 2021-W23.", [("3", "2021-06-07/2021-06-13")]),
        ("Exports were $3m in Jan-Mar 2021.", [("3", "2021-01/2021-03")]),
        ("Exports were $3m in Q1 FY22.", [("3", "")]),
        ("Exports were $3m in fiscal year 2021.", [("3", "")]),
        ("Exports were $3m, the ministry said on Monday.", [("3", "")]),
        ("In 2020 it stood at $2.6bn, down 18% on 2019.", [("2600", "2020"), ("-18", "2020")]),
        ("Exports fell by 25% in 2020 to $848 million.", [("-25", "2020"), ("848", "2020")]),
        ("Exports rose from $3m in 2019 to $9m.", [("3", "2019"), ("9", "")]),
        ("In 2018 it bought $54.6 billion; a year later it was $47.6 billion.", [("54600", "2018"), ("47600", "2019")]),
    ],
)
def test_each_figure_has_its_own_period_or_none(text, pairs):
    assert [(row["value"], row["date"]) for row in rows(text)] == pairs


def test_a_figure_without_a_period_of_its_own_is_low_and_shows_what_it_could_be():
    row = rows("Tariffs of 25 percent were imposed on 1 March 2018 and lifted on 20 May 2019.")[0]
    assert (row["date"], row["confidence"]) == ("", "low")
    assert "2018-03-01 or 2019-05-20" in row["hint"]


@pytest.mark.parametrize(
    ("text", "value", "state"),
    [
        ("Exports fell 40% in 2021.", "-40", "down"),
        ("Exports fell by 40% in 2021.", "-40", "down"),
        ("GDP shrank by 3.4% in 2021.", "-3.4", "down"),
        ("Trade plummeted 99% in 2021.", "-99", "down"),
        ("Trade changed by −3.4% in 2021.", "-3.4", "down"),
        ("A drop of 12% was recorded in 2021.", "-12", "down"),
        ("There was a 12% fall in 2021.", "-12", "down"),
        ("Exports grew by 8% in 2021.", "8", "up"),
        ("Unemployment fell to 3% in 2021.", "3", ""),
        ("The share was 3% in 2021.", "3", ""),
    ],
)
def test_a_change_in_percent_has_its_direction(text, value, state):
    row = rows(text)[0]
    assert (row["value"], row["state"], row["type"]) == (value, state, "quantity")


def test_a_spanish_fall_has_its_sign_too():
    row = rows("Las exportaciones cayeron un 34,1% en 2020.", language="es")[0]
    assert (row["value"], row["state"], row["date"]) == ("-34.1", "down", "2020")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("More than 240 trucks waited in 2021.", "op=more than"),
        ("Fewer than 240 trucks waited in 2021.", "op=less than"),
        ("At least 240 trucks waited in 2021.", "op=at least"),
        ("Up to 240 trucks waited in 2021.", "op=at most"),
        ("About 240 trucks waited in 2021.", "op=about"),
        ("Exactly 240 trucks waited in 2021.", ""),
        ("Exports were $7.0bn in 2021.", "digits=2"),
        ("Exports were $3.00 billion in 2021.", "digits=3"),
        ("Exports were over $7.0bn in 2021.", "op=more than;digits=2"),
        ("Exports were $7bn in 2021.", ""),
        ("Exports were $7,290 million in 2021.", ""),
    ],
)
def test_bounds_and_digits_become_options(text, options):
    assert rows(text)[0]["options"] == options


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("one and a half billion dollars in 2021", "1500", "usd_mn"),
        ("a quarter of a billion dollars in 2021", "250", "usd_mn"),
        ("2 1/2 billion dollars in 2021", "2500", "usd_mn"),
        ("$728 mil in 2021", "728", "usd_mn"),
        ("1.2 mt of wheat in 2021", "1.2", "mt"),
        ("€1\u202f200\u202f000 in 2021", "1.2", "eur_mn"),
        ("2.5m people in 2021", "2500000", "persons"),
    ],
)
def test_numbers_in_words_letters_and_thin_spaces(text, value, unit):
    row = rows(f"It bought {text}.")[0]
    assert (row["value"], row["unit"]) == (value, unit)


def test_what_names_no_number_or_no_thing_is_not_high():
    assert rows("It cost a couple of billion dollars in 2021.")[0]["confidence"] == "low"
    assert rows("A Su-24 fighter jet continues to fly.") == []


@pytest.mark.parametrize(
    ("text", "language"),
    [("El comercio fue de $ 3 billones en 2021.", "es"), ("It was $5 billion in 2021, and A$7bn in 2020.", "en")],
)
def test_a_bare_dollar_that_may_be_another_is_low(text, language):
    row = rows(text, language=language)[0]
    assert row["confidence"] == "low"
    assert "may be" in row["hint"]


def test_significant_digits():
    assert [significant_digits(t) for t in ("US$7.0bn", "7,200 million", "3", "0.50", "240 trucks", "dozens")] == [
        2,
        2,
        1,
        2,
        2,
        0,
    ]


def test_a_drafted_fall_is_confirmed_end_to_end(tmp_path):
    """The row as drafted, with a test and a target added, is judged right beside the figures it speaks of."""
    from detente.record import Ledger

    row = rows("Exports fell 40% in 2021.")[0]
    (tmp_path / "sources.csv").write_text(
        "source_id,title,publisher,date,kind\nN1,News,The Post,2022,article\nS,T,Office of Numbers,2022,official\n"
    )
    (tmp_path / "events.csv").write_text("event_id,date,title,kind,direction,source_ids\n")
    head = "figure_id,series,period,value,unit,basis,kind,status,source_id\n"
    series = [f"T{y},trade.exports,{y},{v},usd_mn,-,flow,reported,S" for y, v in ((2020, 100), (2021, 60))]
    (tmp_path / "series.csv").write_text(head + "\n".join(series) + "\n")
    (tmp_path / "claims.csv").write_text(
        "claim_id,source_id,claim,type,date,value,unit,state,test,target,options\n"
        f"C1,N1,Sales abroad went down,quantity,{row['date']},{row['value']},{row['unit']},{row['state']},change,"
        "trade.exports,from=2020;to=2021\n"
    )
    assert Ledger.read(tmp_path).verdict("C1").verdict == "confirmed within rounding"


def test_respectively_pairs_in_order_or_not_at_all():
    pairs = [(r["value"], r["date"]) for r in rows("Exports were $4m and $5m in 2020 and 2021 respectively.")]
    assert pairs == [("4", "2020"), ("5", "2021")]
    unsure = rows("Exports, imports and aid were $4m, $5m and $6m in 2020 and 2021 respectively.")
    assert {r["confidence"] for r in unsure} == {"low"}
    assert {r["date"] for r in unsure} == {""}


def test_an_event_has_the_day_it_happened_and_not_the_year_of_a_thing():
    assert rows("Algeria suspended the treaty of friendship of 2002 on 8 June 2022.")[0]["date"] == "2022-06-08"
    both = rows("The border was closed on 3 March 2019 and reopened on 5 April 2020.")
    assert [row["date"] for row in both] == ["2019-03-03", "2020-04-05"]
    row = rows("The minister was ill on 3 March 2019 and well on 5 April 2020.")[0]
    assert row["confidence"] == "low"
    assert "2019-03-03 or 2020-04-05" in row["hint"]


def test_as_per_is_no_speaker():
    assert rows("As per estimates, trade was $3 million in 2021.")[0]["attributed_to"] == ""


def test_a_year_and_a_colon_lead_their_figure():
    found = rows("Exports (2021: $397 million; 2020: $294 million) recovered.")
    assert [(row["value"], row["date"]) for row in found] == [("397", "2021"), ("294", "2020")]


def test_shillings_that_may_be_anybodys_are_low_and_said_so():
    (row,) = rows("Trade was worth Sh115bn in 2021.")
    assert (row["value"], row["unit"], row["confidence"]) == ("115000", "shillings_mn", "low")
    assert "Whose shillings" in row["hint"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Exports in the first half of 2021 were $3m, compared with $2m a year earlier.",
         [("3", "usd_mn", "2021-01/2021-06"), ("2", "usd_mn", "2020-01/2020-06")]),
        ("Trade was $30m in May and $28 million in July 2022.", [("30", "usd_mn", "2022-05"), ("28", "usd_mn", "2022-07")]),
        ("Imports were 1.8 bcm in 2021.", [("1.8", "bcm", "2021")]),
        ("The port handled 3,000 TEU in 2021.", [("3000", "teu", "2021")]),
        ("Prices rose 12 pc in 2021.", [("12", "pct", "2021")]),
        ("It costs $2m a year.", [("2", "usd_mn/year", "")]),
        ("Some 7.1 million Venezuelans had left by 2021.", [("7100000", "persons", "2021")]),
    ],
)  # fmt: skip
def test_the_year_before_two_months_and_units_of_trade(text, expected):
    assert [(row["value"], row["unit"], row["date"]) for row in rows(text)] == expected


def test_a_day_of_this_week_and_amounts_in_m_euros():
    article = Article("", "On Monday this week 300 trucks crossed.", "2023-05-12", "en")
    assert draft_claims(article, "N1").rows[0].cells["date"] == "2023-05-08"
    article = Article("", "Exportaciones por 1.250 M€ en 2021.", "2023-05-12", "es")
    assert draft_claims(article, "N1").rows[0].cells["unit"] == "eur_mn"


@pytest.mark.parametrize(
    ("text", "language", "pairs"),
    [
        ("Exports were $5m in January and February 2018.", "en", [("5", "2018-01/2018-02")]),
        ("Las ventas fueron de US$ 5 millones en enero y febrero de 2018.", "es", [("5", "2018-01/2018-02")]),
        ("Exports were $3m and $4m in January and February 2018, respectively.", "en", [("3", "2018-01"), ("4", "2018-02")]),
    ],
)  # fmt: skip
def test_two_months_named_together_are_one_period(text, language, pairs):
    assert [(row["value"], row["date"]) for row in rows(text, language=language)] == pairs


@pytest.mark.parametrize(
    ("text", "language"),
    [("Sales were 80% more than last year.", "en"), ("Las ventas fueron 80% más que el año pasado.", "es")],
)
def test_last_year_is_what_more_is_held_against(text, language):
    (row,) = rows(text, published="2021-11-10", language=language)
    assert (row["value"], row["date"]) in [("80", "2021"), ("80", "")]
    assert row["confidence"] != "high"
