"""The period chosen by learnt weights: shares that add up, what is shown where it is not clear, and kinds of new prose."""

from __future__ import annotations

import pytest

from detente.record.draft import drafting
from detente.record.draft.clean import Article, article_of
from detente.record.draft.drafting import draft_claims
from detente.record.draft.language.credits import find_credits
from detente.record.draft.tying.around import Around
from detente.record.draft.tying.periods import choosing
from detente.record.draft.tying.periods.candidates import candidates


def rows(text: str, language: str = "en", published: str = "2022-03-10") -> list[dict[str, str]]:
    found = draft_claims(Article("", text, published, language), "N1").rows
    return [row.as_row() for row in found if row.cells.get("value")]


def test_shares_are_of_one_and_every_candidate_has_its_own(monkeypatch):
    seen: list[Around] = []

    def keep(around: Around):
        seen.append(around)
        return choosing.choose(around)

    monkeypatch.setattr(drafting, "choose", keep)
    rows("Exports rose 4% to $3m in May 2021 from $2m a year earlier, and were $9m in 2020. Imports came to $7m.")
    assert len(seen) == 2
    for around in seen:
        chosen = choosing.choose(around)
        for n in range(len(around.figures)):
            found = candidates(around, n, chosen[:n])
            shares = choosing.shares(around, n, found, chosen[:n])
            assert sum(shares) == pytest.approx(1.0, abs=1e-12)
            assert any(c.date is None for c in found)
            assert (chosen[n].date.date if chosen[n].date else "") in {c.period for c in found}


def test_two_dates_that_may_be_a_figures_are_shown_and_it_is_low():
    row = rows("Tariffs of 25 percent were imposed on 1 March 2018 and lifted on 20 May 2019.")[0]
    assert row["confidence"] == "low"
    assert "2018-03-01 or 2019-05-20" in row["hint"]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Trade came to $3m in 1H17.", "en", [("3", "2017-01/2017-06")]),
        ("Trade came to $3m in Q3'19.", "en", [("3", "2019-07/2019-09")]),
        ("Trade came to $3m in 9M21.", "en", [("3", "2021-01/2021-09")]),
        ("In quarter 1, 2014 trade fell 4%.", "en", [("-4", "2014-01/2014-03")]),
        ("Trade came to $3m in the first half.", "en", [("3", "2022-01/2022-06")]),
        ("In 2021 Ghana sold tea for $4m (2020: $6m).", "en", [("4", "2021"), ("6", "2020")]),
    ],
)  # fmt: skip
def test_short_years_and_parts_of_the_running_one(text, language, expected):
    assert [(r["value"], r["date"]) for r in rows(text, language)] == expected


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("Las ventas subieron un 2.3 % y un 4.2 % en 2021.", "es", ["2.3", "4.2"]),
        ("Hubo una caída de las ventas de un 19.8 % y un 13.9 % en 2021.", "es", ["-19.8", "-13.9"]),
        ("Las ventas se ubicaron 4,2% por debajo de las de 2020.", "es", ["-4.2"]),
        ("Exports increased by more than two times in 2021.", "en", ["2"]),
        ("Exports were up 4% and 6.5% in 2021.", "en", ["4", "6.5"]),
        ("Setting up 1,213 offices took time.", "en", ["1213"]),
    ],
)
def test_changes_in_lists_and_beside_what_they_are_held_against(text, language, values):
    found = rows(text, language)
    assert [r["value"] for r in found] == values
    assert all((r["state"] == "down") == r["value"].startswith("-") for r in found)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("It bought 2.5 bcm in 2021.", "2.5", "bcm"),
        ("It bought 2.5 billion cubic metres in 2021.", "2.5", "bcm"),
        ("It bought 350 million cub.m. of gas in 2021.", "0.35", "bcm"),
        ("It pumped 640,000 bpd in 2021.", "640000", "bbl/day"),
        ("It pumped 640,000 barrels per day in 2021.", "640000", "bbl/day"),
        ("Some 6 million 360.5 thousand foreigners came in 2021.", "6360500", "foreigners"),
        ("Pakistan lost about 500 million rupees in 2021.", "-500", "pkr_mn"),
    ],
)
def test_one_unit_for_one_thing(text, value, unit):
    assert [(r["value"], r["unit"]) for r in rows(text)] == [(value, unit)]


@pytest.mark.parametrize(
    ("text", "language", "sources"),
    [
        ("Serbia recorded a trade gap of $7m.", "en", []),
        ("Turkey's trade deficit recorded $7m, the ministry said.", "en", ["the ministry"]),
        ("Trade fell 4%, Reuters reports.", "en", ["Reuters"]),
        ("It's estimated that trade fell 4%.", "en", []),
        ("El sector reportó un descenso del 4%.", "es", []),
        ("El INE reportó un descenso del 4%.", "es", ["El INE"]),
        ("Según las cifras que el Banco Central publicó, cayó.", "es", ["el Banco Central"]),
    ],
)
def test_flows_and_countries_do_not_speak(text, language, sources):
    assert [c.source for c in find_credits(text, language)] == sources


def test_what_is_carried_is_no_surer_than_what_it_leans_on():
    sure = rows("Exports were $9m in 2021. Imports were $4m.")
    assert sure[1]["date"] == "2021"
    assert "sentences before" in sure[1]["hint"]


def test_a_year_over_a_list_of_days_is_theirs():
    text = "2018\n\nJan 22: The US puts tariffs of 30 per cent on panels.\n\nMarch 1: It sold steel for $3m."
    found = draft_claims(article_of(text, "2019-05-01", "en"), "N1").rows
    assert [r.cells["date"] for r in found if r.cells.get("value") == "3"] == ["2018-03-01"]


def test_a_second_year_in_spanish_is_no_comparison():
    found = rows("En 2012 las ventas sumaron $550 millones, mientras que en 2019 aumentaron a $553 millones.", "es")
    assert [(r["value"], r["date"]) for r in found] == [("550", "2012"), ("553", "2019")]


def _together(around: Around, chosen) -> float:
    """How likely the periods of a sentence are together: each after those before it."""
    odds = 1.0
    for n, pair in enumerate(chosen):
        found = candidates(around, n, chosen[:n])
        shares = choosing.shares(around, n, found, chosen[:n])
        odds *= sum(s for c, s in zip(found, shares) if c.period == (pair.date.date if pair.date else ""))
    return odds


@pytest.mark.parametrize(
    "text",
    [
        "The gap grew to $3bn from the $619m seen in March 2022, and from a surplus of $365m in April 2021.",
        "Sales were $4m, from $3m in May 2020 and $2m a year earlier, up 4%.",
    ],
)
def test_the_periods_of_a_sentence_are_the_likeliest_together(monkeypatch, text):
    seen: list[Around] = []
    monkeypatch.setattr(drafting, "choose", lambda around: seen.append(around) or choosing.choose(around))
    rows(text)
    together = _together(seen[0], choosing.choose(seen[0]))
    for breadth in (1, 64):
        monkeypatch.setattr(choosing, "BREADTH", breadth)
        other = _together(seen[0], choosing.choose(seen[0]))
        assert other <= together * (1 + 1e-9)


def test_what_follows_makes_up_for_an_unlikely_period(monkeypatch):
    def shares(around, n, found, chosen):
        """The first figure leans to 2019, after which the second has no period that stands out; after 2020 it has."""
        if n == 0:
            return [{"2019": 0.6, "2020": 0.4}.get(c.period, 0.0) for c in found]
        if chosen[0].date.date == "2020":
            return [{"2020": 0.9, "2019": 0.1}.get(c.period, 0.0) for c in found]
        return [1 / len(found)] * len(found)

    monkeypatch.setattr(choosing, "shares", shares)
    found = rows("Exports in 2019 and 2020 came to $3m, imports to $4m.")
    assert [row["date"] for row in found] == ["2020", "2020"]
    assert [row["confidence"] for row in found] == ["low", "medium"]


@pytest.mark.parametrize("mark", ["1. ", "1) ", "- ", "– ", "• ", "* "])
@pytest.mark.parametrize(
    "heading", ["Main exports to Sudan in 2022", "Among the main goods sold to Sudan during 2022:"]
)
def test_a_list_has_the_period_that_its_heading_names(heading, mark):
    items = [
        mark + "Tea, worth $4m.",
        mark.replace("1", "2") + "Salt: $3m (12%)",
        mark.replace("1", "3") + "Maize, $2m in 2021",
    ]
    found = rows("\n".join([heading, *items]), published="2023-08-29")
    assert [row["date"] for row in found] == ["2022", "2022", "2022", "2021"]
    assert {row["confidence"] for row in found[:3]} <= {"medium"}


def test_a_list_under_a_sentence_or_under_two_periods_is_weighed_as_any():
    for heading in ("Tea was sold in 2022.", "Exports to Sudan in 2021 and 2022:"):
        found = rows(f"{heading}\n- Tea, worth $4m.", published="2023-08-29")
        assert all(row["confidence"] != "high" for row in found)
