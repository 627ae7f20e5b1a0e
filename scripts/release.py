"""Build a release and try it as a stranger would: python scripts/release.py [--out dist] [--offline]

Needs build, twine, cyclonedx-bom and pip-audit. In order: the sdist and the wheel are built twice, from two copies of
the last commit, and must be the same to the byte; ``twine check --strict``; the wheel, installed in an environment of
its own, must be typed, answer for two economies and run the built-in study; the bill of materials of that environment
(CycloneDX) is written beside them with their SHA-256. Its packages and those of every optional part are then looked up
for known vulnerabilities, which ``--offline`` leaves out: one that is known stops the release, and so does a package that
the service had nothing to say about. Any step that fails stops it, and nothing is left in ``--out``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TRIALS = (
    ("--version",),
    ("doctor",),
    ("pair", "KEN", "TZA"),
    ("run", "colombia-venezuela", "--quick", "--out", "run"),
)


def run(*command: str | Path, cwd: Path = ROOT, **more: str) -> str:
    """What the command prints; an error stops the release with the command's own words."""
    print("$", *command, flush=True)
    around = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | more
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=around, text=True, capture_output=True)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\nThe release stops here: that command failed.")
    return done.stdout


def built(folder: Path, name: str) -> dict[str, Path]:
    """The sdist and the wheel of the last commit, by file name, built from a fresh copy."""
    copy, out = folder / name, folder / f"{name}-dist"
    run("git", "clone", "-q", ROOT, copy)
    moment = run("git", "log", "-1", "--format=%ct").strip()
    run(sys.executable, "-m", "build", "-q", "--outdir", out, copy, SOURCE_DATE_EPOCH=moment)
    return {path.name: path for path in sorted(out.iterdir())}


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def installed(folder: Path, wheel: Path) -> Path:
    """The Python of a new environment in which the wheel is installed."""
    venv.create(folder / "env", with_pip=True)
    scripts = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    run(scripts / "python", "-m", "pip", "install", "-q", wheel)
    return scripts / "python"


def not_clean(report: Mapping[str, Any]) -> list[str]:
    """What speaks against a release in pip-audit's JSON report; it ends well where its service knew no package at all.

    Examples
    --------
    >>> not_clean({"dependencies": [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not found"},
    ...                             {"name": "detente", "skip_reason": "not found"}]})
    ['b: not found']
    """
    found = []
    for one in report["dependencies"]:
        if reason := one.get("skip_reason"):
            found += [] if one["name"] == "detente" else [f"{one['name']}: {reason}"]
        found += [f"{one['name']} {one['version']}: {known['id']}" for known in one.get("vulns", ())]
    return found if report["dependencies"] else ["no package was looked up"]


def audit(python: Path, wheel: Path) -> None:
    """Look up every package that a user can come to have, and stop at the first reason not to publish."""
    parts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    extras = ",".join(sorted(set(parts) - {"dev", "docs"}))
    run(python, "-m", "pip", "install", "-q", f"{wheel}[{extras}]")
    packages = run(python, "-c", "import site; print(site.getsitepackages()[-1])").strip()
    found = not_clean(json.loads(run(sys.executable, "-m", "pip_audit", "--path", packages, "--format", "json")))
    if found:
        sys.exit("\n".join(("The release stops here: packages with known faults, or not looked up.", *found)))


def main() -> None:
    """Build, compare, check, try, list; only then write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--offline", action="store_true", help="do not look for known vulnerabilities")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        first, second = built(folder, "first"), built(folder, "second")
        differ = [name for name in first if digest(first[name]) != digest(second[name])]
        if differ:
            sys.exit(f"Two builds of the same commit differ: {', '.join(differ)}.")
        run(sys.executable, "-m", "twine", "check", "--strict", *first.values())
        wheel = next(path for path in first.values() if path.suffix == ".whl")
        python = installed(folder, wheel)
        for trial in TRIALS:
            run(python, "-m", "detente", *trial, cwd=folder)
        run(
            python,
            "-c",
            "import detente, pathlib; assert (pathlib.Path(detente.__file__).parent / 'py.typed').is_file()",
        )
        bill = folder / "bom.json"
        run(sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", "-o", bill, python)
        if not given.offline:
            audit(python, wheel)
        given.out.mkdir(parents=True, exist_ok=True)
        for path in (*first.values(), bill):
            shutil.copy2(path, given.out / path.name)
        sums = "".join(f"{digest(path)}  {path.name}\n" for path in (*first.values(), bill))
        (given.out / "SHA256SUMS").write_text(sums, encoding="utf-8", newline="\n")
    print(f"Release in {given.out}:\n{sums}", end="")


if __name__ == "__main__":
    main()
