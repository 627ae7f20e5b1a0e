"""Each kind of test on a small record: what decides, what may not decide, and what is left open."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.record import Ledger

SOURCES = """source_id,title,publisher,date,kind,cites
story,A story,A Paper,2020-06,article,
copy,A copy of the story,B Paper,2020-07,press,story
copycopy,A copy of the copy,C Paper,2020-08,press,copy
wire,A wire report,The Agency,2020-06,press,
client,A client of the wire,F Paper,2020-06,press,wire
office,A bulletin,An Office,2021-01,official,
other,Another bulletin,D Office,2021-02,official,
rival,A rival story,E Paper,2020-05,article,
"""
EVENTS = """event_id,date,end_date,announced,title,kind,subsystems,actors,direction,sets,source_ids
E1,2015-03-01,,2015-01-10,Bridge closes,border closure,border,COL,+,border.goods=closed,office
E2,2019-09-01,,,Bridge opens,border opening,border,COL;VEN,-,border.goods=open,office
E3,2019-10-05,,,Ministers meet,reconciliation,diplomacy,VEN,-,,office
E4,2018-05,,,Only the story tells,cooperation,trade,COL,-,air.direct=service,story
E5,2018-06,,,Nobody tells,cooperation,trade,COL,-,,unsourced
"""
SERIES = """figure_id,series,period,value,low,high,unit,basis,kind,status,preferred,source_id,derivation
T1,trade.total,2010,100,,,usd_mn,fob+fob,flow,reported,1,office,
T2,trade.total,2011,150,,,usd_mn,fob+fob,flow,reported,1,office,
T3,trade.total,2012,120,,,usd_mn,fob+fob,flow,reported,1,office,
T4,trade.total,2013,90,,,usd_mn,unspecified,flow,reported,,story,
T5,trade.total,2013,90,,,usd_mn,unspecified,flow,derived,,office,T4 rounded
T6,trade.total,2014,500,,,usd_mn,unspecified,flow,reported,,office,
T7,trade.total,2014,800,,,usd_mn,unspecified,flow,reported,,other,
T8,people.abroad,2016-05,1000,,,persons,-,stock,reported,,office,
T9,people.abroad,2018-05,2000,,,persons,-,stock,reported,,office,
T10,trade.total,2015,70,,,usd_mn,unspecified,flow,reported,,copycopy,
T11,trade.total,2016,60,,,usd_mn,unspecified,flow,reported,,wire,
T14,trade.total,2018,40,,,usd_mn,unspecified,flow,reported,,client,
T12,trade.total,2017,55,,,usd_mn,unspecified,flow,forecast,,office,
T13,states.n,2019,50,50,,countries,-,count,bound,,office,
"""
HEAD = "claim_id,source_id,claim,type,attributed_to,date,value,unit,state,test,target,options,why_not\n"
COLUMNS = ("exporter", "importer", "from_year", "to_year", "log_change", "dyad_part", "placebo_share")
FINDINGS = [
    dict(zip(COLUMNS, row))
    for row in (
        ("COL", "VEN", 2008, 2010, -1.5, -1.4, 0.01),
        ("COL", "VEN", 2012, 2020, -2.7, 0.2, 0.8),
        ("COL", "VEN", 2014, 2020, -2.0, -1.5, 0.3),
    )
]


@pytest.fixture
def judge(tmp_path: Path):
    """Judge one claim row of the story, given as test, target, options, date, value, unit, state, attributed_to."""

    def run(test, target, options="", date="", value="", unit="", state="", by="", more=""):
        (tmp_path / "sources.csv").write_text(SOURCES)
        (tmp_path / "events.csv").write_text(EVENTS)
        (tmp_path / "series.csv").write_text(SERIES)
        row = f"C,story,A claim,quantity,{by},{date},{value},{unit},{state},{test},{target},{options},\n"
        (tmp_path / "claims.csv").write_text(HEAD + row + more)
        return Ledger.read(tmp_path).verdict("C", FINDINGS)

    return run


@pytest.mark.parametrize(
    ("value", "date", "options", "verdict"),
    [
        ("100", "2010", "", "confirmed"),
        ("147", "2011", "", "imprecise"),
        ("200", "2011", "", "contradicted"),  # rounding is at most a twentieth: 190 to 210
        ("300", "2011", "", "contradicted"),
        ("140", "2011", "op=more than", "confirmed"),
        ("160", "2011", "op=at least", "imprecise"),
        ("600", "2014", "", "contradicted"),  # 500 and 800: both more than a tenth off
        ("55", "2017", "", "not checkable"),  # a forecast is no evidence
        ("55", "2025", "", "outcome pending"),  # after the story, and not on record
    ],
)
def test_a_quantity(judge, value, date, options, verdict):
    assert judge("quantity", "trade.total", options, date, value, "usd_mn").verdict == verdict


def test_figures_on_both_sides_without_explanation_are_a_conflict(judge):
    found = judge("quantity", "trade.total", "", "2014", "500", "usd_mn")
    assert found.verdict == "unresolved conflict"
    assert set(found.evidence_source_ids) == {"office", "other"}


@pytest.mark.parametrize(
    ("date", "value", "by"),
    [
        ("2013", "90", ""),  # the story itself, and a figure derived from it
        ("2015", "70", ""),  # a copy of a copy of the story
    ],
)
def test_evidence_from_the_claims_own_side_is_none(judge, date, value, by):
    found = judge("quantity", "trade.total", "", date, value, "usd_mn", by=by)
    assert found.verdict == "not checkable"
    assert "own source" in found.reason
    assert found.evidence_source_ids == ()


@pytest.mark.parametrize(
    ("date", "value", "verdict"),
    [
        ("2016", "60", "reported correctly"),  # the agency that the claim names
        ("2018", "40", "reported correctly"),  # a paper that cites that agency
        ("2016", "90", "contradicted"),  # the agency says otherwise
    ],
)
def test_whom_the_article_names_shows_only_that_it_was_reported_correctly(judge, date, value, verdict):
    found = judge("quantity", "trade.total", "", date, value, "usd_mn", by="The Agency")
    assert found.verdict == verdict
    assert len(found.evidence_source_ids) == 1


def test_an_agency_not_named_may_testify(judge):
    assert judge("quantity", "trade.total", "", "2016", "60", "usd_mn").verdict == "confirmed"


def test_a_stock_takes_the_newest_figure_not_after_the_day(judge):
    assert judge("quantity", "people.abroad", "", "2016-12", "1000", "persons").verdict == "confirmed"
    assert judge("quantity", "people.abroad", "", "2018-06", "2000", "persons").verdict == "confirmed"
    assert judge("quantity", "people.abroad", "", "2017-12", "1000", "persons").verdict == "not checkable"
    assert judge("quantity", "people.abroad", "age=800", "2017-12", "1000", "persons").verdict == "confirmed"


@pytest.mark.parametrize(
    ("value", "options", "verdict"),
    [
        ("40", "op=more than", "confirmed"),
        ("60", "", "not checkable"),
        ("40", "op=at most", "contradicted"),
    ],
)
def test_a_bound_decides_only_where_every_number_beyond_it_would(judge, value, options, verdict):
    assert judge("quantity", "states.n", options, "2019", value, "countries").verdict == verdict


@pytest.mark.parametrize(
    ("options", "value", "state", "verdict"),
    [
        ("from=2010;to=2011;measure=pct", "50", "", "confirmed within rounding"),
        ("from=2010;to=2011;measure=ratio", "1.5", "", "confirmed within rounding"),
        ("from=2010;to=2011;measure=ratio", "2", "", "contradicted"),  # multiples count as written
        ("from=2010;to=2011;measure=ratio", "3", "", "contradicted"),
        ("from=2011;to=2012;measure=difference", "-30", "", "confirmed within rounding"),
        ("from=2011;to=2012;measure=direction", "", "down", "confirmed"),
        ("from=2011;to=2012;measure=direction", "", "up", "contradicted"),
        ("from=2012;to=2016;measure=direction", "", "down", "not checkable"),  # no common basis
    ],
)
def test_a_change(judge, options, value, state, verdict):
    assert judge("change", "trade.total", options, value=value, state=state).verdict == verdict


def test_an_extreme_looks_at_each_basis_by_itself(judge):
    assert judge("extreme", "trade.total", date="2011", state="max").verdict == "confirmed"
    assert judge("extreme", "trade.total", date="2012", state="max").verdict == "contradicted"
    assert judge("extreme", "trade.total", date="2010", state="min").verdict == "confirmed"


@pytest.mark.parametrize(
    ("target", "date", "options", "verdict"),
    [
        ("E1", "2015-03", "", "confirmed"),
        ("E1", "2015-01", "", "imprecise"),  # announced then
        ("E1", "2016", "", "contradicted"),
        ("E1", "2015", "actor=VEN", "contradicted"),
        ("E1;E2", "2015/2019", "", "confirmed"),
        ("E1;E2", "2019", "", "contradicted"),
        ("E4", "2018", "", "not checkable"),  # only the story tells of it
        ("E5", "2018", "", "not checkable"),  # unsourced
    ],
)
def test_an_event(judge, target, date, options, verdict):
    assert judge("event", target, options, date).verdict == verdict


@pytest.mark.parametrize(
    ("state", "date", "options", "verdict"),
    [
        ("closed", "2016", "", "confirmed"),
        ("open|closed", "2019", "", "confirmed"),
        ("closed", "2019", "", "imprecise"),
        ("closed", "2019", "when=any", "confirmed"),
        ("open", "2016", "", "contradicted"),
        ("closed", "2015", "", "not checkable"),  # unknown before March
    ],
)
def test_a_state(judge, state, date, options, verdict):
    assert judge("state", "border.goods", options, date, state=state).verdict == verdict


def test_a_state_known_only_from_the_story_is_not_checkable(judge):
    assert judge("state", "air.direct", "", "2019", state="service").verdict == "not checkable"


@pytest.mark.parametrize(
    ("value", "unit", "options", "verdict"),
    [
        ("4", "years", "", "confirmed within rounding"),  # 4.5 years: four completed
        ("5", "years", "", "confirmed within rounding"),  # rounded
        ("6", "years", "", "contradicted"),
        ("54", "months", "", "confirmed within rounding"),
        ("4", "years", "op=more than", "confirmed"),
        ("1646", "days", "", "confirmed within rounding"),  # with the first and the last
        ("1648", "days", "", "imprecise"),
    ],
)
def test_a_duration(judge, value, unit, options, verdict):
    """From 1 March 2015 to 1 September 2019: 1,645 days, 4.50 years."""
    assert judge("duration", "E1..E2", options, "", value, unit).verdict == verdict


def test_a_count_of_events(judge):
    assert judge("count", "direction=-", "op=at least", "2019").verdict == "confirmed"
    assert judge("count", "direction=-;subsystem=diplomacy", "", "2019", "1").verdict == "confirmed"
    assert judge("count", "direction=-", "", "2018", "2").verdict == "contradicted"  # neither has a source that counts


@pytest.mark.parametrize(
    ("target", "date", "verdict"),
    [
        ("E2", "2019-08/2019-10", "confirmed"),
        ("E2", "2019-08", "contradicted"),
        ("border.goods=open", "2021", "contradicted"),  # it was open long before: not in the period predicted
        ("border.goods=limited", "2020-12", "contradicted"),
        ("border.goods=limited", "", "outcome pending"),
        ("border.goods=limited", "2030", "outcome pending"),
    ],
)
def test_a_prediction(judge, target, date, verdict):
    assert judge("prediction", target, "", date).verdict == verdict


def test_agreement_with_another_source(judge):
    same = "D,rival,A claim,quantity,,2010,100,usd_mn,,,,,no test\n"
    assert judge("agreement", "D", "", "2010", "100", "usd_mn", more=same).verdict == "confirmed"
    assert judge("agreement", "D", "", "2010", "300", "usd_mn", more=same).verdict == "contradicted"
    copied = "D,copy,A claim,quantity,,2010,100,usd_mn,,,,,no test\n"
    assert judge("agreement", "D", "", "2010", "100", "usd_mn", more=copied).verdict == "not checkable"


@pytest.mark.parametrize(
    ("episodes", "verdict"),
    [
        ("2008-2010", "confirmed"),
        ("2008-2010|2012-2020", "imprecise"),
        ("2012-2020", "contradicted"),
        ("2014-2020", "contradicted"),  # a large part, but inside the placebos
        ("1990-1995", "not checkable"),
    ],
)
def test_a_cause_against_the_attribution(judge, episodes, verdict):
    assert judge("cause", "COL>VEN", f"episodes={episodes}").verdict == verdict


def test_a_claim_without_a_test_gives_its_reason(tmp_path, judge):
    judge("event", "E1", "", "2015")
    (tmp_path / "claims.csv").write_text(HEAD + "C,story,A claim,assessment,,,,,,,,,A matter of taste.\n")
    found = Ledger.read(tmp_path).verdict("C")
    assert (found.verdict, found.reason) == ("not checkable", "A matter of taste.")


def test_a_cause_of_a_fall_to_a_recorded_zero_is_judged_on_the_bound(judge):
    row = dict(zip(COLUMNS, ("COL", "VEN", 2016, 2019, None, -12.8, 0.005))) | {"supply_demand_part": 0.15}
    FINDINGS.append(row)
    try:
        found = judge("cause", "COL>VEN", "episodes=2016-2019")
        assert found.verdict == "confirmed"
        assert "a fall to a recorded zero, change below -12.65" in found.evidence
        row["supply_demand_part"] = -14.0  # most of it may be what other trade implies
        assert judge("cause", "COL>VEN", "episodes=2016-2019").verdict == "contradicted"
    finally:
        FINDINGS.remove(row)
