"""Mutation check: how many small faults, planted one at a time, do a module's tests notice?

    python scripts/mutation.py                       # every central module, 40 faults each
    python scripts/mutation.py placebos --sample 80  # one of them, more

Faults come from cosmic-ray's operators (without bit arithmetic, which nothing here uses). The tree is
copied first, so the checkout is never touched. A fault that no test notices is printed with its line: it is a
hole in the tests, or an equivalent of the code, which a person decides.
"""

from __future__ import annotations

import argparse
import difflib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.ast import get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "detente"
RECONCILING = (
    "tests/record/test_explanations.py tests/record/test_reconcile.py tests/record/test_property_reconcile.py "
    "tests/record/test_recovery_reconcile.py"
)
CENTRAL = {
    "numbers": (
        "record/verdicts/numbers.py",
        "tests/record/test_rounding.py tests/record/test_verdict.py tests/record/test_sides_of_zero.py",
    ),
    "amounts": ("record/verdicts/amounts.py", "tests/record/test_rounding.py tests/record/test_verdict.py"),
    "matching": (
        "record/verdicts/comparing/matching.py",
        "tests/record/test_valuations.py tests/record/test_sides_of_zero.py tests/record/test_open_outcomes.py "
        "tests/record/test_composed.py tests/record/test_rules.py tests/record/test_case.py",
    ),
    "quantity": (
        "record/verdicts/kinds/quantity.py",
        "tests/record/test_quantity_words.py tests/record/test_valuations.py tests/record/test_rounding.py "
        "tests/record/test_rules.py tests/record/test_judge.py "
        "tests/record/test_explanations.py tests/record/test_case.py",
    ),
    "extreme": (
        "record/verdicts/kinds/extreme.py",
        "tests/record/test_changes.py tests/record/test_rules.py tests/record/test_open_outcomes.py "
        "tests/record/test_parts.py tests/record/test_judge.py tests/record/test_case.py",
    ),
    "change": ("record/verdicts/kinds/change.py", "tests/record/test_changes.py tests/record/test_rules.py"),
    "parts": ("record/verdicts/parts.py", "tests/record/test_parts.py tests/record/test_changes.py"),
    "explanation": ("record/verdicts/reconciling/explanation.py", RECONCILING),
    "totals": ("record/verdicts/reconciling/totals.py", RECONCILING),
    "valuation": ("record/verdicts/reconciling/valuation.py", RECONCILING),
    "reconcile": ("record/verdicts/reconciling/reconcile.py", RECONCILING),
    "bounds": ("record/verdicts/reconciling/bounds.py", "tests/record/test_bounds.py"),
    "figure_context": (
        "record/verdicts/reconciling/figure_context.py",
        "tests/record/test_explanations.py tests/record/test_many_figures.py",
    ),
    "conflicts": (
        "record/verdicts/reconciling/conflicts.py",
        "tests/record/test_reconcile.py tests/record/test_property_reconcile.py",
    ),
    "scoreboard": ("record/verdicts/scoreboard.py", "tests/record/test_scoreboard.py"),
    "placebos": ("attribution/comparison/placebos.py", "tests/attribution/test_placebos.py"),
    "similar": ("attribution/comparison/similar/window.py", "tests/attribution/test_similar.py"),
    "comparing": ("attribution/comparison/similar/comparing.py", "tests/attribution/test_similar.py"),
    "neighbours": ("attribution/comparison/similar/neighbours.py", "tests/attribution/test_similar.py"),
    "sides": ("attribution/comparison/similar/sides.py", "tests/attribution/test_similar.py"),
    "margins": ("gravity/engines/margins.py", "tests/gravity/test_margins.py tests/gravity/test_few_gaps.py"),
    "separation": ("gravity/separation/search.py", "tests/gravity/test_separation.py"),
    "signs": (
        "gravity/separation/signs.py",
        "tests/gravity/test_signs_of_separation.py tests/gravity/test_separation.py "
        "tests/gravity/test_separation_agreement.py",
    ),
    "certificate": ("gravity/separation/certificate.py", "tests/gravity/test_separation.py"),
    "cells": ("gravity/engines/cells.py", "tests/gravity/test_few_gaps.py tests/gravity/test_margins.py"),
    "tensor": (
        "gravity/engines/tensor_engine.py",
        "tests/gravity/test_tensor_cells.py tests/gravity/test_tensor.py tests/gravity/test_fit.py "
        "tests/gravity/test_precision.py tests/gravity/test_after.py",
    ),
    "armington": (
        "equilibrium/armington.py",
        "tests/equilibrium/test_solve.py tests/equilibrium/test_newton_step.py tests/equilibrium/test_oracles.py "
        "tests/equilibrium/test_properties.py",
    ),
    "scenarios": ("run/what_if/scenarios.py", "tests/run/test_scenarios.py"),
    "shocks": ("run/what_if/shocks.py", "tests/run/test_scenarios.py"),
    "journal": ("web/editor/journal.py", "tests/web/test_journal_lines.py"),
    "readers": (
        "panel/reading/named_columns.py",
        "tests/panel/test_reading.py tests/panel/test_nothing_is_guessed.py tests/panel/test_columns.py "
        "tests/panel/test_panel.py tests/data/test_layouts.py",
    ),
    "columns": ("panel/columns.py", "tests/panel/test_columns.py tests/panel/test_reading.py"),
    "as_written": ("data/tables/as_written.py", "tests/data/test_as_written.py"),
    "headline": ("report/first_screen/headline.py", "tests/report/test_headline.py tests/report/test_first_screen.py"),
    "settling": (
        "panel/reading/settling.py",
        "tests/panel/test_reading.py tests/panel/test_nothing_is_guessed.py tests/panel/test_columns.py "
        "tests/panel/test_panel.py tests/data/test_layouts.py",
    ),
    "levels": ("panel/levels.py", "tests/panel/test_nothing_is_guessed.py tests/panel/test_composition.py"),
    "filling": (
        "panel/filling.py",
        "tests/panel/test_filling.py tests/panel/test_nothing_is_guessed.py tests/panel/test_round_trip.py "
        "tests/panel/test_world.py",
    ),
    "accounts": ("panel/accounts.py", "tests/panel/test_accounts.py"),
    "merging": ("panel/grouping/merging.py", "tests/panel/test_merging.py"),
}
SILLY = ("_Bit", "Shift", "VariableInserter", "VariableReplacer", "RemoveDecorator")
"""Parts of operators' names that are left out: faults that no tired person makes."""


def faults(code: str) -> list[tuple[str, int]]:
    """Every fault of ``code`` as (operator, occurrence)."""
    tree, found = get_ast(code), []
    for name in operator_names():
        if any(part in name for part in SILLY):
            continue
        operator = get_operator(name)
        try:
            places = sum(len(list(operator().mutation_positions(node))) for node in _nodes(tree))
        except TypeError:  # an operator with arguments
            continue
        found += [(name, k) for k in range(places)]
    return found


def _nodes(node) -> Iterator:
    yield node
    for child in getattr(node, "children", ()):
        yield from _nodes(child)


def refused(code: str) -> bool:
    """Whether the compiler warns of the code, as of `is` beside a literal: ruff refuses it before any test runs."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", SyntaxWarning)
        try:
            compile(code, "changed", "exec")
        except SyntaxError:
            return True
    return False


def noticed(tree: Path, tests: str, seconds: int, *, first: bool = False) -> bool:
    """Whether the tests fail, or take more processor time, on the tree as it is; the first run leaves what it compiled."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not slow and not browser"]
    home = os.environ | {"PYTHONPATH": str(tree / "src"), "OPENBLAS_NUM_THREADS": "1"}
    home |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # three quarters of a short run
    home |= {} if first else {"PYTHONDONTWRITEBYTECODE": "1"}
    here = [part for part in tests.split() if (tree / part).exists()]
    limited = ["bash", "-c", 'ulimit -t "$0"; exec "$@"', str(seconds)]  # of the processor: others may use the machine
    return subprocess.run([*limited, *command, *here], cwd=tree, env=home, capture_output=True).returncode != 0


def _spent() -> float:
    """Processor seconds of the runs so far."""
    used = os.times()
    return used.children_user + used.children_system


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("modules", nargs="*", choices=[[], *CENTRAL], default=[], help="which (default: all)")
    ask.add_argument("--sample", type=int, default=40, help="faults a module")
    ask.add_argument("--seed", type=int, default=7)
    ask.add_argument("--tests", help="test files or folders instead of the module's own")
    ask.add_argument("--seconds", type=int, default=300, help="of the processor, for a run of the tests")
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / "tree"
        tree.mkdir()
        for part in ("src", "tests", "docs", "scripts", "benchmarks"):
            shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        for part in ("pyproject.toml", "README.md", "mkdocs.yml", "CONTRIBUTING.md"):
            shutil.copy(ROOT / part, tree / part)
        if (ROOT.parent / "shared").is_dir():
            (Path(scratch) / "shared").symlink_to(ROOT.parent / "shared")
        for name in asked.modules or CENTRAL:
            _check(tree, name, asked)


def _check(tree: Path, name: str, asked: argparse.Namespace) -> None:
    file, tests = CENTRAL[name]
    tests = asked.tests or tests
    path = tree / "src" / "detente" / file
    code = path.read_text(encoding="utf-8")
    began = _spent()
    if noticed(tree, tests, asked.seconds, first=True):
        sys.exit(f"{name}: {tests} fails before anything was changed")
    patience = min(asked.seconds, int(20 + 8 * (_spent() - began)))  # a fault that makes a loop endless is noticed
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()  # one of the same second and length would stand for the changed file
    everything = faults(code)
    chosen = random.Random(asked.seed).sample(everything, min(asked.sample, len(everything)))
    alive, counted = [], len(chosen)
    for n, (operator, occurrence) in enumerate(chosen, 1):
        print(f"\r{name}: {n} of {len(chosen)}, {len(alive)} missed", end="", file=sys.stderr, flush=True)
        changed = mutate_code(code, get_operator(operator)(), occurrence)
        if changed is None or changed == code or refused(changed):
            counted -= 1
            continue
        path.write_text(changed, encoding="utf-8")
        if not noticed(tree, tests, patience):
            alive.append("\n".join(difflib.unified_diff(code.splitlines(), changed.splitlines(), lineterm="", n=0)))
    path.write_text(code, encoding="utf-8")
    print(f"\n{name}: {counted - len(alive)} of {counted} noticed ({len(everything)} possible)", flush=True)
    for diff in alive:
        print("   ", diff.replace("\n", "\n    "), flush=True)


if __name__ == "__main__":
    main()
