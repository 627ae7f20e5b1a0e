"""Whatever the text, the extractor points into it, gives valid dates, and does not fail or crawl."""

from __future__ import annotations

import cProfile
import pstats

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.extract import extract
from detente.record.draft.language.figures import find_figures
from detente.record.period import Period

pytestmark = pytest.mark.property

WORDS = """US$ 7.2 bn 7.200 millones de dólares 62 % the 2,200 km said , . " “ ” according to según Ana Paz May 3
2019 -19 1990s last week Tuesday ayer hace dos años first quarter of between
and 20 - 30 ministers dijo el ministro will 31 February ("""
PIECES = st.sampled_from([*WORDS.split(), "\n\n"])
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map(" ".join), st.text(max_size=200))


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, language=st.sampled_from(["en", "es"]), published=st.sampled_from(["", "2031-05-14", "2032-02-29"]))
def test_every_finding_lies_in_the_text_and_every_date_is_one(text: str, language: str, published: str) -> None:
    found = extract(Article("", text, published, language))
    for item in (*found.figures, *found.dates, *found.credits, *found.sentences):
        assert 0 <= item.start < item.end <= len(text)
        assert text[item.start : item.end] == item.text
    for mention in found.dates:
        assert not mention.date or Period.parse(mention.date)
    taken = [(d.start, d.end) for d in found.dates]
    assert not any(f.start < end and start < f.end for f in found.figures for start, end in taken)


@settings(max_examples=100, deadline=None)
@given(
    number=st.integers(2, 999_999),
    unit=st.sampled_from(
        [(" km", "km"), ("%", "pct"), (" trucks", "trucks"), (" million people", "people"), (" euros", "eur")]
    ),
)
def test_a_number_written_out_is_read_back(number: int, unit: tuple[str, str]) -> None:
    (figure,) = find_figures(f"They counted {number:,}{unit[0]} there.", "en")
    scale = 1e6 if "million" in unit[0] else 1
    assert (figure.value, figure.unit) == (number * scale, unit[1])


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_drafted_rows_are_unaccepted_and_within_the_columns(text: str) -> None:
    for row in draft_claims(Article("", text, "2031-05-14", "en"), "S").rows:
        cells = row.as_row()
        assert cells["accept"] == ""
        assert cells["claim"]
        assert "\n" not in "".join(cells.values())


@pytest.mark.parametrize(
    "piece", ["1,", "a ", "(", "12-", "May 3-", "said the ", '"', "x, y, ", "1 2 3 ", "mil ", "A. "]
)
def test_long_runs_take_work_in_proportion_to_their_length(piece: str) -> None:
    """In calls of functions, which no other work on the machine changes; four times the text, four times the work."""
    few, many = (_calls(piece * (length // len(piece))) for length in (3000, 12_000))
    assert many < 5 * few + 1000, (few, many)


def _calls(text: str) -> int:
    profile = cProfile.Profile()
    profile.runcall(extract, Article("", text, "2031-05-14", "en"))
    return pstats.Stats(profile).total_calls  # type: ignore[attr-defined]
