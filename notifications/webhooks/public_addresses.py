"""Whether an IP address is one of the public internet. Pure.

The networks are those of IANA's registries of special-purpose addresses; what Python knows of them
depends on its version.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# RFC 4291: IPv6 addresses of the internet are given out from here alone.
_GIVEN_OUT = IPv6Network("2000::/3")
_SPECIAL: list[IPv4Network | IPv6Network] = [
    *map(
        IPv4Network,
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 "
        "192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 "
        "224.0.0.0/3".split(),
    ),
    # 2001::/23 has Teredo in it, which leads to the IPv4 address of any router.
    *map(IPv6Network, "2001::/23 2001:db8::/32 3fff::/20".split()),
]
# An IPv4 address within an IPv6 one, and how many bits stand behind it: IPv4-mapped (RFC 4291),
# behind a NAT64 gateway (RFC 6052), 6to4 (RFC 3056).
_HOLD_IPV4 = (
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("2002::/16"), 80),
)


def is_public(text: str) -> bool:
    """Judge an address as getaddrinfo() writes it, with or without a zone."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is None and address not in _GIVEN_OUT:
            return False
        address = inner or address
    return not any(address in network for network in _SPECIAL)


def _inner(address: IPv6Address) -> IPv4Address | None:
    for network, behind in _HOLD_IPV4:
        if address in network:
            return IPv4Address((int(address) >> behind) & 0xFFFF_FFFF)
    return None
