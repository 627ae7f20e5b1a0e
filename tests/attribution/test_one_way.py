"""A pair of which only one direction has trade in the base years: that one is told, the other refused with its reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detente.attribution import attribute, infer, nested
from detente.attribution.comparison.placebos import Standing
from detente.attribution.result import NO_BASE
from detente.attribution.words.sentences import standing_sentence
from detente.errors import NotIdentified
from detente.language import Catalogue, Money, said

ROOT = Path(__file__).resolve().parents[2]
EXACT = 1e-9
EPISODES = [(2008, 2020)]
WINDOWS = [(2000, 2004), (2000, 2008)]


def silenced(panel, exporter: str, importer: str, last: int, value: float = 0.0):
    """The panel without the flow exporter -> importer up to and including ``last``."""
    flows, codes, years = panel
    flows = flows.copy()
    flows[: years.index(last) + 1, codes.index(exporter), codes.index(importer)] = value
    return flows, codes, years


@pytest.fixture(scope="module", params=[0.0, np.nan], ids=["zero", "missing"])
def one_way(request, twelve):
    """VEN -> COL has nothing in 2000-2004 and its recorded flow from 2005 on."""
    return silenced(twelve, "VEN", "COL", 2004, request.param)


def test_the_direction_with_trade_is_told_and_the_other_refused(one_way) -> None:
    found = attribute(one_way, "COL", "VEN", EPISODES, WINDOWS)
    told = {(f.origin, f.base): f for f in found.findings}
    assert told["COL", (2000, 2004)].standing.share < 0.5
    silent = told["VEN", (2000, 2004)]
    assert np.isnan(silent.split.dyad_part)
    assert silent.standing is silent.before is None
    assert silent.refusal in silent.sentence
    assert "No exports from Venezuela to Colombia are recorded in the base years 2000–2004" in silent.refusal
    assert silent.refusal in found.cautions
    assert [(f.origin, f.base) for f in found.refused] == [("VEN", (2000, 2004))]
    assert told["VEN", (2000, 2008)].refusal == ""  # the longer window reaches years with trade
    assert np.isfinite(told["VEN", (2000, 2008)].split.dyad_part)


def test_its_recorded_change_still_stands(one_way) -> None:
    """The flow of 2008 and 2020 is there, so its change and shift-share are; only the pair's own part is not."""
    flows, codes, years = one_way
    row = attribute(one_way, "COL", "VEN", EPISODES, WINDOWS).to_frame().filter(origin="VEN", base_to=2004)
    row = row.row(0, named=True)
    v, c = codes.index("VEN"), codes.index("COL")
    ends = flows[years.index(2008), v, c], flows[years.index(2020), v, c]
    assert row["log_change"] == pytest.approx(np.log(ends[1] / ends[0]), abs=EXACT)
    assert row["share_part"] + row["demand_part"] == pytest.approx(row["log_change"], abs=EXACT)
    empty = ("dyad_part", "dyad_pct", "placebo_share", "n_placebos", "band_low", "band_high", "unseen_loss_pct")
    assert all(row[name] is None for name in empty)


def test_no_number_of_the_refused_direction_reaches_the_residuals(one_way) -> None:
    frame = attribute(one_way, "COL", "VEN", EPISODES, WINDOWS).residuals()
    silent = frame.filter(origin="VEN", base_to=2004)
    assert silent["status"].unique().to_list() == [NO_BASE]
    numbers = ("counterfactual_usd_mn", "log_ratio", "placebo_share", "band_low", "band_high")
    assert all(silent[name].null_count() == silent.height == 21 for name in numbers)
    assert frame.filter(origin="COL")["status"].unique().to_list() == ["computed"]


def test_the_told_direction_is_what_infer_says_of_it_alone(one_way) -> None:
    """infer() looks at one direction: same fit, computed on its own."""
    finding = attribute(one_way, "COL", "VEN", EPISODES, WINDOWS[:1]).findings[0]
    alone = infer(one_way, "COL", "VEN", EPISODES[0], WINDOWS[0])
    assert finding.split.dyad_part == pytest.approx(alone.value, abs=EXACT)
    assert finding.standing.share == pytest.approx(alone.placebo.share, abs=EXACT)
    with pytest.raises(NotIdentified, match="No flow VEN -> COL"):
        infer(one_way, "VEN", "COL", EPISODES[0], WINDOWS[0])


def test_quick_and_picked_placebos_refuse_alike(one_way) -> None:
    codes = [c for c in one_way[1] if c not in ("COL", "VEN", "ROW")]
    donors = [(a, b) for a in codes[:5] for b in codes[5:8]]
    for more in ({"quick": True}, {"placebos": donors}):
        found = attribute(one_way, "COL", "VEN", EPISODES, WINDOWS[:1], **more)
        assert [f.origin for f in found.refused] == ["VEN"]
        assert found.findings[1].standing is None


def test_nested_has_empty_parts_with_the_reason(one_way) -> None:
    def respond(exporter: str, importer: str, b: float) -> float:
        assert (exporter, importer) == ("COL", "VEN")  # never asked for the direction that has no part
        return b

    found = nested(one_way, "COL", "VEN", EPISODES, WINDOWS[:1], respond=respond)
    frame = found.to_frame().filter(origin="VEN")
    own = frame.filter(part="the pair's own").row(0, named=True)
    assert own["log_points"] is own["usd_mn"] is own["placebo_share"] is None
    assert "base years 2000–2004" in own["note"]
    assert set(frame["attribution"]) == {"shift-share", "three-way", "suppliers", "markets", "third countries"}
    rest = frame.filter(frame["attribution"].is_in(["suppliers", "markets", "third countries"]))
    assert rest["log_points"].null_count() == rest.height
    assert set(rest["note"]) == {own["note"]}
    shares = frame.filter(attribution="shift-share")["log_points"]
    assert shares.null_count() == 0
    assert any("base years 2000–2004" in s for s in found.sentences)
    assert found.to_frame().filter(origin="COL", part="the pair's own")["log_points"].null_count() == 0


def test_only_when_neither_direction_can_be_identified_does_it_raise(one_way) -> None:
    nothing = silenced(one_way, "COL", "VEN", 2004)
    for ask in (attribute, nested):
        with pytest.raises(NotIdentified, match=r"No flow COL -> VEN is recorded in 2000-2004, nor one back"):
            ask(nothing, "COL", "VEN", EPISODES, WINDOWS[:1])
        ask(nothing, "COL", "VEN", EPISODES, WINDOWS)  # the second window has trade


def test_the_reason_in_spanish(one_way) -> None:
    refusal = attribute(one_way, "COL", "VEN", EPISODES, WINDOWS[:1], quick=True).refused[0].refusal
    assert said(refusal, Catalogue("es")).startswith(
        "No hay exportaciones registradas de Venezuela a Colombia en los años base 2000–2004"
    )


def test_a_band_that_reaches_a_full_stop_is_said_in_words() -> None:
    """One placebo in ten fell to a recorded zero: the 5% point is a full stop, so any loss could go unseen."""
    standing = Standing(0.4, 200, float("-inf"), 1.2, -0.1, 0.6)
    text = standing_sentence(standing)
    assert "between a complete halt and +1.20" in text
    assert "inf" not in text
    assert "100%" not in text
    assert "un cese total" in said(text, Catalogue("es"))


def test_amounts_never_read_as_zero_and_large_ones_are_billions() -> None:
    said_so = [str(Money(v)) for v in (0.0041, 0.36, 4.56, 123.4, 117_234.0, 0.0)]
    assert said_so == ["US$4,100", "US$360,000", "US$4.6 million", "US$123 million", "US$117.2 billion", "US$0"]
    assert said(Money(117_234.0), Catalogue("es")).split() == ["US$117.200", "millones"]


def test_no_flow_in_the_year_of_the_model_is_nothing_to_undo(twelve) -> None:
    found = nested(twelve, "COL", "VEN", EPISODES, WINDOWS[:1], respond=lambda a, b, x: float("nan")).to_frame()
    row = found.filter(origin="COL", attribution="third countries").row(0, named=True)
    assert row["log_points"] is None
    assert "no flow on record" in row["note"]
