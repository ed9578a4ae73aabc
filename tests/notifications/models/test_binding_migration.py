"""A database of before sealed values were bound to their columns."""

import json

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from notifications import vault
from notifications.health import stored_secrets
from notifications.models import AlarmChannel, ApiKey, EmailSettings, MicrosoftAccount, SignInDraft
from tests import factories

BEFORE = [("notifications", "0020_attempts_before_submission")]
BOUND = [("notifications", "0021_bind_sealed_values")]
DESK, ALARM = "https://desk.example/t0ken", "https://watch.example/t0ken"


def sealed(secret):
    """Seal as versions before did."""
    return vault.seal(secret, vault.UNBOUND)


@pytest.fixture
def filled(before, now):
    """Each sealed column has values, and the history more than one portion."""
    old, newest = before
    make = {model.__name__: model.objects.create for model in old.get_models()}
    account = make["MicrosoftAccount"](cache=sealed("tokens"), signed_in_at=now, bucket_at=now)
    make["EmailSettings"](
        pk=1,
        account=account,
        client_secret=sealed("its secret"),
        certificate=sealed("its certificate"),
        alarm_secret=sealed("the alarm's"),
        alarm_url=f"https://watch.example {sealed(ALARM)}",
    )
    history = old.get_model("notifications", "HistoricalEmailSettings")
    url = f"https://watch.example {sealed(ALARM)}"
    history.objects.bulk_create(
        history(id=1, history_date=now, history_type="~", alarm_url=url) for _ in range(501)
    )
    make["ApiKey"](
        name="desk",
        callback_secret=sealed("callbacks"),
        callback_url=f"https://desk.example {sealed(DESK)}",
    )
    form = {"typed": {"a": "b"}, "client_secret": sealed("typed")}
    make["SignInDraft"](
        state="s",
        user_id=factories.user().pk,
        form=sealed(json.dumps(form)),
        flow=sealed('{"f": 1}'),
    )
    return newest


def migrate(target):
    MigrationExecutor(connection).migrate(target)


def opened():
    """Everything that is sealed, as the program reads it."""
    row, key, draft = (
        EmailSettings.objects.current(),
        ApiKey.objects.get(),
        SignInDraft.objects.get(),
    )
    channel = AlarmChannel.objects.get()
    form = json.loads(SignInDraft.form.field.open(draft))
    return {
        "client_secret": EmailSettings.client_secret.field.open(row),
        "certificate": EmailSettings.certificate.field.open(row),
        "alarm_secret": AlarmChannel.alarm_secret.field.open(channel),
        "alarm_url": channel.alarm_url,
        "cache": MicrosoftAccount.cache.field.open(MicrosoftAccount.objects.get()),
        "callback_secret": ApiKey.callback_secret.field.open(key),
        "callback_url": key.callback_url,
        "typed": form["typed"],
        "draft": vault.unseal(form["client_secret"], "client_secret"),
        "flow": SignInDraft.flow.field.open(draft),
    }


ALL = {
    "client_secret": "its secret",
    "certificate": "its certificate",
    "alarm_secret": "the alarm's",
    "alarm_url": ALARM,
    "cache": "tokens",
    "callback_secret": "callbacks",
    "callback_url": DESK,
    "typed": {"a": "b"},
    "draft": "typed",
    "flow": '{"f": 1}',
}


def test_what_was_sealed_before_goes_on(filled):
    migrate(filled)

    assert opened() == ALL
    assert stored_secrets.unreadable() == []


def test_a_version_of_before_opens_it_again(filled, before):
    migrate(BOUND)
    migrate(BEFORE)

    old = before[0].get_model
    row = old("notifications", "EmailSettings").objects.get()
    key = old("notifications", "ApiKey").objects.get()
    draft = old("notifications", "SignInDraft").objects.get()
    history = old("notifications", "HistoricalEmailSettings").objects.all()
    form = json.loads(vault.unseal(draft.form, vault.UNBOUND))
    stored = [
        row.client_secret, row.certificate, row.alarm_secret, row.account.cache,
        key.callback_secret, form["client_secret"], draft.flow,
    ]  # fmt: skip
    addresses = [row.alarm_url, key.callback_url, *(old.alarm_url for old in history)]
    assert [vault.unseal(value, vault.UNBOUND) for value in stored] == [
        "its secret", "its certificate", "the alarm's", "tokens", "callbacks", "typed", '{"f": 1}',
    ]  # fmt: skip
    assert {vault.unseal(url.partition(" ")[2], vault.UNBOUND) for url in addresses} == {
        ALARM,
        DESK,
    }
    migrate(filled)
    assert opened() == ALL


def test_what_no_key_opens_stays_and_counts_once_the_key_is_back(filled, settings):
    right = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    migrate(filled)
    assert len(stored_secrets.unreadable()) == 9

    settings.ENCRYPTION_KEYS = [*settings.ENCRYPTION_KEYS, *right]
    assert len(stored_secrets.unreadable()) == 9
    assert stored_secrets.rotate().unreadable == []

    assert opened() == ALL
