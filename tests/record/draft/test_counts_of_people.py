"""Counts of one economy's people in the other, and the series that they are held against."""

from __future__ import annotations

import pytest

from detente.record.draft.clean import Article, article_of
from detente.record.draft.drafting import draft_claims
from detente.record.draft.suggest import KnownRecord

KNOWN = KnownRecord(
    ("ETH", "DJI"),
    (
        *("trade.total", "migration.refugees_eth_in_dji", "migration.refugees_dji_in_eth"),
        *("migration.asylum_seekers_eth_in_dji", "migration.people_eth_in_dji"),
    ),
)


def targets(text: str) -> list[tuple[str, str, str]]:
    rows = draft_claims(article_of(text, "2023-05-03"), "N", known=KNOWN).rows
    return [(r.cells["value"], r.cells["date"], r.cells.get("target", "")) for r in rows if r.cells.get("value")]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("In 1978 Djibouti hosted 20,000 refugees from Ethiopia.", "refugees_eth_in_dji"),
        ("Djibouti sheltered some 20,000 Ethiopian refugees in 1978, UNHCR said.", "refugees_eth_in_dji"),
        ("Djibouti was home to 20,000 Ethiopian refugees in 1978.", "refugees_eth_in_dji"),
        ("There were 20,000 refugees from Ethiopia in Djibouti in 1978.", "refugees_eth_in_dji"),
        ("In Djibouti there were 20,000 Ethiopian refugees in 1978.", "refugees_eth_in_dji"),
        ("Ethiopia hosted 20,000 refugees from Djibouti in 1978.", "refugees_dji_in_eth"),
        ("In 1978 Djibouti hosted 20,000 asylum seekers from Ethiopia.", "asylum_seekers_eth_in_dji"),
        ("Yibuti acogía a 20.000 refugiados de Etiopía en 1978.", "refugees_eth_in_dji"),
        ("En 1978 Yibuti albergaba a unos 20.000 refugiados etíopes.", "refugees_eth_in_dji"),
        ("En 1978 vivían en Yibuti 20.000 refugiados etíopes.", "refugees_eth_in_dji"),
        ("Había 20.000 refugiados etíopes en Yibuti en 1978.", "refugees_eth_in_dji"),
    ],
)
def test_who_hosts_whom_says_the_series(text, what):
    assert targets(text) == [("20000", "1978", f"migration.{what}")]


@pytest.mark.parametrize(
    "text",
    [
        "Djibouti hosted 20,000 refugees from Ethiopia and Somalia in 1978.",
        "Kenya hosted 20,000 refugees from Ethiopia in 1978.",
        "Djibouti received 20,000 refugees from Ethiopia in 1978.",  # who came in a year, not who lives there
        "Djibouti hosted 20,000 refugees in 1978.",
        "Ethiopia and Djibouti hosted 20,000 refugees in 1978.",
        "Djibouti hosts a base; 20,000 refugees from Ethiopia left in 1978.",
    ],
)
def test_others_arrivals_and_the_unnamed_are_left(text):
    assert [target for _, _, target in targets(text)] == [""]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "Jordan hosts 1.3 million Ethiopians. Lebanon follows with 784,000, Iraq with 273,000 and Egypt with 154,000.",
            [("1300000", "persons"), ("784000", "persons"), ("273000", "persons"), ("154000", "persons")],
        ),
        (
            "es",
            "Jordania acoge a 1,3 millones de etíopes. Le siguen Líbano con 784.000 e Irak con 273.000.",
            [("1300000", "persons"), ("784000", "persons"), ("273000", "persons")],
        ),
        (
            "en",
            "About 20,478 Ethiopians visited Iceland in May 2018, compared with 21,913 recorded in the same month of 2017.",
            [("20478", "persons"), ("21913", "persons")],
        ),
        (
            "es",
            "La oficina deportó a 240 etíopes. Unos 125 fueron detenidos en Lima, 45 en la región Ica y 46 en Tacna.",
            [("240", "persons"), ("125", "persons"), ("45", "persons"), ("46", "persons")],
        ),
        ("es", "Hay 400 bolivianos atrapados en la ruta.", [("400", "persons")]),
        ("es", "El pasaje cuesta 400 bolivianos.", [("400", "bob")]),
        (
            "es",
            "En 2016 fueron retornados 35,465 inmigrantes, un 13 % más que los 31,443 del 2015.",
            [("35465", "inmigrantes"), ("13", "pct"), ("31443", "inmigrantes")],
        ),
        ("en", "The office found a drop of 2205 in the number of visitors in May 2018.", [("-2205", "visitors")]),
        ("en", "Danish arrivals were down by 262 or 0.8 per cent in May 2018.", [("-262", "arrivals"), ("-0.8", "pct")]),
        ("en", "Arrivals fell in May 2018 by 8.1 per cent or 2899 visitors.", [("-8.1", "pct"), ("-2899", "visitors")]),
        ("es", "La cifra de los etíopes que viven allí supera los 7,2 millones.", [("7200000", "persons")]),
        (
            "en",
            "Jordan hosts 1.3 million Ethiopians. Aid of $40m came in 2018, and 784,000 were spent.",
            [("1300000", "persons"), ("40", "usd_mn")],
        ),
    ],
)  # fmt: skip
def test_a_bare_count_is_of_the_people_counted_before_it(language, text, expected):
    rows = draft_claims(Article("", text, "2019-01-01", language), "N1").rows
    assert [(row.cells["value"], row.cells["unit"]) for row in rows if row.cells["value"]] == expected
    bare = [row for row in rows if row.cells["value"] in ("784000", "273000", "21913")]
    assert all(row.confidence != "high" for row in bare)


def test_a_bare_volume_is_in_the_sentence_s_own_measure():
    rows = draft_claims(
        Article(
            "", "Norway sent 18 million cubic metres a day in May 2019, and Algeria 7 million.", "2019-07-01", "en"
        ),
        "N1",
    ).rows
    assert [row.cells["value"] + row.cells["unit"] for row in rows] == ["18000000m3/day", "7000000m3/day"]
