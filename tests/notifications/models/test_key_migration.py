"""Idempotency keys of applications that were kept before they had a column."""

from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from notifications import outbox
from notifications.errors import InvalidNotification
from notifications.models import ApiKey, ApiNotification, Notification
from tests import factories

BEFORE = [("notifications", "0014_names_of_settings")]
MOVES = import_module("notifications.migrations.0016_take_application_keys_apart")


@pytest.fixture
def filled(before, monkeypatch):
    """Two keys of applications with the notifications that came with them, by what they are kept
    under: `api:<pk>:…` is made of the first key, the rest is as Python callers gave it."""
    monkeypatch.setattr(MOVES, "_BATCH", 2)
    apps, newest = before
    first, second = (
        apps.get_model("notifications", "ApiKey").objects.create(name=name, digest=name)
        for name in ("Desk", "Intranet")
    )
    kept = {
        f"api:{first.pk}:ticket:17": first,
        f"api:{first.pk}:": first,
        f"api:{first.pk}:{'x' * 150}": first,
        f"api:{first.pk}:same": first,
        f"api:{second.pk}:same": second,
        None: first,
        f"api:{second.pk}:of nobody": None,
        "ticket-17": None,
    }
    for number, (key, api_key) in enumerate(kept.items()):
        row = apps.get_model("notifications", "Notification").objects.create(
            key=key, message_id=f"<{number}@x>", cloud="custom"
        )
        if api_key:
            apps.get_model("notifications", "ApiNotification").objects.create(
                notification=row, api_key=api_key
            )
    return newest, list(kept)


def test_they_move_to_the_application_and_others_stay(filled):
    newest, before = filled

    MigrationExecutor(connection).migrate(newest)

    links = ApiNotification.objects.order_by("pk").values_list("api_key__name", "key")
    assert list(links) == [
        ("Desk", "ticket:17"),
        ("Desk", ""),
        ("Desk", "x" * 150),
        ("Desk", "same"),
        ("Intranet", "same"),
        ("Desk", None),
    ]
    kept = Notification.objects.order_by("pk").values_list("key", flat=True)
    assert list(kept) == [None] * 6 + before[6:]


def test_they_move_back(filled):
    newest, before = filled
    MigrationExecutor(connection).migrate(newest)
    ApiNotification.objects.filter(key="").update(key="y" * 200)

    MigrationExecutor(connection).migrate(BEFORE)

    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM notifications_notification ORDER BY id")
        kept = [key for (key,) in cursor.fetchall()]
    # The one that the older column has no room for is forgotten.
    assert kept == [before[0], None, *before[2:]]


def test_a_request_of_before_is_not_queued_again_after_the_upgrade(before):
    """Both versions make the same fingerprint of the same content."""
    apps, newest = before
    first = apps.get_model("notifications", "ApiKey").objects.create(name="Desk", digest="d")
    MigrationExecutor(connection).migrate(newest)
    api_key = ApiKey.objects.get()
    row = outbox.enqueue(factories.new(key="k"), initiator="Desk", api_key=api_key)
    MigrationExecutor(connection).migrate(BEFORE)
    old = apps.get_model("notifications", "Notification").objects.get()
    assert old.key == f"api:{first.pk}:k"
    MigrationExecutor(connection).migrate(newest)

    again = outbox.enqueue(factories.new(key="k"), initiator="Desk", api_key=api_key)

    assert (again.pk, again.was_queued_before) == (row.pk, True)
    with pytest.raises(InvalidNotification, match="“k” was already used"):
        outbox.enqueue(factories.new(key="k", text="Other"), initiator="Desk", api_key=api_key)
