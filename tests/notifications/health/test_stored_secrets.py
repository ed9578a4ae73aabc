"""Key rotation: everything that is sealed gets the first key, and nothing is lost on the way."""

import json
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command

from notifications import vault
from notifications.health import stored_secrets
from notifications.models import ApiKey, EmailSettings, MicrosoftAccount, SignInDraft
from notifications.models.sealed.field import SealedField, sealed_fields
from people.models import Session
from tests import factories
from tests.settings_ui.conftest import Person

pytestmark = pytest.mark.django_db


def rotate():
    out, errors = StringIO(), StringIO()
    call_command("rotate_keys", stdout=out, stderr=errors)
    return out.getvalue()


def test_after_a_rotation_the_old_key_is_not_needed_any_more(secrets, settings):
    new = Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, *settings.ENCRYPTION_KEYS]

    assert rotate().startswith("11 secrets")

    settings.ENCRYPTION_KEYS = [new]
    assert stored_secrets.unreadable() == []
    row = EmailSettings.objects.current()
    assert vault.unseal(row.client_secret, "client_secret") == "the secret"
    assert vault.unseal(row.certificate, "certificate") == "the certificate"
    assert vault.unseal(MicrosoftAccount.objects.get().cache, "cache") == "the tokens"
    form = json.loads(vault.unseal(SignInDraft.objects.get().form, "form"))
    assert (form["typed"], vault.unseal(form["client_secret"], "client_secret")) == (
        {"a": "b"},
        "typed",
    )


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
    assert "Client secret, Certificate" in errors.getvalue()
    assert "Signing secret of alarm channel" in errors.getvalue()
    assert f"Callback secret of API key {ApiKey.objects.get().pk}" in errors.getvalue()
    assert EmailSettings.objects.current().client_secret == before


def test_a_row_that_changes_meanwhile_keeps_its_change(secrets, monkeypatch):
    resealed = SealedField.resealed

    def renewed_meanwhile(field, stored):
        MicrosoftAccount.objects.update(cache=vault.seal("renewed", "cache"))
        return resealed(field, stored)

    monkeypatch.setattr(SealedField, "resealed", renewed_meanwhile)

    stored_secrets.rotate()

    assert vault.unseal(MicrosoftAccount.objects.get().cache, "cache") == "renewed"


def sealed_columns():
    """The columns in which something is sealed now, whatever their class is. Sessions are left out:
    without its key one is empty, and its person logs in again."""
    return {
        (model.__name__, name)
        for model in apps.get_models()
        if model is not Session
        for row in model._base_manager.values()
        for name, value in row.items()
        if isinstance(value, str) and vault.is_sealed(value)
    }


def declared_secrets():
    return {(model.__name__, f.name) for model in apps.get_models() for f in sealed_fields(model)}


def test_each_secret_that_a_model_has_is_rotated(secrets):
    """A new one has to be in the fixture, and is then in the other tests too."""
    assert sealed_columns() == declared_secrets()

    addresses = 1  # that of the alarm channel
    assert stored_secrets.rotate().resealed == len(declared_secrets()) + addresses


def test_nothing_is_sealed_in_a_column_that_rotation_does_not_know(emulator):
    megan = Person(factories.user())
    megan.sign_in(emulator)
    megan.save()
    channel = {"name": "desk", "alarms": "no_worker", "language": "en"}
    megan.client.post(
        "/notifications/alarmchannel/add/?kind=webhook",
        channel | {"alarm_url": "https://desk.example/hook"},
    )
    megan.client.post(
        "/notifications/apikey/add/",
        {
            "name": "desk",
            "may_send": "on",
            "requests_a_minute": "600",
            "callback_url": "https://desk.example/mail",
        },
    )

    assert declared_secrets() - sealed_columns() == {
        ("EmailSettings", "certificate"),
        ("EmailSettings", "trace_certificate"),
        ("EmailSettings", "trace_secret"),
        ("AlarmChannel", "smtp_password"),
    }
    assert sealed_columns() <= declared_secrets()
