"""A call that would never end, for real: to the sign-in service, Graph and EWS."""

from contextlib import closing

import pytest
import requests

from notifications.backends import deadlines, tls
from tests import proxies

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
