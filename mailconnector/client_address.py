"""From where a request comes. A header is believed only when a proxy of ours has sent it."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_IPV6_PREFIX = 64  # what one line of a provider has: its holder can take any address in it


def client_address(request: HttpRequest) -> str | None:
    """The last address before our own proxies; of IPv6 the network. None if it is not known,
    as behind a Unix socket without a header."""
    nearest = _parsed(request.META.get("REMOTE_ADDR", ""))
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    found = _first_stranger(nearest, hops, settings.TRUSTED_PROXIES)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, _IPV6_PREFIX), strict=False).network_address)
    return str(found) if found else None


def _first_stranger(
    nearest: Address | None, hops: list[str], trusted: Iterable[Network]
) -> Address | None:
    """From our side outwards: each trusted proxy vouches for the one before it."""
    networks = list(trusted)
    found = nearest
    for hop in reversed(hops):
        if found is None or not any(found in network for network in networks):
            return found
        earlier = _parsed(hop)
        if earlier is None:
            return found
        found = earlier
    return found


def _parsed(text: str) -> Address | None:
    """Some proxies add the port, and put IPv6 into brackets."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
