"""Recipients on the suppression list."""

from datetime import timedelta

import pytest

from notifications import outbox
from notifications.errors import SuppressedRecipients
from notifications.models import Attempt, EmailSettings, Notification, Suppression
from notifications.models.attempt import Result
from notifications.models.status import Status
from notifications.queue.intake import suppressed
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def listed(unconnected):
    Suppression.objects.create(address="gone@fabrikam.example")
    suppressed.forget_remembered()


def test_the_others_get_the_message_and_the_log_says_who_does_not():
    row = factories.enqueue(
        to="Gone <Gone@Fabrikam.example>, ben@fabrikam.example", cc="gone@fabrikam.example"
    )
    assert (row.to, row.cc) == (["ben@fabrikam.example"], [])
    entry = Attempt.objects.get()
    assert (entry.result, entry.notification) == (Result.REFUSED, row)
    assert entry.recipients == "Gone <Gone@Fabrikam.example>, gone@fabrikam.example"
    assert entry.error.startswith("Left out. On the suppression list: Gone")


def test_where_nobody_is_left_the_initiator_gets_the_error():
    with pytest.raises(SuppressedRecipients, match=r"suppression list: gone@fabrikam\.example\."):
        factories.enqueue(to="gone@fabrikam.example")
    assert not Notification.objects.exists()
    assert Attempt.objects.get().code == "SuppressedRecipients"


def test_a_copy_of_what_was_handed_in_is_refused_in_the_log_too():
    old = factories.carried_notification(to=["gone@fabrikam.example"])
    with pytest.raises(SuppressedRecipients):
        outbox.send_copy(old, initiator="admin")
    entry = Attempt.objects.get()
    assert (entry.result, entry.code) == (Result.REFUSED, "SuppressedRecipients")


def test_or_the_message_is_held_until_somebody_sends_it_all_the_same():
    EmailSettings.objects.update(suppression_policy="hold")
    row = factories.enqueue(to="gone@fabrikam.example")
    assert row.status == Status.FAILED
    assert row.error.startswith("Held. On the suppression list: gone@fabrikam.example.")


def test_who_was_added_by_hand_is_not_said_to_have_bounced():
    Suppression.objects.update(added_by="admin", bounces=0)
    factories.enqueue(to="gone@fabrikam.example, ben@fabrikam.example")
    assert "bounced" not in Attempt.objects.get().error


def test_the_same_key_again_answers_with_the_first_message():
    Suppression.objects.all().delete()
    suppressed.forget_remembered()
    first = factories.enqueue(to="gone@fabrikam.example", key="k")
    Suppression.objects.create(address="gone@fabrikam.example")
    suppressed.forget_remembered()
    assert factories.enqueue(to="gone@fabrikam.example", key="k") == first


def test_who_is_on_the_list_no_longer_is_written_to_again(now):
    Suppression.objects.update(until=now - timedelta(days=1))
    assert factories.enqueue(to="gone@fabrikam.example").status == Status.PENDING
