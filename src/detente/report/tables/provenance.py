"""What the run was made from: input files with their SHA-256, and versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_SHA256 = re.compile(r"[0-9a-f]{64}")


def inputs(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """Every input file of the manifest with its SHA-256, wherever it stands in it."""
    return [(path, text) for path, text in _leaves(manifest) if _SHA256.fullmatch(text)]


def versions(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and versions of the package, Python and the libraries."""
    own = [(name, str(manifest[name])) for name in ("detente", "python") if manifest.get(name)]
    return own + [
        (name, text) for name, text in _leaves(manifest.get("libraries") or {}) if ("detente", text) not in own
    ]


def _leaves(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for key, branch in tree.items():
            named = key if path in ("", "study", "panel", "files") else f"{path}/{key}"
            yield from _leaves(branch, path if key in ("files", "sha256") and isinstance(branch, str) else named)
    elif isinstance(tree, list | tuple):
        for branch in tree:
            if isinstance(branch, dict) and {"sha256"} <= set(branch):
                yield (
                    str(branch.get("file") or branch.get("path") or branch.get("name") or path),
                    str(branch["sha256"]),
                )
            else:
                yield from _leaves(branch, path)
    elif tree is not None:
        yield path, str(tree)
