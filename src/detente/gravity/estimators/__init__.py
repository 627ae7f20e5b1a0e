"""Estimators beside PPML that share its formulas, effects, errors and results."""
