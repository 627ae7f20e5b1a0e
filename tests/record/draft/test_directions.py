"""Which way a figure goes, over kinds of sentences made from parts with known truth."""

from __future__ import annotations

import itertools

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims


def drafted(text: str, language: str = "en") -> list[tuple[float, str, str]]:
    rows = draft_claims(Article("", text, "2022-05-14", language), "N1").rows
    cells = [row.as_row() for row in rows]
    return [(float(c["value"]), c["unit"].partition("/")[0], c["state"]) for c in cells if c["value"]]


WAYS = {
    "en": {
        "up": [
            "rose",
            "grew",
            "climbed",
            "jumped",
            "leapt",
            "surged",
            "gained",
            "expanded",
            "advanced",
            "soared",
            "rebounded",
        ],
        "down": [
            "fell",
            "dropped",
            "declined",
            "shrank",
            "slumped",
            "plunged",
            "dived",
            "slid",
            "slipped",
            "tumbled",
            "contracted",
        ],
    },
    "es": {
        "up": ["subieron", "crecieron", "aumentaron", "avanzaron", "repuntaron", "treparon"],
        "down": ["bajaron", "cayeron", "disminuyeron", "retrocedieron"],
    },
}
CASES = [(lang, way, verb) for lang, ways in WAYS.items() for way, verbs in ways.items() for verb in verbs]


def signed(value: float, way: str) -> float:
    return -value if way == "down" else value


@pytest.mark.parametrize(("language", "way", "verb"), CASES)
def test_members_of_a_list_share_the_verb(language, way, verb):
    places = ("in Peru", "in Chile", "in Bolivia") if language == "en" else ("en Perú", "en Chile", "en Bolivia")
    last = "and" if language == "en" else "y"
    text = (
        f"{'Sales' if language == 'en' else 'Las ventas'} {verb} 4% {places[0]}, 5% {places[1]} {last} 6% {places[2]}."
    )
    assert drafted(text, language) == [(signed(n, way), "pct", way) for n in (4, 5, 6)]


@pytest.mark.parametrize(("language", "way", "verb"), CASES)
def test_a_share_beside_a_change_is_no_change(language, way, verb):
    tails = {
        "en": ("and made up 12% of the total", "and accounted for 12%", "with a share of 12%", "12% of the total"),
        "es": ("y representaron el 12% del total", "con una participación de 12%", "el 12% del total"),
    }
    for tail in tails[language]:
        text = f"{'Sales' if language == 'en' else 'Las ventas'} {verb} 4%, {tail}."
        assert drafted(text, language) == [(signed(4, way), "pct", way), (12, "pct", "")], tail


@pytest.mark.parametrize(("sign", "way"), [("+", "up"), ("-", "down"), ("−", "down"), ("–", "down")])
@pytest.mark.parametrize(
    "amount", [("4.5%", 4.5, "pct"), ("4.5 percent", 4.5, "pct"), ("4.5 percentage points", 4.5, "pp")]
)
def test_a_sign_is_a_direction(sign, way, amount):
    words, value, unit = amount
    for text in (f"Sales to Japan ({sign}{words}) stood out.", f"The change was {sign}{words}."):
        assert drafted(text) == [(signed(value, way), unit, way)]


def test_a_dash_between_two_numbers_is_no_sign():
    assert [state for _, _, state in drafted("The share was 3-5% in 2020.")] == ["", ""]


MONEY = [
    ("$3 million", 3, "usd_mn"),
    ("€4bn", 4000, "eur_mn"),
    ("5 million tonnes", 5e6, "t"),
    ("US$6.5 million", 6.5, "usd_mn"),
]


@pytest.mark.parametrize(("words", "value", "unit"), MONEY)
@pytest.mark.parametrize(
    ("verb", "way"),
    [("cut", "down"), ("reduced", "down"), ("lowered", "down"), ("raised", "up"), ("lifted", "up"), ("boosted", "up")],
)
def test_by_how_much_something_was_changed(words, value, unit, verb, way):
    assert drafted(f"The deal {verb} imports from the south by {words}.") == [(signed(value, way), unit, way)]
    assert drafted(f"The deal {verb} imports to {words}.") == [(value, unit, "")]


@pytest.mark.parametrize(("words", "value", "unit"), MONEY)
def test_what_drove_a_change_is_no_change(words, value, unit):
    assert drafted(f"The rise was driven by {words}.") == [(value, unit, "")]
    assert drafted(f"Sales fell after {words} had been sold.") == [(value, unit, "")]


def test_changes_in_money_may_be_listed():
    text = "It will reduce costs by 200 million euros in Sweden and 80 million euros in Finland."
    assert drafted(text) == [(-200, "eur_mn", "down"), (-80, "eur_mn", "down")]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("More than 80% of exports went north.", "en"),
        ("Less than 80% of exports went north.", "en"),
        ("Más del 80% de las ventas fueron al norte.", "es"),
        ("Menos del 80% de las ventas fueron al norte.", "es"),
        ("Exports fell after the 80% tariff was imposed.", "en"),
        ("Despite the fall, wheat was 80% of exports.", "en"),
        ("The fall left wheat with 80% of exports.", "en"),
    ],
)
def test_levels_near_words_of_change(text, language):
    assert drafted(text, language) == [(80, "pct", "")]


@pytest.mark.parametrize(
    ("text", "language", "way"),
    [
        ("Sales were 4% lower.", "en", "down"),
        ("Sales were 4% higher than before.", "en", "up"),
        ("Las ventas fueron 4% menores.", "es", "down"),
        ("Las ventas fueron un 4% mayores.", "es", "up"),
        ("Las ventas fueron 4% inferiores.", "es", "down"),
        ("Sales posted negative growth of 4%.", "en", "down"),
        ("Growth slowed to 4%.", "en", "up"),
        ("Sales were off 4%.", "en", "down"),
        ("La variación interanual fue de 4%.", "es", "up"),
        ("La variación interanual fue de -4%.", "es", "down"),
        ("The sharpest falls were in wheat, 4%.", "en", "down"),
        ("El producto con mayor crecimiento fue la carne, 4%.", "es", "up"),
    ],
)
def test_other_words_of_change(text, language, way):
    assert drafted(text, language) == [(signed(4, way), "pct", way)]


NUMBERS = {
    "en": [("two", 2), ("three", 3), ("2.3", 2.3), ("14", 14)],
    "es": [("dos", 2), ("tres", 3), ("2,3", 2.3), ("14", 14)],
}
MULTIPLES = {
    "en": ("Sales were {} times higher.", "Sales multiplied by {}."),
    "es": ("Las ventas fueron {} veces mayores.", "Las ventas se multiplicaron por {}."),
}
TOLD = (
    [
        (form.format(word), language, value)
        for language, forms in MULTIPLES.items()
        for form, (word, value) in itertools.product(forms, NUMBERS[language])
        if not form.startswith("Sales multiplied")
    ]
    + [
        (f"Las ventas {words}.", "es", 2)
        for words in (
            "se han duplicado",
            "se habían doblado",
            "se duplicarán",
            "aumentaron a más del doble",
            "pasaron al doble",
        )
    ]
    + [("Sales will double.", "en", 2), ("Sales could triple.", "en", 3), ("Sales were twice as high.", "en", 2)]
)


@pytest.mark.parametrize(("text", "language", "value"), TOLD)
def test_multiples_in_words_and_digits(text, language, value):
    assert drafted(text, language) == [(value, "times", "up")]


@pytest.mark.parametrize(
    ("head", "way"),
    [
        ("The biggest decreases were in exports to", "down"),
        ("Exports increased the most to", "up"),
        ("Sales fell most to", "down"),
    ],
)
@pytest.mark.parametrize(("words", "value", "unit"), MONEY)
def test_amounts_in_brackets_after_by_are_changes(head, way, words, value, unit):
    text = f"{head} Peru (by {words}) and the U.K. (by {words})."
    assert set(drafted(text)) == {(signed(value, way), unit, way)}


def test_at_least_is_no_minus():
    for text in ("Al menos 5% de las ventas fue al norte.", "Por lo menos 5% de las ventas fue al norte."):
        assert drafted(text, "es") == [(5, "pct", "")]


@pytest.mark.parametrize(("language", "way", "verb"), CASES)
def test_respectively_ends_no_change(language, way, verb):
    turn, last = ("respectively", "and") if language == "en" else ("respectivamente", "y")
    text = f"{'Sales' if language == 'en' else 'Las ventas'} {verb}, {turn}, 4%, 5% {last} 6%."
    assert drafted(text, language) == [(signed(n, way), "pct", way) for n in (4, 5, 6)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (
            "It will cut costs by 200 million euros per year in Sweden and 80 million euros in Finland.",
            "en",
            [(-200, "eur_mn", "down"), (-80, "eur_mn", "down")],
        ),
        ("El comercio tuvo una caída cercana al 4 por ciento.", "es", [(-4, "pct", "down")]),
        ("El comercio tuvo un aumento superior al 4 por ciento.", "es", [(4, "pct", "up")]),
        ("Sales saw a fall of close to 4%.", "en", [(-4, "pct", "down")]),
        ("Sales came close to 4% of the total.", "en", [(4, "pct", "")]),
    ],
)
def test_rates_and_words_of_nearness_end_no_change(text, language, expected):
    assert drafted(text, language) == expected


BESIDE = {
    "en": {
        "up": ["Sales were higher by {} than in 2020.", "Sales exceeded those of 2020 by {}.", "Sales surpassed the 2020 level by {}."],
        "down": ["Sales were lower by {} than in 2020.", "Sales were smaller by about {} than in 2020."],
        "": ["Sales exceeded {} of output.", "Sales surpassed {} in Peru."],
    },
    "es": {
        "up": ["Las ventas fueron mayores en {} a las de 2020.", "La cifra supera en {} a la de 2020.", "Hubo un {} de aumento."],
        "down": ["Las ventas fueron inferiores en un {} a las de 2020.", "Fue menor en {} a la registrada en 2020.",
                 "Hubo un {} de caída."],
        "": ["La tasa superó el {}.", "El arancel es mayor en Perú, de {}."],
    },
}  # fmt: skip


@pytest.mark.parametrize("share", ["4%", "12.5%"])
@pytest.mark.parametrize(
    ("language", "way", "text"),
    [(language, way, text) for language, ways in BESIDE.items() for way, texts in ways.items() for text in texts],
)
def test_what_lies_beside_another_year_is_above_or_below_it(language, way, text, share):
    said = share.replace(".", ",") if language == "es" else share
    assert drafted(text.format(said), language) == [(signed(float(share[:-1]), way), "pct", way)]
