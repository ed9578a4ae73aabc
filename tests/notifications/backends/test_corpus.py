"""Every awkward message of the corpus, through each API: what arrives is what was meant."""

import uuid
from dataclasses import replace

import pytest

from notifications.backends.microsoft.graph.sizes import LARGEST_MIME, mime_size
from notifications.message.addresses import Address
from tests.corpus import MESSAGES, differences
from tests.exchange_emulator.emulator import DESK

from .harness import EwsHarness, GraphHarness

ACCOUNT = Address(DESK, "Contoso Service Desk")
MEGABYTE = 1_048_576


def fits_one_request(message):
    sizes = [file.size for file in message.files]
    return mime_size((message.text, message.html), sizes) <= LARGEST_MIME


@pytest.fixture(params=["graph by draft", "graph direct", "ews"])
def harness(request, emulator):
    emulator.limits(**{"*": None})
    if request.param == "ews":
        harness = EwsHarness(emulator)
        harness.takes = lambda message: True
    else:
        by_draft = request.param == "graph by draft"
        harness = GraphHarness(emulator, by_draft=by_draft)
        # Without protection what is larger is refused when it is queued (test_outbox.py).
        harness.takes = lambda message: by_draft or fits_one_request(message)
    yield harness
    harness.backend.close()


def test_the_corpus_is_large_enough():
    assert len(MESSAGES) >= 60
    assert any(file.size >= 40 * MEGABYTE for _name, m in MESSAGES for file in m.files)


def test_every_message_arrives_as_it_was_meant(harness, emulator):
    found, sent = {}, 0
    for name, meant in MESSAGES:
        message = replace(
            meant,
            sender=ACCOUNT,
            from_=ACCOUNT,
            message_id=f"<{uuid.uuid4()}@contoso.example>",
        )
        if not harness.takes(message):
            continue
        harness.backend.send(message, checkpoint=lambda reference: None)
        sent += 1
        mime = emulator.mime(emulator.messages()[-1]["n"])
        if wrong := differences(message, mime):
            found[name] = wrong

    assert found == {}
    assert sent >= 60


def test_an_address_outside_ascii_arrives(harness, emulator):
    message = replace(
        MESSAGES[0][1],
        sender=ACCOUNT,
        from_=ACCOUNT,
        to=(Address("jörg@contoso.example", "Jörg"), Address("anna@contoso.example")),
        message_id=f"<{uuid.uuid4()}@contoso.example>",
    )
    harness.backend.send(message, checkpoint=lambda reference: None)

    arrived = emulator.messages()[-1]
    assert "jörg@contoso.example" in str(arrived["recipients"])
    assert "<jörg@contoso.example>" in emulator.mime(arrived["n"]).decode()
