from __future__ import annotations

import re

import polars as pl
import pytest

from detente import economies
from detente.aggregates import is_aggregate
from detente.attribution.sample import Sample
from detente.blocs import blocs
from detente.data.codes import codes_named
from detente.errors import UnknownEconomy
from detente.panel import read_panel


@pytest.mark.parametrize(
    ("word", "code"),
    [("COL", "COL"), ("col", "COL"), ("Colombia", "COL"), ("Türkiye", "TUR"), ("turkey", "TUR"), ("ROW", "ROW"),
     ("Cote d'Ivoire", "CIV"), ("ZZZ", "ZZZ"), ("Burma", "MMR")],
)  # fmt: skip
def test_lookup_takes_codes_and_names(word: str, code: str) -> None:
    assert economies.lookup(word) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Islamic Republic of Iran", "IRN"), ("Iran, Islamic Rep.", "IRN"), ("Plurinational State of Bolivia", "BOL"),
        ("Republic of Moldova", "MDA"), ("Korea, Rep.", "KOR"), ("Dem. People's Rep. of Korea", "PRK"),
        ("Congo, Dem. Rep.", "COD"), ("Congo, Rep.", "COG"), ("Democratic Republic of the Congo", "COD"),
        ("Hong Kong SAR, China", "HKG"), ("China, Macao SAR", "MAC"), ("People's Republic of China", "CHN"),
        ("Lao PDR", "LAO"), ("Micronesia, Fed. Sts.", "FSM"), ("West Bank and Gaza", "PSE"), ("St. Lucia", "LCA"),
        ("Kingdom of Saudi Arabia", "SAU"), ("Chinese Taipei", "TWN"), ("Br. Virgin Isds", "VGB"),
    ],
)  # fmt: skip
def test_names_of_the_world_bank_the_un_and_comtrade_are_known(name: str, code: str) -> None:
    assert economies.lookup(name) == code
    assert codes_named([name]) == {name: code}


def test_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownEconomy, match="Did you mean 'Colombia'"):
        economies.lookup("Columbia")


def test_former_code_names_its_successor() -> None:
    with pytest.raises(UnknownEconomy, match="'ROU' now"):
        economies.lookup("ROM")
    with pytest.raises(UnknownEconomy, match=r"'ROM' in column 'exporter' \(312 rows, 1995-2001\)"):
        economies.check_codes(["COL", "ROM"], column="exporter", years={"ROM": "312 rows, 1995-2001"})


def test_a_name_in_a_column_of_codes_is_answered_with_its_code() -> None:
    with pytest.raises(UnknownEconomy, match="The code of Colombia is 'COL'"):
        economies.check_codes(["colombia"], column="exporter")


def test_modern_code_maps_only_what_has_one_successor_in_that_year() -> None:
    assert economies.modern_code("ROM", 1999) == "ROU"
    assert economies.modern_code("ROM", 2010) is None
    assert economies.modern_code("CSK", 1990) is None
    assert economies.modern_code("COL", 1990) == "COL"


def test_every_successor_is_a_current_code() -> None:
    for row in economies.table().values():
        for successor in row.successors:
            assert economies.is_current(successor), (row.code, successor)


@pytest.mark.parametrize("word", ["Korea", "congo"])
def test_a_name_of_two_economies_is_asked_back(word: str) -> None:
    with pytest.raises(UnknownEconomy, match="could be"):
        economies.lookup(word)


@pytest.mark.parametrize(
    ("word", "is_a", "instead"),
    [
        ("EU", "bloc or a region of 27 economies", "Name one of its members"),
        ("Southern Asia", "bloc or a region", "takes a bloc as a side"),
        ("EU28", "bloc as it was on another day", "Give EU"),
        ("G001", "the world or the rest of it", "Name an economy"),
        ("AFE", "group of economies (Africa Eastern and Southern)", "known as a side: EU"),
        ("Middle East", "group of economies,", "known as a side: EU"),
        ("XWD", "the world", "Name an economy"),
        ("Other Asia, nes", "areas not elsewhere specified", "give TWN"),
        ("_X", "areas not elsewhere specified", "Name an economy"),
        ("Scotland", "part of the United Kingdom", "Its code is GBR"),
        ("East Germany", "the German Democratic Republic until 1990", "Its code is DEU"),
        ("USSR", "was the Soviet Union until 1991", "Name one of them"),
        ("840", "The code of the United States is 'USA'", ""),
        ("CO", "The code of Colombia is 'COL'", ""),
    ],
)
def test_what_is_no_economy_is_told_for_what_it_is(word: str, is_a: str, instead: str) -> None:
    with pytest.raises(UnknownEconomy) as told:
        economies.lookup(word)
    assert is_a in str(told.value)
    assert instead in told.value.fix
    assert "Did you mean" not in str(told.value)


@pytest.mark.property
def test_no_code_or_name_of_an_economy_is_an_aggregate() -> None:
    for row in economies.table().values():
        words = {row.code, row.name, row.alpha2, *row.aliases, *economies.every_name(row.code)} - {""}
        assert not [word for word in words if is_aggregate(word)], row.code


@pytest.mark.property
def test_every_aggregate_is_refused_as_an_economy_in_both_languages() -> None:
    from detente.aggregates import _spellings
    from detente.language.error_words import said_error

    for word in {*_spellings(), *blocs()} - {"row", "rest of the world", "resto del mundo"}:
        with pytest.raises(UnknownEconomy) as told:
            economies.lookup(word)
        assert "an economy I know" not in str(told.value), word
        assert said_error(told.value, "es")[1] == "es", str(told.value)


@pytest.mark.parametrize("code", ["EU", "SUN", "WLD", "AFE"])
def test_a_panel_says_what_a_code_is_that_it_cannot_hold(code: str) -> None:
    frame = pl.DataFrame(
        {"origin": ["COL", "VEN"], "destination": ["VEN", "COL"], "year": [2008] * 2, "trade_usd": [1.0, 2.0]}
    )
    panel = read_panel(frame)
    for ask in (lambda: panel.index(code), lambda: Sample.of(panel).economy(code)):
        with pytest.raises(UnknownEconomy) as told:
            ask()
        assert "Did you mean" not in str(told.value)
        assert re.search("is a|It is|was the", str(told.value))


def test_a_code_that_sources_use_for_the_world_is_no_users_own() -> None:
    assert economies.is_current("XAB")
    assert not economies.is_side("XWD")
    with pytest.raises(UnknownEconomy, match="everybody else"):
        economies.lookup_side("XWD")
