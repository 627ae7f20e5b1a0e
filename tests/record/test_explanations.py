"""Every explanation of a difference at the edge of its tolerance, with its misfit, its arithmetic and what bars it."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from detente.record.rows import Figure
from detente.record.verdicts.reconciling.explanation import ConflictExplanation, agree, misfit_of, rounding_half
from detente.record.verdicts.reconciling.figure_context import FigureContext
from detente.record.verdicts.reconciling.reconcile import explain, well_explained


def figure(id_: str, value: float, flow: str = "total", **other) -> Figure:
    row = {"period": "2021", "unit": "usd_mn", "basis": "unspecified", "kind": "flow", "status": "reported"}
    row |= {"low": None, "high": None, "preferred": None, "derivation": None, "note": None}
    row |= {"figure_id": id_, "series": f"trade.{flow}", "value": value, "source_id": f"src-{id_}"} | other
    return Figure.from_row(row)


def found(odd: Figure, other: Figure, *context: Figure) -> dict[str, float]:
    """Kinds of explanation with their misfits, best first."""
    return {e.kind: round(e.misfit, 6) for e in explain(odd, other, context)}


WHOLE = figure("B", 400)


@pytest.mark.parametrize("flow", ["exports", "imports"])
@pytest.mark.parametrize(("part", "fits"), [(100.0, True), (102.0, True), (98.1, True), (102.1, False), (97.9, False)])
def test_a_part_quoted_as_the_total_fits_within_two_percent(flow, part, fits):
    kinds = found(figure("A", 100), WHOLE, figure("C", part, flow))
    assert (f"{flow} as total" in kinds) == fits
    if fits:
        assert kinds[f"{flow} as total"] == pytest.approx(abs(100 - part) / part, abs=1e-6)


def test_a_part_of_the_same_source_or_of_a_larger_figure_is_none():
    assert found(figure("A", 100), WHOLE, figure("C", 100, "exports", source_id="src-A")) == {}
    assert found(figure("A", 500), WHOLE, figure("C", 500, "exports")) == {}
    assert found(figure("A", 100, "balance"), WHOLE, figure("C", 100, "exports")) == {}
    assert found(figure("A", 100), WHOLE, figure("C", 100, "exports", unit="eur_mn")) == {}
    assert found(figure("A", 100), WHOLE, figure("C", 100, "exports", period="2020")) == {}


def test_a_balance_between_two_published_parts():
    """A total of 400 and a surplus of 200: exports 300, imports 100."""
    (first, *_) = explain(figure("A", 200), WHOLE, [figure("X", 300, "exports"), figure("M", 100, "imports")])
    assert (first.kind, first.misfit) == ("balance as total", 0.0)
    apart = explain(figure("A", 204), figure("B", 999), [figure("X", 300, "exports"), figure("M", 100, "imports")])
    assert [(e.kind, round(e.misfit, 4), e.figure_ids) for e in apart] == [("balance as total", 0.02, ("X", "M"))]
    assert "200.0" in str(apart[0].arithmetic)
    assert found(figure("A", 204.1), figure("B", 999), figure("X", 300, "exports"), figure("M", 100, "imports")) == {}
    assert found(figure("A", 200), figure("B", 999), figure("X", 100, "exports"), figure("M", 300, "imports")) == {}


def test_a_part_that_the_two_imply_settles_what_they_are():
    """(400 + 268) / 2 = 334 exports, (400 - 268) / 2 = 66 imports."""
    for flow, value in (("exports", 334.0), ("imports", 66.0)):
        (only,) = explain(figure("A", 268), WHOLE, [figure("C", value, flow)])
        assert (only.kind, only.misfit, only.figure_ids) == ("balance as total", 0.0, ("C",))
        assert "334.0" in str(only.arithmetic)
        assert "66.0" in str(only.arithmetic)
    assert found(figure("A", 268), WHOLE, figure("C", 334, "exports", status="derived")) == {}
    assert found(figure("A", 268), WHOLE, figure("C", 350, "exports")) == {}


def test_a_balance_published_beside_it():
    assert found(figure("A", 100), WHOLE, figure("C", 102, "balance")) == {"balance as total": round(2 / 102, 6)}
    assert found(figure("A", 100), WHOLE, figure("C", 103, "balance")) == {}
    assert found(figure("A", 100), WHOLE, figure("C", 100, "balance", source_id="src-A")) == {}


@pytest.mark.parametrize(
    ("high", "misfit"), [(106.0, 0.01), (112.0, 0.01), (116.0, 0.05), (120.0, 0.09), (120.1, None), (100.0, None)]
)
@pytest.mark.parametrize("swapped", [False, True])
def test_two_valuations_by_name_are_believed_up_to_a_fifth(high, misfit, swapped):
    pair = figure("A", high, "imports", basis="cif"), figure("B", 100, "imports", basis="fob")
    kinds = found(*(pair[::-1] if swapped else pair))
    assert kinds.get("valuation") == (None if misfit is None else pytest.approx(misfit))


def test_the_smaller_of_two_is_never_the_one_with_freight():
    assert "valuation" not in found(figure("A", 90, "imports", basis="cif"), figure("B", 100, "imports", basis="fob"))
    both = figure("A", 110, "imports", basis="cif"), figure("B", 100, "imports", basis="fob+cif")
    assert "valuation" not in found(*both)


def test_a_total_in_two_valuations_adds_up_with_its_parts():
    parts = figure("X", 300, "exports", basis="fob"), figure("F", 100, "imports", basis="fob")
    cif = figure("C", 110, "imports", basis="cif")
    (only,) = explain(figure("A", 410), WHOLE, [*parts, cif])
    assert (only.kind, only.misfit, only.figure_ids) == ("valuation", 0.0, ("X", "C", "F"))
    assert "410" in str(only.arithmetic)
    assert "400" in str(only.arithmetic)
    far = figure("C", 121, "imports", basis="cif")
    assert found(figure("A", 421), WHOLE, *parts, far) == {}
    about = figure("X", 300, "exports", basis="fob", status="approximate")
    assert found(figure("A", 410), WHOLE, about, parts[1], cif) == {}
    assert found(figure("A", 419), WHOLE, *parts, cif) == {}  # 2.1% are missing


@pytest.mark.parametrize(("value", "misfit"), [(105.0, 0.05), (120.0, 0.2), (120.1, None)])
@pytest.mark.parametrize("basis", ["baci", "mirror", "comtrade", "importer-side"])
def test_a_compilers_figure_may_differ_by_a_fifth(value, misfit, basis):
    for odd, other in ((value, 100.0), (100.0, value)):
        kinds = found(figure("A", odd, "exports", basis=basis), figure("B", other, "exports", basis="fob"))
        assert kinds.get("compiler") == (None if misfit is None else pytest.approx(misfit))
    assert found(figure("A", value, "exports", basis=basis), figure("B", 100, "exports", basis=basis)) == {}


@pytest.mark.parametrize(
    ("period", "value", "more", "fits"),
    [
        ("2020", 222.0, {}, True),
        ("2022", 223.0, {}, True),
        ("2021-01/2021-06", 222.0, {}, True),
        ("2020", 223.2, {}, False),
        ("2019", 222.0, {}, False),
        ("2023", 222.0, {}, False),
        ("2020", 222.0, {"status": "approximate"}, False),
        ("2020", 222.0, {"status": "forecast"}, False),
        ("2021", 222.0, {}, False),
    ],
)
def test_another_periods_figure_is_one_that_touches_and_fits_to_half_a_percent(period, value, more, fits):
    kinds = found(figure("A", 222), WHOLE, figure("C", value, period=period, **more))
    assert ("other period" in kinds) == fits


def test_places_add_up_where_there_are_two_of_them():
    a, b = figure("C", 180, "total@x"), figure("D", 120, "total@y")
    assert found(figure("A", 300), WHOLE, a, b) == {"sum of parts": 0.0}
    assert found(figure("A", 306), WHOLE, a, b) == {"sum of parts": 0.02}
    assert found(figure("A", 306.1), WHOLE, a, b) == {}
    assert found(figure("A", 180), WHOLE, a) == {}
    assert found(figure("A", 300, "total@z"), figure("B", 400, "total@z"), a, b) == {}


@pytest.mark.parametrize(
    ("value", "misfit"), [(4000, 0.0), (40, 0.0), (4600, 0.15), (3400, 0.15), (4604, None), (3396, None), (800, None)]
)
def test_a_slip_of_a_power_of_ten(value, misfit):
    kinds = found(figure("A", value), WHOLE)
    assert kinds.get("power of ten") == (None if misfit is None else pytest.approx(misfit))


def test_no_power_of_ten_of_nothing_or_beyond_six():
    assert found(figure("A", 0), WHOLE) == {}
    assert found(figure("A", -4000), WHOLE) == {}
    assert found(figure("A", 4e8), WHOLE) == {"power of ten": 0.0}
    assert found(figure("A", 4e9), WHOLE) == {}
    assert found(figure("A", 400), figure("B", 0)) == {}
    assert found(figure("A", 400), figure("B", -400)) == {}


def test_rounding_is_that_of_the_source_and_adds_up():
    ranged = figure("A", 100, low=90, high=115)
    assert rounding_half(ranged) == 15
    assert rounding_half(figure("A", 7200)) == 50
    assert rounding_half(figure("A", 20, unit="pct")) == 0.5
    about = figure("A", 400, status="approximate")  # half a hundred, and a twentieth at most: 20
    assert agree(about, figure("B", 420))
    assert agree(about, figure("B", 380))
    assert not agree(about, figure("B", 379.5))
    assert not agree(about, figure("B", 421))
    assert agree(figure("A", 7.25), figure("B", 7.26))
    assert not agree(figure("A", 7.25), figure("B", 7.27))
    assert agree(figure("A", 0.8), figure("B", 0.7))  # 0.8 - 0.7 is a hair above 0.1 in binary
    assert found(about, figure("B", 410))["rounding"] == 0.0


def test_the_better_explanation_comes_first_and_each_kind_once():
    parts = [figure("C", 101, "exports"), figure("D", 100, "exports")]
    context = [*parts, figure("E", 100.2, period="2020")]
    given = explain(figure("A", 100), WHOLE, context)
    assert [(e.kind, round(e.misfit, 4)) for e in given] == [("exports as total", 0.0), ("other period", 0.002)]
    assert given[0].figure_ids == ("D",)
    shared = FigureContext.of(context)
    assert [e.kind for e in explain(figure("A", 100), WHOLE, shared)] == [e.kind for e in given]
    assert found(figure("A", 100), WHOLE, figure("C", 100, "exports", status="bound")) == {}


@pytest.mark.parametrize(
    ("low", "fits"), [(400.0, True), (398.3, True), (398.1, False), (410.0, False), (409.9, True), (290.0, False)]
)
def test_a_total_whose_imports_are_valued_with_freight_implies_those_without(low, fits):
    """Exports 300 and imports CIF 110 make 410; what a lower total leaves for the imports is FOB if 110 is at most 1.12 times it."""
    parts = figure("X", 300, "exports", basis="fob"), figure("C", 110, "imports", basis="cif")
    kinds = found(figure("A", 410), figure("B", low), *parts)
    assert ("valuation" in kinds) == fits
    if fits:
        assert kinds["valuation"] == 0.01
    assert "valuation" not in found(figure("A", 412), figure("B", low), *parts)  # not its sum


@pytest.mark.parametrize(("balance", "fits"), [(20.0, True), (18.0, True), (22.1, True), (22.4, False), (3.0, False)])
def test_a_balance_without_freight_beside_a_total_with_it(balance, fits):
    """120.7 + 110.3 = 231; 120.7 - 100.7 = 20 is the balance of the same trade, its imports FOB."""
    fob, cif = figure("X", 120.7, "exports", basis="fob"), figure("C", 110.3, "imports", basis="cif")
    kinds = found(figure("A", balance), figure("B", 231), fob, cif)
    assert kinds.get("balance as total") == (0.01 if fits else None)
    assert "balance as total" not in found(figure("A", balance), figure("B", 231), replace(fob, basis="cif"), cif)
    assert "balance as total" not in found(figure("A", balance), figure("B", 232), fob, cif)
    assert "balance as total" not in found(
        figure("A", balance), figure("B", 231), fob, replace(cif, status="approximate")
    )
    assert "balance as total" not in found(
        figure("A", balance), figure("B", 231), replace(fob, status="approximate"), cif
    )


def test_imports_with_freight_are_never_the_smaller_and_about_is_no_proof():
    x, fob = figure("X", 300, "exports", basis="fob"), figure("F", 100, "imports", basis="fob")
    smaller = figure("C", 95, "imports", basis="cif")
    assert "valuation" not in found(figure("A", 400), figure("B", 395), x, fob, smaller)
    cif = figure("C", 110, "imports", basis="cif")
    assert found(figure("A", 410), WHOLE, x, fob, cif)["valuation"] == 0.0
    assert found(figure("A", 410), WHOLE, x, replace(fob, status="approximate"), cif)["valuation"] == 0.01


def test_what_stands_exactly_at_a_tolerance_fits():
    """2% between a part and the total, 1.12 between CIF and FOB: 2 of 100 and 112 over 100 are exact in binary."""
    for flow in ("exports", "imports"):
        assert found(figure("A", 98), WHOLE, figure("C", 100, flow))[f"{flow} as total"] == 0.02
    fob, cif = figure("X", 120, "exports", basis="fob"), figure("C", 112, "imports", basis="cif")
    assert found(figure("A", 20), figure("B", 232), fob, cif)["balance as total"] == 0.01
    assert found(figure("A", 232), figure("B", 220), fob, cif)["valuation"] == 0.01


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_amounts_of_any_size_are_explained_alike(scale):
    fob, cif = figure("X", 300 * scale, "exports", basis="fob"), figure("C", 110 * scale, "imports", basis="cif")
    assert found(figure("A", 410 * scale), figure("B", 400 * scale), fob, cif)["valuation"] == pytest.approx(0.01)
    x, m = figure("X", 120 * scale, "exports", basis="fob"), figure("C", 112 * scale, "imports", basis="cif")
    assert found(figure("A", 20 * scale), figure("B", 232 * scale), x, m)["balance as total"] == pytest.approx(0.01)
    part = figure("C", 100 * scale, "exports")
    assert found(figure("A", 100 * scale), figure("B", 999 * scale), part)["exports as total"] == 0.0


def test_a_range_is_as_wide_as_its_farther_end():
    assert rounding_half(figure("A", 100, low=40, high=110)) == 60
    assert rounding_half(figure("A", 100, low=95, high=160)) == 60


def test_of_equal_misfits_the_one_that_asks_least_belief_comes_first():
    """Rounding, then two valuations, then arithmetic with other figures, a compiler, a slip."""
    x, fob, cif = (figure(n, v, f, basis=b) for n, v, f, b in
                   (("X", 300, "exports", "fob"), ("F", 100, "imports", "fob"), ("C", 110, "imports", "cif")))  # fmt: skip
    before = figure("P", 410, period="2020")
    kinds = found(figure("A", 410, basis="baci"), WHOLE, x, fob, cif, before)
    assert list(kinds) == ["valuation", "other period", "compiler"]
    assert kinds == {"valuation": 0.0, "other period": 0.0, "compiler": 0.025}
    slip = found(figure("A", 4000), WHOLE, figure("P", 4000, period="2020"))
    assert list(slip) == ["other period", "power of ten"]


def test_the_sum_of_a_slip_is_shown():
    (only,) = explain(figure("A", 4000), WHOLE, [])
    assert [n for n in ("4,000", "10", "400") if n not in str(only.arithmetic)] == []
    (down,) = explain(figure("A", 4), WHOLE, [])
    assert "0.01" in str(down.arithmetic)


def test_a_part_fits_within_its_own_rounding():
    """400 and 220 imply exports of 310: "300" is that to one digit, "301" is not."""
    assert found(figure("A", 220), WHOLE, figure("C", 300, "exports"))["balance as total"] == pytest.approx(
        10 / 310, abs=1e-6
    )
    assert found(figure("A", 220), WHOLE, figure("C", 301, "exports")) == {}


def test_a_slip_below_one_is_seen_too():
    assert found(figure("A", 0.4), figure("B", 4)) == {"power of ten": 0.0}


def test_only_a_total_is_the_sum_of_exports_and_imports():
    parts = figure("X", 300, "exports", basis="fob"), figure("C", 110, "imports", basis="cif")
    assert "valuation" in found(figure("A", 410), WHOLE, *parts)
    assert found(figure("A", 410, "transit"), figure("B", 400, "transit"), *parts) == {}


def test_an_explanation_is_not_changed_afterwards():
    with pytest.raises(FrozenInstanceError):
        ConflictExplanation("valuation", "", 0.0).misfit = 1.0


@pytest.mark.parametrize("note", ["constant 2015 dollars", "in prices of 2015", "deflated to 2015"])
@pytest.mark.parametrize("scale", [1.0, 0.004])
def test_money_of_another_year_is_found_by_the_index_of_both_years(note, scale):
    """400 at an index of 125 is 320 at one of 100, whatever the index is counted in."""
    index = [figure(f"P{year}", value * scale, series="prices.usa", kind="index", unit="index", period=str(year))
             for year, value in ((2015, 100.0), (2021, 125.0))]  # fmt: skip
    odd = figure("A", 320, note=note)
    (one,) = [e for e in explain(odd, WHOLE, index) if e.kind == "constant money"]
    assert (round(one.misfit, 9), one.figure_ids) == (0.0, ("P2015", "P2021"))
    assert "320" in one.arithmetic
    assert "constant money" not in found(figure("A", 320), WHOLE, *index)
    assert "constant money" not in found(odd, WHOLE, index[0])
    assert "constant money" not in found(figure("A", 300, note=note), WHOLE, *index)
    assert "constant money" not in found(odd, WHOLE, index[0], replace(index[1], value=0.0))


def test_what_is_explained_by_a_slip_or_another_period_is_not_well_explained():
    slip, total = figure("A", 4000), FigureContext.of([])
    assert [e.kind for e in explain(slip, WHOLE, total)] == ["power of ten"]
    assert not well_explained(slip, WHOLE, total)
    assert well_explained(figure("A", 440, basis="cif"), figure("B", 400, basis="fob"), total)


@pytest.mark.parametrize(("computed", "misfit"), [(100.0, 0.0), (100.3, 0.0), (99.6, 0.0), (101.0, 0.01), (98.0, 0.02)])
def test_what_is_missing_within_the_last_digit_is_no_misfit(computed, misfit):
    assert misfit_of(computed, figure("A", 100.0, text="100")) == pytest.approx(misfit)
