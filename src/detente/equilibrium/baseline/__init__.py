"""The baseline of a counterfactual: flows between economies, checked and made whole."""
