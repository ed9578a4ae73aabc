"""Sign-in and tokens, against the emulator with the real MSAL."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import vault
from notifications.backends.errors import AuthError, TransientError
from notifications.backends.microsoft import entra
from notifications.mailbox import tokens
from notifications.models import MicrosoftAccount
from notifications.models.account import AccountState
from tests import factories
from tests.exchange_emulator.emulator import CLIENT, DESK, SECRET, TENANT

pytestmark = pytest.mark.django_db
SCOPES = {"Mail.Send", "Mail.ReadWrite"}


@pytest.fixture
def application(emulator):
    return entra.Application(CLIENT, SECRET, f"{emulator.https}/{TENANT}", emulator.ca)


@pytest.fixture
def account(connected):
    return connected.account


def begin(application, state="state"):
    return entra.begin_sign_in(
        application, scopes=SCOPES, redirect_uri=factories.REDIRECT_URI, state=state
    )


def finish(application, flow, answer):
    return entra.finish_sign_in(application, flow, answer, now=timezone.now())


def token_requests(emulator):
    paths = emulator.control("GET", "stats").json()
    return paths["token_requests"]


def test_a_sign_in_gives_the_account_and_its_permissions(application, emulator):
    flow = begin(application)

    signed_in = finish(application, flow, emulator.choose(flow["auth_uri"], DESK))

    assert signed_in.address == DESK
    assert signed_in.tid == TENANT
    assert {"Mail.Send", "Mail.ReadWrite"} <= set(signed_in.scopes.split())


def test_the_browser_is_asked_to_choose_an_account(application):
    assert "prompt=select_account" in begin(application)["auth_uri"]


def test_neither_token_nor_secret_shows_in_a_repr(application, emulator):
    flow = begin(application)
    signed_in = finish(application, flow, emulator.choose(flow["auth_uri"], DESK))

    assert SECRET not in repr(application)
    assert signed_in.cache not in repr(signed_in)


def test_tokens_are_encrypted_at_rest(account):
    assert "RefreshToken" not in account.cache
    assert "RefreshToken" in vault.unseal(account.cache, "cache")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"credential": "wrong"}, "AADSTS7000215"),
        ({"client_id": "3f0d4c52-5c1b-4b43-8f0e-000000000000"}, "AADSTS700016"),
    ],
)
def test_a_wrong_application_is_named_by_microsofts_number(application, emulator, changes, code):
    flow = begin(application)
    answer = emulator.choose(flow["auth_uri"], DESK)
    fields = {name: getattr(application, name) for name in application.__dataclass_fields__}
    wrong = entra.Application(**fields | changes)

    with pytest.raises(AuthError) as caught:
        finish(wrong, flow, answer)

    assert caught.value.answer.code == code
    assert caught.value.answer.request_id


def test_an_unknown_tenant_is_told_before_the_browser_leaves(application, emulator):
    unknown = entra.Application(CLIENT, SECRET, f"{emulator.https}/nowhere.example", emulator.ca)

    with pytest.raises(AuthError) as caught:
        begin(unknown)

    assert caught.value.answer.code == "AADSTS90002"


def test_a_new_sign_in_that_is_old_to_us_points_at_our_clock(application, emulator):
    flow = begin(application)
    answer = emulator.choose(flow["auth_uri"], DESK)
    two_hours_ahead = timezone.now() + timedelta(hours=2)

    with pytest.raises(TransientError) as caught:
        entra.finish_sign_in(application, flow, answer, now=two_hours_ahead)

    assert caught.value.answer.code == "ClockWrong"


def test_a_code_is_good_for_one_sign_in(application, emulator):
    flow = begin(application)
    answer = emulator.choose(flow["auth_uri"], DESK)
    finish(application, dict(flow), answer)

    with pytest.raises(AuthError) as caught:
        finish(application, dict(flow), answer)

    assert caught.value.answer.code == "AADSTS54005"


def test_a_code_of_another_sign_in_is_refused(application, emulator):
    mine, other = begin(application, "mine"), begin(application, "other")
    stolen = emulator.choose(other["auth_uri"], DESK) | {"state": "mine"}

    with pytest.raises(AuthError):
        finish(application, mine, stolen)


def test_a_sign_in_service_that_is_down_is_no_lost_sign_in(application, emulator):
    emulator.fault(path="/*/openid-configuration", status=503, count=1)

    with pytest.raises((TransientError, AuthError)) as caught:
        begin(application)

    assert caught.type is TransientError


@pytest.mark.parametrize("code", ["90033", "90024"])
def test_a_passing_trouble_of_entra_is_no_lost_sign_in(account, application, emulator, code):
    emulator.fault(path="*/token", error_code=code, count=1)

    with pytest.raises(TransientError):
        tokens.access_token(account, application, SCOPES, force=True)

    assert MicrosoftAccount.objects.get(pk=account.pk).state == AccountState.CONNECTED


@pytest.mark.parametrize("code", ["70043", "50105"])
def test_any_other_answer_of_entra_needs_a_person(account, application, emulator, code):
    emulator.fault(path="*/token", error_code=code, count=1)

    with pytest.raises(AuthError):
        tokens.access_token(account, application, SCOPES, force=True)

    assert MicrosoftAccount.objects.get(pk=account.pk).state != AccountState.CONNECTED


def test_a_valid_token_is_used_without_asking_microsoft(account, application, emulator):
    before = token_requests(emulator)

    token = tokens.access_token(account, application, SCOPES)

    assert token.secret
    assert token_requests(emulator) == before


def test_a_renewal_stores_the_new_refresh_token(account, application):
    old = vault.unseal(account.cache, "cache")

    tokens.access_token(account, application, SCOPES, force=True)

    kept = MicrosoftAccount.objects.get(pk=account.pk)
    assert vault.unseal(kept.cache, "cache") != old
    assert kept.state == AccountState.CONNECTED
    assert timezone.now() - kept.renewed_at < timedelta(minutes=1)


def test_a_revoked_sign_in_is_kept_as_sign_in_required(account, application, emulator):
    emulator.fault(kind="token-revoked", mailbox=DESK)

    with pytest.raises(AuthError):
        tokens.access_token(account, application, SCOPES, force=True)

    kept = MicrosoftAccount.objects.get(pk=account.pk)
    assert kept.state == AccountState.SIGN_IN_REQUIRED
    assert kept.last_error_code == "AADSTS50173"
    assert kept.renewing_until is None


def test_an_expired_secret_is_the_applications_trouble(account, application, emulator):
    emulator.fault(kind="secret-expired", count=1)

    with pytest.raises(AuthError):
        tokens.access_token(account, application, SCOPES, force=True)

    kept = MicrosoftAccount.objects.get(pk=account.pk)
    assert kept.state == AccountState.CREDENTIAL_EXPIRED


def test_a_network_failure_leaves_the_account_connected(account, application, emulator):
    emulator.fault(path="/*/oauth2/v2.0/token", drop="before", count=1)

    with pytest.raises(TransientError):
        tokens.access_token(account, application, SCOPES, force=True)

    kept = MicrosoftAccount.objects.get(pk=account.pk)
    assert kept.state == AccountState.CONNECTED
    assert kept.renewing_until is None


def test_a_cache_without_its_key_is_told_as_such(account, application, settings):
    settings.ENCRYPTION_KEYS = ["Z" * 43 + "="]

    with pytest.raises(AuthError) as caught:
        tokens.access_token(account, application, SCOPES)

    assert caught.value.answer.code == "KeyMissing"


def test_old_keys_still_open_what_they_sealed(account, settings):
    settings.ENCRYPTION_KEYS = ["Z" * 43 + "=", *settings.ENCRYPTION_KEYS]

    assert "RefreshToken" in vault.unseal(account.cache, "cache")


def test_nothing_secret_is_logged(account, application, caplog):
    caplog.set_level(logging.DEBUG)

    token = tokens.access_token(account, application, SCOPES, force=True)

    assert token.secret not in caplog.text
    assert SECRET not in caplog.text
