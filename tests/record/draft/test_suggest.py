from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from types import ModuleType
from typing import ClassVar

import pytest

from detente.errors import UsageError
from detente.record.draft import chat
from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.suggest import EVIDENCE_MAY_FILL, MAY_FILL, DraftContext, KnownRecord, load, offer_schema

ARTICLE = Article("", "The thaw is real. Trade rose 4% in 2030.", "2031-05-14", "en")
GOOD = {"claim": "The thaw is real.", "type": "assessment", "actors": "COL;VEN"}


def test_by_default_nothing_is_asked() -> None:
    assert [r.cells["claim"] for r in draft_claims(ARTICLE, "S").rows] == ["Trade rose 4% in 2030."]


def test_a_suggested_row_joins_the_draft_unaccepted_and_low() -> None:
    seen = []

    def suggest(text: str, drafted: tuple) -> list[dict]:
        seen.append((text, len(drafted)))
        return [GOOD]

    row = draft_claims(ARTICLE, "S", suggest=suggest).rows[-1].as_row()
    assert seen == [(ARTICLE.text, 1)]
    assert (row["claim_id"], row["type"], row["confidence"], row["accept"], row["paragraph"]) == (
        "S-d2",
        "assessment",
        "low",
        "",
        "1",
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"accept": "yes"}, "may not fill 'accept'"),
        ({"claim_id": "S-d1"}, "may not fill 'claim_id'"),
        ({"claim": "The thaw is a lie."}, "not a sentence of the article"),
        ({"type": "gossip"}, "not a type of claim"),
        ({"date": "2031-02-31"}, "does not exist"),
        ({"value": "many"}, "not a number"),
        ({"unit": ["usd"]}, "is text or a number"),
        ({"value": "nan"}, "not a number"),
        ({"value": "1e999"}, "not a number"),
        ({"test": "quantities"}, "not a kind of test"),
        ({"corrects": "9"}, "no drafted row"),
        ({"note": "x" * 1001}, "longer than"),
    ],
)
def test_what_a_suggestion_gets_wrong_is_refused_by_itself(change: dict, says: str) -> None:
    draft = draft_claims(ARTICLE, "S", suggest=lambda text, drafted: [GOOD | change, GOOD])
    assert [r.cells["claim"] for r in draft.rows] == ["Trade rose 4% in 2030.", GOOD["claim"]]
    assert any(r.startswith("suggested row 1") and says in r for r in draft.refused)


def test_a_curly_quote_or_a_number_as_a_number_refuses_nothing() -> None:
    article = Article("", "It’s real — “truly”. Trade rose 4% in 2030.", "2031-05-14", "en")
    offered = {"claim": 'It\'s real - "truly".', "type": "quantity", "value": 8000, "unit": "usd_mn"}
    draft = draft_claims(article, "S", suggest=lambda text, drafted: [offered])
    assert (draft.rows[-1].cells["claim"], draft.rows[-1].cells["value"], draft.refused) == (
        "It’s real — “truly”.", "8000", (),
    )  # fmt: skip


def _late(text: str, drafted: tuple) -> list[dict]:
    raise TimeoutError("too late")


@pytest.mark.parametrize("step", [_late, lambda text, drafted: None, lambda text, drafted: [3], lambda a, b, c: []])
def test_a_step_that_fails_leaves_the_draft_as_it_was(step) -> None:
    draft = draft_claims(ARTICLE, "S", suggest=step)
    assert [r.cells["claim"] for r in draft.rows] == ["Trade rose 4% in 2030."]
    assert draft.refused


def test_the_step_gets_the_articles_day_the_dyad_and_what_is_on_record() -> None:
    seen = []

    def step(context: DraftContext) -> list[dict]:
        seen.append(context)
        return [GOOD | {"claim": "Trade rose 4% in 2030.", "type": "quantity", "test": "quantity", "target": "trade.total",
                        "date": "2030", "value": "5", "unit": "pct", "corrects": "1"}]  # fmt: skip

    known = KnownRecord(("COL", "VEN"), ("trade.total",), ("border.goods",), ("border closure",), ("An old claim",))
    draft = draft_claims(ARTICLE, "S", suggest=step, known=known)
    context = seen[0]
    assert (context.published, context.dyad, context.series, context.claims) == (
        "2031-05-14", ("COL", "VEN"), ("trade.total",), ("An old claim",),
    )  # fmt: skip
    assert context.sentences[1] == (18, 40, "Trade rose 4% in 2030.")
    assert "row 1 otherwise" in " ".join(draft.rows[-1].hints)
    assert draft.rows[-1].cells["test"] == "quantity"


def test_the_schema_accepts_what_the_check_accepts() -> None:
    schema = offer_schema()["properties"]["rows"]["items"]
    evidence = {column for may in EVIDENCE_MAY_FILL.values() for column in may}
    assert set(schema["properties"]) == {"for", *MAY_FILL, *evidence}
    assert set(GOOD) <= set(schema["properties"])


EVENT = {"for": "events", "claim": "The thaw is real.", "date": "2031-05-01", "title": "A thaw", "kind": "reconciliation",
         "direction": "-"}  # fmt: skip
FIGURE = {"for": "series", "claim": "Trade rose 4% in 2030.", "series": "trade.growth", "period": "2030", "value": 4,
          "unit": "pct", "basis": "-", "kind": "rate", "status": "reported"}  # fmt: skip


def test_events_and_figures_may_be_suggested_too() -> None:
    draft = draft_claims(ARTICLE, "S", suggest=lambda text, drafted: [EVENT, FIGURE])
    assert draft.refused == ()
    (event,), (figure,) = draft.events, draft.figures
    assert (event.cells["event_id"], event.cells["source_ids"], event.confidence) == ("S-s1", "S", "low")
    assert (figure.cells["figure_id"], figure.cells["source_id"], figure.cells["value"]) == ("S-s1", "S", "4")
    assert set(draft.evidence()) == {"events", "series"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (EVENT | {"direction": "up"}, "not a word of 'direction'"),
        (EVENT | {"date": ""}, "'date' of events.csv is empty"),
        (EVENT | {"claim": "Invented."}, "not a sentence of the article"),
        (EVENT | {"test": "quantity"}, "may not fill 'test'"),
        (FIGURE | {"status": "guessed"}, "not a word of 'status'"),
        (FIGURE | {"value": "many"}, "not a number"),
        (FIGURE | {"period": "2030-13"}, "no month 13"),
        (FIGURE | {"figure_id": "T1"}, "may not fill 'figure_id'"),
        (GOOD | {"for": "sources"}, "is no table"),
    ],
)
def test_evidence_that_would_not_pass_is_refused_by_itself(row: dict, says: str) -> None:
    draft = draft_claims(ARTICLE, "S", suggest=lambda text, drafted: [row, EVENT])
    assert len(draft.events) == 1
    assert any(r.startswith("suggested row 1") and says in r for r in draft.refused), draft.refused


class Answer(BaseHTTPRequestHandler):
    """A stand-in for a server of chat completions."""

    seen: ClassVar[list] = []
    says: ClassVar[bytes] = b""
    status: ClassVar[int] = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers.get("Authorization"), json.loads(body)))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.says)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch):
    held = HTTPServer(("127.0.0.1", 0), Answer)
    Answer.seen, Answer.status = [], 200
    Thread(target=held.serve_forever, daemon=True).start()
    monkeypatch.setenv("DETENTE_CHAT_URL", f"http://127.0.0.1:{held.server_port}/v1")
    monkeypatch.setenv("DETENTE_CHAT_MODEL", "any-model")
    monkeypatch.setenv("DETENTE_CHAT_KEY", "a-key")
    yield Answer
    held.shutdown()
    held.server_close()


def completion(rows: object) -> bytes:
    return json.dumps({"choices": [{"message": {"content": json.dumps({"rows": rows})}}]}).encode()


def test_a_language_model_over_http(server) -> None:
    server.says = completion([GOOD, {"claim": "Invented.", "type": "event"}])
    draft = draft_claims(ARTICLE, "S", suggest=chat.suggest)
    path, key, asked = server.seen[0]
    assert (path, key, asked["model"], asked["temperature"]) == ("/v1/chat/completions", "Bearer a-key", "any-model", 0)
    assert json.loads(asked["messages"][1]["content"])["article"] == ARTICLE.text
    assert len(draft.rows) == 2
    assert "not" in draft.refused[0]


@pytest.mark.parametrize(
    ("status", "says"), [(200, b"no json"), (200, completion("rows")), (500, b""), (200, b'{"choices": []}')]
)
def test_a_model_that_answers_badly_leaves_the_draft(server, status: int, says: bytes) -> None:
    server.status, server.says = status, says
    draft = draft_claims(ARTICLE, "S", suggest=chat.suggest)
    assert len(draft.rows) == 1
    assert "gave nothing" in draft.refused[0]


def test_a_model_that_is_too_slow_or_not_there_leaves_the_draft(server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "SECONDS", 0.2)
    monkeypatch.setenv("DETENTE_CHAT_URL", "http://127.0.0.1:9/v1")
    assert "did not answer" in draft_claims(ARTICLE, "S", suggest=chat.suggest).refused[0]
    monkeypatch.setenv("DETENTE_CHAT_URL", "file:///etc/passwd")
    assert "address" in draft_claims(ARTICLE, "S", suggest=chat.suggest).refused[0]


def test_a_suggester_is_loaded_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("my_step")
    module.rows = lambda text, drafted: [GOOD]
    monkeypatch.setitem(sys.modules, "my_step", module)
    assert load("my_step:rows") is module.rows


@pytest.mark.parametrize("name", ["my_step", "no_such_module:x", "json:no_such_function"])
def test_a_suggester_that_is_not_there_is_an_error_of_usage(name: str) -> None:
    with pytest.raises(UsageError):
        load(name)
