"""Tables of figures told in sentences, repeats said once, other pairs left out, and years that run over two."""

from __future__ import annotations

import pytest

from detente.record.draft.clean import Article, article_of, read_article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.inputs import tables_told
from detente.record.draft.suggest import KnownRecord

KNOWN = KnownRecord(("KEN", "TZA"), ("trade.exports", "trade.imports", "trade.total"))


def drafted(text: str, known: KnownRecord = KNOWN, language: str = "en") -> list[dict[str, str]]:
    article = article_of(text, "2022-05-14", language)
    return [row.as_row() for row in draft_claims(article, "N1", known=known).rows]


TABLE = """Trade with Tanzania, US$ million

                        2019     2020     2021
Exports to Tanzania     334.5    293.2    397.0
Imports from Tanzania   272.6    254.1    492.4
"""
MARKDOWN = """Trade with Tanzania, US$ million

| | 2019 | 2020 | 2021 |
|---|---|---|---|
| Exports to Tanzania | 334.5 | 293.2 | 397.0 |
| Imports from Tanzania | 272.6 | 254.1 | 492.4 |
"""
TABS = TABLE.replace("     ", "\t").replace("   ", "\t").replace("\t\t", "\t").replace("\t\t", "\t")
DOWN = """Year\tExports to Tanzania (US$ million)\tImports from Tanzania (US$ million)
2019\t334.5\t272.6
2020\t293.2\t254.1
2021\t397.0\t492.4
"""
CELLS = {
    ("334.5", "2019", "trade.exports"), ("293.2", "2020", "trade.exports"), ("397", "2021", "trade.exports"),
    ("272.6", "2019", "trade.imports"), ("254.1", "2020", "trade.imports"), ("492.4", "2021", "trade.imports"),
}  # fmt: skip


@pytest.mark.parametrize("text", [TABLE, MARKDOWN, TABS, DOWN], ids=["spaces", "bars", "tabs", "years down"])
def test_a_tables_figures_have_their_period_unit_and_flow(text):
    rows = drafted("The two neighbours' figures follow.\n\n" + text)
    assert {(r["value"], r["date"], r["target"]) for r in rows if r["value"]} == CELLS
    assert {r["unit"] for r in rows if r["value"]} == {"usd_mn"}


def test_a_pages_table_is_read(tmp_path):
    body = (
        "<p>" + "The ministry has published the figures of the trade of the country with its neighbour. " * 3 + "</p>"
    )
    cells = [line.strip("| ").split("|") for line in MARKDOWN.splitlines()[4:]]
    rows = "".join("<tr>" + "".join(f"<td>{c.strip()}</td>" for c in row) + "</tr>" for row in cells)
    head = "<tr><th></th><th>2019</th><th>2020</th><th>2021</th></tr>"
    page = (
        f"<html><body><article>{body}<table><caption>US$ million</caption>{head}{rows}</table></article></body></html>"
    )
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    article = read_article(tmp_path / "a.html", "2022-05-14", "en")
    found = {(r.cells.get("value"), r.cells["date"], r.series) for r in draft_claims(article, "N1", known=KNOWN).rows}
    assert found >= CELLS


@pytest.mark.parametrize(
    "text",
    [
        "A line.\nAnother line.",
        "Monday  open\nTuesday  shut\nFriday  open",
        "Name  Age\nAna  34\nEva  29",
        "2019  2020",
        "",
    ],
)
def test_what_is_no_table_of_figures_is_left(text):
    assert tables_told(text) == text


def test_what_is_said_over_and_over_is_one_row():
    sentence = "Kenya's exports to Tanzania were $397 million in 2021, the ministry said."
    (row,) = drafted("\n\n".join([sentence] * 50))
    assert "The text says it 50 times." in row["hint"]
    assert (row["value"], row["target"]) == ("397", "trade.exports")


def test_the_same_number_of_two_speakers_or_years_stays_two():
    text = "Trade was $397 million in 2021, the ministry said. Trade was $397 million in 2020, the ministry said."
    assert len(drafted(text)) == 2


def test_rows_about_others_only_are_left_out_and_counted():
    text = "Peru's exports to Chile were $397 million in 2021. Kenya's exports to Tanzania were $5 million in 2021."
    draft = draft_claims(Article("", text, "2022-05-14", "en"), "N1", known=KNOWN)
    assert (len(draft.rows), draft.n_others) == (1, 1)
    assert len(draft_claims(Article("", text, "2022-05-14", "en"), "N1").rows) == 2


@pytest.mark.parametrize(
    ("text", "language", "date"),
    [
        ("Exports were $5 million in 2019-20.", "en", ""),
        ("Exports were $5 million in 2019/20.", "en", ""),
        ("Las exportaciones fueron de US$ 5 millones en 2019-20.", "es", ""),
        ("Exports were $5 million in 2019-2020.", "en", "2019/2020"),
        ("Exports were $5 million in 2015-19.", "en", "2015/2019"),
    ],
)
def test_a_year_that_runs_over_two_is_left_to_a_person(text, language, date):
    row = drafted(text, KnownRecord(), language)[0]
    assert row["date"] == date
    if not date:
        assert row["confidence"] == "low"
        assert "could not be turned into days" in row["hint"]


def test_a_unit_that_is_not_known_is_named():
    (row,) = drafted("Exports were 300 bananas in 2021.", KnownRecord())
    assert "'bananas' is no unit that is known here" in row["hint"]
    assert row["confidence"] != "high"
