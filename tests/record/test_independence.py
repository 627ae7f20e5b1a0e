"""Who rests on whom: organisations by any of their names, wires and reprints, the government at large."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import RecordError
from detente.record.verdicts.independence.names import names_in, same_name, speaks_for_the_state
from detente.record.verdicts.independence.organisations import country_in, default_register


def checked(small, publisher: str, attributed_to: str, *, value: str = "100", **claim: str) -> str:
    """The verdict on a number that the article credits to someone, with one figure of one publisher."""
    source = {"source_id": "office", "title": "B", "publisher": publisher, "date": "2022", "kind": "official"}
    given = small.quantity(value, attributed_to=attributed_to) | claim
    return small.verdict(given, figures=[{}], sources=[source]).verdict


@pytest.mark.parametrize(
    ("publisher", "attributed_to"),
    [
        ("Ministry of Commerce", "Ministry of Commerce"),
        ("Ministry of Commerce", "the Ministry of Commerce"),
        ("Ministry of Commerce", "the Commerce Ministry"),
        ("Ministry of Commerce", "data from the Ministry of Commerce"),
        ("Statistics Office", "StatOff"),
        ("Statistics Office", "data from the Statistics Office"),
        ("Statistics Office", "Statistics Office of Utopia"),
        ("Statistics Office of Utopia", "Utopia's Statistics Office"),
        ("Statistical Committee of Armenia", "government data"),
        ("Statistical Committee of Armenia", "official figures"),
        ("Statistical Committee of Armenia", "Armstat"),
        ("DANE", "Colombia's statistics office"),
        ("DANE", "the National Administrative Department of Statistics"),
        ("DANE", "la oficina de estadística de Colombia"),
        ("TurkStat", "the Turkish Statistical Institute (TÜİK)"),
        ("Turkish Statistical Institute", "TurkStat"),
        ("Office for National Statistics", "the ONS"),
        ("La Nota (DANE)", "DANE"),
        ("El Universal / AFP", "Agence France-Presse"),
        ("UNHCR", "the UN refugee agency"),
        ("UNHCR", "the United Nations"),
        ("Banco de la República", "Colombia's central bank"),
        ("Migración Colombia", "Migracion Colombia"),
        ("Ministry of Commerce and Industry", "commerce ministry data"),
        ("Ministry of Commerce and Industry", "India's commerce ministry"),
        ("China's Ministry of Commerce", "MOFCOM"),
        ("Ministerio de Comercio Exterior del Ecuador", "Ecuador's Ministry of Foreign Trade"),
        ("Zimstat", "the Zimbabwe National Statistics Agency"),
        ("Korea Customs Service", "South Korea's customs office"),
        ("Statistics Poland", "GUS"),
        ("Bank of Uganda", "Uganda's central bank"),
    ],
)
def test_the_named_source_only_shows_that_it_was_reported_correctly(small, publisher, attributed_to):
    assert checked(small, publisher, attributed_to) == "reported correctly"
    assert checked(small, publisher, attributed_to, value="150") == "contradicted"


@pytest.mark.parametrize(
    ("publisher", "attributed_to"),
    [
        ("Statistics Office", "Office"),
        ("Statistics Office", "the Ministry of Commerce"),
        ("Ministry of Commerce of Peru", "the Ministry of Commerce of Chile"),
        ("DANE", "TurkStat"),
        ("DANE", "Turkey's statistics office"),
        ("DANE", "analysts"),
        ("DANE", "Reuters"),
        ("DANE", ""),
        ("Reserve Bank of India", "Colombia's central bank"),
        ("Chile's Ministry of Trade", "Peru's trade ministry"),
        ("MOFCOM", "India's commerce ministry"),
        ("Ministry of Agriculture", "India's commerce ministry"),
        ("Bank of Tanzania", "Uganda's central bank"),
    ],
)
def test_others_may_testify(small, publisher, attributed_to):
    assert checked(small, publisher, attributed_to) == "confirmed"


def test_the_same_wire_in_two_papers_is_one_source(small):
    story = {
        "source_id": "story",
        "title": "S",
        "publisher": "The Daily Post / AFP",
        "date": "2023-06",
        "kind": "article",
    }
    assert small.verdict(
        small.quantity("100"), figures=[{}],
        sources=[story, {"source_id": "office", "title": "B", "publisher": "El Universal (AFP)", "date": "2022", "kind": "press"}],
    ).verdict == "not checkable"  # fmt: skip


def test_another_article_of_the_same_house_is_no_evidence(small):
    other = {"source_id": "office", "title": "B", "publisher": "Daily Post", "date": "2022", "kind": "press"}
    assert small.verdict(small.quantity("100"), figures=[{}], sources=[other]).verdict == "not checkable"


def test_papers_that_are_only_called_press_are_not_one_house(small):
    story = {"source_id": "story", "title": "S", "publisher": "press", "date": "2023", "kind": "article"}
    other = {"source_id": "office", "title": "B", "publisher": "press", "date": "2022", "kind": "press"}
    assert small.verdict(small.quantity("100"), figures=[{}], sources=[story, other]).verdict == "confirmed"


def test_independent_evidence_outweighs_the_named_source(small):
    customs = {
        "source_id": "customs",
        "title": "C",
        "publisher": "Customs of Utopia",
        "date": "2022",
        "kind": "official",
    }
    claim = small.quantity("100", attributed_to="Statistics Office")
    figures = [{}, {"value": "140", "source_id": "customs"}]
    assert small.verdict(claim, figures=figures, sources=[customs]).verdict == "contradicted"


@pytest.mark.parametrize("test", ["event", "state", "change"])
def test_every_kind_of_test_knows_the_named_source(small, test):
    claim = {
        "event": {"type": "event", "date": "2020-03", "target": "E1", "claim": "The bridge was closed"},
        "state": {"type": "state", "date": "2020-04-01", "target": "border.goods", "state": "closed"},
        "change": {"value": "-50", "unit": "pct", "target": "trade.total", "options": "from=2020;to=2021"},
    }[test] | {"test": test, "attributed_to": "the Statistics Office"}
    given = small.verdict(
        claim, events=[{"sets": "border.goods=closed"}],
        figures=[{"period": "2020", "value": "100"}, {"period": "2021", "value": "50"}],
    )  # fmt: skip
    assert given.verdict == "reported correctly"
    assert "as the source named reports it" in given.rule


def test_a_record_brings_its_own_organisations(small):
    claim = small.quantity("100", attributed_to="the Green Book people")
    source = {"source_id": "office", "title": "B", "publisher": "Chamber of Ports", "date": "2022", "kind": "chamber"}
    small.write(claims=[claim], figures=[{}], sources=[source])
    own = small.folder / "organisations.toml"
    own.write_text(
        '[organisation.ports]\nname = "Chamber of Ports"\naliases = ["Green Book people"]\n', encoding="utf-8"
    )
    from detente.record import Ledger

    assert Ledger.read(small.folder).verdict("C1").verdict == "reported correctly"
    own.write_text('[organisation.ports]\nname = "Chamber of Ports"\nkinds = "body"\n', encoding="utf-8")
    with pytest.raises(RecordError, match=r"organisations\.toml.*unknown key 'kinds'"):
        Ledger.read(small.folder)


@pytest.mark.parametrize(
    "bad", ["[organisation.x]\nkind = 'body'", "organisation = 3", "[organisation.x]\nname = 'X'\nkind = 'pub'", "[[["]
)
def test_a_bad_register_is_a_named_problem(small, bad):
    small.write(figures=[{}])
    (small.folder / "organisations.toml").write_text(bad, encoding="utf-8")
    from detente.record import Ledger

    problems = Ledger.check(small.folder)
    assert [p.file for p in problems] == ["organisations.toml"]


def test_names_are_read_out_of_a_line():
    assert names_in("data from the Ministry of Trade and Industry") == ["Ministry of Trade and Industry"]
    assert names_in("El Tiempo via La Patilla (Fitac)") == ["Tiempo", "Patilla", "Fitac"]
    assert country_in("Chile's central bank") == "CHL"
    assert country_in("the Turkish statistics office") == "TUR"
    assert country_in("the statistics office") == ""
    assert speaks_for_the_state("officials")


REGISTERED = st.sampled_from(sorted(default_register().organisations))


@pytest.mark.property
@given(
    REGISTERED,
    st.sampled_from(["{}", "the {}", "data from {}", "{} (via press)", "La Prensa / {}", "according to {}"]),
    st.data(),
)
def test_every_name_of_the_register_is_found_in_any_wrapping(house, wrapping, data):
    organisation = default_register().organisations[house]
    name = data.draw(st.sampled_from([organisation.name, *organisation.aliases]))
    assert house in default_register().houses(wrapping.format(name))


def test_no_name_stands_for_two_organisations():
    seen: dict[tuple[str, ...], str] = {}
    from detente.record.verdicts.independence.names import words_of

    for organisation in default_register().organisations.values():
        for name in (organisation.name, *organisation.aliases):
            assert words_of(name), name
            assert seen.setdefault(words_of(name), organisation.id) == organisation.id, name
        assert not organisation.parent or organisation.parent in default_register().organisations


WORDS = st.lists(
    st.sampled_from(["ministry", "trade", "chile", "peru", "statistics", "office", "bank", "central"]),
    min_size=1,
    max_size=4,
    unique=True,
)


@pytest.mark.property
@given(WORDS, WORDS)
def test_sameness_is_mutual_and_every_name_is_itself(a, b):
    first, second = "~" + " ".join(a), "~" + " ".join(b)
    assert same_name(first, second) == same_name(second, first)
    assert same_name(first, first)
