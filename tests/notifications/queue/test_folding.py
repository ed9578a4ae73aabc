"""The deferred attempts of a notification lie folded under its latest entry."""

import pytest
from django.utils import timezone

from notifications import outbox
from notifications.models import Attempt, MicrosoftAccount, Notification
from notifications.models.attempt import Result
from notifications.models.status import Status
from tests import factories

from .steps import SEND, drain, results

pytestmark = pytest.mark.django_db(transaction=True)


def folded():
    """Of each entry, oldest first: whether the log folds it under a later one."""
    entries = Attempt.objects.order_by("pk").values_list("superseded_at", flat=True)
    return [at is not None for at in entries]


@pytest.mark.parametrize(
    "fault",
    [
        {"path": "/v1.0/me/messages", "method": "POST", "status": 503},
        {"path": SEND, "status": 504, "when": "after"},
        {"path": SEND, "drop": "before"},
        {"path": SEND, "status": 429, "retry_after": 1},
    ],
)
@pytest.mark.parametrize("sent_now", [True, False])
def test_a_later_attempt_supersedes_the_deferred_ones(connected, emulator, fault, sent_now):
    emulator.fault(**fault, count=1)
    row = factories.enqueue()
    drain()
    assert results() == [Result.DEFERRED]
    assert folded() == [False]

    MicrosoftAccount.objects.update(rests_until=None)
    Notification.objects.filter(status=Status.PENDING).update(due_at=timezone.now())
    if sent_now:
        outbox.send_now(Notification.objects.all())
    for _ in range(3):
        drain()

    row.refresh_from_db()
    assert row.status == Status.ACCEPTED
    assert results() == [Result.DEFERRED, Result.ACCEPTED]
    assert folded() == [True, False]
