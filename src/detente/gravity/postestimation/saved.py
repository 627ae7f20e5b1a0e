"""A fit on disk without its data: a zip of JSON and plain arrays, nothing that runs when it is opened."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from detente._atomic import write_file
from detente._foreign import check_regular, parse_json
from detente._read_only import ReadOnlyDict
from detente.errors import SpecificationError, UnreadableFile
from detente.gravity.estimates import Estimates
from detente.gravity.estimators.family import Family
from detente.gravity.formulas.terms import Coding
from detente.gravity.inference.clustering import Clustering
from detente.gravity.postestimation.fixed_effects import EffectSet, FixedEffects
from detente.gravity.postestimation.new_rows import predicted, prediction_frame
from detente.panel.frames import Table, read_table

VERSION = 1
LARGEST = 2**31
"""Bytes that a file may hold when unpacked."""


@dataclass(frozen=True, slots=True, repr=False)
class SavedFit(Estimates):
    """A fit read back; see :func:`load_fit`. It tells and predicts as before; what needs its rows is gone."""

    kept_statistics: Mapping[str, float]
    kept_effects: FixedEffects
    coding: Coding

    @property
    def statistics(self) -> Mapping[str, float]:
        """Log likelihood and its like when the fit was saved."""
        return self.kept_statistics

    @property
    def effect_names(self) -> tuple[str, ...]:
        """The fixed effects as the formula writes them."""
        return tuple(dict.fromkeys("^".join(one.columns) for one in self.kept_effects.sets))

    def fixed_effects(self) -> FixedEffects:
        """The effects by label, as :meth:`GravityFit.fixed_effects`."""
        return self.kept_effects

    def predict(self, data: Any, kind: str = "response") -> np.ndarray:
        """Expected flow [n] of each row of ``data``, as :meth:`GravityFit.predict`."""
        return predicted(self, self.kept_effects, self.coding, read_table(data), kind)[0]

    def prediction(self, data: Any, kind: str = "response") -> Any:
        """One row a row of ``data``: row, predicted, reason (why there is none)."""
        table = read_table(data)
        return prediction_frame(table, *predicted(self, self.kept_effects, self.coding, table, kind))


FACTS = ("formula", "names", "n_rows", "n_missing", "n_separated", "n_singletons", "n_used", "n_clusters",
         "cov_repaired", "small_sample", "engine", "converged", "iterations", "offset", "weights")  # fmt: skip


def save_fit(fit: Estimates, effects: FixedEffects, coding: Coding, path: str | Path) -> Path:
    """Write ``fit`` to ``path``.

    Raises
    ------
    SpecificationError : a term is a call that formulaic remembers (knots, means): that cannot be written down.
    """
    if coding.specs:
        raise SpecificationError(
            f"The term '{next(iter(coding.specs))}' was computed by formulaic, whose memory of it cannot be saved.",
            fix="Put its columns into the data and fit with these, or keep the fit by pickle.",
        )
    facts: dict[str, Any] = {name: getattr(fit, name) for name in FACTS}
    facts |= {
        "version": VERSION,
        "family": asdict(fit.family),
        "coef": dict(fit.coef),
        "dropped": dict(fit.dropped),
        "clustering": asdict(fit.clustering),
        "statistics": dict(fit.statistics),
        "whole": coding.whole,
        "sets": [[one.columns, one.slope, one.shift, one.spread] for one in effects.sets],
        "coded": list(coding.levels),
    }
    arrays = {"cov": fit.cov}
    for k, one in enumerate(effects.sets):
        arrays |= {f"values{k}": one.values, f"free{k}": one.free}
        arrays |= {f"label{k}_{c}": _plain(label) for c, label in enumerate(one.labels)}
    arrays |= {f"coded{k}": _plain(levels) for k, levels in enumerate(coding.levels.values())}
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("facts.json", json.dumps(facts))
        for name, array in arrays.items():
            part = BytesIO()
            np.save(part, array, allow_pickle=False)
            folder.writestr(f"{name}.npy", part.getvalue())
    return write_file(Path(path), buffer.getvalue())


def load_fit(path: str | Path) -> SavedFit:
    """Read a fit that :meth:`GravityFit.save` wrote.

    Raises
    ------
    UnreadableFile : the file is not there, or is no saved fit of this version.

    Examples
    --------
    >>> import polars as pl, tempfile, pathlib
    >>> from detente.gravity import fit_ppml
    >>> flows = pl.DataFrame({"o": list("aabbcc"), "d": list("bcacab"),
    ...                       "trade": [4.0, 2, 8, 3, 2, 1], "near": [1.0, 0, 1, 0, 0, 1]})
    >>> fit = fit_ppml(flows, "trade ~ near | o + d")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = load_fit(fit.save(pathlib.Path(folder) / "fit.zip"))
    >>> again.coef == fit.coef
    True
    """
    try:
        check_regular(Path(path))
        with zipfile.ZipFile(path) as folder:
            if sum(member.file_size for member in folder.infolist()) > LARGEST:
                raise ValueError("it is too large")
            facts = parse_json(folder.read("facts.json").decode(), "facts.json")
            names = [n.removesuffix(".npy") for n in folder.namelist() if n.endswith(".npy")]
            arrays = {n: np.load(BytesIO(folder.read(f"{n}.npy")), allow_pickle=False) for n in names}
        if facts["version"] != VERSION:
            raise ValueError(f"it is of version {facts['version']}")
        return _restored(facts, arrays)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        reason = error.what if isinstance(error, UnreadableFile) else str(error) or type(error).__name__
        raise UnreadableFile(
            f"'{path}' is no saved fit: {reason.splitlines()[0].removesuffix('.')}.",
            fix="Give a file that fit.save(path) wrote.",
        ) from None


def _restored(facts: dict[str, Any], arrays: dict[str, np.ndarray]) -> SavedFit:
    for array in arrays.values():
        array.flags.writeable = False
    table = Table(read_table(pl.DataFrame()).frame)
    sets = tuple(
        EffectSet(
            tuple(columns), slope, shift, spread,
            tuple(arrays[f"label{k}_{c}"] for c in range(len(columns))), arrays[f"values{k}"], arrays[f"free{k}"],
        )
        for k, (columns, slope, shift, spread) in enumerate(facts["sets"])
    )  # fmt: skip
    se = np.sqrt(np.diag(arrays["cov"])).tolist()
    clustering = facts["clustering"] | {"ways": tuple(tuple(way) for way in facts["clustering"]["ways"])}
    clustering["options"] = tuple(clustering["options"])
    kept: dict[str, Any] = {
        name: tuple(facts[name]) if isinstance(facts[name], list) else facts[name] for name in FACTS
    }
    return SavedFit(
        **kept,
        family=Family(**facts["family"]),
        coef=ReadOnlyDict(facts["coef"]),
        se=ReadOnlyDict(dict(zip(facts["names"], se))),
        cov=arrays["cov"],
        clustering=Clustering(**clustering),
        dropped=ReadOnlyDict(facts["dropped"]),
        table=table,
        kept_statistics=ReadOnlyDict(facts["statistics"]),
        kept_effects=FixedEffects(sets, table),
        coding=Coding(facts["whole"], {text: arrays[f"coded{k}"] for k, text in enumerate(facts["coded"])}),
    )


def _plain(levels: np.ndarray) -> np.ndarray:
    """Labels as numpy can write them without pickling: text, numbers, truths, dates."""
    return levels.astype(str) if levels.dtype.kind == "O" else levels
