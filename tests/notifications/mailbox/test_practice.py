"""Leaving practice mode: what is found of it, what goes and what stays."""

import pytest
from django.utils import timezone

from notifications.audit.record import CONNECTOR
from notifications.backends.microsoft.clouds import (
    PRACTICE_CLIENT_ID,
    PRACTICE_TENANT_ID,
    PRACTICE_TRACE_CLIENT_ID,
)
from notifications.mailbox import practice
from notifications.models import (
    ApiKey,
    Attempt,
    Bounce,
    Callback,
    ConnectionEvent,
    EmailSettings,
    EmailTemplate,
    MicrosoftAccount,
    Notification,
    SignInDraft,
    SmtpClient,
    SmtpSettings,
    Suppression,
    Tally,
)
from notifications.models.attempt import Result
from notifications.models.status import Status
from tests import factories
from tests.exchange_emulator.emulator import DESK

pytestmark = pytest.mark.django_db


@pytest.fixture
def practised(unconnected):
    """An installation that has practised: application, account, mail, log, figures."""
    EmailSettings.objects.update(
        tenant_id=PRACTICE_TENANT_ID,
        client_id=PRACTICE_CLIENT_ID,
        client_secret=EmailSettings.client_secret.field.seal("practice"),
        from_address=f"Desk <{DESK}>",
        charset="koi8-r",
        messages_a_minute=12,
    )
    waiting, sent = factories.enqueue(), factories.enqueue()
    Notification.objects.filter(pk=sent.pk).update(
        status=Status.ACCEPTED, accepted_at=timezone.now()
    )
    for row in (waiting, sent, None):
        Attempt.objects.create(at=timezone.now(), result=Result.ACCEPTED, notification=row)
    Tally.objects.create(start=timezone.now(), result=Result.ACCEPTED, count=3)
    ConnectionEvent.objects.create(at=timezone.now(), kind="sign_in_lost")
    return EmailSettings.objects.get()


def leave(**choices):
    by = factories.user("megan")
    practice.leave(
        by=by, actor=CONNECTOR, **{"deleted_keys": (), "cleared_callbacks": ()} | choices
    )


def test_it_says_what_it_found(practised):
    found = practice.found()

    assert found
    assert (found.client_id, found.account) == (PRACTICE_CLIENT_ID, DESK)
    assert (found.from_address, found.messages) == (f"Desk <{DESK}>", 2)
    assert found.has_log
    assert not found.has_real_mail


def test_application_account_mail_log_and_figures_go_and_the_rest_stays(practised):
    factories.template()

    leave()

    row = EmailSettings.objects.current()
    assert (row.tenant_id, row.client_id, row.client_secret, row.account) == ("", "", "", None)
    assert row.from_address == ""
    assert (row.charset, row.messages_a_minute) == ("koi8-r", 12)
    for model in (MicrosoftAccount, Notification, Attempt, Tally, SignInDraft):
        assert not model.objects.exists(), model
    assert EmailTemplate.objects.count() == 1
    assert [event.who for event in ConnectionEvent.objects.all()] == ["megan"]
    assert row.version == practised.version + 1
    assert not practice.found()


def test_addresses_that_bounced_in_practice_get_real_mail(practised):
    Bounce.objects.create(at=timezone.now(), address="gone@fabrikam.example")
    Suppression.objects.create(address="gone@fabrikam.example")
    Suppression.objects.create(address="never@fabrikam.example", added_by="megan")
    assert practice.found().has_bounced

    leave()

    assert not Bounce.objects.exists()
    assert Suppression.objects.get().address == "never@fabrikam.example"


def test_message_trace_does_not_ask_microsoft_as_practice_did(practised):
    practised.trace, practised.trace_tenant_id = True, PRACTICE_TENANT_ID
    practised.trace_client_id = PRACTICE_TRACE_CLIENT_ID
    practised.trace_secret = EmailSettings.trace_secret.field.seal("practice")
    practised.save()
    assert practice.found().trace_client_id == PRACTICE_TRACE_CLIENT_ID

    leave()

    row = EmailSettings.objects.current()
    assert (row.trace, row.trace_tenant_id, row.trace_client_id) == (False, "", "")
    assert row.trace_secret == ""
    assert not practice.found()


def test_an_application_and_an_address_of_ones_own_stay(practised):
    own = {"tenant_id": "fabrikam.com", "client_id": "11111111-2222-3333-4444-555555555555"}
    EmailSettings.objects.update(**own, from_address="it@fabrikam.com")

    leave()

    row = EmailSettings.objects.current()
    assert (row.tenant_id, row.client_id) == tuple(own.values())
    assert row.client_secret
    assert row.from_address == "it@fabrikam.com"


def test_where_real_mail_was_sent_only_what_is_of_practice_goes(practised):
    real = factories.enqueue()
    Notification.objects.filter(pk=real.pk).update(cloud="global")
    kept = Attempt.objects.create(at=timezone.now(), result=Result.FAILED, notification=real)

    Suppression.objects.create(address="gone@fabrikam.example")

    found = practice.found()
    leave()

    assert Suppression.objects.exists()
    assert found.has_real_mail
    assert not found.has_log
    assert Notification.objects.get().pk == real.pk
    # An entry without a message may be of either.
    assert set(Attempt.objects.exclude(notification=None)) == {kept}
    assert Tally.objects.exists()


def test_a_real_account_is_never_touched(practised):
    MicrosoftAccount.objects.update(cloud="global", address="it@fabrikam.com")
    EmailSettings.objects.update(client_id="11111111-2222-3333-4444-555555555555", tenant_id="t")

    leave()

    row = EmailSettings.objects.current()
    assert row.account.address == "it@fabrikam.com"
    assert row.client_secret


def test_what_is_being_sent_is_left_alone(practised, now):
    row = factories.enqueue()
    Notification.objects.filter(pk=row.pk).update(
        status=Status.SENDING, claimed_by="w", claimed_until=now
    )

    leave()

    assert Notification.objects.get().pk == row.pk


def test_smtp_clients_stay_unless_they_are_named(practised):
    kept, deleted = factories.smtp_client(), factories.smtp_client()
    before = SmtpSettings.objects.current().version
    leave(deleted_clients=[deleted.pk])
    assert SmtpClient.objects.get() == kept
    assert SmtpSettings.objects.current().version > before


def test_api_keys_and_callbacks_stay_unless_they_are_named(practised):
    secret = ApiKey.callback_secret.field.seal("secret")
    kept, _token = factories.api_key(callback_url="https://kept.example/", callback_secret=secret)
    silent, _token = factories.api_key(callback_url="https://gone.example/", callback_secret=secret)
    deleted, _token = factories.api_key()
    Callback.objects.create(api_key=kept, event="message.accepted", body="{}")

    leave(deleted_keys=[deleted.pk], cleared_callbacks=[silent.pk])

    urls = {key.pk: key.callback_url for key in ApiKey.objects.all()}
    assert urls == {kept.pk: "https://kept.example/", silent.pk: ""}


@pytest.mark.parametrize(
    ("clouds", "client_id", "expected"),
    [
        (("emulator", "emulator"), PRACTICE_CLIENT_ID, False),
        (("global", "emulator"), "c", True),
        (("global", "global"), PRACTICE_CLIENT_ID, True),
        (("global", "global"), "c", False),
    ],
)
def test_practice_values_are_left_over_with_a_real_cloud_only(
    practised, settings, clouds, client_id, expected
):
    settings.CLOUD, account_cloud = clouds
    MicrosoftAccount.objects.update(cloud=account_cloud)
    EmailSettings.objects.update(tenant_id="t", client_id=client_id)
    row = EmailSettings.objects.current()

    assert practice.is_left_over(row.values(), row.account) == expected
