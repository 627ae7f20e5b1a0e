"""The engine knows no case: outside ``studies/`` no source says a word of a built-in study's.

Exempt are examples in docstrings (any line of a docstring from a ``>>>`` on), tables and lists of many economies (CSV and
JSON files, currencies, offices), and the library of ruptures with the titles of its cases.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import detente

HOME = Path(detente.__file__).parent
WORDS = re.compile(
    r"venez|colomb|bogot|caracas|guaid|maduro|\bpetro\b|\bduque\b|\bsantos\b|ch[aá]vez|c[uú]cuta|t[aá]chira|maicao"
    r"|paraguach|tienditas|norte.de.santander|\beln\b|\baap\.?c|\baap28|antonio ricaurte"
    # the gallery
    r"|\bdoha\b|\bsalwa\b|abu.?samra|\bal-ula\b|\bbein\b|al.jazeera|\bhajj\b|\bgcc\b|gulf.cooperation|riyadh"
    r"|attari|wagah|kartarpur|kashmir|pulwama|balakot|samjhauta|\bindus\b|pahalgam"
    r"|\balgiers\b|\brabat\b|maghreb.europe|polisario|sahraw|kabyl|medgaz|figuig|guerguerat"
    r"|crimea|donbas|naftogaz|gazprom|\bkerch\b|sudzha|sokhran|transnist|luhansk|donetsk|\bminsk\b|roshen|pokrovka",
    re.IGNORECASE,
)
CODES = re.compile(r"\bCOL\b|\bVEN\b|(?<![a-z])(col|ven)_(to|in|share|abroad)|_(col|ven)\b(?!\s*[=@,)])")
STUDY = "colombia-venezuela"  # the name of the built-in study, in examples of the command line
LITERATURE = re.compile(r"Santos Silva|Kline & Santos")
CURRENCY = re.compile(r"^cop = ")  # one of the currencies that the reader of articles knows
LIST = re.compile(r'(?:"[A-Z]{3}"[^"]{1,4}){3}')  # several economies in a row, as in a gallery of pairs
EXEMPT = re.compile(
    r"^(studies|replications|attribution/library)/"
    r"|independence/organisations\.toml$"  # the offices and houses of all countries, and what their people are called
)
TITLES = re.compile(r"^\[rupture\]\n(.*?)(?=^\[|\Z)", re.MULTILINE | re.DOTALL)


def _without_examples(source: str) -> str:
    """Python source with the examples in its docstrings blanked."""
    if ">>>" not in source:
        return source
    lines = source.split("\n")
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if ast.get_docstring(node, clean=False) is None:
            continue
        text = node.body[0]
        example = False
        for k in range(text.lineno - 1, text.end_lineno or text.lineno):
            example = example or ">>>" in lines[k]
            lines[k] = "" if example else lines[k]
    return "\n".join(lines)


def _found(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if not WORDS.search(text) and not CODES.search(text):
        return []
    if path.suffix == ".py":
        text = _without_examples(text)
    text = TITLES.sub("", text)
    return [
        f"{path.relative_to(HOME)}:{number}: {line.strip()[:100]}"
        for number, line in enumerate(text.split("\n"), start=1)
        if (said := LITERATURE.sub("", line).replace(STUDY, "")) and (WORDS.search(said) or CODES.search(said))
        if not CURRENCY.match(line) and not LIST.search(line)
    ]


def test_no_source_says_a_word_of_the_case():
    files = [
        path
        for path in sorted(HOME.rglob("*"))
        if path.suffix in (".py", ".toml", ".j2", ".js", ".css")
        and not EXEMPT.search(path.relative_to(HOME).as_posix())
    ]
    assert len(files) > 150
    assert [line for path in files for line in _found(path)] == []
