"""Panels: flows by origin, destination and year; readers for the field's formats; the world panel that ships."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "Panel": "panel",
        "ReadReport": "panel",
        "read_panel": "reading.panel_reader",
        "read_table": "frames",
        "Provenance": "panel",
        "world_gdp": "world_panel",
        "world": "world_panel",
        "people": "people_panel",
        "complete": "completion",
        "with_sides": "grouping.sides",
        "Composition": "grouping.composition",
        "Mirror": "mirror",
        "mirrored": "mirror",
    },
)
