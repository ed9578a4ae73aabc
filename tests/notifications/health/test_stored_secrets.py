"""Key rotation: everything that is sealed gets the first key, and nothing is lost on the way."""

import json
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from notifications import vault
from notifications.health import stored_secrets
from notifications.models import EmailSettings, MicrosoftAccount, SignInDraft
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def secrets(db):
    """One of each kind, sealed with the keys of now."""
    row = EmailSettings.objects.current()
    row.client_secret, row.certificate = vault.seal("the secret"), vault.seal("the certificate")
    row.alarm_secret = vault.seal("the alarm's")
    row.save()
    factories.account(cache=vault.seal("the tokens"))
    factories.api_key(callback_secret=vault.seal("the callback"))
    form = {"typed": {"a": "b"}, "client_secret": vault.seal("typed"), "certificate": ""}
    SignInDraft.objects.create(
        state="s",
        user=factories.user(),
        form=vault.seal(json.dumps(form)),
        flow=vault.seal("{}"),
    )


def rotate():
    out, errors = StringIO(), StringIO()
    call_command("rotate_keys", stdout=out, stderr=errors)
    return out.getvalue()


def test_after_a_rotation_the_old_key_is_not_needed_any_more(secrets, settings):
    new = Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, *settings.ENCRYPTION_KEYS]

    assert rotate().startswith("7 secrets")

    settings.ENCRYPTION_KEYS = [new]
    assert stored_secrets.unreadable() == []
    row = EmailSettings.objects.current()
    assert vault.unseal(row.client_secret) == "the secret"
    assert vault.unseal(row.certificate) == "the certificate"
    assert vault.unseal(MicrosoftAccount.objects.get().cache) == "the tokens"
    form = json.loads(vault.unseal(SignInDraft.objects.get().form))
    assert (form["typed"], vault.unseal(form["client_secret"])) == ({"a": "b"}, "typed")


def test_a_rotation_may_be_run_again(secrets):
    assert rotate() == rotate()
    assert stored_secrets.unreadable() == []


def test_what_no_key_opens_is_named_and_left_alone(secrets, settings):
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    before = EmailSettings.objects.current().client_secret
    errors = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("rotate_keys", stdout=StringIO(), stderr=errors)

    assert ended.value.code == 1
    assert "client secret" in errors.getvalue()
    assert EmailSettings.objects.current().client_secret == before


def test_a_row_that_changes_meanwhile_keeps_its_change(secrets, monkeypatch):
    anew = stored_secrets._anew

    def renewed_meanwhile(old):
        MicrosoftAccount.objects.update(cache=vault.seal("renewed"))
        return anew(old)

    monkeypatch.setattr(stored_secrets, "_anew", renewed_meanwhile)

    stored_secrets.rotate()

    assert vault.unseal(MicrosoftAccount.objects.get().cache) == "renewed"
