"""What goes wrong is said in the reader's language, whole or not at all, and marked by language."""

from __future__ import annotations

import ast
import csv
import re
from importlib.resources import files
from pathlib import Path

import pytest

pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
from starlette.testclient import TestClient

import detente
import detente.errors
from detente.errors import UsageError
from detente.language.error_words import said_error, said_part
from detente.study import open_study
from detente.web import Keys, Site, Workspace, create_app

TOKEN = "t" * 32
SHOWN = (
    "web/**/*.py", "_foreign.py", "_atomic.py", "answer/**/*.py", "record/reading.py", "study/*.py", "report/**/*.py",
    "run/**/*.py", "attribution/episodes.py", "attribution/measures.py", "attribution/attributing.py",
    "attribution/comparison/*.py", "attribution/flows/*.py", "attribution/words/*.py", "gravity/engines/*.py",
    "equilibrium/accounts.py", "equilibrium/assembly.py", "equilibrium/table.py", "equilibrium/extensions/mobility.py",
    "equilibrium/sectors/assembly.py", "equilibrium/sectors/checks.py", "equilibrium/sectors/official_tables.py",
    "equilibrium/sectors/table_layouts.py", "outlook/capacity.py", "outlook/incidents/counts.py",
    "outlook/incidents/incident_forecast.py", "outlook/incidents/negative_binomial.py", "panel/reading/*.py",
    "panel/grouping/*.py", "panel/world_panel.py", "panel/levels.py", "data/periods.py", "data/units.py",
)  # fmt: skip
"""Rooms and modules whose errors a page can show: those of a study, its record, its panel, its tables, a run of it."""
NOT_SHOWN = {
    "app.py",
    "server.py",
    "shock_file.py",
    "schema.py",
    "scratch.py",
    "spilling.py",
    "pairs_asked.py",
    "parts_kept.py",
}  # said in a terminal or to who writes code, in English
RAISED = {name for name, kind in vars(detente.errors).items() if isinstance(kind, type)}


def _template(node: ast.expr) -> str:
    """A literal or an f-string with its fillings as ``{}``; empty for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    return ""


def _sentences():
    home = Path(detente.__file__).parent
    for path in sorted(path for room in SHOWN for path in home.glob(room)):
        if path.name in NOT_SHOWN:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED:
                for part in [*node.args, *(k.value for k in node.keywords if k.arg in ("why", "fix"))]:
                    text = _template(part)
                    if " " in text.replace("{}", ""):
                        yield path.name, text


FILLED = {"{} is {}.", "{} {}.", "{} has {}:\n  {}{}"}  # whose filling are words; each way has a pattern of its own


def _spoken(text):
    """The pattern filled in; what may follow a sentence (another, or a list) stands in a pattern of its own or is a name."""
    bare = text.removesuffix("{}") if text.endswith((".{}", "?{}")) else text
    return "" if text in FILLED or text[-4:] == ": {}" else said_part(bare.replace("{}", "x"), "es")


def test_every_error_of_the_app_has_its_sentence_in_spanish():
    sentences = list(_sentences())
    missing = [(name, text) for name, text in sentences if _spoken(text) is None]
    assert missing == []
    assert len(sentences) > 600  # so many can a page show


def test_patterns_keep_what_they_were_filled_with():
    rows = list(csv.DictReader((files("detente.language") / "locale/es/errors.csv").read_text("utf-8").splitlines()))
    assert len({row["english"] for row in rows}) == len(rows)
    for row in rows:
        assert row["english"].count("{}") == row["translation"].count("{}"), row
        filled = row["english"].replace("{}", "α{β}γ")
        assert said_part(filled, "es") is not None
        assert said_part(filled, "es").count("α{β}γ") == row["translation"].count("{}"), row


def test_an_error_is_never_half_translated():
    known = "There is no job 7."
    assert said_error(UsageError(known, fix="Try again."), "es")[1] == "es"
    assert said_error(UsageError(known, fix="Something new."), "es") == (f"{known} Something new.", "en")
    assert said_error(UsageError(known), "en") == (known, "en")


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    app = create_app(Site(Workspace(tmp_path_factory.mktemp("space")), Keys(token=TOKEN)))
    return TestClient(app, base_url="http://localhost", headers={"x-detente-token": TOKEN}, follow_redirects=False)


@pytest.mark.parametrize(
    "path",
    ["/s/none", "/jobs/77", "/pair/IND-IND", "/pair/xx", "/pair?q=narnia", "/open?path=../x", "/s/colombia-venezuela/desk?theta=-3",
     "/s/colombia-venezuela/attribution?from=abc", "/s/colombia-venezuela/record/events/row?id=none", "/nothing",
     "/s/colombia-venezuela/chart/nothing", "/s/colombia-venezuela/data/9"],
)  # fmt: skip
def test_pages_that_say_what_is_wrong_say_it_in_spanish(client, path):
    text = client.get(path, headers={"accept-language": "es"}).text
    alerts = re.findall(r'<p class="alert"[^>]*?(?:lang="(\w+)")?[^>]*>([^<]+)</p>', text)
    assert alerts
    told = [words for _, words in alerts if words.strip()]
    assert told
    for words in told:
        assert not re.search(r"\b(the|is|not|there|this|with)\b", words, re.IGNORECASE), words
    assert 'lang="en">' not in re.sub(
        r"<pre.*?</pre>", "", text.split("<main")[1].split("<details")[0], flags=re.DOTALL
    )


EVENT = {"date": "2026-10-01", "title": "x", "kind": "election", "direction": "0", "source_ids": "unsourced"}
CLAIM = {"source_id": "dinero-2013", "claim": "x", "type": "quantity"}
FIGURE = {"series": "trade.exports", "period": "2020", "value": "1", "unit": "usd_mn", "basis": "fob", "kind": "flow",
          "status": "reported", "source_id": "dinero-2013"}  # fmt: skip
WRONG_ROWS = [
    *(("events", EVENT, change) for change in (
        {"date": "2026-13-01"}, {"date": "2026-02-31"}, {"date": "10/11/2020"}, {"date": ""}, {"title": ""}, {"kind": "party"},
        {"direction": "9"}, {"source_ids": "nobody"}, {"sets": "border.goods=ajar"}, {"sets": "nowhere=1"},
        {"event_id": "E001"}, {"confidence": "so"}, {"end_date": "2020-01-01"},
    )),
    *(("claims", CLAIM, change) for change in (
        {}, {"type": "q"}, {"test": "count"}, {"test": "nothing"}, {"value": "abc"}, {"options": "x"}, {"target": "a"},
        {"source_id": ""}, {"test": "quantity", "target": "nothing"}, {"test": "event", "target": "E999"},
        {"test": "state", "state": "x=1", "target": "x", "date": "2020"}, {"test": "change", "target": "trade.exports"},
    )),
    *(("figures", FIGURE, change) for change in (
        {"value": "x"}, {"period": "2020-13"}, {"low": "3", "high": "4"}, {"kind": "z"}, {"value": "-1"},
    )),
]  # fmt: skip
WRONG_PAGES = (
    "/s/copy/desk?there=99", "/s/copy/desk?year=1950", "/s/copy/desk?psi=-1", "/s/copy/desk?ratio=0", "/s/copy/desk?deficits=x",
    "/s/copy/attribution?a=COL&b=COL", "/s/copy/attribution?a=ROM&b=COL", "/s/copy/attribution?from=2010&to=2008",
    "/s/copy/attribution?from=1950&to=2008", "/s/copy/attribution?from=2008&to=2050",
    "/s/copy/attribution?base_from=2010&base_to=2005", "/s/copy/attribution?placebos=picked&donors=DEU-FRA",
    "/s/copy/attribution?placebos=nope", "/s/copy/attribution?a=Narnia", "/pair/TUV-NRU/what-if", "/pair/ABC-DEF",
    "/pair/KEN-TZA/x.csv", "/run?path=nope", "/open?path=/etc", "/s/copy/download/csv", "/s/copy/one-page.pdf",
    "/s/copy/chart/trade", "/pair/ROW-COL", "/pair/XKX-SRB", "/s/copy/desk/download/csv?theta=99",
)  # fmt: skip


@pytest.fixture(scope="module")
def writable(tmp_path_factory):
    space = Workspace(tmp_path_factory.mktemp("writable"))
    space.copy(open_study("colombia-venezuela"), "copy")
    site = Site(space, Keys(token=TOKEN))
    return TestClient(
        create_app(site), base_url="http://localhost", headers={"x-detente-token": TOKEN, "accept-language": "es"}
    )


def _english(text):
    """What a page says in English where something went wrong."""
    found = re.findall(r'class="(?:alert|wrong)"[^>]*>.*?</(?:p|div)>', text.split("<main")[-1], re.DOTALL)
    return [part for part in found if 'lang="en"' in part and " hidden>" not in part]


@pytest.mark.parametrize(("table", "row", "change"), WRONG_ROWS, ids=lambda value: str(value)[:40])
def test_a_row_that_is_refused_is_refused_in_spanish(writable, table, row, change):
    reply = writable.post(f"/s/copy/record/{table}/row", data={**row, **change})
    assert reply.status_code == 422, "the row was taken"
    assert _english(reply.text) == []


@pytest.mark.parametrize("path", WRONG_PAGES)
def test_a_question_without_an_answer_is_refused_in_spanish(writable, path):
    reply = writable.get(path)
    assert reply.status_code in (404, 422)
    assert _english(reply.text) == []
    assert not re.search(r'class="alert"[^>]*>[^<]*\b(the|is|was|needs)\b', reply.text.split("<main")[-1])


@pytest.mark.parametrize("text", ["a = [", "format = 99", "", "format = 1\norigin = 'XXX'", "x" * 50 + " = 1"])
def test_a_broken_study_says_what_is_wrong_in_spanish(tmp_path, text):
    (tmp_path / "bad" / "record").mkdir(parents=True)
    (tmp_path / "bad" / "study.toml").write_text(text, encoding="utf-8")
    asked = TestClient(create_app(Site(Workspace(tmp_path), Keys(token=TOKEN))), base_url="http://localhost")
    page = asked.get("/", headers={"accept-language": "es"}).text
    assert re.search(r'class="alert" lang="es">[^<]*study.toml', page), re.findall(r'class="alert"[^<]*<', page)


def test_sentences_are_matched_one_by_one_and_a_pattern_does_not_reach_into_the_next():
    ends = "The event ends 2020-01-01, before it starts 2026-10-01. Swap or fix the dates."
    assert (
        said_part(ends, "es")
        == "El hecho termina el 2020-01-01, antes de empezar el 2026-10-01. Intercambie o corrija las fechas."
    )
    assert said_part("x/study.toml has 2 problems:\n  a: this key is needed.\n  b: nobody foresaw this.", "es") is None
