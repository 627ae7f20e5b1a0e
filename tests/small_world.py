"""A small panel for tests: twenty economies and the rest of the world, 2000-2021 and 2023, from the panel that ships."""

from __future__ import annotations

from detente.panel import Panel, world

ECONOMIES = (
    "ARG", "BRA", "CAN", "CHL", "CHN", "COL", "DEU", "ECU", "ESP", "GBR",
    "ITA", "JPN", "KOR", "MEX", "NLD", "PAN", "PER", "TTO", "USA", "VEN",
)  # fmt: skip


def small_world() -> Panel:
    """Flows ``[23, 21, 21]`` and GDP, million US$."""
    return world().aggregate(ECONOMIES)
