"""What may enter the queue, and in which words the rest is refused."""

import pytest
from django.core.files.storage import default_storage

from notifications import outbox
from notifications.errors import AttachmentLimitExceeded, InvalidNotification
from notifications.models import Attachment, Attempt, EmailSettings, Notification
from notifications.models.attempt import Result
from notifications.models.settings import MEGABYTE
from tests import factories

pytestmark = pytest.mark.django_db
LONG_DOMAIN = f"{'d' * 60}.{'d' * 60}.{'d' * 50}.example"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to": ""}, "no recipient"),
        ({"to": "nobody"}, "To: “nobody” is not an e-mail address"),
        ({"cc": "a@b"}, "Cc:"),
        ({"to": "j\u200brg@contoso.example"}, r"invisible character .U.200B."),
        ({"subject": "Hi\r\nBcc: x@evil.example"}, "line break"),
        ({"to": "a@contoso.example\nBcc: x@evil.example"}, "line break"),
        ({"headers": [("X-A", "b\r\nBcc: x@evil.example")]}, "line break"),
        ({"headers": [("Bcc", "x@evil.example")]}, "sets the header Bcc itself"),
        ({"headers": [("X A", "b")]}, "not a header name"),
        ({"subject": "x" * 999}, "longer than 998"),
        ({"from_": "it@"}, "From:"),
        ({"to": f'"{"x" * 257}" <a@contoso.example>'}, "To: The name in .* longer than 256"),
        ({"from_": f'"{"x" * 256}" <{"a" * 64}@{LONG_DOMAIN}>'}, "From is longer than 400"),
        ({"headers": [("X-A", "b")] * 51}, "more than 50 headers"),
        ({"headers": [("X-A", "b" * 999)]}, "The header X-A is longer than 998"),
        ({"headers": [("X-A", "ü" * 998)] * 34}, "more than 65536 bytes together"),
        ({"to": [f"u{i}@contoso.example" for i in range(1001)]}, "more than 1000 recipients"),
    ],
)
def test_bad_input_is_refused_in_words_and_queues_nothing(changes, words):
    with pytest.raises(InvalidNotification, match=words):
        factories.enqueue(**changes)

    assert not Notification.objects.exists()


def test_the_longest_that_is_allowed_is_taken():
    row = factories.enqueue(
        to=f'"{"x" * 256}" <a@contoso.example>',
        from_=f"{'x' * 256} <a@contoso.example>",
        headers=[(f"X-{i}", "b" * 998) for i in range(50)],
        subject="s" * 998,
    )

    assert len(row.headers) == 50


def test_attachments_over_the_limit_are_refused_with_total_and_limit():
    factories.limit_attachments()

    with pytest.raises(AttachmentLimitExceeded) as caught:
        factories.enqueue(
            subject="Big", files=[factories.new_file(MEGABYTE), factories.new_file(1)]
        )

    assert "“Big”" in str(caught.value)
    assert "1,048,577 bytes" in str(caught.value)
    assert "the limit is 1.00 MB (1,048,576 bytes)" in str(caught.value)
    assert not Notification.objects.exists()
    assert not Attachment.objects.exists()
    entry = Attempt.objects.get()
    assert entry.result == Result.REFUSED
    assert entry.error == str(caught.value)


def test_the_log_does_not_keep_the_subject_of_a_sensitive_refusal():
    factories.limit_attachments()

    with pytest.raises(AttachmentLimitExceeded):
        factories.enqueue(
            subject="Secret", sensitive=True, files=[factories.new_file(MEGABYTE + 1)]
        )

    entry = Attempt.objects.get()
    assert entry.subject == "(sensitive)"
    assert "Secret" not in entry.error


def test_attachments_of_exactly_the_limit_are_allowed():
    factories.limit_attachments()

    notification = factories.enqueue(files=[factories.new_file(MEGABYTE)])

    assert notification.attachments.count() == 1


def test_inline_images_count_for_the_limit():
    factories.limit_attachments()
    image = outbox.NewFile("a.png", factories.new_file(MEGABYTE + 1).content, content_id="a")

    with pytest.raises(AttachmentLimitExceeded):
        factories.enqueue(files=[image])


def test_the_number_counts_only_while_the_box_is_ticked():
    row = EmailSettings.objects.current()
    row.limit_attachments, row.attachment_limit_mb = False, 1
    row.save()

    assert factories.enqueue(files=[factories.new_file(MEGABYTE + 1)]).pk


def test_the_same_content_is_stored_once():
    first = factories.enqueue(files=[factories.new_file(20, name="a.txt")])
    second = factories.enqueue(files=[factories.new_file(20, name="b.txt")])

    assert first.attachments.get().path == second.attachments.get().path


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "C:\\x\\passwd", "a/b/passwd"]
)
def test_a_path_in_a_file_name_leads_nowhere(name):
    attachment = factories.enqueue(files=[factories.new_file(name=name)]).attachments.get()

    assert "/" not in attachment.name
    assert "\\" not in attachment.name
    assert ".." not in attachment.path
    assert default_storage.exists(attachment.path)


@pytest.mark.parametrize(
    ("api", "protection", "is_refused"),
    [("graph", False, True), ("graph", True, False), ("ews", False, False)],
)
def test_what_the_permissions_cannot_send_is_refused_with_the_reason(api, protection, is_refused):
    row = EmailSettings.objects.current()
    row.api, row.protection = api, protection
    row.save()
    files = [factories.new_file(3 * MEGABYTE)]

    if is_refused:
        with pytest.raises(InvalidNotification, match="send large attachments” is off"):
            factories.enqueue(files=files)
    else:
        assert factories.enqueue(files=files).pk
