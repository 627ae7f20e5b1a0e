"""What changed: studies and pairs looked at again, rules on named measures, and who is told."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "look": "looking",
        "Look": "result",
        "Alert": "result",
        "WatchChange": "result",
        "DyadFailure": "result",
        "WatchList": "watchlists.watchlist",
        "read_watchlist": "watchlists.watchlist",
        "open_state": "state",
    },
)
