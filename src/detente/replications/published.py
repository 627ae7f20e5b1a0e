"""Published counterfactuals recomputed from their data, as runnable examples.

``replicate("agtpa-nafta")`` follows Yotov, Piermartini, Monteiro and Larch (2016, chapter 2) and
``replicate("caliendo-parro")`` Caliendo and Parro (2015), each both as published and exactly.
"""

from __future__ import annotations

from pathlib import Path

from detente.errors import UnknownStudy, did_you_mean
from detente.replications.advanced_guide import agtpa_nafta
from detente.replications.nafta_by_sector import caliendo_parro
from detente.replications.target import Replication


def replicate(name: str, *, data: str | Path | None = None) -> Replication:
    """Recompute a published exercise.

    Parameters
    ----------
    name : {"agtpa-nafta", "caliendo-parro"}
    data : path, optional
        The folder of the published data; else the environment variable ``DETENTE_DATA``, else a folder
        ``data`` or ``shared/data`` in or above the current directory.

    Raises
    ------
    UnknownStudy, UnreadableFile

    Examples
    --------
    >>> print(replicate("caliendo-parro").summary())    # doctest: +SKIP
    """
    recipes = {"agtpa-nafta": agtpa_nafta, "caliendo-parro": caliendo_parro}
    if name not in recipes:
        raise UnknownStudy(
            f"There is no replication '{name}'.{did_you_mean(name, recipes)}",
            fix=f"There are: {', '.join(recipes)}.",
        )
    return recipes[name](data)
