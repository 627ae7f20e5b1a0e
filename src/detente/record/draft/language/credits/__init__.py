"""Who is credited in a text, in English and Spanish."""

from detente.record.draft.language.credits.finding import Credit, find_credits

__all__ = ["Credit", "find_credits"]
