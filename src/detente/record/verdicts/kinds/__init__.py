"""The kinds of claim test, one module each; importing them enters them in the register."""

from detente.record.verdicts.kinds import (
    agreement,
    cause,
    change,
    count,
    duration,
    event,
    extreme,
    prediction,
    quantity,
    state,
)

MODULES = (quantity, change, extreme, event, state, duration, count, prediction, agreement, cause)
