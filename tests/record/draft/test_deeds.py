"""Deeds of any kind over whole kinds of sentence: told as verbs, passives and nouns on days of every form, or not happened."""

from __future__ import annotations

from itertools import product

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.language.deeds.inflection import forms_of
from detente.record.draft.language.deeds.lexicon import lexicon
from detente.record.draft.suggest import KnownRecord

TODAY = "2021-05-14"  # a Friday
PAIR = ("KEN", "TZA")
DAYS = {
    "en": {
        "on 3 March 2019": "2019-03-03", "on March 3, 2019": "2019-03-03", "in March 2019": "2019-03", "in 2019": "2019",
        "on Monday": "2021-05-10", "yesterday": "2021-05-13", "last month": "2021-04", "on May 3": "2021-05-03",
    },
    "es": {
        "el 3 de marzo de 2019": "2019-03-03", "en marzo de 2019": "2019-03", "en 2019": "2019", "el lunes": "2021-05-10",
        "ayer": "2021-05-13", "el mes pasado": "2021-04", "el 3 de mayo": "2021-05-03",
    },
}  # fmt: skip
TOLD = {
    "en": [
        "The president of Kenya visited Tanzania", "Kenya's minister was received by his Tanzanian counterpart", "Kenya and Tanzania met",
        "Kenya accused Tanzania of spying", "Kenya handed over two fugitives to Tanzania", "Kenyan police arrested nine Tanzanians",
        "Tanzania has recognised the new government of Kenya", "Kenya was sued by Tanzania", "Tanzania deployed troops along the border",
        "Kenya's parliament ratified the protocol", "An office of Kenya was inaugurated in Tanzania", "Kenya declared independence",
        "Tanzania summoned the envoy of Kenya", "Talks between Kenya and Tanzania were held", "Kenya mediated a truce with Tanzania",
    ],
    "es": [
        "El presidente de Kenia visitó Tanzania", "Kenia y Tanzania se reunieron", "Kenia acusó a Tanzania de espionaje",
        "El ministro de Kenia fue recibido por su par de Tanzania", "Kenia entregó dos prófugos a Tanzania",
        "La policía de Kenia detuvo a nueve ciudadanos de Tanzania", "Tanzania ha reconocido al nuevo gobierno de Kenia",
        "Kenia desplegó tropas en la frontera con Tanzania", "El parlamento de Kenia ratificó el protocolo con Tanzania",
        "Kenia demandó a Tanzania ante la Corte", "Se inauguró una oficina de Kenia en Tanzania", "Kenia proclamó su independencia",
    ],
}  # fmt: skip
NOUNS = {
    "en": [
        "Relations with Kenya changed after the visit to Tanzania {day}.",
        "Kenya recalls the signing of the treaty with Tanzania {day}.",
    ],
    "es": ["Kenia recuerda la firma del tratado con Tanzania {day}."],
}
PLACES = {
    "en": [
        "{told} {day}.",
        "{Day}, {later}.",
        "{told} {day}, and trade rose by 4%.",
        "The paper says that {later} {day}.",
    ],
    "es": [
        "{told} {day}.",
        "{Day}, {later}.",
        "{told} {day}, y el comercio creció un 4%.",
        "El diario dice que {later} {day}.",
    ],
}
NOT_SO = {
    "en": [
        "Kenya did not visit Tanzania {day}.", "Kenya will meet Tanzania {day}.", "Kenya may sue Tanzania {day}.",
        "Kenya threatened to deploy troops against Tanzania {day}.", "Kenya plans to ratify the treaty with Tanzania {day}.",
        "Kenya would have met Tanzania {day}.", "The protocol was never ratified by Tanzania {day}.",
        "Kenya could expel the envoy of Tanzania {day}.", "The treaty with Tanzania was not signed {day}.",
        "Exports of Kenya to Tanzania rose 4% {day}.", "Trade between Kenya and Tanzania reached $3bn {day}.",
        "Kenya is a neighbour of Tanzania {day}.", "A total of 1,200 visitors from Tanzania arrived in Kenya {day}.",
        "Data on the trade of Kenya with Tanzania were released {day}.", "Kenya waited for Tanzania until 3 March 2019.",
    ],
    "es": [
        "Kenia no visitó Tanzania {day}.", "Kenia se reunirá con Tanzania {day}.", "Kenia podría demandar a Tanzania {day}.",
        "Kenia amenazó con expulsar al embajador de Tanzania {day}.", "Kenia planea ratificar el tratado con Tanzania {day}.",
        "El tratado con Tanzania nunca fue firmado {day}.", "Las exportaciones de Kenia a Tanzania crecieron un 4% {day}.",
        "Llegaron a Kenia 1.200 visitantes de Tanzania {day}.", "Al cierre del año 2018 vivían en Kenia 1.200 tanzanos.",
        "El comercio entre Kenia y Tanzania sumó 3.000 millones de dólares {day}.",
    ],
}  # fmt: skip


def days(text: str, language: str, published: str = TODAY, pair: tuple[str, ...] = PAIR) -> list[str]:
    rows = draft_claims(Article("", text, published, language), "N1", known=KnownRecord(pair)).events
    return [row.cells["date"] for row in rows]


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_was_done_on_a_day_is_proposed_with_it(language):
    missed = []
    cases = list(product(TOLD[language], DAYS[language].items(), PLACES[language]))
    for told, (day, date), place in cases:
        later = (
            told
            if told.split()[0].rstrip("'s") in ("Kenya", "Kenia", "Tanzania", "Kenyan")
            else told[0].lower() + told[1:]
        )
        text = place.format(told=told, later=later, day=day, Day=day[0].upper() + day[1:])
        if date not in days(text, language):
            missed.append(text)
    assert len(missed) <= len(cases) / 50, missed


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_noun_tells_of_a_deed_too(language):
    for text, (day, date) in product(NOUNS[language], DAYS[language].items()):
        assert date in days(text.format(day=day), language), text.format(day=day)


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_has_not_happened_is_no_deed(language):
    wrong = [
        text.format(day=day)
        for text, day in product(NOT_SO[language], DAYS[language])
        if days(text.format(day=day), language)
    ]
    assert not wrong, wrong


def test_rows_of_the_wider_net_are_low_and_say_what_is_open():
    article = Article(
        "", "Kenya mediated between Tanzania and its rebels on 3 March 2019. Kenya sued Tanzania in 2020.", TODAY, "en"
    )
    open_kind, kind = draft_claims(article, "N1", known=KnownRecord(PAIR)).events
    assert (open_kind.confidence, kind.confidence) == ("low", "low")
    assert (kind.cells["kind"], kind.cells["direction"]) == ("diplomatic incident", "+")
    assert {"hint.wide"} <= {getattr(hint, "key", "") for hint in kind.hints}


def test_plain_acts_stay_as_sure_as_before():
    article = Article("", "Kenya closed its border with Tanzania on 3 March 2019.", TODAY, "en")
    (row,) = draft_claims(article, "N1", known=KnownRecord(PAIR)).events
    assert (row.cells["kind"], row.confidence) == ("border closure", "medium")


@pytest.mark.parametrize(
    ("text", "language", "published", "expected"),
    [
        ("18 de marzo\n\nKenia escribe a Tanzania.\n\n19 de marzo\n\nTanzania llama a su embajador en Kenia.", "es", "2021-05-14",
         ["2021-03-18", "2021-03-19"]),
        ("On May 24, 2017, Kenya met Tanzania. On June 5, Kenya cut all links with Tanzania.", "en", "2021-01-05",
         ["2017-05-24", "2017-06-05"]),
        ("Kenya sued Tanzania in May 2006. A month later, Tanzania sued Kenya.", "en", "", ["2006-05", "2006-06"]),
        ("Kenya sued Tanzania on 3 May 2006. Two days later Tanzania recalled its envoy.", "en", "", ["2006-05-03", "2006-05-05"]),
        ("Kenia demandó a Tanzania el 3 de mayo de 2006. Ese mismo día Tanzania retiró a su embajador.", "es", "",
         ["2006-05-03", "2006-05-03"]),
        ("Kenya sued Tanzania on 3 May 2006. It was not until Monday that Kenya met Tanzania.", "en", "2006-05-11",
         ["2006-05-03", "2006-05-08"]),
        ("5 de abril de 2019: Fuerzas de Kenia irrumpen en Tanzania.", "es", "2019-05-01", ["2019-04-05"]),
        ("Kenya's president ordered the pipeline from Tanzania shut, the agency reported late Saturday.", "en", "2013-06-09",
         ["2013-06-08"]),
    ],
)  # fmt: skip
def test_days_that_stand_before_or_above(text, language, published, expected):
    assert days(text, language, published) == expected


def test_the_pair_is_told_by_its_capitals_and_others_are_left():
    text = "Nairobi recalled its envoy on 3 March 2019. Lima met Quito on 4 March 2019. The two states signed a pact in Berlin in 2020."
    assert days(text, "en") == ["2019-03-03", "2020"]


def test_one_day_or_another_is_none():
    assert days("Kenya met Tanzania on 3 May 2019 or 5 May 2019.", "en") == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_verb_has_its_forms(language):
    words = lexicon(language)
    for name in ("meeting", "pact", "closing"):
        assert name in words.classes.values()
    assert forms_of("visit", "en").past == ("visited",)
    assert forms_of("cerrar", "es").present == ("cierra", "cierran") or "cierra" in forms_of("cerrar", "es").present


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Kenya closed the border with Tanzania four years ago, in May 2017.", "en", ["2017-05"]),
        ("Kenya closed the border with Tanzania in 2017 (on 3 May 2017).", "en", ["2017-05-03"]),
        ("Kenia cerró la frontera con Tanzania hace cuatro años, en mayo de 2017.", "es", ["2017-05"]),
        ("Kenya closed the border with Tanzania in 2016, and in May 2017 it recalled its ambassador.", "en",
         ["2016", "2017-05"]),
    ],
)  # fmt: skip
def test_a_date_told_twice_at_once_is_one(text, language, expected):
    assert days(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "2018\n\n5 de abril: Kenia escribe a Tanzania. Tanzania expulsa al embajador de Kenia.\n\nUn día largo.",
            "es",
        ),
        (
            "5 April 2018: Kenya writes to Tanzania. Tanzania expels the ambassador of Kenya.\n\nKenya sued Tanzania.",
            "en",
        ),
    ],
)
def test_a_date_that_opens_a_paragraph_holds_for_the_whole_of_it(text, language):
    rows = draft_claims(Article("", text, TODAY, language), "N1", known=KnownRecord(PAIR)).events
    assert [(row.cells["date"], row.cells["kind"]) for row in rows] == [("2018-04-05", "diplomatic break")]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Kenya sued Tanzania in 2015. Tanzania met Kenya in May that year, and on 3 June of the same year Kenya sued Tanzania.", "en"),
        ("Kenia demandó a Tanzania en 2015. Tanzania se reunió con Kenia en mayo de ese año, y el 3 de junio del mismo año Kenia "
         "demandó a Tanzania.", "es"),
    ],
)  # fmt: skip
def test_a_month_of_that_year_is_one_of_the_year_told_of_last(text, language):
    assert days(text, language) == ["2015", "2015-05", "2015-06-03"]


def test_a_day_soon_after_the_article_is_no_day_of_the_year_told_of():
    text = "Kenya banned flights from Tanzania in June 2019. The two sides met after the ban was set to end on May 20."
    assert days(text, "en") == ["2019-06"]
