"""What a person does with many notifications, and what is hidden of sensitive ones."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from notifications import outbox
from notifications.admin.queue import actions
from notifications.models import Attempt, Notification, QueueState, Retention
from notifications.models.audit.act import Act
from notifications.models.status import RESTARTABLE, Status
from tests import factories
from tests.notifications.admin.browsing import page

from .many import ALL, QUEUE, newest, rows, statuses

pytestmark = pytest.mark.django_db


def test_the_footer_counts_notifications(olga):
    rows(1)
    assert ">1 notification<" in page(olga, QUEUE)
    rows(1)
    assert ">2 notifications<" in page(olga, QUEUE)


def test_the_status_filter_offers_what_the_queue_has(olga):
    rows(1)
    text = page(olga, QUEUE)

    assert "status__exact=unconfirmed" in text
    assert "status__exact=accepted" not in text


def test_all_failed_ones_are_retried_after_a_question_with_their_number(olga, healthy):
    failed = rows(3, Status.FAILED)
    waiting = rows(1, due_at=timezone.now() + timedelta(days=1))
    assert f'href="{ALL}retry/?cause=' in page(olga, QUEUE)

    question = page(olga, f"{ALL}retry/?status__exact=failed")
    assert "Retry: 3 notifications" in question
    assert "formaction" not in question
    response = olga.post(f"{ALL}retry/?status__exact=failed", {"newest": newest()}, follow=True)

    assert statuses(failed) == {Status.PENDING}
    assert Notification.objects.get(pk=waiting[0]).past_pause is False
    assert "3 notifications are being sent." in response.content.decode()


def test_what_comes_after_the_question_is_left_alone(olga):
    asked = rows(2)
    last = newest()
    later = rows(1)

    olga.post(f"{ALL}delete/", {"newest": last})

    assert statuses(asked) == {Status.CANCELLED}
    assert statuses(later) == {Status.PENDING}


def test_only_those_older_than_the_chosen_days_are_deleted(olga, now):
    old = rows(2, queued_at=now - timedelta(days=4))
    new = rows(2, queued_at=now - timedelta(days=2))
    address = f"{ALL}delete/?status__exact=pending&older_than=3"
    assert "Delete: 2 notifications" in page(olga, address)

    olga.post(address, {"newest": newest()})

    assert statuses(old) == {Status.CANCELLED}
    assert statuses(new) == {Status.PENDING}


def test_ticking_all_over_all_pages_asks_first(olga):
    pks = rows(3)

    response = olga.post(
        f"{QUEUE}?q=Hi",
        {"action": "delete", "select_across": "1", "_selected_action": pks[:1], "index": "0"},
    )

    assert response.url == f"{ALL}delete/?q=Hi"
    assert statuses(pks) == {Status.PENDING}


def test_a_double_click_on_the_answer_counts_what_is_true(olga):
    rows(2)
    last = newest()

    olga.post(f"{ALL}delete/", {"newest": last})
    response = olga.post(f"{ALL}delete/", {"newest": last}, follow=True)

    assert "no notification matches any more" in response.content.decode()


@pytest.mark.parametrize("answer", ["", "x", "9" * 40, "-1"])
def test_an_answer_without_its_question_changes_nothing(olga, answer):
    pks = rows(1)

    olga.post(f"{ALL}delete/", {"newest": answer})

    assert statuses(pks) == {Status.PENDING}


def test_a_wrong_action_or_filter_is_no_server_error(olga):
    assert olga.get(f"{ALL}explode/").status_code == 404
    assert olga.get(f"{ALL}delete/?nothing=1").status_code in (302, 400)
    assert olga.get(f"{ALL}delete/?older_than=x").status_code == 200


def test_the_counts_are_true_though_a_worker_takes_one_meanwhile(olga, now, monkeypatch):
    pks = rows(3)

    def cancel_late(chosen, by):
        Notification.objects.claim(pks[:1], worker="w", now=now, lease=timedelta(minutes=5))
        return outbox.cancel(chosen)

    late = actions.Action("Delete", Act.DELETED, cancel_late, RESTARTABLE, "%(n)d gone", "")
    monkeypatch.setitem(actions.ACTIONS, "delete", late)
    response = olga.post(QUEUE, {"action": "delete", "_selected_action": pks}, follow=True)

    text = response.content.decode()
    assert "2 gone" in text
    assert "1 was skipped" in text


def test_many_are_done_in_pieces_with_one_count(olga, monkeypatch):
    monkeypatch.setattr(actions, "_PIECE", 2)
    pks = rows(5)

    response = olga.post(QUEUE, {"action": "delete", "_selected_action": pks}, follow=True)

    assert "5 notifications were deleted." in response.content.decode()


def test_after_a_long_stop_the_page_offers_what_to_do_with_all(olga, now):
    rows(2, queued_at=now - timedelta(days=3))

    text = page(olga, QUEUE)

    assert "<strong>2 waiting</strong>, the oldest since" in text
    assert f'href="{ALL}send_now/?status__exact=pending"' in text


@pytest.mark.parametrize("why", ["paused", "taken over"])
def test_a_pause_or_a_takeover_is_a_stop_of_any_length(olga, now, why):
    rows(1, queued_at=now - timedelta(minutes=1))
    assert "Delete older than" not in page(olga, QUEUE)

    if why == "paused":
        outbox.pause(by="megan")
    else:
        QueueState.objects.get_or_create(pk=1)
        QueueState.objects.update(taken_over_at=now)

    assert "Delete older than" in page(olga, QUEUE)


def test_an_auditor_is_offered_nothing_to_change(audrey):
    rows(1, Status.FAILED)
    outbox.pause(by="megan")

    text = page(audrey, QUEUE)

    for words in (
        "Retry these",
        "Retry this one",
        "Send all",
        "Delete older than",
        "Resume</button>",
    ):
        assert words not in text
    assert audrey.get(f"{ALL}send_now/").status_code == 403


def test_the_page_asks_the_same_number_of_times_whatever_it_shows(
    olga, django_assert_max_num_queries
):
    for _i in range(60):
        factories.enqueue(files=[factories.new_file(), factories.new_file(20)])
    page(olga, QUEUE)

    with django_assert_max_num_queries(22):
        page(olga, QUEUE)


def test_an_attachment_is_downloaded_and_never_shown(olga):
    file = factories.new_file(name="Übersicht.html")
    row = factories.enqueue(files=[file])
    address = f"{QUEUE}{row.pk}/attachments/{row.attachments.get().pk}/"
    assert address in page(olga, f"{QUEUE}{row.pk}/change/")

    response = olga.get(address)

    assert response.getvalue() == b"x" * 10
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%C3%9C")


def test_an_attachment_belongs_to_its_own_notification(olga):
    mine, other = (factories.enqueue(files=[factories.new_file()]) for _i in range(2))

    address = f"{QUEUE}{mine.pk}/attachments/{other.attachments.get().pk}/"

    assert olga.get(address).status_code == 404


def test_a_file_that_is_gone_is_no_server_error(olga):
    row = factories.enqueue(files=[factories.new_file(7)])
    default_storage.delete(row.attachments.get().path)

    address = f"{QUEUE}{row.pk}/attachments/{row.attachments.get().pk}/"

    assert olga.get(address).status_code == 404


def test_an_entry_that_was_cleared_is_gone_from_its_notification_too(olga, now):
    row = factories.enqueue()
    Attempt.objects.create(notification=row, at=now, result="failed", error="Gone with the log")
    one = f"{QUEUE}{row.pk}/change/"
    assert "Gone with the log" in page(olga, one)

    Retention.objects.clear(until=now)

    assert "Gone with the log" not in page(olga, one)
