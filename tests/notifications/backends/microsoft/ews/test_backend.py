"""What only EWS has: exchangelib's traps, and tenants that block it."""

import logging

import pytest
from exchangelib.protocol import CachingProtocol

from notifications.backends.errors import (
    AuthError,
    PermanentError,
    TransientError,
    UnknownOutcomeError,
)
from notifications.backends.microsoft.ews.backend import EwsBackend
from notifications.message.addresses import parse_address
from notifications.message.message import Importance
from tests import factories
from tests.exchange_emulator.emulator import DESK
from tests.notifications.backends.harness import EwsHarness, parsed


@pytest.fixture
def ews(emulator):
    harness = EwsHarness(emulator)
    yield harness
    harness.backend.close()


def ignore(_reference):
    """For tests that do not look at the checkpoint."""


def requests_to_ews(emulator):
    requests = emulator.control("GET", "stats").json()["requests"]
    return sum(sum(by.values()) for path, by in requests.items() if "asmx" in path.lower())


def test_a_message_costs_two_requests(ews, emulator):
    ews.backend.send(factories.message(), checkpoint=ignore)

    assert requests_to_ews(emulator) == 2


def test_a_tenant_that_blocks_ews_is_named_with_the_way_out(ews, emulator):
    emulator.fault(kind="ews-blocked")

    with pytest.raises(AuthError) as caught:
        ews.backend.check()

    assert (caught.value.answer.code, caught.value.answer.status) == ("EwsBlocked", 403)


def test_a_refused_token_surfaces_at_once(ews, emulator):
    emulator.fault(path="/ews/exchange.asmx", status=401, body="", count=1)

    with pytest.raises(AuthError):
        ews.backend.send(factories.message(), checkpoint=ignore)

    assert requests_to_ews(emulator) == 1


def test_a_lost_answer_to_the_draft_is_no_doubt(ews, emulator):
    emulator.fault(path="/ews/exchange.asmx", operation="CreateItem", drop="before", count=1)

    with pytest.raises(TransientError):
        ews.backend.send(factories.message(), checkpoint=ignore)

    assert emulator.messages() == []


def test_nothing_is_posted_again_behind_our_back(ews, emulator):
    emulator.fault(path="/ews/exchange.asmx", operation="SendItem", drop="after", count=1)

    with pytest.raises(UnknownOutcomeError):
        ews.backend.send(factories.message(), checkpoint=ignore)

    assert len(emulator.messages()) == 1
    assert requests_to_ews(emulator) == 2


def test_the_ids_for_microsofts_support_are_kept(ews, emulator):
    receipt = ews.backend.send(factories.message(), checkpoint=ignore)
    emulator.fault(
        path="/ews/exchange.asmx", operation="SendItem", error_code="ErrorSendAsDenied", count=1
    )
    with pytest.raises(PermanentError) as caught:
        ews.backend.send(factories.message(), checkpoint=ignore)

    assert receipt.answer.request_id
    assert caught.value.answer.request_id
    assert caught.value.answer.client_request_id != receipt.answer.client_request_id


def test_a_code_that_exchangelib_does_not_know_is_kept(ews, emulator):
    emulator.fault(
        path="/ews/exchange.asmx", operation="SendItem",
        error_code="ErrorMessageSubmissionBlocked", count=1,
    )  # fmt: skip

    with pytest.raises(Exception) as caught:  # noqa: PT011 - the code is the point
        ews.backend.send(factories.message(), checkpoint=ignore)

    assert caught.value.answer.code == "ErrorMessageSubmissionBlocked"


def test_importance_and_from_are_those_of_the_message(ews, emulator):
    shared = parse_address("IT <it@contoso.example>")

    ews.backend.send(factories.message(importance=Importance.HIGH, from_=shared), checkpoint=ignore)

    (sent,) = emulator.messages()
    assert sent["from"] == "it@contoso.example"
    arrived = parsed(emulator.mime(sent["n"]))
    assert arrived["Importance"].lower() == "high"


def test_neither_token_nor_body_is_logged(ews, emulator, caplog):
    caplog.set_level(logging.DEBUG)
    emulator.fault(path="/ews/exchange.asmx", status=500, body="x", count=1)

    with pytest.raises(TransientError):
        ews.backend.send(factories.message(text="the body"), checkpoint=ignore)

    assert "Bearer" not in caplog.text
    assert "the body" not in caplog.text


def test_closed_backends_leave_nothing_in_exchangelibs_cache(emulator):
    before = len(CachingProtocol._protocol_cache)

    for _ in range(3):
        harness = EwsHarness(emulator)
        harness.backend.check()
        harness.backend.close()

    assert len(CachingProtocol._protocol_cache) == before


def test_our_bundle_counts_even_if_the_environment_names_another(ews, monkeypatch, tmp_path):
    other = tmp_path / "other.pem"
    other.write_text("")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))

    assert ews.backend.check().mailbox == DESK


def test_a_refused_connection_is_certainly_not_sent():
    backend = EwsBackend(
        "https://localhost:1/EWS/Exchange.asmx", mailbox=DESK, token=lambda: "token"
    )

    with pytest.raises(TransientError) as caught:
        backend.send(factories.message(), checkpoint=ignore)

    assert caught.value.answer.code == "ConnectionRefused"
