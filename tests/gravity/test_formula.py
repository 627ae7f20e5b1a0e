"""Formulas: what they mean and where they are wrong."""

import pytest

from detente.errors import FormulaError
from detente.gravity.formulas.formula import Effect, Factor
from detente.gravity.formulas.grammar import parse, parse_effect


def test_terms_effects_and_columns():
    formula = parse("trade ~ rta + log(dist) + rta:lang | exporter^year + importer^year + exporter^importer")
    assert formula.response == Factor("trade", ("trade",))
    assert [":".join(f.text for f in term) for term in formula.terms] == ["rta", "log(dist)", "rta:lang"]
    assert [e.text for e in formula.effects] == ["exporter^year", "importer^year", "exporter^importer"]
    assert formula.columns == ("trade", "rta", "dist", "lang", "exporter", "year", "importer")


def test_a_star_is_both_and_their_product():
    formula = parse("y ~ a*b")
    assert [tuple(f.text for f in t) for t in formula.terms] == [("a",), ("b",), ("a", "b")]


def test_dummies_with_reference():
    assert parse("y ~ i(year, rta, ref=1990)").terms[0][0] == Factor(
        "i(year, rta, ref=1990)", ("year", "rta"), "i", 1990.0
    )
    assert parse("y ~ i(bloc, ref='EU')").terms[0][0].reference == "EU"


def test_slopes():
    assert parse("y ~ x | pair[year]").effects == (Effect(("pair",), ("year",)),)
    assert parse("y ~ x | pair[[year]]").effects == (Effect(("pair",), ("year",), False),)


def test_other_calls_are_kept_whole_for_formulaic():
    factor = parse("y ~ bs(x, df=4) | g").terms[0][0]
    assert (factor.function, factor.text, factor.columns) == ("formulaic", "bs(x, df=4)", ("x",))
    assert parse("y ~ log(x + 1) | g").terms[0][0].text == "log(x + 1)"
    assert parse("y ~ log(1 + x) | g").terms[0][0].columns == ("x",)


def test_no_terms_and_no_effects():
    assert parse("y ~ 1 | a^t").terms == ()
    assert parse("y ~ x | 0").effects == ()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("trade ~ rta + | exporter", 14, "A name is needed"),
        ("trade ~ rta +", 13, "ends where a name"),
        ("trade rta", 6, "'~' is needed"),
        ("trade ~ rta | exporter^", 23, "ends where a name"),
        ("trade ~ rta & x", 12, "'&' has no meaning"),
        ("trade ~ log(dist | x", 11, "not closed"),
        ("trade ~ i(year, rif=3)", 16, "Did you mean 'ref'"),
        ("trade ~ rta | a | b", 16, "Nothing more"),
    ],
)
def test_the_caret_points_at_the_place(text, place, words):
    with pytest.raises(FormulaError, match=words.replace("(", r"\(")) as caught:
        parse(text)
    shown, caret = str(caught.value).splitlines()[1:3]
    assert shown.strip() == text.strip()
    assert caret.index("^") - 4 == place


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("y ~ x^2 | o", "A power is written I"),
        ("y ~ factor(o)", "Write i"),
        ("y ~ csw(x, v) | o", "compare"),
        ("c(y, x) ~ v | o", "one response at a time"),
        ("y ~ x | sw(o, d)", "fit_many"),
        ("y ~ 1 | o + d | x ~ z", "control_function"),
    ],
)
def test_what_fixest_has_and_this_has_not_is_told(text, words):
    with pytest.raises(FormulaError, match=words):
        parse(text)


def test_clusters_are_sets_of_columns():
    assert parse_effect("exporter^importer") == ("exporter", "importer")
    with pytest.raises(FormulaError):
        parse_effect("exporter + importer")
