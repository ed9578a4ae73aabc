"""Peers that are no single device: behind this machine's own addresses, the gateway and the bridge
of containers all clients look alike."""

import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

Address = IPv4Address | IPv6Address


def address_of(peer: object) -> Address | None:
    """The address of a connection's peer, in its shortest form."""
    if not isinstance(peer, tuple) or not peer:
        return None
    return read(str(peer[0]))


def read(text: str) -> Address | None:
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def is_this_machine(address: Address | None) -> bool:
    """Say whether it is an address of this machine: only those can be bound."""
    if address is None or address.is_loopback:
        return address is not None
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.bind((str(address), 0))
        return True
    return False


def is_shared(address: Address | None) -> bool:
    """Say whether many clients may come from it, which is never a sign-in."""
    return address is None or is_this_machine(address) or address in _gateways()


def _gateways() -> set[Address]:
    """The default gateways, as Linux tells them: for a container that is the bridge."""
    found: set[Address] = set()
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/net/route").read_text().splitlines()[1:]:
            words = line.split()
            if words[1] == "00000000":
                found.add(IPv4Address(bytes.fromhex(words[2])[::-1]))
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/net/ipv6_route").read_text().splitlines():
            words = line.split()
            if words[0] == "0" * 32 and words[1] == "00" and words[4] != "0" * 32:
                found.add(IPv6Address(bytes.fromhex(words[4])))
    return found
