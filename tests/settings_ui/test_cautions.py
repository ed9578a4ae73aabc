"""What the page says of the account's state and at its fields, without asking Microsoft."""

import socket
from datetime import date, timedelta

import pytest
from django.utils import timezone

from notifications import vault
from notifications.backends.microsoft.clouds import PRACTICE_CLIENT_ID, PRACTICE_TENANT_ID
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, MicrosoftAccount
from notifications.models.account import AccountState
from notifications.models.settings import SettingsValues
from settings_ui import cautions, drafts
from tests import factories
from tests.settings_ui.conftest import URL

pytestmark = pytest.mark.django_db


def shown(person, address=URL):
    response = person.client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def offline(monkeypatch):
    """From here on nobody can be called; the database's connection is open already."""

    def refused(*_arguments, **_options):
        raise AssertionError("the page called somebody")

    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setattr(socket, "create_connection", refused)


@pytest.mark.parametrize("state", list(AccountState))
def test_each_state_of_the_account_is_shown_without_calling_microsoft(
    megan, unconnected, offline, state
):
    MicrosoftAccount.objects.update(state=state, last_error_code="AADSTS700082")

    page = shown(megan)

    assert f'<span class="mc-state mc-state-{state}">{state.label}</span>' in page


def test_not_signed_in_is_shown(megan, offline):
    assert '<span class="mc-state">Not signed in</span>' in shown(megan)


def test_a_pending_account_is_shown(megan, emulator, request):
    address = megan.sign_in(emulator)
    request.getfixturevalue("offline")

    page = shown(megan, address)

    assert "Signed in as servicedesk@contoso.example (not saved yet)." in page


def test_an_account_of_another_cloud_is_called_out(megan, unconnected, settings, offline):
    settings.CLOUD = "global"

    assert "The account was signed in at another cloud" in shown(megan)


def test_a_missing_key_is_told_with_what_it_had_sealed(megan, unconnected, settings, offline):
    MicrosoftAccount.objects.update(cache=vault.seal("tokens", "cache"))
    EmailSettings.objects.update(client_secret=vault.seal("secret", "client_secret"))
    settings.ENCRYPTION_KEYS = ["Z" * 43 + "="]
    megan.client.force_login(megan.user)  # the session was sealed with the lost key too

    page = shown(megan)

    assert "These secrets cannot be read: Client secret, Sign-in." in page


def test_with_all_keys_nothing_is_said_of_them(megan, unconnected):
    EmailSettings.objects.update(client_secret=vault.seal("secret", "client_secret"))

    assert "cannot be read" not in shown(megan)


def test_an_address_that_delegation_would_need_is_warned_about(megan, unconnected):
    EmailSettings.objects.update(from_address="it@contoso.example")

    assert "all mail is sent from servicedesk@contoso.example" in shown(megan)


@pytest.mark.parametrize(
    ("changes", "scopes", "lacking"),
    [
        ({"delegation": True}, "Mail.Send Mail.ReadWrite", "Mail.Send.Shared"),
        ({"protection": True}, "Mail.Send", "Mail.ReadWrite"),
        ({"api": "ews"}, "Mail.Send Mail.ReadWrite", "EWS.AccessAsUser.All"),
    ],
)
def test_a_permission_that_the_sign_in_lacks_is_named_and_told_at_its_field(
    megan, unconnected, changes, scopes, lacking
):
    MicrosoftAccount.objects.update(scopes=scopes)
    EmailSettings.objects.update(**changes)

    page = shown(megan)

    assert f"{lacking}. Sign in again." in page
    assert page.count("include this permission yet.") == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"limit_attachments": False}, ""),
        ({"attachment_limit_mb": 25}, ""),
        ({"attachment_limit_mb": 26}, "35 megabytes"),
        ({"attachment_limit_mb": 109}, "35 megabytes"),
        ({"attachment_limit_mb": 110}, "150 megabytes at most"),
        ({"attachment_limit_mb": 110, "api": "ews"}, "150 megabytes at most"),
        ({"attachment_limit_mb": 2, "protection": False}, ""),
        ({"attachment_limit_mb": 3, "protection": False}, "one request"),
        ({"limit_attachments": False, "protection": False}, "one request"),
        ({"attachment_limit_mb": 3, "protection": False, "api": "ews"}, ""),
    ],
)
def test_a_limit_that_lets_through_too_much_is_told(values, words):
    caution = cautions.of_limit(SettingsValues(**{"limit_attachments": True} | values))

    assert words in caution
    assert bool(caution) == bool(words)


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (
            date(2027, 3, 31),
            "Most tenants have EWS blocked since October 2026; it works only if yours allows this "
            "application (its client ID), and ends on 1 April 2027.",
        ),
        (date(2027, 4, 1), "Exchange Web Services in Exchange Online has ended"),
    ],
)
def test_the_end_of_ews_is_told(megan, today, words):
    state = drafts.with_draft(EmailSettings.objects.current(), None)
    shown = Connection.of(SettingsValues())

    assert words in cautions.context(state, shown, today=today)["ews_warning"]


def test_practice_values_with_a_real_cloud_are_no_connection(megan, unconnected, settings):
    EmailSettings.objects.update(tenant_id=PRACTICE_TENANT_ID, client_id=PRACTICE_CLIENT_ID)
    settings.CLOUD = "global"

    panel = shown(megan).partition('aria-label="Connection"')[2].partition("</dl>")[0]
    checklist = megan.client.get(f"{URL}checklist/").content.decode()

    assert "Practice account" in panel
    assert "Connected" not in panel
    assert checklist.count("Practice values:") == 3  # application, sign-in, permissions


def test_a_wrong_secret_is_not_shown_as_one_that_has_expired(megan, unconnected, offline):
    MicrosoftAccount.objects.update(state="credential_expired", last_error_code="AADSTS7000215")

    panel = shown(megan).partition('aria-label="Connection"')[2].partition("</dl>")[0]

    assert "Application credential refused" in panel
    assert "expired" not in panel


def test_switching_off_while_mail_waits_asks_first(megan, unconnected):
    factories.enqueue()
    factories.enqueue(due_at=timezone.now() + timedelta(days=1))

    asked = megan.save(service="none")

    assert asked.status_code == 422
    assert (
        "1 notification will stop leaving. 1 scheduled notification will not leave at its time. "
        "Click Save again to switch e-mail off."
    ) in asked.content.decode()
    assert EmailSettings.objects.get().service == "exchange-online"
    assert 'name="switch_off" value="yes"' in asked.content.decode()
    assert megan.save(service="none", switch_off="yes").status_code == 302
    assert EmailSettings.objects.get().service == "none"


def test_switching_off_asks_also_where_only_scheduled_mail_waits(megan, unconnected):
    factories.enqueue(due_at=timezone.now() + timedelta(days=1))

    asked = megan.save(service="none").content.decode()

    assert "1 scheduled notification will not leave at its time. Click Save again" in asked
    assert "stop leaving" not in asked


def test_switching_off_asks_nothing_where_nothing_waits(megan, unconnected):
    assert megan.save(service="none").status_code == 302
    factories.enqueue()
    assert megan.save(service="none").status_code == 302  # it is off already
