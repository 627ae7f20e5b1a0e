"""The state of a relation by month: as the lists say, calm only where something was read."""

from __future__ import annotations

from itertools import pairwise

import pytest

from detente.answer.pairs.any_pair import pair
from detente.answer.pairs.lanes import OF_BREAK, OF_INSTRUMENT, lanes
from detente.attribution.library.catalogue import cases
from detente.attribution.library.ruptures import diplomatic_breaks
from detente.cli.pair_ import pair_in_words
from detente.language import Catalogue


def _at(lane, year):
    return next((s.state for s in lane.segments if s.start <= year < s.end), None)


def test_published_dates_of_four_quarrels():
    """Press dates: Qatar cut off 5 June 2017, Al-Ula 5 January 2021; Venezuela broke 23 February 2019, envoys August 2022."""
    envoys, _, measures = lanes("SAU", "QAT", 2000, 2023)
    assert [_at(envoys, y) for y in (2016.9, 2017.6, 2020.9, 2021.2)] == ["calm", "hostile", "hostile", "calm"]
    assert [_at(measures, y) for y in (2016.9, 2017.6, 2021.2)] == ["unknown", "hostile", "unknown"]
    envoys, border, measures = lanes("COL", "VEN", 2000, 2023)
    assert [_at(envoys, y) for y in (2019.0, 2019.3, 2022.5, 2022.9)] == ["calm", "hostile", "hostile", "calm"]
    assert [_at(border, y) for y in (2015.5, 2015.8, 2019.5, 2022.9)] == ["calm", "hostile", "hostile", "calm"]
    assert _at(lanes("RUS", "UKR", 2000, 2025)[0], 2024.5) == "hostile"  # broken in February 2022, no return read


def test_no_record_is_never_calm():
    """Algeria's border with Nepal does not exist, and nobody read a list for the pair."""
    for lane in lanes("DZA", "NPL", 2000, 2023):
        assert {s.state for s in lane.segments} == {"unknown"}
    assert {s.state for s in lanes("QAT", "SAU", 2000, 2023)[1].segments} == {"unknown"}  # its closure is not listed
    assert _at(lanes("IND", "PAK", 1970, 2023)[0], 1971.5) == "unknown"  # before the list begins


@pytest.mark.property
def test_every_listed_pair_is_covered_once_and_holds_its_own_acts():
    pairs = {tuple(sorted((b.a, b.b))) for b in diplomatic_breaks()}
    pairs |= {tuple(sorted((c.origin, c.destination))) for c in cases()}
    for a, b in sorted(pairs):
        found = lanes(a, b, 1989, 2025)
        assert [lane.segments for lane in lanes(b, a, 1989, 2025)] == [lane.segments for lane in found]
        for lane in found:
            assert lane.segments[0].start == 1989
            for one, other in pairwise(lane.segments):
                assert one.end == other.start
                assert (one.state, one.act) != (other.state, other.act)
            for segment in lane.segments:
                assert (segment.act is None) == (segment.state in ("calm", "unknown")) or lane.ident == "envoys"
                if segment.act is not None:
                    assert segment.state == {**OF_BREAK, **OF_INSTRUMENT}[segment.act.kind]


def test_the_command_for_a_pair_says_how_the_two_stand():
    """By the list: envoys lowered in August 2019, no end read; trade halted in the same month by Pakistan."""
    found = pair("IND", "PAK")
    said = pair_in_words(found, found.flows_of, "en")
    assert "State of relations\n  Envoys – relations lowered in Aug 2019, nothing later on record.\n" in said
    assert "    7 Aug 2019 – no end on record: relations lowered (Pakistan first)." in said
    assert "  Measures on trade – trade halted in Aug 2019." in said
    spanish = pair_in_words(found, found.flows_of, "es")
    assert "  Medidas sobre el comercio – comercio parado, ago. 2019." in spanish
    sides = {one["side"]: one for one in found.to_dict()["relation"]}
    assert [act["start"] for act in sides["envoys"]["acts"]] == ["2001-12-21", "2019-02-18", "2019-08-07"]
    assert "State of relations" not in pair_in_words(pair("NRU", "AUS"), found.flows_of, "en")


@pytest.mark.property
def test_every_reason_of_a_break_has_its_spanish():
    english, spanish = Catalogue("en"), Catalogue("es")
    reasons = sorted({row.reason for row in diplomatic_breaks() if row.reason})
    assert [text for text in reasons if english.known("rupture", text) != text] == []
    assert [text for text in reasons if spanish.known("rupture", text) == text] == []


def test_a_list_that_begins_later_calls_nobody_calm_who_was_apart_before():
    envoys, _, measures = lanes("USA", "CUB", 2000, 2023)
    assert {segment.state for segment in envoys.segments} == {"unknown"}
    assert measures.acts[0].start == "1960-10"
    envoys, _, _ = lanes("GRC", "TUR", 2000, 2023)
    assert {segment.state for segment in envoys.segments} == {"calm"}
    envoys, _, measures = lanes("IND", "PAK", 1960, 2023)  # a ban from 1965 that ended in 1974
    assert measures.acts[0].start == "1965-09"
    assert "calm" in {segment.state for segment in envoys.segments}
