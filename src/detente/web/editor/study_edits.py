"""Changes of a study's files: checked aside, flushed to disk, renamed into place."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Callable
from pathlib import Path

from detente.errors import OutputError, StudyError
from detente.study import Study
from detente.study.spec import read_spec
from detente.web.desk.settings import Setting


def replace_file(path: Path, text: str) -> None:
    """Write ``text`` aside, flush it to disk, and rename it over ``path``: a crash leaves the old or the new.

    Raises
    ------
    OutputError
    """
    handle, aside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        if path.exists():
            shutil.copymode(path, aside)
        else:
            os.chmod(aside, 0o644)
        os.replace(aside, path)
        _flush_folder(path.parent)
    except OSError as error:
        raise OutputError(
            f"{path.name} cannot be written: {error}.", fix="Check the folder's permissions and space."
        ) from None
    finally:
        Path(aside).unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # a system that cannot open folders
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


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
    taken = {s.id for s in read_spec(path).scenarios}
    id_ = base = slug(title) or "scenario"
    number = 2
    while id_ in taken:
        id_, number = f"{base}-{number}", number + 1
    text = path.read_bytes().decode("utf-8")  # line ends as written
    text += ("" if text.endswith("\n") else "\n") + scenario_toml(study, id_, title, setting, residual)
    with tempfile.TemporaryDirectory() as folder:  # the file as it would be, checked before it is written
        trial = Path(folder) / "study.toml"
        trial.write_text(text, encoding="utf-8")
        read_spec(trial)
    replace_file(path, text)
    return id_


PANELS = "panels"  # the folder of a study's own panels


def panels(study: Study) -> list[str]:
    """The panels a study can use: the embedded one and those in its folder, as ``study.toml`` names them."""
    home = study.folder / PANELS
    inside = home.resolve().is_relative_to(study.folder.resolve())
    own = [f"{PANELS}/{p.name}" for p in sorted(home.glob("*.parquet")) if p.is_file() and not p.is_symlink()]
    return list(dict.fromkeys(["embedded", study.spec.panel.use, *(own if inside else [])]))


def keep_panel(study: Study, file: Path, name: str) -> str:
    """Copy a panel into the study's folder, whole or not at all; returns what ``study.toml`` is to call it.

    Raises
    ------
    OutputError
    """
    home = study.folder / PANELS
    base = slug(Path(name).stem) or "panel"
    try:
        home.mkdir(exist_ok=True)
        if not home.resolve().is_relative_to(study.folder.resolve()):
            raise OutputError(f"{home} leads out of the study.", fix="Remove the link and make a folder.")
        target, number = home / f"{base}.parquet", 2
        while target.exists():
            target, number = home / f"{base}-{number}.parquet", number + 1
        handle, aside = tempfile.mkstemp(prefix=f".{target.name}-", dir=home)
        try:
            with os.fdopen(handle, "wb") as out, file.open("rb") as given:
                shutil.copyfileobj(given, out)
                out.flush()
                os.fsync(out.fileno())
            os.chmod(aside, 0o644)
            os.replace(aside, target)
        finally:
            Path(aside).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"The panel cannot be written: {error}.", fix="Check the folder's permissions and space."
        ) from None
    return f"{PANELS}/{target.name}"


def choose_panel(study: Study, use: str) -> None:
    """Name another panel in ``study.toml``; every other line stays as written.

    Raises
    ------
    StudyError
        The file's ``[panel]`` is not written in a way that can be changed safely: nothing is written then.
    """
    path = study.folder / "study.toml"
    text = path.read_bytes().decode("utf-8")  # line ends as written
    line = f"use = {_quoted(use)}"
    table = re.search(r"(?ms)^\[panel\][^\n]*\n(.*?)(?=^\s*\[|\Z)", text)
    if table is None:
        changed = f"{text.rstrip()}\n\n[panel]\n{line}\n"
    else:
        body, n = re.subn(r"""(?m)^use\s*=\s*("[^"\n]*"|'[^'\n]*')""", lambda _: line, table[1], count=1)
        changed = text[: table.start(1)] + (body if n else f"{line}\n{table[1]}") + text[table.end(1) :]
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / "study.toml"
        trial.write_bytes(changed.encode("utf-8"))
        spec = read_spec(trial)
    wanted = study.spec.model_copy(update={"panel": study.spec.panel.model_copy(update={"use": use})})
    if spec != wanted:
        raise StudyError(
            "study.toml cannot be changed safely: its [panel] is written in an unusual way.",
            fix=f"Write there by hand: {line}",
        )
    replace_file(path, changed)


def scenario_toml(
    study: Study, id_: str, title: str, setting: Setting, residual: Callable[[str, str, int], float | None]
) -> str:
    """The ``[[scenarios]]`` entry of a setting.

    Effects that differ by direction are written as the residual they lead to, on the study's headline window.
    """
    there, back = setting.totals()
    parts = [f"{k} closed" if v == float("-inf") else f"{k} {v:+.3g}" for k, v in setting.effects.items()]
    parts += [f"{n} {v:+.3g}" for n, v in (("there", setting.there), ("back", setting.back)) if v]
    note = f"from the scenario desk on {setting.year}: {', '.join(parts) or 'nothing moved'} (log points)"
    lines = [
        "",
        "[[scenarios]]",
        f"id = {_quoted(id_)}",
        f"title = {_quoted(title)}",
        f"note = {_quoted(note)}",
    ]
    if setting.closed:
        lines.append("closed = true")
    elif there == back:
        lines.append(f"effect = {there:.4f}")
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


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are a subset of TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def slug(title: str) -> str:
    """Small letters, digits and hyphens of a title: an id or a folder's name."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
