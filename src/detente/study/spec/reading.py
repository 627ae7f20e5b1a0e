"""Read and check ``study.toml``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from detente import economies
from detente._foreign import parse_toml, read_text
from detente.errors import StudyError, UnknownEconomy, how_many
from detente.language.controls import steering
from detente.study.spec import lines, question, what_if, whole
from detente.study.spec.part import SpecPart
from detente.study.spec.problems import in_plain_words
from detente.study.spec.whole import Spec

FORMAT = 1  # raise it, and add a step to `to_present_format`, when a written study must change


def read_spec(path: Path) -> Spec:
    """Read and check ``study.toml``.

    Raises
    ------
    UnreadableFile
        The file is missing or not UTF-8.
    StudyError
        It is not TOML, or a key is unknown, missing or out of range; the
        message names the file and each key.
    """
    if not path.exists() and not path.is_symlink():
        raise StudyError(
            f"There is no study.toml in {path.parent}.",
            why="A study is a folder with a study.toml and a record/ folder.",
            fix="Make one with: detente new ORIGIN DESTINATION",
        )
    return parse_spec(read_text(path, inside=path.parent), path)


def parse_spec(text: str, path: Path) -> Spec:
    """Check the text of a ``study.toml``; ``path`` is what the messages call it.

    Raises
    ------
    StudyError
    """
    raw = parse_toml(text, str(path), StudyError)
    raw = to_present_format(raw, path)
    for key, unseen in _steered(raw):
        raise StudyError(
            f"{path}, {key}: it holds the unseen character {unseen}.",
            why="It would change how pages, mails and feeds of the study are shown.",
            fix="Take it out, or type the value anew.",
        )
    if "words" in raw:
        raise StudyError(f"{path}: words do not belong in study.toml.", fix="Put them into words.toml beside it.")
    try:
        spec = Spec.model_validate(raw)
    except ValidationError as error:
        problems = "\n  ".join(in_plain_words(e, _KEYS) for e in error.errors()[:5])
        more = f"\n  and {error.error_count() - 5} more." if error.error_count() > 5 else ""
        count = how_many(error.error_count(), "problem")
        raise StudyError(f"{path} has {count}:\n  {problems}{more}") from None
    for key, code in _codes(spec):
        _require_code(code, f"{path}, {key}")
    return spec


def _steered(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Texts with characters that are not seen but steer, by their key."""
    if isinstance(value, str) and (unseen := steering(value)):
        yield key, unseen
    parts = value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else ()
    for name, part in parts:
        yield from _steered(part, f"{key}.{name}" if key else str(name))


def _codes(spec: Spec) -> Iterator[tuple[str, str]]:
    """Every economy that a study names, with its key."""
    yield "study.origin", spec.study.origin
    yield "study.destination", spec.study.destination
    for key in ("suppliers", "markets"):
        for code in getattr(spec.attribution, key):
            yield f"attribution.{key}", code
    yield from (("equilibrium.gdp", gdp.economy) for gdp in spec.equilibrium.gdp)
    ends = [("attribution.cautions", c) for c in spec.attribution.cautions] + [("cited", c) for c in spec.cited]
    ends += [(f"scenario '{s.id}'", target) for s in spec.scenarios for target in s.target]
    ends += [(f"capacity ({c.line})", c) for c in spec.capacity]
    for key, item in ends:
        yield key, item.origin
        yield key, item.destination


def _require_code(code: str, where: str) -> None:
    """Raise :class:`UnknownEconomy` unless ``code`` is an economy's code today, with the one that was meant."""
    if economies.is_side(code):
        return
    try:
        meant = economies.lookup_side(code)
    except UnknownEconomy as error:
        raise UnknownEconomy(f"{where}: {error.what}", fix=error.fix) from None
    raise UnknownEconomy(f"{where}: '{code}' is not a code.", fix=f"Write '{meant}'.")


def to_present_format(raw: dict, path: Path) -> dict:
    """Bring an older study to the present format; refuse one from a newer version."""
    version = raw.get("format")
    if version is None:
        raise StudyError(f"{path} has no 'format' key.", fix=f"Write format = {FORMAT} as its first line.")
    if type(version) is not int or version < 1:
        raise StudyError(f"{path}: format = {version!r} is not a format number.", fix=f"Write format = {FORMAT}.")
    if version > FORMAT:
        raise StudyError(
            f"{path} has format {version}; this version of détente reads up to {FORMAT}.",
            fix="Update détente: python -m pip install --upgrade detente",
        )
    return raw


_KEYS = {
    name
    for module in (lines, question, what_if, whole)
    for part in vars(module).values()
    if isinstance(part, type) and issubclass(part, SpecPart)
    for name, info in part.model_fields.items()
    for name in ({name, info.alias} if info.alias else {name})
}
