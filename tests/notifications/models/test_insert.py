"""The INSERT in words of our own keeps what the ORM's keeps."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.forms import model_to_dict

from notifications.models import Notification
from notifications.models.notification import insert

pytestmark = pytest.mark.django_db


def row(now, **values):
    return Notification(
        **{
            "to": ["Ann <ann@example.org>"],
            "headers": [["X-Ticket", "Ü 1"]],
            "subject": "50 % of 'all' \\ “this”; --",
            "text": "one\ntwo\t😀",
            "queued_at": now,
            "scheduled_for": now,
            "due_at": now,
            "expires_at": now + timedelta(hours=1),
            "sensitive": True,
            "message_id": "<1@contoso.example>",
            "key": "k",
        }
        | values
    )


def test_a_row_is_kept_as_by_save(now):
    ours, theirs = row(now), row(now, message_id="<2@contoso.example>", key="l")

    insert(ours)
    theirs.save(force_insert=True)

    kept = Notification.objects.get(pk=ours.pk)
    its_own = ["id", "message_id", "key"]
    assert model_to_dict(kept, exclude=its_own) == model_to_dict(
        Notification.objects.get(pk=theirs.pk), exclude=its_own
    )
    assert model_to_dict(kept) == model_to_dict(ours)


def test_it_can_be_saved_again(now):
    kept = row(now)
    insert(kept)

    kept.subject = "changed"
    kept.save()

    assert [found.subject for found in Notification.objects.all()] == ["changed"]


def test_what_the_database_refuses_is_refused(now):
    insert(row(now))

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(row(now, message_id="<2@contoso.example>"))
