"""Numbers in words, against num2words; and every number of the built-in study's answer, found in the spoken answer."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from detente.answer import answer_of
from detente.language import Catalogue
from detente.language.registry import blanks, language_of
from detente.language.speaking import SPEAKING, Said, read_aloud, tongue_of

WHOLE = st.integers(min_value=0, max_value=10**9)


@pytest.fixture(scope="module")
def run(flagship_quick):
    return flagship_quick


def peer(n: int, language: str) -> str:
    """num2words, less its commas; it forgets that *uno* is cut before *mil* and *millones*."""
    words = num2words(n, lang=language).replace(",", "")
    return re.sub(r"veintiuno (?=mil)", "veintiún ", re.sub(r"(?<!ti)uno (?=mil)", "un ", words))


@pytest.mark.oracle
@given(WHOLE)
def test_whole_numbers_read_as_num2words_reads_them(n):
    for language in SPEAKING:
        assert tongue_of(language).cardinal(n, "") == peer(n, language)


@pytest.mark.oracle
def test_years_and_ordinals_read_as_num2words_reads_them():
    english = tongue_of("en")
    for year in range(1000, 2100):
        assert english.year(year) == num2words(year, to="year").replace("oh-", "oh ").replace(",", "")
    for n in range(1, 1000):
        assert english.ordinal(n) == num2words(n, to="ordinal").replace(",", "")


def test_spanish_numbers_agree_with_the_noun():
    count = {n: Said.of(str(n), tongue_of("es")) for n in (1, 21, 200, 31_000, 1_000_000)}
    assert [f"{count[n]:m|par|pares}" for n in (1, 21, 200)] == ["un par", "veintiún pares", "doscientos pares"]
    assert [f"{count[n]:f|fuente|fuentes}" for n in (1, 21, 200)] == [
        "una fuente",
        "veintiuna fuentes",
        "doscientas fuentes",
    ]
    assert f"{count[31_000]:f|persona|personas}" == "treinta y una mil personas"
    assert str(count[21]) == "veintiuno"


def test_sums_signs_dates_and_ranges_are_made_where_the_number_is_known():
    en, es = Catalogue("en", spoken=True), Catalogue("es", spoken=True)
    assert en.money(-76.0) == "minus seventy-six million dollars"
    assert es.money(1.0) == "un millón de dólares"
    assert es.money(21.0) == "veintiún millones de dólares"
    assert es.money(0.5) == "quinientos mil dólares"
    assert en.percent(-76.0, 0) == "minus seventy-six percent"
    assert en.date("2022-09-26") == "the twenty-sixth of September twenty twenty-two"
    assert es.date("2022-01-01") == "primero de enero de dos mil veintidós"
    assert en.date("2008/2010") == "two thousand and eight to twenty ten"
    assert en.span(-1.5, 2.0, 1) == "minus one point five to plus two"
    assert en.log_percent(4.9) == "a factor of one hundred and thirty"
    assert en.number(float("nan")) == ""


@pytest.mark.parametrize(
    ("written", "language", "spoken"),
    [
        ("trade at 2000-04 strength", "en", "trade at two thousand to two thousand and four strength"),
        ("US$7.2 billion, −76% and 1,170 pairs", "en",
         "seven point two billion dollars, minus seventy-six percent and one thousand one hundred and seventy pairs"),
        ("US$1.170 millones y 12,5 %", "es", "mil ciento setenta millones de dólares y doce coma cinco por ciento"),
        ("on 2022-09-26", "en", "on the twenty-sixth of September twenty twenty-two"),
        ("the 21st meeting of the G20", "en", "the twenty-first meeting of the G twenty"),
        ("la 3.ª reunión", "es", "la tercera reunión"),
        ("AAP.C 28 & ½ of 5°", "en", "AAP.C twenty-eight and one over two of five degrees"),
        ("no figure", "en", "no figure"),
    ],
)  # fmt: skip
def test_a_records_own_text_is_read_aloud(written, language, spoken):
    months = Catalogue(language, spoken=True)
    assert read_aloud(written, tongue_of(language), lambda k: months(f"months.{k:02d}")) == spoken


@pytest.mark.property
@given(st.text(max_size=60), st.sampled_from(sorted(SPEAKING)))
def test_no_digit_and_no_symbol_ever_reaches_a_voice(text, language):
    spoken = Catalogue(language, spoken=True).aloud(text)
    for sign in spoken:
        assert not sign.isdigit()
        assert unicodedata.category(sign)[0] in "LMZP", (sign, unicodedata.category(sign))


NUMBER = re.compile(r"\d[\d.,]*\d|\d")


def numbers(text: str, language: str) -> list[str]:
    """The numbers of a written sentence, plainly: 1,170.50 and 1.170,50 are 1170.5."""
    group, point = (",", ".") if language == "en" else (".", ",")
    found = []
    for written in NUMBER.findall(text):
        plain = written.replace(group, "").replace(point, ".")
        found.append(plain.rstrip("0").rstrip(".") if "." in plain else plain)
    return found


def wordings(plain: str, language: str) -> set[str]:
    """Every way in which num2words would say a number, as a count in any gender, a year or a day."""
    whole, _, decimals = plain.partition(".")
    n = int(whole)
    if decimals:
        point = "point" if language == "en" else "coma"
        return {f"{peer(n, language)} {point} " + " ".join(peer(int(d), language) for d in decimals)}
    said = {peer(n, language)}
    if language == "en":
        said |= {num2words(n, to="year").replace("oh-", "oh ").replace(",", ""), num2words(n or 1, to="ordinal")}
        if len(whole) == 2 and whole.startswith("0"):
            said.add(f"thousand and {peer(n, language)}")
        if whole == "80":
            said.add("four times in five")
    else:
        bare = next(iter(said))
        said |= {bare.removesuffix("uno") + "un", bare.removesuffix("uno") + "una", bare.replace("cientos", "cientas"),
                 bare.removesuffix("veintiuno") + "veintiún", "primero" if n == 1 else bare}  # fmt: skip
        if whole == "80":
            said.add("cuatro veces de cada cinco")
    return said


@pytest.mark.property
@pytest.mark.parametrize("language", sorted(SPEAKING))
def test_every_number_of_the_answer_is_in_the_spoken_answer(run, language):
    written, spoken = run.answers[language], answer_of(run, language, spoken=True)
    for part in ("happened", "why", "what_if", "what_next", "people", "claims"):
        ours, theirs = getattr(written, part), getattr(spoken, part)
        assert len(ours) == len(theirs) > 0
        for sentence, said in zip(ours, theirs):
            assert not re.search(r"[^\w\s.,;:?!¿¡'’‘“”«»\"()…-]|\d", said), said
            assert sentence.count("−") <= len(re.findall("minus|menos", said)), said
            for plain in numbers(sentence, language):
                assert any(words.lower() in said.lower() for words in wordings(plain, language)), (
                    plain,
                    sentence,
                    said,
                )


@pytest.mark.parametrize("language", sorted(SPEAKING))
def test_a_spoken_sentence_is_filled_with_what_the_written_one_is(language):
    strings = language_of(language).strings
    spoken = {key.removeprefix("spoken."): text for key, text in strings.items() if key.startswith("spoken.")}
    assert {
        key: blanks(text) - blanks(strings[key]) for key, text in spoken.items() if blanks(text) - blanks(strings[key])
    } == {}
