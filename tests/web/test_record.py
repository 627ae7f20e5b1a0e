"""Editing a record: what is not touched stays, what is wrong is refused, what others changed is not overwritten."""

from __future__ import annotations

import csv
import io
import re
import threading

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import OutputError, StudyError, UnreadableFile
from detente.language import LANGUAGES
from detente.record import Ledger
from detente.record.references import references
from detente.record.schema import TABLES
from detente.study import open_study
from detente.web.editor.csv_rows import RecordFile
from detente.web.editor.editor import read_file, save, undo
from detente.web.editor.journal import JOURNAL, last_change
from detente.web.editor.listing import Asked, listed
from detente.web.editor.row_changes import Conflict, InUse, Rejected, RowChange
from detente.web.http.words import Words
from detente.web.http.workspace import Workspace
from detente.web.pages.record.rows import LISTED

cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip)
EVENT = {
    "event_id": "X1", "date": "2026-10-01", "title": 'A "test", with commas', "kind": "election", "direction": "0",
    "source_ids": "unsourced",
}  # fmt: skip


@pytest.fixture
def study(tmp_path):
    space = Workspace(tmp_path)
    space.copy(open_study("colombia-venezuela"), "copy")
    return space.study("copy")


def _cell(study, event, column):
    return study.ledger().events.filter(event_id=event)[column].item()


@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_a_file_is_read_and_written_back_byte_for_byte(rows, end):
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows([["id", "a", "b"], *rows])
    file = RecordFile.parse(out.getvalue(), "x.csv")
    assert file.text() == out.getvalue()
    longer = file.with_rows(file.rows, [file.written({"id": "new", "a": 'q"q', "b": "x,y"})])
    assert longer.text().startswith(out.getvalue())
    last = list(csv.reader(io.StringIO(longer.text())))[-1]
    assert last == ["new", 'q"q', "x,y"]


def test_a_new_row_is_added_and_all_else_stays(study):
    before = (study.record / "events.csv").read_text(encoding="utf-8")
    save(study, [RowChange("events", "", "", EVENT)])
    after = (study.record / "events.csv").read_text(encoding="utf-8")
    assert after.startswith(before)
    assert study.ledger().event("X1").title == 'A "test", with commas'
    assert undo(study) == "X1"
    assert (study.record / "events.csv").read_text(encoding="utf-8") == before
    with pytest.raises(StudyError, match="nothing to undo"):
        undo(study)


def test_a_changed_row_keeps_its_place(study):
    row = read_file(study, "events").find("event_id", "E040")
    save(study, [RowChange("events", "E040", row.digest, {**row.cells, "note": "changed"})])
    ids = [r.cells["event_id"] for r in read_file(study, "events").rows]
    assert ids.index("E040") == [
        r["event_id"] for r in open_study("colombia-venezuela").ledger().events.to_dicts()
    ].index("E040")
    assert _cell(study, "E040", "note") == "changed"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"date": "2026-13-01"}, "date"),
        ({"source_ids": "nobody"}, "source_ids"),
        ({"kind": "party"}, "kind"),
        ({"title": ""}, "title"),
        ({"sets": "border.goods=ajar"}, "sets"),
        ({"event_id": "E001"}, "event_id"),
    ],
)
def test_a_row_that_would_break_the_record_is_refused_with_its_column(study, change, column):
    before = (study.record / "events.csv").read_bytes()
    with pytest.raises(Rejected) as refused:
        save(study, [RowChange("events", "", "", {**EVENT, **change})])
    assert column in {p.column for p in refused.value.problems}
    assert (study.record / "events.csv").read_bytes() == before
    assert not (study.folder / JOURNAL).exists()


def test_two_tabs_on_one_row_the_second_is_told(study):
    shown = read_file(study, "events").find("event_id", "E040")
    save(study, [RowChange("events", "E040", shown.digest, {**shown.cells, "note": "first"})])
    with pytest.raises(Conflict) as conflict:
        save(study, [RowChange("events", "E040", shown.digest, {**shown.cells, "note": "second"})])
    assert conflict.value.now.cells["note"] == "first"
    assert _cell(study, "E040", "note") == "first"


def test_a_row_removed_by_hand_is_not_brought_back_silently(study):
    file = read_file(study, "events")
    shown = file.find("event_id", "E040")
    (study.record / "events.csv").write_text(
        file.with_rows([row for row in file.rows if row is not shown]).text(), encoding="utf-8", newline=""
    )
    with pytest.raises(Conflict) as conflict:
        save(study, [RowChange("events", "E040", shown.digest, shown.cells)])
    assert conflict.value.now is None


def test_undo_leaves_a_row_alone_that_was_changed_by_hand_since(study):
    save(study, [RowChange("events", "", "", EVENT)])
    path = study.record / "events.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2026-10-01", "2026-10-02"), encoding="utf-8", newline="")
    with pytest.raises(Conflict):
        undo(study)
    assert "2026-10-02" in path.read_text(encoding="utf-8")


def test_a_row_and_its_new_source_are_saved_together_or_not_at_all(study):
    source = {"source_id": "new-s", "title": "T", "publisher": "P", "date": "2026", "kind": "press"}
    with pytest.raises(Rejected):
        save(
            study,
            [
                RowChange("sources", "", "", {**source, "kind": "rumour"}),
                RowChange("events", "", "", {**EVENT, "source_ids": "new-s"}),
            ],
        )
    assert "new-s" not in (study.record / "sources.csv").read_text(encoding="utf-8")
    save(study, [RowChange("sources", "", "", source), RowChange("events", "", "", {**EVENT, "source_ids": "new-s"})])
    assert study.ledger().source("new-s").publisher == "P"
    undo(study)
    assert Ledger.check(study.record) == []
    assert "new-s" not in (study.record / "sources.csv").read_text(encoding="utf-8")


def test_a_crash_while_writing_leaves_the_old_file(study, monkeypatch):
    before = (study.record / "events.csv").read_bytes()

    def fails(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("detente._atomic.os.replace", fails)
    with pytest.raises(OutputError, match="no space"):
        save(study, [RowChange("events", "", "", EVENT)])
    assert (study.record / "events.csv").read_bytes() == before
    assert [p.name for p in study.record.iterdir() if p.name.startswith(".")] == []
    monkeypatch.undo()
    assert "X1" in (study.folder / JOURNAL).read_text(encoding="utf-8"), "what was meant is on record"


def test_a_journal_line_cut_short_by_a_crash_is_passed_over(study):
    save(study, [RowChange("events", "", "", EVENT)])
    with (study.folder / JOURNAL).open("a", encoding="utf-8") as out:
        out.write('{"time": 1, "chan')
    assert last_change(study)["changes"][0]["id"] == "X1"


def test_many_hands_at_once_lose_nothing(study):
    errors = []

    def add(number):
        try:
            save(study, [RowChange("events", "", "", {**EVENT, "event_id": f"Y{number}"})])
        except Exception as error:
            errors.append(error)

    hands = [threading.Thread(target=add, args=(k,)) for k in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert errors == []
    ids = {r.cells["event_id"] for r in read_file(study, "events").rows}
    assert {f"Y{k}" for k in range(8)} <= ids


def test_line_breaks_and_control_characters_do_not_reach_the_file(study):
    save(
        study,
        [RowChange("events", "", "", {**EVENT, "title": "one\r\ntwo\x00\x1b[31m", "note": "=HYPERLINK(1)"})],
    )
    assert study.ledger().event("X1").title == "one two[31m"


def _take_out(study, table, id_):
    row = read_file(study, table).find(TABLES[table].key, id_)
    save(study, [RowChange(table, id_, row.digest, None)])
    return row


def test_a_deleted_row_goes_and_undo_brings_it_back_to_its_place_byte_for_byte(study):
    before = (study.record / "events.csv").read_bytes()
    ids = [r.cells["event_id"] for r in read_file(study, "events").rows]
    free = next(i for i in ids[3:-3] if not references(_rows(study), "events", i))
    _take_out(study, "events", free)
    assert [r.cells["event_id"] for r in read_file(study, "events").rows] == [i for i in ids if i != free]
    assert Ledger.check(study.record) == []
    assert undo(study) == free
    assert (study.record / "events.csv").read_bytes() == before


def _rows(study):
    return {name: [row.cells for row in read_file(study, name).rows] for name in TABLES}


def test_a_source_in_use_stays_and_every_user_is_named(study):
    before = {p.name: p.read_bytes() for p in study.record.iterdir()}
    users = sum(  # counted here from the ledger's own frames, not by the code under test
        frame[column].drop_nulls().str.split(";").list.eval(pl.element().str.strip_chars() == "cepii-baci").list.any().sum()
        for frame, column in (
            (study.ledger().sources, "cites"), (study.ledger().events, "source_ids"),
            (study.ledger().figures, "source_id"), (study.ledger().claims, "source_id"),
            (study.ledger().forecasts, "source_id"),
        )
    )  # fmt: skip
    with pytest.raises(InUse, match="Change or delete those first") as refused:
        _take_out(study, "sources", "cepii-baci")
    named = [u for u in refused.value.users if not u.startswith("study.toml") and not u.endswith(", options")]
    assert len(named) == users > 10
    assert {p.name: p.read_bytes() for p in study.record.iterdir()} == before
    assert not (study.folder / JOURNAL).exists()


@pytest.mark.parametrize(
    ("table", "id_", "user"),
    [
        ("figures", "T002", "series.csv, T004, derivation"),
        ("sources", "cepii-baci", "claims.csv, S4-6, options"),
    ],
)
def test_what_is_named_inside_other_cells_counts_as_used(study, table, id_, user):
    with pytest.raises(InUse) as refused:
        _take_out(study, table, id_)
    assert user in refused.value.users


def test_an_event_that_a_claim_is_tested_against_stays(study):
    claim = next(c for c in _rows(study)["claims"] if c.get("test") == "event")
    with pytest.raises(InUse, match=r"claims\.csv"):
        _take_out(study, "events", claim["target"].split(";")[0].strip())


def test_a_row_changed_since_it_was_shown_is_not_deleted(study):
    shown = read_file(study, "events").find("event_id", "E040")
    save(study, [RowChange("events", "E040", shown.digest, {**shown.cells, "note": "first"})])
    with pytest.raises(Conflict) as conflict:
        save(study, [RowChange("events", "E040", shown.digest, None)])
    assert conflict.value.now.cells["note"] == "first"
    with pytest.raises(Conflict, match="no longer there"):
        save(study, [RowChange("events", "none", "x", None)])
    with pytest.raises(Conflict, match="no longer there"):
        save(study, [RowChange("events", "", "", None)])


def test_a_deletion_is_not_undone_over_a_row_that_took_its_id(study):
    save(study, [RowChange("events", "", "", EVENT)])
    _take_out(study, "events", "X1")
    path = study.record / "events.csv"
    path.write_text(path.read_text(encoding="utf-8") + "X1,2026-10-02,by hand,,\n", encoding="utf-8", newline="")
    before = path.read_bytes()
    with pytest.raises(Conflict):
        undo(study)
    assert path.read_bytes() == before


def test_old_problems_that_only_move_up_a_row_do_not_block_a_deletion(study):
    path = study.record / "events.csv"
    bad = path.read_text(encoding="utf-8").rstrip("\n").rsplit("\n", 1)
    path.write_text(f"{bad[0]}\n{bad[1].replace('20', '2o', 1)}\n", encoding="utf-8", newline="")
    assert Ledger.check(study.record) != []
    free = next(
        r["event_id"] for r in _rows(study)["events"][1:] if not references(_rows(study), "events", r["event_id"])
    )
    _take_out(study, "events", free)
    assert read_file(study, "events").find("event_id", free) is None


def test_a_new_column_does_not_look_like_somebody_elses_change(study):
    path = study.record / "events.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    out = rows[0].index("announced")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([r[:out] + r[out + 1 :] for r in rows])
    before = path.read_text(encoding="utf-8")
    shown = read_file(study, "events").find("event_id", "E040")
    save(study, [RowChange("events", "E040", shown.digest, {**shown.cells, "announced": "2010-01-01"})])
    assert _cell(study, "E040", "announced") == "2010-01-01"
    undo(study)
    assert _cell(study, "E040", "announced") is None
    assert len(path.read_text(encoding="utf-8").splitlines()) == len(before.splitlines())


# A row as people fill it in.


@pytest.fixture
def app_client(study):
    pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
    from starlette.testclient import TestClient

    from detente.web import Keys, Site, create_app

    app = create_app(Site(Workspace(study.folder.parent), Keys(token="t" * 32)))
    return TestClient(app, base_url="http://localhost", headers={"x-detente-token": "t" * 32}, follow_redirects=False)


def test_four_fields_make_an_event_its_id_and_its_source(app_client, study):
    given = {"date": "2026-10-01", "title": "Buses run again", "kind": "border opening",
             "source_ids": "https://www.example.org/2026/buses-run-again.html"}  # fmt: skip
    answer = app_client.post("/s/copy/record/events/row", data=given)
    assert answer.status_code == 303, answer.text
    ledger = study.ledger()
    row = ledger.events.to_dicts()[-1]
    assert row["title"] == "Buses run again"
    assert row["event_id"] not in {r["event_id"] for r in ledger.events.to_dicts()[:-1]}
    source = ledger.source(row["source_ids"])
    assert (source.publisher, source.title) == ("example.org", "[Buses run again]")
    undo(study)
    assert "Buses run again" not in (study.record / "events.csv").read_text()
    assert "example.org/2026" not in (study.record / "sources.csv").read_text(), "taken back as one"


def test_an_empty_form_says_each_fault_once_and_at_its_field(app_client):
    text = app_client.post("/s/copy/record/events/row", data={"title": ""}).text
    assert text.count('class="wrong"') >= 1
    assert "events.csv" not in text
    shown = [line for line in text.splitlines() if 'class="wrong"' in line]
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "ftp://x.org/a", "http://", "http://[::1", "https://a b.org", "x"]
)
def test_what_is_no_web_address_becomes_no_source(link):
    from detente.web.editor.new_rows import source_of

    assert source_of(link, []) is None


def test_a_large_table_comes_in_pages_and_is_searched_as_a_whole(app_client, study):
    path = study.record / "events.csv"
    head = path.read_text().splitlines()[0].split(",")
    cells = {"date": "2026-10-01", "title": "Repeated", "kind": "election", "direction": "0", "source_ids": "unsourced"}
    lines = [",".join(({"event_id": f"N{k}"} | cells).get(c, "") for c in head) for k in range(2000)]
    with path.open("a") as out:
        out.write("\n".join(lines) + "\n")
    page = app_client.get("/s/copy/record/events")
    assert len(page.content) < 200_000
    data = app_client.get("/s/copy/record/events?format=json&find=N1999").json()
    assert [row["event_id"] for row in data["rows"]] == ["N1999"]
    last = app_client.get("/s/copy/record/events?format=json&page=999").json()
    assert last["page"] == last["pages"] == -(-last["total"] // 300)
    of_kind = app_client.get("/s/copy/record/events?format=json&kind=election").json()
    assert {row["kind"] for row in of_kind["rows"]} == {"election"}


@pytest.mark.parametrize(
    ("file", "body"),
    [("events.csv", "event_id;date;title\nE1;2020-01-01;x\n"), ("sources.csv", "a,b\n1,2\n"), ("events.csv", ""),
     ("claims.csv", "claim_id\n\"open"), ("events.csv", "event_id\n\x00")],
)  # fmt: skip
def test_a_file_with_another_header_is_a_named_problem_on_that_page(app_client, study, file, body):
    (study.record / file).write_text(body)
    for table in ("events", "claims", "figures", "sources"):
        answer = app_client.get(f"/s/copy/record/{table}")
        assert answer.status_code in (200, 422)
        assert "This is a bug" not in answer.text
    assert app_client.get("/").status_code == 200


ARTICLE = """Trade between the two was worth US$7.2bn in 2008, the chamber said.

The border was closed on 19 August 2015 and 22,000 people left."""


def test_an_article_is_pasted_read_kept_and_undone_as_one(app_client, study):
    link = "https://www.example.org/2022/trade.html"
    asked = {"text": ARTICLE, "link": link, "published": "2022-11-03"}
    page = app_client.post("/s/copy/draft?format=json", data=asked).json()
    assert any(row["value"] == "7200" and row["unit"] == "usd_mn" for row in page["rows"])
    given = {**asked, "take-0": "yes"}
    given |= {f"cell-{k}-{name}": row[name] for k, row in enumerate(page["rows"]) for name in page["columns"]}
    given["cell-0-claim"] = "The chamber put trade in 2008 at 7.2 billion dollars"
    before = study.ledger().claims.height
    answer = app_client.post("/s/copy/draft/accept", data=given)
    assert answer.status_code == 303, answer.text
    ledger = study.ledger()
    assert ledger.claims.height == before + 1
    row = ledger.claims.to_dicts()[-1]
    assert row["claim"].startswith("The chamber put")
    assert ledger.source(row["source_id"]).publisher == "example.org"
    undo(study)
    assert study.ledger().claims.height == before
    assert "example.org/2022/trade" not in (study.record / "sources.csv").read_text()


@pytest.mark.parametrize("text", ["", "   \n\n  ", "Hello.", "<script>alert(1)</script>", "x" * 300_000])
def test_text_without_claims_is_answered(app_client, text):
    answer = app_client.post("/s/copy/draft", data={"text": text})
    assert answer.status_code in (200, 413, 422)
    assert "<script>alert" not in answer.text
    assert app_client.post("/s/copy/draft/accept", data={"cell-0-claim": "x"}).status_code == 422


TOLD = """Venezuela closed the border to Colombia on 19 August 2015.

Colombia's exports to Venezuela were US$1,987 million in 2014, the Andean Chamber said."""


def test_what_an_article_tells_is_offered_as_evidence_and_enters_with_it(app_client, study):
    asked = {"text": TOLD, "link": "https://www.example.org/2022/border.html", "published": "2022-11-03"}
    page = app_client.post("/s/copy/draft?format=json", data=asked).json()
    claim = next(row for row in page["rows"] if row["value"] == "1987")
    assert (claim["test"], claim["target"], claim["confidence"]) == ("quantity", "trade.exports", "high")
    assert [group["table"] for group in page["offered"]] == ["events", "figures"]
    given = {**asked, "take-e0": "yes", "take-f0": "yes"}
    given |= {f"cell-{k}-{name}": row[name] for k, row in enumerate(page["rows"]) for name in page["columns"]}
    for group in page["offered"]:
        for k, row in enumerate(group["rows"]):
            given |= {f"cell-{group['prefix']}{k}-{name}": row[name] for name in group["columns"]}
    before = study.ledger()
    answer = app_client.post("/s/copy/draft/accept", data=given)
    assert answer.status_code == 303, answer.text
    ledger = study.ledger()
    assert (ledger.events.height, ledger.figures.height) == (before.events.height + 1, before.figures.height + 1)
    event, figure = ledger.events.to_dicts()[-1], ledger.figures.to_dicts()[-1]
    assert (event["date"], event["kind"], figure["value"]) == ("2015-08-19", "border closure", 1987)
    assert event["source_ids"] == figure["source_id"]
    undo(study)
    assert study.ledger().events.height == before.events.height
    shown = app_client.post("/s/copy/draft", data=asked).text
    assert "Events that the article tells of" in shown
    assert "It can be read in one way only." in shown
    spanish = app_client.post("/s/copy/draft", data=asked, headers={"accept-language": "es"}).text
    cards = spanish[spanish.index('<ol class="drafted">') : spanish.rindex("</form>")]
    cards = re.sub(r'<input type="hidden"[^>]*>', "", cards)
    for said in (
        "Tipo: <b>cantidad</b>",
        "19 ago. 2015",
        "cierre de frontera",
        "Leído en: «",
        "Fricción: <b>la sube</b>",
    ):
        assert said in cards
    for code in ("border closure</b>", "trade.exports</b>", "Read from", "Proposed test", "quantity</b>"):
        assert code not in cards


def test_a_rows_page_says_what_rests_on_it(app_client, study):
    shown = app_client.get("/s/copy/record/events/row?id=E075").text
    assert "What rests on it" in shown
    assert "decides S0-18 (confirmed)" in shown
    assert "begins border" in shown
    source = study.ledger().event("E075").source_ids[0]
    assert "decides S0-18 (confirmed)" in app_client.get(f"/s/copy/record/sources/row?id={source}").text
    (study.record / "events.csv").write_text("event_id\n")  # a record with problems still has its pages
    assert app_client.get(f"/s/copy/record/sources/row?id={source}").status_code == 200


def test_rows_lead_to_their_sources_and_to_what_rests_on_them(app_client, study):
    shown = app_client.get("/s/copy/record/events/row?id=E075").text
    assert '<a href="/s/copy/record/claims/row?id=S0-18">' in shown
    source = study.ledger().event("E075").source_ids[0]
    assert f'href="/s/copy/record/sources/row?id={source}">{source}</a>' in app_client.get("/s/copy/record/events").text


def test_a_row_that_cannot_be_changed_is_read_in_the_readers_language(app_client):
    page = app_client.get("/s/colombia-venezuela/record/events/row?id=E001", headers={"accept-language": "es"}).text
    assert "<h1>E001</h1>" in page
    for words in ("Disputa militarizada de bajo nivel", "disputa militarizada", "media", 'sources/row?id=cow-mid-v4">'):
        assert words in page
    for words in ("title_es", "Militarised", "medium", "Editar"):
        assert words not in page.split("<main")[1].split("<details")[0]


def _slowly(study, table, find, facet, chosen):
    rows = [dict(row.cells) for row in read_file(study, table).rows]
    words = find.casefold().split()
    return [
        row for row in rows
        if (not chosen or row.get(facet) == chosen) and all(word in " ".join(row.values()).casefold() for word in words)
    ]  # fmt: skip


@pytest.mark.parametrize("table", ["events", "claims", "figures", "sources"])
@pytest.mark.parametrize(
    ("find", "chosen"), [("", ""), ("VENEZUELA frontera", ""), ("border", "border closure"), ("zzz", "")]
)
def test_a_page_in_columns_is_the_page_row_by_row(study, table, find, chosen):
    facet = {"events": "kind", "claims": "test", "figures": "status", "sources": "kind"}[table]
    wanted = _slowly(study, table, find, facet, chosen)
    found = listed(study, table, facet, Asked(find, chosen), 20)
    assert found.fitting == len(wanted)
    assert found.total == len(read_file(study, table).rows)
    for mine, theirs in zip(found.rows, wanted[:20], strict=True):
        assert {k: v for k, v in mine.items() if v and k != "verdict"} == {k: v for k, v in theirs.items() if v}
    last = listed(study, table, facet, Asked(find, chosen, page=10**6), 20)
    assert (last.page, list(last.rows)) == (
        last.pages,
        listed(study, table, facet, Asked(find, chosen, page=last.pages), 20).rows,
    )


@pytest.mark.parametrize(
    "text",
    [
        'event_id,title\nA,"two\nlines, and ""quotes"""\n\nB, plain \n',
        '\ufeffevent_id,title\r\nA,x\r\n',
        "event_id,title\nA\nB,x,more\n",
        "event_id,title\nA,un\"quoted\n",
        "event_id,title\n",
    ],
)  # fmt: skip
def test_a_file_in_any_shape_lists_what_the_editor_reads(study, text):
    (study.record / "events.csv").write_text(text, encoding="utf-8", newline="")
    wanted = [row.cells for row in read_file(study, "events").rows]
    found = listed(study, "events", "kind", Asked(), 300)
    assert [{k: v for k, v in row.items() if v} for row in found.rows] == [
        {k: v for k, v in row.items() if v} for row in wanted
    ]
    assert found.total == len(wanted)


def test_a_file_without_its_key_is_refused_as_before(study):
    (study.record / "events.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(UnreadableFile):
        listed(study, "events", "kind", Asked(), 300)


def test_a_list_is_narrowed_to_a_year_and_claims_to_a_verdict(study):
    rows = [row.cells for row in read_file(study, "events").rows]
    found = listed(study, "events", "kind", Asked(year="2019"), 300)
    assert found.fitting == sum(row["date"].startswith("2019") for row in rows) > 0
    assert dict(found.years)["2019"] == found.fitting
    verdicts = study.ledger().verdicts()
    for verdict, n in listed(study, "claims", "test", Asked(), 300).verdicts:
        wanted = verdicts.filter(pl.col("verdict") == verdict)["claim_id"].to_list()
        narrowed = listed(study, "claims", "test", Asked(verdict=verdict), 300)
        assert ([row["claim_id"] for row in narrowed.rows], narrowed.fitting) == (wanted, n)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_of_a_list_has_a_heading_in_words(language):
    words = Words(language)
    assert [c for columns in LISTED.values() for c in columns if words.field(c) == c] == []


def test_what_an_article_leaves_open_of_an_event_is_chosen_on_its_card(app_client, study):
    asked = {"text": "Colombia mediated between Venezuela and its rebels on 3 March 2019.", "published": "2022-11-03"}
    page = app_client.post("/s/copy/draft?format=json", data=asked).json()
    events = next(group for group in page["offered"] if group["table"] == "events")
    row = events["rows"][0]
    assert (row["kind"], row["direction"], set(row["asks"])) == ("", "", {"kind", "direction"})
    assert ["peace process", "peace process"] in row["asks"]["kind"]
    shown = app_client.post("/s/copy/draft", data=asked).text
    assert '<select name="cell-e0-kind">' in shown
    given = {**asked, "take-e0": "yes", **{f"cell-e0-{name}": row[name] for name in events["columns"]}}
    given |= {f"cell-{k}-{name}": one[name] for k, one in enumerate(page["rows"]) for name in page["columns"]}
    refused = app_client.post("/s/copy/draft/accept", data=given)
    assert refused.status_code == 422
    assert '<select name="cell-e0-kind">' in refused.text
    before = study.ledger().events.height
    chosen = {"cell-e0-kind": "peace process", "cell-e0-direction": "-"}
    assert app_client.post("/s/copy/draft/accept", data=given | chosen).status_code == 303
    added = study.ledger().events.to_dicts()[-1]
    assert study.ledger().events.height == before + 1
    assert (added["kind"], added["direction"], added["date"]) == ("peace process", "-", "2019-03-03")
    undo(study)
