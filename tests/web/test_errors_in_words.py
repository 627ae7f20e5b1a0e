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
from detente.errors import UsageError
from detente.language.error_words import said_error, said_part
from detente.web import Keys, Site, Workspace, create_app

TOKEN = "t" * 32
NOT_SHOWN = {"app.py", "server.py"}  # said in a terminal, in English
RAISED = {"UsageError", "StudyError", "UnreadableFile", "SpecificationError", "OutputError", "UnknownStudy", "Problem"}


def _template(node: ast.expr) -> str:
    """A literal or an f-string with its fillings as ``{}``; empty for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    return ""


def _sentences():
    for path in sorted((Path(detente.__file__).parent / "web").rglob("*.py")):
        if path.name in NOT_SHOWN:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED:
                for part in [*node.args, *(k.value for k in node.keywords if k.arg in ("why", "fix"))]:
                    text = _template(part)
                    if " " in text.replace("{}", ""):
                        yield path.name, text


def test_every_error_of_the_app_has_its_sentence_in_spanish():
    missing = [(name, text) for name, text in _sentences() if said_part(text.replace("{}", "x"), "es") is None]
    assert missing == []


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
