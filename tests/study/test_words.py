"""Words for states, places and series belong to a study; the engine spells any other from its name."""

from __future__ import annotations

import csv
import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from detente.answer.relation import relation_today
from detente.answer.speaker import Speaker
from detente.blocs import blocs
from detente.errors import RecordError, StudyError
from detente.language import Catalogue, Word, said, spelt
from detente.language.spelling import phrase
from detente.study.scaffold import new_study
from detente.study.study import builtin_studies, checked_ledger, open_study
from detente.study.words import catalogue, read_words, states_in_words

COLUMNS = ["event_id", "date", "title", "kind", "direction", "actors", "sets", "source_ids", "title_es"]


def study_of(folder: Path, origin: str, destination: str, *events: tuple[str, str, str, str]) -> Path:
    """A new study with events of (date, actors, title, sets)."""
    made = new_study(origin, destination, folder=folder / f"{origin}-{destination}")
    with (made / "record" / "events.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for k, (day, actors, title, sets) in enumerate(events):
            kind = "observed state" if title.startswith("Met: ") else "agreement"
            writer.writerow([f"E{k}", day, title, kind, "0", actors, sets, "cepii-baci", ""])
    return made


def today(folder: Path, language: str) -> str:
    study = open_study(folder)
    (sentence,) = relation_today(study.ledger().events, Speaker(catalogue(study.spec, language), study.spec))
    return sentence


def test_a_bloc_that_one_of_another_pair_leaves(tmp_path):
    event = ("1976-10-30", "", "Chile leaves the Andean Group", "bloc.andean_community=out")
    made = study_of(tmp_path, "CHL", "PER", event)
    assert open_study(made).check() == []
    assert today(made, "en") == (
        "At the record's end, 30 Oct 1976: outside the Andean Community "
        "(since 30 Oct 1976, “Chile leaves the Andean Group”)."
    )
    named = study_of(tmp_path / "b", "CHL", "PER", ("1976-10-30", "CHL", *event[2:]))
    assert "Chile: outside the Andean Community (since 30 Oct 1976)" in today(named, "en")
    assert "Chile: fuera de la Comunidad Andina (desde el 30 oct. 1976)" in today(named, "es")
    placed = study_of(tmp_path / "c", "CHL", "PER", ("1976-10-30", "", event[2], "bloc.andean_community@chl=out"))
    assert "Chile: outside the Andean Community (since 30 Oct 1976)" in today(placed, "en")
    for folder in (made, named, placed):
        assert "Venezuela" not in today(folder, "en") + today(folder, "es")


def test_a_state_is_dated_no_more_precisely_than_its_event(tmp_path):
    made = study_of(
        tmp_path, "KEN", "TZA",
        ("2019-03", "", "Met: lorries cross", "border.goods@namanga=open"),
        ("2020", "", "An ambassador returns", "relations=ambassador"),
    )  # fmt: skip
    assert today(made, "en") == (
        "At the record's end, 1 Jan 2020: relations at ambassador level (since 2020) and border open to goods "
        "(Namanga since Mar 2019 at least)."
    )
    assert "(Namanga desde mar. 2019 al menos)" in today(made, "es")


def test_the_study_s_own_words_for_one_economy_s_state_need_no_name_beside_them(tmp_path):
    made = study_of(
        tmp_path, "KEN", "TZA",
        ("2020-05-16", "", "Both close their sky", "airspace@ken=closed;airspace@tza=closed"),
        ("2020-06-01", "", "One opens it", "airspace@tza=open"),
    )  # fmt: skip
    assert "airspace closed to the other's aircraft (Kenya since 16 May 2020)" not in today(made, "en")
    assert "Kenya: airspace closed to the other's aircraft (since 16 May 2020)" in today(made, "en")
    (made / "words.toml").write_text(
        '[en.phrases]\n"airspace=closed" = "Kenyan sky closed"\n[es.phrases]\n"airspace=closed" = "cielo cerrado"\n',
        encoding="utf-8",
    )
    assert "Kenyan sky closed (since 16 May 2020)" in today(made, "en")


def test_payments_migration_and_sanctions_of_another_pair(tmp_path):
    made = study_of(
        tmp_path, "COL", "ECU",
        ("2009-07-01", "ECU", "Ecuador limits payments", "payments=exchange_control"),
        ("2010-01-01", "COL;ECU", "A permit begins", "migration.permit=in_force;sanctions.trade=in_force"),
    )  # fmt: skip
    assert open_study(made).check() == []
    assert today(made, "en") == (
        "At the record's end, 1 Jan 2010: Ecuador: payments under exchange control (since 1 Jul 2009), trade sanctions "
        "in force (since 1 Jan 2010) and permit for migrants in force (since 1 Jan 2010, “A permit begins”)."
    )
    assert today(made, "es") == (
        "Al cierre del registro, 1 ene. 2010: Ecuador: pagos bajo control de cambios (desde el 1 jul. 2009), sanciones "
        "comerciales en vigor (desde el 1 ene. 2010) y permiso para migrantes en vigor (desde el 1 ene. 2010, "
        "«A permit begins»)."
    )


@pytest.mark.parametrize("actor", ["IRN", "Iran", "Irán", "Iran (Islamic Republic of)", " Iran ; United States"])
def test_whose_state_it_is_is_read_from_an_actor_by_any_of_its_names(tmp_path, actor):
    made = study_of(tmp_path, "IRN", "TUR", ("2012-02-01", actor, "A decree", "payments=exchange_control"))
    assert "Iran: payments under exchange control (since 1 Feb 2012)" in today(made, "en")
    assert "Irán: pagos bajo control de cambios (desde el 1 feb. 2012)" in today(made, "es")


def test_every_state_a_record_sets_is_said_in_both_languages(tmp_path):
    sets = (
        "relations=charge;border.goods@val_de_aran=limited;border.people@gotthard=closed;gas.flow=deu_to_ita;"
        "bloc.european_union=member;agreement.aviation=signed;sanctions.eu.finance=company_licence;"
        "talks.knu=suspended;president.ita=meloni;recognition.government=none;security.cooperation=in_force;"
        "recognition.result_2030=not_recognised;flow.electricity=interrupted;payments=free"
    )
    made = study_of(tmp_path, "DEU", "ITA", ("2030-05-01", "DEU", "All at once", sets))
    assert open_study(made).check() == []
    study = open_study(made)
    english = states_in_words(study.ledger().events, study.spec, date(2030, 6, 1), catalogue(study.spec, "en"))
    assert [text.partition(" (since")[0].partition(" (Val")[0].partition(" (Gott")[0] for text in english] == [
        "relations at the level of chargé d'affaires", "border partly open to goods", "border closed to people",
        "gas flowing from Germany to Italy", "flow of electricity: interrupted",
        "Germany: payments free of exchange control", "Germany: member of the European Union",
        "air services agreement: signed", "sanctions (finance) by the EU: company licence",
        "security cooperation along the border", "government recognised: none",
        "recognition (result 2030): not recognised", "talks with KNU: suspended", "president of Italy: Meloni",
    ]  # fmt: skip
    spanish = states_in_words(study.ledger().events, study.spec, date(2030, 6, 1), catalogue(study.spec, "es"))
    assert "gas de Alemania a Italia (desde el 1 may. 2030)" in spanish
    assert "presidencia de Italia: Meloni (desde el 1 may. 2030)" in spanish
    assert not [text for text in english + spanish if "_" in text or "=" in text or "[en]" in text]


def test_a_list_in_study_toml_says_which_states_stand_first(tmp_path):
    made = study_of(
        tmp_path, "DEU", "ITA", ("2030-05-01", "", "A day", "relations=broken;border.goods=closed;payments=free")
    )
    toml = made / "study.toml"
    toml.write_text(toml.read_text() + '\n[answer]\nstates = ["border.goods", "relations"]\n')
    assert today(made, "en") == (
        "At the record's end, 1 May 2030: border closed to goods (since 1 May 2030) and relations broken "
        "(since 1 May 2030)."
    )
    toml.write_text(toml.read_text().replace('"relations"]', '"relation"]'))
    assert [str(p) for p in open_study(made).check()] == [
        "study.toml, key 'answer.states': 'relation' is not a state. Did you mean 'relations'?"
    ]


def test_a_study_may_bring_its_own_words(tmp_path):
    made = study_of(tmp_path, "DEU", "ITA", ("2030-05-01", "ITA", "A day", "bloc.hansa=out;border.goods@kehl=open"))
    (made / "words.toml").write_text(
        '[en.states]\n"bloc.hansa" = "the Hanseatic League"\n[en.places]\nkehl = "Kehl bridge"\n'
        '[es.states]\n"bloc.hansa" = "la Liga Hanseática"\n[es.places]\nkehl = "el puente de Kehl"\n'
    )
    assert open_study(made).check() == []
    assert "Italy: outside the Hanseatic League" in today(made, "en")
    assert "border open to goods (Kehl bridge since" in today(made, "en")
    assert "Italia: fuera de la Liga Hanseática" in today(made, "es")


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ('[en.places]\nkehl = "Kehl"\n[es.places]\n', "es.places.kehl", "It is missing; [en.places] has it"),
        ('[en.places]\nkhel = "Kehl"\n', "en.places.khel", "no place 'khel'. Did you mean 'kehl'?"),
        (
            '[en.states]\n"border.gods" = "x"\n',
            "en.states.border.gods",
            "no state 'border.gods'. Did you mean 'border.goods'",
        ),
        ('[en.phrases]\n"border.goods=ajar" = "x"\n', "en.phrases.border.goods=ajar", "no state with that value"),
        ('[en.series]\n"trade.all" = "x"\n', "en.series.trade.all", "no series 'trade.all'"),
        ('[en.value]\nopen = "x"\n', "en.value", "not a table of words. Did you mean 'values'?"),
        ('[eng.values]\nopen = "x"\n', "eng", "not a language. Did you mean 'en'?"),
        ("[en.places]\nkehl = 3\n", "en.places.kehl", "not a text in quotes"),
        ('[en.places]\nkehl = " "\n', "en.places.kehl", "It is empty"),
        ('[en]\nplaces = "x"\n', "en.places", "'places' is not a table."),
        ('places = "x"\n', "places", "not a language"),
        ("[en.places\n", None, "cannot be read"),
    ],
)
def test_a_missing_or_unknown_key_is_a_named_problem(tmp_path, text, place, says):
    made = study_of(tmp_path, "DEU", "ITA", ("2030-05-01", "", "A day", "border.goods@kehl=open"))
    (made / "words.toml").write_text(text)
    problems = open_study(made).check()
    assert [(p.file, p.column) for p in problems if says in p.what] == [("words.toml", place)]
    with pytest.raises(RecordError, match=r"words\.toml"):
        checked_ledger(open_study(made))


@pytest.mark.parametrize("words", ["open {now}", "open {0} {", "}"])
def test_braces_in_words_are_said_as_they_stand(tmp_path, words):
    made = study_of(tmp_path, "DEU", "ITA", ("2030-05-01", "", "A day", "border.goods@kehl=open"))
    told = "".join(f'[{language}.phrases]\n"border.goods=open" = "{words}"\n' for language in ("en", "es"))
    (made / "words.toml").write_text(told)
    assert open_study(made).check() == []
    assert words in today(made, "en")
    assert words in today(made, "es")


def test_words_do_not_stand_in_study_toml(tmp_path):
    made = study_of(tmp_path, "DEU", "ITA", ("2030-05-01", "", "A day", "border.goods=open"))
    (made / "study.toml").write_text((made / "study.toml").read_text() + '\n[words.en.places]\nkehl = "Kehl"\n')
    with pytest.raises(StudyError, match=r"words\.toml"):
        open_study(made)


@pytest.mark.parametrize("line", ['maicao = "Maicao"', '"talks.eln" = "talks with the ELN"', 'petro = "Petro"'])
def test_a_line_lost_from_the_built_in_words_is_named(tmp_path, line):
    made = tmp_path / "study"
    shutil.copytree(builtin_studies()["colombia-venezuela"], made)
    file = made / "words.toml"
    assert open_study(made).check() == []
    file.write_text(file.read_text(encoding="utf-8").replace(f"{line}\n", "", 1), encoding="utf-8")
    (problem,) = open_study(made).check()
    assert problem.file == "words.toml"
    assert problem.what.startswith("It is missing")


def test_codes_that_nobody_listed_read_as_words():
    words = Catalogue("en")
    assert spelt(words, "series_name", "migration.refugees_in_camps") == "migration: refugees in camps"
    assert spelt(words, "state_value", "east_to_west") == "from East to West"
    assert Word("border.goods", group="state_name") == "border, goods"
    assert said(Word("border.goods", group="state_name"), Catalogue("es")) == "frontera para mercancías"


def test_a_code_that_is_an_ordinary_word_is_an_economy_only_beside_another():
    words = Catalogue("en", {"economy.per": "Peru", "economy.chl": "Chile"})
    assert spelt(words, "series_name", "rail.tonnes_per_day") == "rail: tonnes per day"
    assert spelt(words, "series_name", "rail.per_to_chl") == "rail: Peru to Chile"


def test_a_words_file_that_is_no_file_is_a_named_problem(tmp_path):
    made = study_of(tmp_path, "DEU", "ITA", ("2030-05-01", "", "A day", "border.goods=open"))
    (made / "words.toml").mkdir()
    (problem,) = open_study(made).check()
    assert (problem.file, problem.column) == ("words.toml", None)
    assert "cannot be read" in problem.what


@pytest.mark.parametrize(
    ("fault", "said"),
    [("circle", "leads out"), ("away", "leads out"), ("pipe", "no regular file"), ("scalar", "'en' is not a table")],
)
def test_a_words_file_that_is_none_is_a_problem(tmp_path, fault, said):
    path = tmp_path / "study" / "words.toml"
    path.parent.mkdir()
    (tmp_path / "elsewhere.toml").write_text('[en.states]\n"a" = "b"\n')
    match fault:
        case "circle":
            path.symlink_to(path)
        case "away":
            path.symlink_to(tmp_path / "elsewhere.toml")
        case "pipe":
            os.mkfifo(path)
        case "scalar":
            path.write_text("en = 3\n")
    words, problems = read_words(path.parent)
    assert words == {}
    assert [said in problem.what for problem in problems] == [True]


@pytest.mark.parametrize(
    ("code", "language", "said"),
    [
        ("bloc.andean_community", "en", "outside the Andean Community"),
        ("bloc.andean_community", "es", "fuera de la Comunidad Andina"),
        ("bloc.gulf_cooperation_council", "es", "fuera del Consejo de Cooperación del Golfo"),
        ("bloc.efta", "es", "fuera de la AELC"),
        ("bloc.nato", "en", "outside NATO"),
        ("bloc.arab_league", "es", "fuera de la Liga de los Estados Árabes"),
        ("bloc.opec", "es", "fuera de la OPEP"),
        ("bloc.league_of_lakes", "en", "outside the League of Lakes"),
    ],
)
def test_a_known_bloc_goes_by_its_name_in_the_reader_s_language(code, language, said):
    assert phrase(Catalogue(language), code, "out") == said


@pytest.mark.parametrize(
    ("code", "english", "spanish"),
    [
        ("sanctions.us.oil", "oil sanctions by the United States", "sanciones petroleras impuestas por Estados Unidos"),
        ("sanctions.eu.arms", "arms sanctions by the EU", "sanciones sobre armas impuestas por la UE"),
        ("sanctions.un", "sanctions by the United Nations", "sanciones impuestas por las Naciones Unidas"),
        ("sanctions.financial", "financial sanctions", "sanciones financieras"),
        (
            "sanctions.uk.gold",
            "sanctions (gold) by the United Kingdom",
            "sanciones (gold) impuestas por el Reino Unido",
        ),
        ("agreement.border", "border agreement", "acuerdo fronterizo"),
        ("agreement.gas_contract", "agreement (gas contract)", "acuerdo (gas contract)"),
        ("flow.electricity", "flow of electricity", "flujo de electricidad"),
        ("government.ita", "head of government of Italy", "jefatura de gobierno de Italia"),
    ],
)
def test_sanctions_say_who_imposed_them_and_on_what_in_both_languages(code, english, spanish):
    assert [spelt(Catalogue(language), "state_name", code) for language in ("en", "es")] == [english, spanish]


def test_sanctions_that_ended_agree_with_their_noun():
    assert phrase(Catalogue("es"), "sanctions.financial", "none") == "sanciones financieras: no en vigor"
    assert phrase(Catalogue("en"), "sanctions.un", "none") == "sanctions by the United Nations: not in force"


def test_every_bloc_that_ships_has_its_own_name_in_spanish():
    """No name is left in English unless Spanish writes it so."""
    alike = {"MERCOSUR", "ASEAN", "BRICS", "G7", "ASIA"}
    same = {code for code, bloc in blocs().items() if bloc.names["en"][0] == bloc.names["es"][0]}
    assert same == alike
    for code in blocs():
        assert phrase(Catalogue("es"), f"bloc.{code.lower()}", "out").startswith(("fuera de", "fuera del "))
