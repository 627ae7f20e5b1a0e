"""People between two economies, said in either language: sentences and small tables."""

from detente.answer.people.sentences import pair_people_sentences, people_sentences, recovery_told
from detente.answer.people.tables import people_tables

__all__ = ["pair_people_sentences", "people_sentences", "people_tables", "recovery_told"]
