"""One text, one key; every key that the source names exists, and every key that exists is asked for."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import detente
from detente.language import LANGUAGES, Catalogue
from detente.language.registry import language_of

ROOT = Path(detente.__file__).parent
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for path in sorted(ROOT.rglob("*"))
    if path.suffix in (".py", ".j2", ".js") and ".min." not in path.name
}
COMPLETE = [code for code in LANGUAGES if language_of(code).complete]

AGREEMENT = "English has one form where another language agrees in gender, number or case"
MEANING = "two meanings that English words alike"
CODES = "two codes of data that mean the same: each is looked up by its own code"
SEARCHED = "a term is the wording that is looked for in other texts, so it stands in them"
SUMMARY = "an address is looked up by its summary in the description of the interface"
ROOM = "English needs no shorter form where there is little room"
ALIKE = {
    AGREEMENT: (
        "drafting.mixed events.mixed", "lever.payments_frozen state_value.frozen", "column.high word.high",
        "column.low extreme.low word.low", "drafted_kind.quantity word.quantity", "drafted_kind.event word.event",
        "drafted_kind.prediction word.prediction", "drafted_kind.attribution word.attribution",
        "amount.none state_value.none table.none watch_line.nothing watch_strength.none",
        "trade.axis unit.usd_mn_per_year",
        "desk.range number.range", "result.hit watch_result.hit",
        "result.near watch_result.near", "verdict_many.outcome_pending verdict_one.outcome_pending watch_result.pending",
        "verdict_many.unresolved_conflict verdict_one.unresolved_conflict",
    ),
    MEANING: (
        "dates.open state_value.open", "rule.agreement test.agreement word.agreement", "figure_status.reported word.reported",
        "figure_status.bound word.bound", "rule.extreme test.extreme word.extreme", "test.change word.change",
        "forecast_kind.range word.range",
        "further.origin lane.from", "lever.relations_broken state_value.broken",
        "act.closed_border event_kind.border_closure", "column.n_claims word.claims",
    ),
    CODES: (
        "state_name.security.cooperation word.security_cooperation", "column.log_ratio column.residual",
        "attribution_by.markets part_name.beyond_comparable_markets",
        "attribution_by.suppliers part_name.beyond_comparable_suppliers", "people_outcome.moves people_target.moved",
        "people_variant.all sample.all", "answer.next_group_land outlook_group.land people_variant.neighbours",
        "act.broken event_kind.diplomatic_break", "flag.frozen relation.relations=frozen",
        "result.pending verdict.outcome_pending", "unit.pct unit.percent",
        "body.arab_maghreb_union body.maghreb_union", "body.eac body.east_african_community",
        "body.un body.united_nations", "body.world_trade_organization body.wto",
    ),
    SEARCHED: (
        "term.log_points word.log_points", "column.base term.base_years", "scenarios.welfare_pct term.real_income",
        "parts.dyad term.pair_specific_component", "instrument.closure term.closure",
    ),
    SUMMARY: (
        "address.Pairs_side_by_side compare.title", "address.Available_studies start.studies",
        "address.Runs_in_progress_and_finished jobs.title",
    ),
    ROOM: ("number.million_label number.million_narrow", "number.billion_label number.billion_narrow"),
}  # fmt: skip
"""Keys whose English is the same, by why each keeps its own."""
VALUES = ("number.billion_from", "number.billion_scale")
"""Numbers in the catalogue, which are no texts."""
CODED = (
    "change", "figure_status", "forecast_kind", "lever", "meaning", "part_name", "region", "relation", "scope", "term",
    "verdict_many", "verdict_one",
)  # fmt: skip
"""Vocabularies looked up by code in another way than ``known(GROUP, code)``."""
VOICES = ("answer", "people")
"""Groups whose keys are asked for without the group: ``say("peak_now")``."""


def _alike(language: str) -> dict[str, list[str]]:
    """Keys by text, where several have one; a verdict of one claim and of several may read as its label does."""
    keys: dict[str, list[str]] = {}
    strings = Catalogue(language).strings()
    for key, text in strings.items():
        group, _, word = key.partition(".")
        label = strings.get(f"verdict.{word}") if group in ("verdict_one", "verdict_many") else None
        if not key.startswith("spoken.") and key not in VALUES and text != label:
            keys.setdefault(text, []).append(key)
    return {text: sorted(at) for text, at in keys.items() if len(at) > 1}


def test_no_text_is_worded_under_two_keys():
    """One text, one key: terminal, report, app and mail say it from the same place; aloud it may differ."""
    held = {tuple(keys.split()) for reason in ALIKE.values() for keys in reason}
    assert {tuple(at) for at in _alike("en").values()} == held


@pytest.mark.parametrize("language", COMPLETE)
def test_no_sentence_is_worded_under_two_keys(language):
    """Nor does a translation, in whatever way its English differs."""
    long = [at for text, at in _alike(language).items() if text.endswith(".") and len(text.split()) > 3]
    assert long == []


def _quoted() -> set[str]:
    found = (re.findall(r"""(["'])([a-z_]+\.[^"'\s{}]+|part_name\.[^"\s]+)\1""", text) for text in SOURCES.values())
    return {key for pairs in found for _, key in pairs}


def _built() -> set[re.Pattern[str]]:
    """Keys made of a group or a beginning and something else, as patterns."""
    made = set()
    for path, text in SOURCES.items():
        if path.suffix != ".py":
            made |= {
                f"{re.escape(start)}(.*){end}"
                for start, end in re.findall(r'"([a-z_]+\.[a-z_]*)" ~ [\w.]+(?: ~ "(\w+)")?', text)
            }
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.JoinedStr):
                made.add("".join(re.escape(v.value) if isinstance(v, ast.Constant) else "(.*)" for v in node.values))
            elif isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant) and isinstance(node.op, ast.Add):
                made.add(f"{re.escape(str(node.left.value))}(.*)")
    return {re.compile(pattern) for pattern in made if re.search("[a-z]{2}", pattern)}


def test_every_key_named_in_code_exists():
    known = Catalogue("en").strings()
    asked = re.compile(r"""\b(?:w|words|Text|heading)\(\s*["']([a-z_]+\.[a-z_0-9]+)["'](?! ~)""")
    named = {key for text in SOURCES.values() for key in asked.findall(text)}
    assert len(named) > 900
    assert named <= set(known)


def test_every_key_is_asked_for():
    """By its name, as a word of a vocabulary, or made of a beginning and words that the source holds."""
    text = "\n".join(SOURCES.values())
    quoted, built, words = _quoted(), _built(), {*re.findall(r"\w+", text), *re.findall(r"[^\W_]+", text)}
    vocabularies = {*re.findall(r"""known\(\s*["']([a-z_]+)["'], (?!f?["'])""", text), *CODED}
    vocabularies |= {*re.findall(r'group="([a-z_]+)"', text)}
    tables = {*re.findall(r"""(?:heading|known)\(\s*["']([a-z_]+)["'],""", text), "heading", *VOICES}
    silent = []
    for key in Catalogue("en").strings():
        group, _, name = key.partition(".")
        if group in ("spoken", *vocabularies) or key in quoted or (group in tables and name in words):
            continue
        tried = [key, name] if group in tables else [key]
        matches = [match for pattern in built for text in tried if (match := pattern.fullmatch(text))]
        if not any({*re.findall(r"[^\W_]+", " ".join(match.groups()))} <= words for match in matches):
            silent.append(key)
    assert not silent, silent
