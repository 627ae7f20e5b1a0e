"""Counts of one economy's people in the other, and the series that they are held against."""

from __future__ import annotations

import pytest

from detente.record.draft.clean import article_of
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
