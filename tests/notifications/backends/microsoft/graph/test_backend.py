"""What only Graph has: drafts, their From, the network below, and what is never logged."""

import logging
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from notifications.backends.errors import PermanentError, TransientError
from notifications.backends.microsoft.answers import retry_after
from notifications.backends.microsoft.graph.backend import GraphBackend
from notifications.backends.microsoft.graph.http import GraphHttp
from notifications.message.addresses import parse_address
from tests import factories
from tests.exchange_emulator.emulator import DESK
from tests.notifications.backends.harness import GraphHarness
from tests.waiting import PATIENCE


@pytest.fixture
def by_draft(emulator):
    harness = GraphHarness(emulator, by_draft=True)
    yield harness
    harness.backend.close()


@pytest.fixture
def drafts(emulator, by_draft):
    def count():
        answer = by_draft.http.call("GET", "/me/mailFolders/drafts", expect=(200,))
        return answer.json()["totalItemCount"]

    return count


def ignore(_reference):
    """For tests that do not look at the checkpoint."""


def backend_at(url):
    http = GraphHttp(url, token=lambda: "token", verify=True, timeout=(PATIENCE, PATIENCE))
    return GraphBackend(http, mailbox=DESK, by_draft=False)


def test_a_send_on_behalf_keeps_the_from_of_the_message(by_draft, emulator):
    shared = parse_address("facilities@contoso.example")

    by_draft.backend.send(factories.message(from_=shared), checkpoint=ignore)

    (sent,) = emulator.messages()
    assert (sent["from"], sent["sender"]) == ("facilities@contoso.example", DESK)


def test_a_message_without_the_right_to_its_from_leaves_no_draft(by_draft, emulator, drafts):
    nobodys = parse_address("ceo@contoso.example")

    with pytest.raises(PermanentError) as caught:
        by_draft.backend.send(factories.message(from_=nobodys), checkpoint=ignore)

    assert caught.value.answer.code == "ErrorSendAsDenied"
    assert caught.value.answer.request_id
    assert drafts() == 0


def test_a_failure_before_the_order_to_send_is_no_doubt(by_draft, emulator):
    emulator.fault(path="/v1.0/me/messages", method="POST", count=1, status=504)

    with pytest.raises(TransientError):
        by_draft.backend.send(factories.message(), checkpoint=ignore)

    assert emulator.messages() == []


def test_a_blind_copy_arrives_and_is_not_told(by_draft, emulator):
    message = factories.message(bcc=(parse_address("secret@contoso.example"),))

    by_draft.backend.send(message, checkpoint=ignore)

    (sent,) = emulator.messages()
    assert sent["bcc"] == ["secret@contoso.example"]


def test_a_refused_connection_is_certainly_not_sent():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        backend = backend_at(f"https://localhost:{unused.getsockname()[1]}/v1.0")
        with pytest.raises(TransientError) as caught:
            backend.send(factories.message(), checkpoint=ignore)

    assert caught.value.answer.code == "ConnectionRefused"
    assert caught.value.answer.client_request_id


def test_a_certificate_that_nobody_vouches_for_is_named(emulator, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    backend = backend_at(f"{emulator.https}/v1.0")

    with pytest.raises(TransientError) as caught:
        backend.send(factories.message(), checkpoint=ignore)

    assert caught.value.answer.code == "CertificateRefused"


def test_our_bundle_counts_even_if_the_environment_names_another(by_draft, monkeypatch, tmp_path):
    other = tmp_path / "other.pem"
    other.write_text("")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))

    assert by_draft.backend.check().mailbox_checked


def test_neither_token_nor_body_nor_address_is_logged(by_draft, caplog):
    caplog.set_level(logging.DEBUG)
    by_draft.meets("bad recipient")

    with pytest.raises(PermanentError):
        by_draft.backend.send(factories.message(text="the body"), checkpoint=ignore)

    assert "the body" not in caplog.text
    assert "Bearer" not in caplog.text
    assert "alex@contoso.example" not in caplog.text


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("7", timedelta(seconds=7)),
        ("2.128", timedelta(seconds=2.128)),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("1e400", None),
        ("0,120", timedelta(seconds=120)),
        ("120, 7, soon", timedelta(seconds=120)),
        ("," * 5000, None),
        ("7, Thu, 01 Jan 1970 00:00:00 GMT", timedelta(seconds=7)),
        ("Thu, 99 Jan 1970 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds(header, wanted):
    assert retry_after({"Retry-After": header}) == wanted


def test_retry_after_is_read_as_a_date():
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(minutes=1), usegmt=True)

    wait = retry_after(requests.structures.CaseInsensitiveDict({"retry-after": in_a_minute}))

    assert timedelta(seconds=50) < wait <= timedelta(minutes=1)
