"""Fetching: the only part that touches a network. Addresses, paging, limits and keys of each source; one client."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(__name__, {"Client": "client", "pull": "pulling", "FETCHERS": "addresses"})
