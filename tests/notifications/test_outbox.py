"""The verbs of the queue."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from kombu.exceptions import OperationalError

from notifications import outbox, wakeups
from notifications.errors import AttachmentLimitExceeded, InvalidNotification
from notifications.models import (
    Attempt,
    BulkRetry,
    EmailSettings,
    Notification,
    QueueState,
)
from notifications.models.attempt import Result
from notifications.models.settings import MEGABYTE
from notifications.models.status import Status
from notifications.wakeups import send as send_for_real
from tests import factories

pytestmark = pytest.mark.django_db


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
    def refuse(_task, **_options):
        raise OperationalError("connection refused")

    monkeypatch.setattr(wakeups.app, "send_task", refuse)
    monkeypatch.setattr(wakeups, "send", send_for_real)

    with django_capture_on_commit_callbacks(execute=True):
        factories.enqueue()

    assert Notification.objects.count() == 1
    assert "Redis cannot be reached" in caplog.text


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


def failed(number, **values):
    pks = [factories.enqueue().pk for _ in range(number)]
    Notification.objects.filter(pk__in=pks).update(
        **{"status": Status.FAILED, "error": "Refused.", "error_code": "ErrorX"} | values
    )
    return Notification.objects.filter(pk__in=pks)


def test_a_retry_puts_failed_ones_back_as_one_work(now, woken):
    rows, pending = failed(3), factories.enqueue()

    bulk = outbox.retry(Notification.objects.all(), by="olga", code="ErrorX", error="Refused.")

    assert (bulk.count, bulk.expired, bulk.by, bulk.error_code) == (3, 0, "olga", "ErrorX")
    for row in rows:
        assert (row.status, row.bulk_retry, row.past_pause) == (Status.PENDING, bulk, True)
        assert (row.error, row.error_code, row.error_status) == ("", "", 0)
        assert row.retried_at == row.due_at == bulk.at
    pending.refresh_from_db()
    assert pending.bulk_retry is None


def test_a_retry_leaves_out_what_has_expired(now):
    failed(2, expires_at=now - timedelta(minutes=1))
    failed(1)

    bulk = outbox.retry(Notification.objects.all(), by="olga")

    assert (bulk.count, bulk.expired) == (1, 2)
    assert Notification.objects.filter(status=Status.FAILED).count() == 2


def test_a_retry_of_nothing_leaves_no_trace():
    outbox.retry(Notification.objects.all(), by="olga")

    assert BulkRetry.objects.count() == 0


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
    factories.limit_attachments()

    with pytest.raises(AttachmentLimitExceeded):
        outbox.resend(entry, initiator="megan")


def test_resend_names_a_file_that_is_gone(now):
    row = factories.enqueue(files=[factories.new_file(name="a.bin")])
    entry = Attempt.objects.create(notification=row, at=now, result=Result.ACCEPTED)
    default_storage.delete(row.attachments.get().path)

    with pytest.raises(InvalidNotification, match=r"“a\.bin” no longer exists"):
        outbox.resend(entry, initiator="megan")


def test_an_entry_without_its_notification_cannot_be_resent(now):
    entry = Attempt.objects.create(at=now, result=Result.REFUSED)

    with pytest.raises(InvalidNotification, match="has been deleted"):
        outbox.resend(entry, initiator="megan")


def test_enqueue_asks_the_database_the_same_number_of_times_whatever_the_recipients(
    django_assert_max_num_queries,
):
    EmailSettings.objects.current()
    to = [f"u{i}@contoso.example" for i in range(500)]

    with django_assert_max_num_queries(7):
        factories.enqueue(to=to, files=[factories.new_file(name=f"{i}") for i in range(5)])


def test_a_small_message_is_queued_by_one_query(unconnected, django_assert_num_queries):
    factories.enqueue()

    with django_assert_num_queries(1):
        factories.enqueue()


def test_message_ids_end_in_the_domain_of_the_account(unconnected):
    row = factories.enqueue()

    assert row.message_id.endswith(f"@{unconnected.account.address.rpartition('@')[2]}>")
