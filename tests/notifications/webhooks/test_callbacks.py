"""Callbacks: who is told what, signed, again after a failure, and never into the wrong network."""

import json
import select
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from notifications import outbox, vault
from notifications.models import ApiKey, Callback, Notification, QueueState
from notifications.models.callback import CallbackState
from notifications.models.status import Status
from notifications.webhooks import call as webhooks
from notifications.webhooks import callbacks
from tests import factories, proxies
from tests.waiting import PATIENCE

SECRET = "whsec_Y2FsbGJhY2stczNjcmV0LW9mLXRoZS1kZXNr"


def made(url, *, now):
    """What came of a call."""
    return webhooks.call(url, b"{}", event_id="1", secret="s", now=now)


def finished(url, status=Status.ACCEPTED, *, now, **key):
    """A notification that came with a key that wants to know, and has left."""
    api_key, _token = factories.api_key(
        callback_url=url, callback_secret=vault.seal(SECRET, "callback_secret"), **key
    )
    row = outbox.enqueue(factories.new(key="ticket:17"), initiator="test", api_key=api_key)
    accepted_at = now if status == Status.ACCEPTED else None
    Notification.objects.filter(pk=row.pk).update(status=status, accepted_at=accepted_at)
    return row


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "event"),
    [(Status.ACCEPTED, "message.accepted"), (Status.FAILED, "message.failed")],
)
def test_an_application_is_told_with_a_signature_that_it_can_check(listener, now, status, event):
    row = finished(listener.url, status, now=now)
    callbacks.announce([row.pk], now=now)

    assert callbacks.call_due(now=now) == 1

    (path, headers, body), = listener.heard  # fmt: skip
    assert path == "/hook?token=t0ken"
    told = Webhook(SECRET).verify(body, headers)
    assert told["id"] == headers["webhook-id"]
    assert told["event"] == event
    assert told["message"]["id"] == row.pk
    assert told["message"]["idempotency_key"] == "ticket:17"
    assert "contoso.example" not in json.dumps(told["message"] | {"message_id": ""})
    assert Callback.objects.get().state == CallbackState.DELIVERED
    assert callbacks.call_due(now=now + timedelta(days=1)) == 0


@pytest.mark.django_db
def test_nobody_is_told_of_what_came_another_way_or_has_not_ended(listener, now):
    other = factories.enqueue()
    Notification.objects.filter(pk=other.pk).update(status=Status.FAILED)
    waiting = finished(listener.url, Status.PENDING, now=now)
    revoked = finished(listener.url, now=now, revoked_at=now)

    callbacks.announce([other.pk, waiting.pk, revoked.pk], now=now)

    assert not Callback.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "words"), [(500, "It answered 500."), (302, "Redirects are not followed.")]
)
def test_a_call_that_fails_is_made_again_later(listener, now, answer, words):
    callbacks.announce([finished(listener.url, now=now).pk], now=now)
    listener.answer = answer
    callbacks.call_due(now=now)

    row = Callback.objects.get()
    assert (row.state, row.http_status, row.error) == ("waiting", answer, words)
    assert row.due_at > now
    assert len(listener.heard) == 1

    listener.answer = 200
    callbacks.call_due(now=row.due_at)
    assert Callback.objects.get().state == CallbackState.DELIVERED
    (_path, first, body), (_path, second, same_body) = listener.heard
    assert body == same_body
    assert first["webhook-id"] == second["webhook-id"] == json.loads(body)["id"]


@pytest.mark.django_db
def test_after_a_day_of_failures_it_is_given_up(now):
    callbacks.announce([finished("http://localhost:1/", now=now).pk], now=now)
    Callback.objects.update(attempts=29)

    callbacks.call_due(now=now)

    row = Callback.objects.get()
    assert (row.state, row.error) == ("given_up", "Connection refused")


@pytest.mark.django_db
def test_a_call_is_made_once_by_several_workers(now):
    callbacks.announce([finished("http://localhost:1/", now=now).pk], now=now)
    row = Callback.objects.get()
    lease = timedelta(minutes=2)

    won = [Callback.objects.claim(row, now=now, lease=lease) for _worker in range(3)]

    assert won == [True, False, False]
    assert not callbacks.is_due(now=now)
    assert callbacks.is_due(now=now + lease)


@pytest.mark.django_db
def test_secrets_are_in_no_log_and_no_row(listener, now, caplog):
    listener.answer = 500
    callbacks.announce([finished(listener.url, now=now).pk], now=now)
    callbacks.call_due(now=now)

    kept = str([*Callback.objects.values(), *ApiKey.objects.values("callback_secret")])
    assert SECRET not in kept + caplog.text
    assert "t0ken" not in str(Callback.objects.values()) + caplog.text


@pytest.mark.django_db
def test_old_ones_are_forgotten(listener, now):
    callbacks.announce([finished(listener.url, now=now).pk], now=now)
    callbacks.call_due(now=now)

    callbacks.forget_old(now=now + timedelta(days=29))
    assert Callback.objects.exists()
    callbacks.forget_old(now=now + timedelta(days=31))
    assert not Callback.objects.exists()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://desk.contoso.example/", "Only https"),
        ("ftp://desk.contoso.example/", "Only https"),
        ("file:///etc/passwd", "full address"),
        ("https://", "full address"),
        ("https://user:password@desk.contoso.example/", "user name"),
        ("https://desk.contoso.example/\r\nX: y", "full address"),
        ("https://[::1", "not an address"),
        ("https://desk.contoso.example:99999/", "not an address"),
        ("https://desk.contoso.example:25/", "Only port 443"),
        ("https://desk.contoso.example:22/", "Only port 443"),
        ("https://desk.contoso.example:1024/", "Only port 443"),
        ("https://desk.contoso.example:0/", "Only port 443"),
        ("https://desk.contoso.example:8443/", ""),
        ("https://desk.contoso.example:1025/", ""),
        ("https://desk.contoso.example/", ""),
    ],
)
def test_an_address_that_cannot_be_called_is_told(url, words):
    problem = webhooks.target_problem(url)

    assert words in problem
    assert bool(words) == bool(problem)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "169.254.169.254", "[::1]",
        "[::ffff:10.0.0.1]", "[fe80::1]", "[fd00::1]", "0.0.0.1", "2130706433", "0x7f.1",
        "224.0.0.1", "[2002:7f00:1::]", "0177.0.0.1", "0x0a000001", "017700000001", "10.1",
        "169.254.169.254.", "[::ffff:169.254.169.254]",
    ],
)  # fmt: skip
def test_private_networks_are_not_called_unless_that_is_allowed(settings, host, now):
    settings.CALLBACKS_TO_PRIVATE_ADDRESSES = False

    result = made(f"https://{host}:9/", now=now)

    assert "leads into a private network" in result.error


def test_whoever_answers_byte_by_byte_is_not_waited_for(monkeypatch, now):
    monkeypatch.setattr(webhooks, "LONGEST_CALL", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as pool:
        dribbling = pool.submit(dribble, server)

        result = made(f"http://localhost:{server.getsockname()[1]}/", now=now)

        dribbling.result(timeout=PATIENCE)
    assert result == webhooks.CallResult(0, "TimeoutError")


def dribble(server):
    """An answer without an end, until the caller has hung up."""
    connection, _address = server.accept()
    with connection, suppress(OSError):
        connection.sendall(b"HTTP/1.1 204 No Content\r\nX: ")
        while not select.select([connection], [], [], 0.02)[0] or connection.recv(65536):
            connection.sendall(b"x")


def test_what_is_no_tls_is_an_error(listener, now):
    url = listener.url.replace("http:", "https:")

    result = made(url, now=now)

    assert result.status == 0
    assert result.error.startswith("TLS:")
    assert "t0ken" not in result.error


@pytest.fixture
def proxied(monkeypatch, settings, tmp_path, emulator):
    """A proxy that inspects TLS, with which the outside is reached."""
    settings.CALLBACKS_TO_PRIVATE_ADDRESSES = False
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with proxies.running(proxies.Proxy(asks_password=True, stands_for=emulator)) as proxy:
        settings.CA_BUNDLE = str(tmp_path / "ca.pem")
        proxy.authority.cert_pem.write_to_path(settings.CA_BUNDLE)
        monkeypatch.setenv("HTTPS_PROXY", proxy.url_with_password)
        yield proxy


def test_a_callback_takes_the_proxy_which_looks_the_name_up(proxied, now):
    result = made("https://desk.contoso.invalid/hook", now=now)

    assert proxied.paths == [("desk.contoso.invalid", "/hook")]
    assert result.status in (404, 405)


@pytest.mark.parametrize("host", ["10.0.0.1", "[::1]", "2130706433", "169.254.169.254"])
def test_addresses_in_numbers_are_refused_before_the_proxy(proxied, host, now):
    result = made(f"https://{host}/", now=now)

    assert "leads into a private network" in result.error
    assert proxied.connected == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://user:wr0ng@localhost:{port}", "The proxy answered 407."),
        ("http://user:wr0ng@localhost:1", "The proxy cannot be reached."),
        ("https://localhost:{port}", "must be an address with http://"),
    ],
)
def test_a_proxy_that_does_not_help_is_told_without_its_password(
    proxied, now, monkeypatch, address, words
):
    monkeypatch.setenv("HTTPS_PROXY", address.format(port=proxied.port))

    result = made("https://desk.contoso.invalid/hook", now=now)

    assert words in result.error
    assert "wr0ng" not in result.error


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"installation": "another"}, {"is_copy": True}])
def test_a_copied_database_calls_no_application(listener, now, change):
    row = finished(listener.url, now=now)
    callbacks.announce([row.pk], now=now)
    QueueState.objects.update_or_create(pk=1, defaults=change)

    assert callbacks.call_due(now=now) == 0
    assert listener.heard == []
    assert callbacks.next_due() is None
    assert not callbacks.is_due(now=now)


@pytest.mark.django_db
def test_a_call_that_cannot_be_made_keeps_no_other_from_being_made(listener, now, caplog):
    bad, good = (finished(listener.url, now=now, name=name) for name in ("a", "b"))
    callbacks.announce([bad.pk, good.pk], now=now)
    broken = Callback.objects.earliest("pk")
    Callback.objects.filter(pk=broken.pk).update(body="no JSON")

    callbacks.call_due(now=now)

    assert len(listener.heard) == 1
    assert f"making call {broken.pk}" in caplog.text


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("https://desk.example/a?b", "https://DESK.example:443/c", True),
        ("http://localhost:80/a", "http://localhost/b", True),
        ("https://desk.example/a", "https://desk.example:8443/a", False),
        ("https://desk.example/a", "https://evil.example/a", False),
        ("https://localhost/a", "http://localhost/a", False),
    ],
)
def test_a_receiver_is_the_same_however_it_is_written(one, other, is_one):
    assert webhooks.is_same_receiver(one, other) is is_one


@pytest.mark.django_db
def test_a_bug_in_a_call_is_shown_and_comes_to_an_end(now, monkeypatch):
    finished("https://desk.contoso.example/", now=now)

    def broken(*_arguments, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr(callbacks, "call", broken)
    callbacks.announce([Notification.objects.get().pk], now=now)
    callbacks.call_due(now=now)

    made_call = Callback.objects.get()
    assert made_call.attempts == 1
    assert "The connector made a mistake" in made_call.error


@pytest.mark.django_db
def test_a_lost_address_is_told_as_that(now, settings):
    finished("https://desk.contoso.example/", now=now)
    callbacks.announce([Notification.objects.get().pk], now=now)
    settings.ENCRYPTION_KEYS = ["Z" * 43 + "="]

    callbacks.call_due(now=now)

    assert "address or secret cannot be read" in Callback.objects.get().error
