"""A sealed value counts in its own column alone, whoever has put it into another one."""

import json
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from notifications import vault
from notifications.health import stored_secrets
from notifications.models import ApiKey, EmailSettings, Heartbeat, SignInDraft
from notifications.models.sealed.address import SealedAddressField
from notifications.models.sealed.field import SealedField
from settings_ui.drafts import with_draft

COLUMNS = [
    field
    for model in apps.get_models()
    for field in model._meta.fields
    if isinstance(field, SealedField | SealedAddressField)
]


def history_and_its_model(one, other):
    models = [one.model, other.model]
    return one.name == other.name and any(
        getattr(each, "instance_type", None) in models for each in models
    )


PAIRS = [
    pytest.param(one, other, id=f"{one}-{other}")
    for one in COLUMNS
    for other in COLUMNS
    if one != other and not history_and_its_model(one, other)
]


@pytest.fixture
def everything(secrets):
    """Each sealed column has a value."""
    ApiKey.objects.update(callback_url="https://desk.example/t0ken")
    Heartbeat.objects.create(pk=1, heartbeat_url="https://beat.example/t0ken")


def names_of(field):
    quoted = connection.ops.quote_name
    return quoted(field.model._meta.db_table), quoted(field.column)


def stored(field):
    table, column = names_of(field)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max({column}) FROM {table}")  # noqa: S608
        return cursor.fetchone()[0]


def put(field, value):
    table, column = names_of(field)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s", [value])  # noqa: S608


def sealed_part(field):
    return stored(field).rpartition(" ")[2]


def in_the_form_of(field, sealed):
    return f"https://evil.example {sealed}" if isinstance(field, SealedAddressField) else sealed


def row_of(field):
    return field.model._base_manager.first()


def make_unbound(field):
    secret = vault.unseal(sealed_part(field), field.name)
    put(field, in_the_form_of(field, vault.seal(secret, vault.UNBOUND)))


def test_each_column_opens_its_own(everything):
    for field in COLUMNS:
        assert vault.is_sealed(sealed_part(field)), field
        assert field.is_readable(row_of(field)), field
    assert stored_secrets.unreadable() == []


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_secret_in_another_column_is_refused_like_a_lost_key(everything, source, target):
    moved = in_the_form_of(target, sealed_part(source))
    put(target, moved)

    assert not target.is_readable(row_of(target))
    with pytest.raises(vault.UnreadableSecret):
        target.resealed(moved)
    stored_secrets.rotate()
    assert stored(target) == moved


@pytest.mark.parametrize("target", COLUMNS, ids=str)
def test_what_nobody_has_sealed_is_refused_too(everything, target):
    put(target, "https://evil.example/")

    assert not target.is_readable(row_of(target))


@pytest.mark.parametrize("target", COLUMNS, ids=str)
def test_what_was_sealed_for_no_column_counts_once_it_was_sealed_anew(everything, target):
    before = vault.unseal(sealed_part(target), target.name)
    make_unbound(target)
    assert not target.is_readable(row_of(target))

    call_command("rotate_keys", stdout=StringIO())

    assert target.is_readable(row_of(target))
    assert vault.unseal(sealed_part(target), target.name).startswith(before[:10])


def test_the_secrets_within_a_draft_are_bound_too(everything):
    draft = SignInDraft.objects.get()
    form = json.loads(SignInDraft.form.field.open(draft))
    form["client_secret"] = EmailSettings.objects.current().certificate
    draft.form = SignInDraft.form.field.seal(json.dumps(form))

    values = with_draft(EmailSettings.objects.current(), draft).stored

    assert not EmailSettings.client_secret.field.is_readable(values)
