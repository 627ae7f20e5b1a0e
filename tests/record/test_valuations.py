"""Figures of several valuations and sources around one claim: judged as a rule of a few lines judges them."""

from __future__ import annotations

import random

import pytest

from detente.record.rows import Claim, Figure
from detente.record.schema import TABLES
from detente.record.verdicts.comparing.matching import other_valuation, together

YEARS = range(1700, 2020)
BASES = ("fob", "fob+fob", "unspecified", "cif", "fob+cif", "importer-side", "baci", "mirror", "comtrade")
COMPILED = {"baci", "mirror", "comtrade", "importer-side"}
CIF = {"cif", "fob+cif", "importer-side"}
STANDING = {"office": 0, "bureau": 0, "paper": 2, "weekly": 2}
SOURCES = [
    {"source_id": name, "title": name, "publisher": f"The {name} of {n}", "date": "2022", "kind": kind}
    for n, (name, kind) in enumerate(zip(STANDING, ("official", "dataset", "press", "press"), strict=True))
]
CLAIM = 7200.0
HALF = 50.0


def explained(odd: tuple, other: tuple) -> bool:
    """Another valuation, or another compiler, up to a fifth."""
    (a, a_basis, _), (b, b_basis, _) = sorted((odd, other))
    compilers = a_basis != b_basis and bool({a_basis, b_basis} & COMPILED)
    return a == b or (b / a <= 1.2 and (compilers or (b_basis in CIF and a_basis not in CIF)))


def expected(figures: list[tuple], near: float = 0.1) -> str:
    """Figures inside the claim's rounding, else those within a tenth, against those farther off."""
    inside = [f for f in figures if abs(f[0] - CLAIM) <= HALF]
    good = inside or [f for f in figures if abs(f[0] - CLAIM) <= near * f[0]]
    against = [f for f in figures if f not in good and not any(explained(f, g) for g in good)]
    if not good:
        return farther(figures)
    if against:
        weight = min(STANDING[f[2]] for f in good) - min(STANDING[f[2]] for f in against)
        if weight == 0:
            return "unresolved conflict"
        if weight > 0:
            return expected(against) if inside else farther(against)
    if not inside:
        return "imprecise"
    best = min(inside, key=lambda f: abs(f[0] - CLAIM))
    return "confirmed" if best[0] == CLAIM else "confirmed within rounding"


def farther(figures: list[tuple]) -> str:
    """The nearest of the claim's own kind, where there is one; a compiler's alone may lie up to a fifth away."""
    value, basis, _ = min([f for f in figures if f[1] not in COMPILED] or figures, key=lambda f: abs(f[0] - CLAIM))
    apart = max(value, CLAIM) / min(value, CLAIM)
    return "imprecise" if abs(value - CLAIM) <= 0.1 * value or (basis in COMPILED and apart <= 1.2) else "contradicted"


def drawn(rng: random.Random) -> list[tuple]:
    """Two to four figures: at the claim, inside its rounding, within a tenth, or farther off; never at an edge."""
    ratios = (1.0, rng.uniform(0.994, 1.006), rng.uniform(1.01, 1.09), rng.uniform(0.92, 0.99), rng.uniform(1.12, 1.5))
    values = [round(CLAIM * rng.choice(ratios), 1) for _ in range(rng.randint(2, 4))]
    return [(value, rng.choice(BASES), rng.choice(list(STANDING))) for value in values]


@pytest.mark.property
def test_a_claim_is_judged_by_the_figures_of_its_own_kind(small):
    rng = random.Random(13)
    drawings = {str(year): drawn(rng) for year in YEARS}
    figures = [
        {"period": year, "value": str(value), "basis": basis, "source_id": source}
        for year, held in drawings.items()
        for value, basis, source in held
    ]
    claims = [small.quantity("7200", date=year) for year in drawings]
    table = small.ledger(sources=SOURCES, figures=figures, claims=claims).verdicts()
    found = dict(zip(drawings, table["verdict"], strict=True))
    assert found == {year: expected(held) for year, held in drawings.items()}
    assert set(found.values()) == {
        "confirmed", "confirmed within rounding", "imprecise", "contradicted", "unresolved conflict",
    }  # fmt: skip
    shown = table.filter(table["verdict"] == "imprecise")["reason"].to_list()
    assert any("Other figures differ by valuation" in reason for reason in shown)
    assert any("Sources of less standing differ" in reason for reason in shown)


@pytest.mark.property
@pytest.mark.parametrize("basis", ["cif", "importer-side", "baci"])
def test_a_step_out_of_the_rounding_does_not_turn_a_verdict_into_a_conflict(small, basis):
    """What is explained beside a claim that holds is explained beside one that is a little off."""
    figures = [{"value": "1000", "basis": "fob"}, {"value": "1150", "basis": basis}]
    claims = [small.quantity(str(n), options="digits=4") for n in range(870, 1001, 10)]
    table = small.ledger(figures=figures, claims=claims).verdicts()
    assert table["verdict"].to_list() == [
        *["contradicted"] * 3, *["imprecise"] * 10, "confirmed",
    ]  # fmt: skip


def test_a_valuation_that_the_claim_names_is_the_only_one(small):
    """Without the name, 1,110 CIF is near to 1,080; with it, only the figures FOB count."""
    figures = [{"value": "950", "basis": "fob"}, {"value": "1110", "basis": "cif"}]
    assert small.verdict(small.quantity("1080"), figures=figures).verdict == "imprecise"
    found = small.verdict(small.quantity("1080", options="basis=fob"), figures=figures)
    assert (found.verdict, found.evidence_source_ids) == ("contradicted", ("office",))


@pytest.mark.parametrize(
    ("figures", "options", "verdict"),
    [
        ([("194", "baci")], "", "imprecise"),  # 172 million by the seller's own statistics office, 194 by BACI
        ([("194", "mirror")], "", "imprecise"),
        ([("210", "baci")], "", "contradicted"),  # more than a fifth
        ([("194", "fob")], "", "contradicted"),
        ([("194", "fob"), ("194", "baci")], "", "contradicted"),  # a side's own report is the claim's own kind
        ([("171.6", "fob"), ("194", "baci")], "", "confirmed within rounding"),
        ([("194", "baci")], "basis=baci", "contradicted"),
    ],
)
def test_a_compilers_flow_alone_does_not_contradict_what_a_side_may_report(small, figures, options, verdict):
    rows = [{"value": value, "basis": basis} for value, basis in figures]
    found = small.verdict(small.quantity("172", options=options), figures=rows)
    assert found.verdict == verdict
    assert ("compiler's figure" in found.reason) == (verdict == "imprecise")


def test_a_compilers_share_or_stock_is_no_flow(small):
    row = {"value": "19.4", "basis": "baci", "unit": "pct", "kind": "rate"}
    assert small.verdict(small.quantity("17.2", unit="pct"), figures=[row]).verdict == "contradicted"


@pytest.mark.parametrize(
    ("claim", "options", "found", "verdict"),
    [
        ("10000", "", "5100", "contradicted"),  # whole leading digits are no rounding, whoever compiled the figure
        ("1000", "", "510", "contradicted"),
        ("1000", "op=about", "0", "contradicted"),
        ("0", "", "100", "contradicted"),
        ("120", "digits=3", "100", "imprecise"),  # the edge, from above and from below
        ("121", "digits=3", "100", "contradicted"),
        ("100", "digits=3", "120", "imprecise"),
        ("100", "digits=3", "121", "contradicted"),
        ("115", "op=more than", "100", "imprecise"),
        ("121", "op=more than", "100", "contradicted"),
        ("1.2", "digits=2", "1", "imprecise"),
    ],
)
def test_a_fifth_is_the_edge_of_what_a_compiler_may_differ_by(small, claim, options, found, verdict):
    """Own reports beside compilers' flows in the built-in study: 35 of 48 within a tenth, 43 within a fifth, 44 within a half."""
    row = {"value": found, "basis": "baci"}
    assert small.verdict(small.quantity(claim, options=options), figures=[row]).verdict == verdict


def test_a_compiler_that_the_article_names_is_held_to_its_own_figure(small):
    """Whether BACI says so is asked of BACI: no other report may differ from it."""
    row = {"value": "100", "basis": "baci"}
    claim = small.quantity("115", options="digits=3", attributed_to="the Statistics Office")
    found = small.verdict(claim, figures=[row])
    assert found.verdict == "contradicted"


def of(value: float, basis: str = "fob", unit: str = "usd_mn") -> Figure:
    """A figure of 2021 as the rules see it."""
    row = {"figure_id": "T1", "series": "trade.total", "period": "2021", "value": value, "unit": unit, "basis": basis,
           "kind": "flow", "status": "reported", "source_id": "office"}  # fmt: skip
    return Figure.from_row(dict.fromkeys(("low", "high", "preferred", "derivation", "note")) | row)


@pytest.mark.parametrize(
    ("target", "taken", "odd", "differs"),
    [
        ("trade.total", 300.0, of(305.0), True),  # two hundredths, where both are FOB
        ("trade.total", 300.0, of(295.0), True),
        ("trade.total", 300.0, of(310.0), False),
        ("trade.total", 300.0, of(290.0), False),
        ("trade.total@x", 300.0, of(355.0, "fob+cif"), True),  # a fifth, where one is not
        ("trade.total@x", 300.0, of(255.0, "baci"), True),
        ("trade.total@x", 300.0, of(365.0, "fob+cif"), False),
        ("trade.total@x", 300.0, of(245.0, "baci"), False),
        ("trade.total@x", 300.0, of(600.0, "baci"), False),
        ("trade.total", 300.0, of(0.3, "fob", "usd_bn"), True),
        ("trade.balance", -100.0, of(-100.0), False),
    ],
)
def test_parts_taken_together_stand_for_a_figure_of_another_valuation(target, taken, odd, differs):
    claim = Claim.from_row(dict.fromkeys(TABLES["claims"].allowed) | {"unit": "usd_mn", "target": target, "claim": ""})
    parts = [of(100.0), of(200.0)]
    assert together(claim, parts) == taken
    assert other_valuation(odd, parts, claim) is differs


def test_the_ends_of_a_range_are_converted_as_its_middle_is(small):
    """1,000 to 2,000 million pesos at 4 pesos a dollar: 250 to 500 million dollars."""
    row = {"unit": "mxn_mn", "value": "1500", "low": "1000", "high": "2000", "status": "approximate"}
    for value, verdict in (
        ("260", "confirmed"),
        ("490", "confirmed"),
        ("150", "contradicted"),
        ("700", "contradicted"),
    ):
        found = small.verdict(small.quantity(value, options="rate=4"), figures=[row]).verdict
        assert found.removesuffix(" within rounding") == verdict, value


@pytest.mark.parametrize("place", ["", "@north"])
def test_a_total_that_only_the_two_flows_make_is_confirmed_by_their_sum(small, place):
    figures = [
        {"value": value, "series": f"trade.{flow}{place}", "basis": basis}
        for value, flow, basis in (("355", "total", "fob+cif"), ("101", "exports", "fob"), ("199", "imports", "fob"))
    ]
    found = small.verdict(small.quantity("300.2", target=f"trade.total{place}"), figures=figures)
    assert found.verdict == "contradicted"
    found = small.verdict(small.quantity("300", target=f"trade.total{place}"), figures=figures)
    assert (found.verdict, "101" in found.evidence) == ("confirmed within rounding", True)
