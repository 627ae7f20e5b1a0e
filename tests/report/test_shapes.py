"""Map shapes: real places lie where they are, borders meet, and small states are not lost."""

from __future__ import annotations

import itertools
import math

import pytest

from detente.charts import shapes
from detente.economies import table

# Latitude and longitude of capitals, from general geography to the nearest tenth of a degree.
CAPITALS = {"COL": (4.7, -74.1), "VEN": (10.5, -66.9), "BRA": (-15.8, -47.9), "DEU": (52.5, 13.4), "CHN": (39.9, 116.4),
            "KEN": (-1.3, 36.8), "CAN": (45.4, -75.7), "AUS": (-35.3, 149.1)}  # fmt: skip
# Land areas in 1,000 km2 (CIA World Factbook total areas), a check of shape and size.
AREAS = {"COL": 1139, "VEN": 912, "BRA": 8516, "DEU": 357, "KEN": 580, "AUS": 7741, "BOL": 1099}
AREA_TOLERANCE = 0.06  # thinning to a fifth of a degree moves coasts by up to 25 km


def inside(feature, latitude, longitude):
    """Whether a point lies in a multipolygon (even-odd rule)."""
    odd = False
    for piece in feature["geometry"]["coordinates"]:
        for ring in piece:
            for (x1, y1), (x2, y2) in itertools.pairwise(ring):
                if (y1 > latitude) != (y2 > latitude):
                    odd ^= longitude < x1 + (latitude - y1) / (y2 - y1) * (x2 - x1)
    return odd


def area(feature):
    """Area on a sphere in 1,000 km2, by the integral of the sine of latitude over longitude."""
    total = 0.0
    for piece in feature["geometry"]["coordinates"]:
        for n, ring in enumerate(piece):
            ring_area = sum(
                math.radians(x2 - x1) * (math.sin(math.radians(y1)) + math.sin(math.radians(y2))) / 2
                for (x1, y1), (x2, y2) in itertools.pairwise(ring)
            )
            total += abs(ring_area) * (1 if n == 0 else -1)
    return total * 6371.0**2 / 1000


@pytest.mark.parametrize("code", CAPITALS)
def test_a_capital_lies_in_its_country_and_in_no_other(code):
    assert inside(shapes.outline(code), *CAPITALS[code])
    assert inside(shapes.land(), *CAPITALS[code])
    assert not any(inside(shapes.outline(other), *CAPITALS[code]) for other in CAPITALS if other != code)


@pytest.mark.parametrize("code", AREAS)
@pytest.mark.parametrize("step", [0.0, 0.8])
def test_areas_are_those_of_an_atlas(code, step):
    assert area(shapes.outline(code, step)) == pytest.approx(AREAS[code], rel=AREA_TOLERANCE)


def test_neighbours_share_their_border():
    points = {code: {p for piece in shapes.outline(code)["geometry"]["coordinates"] for ring in piece for p in ring}
              for code in ("COL", "VEN")}  # fmt: skip
    assert len(points["COL"] & points["VEN"]) > 10


def test_rings_close_and_stay_on_the_map():
    for piece in shapes.land()["geometry"]["coordinates"]:
        for ring in piece:
            assert ring[0] == ring[-1]
            assert all(-180 <= x <= 180 and -60 <= y <= 90 for x, y in ring)


def test_small_states_have_dots_and_large_ones_none():
    for code in ("SGP", "HKG", "MLT", "BHR", "MUS", "TTO"):
        assert shapes.dot(code) is not None
        assert shapes.outline(code) is not None
    assert shapes.dot("BRA") is None
    assert shapes.dot("ROW") is None
    assert shapes.outline("ROW") is None


def test_nearly_every_current_economy_is_on_the_map():
    current = {code for code, row in table().items() if row.valid_to is None and row.numeric is not None}
    absent = {code for code in current if shapes.outline(code) is None}
    assert len(absent) <= 20, sorted(absent)
    assert not absent & {"USA", "CHN", "FRA", "NOR", "IND", "TWN", "XKX", "PSE"}
