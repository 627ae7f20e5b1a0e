"""How often: caps by address, mail domain, network and in all, counted before anybody looks who is on the list."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from detente.delivery import transaction
from detente.edition.subscribers.desk import DAY, Desk
from detente.edition.subscribers.readers import Wish

HOUR = 3_600.0


@dataclass(frozen=True, slots=True)
class Caps:
    """Requests for the edition at most, by what they have in common.

    Attributes
    ----------
    address : for one mail address in a day; those above are answered as the others are, and dropped.
    domain, network, total : for one mail domain, from one network (IPv4 /24, IPv6 /56), in all, in an hour.
    """

    address: int = 3
    domain: int = 120
    network: int = 20
    total: int = 600


def take_down(desk: Desk, email: str, wish: Wish, client: str, now: float, caps: Caps, *, good: bool) -> bool:
    """Write one request down, if the caps allow; False where a network or all of them ask too often.

    The same statements run for every address, known, new or none.
    """
    bare = email.strip().lower()[:254]
    counted = [
        (desk.keyed(f"address:{bare}"), caps.address, DAY),
        (desk.keyed(f"domain:{bare.rpartition('@')[2]}"), caps.domain, HOUR),
        (desk.keyed(f"network:{network_of(client)}"), caps.network, HOUR),
        ("total", caps.total, HOUR),
    ]
    with transaction(desk.connection):
        free = [
            desk.connection.execute(
                "SELECT count(*) FROM attempt WHERE bucket = ? AND at > ?", (bucket, now - seconds)
            ).fetchone()[0] < most
            for bucket, most, seconds in counted
        ]  # fmt: skip
        desk.connection.executemany("INSERT INTO attempt VALUES (?, ?)", [(bucket, now) for bucket, *_ in counted])
        desk.connection.execute(
            "INSERT INTO request (email, language, zone, hour, good, at) VALUES (?, ?, ?, ?, ?, ?)",
            (email.strip()[:254], wish.language, wish.zone, wish.hour, good and all(free), now),
        )
    return free[2] and free[3]


def network_of(client: str) -> str:
    """The network that an address is part of.

    >>> network_of("203.0.113.77"), network_of("2001:db8:1:2::5")
    ('203.0.113.0/24', '2001:db8:1::/56')
    """
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 56}", strict=False))
