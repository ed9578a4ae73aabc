"""Callbacks: who is told what, signed, again after a failure, and never into the wrong network."""

import json
from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from notifications import outbox, vault
from notifications.models import ApiKey, Callback, Notification, QueueState
from notifications.models.callback import CallbackState
from notifications.models.status import Status
from notifications.webhooks import callbacks
from tests import factories

SECRET = "whsec_Y2FsbGJhY2stczNjcmV0LW9mLXRoZS1kZXNr"


def finished(url, status=Status.ACCEPTED, *, now, **key):
    """A notification that came with a key that wants to know, and has left."""
    api_key, _token = factories.api_key(
        callback_url=url, callback_secret=vault.seal(SECRET, "callback_secret"), **key
    )
    row = outbox.enqueue(factories.new(key="ticket:17"), initiator="test", api_key=api_key)
    accepted_at = now if status == Status.ACCEPTED else None
    Notification.objects.filter(pk=row.pk).update(status=status, accepted_at=accepted_at)
    return row


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "event"),
    [(Status.ACCEPTED, "message.accepted"), (Status.FAILED, "message.failed")],
)
def test_an_application_is_told_with_a_signature_that_it_can_check(listener, now, status, event):
    row = finished(listener.url, status, now=now)
    callbacks.announce([row.pk], now=now)

    assert callbacks.call_due(now=now) == 1

    (path, headers, body), = listener.heard  # fmt: skip
    assert path == "/hook?token=t0ken"
    told = Webhook(SECRET).verify(body, headers)
    assert told["id"] == headers["webhook-id"]
    assert told["event"] == event
    assert told["message"]["id"] == row.pk
    assert told["message"]["idempotency_key"] == "ticket:17"
    assert "contoso.example" not in json.dumps(told["message"] | {"message_id": ""})
    assert Callback.objects.get().state == CallbackState.DELIVERED
    assert callbacks.call_due(now=now + timedelta(days=1)) == 0


@pytest.mark.django_db
def test_nobody_is_told_of_what_came_another_way_or_has_not_ended(listener, now):
    other = factories.enqueue()
    Notification.objects.filter(pk=other.pk).update(status=Status.FAILED)
    waiting = finished(listener.url, Status.PENDING, now=now)
    revoked = finished(listener.url, now=now, revoked_at=now)

    callbacks.announce([other.pk, waiting.pk, revoked.pk], now=now)

    assert not Callback.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "words"), [(500, "It answered 500."), (302, "Redirects are not followed.")]
)
def test_a_call_that_fails_is_made_again_later(listener, now, answer, words):
    callbacks.announce([finished(listener.url, now=now).pk], now=now)
    listener.answer = answer
    callbacks.call_due(now=now)

    row = Callback.objects.get()
    assert (row.state, row.http_status, row.error) == ("waiting", answer, words)
    assert row.due_at > now
    assert len(listener.heard) == 1

    listener.answer = 200
    callbacks.call_due(now=row.due_at)
    assert Callback.objects.get().state == CallbackState.DELIVERED
    (_path, first, body), (_path, second, same_body) = listener.heard
    assert body == same_body
    assert first["webhook-id"] == second["webhook-id"] == json.loads(body)["id"]


@pytest.mark.django_db
def test_after_a_day_of_failures_it_is_given_up(now):
    callbacks.announce([finished("http://localhost:1/", now=now).pk], now=now)
    Callback.objects.update(attempts=29)

    callbacks.call_due(now=now)

    row = Callback.objects.get()
    assert (row.state, row.error) == ("given_up", "Connection refused")


@pytest.mark.django_db
def test_a_call_is_made_once_by_several_workers(now):
    callbacks.announce([finished("http://localhost:1/", now=now).pk], now=now)
    row = Callback.objects.get()
    lease = timedelta(minutes=2)

    won = [Callback.objects.claim(row, now=now, lease=lease) for _worker in range(3)]

    assert won == [True, False, False]
    assert not callbacks.is_due(now=now)
    assert callbacks.is_due(now=now + lease)


@pytest.mark.django_db
def test_secrets_are_in_no_log_and_no_row(listener, now, caplog):
    listener.answer = 500
    callbacks.announce([finished(listener.url, now=now).pk], now=now)
    callbacks.call_due(now=now)

    kept = str([*Callback.objects.values(), *ApiKey.objects.values("callback_secret")])
    assert SECRET not in kept + caplog.text
    assert "t0ken" not in str(Callback.objects.values()) + caplog.text


@pytest.mark.django_db
def test_old_ones_are_forgotten(listener, now):
    callbacks.announce([finished(listener.url, now=now).pk], now=now)
    callbacks.call_due(now=now)

    callbacks.forget_old(now=now + timedelta(days=29))
    assert Callback.objects.exists()
    callbacks.forget_old(now=now + timedelta(days=31))
    assert not Callback.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"installation": "another"}, {"is_copy": True}])
def test_a_copied_database_calls_no_application(listener, now, change):
    row = finished(listener.url, now=now)
    callbacks.announce([row.pk], now=now)
    QueueState.objects.update_or_create(pk=1, defaults=change)

    assert callbacks.call_due(now=now) == 0
    assert listener.heard == []
    assert callbacks.next_due() is None
    assert not callbacks.is_due(now=now)


@pytest.mark.django_db
def test_a_call_that_cannot_be_made_keeps_no_other_from_being_made(listener, now, caplog):
    bad, good = (finished(listener.url, now=now, name=name) for name in ("a", "b"))
    callbacks.announce([bad.pk, good.pk], now=now)
    broken = Callback.objects.earliest("pk")
    Callback.objects.filter(pk=broken.pk).update(body="no JSON")

    callbacks.call_due(now=now)

    assert len(listener.heard) == 1
    assert f"making call {broken.pk}" in caplog.text


@pytest.mark.django_db
def test_a_bug_in_a_call_is_shown_and_comes_to_an_end(now, monkeypatch):
    finished("https://desk.contoso.example/", now=now)

    def broken(*_arguments, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr(callbacks, "call", broken)
    callbacks.announce([Notification.objects.get().pk], now=now)
    callbacks.call_due(now=now)

    made_call = Callback.objects.get()
    assert made_call.attempts == 1
    assert "Internal error in Mail Connector" in made_call.error


@pytest.mark.django_db
def test_a_lost_address_is_told_as_that(now, settings):
    finished("https://desk.contoso.example/", now=now)
    callbacks.announce([Notification.objects.get().pk], now=now)
    settings.ENCRYPTION_KEYS = ["Z" * 43 + "="]

    callbacks.call_due(now=now)

    assert "address or secret cannot be read" in Callback.objects.get().error
