"""What goes wrong on the way to Microsoft, for real: to the sign-in service, Graph and EWS."""

from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import pytest
import requests
import trustme

from notifications.backends import deadlines, network, tls
from notifications.backends.errors import SendError, TransientError
from notifications.backends.explanations.explain import explain
from notifications.backends.microsoft import entra, entra_http
from notifications.backends.microsoft.ews import connections
from notifications.backends.microsoft.ews.backend import EwsBackend
from notifications.backends.microsoft.graph.backend import GraphBackend
from notifications.backends.microsoft.graph.http import GraphHttp
from tests import factories, proxies
from tests.exchange_emulator.emulator import CLIENT, DESK, SECRET, TENANT
from tests.servers import free_port
from tests.waiting import PATIENCE

# Nobody answers here: a reserved name, and a port that was free a moment ago.
NO_HOST = "https://mail-connector.invalid"


def login(base, ca, _seconds):
    application = entra.Application(CLIENT, SECRET, f"{base}/{TENANT}", ca)
    entra.begin_sign_in(
        application, scopes={"Mail.Send"}, redirect_uri=factories.REDIRECT_URI, state="s"
    )


def graph(base, ca, seconds):
    http = GraphHttp(f"{base}/v1.0", token=lambda: "token", verify=ca, timeout=(seconds, seconds))
    backend = GraphBackend(http, mailbox=DESK, by_draft=True)
    try:
        backend.check()
    finally:
        backend.close()


def ews(base, ca, _seconds):
    address = f"{base}/EWS/Exchange.asmx"
    backend = EwsBackend(address, mailbox=DESK, token=lambda: "token", verify=ca)
    try:
        backend.check()
    finally:
        backend.close()


@pytest.fixture(params=[login, graph, ews], ids=lambda way: way.__name__)
def fails(request, monkeypatch):
    """The answer of one way to Microsoft, which waits for so many seconds at the most."""
    for name in ("HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)

    def attempt(base, ca=True, *, seconds=PATIENCE):
        monkeypatch.setattr(entra_http, "TIMEOUT", seconds)
        monkeypatch.setattr(connections, "_TIMEOUT", (seconds, seconds))
        with pytest.raises(SendError) as caught:
            request.param(base, ca, seconds)
        assert type(caught.value) is TransientError
        return caught.value.answer

    return attempt


@pytest.fixture
def authority(tmp_path):
    made = trustme.CA()
    made.path = str(tmp_path / "ca.pem")
    made.cert_pem.write_to_path(made.path)
    return made


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


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nrequest-id: 1\r\n"


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        (HEAD + b"Content-Length: 100000000\r\n\r\n", b" "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1", b"0"),
        (HEAD + b"Connection: close\r\n\r\n", b" "),
    ],
    ids=["status", "headers", "body", "chunks", "chunk size", "to the end"],
)
def test_an_answer_that_comes_byte_by_byte_keeps_nobody(
    fails, authority, monkeypatch, first, piece
):
    monkeypatch.setattr(deadlines, "ANSWERING", 0.5)
    with proxies.Slow(first, piece, authority).running() as url:
        answer = fails(url, authority.path)

    assert answer.code in ("TimedOut", "ConnectionLost")
    if first.endswith(b"\r\n\r\n"):
        assert (answer.code, answer.message) == (
            "TimedOut", "localhost: It took more than 0.5 seconds.",
        )  # fmt: skip


def test_a_proxy_that_answers_byte_by_byte_keeps_nobody(fails, monkeypatch):
    monkeypatch.setattr(deadlines, "CONNECTING", 0.5)
    with proxies.Slow(b"HTTP/1.1 200", b" ").running() as url:
        monkeypatch.setenv("HTTPS_PROXY", url)
        answer = fails("https://localhost")

    assert answer.code in ("ConnectTimedOut", "ProxyUnreachable")


def test_a_server_that_reads_byte_by_byte_keeps_nobody(authority, monkeypatch):
    monkeypatch.setattr(deadlines, "SENDING", 0.5)
    with (
        proxies.SlowReader(b"", b"", authority).running() as url,
        closing(tls.TlsAdapter()) as adapter,
    ):
        request = requests.Request("POST", url, data=bytes(50_000_000)).prepare()
        with pytest.raises(requests.ReadTimeout, match=r"more than 0\.5 seconds"):
            adapter.send(request, verify=authority.path)


def test_an_answer_without_end_does_not_fill_the_memory(fails, authority, monkeypatch):
    monkeypatch.setattr(tls, "MOST_BYTES", 3_000_000)
    first = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    piece = b"20000\r\n" + b" " * 0x20000 + b"\r\n"
    with proxies.Slow(first, piece, authority, between=0).running() as url:
        answer = fails(url, authority.path)

    assert answer.code == "ConnectionLost"
    assert "larger than 3000000 bytes" in answer.message


def test_a_call_that_came_to_its_end_leaves_nothing_to_shut(authority):
    slow = proxies.Slow(HEAD + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}", b"", authority)
    with slow.running() as url, closing(tls.TlsAdapter()) as adapter:
        request = requests.Request("GET", url).prepare()
        for _n in range(3):
            assert adapter.send(request, verify=authority.path).content == b"{}"

    assert deadlines._watchdog._until == {}


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
