"""Which addresses are of the public internet, in each of their ways of writing."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifications.webhooks.public_addresses import is_public

PRIVATE = (
    "0.0.0.1", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255",
    "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.19.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
)  # fmt: skip
PUBLIC = ("1.1.1.1", "9.9.9.9", "172.32.0.1", "192.0.1.1", "223.255.255.255")


def holding(inner):
    """The IPv6 addresses that lead to an IPv4 one."""
    number = int(IPv4Address(inner))
    return [
        str(IPv6Address((0xFFFF << 32) | number)),
        str(IPv6Address((0x64FF9B << 96) | number)),
        str(IPv6Address((0x2002 << 112) | number << 80)),
        str(IPv6Address((0x2002 << 112) | number << 80 | 1)),
    ]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_way_leads_to_a_private_address(address):
    assert [each for each in (address, *holding(address)) if is_public(each)] == []


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public_behind_a_gateway_too(address):
    assert all(is_public(each) for each in (address, *holding(address)))


@pytest.mark.parametrize(
    "address",
    [
        "::", "::1", "::7f00:1", "::8.8.8.8", "::ffff:0:7f00:1", "::ffff:0:808:808",
        "64:ff9b:1::1", "64:ff9b:1::808:808", "100::1", "2001::1", "2001:0:53aa:64c::1",
        "2001:10::1", "2001:20::1", "2001:db8::1", "3fff::1", "3fff:fff::1", "5f00::1", "fc00::1",
        "fd00::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "4000::1", "::ffff:10.0.0.1",
    ],
)  # fmt: skip
def test_ranges_that_lead_nowhere_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["2606:4700:4700::1111", "2a00:1450:4001::1", "2003::1"])
def test_public_addresses(address):
    assert is_public(address)


@given(some.ip_addresses(v=6))
def test_only_what_is_given_out_or_holds_a_public_address_is_public(address):
    if is_public(str(address)):
        holds = [str(address).startswith(("::ffff:", "64:ff9b::"))]
        assert int(address) >> 125 == 1 or any(holds)
