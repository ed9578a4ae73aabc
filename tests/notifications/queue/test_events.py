"""What happens to the connection stands in the log's time line, once for each change."""

from datetime import timedelta

import pytest

from notifications import outbox, vault
from notifications.audit.record import CONNECTOR
from notifications.backends.errors import Answer
from notifications.mailbox import account_state
from notifications.mailbox.connection import Connection
from notifications.mailbox.save import save_settings
from notifications.models import ConnectionEvent, EmailSettings, MicrosoftAccount
from notifications.models.account import AccountState
from notifications.models.event import EventKind
from tests import factories
from tests.exchange_emulator.emulator import DESK

from .steps import SEND, drain, without_access_token

pytestmark = pytest.mark.django_db(transaction=True)


def kinds():
    """Oldest first."""
    return list(ConnectionEvent.objects.order_by("pk").values_list("kind", flat=True))


def lose_sign_in(account):
    account_state.remember_trouble(account, Answer(400, "AADSTS50173", "revoked"))


def renew(saved):
    Connection.of(saved.values()).token(saved.account, force=True)


def test_a_lost_sign_in_is_one_event_with_microsofts_code(connected, emulator):
    emulator.fault(kind="token-revoked", mailbox=DESK)
    without_access_token()
    for _ in range(3):
        factories.enqueue()

    drain()
    drain()

    event = ConnectionEvent.objects.get()
    assert (event.kind, event.state) == (EventKind.SIGN_IN_LOST, AccountState.SIGN_IN_REQUIRED)
    assert (event.account, event.code) == (DESK, "AADSTS50173")
    assert event.detail


def test_a_renewal_that_works_again_restores_the_sign_in(connected, emulator):
    lose_sign_in(connected.account)

    renew(connected)
    renew(connected)

    assert kinds() == [EventKind.SIGN_IN_LOST, EventKind.SIGN_IN_RESTORED]
    assert ConnectionEvent.objects.last().who == ""


def test_a_sign_in_that_is_not_saved_is_no_event(connected):
    lose_sign_in(factories.account())

    assert kinds() == []


def save(row, account):
    user = factories.user("megan")
    save_settings(row.values(), account, version=row.version, user=user, by=CONNECTOR)


def test_a_new_sign_in_that_is_saved_restores_by_whom(connected, emulator):
    lose_sign_in(connected.account)
    new = factories.account(tid=connected.account.tid, oid=connected.account.oid)

    save(connected, new)

    assert kinds() == [
        EventKind.SIGN_IN_LOST, EventKind.SETTINGS_SAVED, EventKind.SIGN_IN_RESTORED,
    ]  # fmt: skip
    assert ConnectionEvent.objects.filter(who="megan").count() == 2


def test_a_new_credential_restores_by_whom(connected):
    account_state.remember_trouble(connected.account, Answer(401, "AADSTS7000222"))
    assert connected.account.state == AccountState.CREDENTIAL_EXPIRED
    row = EmailSettings.objects.current()
    row.client_secret = vault.seal("another", "client_secret")

    save(row, row.account)

    assert MicrosoftAccount.objects.get().state == AccountState.CONNECTED
    assert kinds()[-1] == EventKind.SIGN_IN_RESTORED


def test_a_save_of_a_working_connection_is_one_event(connected):
    save(connected, connected.account)

    assert kinds() == [EventKind.SETTINGS_SAVED]


def test_several_throttled_messages_are_one_rest(connected, emulator):
    error = {"error": {"code": "ApplicationThrottled", "message": "MailboxConcurrency"}}
    emulator.fault(path=SEND, status=429, body=error, retry_after=120)
    for _ in range(4):
        factories.enqueue()

    wake_at = drain()

    event = ConnectionEvent.objects.get()
    assert (event.kind, event.code) == (EventKind.THROTTLED, "ApplicationThrottled")
    assert event.until == wake_at


def test_a_rest_that_goes_on_is_lengthened(connected, emulator):
    error = {"error": {"code": "ApplicationThrottled", "message": "MailboxConcurrency"}}
    emulator.fault(path=SEND, status=429, body=error, retry_after=120)
    factories.enqueue()
    drain()
    MicrosoftAccount.objects.update(rests_until=None)

    wake_at = drain()

    assert ConnectionEvent.objects.get().until == wake_at


def test_a_rest_long_after_another_is_another_event(db, now):
    for at in (now, now + timedelta(hours=1)):
        ConnectionEvent.objects.note_rest(
            EventKind.THROTTLED, account=DESK, code="429", now=at, until=at + timedelta(minutes=1)
        )

    assert len(kinds()) == 2


def test_a_rest_for_another_reason_is_another_event(db, now):
    for kind in (EventKind.THROTTLED, EventKind.RESTED):
        ConnectionEvent.objects.note_rest(kind, account=DESK, code="x", now=now, until=now)

    assert len(kinds()) == 2


def test_pause_and_resume_are_events_by_whom_and_once(db):
    outbox.pause(by="megan")
    outbox.pause(by="alex")
    outbox.resume(by="alex")
    outbox.resume(by="megan")

    events = ConnectionEvent.objects.order_by("pk").values_list("kind", "who")
    assert list(events) == [(EventKind.PAUSED, "megan"), (EventKind.RESUMED, "alex")]
