"""A database of before the fields had names for people, and before secrets had a field class."""

from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from notifications import vault
from notifications.mailbox.changes import changes
from notifications.models import ApiKey, EmailSettings, MicrosoftAccount, SignInDraft
from notifications.models.settings import SettingsValues
from tests import factories

BEFORE = [("notifications", "0013_one_index_for_each_key")]


def test_settings_secrets_and_history_of_an_older_version_go_on(before, now):
    apps, newest = before
    user = factories.user()
    old = {name: apps.get_model("notifications", name) for name in (
        "EmailSettings", "HistoricalEmailSettings", "MicrosoftAccount", "ApiKey", "SignInDraft"
    )}  # fmt: skip
    account = old["MicrosoftAccount"].objects.create(
        address="desk@contoso.example",
        cache=vault.seal("tokens", vault.UNBOUND),
        signed_in_at=now,
        bucket_at=now,
    )
    settings = {
        "service": "exchange-online",
        "tenant_id": "contoso.example",
        "messages_a_minute": 7,
    }
    secrets = {"client_secret": vault.seal("its secret", vault.UNBOUND)}
    old["EmailSettings"].objects.create(pk=1, account=account, **settings, **secrets)
    for pace in (30, 7):
        old["HistoricalEmailSettings"].objects.create(
            id=1, history_date=now, history_type="~", **settings | {"messages_a_minute": pace}
        )
    old["ApiKey"].objects.create(
        name="desk", callback_secret=vault.seal("callbacks", vault.UNBOUND)
    )
    old["SignInDraft"].objects.create(
        state="s",
        user_id=user.pk,
        form=vault.seal('{"typed": {}}', vault.UNBOUND),
        flow=vault.seal("{}", vault.UNBOUND),
    )

    MigrationExecutor(connection).migrate(newest)

    row = EmailSettings.objects.current()
    assert row.values() == SettingsValues(**settings, client_secret=row.client_secret)
    assert vault.unseal(row.client_secret, "client_secret") == "its secret"
    assert vault.unseal(MicrosoftAccount.objects.get().cache, "cache") == "tokens"
    assert vault.unseal(ApiKey.objects.get().callback_secret, "callback_secret") == "callbacks"
    assert vault.unseal(SignInDraft.objects.get().flow, "flow") == "{}"
    first, second = EmailSettings.history.order_by("history_id")
    assert [(c.label, c.old, c.new) for c in changes(first, second)] == [
        ("Messages a minute", "30", "7")
    ]


def test_names_change_nothing_in_the_database(transactional_db):
    out = StringIO()

    call_command("sqlmigrate", "notifications", "0014_names_of_settings", stdout=out)

    statements = [line for line in out.getvalue().splitlines() if not line.startswith("--")]
    assert set(statements) <= {"BEGIN;", "COMMIT;"}
