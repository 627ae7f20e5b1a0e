"""What is allowed in ``study.toml`` but probably not meant."""

from __future__ import annotations

from detente.errors import Problem
from detente.study.spec import Spec

FILE = "study.toml"


def cautions_of(spec: Spec) -> list[Problem]:
    """Settings that a study runs with and that may mislead its reader; empty if there is none."""
    return [*_elasticity(spec), *_windows(spec)]


def _elasticity(spec: Spec) -> list[Problem]:
    plan = spec.equilibrium
    if not spec.scenarios or plan.central_theta in plan.theta:
        return []
    listed = ", ".join(f"{theta:g}" for theta in plan.theta)
    return [
        Problem(
            FILE, None, "equilibrium.central_theta",
            f"{plan.central_theta:g} is not among theta = [{listed}]: quick runs and the bands use an elasticity "
            "that the table of scenarios does not show.",
            "Add it to theta, or choose one of these.",
        )
    ]  # fmt: skip


def _windows(spec: Spec) -> list[Problem]:
    """Base years fix what is normal; years after an episode began are what it has to explain."""
    return [
        Problem(
            FILE, None, "attribution.base_windows",
            f"[{first}, {last}] reaches into the episode '{episode.id}', which begins after {episode.from_year}: what "
            "it changed would count as normal.",
            f"End the window by {episode.from_year}, or begin the episode later.",
        )
        for first, last in spec.attribution.base_windows
        for episode in spec.episodes
        if last > episode.from_year and first <= episode.to_year
    ]  # fmt: skip
