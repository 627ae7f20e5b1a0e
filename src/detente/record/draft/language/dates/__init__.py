"""Dates of an article, in every language that is read: one module of rules each."""

from detente.record.draft.language.dates.finding import DateMention, find_dates

__all__ = ["DateMention", "find_dates"]
