"""The manifest of a run: versions, hashes of what went in, seed, timings."""

from __future__ import annotations

import platform
import sys
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from detente import __version__
from detente.data.store import located, sha256_of
from detente.panel import Panel
from detente.study.panel_files import hashes_of, panel_hashes
from detente.study.study import Study

SCHEMA_VERSION = 2
"""Of ``results.json`` and ``manifest.json``. 2: ``origin`` and ``destination`` instead of exporter and importer."""
LIBRARIES = ("numpy", "scipy", "polars", "narwhals", "pydantic", "click", "jinja2", "vl-convert-python")


def manifest(
    study: Study, panel: Panel | None, *, data: Any, quick: bool, seed: int, command: str, started: datetime,
    timings: dict[str, float],
) -> dict[str, Any]:  # fmt: skip
    """How a run was made, as plain values.

    Parameters
    ----------
    data : what replaced the study's panel, if anything.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "detente": __version__,
        "python": platform.python_version(),
        "platform": platform.system(),
        "libraries": {name: _version_of(name) for name in LIBRARIES},
        "study": {"id": study.id, "files": file_hashes(study.folder)},
        "panel": _panel(study, panel, data),
        "seed": seed,
        "quick": quick,
        "command": command,
        "started": started.isoformat(timespec="seconds"),
        "timings_s": timings,
        "peak_memory_mb": _peak_memory(),
        "cite": (
            f"détente {__version__} (The détente developers), study '{study.id}', "
            f"run of {started.date().isoformat()}, inputs as hashed in this manifest."
        ),
    }  # fmt: skip


def _panel(study: Study, panel: Panel | None, data: Any) -> dict[str, Any]:
    if panel is None:
        return {"name": "", "source": "", "files": {}}
    return {
        "name": panel.name, "source": panel.source, "release": panel.provenance.release, "unit": panel.unit,
        "gdp": panel.provenance.gdp, "files": _panel_hashes(study, data),
    }  # fmt: skip


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of a study's files, by path: what the manifest holds and the app compares."""
    files = sorted(p for p in folder.rglob("*") if p.suffix in (".toml", ".csv") and p.is_file())
    return {
        path.as_posix(): sha256_of(folder / path)
        for path in (p.relative_to(folder) for p in files)
        if not any(part.startswith(".") for part in path.parts)
    }


def _panel_hashes(study: Study, data: Any) -> dict[str, str]:
    if isinstance(data, str | Path):
        return hashes_of(located(data))
    if data is not None or study.given is not None:
        return {"(given in memory)": ""}
    return panel_hashes(study.folder, study.spec.panel)


def _version_of(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


def _peak_memory() -> float | None:
    """Peak resident memory of this process, MB; None where the system does not tell."""
    try:
        import resource  # not on Windows
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)
