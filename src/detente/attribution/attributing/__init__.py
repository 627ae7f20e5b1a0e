"""Why did the flow of one pair change, or of every pair of a panel."""

from detente.attribution.attributing.all_pairs import attribute_all
from detente.attribution.attributing.asked import BASE_WINDOWS, contiguity_matrix
from detente.attribution.attributing.one_pair import attribute

__all__ = ["BASE_WINDOWS", "attribute", "attribute_all", "contiguity_matrix"]
