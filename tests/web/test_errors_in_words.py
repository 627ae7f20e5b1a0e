"""What goes wrong is said in the reader's language, whole or not at all, and marked by language."""

from __future__ import annotations

import ast
import csv
import pickle
import re
from functools import cache
from importlib.resources import files
from itertools import islice, product
from pathlib import Path

import numpy as np
import polars as pl
import pytest

pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
from starlette.testclient import TestClient

import detente
import detente.errors
from detente.attribution.sample import Sample
from detente.cli.hints import hint
from detente.economies import lookup
from detente.errors import DetenteError, UsageError
from detente.language import Catalogue, Withheld
from detente.language.error_words import said_error, said_part
from detente.outlook.trade.by_season import forecast_by_season
from detente.study import open_study
from detente.web import Keys, Site, Workspace, create_app

TOKEN = "t" * 32
HOME = Path(detente.__file__).parent
RAISED = {name for name, kind in vars(detente.errors).items() if isinstance(kind, type)}
PARTS = ("where", "why", "fix")
MANY = 64  # of the forms that a sentence put together from parts can take


Named = dict[str, list[ast.expr]]
"""What each name of a module is given, wherever that is."""


def _templates(node: ast.expr, named: Named) -> set[str]:
    """The sentences that an expression can give, fillings as ``{}``; none for what is no sentence of ours."""
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.JoinedStr(values=parts):
            return _joined([{str(p.value)} if isinstance(p, ast.Constant) else _filled(p, named) for p in parts])
        case ast.IfExp(body=one, orelse=other):
            return _templates(one, named) | _templates(other, named)
        case ast.BoolOp(values=values):
            return set().union(*(_templates(value, named) for value in values))
        case ast.BinOp(op=ast.Add(), left=one, right=other):
            return _joined([_templates(one, named) or {"{}"}, _templates(other, named) or {"{}"}])
        case ast.Call(func=ast.Name(id="how_many"), args=[_, one, *several]):
            many = several[0] if several else ast.BinOp(one, ast.Add(), ast.Constant("s"))
            return {f"1 {text}" for text in _templates(one, named)} | {
                f"{{}} {text}" for text in _templates(many, named)
            }
        case ast.Name(id=name) if name in named:
            rest = {key: values for key, values in named.items() if key != name}
            return set().union(*(_templates(value, rest) for value in named[name]))
    return set()


def _filled(part: ast.expr, named: Named) -> set[str]:
    """What a blank of a sentence is filled with, where these are words of ours; else a blank."""
    value = part.value if isinstance(part, ast.FormattedValue) else part
    if isinstance(value, ast.IfExp):
        return _filled(value.body, named) | _filled(value.orelse, named)
    if isinstance(value, ast.Name) and value.id in named:
        rest = {key: values for key, values in named.items() if key != value.id}
        return set().union(*(_filled(given, rest) for given in named[value.id]))
    if not isinstance(value, ast.Constant | ast.JoinedStr | ast.BinOp | ast.Call):
        return {"{}"}
    return {"{}" if re.fullmatch(r"(\{\})+", text) else text for text in _templates(value, named) or {"{}"}}


def _joined(pieces: list[set[str]]) -> set[str]:
    return {"".join(chosen) for chosen in islice(product(*(sorted(piece) for piece in pieces)), MANY)}


def _parts(node: ast.AST, path: Path) -> list[tuple[str, ast.expr]]:
    """The parts of an error or a problem that a node makes (what it is, where, why and what to do), and what commands tell."""
    match node:
        case ast.Call(func=ast.Attribute(attr="needed"), args=[_, _, purpose]):
            return [("what", purpose)]
        case ast.Call(func=ast.Name(id="tell" | "waiting" | "ProgressLine"), args=[told]):
            return [("told", told)]
        case ast.Call(func=ast.Name(id="problems_where"), args=[*_, what, fix]):
            return [("what", what), ("fix", fix)]
        case ast.Call(func=func, args=args, keywords=keywords) if _raises(func, path):
            return [("what", part) for part in args] + [(k.arg or "", k.value) for k in keywords if k.arg in PARTS]
        case ast.Yield(value=ast.Tuple(elts=[_, what, fix])) if "record" in path.parts:
            return [("what", what), ("fix", fix)]
    return []


def _raises(called: ast.expr, path: Path) -> bool:
    """Whether a call makes an error, or is the parser's own way to, or that of an error's own class."""
    if isinstance(called, ast.Name):
        return called.id in RAISED or (called.id == "cls" and path.name == "errors.py")
    return isinstance(called, ast.Attribute) and called.attr == "fail"


@cache
def _sentences() -> tuple[tuple[str, str, str], ...]:
    """Module, part and sentence of every error that is made, and of what commands tell, anywhere in the source."""
    return tuple(_read_sentences())


def _read_sentences():
    for path in sorted(HOME.rglob("*.py")):
        tree, named = ast.parse(path.read_text(encoding="utf-8")), {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(tree):
            for kind, part in _parts(node, path):
                for text in sorted(_templates(part, named)):
                    if " " in text.replace("{}", "").strip():
                        yield path.relative_to(HOME).as_posix(), kind, text


FILLED = {
    "{}\n    {}\n    {}^",
    "'{}' is needed here{}.",
    "The {} of {} is {}.",
}  # whose filling are words; each way has a pattern of its own


QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
ENGLISH = re.compile(r"(^| )(the|is|are|was|were|of|for|that|with|not|which|who|and) ")  # a blank has taken in a clause


def _alone(text):
    """A sentence without the one that may follow it."""
    return re.sub(r"(?<=[.?]) ?\{\}(?= |$)", "", text)


@cache
def _spoken(text):
    """The pattern filled in; what may follow a sentence (another, or a list) stands in a pattern of its own or is a name."""
    bare = re.sub(r"\n *(\{\})+(?=\n|$)", "", _alone(text))  # a line of its own has its own pattern
    if text in FILLED:
        return ""
    told = said_part(bare.replace("{}", "x"), "es") or said_part(text.replace("{}", "x"), "es")
    return None if told and ENGLISH.search(QUOTED.sub("", told)) else told


def test_every_error_has_its_sentence_in_spanish():
    sentences = _sentences()
    assert [(module, text) for module, _, text in sentences if _spoken(text) is None] == []
    assert len(sentences) > 1900


def _words(text):
    return re.findall(r"\w+", QUOTED.sub("", text))


def test_no_blank_of_a_pattern_takes_in_words_of_a_sentence():
    """What is said holds the words of Spanish patterns and what sentences were filled with, and no other word."""
    rows = csv.DictReader((files("detente.language") / "locale/es/errors.csv").read_text("utf-8").splitlines())
    known = {word for row in rows for word in _words(row["translation"])} | {"x", "xx", "y", "más"}
    typed = {"0xx", "bloquex", "espeak", "ng", "article", "builtin", "states"}  # beside what a blank holds, or names
    left = [(text, set(_words(_spoken(text) or "")) - known - typed) for _, _, text in _sentences()]
    assert [(text, words) for text, words in left if words] == []


def test_every_remedy_of_a_command_has_its_sentence_in_spanish():
    remedies = {hint(_alone(text).replace("{}", "x")) for _, kind, text in _sentences() if kind == "fix"}
    assert [text for text in sorted(remedies) if _spoken(text) is None] == []
    assert len(remedies) > 500


def _said_of(ask):
    with pytest.raises(DetenteError) as told:
        ask()
    return said_error(told.value, "es")


FORMULAS = (
    "trade", "trade ~ x[[", "trade ~ x | o[y", "trade ~ i(", "trade ~ l(x, unit)", "trade ~ x y", "trade ~ factor(x)", "trade ~ $",
    "trade ~ f(x, 1, unit=a", "l(trade, 1) ~ x", "trade ~ x - 2",
)  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_refused_in_spanish_with_the_mark_under_its_place(formula):
    frame = pl.DataFrame({"trade": [1.0, 2.0], "x": [1.0, 3.0]})
    told, language = _said_of(lambda: detente.fit_ppml(frame, formula))
    assert language == "es"
    assert f"\n    {formula}\n" in told
    assert not re.search(r" (the|is|of|with) ", told.replace(formula, ""))


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: detente.forecast(detente.world(), "PRK", "TUV", as_of=2020), "de Corea del Norte a Tuvalu, no consta comercio"),
        (lambda: detente.forecast(detente.world(), "PRK", "KOR", as_of=2022, event="reopening"), "Corea del Sur"),
        (lambda: detente.hazard("COL", "XKX", "break", on="2019-01-01"), "Kosovo no está en la lista de Estados"),
        (lambda: detente.hazard("TUV", "XKX", "break", on="2019-01-01"), "ni Tuvalu ni Kosovo están en la lista"),
        (lambda: detente.hazard("COL", "FIN", "break", on="2019-01-01"), "no son un par de los que se siguen"),
        (lambda: detente.hazard("USA", "IRN", "break", on="2019-01-01"), "rotas en abril de 1980 y no restablecidas"),
        (lambda: detente.hazard("COL", "VEN", "break", on="2020-01-01"), "frontera cerrada desde el 22 feb. 2019"),
        (lambda: lookup("USSR"), "la Unión Soviética"),
        (lambda: lookup("Scotland"), "parte del Reino Unido"),
    ],
)  # fmt: skip
def test_the_reason_of_a_refusal_is_said_in_spanish_too(ask, says):
    told, language = _said_of(ask)
    assert language == "es"
    assert says in told
    assert not re.search(r" (the|is|of|with|and|more) ", told.partition("Fuente:")[0])


@pytest.mark.parametrize(("n", "event"), [(12, ""), (6, "rupture"), (6, "")])
def test_what_a_panel_of_months_cannot_say_is_said_in_spanish(n, event):
    months = tuple(202001 + k for k in range(n))
    sample = Sample(np.ones((n, 2, 2)), ("COL", "VEN"), months, "x", period="month")
    text, language = _said_of(lambda: forecast_by_season(sample, "COL", "VEN", "2021-06", event))
    assert (language, "mes" in text, "month" in text) == ("es", True, False)


def test_an_error_stays_a_text_of_any_language_where_a_run_keeps_it():
    with pytest.raises(DetenteError) as told:
        detente.hazard("COL", "XKX", "break", on="2019-01-01")
    kept = pickle.loads(pickle.dumps(Withheld.of(told.value)))
    assert kept == str(told.value)
    assert kept.said(Catalogue("es")) == said_error(told.value, "es")[0]
    assert Withheld.of(ValueError("No luck.")).said(Catalogue("es")) == "no pudo calcularse"


def test_a_pattern_of_few_words_takes_no_sentence_in():
    assert said_part("See {} for all that nobody has translated.", "es") is None
    assert said_part("See COL, VEN.", "es") == "Vea COL, VEN."


def test_names_lists_and_large_numbers_are_said_as_the_language_does():
    assert said_part("Choose among Germany, Spain and Japan.", "es") == "Elija entre Alemania, España y Japón."
    assert said_part("Choose among AUT, BEL and 22 more.", "es") == "Elija entre AUT, BEL y 22 más."
    assert said_part("'Germany' is not a state.", "es") == "'Germany' no es un estado."
    assert said_part("See 0.50.", "es") == "Vea 0,50."
    assert said_part("See 1,234.5.", "es") == "Vea 1.234,5."
    assert said_part("Write format = 0.5.", "es") == "Escriba format = 0.5.", "to be typed so"


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
    "/s/copy/chart/trade", "/pair/ROW-COL", "/pair/EU-FRA", "/pair/YUG-DEU", "/pair/G20-USA", "/pair/WLD-FRA", "/pair/EU-XXX",
    "/pair?q=USSR+-+Poland", "/pair?q=Scotland+-+France", "/pair?q=Narnia+-+France", "/pair?q=OECD+-+China",
    "/pair/XKX-SRB", "/s/copy/desk/download/csv?theta=99",
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
