"""The ports that tests give to the servers which they start."""

import socket

from tests import servers


def test_no_port_is_given_twice():
    ports = [servers.free_port() for _ in range(100)]

    assert len({*ports, *servers.free_ports().values()}) == 103


def test_no_two_workers_have_the_same_ports(monkeypatch):
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", "3")
    found = []
    for worker in ("gw0", "gw1", "gw2"):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
        found += servers.own_ports()

    assert sorted(found) == list(servers.PORTS)


def test_a_port_that_another_program_has_is_not_given(monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    other = servers.free_port()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = [taken.getsockname()[1], other]
        monkeypatch.setattr(servers, "PORTS", ports)
        monkeypatch.setattr(servers, "_given", set())

        assert servers.free_port() == other
