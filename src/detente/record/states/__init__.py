"""States of the dyad by day, and the words that events may use for them."""

from detente.record.states.spells import FOREVER, Spell, States, build_states, measures

__all__ = ["FOREVER", "Spell", "States", "build_states", "measures"]
