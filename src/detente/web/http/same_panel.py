"""A panel as the key of what is kept: two are the same only where they are one object."""

from __future__ import annotations

from detente.panel import Panel


class SamePanel:
    """A panel, equal to itself alone; whoever keeps it keeps the panel."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel

    def __hash__(self) -> int:
        return id(self.panel)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SamePanel) and other.panel is self.panel
