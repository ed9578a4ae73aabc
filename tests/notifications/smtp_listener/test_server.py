"""The process: where it listens, and what it says of itself."""

import asyncio
import socket

import pytest

from notifications.models import SmtpListener, SmtpSettings
from notifications.smtp_listener.office import Office
from notifications.smtp_listener.server import Server
from tests.notifications.smtp_listener import listening
from tests.notifications.smtp_listener.listening import AtOnce, client


@pytest.fixture
def taken():
    """A port that somebody else has."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other


@pytest.fixture
def server(db, files, settings, monkeypatch, taken):
    # The database is asked where the event loop runs; see AtOnce.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.SMTP_LISTEN = f"127.0.0.1:{taken.getsockname()[1]}"
    listening.turned_on()
    client()

    threads = AtOnce()

    async def made():
        found = Server()
        found._office = Office(threads=threads)
        return found

    with asyncio.Runner() as runner:
        yield runner, runner.run(made())


def look(runner, server):
    """Do what it does each second; return where it listens, and what it says is wrong."""
    runner.run(server._look())
    told = SmtpListener.objects.get()
    return told.addresses, told.problem


def test_a_port_that_was_in_use_is_opened_later(server, taken):
    port = taken.getsockname()[1]
    addresses, problem = look(*server)
    assert addresses == []
    assert problem == f"127.0.0.1:{port} cannot be opened: Address already in use."

    taken.close()

    assert look(*server) == ([["127.0.0.1", port, False]], "")
    server[1]._close_all()


def test_it_listens_only_while_it_is_on(server, taken):
    taken.close()
    assert look(*server)[0]
    SmtpSettings.objects.made().update(is_on=False)
    assert look(*server) == ([], "")


def test_an_address_that_needs_a_certificate_waits_for_one(server, settings, taken):
    _runner, process = server
    where = process._wanted[0]
    process._wanted = [type(where)(where.host, where.port, is_tls=True)]
    assert "because it needs a certificate" in look(*server)[1]
