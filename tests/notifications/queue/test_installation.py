"""A database that was moved, restored or copied: nothing leaves until a person has said which."""

import pytest
from django.test import Client

from notifications.models import Notification, QueueState
from notifications.models.status import Status
from notifications.queue import installation
from notifications.queue.engine import drain as delivery
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def foreign(connected):
    QueueState.objects.claim("the installation it came from")
    return connected


def drain():
    delivery.drain(worker="test:1")


def test_a_new_database_becomes_ours_and_stays_ours(db, settings):
    QueueState.objects.claim(settings.INSTALLATION_ID)
    QueueState.objects.claim("another")

    assert not QueueState.objects.current().is_foreign


def test_nothing_leaves_a_foreign_database_and_every_page_says_so(foreign, emulator):
    factories.enqueue()
    client = Client()
    client.force_login(factories.user())

    drain()

    assert emulator.messages() == []
    page = client.get("/notifications/notification/").content.decode()
    assert "This database belongs to another installation." in page
    assert "Restored from a backup" in page


def test_a_moved_installation_goes_on(foreign, emulator):
    factories.enqueue()

    installation.moved()
    drain()

    assert len(emulator.messages()) == 1


def test_a_copy_never_sends(foreign, emulator):
    factories.enqueue()

    installation.copied()
    drain()

    assert emulator.messages() == []


def test_a_restored_queue_sends_only_what_did_not_leave_since_the_backup(foreign, emulator):
    QueueState.objects.update(installation="")
    left, waits = factories.enqueue(subject="left"), factories.enqueue(subject="waits")
    Notification.objects.filter(pk=waits.pk).update(status=Status.CANCELLED)
    drain()
    # The backup is from before that: in it both are pending.
    Notification.objects.update(status=Status.PENDING, accepted_at=None, reference="", attempts=0)
    QueueState.objects.update(installation="the installation it came from")

    installation.restored()
    drain()

    assert [m["subject"] for m in emulator.messages()] == ["left", "waits"]
    assert set(Notification.objects.values_list("status", flat=True)) == {Status.ACCEPTED}
    left.refresh_from_db()
    assert "the message was sent" in left.log_entries.first().note


def test_without_permission_to_look_a_restored_message_is_held(foreign, emulator):
    factories.connect(emulator, protection=False)
    row = factories.enqueue()

    installation.restored()
    drain()

    row.refresh_from_db()
    assert row.status == Status.UNCONFIRMED
    assert emulator.messages() == []


@pytest.mark.parametrize("answer", ["moved", "restored", "copied"])
def test_a_person_answers_on_the_queues_page(foreign, answer):
    client = Client()
    client.force_login(factories.user())

    client.post("/notifications/notification/database/", {"answer": answer})

    state = QueueState.objects.current()
    assert not state.is_foreign
    assert state.is_copy == (answer == "copied")


def test_nobody_answers_without_permission(foreign):
    client = Client()
    client.force_login(factories.user("audrey", superuser=False))

    client.post("/notifications/notification/database/", {"answer": "moved"})

    assert QueueState.objects.current().is_foreign
