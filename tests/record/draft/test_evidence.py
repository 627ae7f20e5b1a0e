"""Events and figures proposed from articles: their days and kinds, the flows they speak of, and their way into a record."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest

from detente.cli.app import run
from detente.errors import OutputError, RecordError
from detente.record import Ledger
from detente.record.draft.accept import accept
from detente.record.draft.clean import Article, read_article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.files import evidence_path, save_draft
from detente.record.draft.suggest import KnownRecord
from detente.study.scaffold import new_study

FOLDER = Path(__file__).resolve().parents[2] / "fixtures/draft"
TEXTS, COLD, BLIND = (
    tomllib.loads((FOLDER / f"whole/{name}.toml").read_text("utf-8"))["text"] for name in ("tuples", "cold", "blind")
)


def as_article(text: dict) -> Article:
    return Article("", text["article"], text["published"], text["language"])


def told() -> list[tuple[str, Article, list[str]]]:
    """Each article with its events, by hand."""
    found = []
    for entry in tomllib.loads((FOLDER / "whole/events.toml").read_text("utf-8"))["article"]:
        if "text" in entry:
            found.append((f"text {entry['text']}", as_article(TEXTS[entry["text"] - 1]), entry["events"]))
        else:
            path = FOLDER / entry["file"]
            meta = tomllib.loads(path.with_suffix(".toml").read_text("utf-8"))
            found.append((path.stem, read_article(path, meta["published"], meta["language"]), entry["events"]))
    return [*found, *((text["dyad"][0], as_article(text), text["events"]) for text in (*COLD, *BLIND))]


def test_events_are_proposed_with_their_day_and_kind():
    """The goal of the day is 0.8; the rules have seen these texts, so other people's give less."""
    day = whole = n = n_proposed = n_right = 0
    missed = []
    for name, article, events in told():
        rows = [row.cells for row in draft_claims(article, "N1").events]
        proposed = {(row["date"], row["kind"], row["direction"]) for row in rows}
        gold = {tuple(event.split("|")) for event in events}
        n, n_proposed = n + len(events), n_proposed + len(proposed)
        n_right += len(proposed & gold)
        day += sum(any(event.startswith(row[0] + "|") for row in proposed) for event in events)
        whole += len(gold & proposed)
        missed += [f"{name}: {event}" for event in gold - proposed]
    assert n >= 30
    assert day / n >= 0.8, missed
    assert whole / n >= 0.8, missed
    assert n_right / n_proposed >= 0.8


@pytest.mark.parametrize(
    "text",
    [
        "Kenya may close the border on 3 March 2021.",
        "Kenya will reopen the border on 3 June 2021.",
        "Kenya did not close the border on 3 March 2021.",
        "Kenya threatened to impose tariffs on 3 March 2021.",
        "The border was closed.",
        "Kenya agreed to lift the ban on 3 March 2021.",
        "The shop closed on 3 March 2021.",
        "Kenya plans to recall its ambassador on 3 March 2021.",
    ],
)
def test_what_has_not_happened_or_has_no_day_is_no_event(text):
    assert draft_claims(Article("", text, "2021-05-14", "en"), "N1").events == ()


def test_events_of_others_are_left_and_the_pairs_kept():
    article = Article(
        "", "Peru closed its border on 3 March 2021. Kenya recalled its ambassador on 4 March 2021.", "2021-05-14", "en"
    )
    rows = draft_claims(article, "N1", known=KnownRecord(("KEN", "SOM"))).events
    assert [(row.cells["event_id"], row.cells["title"]) for row in rows] == [("N1-e1", "Diplomatic break: Kenya")]


def test_an_event_claim_is_held_against_the_records_own_event_of_its_kind():
    known = KnownRecord(
        ("KEN", "SOM"), events=(("E7", "2021-03-05", "diplomatic break"), ("E8", "2021-03-04", "election"))
    )
    article = Article("", "Kenya recalled its ambassador on 4 March 2021.", "2021-05-14", "en")
    draft = draft_claims(article, "N1", known=known)
    row = draft.rows[0].as_row()
    assert (row["test"], row["target"]) == ("event", "E7")
    assert row["options"] == "kind=diplomatic break;direction=+"
    assert draft.events[0].confidence == "low"
    assert "E7" in draft.events[0].hints[0]


def test_accepted_evidence_passes_the_check_and_enters_whole(tmp_path):
    study = tmp_path / "mine"
    new_study("KEN", "TZA", folder=study)
    with (study / "record/sources.csv").open("a", encoding="utf-8") as file:
        file.write("N1,A text,An Agency,2021-05-14,press,,,\n")
    text = "Kenya closed the border on 3 March 2021. Kenya's exports to Tanzania were about $421 million in 2021, the KNBS said."
    draft = draft_claims(Article("", text, "2022-05-14", "en"), "N1", known=KnownRecord(("KEN", "TZA")))
    path = save_draft(draft, tmp_path / "a.draft.csv", study)
    for name in ("events", "series"):
        file = evidence_path(path, name)
        with file.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        with pytest.raises(OutputError):
            save_draft(draft, tmp_path / "a.draft.csv", study)
        with file.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, rows[0])
            writer.writeheader()
            writer.writerows(row | {"accept": "yes"} for row in rows)
    events, figures = (accept(evidence_path(path, name), study / "record") for name in ("events", "series"))
    assert (events.ids, events.summary()) == (("N1-e1",), "1 event accepted, 0 left in the draft.")
    ledger = Ledger.read(study / "record")
    assert ledger.event("N1-e1").title == "Border closure: Kenya"
    figure = ledger.figure(figures.ids[0])
    assert (figure.series, figure.value, figure.status) == ("trade.exports", 421, "approximate")
    assert figure.note == "as the KNBS says"
    with pytest.raises(RecordError, match="N1-e1"):
        accept(evidence_path(path, "events"), study / "record")


def test_on_the_command_line_the_files_are_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("Kenya closed the border on 3 March 2021.", encoding="utf-8")
    assert run(["new", "KEN", "TZA", "--folder", "mine"]) == 0
    assert run(["draft", "a.txt", "--study", "mine", "--date", "2021-05-14"]) == 0
    said = capsys.readouterr().out
    assert "1 row for events.csv proposed in a.events.draft.csv" in said
    assert said.rstrip().endswith("detente draft --accept a.draft.csv --study mine")


PAIRS = {
    1: ("PAK", "AFG"),
    6: ("UGA", "RWA"),
    7: ("COL", "ECU"),
    8: ("BOL", "CHL"),
    11: ("KOR", "JPN"),
    12: ("ARM", "GEO"),
}
TOTALS = {
    6: {("197", "2017", "trade.exports")},
    7: {("1833", "2021", "trade.exports"), ("1412", "2020", "trade.exports"), ("620", "2019", "trade.imports"),
        ("745", "2021", "trade.imports"), ("-34.1", "2020", "trade.exports")},
    11: {("54600", "2018", "trade.imports"), ("47600", "2019", "trade.imports")},
    12: {("728", "2021", "trade.total"), ("702.4", "2021", "trade.total")},
    "DZA": {("534", "2020", "trade.total"), ("-7.4", "2020", "trade.total"), ("135.1", "2020", "trade.imports")},
    "PER": {("3050", "2013", "trade.total"), ("-4.6", "2013", "trade.total"), ("1685", "2013", "trade.exports")},
    "ARM": {("177.6", "2009", "trade.imports"), ("268.2", "2008", "trade.imports"), ("1.2", "2009", "trade.exports")},
    "NPL": {("4500", "2014", "trade.imports"), ("570", "2014", "trade.exports")},
}  # fmt: skip
"""Every annual total of the pair's trade in the texts, by hand: what it is, when, and the flow, seen from the first economy."""


@pytest.mark.parametrize("which", [*PAIRS, *(text["dyad"][0] for text in (*COLD, *BLIND))])
def test_every_annual_total_of_the_pairs_trade_is_decided_and_no_part_of_it(which, tmp_path):
    text = TEXTS[which - 1] if isinstance(which, int) else next(t for t in (*COLD, *BLIND) if t["dyad"][0] == which)
    dyad = PAIRS[which] if isinstance(which, int) else tuple(text["dyad"])
    new_study(*dyad, folder=tmp_path / "s")
    record = tmp_path / "s/record"
    series = tuple(Ledger.read(record).figures["series"].unique())
    rows = [row.as_row() for row in draft_claims(as_article(text), "N1", known=KnownRecord(dyad, series)).rows]
    with (record / "sources.csv").open("a", encoding="utf-8") as file:
        file.write(f"N1,A text,An Agency,{text['published']},press,,,\n")
    with (record / "claims.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    with (record / "claims.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, extrasaction="ignore").writerows(rows)
    verdicts = Ledger.read(record).verdicts()
    found = dict(zip(verdicts["claim_id"], verdicts["verdict"]))
    decided = {(r["value"], r["date"], r["target"]) for r in rows if r["test"] in ("quantity", "change")
               and found[r["claim_id"]] != "not checkable"}  # fmt: skip
    assert decided == TOTALS.get(which, set())


@pytest.mark.parametrize(
    ("text", "language", "events"),
    [
        ("Kenya signed a pact on 3 March 2021 that would open the border.", "en", [("2021-03-03", "agreement")]),
        ("Kenia había retirado a su embajador el 3 de marzo de 2021.", "es", [("2021-03-03", "diplomatic break")]),
        ("Kenya closed the crossing on 3 March 2021 and reopened it the same day.", "en",
         [("2021-03-03", "border closure"), ("2021-03-03", "border opening")]),
        ("Kenya closed, then reopened, its border in May 2020.", "en",
         [("2020-05", "border closure"), ("2020-05", "border opening")]),
        ("In April 2021 Kenya banned imports, and on May 2 2021 it recalled its ambassador.", "en",
         [("2021-04", "trade restriction"), ("2021-05-02", "diplomatic break")]),
        ("China imposed duties in May 2020. They were lifted on 5 August 2020.", "en",
         [("2020-05", "trade restriction"), ("2020-08-05", "trade restriction")]),
        ("The minister was ill in May 2020. He was lifted on 5 August 2020.", "en", []),
        ("Los vuelos fueron suspendidos el 3 de marzo de 2021.", "es", [("2021-03-03", "air service")]),
    ],
)  # fmt: skip
def test_acts_in_the_perfect_with_what_follows_and_on_the_same_day(text, language, events):
    rows = draft_claims(Article("", text, "2021-05-14", language), "N1").events
    assert [(row.cells["date"], row.cells["kind"]) for row in rows] == events
