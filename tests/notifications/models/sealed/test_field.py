"""Secrets at rest: what the database has of them, what a row has, and what nobody may store."""

import pytest
from cryptography.fernet import Fernet
from django.db import models, transaction
from django.forms import modelform_factory

from notifications import vault
from notifications.models import ApiKey, EmailSettings
from notifications.models.sealed.field import sealed_fields
from notifications.models.settings import SettingsValues
from tests import factories

FIELD = ApiKey._meta.get_field("callback_secret")


@pytest.fixture
def key(db):
    return factories.api_key(callback_secret=vault.seal("the secret", "callback_secret"))[0]


def test_a_loaded_row_has_the_secret_sealed_and_the_field_opens_it(key):
    row = ApiKey.objects.get()

    assert vault.is_sealed(row.callback_secret)
    assert "the secret" not in str(vars(row))
    assert FIELD.open(row) == "the secret"


@pytest.mark.parametrize("store", ["save", "update", "create", "bulk_create"])
def test_a_secret_that_nobody_sealed_is_not_stored(key, store):
    key.callback_secret = "the secret"
    ways = {
        "save": key.save,
        "update": lambda: ApiKey.objects.update(callback_secret="the secret"),
        "create": lambda: ApiKey.objects.create(name="2", callback_secret="the secret"),
        "bulk_create": lambda: ApiKey.objects.bulk_create([ApiKey(callback_secret="the secret")]),
    }

    with (
        pytest.raises(ValueError, match=r"ApiKey\.callback_secret: .* sealed") as refused,
        transaction.atomic(),
    ):
        ways[store]()

    assert "the secret" not in str(refused.value)
    assert vault.unseal(ApiKey.objects.get().callback_secret, "callback_secret") == "the secret"


def test_no_secret_is_stored_and_read_as_none(db):
    factories.api_key()

    row = ApiKey.objects.get()
    assert row.callback_secret == ""
    assert FIELD.open(row) == ""
    assert FIELD.is_readable(row)


def test_without_its_key_a_secret_is_unreadable_and_stays_in_its_row(key, settings):
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    row = ApiKey.objects.get()

    assert not FIELD.is_readable(row)
    with pytest.raises(vault.UnreadableSecret):
        FIELD.open(row)
    row.save()
    assert ApiKey.objects.get().callback_secret == key.callback_secret


def test_values_are_opened_as_rows_are():
    values = SettingsValues(client_secret=vault.seal("typed", "client_secret"))

    opened = {field.name: field.open(values) for field in sealed_fields(EmailSettings)}

    assert opened.pop("client_secret") == "typed"
    assert set(opened.values()) == {""}


def test_each_secret_of_the_settings_tells_the_history_when_it_was_changed():
    moments = {EmailSettings._meta.get_field(f.set_at) for f in sealed_fields(EmailSettings)}

    kept = EmailSettings.history.model._meta
    assert all(isinstance(kept.get_field(field.name), models.DateTimeField) for field in moments)
    assert not sealed_fields(EmailSettings.history.model)
    assert not {f.name for f in sealed_fields(EmailSettings)} & {f.name for f in kept.fields}


def test_a_form_that_is_made_from_the_model_has_no_secret():
    assert "callback_secret" not in modelform_factory(ApiKey, fields="__all__").base_fields


def test_migrations_know_it_as_a_text():
    _name, path, _arguments, options = FIELD.clone().deconstruct()

    assert path == "django.db.models.TextField"
    assert set(options) == {"blank", "verbose_name"}
