"""Every notebook of the docs runs from the top, and each result in it shows itself."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "docs" / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs_from_the_top(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    space: dict[str, object] = {"__name__": "__notebook__"}
    shown = 0
    for cell in cells:
        assert not cell.get("outputs"), f"{path.name}: outputs are not kept; {cell['id']} has some"
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]), f"{path.name}:{cell['id']}")
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, path.name, "exec"), space)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), path.name, "eval"), space)
            assert len(value._repr_html_()) > 100, cell["id"]
            shown += 1
    assert shown >= 5
