"""The verbs of the queue: what is queued, what is refused, and with which words."""

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from kombu.exceptions import OperationalError

from notifications import outbox, tasks
from notifications.errors import AttachmentLimitExceeded, InvalidNotification
from notifications.models import Attachment, Attempt, EmailSettings, Notification, QueueState
from notifications.models.attempt import Result
from notifications.models.settings import MEGABYTE
from notifications.models.status import Status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch):
    """How often workers were woken; the broker is the outside here."""
    calls = []
    monkeypatch.setattr(tasks.drain, "apply_async", lambda **options: calls.append(options))
    return calls


def limit_attachments(megabytes):
    row = EmailSettings.objects.current()
    row.limit_attachments, row.attachment_limit_mb = True, megabytes
    row.save()


def test_a_notification_is_queued_with_all_that_was_given(woken):
    notification = factories.enqueue(
        to="Alex <alex@contoso.example>; b@contoso.example",
        cc=["c@contoso.example"],
        headers=[("X-Ticket", "17")],
        files=[factories.new_file(name="report.pdf")],
    )

    kept = Notification.objects.get(pk=notification.pk)
    assert kept.status == Status.PENDING
    assert kept.to == ["Alex <alex@contoso.example>", "b@contoso.example"]
    assert kept.headers == [["X-Ticket", "17"]]
    (attachment,) = kept.attachments.all()
    assert (attachment.name, attachment.size, attachment.content_type) == (
        "report.pdf", 10, "application/pdf",
    )  # fmt: skip
    assert attachment.as_file().read() == b"x" * 10


def test_workers_are_woken_after_the_commit(woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        factories.enqueue()
        assert woken == []

    assert len(woken) == 1


def test_an_enqueue_that_is_rolled_back_leaves_nothing(woken):
    def enqueue_and_fail():
        factories.enqueue()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        transaction.atomic(enqueue_and_fail)()

    assert not Notification.objects.exists()
    assert woken == []


def test_a_broker_that_is_down_does_not_stop_an_enqueue(
    monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def refuse(**_options):
        raise OperationalError("connection refused")

    monkeypatch.setattr(tasks.drain, "apply_async", refuse)

    with django_capture_on_commit_callbacks(execute=True):
        factories.enqueue()

    assert Notification.objects.count() == 1
    assert "Redis cannot be reached" in caplog.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to": ""}, "no recipient"),
        ({"to": "nobody"}, "To: “nobody” is not an e-mail address"),
        ({"cc": "a@b"}, "Cc:"),
        ({"to": "jürgen@contoso.example"}, "cannot be reached from Exchange Online"),
        ({"subject": "Hi\r\nBcc: x@evil.example"}, "line break"),
        ({"to": "a@contoso.example\nBcc: x@evil.example"}, "line break"),
        ({"headers": [("X-A", "b\r\nBcc: x@evil.example")]}, "line break"),
        ({"headers": [("Bcc", "x@evil.example")]}, "set by the connector"),
        ({"headers": [("X A", "b")]}, "not a header name"),
        ({"subject": "x" * 999}, "longer than 998"),
        ({"from_": "it@"}, "From:"),
        ({"to": [f"u{i}@contoso.example" for i in range(1001)]}, "more than 1000 recipients"),
    ],
)
def test_bad_input_is_refused_in_words_and_queues_nothing(changes, words):
    with pytest.raises(InvalidNotification, match=words):
        factories.enqueue(**changes)

    assert not Notification.objects.exists()


def test_attachments_over_the_limit_are_refused_with_total_and_limit():
    limit_attachments(1)

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
    limit_attachments(1)

    with pytest.raises(AttachmentLimitExceeded):
        factories.enqueue(
            subject="Secret", sensitive=True, files=[factories.new_file(MEGABYTE + 1)]
        )

    entry = Attempt.objects.get()
    assert entry.subject == "(sensitive)"
    assert "Secret" not in entry.error


def test_attachments_of_exactly_the_limit_are_allowed():
    limit_attachments(1)

    notification = factories.enqueue(files=[factories.new_file(MEGABYTE)])

    assert notification.attachments.count() == 1


def test_inline_images_count_for_the_limit():
    limit_attachments(1)
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


def test_the_same_key_gives_the_same_notification():
    first = factories.enqueue(key="ticket-17")
    second = factories.enqueue(key="ticket-17")

    assert first.pk == second.pk
    assert Notification.objects.count() == 1


def test_the_same_key_with_other_content_is_an_error():
    factories.enqueue(key="ticket-17")

    with pytest.raises(InvalidNotification, match="other content"):
        factories.enqueue(key="ticket-17", text="Something else")


def test_a_notification_remembers_the_cloud_it_was_made_for(settings):
    settings.CLOUD = "global"

    assert factories.enqueue().cloud == "global"


def test_pausing_says_who_and_when():
    outbox.pause(by="megan")

    assert QueueState.objects.current().paused_by == "megan"
    outbox.resume(by="megan")
    assert QueueState.objects.current().paused_at is None


@pytest.mark.parametrize(
    ("verb", "status", "becomes"),
    [
        (outbox.send_now, Status.FAILED, Status.PENDING),
        (outbox.send_now, Status.ACCEPTED, Status.ACCEPTED),
        (outbox.cancel, Status.PENDING, Status.CANCELLED),
        (outbox.cancel, Status.ACCEPTED, Status.ACCEPTED),
        (outbox.mark_as_sent, Status.UNCONFIRMED, Status.ACCEPTED),
        (outbox.mark_as_sent, Status.PENDING, Status.PENDING),
        (outbox.send_again, Status.UNCONFIRMED, Status.PENDING),
        (outbox.send_again, Status.FAILED, Status.FAILED),
    ],
)
def test_a_verb_changes_only_what_its_status_allows(verb, status, becomes, now, woken):
    row = factories.enqueue()
    accepted_at = now if status == Status.ACCEPTED else None
    Notification.objects.filter(pk=row.pk).update(status=status, accepted_at=accepted_at)

    changed = verb(Notification.objects.filter(pk=row.pk))

    row.refresh_from_db()
    assert row.status == becomes
    assert changed == (status != becomes)


def test_a_row_that_is_being_sent_cannot_be_deleted(now):
    row = factories.enqueue()
    Notification.objects.claim([row.pk], worker="w", now=now, lease=now - now)

    assert outbox.cancel(Notification.objects.filter(pk=row.pk)) == 0


def test_the_database_refuses_a_row_that_is_sending_without_a_claim():
    row = factories.enqueue()

    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.filter(pk=row.pk).update(status=Status.SENDING)


def test_resend_makes_a_new_notification_with_the_same_content(now):
    row = factories.enqueue(html="<p>Hi</p>", files=[factories.new_file(name="a.txt")])
    entry = Attempt.objects.create(notification=row, at=now, result=Result.ACCEPTED)

    again = outbox.resend(entry, initiator="megan")

    assert again.pk != row.pk
    assert (again.html, again.initiator) == ("<p>Hi</p>", "megan")
    assert again.message_id != row.message_id
    assert again.attachments.get().name == "a.txt"


def test_resend_obeys_the_limit_of_today(now):
    row = factories.enqueue(files=[factories.new_file(2 * MEGABYTE)])
    entry = Attempt.objects.create(notification=row, at=now, result=Result.ACCEPTED)
    limit_attachments(1)

    with pytest.raises(AttachmentLimitExceeded):
        outbox.resend(entry, initiator="megan")


def test_an_entry_without_its_notification_cannot_be_resent(now):
    entry = Attempt.objects.create(at=now, result=Result.REFUSED)

    with pytest.raises(InvalidNotification, match="not kept any more"):
        outbox.resend(entry, initiator="megan")


def test_enqueue_asks_the_database_the_same_number_of_times_whatever_the_recipients(
    django_assert_max_num_queries,
):
    EmailSettings.objects.current()
    to = [f"u{i}@contoso.example" for i in range(500)]

    with django_assert_max_num_queries(6):
        factories.enqueue(to=to, files=[factories.new_file(name=f"{i}") for i in range(5)])

    assert connection.vendor in ("postgresql", "sqlite")


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


def test_a_small_message_is_queued_by_one_query(unconnected, django_assert_num_queries):
    factories.enqueue()

    with django_assert_num_queries(1):
        factories.enqueue()


def test_message_ids_end_in_the_domain_of_the_account(unconnected):
    row = factories.enqueue()

    assert row.message_id.endswith(f"@{unconnected.account.address.rpartition('@')[2]}>")
