"""Studies of other pairs than the built-in one: one direction only, tiny trade, trade that stops, names with articles."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from detente.answer import Speaker
from detente.answer.changes import Direction, EpisodeChange
from detente.answer.why import standing, unseen
from detente.cli.check_ import command
from detente.economies import in_text, table
from detente.errors import DataError, StudyError
from detente.language import Catalogue
from detente.panel import Panel, read_panel
from detente.report import render_report
from detente.report.figures.why.attributions import attribution_chart
from detente.report.figures.why.parts import parts_chart
from detente.report.figures.why.residuals import residual_chart
from detente.report.story import Story
from detente.run import Run
from detente.run.what_if.scenarios import NO_RESIDUAL
from detente.run.what_if.shocks import effects
from detente.study import new_study, open_study
from detente.study.panel_fit import misfits
from small_world import small_world

YEARS = range(2000, 2012)
PAIR = ("BLZ", "FJI")
OTHERS = ("ATG", "BRB", "DMA", "GRD", "KNA", "LCA", "VCT", "TTO", "GUY", "SUR", "HTI", "JAM", "VUT", "TON", "WSM")
NONSENSE = re.compile(
    r"(?<![a-zA-Z])(inf|nan|None(?! of)|NaN|Infinity)(?![a-zA-Z])|about 100%|\{\w+\}|s's\b|\b[Dd]e el |\ba el "
)


def write_panel(
    path: Path, silent_until: dict[tuple[str, str], int], gone_from: dict[tuple[str, str], int] | None = None
) -> Path:
    """Made-up flows of 17 economies, tiny for the pair, a quarter of the others zero now and then."""
    rng = np.random.default_rng(3)
    codes, rows = (*PAIR, *OTHERS), []
    for a in codes:
        for b in codes:
            size = 0.05 if {a, b} == set(PAIR) else float(rng.lognormal(-2.5, 1.5))
            for year in YEARS if a != b else ():
                gone = (gone_from or {}).get((a, b), 9999)
                absent = year < silent_until.get((a, b), 0) or year >= gone or (a != "BLZ" and rng.random() < 0.04)
                rows.append((a, b, year, 0.0 if absent else round(size * float(rng.lognormal(0, 0.3)), 5)))
    schema = ["exporter", "importer", "year", "value_usd_mn"]
    pl.DataFrame(rows, schema=schema, orient="row").write_csv(path)
    return path


def with_years(folder: Path, windows: list[list[int]], first: int, last: int) -> Path:
    """The study with windows and an episode of the test's own, as a person would edit them."""
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = re.sub(r"base_windows = .*", f"base_windows = {windows}", text)
    episode = f'[[episodes]]\nid = "whole"\nfrom = {first}\nto = {last}\n'
    text = re.sub(r"(\[\[episodes\]\]\nid = .*\nfrom = .*\nto = .*\n\n?)+", episode, text)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder


CLASSIC = ([[2000, 2004], [2000, 2008]], 2008, 2011)


@pytest.fixture(scope="module")
def one_way(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose pair has exports from Belize to Fiji only, until 2009."""
    home = tmp_path_factory.mktemp("pair")
    data = write_panel(home / "flows.csv", {("FJI", "BLZ"): 2009})
    return with_years(new_study(*PAIR, folder=home / "study", data=data), *CLASSIC)


@pytest.fixture(scope="module")
def run(one_way: Path) -> Run:
    return open_study(one_way).run()


def test_the_run_tells_one_direction_and_says_why_not_the_other(run: Run) -> None:
    effects_, residuals = run.attribution.to_frame(), run.residuals.to_frame()
    assert effects_.filter(origin="BLZ")["dyad_part"].null_count() == 0
    assert effects_.filter(origin="FJI")["dyad_part"].null_count() == 2
    assert set(residuals.filter(origin="FJI")["status"]) == {"no base trade"}
    refusal = "No exports from Fiji to Belize are recorded in the base years 2000–2004"
    assert any(refusal in note for note in run.notes)
    assert all(refusal[:60] in s for s in effects_.filter(origin="FJI")["sentence"])
    methods = run.methods.to_frame()
    assert methods.filter(origin="FJI").select("method", "log_points").rows() == [("all", None)]
    assert "No flow FJI -> BLZ" in methods.filter(origin="FJI")["note"][0]
    assert methods.filter(origin="BLZ", method="placebo")["log_points"].null_count() == 0
    assert run.breaks.to_frame().filter(origin="FJI")["what"].to_list() == ["not searched"]
    assert any(note.startswith("No breaks were searched from Fiji to Belize") for note in run.notes)
    assert run.parts.to_frame().filter(origin="FJI", part="the pair's own")["log_points"].null_count() == 2


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "Fiji to Belize: no exports are on record in the base years 2000–2004 and 2000–2008, so there is no normal level",
        ),
        ("es", "De Fiyi a Belice: no hay exportaciones registradas en los años base 2000–2004 y 2000–2008"),
    ],
)
def test_the_answer_says_it_in_both_languages(run: Run, language: str, said: str) -> None:
    assert said in " ".join(run.answers[language].why)
    short = re.sub(r"\s+", " ", run.summary(language=language))
    assert said in short
    assert not NONSENSE.search(short + run.summary(full=True, language=language))


def test_the_report_carries_it_through(run: Run) -> None:
    html = render_report(run, "en")
    text = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", html, flags=re.S)
    assert "no exports are on record in the base years 2000–2004 and 2000–2008" in text
    assert "no hay exportaciones registradas en los años base" in text
    assert "every method" in text
    assert "not searched" in text
    assert "()" not in text
    assert not NONSENSE.search(text)
    assert not re.search(r'(?: d| x| y|width|height|transform)="[^"]*(?:NaN|Infinity|undefined)', html)


def test_the_charts_show_the_direction_that_is_told_whichever_is_first(tmp_path: Path) -> None:
    data = write_panel(tmp_path / "f.csv", {("FJI", "BLZ"): 2009})
    run = open_study(with_years(new_study("FJI", "BLZ", folder=tmp_path / "s", data=data), *CLASSIC)).run()
    story = Story.of(run)
    for chart in (residual_chart, parts_chart, attribution_chart):
        drawn = chart(story, Catalogue("en"))
        assert drawn is not None
        assert "Belize → Fiji" in f"{drawn.title} {drawn.subtitle}"
        assert "Fiji → Belize" not in f"{drawn.title} {drawn.subtitle}"
    assert "Fiji to Belize: no exports are on record" in run.answer.why[0]


def test_the_line_breaks_where_a_zero_is_on_record(run: Run) -> None:
    """Exports from a made-up zero on: no line may be drawn through the years without a residual."""
    residuals = run.residuals.to_frame().filter(origin="BLZ", base_to=2004)
    hole = residuals.with_columns(
        log_ratio=pl.when(pl.col("year").is_in([2006, 2007])).then(None).otherwise("log_ratio")
    )
    chart = residual_chart(Story.of(run).with_tables(residuals=hole), Catalogue("en"))
    lines = [
        layer["data"]["values"]
        for panel in chart.spec["hconcat"]
        for layer in panel["layer"]
        if layer["mark"].get("type") == "line" and layer["data"]["values"]
    ]
    assert [(row["year"], row["pct"]) for row in lines[0] if row["pct"] is None] == [(2006, None), (2007, None)]
    assert len(lines[0]) == len(YEARS)


def test_a_quick_run_refuses_alike(one_way: Path) -> None:
    why = " ".join(open_study(one_way).run(quick=True).answer.why)
    assert "Belize to Fiji: no placebo test was run" in why
    assert "Fiji to Belize: no exports are on record in the base years" in why


def test_check_warns_and_a_panel_with_one_direction_fits(one_way: Path) -> None:
    study = open_study(one_way)
    found = [c for c in study.cautions() if c.column == "attribution.base_windows"]
    assert [c.what.split(" in the panel")[0] for c in found] == [
        "[2000, 2004] has no trade from Fiji to Belize", "[2000, 2008] has no trade from Fiji to Belize",
    ]  # fmt: skip
    assert misfits(study.panel(), study.spec) == ()
    done = CliRunner().invoke(command, [str(one_way)], standalone_mode=False)
    assert done.exit_code == 0
    assert "1 source, 0 events, 36 figures, 0 claims." in done.output


def test_neither_direction_is_a_misfit(one_way: Path, tmp_path: Path) -> None:
    data = write_panel(tmp_path / "f.csv", {("FJI", "BLZ"): 2009, ("BLZ", "FJI"): 2009})
    spec = open_study(one_way).spec
    assert misfits(read_panel(data), spec) == tuple(
        f"The panel records no trade from BLZ to FJI in the base years 2000-{last}, nor back." for last in (2004, 2008)
    )


def test_a_new_study_begins_where_trade_does(tmp_path: Path) -> None:
    data = write_panel(tmp_path / "f.csv", {("FJI", "BLZ"): 2006, ("BLZ", "FJI"): 2006})
    study = open_study(new_study(*PAIR, folder=tmp_path / "s", data=data))
    assert study.spec.attribution.base_windows[0][0] == 2006
    assert study.episodes[0].from_year >= 2008  # three years before a change, at the least
    assert study.episodes[-1].to_year == 2011
    study.run(quick=True)
    late = write_panel(tmp_path / "g.csv", {("FJI", "BLZ"): 2010, ("BLZ", "FJI"): 2010})
    with pytest.raises(DataError, match="no trade between BLZ and FJI before its last years"):
        new_study(*PAIR, folder=tmp_path / "t", data=late)
    never = write_panel(tmp_path / "h.csv", {("FJI", "BLZ"): 9999, ("BLZ", "FJI"): 9999})
    with pytest.raises(DataError, match=r"no trade between BLZ and FJI\. "):
        new_study(*PAIR, folder=tmp_path / "t", data=never)
    assert not (tmp_path / "t").exists()


def test_a_fresh_study_says_what_to_add_next(run: Run) -> None:
    assert "record/events.csv" in run.answer.happened[-1]
    assert "record/claims.csv" in run.answer.claims[0]
    assert "Belize's exports to Fiji fall from" in run.answer.what_if[0]  # the GDP that ships serves any panel
    assert "All figures are the panel's" in run.answer.happened[1] or len(run.answer.happened) == 2


def stopped() -> Panel:
    """The small panel to 2020 with zeros between Trinidad and Tobago and Panama from 2018 on."""
    panel = small_world().only(range(2000, 2021))
    flows = panel.flows.copy()
    a, b = panel.index("TTO"), panel.index("PAN")
    flows[18:, [a, b], [b, a]] = 0.0
    return replace(panel, flows=flows)


def test_trade_that_stopped_is_told_without_a_number(tmp_path: Path) -> None:
    made = with_years(new_study("TTO", "PAN", folder=tmp_path / "s", panel=stopped()), CLASSIC[0], 2008, 2020)
    study = open_study(made)
    assert study.spec.equilibrium.years == [2017]  # the newest year with GDP in which they traded
    run = study.run(data=stopped())
    text = " ".join((*run.answer.happened, *run.answer.why))
    assert "fell to zero in 2018; none is on record in 2020" in text
    assert "below what their other trade implies" in text
    assert "100%" not in text
    assert re.search(r"exports fell from US\$\d+ million to a recorded zero", text)
    assert not NONSENSE.search(run.summary(full=True) + run.summary())
    assert set(run.scenarios.to_frame()["status"]) == {"converged"}


def test_healing_moves_the_direction_whose_residual_is_known() -> None:
    study = open_study("colombia-venezuela")
    healed = study.scenarios[2]

    def residual(origin: str, *_: object) -> float | None:
        return -1.0 if origin == "COL" else None

    assert effects(healed, study.spec.dyad, 2014, residual) == {("COL", "VEN"): 1.0}
    with pytest.raises(StudyError, match="needs the residual of VEN->COL"):
        effects(study.scenarios[1], study.spec.dyad, 2014, residual)  # a stated target needs both


def test_scenarios_of_a_pair_with_one_direction(tmp_path: Path) -> None:
    """The small panel without Panama's exports to Chile up to 2008, and then without either residual."""
    panel = small_world()
    flows = panel.flows.copy()
    pan, chl = panel.index("PAN"), panel.index("CHL")
    flows[:9, pan, chl] = 0.0
    rows = [
        (a, b, year, float(flows[t, i, j]))
        for t, year in enumerate(panel.years)
        for i, a in enumerate(panel.economies)
        for j, b in enumerate(panel.economies)
        if np.isfinite(flows[t, i, j]) and i != j
    ]
    data = tmp_path / "flows.csv"
    pl.DataFrame(rows, schema=["exporter", "importer", "year", "value_usd_mn"], orient="row").write_csv(data)
    made = with_years(new_study("CHL", "PAN", folder=tmp_path / "s"), CLASSIC[0], 2008, 2021)
    run = open_study(made).run(data=data, quick=True)
    healed = run.scenarios.to_frame().filter(scenario="healed")
    assert healed.filter(economy="PAN")["effect"].null_count() == healed.height // 2
    assert healed.filter(economy="CHL")["effect"].null_count() == 0
    assert "exports from Panama to Chile are left as they are" in " ".join(run.answer.what_if)
    assert "exports from Panama to Chile are left as they are" in re.sub(r"\s+", " ", run.summary())
    assert "las exportaciones de Panamá a Chile quedan como están" in " ".join(run.answers["es"].what_if)


def test_a_scenario_with_nothing_to_heal_is_not_computed(tmp_path: Path) -> None:
    made = with_years(new_study("TTO", "PAN", folder=tmp_path / "s", panel=stopped()), CLASSIC[0], 2008, 2020)
    text = (made / "study.toml").read_text().replace("years = [2017]", "years = [2020]")
    (made / "study.toml").write_text(text)
    run = open_study(made).run(data=stopped(), quick=True)
    healed = run.scenarios.to_frame().filter(scenario="healed")
    assert set(healed["status"]) == {NO_RESIDUAL}
    assert healed["welfare_pct"].null_count() == healed.height
    assert "not computed; trade in that year or in the base years is not on record" in " ".join(run.answer.what_if)
    assert "did not solve" not in " ".join(run.answer.what_if)


ROW = {
    "origin": "GEO", "destination": "RUS", "from_year": 2008, "to_year": 2020, "base_from": 2000, "base_to": 2004,
    "placebo_share": 0.4, "smallest_share": 0.001, "n_placebos": 999, "dyad_part": -0.2, "unseen_loss_pct": 62.0,
    "n_as_bad": 399, "p_similar": 0.4, "status": "computed", "episode": "whole", "log_change": -1.0, "dyad_pct": 20.0,
    "supply_demand_part": -0.8, "flow_from_usd_mn": 9.0, "flow_to_usd_mn": 3.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "kind", "loss"),
    [
        ({}, "ordinary", "62%"),
        ({"placebo_share": 0.019}, "strong_loss", ""),
        ({"placebo_share": 0.03}, "some_loss", ""),
        ({"placebo_share": 0.984, "dyad_part": 2.2}, "strong_gain", ""),
        ({"placebo_share": 0.93, "dyad_part": 2.2}, "some_gain", ""),
        ({"placebo_share": 0.03, "dyad_part": 0.1}, "ordinary", "62%"),  # a gain that others bettered
        ({"smallest_share": 0.12, "placebo_share": 0.12}, "few", ""),
        ({"unseen_loss_pct": 100.0}, "ordinary", "any"),
        ({"unseen_loss_pct": 99.6}, "ordinary", "any"),
    ],
)
def test_a_part_is_judged_by_its_share_and_its_sign(changed: dict, kind: str, loss: str) -> None:
    say = Speaker(Catalogue("en"), open_study("colombia-venezuela").spec)
    change = EpisodeChange.of(ROW | changed, "The whole")
    assert change.compared is not None
    assert change.compared.place == kind
    assert unseen(change.compared, say) == loss
    words = {"ordinary": "within the range", "few": "too few"}
    words |= {
        f"{much}_{side}": f"{much} evidence of a {side}" for much in ("strong", "some") for side in ("loss", "gain")
    }
    assert words[kind] in standing(Direction("GEO", "RUS", (change,), (change.base,), (), ""), say)


@pytest.mark.parametrize(
    ("log_change", "english", "spanish"),
    [
        (-0.5, "−39%", "−39\u00a0%"), (-7.82, "−99.96%", "−99,96\u00a0%"), (1.0, "+172%", "+172\u00a0%"),
        (4.896, "×130", "×130"), (1.2, "×3.3", "×3,3"),
    ],
)  # fmt: skip
def test_large_changes_read_as_factors_and_near_losses_not_as_everything(
    log_change: float, english: str, spanish: str
) -> None:
    spec = open_study("colombia-venezuela").spec
    assert Speaker(Catalogue("en"), spec).change(log_change) == english
    assert Speaker(Catalogue("es"), spec).change(log_change).replace(" ", "\u00a0") == spanish


@pytest.mark.parametrize(
    ("code", "english", "spanish"),
    [
        ("ARE", "the United Arab Emirates", "los Emiratos Árabes Unidos"),
        ("GBR", "the United Kingdom", "el Reino Unido"),
        ("NLD", "the Netherlands", "los Países Bajos"),
        ("USA", "the United States", "Estados Unidos"),
        ("DOM", "the Dominican Republic", "la República Dominicana"),
        ("SLV", "El Salvador", "El Salvador"),
        ("VEN", "Venezuela", "Venezuela"),
        ("XYZ", "XYZ", "XYZ"),
    ],
)
def test_names_within_a_sentence(code: str, english: str, spanish: str) -> None:
    assert (in_text(code), in_text(code, "es")) == (english, spanish)


def test_every_name_in_the_plural_or_of_a_union_has_its_article() -> None:
    without = [
        row.code
        for row in table().values()
        if re.search(r"Islands|United |Republic|Netherlands|Territor", row.name)
        and " and the " not in row.name
        and row.article != "the"
    ]
    assert without == []


def test_words_meet_names_as_grammar_asks() -> None:
    es, en = Catalogue("es"), Catalogue("en")
    assert es("answer.standing", a="el Reino Unido", b="El Salvador", parts="x").startswith(
        "Del Reino Unido a El Salvador:"
    )
    assert es("pair.title", a="Colombia", b="India") == "Colombia e India"
    assert es("pair.title", a="Chile", b="Yemen") == "Chile y Yemen"
    assert en.money(0.064) == "US$64,000"
    assert es.money(0.064) == "US$64.000"
    assert en.money(0.0) == "US$0"
