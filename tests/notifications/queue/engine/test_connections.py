"""A connection to Microsoft outlives the drain that has opened it."""

import os
import socket
from contextlib import suppress
from datetime import timedelta

import pytest

from notifications.mailbox import open_backends
from notifications.models import Attempt, EmailSettings, MicrosoftAccount
from notifications.models.settings import Api
from tests import factories, proxies
from tests.notifications.queue.steps import change_settings, drain, results, without_access_token
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[("graph", True), ("graph", False), ("ews", True)], ids=str)
def way(request, emulator, monkeypatch):
    """Saved settings whose requests go through a proxy that counts connections."""
    api, protection = request.param
    factories.connect(emulator, api=Api(api), protection=protection)
    with proxies.running(proxies.Proxy()) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        yield proxy
        open_backends.close_all()


def send(subject="Hi"):
    factories.enqueue(subject=subject)
    drain()


def test_messages_one_after_another_go_through_one_connection(way, emulator):
    for number in range(5):
        send(f"Number {number}")

    assert len(emulator.messages()) == 5
    assert len(way.connected) == 1


def test_a_changed_setting_closes_it(way):
    send()
    row = EmailSettings.objects.current()
    change_settings(charset="iso-8859-1", version=row.version + 1)
    send()

    assert results() == ["accepted", "accepted"]
    assert len(way.connected) == 2


def test_one_that_the_other_side_has_closed_does_no_harm(way, emulator):
    send()
    for tunnel in way.tunnels:
        with suppress(OSError):
            tunnel.shutdown(socket.SHUT_RDWR)
    send()

    assert results() == ["accepted", "accepted"]
    assert len(emulator.messages()) == len(way.connected) == 2


def test_it_is_closed_after_a_silence(way, monkeypatch):
    monkeypatch.setattr(open_backends, "SILENCE", timedelta(milliseconds=10))
    send()

    assert wait_until(lambda: not open_backends.is_any_kept())
    send()
    assert len(way.connected) == 2


def test_a_drain_has_the_token_of_its_time(way, emulator):
    send()
    without_access_token()
    MicrosoftAccount.objects.update(renewed_at=None)
    for kept in open_backends._kept.values():
        kept.token = None
    send()

    assert results() == ["accepted", "accepted"]
    assert MicrosoftAccount.objects.get().renewed_at
    assert len(way.connected) == 2  # the other one to the sign-in service


def test_a_child_process_does_not_speak_on_it(way):
    send()
    child = os.fork()
    if not child:
        os._exit(1 if open_backends.is_any_kept() else 0)

    assert os.waitpid(child, 0)[1] == 0
    assert open_backends.is_any_kept()


def test_a_worker_that_stops_keeps_none(way):
    factories.enqueue()

    drain(is_stopping=Attempt.objects.exists)

    assert results() == ["accepted"]
    assert not open_backends.is_any_kept()
