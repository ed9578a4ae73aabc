"""What an API key is limited to: From addresses and networks, as people write them. Pure."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

_BETWEEN = re.compile(r"[\s,;]+")
Network = IPv4Network | IPv6Network


def entries(text: str) -> list[str]:
    """Return what stands between commas, semicolons and line ends."""
    return [entry for entry in _BETWEEN.split(text) if entry]


def allows_from(allowed: str, address: str) -> bool:
    """Say whether the bare address may be named as From. `@contoso.example` allows a domain; an
    empty list allows all."""
    found, asked = entries(allowed.casefold()), address.casefold()
    return not found or asked in found or f"@{asked.rpartition('@')[2]}" in found


def allows_network(allowed: str, address: IPv4Address | IPv6Address | None) -> bool:
    """Say whether a request from there counts. An empty list allows all, also an unknown place."""
    found = list(networks(allowed))
    return not found or (address is not None and any(address in each for each in found))


def networks(text: str) -> Iterator[Network]:
    """Read addresses and CIDR ranges. Raises ValueError, with the entry as its text."""
    for entry in entries(text):
        try:
            yield ip_network(entry, strict=False)
        except ValueError:
            raise ValueError(entry) from None
