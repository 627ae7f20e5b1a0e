"""The readers of an edition: who asked, who confirmed, when it comes, until when, and how all of it is erased."""

from detente.edition.subscribers.bounces import Bounced, take_bounce
from detente.edition.subscribers.desk import Desk
from detente.edition.subscribers.lists import export_list, import_list
from detente.edition.subscribers.morning import Morning, checked_zone, next_morning
from detente.edition.subscribers.readers import Reader, Wish

__all__ = [
    "Bounced", "Desk", "Morning", "Reader", "Wish", "checked_zone", "export_list", "import_list", "next_morning",
    "take_bounce",
]  # fmt: skip
