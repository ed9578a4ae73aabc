"""The verbs of the queue."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from kombu.exceptions import OperationalError

from notifications import outbox, wakeups
from notifications.errors import AttachmentLimitExceeded, InvalidNotification
from notifications.models import (
    ApiNotification,
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


def test_the_same_key_gives_the_same_notification():
    first = factories.enqueue(key="ticket-17")
    second = factories.enqueue(key="ticket-17")

    assert first.pk == second.pk
    assert Notification.objects.count() == 1


def test_the_same_key_with_other_content_is_an_error():
    factories.enqueue(key="ticket-17")

    with pytest.raises(InvalidNotification, match="different content"):
        factories.enqueue(key="ticket-17", text="Something else")


def of_application(api_key, **changes):
    return outbox.enqueue(factories.new(**changes), initiator="test", api_key=api_key)


def test_the_keys_of_applications_and_of_other_callers_do_not_meet():
    desk, intranet = (factories.api_key()[0] for _ in range(2))

    rows = [
        of_application(desk, key="k"),
        of_application(intranet, key="k"),
        of_application(desk),
        of_application(desk),
        factories.enqueue(key="k"),
    ]

    assert len({row.pk for row in rows}) == 5
    again = of_application(desk, key="k")
    assert (again.pk, again.was_queued_before) == (rows[0].pk, True)
    assert Notification.objects.count() == 5


def test_an_applications_key_with_other_content_is_an_error_that_names_it_and_leaves_nothing():
    desk, _token = factories.api_key()
    of_application(desk, key="k")

    with pytest.raises(InvalidNotification, match="“k” was already used"):
        of_application(desk, key="k", text="Something else")

    assert Notification.objects.count() == ApiNotification.objects.count() == 1


def test_the_database_keeps_a_key_of_an_application_once():
    desk, _token = factories.api_key()
    of_application(desk, key="k")

    with pytest.raises(IntegrityError), transaction.atomic():
        ApiNotification.objects.create(notification=factories.enqueue(), api_key=desk, key="k")


def test_no_question_is_asked_before_a_key_is_tried(unconnected, django_assert_num_queries):
    desk, _token = factories.api_key()
    factories.enqueue()

    with django_assert_num_queries(6):  # two savepoints, and two INSERTs between them
        of_application(desk, key="k")


@pytest.mark.django_db(transaction=True)
def test_a_key_that_comes_many_times_at_once_is_queued_once():
    desk, _token = factories.api_key()

    def enqueue(_number):
        try:
            return of_application(desk, key="k", files=[factories.new_file()])
        finally:
            connection.close()

    # SQLite in memory lets nobody wait for another: there they come one after the other.
    at_once = 8 if connection.vendor == "postgresql" else 1
    with ThreadPoolExecutor(at_once) as pool:
        rows = list(pool.map(enqueue, range(16)))

    row = Notification.objects.get()
    assert {each.pk for each in rows} == {row.pk}
    assert [each.was_queued_before for each in rows].count(False) == 1
    assert (row.came_with.key, row.attachments.count()) == ("k", 1)


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
