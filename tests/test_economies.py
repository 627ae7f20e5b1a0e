from __future__ import annotations

import pytest

from detente import economies
from detente.errors import UnknownEconomy


@pytest.mark.parametrize(
    ("word", "code"),
    [("COL", "COL"), ("col", "COL"), ("Colombia", "COL"), ("Türkiye", "TUR"), ("turkey", "TUR"), ("ROW", "ROW"),
     ("Cote d'Ivoire", "CIV"), ("ZZZ", "ZZZ"), ("Burma", "MMR")],
)  # fmt: skip
def test_lookup_takes_codes_and_names(word: str, code: str) -> None:
    assert economies.lookup(word) == code


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
