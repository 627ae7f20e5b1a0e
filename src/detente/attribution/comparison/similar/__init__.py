"""The dyads most like one dyad, and how its change stands among theirs."""

from detente.attribution.comparison.similar.comparing import compare_window
from detente.attribution.comparison.similar.placebo_test import SIMILAR, PlaceboTest, among
from detente.attribution.comparison.similar.window import FEWEST, MOST, Ranks, Window

__all__ = ["FEWEST", "MOST", "SIMILAR", "PlaceboTest", "Ranks", "Window", "among", "compare_window"]
