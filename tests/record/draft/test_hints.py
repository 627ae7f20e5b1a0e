"""What a draft says beside its rows, in each language."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from pathlib import Path

import pytest

from detente.cli.app import run
from detente.errors import DataError, UnreadableFile
from detente.language import LANGUAGES, Catalogue, Text, Word
from detente.language.error_words import said_error
from detente.record.draft.clean import Article, article_of
from detente.record.draft.drafting import Draft, draft_claims
from detente.record.draft.row import told
from detente.record.draft.suggest import KnownRecord
from detente.record.schema import TESTS
from detente.record.verdicts.citing import series_name
from detente.study.scaffold import new_study

FOLDER = Path(__file__).resolve().parents[2] / "fixtures/draft"
ENGLISH = re.compile(r"\b(?:the|its|it|this|that|was|were|is|are|of|see|say|which|from|read)\b", re.IGNORECASE)
WRITTEN = re.compile(r"\"[^\"]*\"|'[^']*'|«[^»]*»")
"""Words of the article, and cells: nobody's language."""
TEXT = (
    "Trade between India and Nepal was $7.2 billion in 2008 and sold about 4 million bananas, the chamber said. "
    "Prices were 5 shillings a day. On 3 May 2019 or 5 May 2020 they met. The border was closed on 5 May 2010. "
    "Exports fell 4% next Tuesday. Imports were $3m in 2019, against $4m in May 2018, the chamber said."
)


def drafted(text: str = TEXT) -> Draft:
    known = KnownRecord(("IND", "NPL"), ("trade.total", "trade.exports", "trade.imports"))
    return draft_claims(Article("", text, "", "en"), "S1", known=known)


def test_every_hint_of_a_draft_can_be_said_in_each_language():
    texts = tomllib.loads((FOLDER / "whole/tuples.toml").read_text("utf-8"))["text"][:4]
    drafts = [drafted(), *(draft_claims(Article("", t["article"], "", t["language"]), "S1") for t in texts)]
    hints = [hint for d in drafts for row in (*d.rows, *d.events, *d.figures) for hint in row.hints]
    assert len(hints) > 30
    assert all(isinstance(hint, Text) for hint in hints)
    assert len({hint.key for hint in hints if isinstance(hint, Text)}) > 6


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_no_hint_mixes_two_languages(language):
    draft = drafted()
    files = [draft.to_csv(language), *draft.evidence(language).values()]
    rows = [row for text in files for row in csv.DictReader(io.StringIO(text))]
    assert len(rows) > 6
    for row in rows:
        assert not ENGLISH.search(WRITTEN.sub("", row["hint"])), row["hint"]
        assert row["hint"]


def test_the_rows_are_the_same_in_every_language():
    english, spanish = ([row.as_row(language) for row in drafted().rows] for language in ("en", "es"))
    assert [{**row, "hint": ""} for row in english] == [{**row, "hint": ""} for row in spanish]
    assert all(a["hint"] != b["hint"] for a, b in zip(english, spanish, strict=True))


def test_the_terminal_speaks_the_language_asked_for(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    new_study("IND", "NPL", folder="mine")
    Path("story.txt").write_text(TEXT, encoding="utf-8")
    assert run(["draft", "story.txt", "--study", "mine", "--lang", "es"]) == 0
    said = capsys.readouterr().out
    assert "afirmaciones en el borrador" in said
    assert "Siguiente paso" in said
    assert "drafted" not in said
    rows = list(csv.DictReader(io.StringIO(Path("story.draft.csv").read_text(encoding="utf-8"))))
    assert all(row["hint"].startswith("La afirmación es la frase") for row in rows)


def test_a_text_in_an_unread_language_is_refused_in_the_readers_own():
    with pytest.raises(UnreadableFile) as refused:
        article_of("Les échanges entre les deux pays sont pour des raisons dans une année avec la France. " * 4)
    told, language = said_error(refused.value, "es")
    assert language == "es"
    assert told.endswith("dé una traducción, o indique el idioma si es uno de ellos.")


def test_a_proposed_event_is_titled_in_every_language():
    row = drafted().events[0].cells
    assert row["title"] == "Border closure: India and Nepal"
    assert row["title_es"] == "Cierre de frontera: India y Nepal"


def test_the_carried_pair_is_named_in_the_language_of_the_hint():
    known = KnownRecord(("ETH", "DJI"), ("trade.total",))
    text = "Ethiopia and Djibouti met. Bilateral trade was $60 million in 2000."
    row = draft_claims(Article("", text, "", "en"), "S1", known=known).rows[0]
    assert "Ethiopia and Djibouti" in row.as_row()["hint"]
    assert "Etiopía y Yibuti" in row.as_row("es")["hint"]


def test_why_a_suggestion_is_refused_is_said_in_the_readers_language():
    article = Article("", "Trade rose 4% in 2030.", "2031-05-14", "en")
    bad = [
        {"claim": "Trade rose 4% in 2030.", "type": "gossip"},
        3,
        {"claim": "It fell.", "type": "quantity"},
        {"for": "x"},
    ]
    bad += [{"claim": "Trade rose 4% in 2030.", "type": "quantity", "corrects": "9", "value": "many", "test": "guess"}]
    refused = draft_claims(article, "S", suggest=lambda text, drafted: bad).refused
    for reason in refused:
        spoken = told((reason,), "es")
        assert spoken.startswith("fila sugerida")
        assert not re.search(r"\b(?:is|not|the|no table|there)\b", spoken)
    assert len(refused) == 7

    def late(text, drafted):
        raise DataError("The language model's answer is too long.")

    (said_why,) = draft_claims(article, "S", suggest=late).refused
    assert "La respuesta del modelo de lenguaje es demasiado larga." in told((said_why,), "es")
    assert "answer is too long" in said_why


def test_a_proposed_test_is_said_in_words_beside_its_code():
    hint = Text("hint.test", test=Word("quantity", group="test"), target="trade.total", what=series_name("trade.total"))
    assert "cantidad de comercio en ambas direcciones (trade.total)" in told((hint,), "es")
    assert all(Word(test, group="test").said(Catalogue("es")) != test for test in TESTS)
