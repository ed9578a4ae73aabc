"""Attachments that do not fit into one request to Graph."""

import io
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.backends.errors import PermanentError, TransientError
from notifications.backends.microsoft.graph.sizes import (
    LARGEST_MIME,
    encoded_size,
    mime_size,
    split,
)
from notifications.message.compose import compose
from notifications.message.message import File
from tests import factories
from tests.notifications.backends.harness import GraphHarness

MEGABYTE = 1_048_576


@pytest.fixture
def by_draft(emulator):
    harness = GraphHarness(emulator, by_draft=True)
    yield harness
    harness.backend.close()


def ignore(_reference):
    """For tests that do not look at the checkpoint."""


def file(name, size):
    """Content that no part of it repeats exactly, so that a range in the wrong place shows."""
    content = b"".join(i.to_bytes(4, "big") for i in range(size // 4))
    return File(name, "application/pdf", len(content), lambda: io.BytesIO(content))


def arrived_files(harness):
    (mime,) = harness.arrived()
    return {
        part.get_filename(): part.get_payload(decode=True)
        for part in message_from_bytes(mime).walk()
        if part.get_filename()
    }


def test_large_files_arrive_byte_for_byte(by_draft):
    files = (
        file("small.pdf", 1000),
        file("posted.pdf", 2 * MEGABYTE),
        file("big.pdf", 8 * MEGABYTE),
    )

    receipt = by_draft.backend.send(factories.message(files=files), checkpoint=ignore)

    assert arrived_files(by_draft) == {f.name: f.read() for f in files}
    assert receipt.size > 10 * MEGABYTE


def test_an_upload_goes_on_after_a_broken_range(by_draft, emulator):
    big = file("big.pdf", 8 * MEGABYTE)
    emulator.fault(path="/api/v2.0/*", method="PUT", skip=1, count=1, drop="before")
    emulator.fault(path="/api/v2.0/*", method="PUT", skip=2, count=1, status=503)

    by_draft.backend.send(factories.message(files=(big,)), checkpoint=ignore)

    assert arrived_files(by_draft) == {"big.pdf": big.read()}


def test_a_range_whose_answer_was_lost_is_not_sent_twice(by_draft, emulator):
    big = file("big.pdf", 8 * MEGABYTE)
    emulator.fault(path="/api/v2.0/*", method="PUT", count=1, drop="after")

    by_draft.backend.send(factories.message(files=(big,)), checkpoint=ignore)

    assert arrived_files(by_draft) == {"big.pdf": big.read()}


def test_a_message_that_broke_off_while_uploading_is_completed_by_the_same_draft(
    by_draft, emulator
):
    files = (file("first.pdf", 4 * MEGABYTE), file("second.pdf", 5 * MEGABYTE))
    message = factories.message(files=files)
    # The first file takes two ranges; from then on nothing goes through.
    emulator.fault(path="/api/v2.0/*", method="PUT", skip=2, status=503)
    references = []
    with pytest.raises(TransientError):
        by_draft.backend.send(message, checkpoint=references.append)
    emulator.control("DELETE", "faults")

    by_draft.backend.send(message, resume=references[0], checkpoint=ignore)

    assert arrived_files(by_draft) == {f.name: f.read() for f in files}


def test_a_message_that_the_mailbox_does_not_take_is_refused_and_leaves_no_draft(
    by_draft, emulator
):
    with pytest.raises(PermanentError) as caught:
        by_draft.backend.send(
            factories.message(files=(file("a.pdf", 40 * MEGABYTE),)), checkpoint=ignore
        )

    assert caught.value.answer.code == "ErrorMessageSizeExceeded"
    drafts = by_draft.http.call("GET", "/me/mailFolders/drafts", expect=(200,)).json()
    assert drafts["totalItemCount"] == 0


def test_neither_the_token_nor_the_upload_address_is_logged(by_draft, caplog):
    caplog.set_level("DEBUG", logger="notifications")

    by_draft.backend.send(
        factories.message(files=(file("a.pdf", 4 * MEGABYTE),)), checkpoint=ignore
    )

    assert "authtoken" not in caplog.text


@given(st.lists(st.integers(0, 4 * MEGABYTE), max_size=12))
def test_what_goes_within_the_mime_fits_and_nothing_is_forgotten(sizes):
    files = tuple(
        File(f"{i}.bin", "application/pdf", size, io.BytesIO) for i, size in enumerate(sizes)
    )
    message = factories.message(files=files)

    within, after = split(message)

    assert sorted(f.name for f in within + after) == sorted(f.name for f in files)
    assert [f for f in files if f in within] == within
    assert mime_size((message.text, message.html), [f.size for f in within]) <= LARGEST_MIME


@given(st.integers(0, 300_000))
def test_the_estimate_is_never_below_the_truth(size):
    content = b"\xff" * size
    bare = len(compose(factories.message()).mime)
    attached = File("a.bin", "application/pdf", size, lambda: io.BytesIO(content))

    grown = len(compose(factories.message(files=(attached,))).mime) - bare

    assert grown <= encoded_size(size) + 400


@pytest.mark.parametrize("size", [2_999_999, 3_000_000, 3_145_699, 3_145_710, 3_145_728])
@pytest.mark.parametrize("name", ["a.pdf", "é" * 120 + ".pdf"])
def test_a_file_between_the_two_ways_arrives(by_draft, size, name):
    content = b"x" * size
    file = File(name, "application/pdf", size, lambda: io.BytesIO(content))

    by_draft.backend.send(factories.message(files=(file,)), checkpoint=ignore)

    (arrived,) = arrived_files(by_draft).values()
    assert arrived == content


@pytest.mark.parametrize("is_graphs", [True, False])
def test_a_file_that_is_too_large_for_one_request_is_uploaded(by_draft, emulator, is_graphs):
    error = {"error": {"code": "RequestEntityTooLarge", "message": "4MB"}}
    answer = {"body": error} if is_graphs else {"body": "<html>Too large</html>"}
    emulator.fault(path="/v1.0/me/messages/*/attachments", method="POST", status=413, **answer)
    small = file("a.pdf", 2_900_000)
    emulator.fault(path="*/createUploadSession", status=400, count=1,
                   error_code="ErrorAttachmentSizeShouldNotBeLessThanMinimumSize")  # fmt: skip

    with pytest.raises((PermanentError, TransientError)):
        by_draft.backend.send(factories.message(files=(small,)), checkpoint=ignore)

    stats = emulator.control("GET", "stats").json()["requests"]
    assert any("createUploadSession" in path for path in stats)


def test_a_message_of_long_names_fits_one_request():
    files = tuple(
        File(f"{i}{'語' * 200}.pdf", "application/pdf", 1000, lambda: io.BytesIO(b"x" * 1000))
        for i in range(500)
    )

    within, after = split(factories.message(files=files))

    assert after
    assert len(compose(factories.message(files=tuple(within))).mime) <= LARGEST_MIME
