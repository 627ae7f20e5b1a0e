"""What became of one thing that was to be delivered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeliveryOutcome(StrEnum):
    """What is known after an attempt."""

    SENT = "sent"  # the other side said that it has it
    LATER = "later"  # it has not; it may be tried again
    REFUSED = "refused"  # it has not and never will
    DOUBTFUL = "doubtful"  # the connection ended before it said anything


@dataclass(frozen=True, slots=True)
class Reply:
    """An outcome with the words of the other side.

    Attributes
    ----------
    outcome : what is known.
    text : the code and words of the reply, or what went wrong.
    of_server : the trouble is the server's with all of them (no connection, sign-in, sender), not this reader's.
    """

    outcome: DeliveryOutcome
    text: str = ""
    of_server: bool = False
