"""What goes wrong on the way to Microsoft, for real: to the sign-in service, Graph and EWS."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from notifications.backends import network
from notifications.backends.explanations.explain import explain
from tests import proxies
from tests.servers import free_port

# Nobody answers here: a reserved name, and a port that was free a moment ago.
NO_HOST = "https://mail-connector.invalid"


def test_a_name_that_nobody_knows(fails):
    answer = fails(NO_HOST)

    assert answer.code == "HostNotFound"
    assert "mail-connector.invalid" in answer.message
    assert "DNS" in explain(answer).why


def test_a_refused_connection(fails):
    answer = fails(f"https://localhost:{free_port()}")

    assert answer.code == "ConnectionRefused"
    assert answer.message.startswith("localhost: ")


def test_an_address_where_nobody_answers(fails):
    with proxies.full_server() as url:
        answer = fails(url.replace("http:", "https:"), seconds=0.5)

    assert answer.code == "ConnectTimedOut"


def test_a_server_that_says_nothing(fails):
    with proxies.silent_server() as (_listener, url):
        answer = fails(url.replace("http:", "https:"), seconds=0.5)

    assert answer.code == "TimedOut"
    assert "in time" in explain(answer).happened


def test_a_server_that_speaks_no_tls(fails):
    with proxies.running(proxies.Proxy()) as plain:
        answer = fails(plain.url.replace("http:", "https:"))

    assert answer.code == "TlsFailed"


def test_a_certificate_of_a_foreign_authority(fails, authority):
    with proxies.tls_server(trustme.CA()) as url:
        answer = fails(url, authority.path)

    assert answer.code == "CertificateRefused"
    assert "MAILCONNECTOR_CA_BUNDLE" in explain(answer).what_to_do


def test_a_certificate_for_another_host(fails, authority):
    with proxies.tls_server(authority, "other.example") as url:
        answer = fails(url, authority.path)

    assert answer.code == "CertificateWrongHost"


def test_a_certificate_outside_its_time_points_at_the_clock(fails, authority):
    ended = datetime.now(UTC) - timedelta(days=1)
    with proxies.tls_server(authority, not_after=ended) as url:
        answer = fails(url, authority.path)

    assert answer.code == "CertificateOutOfDate"
    assert "clock" in explain(answer).what_to_do


def test_a_bundle_that_is_not_there(fails):
    answer = fails(NO_HOST, "/nowhere/ca.pem")

    assert answer.code == "CertificateBundleMissing"


def test_a_bundle_that_is_no_certificate(fails, tmp_path):
    broken = tmp_path / "ca.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\n")

    assert fails(NO_HOST, str(broken)).code == "CertificateBundleMissing"


def test_a_bundle_that_is_written_anew_counts_at_once(fails, authority):
    with proxies.tls_server(authority) as url:
        trusted = fails(url, authority.path)
        trustme.CA().cert_pem.write_to_path(authority.path)

        assert fails(url, authority.path).code == "CertificateRefused"
    assert trusted.code != "CertificateRefused"


@pytest.mark.parametrize(
    ("proxy", "address", "code"),
    [
        (proxies.Proxy(asks_password=True), "http://localhost:{port}", "ProxyNeedsPassword"),
        (
            proxies.Proxy(asks_password=True),
            "http://proxy-user:wr0ng@localhost:{port}",
            "ProxyNeedsPassword",
        ),
        (proxies.Proxy(refuses=403), "http://user:wr0ng@localhost:{port}", "ProxyRefused"),
        (proxies.Proxy(refuses=502), "127.0.0.1:{port}", "ProxyRefused"),
        # To urllib3 this is an address of the scheme "localhost".
        (proxies.Proxy(), "localhost:{port}", "ProxyUnreachable"),
        (None, "http://user:wr0ng@localhost:{port}", "ProxyUnreachable"),
        (None, "http://user:wr0ng@proxy.invalid:3128", "ProxyUnreachable"),
        (None, "http://", "ProxyUnreachable"),
        (None, "socks5://localhost:1080", "ProxyUnreachable"),
    ],
)
def test_a_proxy_that_does_not_help(fails, monkeypatch, proxy, address, code):
    with ExitStack() as stack:
        port = stack.enter_context(proxies.running(proxy)).port if proxy else free_port()
        monkeypatch.setenv("HTTPS_PROXY", address.format(port=port))
        answer = fails("https://graph.microsoft.example")

    assert answer.code == code
    assert "proxy" in explain(answer).happened
    assert "wr0ng" not in answer.message
    if address.endswith("@localhost:{port}"):
        assert f"graph.microsoft.example by the proxy localhost:{port}" in answer.message


@pytest.mark.parametrize(
    "address",
    [
        r"http://CORP\svc:p@s5#wr0ng&x@localhost:3128",
        "http://user:s5/wr0ng@localhost:3128",
        "http://user:s5?wr0ng@localhost:3128",
        "http://user:s5 wr0ng@localhost:3128",
        "http://user:wr0ng@localhost:99999",
        "http://user:wr0ng@localhost:s5",
        "http://wr0ng#s5@localhost",
        "user:s5/wr0ng@[::1",
    ],
)
def test_a_proxy_whose_address_cannot_be_read_is_told_without_it(fails, monkeypatch, address):
    monkeypatch.setenv("HTTPS_PROXY", address)

    answer = fails("https://graph.microsoft.example")

    assert answer.code == "ProxyUnreadable"
    assert "%40" in explain(answer).what_to_do
    for part in ("s5", "wr0ng", "CORP"):
        assert part not in answer.message
        assert part not in network.proxy_for("https://graph.microsoft.example")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://user:wr0ng@localhost:3128", "localhost:3128"),
        ("http://us%40er:p%23@[::1]:3128/", "[::1]:3128"),
        (r"http://CORP\svc:a@b:c@localhost:3128", "localhost:3128"),
        ("proxy.example:3128", "proxy.example:3128"),
        ("", ""),
    ],
)
def test_the_host_of_a_proxy_is_shown_without_its_password(monkeypatch, address, shown):
    monkeypatch.setenv("HTTPS_PROXY", address)

    network.check_proxy("https://graph.microsoft.example")

    assert network.proxy_for("https://graph.microsoft.example") == shown
