"""Changes of a study's files: checked aside, flushed to disk, renamed into place."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

from detente._atomic import FIX, file_aside, lock, write_file
from detente._foreign import check_inside, read_text
from detente.errors import OutputError, StudyError
from detente.study import Study
from detente.study.spec import parse_spec
from detente.web.desk.settings import Setting


def add_scenario(study: Study, title: str, setting: Setting, residual: Callable[[str, str, int], float | None]) -> str:
    """Append a setting to ``study.toml`` as a scenario; returns its id. Everything above it stays as written.

    Raises
    ------
    StudyError
        No title, or the file as it would be is not a valid study: nothing is written then.
    """
    if not title:
        raise StudyError("A scenario needs a title.", fix="Give it one, such as 'Border reopened, relations restored'.")
    path = study.folder / "study.toml"
    with lock(study.folder):
        text = read_text(path, inside=study.folder)  # line ends as written
        taken = {s.id for s in parse_spec(text, path).scenarios}
        id_ = base = slug(title) or "scenario"
        number = 2
        while id_ in taken:
            id_, number = f"{base}-{number}", number + 1
        text += ("" if text.endswith("\n") else "\n") + scenario_toml(study, id_, title, setting, residual)
        parse_spec(text, path)  # the file as it would be, checked before it is written
        write_file(path, text)
    return id_


PANELS = "panels"  # the folder of a study's own panels


def panels(study: Study) -> list[str]:
    """The panels a study can use: the one that ships and those in its folder, as ``study.toml`` names them."""
    home = study.folder / PANELS
    inside = home.resolve().is_relative_to(study.folder.resolve())
    own = [f"{PANELS}/{p.name}" for p in sorted(home.glob("*.parquet")) if p.is_file() and not p.is_symlink()]
    return list(
        dict.fromkeys(["world", "world" if study.spec.panel.ships else study.spec.panel.use, *(own if inside else [])])
    )


def keep_panel(study: Study, file: Path, name: str) -> str:
    """Copy a panel into the study's folder, whole or not at all; returns what ``study.toml`` is to call it.

    Raises
    ------
    OutputError
    """
    home = study.folder / PANELS
    base = slug(Path(name).stem) or "panel"
    with lock(study.folder):
        try:
            home.mkdir(exist_ok=True)
            check_inside(home, study.folder)
            target, number = home / f"{base}.parquet", 2
            while target.exists():
                target, number = home / f"{base}-{number}.parquet", number + 1
            with file_aside(target) as out, file.open("rb") as given:
                shutil.copyfileobj(given, out)
        except OSError as error:
            if isinstance(error, OutputError):
                raise
            raise OutputError(f"The panel cannot be written: {error}.", fix=FIX) from None
    return f"{PANELS}/{target.name}"


def choose_panel(study: Study, use: str) -> None:
    """Name another panel in ``study.toml``; every other line stays as written.

    Raises
    ------
    StudyError
        The file's ``[panel]`` is not written in a way that can be changed safely: nothing is written then.
    """
    path = study.folder / "study.toml"
    line = f"use = {_quoted(use)}"
    with lock(study.folder):
        text = read_text(path, inside=study.folder)  # line ends as written
        spec = parse_spec(text, path)
        table = re.search(r"(?ms)^\[panel\][^\n]*\n(.*?)(?=^\s*\[|\Z)", text)
        if table is None:
            changed = f"{text.rstrip()}\n\n[panel]\n{line}\n"
        else:
            body, n = re.subn(r"""(?m)^use\s*=\s*("[^"\n]*"|'[^'\n]*')""", lambda _: line, table[1], count=1)
            changed = text[: table.start(1)] + (body if n else f"{line}\n{table[1]}") + text[table.end(1) :]
        wanted = spec.model_copy(update={"panel": spec.panel.model_copy(update={"use": use})})
        if parse_spec(changed, path) != wanted:
            raise StudyError(
                "study.toml cannot be changed safely: its [panel] is written in an unusual way.",
                fix=f"Write there by hand: {line}",
            )
        write_file(path, changed)


def scenario_toml(
    study: Study, id_: str, title: str, setting: Setting, residual: Callable[[str, str, int], float | None]
) -> str:
    """The ``[[scenarios]]`` entry of a setting.

    Effects that differ by direction are written as the residual they lead to, on the study's headline window.
    """
    there, back = setting.totals()
    parts = [f"{k} closed" if v == float("-inf") else f"{k} {v:+.3g}" for k, v in setting.effects.items()]
    parts += [f"{n} {v:+.3g}" for n, v in (("there", setting.there), ("back", setting.back)) if v]
    parts += [
        f"tariff {n} {v:g}%" for n, v in (("there", setting.tariff_there_pct), ("back", setting.tariff_back_pct)) if v
    ]
    if any(setting.growths):
        raise StudyError(
            "A scenario of a study holds no change of income per head.",
            fix="Set it back to 0 to save the rest; the address and the downloads keep it.",
        )
    note = f"from the scenario desk on {setting.year}: {', '.join(parts) or 'nothing moved'} (log points)"
    lines = [
        "",
        "[[scenarios]]",
        f"id = {_quoted(id_)}",
        f"title = {_quoted(title)}",
        f"note = {_quoted(note)}",
    ]
    if setting.sector:
        lines.append(f"sector = {_quoted(setting.sector)}")
    if setting.migration:
        lines.append("migration = true")
    if any(setting.tariffs):
        lines += _tariff_lines(study, setting)
    elif setting.closed:
        lines.append("closed = true")
    elif there == back:
        lines.append(f"effect = {there:.4f}")
    elif setting.sector:
        raise StudyError(
            "A scenario on one sector has the same effect both ways.",
            fix="Set both directions to the same size, or save it for the whole trade.",
        )
    else:
        window = list(study.spec.attribution.base_windows[0])
        lines.append("target = [")
        for (a, b), effect in zip((study.spec.dyad, study.spec.dyad[::-1]), (there, back)):
            now = residual(a, b, setting.year)
            if now is None:
                raise StudyError(
                    f"The effects differ by direction, and {a}->{b} has no residual in {setting.year} to tie them to.",
                    fix="Choose another baseline year, or the same effect both ways.",
                )
            lines.append(f'  {{ from = "{a}", to = "{b}", log_ratio = {now + effect:.4f}, base = {window} }},')
        lines.append("]")
    return "\n".join(lines) + "\n"


def _tariff_lines(study: Study, setting: Setting) -> list[str]:
    """A tariff as ``study.toml`` has it: one rate, levied by one side or by both, and nothing else moved."""
    there, back = setting.tariffs
    if setting.closed or setting.totals() != (0.0, 0.0) or (there and back and there != back):
        raise StudyError(
            "A scenario of a study sets one tariff, the same both ways or one side's, and no other change beside it.",
            fix="Move the other controls back, or save two scenarios.",
        )
    lines = [f"tariff = {there or back:.4f}"]
    if setting.pass_through != 1:
        lines.append(f"pass_through = {setting.pass_through:.4f}")
    levied_by = study.spec.dyad[1] if there else study.spec.dyad[0]
    return lines if there == back else [*lines, f"levied_by = [{_quoted(levied_by)}]"]


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are a subset of TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def slug(title: str) -> str:
    """Small letters, digits and hyphens of a title: an id or a folder's name."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
