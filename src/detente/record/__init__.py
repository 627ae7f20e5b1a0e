"""The record: what happened between two economies, what was said, and whether it holds."""

from detente.record.ledger import Ledger
from detente.record.period import Period
from detente.record.verdicts.verdict import DECIDED, VERDICTS

__all__ = ["DECIDED", "VERDICTS", "Ledger", "Period"]
