"""Figures of economies: GDP, population, exchange rates."""
