"""Which scores may be correlated, as ``cluster=`` says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from detente.errors import AmbiguousColumn, UnknownColumn, UsageError
from detente.gravity.engines.layout import economies_of
from detente.gravity.formulas.formula import Effect
from detente.gravity.formulas.grammar import parse_effect
from detente.panel.columns import find_roles

ROBUST = ("hetero", "heteroskedastic", "hc", "hc0", "hc1", "hc2", "hc3", "white", "none")
"""What other tools call errors without clusters."""
WAYS = ("cluster", "twoway", "threeway", "fourway", "nw", "newey_west", "dk", "driscoll_kraay", "crv1", "crv3")
"""What other tools call clusters and serial errors whose columns they take from elsewhere."""


@dataclass(frozen=True, slots=True)
class Clustering:
    """Which scores may be correlated.

    kind : "robust", "iid", "cluster", "dyadic", "driscoll-kraay" or "conley"; ways : sets of columns, one a way
    options : lags of Driscoll-Kraay, kilometres of Conley
    """

    kind: str
    ways: tuple[tuple[str, ...], ...] = ()
    options: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        if self.kind == "cluster":
            return "clustered by " + " and ".join("^".join(way) for way in self.ways)
        if self.kind == "driscoll-kraay":
            return f"Driscoll-Kraay by {self.ways[0][0]}, {self.options[0]:g} lags"
        if self.kind == "conley":
            return f"Conley within {self.options[0]:g} km"
        return {"robust": "heteroskedastic-robust", "iid": "classical (iid)"}.get(self.kind, "dyadic-robust")


def read_clustering(
    cluster: str | Sequence[str] | None, columns: Sequence[str], effects: Sequence[Effect] = ()
) -> Clustering:
    """What ``cluster=`` means.

    None or "robust", "iid", "dyadic", "dyadic(a, b)", "driscoll-kraay(year, 2)", "conley(lat, lon, 500)", "a^b",
    "a + b" or a list of these sets.
    The two economies of "dyadic" are those of the ``effects``; where these do not tell, those of known names.
    """
    if cluster is None or cluster == "robust":
        return Clustering("robust")
    if isinstance(cluster, str) and cluster == "iid" and "iid" not in columns:
        return Clustering("iid")
    if isinstance(cluster, str) and cluster.strip().startswith("dyadic"):
        return _read_dyadic(cluster.strip(), columns, effects)
    if isinstance(cluster, str) and cluster.strip().startswith(("driscoll-kraay", "conley")):
        return _read_kernel(cluster.strip())
    if not isinstance(cluster, str | list | tuple) or not all(isinstance(part, str) for part in cluster):
        raise UsageError(
            f"cluster names columns, as in 'exporter^importer' or 'exporter + importer', and is not {cluster!r}."
        )
    parts = cluster.strip().removeprefix("~").split("+") if isinstance(cluster, str) else list(cluster)
    parts = [part.strip() for part in parts]
    if not all(parts):
        raise UsageError(
            f"cluster={cluster!r} names no column.", fix="Leave cluster out, or give None, for robust errors."
        )
    if len(parts) == 1 and parts[0] not in columns and parts[0].casefold() in ROBUST:
        raise UsageError(
            f"cluster={cluster!r} is no set of columns.",
            fix="Errors robust to heteroskedasticity are those of cluster=None.",
        )
    if len(parts) == 1 and parts[0] not in columns and parts[0].casefold() in WAYS:
        raise UsageError(
            f"cluster={cluster!r} does not say by what.",
            fix="Name the columns: 'exporter^importer', 'exporter + importer', or 'driscoll-kraay(year, 2)'.",
        )
    for part in parts:
        if part not in columns and " " in part and "`" not in part:
            raise UsageError(
                f"cluster={cluster!r} holds a space.",
                fix="Put names with spaces in backticks, as in '`Reporter Name`^`Partner Name`'.",
            )
    if not 1 <= len(parts) <= 4:
        raise UsageError(f"Clusters go in one to four ways, not {len(parts)}.")
    return Clustering("cluster", tuple(parse_effect(part) for part in parts))


def _read_kernel(cluster: str) -> Clustering:
    """ "driscoll-kraay(year, 2)" or "conley(lat, lon, 500)"."""
    kind, _, inside = cluster.partition("(")
    parts = [part.strip().strip("`") for part in inside.removesuffix(")").split(",")]
    number = parts[-1]
    if len(parts) != (2 if kind == "driscoll-kraay" else 3) or not re.fullmatch(r"\d+(\.\d+)?", number):
        raise UsageError(
            f"cluster={cluster!r} cannot be read.",
            fix="Write 'driscoll-kraay(year, 2)' with the number of lags, or 'conley(lat, lon, 500)' with kilometres.",
        )
    return Clustering(kind, tuple((name,) for name in parts[:-1]), (float(number),))


def _read_dyadic(cluster: str, columns: Sequence[str], effects: Sequence[Effect]) -> Clustering:
    fix = "Name the two columns, as in cluster='dyadic(iso3_o, iso3_d)'."
    given = re.fullmatch(r"dyadic\(([^,]+),([^,]+)\)", cluster)
    if given:
        return Clustering("dyadic", tuple((name.strip().strip("`"),) for name in given.groups()))
    if cluster != "dyadic":
        raise UsageError(f"cluster={cluster!r} cannot be read.", fix=fix)
    found = economies_of(effects)
    if found is None:
        try:
            roles = find_roles(columns, needed=("origin", "destination"))
        except (AmbiguousColumn, UnknownColumn) as error:
            raise type(error)(error.what, where=error.where, fix=fix) from None
        found = str(roles.origin), str(roles.destination)
    return Clustering("dyadic", ((found[0],), (found[1],)))
