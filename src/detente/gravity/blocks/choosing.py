"""Whether a fit can go by blocks, by which column, and what it needs of memory and disk."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np

from detente.errors import UsageError
from detente.gravity.formulas.formula import Formula
from detente.gravity.formulas.lags import with_series
from detente.gravity.formulas.reading import Reads
from detente.panel.columns import KNOWN

try:
    import resource
except ImportError:  # on Windows
    resource = None

TENSOR_BYTES, ROW_BYTES = 300, 420
"""Memory of a fit in one piece, by row: on a tensor and on rows, with two regressors (measured; see docs/scale.md)."""
PROCESS = 160e6
"""Memory of a process before it has any rows."""
SHARE = 0.8
"""Of the memory that is free, what a fit may plan with."""
UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}


def block_column(formula: Formula, asked: str | None, reads: Reads, columns: list[str]) -> str | None:
    """The column whose levels share no effect: the one ``asked`` for, or with "auto" one that is found; None if none.

    Raises
    ------
    UsageError : the column asked for does not separate the effects.
    """
    if asked is None:
        return None
    why = _hindrance(formula, reads)
    shared = [c for c in columns if formula.effects and all(c in effect.columns for effect in formula.effects)]
    lagged = [f for term in with_series(formula, columns).terms for f in term if f.inner is not None]
    shared = [c for c in shared if all(c in factor.unit for factor in lagged)]
    if asked == "auto":
        named = [c for c in shared if c.casefold() in KNOWN["sector"]]
        return None if why or not shared else (named or shared)[0]
    if why or asked not in shared:
        raise UsageError(
            f"A fit cannot go by blocks of '{asked}': {why or 'it has to be in every set of effects (and in the unit of every lag).'}",
            where=f"The effects are {' + '.join(effect.text for effect in formula.effects) or 'none'}.",
            fix=f"These columns do: {', '.join(shared)}." if shared and not why else "Leave blocks= out.",
        )
    return asked


def _hindrance(formula: Formula, reads: Reads) -> str:
    if reads.odd is not None:
        return f"'{reads.odd}' takes the whole column at once."
    if any(effect.slopes or not effect.intercept for effect in formula.effects):
        return "there are varying slopes."
    return ""


def bytes_of(memory: str | float | None) -> float:
    """What ``memory=`` means in bytes; None is what is free now, as far as the system tells.

    >>> bytes_of("4 GB"), bytes_of("1.5g"), bytes_of(2e9)
    (4000000000.0, 1500000000.0, 2000000000.0)
    """
    if memory is None:
        return SHARE * _free()
    found = re.fullmatch(r"\s*([\d.]+(?:e\d+)?)\s*([kmgt]?)i?b?\s*", str(memory).casefold())
    try:
        value = float(found[1]) * UNITS[found[2]] if found is not None and not isinstance(memory, bool) else 0.0
    except ValueError:
        value = 0.0
    if not value > 0:
        raise UsageError(f"memory is a size such as '4 GB' or a number of bytes, not {memory!r}.")
    return value


def _free() -> float:
    """Memory that this process may still take: what the machine has free, its groups and its own limits leave."""
    found = [*_of_machine(), *_of_groups(Path("/sys/fs/cgroup")), *_of_limits()]
    if found:
        return max(min(found), 0.0)
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" in names:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return np.inf


def _of_machine() -> list[float]:
    return [1024 * n for n in _told(Path("/proc/meminfo"), "MemAvailable:")]


def _of_groups(root: Path) -> list[float]:
    """What each control group that the process is in leaves: a container's, a job's, a service's."""
    lines = _read(Path("/proc/self/cgroup")).splitlines()
    own = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    left = []
    for group in (root / own, *(root / own).parents):
        limit, used = (_read(group / name).strip() for name in ("memory.max", "memory.current"))
        if limit.isdigit() and used.isdigit():
            left.append(float(limit) - float(used))
        if group == root:
            break
    return left


def _of_limits() -> list[float]:
    """What the limits of the shell (``ulimit -v``, ``ulimit -d``) leave."""
    if resource is None:
        return []
    pairs = ((resource.RLIMIT_AS, "VmSize:"), (resource.RLIMIT_DATA, "VmData:"))
    soft = [(resource.getrlimit(limit)[0], field) for limit, field in pairs]
    status = Path("/proc/self/status")
    return [n - 1024 * used for n, field in soft if n != resource.RLIM_INFINITY for used in _told(status, field)]


def _told(path: Path, field: str) -> list[float]:
    """The number beside ``field`` in a file of the system, if it is there."""
    lines = _read(path).splitlines()
    return [float(line.split()[1]) for line in lines if line.startswith(field)]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""


def needed_in_one(n_rows: int, n_terms: int) -> float:
    """Memory, in bytes, of a fit of ``n_rows`` in one piece."""
    return PROCESS + n_rows * (TENSOR_BYTES + 60.0 * max(n_terms - 2, 0))


def needed_by_block(n_rows: int, n_terms: int) -> float:
    """Memory, in bytes, of the process that works on a block of ``n_rows``."""
    return PROCESS + n_rows * (150.0 + 40.0 * n_terms)


def refuse_if_too_large(needed: float, given: float, what: str, fix: str) -> None:
    """UsageError before the work starts where it ``needed`` more memory than is ``given``."""
    if needed > given:
        raise UsageError(
            f"{what} needs about {needed / 1e9:,.1f} GB of memory, and {max(given, 0.0) / 1e9:,.1f} GB may be used.",
            why="The fit would end halfway, or the machine would stop to swap.",
            fix=fix,
        )
