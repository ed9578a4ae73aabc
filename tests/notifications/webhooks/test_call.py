"""One call: which addresses are called, by which way, and what its answer tells."""

import select
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from notifications.webhooks import call as webhooks
from notifications.webhooks import connect, target
from tests import proxies
from tests.waiting import PATIENCE


def made(url, *, now):
    """What came of a call."""
    return webhooks.call(url, b"{}", event_id="1", secret="s", now=now)


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
    problem = target.target_problem(url)

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
    monkeypatch.setattr(connect, "LONGEST_CALL", 0.3)
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
    assert target.is_same_receiver(one, other) is is_one
