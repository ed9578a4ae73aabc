"""What every backend promises, whatever API it speaks: one table of situations for all."""

from datetime import timedelta

import pytest

from notifications.backends.base import Outcome
from notifications.backends.errors import (
    AuthError,
    PermanentError,
    ThrottledError,
    UnknownOutcomeError,
)
from tests import factories
from tests.exchange_emulator.emulator import DESK

from .harness import EwsHarness, GraphHarness, MemoryHarness, parsed


@pytest.fixture(params=["graph by draft", "graph direct", "ews", "memory"])
def harness(request):
    if request.param == "memory":
        yield MemoryHarness()
        return
    emulator = request.getfixturevalue("emulator")
    if request.param == "ews":
        harness = EwsHarness(emulator)
    else:
        harness = GraphHarness(emulator, by_draft=request.param == "graph by draft")
    yield harness
    harness.backend.close()


def ignore(_reference):
    """For tests that do not look at the checkpoint."""


def test_an_accepted_message_arrives_as_it_was_meant(harness):
    message = factories.message(subject="Grüße", html="<p>Hällo</p>", text="Hällo")

    receipt = harness.backend.send(message, checkpoint=ignore)

    (mime,) = harness.arrived()
    arrived = parsed(mime)
    assert arrived["Subject"] == "Grüße"
    assert arrived["Message-ID"] == message.message_id
    assert arrived.get_body(["html"]).get_content().strip() == "<p>Hällo</p>"
    assert receipt.answer.status in (200, 202)
    assert receipt.charset == "utf-8"
    assert receipt.size > 0


def test_the_checkpoint_comes_before_anything_is_sent(harness):
    seen = []

    def checkpoint(reference):
        seen.append((reference, len(harness.arrived())))

    harness.backend.send(factories.message(), checkpoint=checkpoint)

    ((reference, arrived),) = seen
    assert reference
    assert arrived == 0


def test_a_checkpoint_that_fails_stops_the_sending(harness):
    def checkpoint(_reference):
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError, match="the database is gone"):
        harness.backend.send(factories.message(), checkpoint=checkpoint)

    assert harness.arrived() == []


@pytest.mark.parametrize(
    ("situation", "error", "codes"),
    [
        ("bad recipient", PermanentError, "ErrorInvalidRecipients"),
        ("send as denied", PermanentError, "ErrorSendAsDenied"),
        ("too large", PermanentError, "ErrorMessageSizeExceeded"),
        ("throttled", ThrottledError, "ApplicationThrottled ErrorServerBusy"),
        ("mailbox full", ThrottledError, "ErrorQuotaExceeded"),
        ("token refused", AuthError, "InvalidAuthenticationToken"),
        ("access denied", AuthError, "ErrorAccessDenied"),
        ("unavailable", UnknownOutcomeError, "serviceNotAvailable UnexpectedAnswer"),
        ("gateway timeout", UnknownOutcomeError, "UnknownError UnexpectedAnswer"),
        ("gateway timeout although sent", UnknownOutcomeError, "UnknownError UnexpectedAnswer"),
        ("200 instead of 202", UnknownOutcomeError, "UnexpectedAnswer"),
        ("dropped before", UnknownOutcomeError, "ConnectionLost"),
        ("dropped after", UnknownOutcomeError, "ConnectionLost"),
    ],
)
def test_each_situation_has_its_error(harness, situation, error, codes):
    harness.meets(situation)

    with pytest.raises(error) as caught:
        harness.backend.send(factories.message(), checkpoint=ignore)

    assert type(caught.value) is error
    assert caught.value.answer.code in codes.split()


def test_a_throttled_answer_says_how_long_to_rest(harness):
    harness.meets("throttled")

    with pytest.raises(ThrottledError) as caught:
        harness.backend.send(factories.message(), checkpoint=ignore)

    assert caught.value.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize(
    ("situation", "outcome"),
    [
        ("gateway timeout although sent", Outcome.SENT),
        ("200 instead of 202", Outcome.SENT),
        ("dropped after", Outcome.SENT),
        ("gateway timeout", Outcome.NOT_SENT_YET),
        ("dropped before", Outcome.NOT_SENT_YET),
    ],
)
def test_a_doubt_is_settled_where_the_backend_can_remember(harness, situation, outcome):
    harness.meets(situation)
    references = []
    message = factories.message()
    with pytest.raises(UnknownOutcomeError):
        harness.backend.send(message, checkpoint=references.append)

    settled = harness.backend.settle(references[0], message_id=message.message_id)

    assert settled == (outcome if harness.remembers else Outcome.UNKNOWN)


def test_a_message_resumed_after_a_lost_request_arrives_once(harness):
    harness.meets("dropped before")
    references = []
    message = factories.message()
    with pytest.raises(UnknownOutcomeError):
        harness.backend.send(message, checkpoint=references.append)

    harness.backend.send(message, resume=references[0], checkpoint=ignore)

    assert len(harness.arrived()) == 1


def test_a_reference_that_nobody_knows_is_unknown(harness):
    settled = harness.backend.settle("AAkALgAAAA-unknown", message_id="<never@contoso.example>")

    assert settled is Outcome.UNKNOWN


@pytest.mark.parametrize("sent", [True, False])
def test_without_a_reference_sent_items_are_asked(harness, sent):
    message = factories.message()
    if sent:
        harness.backend.send(message, checkpoint=ignore)

    settled = harness.backend.settle("", message_id=message.message_id)

    known = Outcome.SENT if sent else Outcome.NOT_SENT_YET
    assert settled == (known if harness.remembers else Outcome.UNKNOWN)


def test_check_opens_the_mailbox_and_sends_nothing(harness):
    info = harness.backend.check()

    assert info.mailbox == DESK
    assert info.mailbox_checked == harness.remembers
    assert harness.arrived() == []
