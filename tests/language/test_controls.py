"""Unseen characters are taken out of what leaves, and named where they come in."""

from __future__ import annotations

import string
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.language.controls import clean, steering

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]
BIDI_CONTROL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # PropList.txt of Unicode 15


def test_every_control_code_and_mark_of_direction_is_found():
    """Unicode's own general category Cc, but tab and line breaks, and its property Bidi_Control."""
    controls = {c for c in EVERY if unicodedata.category(c) == "Cc"} - set("\t\n\r")
    assert all(steering(f"a{c}b") for c in controls | set(BIDI_CONTROL) | {"\u2028", "\u2029", "\ufeff", "\u200b"})


def test_no_letter_mark_sign_or_joiner_is():
    """What is found is control (Cc), format (Cf), separator of lines (Zl, Zp) or no character at all (Cn)."""
    found = {c for c in EVERY if steering(c)}
    assert {unicodedata.category(c) for c in found} <= {"Cc", "Cf", "Zl", "Zp", "Cn"}
    assert not found & set("\t\n\r\u200c\u200d\u00a0\u202f\u2009")
    assert steering("می\u200cخواهم, क्\u200dष, São Tomé – 1\u202f000 € “yes”") == ""


@given(st.text(max_size=60))
def test_what_is_clean_is_on_one_line_with_nothing_unseen(text: str):
    out = clean(text)
    assert not steering(out)
    assert len(out.splitlines()) <= 1
    assert out == clean(out) == out.strip()
    assert [c for c in out if c.isalnum()] == [c for c in text if c.isalnum()]


@given(st.text(alphabet=string.printable + "\u2028\u2029\x85\u202e", max_size=60))
def test_lines_are_kept_where_they_are_asked_for(text: str):
    lines = clean(text, lines=True).split("\n")
    assert " ".join(line for line in lines if line) == clean(text)
    assert len(lines) <= len(text.splitlines()) or not text
    assert all(line == clean(line) for line in lines)


@pytest.mark.parametrize(
    ("text", "named"),
    [("\x1b[2J", "U+001B (escape)"), ("a\u202eb", "U+202E (right-to-left override)"),
     ("\x9b", "U+009B (control)"), ("\U000e0041", "U+E0041 (tag latin capital letter a)"), ("plain", "")],
)  # fmt: skip
def test_it_is_named(text: str, named: str):
    assert steering(text) == named
