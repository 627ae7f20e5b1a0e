from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from detente.errors import EmptySample, OutputError, RecordError, UnreadableFile
from detente.record.draft.accept import accept, append_rows
from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.files import save_draft
from detente.record.draft.row import COLUMNS, fingerprint
from detente.record.schema import CLAIMS

ARTICLE = Article(
    "",
    "Trade was worth US$7.2bn in 2008, the chamber said.\n\nMore than 240 trucks crossed in 2021.",
    "2022-11-03",
    "en",
)
SOURCES = "source_id,title,publisher,date,kind\nS9,An article,A paper,2022-11-03,press\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    record = tmp_path / "study/record"
    record.mkdir(parents=True)
    (record / "sources.csv").write_text(SOURCES)
    (record / "events.csv").write_text("event_id,date,title,kind,direction,source_ids\n")
    (record / "series.csv").write_text("figure_id,series,period,value,unit,basis,kind,status,source_id\n")
    (record / "claims.csv").write_text(
        "claim_id,source_id,paragraph,claim,type,why_not\nOLD,S9,1,Something,stance,A wish.\n"
    )
    return tmp_path / "study"


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def draft_file(study: Path, **changes: str) -> Path:
    path = study.parent / "a.draft.csv"
    path.write_text(draft_claims(ARTICLE, "S9").to_csv())
    edit(path, 0, **changes)
    return path


def edit(path: Path, row: int, **changes: str) -> None:
    table = rows(path)
    table[row].update(changes)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, table[0].keys())
        writer.writeheader()
        writer.writerows(table)


PARAPHRASE = "The chamber puts trade in 2008 at 7.2 billion dollars"


def test_the_draft_holds_value_unit_date_and_source(study: Path) -> None:
    first, second = rows(draft_file(study))
    assert tuple(first) == COLUMNS
    assert (first["value"], first["unit"], first["date"], first["attributed_to"]) == (
        "7200",
        "usd_mn",
        "2008",
        "the chamber",
    )
    assert (second["value"], second["unit"], second["options"]) == ("240", "trucks", "op=more than")
    assert first["accept"] == second["accept"] == ""
    assert first["wording"] == fingerprint("Trade was worth US$7.2bn in 2008, the chamber said.")


def test_only_rows_marked_yes_enter(study: Path) -> None:
    done = accept(draft_file(study, accept="yes", claim=PARAPHRASE), study / "record")
    assert (done.claim_ids, done.left) == (("S9-d1",), 1)
    claims = rows(study / "record/claims.csv")
    assert [c["claim_id"] for c in claims] == ["OLD", "S9-d1"]
    assert claims[1]["claim"] == PARAPHRASE
    assert not {"accept", "confidence", "hint", "wording"} & set(claims[1])


def test_nothing_marked_changes_nothing(study: Path) -> None:
    before = (study / "record/claims.csv").read_bytes()
    with pytest.raises(EmptySample, match="No row"):
        accept(draft_file(study), study / "record")
    assert (study / "record/claims.csv").read_bytes() == before


def test_the_articles_wording_needs_the_flag_and_is_marked(study: Path) -> None:
    path = draft_file(study, accept="yes", claim="trade was WORTH US$7.2bn in 2008 the chamber said")
    with pytest.raises(RecordError, match="row 2, column 'claim'") as caught:
        accept(path, study / "record")
    assert "--keep-wording" in str(caught.value)
    accept(path, study / "record", keep_wording=True)
    assert rows(study / "record/claims.csv")[1]["note"] == "in the source's own words"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"accept": "yse"}, "column 'accept': 'yse' is neither yes nor no"),
        ({"accept": "yes", "claim": PARAPHRASE, "source_id": "S99"}, "row 2, column 'source_id': There is no id 'S99'"),
        ({"accept": "yes", "claim": PARAPHRASE, "type": "quantty"}, "row 2, column 'type'"),
        ({"accept": "yes", "claim": PARAPHRASE, "date": "2008-13"}, "row 2, column 'date'"),
        ({"accept": "yes", "claim": PARAPHRASE, "value": "7,2"}, "row 2, column 'value'"),
        ({"accept": "yes", "claim": PARAPHRASE, "claim_id": "OLD"}, "row 2, column 'claim_id': The id 'OLD' was used"),
        ({"accept": "yes", "claim": ""}, "row 2, column 'claim'"),
        ({"accept": "yes", "claim": PARAPHRASE, "why_not": ""}, "neither a test nor a reason"),
    ],
)
def test_a_bad_row_is_named_in_the_draft_and_nothing_is_written(study: Path, changes: dict, says: str) -> None:
    path = draft_file(study, **changes)
    before = (study / "record/claims.csv").read_bytes()
    with pytest.raises(RecordError) as caught:
        accept(path, study / "record")
    assert says in str(caught.value)
    assert (study / "record/claims.csv").read_bytes() == before
    assert sorted(p.name for p in (study / "record").iterdir()) == [
        "claims.csv",
        "events.csv",
        "series.csv",
        "sources.csv",
    ]


def test_the_row_number_is_the_drafts(study: Path) -> None:
    path = draft_file(study)
    edit(path, 1, accept="YES", claim="Over 240 lorries went across in 2021", type="count")
    with pytest.raises(RecordError, match=r"a\.draft\.csv, row 3, column 'type'"):
        accept(path, study / "record")


def test_accepting_twice_is_refused(study: Path) -> None:
    path = draft_file(study, accept="yes", claim=PARAPHRASE)
    accept(path, study / "record")
    with pytest.raises(RecordError, match="S9-d1"):
        accept(path, study / "record")


def test_a_file_that_is_no_draft_is_refused(study: Path, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="There is no file"):
        accept(tmp_path / "no.csv", study / "record")
    with pytest.raises(RecordError, match="There is no column 'accept'"):
        accept(study / "record/claims.csv", study / "record")


def test_what_stood_in_the_claims_file_stays_byte_for_byte() -> None:
    header = ",".join(CLAIMS.allowed)
    before = f'\ufeff{header}\r\nA,S,1,"odd ""quoting""",stance\r\n'.encode()
    after, old = append_rows(before, [{"claim_id": "B", "claim": "x"}])
    assert old == 1
    assert after.startswith(before)
    assert after.endswith(b"\r\n")


def test_a_missing_claims_file_is_made_and_a_missing_column_added() -> None:
    made, old = append_rows(b"", [{"claim_id": "B", "claim": "x"}])
    assert (old, made.decode().splitlines()[0]) == (0, ",".join(CLAIMS.allowed))
    wider = append_rows(b"claim_id,claim\nA,old\n", [{"claim_id": "B", "claim": "x", "value": "3"}])[0]
    assert wider == b"claim_id,claim,value\nA,old,\nB,x,3\n"


def test_a_draft_overwrites_nothing_and_stays_out_of_the_study(study: Path) -> None:
    draft = draft_claims(ARTICLE, "S9")
    path = save_draft(draft, study.parent / "new.csv", study)
    with pytest.raises(OutputError, match="exists already"):
        save_draft(draft, path, study)
    with pytest.raises(OutputError, match="inside the study"):
        save_draft(draft, study / "record/new.csv", study)


def test_a_formula_in_an_article_stays_text_in_a_spreadsheet(study: Path) -> None:
    article = Article("", '=HYPERLINK("http://x.y","4% in 2030") said the minister.', "", "en")
    cell = draft_claims(article, "S9").rows[0].as_row()["claim"]
    assert cell.startswith("'=")


def test_ids_in_use_are_not_given_again() -> None:
    ids = [row.cells["claim_id"] for row in draft_claims(ARTICLE, "S9", taken=["S9-d1"]).rows]
    assert ids == ["S9-d2", "S9-d3"]
