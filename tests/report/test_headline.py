"""The headline never says more, or other, than the evidence, the base years and the checks beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detente.answer.answer import answer_of
from detente.answer.facts import Facts, Fall, Flow, leading
from detente.answer.pairs.any_pair import pair
from detente.answer.run_facts.reading import changes_of
from detente.economies import in_text
from detente.language import LANGUAGES, Catalogue
from detente.report.first_screen import FIRM, ROUGH, first_screen, first_sentences

SOLD = {2000: 10.0, 2010: 5.0, 2020: 8.0}
SAYS = {  # what a headline says, by words that stand in it and in no other
    "odd": ("as it hit few others.", "as it lifted few others", "few similar pairs saw"),
    "strong": ("There is strong evidence",),
    "some": ("There is some evidence",),
    "depends": ("depends on", " other check"),
    "shared": ("not this pair's alone",),
    "opposed": ("smaller than what their other trade",),
    "usual": ("is within what similar pairs saw", "stands out from what similar pairs saw", "does not stand out among"),
}


def said(headline: str) -> set[str]:
    return {what for what, phrases in SAYS.items() if any(phrase in headline for phrase in phrases)}


def tail(fall: Fall, *, up: bool) -> float:
    """The p-value of a change as large in one direction, by the definition and not by the product's function."""
    assert fall.as_bad is not None
    assert fall.n
    below = (1 + fall.as_bad) / (1 + fall.n) if fall.p is None else fall.p
    return 1 - below + 1 / (1 + fall.n) if up else below


def contradicts(headline: str, fall: Fall, checks: tuple[int, int] | None) -> str:
    """Why a headline does not follow from a change and its checks; nothing where it does."""
    up = fall.change > 0 and fall.own > 0
    p, words = tail(fall, up=up), said(headline)
    places = set(fall.elsewhere)
    evidence = {f"{how}_{'gain' if up else 'loss'}" for how in ("strong", "some")}
    losses, found = {"strong_loss", "some_loss"}, p <= 0.10 and (up or fall.own < 0)
    most = None if checks is None else 2 * checks[0] > checks[1]
    bases = {found, *(place in evidence for place in places)}
    as_far = (fall.n or 0) - (fall.as_bad or 0) if up else fall.as_bad or 0
    wrong = {
        "speaks of few where there are many": "odd" in words and as_far > 0.05 * (fall.n or 0),
        "calls strong what is not": bool(words & {"odd", "strong"}) and (p >= 0.02 or not places <= {f"strong_{'gain' if up else 'loss'}"}),
        "calls evidence what is none": "some" in words and (p > 0.10 or not places <= evidence),
        "speaks of evidence against most checks": bool(words & {"odd", "strong", "some"}) and most is False and "depends" not in words,
        "counts checks that are of one mind": re.search(r"\b0 of|\b(\d+) of \1\b", headline) is not None,
        "calls one mind what is not": " other check" in headline and checks is not None and 0 < checks[0] < checks[1],
        "calls usual what is evidence of a loss": "usual" in words and fall.own < 0 and (p <= 0.10 or bool(places & losses)),
        "calls usual what most checks call unusual": "usual" in words and most is True and not up and "depends" not in words,
        "sees a choice where all agree": "depends" in words and places <= {fall.place} and bases | ({most} - {None}) == {found},
        "says two things": len(words - ({"depends"} if " other check" in headline else set())) > 1,
    }  # fmt: skip
    return "; ".join(what for what, is_so in wrong.items() if is_so)


@st.composite
def changes(draw) -> Fall:
    n = draw(st.sampled_from([9, 30, 120, 400]))
    as_bad = draw(st.one_of(st.integers(0, n), st.integers(0, n // 8), st.integers(n - n // 8, n)))
    change = draw(st.floats(-3, 3).filter(lambda x: abs(x) > 0.01))
    own = draw(st.floats(-3, 3).filter(lambda x: abs(x) > 0.01))
    p = draw(st.one_of(st.none(), st.integers(1, n + 1).map(lambda k: k / (n + 1)), st.just(0.015), st.just(0.07)))
    places = ["strong_loss", "some_loss", "ordinary"] if own < 0 else ["strong_gain", "some_gain", "ordinary"]
    elsewhere = draw(st.lists(st.sampled_from(places), max_size=2))
    return Fall(2000, 2010, change, change - own, own, as_bad, n, p, tuple(elsewhere))


@settings(max_examples=400, deadline=None)
@example(Fall(2000, 2010, 1.0, 0.5, 0.5, 395, 400, 0.95, ("ordinary",)), (1, 1))
@given(changes(), st.one_of(st.none(), st.integers(1, 24).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))))
def test_no_headline_contradicts_its_evidence(fall, checks):
    flows = (Flow("COL", "VEN", SOLD, SOLD, falls=(fall,)), Flow("VEN", "COL", SOLD, SOLD))
    of = Facts(flows, SOLD, checks=checks)
    for language in LANGUAGES:
        found = first_screen(of, Catalogue(language), lambda code: in_text(code, "en"), "x")
        assert found is not None
        if language == "en":
            assert contradicts(found.answer, fall, checks) == "", found.answer
            number = found.numbers[1]
            assert number.reason == (
                "one way of counting" if checks is None else "unusual in {} of {} checks".format(*checks)
            )
            if "depends" in said(found.answer):
                assert number.sure == ROUGH or checks is None or fall.place == "mixed"
            if number.sure == FIRM:
                assert said(found.answer) != {"depends"} or fall.place == "mixed"


NAMED = {"en": r"(Aland|Beland)'s sales to (Aland|Beland)", "es": r"las ventas de (Aland|Beland) a (Aland|Beland)"}
NAMES = {"AAA": "Aland", "BBB": "Beland"}


@st.composite
def two_ways(draw) -> Facts:
    """Both directions with changes of their own years: 2000, 2003 one way, 2010, 2013 the other."""

    def falls(start: int) -> tuple[Fall, ...]:
        found = draw(st.lists(changes(), max_size=2))
        silent = draw(st.booleans()) and found  # the first has nothing to be compared with
        dated = [replace(fall, start=start + 3 * i, end=start + 3 * i + 2) for i, fall in enumerate(found)]
        return tuple(replace(f, as_bad=None, n=None) if silent and f is dated[0] else f for f in dated)

    flows = [
        Flow(*ends, SOLD, SOLD, falls=falls(start)) if draw(st.integers(0, 3)) else Flow(*ends, {}, {})
        for ends, start in ((("AAA", "BBB"), 2000), (("BBB", "AAA"), 2010))
    ]
    checks = draw(st.one_of(st.none(), st.tuples(st.integers(0, 4), st.just(4))))
    return Facts((flows[0], flows[1]), SOLD, checks=checks)


@settings(max_examples=300, deadline=None)
@given(two_ways(), st.sampled_from(LANGUAGES), st.booleans())
def test_the_direction_that_a_headline_names_is_the_one_its_figures_are_of(of, language, spoken):
    """Years, counts, checks and the open chart are of the sales named; what names none says so of both directions."""
    screen = first_screen(of, Catalogue(language), NAMES.get, "x")
    if screen is None:
        return
    headline = screen.answer.split(". In 2020")[0].split(". En 2020")[0]
    named = {match.groups() for match in re.finditer(NAMED[language], headline)}
    if not named:
        either = ("in either direction", "ninguno de los dos sentidos")
        assert not re.search("20[01][0-9]–", headline)
        assert any(words in headline for words in either) or headline == screen.answer
        return
    assert len(named) == 1
    flow = next(flow for flow in of.flows if (NAMES[flow.origin], NAMES[flow.destination]) in named)
    years = {int(year) for year in re.findall(r"(20[01][0-9])–", headline)}
    assert years <= {fall.start for fall in flow.falls}
    assert re.search(f"{NAMES[flow.origin]}.*{NAMES[flow.destination]}", screen.pictures[0].title)
    if "checks" in headline or "pruebas" in headline:
        assert flow is of.flows[0]
    number = next((n for n in screen.numbers if " of " in n.value or " de " in n.value), None)
    if number is not None and len(years) == 1:
        fall = next(fall for fall in flow.falls if fall.start in years)
        k = (fall.n or 0) - (fall.as_bad or 0) if fall.change > 0 and fall.own > 0 else fall.as_bad
        assert re.findall(r"\d+", number.value) == [str(k), str(fall.n)]
        if language == "en":
            assert (
                contradicts(
                    headline + ".", fall, of.checks if flow is of.flows[0] and fall is leading(flow.falls) else None
                )
                == ""
            )
    if spoken:
        aloud = first_sentences(of, Catalogue(language, spoken=True), NAMES.get)["answer"]
        assert {match.groups() for match in re.finditer(NAMED[language], aloud)} == named


SALES = "Colombia's sales to Venezuela"
FALL = f"fall in {SALES} in 2000–10"
FEW = Fall(2000, 2010, -1.0, 0.1, -1.1, 5, 400, p=0.067)


@pytest.mark.parametrize(
    ("fall", "checks", "begins"),
    [
        (FEW, None, f"There is some evidence that the {FALL} is specific to"),
        (FEW, (1, 24), f"Whether the {FALL} is unusual depends on the comparison: it is in 1 of 24 checks."),
        (replace(FEW, as_bad=49, p=0.012), (4, 4), f"There is strong evidence that the {FALL} is specific to this pair."),
        (replace(FEW, p=0.005), (20, 24), f"The {FALL} hit this pair as it hit few others."),
        (replace(FEW, p=0.005), (1, 24), f"Whether the {FALL} is unusual depends on the comparison"),
        (replace(FEW, p=0.005, elsewhere=("ordinary",)), None,
         f"Whether what happened to {SALES} in 2000–10 is unusual depends on the base"),
        (replace(FEW, as_bad=40, p=0.09), None, "There is some evidence"),
        (replace(FEW, p=0.3), None, f"The {FALL} is not this pair's alone"),
        (replace(FEW, as_bad=90, p=0.3), None, f"The {FALL} is within what similar pairs saw."),
        (replace(FEW, as_bad=90, p=0.3), (20, 24), f"Whether the {FALL} is unusual depends on the comparison: it is in 20 of 24"),
        (replace(FEW, own=0.5, as_bad=396, p=0.995), None, f"The {FALL} is smaller than what their other trade"),
        (replace(FEW, change=1.0, p=0.005), None, f"In 2000–10 {SALES} grew less than their other trade"),
        (replace(FEW, change=1.0, own=0.8, as_bad=399, p=0.999), None, f"The rise in {SALES} in 2000–10 lifted this pair as it lifted few"),
        (replace(FEW, change=1.0, own=0.8, as_bad=380, p=0.95), None, f"There is some evidence that the rise in {SALES} in 2000–10"),
        (replace(FEW, change=1.0, own=0.8, as_bad=370, p=0.995), None, f"There is strong evidence that the rise in {SALES} in 2000–10"),
        (replace(FEW, change=1.0, own=0.8, as_bad=200, p=0.995), None, f"There is strong evidence that the rise in {SALES} in 2000–10"),
        (replace(FEW, as_bad=None, n=None), None, f"In 2000–10 {SALES} fell."),
        (replace(FEW, as_bad=0, n=8, p=None), None, f"In 2000–10 {SALES} fell."),
    ],
)  # fmt: skip
def test_what_is_said_of_each_kind_of_finding(fall, checks, begins):
    flows = (Flow("COL", "VEN", SOLD, SOLD, falls=(fall,)), Flow("VEN", "COL", SOLD, SOLD))
    found = first_screen(Facts(flows, SOLD, checks=checks), Catalogue("en"), in_text, "x")
    assert found is not None
    assert found.answer.startswith(begins)


GREW = f"rise in {SALES} in 2000–10"
USUAL = "does not stand out among similar pairs"
RISE = replace(FEW, change=1.0)
SHORT = "the two economies' trade with others fell short as well"
LEADS = "what their other trade leads one to expect"
SOME, STRONG, OWN = "There is some evidence that", "There is strong evidence that", "is specific to this pair"


@pytest.mark.parametrize(
    ("fall", "checks", "says"),
    [
        (FEW, (0, 12), f"{SOME} the {FALL} {OWN}, but none of 12"),
        (replace(FEW, p=0.005), (0, 1), f"{STRONG} the {FALL} {OWN}, but"),
        (replace(FEW, as_bad=90, p=0.3), (12, 12), f"The {FALL} is within what similar pairs saw, but each of 12"),
        (replace(FEW, p=0.3), (1, 1), f"The {FALL} is not this pair's alone: {SHORT}, but"),
        (replace(FEW, own=0.5, as_bad=396, p=0.995), (9, 9), f"The {FALL} is smaller than {LEADS}, but each of 9"),
        (replace(RISE, p=0.09), (0, 12), f"{SOME} in 2000–10 {SALES} grew less than was to be expected, but none of 12"),
        (replace(RISE, p=0.3), (12, 12), f"Allowing for their other trade, the {GREW} {USUAL}, but each of 12"),
        (replace(RISE, own=0.8, as_bad=399, p=0.95), (0, 2), f"{SOME} the {GREW} {OWN}, but none of 2"),
        (replace(RISE, own=0.8, as_bad=300, p=0.7), (2, 2), f"Allowing for their other trade, the {GREW} {USUAL}, but each of 2"),
    ],
)  # fmt: skip
def test_checks_that_all_say_otherwise_stand_beside_what_they_contradict(fall, checks, says):
    flows = (Flow("COL", "VEN", SOLD, SOLD, falls=(fall,)), Flow("VEN", "COL", SOLD, SOLD))
    of = Facts(flows, SOLD, checks=checks)
    ends = {(True, True): " the one other check calls that unusual. ", (True, False): " other checks calls that unusual. ",
            (False, True): " the one other check does not call that unusual. ",
            (False, False): " other checks calls that unusual. "}[checks[0] > 0, checks[1] == 1]  # fmt: skip
    answer = first_sentences(of, Catalogue("en"), in_text)["answer"]
    assert answer.startswith(says + ends), answer
    for language in LANGUAGES:
        for spoken in (False, True):
            words, name = Catalogue(language, spoken=spoken), partial(in_text, language=language)
            told = first_sentences(of, words, name)["answer"]
            assert told.count("Venezuela") == 1
            assert not re.search(r"\b(0|zero|cero)\b", told.partition(" 2020")[0])


def test_base_years_that_differ_are_told_before_checks_of_one_mind():
    fall = replace(FEW, p=0.005, elsewhere=("ordinary",))
    flows = (Flow("COL", "VEN", SOLD, SOLD, falls=(fall,)), Flow("VEN", "COL", SOLD, SOLD))
    answer = first_sentences(Facts(flows, SOLD, checks=(12, 12)), Catalogue("en"), in_text)["answer"]
    assert answer.startswith(f"Whether what happened to {SALES} in 2000–10 is unusual depends on the base years.")


PAIRS = ("NIC-CRI", "SRB-MNE", "USA-CHN", "FJI-TON", "RUS-UKR", "VNM-USA", "ARM-AZE", "SDN-SSD", "QAT-SAU", "EU-GBR")


@pytest.mark.parametrize("ends", PAIRS)
def test_the_headline_of_any_pair_follows_from_its_numbers(ends):
    found = pair(*ends.split("-")).facts
    screen = first_screen(found, Catalogue("en"), in_text, "x")
    assert screen is not None
    compared = [fall for flow in found.flows for fall in flow.falls if fall.place is not None]
    assert any(contradicts(screen.answer, fall, None) == "" for fall in compared) or not said(screen.answer)
    value = screen.numbers[1].value if len(screen.numbers) > 1 else ""
    if fall := next((f for f in compared if value == f"{f.as_bad} of {f.n}"), None):
        assert contradicts(screen.answer, fall, None) == "", (screen.answer, fall)


def test_the_headline_of_a_run_says_what_its_findings_say(flagship):
    answer = answer_of(flagship, "en")
    found = answer.facts
    assert found is not None
    places = {years: place for place, spans in answer.directions[0].places().items() for years in spans}
    for fall in found.flows[0].falls:
        assert fall.place == places[f"{int(fall.start)}-{int(fall.end)}"]  # one finding, whoever words it
    screen = first_screen(found, Catalogue("en"), in_text, "x")
    assert screen is not None
    fall = leading(found.flows[0].falls)
    assert fall is not None
    assert contradicts(screen.answer.partition("; ")[0], fall, found.checks) == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("change", [-1.2, -0.003, 0.3, 1.7, 9.1])
def test_no_word_is_spoken_twice_and_large_rises_are_multiples(language, change):
    flows = (
        Flow("COL", "VEN", SOLD, SOLD, falls=(replace(FEW, change=change, own=change - 0.2),)),
        Flow("VEN", "COL", SOLD, SOLD),
    )
    said_so = first_sentences(
        Facts(flows, SOLD), Catalogue(language, spoken=True), lambda code: in_text(code, language)
    )
    for text in said_so.values():
        assert not re.search(r"\b(\w+) \1\b", text.replace("twenty twenty", "2020")), text
    written = first_sentences(Facts(flows, SOLD), Catalogue(language), lambda code: in_text(code, language))["why"]
    if change > 1.1:
        assert re.search(
            {"en": r"rose to [\d.,]+ times as much", "es": r"subieron hasta [\d.,]+ veces"}[language], written
        ), written


def test_what_can_be_told_is_told_where_the_sharpest_change_cannot():
    """A break from a recorded zero has no size; the whole span that holds it has one."""
    row = {"origin": "TKM", "destination": "IRN", "base_from": 2000, "base_to": 2004, "panel": "p", "supply_demand_part": -0.4,
           "placebo_share": 0.74, "smallest_share": 1 / 401, "p_similar": 0.41, "n_placebos": 400, "n_as_bad": 164,
           "unseen_loss_pct": 95.0}  # fmt: skip
    names = ("from_year", "to_year", "log_change", "dyad_part", "flow_from_usd_mn", "flow_to_usd_mn")
    rows = [
        row | dict(zip(names, values))
        for values in ((2012, 2013, None, None, 0.0, 86.0), (2005, 2021, -1.52, -1.12, 153.0, 33.0))
    ]
    found = changes_of(pl.DataFrame(rows), (2000, 2004))
    assert [(fall.start, fall.end, fall.place) for fall in found] == [(2005, 2021, "ordinary")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("spoken", [False, True])
@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({"contradicted": 1}, "The one statement on record can be tested, and is wrong."),
        ({"confirmed": 1}, "The one statement on record can be tested, and holds."),
        ({"imprecise": 1}, "The one statement on record can be tested, and is neither confirmed nor wrong."),
        ({"not checkable": 1}, "The one statement on record cannot be tested."),
        ({"not checkable": 3}, "None of 3 statements can be tested."),
        ({"imprecise": 2, "contradicted": 1}, "3 of 3 statements can be tested: none holds, one is wrong."),
        ({"confirmed": 1, "not checkable": 2}, "1 of 3 statements can be tested: one holds, none is wrong."),
    ],
)
def test_few_claims_are_counted_in_grammar(counts, says, language, spoken):
    flows = (Flow("COL", "VEN", SOLD, SOLD), Flow("VEN", "COL", SOLD, SOLD))
    of = Facts(flows, SOLD, claims=counts)
    told = first_sentences(of, Catalogue(language, spoken=spoken), lambda code: in_text(code, language))["claims"]
    assert told.endswith(".")
    assert not re.search(r"\b(0|cero|zero)\b|1 of 1|1 de 1", told)
    if language == "en" and not spoken:
        assert told == says


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_the_flows_are_from_is_said_in_the_readers_language(language):
    found = first_screen(pair("SRB", "MNE").facts, Catalogue(language), lambda code: in_text(code, language), "x")
    assert found is not None
    assert ("aggregated" in found.source) == (language == "en")


def test_of_falls_that_nothing_can_be_compared_with_the_deepest_is_told():
    spans = (((2014, 2017), -0.2), ((2018, 2020), -2.0))
    small, deep = (Fall(*years, change, 0.0, change, None, None) for years, change in spans)
    flows = (Flow("IND", "PAK", SOLD, SOLD, falls=(small, deep)), Flow("PAK", "IND", SOLD, SOLD))
    told = first_sentences(Facts(flows, SOLD), Catalogue("en"), in_text)["answer"]
    assert told.startswith("In 2018–20 India's sales to Pakistan fell.")
