"""Tests are proposed where a sentence plainly speaks of a flow on record, and nowhere else."""

from __future__ import annotations

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.proposing.flows import flow_at
from detente.record.draft.suggest import KnownRecord

KNOWN = KnownRecord(("PAK", "AFG"), ("trade.exports", "trade.imports", "trade.total"))


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Pakistan's exports to Afghanistan were $421 million in 2022.", "trade.exports"),
        ("Pakistan's exports were $421 million in 2022.", ""),  # to everybody
        ("The bilateral trade was $421 million in 2022, and Pakistan paid.", ""),
        ("Trade between the two was $421 million in 2022.", "trade.total"),
        ("KABUL, May 5 (An Agency) - Trade between Pakistan and Afghanistan was $421 million in 2022.", "trade.total"),
        ("Trade with Afghanistan was $421 million in 2022.", "trade.total"),
        ("Transit trade with Afghanistan was $421 million in 2022.", ""),
        ("Rice exports to Afghanistan were $421 million in 2022.", ""),
        ("Exports of rice to Afghanistan were $421 million in 2022.", ""),
        ("Exports of goods to Afghanistan were $421 million in 2022.", "trade.exports"),
        ("In 2022 Pakistan sold goods worth $421 million to Afghanistan.", "trade.exports"),
        ("In 2022 Pakistan bought $421 million of Afghan goods.", "trade.imports"),
        ("Pakistan's non-oil exports to Afghanistan were $421 million in 2022.", ""),
        ("Exports to Afghanistan were $421 million in 2022.", "trade.exports"),
        ("Exports from Afghanistan were $421 million in 2022.", "trade.imports"),
        ("Afghan exports to Pakistan were $421 million in 2022.", "trade.imports"),
        ("Pakistan's imports from Afghanistan were $421 million in 2022.", "trade.imports"),
        ("Trade between Pakistan and Afghanistan was $421 million in 2022.", "trade.total"),
        ("Pakistan's exports to Iran were $421 million in 2022.", ""),
        ("Exports were $421 million in 2022.", ""),
        ("Trade was $421 million in 2022.", ""),
        ("Pakistan's exports and imports with Afghanistan were $421 million in 2022.", ""),
        ("Pakistan received $421 million in 2022.", ""),
        ("Pakistan's exports to Afghanistan were $421 million.", ""),
    ],
)
def test_a_total_is_held_against_its_flow(text, target):
    row = draft_claims(Article("", text, "2023-02-14", "en"), "N1", known=KNOWN).rows[0].as_row()
    assert row["target"] == target
    assert row["test"] == ("quantity" if target else "")
    assert bool(row["why_not"]) == (not target)


def test_a_change_over_a_year_is_held_against_the_year_before():
    article = Article("", "Pakistan's exports to Afghanistan fell by 12% in 2022.", "2023-02-14", "en")
    row = draft_claims(article, "N1", known=KNOWN).rows[0].as_row()
    assert (row["test"], row["value"], row["state"], row["options"]) == ("change", "-12", "down", "from=2021;to=2022")


def test_nothing_is_proposed_without_the_series():
    article = Article("", "Pakistan's exports to Afghanistan were $421 million in 2022.", "2023-02-14", "en")
    assert draft_claims(article, "N1").rows[0].as_row()["test"] == ""


def test_drafting_again_finds_what_is_on_record():
    article = Article("", "Pakistan's exports to Afghanistan were $421 million in 2022.", "2023-02-14", "en")
    held = {"claim_id": "N1-d1", "source_id": "N1", "value": "421", "unit": "usd_mn", "date": "2022"}
    row = draft_claims(article, "N1", {"N1-d1"}, on_record=[held]).rows[0].as_row()
    assert (row["confidence"], row["claim_id"]) == ("low", "N1-d2")
    assert "The record has this as N1-d1" in row["hint"]
    other = draft_claims(article, "N2", on_record=[held]).rows[0].as_row()
    assert "The record has this" not in other["hint"]


def test_two_flows_before_two_figures_are_left_to_a_person():
    text = "Afghanistan's exports to Pakistan overtook Pakistan's exports to Afghanistan in 2021, at $9 million against $8 million."
    rows = draft_claims(Article("", text, "2023-02-14", "en"), "N1", known=KNOWN).rows
    assert [row.series for row in rows] == ["", ""]
    text = (
        "Pakistan's exports to Afghanistan were $9 million in 2021 and its imports from Afghanistan $8 million in 2021."
    )
    rows = draft_claims(Article("", text, "2023-02-14", "en"), "N1", known=KNOWN).rows
    assert [row.series for row in rows] == ["trade.exports", "trade.imports"]


@pytest.mark.parametrize(
    ("text", "series"),
    [
        ("Pakistan's trade surplus with Afghanistan was $19 million in 2019.", [""]),
        ("Pakistan's trade with Afghanistan left a surplus of $19 million in 2019.", [""]),
        ("The trade deal between Pakistan and Afghanistan cost $19 million in 2019.", [""]),
        ("Pakistan's exports of goods and services to Afghanistan were $300 million in 2020.", [""]),
        ("Pakistan's exports to Afghanistan rose by $20 million in 2020.", ["change of trade.exports"]),
        ("Pakistan's exports to Afghanistan fell $20 million to $280 million in 2020.",
         ["change of trade.exports", "trade.exports"]),
        ("Pakistan sold Afghanistan $278 million of goods in 2020, while Afghanistan sold Pakistan $294 million in 2020.",
         ["trade.exports", "trade.imports"]),
        ("Pakistan sold goods worth $4 million to Afghanistan and bought $5 million of Afghan goods in 2020.",
         ["trade.exports", "trade.imports"]),
    ],
)  # fmt: skip
def test_balances_services_changes_and_who_deals(text, series):
    rows = draft_claims(Article("", text, "2023-02-14", "en"), "N1", known=KNOWN).rows
    changes = ["change of " if row.cells.get("test") == "change" else "" for row in rows if row.cells.get("value")]
    assert [c + row.series for c, row in zip(changes, rows, strict=True)] == series


PEOPLE = KnownRecord(("PER", "CHL"), ("migration.people_per_in_chl", "migration.refugees_per_in_chl", "trade.total"))


@pytest.mark.parametrize(
    ("text", "language", "series"),
    [
        ("Some 157,000 Peruvians lived in Chile in 2012.", "en", "migration.people_per_in_chl"),
        ("Unos 157.000 peruanos vivían en Chile en 2012.", "es", "migration.people_per_in_chl"),
        ("There were 1,200 refugees from Peru in Chile in 2012.", "en", "migration.refugees_per_in_chl"),
        ("Some 157,000 Chileans lived in Peru in 2012.", "en", ""),  # no such series
        ("Some 157,000 Peruvians lived in Spain in 2012.", "en", ""),
        ("Some 157,000 people lived in Chile in 2012.", "en", ""),
        ("Some 157,000 Peruvians crossed the border in 2012.", "en", ""),
    ],
)
def test_ones_people_in_the_other_are_held_against_their_series(text, language, series):
    row = draft_claims(Article("", text, "2014-02-20", language), "N1", known=PEOPLE).rows[0].as_row()
    assert (row["target"], row["test"]) == (series, "quantity" if series else "")


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Peru raised its tariff on Chilean wine to 35% in July 2018.", "en", ("35", "2018-07", "tariff.wine_per_on_chl")),
        ("Peru imposed a 25% duty on imports of Chilean wine in 2018.", "en", ("25", "2018", "tariff.wine_per_on_chl")),
        ("Chile put tariffs of 25% on all goods from Peru in 2018.", "en", ("25", "2018", "tariff.chl_on_per")),
        ("Chile's average applied tariff was 0.5% in 2019.", "en", ("0.5", "2019", "tariff.applied_chl")),
        ("Perú subió el arancel al vino chileno al 35% en julio de 2018.", "es", ("35", "2018-07", "tariff.wine_per_on_chl")),
        ("El arancel promedio de Perú fue de 2,2% en 2019.", "es", ("2.2", "2019", "tariff.applied_per")),
        ("Peru raised its tariff on Chilean wine from 5% to 35% in July 2018.", "en", ("35", "2018-07", "tariff.wine_per_on_chl")),
        ("Peru and Chile cut tariffs to 5% in 2019.", "en", None),
        ("Peru's tariff on Brazilian wine was 5% in 2019.", "en", None),
        ("The tariff was 5% in 2019.", "en", None),
        ("Peru cut tariffs on Chilean wine by 5% in 2019.", "en", None),
        ("Peru has tariffs, but sold 5% of its wine to Chile in 2019.", "en", None),
    ],
)  # fmt: skip
def test_a_tariff_is_held_against_its_own_series_and_proposed_under_its_name(text, language, found):
    series = ("tariff.wine_per_on_chl", "tariff.chl_on_per", "tariff.applied_chl", "tariff.applied_per")
    text = text.replace("vino", "wine")  # the record's own word for it
    draft = draft_claims(Article("", text, "2022-05-14", language), "N1", known=KnownRecord(("PER", "CHL"), series))
    tested = [row.cells for row in draft.rows if row.cells.get("test") == "quantity"]
    assert [(c["value"], c["date"], c["target"]) for c in tested] == ([found] if found else [])
    offered = [(f.cells["value"], f.cells["period"], f.cells["series"], f.cells["kind"]) for f in draft.figures]
    assert offered == ([(*found, "rate")] if found else [])


@pytest.mark.parametrize(
    ("text", "series"),
    [
        ("In 2020, trade between India and Nepal hit $15.88 billion, including $9.96 billion worth of India's imports.",
         ["trade.total", "trade.imports"]),
        ("In 2020, two-way trade hit $15.88 billion, including $9.96 billion worth of India's imports.",
         ["trade.total", "trade.imports"]),
        ("Trade between India and Nepal was $15.88 billion, with $9.96 billion in Nepalese exports.",
         ["trade.total", "trade.imports"]),
        ("Trade between India and Nepal was $15.88 billion in 2020, and exports from India were $9.96 billion.",
         ["trade.total", "trade.exports"]),
        ("India had $15.88 billion in exports to Nepal in 2019 and $9.96 billion in 2020.",
         ["trade.exports", "trade.exports"]),
        ("India recorded $15.88 billion in rice exports to Nepal and $9.96 billion in all.", [None, None]),
        ("Trade was $25 billion, with India exporting goods worth $15.88 billion to Nepal and importing $9.96 billion.",
         ["trade.exports", "trade.imports"]),
        ("Bilateral trade stood at $15.88 billion, with Nepal exporting $9.96 billion to India.",
         ["trade.total", "trade.imports"]),
    ],
)  # fmt: skip
def test_an_amount_of_a_flow_is_not_the_amount_of_the_trade_it_is_part_of(text, series):
    found = [flow_at(text, text.index(amount), KnownRecord(("IND", "NPL"))) for amount in ("$15.88", "$9.96")]
    assert [flow and flow.series for flow in found] == series
