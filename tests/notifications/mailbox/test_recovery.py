"""An account that no person has lost needs no person to come back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import retry, vault
from notifications.mailbox import check, recovery
from notifications.mailbox.connection import Connection
from notifications.models import (
    Attempt,
    ConnectionEvent,
    EmailSettings,
    MicrosoftAccount,
    QueueState,
)
from notifications.models.account import AccountState
from notifications.models.event import EventKind
from notifications.models.status import Status
from tests import factories
from tests.exchange_emulator.emulator import DESK
from tests.notifications.queue.steps import change_settings, drain, without_access_token

pytestmark = pytest.mark.django_db(transaction=True)

CAE = (
    "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: "
    "LocationConditionEvaluationSatisfied"
)


def refuse_tokens(emulator, message="expired", **fault):
    error = {"error": {"code": "InvalidAuthenticationToken", "message": message}}
    emulator.fault(path="/v1.0/*", status=401, body=error, **fault)


def token_requests(emulator):
    return emulator.control("GET", "stats").json()["token_requests"]


def account():
    return MicrosoftAccount.objects.get()


def try_now():
    """Let the time of the next try come, and drain as beat does."""
    past = timezone.now() - timedelta(seconds=1)
    MicrosoftAccount.objects.exclude(state=AccountState.CONNECTED).update(try_again_at=past)
    drain()


def kinds():
    return list(ConnectionEvent.objects.order_by("pk").values_list("kind", flat=True))


def drain_until_lost():
    for _ in range(6):
        MicrosoftAccount.objects.update(rests_until=None)
        drain()


@pytest.mark.parametrize("protection", [True, False])
@pytest.mark.parametrize(
    ("message", "state"), [(CAE, AccountState.BLOCKED), ("expired", AccountState.SIGN_IN_REQUIRED)]
)
def test_a_fresh_token_that_is_refused_is_renewed_twice_and_then_the_account_is_lost(
    connected, emulator, message, state, protection
):
    change_settings(protection=protection)
    refuse_tokens(emulator, message)
    before = token_requests(emulator)
    factories.enqueue()

    drain_until_lost()

    assert account().state == state
    assert account().last_error_message == message
    assert token_requests(emulator) - before == 2
    assert Attempt.objects.count() == 3
    assert kinds()[-1] == EventKind.SIGN_IN_LOST


def test_many_messages_are_not_all_refused_again_and_again(connected, emulator):
    refuse_tokens(emulator)
    for _ in range(40):
        factories.enqueue()
    drain()
    first = Attempt.objects.count()

    drain_until_lost()

    assert Attempt.objects.count() == first + 2


def test_refusals_that_are_not_in_a_row_are_none_of_a_lost_account(connected, emulator):
    for _ in range(4):
        refuse_tokens(emulator, count=1)
        row = factories.enqueue()
        for _again in range(2):
            MicrosoftAccount.objects.update(rests_until=None)
            drain()
        row.refresh_from_db()
        assert row.status == Status.ACCEPTED

    assert account().state == AccountState.CONNECTED


@pytest.mark.parametrize(
    "lose",
    [
        refuse_tokens,
        lambda emulator: emulator.fault(path="*/token", error_code="53003"),
        lambda emulator: emulator.fault(path="*/token", error_code="50173"),
        lambda emulator: emulator.fault(kind="secret-expired"),
    ],
)
def test_once_the_cause_is_gone_the_queue_goes_on_by_itself(connected, emulator, lose):
    without_access_token()
    lose(emulator)
    row = factories.enqueue()
    drain_until_lost()
    assert account().state != AccountState.CONNECTED
    try_now()
    assert account().state != AccountState.CONNECTED

    emulator.control("DELETE", "faults")
    try_now()

    row.refresh_from_db()
    assert (row.status, account().state) == (Status.ACCEPTED, AccountState.CONNECTED)
    assert kinds()[-1] == EventKind.SIGN_IN_RESTORED
    assert kinds().count(EventKind.SIGN_IN_LOST) == 1
    assert (account().tried_again, account().refused_tokens) == (0, 0)


def test_nothing_is_tried_before_its_time(connected, emulator):
    emulator.fault(kind="token-revoked", mailbox=DESK)
    without_access_token()
    factories.enqueue()
    drain()
    before = token_requests(emulator)

    for _ in range(5):
        drain()

    assert token_requests(emulator) == before
    assert account().try_again_at > timezone.now() + timedelta(seconds=30)


def test_the_pauses_grow_to_an_hour(connected, emulator):
    emulator.fault(path="*/token", error_code="53003")
    without_access_token()
    factories.enqueue()
    drain()
    pauses = [account().try_again_at - timezone.now()]
    for _ in range(7):
        try_now()
        pauses.append(account().try_again_at - timezone.now())

    assert [round(pause / timedelta(minutes=1)) for pause in pauses] == [
        1, 2, 5, 15, 30, 60, 60, 60,
    ]  # fmt: skip


def test_a_wrong_secret_is_tried_once_an_hour(connected, emulator):
    change_settings(client_secret=vault.seal("wrong", "client_secret"))
    without_access_token()
    factories.enqueue()

    drain()

    assert account().state == AccountState.CREDENTIAL_EXPIRED
    assert account().try_again_at > timezone.now() + timedelta(minutes=59)


def test_where_the_mailbox_cannot_be_opened_a_lost_account_does_not_flap(connected, emulator):
    change_settings(protection=False)
    refuse_tokens(emulator)
    factories.enqueue()
    drain_until_lost()
    before = Attempt.objects.count()
    pauses = []

    for _ in range(3):
        try_now()
        pauses.append(round((account().try_again_at - timezone.now()) / timedelta(minutes=1)))

    assert account().state == AccountState.SIGN_IN_REQUIRED
    assert Attempt.objects.count() == before + 3
    assert pauses == [2, 5, 15]


def test_two_workers_try_once(connected, emulator, now):
    MicrosoftAccount.objects.update(state=AccountState.BLOCKED, try_again_at=now)
    first, second = EmailSettings.objects.current(), EmailSettings.objects.current()
    before = token_requests(emulator)

    assert [recovery.try_again(saved, now=now) for saved in (first, second)] == [True, False]
    assert token_requests(emulator) - before == 1


def test_a_copy_leaves_a_lost_account_alone(connected, emulator, now):
    QueueState.objects.update_or_create(pk=1, defaults={"is_copy": True})
    MicrosoftAccount.objects.update(state=AccountState.BLOCKED, try_again_at=now)

    drain()

    assert account().state == AccountState.BLOCKED


def test_a_worker_with_another_key_leaves_lane_and_account_alone(connected, settings):
    row = factories.enqueue()
    right = settings.ENCRYPTION_KEYS

    settings.ENCRYPTION_KEYS = ["Z" * 43 + "="]
    drain()

    assert account().state == AccountState.CONNECTED
    assert account().lane_owner == ""
    settings.ENCRYPTION_KEYS = right
    drain()
    row.refresh_from_db()
    assert row.status == Status.ACCEPTED


def test_a_key_that_is_missing_is_not_the_accounts_fault(connected, settings):
    settings.ENCRYPTION_KEYS = ["Z" * 43 + "="]
    saved = EmailSettings.objects.current()

    with pytest.raises(Exception, match="KeyMissing"):
        Connection.of(saved.values()).token(saved.account, force=True)

    assert account().state == AccountState.CONNECTED


def test_an_hour_is_the_longest_pause(now):
    assert retry.next_recovery(1000, now=now, is_slow=False) == now + timedelta(hours=1)


def test_where_sending_alone_is_refused_a_lost_account_does_not_flap(connected, emulator):
    refused = {"error": {"code": "ErrorAccountSuspend", "message": "suspended"}}
    emulator.fault(path="/v1.0/me/messages", method="POST", status=403, body=refused)
    for _ in range(5):
        factories.enqueue()
    drain()
    before = Attempt.objects.count()
    pauses = []

    for _ in range(3):
        try_now()
        pauses.append(round((account().try_again_at - timezone.now()) / timedelta(minutes=1)))

    assert pauses == [2, 5, 15]
    assert Attempt.objects.count() == before + 3


def test_the_cause_that_is_told_is_that_of_the_last_try(connected, emulator):
    emulator.fault(path="*/token", error_code="53003")
    without_access_token()
    factories.enqueue()
    drain()
    emulator.control("DELETE", "faults")
    gone = {"error": {"code": "MailboxNotEnabledForRESTAPI", "message": "no licence"}}
    emulator.fault(path="/v1.0/*", status=404, body=gone)

    try_now()

    assert account().last_error_code == "MailboxNotEnabledForRESTAPI"


def test_whoever_saves_a_new_secret_after_a_lost_key_is_not_told_of_the_old_one(connected):
    saved = EmailSettings.objects.current()
    before = replace(saved.values(), client_secret="sealed with a key that is gone")

    assert check.renew_after_save(before, saved) is None
    assert account().renewed_at is not None
