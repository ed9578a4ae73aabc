"""The page of a message: what became of it, and what it says."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import outbox
from notifications.email_templates import run
from notifications.models import Notification
from notifications.models.status import Status
from tests import factories

from .made import attempt, in_status, throttled
from .showing import QUEUE, show

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def test_its_title_is_the_subject_and_it_is_cut_where_it_is_long(megan, now):
    text = show(megan, factories.enqueue(subject="Ticket 17 " + "x" * 300))

    assert f">Ticket 17 {'x' * 300}</h2>" in text
    title = text.partition("<title>")[2].partition("</title>")[0]
    assert "Ticket 17 xxx" in title
    assert "x" * 100 not in title


def test_what_is_in_doubt_is_being_looked_up(megan, now):
    row = factories.enqueue()
    ends = {
        "Being looked up: It may have been sent.": now,
        "Being sent now": now + timedelta(days=1),
    }
    for words, until in ends.items():
        Notification.objects.filter(pk=row.pk).update(
            status="sending", claimed_by="w", claimed_until=until, reference="draft"
        )
        assert words in show(megan, row)


def test_a_scheduled_one_is_called_so_here_too(megan, now):
    text = show(megan, factories.enqueue(due_at=now + timedelta(hours=9)))

    assert re.search(r">\s*Scheduled\s*<", text)
    assert not re.search(r">\s*Pending\s*<", text)


def test_a_failure_is_explained_here_with_what_to_do_and_microsofts_code(megan, now):
    row = in_status(Status.FAILED, now, from_="ceo@contoso.example")
    Notification.objects.filter(pk=row.pk).update(error="Denied.")
    attempt(row, now, "failed", error="Denied.", code="ErrorSendAsDenied", message="Their words")

    text = show(megan, row)

    assert "What to do:" in text
    assert "ErrorSendAsDenied" in text
    assert "Their words" in text
    command = (
        'value="Add-RecipientPermission desk@contoso.example '
        '-Trustee desk@contoso.example -AccessRights SendAs"'
    )
    assert command in text
    assert text.count(command) == 1


def test_what_may_have_been_sent_says_how_to_find_out(megan, now):
    row = in_status(Status.UNCONFIRMED, now)
    Notification.objects.filter(pk=row.pk).update(reference="draft")
    attempt(row, now, "unconfirmed", error="x", code="NoAnswerKept")

    text = show(megan, row)

    assert "Open Sent Items of desk@contoso.example" in text
    assert f"Get-MessageTraceV2 -MessageId '{row.message_id}'" in text
    assert 'value="look_again"' in text
    assert "checks this by itself" not in text
    assert "decide on the Notification Queue" not in text


@pytest.mark.parametrize(
    ("status", "labels", "others"),
    [
        (Status.PENDING, ["Send now", "Cancel"], ["Resend", "Retry"]),
        (Status.FAILED, ["Retry", "Cancel", "Resend", "Edit and send again"], ["Send now"]),
        (Status.UNCONFIRMED, ["Mark as sent", "Send again", "Cancel", "Resend"], ["Retry"]),
        (Status.ACCEPTED, ["Resend", "Edit and send again"], ["Cancel", "Retry"]),
    ],
)
def test_each_status_has_its_actions(megan, now, status, labels, others):
    text = show(megan, in_status(status, now))

    for label in labels:
        assert f">{label}</" in text
    for label in others:
        assert f">{label}</" not in text


def test_cancel_and_retry_on_the_page(olga, now):
    row = in_status(Status.FAILED, now)

    olga.post(f"{QUEUE}{row.pk}/do/", {"action": "send_now"})
    row.refresh_from_db()
    assert row.status == Status.PENDING

    told = olga.post(f"{QUEUE}{row.pk}/do/", {"action": "cancel"}, follow=True)
    row.refresh_from_db()
    assert row.status == Status.CANCELLED
    assert "1 message was cancelled and will not be sent." in told.content.decode()


def test_look_again_puts_it_in_doubt_so_that_the_mailbox_is_asked(olga, now, woken):
    row = in_status(Status.UNCONFIRMED, now)
    Notification.objects.filter(pk=row.pk).update(reference="draft")

    olga.post(f"{QUEUE}{row.pk}/do/", {"action": "look_again"})

    assert list(Notification.objects.in_doubt(now=now + timedelta(days=1))) == [row]


def test_what_left_no_trace_in_the_mailbox_is_not_looked_for(olga, now):
    row = in_status(Status.UNCONFIRMED, now)

    olga.post(f"{QUEUE}{row.pk}/do/", {"action": "look_again"})

    row.refresh_from_db()
    assert row.status == Status.UNCONFIRMED
    assert "look_again" not in show(olga, row)


def test_an_accepted_message_belongs_to_the_log_and_a_waiting_one_to_the_queue(megan, now):
    accepted, waiting = in_status(Status.ACCEPTED, now), factories.enqueue()

    for row, title in ((accepted, "Logs"), (waiting, "Notification Queue")):
        groups = megan.get(f"{QUEUE}{row.pk}/change/").context["sidebar_navigation"]
        active = [item["title"] for group in groups for item in group["items"] if item["active"]]
        assert active == [title]


def test_the_facts_name_application_template_key_and_priority(megan):
    key, _token = factories.api_key(name="Ticket system")
    row = outbox.enqueue(
        factories.new(key="ticket-17", priority=0), initiator="Ticket system", api_key=key
    )

    text = show(megan, row)

    assert "ticket-17" in text
    assert "Urgent" in text
    assert f'href="/notifications/apikey/{key.pk}/change/">Ticket system</a>' in text


def test_an_e_mail_notification_is_named_by_what_it_made(megan):
    template = factories.template(name="Ticket closed")
    row = run.run(template, {}, initiator=run.Initiator("megan"))

    assert "Ticket closed</a>" in show(megan, row)
    template.delete()
    assert "Ticket closed" in show(megan, row)


def test_what_was_sent_alike_within_a_day_is_shown(megan, now):
    one, other = (in_status(Status.ACCEPTED, now, subject="Ticket 17") for _i in range(2))
    attempt(one, now, "accepted")
    attempt(other, now - timedelta(hours=3), "accepted")

    text = show(megan, one)

    assert "Sent alike to the same recipient in 24 hours" in text
    assert f'href="{QUEUE}{other.pk}/change/"' in text


def test_the_page_asks_as_often_whatever_there_is(megan, now):
    counts = []
    for number in (1, 30):
        row = in_status(Status.ACCEPTED, now, subject=f"mail {number}")
        for n in range(number):
            throttled(row, now + n * SECOND)
            same = in_status(Status.ACCEPTED, now, subject=f"mail {number}")
            attempt(same, now, "accepted")
            Notification.objects.filter(pk=row.pk).update(status=Status.FAILED, accepted_at=None)
            outbox.send_copy(row, initiator="megan")
            Notification.objects.filter(pk=row.pk).update(status=Status.ACCEPTED, accepted_at=now)
        show(megan, row)
        with CaptureQueriesContext(connection) as asked:
            show(megan, row)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20
