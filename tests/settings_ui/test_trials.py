"""A trial tells the truth about what is on the page, and leaves alone what mail leaves by."""

import pytest
from django.forms.models import model_to_dict

from notifications.models import ConnectionEvent, EmailSettings, MicrosoftAccount
from notifications.models.account import AccountState
from tests.exchange_emulator.emulator import SECRET
from tests.settings_ui.conftest import URL

pytestmark = pytest.mark.django_db

TEST = {"send_test": "1", "test_recipient": "alex@contoso.example"}
# What a trial may find wrong with values that are not saved.
WRONG = [
    {"api": "ews"},
    {"client_secret": "wrong"},
    {"client_id": "3f0d4c52-5c1b-4b43-8f0e-000000000000"},
    {"tenant_id": "nowhere.example"},
]


@pytest.fixture
def saved(megan, emulator):
    megan.save(draft=megan.draft(megan.sign_in(emulator)))
    return MicrosoftAccount.objects.get()


def page_after(megan, path, **changes):
    return megan.client.post(f"{URL}{path}", megan.form(**changes), follow=True).content.decode()


def sign_in_of(account):
    account.refresh_from_db()
    kept = ("state", "scopes", "cache", "renewed_at", "last_error_code", "last_error_at")
    return {name: value for name, value in model_to_dict(account).items() if name in kept}


@pytest.mark.parametrize("path", ["test/", "check/"])
@pytest.mark.parametrize("changes", WRONG)
def test_a_trial_that_fails_leaves_the_account_as_it_was(megan, emulator, saved, path, changes):
    before, events = sign_in_of(saved), ConnectionEvent.objects.count()

    page_after(megan, path, **changes, **TEST)

    assert sign_in_of(saved) == before
    assert ConnectionEvent.objects.count() == events
    assert emulator.messages() == []


def test_a_trial_that_works_says_nothing_about_a_lost_account(megan, emulator, saved):
    MicrosoftAccount.objects.update(state=AccountState.BLOCKED)

    page = page_after(megan, "test/", charset="iso-8859-15", **TEST)

    assert "Test message has been sent" in page
    saved.refresh_from_db()
    assert saved.state == AccountState.BLOCKED


@pytest.mark.parametrize("path", ["test/", "check/"])
def test_a_wrong_secret_shows_at_once_though_the_token_is_good_still(megan, emulator, saved, path):
    page = page_after(megan, path, client_secret="wrong", **TEST)

    assert "AADSTS7000215" in page


def test_a_save_with_a_wrong_secret_says_so(megan, emulator, saved):
    response = megan.client.post(URL, megan.form(client_secret="wrong"), follow=True)

    page = response.content.decode()
    assert "The settings have been saved." in page
    assert "AADSTS7000215" in page
    saved.refresh_from_db()
    assert saved.state == AccountState.CREDENTIAL_EXPIRED

    megan.save(client_secret=SECRET)

    saved.refresh_from_db()
    assert saved.state == AccountState.CONNECTED


def test_a_save_that_changes_nothing_of_the_connection_asks_nobody(megan, emulator, saved):
    before = emulator.control("GET", "stats").json()["token_requests"]

    megan.save(client_secret="", charset="iso-8859-15")

    assert emulator.control("GET", "stats").json()["token_requests"] == before


def test_another_api_needs_no_sign_in_where_microsoft_gives_a_token_for_it(megan, emulator):
    # The account has consented to both.
    megan.sign_in(emulator)
    megan.save(draft=megan.draft(megan.sign_in(emulator, api="ews")), api="ews")
    MicrosoftAccount.objects.update(state=AccountState.BLOCKED)

    page = megan.client.post(URL, megan.form(client_secret=""), follow=True).content.decode()

    account = EmailSettings.objects.current().account
    assert account.state == AccountState.CONNECTED
    assert "Mail.ReadWrite" in account.scopes
    assert "The sign-in lacks permissions" not in page
    assert "Sign-in required" not in page


def test_another_api_without_consent_asks_for_a_sign_in(megan, emulator, saved):
    page = megan.client.post(
        URL, megan.form(client_secret="", api="ews"), follow=True
    ).content.decode()

    saved.refresh_from_db()
    assert saved.state == AccountState.SIGN_IN_REQUIRED
    assert "AADSTS65001" in page
