"""What leaves when a person sends many, and what is promised of it."""

from datetime import timedelta

import pytest

from notifications import outbox
from notifications.models import AuditEvent, EmailSettings, Notification
from notifications.models.status import Status
from tests import factories
from tests.notifications.admin.browsing import page

from .many import ALL, QUEUE, newest, rows, statuses

pytestmark = pytest.mark.django_db
each_that_sends = pytest.mark.parametrize(
    ("status", "action"),
    [
        (Status.PENDING, "send_now"),
        (Status.FAILED, "send_now"),
        (Status.FAILED, "retry"),
        (Status.UNCONFIRMED, "send_again"),
    ],
)


def scheduled(number, now):
    at = now + timedelta(days=1)
    return [factories.enqueue(due_at=at).pk for _i in range(number)]


def past_pause(pks):
    return set(Notification.objects.filter(pk__in=pks).values_list("past_pause", flat=True))


def test_send_all_takes_those_that_are_due_and_names_the_others(olga, now):
    due, later = rows(2), scheduled(3, now)
    address = f"{ALL}send_now/?status__exact=pending"

    question = page(olga, address)
    olga.post(address, {"newest": newest()})

    assert "Send now: 2 notifications" in question
    assert "Also the 3 scheduled for later" in question
    assert past_pause(due) == {True}
    assert past_pause(later) == {False}


def test_send_all_takes_scheduled_ones_too_if_asked(olga, now):
    due, later = rows(2), scheduled(3, now)

    olga.post(f"{ALL}send_now/?status__exact=pending", {"newest": newest(), "scheduled": "yes"})

    assert past_pause([*due, *later]) == {True}


@each_that_sends
def test_what_cannot_leave_now_is_not_promised(olga, unconnected, status, action):
    pks = rows(3, status)
    EmailSettings.objects.update(service="none")
    address = f"{ALL}{action}/?status__exact={status}"

    question = page(olga, address)
    text = olga.post(address, {"newest": newest()}, follow=True).content.decode()

    promise = "They will be sent as soon as mail can leave again, oldest first: "
    assert promise in question
    assert "immediately" not in question
    assert "this takes until" not in question
    assert (
        "3 notifications will be sent as soon as mail can leave again: E-mail is switched" in text
    )
    assert "being sent" not in text
    assert statuses(pks) == {Status.PENDING}


@each_that_sends
def test_what_was_made_for_another_cloud_is_left_as_it_is(olga, unconnected, status, action):
    rows(2, status)
    elsewhere = rows(1, status, cloud="china")
    address = f"{ALL}{action}/?status__exact={status}"
    told = "1 notification was created for another cloud or in practice mode and is not sent."

    question = page(olga, address)
    text = olga.post(address, {"newest": newest()}, follow=True).content.decode()

    assert ": 2 notifications" in question
    assert told in question
    assert told in text
    assert statuses(elsewhere) == {status}
    assert past_pause(elsewhere) == {False}


def test_one_that_was_made_for_another_cloud_is_not_promised_alone(olga, healthy):
    chosen = {"action": "retry", "_selected_action": rows(1, Status.FAILED, cloud="china")}

    text = olga.post(QUEUE, chosen, follow=True).content.decode()

    assert "1 notification was created for another cloud or in practice mode" in text
    assert "being sent" not in text
    assert "Nothing was done" not in text


@each_that_sends
def test_what_has_expired_is_not_promised(olga, healthy, now, status, action):
    (gone,) = rows(1, status, expires_at=now - timedelta(hours=1))
    (good,) = rows(1, status)
    button = f'value="{action}"'

    text = olga.post(
        QUEUE, {"action": action, "_selected_action": [gone, good]}, follow=True
    ).content.decode()

    assert "1 notification is being sent" in text
    assert "1 was skipped: it has expired" in text
    assert statuses([gone]) == {status}
    assert AuditEvent.objects.latest("pk").object_number == good
    assert button not in page(olga, f"{QUEUE}{gone}/change/")


def test_a_message_of_another_cloud_offers_no_way_to_send_it(olga, healthy):
    (elsewhere,) = rows(1, Status.FAILED, cloud="china")
    (here,) = rows(1, Status.FAILED)
    button = 'name="action" value="retry"'

    listed = page(olga, QUEUE)

    assert f'{button} formaction="/notifications/notification/{here}/do/' in listed
    assert f'{button} formaction="/notifications/notification/{elsewhere}/do/' not in listed
    assert button in page(olga, f"{QUEUE}{here}/change/")
    assert button not in page(olga, f"{QUEUE}{elsewhere}/change/")


def test_a_pause_holds_only_what_does_not_pass_it(olga, healthy):
    outbox.pause(by="megan")
    rows(1)
    rows(1, Status.UNCONFIRMED)

    assert "sent immediately" in page(olga, f"{ALL}send_now/?status__exact=pending")
    again = page(olga, f"{ALL}send_again/?status__exact=unconfirmed")
    assert "oldest first: The queue was paused by megan. If they were sent after all" in again


def test_scheduled_ones_that_were_ticked_with_others_stay(olga, healthy, now):
    due, later = rows(1), scheduled(2, now)
    chosen = {"action": "send_now", "_selected_action": [*due, *later]}

    text = olga.post(QUEUE, chosen, follow=True).content.decode()

    assert "1 notification is being sent." in text
    assert "2 are scheduled for later and stay so." in text
    assert past_pause(later) == {False}


def test_scheduled_ones_that_were_chosen_alone_go(olga, now):
    later = scheduled(2, now)

    olga.post(QUEUE, {"action": "send_now", "_selected_action": later})

    assert past_pause(later) == {True}


def test_a_scheduled_one_is_not_deleted_for_its_age(olga, now):
    later = scheduled(1, now)
    Notification.objects.update(queued_at=now - timedelta(days=9))

    olga.post(f"{ALL}delete/?status__exact=pending&older_than=3", {"newest": newest()})

    assert statuses(later) == {Status.PENDING}
